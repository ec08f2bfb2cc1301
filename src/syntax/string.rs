//! Decoded strings that remember the bytes of each character.

use super::{Fault, FaultKind};
use crate::source::Span;
use nom::{
    IResult, Parser as _,
    bytes::complete::{tag, take, take_till},
    combinator::map_opt,
    sequence::preceded,
};
use std::{borrow::Cow, ops::Range};

/// A decoded string and where its characters stand in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<'s> {
    quoted: Span,
    /// How many bytes the opening and the closing quote have; none where there is no quote.
    quotes: (u8, u8),
    decoded: Cow<'s, str>,
    #[expect(
        clippy::box_collection,
        reason = "most strings have no escape; a tree is smaller where they cost one word"
    )]
    escapes: Option<Box<Vec<Escape>>>,
}

/// A place where the decoded text and the source differ in length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Escape {
    /// Where the decoded character starts, in the decoded text.
    decoded: u32,
    /// Where the escape starts, in the source.
    source: u32,
    decoded_len: u8,
    source_len: u8,
}

impl<'s> Text<'s> {
    /// The decoded text.
    pub fn as_str(&self) -> &str {
        &self.decoded
    }

    /// What stands between the quotes: what is underlined where the string is wrong. The quotes
    /// are part of it only where there is nothing between them.
    pub fn span(&self) -> Span {
        let content = self.content_span();
        if content.is_empty() {
            self.quoted
        } else {
            content
        }
    }

    /// The whole string in the source, with its quotes.
    pub fn quoted_span(&self) -> Span {
        self.quoted
    }

    /// What stands between the quotes, though it be nothing.
    pub fn content_span(&self) -> Span {
        let (open, close) = self.quotes;
        Span::new(
            self.quoted.start + usize::from(open),
            self.quoted.end - usize::from(close),
        )
    }

    /// The bytes of the source that a range of the decoded text came from. An escape of which only
    /// a part lies in the range is covered whole.
    pub fn source_span(&self, range: Range<usize>) -> Span {
        let start = self.source_offset(range.start, Escape::start);
        let end = self.source_offset(range.end, Escape::end);
        Span::new(start, end.max(start))
    }

    fn source_offset(&self, decoded: usize, inside: fn(&Escape) -> usize) -> usize {
        let content = self.content_span();
        let escapes = self
            .escapes
            .as_deref()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let before = escapes.partition_point(|escape| escape.decoded as usize <= decoded);
        let Some(escape) = before.checked_sub(1).and_then(|last| escapes.get(last)) else {
            return (content.start + decoded).min(content.end);
        };
        let past = decoded - escape.decoded as usize;
        let decoded_len = usize::from(escape.decoded_len);
        if past == 0 {
            escape.start()
        } else if past < decoded_len {
            inside(escape)
        } else {
            (escape.end() + past - decoded_len).min(content.end)
        }
    }

    /// The same text with a life of its own.
    pub fn into_owned(self) -> Text<'static> {
        Text {
            quoted: self.quoted,
            quotes: self.quotes,
            decoded: Cow::Owned(self.decoded.into_owned()),
            escapes: self.escapes,
        }
    }

    /// A copy with a life of its own.
    pub fn to_owned(&self) -> Text<'static> {
        self.clone().into_owned()
    }

    /// Text that stands in the source as it is, without escapes, after `open_len` bytes of quote
    /// and without a closing one.
    pub(super) fn verbatim(quoted: Span, open_len: u8, text: &'s str) -> Self {
        Self {
            quoted,
            quotes: (open_len, 0),
            decoded: Cow::Borrowed(text),
            escapes: None,
        }
    }
}

impl Escape {
    fn start(&self) -> usize {
        self.source as usize
    }

    fn end(&self) -> usize {
        self.start() + usize::from(self.source_len)
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

/// What a string is quoted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    /// `"`, as JSON has it.
    Double,
    /// `'`
    Single,
    /// What word processors make of either.
    Typographic,
    /// A backtick, as in JavaScript.
    Backtick,
}

impl Quotes {
    /// The quotes that a character opens.
    pub(super) fn opened_by(character: char) -> Option<Self> {
        match character {
            '"' => Some(Self::Double),
            '\'' => Some(Self::Single),
            '“' | '”' | '„' | '‘' | '’' | '«' | '»' | '＂' | '´' => {
                Some(Self::Typographic)
            }
            '`' => Some(Self::Backtick),
            _ => None,
        }
    }

    fn closed_by(self, character: char) -> bool {
        match self {
            Self::Double => character == '"',
            Self::Single => character == '\'',
            Self::Backtick => character == '`',
            Self::Typographic => {
                matches!(
                    Self::opened_by(character),
                    Some(Self::Double | Self::Typographic)
                )
            }
        }
    }

    /// Whether a byte may end the string, or start what does not mean itself.
    fn is_special(self, byte: u8) -> bool {
        byte < 0x20
            || byte == b'\\'
            || match self {
                Self::Double => byte == b'"',
                Self::Single => byte == b'\'',
                Self::Backtick => byte == b'`',
                Self::Typographic => byte == b'"' || !byte.is_ascii(),
            }
    }
}

/// Reads a string of which the opening quote, `open_len` bytes long, stands at `start`. Gives back
/// the string and how it ended.
pub(super) fn string<'s>(
    text: &'s str,
    start: usize,
    open_len: u8,
    quotes: Quotes,
    faults: &mut Vec<Fault>,
) -> (Text<'s>, Ending) {
    let content_start = start + usize::from(open_len);
    let mut at = content_start;
    let mut decoded: Option<String> = None;
    let mut escapes: Option<Box<Vec<Escape>>> = None;
    let mut close_len = 0;
    let ending = loop {
        let plain = plain_run(text.as_bytes().get(at..).unwrap_or_default(), quotes);
        if let Some(decoded) = &mut decoded {
            decoded.push_str(text.get(at..at + plain).unwrap_or_default());
        }
        at += plain;
        let Some(next) = character_at(text, at) else {
            break Ending::Open;
        };
        if quotes.closed_by(next) {
            close_len = next.len_utf8();
            break Ending::Closed;
        }
        if next == '\n' || next == '\r' {
            break Ending::Open;
        }
        let so_far = decoded.get_or_insert_with(|| {
            let before = text.get(content_start..at).unwrap_or_default();
            let mut copy = String::with_capacity(before.len() + 64);
            copy.push_str(before);
            copy
        });
        if next == '\\' {
            let (character, length) = escape(text, at, faults);
            let escapes = escapes.get_or_insert_with(|| Box::new(Vec::with_capacity(8)));
            escapes.push(Escape {
                decoded: offset(so_far.len()),
                source: offset(at),
                decoded_len: length_of(character.len_utf8()),
                source_len: length_of(length),
            });
            so_far.push(character);
            at += length;
            continue;
        }
        if next.is_ascii() {
            // A control character means itself, whatever JSON says.
            let span = Span::new(at, at + 1);
            faults.push(Fault::new(span, FaultKind::ControlCharacter(next)));
        }
        so_far.push(next);
        at += next.len_utf8();
    };
    let decoded = decoded.map_or_else(
        || Cow::Borrowed(text.get(content_start..at).unwrap_or_default()),
        Cow::Owned,
    );
    (
        Text {
            quoted: Span::new(start, at + close_len),
            quotes: (open_len, length_of(close_len)),
            decoded,
            escapes,
        },
        ending,
    )
}

/// Offsets in a policy document fit: [`crate::source::MAX_POLICY_BYTES`] bounds them.
fn offset(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// Lengths of quotes and escapes fit: the longest, `\ud83d\ude00`, has twelve bytes.
fn length_of(length: usize) -> u8 {
    u8::try_from(length).unwrap_or(u8::MAX)
}

fn character_at(text: &str, at: usize) -> Option<char> {
    match text.as_bytes().get(at)? {
        byte if byte.is_ascii() => Some(char::from(*byte)),
        _ => text.get(at..)?.chars().next(),
    }
}

/// How many bytes come before the next special one. All bytes of a character beyond ASCII have
/// their high bit set, so none of them is taken for a quote.
fn plain_run(rest: &[u8], quotes: Quotes) -> usize {
    let run: IResult<&[u8], &[u8]> = match quotes {
        Quotes::Double => take_till(|byte| Quotes::Double.is_special(byte)).parse(rest),
        Quotes::Single => take_till(|byte| Quotes::Single.is_special(byte)).parse(rest),
        Quotes::Backtick => take_till(|byte| Quotes::Backtick.is_special(byte)).parse(rest),
        Quotes::Typographic => take_till(|byte| Quotes::Typographic.is_special(byte)).parse(rest),
    };
    run.map_or(0, |(_, plain)| plain.len())
}

/// Reads the escape at `at`. Gives back what it stands for and how many bytes it has; for one that
/// is wrong, a fault and the best reading of it.
fn escape(text: &str, at: usize, faults: &mut Vec<Fault>) -> (char, usize) {
    let Some(letter) = character_at(text, at + 1) else {
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
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    let Ok((after, unit)) = code_unit(rest) else {
        let digits = rest.iter().skip(2).take(4);
        let length = 2 + digits.take_while(|byte| byte.is_ascii_hexdigit()).count();
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
fn code_unit(input: &[u8]) -> IResult<&[u8], u16> {
    let digit = |unit: u16, byte: u8| Some(unit << 4 | hex_digit(byte)?);
    let unit = |digits: &[u8]| digits.iter().try_fold(0, |unit, byte| digit(unit, *byte));
    preceded(tag(&b"\\u"[..]), map_opt(take(4_usize), unit)).parse(input)
}

fn hex_digit(byte: u8) -> Option<u16> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u16::try_from(digit).ok())
}
