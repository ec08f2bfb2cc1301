//! What would be denied, what is open, and how far the records agree.

use super::{
    Block, Cell, Change, Entries, Entry, Table, Tone, by_principal,
    words::{
        agreement as agreement_text, calls, counted, example, length, outcome, quoted, reason,
        recorded, shortened, statement, trust, verdict, why, window,
    },
};
use crate::{
    audit::{
        Audit, OutcomeKind,
        agreement::{AgreementReport, Cell as Counts, Disagreement},
        denied::{DeniedGroup, UndecidedGroup},
    },
    eval::Verdict,
};

/// The verdicts in the order of the matrix; calls that were not judged have none.
const VERDICTS: [Option<Verdict>; 5] = [
    Some(Verdict::Allowed),
    Some(Verdict::ExplicitDeny),
    Some(Verdict::ImplicitDeny),
    Some(Verdict::Depends),
    None,
];

pub(super) fn denied(audit: &Audit) -> Vec<Block> {
    let groups = &audit.denied;
    let section = Block::Section("Would be denied");
    if groups.is_empty() {
        let none = match audit.accounting.evaluated {
            0 => "Nothing was evaluated, so nothing can be said to be denied.",
            _ => "No call would be denied.",
        };
        return vec![section, Block::Paragraph(none.to_owned())];
    }
    let text = format!(
        "{} would be denied by these policies, told in {} of one principal, action and resource each.",
        calls(audit.agreement.denied()),
        counted(length(groups), "group", "groups")
    );
    let mut blocks = vec![section, Block::Paragraph(text)];
    for (principal, groups) in by_principal(groups, |group| &group.principal) {
        blocks.push(Block::Heading(quoted(principal)));
        blocks.push(Block::Entries(Entries {
            tone: Tone::Bad,
            title: "calls",
            list: groups.into_iter().map(denied_entry).collect(),
        }));
    }
    blocks
}

fn denied_entry(group: &DeniedGroup) -> Entry {
    let statements: Vec<_> = group.denied_by.iter().map(statement).collect();
    let recorded = recorded(group.count, group.succeeded, group.denied);
    Entry {
        head: head(group.count, &group.action, &group.resource),
        facts: vec![
            ("why", why(group.verdict, group.limited_by)),
            ("denied by", statements.join(", ")),
            ("when", window(group.window)),
            (
                "recorded",
                format!("{recorded}; {}", agreement_text(group.agreement)),
            ),
            ("called as", quoted(&group.call)),
            ("example", example(&group.example)),
        ],
        change: group.remedy.as_ref().map(|remedy| Change {
            text: format!("{}: {}", quoted(&remedy.policy), shortened(&remedy.text)),
            diff: remedy.diff.clone(),
        }),
    }
}

fn head(count: u64, action: &str, resource: &str) -> String {
    let (action, resource) = (quoted(action), quoted(resource));
    format!("{} of {action} on {resource}", calls(count))
}

pub(super) fn undecided(groups: &[UndecidedGroup]) -> Vec<Block> {
    if groups.is_empty() {
        return Vec::new();
    }
    let all: u64 = groups.iter().map(|group| group.count).sum();
    let text = format!(
        "Of {} the verdict hangs on what neither the records nor the policies tell.",
        calls(all)
    );
    let mut blocks = vec![Block::Section("Undecided"), Block::Paragraph(text)];
    for (principal, groups) in by_principal(groups, |group| &group.principal) {
        blocks.push(Block::Heading(quoted(principal)));
        blocks.push(Block::Entries(Entries {
            tone: Tone::Open,
            title: "calls",
            list: groups.into_iter().map(undecided_entry).collect(),
        }));
    }
    blocks
}

fn undecided_entry(group: &UndecidedGroup) -> Entry {
    let possible: Vec<_> = group.possible.iter().map(|of| verdict(*of)).collect();
    let unknown: Vec<_> = group.unknown.iter().map(|of| shortened(of)).collect();
    Entry {
        head: head(group.count, &group.action, &group.resource),
        facts: vec![
            ("may be", crate::report::alternatives(&possible)),
            ("hangs on", unknown.join("; ")),
            ("when", window(group.window)),
            (
                "recorded",
                recorded(group.count, group.succeeded, group.denied),
            ),
            ("example", example(&group.example)),
        ],
        change: None,
    }
}

pub(super) fn agreement(report: &AgreementReport) -> Vec<Block> {
    if report.cells.is_empty() && report.disagreements.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![
        Block::Section("Recorded against simulated"),
        Block::Paragraph(trust(report)),
        Block::Table(matrix(&report.cells)),
    ];
    for (principal, group) in by_principal(&report.disagreements, |of| &of.principal) {
        blocks.push(Block::Heading(format!(
            "Disagreements of {}",
            quoted(principal)
        )));
        blocks.push(Block::Entries(Entries {
            tone: Tone::Open,
            title: "calls",
            list: group.into_iter().map(disagreement).collect(),
        }));
    }
    blocks
}

/// What was recorded in rows, what is simulated in columns; none of which nothing is.
fn matrix(cells: &[Counts]) -> Table {
    let number = |kind: OutcomeKind, of: Option<Verdict>| -> u64 {
        let own = |cell: &&Counts| cell.recorded == kind && cell.simulated == of;
        cells.iter().filter(own).map(|cell| cell.count).sum()
    };
    let shown = |of: &Option<Verdict>| cells.iter().any(|cell| cell.simulated == *of);
    let verdicts: Vec<_> = VERDICTS.into_iter().filter(shown).collect();
    let mut columns = vec!["recorded"];
    columns.extend(verdicts.iter().map(|of| of.map_or("not judged", verdict)));
    let row = |kind: OutcomeKind| {
        let numbers = verdicts.iter().map(|of| Cell::Number(number(kind, *of)));
        let name = Cell::Fixed(outcome(kind).to_owned());
        std::iter::once(name).chain(numbers).collect()
    };
    let kinds = OutcomeKind::ALL.into_iter();
    let kinds = kinds.filter(|kind| cells.iter().any(|cell| cell.recorded == *kind));
    Table {
        columns,
        rows: kinds.map(row).collect(),
    }
}

fn disagreement(of: &Disagreement) -> Entry {
    Entry {
        head: head(of.count, &of.action, &of.resource),
        facts: vec![
            ("recorded", outcome(of.recorded).to_owned()),
            ("simulated", verdict(of.simulated).to_owned()),
            (
                "most likely",
                format!("{}: {}", reason(of.reason), shortened(&of.text)),
            ),
            ("example", example(&of.example)),
        ],
        change: None,
    }
}
