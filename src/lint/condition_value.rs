//! Values of conditions, as the rules about them see them.

use super::{Findings, TestCx, edits, placeholders::is_unfilled};
use crate::{
    catalog::table::CONDITION_VALUE_FORMATS,
    eval::fault_of_value,
    policy::{Comparison, ConditionTest, ConditionValue, Operator, Quantifier},
    source::{Edit, Span},
    syntax::Text,
};
use std::borrow::Cow;

/// What a comparison takes its values for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// `StringEquals` and its like.
    Text,
    /// `NumericEquals` and its like.
    Number,
    /// `DateEquals` and its like.
    Date,
    /// `Bool`
    Boolean,
    /// `BinaryEquals`
    Binary,
    /// `IpAddress` and `NotIpAddress`
    Address,
    /// `ArnEquals` and its like.
    Arn,
    /// `Null`, which looks at no value.
    Presence,
}

impl Family {
    /// The family of a comparison.
    pub(super) fn of(comparison: Comparison) -> Self {
        match comparison {
            Comparison::StringEquals
            | Comparison::StringNotEquals
            | Comparison::StringEqualsIgnoreCase
            | Comparison::StringNotEqualsIgnoreCase
            | Comparison::StringLike
            | Comparison::StringNotLike => Self::Text,
            Comparison::NumericEquals
            | Comparison::NumericNotEquals
            | Comparison::NumericLessThan
            | Comparison::NumericLessThanEquals
            | Comparison::NumericGreaterThan
            | Comparison::NumericGreaterThanEquals => Self::Number,
            Comparison::DateEquals
            | Comparison::DateNotEquals
            | Comparison::DateLessThan
            | Comparison::DateLessThanEquals
            | Comparison::DateGreaterThan
            | Comparison::DateGreaterThanEquals => Self::Date,
            Comparison::Bool => Self::Boolean,
            Comparison::BinaryEquals => Self::Binary,
            Comparison::IpAddress | Comparison::NotIpAddress => Self::Address,
            Comparison::ArnEquals
            | Comparison::ArnNotEquals
            | Comparison::ArnLike
            | Comparison::ArnNotLike => Self::Arn,
            Comparison::Null => Self::Presence,
        }
    }
}

/// What to underline of a value: a string without its quotes.
pub(super) fn span(value: &ConditionValue) -> Span {
    value.string.as_ref().map_or(value.span, Text::span)
}

/// What to underline of all values of the test that is looked at.
pub(super) fn span_of_all(cx: &TestCx<'_>) -> Span {
    span_of(cx.test)
}

/// What to underline of all values of a test.
pub(super) fn span_of(test: &ConditionTest) -> Span {
    match test.values.as_slice() {
        [only] if only.span == test.span => span(only),
        _ => test.span,
    }
}

/// The place of a value's text, to be replaced; a number or a boolean gets quotes.
pub(super) fn replaced(value: &ConditionValue, text: &str) -> Edit {
    match &value.string {
        Some(string) => edits::replace(string.content_span(), text),
        None => edits::replace(value.span, format!("\"{text}\"")),
    }
}

/// Whether it is known what a value says, to the letter. A `*` under an operator that takes it
/// literally is not judged either: another rule tells of it.
pub(super) fn is_fixed(value: &ConditionValue) -> bool {
    !value.text.contains(['*', '?']) && !is_unfilled(&value.text)
}

/// The values of a test of a family that cannot be read as what it compares, and what is wrong with
/// each.
pub(super) fn unreadable<'a>(
    cx: &TestCx<'a>,
    family: Family,
) -> impl Iterator<Item = (&'a ConditionValue, &'static str)> {
    let comparison = cx.test.operator.comparison;
    let values: &[ConditionValue] = if Family::of(comparison) == family {
        &cx.test.values
    } else {
        &[]
    };
    values
        .iter()
        .filter(|value| !is_unfilled(&value.text))
        .filter_map(move |value| Some((value, fault_of_value(comparison, &value.text)?)))
}

/// What the values of a key are, where all of them are of one form.
pub(super) fn format(key: &str) -> Option<&'static str> {
    CONDITION_VALUE_FORMATS
        .row(key)
        .and_then(|row| row.get(1).copied())
}

/// The values of a test that compares text of this form, as far as they are known to the letter;
/// in lower case where case does not count.
pub(super) fn of_format<'a>(
    test: &'a ConditionTest,
    wanted: &str,
) -> impl Iterator<Item = (&'a ConditionValue, Cow<'a, str>)> {
    let comparison = test.operator.comparison;
    let own = Family::of(comparison) == Family::Text && format(test.key.as_str()) == Some(wanted);
    let values: &[ConditionValue] = if own { &test.values } else { &[] };
    values
        .iter()
        .filter(|value| is_fixed(value) && !is_placeholder(&value.text))
        .map(move |value| {
            let own = value.text.as_str();
            let folded = ignores_case(comparison).then(|| own.to_ascii_lowercase());
            (value, folded.map_or(Cow::Borrowed(own), Cow::Owned))
        })
}

/// Whether a value is one that a document has where readers are to put their own: `ACCOUNT_ID`,
/// `o-xxxxxxxx`.
pub(super) fn is_placeholder(text: &str) -> bool {
    let has = |test: fn(&u8) -> bool| text.as_bytes().iter().any(test);
    let folded = text.to_ascii_lowercase();
    ["xxx", "your", "example", "change"]
        .iter()
        .any(|word| folded.contains(word))
        || has(u8::is_ascii_uppercase) && !has(u8::is_ascii_lowercase) && !has(u8::is_ascii_digit)
}

/// Whether letter case does not count.
pub(super) fn ignores_case(comparison: Comparison) -> bool {
    matches!(
        comparison,
        Comparison::StringEqualsIgnoreCase | Comparison::StringNotEqualsIgnoreCase
    )
}

/// What messages call a value.
pub(super) fn shown(text: &str) -> String {
    if text.is_empty() {
        "an empty text".to_owned()
    } else {
        format!("`{text}`")
    }
}

/// Reports the values of a format that are no ids of EC2: a start, and the 8 or 17 characters that AWS
/// puts behind it.
pub(super) fn report_wrong_ids(
    cx: &TestCx<'_>,
    format: &str,
    start: &str,
    what: &str,
    out: &mut Findings<'_>,
) {
    for (value, text) in of_format(cx.test, format) {
        let id = text.strip_prefix(start);
        let fits = id.is_some_and(|id| {
            matches!(id.len(), 8 | 17) && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        if !fits {
            out.report(
                span(value),
                format!(
                    "{} is no id of {what}, so no request ever has it",
                    shown(&value.text)
                ),
            )
            .help(format!(
                "write `{start}` and the 8 or 17 characters that follow"
            ));
        }
    }
}

/// What follows from it that no value of the key can match: `so it never matches`.
pub(super) fn consequence(operator: Operator) -> String {
    let holds = operator.comparison.is_negated();
    match (operator.quantifier, operator.if_exists) {
        (Some(Quantifier::ForAllValues), _) | (_, true) if !holds => {
            format!("so `{operator}` only matches requests without the key")
        }
        _ if holds => format!("so `{operator}` always matches"),
        _ => format!("so `{operator}` never matches"),
    }
}

/// The test's operator with another comparison, and the edit that writes it, where this touches no
/// other key and the condition does not have that operator already.
pub(super) fn with_comparison(cx: &TestCx<'_>, comparison: Comparison) -> Option<(String, Edit)> {
    let wanted = Operator {
        comparison,
        ..cx.test.operator
    };
    let own = cx.test.operator_text.quoted_span();
    let mut others = cx
        .condition
        .tests
        .iter()
        .filter(|test| test.span != cx.test.span);
    if others.any(|test| test.operator_text.quoted_span() == own || test.operator == wanted) {
        return None;
    }
    let wanted = wanted.to_string();
    let edit = edits::replace(cx.test.operator_text.content_span(), wanted.clone());
    Some((wanted, edit))
}
