use crate::{
    lint::{Category, Check, DocumentCx, Findings, Rule, escalation::Kind, rule},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags rights to change or enter whatever of a kind is there: the code of any function, a shell
    /// on any instance, any stack. Named resources and tags keep it silent, as then the rights of
    /// those are meant. Whether one of them has a role with more rights is not known here, so it is
    /// `medium`.
    ///
    /// A set of actions counts only where the principal really holds all of them: the engine takes
    /// `Deny` statements, conditions and named resources into account. The sets are in
    /// `data/privilege-escalation.txt` of the source of iamsim. A principal that may do everything
    /// (`admin-star-star`) has nothing to gain.
    ///
    /// ## Why it matters
    /// The principal has every right of the most powerful function, instance or stack of the account.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "lambda:UpdateFunctionCode",
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
    ///     "Action": "lambda:UpdateFunctionCode",
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
        id: "privesc-existing-compute",
        category: Category::PrivilegeEscalation,
        severity: Severity::Medium,
        summary: "what is there and has a role can be made to do anything",
        types: PolicyTypes::of(&[PolicyType::Identity]),
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    cx.report_escalations(
        Kind::Existing,
        out,
        "name the resources, or limit them by a condition on their tags",
    );
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent, statement};

    fires!(
        any_function,
        allow(r#""lambda:UpdateFunctionCode""#, r#""*""#),
        "lambda:UpdateFunctionCode"
    );
    fires!(
        any_instance_of_an_account,
        allow(
            r#""SSM:StartSession""#,
            r#""arn:aws:ec2:*:418272953104:instance/*""#
        ),
        "SSM:StartSession"
    );
    silent!(
        by_tag,
        allow(
            r#""ssm:StartSession""#,
            r#""*", "Condition": {"StringEquals": {"ssm:resourceTag/team": "blue"}}"#
        )
    );
    silent!(
        named,
        allow(
            r#""lambda:UpdateFunctionCode""#,
            r#""arn:aws:lambda:*:*:function:app-*""#
        )
    );
    silent!(
        denied,
        statement(r#""Effect": "Deny", "Action": "ssm:StartSession", "Resource": "*""#)
    );
}
