//! Whether a statement applies to a request, and which element decides.

use super::{
    CompiledPolicy, Named, Truth, Unknown,
    action_index::About,
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
    /// How it names the caller; nothing for policies whose statements name nobody, and where the
    /// evaluation did not come to it.
    pub named: Named,
    /// The entry of `Action` that the action matched.
    pub action_entry: Option<usize>,
    /// The entry of `Resource` that the resource matched, or may match.
    pub resource_entry: Option<usize>,
}

impl StatementResult {
    /// Whether the statement is of a policy that names principals, and names the caller, or may.
    pub fn names_caller(&self) -> bool {
        !self.named.truth().is_false()
    }

    /// Whether the resource hangs on what is not known.
    pub fn resource_is_open(&self) -> bool {
        match &self.applies {
            Applies::Depends(open) => open.iter().any(|open| open.part == StatementPart::Resource),
            Applies::Yes | Applies::No(_) => false,
        }
    }
}

/// How statements of a policy stand to a request. Those that are not about the action have no entry of
/// their own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StatementResults {
    results: Vec<StatementResult>,
}

/// Which results are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// Those of statements that apply, or may.
    Applying,
    /// Those of all statements about the action.
    AboutAction,
}

impl StatementResults {
    /// How the statement of this place stands, of the results of a trace.
    pub fn get(&self, index: usize) -> &StatementResult {
        static NOT_ABOUT: StatementResult = StatementResult {
            index: usize::MAX,
            effect: None,
            applies: Applies::No(StatementPart::Action),
            named: Named::NOT,
            action_entry: None,
            resource_entry: None,
        };
        let found = self
            .results
            .binary_search_by_key(&index, |result| result.index);
        found
            .ok()
            .and_then(|place| self.results.get(place))
            .unwrap_or(&NOT_ABOUT)
    }

    /// The results that there are, in order.
    pub fn iter(&self) -> impl Iterator<Item = &StatementResult> {
        self.results.iter()
    }
}

impl CompiledPolicy {
    pub(super) fn evaluate(&self, view: &RequestView<'_>, keep: Keep) -> StatementResults {
        let mut results = Vec::new();
        let action = view.request.action.folded();
        self.index.for_each(action, view.sieve, |index, about| {
            let Some(statement) = self.statements.get(index) else {
                return;
            };
            let (action, entry) = match about {
                About::Entry(entry) => (Truth::True, Some(entry)),
                About::ToAsk => statement.action(view),
            };
            if action.is_false() {
                return;
            }
            let result = statement.evaluate(index, (action, entry), view);
            if keep == Keep::AboutAction || !matches!(result.applies, Applies::No(_)) {
                results.push(result);
            }
        });
        StatementResults { results }
    }
}

/// Whether a statement applies to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applies {
    /// Every part matches.
    Yes,
    /// A part does not match; the first, in the order action, principal, resource, condition.
    No(StatementPart),
    /// It applies if each of these matches.
    Depends(Vec<Open>),
}

impl Applies {
    /// The facts that it hangs on.
    pub fn unknown(&self) -> BTreeSet<Unknown> {
        match self {
            Self::Yes | Self::No(_) => BTreeSet::new(),
            Self::Depends(open) => open
                .iter()
                .flat_map(|open| open.facts.iter().cloned())
                .collect(),
        }
    }
}

/// A part of a statement that matches or not, depending on facts that nobody supplied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// The part.
    pub part: StatementPart,
    /// The facts.
    pub facts: BTreeSet<Unknown>,
}

/// A part of a statement that a request must match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StatementPart {
    /// `Action` or `NotAction`.
    Action,
    /// `Principal` or `NotPrincipal`.
    Principal,
    /// `Resource` or `NotResource`.
    Resource,
    /// The test of this place, from 0, among all tests of the condition.
    Condition(usize),
}

/// What each part of a statement says to a request, none left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examination {
    /// `Action` or `NotAction`.
    pub action: Truth,
    /// `Principal` or `NotPrincipal`.
    pub principal: Truth,
    /// `Resource` or `NotResource`.
    pub resource: Truth,
    /// Each test of the condition, in order.
    pub tests: Vec<Truth>,
}

impl CompiledStatement {
    /// How a statement stands that is or may be about the action, by this entry.
    fn evaluate(
        &self,
        index: usize,
        (action, action_entry): (Truth, Option<usize>),
        view: &RequestView<'_>,
    ) -> StatementResult {
        let mut result = StatementResult {
            index,
            effect: self.effect,
            applies: Applies::Yes,
            named: Named::NOT,
            action_entry,
            resource_entry: None,
        };
        result.named = self.named(view);
        let principal = principal(view, &result.named);
        if principal.is_false() {
            result.applies = Applies::No(StatementPart::Principal);
            return result;
        }
        let (resource, resource_entry) = self.resource(view);
        result.resource_entry = resource_entry;
        if resource.is_false() {
            result.applies = Applies::No(StatementPart::Resource);
            return result;
        }
        let mut all_open = Vec::new();
        let mut note = |part, truth| {
            if let Truth::Depends(facts) = truth {
                all_open.push(Open { part, facts });
            }
        };
        note(StatementPart::Action, action);
        note(StatementPart::Principal, principal);
        note(StatementPart::Resource, resource);
        for (place, test) in self.tests.iter().enumerate() {
            let truth = holds(test, view);
            if truth.is_false() {
                result.applies = Applies::No(StatementPart::Condition(place));
                return result;
            }
            note(StatementPart::Condition(place), truth);
        }
        if self.never_holds {
            result.applies = Applies::No(StatementPart::Condition(self.tests.len()));
            return result;
        }
        result.applies = if all_open.is_empty() {
            Applies::Yes
        } else {
            Applies::Depends(all_open)
        };
        result
    }

    pub(super) fn examine(&self, view: &RequestView<'_>) -> Examination {
        Examination {
            action: self.action(view).0,
            principal: principal(view, &self.named(view)),
            resource: self.resource(view).0,
            tests: self
                .tests
                .iter()
                .map(|test| holds(test, view))
                .chain(self.never_holds.then_some(Truth::False))
                .collect(),
        }
    }

    /// What one part says.
    pub(super) fn part(&self, part: StatementPart, view: &RequestView<'_>) -> Truth {
        match part {
            StatementPart::Action => self.action(view).0,
            StatementPart::Principal => principal(view, &self.named(view)),
            StatementPart::Resource => self.resource(view).0,
            StatementPart::Condition(place) => self
                .tests
                .get(place)
                .map_or(Truth::False, |test| holds(test, view)),
        }
    }

    /// How the statement names the caller; policies that name nobody are not asked.
    pub(super) fn named(&self, view: &RequestView<'_>) -> Named {
        match &self.principals {
            Some(principals) if view.layer.may_name_principals() => {
                principals.named(self.effect, view.request, view.boundary)
            }
            _ => Named::NOT,
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
        let mut entries = patterns.iter();
        let entry =
            entries.position(|pattern| pattern.matches_folded(view.request.action.folded()));
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

    /// A statement of a resource's policy without resources is about that resource; one of any other
    /// policy is about none.
    fn resource(&self, view: &RequestView<'_>) -> (Truth, Option<usize>) {
        let Some(Resources { negated, patterns }) = &self.resources else {
            return (view.layer.is_of_one_resource().into(), None);
        };
        let mut entry = None;
        let mut matched = Truth::False;
        for (place, pattern) in patterns.iter().enumerate() {
            let truth = resource_matches(pattern, view);
            if truth.is_true() {
                return ((!negated).into(), (!negated).then_some(place));
            }
            if !truth.is_false() {
                entry.get_or_insert(place);
                matched = Truth::any([matched, truth]);
            }
        }
        (
            if *negated { !matched } else { matched },
            entry.filter(|_| !negated),
        )
    }
}

/// Whether a statement names the caller; of policies that name nobody, every statement is about all.
fn principal(view: &RequestView<'_>, named: &Named) -> Truth {
    if view.layer.may_name_principals() {
        named.truth()
    } else {
        Truth::True
    }
}

pub(super) fn resource_matches(matcher: &ResourceMatcher, view: &RequestView<'_>) -> Truth {
    if view.has_star_resource() {
        return matches!(matcher, ResourceMatcher::Everything).into();
    }
    if let ResourceMatcher::Fixed(pattern) = matcher {
        return view.matches_fixed_resource(pattern);
    }
    let truth = fields_match(matcher, view, |fields| view.matches_resource(fields));
    match truth {
        // Once its variables are known, it still hangs on the resource.
        Truth::Depends(mut facts) if view.has_open_resource() => {
            facts.insert(Unknown::Resource);
            Truth::Depends(facts)
        }
        Truth::True | Truth::False | Truth::Depends(_) => truth,
    }
}
