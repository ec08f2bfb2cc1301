//! Policies narrowed to what was used, and policies made from it.
//!
//! What is proposed is verified: the trail is judged again with the new policy, and every statement of it
//! must lie within one of the old. What the trail could not have shown is no reason to take anything away.

mod action_cover;
mod actions;
mod draft;
mod generate;
mod keep;
mod narrow;
mod resource;
#[cfg(test)]
mod tests;
mod usage;
mod verify;
mod write;

pub use generate::{Generalise, GenerateOptions, Holder, generate};

use super::{Detail, ObservationOptions, Totals};
use crate::{account::Holdings, eval::Layer};
use draft::Drafts;
use serde::Serialize;

/// A policy narrowed to what was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Proposal {
    /// The policy that is narrowed, by its place among the documents; `None` for one that is made anew.
    pub document: Option<usize>,
    /// The name of the policy, or of the principal that a new one is for.
    pub name: String,
    /// The texts of the new policies; more than one where the quota of IAM forces a split. None where the
    /// policy is to be removed, as `changes` says then, and none where nothing is proposed, as `kept` or
    /// `verification` say.
    pub texts: Vec<String>,
    /// The difference between the old text and the new one; empty for new policies, and where nothing
    /// changes.
    pub diff: String,
    /// What was taken out or narrowed, in words, one a line.
    pub changes: Vec<String>,
    /// What was not taken out though it was not seen, and why.
    pub kept: Vec<String>,
    /// Whether it holds what it promises.
    pub verification: Verification,
}

/// What was found when the trail was simulated again with the new policy in place of the old one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    /// The calls of those who hold the policy that were not refused, and that the old policies allow, or may.
    /// For new policies, all calls that they are made from.
    pub calls: u64,
    /// Those of them that the new policies allow as well.
    pub allowed: u64,
    /// Calls that the new policies do not allow and must: where there are any, the proposal is withdrawn.
    pub lost: Vec<String>,
    /// Requests that the new policy grants and the old one did not: where there are any, the proposal is
    /// withdrawn.
    pub gained: Vec<String>,
}

impl Verification {
    /// Whether nothing was lost and nothing gained.
    pub fn holds(&self) -> bool {
        self.allowed == self.calls && self.lost.is_empty() && self.gained.is_empty()
    }
}

impl Proposal {
    /// One that proposes nothing, and why.
    fn nothing(document: Option<usize>, name: &str, reason: impl Into<String>) -> Self {
        Self {
            document,
            name: name.to_owned(),
            texts: Vec::new(),
            diff: String::new(),
            changes: Vec::new(),
            kept: vec![reason.into()],
            verification: Verification::default(),
        }
    }
}

/// How policies are narrowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalOptions {
    /// What is never removed: patterns of actions such as `iam:*`, patterns of ARNs, which keep the entries
    /// of `Resource` within them, and patterns of `Sid`s, which keep whole statements.
    pub keep: Vec<String>,
    /// How finely the records were told apart: [`super::Inputs::detail`].
    pub detail: Detail,
    /// Where a trail shows nothing of what is unused, nothing is proposed.
    pub observation: ObservationOptions,
}

impl Default for ProposalOptions {
    fn default() -> Self {
        Self {
            keep: Vec::new(),
            detail: Detail::default(),
            observation: ObservationOptions::any_length(),
        }
    }
}

/// Why nothing can be said where records were folded.
const FOLDED: &str = "there were too many distinct calls to keep each as it was judged, so that no policy can \
                      be verified; narrow the trail by time, account or principal";

/// Narrows each identity policy to what was used of it.
///
/// Calls that were not refused count as use, by every statement that allows them, or may. The text keeps
/// its formatting and the order of its statements.
pub fn propose(totals: &Totals, holdings: &Holdings, options: &ProposalOptions) -> Vec<Proposal> {
    let identity = holdings.ids().filter_map(|id| {
        let document = holdings.document(id)?;
        (document.layer == Layer::Identity).then_some((id, document))
    });
    if !options.detail.can_be_judged_again() {
        return identity
            .map(|(id, document)| Proposal::nothing(Some(id.place()), &document.name, FOLDED))
            .collect();
    }
    Drafts::new(totals, holdings, options, identity).settled()
}
