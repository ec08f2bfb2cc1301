//! What policies say to a recorded event, and whether that is what was recorded.

use super::{Decided, Denial, DenialKind, Interpretation, Needs, Outcome, PolicyType};
use crate::eval::{CallDecision, Decision, Setting, Verdict, decide_call};

/// An event judged by the policies of its caller.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// What comes of the call: allowed where every request of it is. `None` where no policy
    /// decides, or where the action is not known.
    pub verdict: Option<Verdict>,
    /// The decision about each request, in their order.
    pub decisions: Vec<Decision>,
    /// Whether this is what was recorded.
    pub agreement: Agreement,
}

/// Whether a simulated verdict is what was recorded.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Agreement {
    /// Both are allowed, or both are denied.
    Agrees,
    /// The call was allowed, and these policies do not allow it: the caller has others.
    RecordedAllowed,
    /// The call was denied, and these policies allow it: something else denies it.
    RecordedDenied,
    /// One of the two does not say, or another type of policy than these refused the call.
    Open,
}

/// Judges an event by the policies of a setting.
pub fn judge(event: &Interpretation, setting: &Setting) -> Judgement {
    let requests: Vec<_> = event
        .requests()
        .iter()
        .map(|each| (setting, &each.request))
        .collect();
    let CallDecision {
        verdict, decisions, ..
    } = decide_call(&requests);
    let verdict = match &event.decision {
        Decided::Call(call) if call.needs == Needs::Permission && !decisions.is_empty() => {
            Some(verdict)
        }
        Decided::Call(_) | Decided::Unmapped(_) | Decided::Nothing => None,
    };
    let agreement = verdict.map_or(Agreement::Open, |verdict| {
        agreement(verdict, &event.outcome)
    });
    Judgement {
        verdict,
        decisions,
        agreement,
    }
}

/// Whether a refusal is, as far as its message tells, that of identity policies that come to this
/// verdict.
fn is_of_identity(denial: &Denial, verdict: Verdict) -> bool {
    let is_explicit = denial.kind == DenialKind::Explicit;
    match denial.policy_type {
        None => true,
        Some(PolicyType::Identity) => !is_explicit || verdict == Verdict::ExplicitDeny,
        Some(
            PolicyType::Resource
            | PolicyType::ServiceControl
            | PolicyType::ResourceControl
            | PolicyType::PermissionsBoundary
            | PolicyType::Session
            | PolicyType::VpcEndpoint,
        ) => false,
    }
}

fn agreement(verdict: Verdict, outcome: &Outcome) -> Agreement {
    if let Outcome::Denied(denial) = outcome
        && verdict != Verdict::Allowed
        && !is_of_identity(denial, verdict)
    {
        // Another policy than these refused the call: what they say to it was not recorded.
        return Agreement::Open;
    }
    let recorded_allowed = match outcome {
        Outcome::Succeeded | Outcome::DryRun => true,
        Outcome::Denied(denial) if denial.kind == DenialKind::NoPolicy => return Agreement::Open,
        Outcome::Denied(_) => false,
        // A call may fail before it is authorized.
        Outcome::Throttled | Outcome::Failed { .. } => return Agreement::Open,
    };
    match (verdict, recorded_allowed) {
        (Verdict::Depends, _) => Agreement::Open,
        (Verdict::Allowed, true) | (Verdict::ExplicitDeny | Verdict::ImplicitDeny, false) => {
            Agreement::Agrees
        }
        (Verdict::Allowed, false) => Agreement::RecordedDenied,
        (Verdict::ExplicitDeny | Verdict::ImplicitDeny, true) => Agreement::RecordedAllowed,
    }
}
