//! Colours of what is written for terminals line by line.

use super::Colour;

pub(super) const PLAIN: &str = "";
pub(super) const BOLD: &str = "\u{1b}[1m";
pub(super) const RED: &str = "\u{1b}[31m";
pub(super) const GREEN: &str = "\u{1b}[32m";
pub(super) const YELLOW: &str = "\u{1b}[33m";
pub(super) const CYAN: &str = "\u{1b}[36m";
const RESET: &str = "\u{1b}[0m";

/// Writes lines in colour, or without.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style(pub(super) Colour);

impl Style {
    /// A line in a colour, which ends before the line does.
    pub(super) fn line(self, code: &str, content: &str, end: &str) -> String {
        match self.0 {
            Colour::On if !code.is_empty() => format!("{code}{content}{RESET}{end}"),
            Colour::On | Colour::Off => format!("{content}{end}"),
        }
    }
}
