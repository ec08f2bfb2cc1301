use crate::{
    lint::{Category, Check, Findings, Rule, TestCx, condition_tests::with_quantifier, rule},
    policy::{Comparison, Effect, PolicyTypes, Quantifier},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags a key that can have several values in one request, such as `aws:TagKeys`, under an operator
    /// without `ForAllValues:` or `ForAnyValue:`. `error` for global keys, `medium` for keys of a service,
    /// whose documentation is not always right about it.
    ///
    /// `Null` needs no set operator. The keys of `events` are left out: they have several values for
    /// patterns and one for events, and AWS's own policies use them both ways.
    ///
    /// ## Why it matters
    /// An operator without a set operator compares one value. AWS does not say what it makes of several,
    /// and whether all of them must match or one is the whole point of the test.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "ec2:CreateTags",
    ///     "Resource": "*",
    ///     "Condition": {"StringEquals": {"aws:TagKeys": ["team", "cost"]}}
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
    ///     "Action": "ec2:CreateTags",
    ///     "Resource": "*",
    ///     "Condition": {
    ///       "ForAllValues:StringEquals": {"aws:TagKeys": ["team", "cost"]},
    ///       "Null": {"aws:TagKeys": "false"}
    ///     }
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
    /// - Access Analyzer: `MISSING_QUALIFIER`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "missing-set-operator",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "key with several values under an operator for one",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let operator = cx.test.operator;
    let key = cx.test.key.as_str();
    let is_of_events = key
        .get(.."events:".len())
        .is_some_and(|prefix| prefix.eq_ignore_ascii_case("events:"));
    if operator.quantifier.is_some()
        || operator.comparison == Comparison::Null
        || cx.key.multivalued() != Some(true)
        || is_of_events
    {
        return;
    }
    let severity = if cx.key.global.is_some() {
        Severity::Error
    } else {
        Severity::Medium
    };
    let draft = out
        .report(
            cx.test.key.span(),
            format!("`{key}` can have several values, and `{operator}` compares one"),
        )
        .severity(severity)
        .label(cx.test.operator_text.span(), "has no set operator")
        .help(format!(
            "write `ForAnyValue:{operator}` if one matching value is enough, `ForAllValues:{operator}` \
             if every value must match"
        ));
    // Of an exclusion, neither is surely what was meant.
    let any = with_quantifier(operator, Some(Quantifier::ForAnyValue));
    let is_plain = !operator.comparison.is_negated() && cx.has_effect(Effect::Allow);
    if let Some(edit) = cx.with_operator(any).filter(|_| is_plain) {
        draft.fix(format!("use `{any}`"), Safety::Unsafe, vec![edit]);
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{finding, fires, fixed, severity, silent, under},
        source::Severity,
    };

    fires!(
        aa_missing_qualifier,
        under(r#"{"StringEquals": {"aws:TagKeys": "a"}}"#),
        "aws:TagKeys"
    );
    fires!(
        letter_case_and_if_exists,
        under(r#"{"stringLikeIfExists": {"AWS:principalorgpaths": "o-a/*"}}"#),
        "AWS:principalorgpaths"
    );
    silent!(
        with_set_operator,
        under(r#"{"ForAnyValue:StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}}"#)
    );
    silent!(null, under(r#"{"Null": {"aws:TagKeys": "true"}}"#));
    silent!(
        one_value,
        under(r#"{"StringEquals": {"aws:username": "a"}}"#)
    );
    silent!(
        keys_of_events,
        under(r#"{"StringEquals": {"events:source": "aws.ec2"}}"#)
    );
    silent!(unknown_key, under(r#"{"StringEquals": {"aws:nope": "a"}}"#));

    #[test]
    fn keys_of_services_are_less_sure() {
        let condition = r#"{"StringEquals": {"kms:ResourceAliases": "alias/x"}}"#;
        assert_eq!(severity(&super::RULE, &under(condition)), Severity::Medium);
    }

    #[test]
    fn the_fix_takes_any_value_unless_it_is_an_exclusion() {
        let condition = r#"{"StringEquals": {"aws:TagKeys": "a"}}"#;
        let expected = r#"{"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}}"#;
        assert_eq!(fixed(&super::RULE, &under(condition)), under(expected));
        let condition = r#"{"StringNotEquals": {"aws:TagKeys": "a"}}"#;
        assert!(finding(&super::RULE, &under(condition)).fix.is_none());
    }
}
