//! Findings to diagnostics.

use super::{
    client::{Ability, Client},
    document::Document,
};
use crate::source::{Finding, Level, Span, escape::printable};
use lsp_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag,
    Location, NumberOrString, Range,
};
use serde_json::{Value, json};

/// The page that has the manuals of all rules.
const RULES_PAGE: &str = "https://github.com/iamsim/iamsim/blob/main/docs/rules.md";

/// The most diagnostics of one document: a client that draws more is of no use any more.
const MOST: usize = 1_000;

/// The rules whose findings underline text that could be left out, as it does nothing.
const WITHOUT_EFFECT: [&str; 6] = [
    "deny-ineffective",
    "redundant-action",
    "redundant-principal",
    "redundant-resource",
    "redundant-statement",
    "resource-unused",
];

/// The rules whose findings underline what AWS has retired.
const RETIRED: [&str; 1] = ["action-deprecated"];

/// The diagnostics of a document.
pub(super) type ReportedDiagnostics = Vec<Diagnostic>;

/// The parameters that publish what was found in a document.
pub(super) fn published(document: &Document, client: &Client) -> Value {
    json!({
        "uri": document.uri,
        "version": document.version,
        "diagnostics": of(document, client),
    })
}

/// What was found in a document.
pub(super) fn of(document: &Document, client: &Client) -> ReportedDiagnostics {
    let findings = document.findings().iter().take(MOST);
    findings
        .map(|finding| diagnostic(document, finding, client))
        .collect()
}

/// One finding as a diagnostic.
pub(super) fn diagnostic(document: &Document, finding: &Finding, client: &Client) -> Diagnostic {
    let rule = finding.rule.as_str();
    let mut message = printable(&finding.message).into_owned();
    if let Some(caption) = &finding.caption {
        message += &format!("\n{}", printable(caption));
    }
    if let Some(help) = &finding.help {
        message += &format!("\nhelp: {}", printable(help));
    }
    Diagnostic {
        range: range(document, finding.span),
        severity: Some(severity(finding.severity.level())),
        code: Some(NumberOrString::String(rule.to_owned())),
        code_description: format!("{RULES_PAGE}#{rule}")
            .parse()
            .ok()
            .map(|href| CodeDescription { href }),
        source: Some("iamsim".to_owned()),
        message,
        related_information: related(document, finding, client),
        tags: tag(rule).map(|tag| vec![tag]),
        data: None,
    }
}

fn severity(level: Level) -> DiagnosticSeverity {
    match level {
        Level::Error => DiagnosticSeverity::ERROR,
        Level::Warning => DiagnosticSeverity::WARNING,
        Level::Note => DiagnosticSeverity::HINT,
    }
}

fn tag(rule: &str) -> Option<DiagnosticTag> {
    if WITHOUT_EFFECT.contains(&rule) {
        Some(DiagnosticTag::UNNECESSARY)
    } else if RETIRED.contains(&rule) {
        Some(DiagnosticTag::DEPRECATED)
    } else {
        None
    }
}

fn related(
    document: &Document,
    finding: &Finding,
    client: &Client,
) -> Option<Vec<DiagnosticRelatedInformation>> {
    if finding.labels.is_empty() || !client.can(Ability::RelatedInformation) {
        return None;
    }
    let labels = finding.labels.iter();
    let related = labels.map(|label| DiagnosticRelatedInformation {
        location: Location {
            uri: document.uri.clone(),
            range: range(document, label.span),
        },
        message: printable(&label.text).into_owned(),
    });
    Some(related.collect())
}

/// The places of a span of a document.
pub(super) fn range(document: &Document, span: Span) -> Range {
    document.lines.range(document.source.text(), span)
}

#[cfg(test)]
mod tests {
    use super::{RETIRED, WITHOUT_EFFECT};
    use crate::lint::rule_by_id;

    #[test]
    fn rules_with_tags_exist() {
        for rule in WITHOUT_EFFECT.iter().chain(&RETIRED) {
            assert!(rule_by_id(rule).is_some(), "{rule}");
        }
    }
}
