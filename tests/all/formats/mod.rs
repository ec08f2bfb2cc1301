//! The formats of `iamsim lint`: each tells the same findings, is of the form that its readers want,
//! and lets no text of a policy become anything but text.

mod hostile;
mod readers;
mod schema;

use crate::support::{files_below, root};
use iamsim::{
    lint::{Options, check},
    report::{
        Colour, Painter,
        lint::{FileFindings, LintFormat, Summary, render},
    },
    source::Source,
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
    let source = Source::new(path, bytes.to_vec());
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
    checked(path, &std::fs::read(root().join(path)).unwrap())
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

/// The findings as the JSON report has them, on lines that their files have.
fn expected(files: &[FileFindings]) -> Vec<Found> {
    let mut all = read(LintFormat::Json, &rendered(LintFormat::Json, files), files);
    for found in &mut all {
        let file = files.iter().find(|file| file.source.name() == found.path);
        let text = file.unwrap().source.text();
        let lines: Vec<_> = text.lines().collect();
        if found.line > lines.len() && !lines.is_empty() {
            found.line = lines.len();
            found.column = lines[lines.len() - 1].chars().count() + 1;
        }
    }
    all.sort();
    all
}

#[test]
fn every_format_tells_the_same_findings_at_the_same_places() {
    let mut number = 0;
    for path in policies() {
        let files = [linted(&path)];
        let expected = expected(&files);
        number += expected.len();
        for (name, format) in FORMATS {
            let mut found = read(format, &rendered(format, &files), &files);
            found.sort();
            // A report for people frames the place in the file as it is, even after its last line.
            if format == LintFormat::Full
                || format == LintFormat::Concise
                || name.starts_with("json")
            {
                let rules = |all: &[Found]| -> Vec<_> {
                    let mut rules: Vec<_> = all.iter().map(|found| found.rule.clone()).collect();
                    rules.sort();
                    rules
                };
                assert_eq!(rules(&found), rules(&expected), "{name} of {path}");
                continue;
            }
            assert_eq!(found, expected, "{name} of {path}");
        }
    }
    assert!(number > 300, "only {number} findings");
}

#[test]
fn findings_of_several_files_are_told_with_their_files() {
    let files: Vec<_> = policies()
        .iter()
        .filter(|path| path.starts_with("policies/") || path.contains("/broken/"))
        .map(|path| linted(path))
        .collect();
    let expected = expected(&files);
    for (name, format) in FORMATS {
        let mut found = read(format, &rendered(format, &files), &files);
        found.sort();
        assert_eq!(found, expected, "{name}");
    }
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
