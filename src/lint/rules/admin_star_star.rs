use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule},
    policy::{Effect, PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` of every action on every resource in an identity policy: `*` or `*:*` as
    /// `Action`, and `*` as `Resource`. Under a condition it is `high` instead of `critical`, since
    /// most conditions say when such a right holds, and few say for what.
    ///
    /// A service control policy or a permissions boundary may well allow everything, as it grants
    /// nothing by itself, so the rule looks at identity policies only.
    ///
    /// ## Why it matters
    /// Whoever gets hold of these credentials owns the account: they can read every secret, delete
    /// every backup, and make more credentials of the same kind. No other statement of the policy
    /// matters beside this one, except a `Deny`.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "*",
    ///     "Resource": "*"
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
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }, {
    ///     "Effect": "Deny",
    ///     "Action": "*",
    ///     "Resource": "*",
    ///     "Condition": {"Bool": {"aws:SecureTransport": "false"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html>
    /// - checkov: `CKV_AWS_1`, `CKV_AWS_62`
    /// - `cfn_nag`: `F3`, `F4`, `F5`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "admin-star-star",
        category: Category::Security,
        severity: Severity::Critical,
        summary: "every action on every resource is allowed",
        types: PolicyTypes::of(&[PolicyType::Identity]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let Some(star) = cx.everything() else {
        return;
    };
    if !cx.statement.has_effect(Effect::Allow) || !cx.is_identity_policy() {
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
                "the statement allows every action on every resource",
            )
            .caption("every action")
            .label(star.text.span(), "every resource")
            .help("list the actions that are needed, and the ARNs that they are needed on");
        if let Some(condition) = cx
            .statement
            .condition
            .as_ref()
            .filter(|c| !c.tests.is_empty())
        {
            draft
                .severity(Severity::High)
                .label(condition.span, "where this holds");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{allow, fires, severity, silent},
        source::Severity,
    };

    fires!(star, allow(r#""*""#, r#""*""#), "*");
    fires!(
        every_service,
        allow(r#"["s3:Get*", "*:*"]"#, r#"["*", "arn:aws:s3:::b"]"#),
        "*:*"
    );
    fires!(many_stars, allow(r#""**""#, r#""**""#), "**");
    silent!(
        with_a_principal_that_cannot_be_read,
        as Resource,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": ["*"], "Action": "*", "Resource": "*"}}"#
    );
    silent!(some_resources, allow(r#""*""#, r#""arn:aws:s3:::b/*""#));
    silent!(some_actions, allow(r#"["*:Get*", "s3:*"]"#, r#""*""#));
    silent!(
        deny,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}"#
    );
    fires!(
        every_resource_in_disguise,
        allow(r#""*""#, r#""arn:aws:*:*:*:*""#),
        "*"
    );
    silent!(
        policy_of_a_resource,
        as Resource,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "*", "Resource": "*"}}"#
    );

    #[test]
    fn a_condition_softens_it() {
        let condition = r#""*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#;
        assert_eq!(
            severity(&super::RULE, &allow(r#""*""#, r#""*""#)),
            Severity::Critical
        );
        assert_eq!(
            severity(&super::RULE, &allow(r#""*""#, condition)),
            Severity::High
        );
    }
}
