use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx, condition_edits,
        data_perimeter::{
            IS_SERVICE, excludes_others, has_value, is_about_source, tests_of_denial, wants_the_key,
        },
        rule,
    },
    policy::{Comparison, PolicyType, PolicyTypes},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags a `Deny` of a resource control policy about services that call for others, which does not
    /// ask whether the service says for whom: it tests that `aws:SourceOrgID` or its like is other than
    /// listed, under `aws:PrincipalIsAWSService`, without `Null` on one of these keys.
    ///
    /// ## Why it matters
    /// Not every service sends `aws:SourceAccount` and the others with every request. For a key that is
    /// missing the test holds, so such a service is denied even when it works for your own account.
    ///
    /// The fix adds `"Null": {"aws:SourceAccount": "false"}`. It changes what is denied, so look at it.
    ///
    /// ## Fires
    /// ```json rcp
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Principal": "*",
    ///     "Action": "kms:*",
    ///     "Resource": "*",
    ///     "Condition": {
    ///       "StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"},
    ///       "Bool": {"aws:PrincipalIsAWSService": "true"}
    ///     }
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
    ///     "Action": "kms:*",
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
    /// - Access Analyzer: `RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "rcp-missing-null-check",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "services that do not say for whom they call are denied as well",
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
    let about_services = tests
        .iter()
        .find(|test| test.is_about(IS_SERVICE) && has_value(test, "true"))
        .filter(|test| test.operator.comparison == Comparison::Bool);
    let asked = tests
        .iter()
        .any(|test| is_about_source(test) && wants_the_key(test));
    let (Some(services), Some(condition), false) = (about_services, &cx.statement.condition, asked)
    else {
        return;
    };
    let key = test.key.as_str();
    let draft = out
        .report(
            test.key.span(),
            format!("a service that does not say for whom it calls has no `{key}` and is denied"),
        )
        .label(services.key.span(), "about services")
        .help(r#"add `"Null": {"aws:SourceAccount": "false"}`"#);
    let tests = [("Null", "aws:SourceAccount", "false")];
    if let Some(edits) = condition_edits::add_tests(cx.document.source, condition, &tests) {
        draft.fix("ask whether the service says so", Safety::Unsafe, edits);
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, silent};

    fn rcp(condition: &str) -> String {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Condition": {{{condition}}}}}]}}"#
        )
    }

    const OTHERS: &str = r#""StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"}, "Bool": {"aws:PrincipalIsAWSService": "true"}"#;

    fires!(
        aa_rcp_missing_service_condition_key_null_check,
        as Rcp,
        rcp(OTHERS),
        "aws:SourceOrgID"
    );
    fires!(
        null_true_is_no_such_check,
        as Rcp,
        rcp(r#""Null": {"aws:SourceArn": "true"}, "ForAllValues:StringNotLike": {"aws:sourceorgpaths": "o-a1b2c3d4e5/*"}, "Bool": {"aws:PrincipalIsAWSService": "true"}"#),
        "aws:sourceorgpaths"
    );
    silent!(
        asked,
        as Rcp,
        rcp(&format!(r#"{OTHERS}, "Null": {{"aws:SourceArn": "false"}}"#))
    );
    silent!(
        not_about_services,
        as Rcp,
        rcp(r#""StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"}"#)
    );

    #[test]
    fn the_fix_adds_the_test() {
        let added = r#""Null": {"aws:SourceAccount": "false"}, "#;
        assert_eq!(
            fixed(&super::RULE, &rcp(OTHERS)),
            rcp(&format!("{added}{OTHERS}"))
        );
    }
}
