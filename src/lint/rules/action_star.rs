use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule},
    policy::{Effect, PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` whose `Action` is `*` in any spelling (`**`, `*:*`). On `*` in an identity
    /// policy it is `admin-star-star`'s. In the policy of a resource, where `*` can only mean the
    /// actions on that resource, it is `medium`; for everybody it is `public-principal`'s.
    ///
    /// ## Why it matters
    /// On a list of ARNs `*` looks limited. It is every action of every service that those ARNs could
    /// belong to, deleting and sharing them included, and whatever AWS adds.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "*",
    ///     "Resource": "arn:aws:s3:::team-reports/*"
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
    ///     "Action": ["s3:GetObject", "s3:PutObject"],
    ///     "Resource": "arn:aws:s3:::team-reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege>
    /// - checkov: `CKV_AWS_49`, `CKV_AWS_63`
    /// - iam-policy-validator: `overly_permissive`
    /// - `cfn_nag`: `F3`, `F4`, `F5`, `F15`, `F20`
    /// - trivy: `AWS-0057`, `AWS-0097`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "action-star",
        category: Category::Security,
        severity: Severity::High,
        summary: "every action of every service is allowed",
        types: PolicyTypes::of(&[PolicyType::Identity, PolicyType::Session, PolicyType::Resource]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let identity = cx.is_identity_policy();
    if !cx.statement.has_effect(Effect::Allow)
        || identity && cx.star_resource().is_some()
        || !identity && cx.statement.names_everyone()
    {
        return;
    }
    for entry in cx
        .listed_actions()
        .iter()
        .filter(|entry| entry.covers_everything())
    {
        let draft = out
            .report(
                entry.text().span(),
                format!("`{}` allows every action", entry.as_str()),
            )
            .help("list the actions that are needed");
        if !identity {
            draft.severity(Severity::Medium);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, finding, fires, silent, statement};
    use crate::source::Severity;

    fires!(on_an_arn, allow(r#""*""#, r#""arn:aws:s3:::b/*""#), "*");
    fires!(
        other_spelling,
        allow(r#"["s3:Get*", "*:*"]"#, r#""arn:aws:s3:::b/*""#),
        "*:*"
    );
    silent!(
        everything_is_another_rule,
        allow(r#""*""#, r#"["*", "arn:aws:s3:::b"]"#)
    );
    silent!(
        whole_service_is_another_rule,
        allow(r#""s3:*""#, r#""arn:aws:s3:::b/*""#)
    );
    silent!(
        deny,
        statement(r#""Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::b/*""#)
    );
    silent!(
        boundary,
        as Boundary,
        allow(r#""*""#, r#""arn:aws:s3:::b/*""#)
    );

    #[test]
    fn policy_of_a_resource_is_medium() {
        let text = statement(
            r#""Effect": "Allow", "Principal": {"AWS": "418272953104"}, "Action": "*", "Resource": "*""#,
        );
        assert_eq!(finding(&super::RULE, &text).severity, Severity::Medium);
    }
}
