//! Patterns that stand for some actions of the catalog and for no others.

use crate::{
    catalog::{Action, Service},
    policy::{Case, Wildcard, starts_with_ignoring_case},
};
use std::collections::{BTreeMap, BTreeSet};

/// The shortest patterns that start with whole words and match all of `wanted`, and nothing in the
/// catalog beside what is in `allowed`. All of them lie within a pattern.
pub(super) fn cover(
    wanted: &BTreeSet<Action>,
    allowed: &BTreeSet<Action>,
    within: &Wildcard,
) -> Vec<String> {
    let mut by_service: BTreeMap<Service, Vec<Action>> = BTreeMap::new();
    for action in wanted {
        by_service
            .entry(action.service())
            .or_default()
            .push(*action);
    }
    let of_service = |(service, wanted): (Service, Vec<Action>)| {
        let listed = Listed {
            service,
            allowed,
            within,
        };
        listed.cover(&wanted)
    };
    by_service.into_iter().flat_map(of_service).collect()
}

struct Listed<'a> {
    service: Service,
    allowed: &'a BTreeSet<Action>,
    within: &'a Wildcard,
}

impl Listed<'_> {
    fn cover(&self, wanted: &[Action]) -> Vec<String> {
        let best = |action: &Action| {
            let starts = word_ends(action.name()).into_iter();
            let mut starts = starts.filter_map(|end| action.name().get(..end));
            starts.find(|start| self.may_stand_for(start))
        };
        let starts: BTreeSet<&str> = wanted.iter().filter_map(best).collect();
        let prefix = self.service.prefix();
        let mut patterns: BTreeSet<String> = starts
            .iter()
            .map(|start| format!("{prefix}:{start}*"))
            .collect();
        let is_covered = |action: &&Action| {
            let mut starts = starts.iter();
            starts.any(|start| starts_with_ignoring_case(action.name(), start))
        };
        let rest = wanted.iter().filter(|action| !is_covered(action));
        patterns.extend(rest.map(|action| action.full_name()));
        patterns.into_iter().collect()
    }

    /// Whether a star after this start matches several actions, all of them allowed, and nothing that the
    /// pattern around it does not.
    fn may_stand_for(&self, start: &str) -> bool {
        let mut count = 0;
        let all_allowed = self
            .service
            .actions()
            .filter(|action| starts_with_ignoring_case(action.name(), start))
            .all(|action| {
                count += 1;
                self.allowed.contains(&action)
            });
        let pattern = format!("{}:{start}*", self.service.prefix());
        all_allowed && count > 1 && self.within.covers(&Wildcard::new(&pattern, Case::Ignored))
    }
}

/// Where the words of a name end: at its start, so that no word is one too, and before each capital letter
/// that follows another kind of character.
fn word_ends(name: &str) -> Vec<usize> {
    let mut ends = vec![0];
    let mut was_capital = true;
    for (place, character) in name.char_indices() {
        let is_capital = character.is_ascii_uppercase();
        if is_capital && !was_capital {
            ends.push(place);
        }
        was_capital = is_capital;
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    fn covered(allowed: &str, within: &str) -> Vec<String> {
        let catalog = Catalog::embedded();
        let actions: BTreeSet<_> = allowed
            .split(' ')
            .flat_map(|pattern| catalog.actions_matching(pattern))
            .collect();
        let patterns = cover(&actions, &actions, &Wildcard::new(within, Case::Ignored));
        let again: BTreeSet<_> = patterns
            .iter()
            .flat_map(|pattern| catalog.actions_matching(pattern))
            .collect();
        assert_eq!(actions, again, "{patterns:?}");
        patterns
    }

    #[test]
    fn words_that_have_no_other_actions_become_one_pattern() {
        assert_eq!(covered("sqs:*", "sqs:*"), ["sqs:*"]);
        assert_eq!(
            covered("sqs:List* sqs:DeleteMessage", "*"),
            ["sqs:DeleteMessage", "sqs:List*"]
        );
        assert_eq!(
            covered("sqs:ListQueues sqs:ListQueueTags", "sqs:*"),
            ["sqs:ListQueue*"]
        );
    }

    #[test]
    fn no_pattern_reaches_beyond_the_one_around_it() {
        assert_eq!(
            covered("sqs:ListQueues sqs:ListQueueTags", "sqs:*Queue*s"),
            ["sqs:ListQueueTags", "sqs:ListQueues"]
        );
    }

    #[test]
    fn the_patterns_of_all_actions_of_each_service_are_exact() {
        let catalog = Catalog::embedded();
        for service in catalog.services().step_by(17) {
            let own: BTreeSet<_> = service.actions().step_by(2).collect();
            let within = Wildcard::new(&format!("{}:*", service.prefix()), Case::Ignored);
            let patterns = cover(&own, &own, &within);
            let again: BTreeSet<_> = patterns
                .iter()
                .flat_map(|pattern| catalog.actions_matching(pattern))
                .collect();
            assert_eq!(own, again);
        }
    }
}
