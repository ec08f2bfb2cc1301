//! Requests near what policies speak of: of the actions that their patterns match and others, on resources
//! just inside and just outside of their patterns, from the principals that they name, with each key of
//! their conditions absent, unknown, or of a value that is tested or next to one.

use super::worlds::{compiled, kind};
use iamsim::{
    catalog::{Catalog, ValueType},
    eval::{
        CompiledPolicy, Context, Fact, Layer, Origin, Principal, Request, Setting, Target, Verdict,
        decide, derive_context, network,
    },
    policy::{
        AccountId, ActionName, Case, ConditionTest, Policy, PolicyType, Statement, TextPattern,
        Wildcard, witnesses,
    },
};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

const OWN: &str = "123456789012";

/// How many entries of a policy the actions and resources are taken from.
const MOST_ENTRIES: usize = 24;

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from(mixed >> 33).unwrap() % count
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

/// What requests are made of.
struct Ingredients {
    actions: Vec<String>,
    resources: Vec<Target>,
    principals: Vec<Principal>,
    /// Keys, each with the facts that matter to its tests.
    keys: Vec<(String, Vec<Fact>)>,
}

impl Ingredients {
    fn of(policies: &[&Policy]) -> Self {
        let statements: Vec<_> = policies
            .iter()
            .flat_map(|policy| &policy.statements)
            .collect();
        Self {
            actions: actions(&statements),
            resources: resources(&statements),
            principals: principals(&statements),
            keys: keys(&statements),
        }
    }

    fn request(&self, dice: &mut Dice) -> Request {
        let mut context = if dice.below(4) == 0 {
            Context::partial()
        } else {
            Context::complete()
        };
        // In some requests all that is tested is there, so that long conditions hold too.
        let willing = dice.below(2) == 0;
        for (key, facts) in &self.keys {
            let fact = if willing && dice.below(4) > 0 {
                let values: Vec<_> = facts
                    .iter()
                    .filter(|fact| matches!(fact, Fact::Values(_)))
                    .collect();
                (*dice.of(&values)).clone()
            } else {
                dice.of(facts).clone()
            };
            context.set(key.as_str(), fact, Origin::Given);
        }
        let principal = dice.of(&self.principals).clone();
        let action = ActionName::new(dice.of(&self.actions).as_str());
        let resource = dice.of(&self.resources).clone();
        let mut request = Request::new(principal, action, resource, context);
        request.resource_account = AccountId::parse(OWN);
        derive_context(&mut request);
        request
    }
}

/// The texts that a pattern could be: with short and long texts for its wildcards and variables.
fn instances(pattern: &str) -> Vec<String> {
    let mut filled = String::new();
    let mut rest = pattern;
    while let Some((before, variable)) = rest.split_once("${") {
        let (name, after) = variable.split_once('}').unwrap_or((variable, ""));
        let text = match name {
            "*" | "?" | "$" => name,
            "aws:username" => "ana",
            _ => "x",
        };
        filled += before;
        filled += text;
        rest = after;
    }
    filled += rest;
    let mut found: Vec<_> = ["", "x", "a/b:c"]
        .iter()
        .map(|text| filled.replace('*', text).replace('?', "y"))
        .collect();
    found.dedup();
    found
}

/// A text and some that are nearly it.
fn nearly(text: &str) -> Vec<String> {
    let shorter: String = text
        .chars()
        .take(text.chars().count().saturating_sub(1))
        .collect();
    let swapped = |c: char| {
        if c.is_ascii_lowercase() {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        }
    };
    let swapped: String = text.chars().map(swapped).collect();
    vec![text.to_owned(), shorter, format!("{text}x"), swapped]
}

/// At most so many of a list, from all over it.
fn spread<T: Clone>(list: &[T], most: usize) -> Vec<T> {
    let step = list.len().div_ceil(most).max(1);
    list.iter().step_by(step).cloned().collect()
}

fn actions(statements: &[&Statement]) -> Vec<String> {
    let catalog = Catalog::embedded();
    let elements = statements
        .iter()
        .flat_map(|each| [&each.action, &each.not_action]);
    let entries: Vec<_> = elements
        .flatten()
        .flat_map(|element| &element.entries)
        .collect();
    let mut found: BTreeSet<String> = [
        "s3:GetObject",
        "ec2:RunInstances",
        "iam:PassRole",
        "sts:AssumeRole",
    ]
    .map(str::to_owned)
    .into();
    for entry in spread(&entries, MOST_ENTRIES) {
        if entry.has_wildcard() {
            let matching = catalog.actions_matching(entry.as_str());
            found.extend(spread(&matching, 8).iter().map(|action| action.full_name()));
        } else {
            found.insert(entry.as_str().to_owned());
        }
        if let Some(service) = catalog.service(entry.service()) {
            let all: Vec<_> = service.actions().collect();
            found.extend(spread(&all, 3).iter().map(|action| action.full_name()));
        }
    }
    found.into_iter().collect()
}

fn resources(statements: &[&Statement]) -> Vec<Target> {
    let elements = statements
        .iter()
        .flat_map(|each| [&each.resource, &each.not_resource]);
    let entries: BTreeSet<_> = elements
        .flatten()
        .flat_map(|element| &element.entries)
        .map(|entry| entry.text.as_str().to_owned())
        .collect();
    let entries = spread(&entries.into_iter().collect::<Vec<_>>(), MOST_ENTRIES);
    let mut texts: BTreeSet<_> = [
        "arn:aws:s3:::reports/a",
        "arn:aws:iam::123456789012:role/web",
    ]
    .map(str::to_owned)
    .into();
    for entry in &entries {
        let instances = instances(entry);
        texts.extend(instances.iter().flat_map(|text| nearly(text)));
    }
    let pattern = |text: &str| TextPattern::of(&Wildcard::new(text, Case::Sensitive));
    let patterns: Vec<_> = spread(&entries, 6)
        .iter()
        .map(|text| pattern(text))
        .collect();
    texts.extend(witnesses(&[vec![pattern("arn:aws:*:*:*:*")]], &patterns).texts);
    texts.retain(|text| text.starts_with("arn:"));
    let mut found: Vec<_> = texts.into_iter().map(Target::Arn).collect();
    let of_entry = entries
        .iter()
        .filter(|entry| entry.contains('*') && entry.len() > 1);
    found.extend(of_entry.map(|entry| Target::Like(entry.clone())));
    found.extend([Target::Star, Target::Star, Target::Unknown]);
    found
}

fn principals(statements: &[&Statement]) -> Vec<Principal> {
    let elements = statements
        .iter()
        .flat_map(|each| [&each.principal, &each.not_principal]);
    let named: BTreeSet<_> = elements
        .flatten()
        .flat_map(|element| &element.entries)
        .flat_map(|entry| instances(entry.text.as_str()))
        .collect();
    let mut texts = spread(&named.into_iter().collect::<Vec<_>>(), MOST_ENTRIES);
    let accounts: Vec<_> = texts
        .iter()
        .filter_map(|text| {
            text.split(':')
                .nth(4)
                .or(Some(text))
                .and_then(AccountId::parse)
        })
        .collect();
    for account in accounts {
        texts.push(format!("arn:aws:iam::{account}:user/ana"));
        texts.push(format!("arn:aws:iam::{account}:role/web"));
    }
    texts.extend(
        [
            "arn:aws:iam::123456789012:user/ana",
            "arn:aws:sts::123456789012:assumed-role/web/i-1",
            "arn:aws:iam::210987654321:user/eve",
            "lambda.amazonaws.com",
            "anonymous",
        ]
        .map(str::to_owned),
    );
    texts
        .iter()
        .filter_map(|text| Principal::parse(text).ok())
        .collect()
}

fn keys(statements: &[&Statement]) -> Vec<(String, Vec<Fact>)> {
    let tests = statements
        .iter()
        .filter_map(|statement| statement.condition.as_ref())
        .flat_map(|condition| &condition.tests);
    let mut of_keys: BTreeMap<String, Vec<&ConditionTest>> = BTreeMap::new();
    for test in tests {
        let key = test.key.as_str().to_lowercase();
        of_keys.entry(key).or_default().push(test);
    }
    of_keys
        .into_iter()
        .map(|(key, tests)| {
            let facts = facts(&key, &tests);
            (key, facts)
        })
        .collect()
}

/// The facts of a key that its tests may tell apart.
fn facts(key: &str, tests: &[&ConditionTest]) -> Vec<Fact> {
    let kind = kind(key);
    let tested: BTreeSet<_> = tests
        .iter()
        .flat_map(|test| &test.values)
        .map(|value| value.text.as_str())
        .collect();
    let mut values: Vec<String> = Vec::new();
    for value in spread(&tested.into_iter().collect::<Vec<_>>(), MOST_ENTRIES) {
        values.extend(values_near(kind.value_type, value));
    }
    values.extend(
        usual_values(kind.value_type)
            .iter()
            .map(|&value| value.to_owned()),
    );
    let one = |value: &String| Fact::Values(vec![value.clone()]);
    let mut facts: Vec<_> = values.iter().map(one).collect();
    if kind.multivalued {
        let pairs = values.windows(2).map(|pair| Fact::Values(pair.to_vec()));
        let apart = values.iter().zip(values.iter().rev());
        let apart = apart.map(|(one, other)| Fact::Values(vec![one.clone(), other.clone()]));
        facts.extend(pairs.chain(apart).collect::<Vec<_>>());
    }
    if !kind.always_present {
        facts.push(Fact::Absent);
        facts.push(Fact::Absent);
    }
    // Of a key of which nothing is known, the value may be any text, and that of a truth value is one of two.
    if kind.value_type != ValueType::Bool {
        facts.push(Fact::present());
        // Then what is always there may not be there either.
        if !kind.always_present {
            facts.push(Fact::Unknown);
        }
    }
    facts
}

fn usual_values(of: ValueType) -> &'static [&'static str] {
    match of {
        ValueType::String => &["", "x"],
        ValueType::Arn => &["arn:aws:iam::123456789012:role/web", "arn:aws:s3:::x"],
        ValueType::Bool => &["true", "false"],
        ValueType::Numeric => &["0", "1000000"],
        ValueType::Date => &["2020-06-01T12:00:00Z", "2099-01-01T00:00:00Z"],
        ValueType::IpAddress => &["10.1.2.3", "192.0.2.7", "8.8.8.8", "2001:db8::1"],
    }
}

/// Values that requests may have, equal to a value of a test and next to it.
fn values_near(of: ValueType, value: &str) -> Vec<String> {
    match of {
        ValueType::String => instances(value)
            .iter()
            .flat_map(|text| nearly(text))
            .collect(),
        ValueType::Arn => {
            let mut near: Vec<_> = instances(value)
                .iter()
                .flat_map(|text| nearly(text))
                .collect();
            near.retain(|text| text.starts_with("arn:"));
            near
        }
        ValueType::Bool => Vec::new(),
        ValueType::Numeric => value.parse::<i64>().map_or_else(
            |_| Vec::new(),
            |number| {
                [number - 1, number, number + 1]
                    .map(|near| near.to_string())
                    .into()
            },
        ),
        ValueType::Date => vec![value.to_owned()],
        ValueType::IpAddress => network(value).map_or_else(Vec::new, |network| {
            vec![
                network.network().to_string(),
                network.broadcast().to_string(),
            ]
        }),
    }
}

/// The settings in which a policy of a type has a say.
fn settings(policy_type: PolicyType, policy: &Policy) -> Vec<Setting> {
    let own = || CompiledPolicy::new(policy);
    let everything = || compiled(&[json!({"Effect": "Allow", "Action": "*", "Resource": "*"})]);
    let beside = |layer: Layer| {
        let mut setting = Setting::of_identity([everything()]);
        setting.supply(layer, [own()]);
        setting
    };
    match policy_type {
        PolicyType::Identity => vec![Setting::of_identity([own()])],
        PolicyType::Resource | PolicyType::Trust => {
            let mut alone = Setting::of_identity([]);
            alone.supply(Layer::Resource, [own()]);
            vec![alone, beside(Layer::Resource)]
        }
        PolicyType::Scp => vec![beside(Layer::Scp)],
        PolicyType::Rcp => vec![beside(Layer::Rcp)],
        PolicyType::Boundary => vec![beside(Layer::Boundary)],
        PolicyType::Session => vec![beside(Layer::Session)],
        PolicyType::Endpoint => vec![beside(Layer::VpcEndpoint)],
    }
}

/// What came of the requests.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// How many were allowed by both policies.
    pub(super) allowed: usize,
    /// How many were not.
    pub(super) others: usize,
    /// What the first that the policies decide in another way each was, and what they said.
    pub(super) difference: Option<String>,
}

/// Compares two policies on requests near both.
pub(super) fn compare(
    policy_type: PolicyType,
    before: &Policy,
    after: &Policy,
    requests: usize,
) -> Compared {
    let ingredients = Ingredients::of(&[before, after]);
    let settings: Vec<_> = settings(policy_type, before)
        .into_iter()
        .zip(settings(policy_type, after))
        .collect();
    let mut dice = Dice(7);
    let mut compared = Compared::default();
    for _ in 0..requests {
        let request = ingredients.request(&mut dice);
        for (before, after) in &settings {
            let (before, after) = (decide(before, &request), decide(after, &request));
            if before.verdict != after.verdict || before.possible != after.possible {
                let (was, is) = (&before.possible, &after.possible);
                compared.difference = Some(format!("{was:?} became {is:?} for {request:#?}"));
                return compared;
            }
            if before.verdict == Verdict::Allowed {
                compared.allowed += 1;
            } else {
                compared.others += 1;
            }
        }
    }
    compared
}
