//! `iamsim events`, and reading events for every command.

use super::{
    args::EventsArguments,
    discover::{files, none_found},
    input::{STDIN, StdinTwice, is_stdin, reads_stdin_once},
    io::{Exit, Io, Outcome, Unwritable},
};
use crate::{
    report::{
        Format,
        events::{EventSummary, LocatedEvent, json_end, json_start, render},
    },
    source::load::{self, display_name},
    trail::{Event, EventReader, Interpretation, interpret},
};
use miette::Diagnostic;
use std::{
    fmt,
    io::{BufReader, Read},
    path::PathBuf,
};

/// The extensions of files of events.
const EXTENSIONS: &[&str] = &[
    "json",
    "jsonl",
    "ndjson",
    "json.gz",
    "jsonl.gz",
    "ndjson.gz",
    "gz",
];

/// An input of events, or a part of one, that gives none.
#[derive(Debug)]
struct InFile<E> {
    name: String,
    error: E,
}

impl<E: fmt::Display> fmt::Display for InFile<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.error)
    }
}

impl<E: std::error::Error> std::error::Error for InFile<E> {}

impl<E: Diagnostic> Diagnostic for InFile<E> {
    fn help<'s>(&'s self) -> Option<Box<dyn fmt::Display + 's>> {
        self.error.help()
    }
}

pub(super) fn run(arguments: &EventsArguments, io: &mut Io<'_>) -> Outcome {
    let format = arguments.format.get();
    let mut summary = EventSummary::default();
    let mut list = List::start(format, io)?;
    let unreadable = for_each_event(&arguments.paths, io, |path, line, _, event, io| {
        summary.add(event);
        list.item(&render(format, &LocatedEvent { path, line, event }), io)
    })?;
    summary.unreadable = unreadable;
    list.end(&json_end(&summary), &summary.text(), io)?;
    Ok(Exit::Clean)
}

/// A report of one part after another, so that no input has to fit into memory.
pub(super) struct List {
    format: Format,
    items: u64,
}

impl List {
    pub(super) fn start(format: Format, io: &mut Io<'_>) -> Result<Self, Unwritable> {
        if format == Format::Json {
            io.write(&json_start())?;
        }
        Ok(Self { format, items: 0 })
    }

    /// Writes a part; in JSON, on a line of its own.
    pub(super) fn item(&mut self, text: &str, io: &mut Io<'_>) -> Result<(), Unwritable> {
        if self.format == Format::Json {
            if self.items > 0 {
                io.write(",\n")?;
            }
            io.write(text.trim_end())?;
        } else {
            io.write(text)?;
        }
        self.items += 1;
        Ok(())
    }

    pub(super) fn end(self, json: &str, summary: &str, io: &mut Io<'_>) -> Result<(), Unwritable> {
        match self.format {
            Format::Full => io.write(summary),
            Format::Json => {
                if self.items > 0 {
                    io.write("\n")?;
                }
                io.write(json)
            }
            Format::Concise | Format::Jsonl => {
                for line in summary.lines() {
                    io.remark(line)?;
                }
                Ok(())
            }
        }
    }
}

/// Calls `each` with every event of some inputs: the name of the input, the line, the event as it
/// was recorded, and what it stands for. Gives back how many inputs or records could not be read;
/// each was reported.
pub(super) fn for_each_event(
    paths: &[PathBuf],
    io: &mut Io<'_>,
    mut each: impl FnMut(&str, u64, &Event<'_>, &Interpretation, &mut Io<'_>) -> Result<(), Unwritable>,
) -> Result<u64, Unwritable> {
    if !reads_stdin_once(&[paths]) {
        io.error(&StdinTwice)?;
        return Ok(1);
    }
    let candidates = files(paths, EXTENSIONS, io)?;
    if candidates.is_empty() {
        let places: Vec<_> = paths
            .iter()
            .map(|path| format!("`{}`", path.display()))
            .collect();
        let help = "CloudTrail writes `.json.gz`; `.json`, `.jsonl` and `.ndjson` are read too";
        none_found("files of events", places.join(", "), help, io)?;
        return Ok(1);
    }
    let mut unreadable = 0;
    for candidate in candidates {
        if is_stdin(&candidate.path) {
            let mut bytes = Vec::new();
            // The stream is lent to the reports as well, so it is read first, up to a bound.
            let limit = crate::trail::MAX_UNPACKED_BYTES;
            if let Err(error) = io.stdin().take(limit).read_to_end(&mut bytes) {
                unreadable += 1;
                io.error(&load::LoadError::new(STDIN, &error))?;
                continue;
            }
            unreadable += events_of(STDIN, bytes.as_slice(), io, &mut each)?;
        } else {
            match load::open(&candidate.path) {
                Ok(file) => {
                    let name = display_name(&candidate.path);
                    unreadable += events_of(&name, BufReader::new(file), io, &mut each)?;
                }
                Err(error) => {
                    unreadable += 1;
                    io.error(&error)?;
                }
            }
        }
    }
    Ok(unreadable)
}

fn events_of(
    name: &str,
    input: impl Read,
    io: &mut Io<'_>,
    each: &mut impl FnMut(&str, u64, &Event<'_>, &Interpretation, &mut Io<'_>) -> Result<(), Unwritable>,
) -> Result<u64, Unwritable> {
    let mut reader = EventReader::new(input);
    let mut unreadable = 0;
    while let Some(raw) = reader.next_event() {
        match raw {
            Ok(raw) => match Event::parse(raw.json) {
                Ok(event) => each(name, raw.place.line, &event, &interpret(&event), io)?,
                Err(error) => {
                    unreadable += 1;
                    io.error(&InFile {
                        name: format!("{name}:{}", raw.place.line),
                        error,
                    })?;
                }
            },
            Err(error) => {
                unreadable += 1;
                io.error(&InFile {
                    name: name.to_owned(),
                    error,
                })?;
            }
        }
    }
    Ok(unreadable)
}
