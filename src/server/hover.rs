//! What is known of the text under the pointer.

use super::{
    cursor::{self, Cursor, Role},
    diagnostics::range,
    document::Document,
};
use crate::{
    catalog::Catalog,
    lint::rule_by_id,
    policy::{ArnPattern, Operator, Version},
    report::facts,
    source::Span,
    syntax,
};
use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind, Position};

/// The most findings of which the rule is told.
const MOST_FINDINGS: usize = 3;

/// The longest string that is looked up: the longest ARN has some two thousand characters.
const LONGEST: usize = 2_048;

/// What is known of a place.
pub(super) fn hover(document: &Document, position: Position) -> Option<Hover> {
    let offset = document.lines.offset(document.source.text(), position);
    let tree = syntax::parse(&document.source);
    let cursor = cursor::at(&tree.root, offset);
    let known = cursor.as_ref().and_then(known);
    let (spans, rules) = findings_at(document, offset);
    let span = match (&cursor, &known) {
        (Some(cursor), Some(_)) => cursor.text.quoted_span(),
        _ => spans.first().copied()?,
    };
    let parts: Vec<_> = known.into_iter().chain(rules).collect();
    Some(Hover {
        contents: HoverContents::Markup(MarkupContent {
            kind: MarkupKind::Markdown,
            value: parts.join("\n\n---\n\n"),
        }),
        range: Some(range(document, span)),
    })
}

/// What there is to say about a string.
fn known(cursor: &Cursor<'_>) -> Option<String> {
    let text = cursor.text.as_str();
    if text.len() > LONGEST {
        return None;
    }
    let catalog = Catalog::embedded();
    match cursor.role {
        Role::Action => action(catalog, text),
        Role::ConditionKey(_) => condition_key(catalog, cursor, text),
        Role::ConditionValue { key, operator: _ } => condition_key(catalog, cursor, key),
        Role::Operator => Operator::parse(text).map(facts::operator),
        Role::Resource => resource(catalog, text),
        Role::Principal(kind) => facts::principal(kind, text),
        Role::PolicyKey
        | Role::Version
        | Role::StatementKey
        | Role::Effect
        | Role::PrincipalKind
        | Role::Other => None,
    }
}

fn action(catalog: Catalog, text: &str) -> Option<String> {
    if let Some(action) = catalog.action(text) {
        return Some(facts::action(action));
    }
    let covered = catalog.actions_matching(text);
    (!covered.is_empty()).then(|| facts::actions(text, &covered))
}

fn condition_key(catalog: Catalog, cursor: &Cursor<'_>, key: &str) -> Option<String> {
    let statement = cursor.statement;
    let patterns = statement.map(|value| cursor::entries(value, &["Action", "NotAction"]));
    facts::condition_key(catalog, key, &patterns.unwrap_or_default())
}

fn resource(catalog: Catalog, text: &str) -> Option<String> {
    if text == "*" {
        return None;
    }
    let pattern = ArnPattern::parse(text, Version::V2012).ok()??;
    Some(facts::resource(
        text,
        &catalog.resource_types_matching(&pattern),
    ))
}

/// The places of the findings around an offset, and what their rules say.
fn findings_at(document: &Document, offset: usize) -> (Vec<Span>, Vec<String>) {
    let here = document.findings().iter().filter(|finding| {
        let Span { start, end } = finding.span;
        (start..=end).contains(&offset)
    });
    let mut spans = Vec::new();
    let mut rules: Vec<&str> = Vec::new();
    for finding in here {
        let rule = finding.rule.as_str();
        if !rules.contains(&rule) && rules.len() < MOST_FINDINGS {
            rules.push(rule);
        }
        spans.push(finding.span);
    }
    let manuals = rules.into_iter().filter_map(rule_by_id);
    (spans, manuals.map(facts::rule).collect())
}
