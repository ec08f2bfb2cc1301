//! `Action`, `Resource` and their `Not` forms.

use super::{ShapeFault, ShapeFaultKind, strings};
use crate::{
    policy::{
        ActionPattern, ArnPattern, Element, Pattern, ResourceForm, ResourcePattern, UnfilledAction,
        Version, arn::ArnError,
    },
    syntax::{Member, Text},
};

pub(super) type Strings = Vec<Text<'static>>;

pub(super) fn actions(
    name: &'static str,
    member: &Member<'_>,
    version: Version,
    faults: &mut Vec<ShapeFault>,
) -> Option<Element<ActionPattern>> {
    let mut unfilled = Vec::new();
    let element = list(name, member, faults, |text, faults| {
        // A template engine has not filled this in yet; what comes of it cannot be told.
        let is_open =
            text.as_str().contains("{{") || version.has_variables() && text.as_str().contains("${");
        if is_open && let Ok(pattern) = Pattern::parse(text.as_str(), version) {
            unfilled.push(UnfilledAction { text, pattern });
            return None;
        }
        let (span, inner) = (text.span(), text.content_span());
        let content = text.as_str().to_owned();
        let trimmed = content.trim();
        let pattern = ActionPattern::parse(text);
        if pattern.is_none() {
            let is_plain =
                |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '*' | '?');
            let blank =
                trimmed != content && trimmed.contains(':') && trimmed.chars().all(is_plain);
            let fault = ShapeFault::new(span, ShapeFaultKind::ActionFormat(content.clone()));
            faults.push(if blank {
                fault.edit(inner, trimmed)
            } else {
                fault
            });
        }
        pattern
    })?;
    Some(Element {
        unread: element.unread - unfilled.len(),
        unfilled,
        ..element
    })
}

pub(super) fn resources(
    name: &'static str,
    member: &Member<'_>,
    version: Version,
    faults: &mut Vec<ShapeFault>,
) -> Option<Element<ResourcePattern>> {
    list(name, member, faults, |text, faults| {
        resource(text, version, faults)
    })
}

fn resource(
    text: Text<'static>,
    version: Version,
    faults: &mut Vec<ShapeFault>,
) -> Option<ResourcePattern> {
    let content = text.as_str();
    if !content.is_empty() && content.bytes().all(|byte| byte == b'*') {
        return Some(ResourcePattern {
            text,
            form: ResourceForm::Star,
        });
    }
    let fault = match ArnPattern::parse(content, version) {
        Ok(Some(arn)) => {
            return Some(ResourcePattern {
                text,
                form: ResourceForm::Arn(arn),
            });
        }
        Ok(None) => {
            return Some(ResourcePattern {
                text,
                form: ResourceForm::Opaque,
            });
        }
        // API Gateway fills in what is before it, in the policy of an API.
        Err(ArnError::Prefix) if content.starts_with("execute-api:/") => {
            let form = ResourceForm::Opaque;
            return Some(ResourcePattern { text, form });
        }
        Err(ArnError::Prefix) => {
            ShapeFault::new(text.span(), ShapeFaultKind::ArnPrefix(content.to_owned()))
        }
        Err(ArnError::MissingFields { found }) => {
            let kind = ShapeFaultKind::ArnMissingField {
                text: content.to_owned(),
                found,
            };
            ShapeFault::new(text.span(), kind)
        }
        Err(ArnError::Variable(error)) => ShapeFault::new(
            text.source_span(error.range),
            ShapeFaultKind::Variable(error.kind),
        ),
    };
    faults.push(fault);
    None
}

/// An element of one string or a list of them, each read by `read`.
fn list<T>(
    name: &'static str,
    member: &Member<'_>,
    faults: &mut Vec<ShapeFault>,
    mut read: impl FnMut(Text<'static>, &mut Vec<ShapeFault>) -> Option<T>,
) -> Option<Element<T>> {
    let texts = strings(name, &member.value, faults)?;
    let nothing =
        matches!(&member.value.kind, crate::syntax::Kind::Array(items) if items.is_empty());
    if nothing {
        let kind = match name {
            "Action" => ShapeFaultKind::EmptyAction,
            "Resource" => ShapeFaultKind::EmptyResource,
            _ => ShapeFaultKind::EmptyNotElement(name),
        };
        faults.push(ShapeFault::new(member.value.span, kind));
    }
    let listed = if let crate::syntax::Kind::Array(items) = &member.value.kind {
        items.len()
    } else {
        1
    };
    let entries: Vec<_> = texts
        .into_iter()
        .filter_map(|text| read(text, faults))
        .collect();
    Some(Element {
        unread: listed - entries.len(),
        key_span: member.key.span(),
        span: member.value.span,
        entries,
        unfilled: Vec::new(),
    })
}
