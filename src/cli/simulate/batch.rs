//! `iamsim simulate --batch`: many cases, answered in order.
//!
//! Lines go to one thread a core in chunks, and a few chunks at most are under way at a time, so memory
//! stays flat however long the input is.

use super::super::{
    input::{STDIN, is_stdin},
    io::{Exit, Io, Outcome, Unwritable},
};
use crate::{
    cases::{CaseReader, Completeness, decide_all},
    report::batch::{BatchSummary, answer, wrong_case, wrong_line},
    source::load::{self, LoadError, display_name},
};
use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Read as _},
    path::Path,
    sync::{
        Mutex,
        mpsc::{self, Receiver, SyncSender},
    },
    thread,
};

/// The longest line that is read, in bytes: policies of all layers together stay far below it.
const LONGEST_LINE: usize = 16 << 20;

/// How many bytes of lines go to a thread at once.
const CHUNK: usize = 256 << 10;

/// Lines to answer.
struct Chunk {
    place: usize,
    lines: Vec<Line>,
}

/// A line of the input.
struct Line {
    number: u64,
    text: Result<String, &'static str>,
}

/// The answers to a chunk.
struct Answers {
    place: usize,
    text: String,
    summary: BatchSummary,
}

pub(super) fn run(path: &Path, io: &mut Io<'_>) -> Outcome {
    let mut input: Box<dyn BufRead> = if is_stdin(path) {
        Box::new(BufReader::new(io.take_stdin()))
    } else {
        match load::open(path) {
            Ok(file) => Box::new(BufReader::new(file)),
            Err(error) => {
                io.error(&error);
                return Ok(Exit::Failed);
            }
        }
    };
    let name = if is_stdin(path) {
        STDIN.to_owned()
    } else {
        display_name(path)
    };
    let (summary, broken) = answer_all(&mut *input, io)?;
    if let Some(error) = broken {
        io.error(&LoadError::new(&name, &error));
    }
    io.remark(&summary.text());
    Ok(if summary.malformed > 0 {
        Exit::Failed
    } else {
        Exit::Clean
    })
}

/// Answers every line; with the error that ended the input early, if one did.
fn answer_all(
    input: &mut dyn BufRead,
    io: &mut Io<'_>,
) -> Result<(BatchSummary, Option<io::Error>), Unwritable> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let most_under_way = threads * 2;
    let (to_threads, chunks) = mpsc::sync_channel::<Chunk>(most_under_way);
    let (to_main, answers) = mpsc::sync_channel::<Answers>(most_under_way);
    let chunks = Mutex::new(chunks);
    thread::scope(|scope| {
        for _ in 0..threads {
            let to_main = to_main.clone();
            let chunks = &chunks;
            scope.spawn(move || work(chunks, &to_main));
        }
        drop(to_main);
        let result = feed(input, to_threads, &answers, most_under_way, io);
        // Threads that wait to hand in an answer nobody takes end here.
        drop(answers);
        result
    })
}

/// Answers chunks until there are no more.
fn work(chunks: &Mutex<Receiver<Chunk>>, to_main: &SyncSender<Answers>) {
    let mut reader = CaseReader::new(Completeness::WholeWithVariables);
    loop {
        let next = match chunks.lock() {
            Ok(chunks) => chunks.recv(),
            Err(_) => return,
        };
        let Ok(Chunk { place, lines }) = next else {
            return;
        };
        let mut text = String::new();
        let mut summary = BatchSummary::default();
        for line in lines {
            text += &answer_line(&mut reader, &line, &mut summary);
        }
        let answers = Answers {
            place,
            text,
            summary,
        };
        if to_main.send(answers).is_err() {
            return;
        }
    }
}

fn answer_line(reader: &mut CaseReader<'_>, line: &Line, summary: &mut BatchSummary) -> String {
    let text = match &line.text {
        Ok(text) => text,
        Err(reason) => {
            summary.malformed += 1;
            return wrong_line(line.number, reason);
        }
    };
    match reader.case(text) {
        Ok(case) => {
            let decided = decide_all(&case.requests);
            answer(&case, &decided, summary)
        }
        Err(error) => {
            summary.malformed += 1;
            wrong_case(id_of(text), line.number, &error)
        }
    }
}

/// The id of a case that cannot be used otherwise.
fn id_of(text: &str) -> Option<serde_json::Value> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    value.get("id").cloned()
}

/// Reads lines, hands them out, and writes the answers in order.
fn feed(
    input: &mut dyn BufRead,
    to_threads: SyncSender<Chunk>,
    answers: &Receiver<Answers>,
    most_under_way: usize,
    io: &mut Io<'_>,
) -> Result<(BatchSummary, Option<io::Error>), Unwritable> {
    let mut lines = Lines {
        input,
        number: 0,
        broken: None,
    };
    let mut summary = BatchSummary::default();
    let mut waiting: BTreeMap<usize, Answers> = BTreeMap::new();
    let (mut sent, mut written) = (0, 0);
    let mut to_threads = Some(to_threads);
    loop {
        while sent - written < most_under_way
            && let Some(sender) = &to_threads
        {
            match lines.chunk() {
                Some(lines) => {
                    // The threads end only once the sender is gone.
                    drop(sender.send(Chunk { place: sent, lines }));
                    sent += 1;
                }
                None => to_threads = None,
            }
        }
        if sent == written {
            return Ok((summary, lines.broken));
        }
        let Ok(answers) = answers.recv() else {
            let error = io::Error::other("a thread ended before its work was done");
            return Ok((summary, Some(error)));
        };
        waiting.insert(answers.place, answers);
        while let Some(next) = waiting.remove(&written) {
            io.write(&next.text)?;
            summary.add(&next.summary);
            written += 1;
        }
    }
}

/// The lines of an input, none longer than [`LONGEST_LINE`].
struct Lines<'i> {
    input: &'i mut dyn BufRead,
    number: u64,
    broken: Option<io::Error>,
}

impl Lines<'_> {
    /// The next lines; `None` at the end.
    fn chunk(&mut self) -> Option<Vec<Line>> {
        let mut lines = Vec::new();
        let mut size = 0;
        while size < CHUNK
            && let Some(line) = self.line()
        {
            size += line.text.as_ref().map_or(0, String::len) + 1;
            // Blank lines are no cases.
            if line
                .text
                .as_ref()
                .map_or(true, |text| !text.trim().is_empty())
            {
                lines.push(line);
            }
        }
        (!lines.is_empty()).then_some(lines)
    }

    fn line(&mut self) -> Option<Line> {
        if self.broken.is_some() {
            return None;
        }
        let mut bytes = Vec::new();
        let limit = LONGEST_LINE as u64 + 1;
        match (&mut *self.input).take(limit).read_until(b'\n', &mut bytes) {
            Ok(0) => return None,
            Ok(_) => {}
            Err(error) => {
                self.broken = Some(error);
                return None;
            }
        }
        self.number += 1;
        let is_too_long = bytes.len() > LONGEST_LINE && bytes.last() != Some(&b'\n');
        let text = if is_too_long {
            self.skip_line();
            Err("the line is longer than 16 MiB")
        } else {
            String::from_utf8(bytes).map_err(|_| "the line is not UTF-8")
        };
        Some(Line {
            number: self.number,
            text,
        })
    }

    /// Passes over the rest of a line.
    fn skip_line(&mut self) {
        loop {
            let (used, ended) = match self.input.fill_buf() {
                Ok([]) => return,
                Ok(buffer) => match buffer.iter().position(|byte| *byte == b'\n') {
                    Some(end) => (end + 1, true),
                    None => (buffer.len(), false),
                },
                Err(error) => {
                    self.broken = Some(error);
                    return;
                }
            };
            self.input.consume(used);
            if ended {
                return;
            }
        }
    }
}
