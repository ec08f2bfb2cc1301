//! Actions that the user names by patterns, and what of a statement allows them.

use super::{RequirementError, ResourceSelector};
use crate::{
    catalog::{Action, Catalog, Service},
    lint::{
        StatementCx,
        reach::{leaves_out, stands_for},
        rules::unknown_service_prefix::same_service,
        wording,
    },
    policy::ActionPattern,
    source::Span,
};
use std::collections::BTreeSet;

/// Actions that the user names by patterns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActionSet {
    all: BTreeSet<Action>,
    /// Those that are written out.
    named: BTreeSet<Action>,
}

impl ActionSet {
    /// Every action.
    pub fn everything() -> Self {
        Self {
            all: Catalog::embedded().actions().collect(),
            named: BTreeSet::new(),
        }
    }

    /// Adds the actions of a pattern; it must stand for some.
    pub fn add(&mut self, text: &str) -> Result<(), RequirementError> {
        let catalog = Catalog::embedded();
        let (prefix, name) = parts(text).ok_or_else(|| RequirementError::ActionForm {
            text: text.to_owned(),
        })?;
        if let Some(action) = catalog.action(text) {
            self.named.insert(action);
            self.all.insert(action);
            return Ok(());
        }
        let covered = catalog.actions_matching(text);
        if !covered.is_empty() {
            self.all.extend(covered);
            return Ok(());
        }
        Err(why_nothing(catalog, text, prefix, name))
    }

    pub(in crate::lint) fn all(&self) -> &BTreeSet<Action> {
        &self.all
    }

    /// Those that work on some resources. Of those that are written out, the ones of which the catalog
    /// knows no resources are taken at the user's word.
    pub(super) fn on(&self, resource: &ResourceSelector) -> BTreeSet<Action> {
        let works = |action: &Action| {
            resource.serves(*action) || self.named.contains(action) && !action.has_resource_types()
        };
        self.all.iter().copied().filter(works).collect()
    }
}

/// Service and name of a pattern.
fn parts(text: &str) -> Option<(&str, &str)> {
    if text == "*" {
        return Some(("*", "*"));
    }
    let is_part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'*' | b'?')
            })
    };
    text.split_once(':')
        .filter(|(prefix, name)| is_part(prefix) && is_part(name))
}

fn why_nothing(catalog: Catalog, text: &str, prefix: &str, name: &str) -> RequirementError {
    let is_pattern = |part: &str| part.contains(['*', '?']);
    if is_pattern(prefix) {
        return RequirementError::MatchesNothing {
            text: text.to_owned(),
        };
    }
    let Some(service) = catalog.service(prefix) else {
        let near = same_service(catalog, prefix).or_else(|| catalog.nearest_service(prefix));
        return RequirementError::UnknownService {
            prefix: prefix.to_owned(),
            near: near.map(Service::prefix),
        };
    };
    if is_pattern(name) {
        return RequirementError::MatchesNothing {
            text: text.to_owned(),
        };
    }
    let near = catalog.nearest_action(service, name);
    RequirementError::UnknownAction {
        text: text.to_owned(),
        near: near.map(Action::full_name),
    }
}

/// An entry of `Action`, or the key `NotAction`, and what it stands for of the actions that were
/// asked about.
#[derive(Debug)]
pub(in crate::lint) struct Selected<'a> {
    pub(in crate::lint) span: Span,
    /// The entry; `None` for `NotAction`.
    entry: Option<&'a ActionPattern>,
    pub(in crate::lint) actions: Vec<Action>,
}

impl Selected<'_> {
    /// What is said of the actions, by name, with what lets them in: "`s3:GetObject` is ..", or
    /// "`s3:*` allows `s3:GetObject`, which is ..".
    pub(in crate::lint) fn sentence(&self, of_one: &str, of_many: &str) -> String {
        let names = wording::list(&self.actions);
        let what = if self.actions.len() == 1 {
            of_one
        } else {
            of_many
        };
        match self.entry {
            Some(entry) if !entry.has_wildcard() => format!("{names} {what}"),
            Some(entry) => format!("`{}` covers {names}, which {what}", entry.as_str()),
            None => format!("`NotAction` does not leave out {names}, which {what}"),
        }
    }
}

/// How many actions are looked for one by one in an entry, rather than its own among them.
const FEW: usize = 64;

impl StatementCx<'_> {
    /// The entries of the statement that stand for some of the actions. Entries that there is no effort
    /// left for are left out.
    pub(in crate::lint) fn selected(&self, wanted: &BTreeSet<Action>) -> Vec<Selected<'_>> {
        let mut found = Vec::new();
        if let Some(element) = &self.statement.not_action {
            if self.can_afford(wanted.len() * (1 + element.entries.len())) {
                let left_in = |action: &&Action| !leaves_out(element, &action.full_name());
                found.push(Selected {
                    span: self.document.key_text(element.key_span),
                    entry: None,
                    actions: wanted.iter().filter(left_in).copied().collect(),
                });
            }
        } else {
            let entries = self.listed_actions().iter();
            found.extend(entries.map(|entry| Selected {
                span: entry.text().span(),
                entry: Some(entry),
                actions: self.covered(entry, wanted),
            }));
        }
        found.retain(|each| !each.actions.is_empty());
        found
    }

    /// Those of the actions that an entry stands for.
    fn covered(&self, entry: &ActionPattern, wanted: &BTreeSet<Action>) -> Vec<Action> {
        if !entry.has_wildcard() {
            let named = self.action_of(entry);
            return named
                .filter(|action| wanted.contains(action))
                .into_iter()
                .collect();
        }
        if wanted.len() <= FEW {
            let is_covered = |action: &&Action| stands_for(entry, &action.full_name());
            return if self.can_afford(wanted.len()) {
                wanted.iter().filter(is_covered).copied().collect()
            } else {
                Vec::new()
            };
        }
        let Some(actions) = self.expand(entry) else {
            return Vec::new();
        };
        if !self.can_afford(actions.len()) {
            return Vec::new();
        }
        let is_wanted = |action: &&Action| wanted.contains(action);
        actions.iter().filter(is_wanted).copied().collect()
    }
}
