//! The formats of `iamsim lint`: each tells the same findings, is of the form that its readers want,
//! and lets no text of a policy become anything but text.

mod audit;
mod hostile;
mod readers;
mod schema;

pub(crate) use audit::{format_name as audit_format_name, report as audit_report};

use crate::support::files_below;
use iamsim::{
    lint::{Options, check},
    report::{
        Colour, Painter,
        lint::{FileFindings, LintFormat, Summary, render},
    },
    source::{Source, load},
};
use readers::{Found, read};
use std::path::Path;

/// All of them, with the names that they go by.
pub(crate) const FORMATS: [(&str, LintFormat); 11] = [
    ("full", LintFormat::Full),
    ("concise", LintFormat::Concise),
    ("json", LintFormat::Json),
    ("jsonl", LintFormat::Jsonl),
    ("github", LintFormat::Github),
    ("sarif", LintFormat::Sarif),
    ("gitlab", LintFormat::Gitlab),
    ("junit", LintFormat::Junit),
    ("checkstyle", LintFormat::Checkstyle),
    ("rdjson", LintFormat::Rdjson),
    ("markdown", LintFormat::Markdown),
];

/// What is found in some bytes.
fn checked(path: &str, bytes: &[u8]) -> FileFindings {
    findings_in(path, Source::new(path, bytes.to_vec()))
}

fn findings_in(path: &str, source: Source) -> FileFindings {
    let checked = check(&source, &Options::default());
    FileFindings {
        source,
        repository_path: path.to_owned(),
        type_of_policy: checked.type_of_policy,
        findings: checked.findings,
    }
}

/// What is found in a file of the repository.
fn linted(path: &str) -> FileFindings {
    findings_in(path, load::policy(Path::new(path)).unwrap())
}

/// A report without colours.
fn rendered(format: LintFormat, files: &[FileFindings]) -> String {
    let summary = Summary {
        policies: files.len(),
        ..Summary::default()
    };
    let summary = summary.with_findings(files);
    render(format, files, &summary, &Painter::new(Colour::Off))
}

/// A report on one file of the repository, by the name of its format.
pub(crate) fn report_on(path: &str, format: &str) -> String {
    let (_, format) = FORMATS.iter().find(|(name, _)| *name == format).unwrap();
    rendered(*format, &[linted(path)])
}

/// The policies of the repository.
fn policies() -> Vec<String> {
    let mut files = files_below("policies");
    files.extend(files_below("tests/fixtures/policies"));
    files.retain(|path| !path.contains(".test.") && Path::new(path).extension().is_some());
    files
}

/// The findings as the JSON report has them.
fn in_json(files: &[FileFindings]) -> Vec<Found> {
    read(LintFormat::Json, &rendered(LintFormat::Json, files), files)
}

/// The same, on lines that their files have: services show nothing after the last.
fn on_lines(mut all: Vec<Found>, files: &[FileFindings]) -> Vec<Found> {
    for found in &mut all {
        let file = files.iter().find(|file| file.source.name() == found.path);
        let lines: Vec<_> = file.unwrap().source.text().lines().collect();
        if let Some(last) = lines.last().filter(|_| found.line > lines.len()) {
            found.line = lines.len();
            found.column = last.chars().count() + 1;
        }
    }
    all
}

/// Expects every format to tell the findings of the JSON report, at their places.
fn tell_the_same(files: &[FileFindings]) -> usize {
    let mut all = in_json(files);
    let mut for_services = on_lines(all.clone(), files);
    all.sort();
    for_services.sort();
    for (name, format) in FORMATS {
        let report = rendered(format, files);
        if format == LintFormat::Full {
            let mut rules: Vec<_> = all.iter().map(|found| found.rule.as_str()).collect();
            let mut heads = readers::heads(&report);
            rules.sort_unstable();
            heads.sort_unstable();
            assert_eq!(heads, rules, "{name}");
            continue;
        }
        let for_people = [LintFormat::Concise, LintFormat::Json, LintFormat::Jsonl];
        let expected = if for_people.contains(&format) {
            &all
        } else {
            &for_services
        };
        let mut found = read(format, &report, files);
        found.sort();
        assert_eq!(&found, expected, "{name}");
    }
    all.len()
}

#[test]
fn every_format_tells_the_same_findings_at_the_same_places() {
    let number: usize = policies()
        .iter()
        .map(|path| tell_the_same(&[linted(path)]))
        .sum();
    assert!(number > 300, "only {number} findings");
}

#[test]
fn findings_of_several_files_are_told_with_their_files() {
    let files: Vec<_> = policies()
        .iter()
        .filter(|path| path.starts_with("policies/") || path.contains("/broken/"))
        .map(|path| linted(path))
        .collect();
    assert!(tell_the_same(&files) > 100);
}

#[test]
fn no_two_findings_have_one_fingerprint() {
    let files: Vec<_> = policies().iter().map(|path| linted(path)).collect();
    let report: serde_json::Value =
        serde_json::from_str(&rendered(LintFormat::Gitlab, &files)).unwrap();
    let prints: Vec<_> = report.as_array().unwrap().iter().collect();
    let unique: std::collections::BTreeSet<_> = prints
        .iter()
        .map(|violation| violation["fingerprint"].as_str().unwrap())
        .collect();
    assert_eq!(unique.len(), prints.len());
}

#[test]
fn the_first_line_breaks_of_a_file_change_no_fingerprint() {
    let path = "policies/messages-worker.json";
    let text = crate::support::text_of(path);
    let prints = |text: &str| -> Vec<_> {
        let report = rendered(LintFormat::Sarif, &[checked(path, text.as_bytes())]);
        let log: serde_json::Value = serde_json::from_str(&report).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap();
        results
            .iter()
            .map(|result| result["partialFingerprints"].clone())
            .collect()
    };
    let before = prints(&text);
    assert_eq!(before.len(), 2);
    assert_eq!(prints(&format!("\n\n{text}")), before);
}
