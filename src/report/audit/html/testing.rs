//! Audits for the tests of the page: one with every part filled, one whose texts mean harm, a large one.

use crate::{
    audit::{
        Accounting, Audit, ClassCount, Example, Instant, OutcomeKind, PassedOver, PolicyFacts,
        Problem, StatementPlace, UnmappedCall, Window,
        agreement::{AgreementReport, Cell, Disagreement, Reason},
        breadth::{
            PatternBreadth, PolicyBreadth, ServiceBreadth, StatementBreadth, UseClass, Used,
        },
        denied::{DeniedGroup, RemedyText, UndecidedGroup},
        proposal::{Proposal, Verification},
        watch::{AlarmResult, MetricSeries, Raised, Series, UnusualRate},
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
        breadth: breadth(),
        proposals: proposals(),
        series: Some(series()),
        alarms: alarms(),
        rates: rates(),
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
        without_policies: 31_870,
        by_others: 0,
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
            remedy_sought: verdict == Verdict::ImplicitDeny,
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

fn pattern(
    pattern: &str,
    line: usize,
    column: usize,
    granted: Option<u64>,
    class: UseClass,
    used: &[(&str, u64)],
) -> PatternBreadth {
    let uses: Vec<_> = used
        .iter()
        .map(|(name, count)| Used {
            name: (*name).to_owned(),
            partly_known: false,
            count: *count,
            last: Some(at(48)),
        })
        .collect();
    PatternBreadth {
        pattern: pattern.to_owned(),
        line,
        column,
        granted,
        class,
        calls: used.iter().map(|(_, count)| count).sum(),
        uncertain: 0,
        not_observable: 0,
        last: (!used.is_empty()).then(|| at(48)),
        distinct: u64::try_from(used.len()).unwrap(),
        used: uses,
    }
}

fn service(
    service: &str,
    granted: u64,
    observable: u64,
    used: u64,
    class: UseClass,
) -> ServiceBreadth {
    ServiceBreadth {
        service: service.to_owned(),
        granted,
        used,
        observable,
        last: (used > 0).then(|| at(48)),
        class,
    }
}

fn pass_role() -> UseClass {
    UseClass::NotObservable(strings(&["CloudTrail records no call of `iam:PassRole`"]))
}

fn breadth() -> Vec<PolicyBreadth> {
    vec![
        PolicyBreadth {
            document: 0,
            policy: "policies/ci-deploy.json".to_owned(),
            used: 88_112,
            uncertain: 0,
            notes: Vec::new(),
            last: Some(at(50)),
            services: vec![
                service("s3", 47, 47, 3, UseClass::TooWide),
                service("lambda", 72, 70, 2, UseClass::TooWide),
                service("iam", 1, 0, 0, pass_role()),
            ],
            statements: vec![
                StatementBreadth {
                    place: place(0, "policies/ci-deploy.json", 0, Some("Artifacts"), 4),
                    used: 81_004,
                    uncertain: 0,
                    last: Some(at(50)),
                    class: UseClass::TooWide,
                    actions: vec![
                        pattern(
                            "s3:Get*",
                            7,
                            18,
                            Some(45),
                            UseClass::TooWide,
                            &[("s3:GetObject", 61_200), ("s3:GetObjectTagging", 4)],
                        ),
                        pattern(
                            "s3:PutObject",
                            7,
                            29,
                            Some(1),
                            UseClass::Used,
                            &[("s3:PutObject", 19_800)],
                        ),
                        pattern("s3:ListBucket", 7, 45, Some(1), UseClass::Unused, &[]),
                    ],
                    resources: vec![
                        pattern(
                            "arn:aws:s3:::harbour-artifacts",
                            9,
                            9,
                            None,
                            UseClass::Unused,
                            &[],
                        ),
                        pattern(
                            "arn:aws:s3:::harbour-artifacts/*",
                            10,
                            9,
                            None,
                            UseClass::TooWide,
                            &[
                                (
                                    "arn:aws:s3:::harbour-artifacts/releases/orders-service.tar.gz",
                                    80_000,
                                ),
                                (
                                    "arn:aws:s3:::harbour-artifacts/releases/payments-service.tar.gz",
                                    1_004,
                                ),
                            ],
                        ),
                    ],
                },
                StatementBreadth {
                    place: place(0, "policies/ci-deploy.json", 1, Some("Functions"), 13),
                    used: 7_108,
                    uncertain: 0,
                    last: Some(at(49)),
                    class: UseClass::TooWide,
                    actions: vec![
                        pattern(
                            "lambda:*",
                            16,
                            18,
                            Some(72),
                            UseClass::TooWide,
                            &[
                                ("lambda:UpdateFunctionCode", 7_008),
                                ("lambda:GetFunction", 100),
                            ],
                        ),
                        pattern("iam:PassRole", 16, 30, Some(1), pass_role(), &[]),
                    ],
                    resources: vec![pattern(
                        "*",
                        17,
                        19,
                        None,
                        UseClass::TooWide,
                        &[(
                            "arn:aws:lambda:eu-west-1:418272953104:function:orders",
                            7_108,
                        )],
                    )],
                },
            ],
        },
        reader_breadth(),
    ]
}

fn reader_breadth() -> PolicyBreadth {
    let not_recorded = UseClass::NotObservable(strings(&[
        "no data events of `cloudwatch` were recorded",
        "the trail spans 50 hours, and 90 days are asked for",
    ]));
    let mut services = vec![
        service("ec2", 214, 214, 6, UseClass::TooWide),
        service("cloudwatch", 48, 30, 0, not_recorded.clone()),
        service("s3", 45, 45, 0, UseClass::Unused),
    ];
    services.extend((0..14).map(|number| {
        service(
            &format!("service-{number}"),
            number + 1,
            number,
            0,
            UseClass::Unused,
        )
    }));
    PolicyBreadth {
        document: 2,
        policy: "reader".to_owned(),
        used: 612,
        uncertain: 0,
        notes: Vec::new(),
        last: Some(at(40)),
        services,
        statements: vec![StatementBreadth {
            place: place(2, "reader", 0, Some("Read"), 1),
            used: 612,
            uncertain: 0,
            last: Some(at(40)),
            class: UseClass::TooWide,
            actions: vec![
                pattern("s3:Get*", 1, 78, Some(45), UseClass::Unused, &[]),
                pattern(
                    "ec2:Describe*",
                    1,
                    88,
                    Some(214),
                    UseClass::TooWide,
                    &[("ec2:DescribeInstances", 612)],
                ),
                pattern("cloudwatch:*", 1, 104, Some(48), not_recorded, &[]),
            ],
            resources: vec![pattern("*", 1, 130, None, UseClass::TooWide, &[("*", 612)])],
        }],
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

fn series() -> Series {
    const METRICS: [(&str, &str); 12] = [
        ("records", "Records"),
        ("calls", "API calls"),
        ("denied", "Calls recorded as denied"),
        ("simulated-denied", "Calls that would be denied"),
        ("errors", "Calls that failed"),
        ("throttled", "Calls that were throttled"),
        ("sign-ins", "Sign-ins to the console"),
        ("sign-ins-without-mfa", "Sign-ins without a second factor"),
        ("failed-sign-ins", "Sign-ins that failed"),
        ("policy-changes", "Changes of policies"),
        ("role-switches", "Roles assumed"),
        ("root", "Use of the root user"),
    ];
    let metrics = METRICS
        .iter()
        .zip(0_usize..)
        .map(|((name, title), number)| {
            let wave = |period: usize| (period * (number + 3) * 7919) % (61 / (number + 1) + 2) + 1;
            let counts = (0..200_usize)
                .filter(|period| number < 4 || period % (number * 3) == 0)
                .map(|period| {
                    (
                        period,
                        u64::try_from(wave(period)).unwrap() + if period == 140 { 90 } else { 0 },
                    )
                })
                .filter(|(_, count)| *count > 0 && *name != "root");
            let counts: Vec<_> = counts.collect();
            MetricSeries {
                name: (*name).to_owned(),
                title: (*title).to_owned(),
                total: counts.iter().map(|(_, count)| count).sum(),
                counts,
            }
        });
    Series {
        period: 900,
        start: Some(at(0)),
        periods: 200,
        metrics: metrics.collect(),
    }
}

fn alarms() -> Vec<AlarmResult> {
    let event = |number: u32| {
        vec![
            ("eventTime".to_owned(), at(34 + number).text()),
            ("eventName".to_owned(), "DeleteObject".to_owned()),
            ("sourceIPAddress".to_owned(), format!("198.51.100.{number}")),
        ]
    };
    vec![
        AlarmResult {
            expression: "denied >= 5 in 10m by principal".to_owned(),
            raised: vec![
                Raised {
                    by: Some(DEPLOYER.to_owned()),
                    start: at(34),
                    end: at(36),
                    count: 12,
                    events: (1..4).map(event).collect(),
                    events_left_out: 9,
                },
                Raised {
                    by: Some(ANALYST.to_owned()),
                    start: at(8),
                    end: at(8),
                    count: 5,
                    events: Vec::new(),
                    events_left_out: 0,
                },
            ],
        },
        AlarmResult {
            expression: "root >= 1 in 1h".to_owned(),
            raised: Vec::new(),
        },
    ]
}

fn rates() -> Vec<UnusualRate> {
    let rate = |name: &str, error: Option<&str>, first, rate, count| UnusualRate {
        source: "s3.amazonaws.com".to_owned(),
        name: name.to_owned(),
        error_code: error.map(str::to_owned),
        start: at(first),
        end: at(first + 2),
        baseline: 0.25,
        rate,
        count,
        principals: vec![(DEPLOYER.to_owned(), count - 1), (ANALYST.to_owned(), 1)],
    };
    vec![
        rate("DeleteObject", Some("AccessDenied"), 34, 10.03, 1_204),
        rate("ListObjects", None, 12, 9.5, 1_140),
    ]
}

/// What recorded texts may try to do to a page.
pub(super) const HOSTILE: [&str; 10] = [
    "</script><script>window.hostile = 1</script>",
    "</style><style>body { display: none }</style>",
    "<!-- --!> <![CDATA[ ]]> <?xml?>",
    "\" onmouseover=\"window.hostile = 2\" x='",
    "<img src=x onerror=window.hostile=3>",
    "javascript:window.hostile=4",
    "\u{202e}gpj.exe\u{2066} \u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{0627}\u{0644}\u{0633}\u{0644}\u{0627}\u{0645}",
    "\u{1b}[2J\u{0}\u{7}\r\n\t\u{9b}\u{feff}\u{ffff}",
    "</title><title>hostile</title>",
    "`<b>` and ` <svg onload=window.hostile=5> &lt;&amp;amp;",
];

/// The same audit with every text replaced by one that means harm.
pub(super) fn hostile() -> Audit {
    let mut texts = HOSTILE.iter().cycle();
    let mut bad = || (*texts.next().unwrap()).to_owned();
    let mut audit = full();
    let account = &mut audit.accounting;
    for list in [
        &mut account.accounts,
        &mut account.regions,
        &mut account.data_event_sources,
        &mut account.folded,
    ] {
        *list = (0..HOSTILE.len()).map(|_| bad()).collect();
    }
    account.problems = (0..HOSTILE.len())
        .map(|_| Problem {
            file: bad(),
            offset: Some(u64::MAX),
            line: Some(0),
            message: bad(),
        })
        .collect();
    for call in &mut account.unmapped_calls {
        (call.call, call.reason) = (bad(), bad());
    }
    for passed in &mut account.passed_over {
        (passed.kind, passed.example) = (bad(), bad());
    }
    for policy in &mut audit.policies {
        (policy.name, policy.arn) = (bad(), Some(bad()));
        policy.holders = Some((0..30).map(|_| bad()).collect());
        policy.text = HOSTILE.join("\n") + &policy.text + &"x".repeat(5_000);
    }
    let mut groups = Vec::new();
    for group in &audit.denied {
        for _ in 0..HOSTILE.len() {
            let mut group = group.clone();
            (group.principal, group.action, group.resource) = (bad(), bad(), bad());
            group.call = bad() + &"long".repeat(2_000);
            (
                group.example.file,
                group.example.time,
                group.example.event_id,
            ) = (bad(), bad(), bad());
            group.denied_by.push(place(
                usize::MAX,
                &bad(),
                usize::MAX,
                Some(&bad()),
                usize::MAX,
            ));
            group.remedy = Some(RemedyText {
                policy: bad(),
                text: bad(),
                diff: HOSTILE.join("\n+"),
            });
            groups.push(group);
        }
    }
    audit.denied = groups;
    for group in &mut audit.undecided {
        group.unknown = (0..60).map(|_| bad()).collect();
    }
    for group in &mut audit.agreement.disagreements {
        (group.principal, group.action, group.resource, group.text) = (bad(), bad(), bad(), bad());
    }
    for policy in &mut audit.breadth {
        policy.policy = bad();
        for service in &mut policy.services {
            service.service = bad();
            service.class = UseClass::NotObservable(vec![bad(), bad()]);
        }
        for statement in &mut policy.statements {
            statement.place.sid = Some(bad());
            for pattern in statement.actions.iter_mut().chain(&mut statement.resources) {
                pattern.pattern = bad();
                pattern.line = usize::MAX;
                for used in &mut pattern.used {
                    used.name = bad();
                }
            }
        }
    }
    for proposal in &mut audit.proposals {
        proposal.name = bad();
        proposal.diff = HOSTILE.join("\n-");
        proposal.texts = vec![HOSTILE.join("\n")];
        (proposal.changes, proposal.kept) = (vec![bad(), bad()], vec![bad(), bad()]);
    }
    for metric in audit
        .series
        .iter_mut()
        .flat_map(|series| &mut series.metrics)
    {
        (metric.name, metric.title) = (bad(), bad());
        metric.counts.push((usize::MAX, u64::MAX));
    }
    for alarm in &mut audit.alarms {
        alarm.expression = bad();
        for raised in &mut alarm.raised {
            raised.by = Some(bad());
            raised.events = (0..5)
                .map(|_| vec![(bad(), bad()), (bad(), bad())])
                .collect();
        }
    }
    for rate in &mut audit.rates {
        (rate.source, rate.name, rate.error_code) = (bad(), bad(), Some(bad()));
        (rate.baseline, rate.rate) = (f64::NAN, f64::INFINITY);
        rate.principals = vec![(bad(), u64::MAX)];
    }
    audit
}
