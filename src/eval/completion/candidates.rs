//! Values that stand for all that an unknown fact may be.

use super::{Completions, Scoped, UnknownPolicies, Value, is_open, set};
use crate::{
    catalog::{Catalog, ServiceConditionKey, ValueType},
    eval::{
        Claim, Context, Fact, Layer, Principal, Request, Setting, StatementPart, Supply, Target,
        Truth, Unknown,
        compile::{CompiledStatement, Expected, ResourceMatcher, StringMatcher, Test, arn_fields},
        named::{Principals, is_unique_id},
        typed,
        view::{RequestView, Resolution},
    },
    policy::{
        Arn, ArnPattern, Case, ConditionKey, Pattern, Piece, Reading, Substitute, TextPattern,
        Variable, Wildcard, witnesses,
    },
};
use ipnet::IpNet;
use jiff::Timestamp;

/// The most values of a fact that are looked at one by one.
const MOST_VALUES: usize = 400;

/// The most sets of values of one key that are tried, times the atoms that are judged for each.
const MOST_UNIONS: usize = 20_000;

/// The most sets of values of one key that are told apart.
const MOST_SETS: usize = 64;

/// Values that stand for all.
pub(super) struct Candidates {
    pub(super) values: Vec<Value>,
    /// Whether they do stand for all.
    pub(super) complete: bool,
    /// What it took to find them.
    pub(super) effort: usize,
}

impl Candidates {
    /// Nothing is known of what may stand for all.
    fn unknown() -> Self {
        Self {
            values: Vec::new(),
            complete: false,
            effort: 0,
        }
    }
}

/// Texts that a value may be.
struct Texts {
    list: Vec<String>,
    complete: bool,
    effort: usize,
}

impl Texts {
    fn none() -> Self {
        Self {
            list: Vec::new(),
            complete: true,
            effort: 0,
        }
    }

    fn push(&mut self, text: String) {
        if self.list.len() >= MOST_VALUES {
            self.complete = false;
        } else if !self.list.contains(&text) {
            self.list.push(text);
        }
    }

    fn extend(&mut self, texts: impl IntoIterator<Item = String>) {
        texts.into_iter().for_each(|text| self.push(text));
    }
}

/// What the elements of a group look for in one key.
#[derive(Default)]
struct Looks<'t> {
    /// Whole values that are text.
    patterns: Vec<TextPattern>,
    /// Values of other types.
    typed: Vec<&'t Expected>,
    /// Parts of known texts that a variable may stand for.
    parts: Vec<String>,
    /// Whether some look takes empty text for no value: set operators do.
    tells_empty: bool,
    /// Whether some look cannot be told.
    incomplete: bool,
}

impl Completions<'_> {
    /// Values of a fact that stand for all, for these atoms of this request.
    pub(super) fn candidates(
        &self,
        scoped: &Scoped,
        atoms: &[usize],
        requests: &[Request],
    ) -> Candidates {
        let place = scoped.request.unwrap_or_default();
        let (Some(request), Some((setting, _))) = (requests.get(place), self.requests.get(place))
        else {
            return Candidates::unknown();
        };
        match &scoped.fact {
            Unknown::Key(key) => self.of_key(key, scoped, atoms, requests),
            Unknown::Resource => self.of_resource(scoped, atoms, requests),
            Unknown::Layer(layer) => of_layer(*layer, setting, request),
            fact @ (Unknown::Session
            | Unknown::FederatingUser
            | Unknown::UniqueId
            | Unknown::CanonicalUser) => self.of_names(fact, atoms, request),
            Unknown::Template(_) | Unknown::Principal => Candidates {
                values: vec![Value::Anything],
                ..Candidates::unknown()
            },
        }
    }

    /// The names that the statements have, and one that none has.
    fn of_names(&self, fact: &Unknown, atoms: &[usize], request: &Request) -> Candidates {
        let principal = &request.principal;
        let partition = principal.partition().unwrap_or("aws");
        let account = principal.account();
        let mut texts = Texts::none();
        // A session of another role is none that the caller may have.
        let fits = |text: &&str| match (fact, Principal::parse(text)) {
            (
                Unknown::Session,
                Ok(Principal::AssumedRole {
                    account: own,
                    role_name,
                    ..
                }),
            ) => account == Some(own) && role_of(principal) == Some(&*role_name),
            (Unknown::FederatingUser, Ok(Principal::User { account: own, .. })) => {
                account == Some(own)
            }
            (Unknown::CanonicalUser, Ok(Principal::CanonicalUser(_))) => true,
            (Unknown::UniqueId, _) => is_unique_id(text),
            _ => false,
        };
        for (_, statement, _) in self.parts(atoms) {
            let named = statement.principals.iter();
            let mentioned = named.flat_map(Principals::texts);
            texts.extend(mentioned.filter(fits).map(str::to_owned));
        }
        let account = account.map(|account| account.to_string());
        let account = account.unwrap_or_default();
        let numbered = |number: usize| match (fact, principal) {
            (Unknown::Session, _) => {
                let role = role_of(principal).unwrap_or_default();
                format!("arn:{partition}:sts::{account}:assumed-role/{role}/session-{number}")
            }
            (Unknown::FederatingUser, _) => {
                format!("arn:{partition}:iam::{account}:user/user-{number}")
            }
            (Unknown::CanonicalUser, _) => format!("{number:064}"),
            (_, Principal::User { .. }) => format!("AIDA{number:016}"),
            _ => format!("AROA{number:016}"),
        };
        let other = (0..).map(numbered);
        let mut other = other.filter(|text| !texts.list.contains(text));
        let other = other.next();
        texts.extend(other);
        Candidates {
            values: texts.list.into_iter().map(Value::Text).collect(),
            complete: texts.complete,
            effort: 0,
        }
    }

    /// The request, statement and part of each atom of a group.
    fn parts<'s>(
        &'s self,
        atoms: &'s [usize],
    ) -> impl Iterator<Item = (usize, &'s CompiledStatement, Option<StatementPart>)> {
        atoms.iter().filter_map(|atom| {
            let atom = self.residual.atoms.get(*atom)?;
            let part = match &atom.claim {
                Claim::Matches { part, .. } => Some(*part),
                Claim::Names { .. } | Claim::Allows(_) | Claim::Denies(_) => None,
            };
            Some((atom.request, self.statement(atom)?, part))
        })
    }

    fn of_resource(&self, scoped: &Scoped, atoms: &[usize], requests: &[Request]) -> Candidates {
        let Some(request) = requests.get(scoped.request.unwrap_or_default()) else {
            return Candidates::unknown();
        };
        let boundary = Truth::False;
        let view = RequestView::new(request, Layer::Identity, &boundary);
        let mut patterns = Vec::new();
        for (place, statement, part) in self.parts(atoms) {
            if part == Some(StatementPart::Resource) && scoped.is_about(place) {
                let matchers = statement.resources.iter().flat_map(|r| &r.patterns);
                patterns.extend(matchers.filter_map(|matcher| arn_pattern(matcher, &view)));
            }
        }
        let anything = "arn:*:*:*:*:*";
        let known = match &request.resource {
            Target::Like(text) => text.as_str(),
            Target::Arn(_) | Target::Star | Target::Unknown => anything,
        };
        let whole = |text| Wildcard::new(text, Case::Sensitive).split_arn();
        let Some(fields) = whole(known).or_else(|| whole(anything)) else {
            return Candidates::unknown();
        };
        let within = TextPattern::of_arn(&fields);
        let mut texts = Texts::none();
        let examples = patterns.iter().map(TextPattern::example);
        texts.extend(examples.filter(|text| within.matches(text)));
        let found = witnesses(&[vec![within]], &patterns);
        texts.extend(found.texts);
        Candidates {
            values: texts.list.into_iter().map(Value::Text).collect(),
            complete: texts.complete && found.complete,
            effort: found.states,
        }
    }

    fn of_key(
        &self,
        key: &ConditionKey,
        scoped: &Scoped,
        atoms: &[usize],
        requests: &[Request],
    ) -> Candidates {
        let mut looks = self.looks(key, atoms, requests);
        self.look_at_ids(key, atoms, &mut looks);
        // Requests of one call know the same of a key that is the same for all of them.
        let mut open = requests
            .iter()
            .enumerate()
            .filter(|(place, request)| scoped.is_about(*place) && is_open(&request.context, key));
        let fact = open.next().map_or(Fact::Unknown, |(_, request)| {
            request.context.fact(key).into_owned()
        });
        let kind = KeyKind::of(key);
        let (texts, absent) = single_values(&looks, &kind, &fact);
        let mut complete = texts.complete && !looks.incomplete;
        let one_by_one = texts.list.iter().map(|text| vec![text.clone()]);
        let mut sets: Vec<Vec<String>> = one_by_one.collect();
        if kind.multivalued && !matches!(fact, Fact::Like(_)) {
            complete &= self.add_sets(key, atoms, requests, &mut sets);
        }
        let mut values: Vec<_> = sets.into_iter().map(Value::Values).collect();
        if absent {
            values.push(Value::Absent);
        }
        Candidates {
            values,
            complete,
            effort: texts.effort,
        }
    }

    /// Adds sets of several values, as long as some atom comes out differently for them. Whether it has
    /// told all apart.
    fn add_sets(
        &self,
        key: &ConditionKey,
        atoms: &[usize],
        requests: &[Request],
        sets: &mut Vec<Vec<String>>,
    ) -> bool {
        let singles = sets.clone();
        let signature = |values: &[String]| -> Vec<Truth> {
            let value = Value::Values(values.to_vec());
            let mut completed = requests.to_vec();
            for request in &mut completed {
                set(request, &Unknown::Key(key.clone()), &value);
            }
            let tests = self.parts(atoms).map(|(place, statement, part)| {
                let (Some(part), Some(request)) = (part, completed.get(place)) else {
                    return Truth::False;
                };
                let boundary = Truth::False;
                // Which layer it is makes no difference to conditions and resources.
                let view = RequestView::new(request, Layer::Identity, &boundary);
                statement.part(part, &view)
            });
            tests.collect()
        };
        let mut known: Vec<_> = sets.iter().map(|set| signature(set)).collect();
        let mut next = 0;
        let mut left = MOST_UNIONS.div_ceil(atoms.len().max(1));
        while let Some(set) = sets.get(next).cloned() {
            next += 1;
            for single in &singles {
                let Some(value) = single.first().filter(|value| !set.contains(value)) else {
                    continue;
                };
                if left == 0 {
                    return false;
                }
                left -= 1;
                let mut larger = set.clone();
                larger.push(value.clone());
                let outcome = signature(&larger);
                if known.contains(&outcome) {
                    continue;
                }
                if sets.len() >= singles.len() + MOST_SETS {
                    return false;
                }
                known.push(outcome);
                sets.push(larger);
            }
        }
        true
    }

    /// Who deletes a user or role leaves its id in policies. The user id of a session goes on after it.
    fn look_at_ids(&self, key: &ConditionKey, atoms: &[usize], looks: &mut Looks<'_>) {
        if !key.as_str().eq_ignore_ascii_case("aws:userid") {
            return;
        }
        for (_, statement, part) in self.parts(atoms) {
            if !matches!(part, None | Some(StatementPart::Principal)) {
                continue;
            }
            let named = statement.principals.iter();
            let texts = named.flat_map(Principals::texts);
            for id in texts.filter(|text| is_unique_id(text)) {
                let texts = [id.to_owned(), format!("{id}:*")];
                let patterns =
                    texts.map(|text| TextPattern::of(&Wildcard::new(&text, Case::Sensitive)));
                looks.patterns.extend(patterns);
            }
        }
    }

    /// What the elements of a group look for in a key.
    fn looks<'s>(
        &'s self,
        key: &ConditionKey,
        atoms: &'s [usize],
        requests: &[Request],
    ) -> Looks<'s> {
        let boundary = Truth::False;
        let mut looks = Looks::default();
        for (place, statement, part) in self.parts(atoms) {
            let Some(request) = requests.get(place) else {
                continue;
            };
            let view = RequestView::new(request, Layer::Identity, &boundary);
            match part {
                Some(StatementPart::Condition(place)) => {
                    if let Some(test) = statement.tests.get(place) {
                        looks.at_test(test, key, &view, &request.context);
                    }
                }
                Some(StatementPart::Resource) => {
                    let matchers = statement.resources.iter().flat_map(|r| &r.patterns);
                    let subject = match &request.resource {
                        Target::Arn(arn) => Some(arn.as_str()),
                        Target::Star | Target::Like(_) | Target::Unknown => None,
                    };
                    for matcher in matchers {
                        looks.at_arn_variables(matcher, key, subject);
                    }
                }
                Some(StatementPart::Action | StatementPart::Principal) | None => {}
            }
        }
        looks
    }
}

/// The name of the role that a caller is.
fn role_of(principal: &Principal) -> Option<&str> {
    if let Principal::Role { arn, .. } = principal {
        arn.rsplit('/').next()
    } else {
        None
    }
}

/// A layer without policies, and with such as allow, deny, or do neither.
fn of_layer(layer: Layer, setting: &Setting, request: &Request) -> Candidates {
    let said = |exist, allow, deny| Value::Layer(UnknownPolicies { exist, allow, deny });
    let allows_without = match layer {
        Layer::Rcp | Layer::Scp | Layer::VpcEndpoint | Layer::Boundary => true,
        Layer::Session => !matches!(request.principal, Principal::FederatedUser { .. }),
        Layer::Identity | Layer::Resource => false,
    };
    let mut values = vec![
        said(true, true, false),
        said(true, false, true),
        said(true, false, false),
    ];
    if setting.supply_of(layer) != Supply::Given {
        values.push(said(false, allows_without, false));
    }
    Candidates {
        values,
        complete: true,
        effort: 0,
    }
}

impl<'t> Looks<'t> {
    fn at_test(
        &mut self,
        test: &'t Test,
        key: &ConditionKey,
        view: &RequestView<'_>,
        context: &Context,
    ) {
        if test.key == *key {
            self.tells_empty |= test.operator.quantifier.is_some();
            match &test.expected {
                Expected::Strings {
                    case,
                    reading,
                    patterns,
                } => {
                    let texts = patterns
                        .iter()
                        .filter_map(|pattern| string_pattern(pattern, *case, *reading, view));
                    self.patterns.extend(texts);
                }
                Expected::Arns(matchers) => {
                    let arns = matchers
                        .iter()
                        .filter_map(|matcher| arn_pattern(matcher, view));
                    self.patterns.extend(arns);
                }
                Expected::Missing(_) => {}
                Expected::Numbers(_)
                | Expected::Dates(_)
                | Expected::Booleans(_)
                | Expected::Bytes(_)
                | Expected::Networks(_) => self.typed.push(&test.expected),
            }
        }
        // A variable in the values that stands for this key.
        let fact = context.fact(&test.key);
        let subjects: &[String] = match &*fact {
            Fact::Values(values) => values,
            Fact::Absent => &[],
            Fact::Like(_) | Fact::Unknown => return,
        };
        for subject in subjects {
            match &test.expected {
                Expected::Strings { patterns, .. } => {
                    for pattern in patterns {
                        if let StringMatcher::Open(pattern) = pattern {
                            self.at_variable(pattern, key, subject);
                        }
                    }
                }
                Expected::Arns(matchers) => {
                    for matcher in matchers {
                        self.at_arn_variables(matcher, key, Some(subject));
                    }
                }
                Expected::Missing(_)
                | Expected::Numbers(_)
                | Expected::Dates(_)
                | Expected::Booleans(_)
                | Expected::Bytes(_)
                | Expected::Networks(_) => {}
            }
        }
    }

    fn at_arn_variables(
        &mut self,
        matcher: &ResourceMatcher,
        key: &ConditionKey,
        subject: Option<&str>,
    ) {
        match matcher {
            ResourceMatcher::Open(pattern) => {
                let fields = subject.and_then(|subject| Arn::parse(subject).ok());
                let Some(arn) = fields else { return };
                let patterns: &ArnPattern = pattern;
                for (field, text) in patterns.fields().iter().zip(arn.fields()) {
                    self.at_variable(field, key, text);
                }
            }
            ResourceMatcher::Opaque(pattern) => {
                if let Some(subject) = subject {
                    self.at_variable(pattern, key, subject);
                }
            }
            ResourceMatcher::Everything | ResourceMatcher::Fixed(_) | ResourceMatcher::Nothing => {}
        }
    }

    /// Notes the parts of a text that a variable in a pattern may stand for: those between what stands
    /// before and after it.
    fn at_variable(&mut self, pattern: &Pattern, key: &ConditionKey, subject: &str) {
        let pieces = pattern.pieces();
        let is_own = |piece: &Piece| matches!(piece, Piece::Variable(own) if own.key == *key);
        for (place, _) in pieces.iter().enumerate().filter(|(_, piece)| is_own(piece)) {
            let before = place.checked_sub(1).and_then(|before| pieces.get(before));
            let after = pieces.get(place + 1);
            let boundaries = || (0..=subject.len()).filter(|at| subject.is_char_boundary(*at));
            let ends_right = |at: &usize| match before {
                None => *at == 0,
                Some(Piece::Literal(text)) => ends_with(subject.get(..*at), text),
                Some(_) => true,
            };
            let starts_right = |at: &usize| match after {
                None => *at == subject.len(),
                Some(Piece::Literal(text)) => starts_with(subject.get(*at..), text),
                Some(_) => true,
            };
            for from in boundaries().filter(ends_right) {
                for to in boundaries().filter(|to| *to >= from).filter(starts_right) {
                    if self.parts.len() >= MOST_VALUES {
                        self.incomplete = true;
                        return;
                    }
                    let part = subject.get(from..to).unwrap_or_default().to_owned();
                    if !self.parts.contains(&part) {
                        self.parts.push(part);
                    }
                }
            }
        }
    }
}

fn starts_with(text: Option<&str>, start: &str) -> bool {
    text.is_some_and(|text| crate::policy::starts_with_ignoring_case(text, start))
}

fn ends_with(text: Option<&str>, end: &str) -> bool {
    let tail = text.and_then(|text| text.get(text.len().checked_sub(end.len())?..));
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

/// What the catalog knows of a key.
struct KeyKind {
    value_type: ValueType,
    /// Whether its values are seconds since 1970: a date and a number at once.
    is_epoch: bool,
    multivalued: bool,
    always_present: bool,
}

impl KeyKind {
    fn of(key: &ConditionKey) -> Self {
        let catalog = Catalog::embedded();
        if let Some(global) = catalog.global_condition_key(key.as_str()) {
            let types: Vec<_> = global.value_types().collect();
            return Self {
                value_type: global.value_type(),
                is_epoch: types.contains(&ValueType::Date) && types.contains(&ValueType::Numeric),
                multivalued: global.multivalued(),
                always_present: global.always_present(),
            };
        }
        let known = catalog.condition_key(key.as_str());
        Self {
            value_type: known.map_or(ValueType::String, ServiceConditionKey::value_type),
            is_epoch: false,
            multivalued: known.is_none_or(ServiceConditionKey::multivalued),
            always_present: false,
        }
    }
}

/// The single values that stand for all, and whether the key may be absent.
fn single_values(looks: &Looks<'_>, kind: &KeyKind, fact: &Fact) -> (Texts, bool) {
    let mut texts = Texts::none();
    for expected in &looks.typed {
        add_typed(expected, kind, &mut texts);
    }
    texts.complete &= kind.is_epoch || types_are_apart(&looks.typed);
    let mut within: Vec<Vec<TextPattern>> = Vec::new();
    let absent = match fact {
        Fact::Like(patterns) => {
            let like = |text: &String| TextPattern::of(&Wildcard::new(text, Case::Sensitive));
            within.push(patterns.iter().map(like).collect());
            false
        }
        Fact::Unknown | Fact::Values(_) | Fact::Absent => !kind.always_present,
    };
    let is_text = match kind.value_type {
        ValueType::String => true,
        ValueType::Arn => {
            let fields = Wildcard::new("arn:*:*:*:*:*", Case::Sensitive).split_arn();
            within.push(fields.iter().map(TextPattern::of_arn).collect());
            true
        }
        ValueType::Bool => {
            texts.extend(["true".to_owned(), "false".to_owned()]);
            false
        }
        ValueType::Numeric => {
            texts.push("0".to_owned());
            false
        }
        ValueType::Date => {
            let now = "2026-01-01T00:00:00Z";
            texts.extend(typed::instant(now).map(|instant| written(instant, kind)));
            false
        }
        ValueType::IpAddress => {
            add_edges(&[], &mut texts);
            false
        }
    };
    let is_within = |text: &String| {
        within
            .iter()
            .all(|list| list.iter().any(|pattern| pattern.matches(text)))
    };
    if is_text {
        texts.list.retain(is_within);
        let examples = looks.patterns.iter().map(TextPattern::example);
        texts.extend(examples.filter(|text| is_within(text) && !text.is_empty()));
        texts.extend(looks.parts.iter().filter(|text| is_within(text)).cloned());
        // What lies between the patterns, and apart from the parts that a variable may stand for.
        let parts = looks.parts.iter().take(24);
        let parts = parts.map(|part| TextPattern::of(&Wildcard::literal(part, Case::Sensitive)));
        let empty = TextPattern::of(&Wildcard::literal("", Case::Sensitive));
        let empty = looks.tells_empty.then_some(empty);
        let patterns = looks.patterns.iter().cloned().chain(parts).chain(empty);
        let patterns: Vec<_> = patterns.collect();
        let found = witnesses(&within, &patterns);
        texts.complete &= found.complete && looks.parts.len() <= 24;
        texts.complete &= looks.typed.is_empty() || looks.patterns.is_empty();
        texts.effort = found.states;
        // Of values that do the same, people like to see one that is there.
        let (empty, texts_found): (Vec<_>, Vec<_>) =
            found.texts.into_iter().partition(String::is_empty);
        texts.extend(texts_found);
        if !empty.is_empty() {
            texts.extend(instead_of_empty(&patterns, &within));
        }
        texts.extend(empty);
    } else {
        texts.complete &= looks.patterns.is_empty();
        let examples = looks.patterns.iter().map(TextPattern::example);
        texts.extend(examples);
        texts.extend(looks.parts.iter().cloned());
        if let Fact::Like(patterns) = fact
            && patterns.as_slice() != ["*"]
        {
            texts.list.retain(is_within);
            texts.complete = false;
        }
    }
    (texts, absent)
}

/// A text that matches the same patterns as the empty one, if one letter does.
fn instead_of_empty(patterns: &[TextPattern], within: &[Vec<TextPattern>]) -> Option<String> {
    let like_empty = |text: &String| {
        let same = |pattern: &TextPattern| pattern.matches(text) == pattern.matches("");
        patterns.iter().all(same)
            && within
                .iter()
                .all(|list| list.iter().any(|pattern| pattern.matches(text)))
    };
    let words = ["other", "another", "x", "z"].map(str::to_owned);
    words.into_iter().find(like_empty)
}

/// Whether no text is of two of the types that some tests compare: digits are a number and a date, and
/// much is base64. Else values that stand for all of each do not stand for all of both.
fn types_are_apart(typed: &[&Expected]) -> bool {
    let has = |is: fn(&Expected) -> bool| typed.iter().any(|expected| is(expected));
    let numbers = has(|expected| matches!(expected, Expected::Numbers(_)));
    let dates = has(|expected| matches!(expected, Expected::Dates(_)));
    let bytes = has(|expected| matches!(expected, Expected::Bytes(_)));
    let others = has(|expected| !matches!(expected, Expected::Bytes(_)));
    !(numbers && dates || bytes && others)
}

/// An instant as values of the key are written.
fn written(instant: Timestamp, kind: &KeyKind) -> String {
    if kind.is_epoch {
        instant.as_second().to_string()
    } else {
        instant.to_string()
    }
}

/// Adds values on and between the values of a test that are no text.
fn add_typed(expected: &Expected, kind: &KeyKind, texts: &mut Texts) {
    match expected {
        Expected::Numbers(numbers) => {
            for number in numbers {
                let near = number.neighbours();
                let whole = |text: &String| !kind.is_epoch || !text.contains('.');
                let near: Vec<_> = near.into_iter().filter(whole).collect();
                // What is too long to count with, and what lies between two seconds.
                texts.complete &= !near.is_empty();
                texts.extend(near);
            }
        }
        Expected::Dates(instants) => {
            for instant in instants {
                let near = typed::around(*instant);
                texts.extend(near.map(|instant| written(instant, kind)));
            }
        }
        Expected::Booleans(_) => texts.extend(["true".to_owned(), "false".to_owned()]),
        Expected::Bytes(values) => {
            texts.extend(values.iter().map(|bytes| typed::base64(bytes)));
        }
        Expected::Networks(networks) => add_edges(networks, texts),
        Expected::Strings { .. } | Expected::Arns(_) | Expected::Missing(_) => {}
    }
}

/// Adds the edges of each network.
fn add_edges(networks: &[IpNet], texts: &mut Texts) {
    texts.extend(networks.iter().flat_map(typed::edges));
    texts.extend(["0.0.0.0".to_owned(), "::".to_owned()]);
}

fn string_pattern(
    matcher: &StringMatcher,
    case: Case,
    reading: Reading,
    view: &RequestView<'_>,
) -> Option<TextPattern> {
    match matcher {
        StringMatcher::Fixed(wildcard) => Some(TextPattern::of(wildcard)),
        StringMatcher::Open(pattern) => {
            let wildcard = Wildcard::of_pattern(pattern, case, reading, |v| view.substitute(v));
            wildcard.as_ref().map(TextPattern::of)
        }
    }
}

/// The ARNs that a matcher takes; `None` for none.
fn arn_pattern(matcher: &ResourceMatcher, view: &RequestView<'_>) -> Option<TextPattern> {
    match matcher {
        ResourceMatcher::Everything => Some(TextPattern::of(&Wildcard::new("*", Case::Sensitive))),
        ResourceMatcher::Nothing => None,
        ResourceMatcher::Fixed(pattern) => Some(TextPattern::of_arn(&pattern.fields)),
        ResourceMatcher::Open(pattern) => {
            let fields = arn_fields(pattern, |variable| view.substitute(variable));
            fields.as_ref().map(TextPattern::of_arn)
        }
        ResourceMatcher::Opaque(pattern) => {
            let reading = Reading::Wildcards;
            let whole: Option<Wildcard> =
                Wildcard::of_pattern(pattern, Case::Sensitive, reading, |variable| {
                    view.substitute(variable)
                });
            whole
                .and_then(|whole| whole.split_arn())
                .as_ref()
                .map(TextPattern::of_arn)
        }
    }
}

impl RequestView<'_> {
    /// What stands for a variable; any text where it is not known.
    fn substitute(&self, variable: &Variable) -> Substitute {
        match self.resolve(variable) {
            Resolution::Value(value) => Substitute::Text(value),
            Resolution::Unset => Substitute::Nothing,
            Resolution::Unknown => Substitute::AnyText,
        }
    }
}
