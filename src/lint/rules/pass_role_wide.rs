use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` of `iam:PassRole` on roles of any name. Resources count as any where
    /// `Resource` is `*`, a pattern without a name in it, or where `NotResource` leaves the rest in.
    /// The action counts however it gets in: by name, through a wildcard, or because `NotAction` does
    /// not leave it out. `*` on `*` is `admin-star-star`'s. A condition on `iam:PassedToService`, a
    /// path or a start of the name before the wildcard, or a `Deny` of the rest keeps it silent.
    ///
    /// ## Why it matters
    /// Whoever passes a role to a service gets what the role may do, through a function that runs with it
    /// or an instance that holds it. One administrator role in the account is enough.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "iam:PassRole",
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
    ///     "Action": "iam:PassRole",
    ///     "Resource": "arn:aws:iam::418272953104:role/service-role/reports-*",
    ///     "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
    /// - Access Analyzer: `PASS_ROLE_WITH_NOT_RESOURCE`, `PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE`, `PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE`, `PASS_ROLE_WITH_STAR_IN_RESOURCE`, `PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE`, `PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION`
    /// - `cfn_nag`: `F38`, `F39`, `F40`
    /// - trivy: `AWS-0342`
    /// - iam-policy-validator: `missing_required_condition`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "pass-role-wide",
        category: Category::Security,
        severity: Severity::High,
        summary: "any role can be passed to a service",
        types: PolicyTypes::of(&[PolicyType::Identity, PolicyType::Session]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    cx.report_reach(
        "iam:PassRole",
        out,
        "any role can be passed to any service",
        "name the roles, and the service with a condition on `iam:PassedToService`",
    );
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent, statement};

    fires!(
        aa_pass_role_with_star_in_resource,
        allow(r#""iam:PassRole""#, r#""*""#),
        "*"
    );
    fires!(
        aa_pass_role_with_star_in_action_and_resource,
        allow(r#"["iam:Pass*"]"#, r#""arn:aws:iam::418272953104:role/*""#),
        "arn:aws:iam::418272953104:role/*"
    );
    fires!(
        aa_pass_role_with_not_resource,
        statement(
            r#""Effect": "Allow", "Action": "IAM:passrole", "NotResource": "arn:aws:iam::418272953104:role/admin""#
        ),
        "NotResource"
    );
    fires!(
        aa_pass_role_with_star_in_action_and_not_resource,
        statement(
            r#""Effect": "Allow", "Action": "iam:*", "NotResource": "arn:aws:iam::418272953104:role/admin""#
        ),
        "NotResource"
    );
    fires!(
        aa_pass_role_with_not_action_and_not_resource,
        statement(
            r#""Effect": "Allow", "NotAction": "iam:Create*", "NotResource": "arn:aws:iam::418272953104:role/admin""#
        ),
        "NotResource"
    );
    fires!(
        aa_pass_role_with_star_in_resource_and_not_action,
        statement(r#""Effect": "Allow", "NotAction": "s3:*", "Resource": "*""#),
        "*"
    );
    fires!(
        to_any_service,
        allow(
            r#""iam:PassRole""#,
            r#""*", "Condition": {"StringLike": {"iam:PassedToService": "*"}}"#
        ),
        "*"
    );
    silent!(
        to_one_service,
        allow(
            r#""iam:PassRole""#,
            r#""*", "Condition": {"StringEqualsIfExists": {"iam:PassedToService": "ec2.amazonaws.com"}}"#
        )
    );
    silent!(
        named_roles,
        allow(
            r#""iam:PassRole""#,
            r#""arn:aws:iam::*:role/service-role/*""#
        )
    );
    silent!(
        left_out,
        statement(r#""Effect": "Allow", "NotAction": "iam:*", "Resource": "*""#)
    );
    silent!(
        all_but_some_denied,
        statement(
            r#""Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}, {"Effect": "Deny", "Action": "iam:PassRole", "NotResource": "arn:aws:iam::418272953104:role/app-*""#
        )
    );
    fires!(
        every_service_by_pattern,
        allow(
            r#""iam:PassRole""#,
            r#""*", "Condition": {"StringLike": {"iam:PassedToService": "*.amazonaws.com"}}"#
        ),
        "*"
    );
    silent!(
        denied_for_every_role_of_the_partition,
        statement(
            r#""Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}, {"Effect": "Deny", "Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/*""#
        )
    );
    silent!(
        everything_is_another_rule,
        allow(r#"["*", "iam:PassRole"]"#, r#""*""#)
    );
}
