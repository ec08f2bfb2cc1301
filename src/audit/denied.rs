//! The calls that would be denied, by principal, action and resource.

use super::{Example, StatementPlace, Window};
use crate::{
    eval::{Layer, Verdict},
    trail::Agreement,
};
use serde::Serialize;

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
    /// How it is denied.
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
    /// The smallest change that would allow it.
    pub remedy: Option<RemedyText>,
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
    /// The change as a unified diff.
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
pub fn denied(
    _: &super::Totals,
    _: &crate::account::Holdings,
) -> (Vec<DeniedGroup>, Vec<UndecidedGroup>) {
    (Vec::new(), Vec::new())
}
