use crate::{
    lint::{Category, Check, Findings, Rule, TestCx, condition_value, rule},
    policy::{AccountId, PolicyTypes},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags a value of `aws:SourceAccount`, `aws:PrincipalAccount`, `aws:ResourceAccount` and
    /// other keys of accounts that is not twelve digits. Values with wildcards, variables and
    /// placeholders are silent.
    ///
    /// A number without quotes loses its leading zeros in many tools: eleven digits are mostly an
    /// account that starts with `0`.
    ///
    /// ## Why it matters
    /// No account has such a number, so the test matches nothing, and `StringNotEquals`
    /// everything. In a policy that is to keep other accounts out, that is all of them, or none.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringEquals": {"aws:ResourceAccount": "1234-5678-9012"}}
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
    ///     "Condition": {"StringEquals": {"aws:ResourceAccount": "123456789012"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceaccount>
    /// - <https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "condition-account-format",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "account that is not twelve digits",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    for (value, text) in condition_value::of_format(cx.test, "account") {
        if AccountId::parse(&text).is_some() {
            continue;
        }
        let digits: String = text.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let span = condition_value::span(value);
        let shown = condition_value::shown(&value.text);
        if AccountId::parse(&digits).is_some() {
            out.report(
                span,
                format!("{shown} is no account, so no request ever has it"),
            )
            .help(format!("write `{digits}`"))
            .fix(
                format!("write `{digits}`"),
                Safety::Unsafe,
                vec![condition_value::replaced(value, &digits)],
            );
        } else if is_number && text.len() == 11 && value.string.is_none() {
            let whole = format!("0{text}");
            out.report(
                span,
                format!("{shown} has 11 digits: it lost a leading zero, as it is not in quotes"),
            )
            .help(format!("write `\"{whole}\"`"))
            .fix(
                format!("write `\"{whole}\"`"),
                Safety::Unsafe,
                vec![condition_value::replaced(value, &whole)],
            );
        } else if is_number {
            let message = format!(
                "{shown} has {} digits and an account has 12, so no request ever has it",
                text.len()
            );
            out.report(span, message)
                .help("write all twelve digits, in quotes: the first of them may be `0`");
        } else {
            out.report(
                span,
                format!("{shown} is no account, so no request ever has it"),
            )
            .help("write the twelve digits of the account");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{finding, fires, fixed, silent, under};

    fires!(
        too_short,
        under(r#"{"StringEquals": {"aws:SourceAccount": "123"}}"#),
        "123"
    );
    fires!(
        root_and_arn,
        under(
            r#"{"StringNotEqualsIfExists": {"AWS:principalaccount": ["123456789012", "root", "arn:aws:iam::123456789012:root"]}}"#
        ),
        "root",
        "arn:aws:iam::123456789012:root"
    );
    fires!(
        pattern_without_wildcard,
        under(r#"{"StringLike": {"s3:ResourceAccount": "12345678901"}}"#),
        "12345678901"
    );
    silent!(
        twelve_digits,
        under(r#"{"StringEquals": {"aws:SourceAccount": ["012345678901", 123456789012]}}"#)
    );
    silent!(
        patterns_and_variables,
        under(
            r#"{"StringLike": {"aws:ResourceAccount": ["1234*", "${aws:PrincipalAccount}", "ACCOUNT_ID", "<account>"]}}"#
        )
    );
    silent!(
        another_key,
        under(r#"{"StringEquals": {"aws:userid": "123"}}"#)
    );

    #[test]
    fn a_lost_zero_is_told_and_put_back() {
        let text = |value: &str| {
            under(&format!(
                r#"{{"StringEquals": {{"aws:SourceAccount": {value}}}}}"#
            ))
        };
        let message = finding(&super::RULE, &text("12345678901")).message;
        assert!(message.contains("lost a leading zero"), "{message}");
        assert_eq!(
            fixed(&super::RULE, &text("12345678901")),
            text(r#""012345678901""#)
        );
    }

    #[test]
    fn hyphens_are_taken_out() {
        let text = |value: &str| {
            under(&format!(
                r#"{{"StringEquals": {{"aws:SourceAccount": "{value}"}}}}"#
            ))
        };
        assert_eq!(
            fixed(&super::RULE, &text("1234-5678-9012")),
            text("123456789012")
        );
    }
}
