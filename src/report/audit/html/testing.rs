//! Audits for the tests of the page: one with every part filled, one whose texts mean harm, a large one.

mod breadth;
mod hostile;
mod watch;

pub(super) use hostile::hostile;

use crate::{
    audit::{
        Accounting, Audit, ClassCount, Example, Instant, OutcomeKind, PassedOver, PolicyFacts,
        Problem, StatementPlace, UnmappedCall, Window,
        agreement::{AgreementReport, Cell, Disagreement, Reason},
        denied::{DeniedGroup, RemedyText, UndecidedGroup},
        proposal::{Proposal, Verification},
    },
    eval::{Layer, Verdict},
    report::{Colour, diff::diff},
    trail::{Agreement, Class},
};

/// 2026-11-22T08:00:00Z
const START: u32 = 1_795_334_400;
const HOUR: u32 = 3600;

const DEPLOY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Artifacts",
      "Effect": "Allow",
      "Action": ["s3:Get*", "s3:PutObject", "s3:ListBucket"],
      "Resource": [
        "arn:aws:s3:::harbour-artifacts",
        "arn:aws:s3:::harbour-artifacts/*"
      ]
    },
    {
      "Sid": "Functions",
      "Effect": "Allow",
      "Action": ["lambda:*", "iam:PassRole"],
      "Resource": "*"
    }, {
      "Sid": "NoKeys",
      "Effect": "Deny",
      "Action": ["kms:ScheduleKeyDeletion", "kms:DisableKey"],
      "Resource": "*"
    }
  ]
}
"#;

const REGIONS: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"},
  {"Sid": "OnlyInEurope", "Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*", "Condition": {"StringNotLike": {"aws:RequestedRegion": "eu-*"}}}
]}
"#;

const READER: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":["s3:Get*","ec2:Describe*","cloudwatch:*"],"Resource":"*"},{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::harbour-payroll/*"}]}"#;

const DEPLOYER: &str = "arn:aws:iam::418272953104:role/ci-deploy";
const ANALYST: &str = "arn:aws:iam::418272953104:user/analysts/m.okafor";

fn at(hours: u32) -> Instant {
    Instant(START + hours * HOUR)
}

fn window(first: u32, last: u32) -> Window {
    Window {
        first: at(first),
        last: at(last),
    }
}

fn example(hours: u32, line: u64) -> Example {
    Example {
        time: at(hours).text(),
        event_id: format!("8f14e45f-ceea-4b7a-9f3d-{line:012}"),
        file: "AWSLogs/418272953104/CloudTrail/eu-west-1/2026/11/23/part-07.json.gz".to_owned(),
        line,
        offset: line * 1_711,
    }
}

fn place(
    document: usize,
    policy: &str,
    index: usize,
    sid: Option<&str>,
    line: usize,
) -> StatementPlace {
    StatementPlace {
        document,
        policy: policy.to_owned(),
        index,
        sid: sid.map(str::to_owned),
        line,
    }
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// An audit with every part filled.
pub(super) fn full() -> Audit {
    Audit {
        accounting: accounting(),
        policies: policies(),
        denied: denied(),
        undecided: undecided(),
        agreement: agreement(),
        breadth: breadth::breadth(),
        proposals: proposals(),
        series: Some(watch::series()),
        alarms: watch::alarms(),
        rates: watch::rates(),
        rates_not_judged: None,
    }
}

/// An audit of nothing.
pub(super) fn empty() -> Audit {
    Audit {
        accounting: Accounting::default(),
        policies: Vec::new(),
        denied: Vec::new(),
        undecided: Vec::new(),
        agreement: AgreementReport::default(),
        breadth: Vec::new(),
        proposals: Vec::new(),
        series: None,
        alarms: Vec::new(),
        rates: Vec::new(),
        rates_not_judged: None,
    }
}

/// An audit with so many denied groups, and with more policies than the page has room for.
pub(super) fn large(groups: usize) -> Audit {
    let mut audit = full();
    let one = audit.denied.first().unwrap().clone();
    audit.denied = (0..groups)
        .map(|number| DeniedGroup {
            resource: format!("arn:aws:s3:::harbour-artifacts/build-{number:05}.tar"),
            count: u64::try_from(groups - number).unwrap(),
            ..one.clone()
        })
        .collect();
    let policy = audit.policies.first().unwrap().clone();
    let padded = format!("{}{}", policy.text, " ".repeat(300_000));
    audit.policies.extend((3..8).map(|document| PolicyFacts {
        document,
        name: format!("policies/padded-{document}.json"),
        text: padded.clone(),
        ..policy.clone()
    }));
    audit
}

fn accounting() -> Accounting {
    Accounting {
        files: 96,
        passed_over: vec![PassedOver {
            kind: "digest".to_owned(),
            files: 24,
            example:
                "AWSLogs/418272953104/CloudTrail-Digest/eu-west-1/2026/11/23/digest-07.json.gz"
                    .to_owned(),
        }],
        records: 1_243_877,
        filtered: 0,
        copies: 4_211,
        evaluated: 1_190_504,
        without_policies: 31_000,
        by_others: 870,
        no_permission_needed: 11_006,
        unmapped: 5_410,
        not_calls: [
            (Class::ConsoleSignIn, 61),
            (Class::ServiceEvent, 802),
            (Class::Insight, 4),
        ]
        .map(|(class, count)| ClassCount { class, count })
        .to_vec(),
        malformed: 9,
        problems: vec![
            Problem {
                file: "AWSLogs/418272953104/CloudTrail/eu-west-1/2026/11/23/part-11.json.gz"
                    .to_owned(),
                offset: Some(1_048_577),
                line: Some(3_102),
                message: "the file ends within a record, 9 records may be missing".to_owned(),
            },
            Problem {
                file: "AWSLogs/418272953104/CloudTrail/eu-west-1/2026/11/24/part-02.json.gz"
                    .to_owned(),
                offset: None,
                line: None,
                message: "the file vanished before it was read".to_owned(),
            },
        ],
        problems_left_out: 3,
        unmapped_calls: vec![UnmappedCall {
            call: "cloudhsm.amazonaws.com:ListLunaClients".to_owned(),
            reason: "the catalog has no action of this name".to_owned(),
            count: 5_410,
        }],
        window: Some(window(0, 50)),
        days_with_records: 3,
        accounts: strings(&["418272953104", "590318274615"]),
        regions: strings(&["eu-central-1", "eu-west-1", "us-east-1"]),
        data_event_sources: strings(&["s3.amazonaws.com"]),
        folded: strings(&["resources of `s3:GetObject` beyond 100,000, as `arn:aws:s3:::*`"]),
    }
}

fn policies() -> Vec<PolicyFacts> {
    let facts = |document, name: &str, arn: Option<&str>, layer, holders, text: &str| PolicyFacts {
        document,
        name: name.to_owned(),
        file: name.to_owned(),
        arn: arn.map(str::to_owned),
        layer,
        holders,
        text: text.to_owned(),
    };
    vec![
        facts(
            0,
            "policies/ci-deploy.json",
            Some("arn:aws:iam::418272953104:policy/ci-deploy"),
            Layer::Identity,
            Some(strings(&[DEPLOYER])),
            DEPLOY,
        ),
        facts(1, "policies/regions.json", None, Layer::Scp, None, REGIONS),
        facts(
            2,
            "reader",
            Some("arn:aws:iam::418272953104:policy/reader"),
            Layer::Identity,
            Some(strings(&[
                ANALYST,
                "arn:aws:iam::418272953104:role/reports",
            ])),
            READER,
        ),
    ]
}

fn remedy() -> RemedyText {
    let narrow = r#"["s3:Get*", "s3:PutObject", "s3:ListBucket"]"#;
    let wide = r#"["s3:Get*", "s3:PutObject", "s3:ListBucket", "s3:DeleteObject"]"#;
    RemedyText {
        policy: "policies/ci-deploy.json".to_owned(),
        text: "add `s3:DeleteObject` to the actions of statement `Artifacts`".to_owned(),
        diff: diff(
            "policies/ci-deploy.json",
            DEPLOY,
            &DEPLOY.replace(narrow, wide),
            Colour::Off,
        ),
    }
}

fn denied() -> Vec<DeniedGroup> {
    let group =
        |principal: &str, action: &str, resource: &str, count, verdict, hours| DeniedGroup {
            principal: principal.to_owned(),
            action: action.to_owned(),
            resource: resource.to_owned(),
            verdict,
            count,
            succeeded: 0,
            denied: count,
            window: Some(window(hours, hours + 9)),
            limited_by: Some(Layer::Identity),
            denied_by: Vec::new(),
            call: format!("{action} as the event names it"),
            example: example(hours, u64::from(hours) * 31 + 4),
            remedy: None,
            remedy_sought: true,
            agreement: Agreement::Agrees,
        };
    vec![
        DeniedGroup {
            remedy: Some(remedy()),
            call: "s3.amazonaws.com:DeleteObject".to_owned(),
            ..group(
                DEPLOYER,
                "s3:DeleteObject",
                "arn:aws:s3:::harbour-artifacts/releases/2026-11-23/orders-service.tar.gz",
                1_204,
                Verdict::ImplicitDeny,
                3,
            )
        },
        DeniedGroup {
            denied_by: vec![place(0, "policies/ci-deploy.json", 2, Some("NoKeys"), 18)],
            call: "kms.amazonaws.com:ScheduleKeyDeletion".to_owned(),
            ..group(
                DEPLOYER,
                "kms:ScheduleKeyDeletion",
                "arn:aws:kms:eu-west-1:418272953104:key/0f0d7a8e-5b7e-4ad1-8f0b-2d8f0f6f7f6d",
                17,
                Verdict::ExplicitDeny,
                11,
            )
        },
        DeniedGroup {
            limited_by: Some(Layer::Scp),
            denied_by: vec![place(
                1,
                "policies/regions.json",
                1,
                Some("OnlyInEurope"),
                3,
            )],
            succeeded: 2,
            denied: 7,
            agreement: Agreement::RecordedAllowed,
            call: "ec2.amazonaws.com:RunInstances".to_owned(),
            ..group(
                ANALYST,
                "ec2:RunInstances",
                "arn:aws:ec2:us-east-1:418272953104:instance/*",
                9,
                Verdict::ExplicitDeny,
                20,
            )
        },
        DeniedGroup {
            denied_by: vec![place(2, "reader", 1, None, 1)],
            call: "s3.amazonaws.com:GetObject".to_owned(),
            ..group(
                ANALYST,
                "s3:GetObject",
                "arn:aws:s3:::harbour-payroll/2026/11.csv",
                102,
                Verdict::ExplicitDeny,
                30,
            )
        },
    ]
}

fn undecided() -> Vec<UndecidedGroup> {
    vec![UndecidedGroup {
        principal: "arn:aws:iam::418272953104:role/reports".to_owned(),
        action: "dynamodb:Query".to_owned(),
        resource: "arn:aws:dynamodb:eu-west-1:418272953104:table/orders/index/by-customer"
            .to_owned(),
        possible: vec![Verdict::Allowed, Verdict::ImplicitDeny],
        unknown: strings(&[
            "the condition key `dynamodb:LeadingKeys`",
            "the tags of the role, `aws:PrincipalTag/team`",
        ]),
        count: 4_118,
        succeeded: 4_118,
        denied: 0,
        window: Some(window(1, 49)),
        example: example(1, 77),
    }]
}

fn agreement() -> AgreementReport {
    let cells = [
        (OutcomeKind::Succeeded, Some(Verdict::Allowed), 1_150_991),
        (OutcomeKind::Succeeded, Some(Verdict::ImplicitDeny), 214),
        (OutcomeKind::Succeeded, Some(Verdict::ExplicitDeny), 2),
        (OutcomeKind::Succeeded, Some(Verdict::Depends), 4_118),
        (OutcomeKind::Succeeded, None, 31_870),
        (OutcomeKind::Denied, Some(Verdict::ImplicitDeny), 1_204),
        (OutcomeKind::Denied, Some(Verdict::ExplicitDeny), 126),
        (OutcomeKind::Denied, Some(Verdict::Allowed), 61),
        (OutcomeKind::DryRun, Some(Verdict::Allowed), 12),
        (OutcomeKind::Throttled, Some(Verdict::Allowed), 908),
        (OutcomeKind::Failed, Some(Verdict::Allowed), 32_868),
    ];
    AgreementReport {
        cells: cells
            .map(|(recorded, simulated, count)| Cell {
                recorded,
                simulated,
                count,
            })
            .to_vec(),
        comparable: 1_152_610,
        agreeing: 1_152_333,
        disagreements: vec![
            Disagreement {
                principal: "arn:aws:iam::418272953104:role/reports".to_owned(),
                action: "s3:GetObject".to_owned(),
                resource: "arn:aws:s3:::partner-drop/in/*".to_owned(),
                recorded: OutcomeKind::Succeeded,
                simulated: Verdict::ImplicitDeny,
                count: 214,
                reason: Reason::ResourcePolicyNotSupplied,
                text: "the bucket `partner-drop` is of account `590318274615`, whose bucket policy was \
                       not supplied"
                    .to_owned(),
                example: example(5, 90),
            },
            Disagreement {
                principal: DEPLOYER.to_owned(),
                action: "lambda:UpdateFunctionCode".to_owned(),
                resource: "arn:aws:lambda:eu-west-1:418272953104:function:orders".to_owned(),
                recorded: OutcomeKind::Denied,
                simulated: Verdict::Allowed,
                count: 61,
                reason: Reason::LayerNotSupplied,
                text: "the message names a permissions boundary, and none was supplied".to_owned(),
                example: example(7, 12),
            },
        ],
    }
}

fn proposals() -> Vec<Proposal> {
    let narrowed = DEPLOY
        .replace(
            r#"["s3:Get*", "s3:PutObject", "s3:ListBucket"]"#,
            r#"["s3:GetObject", "s3:GetObjectTagging", "s3:PutObject"]"#,
        )
        .replace(
            r#""lambda:*""#,
            r#""lambda:GetFunction", "lambda:UpdateFunctionCode""#,
        );
    vec![
        Proposal {
            document: Some(0),
            name: "policies/ci-deploy.json".to_owned(),
            diff: diff("policies/ci-deploy.json", DEPLOY, &narrowed, Colour::Off),
            texts: vec![narrowed],
            changes: strings(&[
                "`s3:Get*` is narrowed to `s3:GetObject` and `s3:GetObjectTagging`",
                "`s3:ListBucket` is taken out",
                "`lambda:*` is narrowed to `lambda:GetFunction` and `lambda:UpdateFunctionCode`",
            ]),
            kept: strings(&["`iam:PassRole`: CloudTrail records no call of it"]),
            verification: Verification {
                calls: 88_112,
                allowed: 88_112,
                ..Verification::default()
            },
        },
        Proposal {
            document: None,
            name: "arn:aws:iam::418272953104:role/reports".to_owned(),
            texts: vec![READER.to_owned(), REGIONS.to_owned()],
            diff: String::new(),
            changes: Vec::new(),
            kept: Vec::new(),
            verification: Verification {
                calls: 4_118,
                allowed: 4_117,
                lost: strings(&[
                    "`dynamodb:Query` on `arn:aws:dynamodb:eu-west-1:418272953104:table/orders`",
                ]),
                gained: strings(&["`s3:GetObject` on `arn:aws:s3:::harbour-payroll/*`"]),
            },
        },
    ]
}
