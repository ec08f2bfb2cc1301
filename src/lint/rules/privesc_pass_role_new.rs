use crate::{
    lint::{Category, Check, DocumentCx, Findings, Rule, escalation::Kind, rule},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `iam:PassRole` on roles of any name together with what makes a service run code of the
    /// principal's own with the role: a function, an instance, a task, a stack. `PassRole` counts for
    /// a service only if conditions on `iam:PassedToService` admit it. Spread over several statements
    /// it is `privesc-cross-statement`'s.
    ///
    /// A set of actions counts only where the principal really holds all of them: the engine takes
    /// `Deny` statements, conditions and named resources into account. The sets are in
    /// `data/privilege-escalation.txt` of the source of iamsim. A principal that may do everything
    /// (`admin-star-star`) has nothing to gain.
    ///
    /// ## Why it matters
    /// The principal has every right that any role has which trusts that service.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"],
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
    ///     "Resource": "arn:aws:iam::418272953104:role/reports-worker",
    ///     "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    ///   }, {
    ///     "Effect": "Allow",
    ///     "Action": ["lambda:CreateFunction", "lambda:InvokeFunction"],
    ///     "Resource": "arn:aws:lambda:*:418272953104:function:reports-*"
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
        id: "privesc-pass-role-new",
        category: Category::PrivilegeEscalation,
        severity: Severity::High,
        summary: "a passed role can be made to do anything",
        types: PolicyTypes::of(&[PolicyType::Identity]),
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    cx.report_escalations(
        Kind::PassRole,
        out,
        "name the roles that `iam:PassRole` is for",
    );
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent, statement};

    fires!(
        function,
        allow(
            r#"["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]"#,
            r#""*""#
        ),
        "lambda:CreateFunction"
    );
    fires!(
        instance_through_wildcards,
        allow(r#"["iam:Pass*", "ec2:Run*"]"#, r#""*""#),
        "ec2:Run*"
    );
    fires!(
        passed_to_that_service,
        allow(
            r#"["iam:PassRole", "ec2:RunInstances"]"#,
            r#""*", "Condition": {"StringLikeIfExists": {"iam:PassedToService": "ec2.*"}}"#
        ),
        "ec2:RunInstances"
    );
    silent!(
        passed_to_another_service,
        allow(
            r#"["iam:PassRole", "ec2:RunInstances"]"#,
            r#""*", "Condition": {"StringLikeIfExists": {"iam:PassedToService": "lambda.amazonaws.com"}}"#
        )
    );
    silent!(
        named_roles,
        allow(
            r#"["iam:PassRole", "ec2:RunInstances"]"#,
            r#"["arn:aws:iam::*:role/app", "arn:aws:ec2:*:*:*"]"#
        )
    );
    silent!(
        a_part_is_missing,
        allow(r#"["iam:PassRole", "lambda:CreateFunction"]"#, r#""*""#)
    );
    silent!(
        a_part_is_denied,
        statement(
            r#""Effect": "Allow", "Action": ["iam:PassRole", "ec2:RunInstances"], "Resource": "*"}, {"Effect": "Deny", "Action": "ec2:Run*", "Resource": "*""#
        )
    );
    silent!(
        spread_is_another_rule,
        statement(
            r#""Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}, {"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*""#
        )
    );
}
