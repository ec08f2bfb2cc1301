use crate::{
    lint::{Category, Check, DocumentCx, Findings, Rule, escalation::Kind, rule},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags rights to change what the principal itself may do: to write or attach policies of users,
    /// groups and roles of any name, to make another version of a policy the default one, to join
    /// groups, to remove permissions boundaries.
    ///
    /// A set of actions counts only where the principal really holds all of them: the engine takes
    /// `Deny` statements, conditions and named resources into account. The sets are in
    /// `data/privilege-escalation.txt` of the source of iamsim. A principal that may do everything
    /// (`admin-star-star`) has nothing to gain.
    ///
    /// ## Why it matters
    /// One call later the principal is an administrator. Whatever else this policy keeps back is kept
    /// back from nobody.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "iam:PutRolePolicy",
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
    ///     "Action": "iam:PutRolePolicy",
    ///     "Resource": "arn:aws:iam::418272953104:role/app/*",
    ///     "Condition": {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::418272953104:policy/app-boundary"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://pathfinding.cloud>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>
    /// - parliament: `PRIVILEGE_ESCALATION`
    /// - cloudsplaining: `PrivilegeEscalation`
    /// - iam-policy-validator: `privilege_escalation`
    /// - checkov: `CKV_AWS_110`, `CKV_AWS_286`
    /// - prowler: `iam_policy_allows_privilege_escalation`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "privesc-self-policy",
        category: Category::PrivilegeEscalation,
        severity: Severity::Critical,
        summary: "principal can widen its own rights",
        types: PolicyTypes::of(&[PolicyType::Identity]),
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    cx.report_escalations(
        Kind::Own,
        out,
        "name what it is needed for, or demand a permissions boundary with a condition on `iam:PermissionsBoundary`",
    );
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, help, silent, statement};

    fires!(
        inline_policy,
        allow(r#""iam:PutRolePolicy""#, r#""*""#),
        "iam:PutRolePolicy"
    );
    fires!(whole_service, allow(r#""iam:*""#, r#""*""#), "iam:*");
    fires!(
        through_a_wildcard,
        allow(
            r#"["s3:Get*", "IAM:Attach*"]"#,
            r#""arn:aws:iam::418272953104:role/*""#
        ),
        "IAM:Attach*"
    );
    fires!(
        not_left_out,
        statement(r#""Effect": "Allow", "NotAction": "organizations:*", "Resource": "*""#),
        "NotAction"
    );
    fires!(
        under_a_condition_that_anybody_meets,
        allow(
            r#""iam:PutUserPolicy""#,
            r#""*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}"#
        ),
        "iam:PutUserPolicy"
    );
    silent!(
        named_roles,
        allow(r#""iam:PutRolePolicy""#, r#""arn:aws:iam::*:role/app-*""#)
    );
    silent!(
        own_user_by_variable,
        allow(
            r#""iam:PutUserPolicy""#,
            r#""arn:aws:iam::*:user/${aws:username}""#
        )
    );
    silent!(
        policies_of_a_list,
        allow(
            r#""iam:AttachRolePolicy""#,
            r#""*", "Condition": {"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::418272953104:policy/reader"}}"#
        )
    );
    silent!(
        taken_away,
        statement(
            r#""Effect": "Allow", "Action": "iam:*", "Resource": "*"}, {"Effect": "Deny", "NotAction": ["iam:Get*", "iam:List*"], "Resource": "*""#
        )
    );
    silent!(
        denied_without_the_boundary,
        statement(
            r#""Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "*"}, {"Effect": "Deny", "Action": "iam:*", "Resource": "*", "Condition": {"StringNotEquals": {"iam:PermissionsBoundary": "arn:aws:iam::418272953104:policy/b"}}"#
        )
    );
    fires!(
        only_the_policy_of_administrators,
        allow(
            r#""iam:AttachUserPolicy""#,
            r#""*", "Condition": {"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}}"#
        ),
        "iam:AttachUserPolicy"
    );
    silent!(everything, allow(r#""*""#, r#""*""#));

    #[test]
    fn further_ways_are_named() {
        let text = allow(r#""iam:Attach*""#, r#""*""#);
        assert!(help(&super::RULE, &text).contains("also: with `iam:AttachRolePolicy`"));
    }
}
