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
    /// Flags a value of a numeric operator that is no number. A number has digits, perhaps a
    /// sign, a point and an exponent; no unit, no comma, no wildcard.
    ///
    /// ## Why it matters
    /// Text is not greater, less or the same as any number, so it matches nothing: an `Allow`
    /// grants nothing, a `Deny` stops nothing.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "1h"}}
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
    ///     "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Numeric>
    /// - Access Analyzer: `TYPE_MISMATCH_NUMBER`
    /// - parliament: `MISMATCHED_TYPE`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "condition-value-number",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "value of a numeric operator that is no number",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    for (value, fault) in condition_value::unreadable(cx, Family::Number) {
        out.report(
            condition_value::span(value),
            format!(
                "{} {fault}, so no request ever matches it",
                condition_value::shown(&value.text)
            ),
        )
        .help("write digits, such as `3600`");
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, under};

    fires!(
        aa_type_mismatch_number,
        under(r#"{"NumericLessThan": {"aws:MultiFactorAuthAge": "x"}}"#),
        "x"
    );
    fires!(
        comma_and_boolean,
        under(r#"{"numericEqualsIfExists": {"aws:MultiFactorAuthAge": ["3,600", true, "300"]}}"#),
        "3,600",
        "true"
    );
    fires!(
        empty,
        under(r#"{"NumericEquals": {"aws:MultiFactorAuthAge": ""}}"#),
        r#""""#
    );
    silent!(
        every_notation,
        under(r#"{"NumericEquals": {"aws:MultiFactorAuthAge": ["1", "-2.5", "1e3", 7]}}"#)
    );
    silent!(
        unfilled,
        under(r#"{"NumericEquals": {"aws:MultiFactorAuthAge": "${var.age}"}}"#)
    );
    silent!(text, under(r#"{"StringEquals": {"aws:userid": "x"}}"#));
}
