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
    /// Flags a value of `BinaryEquals` that is not base64.
    ///
    /// ## Why it matters
    /// The operator compares bytes, and the policy writes them in base64. What cannot be decoded
    /// is the same as nothing.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"BinaryEquals": {"aws:PrincipalTag/seal": "%%"}}
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
    ///     "Condition": {"BinaryEquals": {"aws:PrincipalTag/seal": "c2VjcmV0"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_BinaryEquals>
    /// - Access Analyzer: `TYPE_MISMATCH_STRING`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "condition-value-binary",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "value of `BinaryEquals` that is not base64",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    for (value, fault) in condition_value::unreadable(cx, Family::Binary) {
        out.report(
            condition_value::span(value),
            format!(
                "{} {fault}, so no request ever matches it",
                condition_value::shown(&value.text)
            ),
        )
        .help("encode it, with its padding: `secret` is `c2VjcmV0`");
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, under};

    fires!(
        aa_type_mismatch_string,
        under(r#"{"BinaryEquals": {"aws:PrincipalTag/seal": "%%"}}"#),
        "%%"
    );
    fires!(
        no_padding,
        under(r#"{"BinaryEqualsIfExists": {"aws:PrincipalTag/seal": ["QQ==", "QQ"]}}"#),
        "QQ"
    );
    silent!(
        base64,
        under(r#"{"BinaryEquals": {"aws:PrincipalTag/seal": "QmluYXJ5VmFsdWVJbkJhc2U2NA=="}}"#)
    );
    silent!(
        text,
        under(r#"{"StringEquals": {"aws:PrincipalTag/seal": "%%"}}"#)
    );
}
