//! One action that a statement allows on resources of any name, through whatever elements.

use super::{
    Findings, StatementCx,
    grants::reaches_any_name,
    limits::{Limit, Of},
};
use crate::{
    catalog::Action,
    policy::{ActionPattern, Case, Effect, Element, Wildcard},
    source::Span,
};

/// How a statement comes to allow an action.
#[derive(Debug)]
pub(super) struct Through {
    /// The entry of `Action`, or the key `NotAction`.
    pub(super) span: Span,
    /// Whether it is `NotAction`.
    pub(super) negated: bool,
}

fn entry_for<'a>(element: &'a Element<ActionPattern>, action: &str) -> Option<&'a ActionPattern> {
    element
        .entries
        .iter()
        .find(|entry| stands_for(entry, action))
}

/// Whether `NotAction` leaves an action out, or may.
pub(super) fn leaves_out(element: &Element<ActionPattern>, action: &str) -> bool {
    entry_for(element, action).is_some()
        || element.unread > 0
        || element
            .unfilled
            .iter()
            .any(|unfilled| unfilled.may_match(action))
}

/// Whether an entry stands for an action, by its whole name.
pub(super) fn stands_for(entry: &ActionPattern, action: &str) -> bool {
    if !entry.has_wildcard() {
        return entry.as_str().eq_ignore_ascii_case(action);
    }
    if entry.covers_everything() {
        return true;
    }
    let (service, name) = action.split_once(':').unwrap_or_default();
    if entry.has_exact_service() {
        return entry.service().eq_ignore_ascii_case(service)
            && Wildcard::new(entry.name(), Case::Ignored).matches(name);
    }
    Wildcard::new(entry.as_str(), Case::Ignored).matches(action)
}

impl StatementCx<'_> {
    /// What in the statement stands for an action.
    pub(super) fn through(&self, action: Action) -> Option<Through> {
        let name = action.full_name();
        if let Some(element) = &self.statement.action {
            return entry_for(element, &name).map(|entry| Through {
                span: entry.text().span(),
                negated: false,
            });
        }
        let element = self.statement.not_action.as_ref()?;
        (!leaves_out(element, &name)).then(|| Through {
            span: self.document.key_text(element.key_span),
            negated: true,
        })
    }

    /// How the statement allows an action on resources of any name, with nothing in the document that
    /// limits it; `None` where it does not, or where it allows everything anyway.
    pub(super) fn through_unlimited(&self, action: Action) -> Option<Through> {
        if !self.statement.has_effect(Effect::Allow) || !self.is_identity_policy() {
            return None;
        }
        let through = self.through(action)?;
        let unlimited = self.limit(Of::Calls) < Limit::Strong
            && !self.allows_everything()
            && reaches_any_name(self.statement, action)
            && self.document.is_unlimited(action);
        unlimited.then_some(through)
    }

    /// Reports an action that the statement allows on resources of any name: what is too wide is
    /// underlined, and what lets the action in is labelled.
    pub(super) fn report_reach(
        &self,
        name: &str,
        out: &mut Findings<'_>,
        message: &str,
        help: &str,
    ) {
        // Most statements have nothing to do with it, which their entries show soonest.
        if !self.statement.has_effect(Effect::Allow) || !self.is_identity_policy() {
            return;
        }
        let names = |element: &Element<ActionPattern>| entry_for(element, name).is_some();
        if self
            .statement
            .action
            .as_ref()
            .is_some_and(|element| !names(element))
        {
            return;
        }
        let Some(action) = self.catalog.action(name) else {
            return;
        };
        let Some(through) = self.through_unlimited(action) else {
            return;
        };
        let Some((span, text)) = self.reach(action) else {
            return;
        };
        let allows = if through.negated {
            format!("does not leave out `{name}`")
        } else {
            format!("allows `{name}`")
        };
        out.report(self.document.key_text(span), message)
            .caption(text)
            .label(through.span, allows)
            .help(help);
    }
}
