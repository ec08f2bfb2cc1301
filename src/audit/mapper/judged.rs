//! An event to a record, judged.

use super::Sameness;
use crate::{
    account::{Bound, Holder, Holdings},
    audit::{
        Applied, Caller, JudgedCall, JudgedRequest, Outcome, OutcomeKind, PoliciesOfCaller, Record,
        SignIn, What,
    },
    eval::{
        Applies, CallDecision, Decision, Fact, Layer, Principal, Request, Supply, Verdict,
        decide_call,
    },
    policy::{AccountId, ActionName, ConditionKey},
    trail::{
        self, Agreement, Call, CallRequest, Class, Decided, Event, Interpretation, Needs,
        UnmappedReason, agreement,
    },
};

/// Judges events by the policies of their callers.
#[derive(Debug)]
pub(super) struct Judge<'a> {
    holdings: &'a Holdings,
    /// The keys that a verdict can hang on, with their names in lower case, which records have.
    keys: Vec<(ConditionKey, String)>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(holdings: &'a Holdings) -> Self {
        let keys = holdings.condition_keys().iter();
        let keys = keys.map(|key| (key.clone(), key.as_str().to_ascii_lowercase()));
        Self {
            holdings,
            keys: keys.collect(),
        }
    }

    /// The record of an event.
    pub(super) fn record(
        &self,
        event: &Event<'_>,
        interpretation: Interpretation,
        sameness: &Sameness,
    ) -> Record {
        let owned = |text: &trail::Text<'_>| text.as_deref().unwrap_or_default().to_owned();
        let class = interpretation.class;
        let mut caller = caller(event, &interpretation, sameness);
        let outcome = outcome(event, &interpretation.outcome);
        let what = match interpretation.decision {
            Decided::Nothing => What::Nothing,
            Decided::Unmapped(unmapped) => What::Unmapped(reason(&unmapped.reason)),
            Decided::Call(call) => {
                let (call, policies) = self.call(call, &caller.principal, &interpretation.outcome);
                caller.policies = policies;
                What::Call(call)
            }
        };
        Record {
            class,
            category: interpretation.category,
            mode: interpretation.mode,
            source: owned(&event.event_source),
            name: owned(&event.event_name),
            region: owned(&event.aws_region),
            recipient: event
                .recipient_account_id
                .as_deref()
                .and_then(AccountId::parse),
            caller,
            outcome,
            sign_in: (class == Class::ConsoleSignIn).then(|| sign_in(event)),
            what,
        }
    }

    fn call(
        &self,
        mut call: Call,
        principal: &Principal,
        outcome: &trail::Outcome,
    ) -> (JudgedCall, PoliciesOfCaller) {
        call.replace_resources(|resource| self.holdings.with_known_arn(resource));
        let Call {
            needs,
            mut requests,
            notes,
        } = call;
        for each in &mut requests {
            each.request.principal = principal.clone();
        }
        let bound: Vec<_> = requests
            .iter()
            .map(|each| self.holdings.bound(&each.request))
            .collect();
        let pairs: Vec<_> = bound
            .iter()
            .zip(&requests)
            .map(|(bound, each)| (&*bound.setting, &each.request))
            .collect();
        let decided = decide_call(&pairs);
        let policies = bound
            .first()
            .map_or(PoliciesOfCaller::Unknown, |bound| policies_of(bound.holder));
        let verdict = verdict(needs, policies, principal, &decided, requests.is_empty());
        let given = |layer: Layer| {
            let supplied = |bound: &Bound| bound.setting.supply_of(layer) == Supply::Given;
            bound.iter().any(supplied)
        };
        let agreement = verdict.map_or(Agreement::Open, |verdict| {
            agreement(verdict, outcome, given)
        });
        let judged = requests.into_iter().zip(&bound).zip(&decided.decisions);
        let judged = judged.map(|((each, bound), decision)| {
            let verdict = verdict.map(|_| decision.verdict);
            self.request(each, bound, decision, verdict)
        });
        let call = JudgedCall {
            needs,
            requests: judged.collect(),
            verdict,
            possible: match verdict {
                Some(_) => decided.possible.into_iter().collect(),
                None => Vec::new(),
            },
            agreement,
            notes,
        };
        (call, policies)
    }

    fn request(
        &self,
        each: CallRequest,
        bound: &Bound,
        decision: &Decision,
        verdict: Option<Verdict>,
    ) -> JudgedRequest {
        let facts = self.facts(&each.request);
        let unknown = decision.unknown();
        let unknown = unknown.iter().map(ToString::to_string);
        JudgedRequest {
            action: each.request.action.as_str().to_owned(),
            resource: each.request.resource,
            resource_account: each.request.resource_account,
            resource_source: each.resource_source,
            role: each.role,
            facts,
            verdict,
            limited_by: match verdict {
                Some(_) => decision.limited_by.clone(),
                None => Vec::new(),
            },
            unknown: unknown.collect(),
            applied: applied(bound, decision),
        }
    }

    /// What is known of the keys that a verdict can hang on.
    fn facts(&self, request: &Request) -> Vec<(String, Fact)> {
        let known = self.keys.iter().filter_map(|(key, name)| {
            let fact = request.context.fact(key);
            (*fact != Fact::Unknown).then(|| (name.clone(), fact.into_owned()))
        });
        known.collect()
    }
}

/// The verdict, where the policies that are there say one.
fn verdict(
    needs: Needs,
    policies: PoliciesOfCaller,
    principal: &Principal,
    decided: &CallDecision,
    is_empty: bool,
) -> Option<Verdict> {
    if is_empty || needs == Needs::Nothing {
        return None;
    }
    let is_root = matches!(principal, Principal::Root { .. });
    let are_known = match policies {
        PoliciesOfCaller::Known | PoliciesOfCaller::Everybody => needs == Needs::Permission,
        PoliciesOfCaller::NotApplicable => is_root,
        PoliciesOfCaller::Unknown => false,
    };
    // Of a caller whose policies are not known, only what the others decide alone is said.
    (are_known || decided.verdict != Verdict::Depends).then_some(decided.verdict)
}

fn policies_of(holder: Holder) -> PoliciesOfCaller {
    match holder {
        Holder::Known => PoliciesOfCaller::Known,
        Holder::Everybody => PoliciesOfCaller::Everybody,
        Holder::Unknown => PoliciesOfCaller::Unknown,
        Holder::WithoutIdentityPolicies => PoliciesOfCaller::NotApplicable,
    }
}

fn applied(bound: &Bound, decision: &Decision) -> Vec<Applied> {
    let mut applied = Vec::new();
    for (document, results) in bound.documents.iter().zip(&decision.statements) {
        for result in results.iter() {
            let surely = match &result.applies {
                Applies::Yes => true,
                Applies::Depends(_) => false,
                Applies::No(_) => continue,
            };
            if let Some(effect) = result.effect {
                applied.push(Applied {
                    document: document.place(),
                    statement: result.index,
                    effect: effect.into(),
                    surely,
                });
            }
        }
    }
    applied
}

fn caller(event: &Event<'_>, interpretation: &Interpretation, sameness: &Sameness) -> Caller {
    let identity = &event.user_identity;
    let principal = sameness.principal(interpretation.principal.clone());
    let account = identity.account_id.as_deref().and_then(AccountId::parse);
    Caller {
        name: name_of(&principal, identity),
        account: principal.account().or(account),
        principal,
        invoked_by: identity.invoked_by.as_deref().map(str::to_owned),
        policies: PoliciesOfCaller::Unknown,
    }
}

/// A caller as reports group it: without the session.
fn name_of(principal: &Principal, identity: &trail::UserIdentity<'_>) -> String {
    match principal {
        Principal::AssumedRole {
            role_arn: Some(arn),
            ..
        } => arn.clone(),
        Principal::AssumedRole { arn, .. } => {
            let end = arn.rfind('/').unwrap_or(arn.len());
            arn.get(..end).unwrap_or(arn).to_owned()
        }
        Principal::Unknown => match (&identity.kind, &identity.user_name, &identity.account_id) {
            (Some(kind), Some(name), _) => format!("{kind} {name}"),
            (Some(kind), None, Some(account)) => format!("{kind} of {account}"),
            (Some(kind), None, None) => kind.clone().into_owned(),
            (None, ..) => "unknown".to_owned(),
        },
        Principal::Root { .. }
        | Principal::User { .. }
        | Principal::Role { .. }
        | Principal::FederatedUser { .. }
        | Principal::Service(_)
        | Principal::Federated(_)
        | Principal::CanonicalUser(_)
        | Principal::Anonymous => principal.to_string(),
    }
}

fn outcome(event: &Event<'_>, outcome: &trail::Outcome) -> Outcome {
    let (kind, denial) = match outcome {
        trail::Outcome::Succeeded => (OutcomeKind::Succeeded, None),
        trail::Outcome::Denied(denial) => (OutcomeKind::Denied, Some(denial)),
        trail::Outcome::DryRun => (OutcomeKind::DryRun, None),
        trail::Outcome::Throttled => (OutcomeKind::Throttled, None),
        trail::Outcome::Failed { .. } => (OutcomeKind::Failed, None),
    };
    let code = event.error_code.as_deref().filter(|code| !code.is_empty());
    Outcome {
        kind,
        error_code: code.map(str::to_owned),
        denial: denial.map(|denial| denial.kind),
        denied_by: denial.and_then(|denial| denial.policy_type),
        denied_by_arn: denial.and_then(|denial| denial.policy_arn.clone()),
    }
}

/// What a sign-in to the console says of itself.
///
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html>
fn sign_in(event: &Event<'_>) -> SignIn {
    let member = |raw: Option<&serde_json::value::RawValue>, name: &str| {
        let object: serde_json::Value = serde_json::from_str(raw?.get()).ok()?;
        object.get(name)?.as_str().map(str::to_owned)
    };
    let mfa = member(event.additional_event_data, "MFAUsed");
    let result = member(event.response_elements, "ConsoleLogin");
    SignIn {
        mfa: match mfa.as_deref() {
            Some("Yes") => Some(true),
            Some("No") => Some(false),
            _ => None,
        },
        succeeded: match result.as_deref() {
            Some("Success") => Some(true),
            Some("Failure") => Some(false),
            _ => None,
        },
    }
}

fn reason(reason: &UnmappedReason) -> String {
    match reason {
        UnmappedReason::Incomplete => "the event lacks its source or its name".to_owned(),
        UnmappedReason::UnknownService => "the catalog has no such service".to_owned(),
        UnmappedReason::UnknownAction => "the service has no such action".to_owned(),
        UnmappedReason::OneOf(names) => {
            let names: Vec<_> = names.iter().map(ActionName::as_str).collect();
            format!("it asks for one of {}", names.join(", "))
        }
    }
}
