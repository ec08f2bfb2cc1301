//! A summary counted up.

use super::Record;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A time to the second: seconds since 1970-01-01T00:00:00Z, as CloudTrail records it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub u32);

impl Instant {
    /// As `2026-11-24T10:00:00Z`.
    pub fn text(self) -> String {
        Timestamp::from_second(i64::from(self.0))
            .map_or_else(|_| String::new(), |at| at.to_string())
    }
}

impl Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

/// The first and the last time of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Window {
    /// The first.
    pub first: Instant,
    /// The last.
    pub last: Instant,
}

impl Window {
    /// The seconds of a day.
    pub const DAY: u32 = 24 * 60 * 60;

    /// How long it is.
    pub fn seconds(self) -> u32 {
        self.last.0.saturating_sub(self.first.0)
    }

    /// The window that spans both.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            first: self.first.min(other.first),
            last: self.last.max(other.last),
        }
    }
}

/// One event of those that a record stands for: the earliest, by time, id and place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Example {
    /// When it happened, as it is written; empty where it has no time.
    pub time: String,
    /// Its id; empty where it has none.
    pub event_id: String,
    /// The file that it stands in.
    pub file: String,
    /// The line that it starts on.
    pub line: u64,
    /// The byte that it starts at in the unpacked file.
    pub offset: u64,
}

/// A distinct record, and how often and when it was made.
#[derive(Debug, Clone)]
pub struct Counted {
    /// What the records have in common.
    pub record: Record,
    /// How many there are, each copy left aside.
    pub count: u64,
    /// When the first and the last were made; `None` where none of them has a time.
    pub window: Option<Window>,
    /// When they were made, and how many then, in order; records without a time are not in it.
    pub times: Vec<(Instant, u32)>,
    /// One of the events.
    pub example: Example,
}

/// All records of a trail, counted.
#[derive(Debug, Clone, Default)]
pub struct Totals {
    /// The distinct records, in their order.
    pub records: Vec<Counted>,
    /// The time that they span.
    pub window: Option<Window>,
    /// What several instants were folded into: 1 for seconds, 60 where there were too many.
    pub seconds_per_instant: u32,
    /// Events that alarms may show, with what their records do not have in common.
    pub captured: Vec<Captured>,
}

/// On how many days, in UTC, there are some records.
pub(super) fn days_with<'c, I: IntoIterator<Item = &'c Counted>>(records: I) -> usize {
    let times = records.into_iter().flat_map(|counted| &counted.times);
    let days: BTreeSet<u32> = times.map(|(time, _)| time.0 / Window::DAY).collect();
    days.len()
}

/// An event of which more is kept than its record has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Captured {
    /// When it happened, as it is written.
    pub time: String,
    /// Its id.
    pub event_id: String,
    /// The place of its record in [`Totals::records`].
    pub record: usize,
    /// The caller's session, as an ARN, or the caller itself.
    pub arn: String,
    /// The caller's address, or a service.
    pub source_ip_address: String,
    /// The caller's software.
    pub user_agent: String,
    /// The message of the error.
    pub error_message: String,
}
