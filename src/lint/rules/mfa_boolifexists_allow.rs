use crate::{
    eval::holds_without_key,
    lint::{
        Category, Check, Findings, Rule, TestCx,
        condition_tests::{MFA, MFA_AGE, boolean_value, condition_needs, without_if_exists},
        rule,
    },
    policy::{Comparison, Effect, PolicyTypes},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags an `Allow` under `BoolIfExists` with `aws:MultiFactorAuthPresent`, with `true` or `false`, and
    /// other tests of that key or of `aws:MultiFactorAuthAge` that hold where the request lacks the key:
    /// `NumericLessThanIfExists`, `StringNotEquals`.
    ///
    /// ## Why it matters
    /// Calls with access keys lack the key, and `IfExists` holds without it: they are allowed without a
    /// second factor. `BoolIfExists` with `false` is right for a `Deny`; an `Allow` takes `Bool` with `true`.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "ec2:TerminateInstances",
    ///     "Resource": "*",
    ///     "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}
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
    ///     "Action": "ec2:TerminateInstances",
    ///     "Resource": "*",
    ///     "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    /// - iam-policy-validator: `mfa_antipattern_boolif_exists_false`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "mfa-boolifexists-allow",
        category: Category::Security,
        severity: Severity::High,
        summary: "access keys pass an `Allow` that asks for a second factor",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let operator = cx.test.operator;
    let of_age = cx.is_about(MFA_AGE);
    if !cx.is_about(MFA) && !of_age
        || operator.comparison == Comparison::Null
        || operator.quantifier.is_some()
        || !holds_without_key(operator)
        || !cx.has_effect(Effect::Allow)
        || condition_needs(cx.condition, MFA)
        || condition_needs(cx.condition, MFA_AGE)
    {
        return;
    }
    let value = boolean_value(cx.test);
    if value.is_none() && !of_age {
        return;
    }
    let message = if !of_age && value == Some(operator.comparison.is_negated()) {
        "this allows just those calls that have no second factor"
    } else {
        "calls with access keys lack this key, so they are allowed without a second factor"
    };
    let plain = without_if_exists(operator);
    let draft = out
        .report(cx.test.key.span(), message)
        .label(cx.test.operator_text.span(), "holds without the key")
        .help(if of_age {
            format!("use `{plain}`, or demand `aws:MultiFactorAuthPresent` by `Bool` with `true`")
        } else {
            "use `Bool` with `true`".to_owned()
        });
    let mends = operator.if_exists && (of_age || value == Some(true));
    if let Some(edit) = cx.with_operator(plain).filter(|_| mends) {
        draft.fix(format!("use `{plain}`"), Safety::Unsafe, vec![edit]);
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{finding, fires, fixed, silent, statement, under};

    const TRUE: &str = r#"{"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}"#;

    fires!(
        with_second_factor,
        under(TRUE),
        "aws:MultiFactorAuthPresent"
    );
    fires!(
        age_that_may_be_missing,
        under(r#"{"NumericLessThanIfExists": {"aws:MultiFactorAuthAge": "3600"}}"#),
        "aws:MultiFactorAuthAge"
    );
    fires!(
        not_equal_to_false,
        under(r#"{"StringNotEquals": {"aws:MultiFactorAuthPresent": "false"}}"#),
        "aws:MultiFactorAuthPresent"
    );
    silent!(
        age_that_must_be_there,
        under(r#"{"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}"#)
    );
    fires!(
        without_in_other_letters,
        under(r#"{"boolifexists": {"AWS:MULTIFACTORAUTHPRESENT": false}}"#),
        "AWS:MULTIFACTORAUTHPRESENT"
    );
    silent!(
        deny,
        statement(
            r#""Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}"#
        )
    );
    silent!(
        plain,
        under(r#"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#)
    );

    #[test]
    fn the_fix_asks_for_the_key() {
        let expected = r#"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#;
        assert_eq!(fixed(&super::RULE, &under(TRUE)), under(expected));
        let without = r#"{"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}"#;
        assert!(finding(&super::RULE, &under(without)).fix.is_none());
    }
}
