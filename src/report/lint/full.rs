//! For people: each finding with its source underlined.

use super::{FileFindings, Summary};
use crate::{
    report::{Painter, Snippet},
    source::{Finding, Source, escape::printable},
};
use rayon::prelude::*;

pub(super) fn render(files: &[FileFindings], summary: &Summary, painter: &Painter) -> String {
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
