//! What tests of a condition come to over all the values that their key may have.

use super::{
    Context, Layer, Principal, Request, Target, Truth,
    compile::{Expected, ResourceMatcher, StringMatcher, Test, test as compiled},
    condition::matches,
    typed,
    view::RequestView,
};
use crate::policy::{ActionName, ConditionTest, TextPattern, Version, witnesses};

/// Whether one value of a key satisfies all of some tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommonValue {
    /// This one does.
    Found(String),
    /// None does.
    None,
    /// That depends on variables, or is too much to find out.
    Open,
}

/// Looks for a value that satisfies all of the tests, all of which look at one key with one value. Set
/// operators are left out of account.
pub fn common_value(tests: &[&ConditionTest], version: Version) -> CommonValue {
    let tests: Vec<_> = tests.iter().map(|test| compiled(test, version)).collect();
    let Some(candidates) = candidates(&tests) else {
        return CommonValue::Open;
    };
    let request = nobodys_request();
    let boundary = Truth::False;
    let view = RequestView::new(&request, Layer::Identity, &boundary);
    let satisfies = |test: &Test, value: &str| {
        matches(test, value, &view).is_true() != test.operator.comparison.is_negated()
    };
    let mut values = candidates.into_iter();
    values
        .find(|value| tests.iter().all(|test| satisfies(test, value)))
        .map_or(CommonValue::None, CommonValue::Found)
}

/// A request without anything that a variable could stand for.
fn nobodys_request() -> Request {
    Request::new(
        Principal::Anonymous,
        ActionName::new("s3:GetObject"),
        Target::Star,
        Context::complete(),
    )
}

/// Values of which one satisfies all tests if any value does.
fn candidates(tests: &[Test]) -> Option<Vec<String>> {
    let mut values = Vec::new();
    let mut patterns = Vec::new();
    let (mut numbers, mut dates, mut others) = (false, false, false);
    for test in tests {
        match &test.expected {
            Expected::Strings { patterns: own, .. } => {
                for matcher in own {
                    match matcher {
                        StringMatcher::Fixed(wildcard) => patterns.push(TextPattern::of(wildcard)),
                        StringMatcher::Open(_) => return None,
                    }
                }
            }
            Expected::Arns(own) => {
                for matcher in own {
                    match matcher {
                        ResourceMatcher::Everything | ResourceMatcher::Nothing => {}
                        ResourceMatcher::Fixed(arn) => {
                            patterns.push(TextPattern::of_arn(&arn.fields));
                        }
                        ResourceMatcher::Open(_) | ResourceMatcher::Opaque(_) => return None,
                    }
                }
            }
            Expected::Numbers(own) => {
                numbers = true;
                for number in own {
                    let near = number.neighbours();
                    if near.is_empty() {
                        return None;
                    }
                    values.extend(near);
                }
            }
            Expected::Dates(own) => {
                dates = true;
                let near = own.iter().flat_map(|instant| typed::around(*instant));
                values.extend(near.map(|instant| instant.to_string()));
            }
            Expected::Booleans(_) => {
                others = true;
                values.extend(["true".to_owned(), "false".to_owned()]);
            }
            Expected::Networks(own) => {
                others = true;
                values.extend(own.iter().flat_map(typed::edges));
                values.extend(["0.0.0.0".to_owned(), "::".to_owned()]);
            }
            Expected::Bytes(own) => {
                others = true;
                values.extend(own.iter().map(|bytes| typed::base64(bytes)));
            }
            Expected::Missing(_) => return None,
        }
    }
    let kinds = [numbers, dates, others, !patterns.is_empty()];
    if kinds.iter().filter(|kind| **kind).count() > 1 {
        return None;
    }
    if !patterns.is_empty() {
        let found = witnesses(&[], &patterns);
        if !found.complete {
            return None;
        }
        values.extend(found.texts);
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{policy::lower, source::Source, syntax};

    fn common(condition: &str) -> CommonValue {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {condition}}}}}"#
        );
        let source = Source::new("test.json", text.into_bytes());
        let policy = lower(&syntax::parse(&source).root).policy.unwrap();
        let condition = policy.statements[0].condition.as_ref().unwrap();
        let tests: Vec<_> = condition.tests.iter().collect();
        common_value(&tests, policy.version)
    }

    #[test]
    fn texts_that_exclude_each_other_have_no_value() {
        for condition in [
            r#"{"StringEquals": {"k": "a"}, "StringNotEquals": {"k": ["a", "b"]}}"#,
            r#"{"StringLike": {"k": "a*"}, "StringEquals": {"k": ["b", "c"]}}"#,
            r#"{"ArnLike": {"k": "arn:aws:s3:::*"}, "ArnEquals": {"k": "arn:aws:sns:*:*:x"}}"#,
            r#"{"StringEqualsIgnoreCase": {"k": "A"}, "StringLike": {"k": "?b"}}"#,
        ] {
            assert_eq!(common(condition), CommonValue::None, "{condition}");
        }
    }

    #[test]
    fn windows_without_a_point_have_no_value() {
        for condition in [
            r#"{"NumericGreaterThan": {"k": "5"}, "NumericLessThan": {"k": "5"}}"#,
            r#"{"DateLessThan": {"k": "2026-01-01"}, "DateGreaterThanEquals": {"k": "2026-02-01"}}"#,
            r#"{"IpAddress": {"k": "10.0.0.0/16"}, "NotIpAddress": {"k": "10.0.0.0/8"}}"#,
            r#"{"Bool": {"k": "true"}, "BoolIfExists": {"k": "false"}}"#,
        ] {
            assert_eq!(common(condition), CommonValue::None, "{condition}");
        }
    }

    #[test]
    fn a_value_is_found_where_there_is_one() {
        let found = |condition: &str, value: &str| {
            assert_eq!(common(condition), CommonValue::Found(value.to_owned()));
        };
        found(
            r#"{"StringLike": {"k": "a?"}, "StringEquals": {"k": ["b", "ac"]}}"#,
            "ac",
        );
        found(
            r#"{"NumericGreaterThan": {"k": "5"}, "NumericLessThan": {"k": "6"}}"#,
            "5.1",
        );
        found(
            r#"{"IpAddress": {"k": "10.0.0.0/8"}, "NotIpAddress": {"k": "10.0.0.0/9"}}"#,
            "10.128.0.0",
        );
    }

    #[test]
    fn variables_leave_it_open() {
        let condition = r#"{"StringEquals": {"k": "${aws:username}"}, "StringLike": {"k": "a*"}}"#;
        assert_eq!(common(condition), CommonValue::Open);
    }
}
