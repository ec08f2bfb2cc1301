use crate::{
    lint::{
        Category, Check, Findings, Rule, TestCx,
        condition_tests::{Fate, condition_needs, with_quantifier},
        rule,
    },
    policy::{Comparison, Effect, PolicyTypes, Quantifier},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags `ForAllValues:` and `ForAnyValue:` with a key that has at most one value in a request.
    ///
    /// - `medium`: `ForAllValues:` under `Allow`, where the key can be missing.
    /// - `low`: `ForAllValues:` elsewhere: under `Deny`, or where `Null` or another test asks for the
    ///   key.
    /// - `hint`: `ForAnyValue:`, which changes nothing, except that a negated comparison no longer holds
    ///   for requests without the key.
    ///
    /// ## Why it matters
    /// `ForAllValues:` holds if there is no value at all. With `ForAllValues:StringEquals` on
    /// `aws:PrincipalOrgID`, callers outside every organization pass, as they have no such key.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "*"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
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
    ///     "Principal": {"AWS": "*"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
    /// - Access Analyzer: `FORALLVALUES_WITH_SINGLE_VALUED_KEY`
    /// - parliament: `SINGLE_VALUE_CONDITION_TOO_PERMISSIVE`
    /// - iam-policy-validator: `set_operator_on_single_valued_key`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "set-operator-on-single-valued-key",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "set operator with a key that has one value",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let operator = cx.test.operator;
    let Some(quantifier) = operator.quantifier else {
        return;
    };
    if operator.comparison == Comparison::Null
        || cx.key.multivalued() != Some(false)
        || cx.fate() != Fate::Open
    {
        return;
    }
    let key = cx.test.key.as_str();
    let can_be_missing = !cx.is_always_present() && !condition_needs(cx.condition, key);
    let (severity, message) = match quantifier {
        Quantifier::ForAnyValue if can_be_missing && operator.comparison.is_negated() => (
            Severity::Hint,
            format!("`{key}` has one value, and `ForAnyValue` spares requests without it"),
        ),
        Quantifier::ForAnyValue => (
            Severity::Hint,
            format!("`{key}` has one value, so `ForAnyValue` does nothing"),
        ),
        Quantifier::ForAllValues if can_be_missing && cx.has_effect(Effect::Allow) => (
            Severity::Medium,
            format!("`{key}` has one value, and `ForAllValues` also allows requests without it"),
        ),
        Quantifier::ForAllValues if can_be_missing => (
            Severity::Low,
            format!("`{key}` has one value, and `ForAllValues` also denies requests without it"),
        ),
        Quantifier::ForAllValues => (
            Severity::Low,
            format!("`{key}` has one value, so `ForAllValues` does nothing"),
        ),
    };
    let plain = with_quantifier(operator, None);
    let draft = out
        .report(cx.test.key.span(), message)
        .severity(severity)
        .label(
            cx.test.operator_text.span(),
            "is for keys with several values",
        )
        .help(format!("use `{plain}`"));
    if let Some(edit) = cx.with_operator(plain) {
        // A set operator does not see an empty value, which these may match.
        let mut values = cx.test.values.iter().map(|value| value.text.as_str());
        let may_be_empty = values.any(|text| text.is_empty() || text.contains("${"));
        let is_same = quantifier == Quantifier::ForAnyValue && !operator.comparison.is_negated();
        let safety = if is_same && !may_be_empty {
            Safety::Safe
        } else {
            Safety::Unsafe
        };
        draft.fix(format!("use `{plain}`"), safety, vec![edit]);
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{finding, fires, fixed, severity, silent, statement, under},
        source::{Safety, Severity},
    };

    const ORG: &str = r#"{"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#;

    fires!(
        aa_forallvalues_with_single_valued_key,
        under(ORG),
        "aws:PrincipalOrgID"
    );
    fires!(
        key_of_a_service_in_other_letters,
        under(r#"{"forallvalues:stringlike": {"ORGANIZATIONS:serviceprincipal": "a*"}}"#),
        "ORGANIZATIONS:serviceprincipal"
    );
    fires!(
        any_value,
        under(r#"{"ForAnyValue:StringEquals": {"iam:AWSServiceName": "macie.amazonaws.com"}}"#),
        "iam:AWSServiceName"
    );
    silent!(
        several_values,
        under(r#"{"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}"#)
    );
    silent!(
        claims_of_tokens,
        under(r#"{"ForAllValues:StringEquals": {"accounts.google.com.example:aud": "a"}}"#)
    );
    silent!(
        everything_is_another_rule,
        under(r#"{"ForAllValues:StringLike": {"aws:username": "*"}}"#)
    );

    #[test]
    fn what_cannot_be_missing_is_harmless() {
        let level = |condition: &str| severity(&super::RULE, &under(condition));
        assert_eq!(level(ORG), Severity::Medium);
        assert_eq!(
            level(
                r#"{"ForAllValues:StringEquals": {"aws:username": "a"}, "Null": {"aws:username": "false"}}"#
            ),
            Severity::Low
        );
        assert_eq!(
            level(r#"{"ForAnyValue:StringEquals": {"aws:username": "a"}}"#),
            Severity::Hint
        );
        let deny = statement(&format!(
            r#""Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {ORG}"#
        ));
        assert_eq!(severity(&super::RULE, &deny), Severity::Low);
    }

    #[test]
    fn the_fix_takes_it_out() {
        let expected = r#"{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#;
        assert_eq!(fixed(&super::RULE, &under(ORG)), under(expected));
    }

    #[test]
    fn the_fix_is_safe_where_no_value_is_empty() {
        let safety = |value: &str| {
            let condition =
                format!(r#"{{"ForAnyValue:StringEquals": {{"aws:userid": "{value}"}}}}"#);
            finding(&super::RULE, &under(&condition))
                .fix
                .unwrap()
                .safety
        };
        assert_eq!(safety("a"), Safety::Safe);
        assert_eq!(safety(""), Safety::Unsafe);
        assert_eq!(safety("${aws:PrincipalTag/id}"), Safety::Unsafe);
    }
}
