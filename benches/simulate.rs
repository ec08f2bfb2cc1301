//! Decisions a second on one thread: by the policy of three statements in `policies/`, by a policy of
//! a hundred statements with conditions, and by one pattern of many stars.
//!
//! Targets: 1,000,000 decisions a second by the first, 300,000 by the second; the pattern of many stars
//! takes at most in proportion longer on a longer ARN. Figures are in `docs/performance.md`.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use iamsim::{
    eval::{
        CompiledPolicy, Context, Fact, Origin, Principal, Request, Setting, Target, Verdict,
        decide, derive_context,
    },
    policy::{ActionName, Case, Wildcard, lower},
    source::Source,
    syntax::parse,
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, hint::black_box};

const SMALL: &str = include_str!("../policies/messages-worker.json");

fn setting(text: &str) -> Setting {
    let source = Source::new("bench", text.as_bytes().to_vec());
    let policy = lower(&parse(&source).root).policy;
    Setting::of_identity(policy.iter().map(CompiledPolicy::new))
}

fn request(action: &str, resource: &str, context: &[(&str, &str)]) -> Request {
    let principal = Principal::parse("arn:aws:iam::123456789012:role/app/messages-worker");
    let mut facts = Context::complete();
    for (key, value) in context {
        let fact = Fact::Values(vec![(*value).to_owned()]);
        facts.set(*key, fact, Origin::Given);
    }
    let target = Target::Arn(resource.to_owned());
    let principal = principal.unwrap_or(Principal::Unknown);
    let mut request = Request::new(principal, ActionName::new(action), target, facts);
    derive_context(&mut request);
    request
}

/// Requests that the statements of the small policy allow, and such as they do not.
fn small_requests() -> Vec<Request> {
    [
        (
            "sqs:ReceiveMessage",
            "arn:aws:sqs:us-east-1:123456789012:Messages",
        ),
        (
            "sqs:DeleteMessage",
            "arn:aws:sqs:us-east-1:123456789012:Messages",
        ),
        (
            "sqs:SendMessage",
            "arn:aws:sqs:us-east-1:123456789012:Messages",
        ),
        (
            "sqs:ReceiveMessage",
            "arn:aws:sqs:eu-west-1:123456789012:Messages",
        ),
        (
            "dynamodb:PutItem",
            "arn:aws:dynamodb:us-east-1:123456789012:table/Message",
        ),
        (
            "dynamodb:DeleteTable",
            "arn:aws:dynamodb:us-east-1:123456789012:table/Message",
        ),
        (
            "logs:CreateLogStream",
            "arn:aws:logs:us-east-1:123456789012:log-group:/app/messages-worker:log-stream:i-0a1b",
        ),
        ("s3:GetObject", "arn:aws:s3:::reports/2026/11/25.csv"),
    ]
    .map(|(action, resource)| request(action, resource, &[]))
    .into()
}

/// A policy of a hundred statements: each about a team's buckets, tables or queues, with conditions on
/// tags, network and time, as people write them.
fn large_policy() -> String {
    let statement = |number: usize| -> Value {
        let team = format!("team{number:02}");
        match number % 4 {
            0 => json!({
                "Sid": format!("Objects{number}"), "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject*"],
                "Resource": format!("arn:aws:s3:::{team}-data/*"),
                "Condition": {"StringEquals": {"aws:PrincipalTag/team": team}}
            }),
            1 => json!({
                "Sid": format!("Tables{number}"), "Effect": "Allow",
                "Action": ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem"],
                "Resource": [format!("arn:aws:dynamodb:*:*:table/{team}-*"), format!("arn:aws:dynamodb:*:*:table/{team}-*/index/*")],
                "Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}}
            }),
            2 => json!({
                "Sid": format!("Queues{number}"), "Effect": "Allow",
                "Action": "sqs:*Message*",
                "Resource": format!("arn:aws:sqs:eu-west-1:123456789012:{team}-*"),
                "Condition": {"StringLike": {"aws:PrincipalTag/role": ["worker-*", "admin"]}}
            }),
            _ => json!({
                "Sid": format!("Guard{number}"), "Effect": "Deny",
                "Action": ["s3:*", "dynamodb:Delete*"],
                "Resource": [format!("arn:aws:s3:::{team}-secret/*"), format!("arn:aws:dynamodb:*:*:table/{team}-audit")],
                "Condition": {"StringNotEquals": {"aws:PrincipalTag/clearance": "high"}}
            }),
        }
    };
    let statements: Vec<_> = (0..100).map(statement).collect();
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

fn large_requests() -> Vec<Request> {
    let context = [
        ("aws:PrincipalTag/team", "team96"),
        ("aws:PrincipalTag/role", "worker-7"),
        ("aws:PrincipalTag/clearance", "low"),
        ("aws:SourceIp", "10.20.30.40"),
        ("aws:RequestedRegion", "eu-west-1"),
        ("aws:SecureTransport", "true"),
    ];
    [
        (
            "s3:GetObject",
            "arn:aws:s3:::team96-data/2026/11/report.csv",
        ),
        (
            "s3:GetObject",
            "arn:aws:s3:::team04-data/2026/11/report.csv",
        ),
        ("s3:PutObject", "arn:aws:s3:::team99-secret/keys.txt"),
        (
            "dynamodb:Query",
            "arn:aws:dynamodb:eu-west-1:123456789012:table/team97-orders/index/by-date",
        ),
        (
            "dynamodb:DeleteItem",
            "arn:aws:dynamodb:eu-west-1:123456789012:table/team51-audit",
        ),
        (
            "sqs:SendMessage",
            "arn:aws:sqs:eu-west-1:123456789012:team98-jobs",
        ),
        (
            "sqs:ReceiveMessage",
            "arn:aws:sqs:eu-west-1:123456789012:unknown-jobs",
        ),
        (
            "ec2:RunInstances",
            "arn:aws:ec2:eu-west-1:123456789012:instance/*",
        ),
    ]
    .map(|(action, resource)| request(action, resource, &context))
    .into()
}

fn decisions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decide");
    let large = large_policy();
    let settings = [
        ("3 statements", setting(SMALL), small_requests()),
        ("100 statements", setting(&large), large_requests()),
    ];
    assert!(
        (20_000..26_000).contains(&large.len()),
        "{} bytes",
        large.len()
    );
    for (name, setting, requests) in &settings {
        let verdicts: BTreeSet<Verdict> = requests
            .iter()
            .map(|request| decide(setting, request).verdict)
            .collect();
        assert!(
            verdicts.contains(&Verdict::Allowed) && verdicts.len() >= 2,
            "{verdicts:?}"
        );
        group.throughput(Throughput::Elements(requests.len() as u64));
        group.bench_function(*name, |b| {
            b.iter(|| {
                for request in requests {
                    black_box(decide(black_box(setting), black_box(request)));
                }
            });
        });
    }
    group.finish();
}

fn stars(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("many stars");
    // All but one of the parts between the stars are there, so the whole text is looked through.
    let pattern = Wildcard::new(&("*aa".repeat(100) + "*b*a"), Case::Sensitive);
    for length in [1_000, 2_000, 4_000] {
        let text = "a".repeat(length);
        group.throughput(Throughput::Bytes(length as u64));
        group.bench_function(format!("{length} characters"), |b| {
            b.iter(|| black_box(&pattern).matches(black_box(&text)));
        });
    }
    group.finish();
}

criterion_group!(benches, decisions, stars);
criterion_main!(benches);
