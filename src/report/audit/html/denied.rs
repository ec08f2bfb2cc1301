//! The calls that would be denied, and those that nothing can be said about.

use super::{
    Page,
    markup::{Escaped, element},
    table::{Cell, Column, FILTERED, Kind, Look, Row, table},
    texts::diff,
    wording::{
        agreement, code, counted, entry, example, list, list_of, remedy, verdict, verdict_badge,
        window,
    },
};
use crate::audit::denied::{DeniedGroup, UndecidedGroup};

const DENIED: [Column; 7] = [
    ("Calls", Kind::Number),
    ("Principal", Kind::Name),
    ("Action", Kind::Name),
    ("Resource", Kind::Name),
    ("Verdict", Kind::Prose),
    ("First", Kind::Time),
    ("Last", Kind::Time),
];

const UNDECIDED: [Column; 7] = [
    ("Calls", Kind::Number),
    ("Principal", Kind::Name),
    ("Action", Kind::Name),
    ("Resource", Kind::Name),
    ("May be", Kind::Words),
    ("Hangs on", Kind::Prose),
    ("Last", Kind::Time),
];

/// The most statements that are named beside a verdict. The details name more.
const MOST_STATEMENTS: usize = 3;

/// The groups of calls that would be denied.
pub(super) fn denied(page: &Page<'_>) -> Escaped {
    let groups = &page.audit.denied;
    if groups.is_empty() {
        return element("p")
            .with("No call that was judged would be denied.")
            .into();
    }
    let look = Look {
        caption: "Calls that these policies would deny, by principal, action and resource".into(),
        columns: &DENIED,
        class: FILTERED,
    };
    table(look, groups, |group| denied_row(page, group))
}

fn denied_row(page: &Page<'_>, group: &DeniedGroup) -> Row {
    let when = group.window;
    let more = element("details")
        .with(element("summary").with("Example and what would allow it"))
        .with(element("dl").with(denied_details(page, group)))
        .with(group.remedy.as_ref().map_or_else(Escaped::default, |it| {
            if it.diff.is_empty() {
                return Escaped::default();
            }
            diff(&it.diff, &page.room)
        }));
    Row::of(vec![
        Cell::number(group.count),
        code(&group.principal).into(),
        code(&group.action).into(),
        code(&group.resource).into(),
        Cell::from(denial(page, group)).sorted_by(verdict(group.verdict).to_owned()),
        Cell::time(when.map(|window| window.first)),
        Cell::time(when.map(|window| window.last)),
    ])
    .with_more(more)
}

/// The verdict, by which layer, and by which statements.
fn denial(page: &Page<'_>, group: &DeniedGroup) -> Escaped {
    let mut shown = Escaped::from(verdict_badge(group.verdict));
    if let Some(layer) = group.limited_by {
        let by = format!("by {}", layer.title());
        shown.push(element("p").class("note").with(by));
    }
    for place in group.denied_by.iter().take(MOST_STATEMENTS) {
        shown.push(
            element("p")
                .class("note")
                .with(page.policies.statement_of_policy(place)),
        );
    }
    shown
}

fn denied_details(page: &Page<'_>, group: &DeniedGroup) -> Escaped {
    let mut told = entry("Called as", code(&group.call));
    told.push(entry("Recorded", recorded(group.succeeded, group.denied)));
    told.push(entry("Records agree", agreement(group.agreement)));
    told.push(entry("Example", example(&group.example)));
    let change = match &group.remedy {
        Some(it) => remedy(it),
        None => "none is known that these policies can make alone".into(),
    };
    told.push(entry("Smallest change that would allow it", change));
    let statements = group.denied_by.iter();
    let statements: Vec<_> = statements
        .map(|place| page.policies.statement_of_policy(place))
        .collect();
    if !statements.is_empty() {
        told.push(entry("Denied by", list_of(statements)));
    }
    told
}

fn recorded(succeeded: u64, denied: u64) -> String {
    format!(
        "{} carried out, {} denied",
        counted(succeeded, "call", "calls"),
        counted(denied, "call", "calls")
    )
}

/// The groups of calls whose verdict hangs on what nobody supplied.
pub(super) fn undecided(page: &Page<'_>) -> Escaped {
    let groups = &page.audit.undecided;
    if groups.is_empty() {
        return element("p")
            .with("Every call that was judged could be decided.")
            .into();
    }
    let look = Look {
        caption: "Calls whose verdict hangs on facts that nobody supplied".into(),
        columns: &UNDECIDED,
        class: FILTERED,
    };
    table(look, groups, undecided_row)
}

fn undecided_row(group: &UndecidedGroup) -> Row {
    let possible: Escaped = group.possible.iter().map(|it| verdict_badge(*it)).collect();
    let mut told = entry("Recorded", recorded(group.succeeded, group.denied));
    if let Some(of) = group.window {
        told.push(entry("When", window(of)));
    }
    told.push(entry("Example", example(&group.example)));
    Row::of(vec![
        Cell::number(group.count),
        code(&group.principal).into(),
        code(&group.action).into(),
        code(&group.resource).into(),
        possible.into(),
        list(&group.unknown).into(),
        Cell::time(group.window.map(|window| window.last)),
    ])
    .with_more(
        element("details")
            .with(element("summary").with("Example"))
            .with(element("dl").with(told)),
    )
}
