//! What policies grant against what was used.

use super::{
    Block, Cell, Table,
    words::{calls, class, last, pattern_class, quoted, shortened, statement_name},
};
use crate::audit::{
    Instant,
    breadth::{PatternBreadth, PolicyBreadth, ServiceBreadth, StatementBreadth},
};

pub(super) fn of(policies: &[PolicyBreadth]) -> Vec<Block> {
    if policies.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![Block::Section("Granted against used")];
    for policy in policies {
        let used = used(policy.used, policy.last);
        blocks.push(Block::Heading(quoted(&policy.policy)));
        blocks.push(Block::Paragraph(format!("The policy {used}.")));
        for note in &policy.notes {
            blocks.push(Block::Paragraph(format!("Note: {note}.")));
        }
        if !policy.services.is_empty() {
            blocks.push(Block::Table(services(&policy.services)));
        }
        for of in &policy.statements {
            blocks.extend(statement(of));
        }
    }
    blocks
}

fn used(number: u64, at: Option<Instant>) -> String {
    match number {
        0 => "allowed no call".to_owned(),
        1 => format!("allowed {} at {}", calls(1), last(at)),
        _ => format!("allowed {}, the last at {}", calls(number), last(at)),
    }
}

fn services(services: &[ServiceBreadth]) -> Table {
    let row = |of: &ServiceBreadth| {
        vec![
            Cell::Name(shortened(&of.service)),
            Cell::Number(of.granted),
            Cell::Number(of.observable),
            Cell::Number(of.used),
            Cell::Fixed(last(of.last)),
            Cell::Words(class(&of.class)),
        ]
    };
    Table {
        columns: vec![
            "service",
            "actions",
            "observable",
            "used",
            "last used",
            "which is",
        ],
        rows: services.iter().map(row).collect(),
    }
}

fn statement(of: &StatementBreadth) -> [Block; 2] {
    let name = statement_name(&of.place);
    let text = format!(
        "In {name} (line {}): {}; {}.",
        of.place.line,
        used(of.used, of.last),
        class(&of.class)
    );
    let row = |element: &str, pattern: &PatternBreadth| {
        vec![
            Cell::Fixed(element.to_owned()),
            Cell::Name(shortened(&pattern.pattern)),
            Cell::Words(pattern_class(pattern)),
            Cell::Number(pattern.calls),
            Cell::Fixed(last(pattern.last)),
        ]
    };
    let actions = of.actions.iter().map(|pattern| row("action", pattern));
    let resources = of.resources.iter().map(|pattern| row("resource", pattern));
    let table = Table {
        columns: vec!["element", "pattern", "use", "calls", "last used"],
        rows: actions.chain(resources).collect(),
    };
    [Block::Paragraph(text), Block::Table(table)]
}
