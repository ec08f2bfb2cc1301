//! What was read, and what became of it.

use super::{
    Block, Cell, Table,
    words::{counted, duration, listed, number, quoted, shortened},
};
use crate::audit::{Accounting, PolicyFacts, Problem};

/// The most names that a sentence lists.
const MOST_NAMES: usize = 10;

/// The most principals that are named as holding a policy.
const MOST_HOLDERS: usize = 3;

pub(super) fn accounting(accounting: &Accounting) -> Vec<Block> {
    let mut blocks = vec![
        Block::Section("What was read"),
        Block::Paragraph(paragraph(accounting)),
        Block::Table(outcomes(accounting)),
    ];
    if !accounting.passed_over.is_empty() {
        let of = accounting.passed_over.iter().map(|of| {
            format!(
                "passed over {} with something else than events ({}), such as {}",
                counted(of.files, "file", "files"),
                quoted(&of.kind),
                quoted(&of.example)
            )
        });
        blocks.push(Block::Items(of.collect()));
    }
    if !accounting.unmapped_calls.is_empty() {
        let row = |of: &crate::audit::UnmappedCall| {
            vec![
                Cell::Name(shortened(&of.call)),
                Cell::Number(of.count),
                Cell::Words(shortened(&of.reason)),
            ]
        };
        blocks.push(Block::Heading(
            "Calls of which no action is known".to_owned(),
        ));
        blocks.push(Block::Table(Table {
            columns: vec!["call", "records", "why"],
            rows: accounting.unmapped_calls.iter().map(row).collect(),
        }));
    }
    blocks
}

fn paragraph(accounting: &Accounting) -> String {
    let mut text = format!(
        "{} in {}",
        counted(accounting.records, "record", "records"),
        counted(accounting.files, "file", "files")
    );
    match accounting.window {
        Some(window) => {
            text += &format!(
                ", from {} to {} ({})",
                window.first.text(),
                window.last.text(),
                duration(window.seconds())
            );
        }
        None => text += ", none of which has a time",
    }
    for (names, one, many) in [
        (&accounting.accounts, "account", "accounts"),
        (&accounting.regions, "region", "regions"),
    ] {
        if !names.is_empty() {
            let noun = if names.len() == 1 { one } else { many };
            text += &format!(", {noun} {}", listed(names, MOST_NAMES));
        }
    }
    if accounting.data_event_sources.is_empty() {
        return text
            + ". No data events are among them, so uses that only these tell are not seen.";
    }
    let sources = listed(&accounting.data_event_sources, MOST_NAMES);
    format!("{text}. There are data events of {sources}.")
}

/// What became of the records: the numbers add up to all of them.
fn outcomes(accounting: &Accounting) -> Table {
    let mut all = vec![
        (
            "evaluated".to_owned(),
            accounting.evaluated,
            "policies were put to them",
        ),
        (
            "without policies".to_owned(),
            accounting.without_policies,
            "the caller's policies are not known",
        ),
        (
            "by others".to_owned(),
            accounting.by_others,
            "identity policies do not apply to services and strangers, and no policy that was given \
             decides",
        ),
        (
            "no permission needed".to_owned(),
            accounting.no_permission_needed,
            "everybody may make these calls",
        ),
        (
            "unmapped".to_owned(),
            accounting.unmapped,
            "no action is known for these calls",
        ),
    ];
    all.extend(accounting.not_calls.iter().map(|of| {
        let why = of.class.why_undecided();
        let name = format!("no API call: {}", of.class.name());
        (name, of.count, why.unwrap_or("it is no API call"))
    }));
    all.extend([
        (
            "malformed".to_owned(),
            accounting.malformed,
            "they could not be read; see the problems below",
        ),
        (
            "filtered".to_owned(),
            accounting.filtered,
            "the filters of this run leave them out",
        ),
        (
            "copies".to_owned(),
            accounting.copies,
            "the same event was read before",
        ),
    ]);
    let row = |(name, count, why): (String, u64, &str)| {
        vec![
            Cell::Fixed(name),
            Cell::Number(count),
            Cell::Words(why.to_owned()),
        ]
    };
    let rows = all
        .into_iter()
        // That nothing was evaluated is worth a row.
        .filter(|(name, count, _)| *count > 0 || name == "evaluated");
    Table {
        columns: vec!["what became of them", "records", "why"],
        rows: rows.map(row).collect(),
    }
}

pub(super) fn policies(policies: &[PolicyFacts]) -> Vec<Block> {
    let section = Block::Section("Policies");
    if policies.is_empty() {
        let none = "No policies were given, so nothing could be judged.";
        return vec![section, Block::Paragraph(none.to_owned())];
    }
    let row = |policy: &PolicyFacts| {
        let holders = match &policy.holders {
            None => "everybody".to_owned(),
            Some(holders) if holders.is_empty() => "nobody".to_owned(),
            Some(holders) => listed(holders, MOST_HOLDERS),
        };
        vec![
            Cell::Name(shortened(&policy.name)),
            Cell::Fixed(policy.layer.title().to_owned()),
            Cell::Words(holders),
        ]
    };
    let table = Table {
        columns: vec!["policy", "one of the", "holds for"],
        rows: policies.iter().map(row).collect(),
    };
    vec![section, Block::Table(table)]
}

pub(super) fn problems(accounting: &Accounting) -> Vec<Block> {
    let mut blocks = Vec::new();
    if !accounting.problems.is_empty() || accounting.problems_left_out > 0 {
        blocks.push(Block::Section("Problems"));
        let mut items: Vec<_> = accounting.problems.iter().map(problem).collect();
        if accounting.problems_left_out > 0 {
            items.push(format!(
                "{} more that are only counted",
                number(accounting.problems_left_out)
            ));
        }
        blocks.push(Block::Items(items));
    }
    if !accounting.folded.is_empty() {
        blocks.push(Block::Section(
            "Folded, as there was too much to tell apart",
        ));
        let items = accounting.folded.iter().map(|text| shortened(text));
        blocks.push(Block::Items(items.collect()));
    }
    blocks
}

fn problem(problem: &Problem) -> String {
    if problem.file.is_empty() {
        return shortened(&problem.message);
    }
    let file = shortened(&problem.file);
    let place = match (problem.line, problem.offset) {
        (Some(line), Some(offset)) => format!("`{file}:{line}` (byte {})", number(offset)),
        (Some(line), None) => format!("`{file}:{line}`"),
        (None, Some(offset)) => format!("`{file}` (byte {})", number(offset)),
        (None, None) => format!("`{file}`"),
    };
    format!("{place}: {}", shortened(&problem.message))
}
