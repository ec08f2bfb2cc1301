//! The entries of `Resource` against what was used of them.

use super::{
    super::place::resource_name,
    FEW_RESOURCES, PatternBreadth, UseClass, Used,
    action_entry::{most_used_first, not_observable},
    class::{Width, class_of},
    policy::{PolicyReader, Written, negated},
    uses::{EntryUse, StatementUse},
};
use crate::{
    catalog::{Action, Catalog},
    eval::Target,
    policy::{
        ArnPattern, Case, Pattern, Piece, ResourceForm, ResourcePattern, Statement, Wildcard,
    },
};
use std::collections::BTreeSet;

/// An entry, and what it stands for.
struct ResourceEntry<'a> {
    written: Written<'a>,
    width: Width,
    /// The pattern; `None` where it may be any resource.
    pattern: Option<&'a ArnPattern>,
}

impl<'a> ResourceEntry<'a> {
    /// The entries of a statement. `NotResource` is one, which stands for all that it leaves.
    fn all(statement: &'a Statement) -> Vec<Self> {
        if let Some(element) = &statement.resource {
            return element.entries.iter().map(Self::of).collect();
        }
        let left = statement.not_resource.iter().map(|element| {
            let texts = element.entries.iter().map(|entry| entry.text.as_str());
            let texts: Vec<_> = texts.collect();
            Self {
                written: negated("NotResource", &texts, element.key_span),
                width: Width::Wide,
                pattern: None,
            }
        });
        left.collect()
    }

    fn of(entry: &'a ResourcePattern) -> Self {
        let (width, pattern) = match &entry.form {
            ResourceForm::Star => (Width::Wide, None),
            ResourceForm::Arn(pattern) if pattern.fields().iter().any(has_wildcard) => {
                (Width::Wide, Some(pattern))
            }
            ResourceForm::Arn(pattern) => (Width::Narrow, Some(pattern)),
            ResourceForm::Opaque => (Width::Narrow, None),
        };
        Self {
            written: Written::of(&entry.text),
            width,
            pattern,
        }
    }

    /// Those of some actions that work on resources which the entry stands for.
    fn actions_on(&self, granted: &BTreeSet<Action>) -> Vec<Action> {
        let Some(pattern) = self.pattern else {
            return granted.iter().copied().collect();
        };
        let types = Catalog::embedded().resource_types_matching(pattern);
        let types: BTreeSet<_> = types.into_iter().collect();
        let works_on = |action: &Action| {
            let mut own = action.resources();
            own.any(|resource| types.contains(&resource.resource_type()))
        };
        granted.iter().copied().filter(works_on).collect()
    }

    /// Whether what was used is a list of few resources that leaves out others.
    fn is_used_for_few(&self, uses: &EntryUse<&Target>) -> bool {
        let own = Wildcard::new(&self.written.text, Case::Sensitive);
        let mut listed = 0;
        for target in uses.names.keys() {
            match target {
                // A part that is known as badly as the entry itself tells nothing narrower.
                Target::Like(like) if Wildcard::new(like, Case::Sensitive).covers(&own) => {
                    return false;
                }
                Target::Arn(_) | Target::Like(_) => listed += 1,
                // What needs `*` as its resource could have a statement of its own.
                Target::Star => {}
                Target::Unknown => return false,
            }
        }
        (1..=FEW_RESOURCES).contains(&listed)
    }
}

fn has_wildcard(pattern: &Pattern) -> bool {
    let mut pieces = pattern.pieces().iter();
    pieces.any(|piece| matches!(piece, Piece::AnyText | Piece::AnyCharacter))
}

impl PolicyReader<'_> {
    pub(super) fn resources(
        &self,
        statement: &Statement,
        granted: &BTreeSet<Action>,
        uses: &StatementUse<'_>,
    ) -> Vec<PatternBreadth> {
        let none = EntryUse::default();
        let entries = ResourceEntry::all(statement).into_iter().enumerate();
        entries
            .map(|(place, entry)| {
                let uses = uses.resources.get(&place).unwrap_or(&none);
                self.resource(&entry, granted, uses)
            })
            .collect()
    }

    fn resource(
        &self,
        entry: &ResourceEntry<'_>,
        granted: &BTreeSet<Action>,
        uses: &EntryUse<&Target>,
    ) -> PatternBreadth {
        let actions = entry.actions_on(granted);
        let no_action = actions.is_empty();
        let unseen = self.unseen(actions);
        let class = if uses.whole.is_sure() {
            let has_gap = self.has_gap();
            if entry.width == Width::Wide && !has_gap && entry.is_used_for_few(uses) {
                UseClass::TooWide
            } else {
                UseClass::Used
            }
        } else if uses.whole.calls == 0 && no_action {
            not_observable("the service reference has no action of the statement on such resources")
        } else {
            class_of(uses.whole, &unseen, entry.width)
        };
        let exact = uses.names.keys();
        let distinct = exact.filter(|target| matches!(target, Target::Arn(_)));
        let position = self.position(entry.written.offset);
        PatternBreadth {
            pattern: entry.written.text.to_string(),
            line: position.line,
            column: position.column,
            granted: None,
            class,
            calls: uses.whole.calls,
            uncertain: uses.whole.uncertain,
            not_observable: unseen.hidden(),
            last: uses.whole.last,
            distinct: distinct.count() as u64,
            used: used(uses),
        }
    }
}

fn used(uses: &EntryUse<&Target>) -> Vec<Used> {
    let mut names: Vec<_> = uses
        .names
        .iter()
        .map(|(target, of)| Used {
            name: resource_name(target).to_owned(),
            partly_known: matches!(target, Target::Like(_)),
            count: of.calls,
            last: of.last,
        })
        .collect();
    most_used_first(&mut names);
    names
}
