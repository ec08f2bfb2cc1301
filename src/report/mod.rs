//! Findings, decisions and events to text: one renderer a format.
//!
//! Nothing here decides anything; what goes in is complete, what comes out are strings. Text that
//! a file brought in is escaped on its way to a terminal, see [`crate::source::escape`].

pub mod audit;
pub mod batch;
pub mod diff;
pub mod events;
pub mod expand;
pub mod explain;
pub mod facts;
pub mod json;
pub mod lint;
pub mod policy_test;
pub mod reference;
mod residual;
pub mod simulate;
mod snippet;
mod trace;
mod xml;

pub use snippet::{Colour, Painter, Snippet};
pub use trace::{JudgedPolicy, judged_policies, statement_snippet};

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people: the source with what matters underlined.
    Full,
    /// A line each.
    Concise,
    /// One JSON document.
    Json,
    /// A JSON document a line.
    Jsonl,
}

/// `1 policy`, `2 policies`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// `a`, `a or b`, `a, b or c`.
fn alternatives(texts: &[&str]) -> String {
    match texts.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}
