//! Events as rows of CSV: results of `Athena` queries, and the console's event history.
//!
//! A row becomes the JSON of an event from the columns that there are. Where columns are missing of
//! which the lack would mean something in an event, the event says by `omitted` that it is a part.
//!
//! <https://docs.aws.amazon.com/athena/latest/ug/cloudtrail-logs.html>

use std::io::Read;

use csv_core::ReadRecordResult;
use serde_json::value::RawValue;

use super::{MAX_EVENT_BYTES, Member, Place, ReadError, row, window::Window};

/// The most columns that are read; a trail's table has about 30.
const MAX_COLUMNS: usize = 256;

/// Without these, nothing can be said of a call, or a failure would look like a success.
const REQUIRED: [Member; 3] = [Member::EventName, Member::EventSource, Member::ErrorCode];

/// What an event says by lacking them: an event without one of these columns is a part of one.
const TELLING: [Member; 6] = [
    Member::UserIdentity,
    Member::SourceIpAddress,
    Member::UserAgent,
    Member::RequestParameters,
    Member::VpcEndpointId,
    Member::EventType,
];

/// A table that is being read.
pub(super) struct Table {
    reader: csv_core::Reader,
    columns: Vec<Column>,
    /// The cells of a row, one after another, and where each ends.
    cells: Vec<u8>,
    ends: Vec<usize>,
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table")
            .field("columns", &self.columns)
            .finish_non_exhaustive()
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Member(Member),
    /// The console's column for a part of `userIdentity`, by the name of the part.
    OfIdentity(&'static str),
    /// The console's column for the names of resources.
    ResourceName,
    Other,
}

/// Whether a line names the columns of a table of events.
pub(super) fn is_head(line: &str) -> bool {
    let names: Vec<_> = line.split(',').map(Column::of).collect();
    let has = |member| names.contains(&Column::Member(member));
    has(Member::EventName)
        && (has(Member::EventSource) || has(Member::EventTime) || has(Member::EventId))
}

impl Column {
    fn of(name: &str) -> Self {
        let is_letter = |letter: &char| letter.is_ascii_alphanumeric();
        let name: String = name.chars().filter(is_letter).collect();
        let is_named = |member: &&Member| member.name().eq_ignore_ascii_case(&name);
        if let Some(member) = Member::ALL.iter().find(is_named) {
            return Self::Member(*member);
        }
        match name.to_ascii_lowercase().as_str() {
            "username" => Self::OfIdentity("userName"),
            "awsaccesskey" | "awsaccesskeyid" | "accesskeyid" => Self::OfIdentity("accessKeyId"),
            "resourcename" => Self::ResourceName,
            _ => Self::Other,
        }
    }
}

/// What reading a row came to.
enum Row {
    Whole,
    /// It is longer than an event may be.
    TooLarge,
    End,
}

impl Table {
    /// Reads the head, which [`is_head`] has taken for one.
    pub(super) fn start<R: Read>(window: &mut Window<R>) -> Result<Self, ReadError> {
        let place = window.place();
        let mut table = Self {
            reader: csv_core::Reader::new(),
            columns: Vec::new(),
            cells: Vec::new(),
            ends: Vec::new(),
        };
        table.read(window)?;
        table.columns = table.cells().map(Column::of).collect();
        let missing = REQUIRED.into_iter().find(|member| !table.has(*member));
        match missing {
            Some(member) => Err(ReadError::ColumnMissing { place, member }),
            None => Ok(table),
        }
    }

    /// The next row as the JSON of an event; `None` at the end.
    pub(super) fn next<R: Read>(
        &mut self,
        window: &mut Window<R>,
    ) -> Option<Result<(Place, String), ReadError>> {
        let place = match window.skip_space() {
            Ok(()) => window.place(),
            Err(error) => return Some(Err(error)),
        };
        match self.read(window) {
            Ok(Row::End) => None,
            Ok(Row::TooLarge) => Some(Err(ReadError::EventTooLarge {
                place,
                limit: MAX_EVENT_BYTES,
            })),
            Ok(Row::Whole) => Some(self.event(place).map(|event| (place, event))),
            Err(error) => Some(Err(error)),
        }
    }

    fn has(&self, member: Member) -> bool {
        self.columns.contains(&Column::Member(member))
    }

    /// Reads one row into the cells.
    fn read<R: Read>(&mut self, window: &mut Window<R>) -> Result<Row, ReadError> {
        let (mut length, mut number) = (0, 0);
        let mut outcome = Row::Whole;
        self.ends.resize(MAX_COLUMNS, 0);
        loop {
            // No bytes tell the reader that the input has ended.
            window.peek()?;
            let room = self.cells.get_mut(length..).unwrap_or_default();
            let ends = self.ends.get_mut(number..).unwrap_or_default();
            let (result, read, written, ended) = self.reader.read_record(window.rest(), room, ends);
            window.pass(read);
            length += written;
            number += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.cells.len() < MAX_EVENT_BYTES => {
                    let more = (self.cells.len() * 2).clamp(4 << 10, MAX_EVENT_BYTES);
                    self.cells.resize(more, 0);
                }
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    outcome = Row::TooLarge;
                    (length, number) = (0, 0);
                }
                ReadRecordResult::Record => {
                    self.ends.truncate(number);
                    return Ok(outcome);
                }
                ReadRecordResult::End => return Ok(Row::End),
            }
        }
    }

    /// The cells of the row; those that are no UTF-8 are empty.
    fn cells(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(&0).chain(&self.ends);
        let cells = starts
            .zip(&self.ends)
            .map(|(start, end)| self.cells.get(*start..*end));
        cells.map(|cell| std::str::from_utf8(cell.unwrap_or_default()).unwrap_or_default())
    }

    /// The row as an event.
    fn event(&self, place: Place) -> Result<String, ReadError> {
        if self.ends.len() != self.columns.len() {
            return Err(ReadError::RowLength {
                place,
                found: self.ends.len(),
                expected: self.columns.len(),
            });
        }
        if std::str::from_utf8(
            self.cells
                .get(..self.ends.last().copied().unwrap_or(0))
                .unwrap_or_default(),
        )
        .is_err()
        {
            return Err(ReadError::NotUtf8 { place });
        }
        let mut event = Object::default();
        let mut identity = Object::default();
        for (column, cell) in self.columns.iter().zip(self.cells()) {
            if cell.is_empty() || cell == "null" {
                continue;
            }
            match column {
                Column::Member(member) => {
                    let value = member_value(*member, cell).ok_or(ReadError::Cell {
                        place,
                        member: *member,
                    })?;
                    event.add(member.name(), &value);
                }
                Column::OfIdentity(part) => identity.add(part, &json_string(cell)),
                Column::ResourceName if is_arn(cell) => {
                    event.add("resources", &format!("[{{\"ARN\":{}}}]", json_string(cell)));
                }
                Column::ResourceName | Column::Other => {}
            }
        }
        if !self.has(Member::UserIdentity) && !identity.is_empty() {
            event.add(Member::UserIdentity.name(), &identity.end());
        }
        if !TELLING.iter().all(|member| self.has(*member)) {
            event.add(Member::Omitted.name(), "true");
        }
        Ok(event.end())
    }
}

/// Whether a cell is one ARN: several stand in one cell as well, and names without their account.
fn is_arn(cell: &str) -> bool {
    cell.starts_with("arn:") && !cell.contains([',', ' '])
}

/// The JSON of a member of an event.
fn member_value(member: Member, cell: &str) -> Option<String> {
    match member {
        Member::UserIdentity
        | Member::Resources
        | Member::Addendum
        | Member::TlsDetails
        | Member::EventContext => row::as_json(cell),
        // These are texts of JSON in the table; of any other text the parts cannot be told apart.
        Member::RequestParameters
        | Member::ResponseElements
        | Member::AdditionalEventData
        | Member::ServiceEventDetails
        | Member::EdgeDeviceDetails
        | Member::InsightDetails => {
            let is_json = serde_json::from_str::<&RawValue>(cell).is_ok();
            is_json.then(|| cell.to_owned())
        }
        Member::ReadOnly
        | Member::ManagementEvent
        | Member::SessionCredentialFromConsole
        | Member::Omitted
            if matches!(cell, "true" | "false") =>
        {
            Some(cell.to_owned())
        }
        Member::EventTime => Some(json_string(&row::instant(cell))),
        Member::EventVersion
        | Member::EventSource
        | Member::EventName
        | Member::AwsRegion
        | Member::SourceIpAddress
        | Member::UserAgent
        | Member::ErrorCode
        | Member::ErrorMessage
        | Member::RequestId
        | Member::EventId
        | Member::ReadOnly
        | Member::EventType
        | Member::ApiVersion
        | Member::ManagementEvent
        | Member::RecipientAccountId
        | Member::SharedEventId
        | Member::VpcEndpointId
        | Member::VpcEndpointAccountId
        | Member::EventCategory
        | Member::SessionCredentialFromConsole
        | Member::Omitted => Some(json_string(cell)),
    }
}

pub(super) fn json_string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// An object that is being written.
#[derive(Debug, Default)]
pub(super) struct Object(String);

impl Object {
    /// Adds a member with a value in JSON.
    pub(super) fn add(&mut self, name: &str, value: &str) {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        self.0 += &json_string(name);
        self.0.push(':');
        self.0 += value;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn end(mut self) -> String {
        if self.0.is_empty() {
            self.0.push('{');
        }
        self.0.push('}');
        self.0
    }
}
