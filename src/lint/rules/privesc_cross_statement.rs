use crate::{
    lint::{Category, Check, DocumentCx, Findings, Rule, rule},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags the sets of `privesc-pass-role-new`, `privesc-existing-compute` and
    /// `privesc-principal-takeover` where no statement has all of it: every statement that gives a
    /// part is shown. It is `critical` where the principal can become another one, and `medium` where
    /// that takes something that is there.
    ///
    /// With `iamsim lint --together` the given files are those of one principal, and count together:
    /// what one allows, a boundary or a service control policy among them can take away.
    ///
    /// A set of actions counts only where the principal really holds all of them: the engine takes
    /// `Deny` statements, conditions and named resources into account. The sets are in
    /// `data/privilege-escalation.txt` of the source of iamsim. A principal that may do everything
    /// (`admin-star-star`) has nothing to gain.
    ///
    /// ## Why it matters
    /// Each statement passes review on its own. The right is in their sum.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "iam:PassRole",
    ///     "Resource": "*"
    ///   }, {
    ///     "Effect": "Allow",
    ///     "Action": "ec2:RunInstances",
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
    ///     "Resource": "arn:aws:iam::418272953104:role/app"
    ///   }, {
    ///     "Effect": "Allow",
    ///     "Action": "ec2:RunInstances",
    ///     "Resource": "*"
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
        id: "privesc-cross-statement",
        category: Category::PrivilegeEscalation,
        severity: Severity::High,
        summary: "statements together let the principal gain rights",
        types: PolicyTypes::of(&[PolicyType::Identity]),
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    cx.report_spread_escalations(out, "narrow one of the statements");
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, severity, silent, statement};
    use crate::source::Severity;

    fires!(
        role_and_instance,
        statement(
            r#""Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}, {"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*""#
        ),
        "ec2:RunInstances"
    );
    fires!(
        with_a_condition_that_admits_the_service,
        statement(
            r#""Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": ["lambda.amazonaws.com", "ec2.amazonaws.com"]}}}, {"Effect": "Allow", "Action": "ec2:*", "Resource": "*""#
        ),
        "ec2:*"
    );
    silent!(
        in_one_statement_is_another_rule,
        statement(
            r#""Effect": "Allow", "Action": ["iam:PassRole", "ec2:RunInstances"], "Resource": "*""#
        )
    );
    silent!(
        role_for_another_service,
        statement(
            r#""Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "rds.amazonaws.com"}}}, {"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*""#
        )
    );
    silent!(
        a_part_is_denied,
        statement(
            r#""Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}, {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}, {"Effect": "Deny", "Action": ["ec2:Run*", "ec2:Request*", "ec2:Associate*", "ec2:*Launch*"], "Resource": "*""#
        )
    );

    #[test]
    fn severity_follows_what_is_gained() {
        let text = statement(
            r#""Effect": "Allow", "Action": "iam:DeleteRolePermissionsBoundary", "Resource": "arn:aws:iam::*:role/*"}, {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*""#,
        );
        assert_eq!(severity(&super::RULE, &text), Severity::Critical);
    }
}
