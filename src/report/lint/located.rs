//! What the formats for services share: a finding with its file, its path and place there, and
//! what tells it from others.

use super::{FileFindings, RULES_PAGE};
use crate::{
    lint::{Fingerprint, fingerprints},
    source::{Finding, Range, Span, escape::printable},
};
use rayon::prelude::*;
use std::cmp::Reverse;

/// A finding with its file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Located<'a> {
    pub(super) file: &'a FileFindings,
    pub(super) finding: &'a Finding,
    /// The number of its file, and its own number in that.
    place: (usize, usize),
}

/// All findings, in the order of the files.
pub(super) fn located(files: &[FileFindings]) -> Vec<Located<'_>> {
    let files = files.iter().enumerate();
    let all = files.flat_map(|(number, file)| {
        let findings = file.findings.iter().enumerate();
        findings.map(move |(own, finding)| Located {
            file,
            finding,
            place: (number, own),
        })
    });
    all.collect()
}

/// What tells each finding from all others of a run, and stays the same where lines move.
#[derive(Debug)]
pub(super) struct Fingerprints(Vec<Vec<String>>);

impl Fingerprints {
    /// Those of the findings of all files.
    pub(super) fn of(files: &[FileFindings]) -> Self {
        let of_file = |file: &FileFindings| {
            let identities = fingerprints(&file.source, &file.findings);
            let path = file.service_path();
            let print = |identity: &crate::lint::Identity| with_path(path, &identity.fingerprint);
            identities.iter().map(print).collect()
        };
        Self(files.par_iter().map(of_file).collect())
    }

    /// That of a finding.
    pub(super) fn get(&self, located: &Located<'_>) -> &str {
        let (file, own) = located.place;
        let print = self.0.get(file).and_then(|prints| prints.get(own));
        print.map_or("", String::as_str)
    }
}

/// The fingerprint of a finding in the file of that path.
fn with_path(path: &str, fingerprint: &Fingerprint) -> String {
    let own = fingerprint.to_string();
    Fingerprint::of(&[own.as_bytes(), path.as_bytes()]).to_string()
}

/// All findings, the most severe first.
pub(super) fn most_severe_first(files: &[FileFindings]) -> Vec<Located<'_>> {
    let mut all = located(files);
    all.sort_by_key(|located| Reverse(located.finding.severity));
    all
}

impl Located<'_> {
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

/// Where the manual of a rule is.
pub(super) fn rule_page(rule: &str) -> String {
    format!("{RULES_PAGE}#{rule}")
}

#[cfg(test)]
mod tests {
    use super::{Fingerprints, located};
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
            let prints = Fingerprints::of(files);
            let all = located(files);
            all.iter().map(|each| prints.get(each).to_owned()).collect()
        };
        let findings = [finding(0, 2), finding(3, 5)];
        let before = prints(&[file("a.json", "xy xy", &findings)]);
        assert_ne!(before[0], before[1]);
        assert_eq!(before[0].len(), 32);
        let moved = [finding(2, 4), finding(5, 7)];
        assert_eq!(prints(&[file("./a.json", "\n\nxy\nxy", &moved)]), before);
        assert_ne!(prints(&[file("b.json", "xy xy", &findings)]), before);
    }
}
