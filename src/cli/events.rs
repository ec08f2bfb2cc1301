//! `iamsim events`, and reading events for every command.

use super::{
    args::EventsArguments,
    discover::{Wanted, files},
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
    if !reads_stdin_once(&[&arguments.paths]) {
        io.misuse(&StdinTwice);
        return Ok(Exit::Failed);
    }
    let format = arguments.format.get();
    let mut summary = EventSummary::default();
    let mut list = List::start(format, io)?;
    for_each_event(&arguments.paths, io, |path, line, _, event, io| {
        summary.add(event);
        list.item(&render(format, &LocatedEvent { path, line, event }), io)
    })?;
    summary.unreadable = io.errors() as u64;
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
                    io.remark(line);
                }
                Ok(())
            }
        }
    }
}

/// Calls `each` with every event of some inputs: the name of the input, the line, the event as it
/// was recorded, and what it stands for. What cannot be read is reported.
pub(super) fn for_each_event(
    paths: &[PathBuf],
    io: &mut Io<'_>,
    mut each: impl FnMut(&str, u64, &Event<'_>, &Interpretation, &mut Io<'_>) -> Result<(), Unwritable>,
) -> Result<(), Unwritable> {
    for candidate in files(paths, Wanted::Events, io) {
        if is_stdin(&candidate.path) {
            let stdin = io.take_stdin();
            events_of(STDIN, stdin, io, &mut each)?;
            continue;
        }
        match load::open(&candidate.path) {
            Ok(file) => {
                let name = display_name(&candidate.path);
                events_of(&name, BufReader::new(file), io, &mut each)?;
            }
            Err(error) => io.error(&error),
        }
    }
    Ok(())
}

fn events_of(
    name: &str,
    input: impl Read,
    io: &mut Io<'_>,
    each: &mut impl FnMut(&str, u64, &Event<'_>, &Interpretation, &mut Io<'_>) -> Result<(), Unwritable>,
) -> Result<(), Unwritable> {
    let mut reader = EventReader::new(input);
    while let Some(raw) = reader.next_event() {
        match raw {
            Ok(raw) => match Event::parse(raw.json) {
                Ok(event) => each(name, raw.place.line, &event, &interpret(&event), io)?,
                Err(error) => {
                    io.error(&InFile {
                        name: format!("{name}:{}", raw.place.line),
                        error,
                    });
                    reader.reject();
                }
            },
            Err(error) => io.error(&InFile {
                name: name.to_owned(),
                error,
            }),
        }
    }
    Ok(())
}
