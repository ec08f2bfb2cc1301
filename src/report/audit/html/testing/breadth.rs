//! What policies grant against what was used.

use super::{at, place, strings};
use crate::audit::breadth::{
    PatternBreadth, PolicyBreadth, ServiceBreadth, StatementBreadth, UseClass, Used,
};

fn pattern(
    pattern: &str,
    line: usize,
    column: usize,
    granted: Option<u64>,
    class: UseClass,
    used: &[(&str, u64)],
) -> PatternBreadth {
    let listed: Vec<_> = used
        .iter()
        .map(|(name, count)| Used {
            name: (*name).to_owned(),
            count: *count,
            last: Some(at(48)),
            partly_known: false,
        })
        .collect();
    PatternBreadth {
        pattern: pattern.to_owned(),
        line,
        column,
        granted,
        class,
        calls: used.iter().map(|(_, count)| count).sum(),
        last: (!used.is_empty()).then(|| at(48)),
        distinct: u64::try_from(used.len()).unwrap(),
        used: listed,
        not_observable: 0,
        uncertain: 0,
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

pub(super) fn breadth() -> Vec<PolicyBreadth> {
    vec![
        PolicyBreadth {
            document: 0,
            policy: "policies/ci-deploy.json".to_owned(),
            uncertain: 4,
            notes: Vec::new(),
            used: 88_112,
            last: Some(at(50)),
            services: vec![
                service("s3", 47, 47, 3, UseClass::TooWide),
                service("lambda", 72, 70, 2, UseClass::TooWide),
                service("iam", 1, 0, 0, pass_role()),
            ],
            statements: vec![
                StatementBreadth {
                    place: place(0, "policies/ci-deploy.json", 0, Some("Artifacts"), 4),
                    uncertain: 4,
                    used: 81_004,
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
                    uncertain: 4,
                    used: 7_108,
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
        uncertain: 4,
        notes: Vec::new(),
        used: 612,
        last: Some(at(40)),
        services,
        statements: vec![StatementBreadth {
            place: place(2, "reader", 0, Some("Read"), 1),
            uncertain: 4,
            used: 612,
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
