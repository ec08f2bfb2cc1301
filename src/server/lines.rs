//! Places in a text as the protocol counts them: lines from 0, and in a line the code units of the
//! encoding that was agreed on. Unlike the lines of [`crate::source`], these end at a lone `\r` too.

use crate::source::Span;
use lsp_types::{Position, Range};

/// How many bytes lie between two places of which the units before them are kept: a document may be
/// one long line.
const STRIDE: usize = 1024;

/// What the columns of a line count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// Code units of UTF-16; every client knows it.
    Utf16,
    /// Characters.
    Utf32,
}

impl Encoding {
    /// The encoding of that name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        let all = [Self::Utf8, Self::Utf16, Self::Utf32];
        all.into_iter().find(|each| each.name() == name)
    }

    /// The name in the protocol.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16 => "utf-16",
            Self::Utf32 => "utf-32",
        }
    }

    fn units(self, character: char) -> usize {
        match self {
            Self::Utf8 => character.len_utf8(),
            Self::Utf16 => character.len_utf16(),
            Self::Utf32 => 1,
        }
    }

    /// How many units some bytes of UTF-8 are. A character counts where its first byte is.
    fn count(self, bytes: &[u8]) -> usize {
        let starts = || bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
        match self {
            Self::Utf8 => bytes.len(),
            // Characters of four bytes are two units.
            Self::Utf16 => starts() + bytes.iter().filter(|byte| **byte >= 0xf0).count(),
            Self::Utf32 => starts(),
        }
    }
}

/// Where the lines of a text start.
#[derive(Debug)]
pub(super) struct Lines {
    encoding: Encoding,
    starts: Vec<usize>,
    /// How many units come before each stride.
    before: Vec<usize>,
}

impl Lines {
    pub(super) fn new(text: &str, encoding: Encoding) -> Self {
        let bytes = text.as_bytes();
        let ends_line = |at: usize, byte: u8| {
            byte == b'\n' || byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')
        };
        let breaks = bytes.iter().enumerate();
        let breaks = breaks.filter(|(at, byte)| ends_line(*at, **byte));
        let starts = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1));
        let mut units = 0;
        let before = bytes.chunks(STRIDE).map(|stride| {
            let start = units;
            units += encoding.count(stride);
            start
        });
        Self {
            encoding,
            before: before.collect(),
            starts: starts.collect(),
        }
    }

    /// The place of an offset; one inside of a character is taken for its start.
    pub(super) fn position(&self, text: &str, offset: usize) -> Position {
        let offset = text.floor_char_boundary(offset);
        let line = self.starts.partition_point(|start| *start <= offset);
        let line = line.saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let units = if offset - start <= STRIDE {
            let bytes = text.as_bytes().get(start..offset).unwrap_or_default();
            self.encoding.count(bytes)
        } else {
            self.units_before(text, offset) - self.units_before(text, start)
        };
        Position::new(number(line), number(units))
    }

    /// The places of a span.
    pub(super) fn range(&self, text: &str, span: Span) -> Range {
        Range::new(
            self.position(text, span.start),
            self.position(text, span.end),
        )
    }

    /// The offset of a place. One that is past the end of its line is taken for that end, one in the
    /// middle of a character for its start.
    pub(super) fn offset(&self, text: &str, position: Position) -> usize {
        let line = position.line as usize;
        let Some(start) = self.starts.get(line).copied() else {
            return text.len();
        };
        let next = self.starts.get(line + 1).copied().unwrap_or(text.len());
        let body = text.get(start..next).unwrap_or_default();
        let body = body.trim_end_matches(['\r', '\n']);
        let wanted = position.character as usize;
        if self.encoding == Encoding::Utf8 {
            return start + body.floor_char_boundary(wanted);
        }
        let mut units = 0;
        for (at, character) in body.char_indices() {
            units += self.encoding.units(character);
            if units > wanted {
                return start + at;
            }
        }
        start + body.len()
    }

    /// The span of two places, whichever comes first.
    pub(super) fn span(&self, text: &str, range: Range) -> Span {
        let (start, end) = (self.offset(text, range.start), self.offset(text, range.end));
        Span::new(start.min(end), end.max(start))
    }

    fn units_before(&self, text: &str, offset: usize) -> usize {
        let stride = offset / STRIDE;
        let counted = self.before.get(stride).copied();
        let (counted, from) = counted.map_or((0, 0), |counted| (counted, stride * STRIDE));
        let rest = text.as_bytes().get(from..offset).unwrap_or_default();
        counted + self.encoding.count(rest)
    }
}

fn number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Encoding, Lines};
    use lsp_types::Position;

    const ALL: [Encoding; 3] = [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32];

    #[test]
    fn columns_count_units_of_the_encoding() {
        let text = "a\n\"é😀x\"";
        let place = text.find('x').unwrap();
        for (encoding, column) in ALL.into_iter().zip([7, 4, 3]) {
            let position = Lines::new(text, encoding).position(text, place);
            assert_eq!(position, Position::new(1, column), "{encoding:?}");
        }
    }

    #[test]
    fn places_lead_back_to_their_offsets() {
        let long = "é日😀a".repeat(1_000);
        let text = format!("{{\r\n  {long}\r{long}\n}}\n");
        for encoding in ALL {
            let lines = Lines::new(&text, encoding);
            for (offset, character) in text.char_indices().step_by(7) {
                // The places between `\r` and `\n` are past the end of their line.
                if character != '\n' {
                    let position = lines.position(&text, offset);
                    assert_eq!(lines.offset(&text, position), offset, "{encoding:?}");
                }
            }
        }
    }

    #[test]
    fn lines_end_at_every_break_of_the_protocol() {
        let lines = Lines::new("a\rb\r\nc\nd", Encoding::Utf16);
        assert_eq!(lines.position("a\rb\r\nc\nd", 7), Position::new(3, 0));
    }

    #[test]
    fn places_that_there_are_not_are_clamped() {
        let text = "a😀\nb";
        let lines = Lines::new(text, Encoding::Utf16);
        let offset = |line, column| lines.offset(text, Position::new(line, column));
        assert_eq!(offset(0, 99), 5);
        assert_eq!(offset(0, 2), 1, "between the halves of a surrogate pair");
        assert_eq!(offset(9, 0), text.len());
        assert_eq!(offset(u32::MAX, u32::MAX), text.len());
        assert_eq!(lines.position(text, 3), Position::new(0, 1));
        assert_eq!(lines.position(text, usize::MAX), Position::new(1, 1));
    }
}
