//! In the form of GitLab's Code Quality: one array.
//!
//! <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>

use super::{
    FileFindings,
    located::{Fingerprints, Located, located},
};
use crate::{
    report::json,
    source::{Position, Severity},
};
use serde::Serialize;

#[derive(Serialize)]
struct Violation<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    positions: Positions,
}

#[derive(Serialize)]
struct Positions {
    begin: Place,
    end: Place,
}

#[derive(Serialize)]
struct Place {
    line: usize,
    column: usize,
}

impl From<Position> for Place {
    fn from(Position { line, column, .. }: Position) -> Self {
        Self { line, column }
    }
}

pub(super) fn render(files: &[FileFindings]) -> String {
    let fingerprints = Fingerprints::of(files);
    let all = located(files);
    let violations = all
        .iter()
        .map(|each| violation(each, fingerprints.get(each)));
    json::document(&violations.collect::<Vec<_>>())
}

fn violation<'a>(located: &Located<'a>, fingerprint: &str) -> Violation<'a> {
    let range = located.range();
    Violation {
        description: located.text(),
        check_name: located.finding.rule.as_str(),
        fingerprint: fingerprint.to_owned(),
        severity: severity(located.finding.severity),
        location: Location {
            path: located.file.service_path(),
            positions: Positions {
                begin: range.start.into(),
                end: range.end.into(),
            },
        },
    }
}

/// GitLab has five; what AWS rejects blocks as much as what gives everything away.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Hint => "info",
        Severity::Low => "minor",
        Severity::Medium => "major",
        Severity::High => "critical",
        Severity::Critical | Severity::Error => "blocker",
    }
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::report::lint::testing::{file, finding, full_finding};
    use serde_json::{Value, json};

    #[test]
    fn a_finding_has_its_place_and_a_fingerprint_of_its_own() {
        let findings = [full_finding(), finding(3, 5)];
        let text = render(&[file("./iam/a.json", "0\n xy\n zz", &findings)]);
        let report: Value = serde_json::from_str(&text).unwrap();
        let first = &report[0];
        assert_eq!(
            first["description"],
            "no action `xy`\nhelp: take one of\n`a`"
        );
        assert_eq!(first["check_name"], "unknown-action");
        assert_eq!(first["severity"], "major");
        let positions = json!({"begin": {"line": 2, "column": 2}, "end": {"line": 2, "column": 4}});
        assert_eq!(
            first["location"],
            json!({"path": "iam/a.json", "positions": positions})
        );
        assert_eq!(report[1]["severity"], "blocker");
        assert_ne!(first["fingerprint"], report[1]["fingerprint"]);
    }

    #[test]
    fn no_findings_are_an_empty_array() {
        assert_eq!(render(&[file("a.json", "{}", &[])]), "[]\n");
    }
}
