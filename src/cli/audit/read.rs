//! A trail to a summary: files are read on several threads, each with a summary of its own.

use super::{
    TrailArguments,
    interrupt::Interrupt,
    progress::{Progress, Read},
};
use crate::{
    account::Holdings,
    audit::{Limits, Mapper, Problem, Record, Summary, watch::Alarm},
    cli::{
        discover::{Candidate, Named, Wanted, files},
        input::{STDIN, is_stdin},
        io::Io,
    },
    source::load::{self, display_name},
    trail::{EventReader, OtherKind, Place, ReadError},
};
use std::{
    io,
    num::NonZeroUsize,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

/// How often progress is shown.
const TICK: Duration = Duration::from_millis(100);

/// How many events are read between two looks at whether to stop.
const EVENTS_BETWEEN_LOOKS: u64 = 512;

/// Reads a trail. `None` where there is nothing to read, which is reported.
pub(in crate::cli) fn read(
    arguments: &TrailArguments,
    holdings: &Holdings,
    alarms: &[Alarm],
    limits: Limits,
    io: &mut Io<'_>,
) -> Option<Summary> {
    let failures = io.errors();
    let candidates = files(&arguments.paths, Wanted::Events, io);
    if candidates.is_empty() {
        return None;
    }
    let filter = arguments.filter();
    let captures = |record: &Record| alarms.iter().any(|alarm| alarm.counts(record));
    let mapper = || Mapper::new(holdings, &filter, &captures, limits);
    let interrupt = Interrupt::listen();
    let reading = Reading {
        candidates: &candidates,
        next: AtomicUsize::new(0),
        read: Read::default(),
        interrupt: &interrupt,
    };
    let available = thread::available_parallelism().ok();
    let threads = arguments.threads.or(available).map_or(1, NonZeroUsize::get);
    let mut summary = read_on_threads(&reading, threads, &mapper, io);
    if candidates.iter().any(|each| is_stdin(&each.path)) {
        let mut own = mapper();
        reading.input(STDIN, io.take_stdin(), &mut own);
        summary.merge(own.finish());
    }
    let left = reading.left();
    if interrupt.is_set() && left > 0 {
        let problem = Problem {
            file: String::new(),
            offset: None,
            line: None,
            message: format!(
                "interrupted: {left} of {} files were not read",
                candidates.len()
            ),
        };
        summary.inputs_mut().add_problem(problem, limits.problems);
    }
    // What was wrong with folders is reported already, and the report is to say so as well.
    let unreadable = io.errors() - failures;
    if unreadable > 0 {
        let problem = Problem {
            file: String::new(),
            offset: None,
            line: None,
            message: format!("{unreadable} folders or entries of folders could not be read"),
        };
        summary.inputs_mut().add_problem(problem, limits.problems);
    }
    Some(summary)
}

fn read_on_threads<'m>(
    reading: &Reading<'_>,
    threads: usize,
    mapper: &(dyn Fn() -> Mapper<'m> + Sync),
    io: &mut Io<'_>,
) -> Summary {
    let threads = threads.min(reading.candidates.len()).max(1);
    let mut progress = Progress::start(reading.candidates, io);
    thread::scope(|scope| {
        let (done, results) = mpsc::channel();
        for _ in 0..threads {
            let done = done.clone();
            scope.spawn(move || {
                let mut own = mapper();
                reading.files(&mut own);
                // The other end waits for all.
                drop(done.send(own.finish()));
            });
        }
        drop(done);
        let mut summary: Option<Summary> = None;
        loop {
            match results.recv_timeout(TICK) {
                Ok(own) => match &mut summary {
                    Some(summary) => summary.merge(own),
                    None => summary = Some(own),
                },
                Err(mpsc::RecvTimeoutError::Timeout) => progress.show(&reading.read),
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
        }
        progress.end();
        summary.unwrap_or_else(|| mapper().finish())
    })
}

/// Files that several threads read.
struct Reading<'r> {
    candidates: &'r [Candidate],
    next: AtomicUsize,
    read: Read,
    interrupt: &'r Interrupt,
}

impl Reading<'_> {
    /// How many files nobody has begun with.
    fn left(&self) -> usize {
        let next = self.next.load(Ordering::Relaxed);
        self.candidates.len().saturating_sub(next)
    }

    /// Reads files until there are none left.
    fn files(&self, mapper: &mut Mapper<'_>) {
        while !self.interrupt.is_set() {
            let next = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(candidate) = self.candidates.get(next) else {
                return;
            };
            if !is_stdin(&candidate.path) {
                self.file(candidate, mapper);
            }
            self.read.end_file();
        }
    }

    fn file(&self, candidate: &Candidate, mapper: &mut Mapper<'_>) {
        let name = display_name(&candidate.path);
        match load::open(&candidate.path) {
            Ok(file) => {
                let file = self.read.counted(file);
                let other = self.input(&name, file, mapper);
                // In a folder it may well be; that one names is meant.
                if let Some(kind) = other.filter(|_| candidate.named == Named::Explicitly) {
                    let message = format!("there are no events in it: it is {}", kind.what());
                    mapper.problem(problem(&name, None, &message));
                }
            }
            Err(error) => {
                mapper.start_file();
                mapper.problem(Problem {
                    file: name,
                    offset: None,
                    line: None,
                    message: error.to_string(),
                });
            }
        }
    }

    /// Reads an input; what it is where there is no event in it, and it is sound.
    fn input(
        &self,
        name: &str,
        input: impl io::Read,
        mapper: &mut Mapper<'_>,
    ) -> Option<OtherKind> {
        mapper.start_file();
        let mut other = None;
        let mut reader = EventReader::new(input);
        let mut events = 0;
        while let Some(next) = reader.next_event() {
            let (place, added) = match next {
                Ok(raw) => (raw.place, mapper.add(&raw, name)),
                Err(error) => {
                    other = other.or(error.other_kind());
                    note(name, &error, mapper);
                    continue;
                }
            };
            if let Err(error) = added {
                mapper.malformed(problem(name, Some(place), &error.to_string()));
                // Too many events in a row that are none end the reading.
                reader.reject();
                continue;
            }
            events += 1;
            if events % EVENTS_BETWEEN_LOOKS == 0 {
                self.read.add_events(EVENTS_BETWEEN_LOOKS);
                if self.interrupt.is_set() {
                    mapper.problem(problem(name, Some(place), INTERRUPTED));
                    return None;
                }
            }
        }
        self.read.add_events(events % EVENTS_BETWEEN_LOOKS);
        other.filter(|_| events == 0)
    }
}

/// What is said of a file that was being read when the process was interrupted.
const INTERRUPTED: &str = "interrupted: what comes after this was not read";

fn note(name: &str, error: &ReadError, mapper: &mut Mapper<'_>) {
    match error.other_kind() {
        Some(kind) => mapper.pass_over(kind.what(), name),
        None if error.is_of_one_record() => {
            mapper.malformed(problem(name, error.place(), &error.to_string()));
        }
        None => {
            let message = format!("{error}; what comes after it was not read");
            mapper.problem(problem(name, error.place(), &message));
        }
    }
}

fn problem(name: &str, place: Option<Place>, message: &str) -> Problem {
    Problem {
        file: name.to_owned(),
        offset: place.map(|place| place.offset),
        line: place.map(|place| place.line),
        message: message.to_owned(),
    }
}
