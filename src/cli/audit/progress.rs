//! How far the reading is, on a terminal.

use crate::cli::{discover::Candidate, io::Io};
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    io,
    sync::atomic::{AtomicU64, Ordering},
};

/// What was read so far, counted by all threads.
#[derive(Debug, Default)]
pub(super) struct Read {
    bytes: AtomicU64,
    events: AtomicU64,
    files: AtomicU64,
}

impl Read {
    pub(super) fn add_events(&self, events: u64) {
        self.events.fetch_add(events, Ordering::Relaxed);
    }

    pub(super) fn end_file(&self) {
        self.files.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts what is read of an input.
    pub(super) fn counted<R: io::Read>(&self, input: R) -> Counted<'_, R> {
        Counted { input, read: self }
    }
}

/// An input whose bytes are counted.
#[derive(Debug)]
pub(super) struct Counted<'r, R> {
    input: R,
    read: &'r Read,
}

impl<R: io::Read> io::Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(buffer)?;
        let bytes = u64::try_from(length).unwrap_or_default();
        self.read.bytes.fetch_add(bytes, Ordering::Relaxed);
        Ok(length)
    }
}

/// A bar on standard error, where that is a terminal.
#[derive(Debug)]
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    files: u64,
}

impl Progress {
    /// Starts with the sizes of the files.
    pub(super) fn start(candidates: &[Candidate], io: &Io<'_>) -> Self {
        let files = u64::try_from(candidates.len()).unwrap_or_default();
        if !io.shows_progress() {
            return Self { bar: None, files };
        }
        let sizes = candidates
            .iter()
            .filter_map(|each| each.path.metadata().ok());
        let bytes = sizes.map(|file| file.len()).sum();
        // Drawn by the thread that shows it alone, as that one holds standard error.
        let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{wide_bar} {percent}%  {msg}  {eta} left");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        Self {
            bar: Some(bar),
            files,
        }
    }

    /// Shows how far it is.
    pub(super) fn show(&mut self, read: &Read) {
        let Some(bar) = &self.bar else {
            return;
        };
        let events = read.events.load(Ordering::Relaxed);
        let bytes = read.bytes.load(Ordering::Relaxed);
        let seconds = bar.elapsed().as_secs().max(1);
        bar.set_message(format!(
            "{} of {} files, {}, {} events/s",
            HumanCount(read.files.load(Ordering::Relaxed)),
            HumanCount(self.files),
            HumanBytes(bytes),
            HumanCount(events / seconds),
        ));
        bar.set_position(bytes);
    }

    /// Takes the bar away.
    pub(super) fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}
