//! Fixes to code actions.

use super::{
    client::{Ability, Client},
    diagnostics::{diagnostic, range},
    document::Document,
};
use crate::{
    lint::{Options, fix},
    source::{Edit, Finding, Safety, Span, escape::printable},
};
use lsp_types::{
    CodeAction, CodeActionKind, CodeActionParams, DocumentChanges, OneOf,
    OptionalVersionedTextDocumentIdentifier, TextDocumentEdit, TextEdit, WorkspaceEdit,
};

/// The kind of the action that takes all safe fixes at once.
pub(super) const FIX_ALL: &str = "source.fixAll.iamsim";

/// The most quick fixes of one answer: nobody chooses among more.
const MOST: usize = 100;

/// What can be done about the findings in a range, and about the whole document.
pub(super) fn code_actions(
    document: &Document,
    params: &CodeActionParams,
    options: &Options,
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
    let asked = match only {
        Some(_) => Asked::Expressly,
        None => Asked::AmongOthers,
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
        actions.extend(fix_all(document, options, asked, client));
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

/// How much a document may have for all its fixes to be sought where nobody asked for just these: it
/// is asked what can be done whenever the cursor moves.
const MOST_BYTES_UNASKED: usize = 64 * 1024;

/// Why all fixes are sought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// The editor asks for actions of this kind.
    Expressly,
    /// It asks for whatever there is.
    AmongOthers,
}

/// Takes all safe fixes, as `iamsim lint --fix` does.
fn fix_all(
    document: &Document,
    options: &Options,
    asked: Asked,
    client: &Client,
) -> Option<CodeAction> {
    let text = document.source.text();
    if asked == Asked::AmongOthers && text.len() > MOST_BYTES_UNASKED {
        return None;
    }
    let mut known = document
        .findings()
        .iter()
        .filter_map(|each| each.fix.as_ref());
    if !known.any(|fix| fix.safety == Safety::Safe) {
        return None;
    }
    let fixed = fix(&document.source, &[], options, Safety::Safe, &|_| true);
    let edit = difference(text, &fixed.text)?;
    Some(CodeAction {
        title: "apply all safe fixes".to_owned(),
        kind: Some(FIX_ALL.into()),
        edit: Some(workspace_edit(document, &[&edit], client)),
        ..CodeAction::default()
    })
}

/// The one edit that makes a text another; `None` where they are the same.
fn difference(before: &str, after: &str) -> Option<Edit> {
    if before == after {
        return None;
    }
    let both = before.chars().zip(after.chars());
    let same = both.take_while(|(old, new)| old == new);
    let start: usize = same.map(|(character, _)| character.len_utf8()).sum();
    let (old, new) = (before.get(start..)?, after.get(start..)?);
    let both = old.chars().rev().zip(new.chars().rev());
    let same = both.take_while(|(old, new)| old == new);
    let end: usize = same.map(|(character, _)| character.len_utf8()).sum();
    Some(Edit {
        span: Span::new(start, before.len() - end),
        replacement: new.get(..new.len() - end)?.to_owned(),
    })
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

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn the_edit_is_as_small_as_one_can_be() {
        for (before, after, span, replacement) in [
            ("abc", "abXc", (2, 2), "X"),
            ("abc", "ac", (1, 2), ""),
            ("aaa", "aa", (2, 3), ""),
            ("é1é", "é2é", (2, 3), "2"),
            ("", "x", (0, 0), "x"),
        ] {
            let edit = difference(before, after).unwrap();
            assert_eq!((edit.span.start, edit.span.end), span, "{before}");
            assert_eq!(edit.replacement, replacement);
        }
        assert!(difference("a", "a").is_none());
    }
}
