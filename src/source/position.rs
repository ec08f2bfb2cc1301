//! Byte offsets to lines and columns.

use super::Span;

/// A place in a text, for people and for editors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Position {
    /// The line, from 1. Lines end at `\n`.
    pub line: usize,
    /// The column, from 1, in Unicode scalar values.
    pub column: usize,
    /// The offset, from 0, in bytes of UTF-8.
    pub offset: usize,
}

/// Two places: the first character of a span, and the one after its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Range {
    /// Where the span starts.
    pub start: Position,
    /// Where the span has ended.
    pub end: Position,
}

/// How many bytes lie between two places of which the number of characters before them is kept.
const STRIDE: usize = 1024;

/// Where each line of a text starts, and how many characters come before each stride of bytes: a
/// document may be one long line.
#[derive(Debug, Clone)]
pub(super) struct LineIndex {
    starts: Vec<usize>,
    characters: Vec<usize>,
}

impl LineIndex {
    pub(super) fn new(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let mut before = 0;
        let characters = text.as_bytes().chunks(STRIDE).map(|stride| {
            let start = before;
            before += count_characters(stride);
            start
        });
        Self {
            characters: characters.collect(),
            starts: std::iter::once(0)
                .chain(breaks.map(|(at, _)| at + 1))
                .collect(),
        }
    }

    /// How many characters start before an offset.
    fn characters_before(&self, text: &str, offset: usize) -> usize {
        let stride = offset / STRIDE;
        let counted = self.characters.get(stride).copied();
        let (counted, from) = counted.map_or((0, 0), |counted| (counted, stride * STRIDE));
        counted + count_characters(text.as_bytes().get(from..offset).unwrap_or_default())
    }

    /// The index, from 0, of the line of an offset, and the offset of its first byte.
    fn line(&self, offset: usize) -> (usize, usize) {
        let line = self
            .starts
            .partition_point(|start| *start <= offset)
            .saturating_sub(1);
        (line, self.starts.get(line).copied().unwrap_or(0))
    }

    pub(super) fn position(&self, text: &str, offset: usize) -> Position {
        let offset = offset.min(text.len());
        let (line, start) = self.line(offset);
        let column = if offset - start <= STRIDE {
            count_characters(text.as_bytes().get(start..offset).unwrap_or_default())
        } else {
            self.characters_before(text, offset) - self.characters_before(text, start)
        };
        Position {
            line: line + 1,
            column: column + 1,
            offset,
        }
    }

    pub(super) fn line_span(&self, text: &str, offset: usize) -> Span {
        let (line, start) = self.line(offset.min(text.len()));
        let end = self
            .starts
            .get(line + 1)
            .map_or(text.len(), |next| next - 1);
        let body = text.get(start..end).unwrap_or_default();
        Span::new(start, start + body.strip_suffix('\r').unwrap_or(body).len())
    }
}

/// How many characters start in some bytes of UTF-8: all but those that go on with one.
fn count_characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use crate::source::Source;

    #[test]
    fn columns_count_characters_and_offsets_count_bytes() {
        let source = Source::new("x", "{\n  \"é\": 1\n}".into());
        let position = source.position(7);
        assert_eq!((position.line, position.column, position.offset), (2, 5, 7));
    }

    #[test]
    fn columns_of_long_lines_are_those_of_short_ones() {
        let text = format!("x\n{}", "é日a".repeat(2_000));
        let source = Source::new("x", text.clone().into_bytes());
        for (offset, _) in text.char_indices() {
            let before = text.get(..offset).unwrap();
            let line = before.rsplit('\n').next().unwrap();
            assert_eq!(source.position(offset).column, line.chars().count() + 1);
        }
        let end = source.position(text.len());
        assert_eq!((end.line, end.column), (2, 6_001));
    }

    #[test]
    fn the_end_of_the_text_has_a_position() {
        let source = Source::new("x", b"ab\n".to_vec());
        let position = source.position(99);
        assert_eq!((position.line, position.column, position.offset), (2, 1, 3));
    }
}
