use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx, condition_edits,
        condition_tests::boolean_value,
        condition_value,
        data_perimeter::{
            IS_SERVICE, excludes_others, has_value, is_about_caller, is_about_source,
            tests_of_denial, wants_the_key,
        },
        edits, rule,
        rules::rcp_action_service,
    },
    policy::{
        Comparison, ConditionTest, PolicyType, PolicyTypes, Statement, starts_with_ignoring_case,
    },
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags a `Deny` of a resource control policy that keeps out principals of other organizations
    /// or accounts and thereby AWS services too; one that lets them in with
    /// `Bool` instead of `BoolIfExists`; and one that asks for `aws:PrincipalIsAWSService` to be `true`.
    ///
    /// It looks at tests that something is other than listed, of `aws:PrincipalOrgID`,
    /// `aws:PrincipalOrgPaths` and `aws:PrincipalAccount`; of `aws:PrincipalArn` and
    /// `aws:PrincipalTag/...` only where the statement is about all actions of a service. It is silent
    /// where another test of the statement fails for services, or tells for whom they call, and where
    /// such policies reach none of the actions, as `rcp-action-service` tells that.
    ///
    /// ## Why it matters
    /// A service that calls by itself, such as CloudTrail when it writes a log file, belongs to no
    /// organization: its requests have no `aws:PrincipalOrgID`, and `StringNotEquals` holds for a key
    /// that is missing. The statement denies it. `aws:PrincipalIsAWSService` is `true` in such requests
    /// and lets them be exempted.
    ///
    /// Requests without credentials lack that key too. Under `Bool` the test fails for them, so the
    /// `Deny` does not hold and anyone without credentials gets past the perimeter; under
    /// `BoolIfExists` they are denied.
    ///
    /// With `true` the statement is about services alone: it denies them, and lets pass every principal
    /// that the other test is to keep out.
    ///
    /// The fix adds the test, or puts `BoolIfExists` for `Bool` or `false` for `true`. It changes what is denied, so look
    /// at it.
    ///
    /// ## Fires
    /// ```json rcp
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Principal": "*",
    ///     "Action": "s3:*",
    ///     "Resource": "*",
    ///     "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json rcp
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Principal": "*",
    ///     "Action": "s3:*",
    ///     "Resource": "*",
    ///     "Condition": {
    ///       "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
    ///       "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}
    ///     }
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    /// - Access Analyzer: `RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY`
    /// - iam-policy-validator: `rcp_missing_service_carveout`, `rcp_carveout_missing_ifexists`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "rcp-missing-service-carveout",
        category: Category::Security,
        severity: Severity::High,
        summary: "resource control policy that keeps out AWS services, or lets anyone in",
        types: PolicyTypes::of(&[PolicyType::Rcp]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

/// What tells principals of an account from others, and is never that of one for a service.
const KEYS: [&str; 3] = [
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
];

/// Keys that a request of a service has as any other: a test of them does not tell services.
const KEYS_OF_ALL: [&str; 4] = [
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:SecureTransport",
    "aws:ViaAWSService",
];

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let tests = tests_of_denial(cx);
    let Some(test) = tests.iter().find(|test| keeps_services_out(test, cx)) else {
        return;
    };
    let is_out_of_reach = |entry| rcp_action_service::is_out_of_reach(cx, entry);
    let entries = cx.listed_actions();
    if tests.iter().any(is_about_source)
        || !is_for_services(cx.statement)
        || !entries.is_empty() && entries.iter().all(is_out_of_reach)
    {
        return;
    }
    let Some(condition) = &cx.statement.condition else {
        return;
    };
    let key = test.key.as_str();
    match tests.iter().find(|test| test.is_about(IS_SERVICE)) {
        None if tests.iter().any(spares_services) => {}
        None => {
            let message = if test.is_about("aws:PrincipalAccount") {
                format!(
                    "AWS services that call by themselves have none of these as `{key}`, so they are \
                     denied as well"
                )
            } else {
                format!(
                    "AWS services that call by themselves have no `{key}`, so they are denied as well"
                )
            };
            let draft = out.report(test.key.span(), message).help(format!(
                r#"add `"BoolIfExists": {{"{IS_SERVICE}": "false"}}`"#
            ));
            let tests = [("BoolIfExists", IS_SERVICE, "false")];
            if let Some(edits) = condition_edits::add_tests(cx.document.source, condition, &tests) {
                draft.fix("exempt AWS services", Safety::Unsafe, edits);
            }
        }
        Some(carveout) => {
            let operator = carveout.operator;
            let is_plain = operator.comparison == Comparison::Bool
                && operator.quantifier.is_none()
                && !operator.if_exists;
            let is_inverted = operator.comparison == Comparison::Bool
                && operator.quantifier.is_none()
                && boolean_value(carveout) == Some(true);
            if is_inverted {
                let draft = out
                    .report(
                        condition_value::span_of(carveout),
                        format!(
                            "`true` denies AWS services alone, so whoever `{key}` is to keep out \
                             gets in"
                        ),
                    )
                    .label(test.key.span(), "whom this is to keep out")
                    .help(format!(
                        r#"write `"BoolIfExists": {{"{IS_SERVICE}": "false"}}`"#
                    ));
                if let [value] = carveout.values.as_slice() {
                    let edits = vec![condition_value::replaced(value, "false")];
                    draft.fix("write `false`", Safety::Unsafe, edits);
                }
                return;
            }
            if !is_plain || !has_value(carveout, "false") || is_anonymous_told(cx) {
                return;
            }
            let draft = out
                .report(
                    carveout.operator_text.span(),
                    format!(
                        "requests without credentials have no `{IS_SERVICE}`, so they are not denied"
                    ),
                )
                .label(test.key.span(), "whom this is to keep out")
                .help("write `BoolIfExists`");
            let alone = tests.iter().filter(|each| {
                let comparison = each.operator.comparison;
                comparison == Comparison::Bool && each.operator.quantifier.is_none()
            });
            if alone.count() == 1 {
                let edit = edits::replace(carveout.operator_text.content_span(), "BoolIfExists");
                draft.fix("write `BoolIfExists`", Safety::Unsafe, vec![edit]);
            }
        }
    }
}

/// Whether a test holds for every service that calls by itself.
fn keeps_services_out(test: &ConditionTest, cx: &StatementCx<'_>) -> bool {
    let whole_services = || {
        let mut actions = cx.listed_actions().iter();
        actions.any(crate::policy::ActionPattern::covers_whole_service)
    };
    let of_one_principal = || {
        test.is_about("aws:PrincipalArn")
            || starts_with_ignoring_case(test.key.as_str(), "aws:PrincipalTag/")
    };
    excludes_others(test)
        && (KEYS.iter().any(|key| test.is_about(key)) || of_one_principal() && whole_services())
}

/// Whether a test may fail for services.
fn spares_services(test: &ConditionTest) -> bool {
    let of_all = KEYS_OF_ALL.iter().any(|key| test.is_about(key))
        || starts_with_ignoring_case(test.key.as_str(), "aws:ResourceTag/");
    let named = is_about_caller(test)
        && starts_with_ignoring_case(test.key.as_str(), "aws:PrincipalService");
    named || wants_the_key(test) && !of_all
}

/// Whether services can ask for some of the actions. A role is assumed with a token by people and
/// programs alone.
fn is_for_services(statement: &Statement) -> bool {
    statement.action.as_ref().is_none_or(|element| {
        let with_token = |text: &str| starts_with_ignoring_case(text, "sts:AssumeRoleWith");
        !element
            .entries
            .iter()
            .all(|entry| with_token(entry.as_str()))
    })
}

/// Whether some statement of the policy tells requests without credentials by what they lack.
fn is_anonymous_told(cx: &StatementCx<'_>) -> bool {
    let mut statements = cx.policy.statements.iter();
    statements.any(|statement| {
        let conditions = statement.condition.iter();
        let mut tests = conditions.flat_map(|condition| &condition.tests);
        tests.any(|test| {
            test.operator.comparison == Comparison::Null
                && starts_with_ignoring_case(test.key.as_str(), "aws:Principal")
                && has_value(test, "true")
        })
    })
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{finding, fires, fixed, silent};

    fn rcp(action: &str, condition: &str) -> String {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Deny", "Principal": "*", "Action": {action}, "Resource": "*", "Condition": {{{condition}}}}}]}}"#
        )
    }

    fn s3(condition: &str) -> String {
        rcp(r#""s3:*""#, condition)
    }

    const PERIMETER: &str = r#""StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}"#;

    fires!(
        aa_rcp_missing_related_principal_condition_key,
        as Rcp,
        s3(PERIMETER),
        "aws:PrincipalOrgID"
    );
    fires!(
        a_missing_key_is_other_than_listed,
        as Rcp,
        s3(r#""StringNotEquals": {"AWS:principalaccount": ["111122223333"]}"#),
        "AWS:principalaccount"
    );
    fires!(
        paths,
        as Rcp,
        s3(r#""ForAllValues:StringNotLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}, "StringEquals": {"aws:ResourceTag/a": "b"}"#),
        "aws:PrincipalOrgPaths"
    );
    fires!(
        bool_lets_anonymous_requests_pass,
        as Rcp,
        s3(&format!(r#"{PERIMETER}, "Bool": {{"aws:PrincipalIsAWSService": "false"}}"#)),
        "Bool"
    );
    silent!(
        exempted,
        as Rcp,
        s3(&format!(r#"{PERIMETER}, "BoolIfExists": {{"aws:PrincipalIsAWSService": "false"}}"#))
    );
    silent!(
        exempted_with_another_operator,
        as Rcp,
        s3(&format!(
            r#"{PERIMETER}, "StringNotEquals": {{"aws:PrincipalIsAWSService": "true"}}"#
        ))
    );
    silent!(
        only_principals_with_a_tag,
        as Rcp,
        s3(&format!(r#"{PERIMETER}, "StringEquals": {{"aws:PrincipalTag/a": "b"}}"#))
    );
    silent!(
        the_callers_of_services_are_told,
        as Rcp,
        s3(r#""StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:SourceOrgID": "o-a1b2c3d4e5"}"#)
    );
    silent!(
        who_may_change_a_policy,
        as Rcp,
        rcp(
            r#""s3:PutBucketPolicy""#,
            r#""ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}"#
        )
    );
    silent!(
        roles_assumed_with_a_token,
        as Rcp,
        rcp(r#""sts:AssumeRoleWithWebIdentity""#, PERIMETER)
    );
    silent!(
        equal_fails_for_services,
        as Rcp,
        s3(r#""StringEquals": {"aws:PrincipalAccount": "111122223333"}"#)
    );

    fires!(
        services_alone_are_denied,
        as Rcp,
        s3(&format!(r#"{PERIMETER}, "BoolIfExists": {{"aws:PrincipalIsAWSService": "true"}}"#)),
        "true"
    );
    fires!(
        services_alone_are_denied_in_other_letters,
        as Rcp,
        s3(&format!(r#"{PERIMETER}, "bool": {{"AWS:principalisawsservice": [true]}}"#)),
        "[true]"
    );
    silent!(
        services_that_call_for_others,
        as Rcp,
        s3(r#""StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"}, "Bool": {"aws:PrincipalIsAWSService": "true"}"#)
    );
    silent!(
        service_out_of_reach,
        as Rcp,
        rcp(r#"["sns:*", "SNS:Publish"]"#, PERIMETER)
    );

    #[test]
    fn the_account_of_a_service_is_another_one() {
        let text = s3(r#""StringNotEquals": {"aws:PrincipalAccount": "111122223333"}"#);
        let message = finding(&super::RULE, &text).message;
        assert!(
            message.contains("none of these as `aws:PrincipalAccount`"),
            "{message}"
        );
    }

    #[test]
    fn the_fix_of_an_inverted_exemption_writes_false() {
        let text = |value: &str| {
            s3(&format!(
                r#"{PERIMETER}, "BoolIfExists": {{"aws:PrincipalIsAWSService": "{value}"}}"#
            ))
        };
        assert_eq!(fixed(&super::RULE, &text("true")), text("false"));
    }

    #[test]
    fn the_fixes_add_the_test_and_change_the_operator() {
        let added = r#""BoolIfExists": {"aws:PrincipalIsAWSService": "false"}, "#;
        assert_eq!(
            fixed(&super::RULE, &s3(PERIMETER)),
            s3(&format!("{added}{PERIMETER}"))
        );
        let there = r#""BoolIfExists": {"aws:ViaAWSService": "false"}, "#;
        let both = r#""BoolIfExists": {"aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false"}, "#;
        assert_eq!(
            fixed(&super::RULE, &s3(&format!("{there}{PERIMETER}"))),
            s3(&format!("{both}{PERIMETER}"))
        );
        let plain = r#""Bool": {"aws:PrincipalIsAWSService": "false"}, "#;
        assert_eq!(
            fixed(&super::RULE, &s3(&format!("{plain}{PERIMETER}"))),
            s3(&format!("{added}{PERIMETER}"))
        );
    }
}
