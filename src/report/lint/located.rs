//! What the formats for services share: a finding with its file, its path and place there, and
//! what tells it from others.

use super::{FileFindings, RULES_PAGE};
use crate::source::{Finding, Range, RuleId, Span, escape::printable};
use sha2::{Digest as _, Sha256};
use std::{cmp::Reverse, collections::BTreeMap};

/// A finding with its file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Located<'a> {
    pub(super) file: &'a FileFindings,
    pub(super) finding: &'a Finding,
    /// How many findings of the same rule about the same text come before it in its file.
    ordinal: usize,
}

/// All findings, in the order of the files.
pub(super) fn located(files: &[FileFindings]) -> Vec<Located<'_>> {
    let mut equals: BTreeMap<(&str, RuleId, &str), usize> = BTreeMap::new();
    let mut all = Vec::new();
    for file in files {
        for finding in &file.findings {
            let text = file.source.slice(finding.span);
            let before = equals.entry((file.service_path(), finding.rule, text));
            let before = before.or_default();
            all.push(Located {
                file,
                finding,
                ordinal: *before,
            });
            *before += 1;
        }
    }
    all
}

/// All findings, the most severe first.
pub(super) fn most_severe_first(files: &[FileFindings]) -> Vec<Located<'_>> {
    let mut all = located(files);
    all.sort_by_key(|located| Reverse(located.finding.severity));
    all
}

impl Located<'_> {
    /// What tells the finding from all others of a run, and stays the same where lines move.
    pub(super) fn fingerprint(&self) -> String {
        fingerprint(self.file, self.finding, self.ordinal)
    }

    /// The place of the finding.
    pub(super) fn range(&self) -> Range {
        self.file.range(self.finding.span)
    }

    /// What is wrong and what to do about it, each on lines of its own, as it may be shown.
    pub(super) fn text(&self) -> String {
        let mut text = printable(&self.finding.message).into_owned();
        if let Some(help) = self.help() {
            text += &format!("\nhelp: {help}");
        }
        text
    }

    /// What to do about it, as it may be shown; it may have several lines.
    pub(super) fn help(&self) -> Option<String> {
        let lines = self.finding.help.as_ref()?.split('\n').map(printable);
        Some(lines.collect::<Vec<_>>().join("\n"))
    }
}

impl FileFindings {
    /// The path as services want it, without a `./` that says nothing.
    pub(super) fn service_path(&self) -> &str {
        self.repository_path.trim_start_matches("./")
    }

    /// The lines and columns of a span, on lines that the file has: services show nothing at a line
    /// after the last, where text that was cut off is missed.
    pub(super) fn range(&self, span: Span) -> Range {
        let text = self.source.text();
        let line_break = |text: &str| {
            let line = text.strip_suffix('\n');
            line.map(|line| line.strip_suffix('\r').unwrap_or(line).len())
        };
        let last = line_break(text).unwrap_or(text.len());
        let start = span.start.min(last);
        let mut end = span.end.min(last).max(start);
        // A span that ends with a line break ends on its line, not on the next.
        while let Some(shorter) = line_break(self.source.slice(Span::new(start, end))) {
            end = start + shorter;
        }
        self.source.range(Span::new(start, end))
    }
}

/// What tells a finding from all others: its file, its rule, the text that it underlines, and its
/// number among those that are equal in that.
fn fingerprint(file: &FileFindings, finding: &Finding, ordinal: usize) -> String {
    let mut hash = Sha256::new();
    let ordinal = ordinal.to_string();
    let text = file.source.slice(finding.span);
    for part in [file.service_path(), finding.rule.as_str(), text, &ordinal] {
        // With their lengths, as no character could part them.
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    let mut text = String::new();
    for byte in hash.finalize().iter().take(16) {
        text += &format!("{byte:02x}");
    }
    text
}

/// Where the manual of a rule is.
pub(super) fn rule_page(rule: &str) -> String {
    format!("{RULES_PAGE}#{rule}")
}

/// The text, or as much of it as may stand there, with a mark where it was cut.
pub(super) fn cut(text: &str, most_characters: usize) -> String {
    match text.char_indices().nth(most_characters) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{cut, located};
    use crate::{
        report::lint::testing::{file, finding},
        source::Span,
    };

    #[test]
    fn places_are_on_lines_that_the_file_has() {
        let places = |text: &str, start, end| {
            let range = file("x", text, &[]).range(Span::new(start, end));
            let of = |place: crate::source::Position| (place.line, place.column);
            (of(range.start), of(range.end))
        };
        assert_eq!(places("{\n  é\n}", 4, 6), ((2, 3), (2, 4)));
        // The end of the file, with and without a line break before it.
        assert_eq!(places("ab\r\n", 4, 4), ((1, 3), (1, 3)));
        assert_eq!(places("ab", 1, 99), ((1, 2), (1, 3)));
        assert_eq!(places("", 0, 0), ((1, 1), (1, 1)));
        // The line after the span is not underlined.
        assert_eq!(places("ab\r\n\ncd\n", 0, 5), ((1, 1), (1, 3)));
        assert_eq!(places("ab\ncd\n", 0, 4), ((1, 1), (2, 2)));
    }

    #[test]
    fn fingerprints_tell_equal_findings_apart_and_know_no_lines() {
        let prints = |files: &[_]| -> Vec<_> {
            let all = located(files);
            all.iter().map(super::Located::fingerprint).collect()
        };
        let findings = [finding(0, 2), finding(3, 5)];
        let before = prints(&[file("a.json", "xy xy", &findings)]);
        assert_ne!(before[0], before[1]);
        assert_eq!(before[0].len(), 32);
        let moved = [finding(2, 4), finding(5, 7)];
        assert_eq!(prints(&[file("./a.json", "\n\nxy\nxy", &moved)]), before);
        assert_ne!(prints(&[file("b.json", "xy xy", &findings)]), before);
        // The same file twice is still no finding twice.
        let twice = ["a.json", "./a.json"].map(|path| file(path, "xy xy", &findings));
        let mut all = prints(&twice);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 4);
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(cut("éé", 2), "éé");
        assert_eq!(cut("ééé", 2), "éé…");
    }
}
