//! Policies narrowed to what was used.

use serde::Serialize;

/// A policy narrowed to what was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Proposal {
    /// The policy that is narrowed, by its place among the documents; `None` for one that is made anew.
    pub document: Option<usize>,
    /// The name of the policy, or of the principal that a new one is for.
    pub name: String,
    /// The texts of the new policies; more than one where the quota of IAM forces a split.
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
    /// The calls that were recorded as allowed and that the old policies allow.
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
