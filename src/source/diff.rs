//! What changes in a text, as the lines of a unified diff.

use super::escape::printable;
use similar::{ChangeTag, DiffOp, TextDiff};
use std::{fmt::Write as _, ops::Range, time::Duration};

/// How many lines that stay are shown before and after those that change.
const CONTEXT: usize = 3;

/// How long the shortest diff is sought. One that is not the shortest is right as well.
const PATIENCE: Duration = Duration::from_secs(1);

/// A line of a diff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffLine {
    /// What kind of line it is.
    pub kind: DiffLineKind,
    /// The line with its mark, ready for a terminal.
    pub content: String,
    /// The line break after it.
    pub end: &'static str,
}

/// The kinds of lines in a diff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiffLineKind {
    /// The name of one side.
    File,
    /// Where the lines that follow stand.
    Hunk,
    /// It stays.
    Same,
    /// It is taken away.
    Removed,
    /// It is new.
    Added,
    /// A word about the line before it.
    Note,
}

/// The diff of a file, with its path from the root of the repository; nothing where nothing changes.
///
/// `git apply` takes it. Where characters that must not reach a terminal stand in the lines that are shown,
/// they are escaped, and the diff is one to read only.
pub fn diff_lines(path: &str, before: &str, after: &str) -> Vec<DiffLine> {
    let (old, new): (Vec<_>, Vec<_>) = (lines(before), lines(after));
    let diff = TextDiff::configure()
        .timeout(PATIENCE)
        .diff_slices(&old, &new);
    let mut found = Vec::new();
    let mut push = |kind, content, end| found.push(DiffLine { kind, content, end });
    for (number, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if number == 0 {
            push(DiffLineKind::File, header("---", "a", path), "\n");
            push(DiffLineKind::File, header("+++", "b", path), "\n");
        }
        push(DiffLineKind::Hunk, hunk_header(group), "\n");
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let (mark, kind) = match change.tag() {
                ChangeTag::Equal => (' ', DiffLineKind::Same),
                ChangeTag::Delete => ('-', DiffLineKind::Removed),
                ChangeTag::Insert => ('+', DiffLineKind::Added),
            };
            let (content, end) = content_and_end(change.value());
            push(kind, format!("{mark}{}", shown(content)), end);
            if end.is_empty() {
                push(DiffLineKind::Note, String::new(), "\n");
                let note = "\\ No newline at end of file".to_owned();
                push(DiffLineKind::Note, note, "\n");
            }
        }
    }
    found
}

/// The same as one text.
pub fn unified_diff(path: &str, before: &str, after: &str) -> String {
    let lines = diff_lines(path, before, after).into_iter();
    lines.map(|line| line.content + line.end).collect()
}

/// The lines of a diff that was made, for showing it again.
pub fn lines_of_diff(diff: &str) -> Vec<DiffLine> {
    let mut inside = false;
    let line = |line| {
        let (content, end) = content_and_end(line);
        inside |= content.starts_with("@@");
        let kind = match content.bytes().next() {
            _ if !inside => DiffLineKind::File,
            Some(b'@') => DiffLineKind::Hunk,
            Some(b'-') => DiffLineKind::Removed,
            Some(b'+') => DiffLineKind::Added,
            Some(b'\\') => DiffLineKind::Note,
            _ => DiffLineKind::Same,
        };
        DiffLine {
            kind,
            content: shown(content),
            end,
        }
    };
    lines(diff).into_iter().map(line).collect()
}

/// The lines, each with its line break. Only a line feed ends one, as for git.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// A line and the line break behind it.
fn content_and_end(line: &str) -> (&str, &'static str) {
    for end in ["\r\n", "\n"] {
        if let Some(content) = line.strip_suffix(end) {
            return (content, end);
        }
    }
    (line, "")
}

/// A line as it may be shown on a terminal. Tabs stay.
fn shown(content: &str) -> String {
    let parts: Vec<_> = content.split('\t').map(printable).collect();
    parts.join("\t")
}

fn header(mark: &str, side: &str, path: &str) -> String {
    let path = printable(path.trim_start_matches('/'));
    // A tab ends a name with spaces in it, as git writes it.
    let end = if path.contains(' ') { "\t" } else { "" };
    format!("{mark} {side}/{path}{end}")
}

/// `@@ -1,3 +1,4 @@`
fn hunk_header(group: &[DiffOp]) -> String {
    let mut text = "@@".to_owned();
    let (first, last) = (group.first(), group.last());
    let range = |of: fn(&DiffOp) -> Range<usize>| {
        let start = first.map_or(0, |op| of(op).start);
        let end = last.map_or(0, |op| of(op).end);
        match end.saturating_sub(start) {
            // Of no lines, the line before is named.
            0 => format!("{start},0"),
            1 => format!("{}", start + 1),
            length => format!("{},{length}", start + 1),
        }
    };
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        " -{} +{} @@",
        range(DiffOp::old_range),
        range(DiffOp::new_range)
    );
    text
}
