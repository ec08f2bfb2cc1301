//! The laws of evaluation that need no second opinion.

use super::worlds::{
    Choices, OTHER, OWN, Statement, Supplied, World, completed, statement, with_example, world,
};
use iamsim::eval::{Decision, Unknown, Verdict, decide};
use proptest::{prelude::*, sample::Index, strategy::ValueTree as _, test_runner::TestRunner};
use std::collections::{BTreeMap, BTreeSet};

/// How good a verdict is for the caller.
fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::ExplicitDeny => 0,
        Verdict::ImplicitDeny => 1,
        Verdict::Allowed => 2,
        Verdict::Depends => panic!("what is possible is never `depends`"),
    }
}

/// Whether no verdict is named that nothing leads to.
fn is_exact(decision: &Decision) -> bool {
    let residual = decision.residual.as_ref();
    residual.is_none_or(|residual| residual.exact)
}

fn worst(decision: &Decision) -> u8 {
    decision.possible.iter().copied().map(rank).min().unwrap()
}

fn best(decision: &Decision) -> u8 {
    decision.possible.iter().copied().map(rank).max().unwrap()
}

/// Whatever the unknown facts are, the verdict of `low` is no better than that of `high`. So neither the
/// worst nor the best that may come of it is. What is not exact names too much at either end, and is
/// only compared at the end where that does not count.
fn assert_no_better(low: &Decision, high: &Decision) {
    if is_exact(high) {
        assert!(worst(low) <= worst(high), "{low:#?}\n{high:#?}");
    }
    if is_exact(low) {
        assert!(best(low) <= best(high), "{low:#?}\n{high:#?}");
    }
}

/// A world with one more statement in one of its policies; `None` where it has none.
fn with(mut world: World, mut statement: Statement, policy: Index, allow: bool) -> Option<World> {
    statement.allow = allow;
    let mut policies = world.policies_mut();
    if policies.is_empty() {
        return None;
    }
    let own = policy.index(policies.len());
    policies[own].1.push(statement);
    Some(world)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn adding_an_allow_to_a_policy_never_lowers_a_verdict(
        before in world(), more in statement(), policy in any::<Index>(),
    ) {
        if let Some(after) = with(before.clone(), more, policy, true) {
            let (before, after) = (before.decide(), after.decide());
            // What a policy that nobody supplied may deny is left aside where it could not allow, and
            // counts once it could.
            let is_layer = |fact: &Unknown| matches!(fact, Unknown::Layer(_));
            let leaves_aside = |decision: &Decision| !decision.unknown().iter().any(is_layer);
            if leaves_aside(&before) && !leaves_aside(&after) {
                assert!(best(&before) <= best(&after), "{before:#?}\n{after:#?}");
            } else {
                assert_no_better(&before, &after);
            }
        }
    }

    #[test]
    fn adding_a_deny_to_a_policy_never_raises_a_verdict(
        before in world(), more in statement(), policy in any::<Index>(),
    ) {
        if let Some(after) = with(before.clone(), more, policy, false) {
            assert_no_better(&after.decide(), &before.decide());
        }
    }

    #[test]
    fn widening_a_deny_never_raises_a_verdict(
        before in world(), place in any::<Index>(), choices in Choices::any(),
    ) {
        let (mut after, mut choices) = (before.clone(), choices);
        let policies = after.policies_mut().into_iter();
        let mut denies: Vec<_> = policies
            .flat_map(|(_, policy)| policy)
            .filter(|statement| !statement.allow)
            .collect();
        if !denies.is_empty() {
            let place = place.index(denies.len());
            *denies[place] = denies[place].clone().widened(&mut choices);
            assert_no_better(&after.decide(), &before.decide());
        }
    }

    #[test]
    fn the_order_of_statements_policies_and_lists_counts_for_nothing(before in world()) {
        let mut after = before.clone();
        for (_, policy) in after.policies_mut() {
            policy.reverse();
            for statement in policy {
                *statement = statement.clone().reversed();
            }
        }
        for supplied in after.layers.values_mut() {
            if let Supplied::Given(levels) = supplied {
                for level in levels {
                    level.reverse();
                }
            }
        }
        let (before, after) = (before.decide(), after.decide());
        prop_assert_eq!(&before.possible, &after.possible);
        prop_assert_eq!(is_exact(&before), is_exact(&after));
        prop_assert_eq!(&before.limited_by, &after.limited_by);
        prop_assert_eq!(before.unknown(), after.unknown());
    }

    #[test]
    fn splitting_a_policy_in_two_and_merging_two_change_nothing(
        before in world(), cut in any::<Index>(),
    ) {
        let (mut split, mut merged) = (before.clone(), before.clone());
        for supplied in split.layers.values_mut() {
            if let Supplied::Given(levels) = supplied {
                for level in levels {
                    for mut policy in std::mem::take(level) {
                        let rest = policy.split_off(cut.index(policy.len() + 1));
                        level.extend([policy, rest]);
                    }
                }
            }
        }
        for supplied in merged.layers.values_mut() {
            if let Supplied::Given(levels) = supplied {
                // A level without policies stays one: merged, there would be a boundary where there is
                // none.
                for level in levels.iter_mut().filter(|level| !level.is_empty()) {
                    *level = vec![level.concat()];
                }
            }
        }
        let before = before.decide();
        for after in [split.decide(), merged.decide()] {
            prop_assert_eq!(&before.possible, &after.possible);
            prop_assert_eq!(is_exact(&before), is_exact(&after));
            prop_assert_eq!(&before.limited_by, &after.limited_by);
            prop_assert_eq!(before.unknown(), after.unknown());
        }
    }

    #[test]
    fn letter_case_of_actions_counts_for_nothing(before in world()) {
        let mut after = before.clone();
        for statement in after.policies_mut().into_iter().flat_map(|(_, policy)| policy) {
            *statement = statement.clone().shouted();
        }
        prop_assert_eq!(before.decide().possible, after.decide().possible);
    }

    #[test]
    fn what_accounts_are_called_counts_for_nothing(before in world()) {
        let mut after = before.clone();
        after.accounts = [(OWN, "444444444444"), (OTHER, "555555555555")];
        let (before, after) = (before.decide(), after.decide());
        prop_assert_eq!(&before.possible, &after.possible);
        prop_assert_eq!(before.limited_by, after.limited_by);
        prop_assert_eq!(before.exempt, after.exempt);
    }
}

/// Each verdict that is named is proved by its example: put in place of what is unknown, it leads to
/// this verdict and no other.
fn assert_examples_lead_to_their_verdicts(world: &World, decision: &Decision) {
    let Some(residual) = &decision.residual else {
        return;
    };
    let verdicts: Vec<_> = residual.outcomes.iter().map(|o| o.verdict).collect();
    let set: BTreeSet<_> = verdicts.iter().copied().collect();
    assert_eq!(set.len(), verdicts.len(), "a verdict has two outcomes");
    assert!(set.is_subset(&decision.possible));
    if residual.exact {
        assert_eq!(set, decision.possible, "a verdict has no outcome");
    }
    for outcome in &residual.outcomes {
        if let Some((setting, request)) = with_example(world, outcome) {
            let verdict = decide(&setting, &request).verdict;
            assert_eq!(verdict, outcome.verdict, "{outcome:#?}\n{residual:#?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 4_000, ..ProptestConfig::with_cases(1_500) })]

    #[test]
    fn whatever_the_unknown_is_the_verdict_is_one_that_was_named(
        world in world(), mut choices in Choices::any(),
    ) {
        let decision = world.decide();
        assert_examples_lead_to_their_verdicts(&world, &decision);
        for _ in 0..12 {
            let (setting, request) = completed(&world, &mut choices);
            let verdict = decide(&setting, &request);
            prop_assert!(
                verdict.possible.is_subset(&decision.possible),
                "{:?} is not in {:?} for {request:#?}\n{setting:#?}", verdict.possible, decision.possible
            );
            prop_assert_eq!(verdict.possible.len(), 1, "{:#?}", verdict.residual);
        }
    }
}

/// A law that holds because hardly anything is ever allowed, or ever depends, says little.
#[test]
fn worlds_come_to_every_verdict_and_what_depends_is_mostly_exact() {
    let mut runner = TestRunner::deterministic();
    let worlds = world();
    let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    let mut exact = 0;
    for _ in 0..600 {
        let decision = worlds.new_tree(&mut runner).unwrap().current().decide();
        *counts.entry(decision.verdict).or_default() += 1;
        exact += usize::from(decision.residual.is_some_and(|residual| residual.exact));
    }
    let count = |verdict| counts.get(&verdict).copied().unwrap_or_default();
    for verdict in [
        Verdict::Allowed,
        Verdict::ExplicitDeny,
        Verdict::ImplicitDeny,
    ] {
        assert!(count(verdict) >= 30, "{counts:?}");
    }
    let depends = count(Verdict::Depends);
    assert!(depends >= 150, "{counts:?}");
    assert!(exact * 10 >= depends * 9, "{exact} of {depends} are exact");
}
