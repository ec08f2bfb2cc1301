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
    /// Flags a value of `Bool` that is neither `true` nor `false`. Letter case does not count;
    /// `yes`, `1` and `enabled` are no booleans. (`Null` has a rule of its own.)
    ///
    /// ## Why it matters
    /// A request has `true` or `false` there and nothing else, so the condition never holds.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"Bool": {"aws:SecureTransport": "yes"}}
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
    ///     "Condition": {"Bool": {"aws:SecureTransport": "true"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// - Access Analyzer: `TYPE_MISMATCH_BOOLEAN`
    /// - parliament: `MISMATCHED_TYPE`
    /// - iam-policy-validator: `invalid_bool_value_for_operator`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "condition-value-boolean",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "value of `Bool` that is neither `true` nor `false`",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    for (value, fault) in condition_value::unreadable(cx, Family::Boolean) {
        out.report(
            condition_value::span(value),
            format!(
                "{} {fault}, so no request ever matches it",
                condition_value::shown(&value.text)
            ),
        )
        .help("write `true` or `false`");
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, under};

    fires!(
        aa_type_mismatch_boolean,
        under(r#"{"Bool": {"aws:SecureTransport": "yes"}}"#),
        "yes"
    );
    fires!(
        number,
        under(r#"{"boolIfExists": {"aws:MultiFactorAuthPresent": 1}}"#),
        "1"
    );
    fires!(
        blank_in_it,
        under(r#"{"Bool": {"aws:SecureTransport": ["true "]}}"#),
        "true "
    );
    silent!(
        letter_case_and_json,
        under(r#"{"Bool": {"aws:SecureTransport": "True", "aws:ViaAWSService": false}}"#)
    );
    silent!(
        null_is_another_rule,
        under(r#"{"Null": {"aws:SourceIp": "yes"}}"#)
    );
    silent!(
        unfilled,
        under(r#"{"Bool": {"aws:SecureTransport": "{{ secure }}"}}"#)
    );
}
