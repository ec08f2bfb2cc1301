use crate::{
    catalog::{GlobalConditionKey, ServiceConditionKey, ValueType},
    eval::fault_of_value,
    lint::{
        Category, Check, Findings, Rule, TestCx,
        condition_value::{self, Family},
        placeholders::is_unfilled,
        rule,
    },
    policy::{Comparison, ConditionValue, PolicyTypes},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags an operator that compares something else than the key holds.
    ///
    /// - `medium` where it cannot match, as `Bool` on a date, `StringEquals` of a network on an
    ///   address, or where AWS must have been misunderstood, as `NumericEquals` on
    ///   `aws:PrincipalOrgID`
    /// - `low` where it works but compares text: `StringEquals` with `true` on a boolean, with digits
    ///   on a number, with one address on an address; and where a service's own documentation calls
    ///   the key text, and `Bool` or a numeric operator works if it holds `true` or digits
    ///
    /// Silent are keys that the reference does not know, keys with a part of the caller's choice
    /// such as tags, values that cannot be read (they have rules of their own), and operators of
    /// ARNs and text on each other's keys.
    ///
    /// ## Why it matters
    /// Text is compared character by character. `10` is not `10.0`, `True` is not `true`,
    /// `203.0.113.0/24` is no address. Nothing is refused; the test just never matches.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringEquals": {"aws:SourceIp": "203.0.113.0/24"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// - Access Analyzer: `TYPE_MISMATCH`
    /// - parliament: `MISMATCHED_TYPE`
    /// - iam-policy-validator: `type_mismatch`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "condition-operator-type",
        category: Category::Semantics,
        severity: Severity::Medium,
        summary: "operator that compares something else than the key holds",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let operator = cx.test.operator;
    let family = Family::of(operator.comparison);
    let types = cx.key.value_types();
    let Some(&holds) = types.first() else { return };
    if family == Family::Presence || types.iter().any(|holds| fits(family, *holds)) {
        return;
    }
    let values = &cx.test.values;
    let is_unread = |value: &ConditionValue| {
        is_unfilled(&value.text) || fault_of_value(operator.comparison, &value.text).is_some()
    };
    if values.is_empty() || values.iter().any(is_unread) || is_chosen(cx) {
        return;
    }
    let Some(severity) = severity(cx, family, holds) else {
        return;
    };
    let (compares, held) = (compared(family), article(holds));
    let consequence = if severity == Severity::Low {
        if family == Family::Text {
            "which works only where both are written the same".to_owned()
        } else {
            format!("which works only as far as that is {compares}")
        }
    } else {
        condition_value::consequence(operator)
    };
    let key = cx.test.key.as_str();
    let draft = out
        .report(
            cx.test.operator_text.span(),
            format!("`{operator}` compares {compares}, but `{key}` is {held}, {consequence}"),
        )
        .label(cx.test.key.span(), format!("this is {held}"))
        .severity(severity)
        .help(format!("use {}", operators(holds)));
    let same_as_bool = holds == ValueType::Bool
        && matches!(
            operator.comparison,
            Comparison::StringEquals | Comparison::StringEqualsIgnoreCase
        );
    if let Some((name, edit)) = condition_value::with_comparison(cx, Comparison::Bool)
        && same_as_bool
        && severity == Severity::Low
        && values.len() == 1
    {
        draft.fix(format!("write `{name}`"), Safety::Safe, vec![edit]);
    }
}

/// Whether operators of a family are made for a type, or do no harm on it.
fn fits(family: Family, holds: ValueType) -> bool {
    match family {
        Family::Text => matches!(holds, ValueType::String | ValueType::Arn),
        Family::Arn => matches!(holds, ValueType::Arn | ValueType::String),
        Family::Number => holds == ValueType::Numeric,
        Family::Date => holds == ValueType::Date,
        Family::Boolean => holds == ValueType::Bool,
        Family::Address => holds == ValueType::IpAddress,
        Family::Binary => false,
        Family::Presence => true,
    }
}

/// Whether part of the key is the caller's choice, so that its values may be anything.
fn is_chosen(cx: &TestCx<'_>) -> bool {
    let own = cx.key.global.map(GlobalConditionKey::key);
    let own = own.or_else(|| cx.key.service.map(ServiceConditionKey::key));
    let is_text = cx.key.value_types().contains(&ValueType::String);
    is_text && own.is_some_and(|key| key.contains("${"))
}

/// How much it matters; `None` where it is not sure that anything is wrong.
fn severity(cx: &TestCx<'_>, family: Family, holds: ValueType) -> Option<Severity> {
    let comparison = cx.test.operator.comparison;
    let texts = || cx.test.values.iter().map(|value| value.text.as_str());
    let takes_wildcards = comparison.reads_wildcards();
    let is_pattern = |text: &str| takes_wildcards && text.contains(['*', '?']);
    let every = |works: &dyn Fn(&str) -> bool| {
        let works = texts().all(|text| is_pattern(text) || works(text));
        Some(if works {
            Severity::Low
        } else {
            Severity::Medium
        })
    };
    let ignores_case = condition_value::ignores_case(comparison);
    match (family, holds) {
        (Family::Text, ValueType::Bool) => every(&|text| {
            let folded = text.to_ascii_lowercase();
            matches!(if ignores_case { &folded } else { text }, "true" | "false")
        }),
        (Family::Text, ValueType::Numeric) => {
            every(&|text| fault_of_value(Comparison::NumericEquals, text).is_none())
        }
        (Family::Text, ValueType::Date) => every(&|_| false),
        (Family::Text, ValueType::IpAddress) => {
            every(&|text| text.parse::<std::net::IpAddr>().is_ok())
        }
        // AWS calls some keys text that hold booleans or numbers.
        (Family::Number | Family::Boolean, ValueType::String) => {
            let is_account = condition_value::format(cx.test.key.as_str()) == Some("account");
            let may_hold_it = cx.key.global.is_none() || family == Family::Number && is_account;
            Some(if may_hold_it {
                Severity::Low
            } else {
                Severity::Medium
            })
        }
        _ => Some(Severity::Medium),
    }
}

fn compared(family: Family) -> &'static str {
    match family {
        Family::Text => "text",
        Family::Number => "numbers",
        Family::Date => "dates",
        Family::Boolean => "booleans",
        Family::Binary => "bytes",
        Family::Address => "addresses",
        Family::Arn => "ARNs",
        Family::Presence => "nothing",
    }
}

fn article(holds: ValueType) -> &'static str {
    match holds {
        ValueType::String => "text",
        ValueType::Arn => "an ARN",
        ValueType::Bool => "a boolean",
        ValueType::Numeric => "a number",
        ValueType::Date => "a date",
        ValueType::IpAddress => "an address",
    }
}

fn operators(holds: ValueType) -> &'static str {
    match holds {
        ValueType::String => "`StringEquals`, `StringLike` and their like",
        ValueType::Arn => "`ArnEquals`, `ArnLike` and their like",
        ValueType::Bool => "`Bool`",
        ValueType::Numeric => "`NumericEquals`, `NumericLessThan` and their like",
        ValueType::Date => "`DateLessThan`, `DateGreaterThan` and their like",
        ValueType::IpAddress => "`IpAddress` and `NotIpAddress`",
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{fires, fixed, severity, silent, under},
        source::Severity,
    };

    fires!(
        aa_type_mismatch,
        under(r#"{"NumericEquals": {"s3:prefix": "2026"}}"#),
        "NumericEquals"
    );
    fires!(
        text_on_an_address,
        under(r#"{"stringNotEqualsIfExists": {"AWS:sourceIp": ["203.0.113.0/24"]}}"#),
        "stringNotEqualsIfExists"
    );
    fires!(
        address_on_a_boolean,
        under(r#"{"IpAddress": {"aws:SecureTransport": "203.0.113.7"}}"#),
        "IpAddress"
    );
    silent!(
        made_for_each_other,
        under(
            r#"{"Bool": {"aws:SecureTransport": "true"}, "NumericLessThan": {"aws:MultiFactorAuthAge": "300", "aws:EpochTime": "1767139200"}, "DateLessThan": {"aws:CurrentTime": "2026-12-31T00:00:00Z", "aws:EpochTime": "2026-12-31"}}"#
        )
    );
    silent!(
        text_and_arns,
        under(
            r#"{"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:root"}, "ArnLike": {"aws:userid": "arn:aws:s3:::*"}}"#
        )
    );
    silent!(
        tags_hold_anything,
        under(
            r#"{"NumericGreaterThan": {"aws:PrincipalTag/level": "3"}, "Bool": {"aws:RequestTag/public": "false"}, "DateGreaterThan": {"aws:ResourceTag/until": "2026-01-01"}}"#
        )
    );
    silent!(
        presence_and_unknown_keys,
        under(r#"{"Null": {"aws:SourceIp": "true"}, "NumericEquals": {"aws:NoSuchKey": "1"}}"#)
    );
    silent!(
        no_number_is_another_rule,
        under(r#"{"NumericEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#)
    );
    silent!(
        variable,
        under(r#"{"StringEquals": {"aws:SourceIp": "${aws:PrincipalTag/ip}"}}"#)
    );

    #[test]
    fn severity_follows_whether_it_can_match() {
        for (operator, key, value, expected) in [
            ("StringEquals", "aws:SecureTransport", "true", Severity::Low),
            (
                "StringEquals",
                "aws:SecureTransport",
                "True",
                Severity::Medium,
            ),
            (
                "StringEqualsIgnoreCase",
                "aws:SecureTransport",
                "True",
                Severity::Low,
            ),
            (
                "StringEquals",
                "aws:ViaAWSService",
                "amplify.amazonaws.com",
                Severity::Medium,
            ),
            (
                "StringEquals",
                "aws:MultiFactorAuthAge",
                "300",
                Severity::Low,
            ),
            (
                "StringEquals",
                "aws:MultiFactorAuthAge",
                "5m",
                Severity::Medium,
            ),
            ("StringEquals", "aws:SourceIp", "203.0.113.7", Severity::Low),
            (
                "StringEquals",
                "aws:SourceIp",
                "203.0.113.*",
                Severity::Medium,
            ),
            ("StringLike", "aws:SourceIp", "203.0.113.*", Severity::Low),
            (
                "StringEquals",
                "aws:CurrentTime",
                "2026-12-31",
                Severity::Medium,
            ),
            ("StringLike", "aws:CurrentTime", "2026-*", Severity::Low),
            (
                "NumericEquals",
                "aws:SourceAccount",
                "123456789012",
                Severity::Low,
            ),
            ("NumericEquals", "aws:userid", "1", Severity::Medium),
            ("Bool", "ses:ClickTrackingEnabled", "true", Severity::Low),
            ("Bool", "aws:CurrentTime", "true", Severity::Medium),
        ] {
            let text = under(&format!(r#"{{"{operator}": {{"{key}": "{value}"}}}}"#));
            assert_eq!(
                severity(&super::RULE, &text),
                expected,
                "{operator} {key} {value}"
            );
        }
    }

    #[test]
    fn text_of_a_boolean_becomes_bool() {
        let text = |operator: &str| {
            under(&format!(
                r#"{{"{operator}": {{"aws:SecureTransport": "true"}}}}"#
            ))
        };
        assert_eq!(
            fixed(&super::RULE, &text("StringEqualsIfExists")),
            text("BoolIfExists")
        );
    }
}
