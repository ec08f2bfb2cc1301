use crate::{
    eval::instant,
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
    /// Flags a value of a date operator that is no date. Dates are ISO 8601, from `2026-11` to
    /// `2026-11-22T10:30:00.5+01:00`, or seconds since 1970. There are no wildcards.
    ///
    /// ## Why it matters
    /// Text that is no date is never earlier, later or the same as the date of a request, so it
    /// matches nothing: an `Allow` grants nothing, a `Deny` stops nothing.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"DateLessThan": {"aws:CurrentTime": "31.12.2026"}}
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
    ///     "Condition": {"DateLessThan": {"aws:CurrentTime": "2026-12-31T00:00:00Z"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date>
    /// - Access Analyzer: `TYPE_MISMATCH_DATE`
    /// - parliament: `MISMATCHED_TYPE`
    /// - iam-policy-validator: `invalid_value_format`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "condition-value-date",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "value of a date operator that is no date",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    for (value, fault) in condition_value::unreadable(cx, Family::Date) {
        // A time without its zone is ambiguous, which is another rule's.
        if instant(&format!("{}Z", value.text)).is_some() {
            continue;
        }
        out.report(
            condition_value::span(value),
            format!(
                "{} {fault}, so no request ever matches it",
                condition_value::shown(&value.text)
            ),
        )
        .help("write it as `2026-12-31T00:00:00Z`");
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, under};

    fires!(
        aa_type_mismatch_date,
        under(r#"{"DateLessThan": {"aws:CurrentTime": "bad"}}"#),
        "bad"
    );
    fires!(
        no_such_month,
        under(
            r#"{"DateGreaterThan": {"aws:CurrentTime": ["2026-13-01T00:00:00Z", "2026-12-01T00:00:00Z"]}}"#
        ),
        "2026-13-01T00:00:00Z"
    );
    fires!(
        wildcard,
        under(r#"{"DateEquals": {"aws:TokenIssueTime": "2026-*"}}"#),
        "2026-*"
    );
    silent!(
        every_notation,
        under(
            r#"{"DateLessThan": {"aws:CurrentTime": ["2026-12", "2026-12-31", "2026-12-31T00:00Z", "2026-12-31T01:00:00+01:00", "1767139200", 1767139200]}}"#
        )
    );
    silent!(
        without_zone_is_another_rule,
        under(r#"{"DateLessThan": {"aws:CurrentTime": "2026-12-31T00:00:00"}}"#)
    );
    silent!(
        variable,
        under(r#"{"DateLessThan": {"aws:CurrentTime": "${aws:PrincipalTag/until}"}}"#)
    );
}
