//! What holds of every policy that is narrowed to its use, and of every one that is made from it.

use crate::support::{files_below, has_extension, text_of};
use iamsim::{
    account::{Document, Held, HeldPolicies, Holdings},
    audit::{
        Applied, Caller, Counted, Example, JudgedCall, JudgedRequest, Outcome, OutcomeKind,
        PoliciesOfCaller, Record, Totals, What,
        proposal::{
            Generalise, GenerateOptions, Holder, Proposal, ProposalOptions, generate, propose,
        },
    },
    catalog::{Catalog, Recording},
    eval::{
        Applies, Context, Fact, Layer, Origin, Principal, Request, Target, Verdict, decide,
        derive_context,
    },
    lint,
    policy::{AccountId, ActionName, Case, PolicyType, TextPattern, Wildcard, witnesses},
    source::{Severity, Source},
    trail::{
        Agreement, Category, Class, Decided, Event, EventReader, Mode, Needs,
        Outcome as TrailOutcome, RequestRole, ResourceSource, interpret,
    },
};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

const ANA: &str = "arn:aws:iam::111122223333:user/ana";

const ACTIONS: [&str; 9] = [
    "s3:GetObject",
    "s3:PutObject",
    "s3:ListAllMyBuckets",
    "s3:PutBucketPolicy",
    "sqs:CreateQueue",
    "sqs:SendMessage",
    "iam:PassRole",
    "kms:Decrypt",
    "kms:Encrypt",
];

const ENTRIES: [&str; 14] = [
    "s3:GetObject",
    "s3:Get*",
    "s3:*Object",
    "s3:*",
    "S3:putobject",
    "s3:List*",
    "sqs:*",
    "sqs:CreateQueue",
    "iam:Pass*",
    "iam:*",
    "kms:?ncrypt",
    "kms:*",
    "*",
    "new:Thing",
];

const RESOURCES: [&str; 11] = [
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/?",
    "arn:aws:s3:::b/x",
    "arn:aws:s3:::b/${aws:username}",
    "arn:aws:sqs:*:111122223333:*",
    "arn:aws:sqs:eu-west-1:111122223333:q",
    "arn:aws:iam::*:role/*",
    "arn:aws:kms:*:*:key/*",
    "arn:aws:*:*:*:*",
];

/// What is called on; a name at the end is one of many.
fn target() -> impl Strategy<Value = Target> {
    let arn = |text: &str| Target::Arn(text.to_owned());
    prop_oneof![
        8 => select(vec![
            arn("arn:aws:s3:::b/x"),
            arn("arn:aws:s3:::b/*"),
            arn("arn:aws:s3:::b/${aws:username}"),
            arn("arn:aws:s3:::b"),
            arn("arn:aws:sqs:eu-west-1:111122223333:q"),
            arn("arn:aws:iam::111122223333:role/web"),
            arn("arn:aws:kms:eu-west-1:111122223333:key/k"),
        ]),
        4 => (0..40_u32).prop_map(|n| Target::Arn(format!("arn:aws:s3:::b/many/{n}"))),
        2 => select(vec![
            Target::Like("arn:aws:s3:::b/*".to_owned()),
            Target::Like("arn:aws:iam::111122223333:role/*web".to_owned()),
        ]),
        2 => Just(Target::Star),
        1 => Just(Target::Unknown),
    ]
}

/// A call: what is asked for, the region where it is known, and how it ended.
#[derive(Debug, Clone)]
struct Call {
    requests: Vec<(&'static str, Target)>,
    region: Option<&'static str>,
    outcome: OutcomeKind,
}

fn call() -> impl Strategy<Value = Call> {
    (
        vec((select(ACTIONS.to_vec()), target()), 1..3),
        select(vec![None, Some("eu-west-1"), Some("us-east-1")]),
        prop_oneof![
            4 => Just(OutcomeKind::Succeeded),
            1 => Just(OutcomeKind::Denied),
            1 => Just(OutcomeKind::Failed),
        ],
    )
        .prop_map(|(requests, region, outcome)| Call {
            requests,
            region,
            outcome,
        })
}

fn statement() -> impl Strategy<Value = Value> {
    (
        prop::bool::weighted(0.85),
        (
            vec(select(ENTRIES.to_vec()), 1..4),
            prop::bool::weighted(0.05),
        ),
        (
            vec(select(RESOURCES.to_vec()), 1..4),
            prop::bool::weighted(0.1),
        ),
        prop::option::weighted(0.25, select(vec!["eu-*", "us-east-1"])),
        prop::option::of(select(vec!["A", "B", "AWide"])),
    )
        .prop_map(
            |(allow, (actions, not_action), (resources, not_resource), region, sid)| {
                let mut statement = json!({ "Effect": if allow { "Allow" } else { "Deny" } });
                let mut set = |key: &str, value: Value| statement[key] = value;
                set(
                    if not_action { "NotAction" } else { "Action" },
                    json!(actions),
                );
                set(
                    if not_resource {
                        "NotResource"
                    } else {
                        "Resource"
                    },
                    json!(resources),
                );
                if let Some(region) = region {
                    set(
                        "Condition",
                        json!({"StringLike": {"aws:RequestedRegion": region}}),
                    );
                }
                if let Some(sid) = sid {
                    set("Sid", json!(sid));
                }
                statement
            },
        )
}

fn policy() -> impl Strategy<Value = String> {
    (vec(statement(), 1..4), any::<bool>()).prop_map(|(mut statements, is_pretty)| {
        // Two statements of one name are an error.
        let mut sids = Vec::new();
        for statement in &mut statements {
            let sid = statement["Sid"].clone();
            if sids.contains(&sid) {
                statement.as_object_mut().unwrap().remove("Sid");
            }
            sids.push(sid);
        }
        let policy = json!({"Version": "2012-10-17", "Statement": statements});
        if is_pretty {
            serde_json::to_string_pretty(&policy).unwrap()
        } else {
            policy.to_string()
        }
    })
}

/// The policies of the one user that there is; a policy that is `None` was removed.
fn holdings(policies: &[Option<String>]) -> Holdings {
    let mut holdings = Holdings::new();
    let mut held = HeldPolicies {
        policies: Vec::new(),
        boundary: Some(Vec::new()),
    };
    for text in policies.iter().flatten() {
        let source = Source::new("policy.json", text.clone().into_bytes());
        let document = Document::read("policy", source, Layer::Identity).unwrap();
        held.policies.push(holdings.add(document));
    }
    holdings.hold(ANA, Held::Whole(held)).unwrap();
    holdings
}

fn request(action: &str, target: &Target, region: Option<&str>) -> Request {
    let mut context = Context::partial();
    if let Some(region) = region {
        let fact = Fact::Values(vec![region.to_owned()]);
        context.set("aws:RequestedRegion", fact, Origin::Recorded);
    }
    let name = Fact::Values(vec!["ana".to_owned()]);
    context.set("aws:username", name, Origin::Recorded);
    let principal = Principal::parse(ANA).unwrap();
    let mut request = Request::new(principal, ActionName::new(action), target.clone(), context);
    derive_context(&mut request);
    request
}

fn judged(holdings: &Holdings, request: &Request) -> JudgedRequest {
    let bound = holdings.bound(request);
    let decision = decide(&bound.setting, request);
    let applied = bound.documents.iter().zip(&decision.statements);
    let applied = applied.flat_map(|(document, results)| {
        results.iter().map(|result| Applied {
            document: document.place(),
            statement: result.index,
            effect: result.effect.unwrap().into(),
            surely: result.applies == Applies::Yes,
        })
    });
    let facts = request.context.iter();
    JudgedRequest {
        action: request.action.as_str().to_owned(),
        resource: request.resource.clone(),
        resource_account: request.resource_account,
        resource_source: ResourceSource::Recorded,
        role: RequestRole::Main,
        facts: facts
            .map(|(key, fact, _)| (key.as_str().to_owned(), fact.clone()))
            .collect(),
        verdict: Some(decision.verdict),
        limited_by: Vec::new(),
        unknown: Vec::new(),
        applied: applied.collect(),
    }
}

fn record(holdings: &Holdings, call: &Call) -> Record {
    let catalog = Catalog::embedded();
    let first = call
        .requests
        .first()
        .map_or("s3:GetObject", |(action, _)| *action);
    let is_data = matches!(
        catalog.recording(catalog.action(first).unwrap()),
        Recording::Data { .. }
    );
    let account = AccountId::parse("111122223333");
    let requests = call.requests.iter();
    Record {
        class: Class::ApiCall,
        category: if is_data {
            Category::Data
        } else {
            Category::Management
        },
        mode: Mode::Unknown,
        source: format!("{}.amazonaws.com", first.split(':').next().unwrap()),
        name: "Name".to_owned(),
        region: String::new(),
        recipient: account,
        caller: Caller {
            name: ANA.to_owned(),
            principal: Principal::parse(ANA).unwrap(),
            account,
            invoked_by: None,
            policies: PoliciesOfCaller::Known,
        },
        outcome: Outcome {
            kind: call.outcome,
            error_code: None,
            denial: None,
            denied_by: None,
            denied_by_arn: None,
        },
        sign_in: None,
        what: What::Call(JudgedCall {
            needs: Needs::Permission,
            requests: requests
                .map(|(action, target)| judged(holdings, &request(action, target, call.region)))
                .collect(),
            verdict: None,
            possible: Vec::new(),
            agreement: Agreement::Open,
            notes: Vec::new(),
        }),
    }
}

fn totals(holdings: &Holdings, calls: &[Call]) -> Totals {
    let counted = |call| Counted {
        record: record(holdings, call),
        count: 1,
        window: None,
        times: Vec::new(),
        example: Example::default(),
    };
    Totals {
        records: calls.iter().map(counted).collect(),
        ..Totals::default()
    }
}

fn narrowed(holdings: &Holdings, calls: &[Call]) -> Vec<Proposal> {
    propose(
        &totals(holdings, calls),
        holdings,
        &ProposalOptions::default(),
    )
}

/// The resource entries of policies.
fn resources(policies: &[Option<String>]) -> Vec<String> {
    let mut found = Vec::new();
    for text in policies.iter().flatten() {
        let policy: Value = serde_json::from_str(text).unwrap();
        for statement in policy["Statement"].as_array().unwrap() {
            for key in ["Resource", "NotResource"] {
                let entries = statement[key].as_array().into_iter().flatten();
                let only = [&statement[key]].into_iter();
                let texts = entries.chain(only).filter_map(Value::as_str);
                found.extend(texts.map(str::to_owned));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Resources at the borders of patterns.
fn border(patterns: &[String]) -> Vec<Target> {
    let pattern = |text: &str| TextPattern::of(&Wildcard::new(text, Case::Sensitive));
    let arns = [vec![pattern("arn:aws:*:*:*:*")]];
    let mut targets = vec![Target::Star];
    for few in patterns.chunks(3) {
        let own: Vec<_> = few.iter().map(|text| pattern(text)).collect();
        let texts = witnesses(&arns, &own).texts;
        targets.extend(texts.into_iter().take(12).map(Target::Arn));
    }
    targets
}

fn denies(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::ExplicitDeny | Verdict::ImplicitDeny)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_narrowed_policy_allows_what_was_used_and_nothing_new(
        policies in vec(policy(), 1..3),
        calls in vec(call(), 1..25),
    ) {
        let old: Vec<_> = policies.into_iter().map(Some).collect();
        let before = holdings(&old);
        let proposals = narrowed(&before, &calls);
        prop_assert_eq!(proposals.len(), old.len());
        for proposal in &proposals {
            prop_assert!(proposal.verification.holds(), "{:#?}", proposal);
        }
        let new: Vec<_> = proposals.iter().map(|own| own.texts.first().cloned()).collect();
        let after = holdings(&new);
        for call in calls.iter().filter(|call| call.outcome != OutcomeKind::Denied) {
            let decide = |holdings: &Holdings| -> Vec<_> {
                let requests = call.requests.iter();
                requests
                    .map(|(action, target)| {
                        let request = request(action, target, call.region);
                        decide(&holdings.bound(&request).setting, &request).possible
                    })
                    .collect()
            };
            let (was, is) = (decide(&before), decide(&after));
            if Verdict::of_all(was.clone()).contains(&Verdict::Allowed) {
                prop_assert_eq!(was, is, "{:?}\n{:#?}", call, proposals);
            }
        }
        let patterns = resources(&[old, new].concat());
        for target in border(&patterns) {
            for action in ACTIONS.into_iter().chain(["s3:GetBucketAcl", "kms:EncryptX", "new:Thing"]) {
                for region in ["eu-west-1", "us-east-1"] {
                    let request = request(action, &target, Some(region));
                    let verdict = |holdings: &Holdings| {
                        decide(&holdings.bound(&request).setting, &request).verdict
                    };
                    if denies(verdict(&before)) {
                        prop_assert!(denies(verdict(&after)), "{:?}\n{:#?}", request, proposals);
                    }
                }
            }
        }
    }

    #[test]
    fn narrowing_again_changes_nothing(
        policies in vec(policy(), 1..3),
        calls in vec(call(), 1..25),
    ) {
        let old: Vec<_> = policies.into_iter().map(Some).collect();
        let first = narrowed(&holdings(&old), &calls);
        let new: Vec<_> = first.iter().map(|own| own.texts.first().cloned()).collect();
        let left: Vec<_> = new.into_iter().flatten().map(Some).collect();
        let second = narrowed(&holdings(&left), &calls);
        let again: Vec<_> = second.iter().map(|own| own.texts.first().cloned()).collect();
        prop_assert_eq!(left, again, "{:#?}\n{:#?}", first, second);
        for proposal in second {
            prop_assert_eq!(proposal.diff, "");
            prop_assert!(proposal.changes.is_empty(), "{:?}", proposal.changes);
        }
    }

    #[test]
    fn a_generated_policy_allows_all_that_was_used_and_fits(
        calls in vec(call(), 1..60),
        level in select(Generalise::ALL.to_vec()),
        holder in select(vec![Holder::Managed, Holder::RoleInline, Holder::UserInline]),
    ) {
        let trail = totals(&holdings(&[]), &calls);
        let options = GenerateOptions { generalise: level, holder, ..GenerateOptions::default() };
        let proposal = generate(&trail, ANA, &options);
        prop_assert!(proposal.verification.holds(), "{:#?}", proposal);
        let used = || calls.iter().filter(|call| call.outcome != OutcomeKind::Denied);
        prop_assert_eq!(proposal.texts.is_empty(), used().next().is_none());
        let most = match holder {
            Holder::Managed => 6_144,
            Holder::RoleInline => 10_240,
            Holder::UserInline => 2_048,
        };
        for text in &proposal.texts {
            let policy: Value = serde_json::from_str(text).unwrap();
            prop_assert!(policy.to_string().chars().count() <= most);
        }
        let texts: Vec<_> = proposal.texts.iter().cloned().map(Some).collect();
        let own = holdings(&texts);
        let mut actions = Vec::new();
        for (action, target) in used().flat_map(|call| &call.requests) {
            actions.push(*action);
            let judged = judged(&own, &request(action, target, None));
            prop_assert!(judged.applied.iter().any(|applied| applied.surely), "{action} {target:?}");
        }
        for action in ACTIONS.into_iter().filter(|action| !actions.contains(action)) {
            for target in border(&resources(&texts)) {
                let judged = judged(&own, &request(action, &target, None));
                prop_assert!(judged.applied.is_empty(), "{action} {target:?}");
            }
        }
    }
}

/// The distinct calls of the events that the repository has.
fn recorded() -> Vec<Record> {
    let mut records = Vec::new();
    let holdings = holdings(&[]);
    for path in files_below("tests/fixtures/events") {
        if has_extension(&path, "gz") {
            continue;
        }
        let text = text_of(&path);
        let mut events = EventReader::new(text.as_bytes());
        while let Some(event) = events.next_event() {
            let Ok(event) = event else { continue };
            let interpretation = interpret(&Event::parse(event.json).unwrap());
            let Decided::Call(call) = &interpretation.decision else {
                continue;
            };
            let mut record = record(&holdings, &ANY_CALL);
            let Some(first) = call.requests.first() else {
                continue;
            };
            record.caller.principal = first.request.principal.clone();
            let principal = &first.request.principal;
            record.caller.name = match principal {
                Principal::AssumedRole { role_name, .. } => role_name.clone(),
                Principal::Root { .. }
                | Principal::User { .. }
                | Principal::Role { .. }
                | Principal::FederatedUser { .. }
                | Principal::Service(_)
                | Principal::Federated(_)
                | Principal::CanonicalUser(_)
                | Principal::Anonymous
                | Principal::Unknown => principal.to_string(),
            };
            record.category = interpretation.category;
            if matches!(interpretation.outcome, TrailOutcome::Denied(_)) {
                record.outcome.kind = OutcomeKind::Denied;
            }
            let What::Call(own) = &mut record.what else {
                panic!()
            };
            own.needs = call.needs;
            let requests = call.requests.iter();
            own.requests = requests
                .map(|own| judged(&holdings, &own.request))
                .collect();
            records.push(record);
        }
    }
    records
}

const ANY_CALL: Call = Call {
    requests: Vec::new(),
    region: None,
    outcome: OutcomeKind::Succeeded,
};

#[test]
fn policies_made_from_recorded_events_have_no_errors() {
    let records = recorded();
    let mut names: Vec<_> = records.iter().map(|own| own.caller.name.clone()).collect();
    names.sort();
    names.dedup();
    let counted = |record| Counted {
        record,
        count: 1,
        window: None,
        times: Vec::new(),
        example: Example::default(),
    };
    let totals = Totals {
        records: records.into_iter().map(counted).collect(),
        ..Totals::default()
    };
    let mut made = 0;
    for name in names {
        let proposal = generate(&totals, &name, &GenerateOptions::default());
        assert!(proposal.verification.holds(), "{proposal:#?}");
        for text in &proposal.texts {
            made += 1;
            let source = Source::new("new.json", text.clone().into_bytes());
            let options = lint::Options {
                policy_type: Some(PolicyType::Identity),
                ..lint::Options::default()
            };
            let findings = lint::check(&source, &options).findings;
            let errors: Vec<_> = findings
                .iter()
                .filter(|finding| finding.severity == Severity::Error)
                .map(|finding| format!("{}: {}", finding.rule.as_str(), finding.message))
                .collect();
            assert!(errors.is_empty(), "{errors:#?}\n{text}");
        }
    }
    assert!(made > 0);
}
