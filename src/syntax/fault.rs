//! What can be wrong with JSON text.

use crate::source::{Label, Span, escape::is_unprintable};

/// A place where the text is not JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The smallest text that is wrong.
    pub span: Span,
    /// What is wrong with it.
    pub kind: FaultKind,
    /// Other places that matter, such as the bracket that was never closed.
    pub labels: Vec<Label>,
}

/// The ways in which text fails to be JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// Nothing but white space.
    Empty,
    /// More bytes than [`crate::source::MAX_POLICY_BYTES`].
    TooLarge,
    /// More brackets in brackets than [`super::MAX_DEPTH`].
    TooDeep,
    /// Zero bytes: no text file has them.
    Binary,
    /// The mark of UTF-16 at the start.
    Utf16,
    /// Bytes that belong to no character, and how many there are in all.
    InvalidUtf8(usize),
    /// A byte-order mark at the start.
    ByteOrderMark,
    /// A control character inside a string.
    ControlCharacter(char),
    /// A comma before a closing bracket.
    TrailingComma,
    /// A comma with nothing before it.
    ExtraComma,
    /// Two values side by side.
    MissingComma,
    /// A key without a colon after it.
    MissingColon,
    /// Nothing where a value should stand.
    MissingValue,
    /// A comment.
    Comment,
    /// A comment that is never closed.
    UnterminatedComment,
    /// A string in single quotes or backticks.
    SingleQuotes,
    /// A string in quotes from a word processor.
    TypographicQuotes,
    /// A word without quotes.
    Unquoted(String),
    /// A string that its line ends, not a quote.
    UnterminatedString,
    /// `\` and something that is no escape.
    BadEscape,
    /// `\uD800` to `\uDFFF` without its other half.
    LoneSurrogate,
    /// Digits that are no number, such as `01` or `1.`.
    BadNumber,
    /// A key that is not a string.
    BadKey,
    /// A bracket that nothing opened.
    UnmatchedClose(char),
    /// A closing bracket of the other kind.
    MismatchedClose {
        /// What the open bracket needs.
        expected: char,
        /// What stands there.
        found: char,
    },
    /// A bracket that is never closed.
    Unclosed(char),
    /// `=` between a key and its value.
    EqualsForColon,
    /// A character that starts no value.
    UnexpectedCharacter(char),
    /// A second document after the first.
    SecondDocument,
    /// So many faults that the rest was not read.
    TooManyFaults,
}

impl Fault {
    pub(super) fn new(span: Span, kind: FaultKind) -> Self {
        Self {
            span,
            kind,
            labels: Vec::new(),
        }
    }

    pub(super) fn label(mut self, span: Span, text: &str) -> Self {
        self.labels.push(Label {
            span,
            text: text.to_owned(),
        });
        self
    }
}

impl FaultKind {
    /// Whether the tree around the fault is what the author meant, so that it can be judged further.
    pub fn leaves_tree_sound(&self) -> bool {
        matches!(
            self,
            Self::ByteOrderMark
                | Self::ControlCharacter(_)
                | Self::TrailingComma
                | Self::ExtraComma
                | Self::MissingComma
                | Self::MissingColon
                | Self::EqualsForColon
                | Self::Comment
                | Self::SingleQuotes
                | Self::TypographicQuotes
                | Self::BadEscape
                | Self::LoneSurrogate
        )
    }

    /// What is wrong, in one line.
    pub fn message(&self) -> String {
        match self {
            Self::Empty => "the file is empty".to_owned(),
            Self::TooLarge => format!(
                "the document is larger than {} MiB",
                crate::source::MAX_POLICY_BYTES / (1024 * 1024)
            ),
            Self::TooDeep => {
                format!("values are nested more than {} deep", super::MAX_DEPTH)
            }
            Self::Binary => "the file is binary, not text".to_owned(),
            Self::Utf16 => "the file is in UTF-16".to_owned(),
            Self::InvalidUtf8(1) => "a byte here is not UTF-8".to_owned(),
            Self::InvalidUtf8(count) => {
                format!("{count} bytes of the file are not UTF-8, the first of them here")
            }
            Self::ByteOrderMark => "the file starts with a byte-order mark".to_owned(),
            Self::ControlCharacter(character) => {
                format!(
                    "raw control character U+{:04X} in a string",
                    u32::from(*character)
                )
            }
            Self::TrailingComma => "comma after the last item".to_owned(),
            Self::ExtraComma => "comma without an item before it".to_owned(),
            Self::MissingComma => "missing comma between two items".to_owned(),
            Self::MissingColon => "missing colon after this key".to_owned(),
            Self::MissingValue => "missing value".to_owned(),
            Self::Comment => "comment in JSON".to_owned(),
            Self::UnterminatedComment => "comment that is never closed".to_owned(),
            Self::SingleQuotes => "string in quotes that JSON does not have".to_owned(),
            Self::TypographicQuotes => "string in typographic quotes".to_owned(),
            Self::Unquoted(word) => format!("`{word}` has no quotes"),
            Self::UnterminatedString => "string without its closing quote".to_owned(),
            Self::BadEscape => "not an escape that JSON has".to_owned(),
            Self::LoneSurrogate => "half of a surrogate pair".to_owned(),
            Self::BadNumber => "not a number".to_owned(),
            Self::BadKey => "key that is not a string".to_owned(),
            Self::UnmatchedClose(bracket) => format!("`{bracket}` closes nothing"),
            Self::MismatchedClose { expected, found } => {
                format!("`{found}` stands where `{expected}` is due")
            }
            Self::Unclosed(bracket) => format!("`{bracket}` is never closed"),
            Self::UnexpectedCharacter(character) if is_invisible(*character) => {
                format!("invisible character U+{:04X}", u32::from(*character))
            }
            Self::UnexpectedCharacter(character) => format!("`{character}` starts no value"),
            Self::EqualsForColon => "`=` in place of a colon".to_owned(),
            Self::SecondDocument => "second document in one file".to_owned(),
            Self::TooManyFaults => "too many faults; the rest was not read".to_owned(),
        }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Empty => "write a policy document, or remove the file",
            Self::TooLarge | Self::TooDeep => {
                "no AWS policy is near this size; check that this is the right file"
            }
            Self::Binary => "check that this is the right file",
            Self::Utf16 | Self::InvalidUtf8(_) => "save the file as UTF-8",
            Self::ByteOrderMark => "save the file as UTF-8 without a byte-order mark",
            Self::ControlCharacter('\t') => "write it as `\\t`, or remove it",
            Self::ControlCharacter(_) => "write it as an escape such as `\\u0000`, or remove it",
            Self::TrailingComma | Self::ExtraComma => "remove the comma",
            Self::MissingComma => "put a comma here",
            Self::MissingColon => "put `:` between the key and its value",
            Self::MissingValue => "write the value, or remove what leads to it",
            Self::Comment | Self::UnterminatedComment => {
                "remove the comment: AWS accepts none; a `Sid` can carry a short remark"
            }
            Self::SingleQuotes | Self::TypographicQuotes => "use `\"` on both sides",
            Self::Unquoted(_) => "put it in `\"`",
            Self::UnterminatedString => "close the string with `\"` on the same line",
            Self::BadEscape => {
                "JSON has `\\\"`, `\\\\`, `\\/`, `\\b`, `\\f`, `\\n`, `\\r`, `\\t` and `\\u` with four hex digits"
            }
            Self::LoneSurrogate => {
                "write both halves, such as `\\ud83d\\ude00`, or the character itself"
            }
            Self::BadNumber => {
                "JSON numbers have no leading zero or plus, and digits on both sides of the point"
            }
            Self::BadKey => "write keys as strings in `\"`",
            Self::UnmatchedClose(_) => "remove it, or add the bracket that should open here",
            Self::MismatchedClose { .. } => {
                "close the brackets in the order in which they were opened"
            }
            Self::Unclosed(_) => "add the closing bracket",
            Self::EqualsForColon => "write `:`; this is JSON",
            Self::UnexpectedCharacter(character) if is_invisible(*character) => "remove it",
            Self::UnexpectedCharacter(_) => {
                "a value is an object, a list, a string, a number, `true`, `false` or `null`"
            }
            Self::SecondDocument => "keep one document in a file",
            Self::TooManyFaults => "mend those above first, or check that this is the right file",
        }
    }
}

/// Whether a character leaves no trace on paper, or one that looks like a blank.
fn is_invisible(character: char) -> bool {
    character.is_whitespace() || is_unprintable(character)
}
