//! What the statements of a data perimeter test: who calls, and for whom a service calls.
//!
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html>

use super::StatementCx;
use crate::policy::{Comparison, ConditionTest, Effect, Operator, Quantifier};

/// Whether the caller is an AWS service.
pub(super) const IS_SERVICE: &str = "aws:PrincipalIsAWSService";

/// For whom a service calls; no other caller has these.
pub(super) const SOURCE_KEYS: [&str; 4] = [
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
];

/// Whether a test is about one of the keys that say for whom a service calls.
pub(super) fn is_about_source(test: &ConditionTest) -> bool {
    SOURCE_KEYS.iter().any(|key| test.is_about(key))
}

/// Whether a test is about the caller, other than whether it is a service.
pub(super) fn is_about_caller(test: &ConditionTest) -> bool {
    let key = test.key.as_str();
    crate::policy::starts_with_ignoring_case(key, "aws:Principal") && !test.is_about(IS_SERVICE)
}

/// Whether a test that something is other than listed, which also holds where the request lacks the
/// key.
pub(super) fn excludes_others(test: &ConditionTest) -> bool {
    let Operator {
        quantifier,
        comparison,
        if_exists,
    } = test.operator;
    comparison.is_negated() && (if_exists || quantifier != Some(Quantifier::ForAnyValue))
}

/// Whether a test does not hold where the request lacks the key.
pub(super) fn wants_the_key(test: &ConditionTest) -> bool {
    let Operator {
        quantifier,
        comparison,
        if_exists,
    } = test.operator;
    if comparison == Comparison::Null {
        return has_value(test, "false");
    }
    !if_exists
        && quantifier != Some(Quantifier::ForAllValues)
        && (!comparison.is_negated() || quantifier == Some(Quantifier::ForAnyValue))
}

/// Whether a value of a test is this one, letter case aside.
pub(super) fn has_value(test: &ConditionTest, value: &str) -> bool {
    let mut values = test.values.iter();
    values.any(|own| own.text.eq_ignore_ascii_case(value))
}

/// The tests of a statement that denies, where its condition could be read whole.
pub(super) fn tests_of_denial<'a>(cx: &'a StatementCx<'_>) -> &'a [ConditionTest] {
    match &cx.statement.condition {
        Some(condition)
            if cx.statement.has_effect(Effect::Deny) && condition.unknown_operators.is_empty() =>
        {
            &condition.tests
        }
        _ => &[],
    }
}
