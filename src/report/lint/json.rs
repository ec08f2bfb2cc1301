//! As JSON: one document, or one a line. `docs/json.md` describes the form.

use super::{FileFindings, Summary};
use crate::{
    lint::rule_by_id,
    report::json,
    source::{Finding, Range, Safety, Severity, Source},
};
use rayon::prelude::*;
use serde::Serialize;

pub(super) fn document(files: &[FileFindings], summary: &Summary) -> String {
    json::document(&Report {
        version: json::VERSION,
        documents: files.iter().map(json_document).collect(),
        findings: files.par_iter().flat_map_iter(of_file).collect(),
        summary,
    })
}

pub(super) fn lines(files: &[FileFindings]) -> String {
    let line = |finding| {
        json::line(&Line {
            version: json::VERSION,
            finding,
        })
    };
    let lines = |file| of_file(file).map(line).collect::<String>();
    let texts: Vec<_> = files.par_iter().map(lines).collect();
    texts.concat()
}

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    documents: Vec<JsonDocument<'a>>,
    findings: Vec<JsonFinding<'a>>,
    summary: &'a Summary,
}

/// A document, and what it was taken for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonDocument<'a> {
    path: &'a str,
    policy_type: Option<&'static str>,
    ground: Option<String>,
}

fn json_document(file: &FileFindings) -> JsonDocument<'_> {
    let of = file.type_of_policy.as_ref();
    JsonDocument {
        path: file.source.name(),
        policy_type: of.map(|of| of.policy_type.name()),
        ground: of.map(|of| of.ground.text()),
    }
}

#[derive(Serialize)]
struct Line<'a> {
    version: u32,
    #[serde(flatten)]
    finding: JsonFinding<'a>,
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    rule: &'a str,
    severity: Severity,
    category: Option<&'static str>,
    path: &'a str,
    span: Range,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    caption: Option<&'a str>,
    help: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    labels: Vec<JsonLabel<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<JsonFix<'a>>,
}

#[derive(Serialize)]
struct JsonLabel<'a> {
    span: Range,
    text: &'a str,
}

#[derive(Serialize)]
struct JsonFix<'a> {
    title: &'a str,
    safety: Safety,
    edits: Vec<JsonEdit<'a>>,
}

#[derive(Serialize)]
struct JsonEdit<'a> {
    span: Range,
    replacement: &'a str,
}

fn of_file(file: &FileFindings) -> impl Iterator<Item = JsonFinding<'_>> {
    let findings = file.findings.iter();
    findings.map(|finding| json_finding(&file.source, finding))
}

fn json_finding<'a>(source: &'a Source, finding: &'a Finding) -> JsonFinding<'a> {
    let label = |label: &'a crate::source::Label| JsonLabel {
        span: source.range(label.span),
        text: &label.text,
    };
    let edit = |edit: &'a crate::source::Edit| JsonEdit {
        span: source.range(edit.span),
        replacement: &edit.replacement,
    };
    JsonFinding {
        rule: finding.rule.as_str(),
        severity: finding.severity,
        category: rule_by_id(finding.rule.as_str()).map(|rule| rule.category.name()),
        path: source.name(),
        span: source.range(finding.span),
        message: &finding.message,
        caption: finding.caption.as_deref(),
        help: finding.help.as_deref(),
        labels: finding.labels.iter().map(label).collect(),
        fix: finding.fix.as_ref().map(|fix| JsonFix {
            title: &fix.title,
            safety: fix.safety,
            edits: fix.edits.iter().map(edit).collect(),
        }),
    }
}
