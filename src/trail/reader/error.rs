//! What can be wrong with an input of events.

use super::{Member, OtherKind};
use crate::source::load::reason;
use std::fmt;

/// In a line that is longer than this, a column says no more than the offset does: an editor finds
/// neither, a program the offset.
const LONG_LINE: u64 = 1000;

/// A place in an input, unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line, from one.
    pub line: u64,
    /// The column in bytes, from one.
    pub column: u64,
    /// How many bytes of the input come before it.
    pub offset: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.column > LONG_LINE {
            write!(f, "line {}, byte {}", self.line, self.offset)
        } else {
            write!(f, "line {}, column {}", self.line, self.column)
        }
    }
}

/// What becomes of an input behind an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// It is read: JSON Lines go on with the next line.
    Read,
    /// It is not read, as there is no telling where the next event starts.
    Lost,
}

/// Why an input, or one value in it, gives no event.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum ReadError {
    /// The input cannot be read.
    #[error("cannot read the events: {}", reason(.0))]
    #[diagnostic(help("check the file and the device that it is on"))]
    Io(std::io::Error),

    /// There is nothing in the input.
    #[error("the input is empty")]
    #[diagnostic(help(
        "give CloudTrail events: one event, an array, `{{\"Records\": [...]}}` or JSON Lines"
    ))]
    Empty,

    /// The input starts like no text.
    #[error("the input is neither JSON nor gzip: {place} is binary")]
    #[diagnostic(help(
        "CloudTrail events are JSON, plain or packed with gzip; unpack other formats first"
    ))]
    Binary {
        /// Where.
        place: Place,
    },

    /// The input is text of the wrong encoding.
    #[error("the input is in UTF-16")]
    #[diagnostic(help("save it as UTF-8, which is what CloudTrail writes"))]
    Utf16,

    /// The input is text, but not JSON.
    #[error("not a JSON object or array: unexpected `{found}` at {place}")]
    #[diagnostic(help(
        "CloudTrail events are JSON objects: one event, an array, `{{\"Records\": [...]}}` or JSON Lines"
    ))]
    NotJson {
        /// Where.
        place: Place,
        /// What stands there.
        found: char,
        /// Whether what comes behind it is read.
        rest: Rest,
    },

    /// The JSON is broken.
    #[error("malformed JSON: unexpected `{}` at {place}", found.escape_default())]
    #[diagnostic(help("the value may be cut off or edited by hand; fetch the file again"))]
    Malformed {
        /// Where.
        place: Place,
        /// What stands there.
        found: char,
        /// Whether what comes behind it is read.
        rest: Rest,
    },

    /// A line of JSON Lines stops in the middle of a value.
    #[error("the line ends at {place} in the middle of a value")]
    #[diagnostic(help(
        "the first event has a line for itself, so each must; the line may be cut off"
    ))]
    LineEnds {
        /// Where the line ends.
        place: Place,
    },

    /// The JSON stops in the middle of a value.
    #[error("the input ends at {place} in the middle of a value")]
    #[diagnostic(help("the file may be cut off; fetch it again"))]
    EndedEarly {
        /// Where the input ends.
        place: Place,
    },

    /// An event is not UTF-8.
    #[error("the event at {place} is not UTF-8")]
    #[diagnostic(help("CloudTrail writes UTF-8; fetch the file again"))]
    NotUtf8 {
        /// Where the event starts.
        place: Place,
    },

    /// The gzip data stops before its end.
    #[error("the gzip data is cut off after {} and {bytes} bytes", events_text(*.events))]
    #[diagnostic(help("the file is shorter than it should be; fetch it again"))]
    TruncatedGzip {
        /// How many events were read before.
        events: u64,
        /// How many bytes were unpacked before.
        bytes: u64,
    },

    /// The gzip data is broken.
    #[error("the gzip data is damaged after {} and {bytes} bytes", events_text(*.events))]
    #[diagnostic(help("fetch the file again"))]
    CorruptGzip {
        /// How many events were read before.
        events: u64,
        /// How many bytes were unpacked before.
        bytes: u64,
    },

    /// The gzip data unpacks to more than anybody keeps in one file.
    #[error("the gzip data unpacks to more than {limit} bytes")]
    #[diagnostic(help("CloudTrail files unpack to some megabytes; split a larger one into parts"))]
    UnpacksTooLarge {
        /// The limit.
        limit: u64,
    },

    /// An event is larger than AWS makes them.
    #[error("the event at {place} is larger than {limit} bytes")]
    #[diagnostic(help("CloudTrail cuts events at 1 MB; check that this is the right file"))]
    EventTooLarge {
        /// Where the event starts.
        place: Place,
        /// The limit.
        limit: usize,
    },

    /// Too many brackets are open.
    #[error("the JSON is nested deeper than {limit} levels at {place}")]
    #[diagnostic(help("no event is near this; check that this is the right file"))]
    TooDeep {
        /// Where.
        place: Place,
        /// The limit.
        limit: usize,
    },

    /// There was error after error and no event between them.
    #[error("{errors} errors in a row and no event; nothing behind {place} is read")]
    #[diagnostic(help("check that the file holds CloudTrail events"))]
    GivenUp {
        /// Where the reading ended.
        place: Place,
        /// How many errors.
        errors: u32,
    },

    /// An array of events holds a number, a string or a literal.
    #[error("the value at {place} is not a JSON object, so no event")]
    #[diagnostic(help("remove it, or check that this is a file of events"))]
    NotAnObject {
        /// Where.
        place: Place,
    },

    /// An object has none of the members of an event.
    #[error("the object at {place} is not a CloudTrail event")]
    #[diagnostic(help(
        "an event has members such as `eventSource`, `eventName` and `userIdentity`"
    ))]
    NotAnEvent {
        /// Where.
        place: Place,
    },

    /// A record or a file is sound, and something else.
    #[error("the {} at {place} is {}", .kind.carrier(), .kind.what())]
    #[diagnostic(help("{}", .kind.help()))]
    OtherKind {
        /// Where.
        place: Place,
        /// What it is.
        kind: OtherKind,
    },

    /// A member is given twice, so that readers differ in what the event says.
    #[error("the event at {place} gives `{}` twice", .member.name())]
    #[diagnostic(help("CloudTrail gives each member once; the record was edited, fetch it again"))]
    MemberTwice {
        /// Where the event starts.
        place: Place,
        /// The member.
        member: Member,
    },

    /// A table of events lacks a column that it must have.
    #[error("the table at {place} has no column for `{}`", .member.name())]
    #[diagnostic(help(
        "without it a call or its failure cannot be told; select the column as well"
    ))]
    ColumnMissing {
        /// Where the head is.
        place: Place,
        /// What is missing.
        member: Member,
    },

    /// A row has more or fewer cells than the head.
    #[error("the row at {place} has {found} cells, and the table {expected} columns")]
    #[diagnostic(help("the file may be cut off or edited by hand; export it again"))]
    RowLength {
        /// Where the row starts.
        place: Place,
        /// How many cells it has.
        found: usize,
        /// How many it should have.
        expected: usize,
    },

    /// A cell that holds a structure is no such text.
    #[error("the row at {place} has a `{}` that is neither JSON nor a row", .member.name())]
    #[diagnostic(help(
        "parts of it cannot be told apart for sure; select the column with `CAST(... AS JSON)`"
    ))]
    Cell {
        /// Where the row starts.
        place: Place,
        /// What the cell holds.
        member: Member,
    },

    /// The event that a record holds as text is broken.
    #[error("in the record at {place}: {error}")]
    #[diagnostic(help("places in the message count from the start of the text in the record"))]
    Inside {
        /// Where the record starts.
        place: Place,
        /// What is wrong with the text in it.
        error: Box<Self>,
    },
}

impl ReadError {
    /// Whether nothing is broken: what was read is a sound file of another kind, which holds no
    /// events and can be passed over.
    pub fn is_other_kind(&self) -> bool {
        matches!(self, Self::OtherKind { .. })
    }

    /// What is of another kind.
    pub fn other_kind(&self) -> Option<OtherKind> {
        if let Self::OtherKind { kind, .. } = self {
            Some(*kind)
        } else {
            None
        }
    }

    /// Whether it is about one record, and the input is read on behind it. Else the rest of the
    /// input is not read.
    pub fn is_of_one_record(&self) -> bool {
        match self {
            Self::NotJson { rest, .. } | Self::Malformed { rest, .. } => *rest == Rest::Read,
            Self::LineEnds { .. }
            | Self::NotUtf8 { .. }
            | Self::EventTooLarge { .. }
            | Self::NotAnObject { .. }
            | Self::NotAnEvent { .. }
            | Self::OtherKind { .. }
            | Self::MemberTwice { .. }
            | Self::RowLength { .. }
            | Self::Cell { .. }
            | Self::Inside { .. } => true,
            Self::Io(_)
            | Self::Empty
            | Self::Binary { .. }
            | Self::Utf16
            | Self::EndedEarly { .. }
            | Self::TruncatedGzip { .. }
            | Self::CorruptGzip { .. }
            | Self::UnpacksTooLarge { .. }
            | Self::TooDeep { .. }
            | Self::GivenUp { .. }
            | Self::ColumnMissing { .. } => false,
        }
    }

    /// Where it is in the unpacked input; `None` where it is about the input as a whole.
    pub fn place(&self) -> Option<Place> {
        match self {
            Self::Io(_)
            | Self::Empty
            | Self::Utf16
            | Self::TruncatedGzip { .. }
            | Self::CorruptGzip { .. }
            | Self::UnpacksTooLarge { .. } => None,
            Self::Binary { place }
            | Self::NotJson { place, .. }
            | Self::Malformed { place, .. }
            | Self::LineEnds { place }
            | Self::EndedEarly { place }
            | Self::NotUtf8 { place }
            | Self::EventTooLarge { place, .. }
            | Self::TooDeep { place, .. }
            | Self::GivenUp { place, .. }
            | Self::NotAnObject { place }
            | Self::NotAnEvent { place }
            | Self::OtherKind { place, .. }
            | Self::MemberTwice { place, .. }
            | Self::ColumnMissing { place, .. }
            | Self::RowLength { place, .. }
            | Self::Cell { place, .. }
            | Self::Inside { place, .. } => Some(*place),
        }
    }

    /// Whether such records come among events, so that many of them tell nothing of the file.
    pub(super) fn is_beside_events(&self) -> bool {
        self.other_kind()
            .is_some_and(OtherKind::stands_beside_events)
    }

    /// The error of a text as that of the record it is in, which may be of another kind.
    pub(super) fn inside(self, place: Place, otherwise: Option<OtherKind>) -> Self {
        match (self, otherwise) {
            (Self::NotAnEvent { .. }, Some(kind)) | (Self::OtherKind { kind, .. }, _) => {
                Self::OtherKind { place, kind }
            }
            (Self::NotAnEvent { .. }, None) => Self::NotAnEvent { place },
            (error, _) => Self::Inside {
                place,
                error: Box::new(error),
            },
        }
    }
}

fn events_text(number: u64) -> String {
    if number == 1 {
        "1 event".to_owned()
    } else {
        format!("{number} events")
    }
}
