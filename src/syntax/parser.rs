//! The JSON grammar, with recovery.
//!
//! Tokens are read with nom. What joins them is written by hand, as nom stops at the first error
//! and this parser must not: a fault is noted, and reading goes on where the author most likely
//! meant to be.

use super::{
    Comment, CommentStyle, Comments, Fault, FaultKind, Kind, Member, Text, Value,
    string::{Ending, Quotes, string},
};
use crate::source::{MAX_POLICY_BYTES, Source, Span, Undecodable};
use nom::{
    IResult, Parser as _,
    branch::alt,
    bytes::complete::{tag, take_until, take_while, take_while1},
    character::complete::{char, digit1, not_line_ending, one_of},
    combinator::{not, opt, recognize, value},
    multi::many0_count,
    sequence::{delimited, preceded},
};

/// The most brackets in brackets that are read. AWS's own documents need about eight.
pub const MAX_DEPTH: usize = 128;

/// The most faults of one document that are noted; what follows is rarely news.
const MAX_FAULTS: usize = 50;

/// What one text holds: the tree, as far as it could be read, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document<'s> {
    /// The value at the top; unreadable where there is none.
    pub root: Value<'s>,
    /// What is wrong, in the order of the text.
    pub faults: Vec<Fault>,
    /// The comments, be they faults or not, in the order of the text.
    pub comments: Vec<Comment>,
}

impl Document<'_> {
    /// Whether every fault leaves the tree as its author meant it.
    pub fn is_sound(&self) -> bool {
        self.faults
            .iter()
            .all(|fault| fault.kind.leaves_tree_sound())
    }
}

/// Reads one JSON document, in which comments are faults.
///
/// Never fails and never panics: what is wrong is in the faults of the document. Time is linear in
/// the text, depth and size are bounded.
pub fn parse(source: &Source) -> Document<'_> {
    parse_with(source, Comments::Refused)
}

/// Like [`parse`], in a dialect in which comments may be no faults.
pub fn parse_with(source: &Source, comments: Comments) -> Document<'_> {
    parse_bounded(source, MAX_POLICY_BYTES, comments)
}

/// Like [`parse`], for a document that is no policy and may have so many bytes.
pub fn parse_up_to(source: &Source, most_bytes: usize) -> Document<'_> {
    parse_bounded(source, most_bytes, Comments::Refused)
}

fn parse_bounded(source: &Source, most_bytes: usize, comments: Comments) -> Document<'_> {
    let text = source.text();
    if let Some(fault) = unfit_for_reading(source, most_bytes) {
        let root = Value {
            span: Span::new(0, text.len()),
            kind: Kind::Unreadable,
        };
        return Document {
            root,
            faults: vec![fault],
            comments: Vec::new(),
        };
    }
    let mut parser = Parser {
        text,
        at: 0,
        faults: Vec::new(),
        comments: Vec::new(),
        dialect: comments,
        depth: 0,
        stopped: false,
    };
    if let Undecodable::Bytes { first, count } = source.undecodable() {
        parser.fault(first, FaultKind::InvalidUtf8(count));
    }
    let root = parser.document();
    let (mut faults, comments) = (parser.faults, parser.comments);
    faults.sort_by_key(|fault| (fault.span.start, fault.span.end));
    Document {
        root,
        faults,
        comments,
    }
}

/// A fault that makes it pointless to read the text at all.
fn unfit_for_reading(source: &Source, most_bytes: usize) -> Option<Fault> {
    let text = source.text();
    let first = |length: usize| Span::new(0, length.min(text.len()));
    if source.undecodable() == Undecodable::Utf16 {
        return Some(Fault::new(first(2), FaultKind::Utf16));
    }
    if text.len() > most_bytes {
        return Some(Fault::new(first(1), FaultKind::TooLarge));
    }
    if let Some(zero) = text.bytes().position(|byte| byte == 0) {
        return Some(Fault::new(Span::new(zero, zero + 1), FaultKind::Binary));
    }
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        return Some(Fault::new(Span::new(0, 0), FaultKind::Empty));
    }
    None
}

struct Parser<'s> {
    text: &'s str,
    at: usize,
    faults: Vec<Fault>,
    comments: Vec<Comment>,
    /// Whether comments are faults.
    dialect: Comments,
    depth: usize,
    /// Nothing more is read: what follows could only be misread.
    stopped: bool,
}

impl<'s> Parser<'s> {
    fn rest(&self) -> &'s str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        if self.stopped {
            return None;
        }
        // Nearly all of JSON is ASCII; only other text needs decoding.
        match self.text.as_bytes().get(self.at)? {
            byte if byte.is_ascii() => Some(char::from(*byte)),
            _ => self.rest().chars().next(),
        }
    }

    fn bump(&mut self, character: char) -> Span {
        let start = self.at;
        self.at += character.len_utf8();
        Span::new(start, self.at)
    }

    fn fault(&mut self, span: Span, kind: FaultKind) {
        self.push(Fault::new(span, kind));
    }

    fn push(&mut self, fault: Fault) {
        if self.stopped {
            return;
        }
        if self.faults.len() >= MAX_FAULTS {
            self.faults
                .push(Fault::new(fault.span, FaultKind::TooManyFaults));
            self.stopped = true;
        } else {
            self.faults.push(fault);
        }
    }

    /// Runs a token parser at the current place; moves past what it takes.
    fn take<O>(
        &mut self,
        mut token: impl FnMut(&'s str) -> IResult<&'s str, O>,
    ) -> Option<(O, Span)> {
        let (rest, output) = token(self.rest()).ok()?;
        let start = self.at;
        self.at = self.text.len() - rest.len();
        Some((output, Span::new(start, self.at)))
    }

    fn document(&mut self) -> Value<'s> {
        if let Some((_, span)) = self.take(tag("\u{feff}")) {
            self.fault(span, FaultKind::ByteOrderMark);
        }
        self.space();
        let root = self.value();
        self.space();
        match self.peek() {
            None => {}
            Some(bracket @ ('}' | ']')) => {
                let span = Span::new(self.at, self.at + 1);
                self.fault(span, FaultKind::UnmatchedClose(bracket));
            }
            Some(',') => {
                let span = self.bump(',');
                self.space();
                let kind = match self.peek() {
                    None => FaultKind::TrailingComma,
                    Some(_) => FaultKind::SecondDocument,
                };
                self.fault(span, kind);
            }
            // What is no JSON from the start has no second document either.
            Some(_) if root.kind == Kind::Unreadable => {}
            Some(other) => {
                let span = Span::new(self.at, self.at + other.len_utf8());
                let fault = Fault::new(span, FaultKind::SecondDocument);
                self.push(fault.label(root.span, "the first document"));
            }
        }
        root
    }

    /// Passes over white space and comments.
    fn space(&mut self) {
        loop {
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            self.at += white_space(rest);
            match self.peek() {
                Some('/' | '#') => {}
                Some(c) if c.is_ascii() && !matches!(c, '\u{b}' | '\u{c}') => return,
                Some(c) if c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}' => {
                    // A space that JSON does not know, such as a no-break space.
                    let span = self.bump(c);
                    self.fault(span, FaultKind::UnexpectedCharacter(c));
                    continue;
                }
                _ => return,
            }
            if let Some((text, span)) = self.take(line_comment) {
                self.comment(span, text, CommentStyle::Line);
            } else if let Some((text, span)) = self.take(block_comment) {
                self.comment(span, text, CommentStyle::Block);
            } else if self.rest().starts_with("/*") {
                let span = Span::new(self.at, self.at + 2);
                self.fault(span, FaultKind::UnterminatedComment);
                self.stopped = true;
            } else {
                return;
            }
        }
    }

    fn comment(&mut self, span: Span, text: &str, style: CommentStyle) {
        if self.dialect == Comments::Refused {
            self.fault(span, FaultKind::Comment);
        }
        let end = match style {
            CommentStyle::Line => span.end,
            CommentStyle::Block => span.end - 2,
        };
        self.comments.push(Comment {
            span,
            text: Span::new(end - text.len(), end),
            style,
        });
    }

    fn value(&mut self) -> Value<'s> {
        let start = self.at;
        let Some(next) = self.peek() else {
            self.fault(self.end_of_text(), FaultKind::MissingValue);
            return Value {
                span: Span::new(start, start),
                kind: Kind::Unreadable,
            };
        };
        if let Some(quotes) = Quotes::opened_by(next) {
            let text = self.quoted(next, quotes);
            let span = text.quoted_span();
            return Value {
                span,
                kind: Kind::String(text),
            };
        }
        let kind = match next {
            '{' => return self.nested(Self::object),
            '[' => return self.nested(Self::array),
            '-' | '+' | '.' | '0'..='9' => self.number(),
            ',' | ']' | '}' | ':' => {
                let span = Span::new(start, start + 1);
                self.fault(span, FaultKind::MissingValue);
                Kind::Unreadable
            }
            _ => self.word(next),
        };
        Value {
            span: Span::new(start, self.at),
            kind,
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Kind<'s>) -> Value<'s> {
        let start = self.at;
        if self.depth >= MAX_DEPTH {
            self.fault(Span::new(start, start + 1), FaultKind::TooDeep);
            self.stopped = true;
            return Value {
                span: Span::new(start, start + 1),
                kind: Kind::Unreadable,
            };
        }
        self.depth += 1;
        self.at += 1;
        let kind = read(self);
        self.depth -= 1;
        Value {
            span: Span::new(start, self.at),
            kind,
        }
    }

    fn array(&mut self) -> Kind<'s> {
        let open = Span::new(self.at - 1, self.at);
        let mut items = Vec::new();
        while self.more_items(open, ']') {
            let before = self.at;
            let item = self.value();
            let missing = item.kind == Kind::Unreadable && self.at == before;
            if !missing {
                items.push(item);
            } else if self.peek() == Some(':') {
                self.at += 1;
            }
            if !self.separator(open, ']') {
                break;
            }
        }
        Kind::Array(items)
    }

    fn object(&mut self) -> Kind<'s> {
        let open = Span::new(self.at - 1, self.at);
        let mut members = Vec::new();
        while self.more_items(open, '}') {
            if let Some(key) = self.key() {
                self.space();
                let value = if self.peek() == Some(':') {
                    self.at += 1;
                    self.space();
                    self.value()
                } else if self.peek() == Some('=') {
                    let span = self.bump('=');
                    self.fault(span, FaultKind::EqualsForColon);
                    self.space();
                    self.value()
                } else if self.peek().is_some_and(starts_value) {
                    self.fault(key.quoted_span(), FaultKind::MissingColon);
                    self.value()
                } else {
                    self.fault(key.quoted_span(), FaultKind::MissingValue);
                    Value {
                        span: Span::new(self.at, self.at),
                        kind: Kind::Unreadable,
                    }
                };
                members.push(Member { key, value });
            }
            if !self.separator(open, '}') {
                break;
            }
        }
        Kind::Object(members)
    }

    /// Before an item: whether there is one. Passes over the closing bracket where there is none,
    /// and over commas that have nothing before them.
    fn more_items(&mut self, open: Span, close: char) -> bool {
        loop {
            self.space();
            match self.peek() {
                None => {
                    self.unclosed(open);
                    return false;
                }
                Some(',') => {
                    let span = self.bump(',');
                    self.fault(span, FaultKind::ExtraComma);
                }
                Some(found) if found == close => {
                    self.at += 1;
                    return false;
                }
                Some(found @ (']' | '}')) => {
                    self.mismatched(open, close, found);
                    return false;
                }
                Some(_) => return true,
            }
        }
    }

    /// After an item: whether another is to be read. Passes over the comma, or over the closing
    /// bracket.
    fn separator(&mut self, open: Span, close: char) -> bool {
        let item_end = self.at;
        self.space();
        match self.peek() {
            None => {
                self.unclosed(open);
                false
            }
            Some(',') => {
                let comma = self.bump(',');
                self.space();
                if self.peek() == Some(close) {
                    self.fault(comma, FaultKind::TrailingComma);
                    self.at += 1;
                    return false;
                }
                true
            }
            Some(found) if found == close => {
                self.at += 1;
                false
            }
            Some(found @ (']' | '}')) => {
                self.mismatched(open, close, found);
                false
            }
            Some(other) if starts_value(other) => {
                self.missing_comma(item_end);
                true
            }
            Some(other) => {
                let span = self.bump(other);
                self.fault(span, FaultKind::UnexpectedCharacter(other));
                self.separator_after_junk();
                true
            }
        }
    }

    /// After a character that belongs nowhere: passes over the comma that may follow it.
    fn separator_after_junk(&mut self) {
        self.space();
        if self.peek() == Some(',') {
            self.at += 1;
        }
    }

    fn missing_comma(&mut self, item_end: usize) {
        // A string that its line ended has most likely swallowed the comma: that is one fault.
        let explained = self.faults.last().is_some_and(|fault| {
            fault.kind == FaultKind::UnterminatedString && fault.span.end >= item_end
        });
        if !explained {
            let last = self
                .text
                .get(..item_end)
                .and_then(|before| before.chars().next_back());
            let start = item_end - last.map_or(0, char::len_utf8);
            self.fault(Span::new(start, item_end), FaultKind::MissingComma);
        }
    }

    fn mismatched(&mut self, open: Span, expected: char, found: char) {
        let span = Span::new(self.at, self.at + 1);
        let fault = Fault::new(span, FaultKind::MismatchedClose { expected, found });
        self.push(fault.label(open, "opened here"));
        // Which of the two brackets is wrong is anybody's guess: what follows may be misread.
        self.stopped = true;
    }

    fn unclosed(&mut self, open: Span) {
        let bracket = if self.text.as_bytes().get(open.start) == Some(&b'{') {
            '{'
        } else {
            '['
        };
        let fault = Fault::new(open, FaultKind::Unclosed(bracket));
        self.push(fault.label(self.end_of_text(), "the text ends here"));
        // The brackets around it are not closed either; once is enough.
        self.stopped = true;
    }

    /// The last character that is not white space.
    fn end_of_text(&self) -> Span {
        let trimmed = self.text.trim_end();
        let last = trimmed.chars().next_back().map_or(0, char::len_utf8);
        Span::new(trimmed.len() - last, trimmed.len())
    }

    fn key(&mut self) -> Option<Text<'s>> {
        let start = self.at;
        let next = self.peek()?;
        if let Some(quotes) = Quotes::opened_by(next) {
            return Some(self.quoted(next, quotes));
        }
        match next {
            ':' => {
                self.fault(Span::new(start, start + 1), FaultKind::BadKey);
                self.at += 1;
                self.space();
                self.value();
            }
            _ => {
                if let Some((word, span)) = self.take(bare_word) {
                    self.fault(span, FaultKind::Unquoted(word.to_owned()));
                    return Some(Text::verbatim(span, 0, word));
                }
                let value = self.value();
                if value.span.is_empty() {
                    // Nothing was read: pass over one character, so that reading ends.
                    if let Some(character) = self.peek() {
                        self.bump(character);
                    }
                } else {
                    self.fault(value.span, FaultKind::BadKey);
                }
                self.space();
                if self.peek() == Some(':') {
                    self.at += 1;
                    self.space();
                    self.value();
                }
            }
        }
        None
    }

    fn quoted(&mut self, open: char, quotes: Quotes) -> Text<'s> {
        let start = self.at;
        // A quote has at most three bytes.
        let open_len = u8::try_from(open.len_utf8()).unwrap_or(u8::MAX);
        let before = self.faults.len();
        let (text, ending) = string(self.text, start, open_len, quotes, &mut self.faults);
        self.at = text.quoted_span().end;
        if self.faults.len() > MAX_FAULTS {
            self.faults.truncate(before.max(MAX_FAULTS));
            self.fault(text.quoted_span(), FaultKind::TooManyFaults);
        }
        if ending == Ending::Open {
            return self.unterminated(start, open_len);
        }
        match quotes {
            Quotes::Double => {}
            Quotes::Single | Quotes::Backtick => {
                self.fault(text.quoted_span(), FaultKind::SingleQuotes);
            }
            Quotes::Typographic => self.fault(text.quoted_span(), FaultKind::TypographicQuotes),
        }
        text
    }

    /// A string that its line ended: what looks like punctuation at its end is taken for that.
    fn unterminated(&mut self, start: usize, open_len: u8) -> Text<'s> {
        let content_start = start + usize::from(open_len);
        let line = self.text.get(content_start..self.at).unwrap_or_default();
        let content = line.trim_end_matches([' ', '\t', ',', ']', '}']);
        let span = Span::new(start, content_start + content.len());
        self.fault(span, FaultKind::UnterminatedString);
        self.at = span.end;
        Text::verbatim(span, open_len, content)
    }

    fn number(&mut self) -> Kind<'s> {
        let start = self.at;
        if let Some((word, span)) = self.take(bare_date) {
            self.fault(span, FaultKind::Unquoted(word.to_owned()));
            return Kind::Unreadable;
        }
        let read = self.take(number);
        let junk = self.take(take_while(is_word_character));
        match (read, junk) {
            (Some((digits, _)), Some(("", _))) => Kind::Number(digits),
            _ => {
                if self.at == start {
                    // A lone sign or point.
                    self.at += 1;
                }
                self.fault(Span::new(start, self.at), FaultKind::BadNumber);
                Kind::Unreadable
            }
        }
    }

    fn word(&mut self, next: char) -> Kind<'s> {
        if let Some((kind, _)) = self.take(keyword) {
            return kind;
        }
        if let Some((word, span)) = self.take(bare_value) {
            self.fault(span, FaultKind::Unquoted(word.to_owned()));
            // Only the first of its quotes may be missing.
            if self.peek() == Some('"') {
                self.at += 1;
            }
            return Kind::Unreadable;
        }
        let span = self.bump(next);
        self.fault(span, FaultKind::UnexpectedCharacter(next));
        Kind::Unreadable
    }
}

/// How many bytes of white space come first.
fn white_space(rest: &[u8]) -> usize {
    let blank = |byte: u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let run: IResult<&[u8], &[u8]> = take_while(blank).parse(rest);
    run.map_or(0, |(_, blanks)| blanks.len())
}

fn starts_value(character: char) -> bool {
    matches!(character, '{' | '[' | '-')
        || character.is_ascii_alphanumeric()
        || Quotes::opened_by(character).is_some()
}

fn is_word_character(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-' | '.' | '*' | '?' | '$' | '+')
}

fn bare_word(input: &str) -> IResult<&str, &str> {
    take_while1(is_word_character).parse(input)
}

/// A value that was left without quotes: `s3:GetObject`, `arn:aws:s3:::reports/*`. A colon counts
/// where something follows it, as the one after a key does not; a slash where it starts no comment.
fn bare_value(input: &str) -> IResult<&str, &str> {
    let comment = alt((tag("//"), recognize((tag("/*"), take_until("*/")))));
    let slash = preceded(not(comment), tag("/"));
    let separators = alt((take_while1(|c| c == ':'), slash));
    recognize((bare_word, many0_count((separators, bare_word)))).parse(input)
}

/// A date without quotes, as a policy's version is.
fn bare_date(input: &str) -> IResult<&str, &str> {
    let part = || preceded(char('-'), digit1);
    let (rest, date) = recognize((digit1, part(), part())).parse(input)?;
    not(bare_word).parse(rest)?;
    Ok((rest, date))
}

fn keyword(input: &str) -> IResult<&str, Kind<'_>> {
    let (rest, word) = bare_word(input)?;
    let kind = match word {
        "null" => Kind::Null,
        "true" => Kind::Bool(true),
        "false" => Kind::Bool(false),
        _ => return nom::combinator::fail().parse(input),
    };
    Ok((rest, kind))
}

/// RFC 8259, section 6.
fn number(input: &str) -> IResult<&str, &str> {
    recognize((
        opt(char('-')),
        alt((value((), char('0')), value((), digit1))),
        opt((char('.'), digit1)),
        opt((one_of("eE"), opt(one_of("+-")), digit1)),
    ))
    .parse(input)
}

/// A comment to the end of its line; comes to what it says.
fn line_comment(input: &str) -> IResult<&str, &str> {
    preceded(alt((tag("//"), tag("#"))), not_line_ending).parse(input)
}

/// A comment between marks; comes to what it says.
fn block_comment(input: &str) -> IResult<&str, &str> {
    delimited(tag("/*"), take_until("*/"), tag("*/")).parse(input)
}

#[cfg(test)]
mod tests;
