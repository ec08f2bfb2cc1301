//! Whether a test of a condition holds for a request.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>

use super::{
    Fact, Truth, Unknown,
    compile::{Expected, ResourceMatcher, StringMatcher, Test, arn_fields},
    typed::{self, Decimal},
    view::{RequestView, Resolution},
};
use crate::policy::{Arn, Case, Comparison, Operator, Pattern, Quantifier, Reading, Wildcard};
use std::{cmp::Ordering, collections::BTreeSet, net::IpAddr};

pub(super) fn holds(test: &Test, view: &RequestView<'_>) -> Truth {
    let fact = view.request.context.fact(&test.key);
    if let Expected::Missing(expected) = &test.expected {
        return null(test, expected, &fact);
    }
    match &*fact {
        Fact::Absent => holds_without_key(test.operator).into(),
        Fact::Values(values) => with_values(test, values, view),
        // A set operator takes empty text for no value at all.
        Fact::Like(_) => match always(test) {
            Some(holds)
                if test.operator.quantifier.is_none()
                    || holds == holds_without_key(test.operator) =>
            {
                holds.into()
            }
            _ => Truth::Depends(open_keys(test, view)),
        },
        Fact::Unknown => match always(test) {
            Some(holds) if holds == holds_without_key(test.operator) => holds.into(),
            _ => Truth::Depends(open_keys(test, view)),
        },
    }
}

/// The key of a test, and what the variables in its values stand for, as far as it is not known.
fn open_keys(test: &Test, view: &RequestView<'_>) -> BTreeSet<Unknown> {
    let mut open = BTreeSet::from([Unknown::Key(test.key.clone())]);
    let mut note = |pattern: &Pattern| {
        for variable in pattern.variables() {
            if matches!(view.resolve(variable), Resolution::Unknown) {
                open.insert(Unknown::of_variable(variable));
            }
        }
    };
    match &test.expected {
        Expected::Strings { patterns, .. } => {
            for pattern in patterns {
                if let StringMatcher::Open(pattern) = pattern {
                    note(pattern);
                }
            }
        }
        Expected::Arns(matchers) => {
            for matcher in matchers {
                match matcher {
                    ResourceMatcher::Open(pattern) => pattern.fields().iter().for_each(&mut note),
                    ResourceMatcher::Opaque(pattern) => note(pattern),
                    ResourceMatcher::Everything
                    | ResourceMatcher::Fixed(_)
                    | ResourceMatcher::Nothing => {}
                }
            }
        }
        Expected::Numbers(_)
        | Expected::Dates(_)
        | Expected::Booleans(_)
        | Expected::Networks(_)
        | Expected::Bytes(_)
        | Expected::Missing(_) => {}
    }
    open
}

/// Whether a test with this operator holds for a request that lacks the key.
pub fn holds_without_key(operator: Operator) -> bool {
    operator.if_exists
        || match operator.quantifier {
            Some(Quantifier::ForAllValues) => true,
            Some(Quantifier::ForAnyValue) => false,
            None => operator.comparison.is_negated(),
        }
}

/// What a test is for every value that the key may have, where that is the same for all.
fn always(test: &Test) -> Option<bool> {
    // What holds for every value holds for all and for any of them.
    let negated = test.operator.comparison.is_negated();
    match &test.expected {
        Expected::Strings { patterns, .. } => {
            let everything = patterns.iter().any(|pattern| match pattern {
                StringMatcher::Fixed(wildcard) => wildcard.matches_everything(),
                StringMatcher::Open(_) => false,
            });
            (everything || patterns.is_empty()).then_some(everything != negated)
        }
        Expected::Arns(patterns) if patterns.is_empty() => Some(negated),
        Expected::Numbers(values) if values.is_empty() => Some(negated),
        Expected::Dates(values) if values.is_empty() => Some(negated),
        Expected::Booleans(values) if values.is_empty() => Some(negated),
        Expected::Networks(values) if values.is_empty() => Some(negated),
        Expected::Bytes(values) if values.is_empty() => Some(negated),
        Expected::Arns(_)
        | Expected::Numbers(_)
        | Expected::Dates(_)
        | Expected::Booleans(_)
        | Expected::Networks(_)
        | Expected::Bytes(_)
        | Expected::Missing(_) => None,
    }
}

/// `Null`: with a set operator it looks at no value, so it is always true or always false.
fn null(test: &Test, expected: &[bool], fact: &Fact) -> Truth {
    match test.operator.quantifier {
        Some(Quantifier::ForAllValues) => return Truth::True,
        Some(Quantifier::ForAnyValue) => return Truth::False,
        None => {}
    }
    match fact {
        Fact::Absent => expected.contains(&true).into(),
        Fact::Values(values) => expected.contains(&values.is_empty()).into(),
        Fact::Like(_) => expected.contains(&false).into(),
        Fact::Unknown => match (expected.contains(&true), expected.contains(&false)) {
            (true, true) => Truth::True,
            (false, false) => Truth::False,
            _ => Truth::depends_on(Unknown::Key(test.key.clone())),
        },
    }
}

fn with_values(test: &Test, values: &[String], view: &RequestView<'_>) -> Truth {
    let operator = test.operator;
    let matching = |value: &String| matches(test, value, view);
    let satisfying = |value: &String| {
        if operator.comparison.is_negated() {
            !matching(value)
        } else {
            matching(value)
        }
    };
    // A set of nothing but empty text counts as no set at all.
    let is_empty_set = || values.iter().all(String::is_empty);
    match operator.quantifier {
        _ if values.is_empty() => holds_without_key(operator).into(),
        None if operator.comparison.is_negated() => !Truth::any(values.iter().map(matching)),
        None => Truth::any(values.iter().map(matching)),
        Some(_) if is_empty_set() => holds_without_key(operator).into(),
        Some(Quantifier::ForAllValues) => Truth::all(values.iter().map(satisfying)),
        Some(Quantifier::ForAnyValue) => Truth::any(values.iter().map(satisfying)),
    }
}

/// Whether one value of the request matches one of the values of the test; negation aside.
pub(super) fn matches(test: &Test, value: &str, view: &RequestView<'_>) -> Truth {
    let comparison = test.operator.comparison;
    match &test.expected {
        Expected::Strings {
            case,
            reading,
            patterns,
        } => Truth::any(
            patterns
                .iter()
                .map(|each| string_matches(each, *case, *reading, value, view)),
        ),
        Expected::Arns(patterns) => Truth::any(
            patterns
                .iter()
                .map(|pattern| arn_matches(pattern, value, view)),
        ),
        Expected::Numbers(expected) => {
            let value = Decimal::parse(value);
            value
                .is_some_and(|v| expected.iter().any(|e| ordered(comparison, v.cmp(e))))
                .into()
        }
        Expected::Dates(expected) => {
            let value = typed::instant(value);
            value
                .is_some_and(|v| expected.iter().any(|e| ordered(comparison, v.cmp(e))))
                .into()
        }
        Expected::Booleans(expected) => typed::boolean(value)
            .is_some_and(|value| expected.contains(&value))
            .into(),
        Expected::Bytes(expected) => typed::bytes(value)
            .is_some_and(|value| expected.contains(&value))
            .into(),
        Expected::Networks(expected) => {
            let address: Option<IpAddr> = value.parse().ok();
            address
                .is_some_and(|a| expected.iter().any(|net| net.contains(&a)))
                .into()
        }
        Expected::Missing(_) => Truth::False,
    }
}

/// Whether an order of value and expected value is one that the comparison asks for. `NotEquals`
/// is the negation of `Equals` and is negated by the caller.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the rest compare for equality"
)]
fn ordered(comparison: Comparison, order: Ordering) -> bool {
    match comparison {
        Comparison::NumericLessThan | Comparison::DateLessThan => order.is_lt(),
        Comparison::NumericLessThanEquals | Comparison::DateLessThanEquals => order.is_le(),
        Comparison::NumericGreaterThan | Comparison::DateGreaterThan => order.is_gt(),
        Comparison::NumericGreaterThanEquals | Comparison::DateGreaterThanEquals => order.is_ge(),
        _ => order.is_eq(),
    }
}

fn string_matches(
    matcher: &StringMatcher,
    case: Case,
    reading: Reading,
    value: &str,
    view: &RequestView<'_>,
) -> Truth {
    match matcher {
        StringMatcher::Fixed(wildcard) => wildcard.matches(value).into(),
        StringMatcher::Open(pattern) => view.with_variables(
            |resolve| Wildcard::of_pattern(pattern, case, reading, resolve),
            |wildcard| wildcard.matches(value).into(),
            |wildcard| wildcard.matches(value),
        ),
    }
}

fn arn_matches(matcher: &ResourceMatcher, value: &str, view: &RequestView<'_>) -> Truth {
    if matches!(matcher, ResourceMatcher::Everything) {
        return Truth::True;
    }
    let Ok(arn) = Arn::parse(value) else {
        return Truth::False;
    };
    fields_match(matcher, view, |fields| {
        fields
            .iter()
            .zip(arn.fields())
            .all(|(field, text)| field.matches(text))
            .into()
    })
}

/// Judges the five fields of a pattern, its variables replaced.
pub(super) fn fields_match(
    matcher: &ResourceMatcher,
    view: &RequestView<'_>,
    judge: impl Fn(&[Wildcard; 5]) -> Truth,
) -> Truth {
    match matcher {
        ResourceMatcher::Everything => Truth::True,
        ResourceMatcher::Nothing => Truth::False,
        ResourceMatcher::Fixed(pattern) => judge(&pattern.fields),
        ResourceMatcher::Open(pattern) => view.with_variables(
            |resolve| arn_fields(pattern, resolve),
            |fields| judge(&fields),
            |fields| !judge(fields).is_false(),
        ),
        ResourceMatcher::Opaque(pattern) => view.with_variables(
            |resolve| Wildcard::of_pattern(pattern, Case::Sensitive, Reading::Wildcards, resolve),
            |wildcard| {
                wildcard
                    .split_arn()
                    .map_or(Truth::False, |fields| judge(&fields))
            },
            |wildcard| wildcard.intersects(&Wildcard::new("arn:*:*:*:*:*", Case::Sensitive)),
        ),
    }
}
