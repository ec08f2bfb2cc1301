//! What was recorded against what is simulated: how far the rest can be trusted.

use super::{Example, OutcomeKind};
use crate::eval::Verdict;
use serde::Serialize;

/// Recorded outcomes against simulated ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AgreementReport {
    /// How many calls there are of each pair.
    pub cells: Vec<Cell>,
    /// The calls that can be compared: recorded and simulated both say allowed or denied.
    pub comparable: u64,
    /// Those of them that agree.
    pub agreeing: u64,
    /// Those that do not, in groups, the most frequent first.
    pub disagreements: Vec<Disagreement>,
}

/// How many calls were recorded in one way and simulated in another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cell {
    /// What was recorded.
    pub recorded: OutcomeKind,
    /// What is simulated; `None` for calls that were not judged.
    pub simulated: Option<Verdict>,
    /// How many calls.
    pub count: u64,
}

/// Calls that were recorded in one way and are simulated in the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Disagreement {
    /// The caller.
    pub principal: String,
    /// The action that decides.
    pub action: String,
    /// Its resource.
    pub resource: String,
    /// What was recorded.
    pub recorded: OutcomeKind,
    /// What is simulated.
    pub simulated: Verdict,
    /// How many calls.
    pub count: u64,
    /// Why that is, most likely.
    pub reason: Reason,
    /// The reason in words, with what speaks for it.
    pub text: String,
    /// One of the events.
    pub example: Example,
}

/// Why a simulated verdict is not what was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// The message of the denial names a layer whose policies were not supplied.
    LayerNotSupplied,
    /// A resource's policy, which was not supplied, may have allowed it.
    ResourcePolicyNotSupplied,
    /// The caller has policies that were not supplied.
    OtherPolicies,
    /// The same call was recorded both as allowed and as denied: a policy was changed meanwhile.
    ChangedMeanwhile,
    /// The event does not tell the whole resource, or a condition key.
    UnknownFact,
    /// The service decides about such calls with more than policies.
    ServiceRule,
    /// Nothing speaks for any of these.
    Unexplained,
}
pub fn agreement(_: &super::Totals, _: &crate::account::Holdings) -> AgreementReport {
    AgreementReport::default()
}
