//! An audit with every part filled, for the tests of the renderers. The tests from outside take this file in as well, so
//! that it names the library as they do.

use iamsim::{
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
    trail::{Agreement, Class},
};

const DEPLOY: &str = "arn:aws:iam::111122223333:role/deploy";
const ANA: &str = "arn:aws:iam::111122223333:user/staff/ana";
const REPORTS: &str = "policies/reports.json";
const EXPORTED: &str = "account.json: role/deploy: inline Deploy";
const GUARD: &str = "policies/guardrail-scp.json";

/// 2026-11-01T00:00:00Z.
const START: u32 = 1_793_491_200;

/// An audit as a small account may have one.
pub(super) fn audit() -> Audit {
    filled(&str::to_owned)
}

/// The same, each of its texts that come from a file as that function has it.
pub(super) fn filled(text: &dyn Fn(&str) -> String) -> Audit {
    Texts(text).audit()
}

fn at(seconds: u32) -> Instant {
    Instant(START + seconds)
}

fn window(first: u32, last: u32) -> Window {
    let (first, last) = (at(first), at(last));
    Window { first, last }
}

/// What stands in the place of each text.
struct Texts<'a>(&'a dyn Fn(&str) -> String);

impl Texts<'_> {
    fn of(&self, text: &str) -> String {
        (self.0)(text)
    }

    fn all(&self, texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| self.of(text)).collect()
    }

    fn audit(&self) -> Audit {
        Audit {
            accounting: self.accounting(),
            policies: self.policies(),
            denied: self.denied(),
            undecided: self.undecided(),
            agreement: self.agreement(),
            breadth: self.breadth(),
            proposals: self.proposals(),
            series: Some(self.series()),
            alarms: self.alarms(),
            rates: self.rates(),
            rates_not_judged: None,
        }
    }

    fn accounting(&self) -> Accounting {
        Accounting {
            files: 14,
            passed_over: vec![PassedOver {
                kind: self.of("digest"),
                files: 2,
                example: self.of("trail/CloudTrail-Digest/digest.json.gz"),
            }],
            records: 14_000,
            filtered: 300,
            copies: 12,
            evaluated: 13_400,
            without_policies: 40,
            by_others: 0,
            no_permission_needed: 200,
            unmapped: 7,
            not_calls: vec![
                ClassCount {
                    class: Class::ConsoleSignIn,
                    count: 30,
                },
                ClassCount {
                    class: Class::Insight,
                    count: 9,
                },
            ],
            malformed: 2,
            problems: vec![
                Problem {
                    file: self.of("trail/11/a.json.gz"),
                    offset: Some(120_334),
                    line: Some(88),
                    message: self.of("the record is no object"),
                },
                Problem {
                    file: self.of("trail/12/b.json.gz"),
                    offset: None,
                    line: None,
                    message: self.of("the file ends in the middle of its compressed data"),
                },
            ],
            problems_left_out: 1,
            unmapped_calls: vec![UnmappedCall {
                call: self.of("cloudhsm.amazonaws.com:ListLunaClients"),
                reason: self.of("no service is known for `cloudhsm`"),
                count: 7,
            }],
            window: Some(window(0, 29 * 86_400 + 3_600)),
            days_with_records: 3,
            accounts: self.all(&["111122223333"]),
            regions: self.all(&["eu-west-1", "us-east-1"]),
            data_event_sources: self.all(&["s3.amazonaws.com"]),
            folded: self.all(&["20,000 resources of `s3:GetObject` were folded by their prefixes"]),
        }
    }

    fn policies(&self) -> Vec<PolicyFacts> {
        let policy = |document, name, layer, holders| PolicyFacts {
            document,
            name: self.of(name),
            file: self.of(name),
            arn: None,
            layer,
            holders,
            text: self.of("{\n  \"Statement\": []\n}\n"),
        };
        let of_deploy = Some(self.all(&[DEPLOY]));
        vec![
            policy(0, REPORTS, Layer::Identity, None),
            policy(1, EXPORTED, Layer::Identity, of_deploy),
            policy(2, GUARD, Layer::Scp, None),
            PolicyFacts {
                arn: Some(self.of("arn:aws:iam::aws:policy/ReadOnlyAccess")),
                ..policy(
                    3,
                    "arn:aws:iam::aws:policy/ReadOnlyAccess",
                    Layer::Identity,
                    Some(self.all(&[ANA])),
                )
            },
        ]
    }

    fn place(&self, document: usize, policy: &str, index: usize, line: usize) -> StatementPlace {
        StatementPlace {
            document,
            policy: self.of(policy),
            index,
            sid: Some(self.of("Guard")),
            line,
        }
    }

    fn example(&self, line: u64) -> Example {
        Example {
            time: self.of("2026-11-03T10:00:00Z"),
            event_id: self.of("1f0c6c9e-6a54-4c4f-9c39-0f7f3b0a7d10"),
            file: self.of("trail/11/a.json.gz"),
            line,
            offset: line * 1_000,
        }
    }

    fn denied(&self) -> Vec<DeniedGroup> {
        let remedy = RemedyText {
            policy: self.of(REPORTS),
            text: self.of("add `s3:PutObject` to the actions of statement `Read`"),
            diff: self.of(
                "--- a/policies/reports.json\n+++ b/policies/reports.json\n@@ -5,4 +5,5 @@\n       \"Action\": \
                 [\n         \"s3:GetObject\",\n+        \"s3:PutObject\",\n         \"s3:ListBucket\"\n       ],\n",
            ),
        };
        let put = DeniedGroup {
            principal: self.of(DEPLOY),
            action: self.of("s3:PutObject"),
            resource: self.of("arn:aws:s3:::reports/2026/11/03/monthly-summary-of-all-teams.csv"),
            verdict: Verdict::ImplicitDeny,
            count: 12_345,
            succeeded: 0,
            denied: 12_340,
            window: Some(window(200_000, 2_400_000)),
            limited_by: Some(Layer::Identity),
            denied_by: Vec::new(),
            call: self.of("s3.amazonaws.com:PutObject"),
            example: self.example(12),
            remedy: Some(remedy),
            remedy_sought: true,
            agreement: Agreement::Agrees,
        };
        let stop = DeniedGroup {
            action: self.of("cloudtrail:StopLogging"),
            resource: self.of("arn:aws:cloudtrail:us-east-1:111122223333:trail/all"),
            verdict: Verdict::ExplicitDeny,
            count: 2,
            succeeded: 2,
            denied: 0,
            window: Some(window(9_000, 9_000)),
            limited_by: Some(Layer::Scp),
            denied_by: vec![self.place(2, GUARD, 1, 12)],
            call: self.of("cloudtrail.amazonaws.com:StopLogging"),
            example: self.example(40),
            remedy: None,
            remedy_sought: false,
            agreement: Agreement::RecordedAllowed,
            ..put.clone()
        };
        let exported = DeniedGroup {
            principal: self.of(ANA),
            action: self.of("sqs:SendMessage"),
            resource: "unknown".to_owned(),
            count: 1,
            succeeded: 0,
            denied: 0,
            window: None,
            denied_by: vec![self.place(1, EXPORTED, 0, 3)],
            limited_by: Some(Layer::Identity),
            agreement: Agreement::Open,
            ..stop.clone()
        };
        vec![put, stop, exported]
    }

    fn undecided(&self) -> Vec<UndecidedGroup> {
        vec![UndecidedGroup {
            principal: self.of(ANA),
            action: self.of("kms:Decrypt"),
            resource: self
                .of("arn:aws:kms:us-east-1:111122223333:key/0f4b2b2e-9d2c-4a8e-8f57-1d6a1c1b7a60"),
            possible: vec![Verdict::Allowed, Verdict::ImplicitDeny],
            unknown: self.all(&["kms:ViaService", "the key's policy"]),
            count: 5,
            succeeded: 5,
            denied: 0,
            window: Some(window(70, 800_000)),
            example: self.example(7),
        }]
    }

    fn agreement(&self) -> AgreementReport {
        let cell = |recorded, simulated, count| Cell {
            recorded,
            simulated,
            count,
        };
        AgreementReport {
            cells: vec![
                cell(OutcomeKind::Succeeded, Some(Verdict::Allowed), 1_000),
                cell(OutcomeKind::Succeeded, Some(Verdict::ExplicitDeny), 2),
                cell(OutcomeKind::Succeeded, Some(Verdict::Depends), 5),
                cell(OutcomeKind::Denied, Some(Verdict::ImplicitDeny), 12_340),
                cell(OutcomeKind::Failed, Some(Verdict::ImplicitDeny), 5),
                cell(OutcomeKind::Throttled, None, 48),
            ],
            comparable: 13_342,
            agreeing: 13_340,
            disagreements: vec![Disagreement {
                principal: self.of(DEPLOY),
                action: self.of("cloudtrail:StopLogging"),
                resource: self.of("arn:aws:cloudtrail:us-east-1:111122223333:trail/all"),
                recorded: OutcomeKind::Succeeded,
                simulated: Verdict::ExplicitDeny,
                count: 2,
                reason: Reason::ChangedMeanwhile,
                text: self.of("the same call was denied from 2026-11-05 on"),
                example: self.example(40),
            }],
        }
    }

    fn pattern(&self, pattern: &str, class: UseClass, names: &[&str]) -> PatternBreadth {
        let used = names.iter().zip(1..).map(|(name, count)| Used {
            name: self.of(name),
            partly_known: false,
            count,
            last: Some(at(2_000)),
        });
        let used: Vec<_> = used.collect();
        PatternBreadth {
            pattern: self.of(pattern),
            line: 7,
            column: 19,
            granted: None,
            class,
            calls: used.iter().map(|used| used.count).sum(),
            uncertain: 0,
            not_observable: 0,
            last: used.first().and(Some(at(2_000))),
            distinct: u64::try_from(used.len()).unwrap(),
            used,
        }
    }

    fn breadth(&self) -> Vec<PolicyBreadth> {
        let not_observable =
            || UseClass::NotObservable(self.all(&["CloudTrail never logs `iam:PassRole`"]));
        let actions = vec![
            PatternBreadth {
                granted: Some(143),
                ..self.pattern(
                    "s3:*",
                    UseClass::TooWide,
                    &["s3:GetObject", "s3:ListBucket"],
                )
            },
            PatternBreadth {
                line: 8,
                granted: Some(1),
                ..self.pattern("sqs:SendMessage", UseClass::Used, &["sqs:SendMessage"])
            },
            PatternBreadth {
                line: 9,
                granted: Some(12),
                ..self.pattern("sns:Publish*", UseClass::Unused, &[])
            },
            PatternBreadth {
                line: 10,
                granted: Some(1),
                ..self.pattern("iam:PassRole", not_observable(), &[])
            },
        ];
        let resources = vec![PatternBreadth {
            line: 12,
            distinct: 25,
            ..self.pattern(
                "*",
                UseClass::TooWide,
                &[
                    "arn:aws:s3:::reports",
                    "arn:aws:s3:::reports/a",
                    "arn:aws:s3:::reports/b",
                    "arn:aws:s3:::reports/c",
                    "arn:aws:s3:::reports/d",
                    "arn:aws:s3:::reports/e",
                ],
            )
        }];
        let service = |service, granted, used, class| ServiceBreadth {
            service: self.of(service),
            granted,
            used,
            observable: granted,
            last: (used > 0).then(|| at(2_000)),
            class,
        };
        let of = |document, policy: &str, line| PolicyBreadth {
            document,
            policy: self.of(policy),
            used: 1_003,
            uncertain: 0,
            last: Some(at(2_000)),
            notes: Vec::new(),
            services: vec![
                service("iam", 1, 0, not_observable()),
                service("s3", 143, 2, UseClass::TooWide),
                service("sns", 12, 0, UseClass::Unused),
            ],
            statements: vec![StatementBreadth {
                place: self.place(document, policy, 0, line),
                used: 1_003,
                uncertain: 0,
                last: Some(at(2_000)),
                class: UseClass::TooWide,
                actions: actions.clone(),
                resources: resources.clone(),
            }],
        };
        vec![of(0, REPORTS, 4), of(1, EXPORTED, 3)]
    }

    fn proposals(&self) -> Vec<Proposal> {
        let held = Proposal {
            document: Some(0),
            name: self.of(REPORTS),
            texts: vec![self.of("{\n  \"Version\": \"2012-10-17\"\n}\n")],
            diff: self.of(
                "--- a/policies/reports.json\n+++ b/policies/reports.json\n@@ -7,2 +7 @@\n-        \"s3:*\",\n-        \
                 \"sns:Publish*\",\n+        \"s3:GetObject\",\n",
            ),
            changes: self.all(&["`s3:*` becomes `s3:GetObject`", "`sns:Publish*` is taken out"]),
            kept: self.all(&["`iam:PassRole`, as CloudTrail never logs it"]),
            verification: Verification {
                calls: 1_003,
                allowed: 1_003,
                lost: Vec::new(),
                gained: Vec::new(),
            },
        };
        let withdrawn = Proposal {
            document: Some(1),
            name: self.of(EXPORTED),
            verification: Verification {
                calls: 10,
                allowed: 9,
                lost: self.all(&["`sqs:SendMessage` on `*`"]),
                gained: Vec::new(),
            },
            ..held.clone()
        };
        let new = Proposal {
            document: None,
            name: self.of(ANA),
            diff: String::new(),
            texts: self.all(&[
                "{\n  \"Statement\": [1]\n}\n",
                "{\n  \"Statement\": [2]\n}\n",
            ]),
            ..held.clone()
        };
        vec![held, withdrawn, new]
    }

    fn series(&self) -> Series {
        let metric = |name, title, counts: &[(usize, u64)]| MetricSeries {
            name: self.of(name),
            title: self.of(title),
            counts: counts.to_vec(),
            total: counts.iter().map(|(_, count)| count).sum(),
        };
        Series {
            period: 3_600,
            start: Some(at(0)),
            periods: 24,
            metrics: vec![
                metric("denied", "denied calls", &[(0, 1), (3, 12_000), (4, 344)]),
                metric("root", "calls of root users", &[]),
            ],
        }
    }

    fn alarms(&self) -> Vec<AlarmResult> {
        let event = vec![
            (self.of("eventTime"), self.of("2026-11-03T10:00:00Z")),
            (self.of("sourceIPAddress"), self.of("198.51.100.7")),
        ];
        vec![
            AlarmResult {
                expression: self.of("denied >= 5 in 10m by principal"),
                raised: vec![Raised {
                    by: Some(self.of(DEPLOY)),
                    start: at(10_000),
                    end: at(10_500),
                    count: 812,
                    events: vec![event],
                    events_left_out: 811,
                }],
            },
            AlarmResult {
                expression: self.of("root >= 1 in 1d"),
                raised: Vec::new(),
            },
        ]
    }

    fn rates(&self) -> Vec<UnusualRate> {
        vec![UnusualRate {
            source: self.of("s3.amazonaws.com"),
            name: self.of("PutObject"),
            error_code: Some(self.of("AccessDenied")),
            start: at(10_000),
            end: at(13_000),
            baseline: 0.2,
            rate: 240.25,
            count: 12_012,
            principals: vec![(self.of(DEPLOY), 12_000), (self.of(ANA), 12)],
        }]
    }
}
