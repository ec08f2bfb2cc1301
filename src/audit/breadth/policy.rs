//! One policy against what was used of it.

use super::{
    super::StatementPlace,
    super::observation::{Observation, Unseen},
    PatternBreadth, PolicyBreadth, StatementBreadth, UseClass,
    action_entry::ActionEntry,
    class::{Width, class_of},
    holders::Standing,
    services::Granted,
    uses::{PolicyUse, StatementUse},
};
use crate::{
    account::Document,
    catalog::{Action, Catalog},
    policy::{Effect, Statement},
    source::{Position, Span},
    syntax::Text,
};
use std::{borrow::Cow, collections::BTreeSet};

/// Reads one policy.
pub(super) struct PolicyReader<'a> {
    document: &'a Document,
    place: usize,
    pub(super) uses: Option<&'a PolicyUse<'a>>,
    observation: &'a Observation,
    standing: &'a Standing,
}

/// An entry as it is written, and where.
pub(super) struct Written<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) offset: usize,
}

impl<'a> Written<'a> {
    pub(super) fn of(text: &'a Text<'static>) -> Self {
        Self {
            text: Cow::Borrowed(text.as_str()),
            offset: text.quoted_span().start,
        }
    }
}

/// The most entries of a negated element that its text lists.
const MOST_NEGATED: usize = 8;

/// The one entry that stands for a negated element: ``NotAction: iam:*, sts:*``.
pub(super) fn negated(element: &str, texts: &[&str], key: Span) -> Written<'static> {
    let more = texts.len().saturating_sub(MOST_NEGATED);
    let listed: Vec<_> = texts.iter().copied().take(MOST_NEGATED).collect();
    let mut text = format!("{element}: {}", listed.join(", "));
    if more > 0 {
        text += &format!(" and {more} more");
    }
    Written {
        text: Cow::Owned(text),
        offset: key.start,
    }
}

impl<'a> PolicyReader<'a> {
    pub(super) fn new(
        document: &'a Document,
        place: usize,
        uses: Option<&'a PolicyUse<'a>>,
        observation: &'a Observation,
        standing: &'a Standing,
    ) -> Self {
        Self {
            document,
            place,
            uses,
            observation,
            standing,
        }
    }

    pub(super) fn read(&self) -> PolicyBreadth {
        let whole = self.uses.map(|uses| uses.whole).unwrap_or_default();
        let mut granted = Granted::default();
        let statements = self.document.policy.statements.iter();
        let statements = statements.filter(|statement| statement.has_effect(Effect::Allow));
        let statements = statements.map(|statement| self.statement(statement, &mut granted));
        let statements = statements.collect();
        PolicyBreadth {
            document: self.place,
            policy: self.document.name.clone(),
            used: whole.calls,
            uncertain: whole.uncertain,
            last: whole.last,
            services: self.services(&granted),
            statements,
            notes: self.standing.notes.clone(),
        }
    }

    fn statement(&self, statement: &Statement, granted: &mut Granted) -> StatementBreadth {
        let none = StatementUse::default();
        let uses = self
            .uses
            .and_then(|uses| uses.statements.get(&statement.index));
        let uses = uses.unwrap_or(&none);
        let entries = ActionEntry::all(statement);
        let of_entries = entries.iter().filter_map(|entry| entry.granted.as_deref());
        let own: BTreeSet<Action> = of_entries.flatten().copied().collect();
        granted.add(&own);
        let actions = self.actions(&entries, uses);
        let resources = self.resources(statement, &own, uses);
        let class = self.class_of_statement(&own, &actions, &resources, uses);
        StatementBreadth {
            place: StatementPlace::of(self.document, self.place, statement),
            used: uses.whole.calls,
            uncertain: uses.whole.uncertain,
            last: uses.whole.last,
            class,
            actions,
            resources,
        }
    }

    /// A statement is as broad as the broadest of its entries.
    fn class_of_statement(
        &self,
        granted: &BTreeSet<Action>,
        actions: &[PatternBreadth],
        resources: &[PatternBreadth],
        uses: &StatementUse<'_>,
    ) -> UseClass {
        if uses.whole.is_sure() {
            let is_broad = |entry: &PatternBreadth| {
                matches!(entry.class, UseClass::TooWide | UseClass::Unused)
            };
            return if actions.iter().chain(resources).any(is_broad) {
                UseClass::TooWide
            } else {
                UseClass::Used
            };
        }
        if granted.is_empty() && uses.whole.calls == 0 {
            // Its entries say why.
            let reasons = actions.iter().find_map(|entry| match &entry.class {
                UseClass::NotObservable(reasons) => Some(reasons.clone()),
                UseClass::Used | UseClass::TooWide | UseClass::Unused => None,
            });
            return UseClass::NotObservable(reasons.unwrap_or_default());
        }
        let catalog = Catalog::embedded();
        let names = uses.actions.values().flat_map(|entry| entry.names.keys());
        let seen: BTreeSet<_> = names.filter_map(|name| catalog.action(name)).collect();
        let unseen = granted.difference(&seen).copied();
        class_of(uses.whole, &self.unseen(unseen), Width::Wide)
    }

    pub(super) fn unseen(&self, actions: impl IntoIterator<Item = Action>) -> Unseen {
        self.observation.unseen(actions, &self.standing.gaps)
    }

    /// Whether something keeps all that was not seen from being called unused.
    pub(super) fn has_gap(&self) -> bool {
        !self.observation.gaps.is_empty() || !self.standing.gaps.is_empty()
    }

    pub(super) fn position(&self, offset: usize) -> Position {
        self.document.source.position(offset)
    }
}
