use crate::{
    lint::{
        Category, Check, Findings, Rule, TestCx,
        condition_tests::{Fate, Strength, null_value, with_quantifier},
        rule,
    },
    policy::{Effect, PolicyTypes, Quantifier},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags a `Deny` with `ForAnyValue:` and a negated comparison, such as `ForAnyValue:StringNotLike`,
    /// on a key that says who calls, from where or for whom, where no statement denies requests without
    /// the key.
    ///
    /// It is `high`, since such a statement is mostly the only fence, and the requests that get past it
    /// are just those that it was to stop.
    ///
    /// It is silent for tags, `aws:CalledVia` and other keys, where a request without the key has
    /// nothing to deny, and for comparisons that are not negated, which deny certain values and mean to.
    ///
    /// ## Why it matters
    /// `ForAnyValue:` never holds for a request without the key. A statement that should deny everybody
    /// outside an organizational unit lets those pass who are in no organization at all.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Principal": "*",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {
    ///       "ForAnyValue:StringNotLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}
    ///     }
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Principal": "*",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {
    ///       "ForAllValues:StringNotLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"},
    ///       "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}
    ///     }
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
    /// - iam-policy-validator: `foranyvalue_deny_without_null_check`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "foranyvalue-deny-without-null",
        category: Category::Security,
        severity: Severity::High,
        summary: "`ForAnyValue` spares requests without the key",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let operator = cx.test.operator;
    let key = cx.test.key.as_str();
    if operator.quantifier != Some(Quantifier::ForAnyValue)
        || !operator.comparison.is_negated()
        || operator.if_exists
        || !cx.has_effect(Effect::Deny)
        || cx.key.multivalued() != Some(true)
        || cx.fate() != Fate::Open
    {
        return;
    }
    let Some(strength) = Strength::of(key).filter(|strength| strength.is_guard()) else {
        return;
    };
    let Some(missing_from) = strength.missing_from.filter(|_| !asks_for_missing(cx)) else {
        return;
    };
    let all = with_quantifier(operator, Some(Quantifier::ForAllValues));
    let draft = out
        .report(
            cx.test.key.span(),
            format!("`ForAnyValue` does not deny requests without `{key}`: {missing_from}"),
        )
        .label(
            cx.test.operator_text.span(),
            "never holds for no value at all",
        )
        .help(format!("use `{all}`, which also holds without the key"));
    if let Some(edit) = cx.with_operator(all) {
        draft.fix(format!("use `{all}`"), Safety::Unsafe, vec![edit]);
    }
}

/// Whether a condition of the policy asks what requests without the key are to be denied, or has the
/// key in the request anyway.
fn asks_for_missing(cx: &TestCx<'_>) -> bool {
    let key = cx.test.key.as_str();
    let statements = cx.statement.policy.statements.iter();
    statements
        .filter(|statement| statement.has_effect(Effect::Deny))
        .filter_map(|statement| statement.condition.as_ref())
        .flat_map(|condition| &condition.tests)
        .any(|test| test.is_about(key) && null_value(test).is_some())
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, silent, statement};

    fn deny(condition: &str) -> String {
        statement(&format!(
            r#""Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {condition}"#
        ))
    }

    const PATHS: &str =
        r#"{"ForAnyValue:StringNotLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}}"#;

    fires!(paths, deny(PATHS), "aws:PrincipalOrgPaths");
    fires!(
        sources_in_other_letters,
        deny(
            r#"{"foranyvalue:stringnotequals": {"AWS:SOURCEORGPATHS": ["o-a1b2c3d4e5/r-ab12/"]}}"#
        ),
        "AWS:SOURCEORGPATHS"
    );
    silent!(
        other_statement_denies_without_key,
        r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"ForAnyValue:StringNotLike": {"aws:PrincipalOrgPaths": "o-a/*"}}},
            {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Null": {"aws:PrincipalOrgPaths": "true"}}}
        ]}"#
    );
    silent!(
        calls_without_a_service_between,
        deny(r#"{"ForAnyValue:StringNotEquals": {"aws:CalledVia": "athena.amazonaws.com"}}"#)
    );
    silent!(
        certain_paths,
        deny(r#"{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}}"#)
    );
    silent!(
        tags,
        deny(r#"{"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["a", "b"]}}"#)
    );
    silent!(
        holds_without_key,
        deny(r#"{"ForAnyValue:StringNotLikeIfExists": {"aws:PrincipalOrgPaths": "o-a/*"}}"#)
    );

    #[test]
    fn the_fix_holds_without_the_key() {
        let expected =
            r#"{"ForAllValues:StringNotLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}}"#;
        assert_eq!(fixed(&super::RULE, &deny(PATHS)), deny(expected));
    }
}
