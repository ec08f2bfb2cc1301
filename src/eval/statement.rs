//! Whether a statement applies to a request, and which element decides.

use super::{
    Truth, Unknown,
    compile::{Actions, CompiledStatement, ResourceMatcher, Resources},
    condition::{fields_match, holds},
    view::RequestView,
};
use crate::policy::Effect;
use std::collections::BTreeSet;

/// How a statement stands to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementResult {
    /// Its place in the policy, from 0.
    pub index: usize,
    /// What it does where it applies; `None` for a statement without an effect.
    pub effect: Option<Effect>,
    /// Whether it applies.
    pub applies: Applies,
    /// The entry of `Action` that the action matched.
    pub action_entry: Option<usize>,
    /// The entry of `Resource` that the resource matched, or may match.
    pub resource_entry: Option<usize>,
    /// Whether the resource hangs on what is not known.
    pub resource_is_open: bool,
}

/// Whether a statement applies to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applies {
    /// Every element matches.
    Yes,
    /// An element does not match; the first, in the order action, resource, condition.
    No(Mismatch),
    /// It applies or not, depending on these.
    Depends(BTreeSet<Unknown>),
}

/// The element that keeps a statement from applying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mismatch {
    /// `Action` or `NotAction`.
    Action,
    /// `Resource` or `NotResource`.
    Resource,
    /// The test of this place, from 0, among all tests of the condition.
    Condition(usize),
}

/// What each element of a statement says to a request, none left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examination {
    /// `Action` or `NotAction`.
    pub action: Truth,
    /// `Resource` or `NotResource`.
    pub resource: Truth,
    /// Each test of the condition, in order.
    pub tests: Vec<Truth>,
}

impl CompiledStatement {
    pub(super) fn evaluate(&self, index: usize, view: &RequestView<'_>) -> StatementResult {
        let (action, action_entry) = self.action(view);
        let mut result = StatementResult {
            index,
            effect: self.effect,
            applies: Applies::No(Mismatch::Action),
            action_entry,
            resource_entry: None,
            resource_is_open: false,
        };
        if action.is_false() {
            return result;
        }
        let (resource, resource_entry) = self.resource(view);
        result.resource_entry = resource_entry;
        result.resource_is_open = matches!(resource, Truth::Depends(_));
        if resource.is_false() {
            result.applies = Applies::No(Mismatch::Resource);
            return result;
        }
        let mut unknown = BTreeSet::new();
        let mut note = |truth| {
            if let Truth::Depends(more) = truth {
                unknown.extend(more);
            }
        };
        note(action);
        note(resource);
        for (place, test) in self.tests.iter().enumerate() {
            let truth = holds(test, view);
            if truth.is_false() {
                result.applies = Applies::No(Mismatch::Condition(place));
                return result;
            }
            note(truth);
        }
        result.applies = if unknown.is_empty() {
            Applies::Yes
        } else {
            Applies::Depends(unknown)
        };
        result
    }

    pub(super) fn examine(&self, view: &RequestView<'_>) -> Examination {
        Examination {
            action: self.action(view).0,
            resource: self.resource(view).0,
            tests: self.tests.iter().map(|test| holds(test, view)).collect(),
        }
    }

    fn action(&self, view: &RequestView<'_>) -> (Truth, Option<usize>) {
        let Some(Actions {
            negated,
            patterns,
            unfilled,
        }) = &self.actions
        else {
            return (Truth::False, None);
        };
        let action = view.request.action.as_str();
        let entry = patterns.iter().position(|pattern| pattern.matches(action));
        let missing = || {
            let open = unfilled.iter().filter(|each| each.open.matches(action));
            Truth::any(open.map(|each| Truth::Depends(each.tokens.clone())))
        };
        let matched = if entry.is_some() {
            Truth::True
        } else {
            missing()
        };
        (
            if *negated { !matched } else { matched },
            entry.filter(|_| !negated),
        )
    }

    /// A statement of an identity policy without resources applies to none.
    fn resource(&self, view: &RequestView<'_>) -> (Truth, Option<usize>) {
        let Some(Resources { negated, patterns }) = &self.resources else {
            return (Truth::False, None);
        };
        let mut entry = None;
        let mut truths = Vec::new();
        for (place, pattern) in patterns.iter().enumerate() {
            let truth = resource_matches(pattern, view);
            if truth.is_true() {
                return ((!negated).into(), (!negated).then_some(place));
            }
            if !truth.is_false() {
                entry.get_or_insert(place);
            }
            truths.push(truth);
        }
        let matched = Truth::any(truths);
        (
            if *negated { !matched } else { matched },
            entry.filter(|_| !negated),
        )
    }
}

fn resource_matches(matcher: &ResourceMatcher, view: &RequestView<'_>) -> Truth {
    if view.has_star_resource() {
        return matches!(matcher, ResourceMatcher::Everything).into();
    }
    fields_match(matcher, view, |fields| view.matches_resource(fields))
}
