//! Policies made ready for many requests: patterns taken apart, values read by their types.
//!
//! This is the one form that is evaluated; there is no second reading of a policy anywhere.

use super::{
    Unknown,
    action_index::ActionIndex,
    named::Principals,
    typed::{self, Decimal},
};
use crate::policy::{
    ActionPattern, ArnPattern, Case, Comparison, ConditionElement, ConditionKey, ConditionTest,
    ConditionValue, Effect, Element, Operator, Pattern, Policy, Reading, ResourceForm,
    ResourcePattern, Statement, Substitute, UnfilledAction, Variable, Version, Wildcard,
};
use ipnet::IpNet;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// A policy that requests can be judged by.
///
/// Made from a policy without faults of shape. A statement that lacks its effect, or lacks both
/// `Action` and `NotAction`, never applies.
#[derive(Debug, Clone)]
pub struct CompiledPolicy {
    pub(super) statements: Vec<CompiledStatement>,
    pub(super) index: ActionIndex,
}

#[derive(Debug, Clone)]
pub(super) struct CompiledStatement {
    pub(super) effect: Option<Effect>,
    pub(super) principals: Option<Principals>,
    pub(super) actions: Option<Actions>,
    pub(super) resources: Option<Resources>,
    pub(super) tests: Vec<Test>,
    /// Whether the condition has an operator that AWS does not have, so that it never holds.
    pub(super) never_holds: bool,
}

/// `Action` or `NotAction`.
#[derive(Debug, Clone)]
pub(super) struct Actions {
    pub(super) negated: bool,
    pub(super) patterns: Vec<Wildcard>,
    /// Those that a template engine has not filled in.
    pub(super) unfilled: Vec<Unfilled>,
}

/// An action that is not known as a whole.
#[derive(Debug, Clone)]
pub(super) struct Unfilled {
    /// It with any text in place of what is missing.
    pub(super) open: Wildcard,
    /// What is missing.
    pub(super) tokens: BTreeSet<Unknown>,
}

/// `Resource` or `NotResource`.
#[derive(Debug, Clone)]
pub(super) struct Resources {
    pub(super) negated: bool,
    pub(super) patterns: Vec<ResourceMatcher>,
}

/// The five fields after `arn:`, each a pattern.
pub(super) type ArnFields = [Wildcard; 5];

#[derive(Debug, Clone)]
pub(super) enum ResourceMatcher {
    /// `*`
    Everything,
    /// No variable in it.
    Fixed(Box<FixedArn>),
    /// Variables in its fields.
    Open(Box<ArnPattern>),
    /// A variable in place of fields.
    Opaque(Pattern),
    /// A policy variable before the resource part, where AWS replaces none: it matches nothing.
    ///
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-using-variables>
    Nothing,
}

/// A pattern of ARNs without variables.
#[derive(Debug, Clone)]
pub(super) struct FixedArn {
    pub(super) fields: ArnFields,
    /// What every ARN that matches starts with.
    start: String,
    /// The last bytes of that and their place: they tell most ARNs apart at once.
    telling: ([u8; TELLING], usize),
    /// What comes after that.
    rest: Rest,
}

/// What comes after the start of an ARN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    /// Nothing.
    Nothing,
    /// Anything: the start reaches into the resource part, and a `*` follows.
    Anything,
    /// What the fields say.
    Fields,
}

/// How many bytes are compared at once.
const TELLING: usize = 8;

impl FixedArn {
    fn new(fields: ArnFields) -> Self {
        let mut start = "arn".to_owned();
        let mut rest = Rest::Nothing;
        let last = fields.len() - 1;
        for (place, field) in fields.iter().enumerate() {
            start.push(':');
            let (literal, is_whole) = field.literal_start();
            start += &literal;
            if !is_whole {
                let is_open = place == last && field.is_literal_then_any();
                rest = if is_open {
                    Rest::Anything
                } else {
                    Rest::Fields
                };
                break;
            }
        }
        let bytes = start.as_bytes();
        let place = bytes.len().saturating_sub(TELLING);
        let telling = bytes.get(place..).and_then(|end| end.try_into().ok());
        Self {
            telling: (telling.unwrap_or_default(), place),
            fields,
            start,
            rest,
        }
    }

    /// Whether an ARN matches: its text, and the fields of it.
    pub(super) fn matches(&self, text: &str, fields: &[&str; 5]) -> bool {
        let (telling, place) = &self.telling;
        let is_short = self.start.len() < TELLING;
        if !is_short && text.as_bytes().get(*place..*place + TELLING) != Some(telling) {
            return false;
        }
        let Some(rest) = text.strip_prefix(&*self.start) else {
            return false;
        };
        match self.rest {
            Rest::Nothing => rest.is_empty(),
            Rest::Anything => true,
            Rest::Fields => {
                let pairs = self.fields.iter().zip(fields);
                // The last is the one that differs most.
                pairs.rev().all(|(field, text)| field.matches(text))
            }
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Test {
    pub(super) operator: Operator,
    pub(super) key: ConditionKey,
    pub(super) expected: Expected,
}

/// The values of a test, by the type that its operator compares. Values that are not of that type
/// are left out, as they never match.
#[derive(Debug, Clone)]
pub(super) enum Expected {
    /// The string operators; `*` and `?` are wildcards where `reading` says so.
    Strings {
        case: Case,
        reading: Reading,
        patterns: Vec<StringMatcher>,
    },
    /// The ARN operators.
    Arns(Vec<ResourceMatcher>),
    Numbers(Vec<Decimal>),
    Dates(Vec<Timestamp>),
    Booleans(Vec<bool>),
    Bytes(Vec<Vec<u8>>),
    Networks(Vec<IpNet>),
    /// `Null`: whether the key should be missing.
    Missing(Vec<bool>),
}

#[derive(Debug, Clone)]
pub(super) enum StringMatcher {
    Fixed(Wildcard),
    Open(Pattern),
}

impl CompiledPolicy {
    /// Makes a policy ready.
    pub fn new(policy: &Policy) -> Self {
        let compile = |each| statement(each, policy.version);
        let statements: Vec<CompiledStatement> = policy.statements.iter().map(compile).collect();
        Self {
            index: ActionIndex::new(policy, &statements),
            statements,
        }
    }
}

fn statement(statement: &Statement, version: Version) -> CompiledStatement {
    let actions = statement
        .action
        .as_ref()
        .map(|element| actions(element, false))
        .or_else(|| {
            statement
                .not_action
                .as_ref()
                .map(|element| actions(element, true))
        });
    let resources = statement
        .resource
        .as_ref()
        .map(|element| resources(element, false, version))
        .or_else(|| {
            statement
                .not_resource
                .as_ref()
                .map(|e| resources(e, true, version))
        });
    CompiledStatement {
        effect: statement.effect.map(|effect| effect.value),
        principals: Principals::new(statement),
        actions,
        resources,
        tests: statement
            .condition
            .as_ref()
            .map(|c| tests(c, version))
            .unwrap_or_default(),
        never_holds: statement
            .condition
            .as_ref()
            .is_some_and(|condition| !condition.unknown_operators.is_empty()),
    }
}

fn actions(element: &Element<ActionPattern>, negated: bool) -> Actions {
    let pattern = |entry: &ActionPattern| {
        let text = if entry.service() == "*" && entry.name() == "*" {
            "*"
        } else {
            entry.as_str()
        };
        Wildcard::new(text, Case::Ignored)
    };
    let unfilled = |action: &UnfilledAction| Unfilled {
        open: Wildcard::with_variables_open(&action.pattern, Case::Ignored),
        tokens: action
            .pattern
            .variables()
            .map(Unknown::of_variable)
            .collect(),
    };
    Actions {
        negated,
        patterns: element.entries.iter().map(pattern).collect(),
        unfilled: element.unfilled.iter().map(unfilled).collect(),
    }
}

fn resources(element: &Element<ResourcePattern>, negated: bool, version: Version) -> Resources {
    let matcher = |entry: &ResourcePattern| match &entry.form {
        ResourceForm::Star => ResourceMatcher::Everything,
        ResourceForm::Arn(pattern) if pattern.has_variable_before_resource() => {
            ResourceMatcher::Nothing
        }
        ResourceForm::Arn(pattern) => arn_matcher(pattern.clone()),
        ResourceForm::Opaque => opaque(entry.text.as_str(), version),
    };
    Resources {
        negated,
        patterns: element.entries.iter().map(matcher).collect(),
    }
}

fn arn_matcher(pattern: ArnPattern) -> ResourceMatcher {
    match arn_fields(&pattern, |_| Substitute::Nothing) {
        Some(fields) => ResourceMatcher::Fixed(Box::new(FixedArn::new(fields))),
        None => ResourceMatcher::Open(Box::new(pattern)),
    }
}

fn opaque(text: &str, version: Version) -> ResourceMatcher {
    // Lowering has refused what cannot be parsed.
    match Pattern::parse(text, version) {
        Ok(pattern) => ResourceMatcher::Opaque(pattern),
        Err(_) => ResourceMatcher::Opaque(Pattern::literal(text)),
    }
}

/// The fields of a pattern, its variables replaced; `None` where one of them has no value.
pub(super) fn arn_fields(
    pattern: &ArnPattern,
    mut resolve: impl FnMut(&Variable) -> Substitute,
) -> Option<ArnFields> {
    let mut field =
        |field| Wildcard::of_pattern(field, Case::Sensitive, Reading::Wildcards, &mut resolve);
    let [partition, service, region, account, resource] = pattern.fields();
    Some([
        field(partition)?,
        field(service)?,
        field(region)?,
        field(account)?,
        field(resource)?,
    ])
}

fn tests(condition: &ConditionElement, version: Version) -> Vec<Test> {
    condition
        .tests
        .iter()
        .map(|each| test(each, version))
        .collect()
}

pub(super) fn test(test: &ConditionTest, version: Version) -> Test {
    let values = &test.values;
    let strings = |case, reading| Expected::Strings {
        case,
        reading,
        patterns: values
            .iter()
            .map(|value| string_matcher(value, case, reading, version))
            .collect(),
    };
    let expected = match test.operator.comparison {
        Comparison::StringEquals | Comparison::StringNotEquals => {
            strings(Case::Sensitive, Reading::Literally)
        }
        Comparison::StringEqualsIgnoreCase | Comparison::StringNotEqualsIgnoreCase => {
            strings(Case::Ignored, Reading::Literally)
        }
        Comparison::StringLike | Comparison::StringNotLike => {
            strings(Case::Sensitive, Reading::Wildcards)
        }
        Comparison::ArnEquals
        | Comparison::ArnLike
        | Comparison::ArnNotEquals
        | Comparison::ArnNotLike => Expected::Arns(
            values
                .iter()
                .filter_map(|value| arn_value(value, version))
                .collect(),
        ),
        Comparison::NumericEquals
        | Comparison::NumericNotEquals
        | Comparison::NumericLessThan
        | Comparison::NumericLessThanEquals
        | Comparison::NumericGreaterThan
        | Comparison::NumericGreaterThanEquals => Expected::Numbers(read(values, Decimal::parse)),
        Comparison::DateEquals
        | Comparison::DateNotEquals
        | Comparison::DateLessThan
        | Comparison::DateLessThanEquals
        | Comparison::DateGreaterThan
        | Comparison::DateGreaterThanEquals => Expected::Dates(read(values, typed::instant)),
        Comparison::Bool => Expected::Booleans(read(values, typed::boolean)),
        Comparison::BinaryEquals => Expected::Bytes(read(values, typed::bytes)),
        Comparison::IpAddress | Comparison::NotIpAddress => {
            Expected::Networks(read(values, typed::network))
        }
        Comparison::Null => Expected::Missing(read(values, typed::boolean)),
    };
    Test {
        operator: test.operator,
        key: ConditionKey::new(test.key.as_str()),
        expected,
    }
}

fn read<T>(values: &[ConditionValue], parse: impl Fn(&str) -> Option<T>) -> Vec<T> {
    values
        .iter()
        .filter_map(|value| parse(&value.text))
        .collect()
}

fn string_matcher(
    value: &ConditionValue,
    case: Case,
    reading: Reading,
    version: Version,
) -> StringMatcher {
    let pattern =
        Pattern::parse(&value.text, version).unwrap_or_else(|_| Pattern::literal(&value.text));
    match Wildcard::of_pattern(&pattern, case, reading, |_| Substitute::Nothing) {
        Some(wildcard) => StringMatcher::Fixed(wildcard),
        None => StringMatcher::Open(pattern),
    }
}

fn arn_value(value: &ConditionValue, version: Version) -> Option<ResourceMatcher> {
    if value.text == "*" {
        return Some(ResourceMatcher::Everything);
    }
    match ArnPattern::parse(&value.text, version) {
        Ok(Some(pattern)) => Some(arn_matcher(pattern)),
        Ok(None) => Some(opaque(&value.text, version)),
        Err(_) => None,
    }
}

/// What is wrong with a value of a condition that no value of a request can match, whatever the key:
/// it is not of the type that its operator compares.
pub fn fault_of_value(comparison: Comparison, text: &str) -> Option<&'static str> {
    let (is_read, fault) = match comparison {
        Comparison::StringEquals
        | Comparison::StringNotEquals
        | Comparison::StringEqualsIgnoreCase
        | Comparison::StringNotEqualsIgnoreCase
        | Comparison::StringLike
        | Comparison::StringNotLike => return None,
        Comparison::ArnEquals
        | Comparison::ArnLike
        | Comparison::ArnNotEquals
        | Comparison::ArnNotLike => {
            let is_arn = text == "*" || ArnPattern::parse(text, Version::V2012).is_ok();
            (is_arn, "is no ARN")
        }
        Comparison::NumericEquals
        | Comparison::NumericNotEquals
        | Comparison::NumericLessThan
        | Comparison::NumericLessThanEquals
        | Comparison::NumericGreaterThan
        | Comparison::NumericGreaterThanEquals => (Decimal::parse(text).is_some(), "is no number"),
        Comparison::DateEquals
        | Comparison::DateNotEquals
        | Comparison::DateLessThan
        | Comparison::DateLessThanEquals
        | Comparison::DateGreaterThan
        | Comparison::DateGreaterThanEquals => (typed::instant(text).is_some(), "is no date"),
        Comparison::Bool | Comparison::Null => (
            typed::boolean(text).is_some(),
            "is neither `true` nor `false`",
        ),
        Comparison::BinaryEquals => (typed::bytes(text).is_some(), "is no base64"),
        Comparison::IpAddress | Comparison::NotIpAddress => (
            typed::network(text).is_some(),
            "is no address and no network",
        ),
    };
    (!is_read).then_some(fault)
}
