use crate::{
    eval::instant,
    lint::{
        Category, Check, Findings, Rule, TestCx,
        condition_value::{self, Family},
        rule,
    },
    policy::PolicyTypes,
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags a date that readers take for another one than AWS does:
    ///
    /// - digits alone, which are seconds since 1970: `1767139200`, but also `2026` and `20261231`
    /// - a time without its zone, which may be taken for UTC or for no date at all
    ///
    /// The condition of `aws:EpochTime` is not looked at: seconds are what it is for.
    ///
    /// ## Why it matters
    /// Nobody sees which day `1767139200` is, so nobody notices a wrong one. `2026` is half past
    /// midnight on the first of January 1970, and `DateGreaterThan` with it holds forever.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"DateLessThan": {"aws:CurrentTime": "1798675200"}}
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
    /// - Access Analyzer: `INVALID_DATE_VALUE`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "condition-date-epoch",
        category: Category::Semantics,
        severity: Severity::Low,
        summary: "date as bare seconds, or without its time zone",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    if Family::of(cx.test.operator.comparison) != Family::Date
        || cx.test.key.as_str().eq_ignore_ascii_case("aws:EpochTime")
    {
        return;
    }
    for value in &cx.test.values {
        let text = value.text.as_str();
        let is_seconds = text.bytes().all(|byte| byte.is_ascii_digit());
        let with_zone = format!("{text}Z");
        match instant(text) {
            Some(date) if is_seconds => {
                out.report(
                    condition_value::span(value),
                    format!("`{text}` is seconds since 1970, which is {date}"),
                )
                .help("write it as a date")
                .fix(
                    format!("write `{date}`"),
                    Safety::Safe,
                    vec![condition_value::replaced(value, &date.to_string())],
                );
            }
            None if instant(&with_zone).is_some() => {
                out.report(
                    condition_value::span(value),
                    format!("`{text}` does not say in which time zone"),
                )
                .help("end it with `Z` for UTC, or with an offset such as `+01:00`")
                .fix(
                    format!("write `{with_zone}`"),
                    Safety::Unsafe,
                    vec![condition_value::replaced(value, &with_zone)],
                );
            }
            Some(_) | None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, silent, under};

    fires!(
        aa_invalid_date_value,
        under(r#"{"DateLessThan": {"aws:CurrentTime": "1798675200"}}"#),
        "1798675200"
    );
    fires!(
        year_alone,
        under(r#"{"DateGreaterThan": {"aws:CurrentTime": [2026]}}"#),
        "2026"
    );
    fires!(
        no_zone,
        under(r#"{"DateLessThanIfExists": {"aws:TokenIssueTime": "2026-12-31T00:00:00"}}"#),
        "2026-12-31T00:00:00"
    );
    silent!(
        iso_dates,
        under(r#"{"DateLessThan": {"aws:CurrentTime": ["2026-12-31", "2026-12-31T00:00:00Z"]}}"#)
    );
    silent!(
        key_of_seconds,
        under(r#"{"DateLessThan": {"aws:EpochTime": "1798675200"}}"#)
    );
    silent!(
        no_date,
        under(r#"{"DateLessThan": {"aws:CurrentTime": "soon"}}"#)
    );
    silent!(
        numbers,
        under(r#"{"NumericLessThan": {"aws:MultiFactorAuthAge": "300"}}"#)
    );

    #[test]
    fn the_fix_writes_the_date() {
        for (wrong, right) in [
            ("1798675200", r#""2026-12-31T00:00:00Z""#),
            (r#""1798675200""#, r#""2026-12-31T00:00:00Z""#),
            (r#""2026-12-31T10:00""#, r#""2026-12-31T10:00Z""#),
        ] {
            let text = |date: &str| {
                under(&format!(
                    r#"{{"DateLessThan": {{"aws:CurrentTime": {date}}}}}"#
                ))
            };
            assert_eq!(fixed(&super::RULE, &text(wrong)), text(right));
        }
    }
}
