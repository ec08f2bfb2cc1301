//! As JSON, a part of the report a line. `docs/json.md` describes the form.

use crate::{
    audit::{
        Audit, Instant, StatementPlace,
        breadth::{PatternBreadth, PolicyBreadth, ServiceBreadth, StatementBreadth, UseClass},
        watch::MetricSeries,
    },
    report::json,
};
use serde::Serialize;
use serde_json::Value;

/// What is told in the lines of their own that follow that of the accounting.
const LISTS: [&str; 2] = ["problems", "unmappedCalls"];

pub(super) fn render(audit: &Audit) -> String {
    let mut lines = Lines(String::new());
    accounting(audit, &mut lines);
    lines.all("policy", &audit.policies);
    lines.all("denied", &audit.denied);
    lines.all("undecided", &audit.undecided);
    agreement(audit, &mut lines);
    for policy in &audit.breadth {
        breadth(policy, &mut lines);
    }
    lines.all("proposal", &audit.proposals);
    watch(audit, &mut lines);
    lines.0
}

/// The lines that are written.
struct Lines(String);

#[derive(Serialize)]
struct Line<'a, T> {
    version: u32,
    kind: &'static str,
    #[serde(flatten)]
    body: &'a T,
}

impl Lines {
    fn add(&mut self, kind: &'static str, body: &impl Serialize) {
        self.0 += &json::line(&Line {
            version: json::VERSION,
            kind,
            body,
        });
    }

    fn all(&mut self, kind: &'static str, bodies: &[impl Serialize]) {
        for body in bodies {
            self.add(kind, body);
        }
    }
}

fn accounting(audit: &Audit, lines: &mut Lines) {
    let accounting = &audit.accounting;
    // Only maps with keys that are no strings fail, and there are none.
    let mut whole = serde_json::to_value(accounting).unwrap_or_default();
    if let Value::Object(members) = &mut whole {
        members.retain(|name, _| !LISTS.contains(&name.as_str()));
    }
    lines.add("accounting", &whole);
    lines.all("problem", &accounting.problems);
    lines.all("unmappedCall", &accounting.unmapped_calls);
}

#[derive(Serialize)]
struct Trust {
    comparable: u64,
    agreeing: u64,
}

fn agreement(audit: &Audit, lines: &mut Lines) {
    let agreement = &audit.agreement;
    let (comparable, agreeing) = (agreement.comparable, agreement.agreeing);
    lines.add(
        "agreement",
        &Trust {
            comparable,
            agreeing,
        },
    );
    lines.all("agreementCell", &agreement.cells);
    lines.all("disagreement", &agreement.disagreements);
}

#[derive(Serialize)]
struct PolicyLine<'a> {
    document: usize,
    policy: &'a str,
    used: u64,
    last: Option<Instant>,
}

#[derive(Serialize)]
struct ServiceLine<'a> {
    document: usize,
    policy: &'a str,
    #[serde(flatten)]
    service: &'a ServiceBreadth,
}

#[derive(Serialize)]
struct StatementLine<'a> {
    place: &'a StatementPlace,
    used: u64,
    last: Option<Instant>,
    class: &'a UseClass,
}

#[derive(Serialize)]
struct PatternLine<'a> {
    place: &'a StatementPlace,
    element: &'static str,
    #[serde(flatten)]
    pattern: &'a PatternBreadth,
}

fn breadth(breadth: &PolicyBreadth, lines: &mut Lines) {
    let (document, policy) = (breadth.document, breadth.policy.as_str());
    let (used, last) = (breadth.used, breadth.last);
    lines.add(
        "policyUse",
        &PolicyLine {
            document,
            policy,
            used,
            last,
        },
    );
    for service in &breadth.services {
        lines.add(
            "serviceUse",
            &ServiceLine {
                document,
                policy,
                service,
            },
        );
    }
    for statement in &breadth.statements {
        of_statement(statement, lines);
    }
}

fn of_statement(statement: &StatementBreadth, lines: &mut Lines) {
    let place = &statement.place;
    lines.add(
        "statementUse",
        &StatementLine {
            place,
            used: statement.used,
            last: statement.last,
            class: &statement.class,
        },
    );
    for (element, patterns) in [
        ("action", &statement.actions),
        ("resource", &statement.resources),
    ] {
        for pattern in patterns {
            lines.add(
                "breadth",
                &PatternLine {
                    place,
                    element,
                    pattern,
                },
            );
        }
    }
}

#[derive(Serialize)]
struct MetricLine<'a> {
    period: u32,
    start: Option<Instant>,
    periods: usize,
    #[serde(flatten)]
    metric: &'a MetricSeries,
}

fn watch(audit: &Audit, lines: &mut Lines) {
    if let Some(series) = &audit.series {
        for metric in &series.metrics {
            lines.add(
                "metric",
                &MetricLine {
                    period: series.period,
                    start: series.start,
                    periods: series.periods,
                    metric,
                },
            );
        }
    }
    lines.all("alarm", &audit.alarms);
    lines.all("rate", &audit.rates);
}
