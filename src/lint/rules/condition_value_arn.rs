use crate::{
    catalog::ValueType,
    lint::{
        Category, Check, Findings, Rule, TestCx,
        condition_value::{self, Family},
        rule,
    },
    policy::{PolicyTypes, starts_with_ignoring_case},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a value of an ARN operator that is no ARN. It needs its six fields, parted by
    /// colons, each of which may have wildcards; a lone `*` is any ARN, and a `*` after a colon
    /// at the end goes on to the last field.
    ///
    /// It is `medium` for a value with wildcards, as in `arn:aws:s3*`: AWS says that each field
    /// is compared on its own, but not what becomes of a value with fewer of them.
    ///
    /// It also flags a value of an operator for text, such as `StringEquals`, if AWS has an ARN for
    /// the key, and the value neither starts with `arn:` nor has a wildcard or a variable.
    ///
    /// ## Why it matters
    /// No ARN of a request matches it. For names and numbers of accounts there are other keys:
    /// `aws:SourceAccount`, `aws:PrincipalAccount`.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"ArnLike": {"aws:PrincipalArn": "role/admin"}}
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
    ///     "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/admin"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>
    /// - iam-policy-validator: `invalid_arn_format_for_operator`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "condition-value-arn",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "value that is compared with an ARN and is none",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    for (value, fault) in condition_value::unreadable(cx, Family::Arn) {
        let draft = out
            .report(
                condition_value::span(value),
                format!(
                    "{} {fault}, so no request ever matches it",
                    condition_value::shown(&value.text)
                ),
            )
            .help("write all six fields: `arn:partition:service:region:account:resource`");
        if value.text.contains(['*', '?']) {
            draft.severity(Severity::Medium);
        }
    }
    if Family::of(cx.test.operator.comparison) != Family::Text || !has_arn(cx) {
        return;
    }
    for value in &cx.test.values {
        let text = value.text.as_str();
        let is_other = condition_value::is_fixed(value)
            && !condition_value::is_placeholder(text)
            && !text.is_empty()
            && !text.contains('$')
            && !starts_with_ignoring_case(text, "arn:");
        if !is_other {
            continue;
        }
        let key = cx.test.key.as_str();
        out.report(
            condition_value::span(value),
            format!("`{text}` is no ARN as `{key}` is, so no request ever matches it"),
        )
        .help("write all six fields: `arn:partition:service:region:account:resource`");
    }
}

/// Whether AWS has ARNs alone for the key. Of keys of services the reference has the type wrong at
/// times, and the name tells.
fn has_arn(cx: &TestCx<'_>) -> bool {
    let key = cx.test.key.as_str();
    let is_named_so = || key.to_ascii_lowercase().ends_with("arn");
    cx.key.value_types() == [ValueType::Arn] && (cx.key.global.is_some() || is_named_so())
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{fires, severity, silent, under},
        source::Severity,
    };

    fires!(
        name,
        under(r#"{"ArnLike": {"aws:SourceArn": "bucket"}}"#),
        "bucket"
    );
    fires!(
        account_among_others,
        under(
            r#"{"arnNotEqualsIfExists": {"aws:PrincipalArn": ["123456789012", "arn:aws:iam::123456789012:root"]}}"#
        ),
        "123456789012"
    );
    fires!(
        fields_missing,
        under(r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam:role/x"}}"#),
        "arn:aws:iam:role/x"
    );
    silent!(
        patterns,
        under(
            r#"{"ArnLike": {"aws:PrincipalArn": ["*", "arn:*", "arn:aws:iam::*:role/x*", "arn:aws:s3:::b", "${aws:PrincipalArn}"]}}"#
        )
    );
    fires!(
        text_for_an_arn,
        under(r#"{"StringLike": {"aws:SourceArn": ["bucket", "*:role/x", "arn:aws:s3:::b"]}}"#),
        "bucket"
    );
    fires!(
        account_as_text,
        under(r#"{"stringequalsifexists": {"AWS:sourcearn": "123456789012"}}"#),
        "123456789012"
    );
    silent!(
        text_that_is_filled_in,
        under(r#"{"StringEquals": {"aws:SourceArn": ["${aws:PrincipalTag/arn}", "BUCKET_ARN"]}}"#)
    );
    silent!(
        account_of_a_key_for_accounts,
        under(r#"{"StringEquals": {"aws:SourceAccount": "123456789012"}}"#)
    );

    #[test]
    fn a_pattern_that_may_mean_something_is_less_sure() {
        let text = |arn: &str| under(&format!(r#"{{"ArnLike": {{"aws:SourceArn": "{arn}"}}}}"#));
        assert_eq!(
            severity(&super::RULE, &text("arn:aws:s3*")),
            Severity::Medium
        );
        assert_eq!(severity(&super::RULE, &text("arn:aws:s3")), Severity::Error);
    }
}
