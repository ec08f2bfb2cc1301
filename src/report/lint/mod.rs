//! Reports of `iamsim lint`.

use super::{Format, Painter, Snippet, count, json};
use crate::{
    lint::{TypeOfPolicy, rule_by_id},
    source::{Finding, Range, Safety, Severity, Source, escape::printable},
};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;

/// What was found in one file.
#[derive(Debug)]
pub struct FileFindings {
    /// The file.
    pub source: Source,
    /// Its path from the root of the repository, with `/`, as services name it that show findings
    /// beside the code.
    pub repository_path: String,
    /// What it was taken for; `None` where it could not be read as a policy.
    pub type_of_policy: Option<TypeOfPolicy>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

/// What was looked at, and what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// How many policy documents were checked.
    pub policies: usize,
    /// How many files in the folders that were searched hold no policy.
    pub not_policies: usize,
    /// How many files the configuration leaves out.
    pub excluded: usize,
    /// How many actions a template engine was to fill in, so that they could not be judged.
    pub unfilled: usize,
    /// How many inputs could not be read.
    pub unreadable: usize,
    /// How many findings there are, by severity.
    pub findings: BTreeMap<&'static str, usize>,
    /// Whether a report for people says what each policy was taken for.
    #[serde(skip)]
    pub show_types: bool,
}

impl Summary {
    /// Counts the findings.
    #[must_use]
    pub fn with_findings(mut self, files: &[FileFindings]) -> Self {
        for finding in files.iter().flat_map(|file| &file.findings) {
            *self.findings.entry(finding.severity.name()).or_default() += 1;
        }
        self
    }

    /// One line for people, without its line break.
    pub fn text(&self) -> String {
        let mut text = format!("checked {}", count(self.policies, "policy", "policies"));
        if self.not_policies > 0 {
            text += &format!(
                ", passed over {}",
                count(
                    self.not_policies,
                    "file that is no policy",
                    "files that are no policies"
                )
            );
        }
        if self.excluded > 0 {
            text += &format!(
                ", left out {}",
                count(self.excluded, "excluded file", "excluded files")
            );
        }
        if self.unfilled > 0 {
            let (one, many) = ("action", "actions");
            text += &format!(
                ", left open {} that a template fills in",
                count(self.unfilled, one, many)
            );
        }
        if self.unreadable > 0 {
            text += &format!(
                ", could not read {}",
                count(self.unreadable, "input", "inputs")
            );
        }
        let severities = [
            Severity::Error,
            Severity::Critical,
            Severity::High,
            Severity::Medium,
            Severity::Low,
            Severity::Hint,
        ];
        let counts: Vec<_> = severities
            .into_iter()
            .filter_map(|severity| {
                let number = *self.findings.get(severity.name())?;
                let plural = if severity == Severity::Error {
                    "errors"
                } else {
                    severity.name()
                };
                Some(count(number, severity.name(), plural))
            })
            .collect();
        if !counts.is_empty() {
            format!("{text}: {}", counts.join(", "))
        } else if self.policies > 0 {
            format!("{text}: nothing found")
        } else {
            text
        }
    }
}

/// How many findings there are of each rule, most first, a line each.
pub fn statistics(files: &[FileFindings]) -> String {
    let mut numbers: BTreeMap<(&str, Severity), usize> = BTreeMap::new();
    for finding in files.iter().flat_map(|file| &file.findings) {
        *numbers
            .entry((finding.rule.as_str(), finding.severity))
            .or_default() += 1;
    }
    let mut rows: Vec<_> = numbers.into_iter().collect();
    rows.sort_by_key(|((rule, _), number)| (std::cmp::Reverse(*number), *rule));
    let width = rows.first().map_or(0, |(_, most)| most.to_string().len());
    let line = |((rule, severity), number): ((&str, Severity), usize)| {
        format!("{number:>width$} {rule} ({})\n", severity.name())
    };
    rows.into_iter().map(line).collect()
}

/// Renders the findings of all files.
pub fn render(
    format: Format,
    files: &[FileFindings],
    summary: &Summary,
    painter: &Painter,
) -> String {
    match format {
        Format::Full => full(files, summary, painter),
        Format::Concise => concise(files),
        Format::Json => json::document(&Report {
            version: json::VERSION,
            documents: files.iter().map(json_document).collect(),
            findings: files.par_iter().flat_map_iter(of_file).collect(),
            summary,
        }),
        Format::Jsonl => {
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
    }
}

fn full(files: &[FileFindings], summary: &Summary, painter: &Painter) -> String {
    let of_file = |file: &FileFindings| {
        let findings = file.findings.iter();
        let snippets =
            findings.map(|finding| painter.paint(&snippet(&file.source, finding)) + "\n");
        snippets.collect::<String>()
    };
    let texts: Vec<_> = files.par_iter().map(of_file).collect();
    let mut text = texts.concat();
    if summary.show_types {
        text.extend(files.iter().map(type_line));
    }
    text + &summary.text() + "\n"
}

/// What a policy was taken for, and why.
fn type_line(file: &FileFindings) -> String {
    let path = printable(file.source.name());
    match &file.type_of_policy {
        Some(of) => {
            let (what, why) = (of.policy_type.with_article(), of.ground.text());
            format!("{path}: taken for {what}: {}\n", printable(&why))
        }
        None => format!("{path}: not read as a policy\n"),
    }
}

/// A finding with its source.
pub fn snippet<'a>(source: &'a Source, finding: &Finding) -> Snippet<'a> {
    let snippet = Snippet::new(source, &finding.message)
        .rule(finding.rule.as_str(), finding.severity)
        .help(finding.help.as_deref())
        .label(finding.span, finding.caption.as_deref());
    finding
        .labels
        .iter()
        .fold(snippet, |s, label| s.label(label.span, Some(&label.text)))
}

fn concise(files: &[FileFindings]) -> String {
    let mut text = String::new();
    for file in files {
        for finding in &file.findings {
            text += &concise_line(&file.source, finding);
        }
    }
    text
}

/// `path:line:column: rule message`
pub fn concise_line(source: &Source, finding: &Finding) -> String {
    let start = source.position(finding.span.start);
    let (path, message) = (printable(source.name()), printable(&finding.message));
    format!(
        "{path}:{}:{}: {} {message}\n",
        start.line, start.column, finding.rule
    )
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
