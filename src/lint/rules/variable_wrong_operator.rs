use crate::{
    lint::{Category, Check, Findings, Rule, TestCx, rule, variables::in_text},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a variable in a value that is not compared by an operator of text or of ARNs.
    ///
    /// ## Why it matters
    /// AWS replaces variables for those operators alone. The others read the text as it stands,
    /// which is no number, date or address.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"NumericEquals": {"aws:MultiFactorAuthAge": "${aws:PrincipalTag/age}"}}
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
    ///     "Condition": {"StringEquals": {"s3:ExistingObjectTag/team": "${aws:PrincipalTag/team}"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
    /// - Access Analyzer: `INVALID_VARIABLE_FOR_OPERATOR`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "variable-wrong-operator",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "variable compared as something other than text",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let operator = cx.test.operator;
    let name = operator.comparison.name();
    if !cx.statement.policy.version.has_variables()
        || name.starts_with("String")
        || name.starts_with("Arn")
    {
        return;
    }
    for value in &cx.test.values {
        for variable in in_text(&value.text) {
            let message = format!(
                "AWS replaces no variables for `{operator}`, so the text is compared as it stands"
            );
            out.report(value.source_span(variable.range.clone()), message)
                .label(
                    cx.test.operator_text.span(),
                    "only `String..` and `Arn..` take variables",
                )
                .help("write a value, or compare the key as text");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, under};

    fires!(
        aa_invalid_variable_for_operator,
        under(r#"{"NumericEquals": {"s3:max-keys": "${aws:PrincipalTag/keys}"}}"#),
        "${aws:PrincipalTag/keys}"
    );
    fires!(
        in_a_list_with_set_operator,
        under(
            r#"{"ForAnyValue:IpAddressIfExists": {"aws:SourceIp": ["203.0.113.1", "${aws:PrincipalTag/ip}/32"]}}"#
        ),
        "${aws:PrincipalTag/ip}"
    );
    silent!(
        text_and_arns,
        under(
            r#"{"stringlike": {"s3:prefix": "${aws:username}"}, "ArnLike": {"aws:SourceArn": "arn:aws:s3:::${aws:username}"}}"#
        )
    );
    silent!(
        what_a_template_fills_in,
        under(
            r#"{"Bool": {"aws:SecureTransport": "${var.tls}"}, "IpAddress": {"aws:SourceIp": "{{ ip }}"}}"#
        )
    );
    silent!(
        text_of_the_old_language,
        under(r#"{"NumericEquals": {"s3:max-keys": "${aws:PrincipalTag/keys}"}}"#)
            .replace("2012-10-17", "2008-10-17")
    );
}
