use crate::{
    lint::{Category, Check, Findings, Ground, Rule, StatementCx, TestCx, edits, rule},
    policy::{PolicyType, PolicyTypes, PrincipalKind},
    source::{Safety, Severity, Span},
};

rule! {
    /// ## What it does
    /// Flags `s3:ResourceAccount` in the policy of a bucket. With the type of the policy given,
    /// also `aws:ResourceAccount`, `aws:ResourceOrgID` and `aws:ResourceOrgPaths` in the policy of
    /// any resource; without it, a policy with these keys may well be that of a VPC endpoint, where
    /// they make sense.
    ///
    /// ## Why it matters
    /// The policy is attached to one resource, which has one owner. The test always holds or never does.
    /// Such keys belong in policies of identities and of VPC endpoints, which are about many resources.
    ///
    /// ## Fires
    /// ```json resource
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "arn:aws:iam::123456789012:role/reader"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringEquals": {"s3:ResourceAccount": "123456789012"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json resource
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "arn:aws:iam::123456789012:role/reader"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    /// - Access Analyzer: `IRRELEVANT_CONDITION_KEY_IN_POLICY`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "irrelevant-condition-key",
        category: Category::Semantics,
        severity: Severity::Low,
        summary: "condition key that is the same in every request to the resource",
        types: PolicyTypes::of(&[PolicyType::Resource]),
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

/// Keys that every policy of a resource can do without.
const OF_RESOURCES: [&str; 3] = [
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
];

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let (statement, text) = (cx.statement, &cx.test.key);
    let key = text.as_str();
    let given = statement.document.type_of_policy.ground == Ground::Given;
    let is = |name: &&str| name.eq_ignore_ascii_case(key);
    let irrelevant = if is(&"s3:ResourceAccount") {
        given || !is_about_everyone(statement)
    } else {
        given && OF_RESOURCES.iter().any(is)
    };
    if !irrelevant {
        return;
    }
    let draft = out
        .report(
            text.span(),
            format!("`{key}` is the same in every request to the resource"),
        )
        .help("remove the test, or say which principals are meant");
    let member = Span::new(text.quoted_span().start, cx.test.span.end);
    if let Some(edit) = edits::remove_item(statement.document.source, member) {
        draft.fix("remove the test", Safety::Unsafe, vec![edit]);
    }
}

/// Whether the principals are everyone, as in the policy of a VPC endpoint.
fn is_about_everyone(statement: &StatementCx<'_>) -> bool {
    let mut principals = statement.principals();
    principals.all(|entry| {
        entry.kind == PrincipalKind::Everyone
            || entry.kind == PrincipalKind::Aws && entry.text.as_str() == "*"
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::{
            Options, check,
            testing::{finding, fires, fixed, silent, statement},
        },
        source::Source,
    };

    fn by(principal: &str, condition: &str) -> String {
        statement(&format!(
            r#""Effect": "Allow", "Principal": {principal}, "Action": "s3:GetObject",
               "Resource": "arn:aws:s3:::b/*", "Condition": {condition}"#
        ))
    }

    const ONE: &str = r#"{"AWS": "123456789012"}"#;

    fires!(
        aa_irrelevant_condition_key_in_policy,
        by(
            ONE,
            r#"{"StringEquals": {"s3:ResourceAccount": "123456789012"}}"#
        ),
        "s3:ResourceAccount"
    );
    fires!(
        any_resource_of_a_given_type,
        as Resource,
        by(r#""*""#, r#"{"StringEquals": {"AWS:resourceorgid": "o-a1b2c3d4e5"}}"#),
        "AWS:resourceorgid"
    );
    #[test]
    fn perhaps_the_policy_of_an_endpoint() {
        let text = by(
            r#""*""#,
            r#"{"StringEquals": {"s3:ResourceAccount": "123456789012"}}"#,
        );
        let source = Source::new("test.json", text.into_bytes());
        let found = check(&source, &Options::default()).findings;
        assert!(found.iter().all(|each| each.rule != super::RULE.rule_id()));
    }
    silent!(
        the_policy_of_an_endpoint,
        as Endpoint,
        by(ONE, r#"{"StringEquals": {"s3:ResourceAccount": "123456789012"}}"#)
    );
    silent!(
        keys_of_the_caller,
        by(
            ONE,
            r#"{"StringEquals": {"aws:PrincipalAccount": "123456789012"}}"#
        )
    );

    #[test]
    fn the_fix_removes_the_test() {
        let text = by(
            ONE,
            r#"{"StringEquals": {"aws:userid": "a", "s3:ResourceAccount": ["123456789012"]}}"#,
        );
        let expected = by(ONE, r#"{"StringEquals": {"aws:userid": "a"}}"#);
        assert_eq!(fixed(&super::RULE, &text), expected);
        let alone = by(
            ONE,
            r#"{"StringEquals": {"s3:ResourceAccount": "123456789012"}}"#,
        );
        assert!(finding(&super::RULE, &alone).fix.is_none());
    }
}
