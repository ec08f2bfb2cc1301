use crate::{
    lint::{Category, Check, DocumentCx, Findings, Rule, escalation::Kind, rule},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags rights to make or reset the credentials of users of any name, or to rewrite the trust of
    /// roles of any name. Where `privesc-self-policy` has a finding, this adds nothing, so it is
    /// silent.
    ///
    /// A set of actions counts only where the principal really holds all of them: the engine takes
    /// `Deny` statements, conditions and named resources into account. The sets are in
    /// `data/privilege-escalation.txt` of the source of iamsim. A principal that may do everything
    /// (`admin-star-star`) has nothing to gain.
    ///
    /// ## Why it matters
    /// The principal signs in as somebody with more rights, and the log shows that somebody.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "iam:CreateAccessKey",
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
    ///     "Action": "iam:CreateAccessKey",
    ///     "Resource": "arn:aws:iam::*:user/${aws:username}"
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
        id: "privesc-principal-takeover",
        category: Category::PrivilegeEscalation,
        severity: Severity::Critical,
        summary: "principal can become another one",
        types: PolicyTypes::of(&[PolicyType::Identity]),
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    if cx.has_escalation(Kind::Own) {
        return;
    }
    cx.report_escalations(
        Kind::Takeover,
        out,
        "name the users or roles, or `${aws:username}` for one's own",
    );
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent};

    fires!(
        keys_of_any_user,
        allow(r#""iam:CreateAccessKey""#, r#""*""#),
        "iam:CreateAccessKey"
    );
    fires!(
        trust_of_any_role,
        allow(
            r#"["iam:Update*Policy"]"#,
            r#""arn:aws:iam::418272953104:role/*""#
        ),
        "iam:Update*Policy"
    );
    silent!(
        own_keys,
        allow(
            r#""iam:CreateAccessKey""#,
            r#""arn:aws:iam::*:user/${aws:username}""#
        )
    );
    silent!(
        more_than_that_is_another_rule,
        allow(r#"["iam:CreateAccessKey", "iam:PutUserPolicy"]"#, r#""*""#)
    );
    silent!(reading, allow(r#""iam:GetLoginProfile""#, r#""*""#));
}
