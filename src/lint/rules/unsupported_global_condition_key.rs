use crate::{
    lint::{Category, Check, Findings, Rule, TestCx, condition_key::is_retired, edits, rule},
    policy::PolicyTypes,
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags `aws:ARN`, the old name of `aws:PrincipalArn`.
    ///
    /// ## Why it matters
    /// AWS no longer supports the key. `aws:PrincipalArn` has the ARN of the role for its sessions,
    /// which `aws:ARN` had not.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"ArnLike": {"aws:ARN": "arn:aws:iam::123456789012:role/reader"}}
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
    ///     "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/reader"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    /// - Access Analyzer: `UNSUPPORTED_GLOBAL_CONDITION_KEY`, `DEPRECATED_GLOBAL_CONDITION_KEY`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "unsupported-global-condition-key",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "retired condition key `aws:ARN`",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let text = &cx.test.key;
    if !is_retired(text.as_str()) {
        return;
    }
    let key = text.as_str();
    out.report(
        text.span(),
        format!("AWS no longer supports the condition key `{key}`"),
    )
    .help("use `aws:PrincipalArn`")
    .fix(
        "write `aws:PrincipalArn`",
        Safety::Unsafe,
        vec![edits::replace(text.content_span(), "aws:PrincipalArn")],
    );
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, silent, under};

    fires!(
        aa_unsupported_global_condition_key,
        under(r#"{"ArnLike": {"aws:ARN": "arn:aws:iam::123456789012:role/a"}}"#),
        "aws:ARN"
    );
    fires!(
        letter_case,
        under(r#"{"StringNotLike": {"aws:arn": "arn:aws:iam::123456789012:role/a"}}"#),
        "aws:arn"
    );
    silent!(
        the_new_name,
        under(r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/a"}}"#)
    );
    silent!(
        a_tag_of_that_name,
        under(r#"{"StringLike": {"aws:PrincipalTag/aws:ARN": "a"}}"#)
    );

    #[test]
    fn the_fix_writes_the_new_name() {
        let text = under(r#"{"ArnLike": {"aws:Arn": "arn:aws:iam::123456789012:role/a"}}"#);
        assert_eq!(
            fixed(&super::RULE, &text),
            text.replace("aws:Arn", "aws:PrincipalArn")
        );
    }
}
