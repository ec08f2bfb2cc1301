//! What is found, a row each.

use super::Row;
use crate::{
    audit::{
        Accounting, Audit, Example, Instant, OutcomeKind, PolicyFacts, Window,
        agreement::AgreementReport,
        breadth::{PatternBreadth, PolicyBreadth, ServiceBreadth, StatementBreadth, UseClass},
        denied::{DeniedGroup, UndecidedGroup},
        proposal::Proposal,
        watch::{AlarmResult, Series, UnusualRate},
    },
    eval::Layer,
    report::explain::agreement_name,
};

/// The rows of an audit.
pub(super) fn of(audit: &Audit) -> Vec<Row> {
    let mut rows = accounting(&audit.accounting);
    rows.extend(audit.policies.iter().map(policy));
    rows.extend(audit.denied.iter().map(denied));
    rows.extend(audit.undecided.iter().map(undecided));
    rows.extend(agreement(&audit.agreement));
    rows.extend(audit.breadth.iter().flat_map(breadth));
    rows.extend(audit.proposals.iter().map(proposal));
    rows.extend(audit.series.iter().flat_map(series));
    rows.extend(audit.alarms.iter().flat_map(alarm));
    rows.extend(audit.rates.iter().map(rate));
    rows
}

fn row(kind: &'static str) -> Row {
    Row {
        kind,
        ..Row::default()
    }
}

impl Row {
    fn at(self, window: Option<Window>) -> Self {
        let text = |of: Option<Instant>| of.map(Instant::text).unwrap_or_default();
        Self {
            first: text(window.map(|window| window.first)),
            last: text(window.map(|window| window.last)),
            ..self
        }
    }

    fn such_as(self, example: &Example) -> Self {
        Self {
            file: example.file.clone(),
            line: Some(example.line),
            event_id: example.event_id.clone(),
            ..self
        }
    }
}

fn line(of: usize) -> Option<u64> {
    u64::try_from(of).ok()
}

fn text(last: Option<Instant>) -> String {
    last.map(Instant::text).unwrap_or_default()
}

fn accounting(accounting: &Accounting) -> Vec<Row> {
    let counted = |result: &str, count| Row {
        result: result.to_owned(),
        count: Some(count),
        ..row("accounting")
    };
    let mut rows = vec![
        counted("files", accounting.files),
        counted("records", accounting.records).at(accounting.window),
        counted("evaluated", accounting.evaluated),
        counted("withoutPolicies", accounting.without_policies),
        counted("byOthers", accounting.by_others),
        counted("noPermissionNeeded", accounting.no_permission_needed),
        counted("unmapped", accounting.unmapped),
        counted("malformed", accounting.malformed),
        counted("filtered", accounting.filtered),
        counted("copies", accounting.copies),
        counted("problemsLeftOut", accounting.problems_left_out),
    ];
    rows.extend(accounting.not_calls.iter().map(|of| Row {
        detail: of.class.name().to_owned(),
        ..counted("notCall", of.count)
    }));
    rows.extend(accounting.passed_over.iter().map(|of| Row {
        detail: of.kind.clone(),
        file: of.example.clone(),
        ..counted("passedOver", of.files)
    }));
    for (result, names) in [
        ("account", &accounting.accounts),
        ("region", &accounting.regions),
        ("dataEventSource", &accounting.data_event_sources),
        ("folded", &accounting.folded),
    ] {
        rows.extend(names.iter().map(|name| Row {
            result: result.to_owned(),
            detail: name.clone(),
            ..row("accounting")
        }));
    }
    rows.extend(accounting.unmapped_calls.iter().map(|of| Row {
        action: of.call.clone(),
        detail: of.reason.clone(),
        count: Some(of.count),
        ..row("unmappedCall")
    }));
    rows.extend(accounting.problems.iter().map(|of| Row {
        detail: of.message.clone(),
        file: of.file.clone(),
        line: of.line,
        ..row("problem")
    }));
    rows
}

fn policy(policy: &PolicyFacts) -> Row {
    Row {
        policy: policy.name.clone(),
        resource: policy.arn.clone().unwrap_or_default(),
        layer: policy.layer.name(),
        principal: policy.holders.as_deref().unwrap_or_default().join(" "),
        result: if policy.holders.is_none() {
            "everybody".to_owned()
        } else {
            String::new()
        },
        ..row("policy")
    }
}

fn denied(group: &DeniedGroup) -> Row {
    let deciding = group.denied_by.first();
    let of_remedy = group.remedy.as_ref().map(|remedy| remedy.policy.clone());
    let changed = group.remedy.as_ref().map(|remedy| remedy.text.clone());
    Row {
        principal: group.principal.clone(),
        policy: deciding
            .map(|place| place.policy.clone())
            .or(of_remedy)
            .unwrap_or_default(),
        statement: deciding.map(|place| place.index),
        action: group.action.clone(),
        resource: group.resource.clone(),
        result: group.verdict.name().to_owned(),
        recorded: agreement_name(group.agreement),
        count: Some(group.count),
        layer: group.limited_by.map(Layer::name).unwrap_or_default(),
        detail: changed.unwrap_or_default(),
        ..row("denied")
    }
    .at(group.window)
    .such_as(&group.example)
}

fn undecided(group: &UndecidedGroup) -> Row {
    let possible: Vec<_> = group.possible.iter().map(|of| of.name()).collect();
    Row {
        principal: group.principal.clone(),
        action: group.action.clone(),
        resource: group.resource.clone(),
        result: possible.join(" "),
        count: Some(group.count),
        detail: group.unknown.join("; "),
        ..row("undecided")
    }
    .at(group.window)
    .such_as(&group.example)
}

/// The name as JSON has it.
fn recorded(kind: OutcomeKind) -> &'static str {
    match kind {
        OutcomeKind::DryRun => "dryRun",
        OutcomeKind::Succeeded
        | OutcomeKind::Denied
        | OutcomeKind::Throttled
        | OutcomeKind::Failed => kind.name(),
    }
}

fn agreement(report: &AgreementReport) -> Vec<Row> {
    let cells = report.cells.iter().map(|cell| Row {
        result: cell
            .simulated
            .map_or("notJudged", |of| of.name())
            .to_owned(),
        recorded: recorded(cell.recorded),
        count: Some(cell.count),
        ..row("agreementCell")
    });
    let disagreements = report.disagreements.iter().map(|of| {
        Row {
            principal: of.principal.clone(),
            action: of.action.clone(),
            resource: of.resource.clone(),
            result: of.simulated.name().to_owned(),
            recorded: recorded(of.recorded),
            count: Some(of.count),
            detail: of.text.clone(),
            ..row("disagreement")
        }
        .such_as(&of.example)
    });
    cells.chain(disagreements).collect()
}

fn class_name(class: &UseClass) -> String {
    match class {
        UseClass::Used => "used",
        UseClass::TooWide => "tooWide",
        UseClass::Unused => "unused",
        UseClass::NotObservable(_) => "notObservable",
    }
    .to_owned()
}

/// Why something is not observable.
fn reasons(class: &UseClass) -> String {
    match class {
        UseClass::NotObservable(reasons) => reasons.join("; "),
        UseClass::Used | UseClass::TooWide | UseClass::Unused => String::new(),
    }
}

fn breadth(breadth: &PolicyBreadth) -> Vec<Row> {
    let whole = Row {
        policy: breadth.policy.clone(),
        count: Some(breadth.used),
        last: text(breadth.last),
        ..row("policyUse")
    };
    let services = breadth.services.iter().map(|of| service(breadth, of));
    let statements = breadth.statements.iter().flat_map(statement);
    let notes = breadth.notes.iter().map(|note| Row {
        policy: breadth.policy.clone(),
        detail: note.clone(),
        ..row("policyNote")
    });
    std::iter::once(whole)
        .chain(notes)
        .chain(services)
        .chain(statements)
        .collect()
}

fn service(breadth: &PolicyBreadth, service: &ServiceBreadth) -> Row {
    let used = format!(
        "{} of {} actions used, {} observable",
        service.used, service.granted, service.observable
    );
    let reasons = reasons(&service.class);
    Row {
        policy: breadth.policy.clone(),
        action: format!("{}:*", service.service),
        result: class_name(&service.class),
        last: text(service.last),
        detail: if reasons.is_empty() {
            used
        } else {
            format!("{used}; {reasons}")
        },
        ..row("serviceUse")
    }
}

fn statement(statement: &StatementBreadth) -> Vec<Row> {
    let place = &statement.place;
    let own = |kind| Row {
        policy: place.policy.clone(),
        statement: Some(place.index),
        ..row(kind)
    };
    let whole = Row {
        result: class_name(&statement.class),
        count: Some(statement.used),
        last: text(statement.last),
        detail: reasons(&statement.class),
        line: line(place.line),
        ..own("statementUse")
    };
    let pattern = |of: &PatternBreadth| Row {
        result: class_name(&of.class),
        count: Some(of.calls),
        last: text(of.last),
        detail: detail(of),
        line: line(of.line),
        ..own("breadth")
    };
    let actions = statement.actions.iter().map(|of| Row {
        action: of.pattern.clone(),
        ..pattern(of)
    });
    let resources = statement.resources.iter().map(|of| Row {
        resource: of.pattern.clone(),
        ..pattern(of)
    });
    std::iter::once(whole)
        .chain(actions)
        .chain(resources)
        .collect()
}

/// What was used of a pattern, or why that cannot be told.
fn detail(pattern: &PatternBreadth) -> String {
    let reasons = reasons(&pattern.class);
    if !reasons.is_empty() {
        return reasons;
    }
    let names: Vec<_> = pattern.used.iter().map(|used| used.name.as_str()).collect();
    let of = pattern.granted.map(|of| format!(" of {of}"));
    let used = format!("{}{} used", pattern.distinct, of.unwrap_or_default());
    if names.is_empty() {
        return used;
    }
    format!("{used}: {}", names.join(" "))
}

fn proposal(proposal: &Proposal) -> Row {
    let verification = &proposal.verification;
    Row {
        policy: proposal.name.clone(),
        result: if verification.holds() {
            "verified".to_owned()
        } else {
            "withdrawn".to_owned()
        },
        count: Some(verification.calls),
        detail: proposal.changes.join("; "),
        ..row("proposal")
    }
}

fn series(series: &Series) -> Vec<Row> {
    let start = |number: usize| {
        let number = u64::try_from(number).ok()?;
        let after = number.checked_mul(u64::from(series.period))?;
        let at = u64::from(series.start?.0).checked_add(after)?;
        u32::try_from(at).ok().map(Instant)
    };
    let metrics = series.metrics.iter().flat_map(|metric| {
        metric.counts.iter().map(move |(number, count)| Row {
            result: metric.name.clone(),
            count: Some(*count),
            first: text(start(*number)),
            last: text(start(number.saturating_add(1))),
            detail: metric.title.clone(),
            ..row("metric")
        })
    });
    metrics.collect()
}

fn alarm(alarm: &AlarmResult) -> Vec<Row> {
    let of = |result: &str| Row {
        result: result.to_owned(),
        detail: alarm.expression.clone(),
        ..row("alarm")
    };
    if alarm.raised.is_empty() {
        return vec![of("notRaised")];
    }
    let raised = alarm.raised.iter().map(|raised| Row {
        // What an alarm is `by` may be something else than a principal, and is told in its place.
        principal: raised.by.clone().unwrap_or_default(),
        count: Some(raised.count),
        first: raised.start.text(),
        last: raised.end.text(),
        ..of("raised")
    });
    raised.collect()
}

fn rate(rate: &UnusualRate) -> Row {
    let principals: Vec<_> = rate
        .principals
        .iter()
        .map(|(name, count)| format!("{name} ({count})"))
        .collect();
    Row {
        principal: principals.join(" "),
        action: format!("{}:{}", rate.source, rate.name),
        result: rate.error_code.clone().unwrap_or_default(),
        count: Some(rate.count),
        first: rate.start.text(),
        last: rate.end.text(),
        detail: format!(
            "{:.3} calls a minute, {:.3} before",
            rate.rate, rate.baseline
        ),
        ..row("rate")
    }
}
