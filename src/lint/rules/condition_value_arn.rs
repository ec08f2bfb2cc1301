use crate::{
    lint::{
        Category, Check, Findings, Rule, TestCx,
        condition_value::{self, Family},
        rule,
    },
    policy::PolicyTypes,
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
        summary: "value of an ARN operator that is no ARN",
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
    silent!(
        text,
        under(r#"{"StringLike": {"aws:SourceArn": "bucket"}}"#)
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
