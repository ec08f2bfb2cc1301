use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` of `iam:CreateServiceLinkedRole` on resources of any name. Resources count as
    /// any where `Resource` is `*`, a pattern without a name in it, or where `NotResource` leaves the
    /// rest in. The action counts however it gets in: by name, through a wildcard, or because
    /// `NotAction` does not leave it out. `*` on `*` is `admin-star-star`'s. A condition on
    /// `iam:AWSServiceName`, or a role under `aws-service-role/` with the name of a service, keeps it
    /// silent.
    ///
    /// ## Why it matters
    /// A service-linked role lets its service act in the account, with the rights that AWS chose, and
    /// service control policies do not reach it.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "iam:CreateServiceLinkedRole",
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
    ///     "Action": "iam:CreateServiceLinkedRole",
    ///     "Resource": "*",
    ///     "Condition": {"StringEquals": {"iam:AWSServiceName": "autoscaling.amazonaws.com"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html>
    /// - Access Analyzer: `CREATE_SLR_WITH_NOT_RESOURCE`, `CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE`, `CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE`, `CREATE_SLR_WITH_STAR_IN_RESOURCE`, `CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE`, `CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "create-slr-wide",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "service-linked roles of any service can be created",
        types: PolicyTypes::of(&[PolicyType::Identity, PolicyType::Session]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    cx.report_reach(
        "iam:CreateServiceLinkedRole",
        out,
        "service-linked roles of any service can be created",
        "name the service with a condition on `iam:AWSServiceName`",
    );
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent, statement};

    fires!(
        aa_create_slr_with_star_in_resource,
        allow(r#""iam:CreateServiceLinkedRole""#, r#""*""#),
        "*"
    );
    fires!(
        aa_create_slr_with_star_in_action_and_resource,
        allow(
            r#""iam:Create*""#,
            r#""arn:aws:iam::*:role/aws-service-role/*""#
        ),
        "arn:aws:iam::*:role/aws-service-role/*"
    );
    fires!(
        aa_create_slr_with_not_resource,
        statement(
            r#""Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "NotResource": "arn:aws:iam::*:role/aws-service-role/ecs.amazonaws.com/*""#
        ),
        "NotResource"
    );
    fires!(
        aa_create_slr_with_star_in_resource_and_not_action,
        statement(r#""Effect": "Allow", "NotAction": "s3:*", "Resource": "*""#),
        "*"
    );
    silent!(
        one_service,
        allow(
            r#""iam:CreateServiceLinkedRole""#,
            r#""*", "Condition": {"StringLike": {"iam:AWSServiceName": "ecs.amazonaws.com"}}"#
        )
    );
    silent!(
        role_of_one_service,
        allow(
            r#""iam:CreateServiceLinkedRole""#,
            r#""arn:aws:iam::*:role/aws-service-role/ecs.amazonaws.com/*""#
        )
    );
}
