//! The entries of `Action` against what was used of them.

use super::{
    LISTED, PatternBreadth, UseClass, Used,
    class::{Width, class_of},
    policy::{PolicyReader, Written, negated},
    uses::{EntryUse, StatementUse},
};
use crate::{
    catalog::{Action, Catalog},
    policy::{ActionPattern, Element, Statement, UnfilledAction},
};
use std::collections::BTreeSet;

/// An entry, and the actions that it grants.
pub(super) struct ActionEntry<'a> {
    written: Written<'a>,
    width: Width,
    /// `None` where a template engine was to fill it in.
    pub(super) granted: Option<Vec<Action>>,
}

impl<'a> ActionEntry<'a> {
    /// The entries of a statement. `NotAction` is one, which stands for all that it leaves.
    pub(super) fn all(statement: &'a Statement) -> Vec<Self> {
        if let Some(element) = &statement.action {
            let written = element.entries.iter().map(Self::of);
            let to_fill_in = element.unfilled.iter().map(Self::to_fill_in);
            return written.chain(to_fill_in).collect();
        }
        let left = statement.not_action.iter().map(Self::left_by);
        left.collect()
    }

    fn of(entry: &'a ActionPattern) -> Self {
        Self {
            written: Written::of(entry.text()),
            width: if entry.has_wildcard() {
                Width::Wide
            } else {
                Width::Narrow
            },
            granted: Some(granted_by(entry)),
        }
    }

    fn to_fill_in(action: &'a UnfilledAction) -> Self {
        Self {
            written: Written::of(&action.text),
            width: Width::Narrow,
            granted: None,
        }
    }

    fn left_by(element: &'a Element<ActionPattern>) -> Self {
        let without: BTreeSet<_> = element.entries.iter().flat_map(granted_by).collect();
        let all = Catalog::embedded().actions();
        let texts = element.entries.iter().map(ActionPattern::as_str);
        let texts: Vec<_> = texts.collect();
        Self {
            written: negated("NotAction", &texts, element.key_span),
            width: Width::Wide,
            granted: Some(all.filter(|action| !without.contains(action)).collect()),
        }
    }
}

/// The actions of the catalog that an entry grants.
fn granted_by(entry: &ActionPattern) -> Vec<Action> {
    let catalog = Catalog::embedded();
    if entry.covers_everything() {
        catalog.actions().collect()
    } else {
        catalog.actions_matching(entry.as_str())
    }
}

impl PolicyReader<'_> {
    pub(super) fn actions(
        &self,
        entries: &[ActionEntry<'_>],
        uses: &StatementUse<'_>,
    ) -> Vec<PatternBreadth> {
        let none = EntryUse::default();
        let entries = entries.iter().enumerate();
        entries
            .map(|(place, entry)| self.action(entry, uses.actions.get(&place).unwrap_or(&none)))
            .collect()
    }

    fn action(&self, entry: &ActionEntry<'_>, uses: &EntryUse<&str>) -> PatternBreadth {
        let catalog = Catalog::embedded();
        let seen = uses.names.keys().filter_map(|name| catalog.action(name));
        let seen: BTreeSet<_> = seen.collect();
        let granted = entry.granted.as_deref().unwrap_or_default();
        let unseen = granted.iter().copied();
        let unseen = self.unseen(unseen.filter(|action| !seen.contains(action)));
        let class = match &entry.granted {
            _ if uses.whole.calls > 0 => class_of(uses.whole, &unseen, entry.width),
            None => not_observable("a template engine was to fill it in, and has not"),
            Some(granted) if granted.is_empty() => {
                not_observable("the service reference has no such action")
            }
            Some(_) => class_of(uses.whole, &unseen, entry.width),
        };
        let mut names: Vec<_> = uses
            .names
            .iter()
            .map(|(name, of)| Used {
                name: (*name).to_owned(),
                partly_known: false,
                count: of.calls,
                last: of.last,
            })
            .collect();
        most_used_first(&mut names);
        let position = self.position(entry.written.offset);
        PatternBreadth {
            pattern: entry.written.text.to_string(),
            line: position.line,
            column: position.column,
            granted: entry.granted.as_ref().map(|granted| granted.len() as u64),
            class,
            calls: uses.whole.calls,
            uncertain: uses.whole.uncertain,
            not_observable: unseen.hidden(),
            last: uses.whole.last,
            distinct: seen.len() as u64,
            used: names,
        }
    }
}

pub(super) fn not_observable(reason: &str) -> UseClass {
    UseClass::NotObservable(vec![reason.to_owned()])
}

/// Puts the most used first, and leaves out what is too much to list.
pub(super) fn most_used_first(used: &mut Vec<Used>) {
    used.sort_by(|one, other| {
        let by_count = other.count.cmp(&one.count);
        by_count.then_with(|| one.name.cmp(&other.name))
    });
    used.truncate(LISTED);
}
