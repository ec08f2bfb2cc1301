//! What policies say to a recorded event, and whether that is what was recorded.

use super::{Decided, Denial, DenialKind, Interpretation, Needs, Outcome};
use crate::eval::{
    CallDecision, Decision, Layer, Principal, Request, Setting, Supply, Verdict, decide_call,
};

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
    judge_each(event, &vec![setting; event.requests().len()])
}

/// Judges an event, each of its requests by the policies of its own setting, in their order.
pub fn judge_each(event: &Interpretation, settings: &[&Setting]) -> Judgement {
    let requests: Vec<_> = settings
        .iter()
        .zip(event.requests())
        .map(|(setting, each)| (*setting, &each.request))
        .collect();
    let CallDecision {
        verdict, decisions, ..
    } = decide_call(&requests);
    let is_decided = match &event.decision {
        Decided::Call(call) => match call.needs {
            Needs::Permission => !decisions.is_empty(),
            Needs::ResourcePolicyOnly => is_of_resources_alone(&requests),
            Needs::Nothing => false,
        },
        Decided::Unmapped(_) | Decided::Nothing => false,
    };
    let verdict = is_decided.then_some(verdict);
    let given = |layer| {
        let mut settings = requests.iter().map(|(setting, _)| setting);
        settings.any(|setting| setting.supply_of(layer) == Supply::Given)
    };
    let agreement = verdict.map_or(Agreement::Open, |verdict| {
        agreement(verdict, &event.outcome, given)
    });
    Judgement {
        verdict,
        decisions,
        agreement,
    }
}

/// Whether requests that nobody signed can be decided: the policies of their resources are known, and so is
/// who made them.
fn is_of_resources_alone(requests: &[(&Setting, &Request)]) -> bool {
    let is_known = |(setting, request): &(&Setting, &Request)| {
        setting.supply_of(Layer::Resource) == Supply::Given
            && request.principal != Principal::Unknown
    };
    !requests.is_empty() && requests.iter().all(is_known)
}

/// Whether a refusal is, as far as its message tells, that of policies that were given and come to this
/// verdict.
fn is_of_given(denial: &Denial, verdict: Verdict, given: impl Fn(Layer) -> bool) -> bool {
    let is_explicit = denial.kind == DenialKind::Explicit;
    denial.policy_type.is_none_or(|policy_type| {
        given(policy_type.layer()) && (!is_explicit || verdict == Verdict::ExplicitDeny)
    })
}

/// Whether a verdict is what was recorded. `given` says of which layers the policies were supplied: a refusal by
/// another layer says nothing of them.
pub fn agreement(verdict: Verdict, outcome: &Outcome, given: impl Fn(Layer) -> bool) -> Agreement {
    if let Outcome::Denied(denial) = outcome
        && verdict != Verdict::Allowed
        && !is_of_given(denial, verdict, given)
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
