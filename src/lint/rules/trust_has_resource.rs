use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx, edits::remove_item, members::whole, rule,
    },
    policy::{PolicyType, PolicyTypes},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags `Resource` or `NotResource` in the trust policy of a role. The fix removes it.
    ///
    /// ## Why it matters
    /// The role that the policy stands on is its resource, so IAM refuses any other, `*` included.
    ///
    /// ## Fires
    /// ```json trust
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Service": "lambda.amazonaws.com"},
    ///     "Action": "sts:AssumeRole",
    ///     "Resource": "*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json trust
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Service": "lambda.amazonaws.com"},
    ///     "Action": "sts:AssumeRole"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// - Access Analyzer: `ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE`
    /// - iam-policy-validator: `unexpected_resource`
    /// - cfn-lint: `E3530`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "trust-has-resource",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "`Resource` in a trust policy",
        types: PolicyTypes::of(&[PolicyType::Trust]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for member in cx.members_named(&["Resource", "NotResource"]) {
        let key = member.key.as_str();
        let draft = out
            .report(
                member.key.span(),
                format!("a trust policy has no `{key}`, so AWS refuses this one"),
            )
            .help("remove it: the role that the policy stands on is its resource");
        if let Some(edit) = remove_item(cx.document.source, whole(member)) {
            draft.fix(format!("remove `{key}`"), Safety::Safe, vec![edit]);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, silent, statement};

    const REST: &str =
        r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole""#;

    fires!(
        role_trust_policy_syntax_error_resource,
        as Trust,
        statement(&format!(r#"{REST}, "Resource": "*""#)),
        "Resource"
    );
    fires!(
        first_and_empty,
        as Trust,
        statement(&format!(r#""NotResource": [], {REST}"#)),
        "NotResource"
    );
    fires!(
        guessed,
        statement(
            r#""Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole", "Resource": "*""#
        ),
        "Resource"
    );
    silent!(none, as Trust, statement(REST));
    silent!(
        policy_of_an_endpoint,
        as Endpoint,
        statement(r#""Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*""#)
    );
    silent!(
        policy_of_a_resource,
        as Resource,
        statement(r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#)
    );

    #[test]
    fn the_fix_removes_it() {
        let text = statement(&format!(r#"{REST}, "Resource": ["*"]"#));
        assert_eq!(fixed(&super::RULE, &text), statement(REST));
    }
}
