//! The text of a narrowed policy: what is not changed stays byte for byte.

use super::narrow::{Part, Plan};
use crate::{
    policy::{ActionPattern, Element, Policy, Statement},
    source::{Edit, Source, Span},
    syntax::{Comments, Kind, Text, parse_with},
};
use std::collections::BTreeSet;

/// The text after the plans for its statements; `None` where no statement is left, or where the statements
/// cannot be found.
pub(super) fn written(source: &Source, policy: &Policy, plans: &[Plan]) -> Option<String> {
    let document = parse_with(source, Comments::Allowed);
    let list = &document.root.get("Statement")?.value;
    let items: Vec<Span> = match &list.kind {
        Kind::Array(items) => items.iter().map(|item| item.span).collect(),
        Kind::Object(_)
        | Kind::Null
        | Kind::Bool(_)
        | Kind::Number(_)
        | Kind::String(_)
        | Kind::Unreadable => vec![list.span],
    };
    let fits = items.len() == policy.statements.len() && items.len() == plans.len();
    if !fits {
        return None;
    }
    let mut sids: BTreeSet<String> = policy
        .statements
        .iter()
        .filter_map(|each| Some(each.sid.as_ref()?.as_str().to_owned()))
        .collect();
    let mut texts = Vec::with_capacity(items.len());
    for (statement, plan) in policy.statements.iter().zip(plans) {
        texts.push(match plan {
            Plan::Stays => vec![source.slice(statement.span).to_owned()],
            Plan::Goes => Vec::new(),
            Plan::Becomes(parts) => {
                let mut of_parts = Vec::with_capacity(parts.len());
                for part in parts {
                    of_parts.push(with_part(source, statement, part, &mut sids)?);
                }
                of_parts
            }
        });
    }
    let new = with_items(source, list.span, &items, &texts)?;
    let edit = Edit {
        span: list.span,
        replacement: new,
    };
    with_edits(source, Span::new(0, source.text().len()), vec![edit])
}

/// A statement with other entries.
fn with_part(
    source: &Source,
    statement: &Statement,
    part: &Part,
    sids: &mut BTreeSet<String>,
) -> Option<String> {
    let mut edits = Vec::new();
    let actions = statement.action.as_ref()?;
    let spans: Vec<_> = actions
        .entries
        .iter()
        .map(|entry| entry.text().quoted_span())
        .collect();
    let olds: Vec<_> = actions.entries.iter().map(ActionPattern::as_str).collect();
    edits.push(list_edit(source, actions, &spans, &olds, &part.actions)?);
    if let Some(new) = &part.resources {
        if let Some(resources) = &statement.resource {
            let entries = || resources.entries.iter().map(|entry| &entry.text);
            let spans: Vec<_> = entries().map(Text::quoted_span).collect();
            let olds: Vec<_> = entries().map(Text::as_str).collect();
            edits.push(list_edit(source, resources, &spans, &olds, new)?);
        } else {
            let excluded = statement.not_resource.as_ref()?;
            edits.push(Edit {
                span: quoted(source, excluded.key_span),
                replacement: "\"Resource\"".to_owned(),
            });
            let texts: Vec<_> = new.iter().flatten().map(|text| json_string(text)).collect();
            edits.push(Edit {
                span: excluded.span,
                replacement: format!("[{}]", texts.join(", ")),
            });
        }
    }
    if part.is_second
        && let Some(sid) = &statement.sid
    {
        let other = other_sid(sid.as_str(), sids);
        edits.push(Edit {
            span: sid.quoted_span(),
            replacement: json_string(&other),
        });
        sids.insert(other);
    }
    with_edits(source, statement.span, edits)
}

/// The span of a key with its quotes, whether they were in it or not.
fn quoted(source: &Source, key: Span) -> Span {
    if source.slice(key).starts_with('"') {
        key
    } else {
        Span::new(key.start.saturating_sub(1), key.end + 1)
    }
}

/// A `Sid` that no statement has.
fn other_sid(sid: &str, sids: &BTreeSet<String>) -> String {
    let numbers = std::iter::once(String::new()).chain((2..).map(|number: u32| number.to_string()));
    let mut names = numbers.map(|number| format!("{sid}Wide{number}"));
    names
        .find(|name| !sids.contains(name))
        .unwrap_or_else(|| sid.to_owned())
}

/// The edit that puts entries in place of others.
fn list_edit<T>(
    source: &Source,
    element: &Element<T>,
    spans: &[Span],
    olds: &[&str],
    new: &[Vec<String>],
) -> Option<Edit> {
    let mut texts = Vec::with_capacity(new.len());
    for ((span, old), own) in spans.iter().zip(olds).zip(new) {
        let text = |text: &String| {
            if text == old {
                source.slice(*span).to_owned()
            } else {
                json_string(text)
            }
        };
        texts.push(own.iter().map(text).collect::<Vec<_>>());
    }
    Some(Edit {
        span: element.span,
        replacement: with_items(source, element.span, spans, &texts)?,
    })
}

/// The text of a list, or of the one thing in place of it, with other texts in place of its items. The
/// space around the items stays; `None` where none is left.
fn with_items(
    source: &Source,
    list: Span,
    items: &[Span],
    texts: &[Vec<String>],
) -> Option<String> {
    let all = || texts.iter().flatten();
    all().next()?;
    let is_list = items.first() != Some(&list);
    if !is_list {
        let texts: Vec<_> = all().map(String::as_str).collect();
        return Some(match texts.as_slice() {
            [only] => (*only).to_owned(),
            _ => format!("[{}]", texts.join(", ")),
        });
    }
    let (start, end) = (items.first()?.start, items.last()?.end);
    let mut written = source.slice(Span::new(list.start, start)).to_owned();
    let mut previous: Option<Span> = None;
    let mut is_first = true;
    for (item, own) in items.iter().zip(texts) {
        for (number, text) in own.iter().enumerate() {
            match previous {
                _ if is_first => {}
                Some(previous) if number == 0 => {
                    written += source.slice(Span::new(previous.end, item.start));
                }
                Some(_) | None => written += &separator(source, *item),
            }
            written += text;
            is_first = false;
        }
        previous = Some(*item);
    }
    written += source.slice(Span::new(end, list.end));
    Some(written)
}

/// What parts an item that is added from the one before it: where that stands on a line of its own, so does
/// the new one.
fn separator(source: &Source, item: Span) -> String {
    let line = source.line_span(item.start);
    let before = source.slice(Span::new(line.start, item.start));
    if before.trim().is_empty() && line.start > 0 {
        let text = source.text();
        let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        format!(",{end}{before}")
    } else {
        ", ".to_owned()
    }
}

/// A part of the text after edits that lie in it and do not overlap.
fn with_edits(source: &Source, span: Span, mut edits: Vec<Edit>) -> Option<String> {
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let text = source.text();
    let mut written = String::with_capacity(span.len());
    let mut end = span.start;
    for edit in &edits {
        written.push_str(text.get(end..edit.span.start)?);
        written.push_str(&edit.replacement);
        end = edit.span.end;
    }
    written.push_str(text.get(end..span.end)?);
    Some(written)
}

fn json_string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
