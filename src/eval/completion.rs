//! What comes of a request for every way in which the facts that nobody supplied may be.
//!
//! Two tests of one unknown key hang together: no value is both `red` and `blue`. So a verdict that
//! depends is not told from its formulas alone. For each unknown fact this finds values that stand for
//! all: whatever the fact is, the elements that look at it come out as for one of them. Each verdict
//! that is named has such values as its proof.

mod candidates;

use super::{
    Atom, Claim, Context, Fact, Layer, Origin, Outcome, Principal, Request, Residual, Setting,
    Target, Truth, Unknown, Verdict, compile::CompiledStatement, named::has_boundary,
    view::RequestView,
};
use crate::policy::{ConditionKey, starts_with_ignoring_case};
use std::collections::{BTreeMap, BTreeSet};

/// The most combinations of values of one group of facts that are tried.
const MOST_TRIES: usize = 2_000;

/// The most combinations of outcomes of all groups that are looked at.
const MOST_COMBINATIONS: usize = 50_000;

/// What a fact that nobody supplied may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// The request lacks the key.
    Absent,
    /// The key has these values.
    Values(Vec<String>),
    /// The resource has this ARN; the session, user or account this name.
    Text(String),
    /// The policies of the layer.
    Layer(UnknownPolicies),
    /// Nothing can be said of it.
    Anything,
}

/// What the policies of a layer that nobody supplied may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownPolicies {
    /// Whether there are any.
    pub exist: bool,
    /// Whether the layer lets the request through.
    pub allow: bool,
    /// Whether one of them denies it.
    pub deny: bool,
}

/// The verdicts that were found, with their proofs.
pub(super) struct Found {
    pub(super) outcomes: Vec<Outcome>,
    /// Whether there are no others.
    pub(super) exact: bool,
}

/// An unknown fact, and the request that it is about; none for one that is the same for all of a
/// call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Scoped {
    fact: Unknown,
    request: Option<usize>,
}

impl Scoped {
    fn new(fact: &Unknown, request: usize) -> Self {
        Self {
            fact: fact.clone(),
            request: (!is_of_call(fact)).then_some(request),
        }
    }

    fn is_about(&self, request: usize) -> bool {
        self.request.is_none_or(|own| own == request)
    }
}

/// Whether a fact is the same for all requests of a call: who calls, and from where. What is sent along,
/// and the resource, may be another for each.
fn is_of_call(fact: &Unknown) -> bool {
    match fact {
        Unknown::Key(key) => {
            let starts = |start| starts_with_ignoring_case(key.as_str(), start);
            let of_request = ["aws:Resource", "aws:RequestTag/", "aws:TagKeys"];
            starts("aws:") && !of_request.into_iter().any(starts)
        }
        Unknown::Template(_)
        | Unknown::Principal
        | Unknown::Session
        | Unknown::FederatingUser
        | Unknown::UniqueId
        | Unknown::CanonicalUser => true,
        Unknown::Resource | Unknown::Layer(_) => false,
    }
}

/// The requests of a call with some of their unknown facts made known.
#[derive(Clone)]
struct Completed {
    requests: Vec<Request>,
    layers: BTreeMap<(usize, Layer), UnknownPolicies>,
    example: Vec<(Unknown, Value)>,
}

/// Atoms that hang on the same facts, directly or through others.
#[derive(Default)]
struct Group {
    facts: BTreeSet<Scoped>,
    atoms: Vec<usize>,
}

/// The ways in which the atoms of a group can come out.
struct Ways {
    atoms: Vec<usize>,
    /// For each way, what each atom is, and an example.
    ways: Vec<(Vec<bool>, Vec<(Unknown, Value)>)>,
    complete: bool,
}

pub(super) struct Completions<'c> {
    requests: &'c [(&'c Setting, &'c Request)],
    residual: &'c Residual,
}

impl<'c> Completions<'c> {
    pub(super) fn new(requests: &'c [(&'c Setting, &'c Request)], residual: &'c Residual) -> Self {
        Self { requests, residual }
    }

    /// Finds, of the verdicts that the formulas allow, those that some facts lead to.
    pub(super) fn outcomes(&self, bound: &BTreeSet<Verdict>) -> Found {
        let groups: Vec<_> = self
            .groups()
            .into_iter()
            .map(|group| self.ways(group))
            .collect();
        let mut outcomes: Vec<Outcome> = Vec::new();
        let mut complete = groups.iter().all(|group| group.complete);
        let mut choice = vec![0; groups.len()];
        // Nothing is said of the atoms of a group of which no way is known.
        let mut values = vec![None; self.residual.atoms.len()];
        let mut left = MOST_COMBINATIONS;
        loop {
            for (group, chosen) in groups.iter().zip(&choice) {
                let Some((way, _)) = group.ways.get(*chosen) else {
                    continue;
                };
                for (atom, holds) in group.atoms.iter().zip(way) {
                    if let Some(value) = values.get_mut(*atom) {
                        *value = Some(*holds);
                    }
                }
            }
            let value = |atom: usize| values.get(atom).copied().flatten();
            let verdict = self.residual.verdict(&value);
            if let Some(verdict) = verdict
                && outcomes.iter().all(|outcome| outcome.verdict != verdict)
            {
                let examples = groups
                    .iter()
                    .zip(&choice)
                    .filter_map(|(group, chosen)| group.ways.get(*chosen));
                let example = examples.flat_map(|(_, example)| example.iter().cloned());
                outcomes.push(Outcome {
                    verdict,
                    example: example.collect(),
                });
            }
            left -= 1;
            let all_found = outcomes.len() == bound.len();
            if all_found || left == 0 || !next_choice(&mut choice, &groups) {
                complete = complete && left > 0 || all_found;
                break;
            }
        }
        outcomes.sort_by_key(|outcome| outcome.verdict);
        Found {
            outcomes,
            exact: complete,
        }
    }

    /// The atoms that count, by the facts that they share.
    fn groups(&self) -> Vec<Group> {
        let mut used = BTreeSet::new();
        self.residual.denies.collect_atoms(&mut used);
        self.residual.allows.collect_atoms(&mut used);
        let mut groups: Vec<Group> = Vec::new();
        for place in used {
            let Some(atom) = self.residual.atoms.get(place) else {
                continue;
            };
            let scoped = atom
                .facts
                .iter()
                .map(|fact| Scoped::new(fact, atom.request));
            let mut own = Group {
                facts: scoped.collect(),
                atoms: Vec::new(),
            };
            let (joined, apart): (Vec<_>, Vec<_>) = groups
                .into_iter()
                .partition(|group| !group.facts.is_disjoint(&own.facts));
            for group in joined {
                own.facts.extend(group.facts);
                own.atoms.extend(group.atoms);
            }
            own.atoms.push(place);
            groups = apart;
            groups.push(own);
        }
        groups
    }

    /// The ways in which the atoms of a group can come out.
    fn ways(&self, group: Group) -> Ways {
        let is_free =
            |scoped: &Scoped| matches!(scoped.fact, Unknown::Template(_) | Unknown::Principal);
        if group.facts.iter().any(is_free) {
            return free_ways(group);
        }
        // What is said of two facts at once is tried, but not for every pair of values.
        let is_of_two = |atom: &usize| {
            let atom = self.residual.atoms.get(*atom);
            atom.is_some_and(|atom| atom.facts.len() > 1)
        };
        let mut ways = Ways {
            complete: !group.atoms.iter().any(is_of_two),
            atoms: group.atoms,
            ways: Vec::new(),
        };
        let start = Completed {
            requests: self
                .requests
                .iter()
                .map(|(_, request)| Request::clone(request))
                .collect(),
            layers: BTreeMap::new(),
            example: Vec::new(),
        };
        let facts: Vec<_> = group.facts.into_iter().collect();
        let mut tries = MOST_TRIES;
        self.complete(&start, &facts, &mut ways, &mut tries);
        ways.complete &= !ways.ways.is_empty();
        ways
    }

    /// Gives the first of some facts each value that matters, and goes on with the rest.
    fn complete(&self, from: &Completed, facts: &[Scoped], ways: &mut Ways, tries: &mut usize) {
        let Some((fact, rest)) = facts.split_first() else {
            self.note_way(from, ways);
            return;
        };
        let candidates = self.candidates(fact, &ways.atoms, &from.requests);
        ways.complete &= candidates.complete;
        for value in candidates.values {
            if *tries == 0 {
                ways.complete = false;
                return;
            }
            *tries -= 1;
            let next = from.with(fact, value);
            self.complete(&next, rest, ways, tries);
        }
    }

    fn note_way(&self, completed: &Completed, ways: &mut Ways) {
        let mut way = Vec::with_capacity(ways.atoms.len());
        for atom in &ways.atoms {
            match self.value(*atom, completed) {
                Truth::True => way.push(true),
                Truth::False => way.push(false),
                Truth::Depends(_) => {
                    ways.complete = false;
                    return;
                }
            }
        }
        if ways.ways.iter().all(|(known, _)| *known != way) {
            ways.ways.push((way, completed.example.clone()));
        }
    }

    /// What an atom is once its facts are known.
    fn value(&self, atom: usize, completed: &Completed) -> Truth {
        let Some(atom) = self.residual.atoms.get(atom) else {
            return Truth::False;
        };
        let layer = |layer: &Layer| completed.layers.get(&(atom.request, *layer)).copied();
        match &atom.claim {
            Claim::Allows(own) => layer(own).map_or(Truth::False, |said| said.allow.into()),
            Claim::Denies(own) => layer(own).map_or(Truth::False, |said| said.deny.into()),
            Claim::Matches {
                policy,
                statement,
                part,
            } => self.look(atom, *policy, *statement, completed, |statement, view| {
                statement.part(*part, view)
            }),
            Claim::Names {
                policy,
                statement,
                naming,
            } => self.look(atom, *policy, *statement, completed, |statement, view| {
                let named = statement.named(view);
                // A stronger way gives all that a weaker one does.
                if named.surely >= Some(*naming) {
                    Truth::True
                } else if named.perhaps.iter().any(|(own, _)| own >= naming) {
                    named.truth()
                } else {
                    Truth::False
                }
            }),
        }
    }

    fn look(
        &self,
        atom: &Atom,
        policy: usize,
        statement: usize,
        completed: &Completed,
        ask: impl FnOnce(&CompiledStatement, &RequestView<'_>) -> Truth,
    ) -> Truth {
        let setting = self.requests.get(atom.request).map(|(setting, _)| setting);
        let attached = setting.and_then(|setting| Some((setting, setting.policies().get(policy)?)));
        let request = completed.requests.get(atom.request);
        let Some(((setting, attached), request)) = attached.zip(request) else {
            return Truth::False;
        };
        let boundary = match completed.layers.get(&(atom.request, Layer::Boundary)) {
            Some(said) => said.exist.into(),
            None => has_boundary(setting, request),
        };
        let view = RequestView::new(request, attached.layer, &boundary);
        attached
            .policy
            .statements
            .get(statement)
            .map_or(Truth::False, |statement| ask(statement, &view))
    }

    fn statement(&self, atom: &Atom) -> Option<&'c CompiledStatement> {
        match &atom.claim {
            Claim::Matches {
                policy, statement, ..
            }
            | Claim::Names {
                policy, statement, ..
            } => {
                let (setting, _) = self.requests.get(atom.request)?;
                let policy = setting.policies().get(*policy)?;
                policy.policy.statements.get(*statement)
            }
            Claim::Allows(_) | Claim::Denies(_) => None,
        }
    }
}

impl Completed {
    /// The same with one more fact known.
    fn with(&self, scoped: &Scoped, value: Value) -> Self {
        let mut next = self.clone();
        for (place, request) in next.requests.iter_mut().enumerate() {
            if !scoped.is_about(place) {
                continue;
            }
            if let (Unknown::Layer(layer), Value::Layer(said)) = (&scoped.fact, &value) {
                next.layers.insert((place, *layer), *said);
            }
            set(request, &scoped.fact, &value);
        }
        next.example.push((scoped.fact.clone(), value));
        next
    }
}

/// Makes a fact of a request known.
fn set(request: &mut Request, fact: &Unknown, value: &Value) {
    let context = &mut request.context;
    match (fact, value) {
        (Unknown::Key(key), Value::Absent) if is_open(context, key) => {
            context.set(key.clone(), Fact::Absent, Origin::Given);
        }
        (Unknown::Key(key), Value::Values(values)) if is_open(context, key) => {
            let fact = Fact::Values(values.clone());
            context.set(key.clone(), fact, Origin::Given);
        }
        (Unknown::Resource, Value::Text(arn)) => request.resource = Target::Arn(arn.clone()),
        (Unknown::CanonicalUser, Value::Text(id)) => request.canonical_user = Some(id.clone()),
        (Unknown::UniqueId, Value::Text(id)) => {
            let fact = Fact::Values(vec![id.clone()]);
            context.set("aws:userid", fact, Origin::Given);
        }
        (Unknown::Session, Value::Text(arn)) => {
            if let (Principal::Role { arn: role, .. }, Ok(session)) =
                (&request.principal, Principal::parse(arn))
            {
                let role_arn = Some(role.clone());
                request.principal = session.with_role_arn(role_arn);
            }
        }
        (Unknown::FederatingUser, Value::Text(arn)) => {
            if let Principal::FederatedUser { user_arn, .. } = &mut request.principal {
                *user_arn = Some(arn.clone());
            }
        }
        _ => {}
    }
}

/// Whether a key has no known value yet: of the requests of a call, some may know it.
fn is_open(context: &Context, key: &ConditionKey) -> bool {
    matches!(&*context.fact(key), Fact::Unknown | Fact::Like(_))
}
/// Atoms of which nothing is known but that they hold or not.
fn free_ways(group: Group) -> Ways {
    let example = |holds: bool| {
        let facts = group.facts.iter().map(|scoped| scoped.fact.clone());
        (
            vec![holds; group.atoms.len()],
            facts.map(|fact| (fact, Value::Anything)).collect(),
        )
    };
    Ways {
        // Of several, some may hold and others not.
        complete: group.atoms.len() == 1,
        ways: vec![example(false), example(true)],
        atoms: group.atoms,
    }
}

/// The next combination of one way of each group; false after the last.
fn next_choice(choice: &mut [usize], groups: &[Ways]) -> bool {
    for (chosen, group) in choice.iter_mut().zip(groups) {
        *chosen += 1;
        if *chosen < group.ways.len() {
            return true;
        }
        *chosen = 0;
    }
    false
}
