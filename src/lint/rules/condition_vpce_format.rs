use crate::{
    lint::{Category, Check, Findings, Rule, TestCx, condition_value, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a value of `aws:SourceVpce` that is no id of a VPC endpoint: `vpce-` and 8 or 17
    /// letters and digits. Values with wildcards, variables and placeholders are silent.
    ///
    /// ## Why it matters
    /// No request ever has such an id, so the test matches nothing, and `StringNotEquals`
    /// everything. Mostly it is a name, an ARN, or an id with a part missing.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}
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
    ///     "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-0a1b2c3d4e5f67890"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcevpce>
    /// - Access Analyzer: `INVALID_VPCE_FORMAT`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "condition-vpce-format",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "id of a VPC endpoint that cannot be one",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    condition_value::report_wrong_ids(cx, "vpc endpoint", "vpce-", "a VPC endpoint", out);
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, under};

    fires!(
        aa_invalid_vpce_format,
        under(r#"{"StringEquals": {"aws:SourceVpce": "vpce-1"}}"#),
        "vpce-1"
    );
    fires!(
        name_among_ids,
        under(
            r#"{"ForAnyValue:StringNotLikeIfExists": {"AWS:SOURCEVPCE": ["vpce-12345678", "main"]}}"#
        ),
        "main"
    );
    silent!(
        both_lengths,
        under(
            r#"{"StringEquals": {"aws:SourceVpce": ["vpce-111bbb22", "vpce-1234567890abcdef0"]}}"#
        )
    );
    silent!(
        letter_case_where_it_does_not_count,
        under(r#"{"StringEqualsIgnoreCase": {"aws:SourceVpce": "VPCE-111BBB22"}}"#)
    );
    silent!(
        patterns_and_variables,
        under(
            r#"{"StringLike": {"aws:SourceVpce": ["vpce-*", "${aws:PrincipalTag/vpc}", "vpce-xxx"]}}"#
        )
    );
    silent!(
        another_key,
        under(r#"{"StringEquals": {"aws:userid": "vpce-1"}}"#)
    );
}
