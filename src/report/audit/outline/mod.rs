//! What an audit tells people, as headings, sentences and tables, whatever these are written for.
//!
//! In sentences, names that come from files stand in backticks; whoever writes them makes them safe.

mod breadth;
mod judged;
mod proposals;
mod read;
mod watch;

use super::words;
use crate::audit::Audit;

/// A part of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// The title of what follows up to the next.
    Section(&'static str),
    /// A heading below that.
    Heading(String),
    /// A sentence, or a few.
    Paragraph(String),
    /// Sentences one below the other.
    Items(Vec<String>),
    /// A table.
    Table(Table),
    /// Things with several facts about each.
    Entries(Entries),
    /// A unified diff.
    Diff(String),
    /// The text of a policy.
    Policy(String),
}

/// Rows with a cell for each column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// What stands in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// A text as it is, such as an ARN.
    Name(String),
    /// A time, or other words of ours that are never broken.
    Fixed(String),
    /// Words, with names in backticks.
    Words(String),
    /// A number.
    Number(u64),
}

/// Things with several facts about each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entries {
    pub(super) tone: Tone,
    /// What the things are.
    pub(super) title: &'static str,
    pub(super) list: Vec<Entry>,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// It is wrong.
    Bad,
    /// It is open, or odd.
    Open,
}

/// A thing with facts about it. All entries of a list have the same facts in the same order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) head: String,
    /// Names and words; no words where there is nothing to say.
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) change: Option<Change>,
}

/// What would change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) text: String,
    pub(super) diff: String,
}

/// The whole report. The summary is no part of it.
pub(super) fn of(audit: &Audit) -> Vec<Block> {
    let mut blocks = read::accounting(&audit.accounting);
    blocks.extend(read::policies(&audit.policies));
    blocks.extend(judged::denied(audit));
    blocks.extend(judged::undecided(&audit.undecided));
    blocks.extend(judged::agreement(&audit.agreement));
    blocks.extend(breadth::of(&audit.breadth));
    blocks.extend(proposals::of(&audit.proposals));
    blocks.extend(watch::series(audit.series.as_ref()));
    blocks.extend(watch::alarms(&audit.alarms));
    blocks.extend(watch::rates(
        &audit.rates,
        audit.rates_not_judged.as_deref(),
    ));
    blocks.extend(read::problems(&audit.accounting));
    blocks
}

/// The things of each principal, in the order in which principals first come.
fn by_principal<'a, T>(
    all: &'a [T],
    principal: impl Fn(&'a T) -> &'a str,
) -> Vec<(&'a str, Vec<&'a T>)> {
    let mut places = std::collections::BTreeMap::new();
    let mut groups: Vec<(&str, Vec<&T>)> = Vec::new();
    for each in all {
        let name = principal(each);
        let place = *places.entry(name).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, group)) => group.push(each),
            None => groups.push((name, vec![each])),
        }
    }
    groups
}
