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

/// The most effort that a decision is worth, in atoms that are judged: 1,000 combinations of values, or
/// fewer where many atoms hang on them, or where the values themselves take long to find. Groups of
/// facts share it.
const MOST_EFFORT: usize = 100_000;

/// What each group may have at least.
const LEAST_SHARE: usize = 4_000;

/// What a state costs that a search for values looks at.
const EFFORT_OF_STATE: usize = 20;

/// What a combination costs at least.
const LEAST_EFFORT: usize = 100;

/// The most combinations of outcomes of all groups that are looked at, times the atoms that each sets:
/// 20,000, or fewer where there are many atoms.
const MOST_COMBINATIONS: usize = 500_000;

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
    list: Vec<Way>,
    complete: bool,
}

/// What each atom of a group is, and an example of facts that make it so.
type Way = (Vec<bool>, Vec<(Unknown, Value)>);

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
        let groups = self.groups();
        let share = (MOST_EFFORT / groups.len().max(1)).max(LEAST_SHARE);
        let groups: Vec<_> = groups
            .into_iter()
            .map(|group| self.ways(group, share))
            .collect();
        let mut outcomes: Vec<Outcome> = Vec::new();
        let mut complete = groups.iter().all(|group| group.complete);
        let mut choice = vec![0; groups.len()];
        // Nothing is said of the atoms of a group of which no way is known.
        let mut values = vec![None; self.residual.atoms.len()];
        let mut left = MOST_COMBINATIONS / self.residual.atoms.len().max(25);
        loop {
            for (group, chosen) in groups.iter().zip(&choice) {
                let Some((way, _)) = group.list.get(*chosen) else {
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
                    .filter_map(|(group, chosen)| group.list.get(*chosen));
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
    fn ways(&self, group: Group, mut effort: usize) -> Ways {
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
            list: Vec::new(),
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
        self.complete(&start, &facts, &mut ways, &mut effort);
        ways.complete &= !ways.list.is_empty();
        ways
    }

    /// Gives the first of some facts each value that matters, and goes on with the rest.
    fn complete(&self, from: &Completed, facts: &[Scoped], ways: &mut Ways, effort: &mut usize) {
        let Some((fact, rest)) = facts.split_first() else {
            self.note_way(from, ways);
            return;
        };
        let candidates = self.candidates(fact, &ways.atoms, &from.requests);
        ways.complete &= candidates.complete;
        *effort = effort.saturating_sub(candidates.effort * EFFORT_OF_STATE);
        for value in candidates.values {
            if *effort == 0 {
                ways.complete = false;
                return;
            }
            *effort = effort.saturating_sub(ways.atoms.len().max(LEAST_EFFORT));
            let next = from.with(fact, value);
            self.complete(&next, rest, ways, effort);
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
        if ways.list.iter().all(|(known, _)| *known != way) {
            ways.list.push((way, completed.example.clone()));
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
        list: vec![example(false), example(true)],
        atoms: group.atoms,
    }
}

/// The next combination of one way of each group; false after the last.
fn next_choice(choice: &mut [usize], groups: &[Ways]) -> bool {
    for (chosen, group) in choice.iter_mut().zip(groups) {
        *chosen += 1;
        if *chosen < group.list.len() {
            return true;
        }
        *chosen = 0;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        eval::{CompiledPolicy, Decision, decide, decide_call, derive_context},
        policy::{ActionName, lower},
        source::Source,
        syntax::parse,
    };
    use Verdict::{Allowed, ExplicitDeny, ImplicitDeny};
    use serde_json::{Value as Json, json};

    const USER: &str = "arn:aws:iam::111111111111:user/ana";
    const SESSION: &str = "arn:aws:sts::111111111111:assumed-role/web/i-1";
    const OBJECT: &str = "arn:aws:s3:::reports/blue/a";

    fn compiled(statements: &Json) -> CompiledPolicy {
        let policy = json!({"Version": "2012-10-17", "Statement": statements});
        let source = Source::new("test.json", policy.to_string().into_bytes());
        CompiledPolicy::new(&lower(&parse(&source).root).policy.unwrap())
    }

    fn statement(effect: &str, condition: Json) -> Json {
        let mut own = json!({"Effect": effect, "Action": "*", "Resource": "*"});
        own["Condition"] = condition;
        own
    }

    fn allow_if(condition: Json) -> Json {
        statement("Allow", condition)
    }

    fn deny_if(condition: Json) -> Json {
        statement("Deny", condition)
    }

    /// A request of which only these keys are unknown.
    fn request(principal: &str, unknown: &[&str]) -> Request {
        let mut context = Context::complete();
        for key in unknown {
            context.set(*key, Fact::Unknown, Origin::Given);
        }
        let mut request = Request::new(
            Principal::parse(principal).unwrap(),
            ActionName::new("s3:GetObject"),
            Target::Arn(OBJECT.to_owned()),
            context,
        );
        derive_context(&mut request);
        request
    }

    fn decided(statements: &Json, unknown: &[&str]) -> Decision {
        let setting = Setting::of_identity([compiled(statements)]);
        decide(&setting, &request(USER, unknown))
    }

    fn set(verdicts: &[Verdict]) -> BTreeSet<Verdict> {
        verdicts.iter().copied().collect()
    }

    /// Exactly these are possible, and each is proved.
    #[track_caller]
    fn assert_possible(decision: &Decision, expected: &[Verdict]) {
        assert_eq!(decision.possible, set(expected));
        if let Some(residual) = &decision.residual {
            assert!(residual.exact, "{residual:#?}");
            assert_eq!(residual.outcomes.len(), expected.len());
        }
    }

    fn example(decision: &Decision, verdict: Verdict) -> &[(Unknown, Value)] {
        let outcomes = &decision.residual.as_ref().unwrap().outcomes;
        let outcome = outcomes.iter().find(|own| own.verdict == verdict);
        &outcome.unwrap().example
    }

    #[test]
    fn tests_of_one_key_exclude_each_other() {
        let team = "aws:PrincipalTag/team";
        let red = || json!({"StringEquals": {team: "red"}});
        let both = json!([allow_if(red()), deny_if(red())]);
        assert_possible(&decided(&both, &[team]), &[ExplicitDeny, ImplicitDeny]);
        let never = json!({"StringEquals": {team: "red"}, "StringLike": {team: "b*"}});
        assert_possible(
            &decided(&json!([allow_if(never)]), &[team]),
            &[ImplicitDeny],
        );
        let other = json!({"StringNotEquals": {team: "red"}});
        let all = json!([allow_if(red()), allow_if(other)]);
        assert_possible(&decided(&all, &[team]), &[Allowed]);
    }

    #[test]
    fn a_key_is_either_absent_or_present() {
        let key = "aws:SourceVpce";
        let statements = json!([
            allow_if(json!({"Null": {key: "true"}})),
            deny_if(json!({"Null": {key: "false"}})),
        ]);
        let decision = decided(&statements, &[key]);
        assert_possible(&decision, &[Allowed, ExplicitDeny]);
        let absent = [(Unknown::Key(key.into()), Value::Absent)];
        assert_eq!(example(&decision, Allowed), absent);

        let mut present = request(USER, &[]);
        present.context.set(key, Fact::present(), Origin::Given);
        let setting = Setting::of_identity([compiled(&statements)]);
        assert_possible(&decide(&setting, &present), &[ExplicitDeny]);
    }

    #[test]
    fn a_multivalued_key_may_have_as_many_values_as_tests_ask_for() {
        let key = "aws:TagKeys";
        let any = |value: &str| json!({"ForAnyValue:StringEquals": {key: value}});
        let mut three = any("a");
        three["ForAnyValue:StringLike"] = json!({key: "b*"});
        three["ForAnyValue:StringNotEquals"] = json!({key: ["a", "b"]});
        let decision = decided(&json!([allow_if(three.clone())]), &[key]);
        assert_possible(&decision, &[Allowed, ImplicitDeny]);

        three["ForAllValues:StringEquals"] = json!({key: ["a", "b"]});
        let decision = decided(&json!([allow_if(three)]), &[key]);
        assert_possible(&decision, &[ImplicitDeny]);
    }

    #[test]
    fn an_empty_value_of_a_set_does_not_stand_for_other_values() {
        let key = "aws:PrincipalOrgPaths";
        let condition = json!({"ForAnyValue:StringEqualsIfExists": {key: "o-1/r-1/"}});
        let allows = allow_if(condition);
        assert_possible(&decided(&json!([allows]), &[key]), &[Allowed, ImplicitDeny]);
    }

    #[test]
    fn values_between_and_beyond_those_of_tests_are_found() {
        let key = "aws:SourceIp";
        let within = |inner: &str, outer: &str| {
            let test = json!({"IpAddress": {key: inner}, "NotIpAddress": {key: outer}});
            decided(&json!([allow_if(test)]), &[key])
        };
        assert_possible(
            &within("10.0.0.0/8", "10.0.0.0/9"),
            &[Allowed, ImplicitDeny],
        );
        assert_possible(&within("10.1.0.0/16", "10.0.0.0/8"), &[ImplicitDeny]);
        assert_possible(&within("::/0", "0.0.0.0/0"), &[Allowed, ImplicitDeny]);

        let key = "aws:MultiFactorAuthAge";
        let between = |low: &str, high: &str| {
            let test = json!({"NumericGreaterThan": {key: low}, "NumericLessThan": {key: high}});
            decided(&json!([allow_if(test)]), &[key])
        };
        assert_possible(&between("300", "300.5"), &[Allowed, ImplicitDeny]);
        assert_possible(&between("300", "300.0"), &[ImplicitDeny]);
        assert_possible(&between("-5", "-10"), &[ImplicitDeny]);

        let key = "aws:CurrentTime";
        let between = |low: &str, high: &str| {
            let test = json!({"DateGreaterThan": {key: low}, "DateLessThan": {key: high}});
            decided(&json!([allow_if(test)]), &[key])
        };
        let (new_year, later) = ("2026-01-01", "2026-01-01T00:00:00.001Z");
        assert_possible(&between(new_year, later), &[Allowed, ImplicitDeny]);
        assert_possible(&between(later, new_year), &[ImplicitDeny]);
    }

    #[test]
    fn seconds_since_1970_are_a_date_and_a_number_at_once() {
        let key = "aws:EpochTime";
        let between = |low: &str, high: &str| {
            let test = json!({
                "DateGreaterThanEquals": {key: low}, "NumericLessThan": {key: high},
            });
            decided(&json!([allow_if(test)]), &[key])
        };
        let later = between("2026-01-01T00:00:00Z", "1767225601");
        assert_possible(&later, &[Allowed, ImplicitDeny]);
        let never = between("2026-01-01T00:00:00Z", "1767225600");
        assert_possible(&never, &[ImplicitDeny]);
    }

    #[test]
    fn a_number_too_long_to_count_with_leaves_the_verdict_open() {
        let key = "aws:MultiFactorAuthAge";
        let test = json!({"NumericLessThan": {key: "1e99"}, "Null": {key: "false"}});
        let decision = decided(&json!([deny_if(test)]), &[key]);
        assert_eq!(decision.possible, set(&[ExplicitDeny, ImplicitDeny]));
    }

    #[test]
    fn of_a_session_the_path_of_the_role_is_not_known_and_its_name_is() {
        let of_role = |pattern: &str| {
            let arn = format!("arn:aws:iam::111111111111:role/{pattern}");
            let statement = allow_if(json!({"ArnLike": {"aws:PrincipalArn": arn}}));
            let setting = Setting::of_identity([compiled(&json!([statement]))]);
            decide(&setting, &request(SESSION, &[]))
        };
        assert_possible(&of_role("ops/web"), &[Allowed, ImplicitDeny]);
        assert_possible(&of_role("*"), &[Allowed]);
        assert_possible(&of_role("*web"), &[Allowed]);
        assert_possible(&of_role("ops/api"), &[ImplicitDeny]);
    }

    #[test]
    fn an_unknown_layer_may_have_policies_or_none() {
        let everything = json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]);
        let mut setting = Setting::of_identity([compiled(&everything)]);
        setting.set_unknown(Layer::Boundary);
        let all = [Allowed, ExplicitDeny, ImplicitDeny];
        assert_possible(&decide(&setting, &request(USER, &[])), &all);

        // Who has a boundary at all is not spared, so a boundary that allows nothing makes a denial too.
        let but_me = json!([{
            "Effect": "Deny", "NotPrincipal": {"AWS": [USER, "111111111111"]},
            "Action": "*", "Resource": "*",
        }]);
        setting.supply(Layer::Resource, [compiled(&but_me)]);
        assert_possible(
            &decide(&setting, &request(USER, &[])),
            &[Allowed, ExplicitDeny],
        );
    }

    #[test]
    fn a_session_is_one_of_the_callers_own_role() {
        let session = |name: &str| format!("arn:aws:sts::111111111111:assumed-role/{name}");
        let role = "arn:aws:iam::111111111111:role/web";
        let principal = |effect: &str, element: &str, names: Json| {
            let mut own = json!({"Effect": effect, "Action": "*", "Resource": "*"});
            own[element] = json!({"AWS": names});
            own
        };
        // Spared are sessions `api/b` and `web/a`, allowed are `api/b` and `web/c`: no session of `web`
        // is both.
        let policy = json!([
            principal(
                "Deny",
                "NotPrincipal",
                json!([session("api/b"), session("web/a"), role, "111111111111"])
            ),
            principal(
                "Allow",
                "Principal",
                json!([session("api/b"), session("web/c")])
            ),
        ]);
        let mut setting = Setting::of_identity([]);
        setting.supply(Layer::Resource, [compiled(&policy)]);
        assert_possible(
            &decide(&setting, &request(role, &[])),
            &[ExplicitDeny, ImplicitDeny],
        );
    }

    #[test]
    fn the_id_of_a_role_and_the_name_of_its_session_go_together() {
        let policy = json!([{
            "Effect": "Allow", "Principal": {"AWS": "AROAAAAAAAAAAAAAAAAA"},
            "Action": "*", "Resource": "*",
            "Condition": {"StringLike": {"aws:userid": "*:i-1"}},
        }]);
        let mut setting = Setting::of_identity([]);
        setting.supply(Layer::Resource, [compiled(&policy)]);
        let request = request(SESSION, &["aws:userid"]);
        assert_possible(&decide(&setting, &request), &[Allowed, ImplicitDeny]);
    }

    #[test]
    fn requests_of_one_call_know_the_same_of_their_caller() {
        let call = |key: &str| {
            let of_action = |action: &str, value: &str| {
                let mut own = allow_if(json!({"StringEquals": {key: value}}));
                own["Action"] = json!(action);
                own
            };
            let statements = json!([
                of_action("s3:GetObject", "red"),
                of_action("s3:PutObject", "blue")
            ]);
            let setting = Setting::of_identity([compiled(&statements)]);
            let first = request(USER, &[key]);
            let mut second = first.clone();
            second.action = ActionName::new("s3:PutObject");
            decide_call(&[(&setting, &first), (&setting, &second)])
        };
        let same = call("aws:PrincipalTag/team");
        assert_eq!(same.possible, set(&[ImplicitDeny]));
        // What is sent along may be another for each.
        let apart = call("aws:RequestTag/team");
        assert_eq!(apart.possible, set(&[Allowed, ImplicitDeny]));
        assert!(apart.residual.unwrap().exact);
    }

    #[test]
    fn what_joins_two_unknown_keys_is_exact_only_once_every_verdict_is_found() {
        let (team, dept) = ("aws:PrincipalTag/team", "aws:PrincipalTag/dept");
        let variable = "${aws:PrincipalTag/dept}";
        let equal = allow_if(json!({"StringEquals": {team: variable}}));
        let decision = decided(&json!([equal]), &[team, dept]);
        assert_possible(&decision, &[Allowed, ImplicitDeny]);
        // No two keys are so; that is not told, and not claimed either.
        let never = allow_if(json!({
            "StringEquals": {team: format!("{variable}x")},
            "StringLike": {team: "*y"},
        }));
        let decision = decided(&json!([never]), &[team, dept]);
        assert_eq!(decision.possible, set(&[Allowed, ImplicitDeny]));
        let residual = decision.residual.unwrap();
        assert!(!residual.exact);
        let proved: Vec<_> = residual.outcomes.iter().map(|own| own.verdict).collect();
        assert_eq!(proved, [ImplicitDeny]);
    }

    #[test]
    fn a_pattern_with_an_unknown_variable_hangs_on_an_unknown_resource_too() {
        let dept = "aws:PrincipalTag/dept";
        let statements = json!([
            {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::reports/${aws:PrincipalTag/dept}/a"},
        ]);
        let setting = Setting::of_identity([compiled(&statements)]);
        let mut request = request(USER, &[dept]);
        request.resource = Target::Like("arn:aws:s3:::reports/*/a".to_owned());
        let decision = decide(&setting, &request);
        assert_possible(&decision, &[ExplicitDeny, ImplicitDeny]);
        let facts = BTreeSet::from([Unknown::Key(dept.into()), Unknown::Resource]);
        assert_eq!(decision.unknown(), facts);
    }
}
