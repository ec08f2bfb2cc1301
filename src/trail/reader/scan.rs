//! The structure of one JSON value, followed through chunks of bytes.
//!
//! A [`Scan`] can stop wherever the bytes at hand end and be taken on with the next ones, so a value
//! need not fit into memory. It checks brackets, names, colons, commas, strings and literals; escapes
//! and numbers are looked at when the event is parsed.

use super::{MAX_DEPTH, member::Found};

/// The bytes at hand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch<'a> {
    pub(super) bytes: &'a [u8],
    /// How many bytes of the input came before them.
    pub(super) before: u64,
}

/// The state of following a value.
#[derive(Debug)]
pub(super) struct Scan {
    /// The lowest bit is the innermost bracket: 1 for an object, 0 for an array.
    nesting: u128,
    depth: usize,
    next: Next,
    /// How many brackets are open around the value.
    around: usize,
    layout: Layout,
    /// The offset of the value, and that of the name that is being read.
    start: u64,
    name_start: u64,
    /// How many line ends were passed.
    pub(super) lines: u64,
    /// The offset of the line after the last of them.
    pub(super) line_start: u64,
    pub(super) found: Found,
}

/// How a value may stand in lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// It may go over several.
    Free,
    /// Each value has a line for itself, so a line that ends in the middle of one was cut off, and
    /// the next line is not a part of it.
    Lines,
}

/// What is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Value,
    /// A value, or the end of the array.
    ValueOrEnd,
    Name,
    /// A name, or the end of the object.
    NameOrEnd,
    Colon,
    /// A comma or the end of what is open.
    Separator,
    /// The rest of a name, a string or a number.
    InName,
    InString,
    InNumber,
    /// The rest of a literal, of which some bytes were seen.
    InLiteral(&'static [u8]),
}

/// How far a scan came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// To the end of the bytes at hand.
    More,
    /// To the end of the value.
    Whole,
    /// To an array of events, of which the bracket is next.
    Events,
    /// To a byte that cannot stand there.
    Malformed,
    /// To a bracket that is one too many.
    TooDeep,
    /// To a line end in the middle of a value that has a line for itself.
    LineEnds,
}

impl Scan {
    pub(super) fn new() -> Self {
        Self {
            nesting: 0,
            depth: 0,
            next: Next::Value,
            around: 0,
            layout: Layout::Free,
            start: 0,
            name_start: 0,
            lines: 0,
            line_start: 0,
            found: Found::new(),
        }
    }

    /// Starts with the value at an offset.
    pub(super) fn begin(&mut self, start: u64, around: usize, layout: Layout) {
        self.nesting = 0;
        self.depth = 0;
        self.next = Next::Value;
        self.around = around;
        self.layout = layout;
        self.start = start;
        self.found = Found::new();
    }

    /// Starts behind a comma in an object.
    pub(super) fn begin_members(&mut self, start: u64, around: usize) {
        self.begin(start, around, Layout::Free);
        self.nesting = 1;
        self.depth = 1;
        self.next = Next::Name;
    }

    /// The offset from which on bytes are needed, though the text of the value is not: that of a
    /// name at the top which is not read to its end.
    pub(super) fn needs_from(&self) -> Option<u64> {
        (self.depth == 1 && self.next == Next::InName).then_some(self.name_start)
    }

    /// Goes on at an index of the bytes, which is moved.
    pub(super) fn advance(&mut self, stretch: &Stretch<'_>, at: &mut usize) -> Progress {
        let bytes = stretch.bytes;
        loop {
            let Some(&byte) = bytes.get(*at) else {
                return Progress::More;
            };
            match self.next {
                Next::InName | Next::InString => match string_end(bytes, at) {
                    Ending::Found if self.next == Next::InName => {
                        self.end_name(stretch, *at);
                        // What nearly always comes next is taken at once.
                        if bytes.get(*at) == Some(&b':') {
                            *at += 1;
                            self.next = Next::Value;
                        }
                    }
                    Ending::Found => {
                        if let Some(end) = self.end_value(stretch, *at) {
                            return end;
                        }
                    }
                    Ending::More => return Progress::More,
                    Ending::Malformed => return Progress::Malformed,
                },
                Next::InNumber if is_in_number(byte) => *at += 1,
                Next::InNumber => {
                    if let Some(end) = self.end_value(stretch, *at) {
                        return end;
                    }
                }
                Next::InLiteral(rest) => match rest.split_first() {
                    Some((wanted, rest)) if *wanted == byte => {
                        *at += 1;
                        self.next = Next::InLiteral(rest);
                        if rest.is_empty()
                            && let Some(end) = self.end_value(stretch, *at)
                        {
                            return end;
                        }
                    }
                    _ => return Progress::Malformed,
                },
                _ if byte <= b' ' => match byte {
                    b' ' | b'\t' | b'\r' => *at += 1,
                    b'\n' if self.layout == Layout::Lines => return Progress::LineEnds,
                    b'\n' => {
                        *at += 1;
                        self.lines += 1;
                        self.line_start = stretch.before + *at as u64;
                    }
                    _ => return Progress::Malformed,
                },
                Next::Colon if byte == b':' => {
                    *at += 1;
                    self.next = Next::Value;
                }
                Next::Separator if byte == b',' => {
                    *at += 1;
                    self.next = if self.is_in_object() {
                        Next::Name
                    } else {
                        Next::Value
                    };
                }
                Next::Name | Next::NameOrEnd if byte == b'"' => {
                    self.name_start = stretch.before + *at as u64;
                    *at += 1;
                    self.next = Next::InName;
                }
                Next::Separator | Next::NameOrEnd | Next::ValueOrEnd if self.closes(byte) => {
                    *at += 1;
                    self.nesting >>= 1;
                    self.depth -= 1;
                    if let Some(end) = self.end_value(stretch, *at) {
                        return end;
                    }
                }
                Next::Value | Next::ValueOrEnd => {
                    if let Some(end) = self.begin_value(byte, stretch, at) {
                        return end;
                    }
                }
                Next::Colon | Next::Separator | Next::Name | Next::NameOrEnd => {
                    return Progress::Malformed;
                }
            }
        }
    }

    fn is_in_object(&self) -> bool {
        self.nesting & 1 == 1
    }

    fn closes(&self, byte: u8) -> bool {
        byte == if self.is_in_object() { b'}' } else { b']' } && self.depth > 0
    }

    #[inline]
    fn begin_value(&mut self, byte: u8, stretch: &Stretch<'_>, at: &mut usize) -> Option<Progress> {
        if self.depth == 1 {
            self.found.value_starts(self.offset_of(stretch, *at));
        }
        self.next = match byte {
            b'"' => Next::InString,
            b'{' | b'[' => {
                if self.depth == 1 && byte == b'[' && self.found.holds_events() {
                    return Some(Progress::Events);
                }
                if self.depth + self.around + 1 >= MAX_DEPTH {
                    return Some(Progress::TooDeep);
                }
                self.depth += 1;
                self.nesting = self.nesting << 1 | u128::from(byte == b'{');
                if byte == b'{' {
                    Next::NameOrEnd
                } else {
                    Next::ValueOrEnd
                }
            }
            b'-' | b'0'..=b'9' => Next::InNumber,
            b't' => Next::InLiteral(b"rue"),
            b'f' => Next::InLiteral(b"alse"),
            b'n' => Next::InLiteral(b"ull"),
            _ => return Some(Progress::Malformed),
        };
        *at += 1;
        None
    }

    /// A value ended before an index; the outermost one is the end.
    #[inline]
    fn end_value(&mut self, stretch: &Stretch<'_>, end: usize) -> Option<Progress> {
        self.next = Next::Separator;
        match self.depth {
            0 => return Some(Progress::Whole),
            1 => self.found.value_ends(self.offset_of(stretch, end)),
            _ => {}
        }
        None
    }

    #[inline]
    fn end_name(&mut self, stretch: &Stretch<'_>, end: usize) {
        self.next = Next::Colon;
        if self.depth == 1 && self.is_in_object() {
            let start = self.name_start.checked_sub(stretch.before);
            let start = start.and_then(|start| usize::try_from(start).ok());
            let name = start.and_then(|start| stretch.bytes.get(start + 1..end - 1));
            self.found.name(name.unwrap_or_default());
        }
    }

    /// An index as an offset in the value. Of a value that is too large for it nothing is delivered.
    #[inline]
    fn offset_of(&self, stretch: &Stretch<'_>, at: usize) -> u32 {
        u32::try_from(stretch.before + at as u64 - self.start).unwrap_or(u32::MAX)
    }
}

fn is_in_number(byte: u8) -> bool {
    matches!(byte, b'-' | b'+' | b'.' | b'0'..=b'9' | b'e' | b'E')
}

/// How the rest of a string ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// With its quote, which was passed.
    Found,
    /// Not in these bytes.
    More,
    /// JSON has no raw control characters in strings; at a line end, a line was cut off.
    Malformed,
}

/// Moves an index behind the end of a string, or to what cannot stand in one.
#[inline]
fn string_end(bytes: &[u8], at: &mut usize) -> Ending {
    loop {
        let rest = bytes.get(*at..).unwrap_or_default();
        *at += plain_length(rest);
        match bytes.get(*at) {
            Some(b'"') => {
                *at += 1;
                return Ending::Found;
            }
            // With what is escaped, so that a quote behind it is not taken for the end.
            Some(b'\\') => match bytes.get(*at + 1) {
                Some(0..=0x1f) => {
                    *at += 1;
                    return Ending::Malformed;
                }
                Some(_) => *at += 2,
                None => return Ending::More,
            },
            Some(_) => return Ending::Malformed,
            None => return Ending::More,
        }
    }
}

const LOW_BITS: u64 = u64::from_ne_bytes([0x01; 8]);
const HIGH_BITS: u64 = u64::from_ne_bytes([0x80; 8]);

/// How many bytes come before the first that ends a plain stretch of a string: a quote, a backslash
/// or a control character. Most strings are short, so eight bytes at a time do better than a search
/// that sets out for many.
#[inline]
fn plain_length(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut length = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        // The high bit of a byte is set where the byte is less than another one; bits above the
        // first that is set may be wrong, which does no harm.
        let less =
            |word: u64, than: u8| word.wrapping_sub(LOW_BITS * u64::from(than)) & !word & HIGH_BITS;
        let special = less(word, 0x20)
            | less(word ^ (LOW_BITS * u64::from(b'"')), 1)
            | less(word ^ (LOW_BITS * u64::from(b'\\')), 1);
        if special != 0 {
            return length + special.trailing_zeros() as usize / 8;
        }
        length += 8;
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
    length + rest.iter().position(is_special).unwrap_or(rest.len())
}
