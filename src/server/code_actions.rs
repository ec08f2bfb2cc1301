//! Fixes to code actions.

use super::{
    client::{Ability, Client},
    diagnostics::{diagnostic, range},
    document::Document,
};
use crate::source::{Edit, Finding, Safety, Span, escape::printable};
use lsp_types::{
    CodeAction, CodeActionKind, CodeActionParams, DocumentChanges, OneOf,
    OptionalVersionedTextDocumentIdentifier, TextDocumentEdit, TextEdit, WorkspaceEdit,
};
use std::collections::BTreeMap;

/// The kind of the action that takes all safe fixes at once.
pub(super) const FIX_ALL: &str = "source.fixAll.iamsim";

/// The most quick fixes of one answer: nobody chooses among more.
const MOST: usize = 100;

/// What can be done about the findings in a range, and about the whole document.
pub(super) fn code_actions(
    document: &Document,
    params: &CodeActionParams,
    client: &Client,
) -> Vec<CodeAction> {
    let only = params.context.only.as_deref();
    let wanted = |kind: &str| {
        let is_it = |own: &CodeActionKind| {
            let rest = kind.strip_prefix(own.as_str());
            own.as_str().is_empty()
                || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        only.is_none_or(|kinds| kinds.iter().any(is_it))
    };
    let findings = document.findings();
    let mut actions = Vec::new();
    if wanted(CodeActionKind::QUICKFIX.as_str()) {
        let selected = document.lines.span(document.source.text(), params.range);
        let touched = findings
            .iter()
            .filter(|finding| touches(finding.span, selected));
        let fixes = touched.filter_map(|finding| quick_fix(document, finding, client));
        actions.extend(fixes.take(MOST));
    }
    if wanted(FIX_ALL) {
        actions.extend(fix_all(document, findings, client));
    }
    actions
}

/// Whether two spans have a place in common, the place after their last character being one.
fn touches(left: Span, right: Span) -> bool {
    left.start <= right.end && right.start <= left.end
}

fn quick_fix(document: &Document, finding: &Finding, client: &Client) -> Option<CodeAction> {
    let fix = finding.fix.as_ref()?;
    let title = printable(&fix.title);
    Some(CodeAction {
        title: match fix.safety {
            Safety::Safe => title.into_owned(),
            Safety::Unsafe => format!("{title} (may change what the policy grants)"),
        },
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![diagnostic(document, finding, client)]),
        is_preferred: (fix.safety == Safety::Safe).then_some(true),
        edit: Some(workspace_edit(
            document,
            &fix.edits.iter().collect::<Vec<_>>(),
            client,
        )),
        ..CodeAction::default()
    })
}

fn fix_all(document: &Document, findings: &[Finding], client: &Client) -> Option<CodeAction> {
    let edits = safe_edits(findings);
    (!edits.is_empty()).then(|| CodeAction {
        title: "apply all safe fixes".to_owned(),
        kind: Some(FIX_ALL.into()),
        edit: Some(workspace_edit(document, &edits, client)),
        ..CodeAction::default()
    })
}

/// The edits of all safe fixes but those that touch an edit of a fix before them: what these leave is
/// found again in the new text.
fn safe_edits(findings: &[Finding]) -> Vec<&Edit> {
    let mut taken = BTreeMap::new();
    let fixes = findings.iter().filter_map(|finding| finding.fix.as_ref());
    for fix in fixes.filter(|fix| fix.safety == Safety::Safe) {
        if !fix.edits.iter().any(|edit| is_taken(&taken, edit.span)) {
            taken.extend(fix.edits.iter().map(|edit| (edit.span, edit)));
        }
    }
    taken.into_values().collect()
}

/// Whether one of some edits touches a span. They are apart, so the last before its end is the one.
fn is_taken(taken: &BTreeMap<Span, &Edit>, span: Span) -> bool {
    let end = Span::new(span.end, usize::MAX);
    let before = taken.range(..=end).next_back();
    before.is_some_and(|(each, _)| touches(*each, span))
}

fn workspace_edit(document: &Document, edits: &[&Edit], client: &Client) -> WorkspaceEdit {
    let edits = edits.iter().map(|edit| TextEdit {
        range: range(document, edit.span),
        new_text: edit.replacement.clone(),
    });
    if !client.can(Ability::VersionedEdits) {
        let changes = std::iter::once((document.uri.clone(), edits.collect()));
        return WorkspaceEdit {
            changes: Some(changes.collect()),
            ..WorkspaceEdit::default()
        };
    }
    let of_version = TextDocumentEdit {
        text_document: OptionalVersionedTextDocumentIdentifier {
            uri: document.uri.clone(),
            version: Some(document.version),
        },
        edits: edits.map(OneOf::Left).collect(),
    };
    WorkspaceEdit {
        document_changes: Some(DocumentChanges::Edits(vec![of_version])),
        ..WorkspaceEdit::default()
    }
}
