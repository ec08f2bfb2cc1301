use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx, condition_edits,
        data_perimeter::{
            IS_SERVICE, excludes_others, is_about_caller, is_about_source, tests_of_denial,
            wants_the_key,
        },
        rule,
    },
    policy::{PolicyType, PolicyTypes},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags a `Deny` of a resource control policy that asks for whom a service calls, and does not
    /// say that it is about services: it tests that `aws:SourceOrgID`, `aws:SourceOrgPaths`,
    /// `aws:SourceAccount` or `aws:SourceArn` is other than listed, without
    /// `aws:PrincipalIsAWSService`.
    ///
    /// `low` where another test asks that such a key is there, which spares users and roles as well. It
    /// is silent where the statement tests the caller too.
    ///
    /// ## Why it matters
    /// Only requests that a service makes by itself have these keys. `StringNotEquals` holds for a key
    /// that is missing, with `IfExists` and without, so the statement denies every request of every
    /// user and role.
    ///
    /// The fix adds `aws:PrincipalIsAWSService`, and the test that the service says for whom it calls.
    /// It changes what is denied, so look at it.
    ///
    /// ## Fires
    /// ```json rcp
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Principal": "*",
    ///     "Action": "sqs:*",
    ///     "Resource": "*",
    ///     "Condition": {"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}
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
    ///     "Action": "sqs:*",
    ///     "Resource": "*",
    ///     "Condition": {
    ///       "StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"},
    ///       "Null": {"aws:SourceAccount": "false"},
    ///       "Bool": {"aws:PrincipalIsAWSService": "true"}
    ///     }
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    /// - Access Analyzer: `RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "rcp-missing-principal-carveout",
        category: Category::Security,
        severity: Severity::High,
        summary: "resource control policy for services that denies users and roles",
        types: PolicyTypes::of(&[PolicyType::Rcp]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let tests = tests_of_denial(cx);
    let Some(test) = tests
        .iter()
        .find(|test| is_about_source(test) && excludes_others(test))
    else {
        return;
    };
    if tests
        .iter()
        .any(|test| test.is_about(IS_SERVICE) || is_about_caller(test))
    {
        return;
    }
    let asked = tests
        .iter()
        .find(|test| is_about_source(test) && wants_the_key(test));
    let Some(condition) = &cx.statement.condition else {
        return;
    };
    let key = test.key.as_str();
    let (of_service, of_source) = (
        ("Bool", IS_SERVICE, "true"),
        ("Null", "aws:SourceAccount", "false"),
    );
    let (draft, tests) = if let Some(asked) = asked {
        let message = format!(
            "nothing says that this is about services, and `{key}` is missing in all other requests"
        );
        let draft = out
            .report(test.key.span(), message)
            .severity(Severity::Low)
            .label(asked.key.span(), "all that spares users and roles")
            .help(format!(r#"add `"Bool": {{"{IS_SERVICE}": "true"}}`"#));
        (draft, vec![of_service])
    } else {
        let message =
            format!("requests of users and roles have no `{key}`, so all of them are denied");
        let draft = out.report(test.key.span(), message).help(format!(
            r#"add `"Bool": {{"{IS_SERVICE}": "true"}}` and `"Null": {{"aws:SourceAccount": "false"}}`"#
        ));
        (draft, vec![of_service, of_source])
    };
    if let Some(edits) = condition_edits::add_tests(cx.document.source, condition, &tests) {
        draft.fix("deny services alone", Safety::Unsafe, edits);
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{fires, fixed, severity, silent},
        source::Severity,
    };

    fn rcp(condition: &str) -> String {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Condition": {{{condition}}}}}]}}"#
        )
    }

    const OTHERS: &str = r#""StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"}"#;

    fires!(
        aa_rcp_missing_related_service_principal_condition_key,
        as Rcp,
        rcp(OTHERS),
        "aws:SourceOrgID"
    );
    fires!(
        without_if_exists_a_missing_key_is_other_too,
        as Rcp,
        rcp(r#""StringNotEquals": {"AWS:SourceAccount": ["111122223333"]}, "Bool": {"aws:SecureTransport": "true"}"#),
        "AWS:SourceAccount"
    );
    silent!(
        about_services,
        as Rcp,
        rcp(&format!(r#"{OTHERS}, "Bool": {{"aws:PrincipalIsAWSService": "true"}}"#))
    );
    silent!(
        the_callers_are_told_as_well,
        as Rcp,
        rcp(r#""StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:SourceOrgID": "o-a1b2c3d4e5"}"#)
    );
    silent!(
        equal_fails_for_others,
        as Rcp,
        rcp(r#""StringEquals": {"aws:SourceAccount": "111122223333"}"#)
    );

    #[test]
    fn it_is_low_where_the_key_has_to_be_there() {
        let asked = rcp(&format!(
            r#"{OTHERS}, "Null": {{"aws:SourceAccount": "false"}}"#
        ));
        assert_eq!(severity(&super::RULE, &asked), Severity::Low);
        assert_eq!(severity(&super::RULE, &rcp(OTHERS)), Severity::High);
    }

    #[test]
    fn the_fix_adds_both_tests() {
        let added = r#""Bool": {"aws:PrincipalIsAWSService": "true"}, "Null": {"aws:SourceAccount": "false"}, "#;
        assert_eq!(
            fixed(&super::RULE, &rcp(OTHERS)),
            rcp(&format!("{added}{OTHERS}"))
        );
    }
}
