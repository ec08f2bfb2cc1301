//! Texts of several lines: policies and diffs.

use super::{
    markup::{Escaped, element},
    wording::counted,
};
use std::cell::Cell;

/// How much of texts a part of the page still has room for.
#[derive(Debug)]
pub(super) struct Room {
    bytes: Cell<usize>,
    lines: Cell<usize>,
}

impl Room {
    /// Room for so many bytes and lines.
    pub(super) fn of(bytes: usize, lines: usize) -> Self {
        Self {
            bytes: Cell::new(bytes),
            lines: Cell::new(lines),
        }
    }

    /// Takes room for a text, if there is enough for all of it.
    pub(super) fn take(&self, text: &str) -> bool {
        let lines = text.lines().count();
        let left = (
            self.bytes.get().checked_sub(text.len()),
            self.lines.get().checked_sub(lines),
        );
        let (Some(bytes), Some(lines)) = left else {
            return false;
        };
        self.bytes.set(bytes);
        self.lines.set(lines);
        true
    }
}

/// What stands in place of a text that there is no room for.
pub(super) fn too_long(text: &str) -> Escaped {
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
    element("p")
        .class("left-out")
        .with(format!(
            "this text of {} is left out here; ",
            counted(length, "byte", "bytes")
        ))
        .with(element("code").with("--format json"))
        .with(" has it")
        .into()
}

/// A unified diff.
pub(super) fn diff(diff: &str, room: &Room) -> Escaped {
    if !room.take(diff) {
        return too_long(diff);
    }
    let lines = diff.lines().enumerate().map(|(place, line)| {
        let class = match line.as_bytes().first() {
            // The names of the two files.
            _ if place < 2 => "line hunk",
            Some(b'+') => "line added",
            Some(b'-') => "line removed",
            Some(b'@') => "line hunk",
            _ => "line",
        };
        let shown = Escaped::line(line).and(Escaped::line_break());
        element("span").class(class).with(shown)
    });
    let lines: Escaped = lines.collect();
    element("pre").class("text diff").with(lines).into()
}

/// A text without anything that links to it.
pub(super) fn plain(text: &str, room: &Room) -> Escaped {
    if !room.take(text) {
        return too_long(text);
    }
    let lines = text.lines().enumerate().map(|(place, line)| {
        let shown = Escaped::line(line).and(Escaped::line_break());
        element("span")
            .class("line")
            .attribute("data-line", &(place + 1).to_string())
            .with(shown)
    });
    let lines: Escaped = lines.collect();
    element("pre").class("text numbered").with(lines).into()
}
