//! Decoded strings that remember the bytes of each character.

use super::{Fault, FaultKind};
use crate::source::Span;
use nom::{
    IResult, Parser as _,
    bytes::complete::{tag, take_till, take_while_m_n},
    combinator::map_res,
    sequence::preceded,
};
use std::{borrow::Cow, ops::Range};

/// A decoded string and where its characters stand in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<'s> {
    span: Span,
    content: Span,
    decoded: Cow<'s, str>,
    escapes: Vec<Escape>,
}

/// A place where the decoded text and the source differ in length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Escape {
    /// Where the decoded character starts, in the decoded text.
    decoded: usize,
    decoded_len: usize,
    /// Where the escape starts, in the source.
    source: usize,
    source_len: usize,
}

impl<'s> Text<'s> {
    /// The decoded text.
    pub fn as_str(&self) -> &str {
        &self.decoded
    }

    /// The whole string in the source, with its quotes.
    pub fn span(&self) -> Span {
        self.span
    }

    /// What stands between the quotes.
    pub fn content_span(&self) -> Span {
        self.content
    }

    /// The bytes of the source that a range of the decoded text came from. An escape of which only
    /// a part lies in the range is covered whole.
    pub fn source_span(&self, range: Range<usize>) -> Span {
        let start = self.source_offset(range.start, Escape::start);
        let end = self.source_offset(range.end, Escape::end);
        Span::new(start, end.max(start))
    }

    fn source_offset(&self, decoded: usize, inside: fn(&Escape) -> usize) -> usize {
        let before = self
            .escapes
            .partition_point(|escape| escape.decoded <= decoded);
        let Some(escape) = before
            .checked_sub(1)
            .and_then(|last| self.escapes.get(last))
        else {
            return (self.content.start + decoded).min(self.content.end);
        };
        let past = decoded - escape.decoded;
        if past == 0 {
            escape.source
        } else if past < escape.decoded_len {
            inside(escape)
        } else {
            (escape.end() + past - escape.decoded_len).min(self.content.end)
        }
    }

    /// The same text with a life of its own.
    pub fn into_owned(self) -> Text<'static> {
        Text {
            span: self.span,
            content: self.content,
            decoded: Cow::Owned(self.decoded.into_owned()),
            escapes: self.escapes,
        }
    }

    /// A copy with a life of its own.
    pub fn to_owned(&self) -> Text<'static> {
        self.clone().into_owned()
    }

    /// Text that stands in the source as it is, without escapes: unquoted, or wrongly quoted.
    pub(super) fn verbatim(span: Span, content: Span, text: &'s str) -> Self {
        Self {
            span,
            content,
            decoded: Cow::Borrowed(text),
            escapes: Vec::new(),
        }
    }
}

impl Escape {
    fn start(&self) -> usize {
        self.source
    }

    fn end(&self) -> usize {
        self.source + self.source_len
    }
}

/// How a string ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// With its closing quote.
    Closed,
    /// At the end of its line, or of the text.
    Open,
}

/// Reads a string of which the opening quote, `open_len` bytes long, stands at `start`, and which
/// `close` ends. Gives back the string and the offset after it.
pub(super) fn string<'s>(
    text: &'s str,
    start: usize,
    open_len: usize,
    close: fn(char) -> bool,
    faults: &mut Vec<Fault>,
) -> (Text<'s>, usize, Ending) {
    let content_start = start + open_len;
    let mut at = content_start;
    let mut decoded: Option<String> = None;
    let mut escapes = Vec::new();
    let ending = loop {
        let rest = text.get(at..).unwrap_or_default();
        let plain = plain_run(rest, close);
        if let Some(decoded) = &mut decoded {
            decoded.push_str(plain);
        }
        at += plain.len();
        let Some(next) = text.get(at..).and_then(|rest| rest.chars().next()) else {
            break Ending::Open;
        };
        if close(next) {
            break Ending::Closed;
        }
        if next == '\n' || next == '\r' {
            break Ending::Open;
        }
        let so_far = decoded
            .get_or_insert_with(|| text.get(content_start..at).unwrap_or_default().to_owned());
        if next == '\\' {
            let (character, length) = escape(text, at, faults);
            escapes.push(Escape {
                decoded: so_far.len(),
                decoded_len: character.len_utf8(),
                source: at,
                source_len: length,
            });
            so_far.push(character);
            at += length;
        } else {
            // Only control characters are left; they mean themselves, whatever JSON says.
            let span = Span::new(at, at + next.len_utf8());
            faults.push(Fault::new(span, FaultKind::ControlCharacter(next)));
            so_far.push(next);
            at = span.end;
        }
    };
    let close_len = match ending {
        Ending::Closed => text
            .get(at..)
            .and_then(|t| t.chars().next())
            .map_or(0, char::len_utf8),
        Ending::Open => 0,
    };
    let decoded = decoded.map_or_else(
        || Cow::Borrowed(text.get(content_start..at).unwrap_or_default()),
        Cow::Owned,
    );
    let content = Span::new(content_start, at);
    let span = Span::new(start, at + close_len);
    (
        Text {
            span,
            content,
            decoded,
            escapes,
        },
        span.end,
        ending,
    )
}

/// The characters up to the next that ends the string, starts an escape, or may not stand there.
fn plain_run(rest: &str, close: fn(char) -> bool) -> &str {
    let special = |c: char| c == '\\' || c.is_ascii_control() || close(c);
    let run: IResult<&str, &str> = take_till(special).parse(rest);
    run.map_or("", |(_, plain)| plain)
}

/// Reads the escape at `at`. Gives back what it stands for and how many bytes it has; for one that
/// is wrong, a fault and the best reading of it.
fn escape(text: &str, at: usize, faults: &mut Vec<Fault>) -> (char, usize) {
    let rest = text.get(at + 1..).unwrap_or_default();
    let Some(letter) = rest.chars().next() else {
        faults.push(Fault::new(Span::new(at, at + 1), FaultKind::BadEscape));
        return ('\\', 1);
    };
    let meaning = match letter {
        '"' | '\\' | '/' => letter,
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => return unicode_escape(text, at, faults),
        _ => {
            // `\` before a line break or a control character leaves that to the caller.
            let length = if letter.is_control() {
                1
            } else {
                1 + letter.len_utf8()
            };
            faults.push(Fault::new(Span::new(at, at + length), FaultKind::BadEscape));
            return if letter.is_control() {
                ('\\', 1)
            } else {
                (letter, length)
            };
        }
    };
    (meaning, 2)
}

fn unicode_escape(text: &str, at: usize, faults: &mut Vec<Fault>) -> (char, usize) {
    let rest = text.get(at..).unwrap_or_default();
    let Ok((after, unit)) = code_unit(rest) else {
        let digits = rest.get(2..).unwrap_or_default().bytes();
        let length = 2 + digits.take(4).take_while(u8::is_ascii_hexdigit).count();
        faults.push(Fault::new(Span::new(at, at + length), FaultKind::BadEscape));
        return (char::REPLACEMENT_CHARACTER, length);
    };
    if let Some(character) = char::from_u32(u32::from(unit)) {
        return (character, 6);
    }
    // A surrogate: it needs the second half of its pair.
    if let Ok((_, second)) = code_unit(after)
        && let Some(Ok(character)) = char::decode_utf16([unit, second]).next()
    {
        return (character, 12);
    }
    faults.push(Fault::new(Span::new(at, at + 6), FaultKind::LoneSurrogate));
    (char::REPLACEMENT_CHARACTER, 6)
}

/// `\uXXXX`, as the UTF-16 code unit that it stands for.
fn code_unit(input: &str) -> IResult<&str, u16> {
    let digits = take_while_m_n(4, 4, |c: char| c.is_ascii_hexdigit());
    preceded(
        tag("\\u"),
        map_res(digits, |digits| u16::from_str_radix(digits, 16)),
    )
    .parse(input)
}
