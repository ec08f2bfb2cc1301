//! `iamsim events`, and reading events for every command.

use super::{
    args::EventsArguments,
    discover::{Named, Wanted, files},
    input::{InFile, STDIN, StdinTwice, is_stdin, reads_stdin_once},
    io::{Exit, Io, Outcome, Unwritable},
};
use crate::{
    report::{
        Format,
        events::{EventSummary, LocatedEvent, json_end, json_start, render},
    },
    source::load::{self, display_name},
    trail::{Event, EventReader, Interpretation, OtherKind, ReadError, interpret},
};
use std::{
    collections::BTreeMap,
    io::{BufReader, Read},
    path::PathBuf,
};

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
            events_of(STDIN, stdin, candidate.named, io, &mut each)?;
            continue;
        }
        match load::open(&candidate.path) {
            Ok(file) => {
                let name = display_name(&candidate.path);
                events_of(&name, BufReader::new(file), candidate.named, io, &mut each)?;
            }
            Err(error) => io.error(&error),
        }
    }
    Ok(())
}

fn events_of(
    name: &str,
    input: impl Read,
    named: Named,
    io: &mut Io<'_>,
    each: &mut impl FnMut(&str, u64, &Event<'_>, &Interpretation, &mut Io<'_>) -> Result<(), Unwritable>,
) -> Result<(), Unwritable> {
    let mut reader = EventReader::new(input);
    let mut passed_over = PassedOver::default();
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
            Err(error) => {
                if let Some(error) = passed_over.take(error) {
                    io.error(&InFile {
                        name: name.to_owned(),
                        error,
                    });
                }
            }
        }
    }
    let is_meant = named == Named::Explicitly && reader.events() == 0;
    passed_over.report(name, is_meant, io);
    Ok(())
}

/// What was found in a file beside events: how often, and the first of each kind.
#[derive(Default)]
struct PassedOver(BTreeMap<OtherKind, (u64, ReadError)>);

impl PassedOver {
    /// Takes a record of another kind; an error that is none is given back.
    fn take(&mut self, error: ReadError) -> Option<ReadError> {
        let Some(kind) = error.other_kind() else {
            return Some(error);
        };
        self.0.entry(kind).or_insert((0, error)).0 += 1;
        None
    }

    /// Says once what there was of each kind: as an error where a file without an event was meant.
    fn report(self, name: &str, is_meant: bool, io: &mut Io<'_>) {
        for (kind, (number, error)) in self.0 {
            if is_meant && kind != OtherKind::Digest {
                let name = name.to_owned();
                io.error(&InFile { name, error });
                continue;
            }
            let others = match number {
                1 => String::new(),
                _ => format!(", the first of {number}"),
            };
            io.remark(&format!("{name}: passed over: {error}{others}"));
        }
    }
}
