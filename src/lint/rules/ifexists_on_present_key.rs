use crate::{
    lint::{
        Category, Check, Findings, Rule, TestCx,
        condition_key::KeyFacts,
        condition_tests::{Fate, without_if_exists},
        rule,
    },
    policy::{ConditionTest, PolicyTypes},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags `IfExists` with keys that every request has, such as `aws:CurrentTime` or
    /// `aws:SecureTransport`. It is silent where a key under the same operator may be missing, and for
    /// `aws:ViaAWSService`, which AWS's own examples write so.
    ///
    /// ## Why it matters
    /// It changes nothing, and makes readers wonder which requests it is there for.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Action": "s3:*",
    ///     "Resource": "*",
    ///     "Condition": {"BoolIfExists": {"aws:SecureTransport": "false"}}
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
    ///     "Action": "s3:*",
    ///     "Resource": "*",
    ///     "Condition": {"Bool": {"aws:SecureTransport": "false"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    /// - iam-policy-validator: `ifexists_on_always_present_key`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "ifexists-on-present-key",
        category: Category::Style,
        severity: Severity::Hint,
        summary: "`IfExists` with a key that every request has",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let operator = cx.test.operator;
    if !operator.if_exists
        || !cx.key.always_present()
        || cx.is_about("aws:ViaAWSService")
        || cx.fate() != Fate::Open
        || !cx.block().all(|test| is_always_present(cx, test))
    {
        return;
    }
    let key = cx.test.key.as_str();
    let plain = without_if_exists(operator);
    let draft = out
        .report(
            cx.test.key.span(),
            format!("every request has `{key}`, so `IfExists` changes nothing"),
        )
        .label(cx.test.operator_text.span(), "asks whether it exists")
        .help(format!("use `{plain}`"));
    if let Some(edit) = cx.with_operator(plain) {
        draft.fix(format!("use `{plain}`"), Safety::Safe, vec![edit]);
    }
}

fn is_always_present(cx: &TestCx<'_>, test: &ConditionTest) -> bool {
    KeyFacts::of(cx.statement.catalog, test.key.as_str()).always_present()
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, silent, under};

    fires!(
        time,
        under(r#"{"DateLessThanIfExists": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}"#),
        "aws:CurrentTime"
    );
    fires!(
        two_in_other_letters,
        under(
            r#"{"stringequalsifexists": {"AWS:requestedregion": "eu-west-1", "aws:PrincipalType": "User"}}"#
        ),
        "AWS:requestedregion",
        "aws:PrincipalType",
    );
    silent!(
        beside_a_key_that_may_be_missing,
        under(
            r#"{"StringNotEqualsIfExists": {"aws:PrincipalAccount": "123456789012", "aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#
        )
    );
    silent!(
        key_that_may_be_missing,
        under(r#"{"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}"#)
    );
    silent!(
        as_aws_writes_it,
        under(r#"{"BoolIfExists": {"aws:ViaAWSService": "false"}}"#)
    );
    silent!(
        everything_is_another_rule,
        under(r#"{"StringLikeIfExists": {"aws:RequestedRegion": "*"}}"#)
    );

    #[test]
    fn the_fix_takes_it_out() {
        let condition = r#"{"BoolIfExists": {"aws:SecureTransport": "true"}}"#;
        let expected = r#"{"Bool": {"aws:SecureTransport": "true"}}"#;
        assert_eq!(fixed(&super::RULE, &under(condition)), under(expected));
    }
}
