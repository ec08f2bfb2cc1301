//! The evaluation cases: each names policies, a request, the verdict, and the AWS page it rests on.
//!
//! The engine considers identity policies only, so only the cases that need no other layer are
//! run; how many those are is asserted, so that none drops out unseen.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use iamsim::{
    eval::{CompiledPolicy, Context, Fact, Origin, Principal, Request, Target, decide},
    policy::{AccountId, ActionName},
    source::Source,
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    #[serde(rename = "topic")]
    _topic: String,
    policies: Policies,
    request: CaseRequest,
    expected: String,
    source: String,
    #[serde(rename = "certainty")]
    _certainty: String,
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Policies {
    identity: Vec<Value>,
    resource: Option<Value>,
    boundary: Option<Value>,
    scps: Vec<Value>,
    rcps: Vec<Value>,
    session: Vec<Value>,
    #[serde(default)]
    vpce: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct CaseRequest {
    principal: String,
    action: String,
    resource: String,
    resource_account: Option<String>,
    context: BTreeMap<String, Vec<String>>,
    #[serde(rename = "managementAccount")]
    _management_account: Option<String>,
}

impl Case {
    /// Whether the identity policies of a principal in the account of the resource decide alone.
    fn needs_identity_policies_only(&self) -> bool {
        let other = &self.policies;
        let account = Principal::parse(&self.request.principal)
            .ok()
            .and_then(|p| p.account());
        let resource_account = self
            .request
            .resource_account
            .as_deref()
            .and_then(AccountId::parse);
        other.resource.is_none()
            && other.boundary.is_none()
            && other.scps.is_empty()
            && other.rcps.is_empty()
            && other.session.is_empty()
            && other.vpce.is_empty()
            && account.is_some()
            && (account == resource_account || resource_account.is_none())
            // The session policy, the key policy, and the trust policy always have a say.
            && !self.request.principal.contains(":federated-user/")
            && !self.request.action.starts_with("kms:")
            && !self.request.action.starts_with("sts:AssumeRole")
    }

    fn verdict(&self) -> String {
        let compile = |policy: &Value| {
            let source = Source::new(&*self.id, serde_json::to_vec(policy).unwrap());
            let document = iamsim::syntax::parse(&source);
            let lowered = iamsim::policy::lower(&document.root);
            CompiledPolicy::new(&lowered.policy.expect("a policy"))
        };
        let policies: Vec<_> = self.policies.identity.iter().map(compile).collect();
        let mut context = Context::complete();
        for (key, values) in &self.request.context {
            context.set(key.as_str(), Fact::Values(values.clone()), Origin::Given);
        }
        let resource = match self.request.resource.as_str() {
            "*" => Target::Star,
            arn => Target::Arn(arn.to_owned()),
        };
        let principal = Principal::parse(&self.request.principal).unwrap();
        let action = ActionName::new(self.request.action.as_str());
        // The context of a case is whole: nothing is derived.
        let request = Request {
            principal,
            action,
            resource,
            context,
        };
        decide(&policies, &request).verdict.name().to_owned()
    }
}

#[test]
fn the_cases_that_identity_policies_decide_alone_come_out_as_aws_documents() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("semantics.json")).unwrap();
    assert_eq!(cases.len(), 303);
    let own: Vec<_> = cases
        .iter()
        .filter(|case| case.needs_identity_policies_only())
        .collect();
    let wrong: Vec<_> = own
        .iter()
        .filter(|case| case.verdict() != case.expected)
        .map(|case| {
            let (verdict, note) = (case.verdict(), case.note.as_deref().unwrap_or_default());
            format!(
                "{}: {verdict}, not {} ({note}; {})",
                case.id, case.expected, case.source
            )
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {} wrong:\n{}",
        wrong.len(),
        own.len(),
        wrong.join("\n")
    );
    assert_eq!(own.len(), 197, "cases run");
}
