//! What the policy of a resource allows everybody.

use super::{
    StatementCx,
    limits::{self, Limit, Of},
};
use crate::{
    catalog::AccessLevel,
    policy::{ActionPattern, Case, Effect, Element, ResourcePattern, Statement, Wildcard},
    source::Span,
};

/// A statement that lets everybody in.
#[derive(Debug)]
pub(super) struct Public {
    /// The principal that is everybody.
    pub(super) everyone: Span,
    /// The first entry that allows something that changes nothing; else the first of all.
    pub(super) reads: Span,
    /// The first entry that allows something that changes something.
    pub(super) writes: Option<Span>,
}

impl StatementCx<'_> {
    /// What the statement allows everybody; `None` where something limits who that is.
    pub(super) fn public(&self) -> Option<Public> {
        let everyone = self.everyone()?.text.span();
        if !self.statement.has_effect(Effect::Allow) || self.limit(Of::Callers) == Limit::Strong {
            return None;
        }
        if let Some(element) = &self.statement.not_action {
            let key = self.document.key_text(element.key_span);
            let limited = self.is_limited_by_denials(None);
            return (!limited).then_some(Public {
                everyone,
                reads: key,
                writes: Some(key),
            });
        }
        let open: Vec<_> = self
            .listed_actions()
            .iter()
            .filter(|entry| !self.is_limited_by_denials(Some(entry)))
            .collect();
        let first = open.first()?;
        let writes = open.iter().find(|entry| {
            self.expand(entry).is_some_and(|actions| {
                actions.iter().any(|action| {
                    !matches!(action.access_level(), AccessLevel::Read | AccessLevel::List)
                })
            })
        });
        Some(Public {
            everyone,
            reads: first.text().span(),
            writes: writes.map(|entry| entry.text().span()),
        })
    }

    /// Whether a `Deny` for everybody covers the statement, of which only callers are left that are
    /// limited; of an entry of `Action`, or of all actions.
    fn is_limited_by_denials(&self, entry: Option<&ActionPattern>) -> bool {
        self.document.statements().any(|other| {
            other.statement.has_effect(Effect::Deny)
                && other.is_for_everyone()
                && self.can_afford(8)
                && covers_actions(other.statement, entry)
                && covers_resources(other.statement, self.statement)
                && limits::of_absence(other.statement, Of::Callers) == Limit::Strong
        })
    }
}

fn covers_actions(deny: &Statement, entry: Option<&ActionPattern>) -> bool {
    let entries = deny.action.iter().flat_map(|element| &element.entries);
    let Some(entry) = entry else {
        return entries.into_iter().any(ActionPattern::covers_whole_service);
    };
    let own = Wildcard::new(entry.as_str(), Case::Ignored);
    entries.into_iter().any(|each| {
        each.covers_everything() || Wildcard::new(each.as_str(), Case::Ignored).covers(&own)
    })
}

fn covers_resources(deny: &Statement, allow: &Statement) -> bool {
    let texts = |element: &Option<Element<ResourcePattern>>| -> Vec<Wildcard> {
        element
            .iter()
            .flat_map(|element| &element.entries)
            .map(|entry| Wildcard::new(entry.text.as_str(), Case::Sensitive))
            .collect()
    };
    let (denied, allowed) = (texts(&deny.resource), texts(&allow.resource));
    allowed
        .iter()
        .all(|own| denied.iter().any(|each| each.covers(own)))
        && !denied.is_empty()
}
