//! A line each, as editors and problem matchers read them.

use super::FileFindings;
use crate::source::{Finding, Source, escape::printable};

pub(super) fn render(files: &[FileFindings]) -> String {
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
