use crate::{
    eval::holds_without_key,
    lint::{
        Category, Check, Findings, Rule, TestCx,
        condition_tests::{MFA, MFA_AGE, boolean_value, null_value},
        rule,
    },
    policy::{Comparison, ConditionTest, Effect, Operator, PolicyTypes},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags a `Deny` under `Bool` with `aws:MultiFactorAuthPresent` at `false`, or of a second factor of long
    /// ago by `NumericGreaterThan` with `aws:MultiFactorAuthAge`. It is silent where another `Deny` of the
    /// policy is about requests without the keys.
    ///
    /// ## Why it matters
    /// Calls with the access keys of a user lack the key altogether, so the statement does not deny them:
    /// it asks people at the console for a second factor, and lets whoever has stolen an access key pass.
    /// `BoolIfExists` holds without the key as well.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Action": "ec2:TerminateInstances",
    ///     "Resource": "*",
    ///     "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}
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
    ///     "Action": "ec2:TerminateInstances",
    ///     "Resource": "*",
    ///     "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_ec2_require-mfa.html>
    /// - parliament: `BAD_PATTERN_FOR_MFA`
    /// - iam-policy-validator: `mfa_antipattern_bool_false`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "mfa-bool-false",
        category: Category::Security,
        severity: Severity::High,
        summary: "access keys get past a `Deny` that asks for a second factor",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let operator = cx.test.operator;
    let is_equality = matches!(
        operator.comparison,
        Comparison::Bool | Comparison::StringEquals | Comparison::StringEqualsIgnoreCase
    );
    let of_old = cx.is_about(MFA_AGE)
        && matches!(
            operator.comparison,
            Comparison::NumericGreaterThan | Comparison::NumericGreaterThanEquals
        );
    let of_none = cx.is_about(MFA) && is_equality && boolean_value(cx.test) == Some(false);
    if !of_old && !of_none
        || !cx.has_effect(Effect::Deny)
        || operator.if_exists
        || operator.quantifier.is_some()
        || asks_for_missing(cx)
    {
        return;
    }
    let if_exists = Operator {
        if_exists: true,
        ..operator
    };
    let draft = out
        .report(
            cx.test.key.span(),
            "calls with access keys lack this key, so they are not denied",
        )
        .label(cx.test.operator_text.span(), "never holds without the key")
        .help(format!("use `{if_exists}`"));
    if let Some(edit) = cx.with_operator(if_exists) {
        draft.fix(format!("use `{if_exists}`"), Safety::Unsafe, vec![edit]);
    }
}

/// Whether a statement denies what this one spares; a test for the key in this one says that it means
/// sessions alone.
fn asks_for_missing(cx: &TestCx<'_>) -> bool {
    let statements = cx.statement.policy.statements.iter();
    let own = cx.condition.tests.iter();
    statements
        .filter(|statement| statement.has_effect(Effect::Deny))
        .filter_map(|statement| statement.condition.as_ref())
        .flat_map(|condition| &condition.tests)
        .any(|test| {
            let missing = if test.operator.comparison == Comparison::Null {
                null_value(test) == Some(true)
            } else {
                holds_without_key(test.operator)
            };
            is_about_factor(test) && missing
        })
        || own
            .filter(|test| is_about_factor(test))
            .any(|test| null_value(test).is_some())
}

fn is_about_factor(test: &ConditionTest) -> bool {
    test.is_about(MFA) || test.is_about(MFA_AGE)
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{finding, fires, fixed, silent, statement, under};

    fn deny(condition: &str) -> String {
        statement(&format!(
            r#""Effect": "Deny", "NotAction": "iam:*", "Resource": "*", "Condition": {condition}"#
        ))
    }

    fires!(
        deny_without_second_factor,
        deny(r#"{"Bool": {"aws:MultiFactorAuthPresent": "false"}}"#),
        "aws:MultiFactorAuthPresent"
    );
    fires!(
        factor_of_long_ago,
        deny(r#"{"NumericGreaterThan": {"aws:MultiFactorAuthAge": "3600"}}"#),
        "aws:MultiFactorAuthAge"
    );
    silent!(
        factor_of_long_ago_or_none,
        deny(r#"{"NumericGreaterThanIfExists": {"aws:MultiFactorAuthAge": "3600"}}"#)
    );
    fires!(
        boolean_in_other_letters,
        deny(r#"{"bool": {"AWS:multifactorauthpresent": false, "aws:ViaAWSService": false}}"#),
        "AWS:multifactorauthpresent"
    );
    fires!(
        as_text,
        deny(r#"{"StringEquals": {"aws:MultiFactorAuthPresent": ["False"]}}"#),
        "aws:MultiFactorAuthPresent"
    );
    silent!(
        if_exists,
        deny(r#"{"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}"#)
    );
    silent!(
        allow,
        under(r#"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#)
    );
    silent!(
        other_statement_denies_without_key,
        r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}},
            {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Null": {"aws:MultiFactorAuthPresent": "true"}}}
        ]}"#
    );

    #[test]
    fn the_fix_holds_without_the_key() {
        let condition = r#"{"Bool": {"aws:MultiFactorAuthPresent": "false"}}"#;
        let expected = r#"{"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}"#;
        assert_eq!(fixed(&super::RULE, &deny(condition)), deny(expected));
        let two =
            r#"{"Bool": {"aws:MultiFactorAuthPresent": "false", "aws:ViaAWSService": "false"}}"#;
        assert!(finding(&super::RULE, &deny(two)).fix.is_none());
    }
}
