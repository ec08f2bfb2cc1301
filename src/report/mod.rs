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
mod markdown;
pub mod policy_test;
pub mod reference;
mod residual;
pub mod simulate;
mod snippet;
mod style;
mod trace;
mod workflow;
mod xml;

pub use markdown::JOB_SUMMARY_BYTES;
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

/// The text, or as much of it as may stand there, with a mark where it was cut.
pub(super) fn cut(text: &str, most_characters: usize) -> String {
    match text.char_indices().nth(most_characters) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(cut("éé", 2), "éé");
        assert_eq!(cut("ééé", 2), "éé…");
    }
}
