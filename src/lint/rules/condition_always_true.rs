use crate::{
    lint::{Category, Check, Findings, Rule, TestCx, condition_tests::Fate, rule},
    policy::{Comparison, Effect, PolicyTypes, Quantifier},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a test that holds for every request: `*` as a value of a key that every request has, or
    /// under `IfExists` or `ForAllValues`, which hold without the key as well; and `Null` with `false`
    /// for a key that is never missing. `low` under `Deny`, where it only misleads the reader.
    ///
    /// A `*` for a key that may be missing asks whether the key is there; that is
    /// `condition-equivalent-to-null`.
    ///
    /// ## Why it matters
    /// The statement looks limited and is not.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"ArnLike": {"aws:PrincipalArn": "*"}}
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
    ///     "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/reader"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    /// - Access Analyzer: `REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "condition-always-true",
        category: Category::Semantics,
        severity: Severity::Medium,
        summary: "test of a condition that holds for every request",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    if cx.fate() != Fate::Always {
        return;
    }
    let key = cx.test.key.as_str();
    let operator = cx.test.operator;
    let why = if operator.comparison == Comparison::Null {
        format!("every request has `{key}`")
    } else if cx.is_always_present() {
        format!("every request has `{key}`, and every value matches")
    } else if operator.if_exists {
        format!("every value matches, and `IfExists` holds without `{key}`")
    } else if operator.quantifier == Some(Quantifier::ForAllValues) {
        format!("every value matches, and `ForAllValues` holds without `{key}`")
    } else {
        return;
    };
    let severity = if cx.has_effect(Effect::Deny) {
        Severity::Low
    } else {
        Severity::Medium
    };
    out.report(
        cx.test.key.span(),
        format!("{why}, so this test limits nothing"),
    )
    .severity(severity)
    .label(cx.test.span, "holds always")
    .help("list the values that are meant, or take the test out");
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{fires, severity, silent, statement, under},
        source::Severity,
    };

    fires!(
        aa_redundant_key_due_to_wildcard_in_condition,
        under(r#"{"StringLike": {"aws:PrincipalArn": ["x", "*"]}}"#),
        "aws:PrincipalArn"
    );
    fires!(
        if_exists,
        under(r#"{"StringLikeIfExists": {"AWS:SourceVpce": "**"}}"#),
        "AWS:SourceVpce"
    );
    fires!(
        for_all_values,
        under(r#"{"ForAllValues:StringLike": {"aws:TagKeys": "*"}}"#),
        "aws:TagKeys"
    );
    fires!(
        null_of_a_key_that_is_always_there,
        under(r#"{"Null": {"aws:SecureTransport": "false"}}"#),
        "aws:SecureTransport"
    );
    silent!(
        of_a_key_that_may_be_missing,
        under(r#"{"StringLike": {"aws:SourceVpce": "*"}}"#)
    );
    silent!(
        without_wildcards,
        under(r#"{"StringEqualsIfExists": {"aws:username": "*"}}"#)
    );
    silent!(
        unknown_key,
        under(r#"{"StringLikeIfExists": {"x:y": "*"}}"#)
    );
    silent!(
        callers_of_resources_may_be_anonymous,
        statement(
            r#""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {"ArnLike": {"aws:PrincipalArn": "*"}}"#
        )
    );

    #[test]
    fn a_deny_is_only_misleading() {
        let text = statement(
            r#""Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"StringLike": {"aws:RequestedRegion": "*"}}"#,
        );
        assert_eq!(severity(&super::RULE, &text), Severity::Low);
    }
}
