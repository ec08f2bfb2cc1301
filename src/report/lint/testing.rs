//! Files and findings for the tests of the renderers.

use super::{FileFindings, Summary};
use crate::{
    lint::RULES,
    source::{Edit, Finding, Fix, Label, Safety, Severity, Source, Span},
};

/// A finding about some bytes.
pub(super) fn finding(start: usize, end: usize) -> Finding {
    let rule = RULES
        .iter()
        .find(|rule| rule.id == "unknown-action")
        .unwrap();
    Finding {
        rule: rule.rule_id(),
        severity: Severity::Error,
        span: Span::new(start, end),
        message: "no action `xy`".to_owned(),
        caption: None,
        labels: Vec::new(),
        help: None,
        fix: None,
    }
}

/// The same with all that a finding may have: a help of two lines, a label, and a fix of two edits.
pub(super) fn full_finding() -> Finding {
    let edit = |start, end, text: &str| Edit {
        span: Span::new(start, end),
        replacement: text.to_owned(),
    };
    Finding {
        severity: Severity::Medium,
        labels: vec![Label {
            span: Span::new(0, 1),
            text: "the first".to_owned(),
        }],
        help: Some("take one of\n`a`".to_owned()),
        fix: Some(Fix {
            title: "take `a`".to_owned(),
            safety: Safety::Unsafe,
            edits: vec![edit(3, 5, "a"), edit(8, 8, "b")],
        }),
        ..finding(3, 5)
    }
}

/// A file with findings.
pub(super) fn file(path: &str, text: &str, findings: &[Finding]) -> FileFindings {
    FileFindings {
        source: Source::new(path, text.as_bytes().to_vec()),
        repository_path: path.to_owned(),
        type_of_policy: None,
        findings: findings.to_vec(),
    }
}

/// What the summary of those files says.
pub(super) fn summary(files: &[FileFindings]) -> Summary {
    Summary {
        policies: files.len(),
        ..Summary::default()
    }
    .with_findings(files)
}
