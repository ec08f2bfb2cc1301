use crate::{
    lint::{Category, Check, Findings, Rule, TestCx, condition_value, rule},
    policy::{ConditionValue, PolicyTypes},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags a list of values in which some are strings and some are numbers or booleans.
    ///
    /// The fix puts quotes around the others, which changes nothing about what they match.
    ///
    /// ## Why it matters
    /// All values of a key are of its one type. AWS's own validation refuses such a list, and
    /// whoever reads it has to guess whether `1` and `"1"` are meant to be the same.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringEquals": {"aws:PrincipalTag/team": ["blue", 1]}}
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
    ///     "Condition": {"StringEquals": {"aws:PrincipalTag/team": ["blue", "1"]}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// - Access Analyzer: `INVALID_CONDITION_DATA_TYPE`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "condition-value-mixed-types",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "values of one condition key are of several JSON types",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let values = &cx.test.values;
    let Some(first) = values.first() else { return };
    let Some(other) = values.iter().find(|value| kind(value) != kind(first)) else {
        return;
    };
    let unquoted = values.iter().filter(|value| value.string.is_none());
    let edits = unquoted
        .map(|value| condition_value::replaced(value, &value.text))
        .collect();
    out.report(
        condition_value::span(other),
        format!(
            "this value is {}, but the first one is {}",
            kind(other),
            kind(first)
        ),
    )
    .label(condition_value::span(first), "the first")
    .help("write all of them as strings")
    .fix("put the values in quotes", Safety::Safe, edits);
}

/// What JSON calls a value.
fn kind(value: &ConditionValue) -> &'static str {
    match (&value.string, value.text.as_str()) {
        (Some(_), _) => "a string",
        (None, "true" | "false") => "a boolean",
        (None, _) => "a number",
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, silent, under};

    fires!(
        aa_invalid_condition_data_type,
        under(r#"{"StringEquals": {"aws:userid": ["a", 1, 2]}}"#),
        "1"
    );
    fires!(
        boolean_and_number,
        under(r#"{"StringLike": {"aws:userid": [true, 1]}}"#),
        "1"
    );
    silent!(
        all_strings,
        under(r#"{"StringEquals": {"aws:userid": ["a", "1", "true"]}}"#)
    );
    silent!(
        all_numbers,
        under(r#"{"NumericEquals": {"aws:MultiFactorAuthAge": [1, 2.5, -1]}}"#)
    );
    silent!(
        one_value,
        under(r#"{"Bool": {"aws:SecureTransport": true}}"#)
    );

    #[test]
    fn the_fix_quotes_what_has_no_quotes() {
        let text = under(r#"{"StringEquals": {"aws:userid": [1, "a", true]}}"#);
        let expected = under(r#"{"StringEquals": {"aws:userid": ["1", "a", "true"]}}"#);
        assert_eq!(fixed(&super::RULE, &text), expected);
    }
}
