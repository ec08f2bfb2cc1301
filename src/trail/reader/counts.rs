//! What became of the records of an input.

use super::ReadError;

/// What became of the records of an input so far. Nothing else was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReadStats {
    /// Events that were delivered and not rejected.
    pub events: u64,
    /// Errors that were returned, and events that were rejected.
    pub errors: u64,
    /// Sound records of another kind that were passed over.
    pub of_other_kinds: u64,
    /// Bytes that were read, unpacked.
    pub bytes: u64,
}

/// What is counted while an input is read.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) events: u64,
    errors: u64,
    of_other_kinds: u64,
    pub(super) errors_in_a_row: u32,
    /// How many there were before the last event.
    errors_before: u32,
}

impl Counts {
    /// Counts an event, and gives its index.
    pub(super) fn event(&mut self) -> u64 {
        self.events += 1;
        self.errors_before = self.errors_in_a_row;
        self.errors_in_a_row = 0;
        self.events - 1
    }

    pub(super) fn error(&mut self, error: ReadError) -> ReadError {
        if error.is_other_kind() {
            self.of_other_kinds += 1;
        } else {
            self.errors += 1;
        }
        if !error.is_beside_events() {
            self.errors_in_a_row += 1;
        }
        error
    }

    /// Takes the last event back: it counts as an error.
    pub(super) fn reject(&mut self) {
        self.events -= 1;
        self.errors += 1;
        self.errors_in_a_row = self.errors_before + 1;
    }

    pub(super) fn stats(&self, bytes: u64) -> ReadStats {
        ReadStats {
            events: self.events,
            errors: self.errors,
            of_other_kinds: self.of_other_kinds,
            bytes,
        }
    }
}
