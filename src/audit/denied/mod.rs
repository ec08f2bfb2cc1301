//! The calls that would be denied, by principal, action and resource.

mod groups;
mod remedies;
#[cfg(test)]
mod tests;

use super::{Example, StatementPlace, Totals, Window};
use crate::{
    account::Holdings,
    eval::{Layer, Verdict},
    trail::Agreement,
};
pub(super) use groups::to_blame;
use groups::{Groups, UndecidedGroups};
use serde::Serialize;

/// How many of the groups, the most frequent first, a change is sought for: to find one, policies are read
/// and judged several times.
const MOST_REMEDIES: usize = 200;

/// The calls that would be denied, and those that may be allowed or denied, grouped by what is denied; the
/// most frequent first. A call that would be denied on several resources is in the group of each.
pub fn denied(totals: &Totals, holdings: &Holdings) -> (Vec<DeniedGroup>, Vec<UndecidedGroup>) {
    let (mut groups, mut undecided) = (Groups::default(), UndecidedGroups::default());
    for counted in &totals.records {
        let Some(call) = counted.record.call() else {
            continue;
        };
        if call.verdict.is_none() || call.verdict == Some(Verdict::Allowed) {
            continue;
        }
        if call.possible.contains(&Verdict::Allowed) {
            undecided.add(counted, call);
        } else {
            groups.add(counted, call);
        }
    }
    (groups.finish(holdings), undecided.finish())
}

/// Calls of one principal, action and resource that would be denied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeniedGroup {
    /// The caller, as [`super::Caller::name`].
    pub principal: String,
    /// The action that is denied.
    pub action: String,
    /// The resource, an ARN or a pattern of one, `*` or `unknown`.
    pub resource: String,
    /// How it is denied; [`Verdict::Depends`] where that hangs on unknown facts, and it is denied either
    /// way.
    pub verdict: Verdict,
    /// How many calls there were.
    pub count: u64,
    /// How many of them were recorded as carried out.
    pub succeeded: u64,
    /// How many of them were recorded as denied.
    pub denied: u64,
    /// When the first and the last were made.
    #[serde(flatten)]
    pub window: Option<Window>,
    /// The layer that limits it: the first that AWS comes to.
    pub limited_by: Option<Layer>,
    /// The statements that deny it.
    pub denied_by: Vec<StatementPlace>,
    /// Which event name and source it was called by.
    pub call: String,
    /// One of the events.
    pub example: Example,
    /// The smallest change that would allow it; `None` where no change of the caller's own policies is
    /// known to be enough.
    pub remedy: Option<RemedyText>,
    /// Whether a change was sought; it is not where there are very many groups.
    pub remedy_sought: bool,
    /// Whether the records agree.
    pub agreement: Agreement,
}

/// A change to a policy, in words and as a diff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RemedyText {
    /// The policy that is changed.
    pub policy: String,
    /// What is done, such as ``add `s3:GetObject` to the actions of statement `Read` ``.
    pub text: String,
    /// The change as a unified diff, ready for a terminal.
    pub diff: String,
}

/// Calls of one principal, action and resource whose verdict hangs on unknown facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UndecidedGroup {
    /// The caller.
    pub principal: String,
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// What may come of it.
    pub possible: Vec<Verdict>,
    /// What it hangs on, in words.
    pub unknown: Vec<String>,
    /// How many calls there were.
    pub count: u64,
    /// How many of them were recorded as carried out.
    pub succeeded: u64,
    /// How many of them were recorded as denied.
    pub denied: u64,
    /// When the first and the last were made.
    #[serde(flatten)]
    pub window: Option<Window>,
    /// One of the events.
    pub example: Example,
}
