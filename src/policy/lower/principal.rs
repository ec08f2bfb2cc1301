//! `Principal` and `NotPrincipal`.

use super::{ShapeFault, ShapeFaultKind, data_type, near, strings, template_call};
use crate::{
    policy::{PrincipalElement, PrincipalEntry, PrincipalKind},
    syntax::{Kind, Member, Value},
};

pub(super) fn principals(
    name: &'static str,
    member: &Member<'_>,
    faults: &mut Vec<ShapeFault>,
) -> Option<PrincipalElement> {
    let value = &member.value;
    if let Some(fault) = template_call(value) {
        faults.push(fault);
        return None;
    }
    let entries = match &value.kind {
        Kind::String(text) if text.as_str() == "*" => {
            vec![PrincipalEntry {
                kind: PrincipalKind::Everyone,
                text: text.to_owned(),
            }]
        }
        Kind::String(text) => {
            let shown = format!("`{}`", text.as_str());
            faults.push(ShapeFault::new(
                text.span(),
                ShapeFaultKind::PrincipalFormat(shown),
            ));
            return None;
        }
        Kind::Object(members) => {
            if members.is_empty() {
                faults.push(ShapeFault::new(value.span, ShapeFaultKind::EmptyPrincipal));
            }
            members
                .iter()
                .flat_map(|member| listed(member, faults))
                .collect()
        }
        Kind::Array(_) => {
            faults.push(ShapeFault::new(
                value.span,
                ShapeFaultKind::PrincipalFormat("a list".to_owned()),
            ));
            return None;
        }
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Unreadable => {
            data_type(name, "`\"*\"` or an object", value, faults);
            return None;
        }
    };
    Some(PrincipalElement {
        key_span: member.key.span(),
        span: value.span,
        entries,
    })
}

/// The principals of one kind.
fn listed(member: &Member<'_>, faults: &mut Vec<ShapeFault>) -> Vec<PrincipalEntry> {
    let key = member.key.as_str();
    let Some(kind) = kind(key) else {
        let known = PrincipalKind::KEYS.map(|(name, _)| name);
        let same = known
            .into_iter()
            .find(|name| name.eq_ignore_ascii_case(key));
        let near = same.or_else(|| near(&known, key));
        let kind = ShapeFaultKind::PrincipalKey {
            key: key.to_owned(),
            near,
        };
        let fault = ShapeFault::new(member.key.span(), kind);
        faults.push(match near {
            Some(near) => fault.edit(member.key.content_span(), near),
            None => fault,
        });
        return Vec::new();
    };
    if is_empty_list(&member.value) {
        faults.push(ShapeFault::new(
            member.value.span,
            ShapeFaultKind::EmptyPrincipal,
        ));
    }
    let texts = strings(key, &member.value, faults).unwrap_or_default();
    texts
        .into_iter()
        .map(|text| PrincipalEntry { kind, text })
        .collect()
}

fn kind(key: &str) -> Option<PrincipalKind> {
    PrincipalKind::KEYS
        .into_iter()
        .find(|(name, _)| *name == key)
        .map(|(_, kind)| kind)
}

fn is_empty_list(value: &Value<'_>) -> bool {
    matches!(&value.kind, Kind::Array(items) if items.is_empty())
}
