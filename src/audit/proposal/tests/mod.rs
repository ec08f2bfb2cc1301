mod generating;
mod narrowing;

use super::*;
use crate::{
    account::{Document, Held, HeldPolicies, Holdings},
    audit::{
        Applied, Caller, Counted, Example, Instant, JudgedCall, JudgedRequest, Outcome,
        OutcomeKind, PoliciesOfCaller, Record, What, Window,
    },
    catalog::{Catalog, Recording},
    eval::{Context, Fact, Origin, Principal, Request, Target, decide, derive_context},
    lint::{self, Options},
    policy::{AccountId, ActionName, PolicyType},
    source::{Severity, Source},
    trail::{Agreement, Category, Class, Mode, Needs, RequestRole, ResourceSource},
};

const ANA: &str = "arn:aws:iam::111122223333:user/ana";

/// Some policies of one user.
fn held(policies: &[&str]) -> Holdings {
    let mut holdings = Holdings::new();
    let ids = policies.iter().enumerate().map(|(place, text)| {
        let name = format!("policy-{place}.json");
        let source = Source::new(name.as_str(), text.as_bytes().to_vec());
        let document = Document::read(name, source, Layer::Identity).unwrap();
        holdings.add(document)
    });
    let held = HeldPolicies {
        policies: ids.collect(),
        boundary: Some(Vec::new()),
    };
    holdings.hold(ANA, Held::Whole(held)).unwrap();
    holdings
}

/// A call, as it was recorded.
#[derive(Clone)]
struct Call {
    requests: Vec<(&'static str, Target)>,
    facts: Vec<(&'static str, &'static str)>,
    outcome: OutcomeKind,
}

fn call(action: &'static str, target: Target) -> Call {
    Call {
        requests: vec![(action, target)],
        facts: Vec::new(),
        outcome: OutcomeKind::Succeeded,
    }
}

fn arn(text: &str) -> Target {
    Target::Arn(text.to_owned())
}

impl Call {
    fn ended(self, outcome: OutcomeKind) -> Self {
        Self { outcome, ..self }
    }

    fn record(&self, holdings: &Holdings) -> Record {
        let principal = Principal::parse(ANA).unwrap();
        let account = AccountId::parse("111122223333");
        let requests = self.requests.iter();
        let requests: Vec<_> = requests
            .map(|(action, target)| {
                let mut context = Context::partial();
                for (key, value) in &self.facts {
                    let fact = Fact::Values(vec![(*value).to_owned()]);
                    context.set(*key, fact, Origin::Recorded);
                }
                let (principal, action) = (principal.clone(), ActionName::new(*action));
                judged(
                    holdings,
                    Request::new(principal, action, target.clone(), context),
                )
            })
            .collect();
        let action = Catalog::embedded().action(self.requests[0].0);
        let is_data = action.is_some_and(|action| {
            matches!(
                Catalog::embedded().recording(action),
                Recording::Data { .. }
            )
        });
        Record {
            class: Class::ApiCall,
            category: if is_data {
                Category::Data
            } else {
                Category::Management
            },
            mode: Mode::Unknown,
            source: format!(
                "{}.amazonaws.com",
                self.requests[0].0.split(':').next().unwrap()
            ),
            name: "Name".to_owned(),
            region: "us-east-1".to_owned(),
            recipient: account,
            caller: Caller {
                name: ANA.to_owned(),
                principal,
                account,
                invoked_by: None,
                policies: PoliciesOfCaller::Known,
            },
            outcome: Outcome {
                kind: self.outcome,
                error_code: None,
                denial: None,
                denied_by: None,
                denied_by_arn: None,
            },
            sign_in: None,
            what: What::Call(JudgedCall {
                needs: Needs::Permission,
                verdict: None,
                possible: Vec::new(),
                agreement: Agreement::Open,
                notes: Vec::new(),
                requests,
            }),
        }
    }
}

/// A request with what the policies say to it.
fn judged(holdings: &Holdings, mut request: Request) -> JudgedRequest {
    derive_context(&mut request);
    let bound = holdings.bound(&request);
    let decision = decide(&bound.setting, &request);
    let applied = bound.documents.iter().zip(&decision.statements);
    let applied = applied.flat_map(|(document, results)| {
        results.iter().map(|result| Applied {
            document: document.place(),
            statement: result.index,
            effect: result.effect.unwrap().into(),
            surely: result.applies == crate::eval::Applies::Yes,
        })
    });
    JudgedRequest {
        action: request.action.as_str().to_owned(),
        resource: request.resource.clone(),
        resource_account: request.resource_account,
        resource_source: ResourceSource::Recorded,
        role: RequestRole::Main,
        facts: request
            .context
            .iter()
            .map(|(key, fact, _)| (key.as_str().to_owned(), fact.clone()))
            .collect(),
        verdict: Some(decision.verdict),
        limited_by: Vec::new(),
        unknown: Vec::new(),
        applied: applied.collect(),
    }
}

fn totals(records: impl IntoIterator<Item = Record>) -> Totals {
    let window = Some(Window {
        first: Instant(0),
        last: Instant(60 * 24 * 60 * 60),
    });
    Totals {
        records: records
            .into_iter()
            .map(|record| Counted {
                record,
                count: 1,
                window,
                times: Vec::new(),
                example: Example::default(),
            })
            .collect(),
        window,
        seconds_per_instant: 1,
        captured: Vec::new(),
    }
}

fn trail(holdings: &Holdings, calls: &[Call]) -> Totals {
    totals(calls.iter().map(|call| call.record(holdings)))
}

/// The statements of a text, each as `Effect actions on resources`.
fn statements(text: &str) -> Vec<String> {
    let policy: serde_json::Value = serde_json::from_str(text).unwrap();
    let list = |value: &serde_json::Value| match value.as_array() {
        Some(items) => items
            .iter()
            .map(|item| item.as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
            .join(" "),
        None => value.as_str().unwrap_or("-").to_owned(),
    };
    let one = |statement: &serde_json::Value| {
        format!(
            "{} {} on {}",
            list(&statement["Effect"]),
            list(&statement["Action"]),
            list(&statement["Resource"])
        )
    };
    let statement = &policy["Statement"];
    match statement.as_array() {
        Some(items) => items.iter().map(one).collect(),
        None => vec![one(statement)],
    }
}

const KEYS: &str = "arn:aws:ec2:eu-west-1:111122223333:key-pair/a";
