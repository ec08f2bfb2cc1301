//! A file's text, places in it, and what is said about those places.
//!
//! This layer knows nothing of JSON or policies. [`load`] is the one place of the library that
//! reads files.

mod diff;
pub mod escape;
mod finding;
pub mod load;
mod position;

pub use diff::{DiffLine, DiffLineKind, diff_lines, lines_of_diff, unified_diff};
pub use finding::{Edit, Finding, Fix, Label, Level, RuleId, Safety, Severity};
pub use position::{Position, Range};

use position::LineIndex;
use std::{borrow::Cow, sync::OnceLock};

/// The most bytes that a policy document may have. Far above every AWS limit (the largest resource
/// policies are some 32 KB), and small enough that a hostile file costs nothing.
pub const MAX_POLICY_BYTES: usize = 4 * 1024 * 1024;

/// A range of bytes in one [`Source`]: from `start`, up to and without `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The offset of the first byte.
    pub start: usize,
    /// The offset after the last byte.
    pub end: usize,
}

impl Span {
    /// The bytes from `start` up to `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// How many bytes it covers.
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether it covers no byte.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The smallest span that covers both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }
}

/// The text of one file, with the name to show for it.
#[derive(Debug, Clone)]
pub struct Source {
    name: String,
    text: String,
    undecodable: Undecodable,
    lines: OnceLock<LineIndex>,
    /// The text as it may be shown; `None` inside where it may be shown as it is.
    shown: OnceLock<Option<String>>,
}

/// The bytes of a file that are not UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undecodable {
    /// Every byte was read.
    Nothing,
    /// Some bytes belong to no character; `?` stands in the text for each.
    Bytes {
        /// The first run of them.
        first: Span,
        /// How many there are.
        count: usize,
    },
    /// The file starts with the mark of UTF-16.
    Utf16,
}

impl Source {
    /// Takes the bytes of a file. `name` is what reports call it: a path as the user wrote it,
    /// with `/` between folders, or `<stdin>`.
    ///
    /// Bytes that are not UTF-8 are replaced one for one, so that offsets still hold.
    pub fn new(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
        let (text, undecodable) = match String::from_utf8(bytes) {
            Ok(text) => (text, Undecodable::Nothing),
            Err(error) => replace_undecodable(error.as_bytes()),
        };
        let undecodable = if utf16 {
            Undecodable::Utf16
        } else {
            undecodable
        };
        Self {
            name: name.into(),
            text,
            undecodable,
            lines: OnceLock::new(),
            shown: OnceLock::new(),
        }
    }

    /// The same text under another name.
    #[must_use]
    pub fn renamed(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// What reports call the file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The whole text as it may be shown on a terminal: of the same length, with a harmless
    /// character in place of each that must not be printed.
    pub fn shown(&self) -> &str {
        let harmless = || match escape::same_length(&self.text) {
            Cow::Borrowed(_) => None,
            Cow::Owned(shown) => Some(shown),
        };
        self.shown
            .get_or_init(harmless)
            .as_deref()
            .unwrap_or(&self.text)
    }

    /// Which bytes could not be read as UTF-8.
    pub fn undecodable(&self) -> Undecodable {
        self.undecodable
    }

    /// The text of a span; empty where the span is no part of the text.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    /// The line and column of a byte offset.
    pub fn position(&self, offset: usize) -> Position {
        self.lines
            .get_or_init(|| LineIndex::new(&self.text))
            .position(&self.text, offset)
    }

    /// The lines and columns of a span.
    pub fn range(&self, span: Span) -> Range {
        Range {
            start: self.position(span.start),
            end: self.position(span.end),
        }
    }

    /// The span of the line, without its line break, in which an offset lies.
    pub fn line_span(&self, offset: usize) -> Span {
        self.lines
            .get_or_init(|| LineIndex::new(&self.text))
            .line_span(&self.text, offset)
    }
}

fn replace_undecodable(bytes: &[u8]) -> (String, Undecodable) {
    let mut text = String::with_capacity(bytes.len());
    let mut first = None;
    let mut count = 0;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        let invalid = chunk.invalid().len();
        if invalid > 0 {
            first.get_or_insert(Span::new(text.len(), text.len() + invalid));
            count += invalid;
            text.extend(std::iter::repeat_n('?', invalid));
        }
    }
    let undecodable = first.map_or(Undecodable::Nothing, |first| Undecodable::Bytes {
        first,
        count,
    });
    (text, undecodable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undecodable_bytes_keep_their_places() {
        let source = Source::new("x", b"a\xff\xfeb\xc3".to_vec());
        assert_eq!(source.text(), "a??b?");
        let first = Span::new(1, 2);
        assert_eq!(source.undecodable(), Undecodable::Bytes { first, count: 3 });
    }

    #[test]
    fn utf16_is_told_by_its_mark() {
        let source = Source::new("x", vec![0xff, 0xfe, b'{', 0]);
        assert_eq!(source.undecodable(), Undecodable::Utf16);
    }

    #[test]
    fn a_line_span_leaves_out_the_line_break() {
        let source = Source::new("x", b"ab\r\ncd\n".to_vec());
        assert_eq!(source.line_span(1), Span::new(0, 2));
        assert_eq!(source.line_span(4), Span::new(4, 6));
        assert_eq!(source.line_span(7), Span::new(7, 7));
    }
}
