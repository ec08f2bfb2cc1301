//! Workflow commands of GitHub Actions, which become annotations beside the code.
//!
//! The runner looks for commands in every line that a step prints: `::name ...::` at the start of
//! one, and the older `##[name ...]` anywhere in it. A policy may come from a stranger's pull
//! request, so no text of it may be read as one.
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>

use super::{count, cut};
use crate::source::{Level, escape::printable};

/// The most annotations of a level that GitHub takes from a step.
pub(super) const MOST_ANNOTATIONS: usize = 10;

/// The most characters of an annotation's text.
const MOST_CHARACTERS: usize = 4_000;

/// What stands beside the code.
#[derive(Debug)]
pub(super) struct Annotation<'a> {
    pub(super) level: Level,
    /// Where it stands, as properties of a command; empty where that is nowhere.
    pub(super) properties: &'a str,
    pub(super) title: &'a str,
    /// What it says, safe to print, on one line or several.
    pub(super) text: &'a str,
}

impl Annotation<'_> {
    /// The command, after which so many of its level get none: they are to be found elsewhere.
    pub(super) fn command(&self, more: usize, elsewhere: &str) -> String {
        let name = match self.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "notice",
        };
        let mut text = cut(self.text, MOST_CHARACTERS);
        if more > 0 {
            text += &format!(
                "\n\n{} {elsewhere}, as GitHub shows {MOST_ANNOTATIONS} of a step",
                count(
                    more,
                    &format!("more {name} is"),
                    &format!("more {name}s are")
                )
            );
        }
        let comma = if self.properties.is_empty() { "" } else { "," };
        let (properties, title) = (self.properties, property(self.title));
        format!(
            "::{name} {properties}{comma}title={title}::{}\n",
            data(&text)
        )
    }
}

/// A text as the message of a command.
fn data(text: &str) -> String {
    without_old_commands(text)
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A text as the value of a property of a command.
pub(super) fn property(text: &str) -> String {
    data(&printable(text))
        .replace(':', "%3A")
        .replace(',', "%2C")
}

/// A line that is no command, whatever stands in it.
pub(super) fn harmless(line: &str) -> String {
    let line = without_old_commands(line);
    match line.split_once("::") {
        // The runner passes over white space and, as it compares by the rules of a language, over
        // characters without weight.
        Some((before, after)) if !before.contains(|c: char| c.is_ascii_graphic()) => {
            format!("{before}\\u{{3a}}:{after}")
        }
        _ => line,
    }
}

/// The text with an escape in what starts an old command.
fn without_old_commands(text: &str) -> String {
    text.replace("##[", "#\\u{23}[")
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn a_line_is_never_a_command() {
        for (line, safe) in [
            ("::error::x", "\\u{3a}:error::x"),
            ("  ::error::x", "  \\u{3a}:error::x"),
            ("\u{ad}::error::x", "\u{ad}\\u{3a}:error::x"),
            ("a ##[error]x", "a #\\u{23}[error]x"),
            ("###[error]x", "##\\u{23}[error]x"),
            ("arn:aws:s3:::b", "arn:aws:s3:::b"),
        ] {
            assert_eq!(harmless(line), safe);
            assert!(!harmless(line).contains("##["));
        }
    }
}
