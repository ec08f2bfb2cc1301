//! Files of cases, JSON or TOML.

use super::{
    input::{STDIN, is_stdin},
    io::Io,
};
use crate::{
    cases::{CaseError, CaseRequest, form::CaseForm},
    catalog::Catalog,
    report::{Snippet, lint::snippet},
    source::{
        Source, Span,
        load::{self, LoadError, display_name},
    },
};
use miette::Diagnostic;
use std::{collections::BTreeSet, path::Path};

/// A case that cannot be used.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{message}")]
#[diagnostic(help("{help}"))]
struct WrongCase {
    message: String,
    help: String,
}

/// Reads a file of cases as JSON text: TOML is turned into it. `None` where it cannot be read, which is
/// reported.
pub(super) fn read(path: &Path, io: &mut Io<'_>) -> Option<String> {
    let source = if is_stdin(path) {
        load::policy_from(STDIN.to_owned(), io.take_stdin())
    } else {
        load::configuration(path, display_name(path))
    };
    let source = match source {
        Ok(source) => source,
        Err(error) => {
            io.error(&error);
            return None;
        }
    };
    match to_json(&source, path) {
        Ok(json) => Some(json),
        Err(wrong) => {
            let (span, message) = *wrong;
            let help = "see docs/evaluation.md for the form of cases";
            let message = format!("{}: {message}", source.name());
            let snippet = Snippet::new(&source, &message)
                .label(span, None)
                .help(Some(help));
            io.error(&snippet);
            None
        }
    }
}

/// The text as JSON, or what is wrong with it and where.
fn to_json(source: &Source, path: &Path) -> Result<String, Box<(Span, String)>> {
    let text = source.text();
    if path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
    {
        let wrong = |error: toml::de::Error| {
            let range = error.span().unwrap_or(0..0);
            let message = error.message().trim_end_matches('.').to_owned();
            Box::new((Span::new(range.start, range.end), message))
        };
        let value: serde_json::Value = toml::from_str(text).map_err(wrong)?;
        return Ok(value.to_string());
    }
    // Only the text itself is looked at here; what its members are is told by whoever reads them.
    let whole: Result<serde::de::IgnoredAny, _> = serde_json::from_str(text);
    match whole {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => {
            let before = text
                .split_inclusive('\n')
                .take(error.line().saturating_sub(1));
            let start = before.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
            let start = (0..=start.min(text.len()))
                .rev()
                .find(|at| text.is_char_boundary(*at))
                .unwrap_or(0);
            let width = text.get(start..).and_then(|rest| rest.chars().next());
            let end = start + width.map_or(0, char::len_utf8);
            Err(Box::new((Span::new(start, end), error.to_string())))
        }
    }
}

/// Reads the JSON text of one case.
pub(super) fn parse(json: &str) -> Result<CaseForm<'_>, CaseError> {
    serde_json::from_str(json).map_err(CaseError::Form)
}

/// Reads policies whose paths start in the folder of a file.
pub(super) fn beside(path: &Path) -> impl Fn(&str) -> Result<Source, LoadError> {
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    move |name| load::policy(&folder.join(name))
}

/// What should be known of requests: what of their policies can never match, and actions that the
/// catalog does not have. A slip in the name of an action looks like a denial.
pub(super) fn notes(requests: &[CaseRequest]) -> BTreeSet<String> {
    let catalog = Catalog::embedded();
    let mut notes = BTreeSet::new();
    for CaseRequest { request, setting } in requests {
        notes.extend(setting.warnings.iter().cloned());
        let action = request.action.as_str();
        if catalog.action(action).is_none() {
            notes.insert(format!(
                "the catalog of {} has no action `{action}`; it is judged all the same ({})",
                catalog.date(),
                super::catalog::help(catalog, action)
            ));
        }
    }
    notes
}

/// Reports what is wrong with a case in a file.
pub(super) fn report_error_of_file(error: &CaseError, path: &Path, io: &mut Io<'_>) {
    if !matches!(error, CaseError::Form(_) | CaseError::Member { .. }) {
        report_case_error(error, io);
        return;
    }
    let mut message = error.message();
    // Lines and columns are those of the JSON that TOML was turned into, or of a part of the file.
    if let Some((before, _)) = message.split_once(" at line ") {
        message = before.to_owned();
    }
    io.error(&WrongCase {
        message: format!("{}: {message}", display_name(path)),
        help: "docs/evaluation.md has the form of a case".to_owned(),
    });
}

/// Reports what is wrong with a case.
pub(super) fn report_case_error(error: &CaseError, io: &mut Io<'_>) {
    match error {
        CaseError::Policy(wrong) => {
            for finding in &wrong.findings {
                io.error(&snippet(&wrong.source, finding));
            }
            let (place, name) = (&wrong.place, wrong.source.name());
            io.remark(&format!(
                "nothing is judged, as `{name}` is among the policies and cannot be used: {place}"
            ));
        }
        CaseError::Principals {
            place,
            source,
            span,
        } => {
            let message = format!("{place}: a policy with principals is not of this kind");
            let help = "policies of resources go with `--resource-policy`, those of VPC endpoints \
                        with `--endpoint`, resource control policies with `--rcp`";
            let snippet = Snippet::new(source, &message).label(*span, None);
            io.error(&snippet.help(Some(help)));
        }
        CaseError::File { error, .. } => io.error(error),
        CaseError::Request(error) => io.error(error),
        CaseError::Form(_) | CaseError::Member { .. } => io.error(&WrongCase {
            message: error.message(),
            help: "docs/evaluation.md has the form of a case".to_owned(),
        }),
    }
}
