//! Counts over time, alarms and unusual rates.

use super::{ANALYST, DEPLOYER, at};
use crate::audit::watch::{AlarmResult, MetricSeries, Raised, Series, UnusualRate};

pub(super) fn series() -> Series {
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

pub(super) fn alarms() -> Vec<AlarmResult> {
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

pub(super) fn rates() -> Vec<UnusualRate> {
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
