//! A summary as text, for another process to go on with.
//!
//! JSON Lines, described in `docs/audit-parts.md`: a head, the records in their order, events and counts
//! by the thousand, and an end that says how many there were, so that a part that was cut off is told
//! from a whole one. The same summary always makes the same text.

use super::{
    CapturedEvent, Detail, Inputs, Limits, Summary,
    moments::{Count, Event, Moments},
    table::Table,
};
use crate::audit::{Example, Record};
use serde::{Deserialize, Serialize};
use std::{
    borrow::Cow,
    collections::BTreeMap,
    io::{BufRead, Write},
};

/// The version of the form of parts. Parts of another version are refused.
pub const PART_VERSION: u32 = 1;

/// The longest line of a part, in bytes.
const MAX_LINE: u64 = 64 << 20;

/// How many events stand in a line.
const CHUNK: usize = 1000;

/// What a part is, beside its events. Parts merge where all of this is the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartHead<'a> {
    /// Always `iamsim-audit-part`.
    pub format: Cow<'a, str>,
    /// The version of the form.
    pub version: u32,
    /// The version of iamsim that wrote it: another may map events in another way.
    pub iamsim: Cow<'a, str>,
    /// What was asked for, as far as it decides what is in a part: filters and what is captured.
    pub options: Cow<'a, str>,
    /// The policies and who holds them, as JSON.
    pub holdings: Cow<'a, str>,
}

impl<'a> PartHead<'a> {
    /// The head of a part that this version writes.
    pub fn new(options: &'a str, holdings: &'a str) -> Self {
        Self {
            format: "iamsim-audit-part".into(),
            version: PART_VERSION,
            iamsim: env!("CARGO_PKG_VERSION").into(),
            options: options.into(),
            holdings: holdings.into(),
        }
    }
}

/// What a line of a part has.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one line at a time, and most are records"
)]
enum Line<'a> {
    Head(PartHead<'a>),
    State {
        detail: Detail,
        inputs: Cow<'a, Inputs>,
    },
    Record {
        record: Cow<'a, Record>,
        example: Option<Cow<'a, Example>>,
    },
    /// Id in 16 hexadecimal digits, place of the record, seconds since 1970.
    Events(Vec<(Cow<'a, str>, u32, u32)>),
    /// An event, and how often it was there besides.
    Copies(Vec<(Cow<'a, str>, u32, u32, u32)>),
    /// Place of the record, seconds since 1970, how many.
    Counts(Vec<(u32, u32, u64)>),
    Captured {
        event: Cow<'a, CapturedEvent>,
        record: u32,
    },
    End {
        records: u64,
        events: u64,
        counts: u64,
    },
}

/// A text that is no part, or not a whole one.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum PartError {
    /// It cannot be read.
    #[error("the part cannot be read: {}", .0)]
    #[diagnostic(help("make it again with `iamsim audit --map`"))]
    Read(#[source] std::io::Error),
    /// It is something else.
    #[error("this is no part of an audit")]
    #[diagnostic(help("parts are made by `iamsim audit --map -o PART`"))]
    NotAPart,
    /// It is of another version.
    #[error("this part is of version {found} of the form, and {PART_VERSION} is read here")]
    #[diagnostic(help("make all parts with the version of iamsim that reduces them"))]
    Version {
        /// The version that it says.
        found: u32,
    },
    /// Another version of iamsim wrote it, which may map events in another way.
    #[error("this part was made by iamsim {found}, and this is {}", env!("CARGO_PKG_VERSION"))]
    #[diagnostic(help("make all parts with the version of iamsim that reduces them"))]
    Program {
        /// The version that wrote it.
        found: String,
    },
    /// A line is not what should stand there.
    #[error("line {line} of the part cannot be read: {reason}")]
    #[diagnostic(help("the part is damaged: make it again with `iamsim audit --map`"))]
    Damaged {
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// Its end is missing.
    #[error("the part breaks off after line {line}")]
    #[diagnostic(help("it was not written to its end: make it again with `iamsim audit --map`"))]
    CutOff {
        /// The last line.
        line: u64,
    },
}

impl Summary {
    /// Writes the summary as a part.
    ///
    /// # Errors
    ///
    /// Where the writer has one.
    pub fn write_part(mut self, head: &PartHead<'_>, out: &mut dyn Write) -> std::io::Result<()> {
        self.settle();
        let order = self.table.order();
        let mut ranks = vec![0_u32; order.len()];
        for (rank, place) in (0..).zip(&order) {
            if let Some(own) = ranks.get_mut(*place as usize) {
                *own = rank;
            }
        }
        let rank = |place: u32| ranks.get(place as usize).copied().unwrap_or_default();
        self.moments.rename(&rank);
        write(out, &Line::Head(head.clone()))?;
        write(
            out,
            &Line::State {
                detail: self.detail,
                inputs: Cow::Borrowed(&self.inputs),
            },
        )?;
        for place in &order {
            if let Some((record, example)) = self.table.get(*place) {
                let record = Cow::Borrowed(record);
                let example = example.map(Cow::Borrowed);
                write(out, &Line::Record { record, example })?;
            }
        }
        let events = self.moments.events();
        for chunk in events.chunks(CHUNK) {
            let chunk = chunk.iter();
            let chunk = chunk.map(|event| (hexadecimal(event.id), event.place, event.time));
            write(out, &Line::Events(chunk.collect()))?;
        }
        for chunk in self.moments.further().chunks(CHUNK) {
            let chunk = chunk
                .iter()
                .map(|(event, number)| (hexadecimal(event.id), event.place, event.time, *number));
            write(out, &Line::Copies(chunk.collect()))?;
        }
        let counts = self.moments.spans();
        for chunk in counts.chunks(CHUNK) {
            let chunk = chunk.iter();
            let chunk = chunk.map(|count| (count.place, count.time, count.number));
            write(out, &Line::Counts(chunk.collect()))?;
        }
        for (event, place) in &self.captured {
            let event = Cow::Borrowed(event);
            let record = rank(*place);
            write(out, &Line::Captured { event, record })?;
        }
        let end = Line::End {
            records: order.len() as u64,
            events: events.len() as u64,
            counts: counts.len() as u64,
        };
        write(out, &end)
    }

    /// Reads a part.
    ///
    /// # Errors
    ///
    /// Where it is none, not whole, or of another version.
    pub fn read_part(
        limits: Limits,
        input: &mut dyn BufRead,
    ) -> Result<(PartHead<'static>, Self), PartError> {
        let mut lines = Lines { input, line: 0 };
        let head = match lines.next() {
            Ok(Some(Line::Head(head))) => head,
            Ok(_) | Err(PartError::Damaged { .. } | PartError::CutOff { .. }) => {
                return Err(PartError::NotAPart);
            }
            // What was never packed.
            Err(PartError::Read(error)) if error.kind() == std::io::ErrorKind::InvalidInput => {
                return Err(PartError::NotAPart);
            }
            Err(error) => return Err(error),
        };
        if head.format != "iamsim-audit-part" {
            return Err(PartError::NotAPart);
        }
        if head.iamsim != env!("CARGO_PKG_VERSION") {
            return Err(PartError::Program {
                found: head.iamsim.into_owned(),
            });
        }
        if head.version != PART_VERSION {
            return Err(PartError::Version {
                found: head.version,
            });
        }
        let Some(Line::State { detail, inputs }) = lines.next()? else {
            return Err(lines.damaged("what was read is not there"));
        };
        let mut read = Read::default();
        while let Some(line) = lines.next()? {
            if let Line::End {
                records,
                events,
                counts,
            } = line
            {
                let own = [read.table.len(), read.events.len(), read.counts.len()];
                if own.map(|length| length as u64) != [records, events, counts] {
                    return Err(lines.damaged("its end counts other lines than it has"));
                }
                // That looks at the checksum of what was packed, too.
                if lines.next()?.is_some() {
                    return Err(lines.damaged("something comes after its end"));
                }
                return Ok((head, read.summary(limits, detail, inputs.into_owned())));
            }
            read.add(line).map_err(|reason| lines.damaged(reason))?;
        }
        Err(PartError::CutOff { line: lines.line })
    }
}

/// What was read of a part so far.
#[derive(Default)]
struct Read {
    table: Table,
    events: Vec<Event>,
    copies: Vec<(Event, u32)>,
    counts: Vec<Count>,
    captured: BTreeMap<CapturedEvent, u32>,
}

impl Read {
    fn add(&mut self, line: Line<'_>) -> Result<(), &'static str> {
        let records = self.table.len();
        let known = |place: u32| (place as usize) < records;
        let unknown = "it is about a record that is not there";
        match line {
            Line::Record { record, example } => {
                let place = self.table.place(record.into_owned());
                if place as usize != records {
                    return Err("a record is there twice");
                }
                if let Some(example) = example {
                    self.table.exemplify(place, &example.into_owned());
                }
            }
            Line::Events(events) => {
                for (id, place, time) in events {
                    let id = number(&id).filter(|_| known(place)).ok_or(unknown)?;
                    self.events.push(Event { id, place, time });
                }
            }
            Line::Copies(copies) => {
                for (id, place, time, copies) in copies {
                    let id = number(&id).filter(|_| known(place)).ok_or(unknown)?;
                    self.copies.push((Event { id, place, time }, copies));
                }
            }
            Line::Counts(counts) => {
                for (place, time, number) in counts {
                    if !known(place) {
                        return Err(unknown);
                    }
                    self.counts.push(Count {
                        place,
                        time,
                        number,
                    });
                }
            }
            Line::Captured { event, record } => {
                if !known(record) {
                    return Err(unknown);
                }
                self.captured.insert(event.into_owned(), record);
            }
            Line::Head(_) | Line::State { .. } | Line::End { .. } => {
                return Err("it stands where it should not");
            }
        }
        Ok(())
    }

    fn summary(self, limits: Limits, detail: Detail, inputs: Inputs) -> Summary {
        let moments = Moments::of(detail.seconds(), self.events, self.copies, self.counts);
        Summary {
            limits,
            detail,
            table: self.table,
            moments,
            inputs,
            captured: self.captured,
        }
    }
}

/// The lines of a part.
struct Lines<'i> {
    input: &'i mut dyn BufRead,
    line: u64,
}

impl Lines<'_> {
    fn next(&mut self) -> Result<Option<Line<'static>>, PartError> {
        let mut text = Vec::new();
        let mut input = std::io::Read::take(&mut *self.input, MAX_LINE);
        let length = input.read_until(b'\n', &mut text);
        if length.map_err(PartError::Read)? == 0 {
            return Ok(None);
        }
        self.line += 1;
        if text.last() != Some(&b'\n') {
            return Err(PartError::CutOff { line: self.line });
        }
        let line = serde_json::from_slice(&text);
        line.map(Some)
            .map_err(|error| self.damaged(error.to_string()))
    }

    fn damaged(&self, reason: impl Into<String>) -> PartError {
        PartError::Damaged {
            line: self.line,
            reason: reason.into(),
        }
    }
}

fn write(out: &mut dyn Write, line: &Line<'_>) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

fn hexadecimal(id: u64) -> Cow<'static, str> {
    format!("{id:016x}").into()
}

fn number(text: &str) -> Option<u64> {
    u64::from_str_radix(text, 16).ok()
}
