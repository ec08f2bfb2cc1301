use crate::{
    lint::{
        Category, Check, Findings, Rule, TestCx,
        condition_tests::{MFA, boolean_value, null_value},
        rule,
    },
    policy::{Comparison, ConditionTest, Effect, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `Null` with `aws:MultiFactorAuthPresent` where it stands for a test of the second factor. It is
    /// silent where the same condition also tests the value, and for a `Deny` of calls without the key
    /// beside another `Deny` with the value `false`: the two together are right.
    ///
    /// ## Why it matters
    /// The key says whether there was a second factor; that it is there only says that the credentials are
    /// temporary. Each way of asking for it is wrong:
    ///
    /// - `Allow` with `"false"` (it is there) admits sessions without a second factor.
    /// - `Allow` with `"true"` (it is missing) admits access keys, which have none.
    /// - `Deny` with `"true"` denies access keys, and spares sessions without a second factor.
    /// - `Deny` with `"false"` denies all sessions, those with a second factor too, and spares access keys.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "ec2:TerminateInstances",
    ///     "Resource": "*",
    ///     "Condition": {"Null": {"aws:MultiFactorAuthPresent": "false"}}
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
    /// - parliament: `BAD_PATTERN_FOR_MFA`
    /// - iam-policy-validator: `mfa_antipattern_null_false`, `mfa_antipattern_null_true`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "mfa-null-check",
        category: Category::Security,
        severity: Severity::High,
        summary: "presence of the key taken for a second factor",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    if !cx.is_about(MFA) {
        return;
    }
    let Some(wants_missing) = null_value(cx.test) else {
        return;
    };
    let tests_value = |test: &ConditionTest| test.operator.comparison != Comparison::Null;
    if cx.others_on_key().any(tests_value) {
        return;
    }
    let denies = cx.has_effect(Effect::Deny);
    let (message, help) = match (denies, wants_missing) {
        (false, false) => (
            "every session has this key, so this also allows those without a second factor",
            "use `Bool` with `true`",
        ),
        (false, true) => (
            "calls with access keys lack this key, so this allows calls without a second factor",
            "use `Bool` with `true`",
        ),
        (true, true) if denies_sessions(cx) => return,
        (true, true) => (
            "this denies access keys, and spares sessions without a second factor",
            "use `BoolIfExists` with `false`",
        ),
        (true, false) => (
            "this denies sessions with a second factor too, and spares access keys",
            "use `BoolIfExists` with `false`",
        ),
    };
    if !denies && !cx.has_effect(Effect::Allow) {
        return;
    }
    out.report(cx.test.span, message)
        .label(
            cx.test.operator_text.span(),
            "asks whether the key is there",
        )
        .help(help);
}

/// Whether the policy denies sessions without a second factor.
fn denies_sessions(cx: &TestCx<'_>) -> bool {
    let statements = cx.statement.policy.statements.iter();
    statements
        .filter(|statement| statement.has_effect(Effect::Deny))
        .filter_map(|statement| statement.condition.as_ref())
        .flat_map(|condition| &condition.tests)
        .any(|test| {
            test.is_about(MFA)
                && test.operator.comparison == Comparison::Bool
                && boolean_value(test) == Some(false)
        })
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement, under};

    fn deny(condition: &str) -> String {
        statement(&format!(
            r#""Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {condition}"#
        ))
    }

    fires!(
        allowed_if_there,
        under(r#"{"Null": {"aws:MultiFactorAuthPresent": "false"}}"#),
        "\"false\""
    );
    fires!(
        allowed_if_missing_in_other_letters,
        under(r#"{"null": {"AWS:MULTIFACTORAUTHPRESENT": true}}"#),
        "true"
    );
    fires!(
        denied_if_missing,
        deny(r#"{"Null": {"aws:MultiFactorAuthPresent": ["true"]}}"#),
        r#"["true"]"#
    );
    silent!(
        value_is_tested_too,
        under(
            r#"{"Null": {"aws:MultiFactorAuthPresent": "false"}, "Bool": {"aws:MultiFactorAuthPresent": "true"}}"#
        )
    );
    silent!(
        sessions_are_denied_elsewhere,
        r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}},
            {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Null": {"aws:MultiFactorAuthPresent": "true"}}}
        ]}"#
    );
    silent!(
        age_is_there_only_with_a_second_factor,
        under(r#"{"Null": {"aws:MultiFactorAuthAge": "false"}}"#)
    );
}
