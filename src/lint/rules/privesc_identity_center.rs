use crate::{
    lint::{Category, Check, DocumentCx, Findings, Rule, escalation::Kind, rule},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags rights to write or attach policies of permission sets of IAM Identity Center of any name.
    ///
    /// A set of actions counts only where the principal really holds all of them: the engine takes
    /// `Deny` statements, conditions and named resources into account. The sets are in
    /// `data/privilege-escalation.txt` of the source of iamsim. A principal that may do everything
    /// (`admin-star-star`) has nothing to gain.
    ///
    /// ## Why it matters
    /// Permission sets are the rights of people in every account of the organization. Whoever widens
    /// their own is an administrator everywhere.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "sso:PutInlinePolicyToPermissionSet",
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
    ///     "Action": "sso:GetInlinePolicyForPermissionSet",
    ///     "Resource": "*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://pathfinding.cloud>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>
    /// - prowler: `iam_policy_allows_privilege_escalation`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "privesc-identity-center",
        category: Category::PrivilegeEscalation,
        severity: Severity::High,
        summary: "permission sets can be widened",
        types: PolicyTypes::of(&[PolicyType::Identity]),
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    cx.report_escalations(
        Kind::IdentityCenter,
        out,
        "leave it to those who administer IAM Identity Center, or name the permission sets",
    );
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent};

    fires!(
        inline_policy,
        allow(r#""sso:PutInlinePolicyToPermissionSet""#, r#""*""#),
        "sso:PutInlinePolicyToPermissionSet"
    );
    fires!(
        through_a_wildcard,
        allow(r#"["sso:List*", "sso:Attach*"]"#, r#""*""#),
        "sso:Attach*"
    );
    silent!(
        one_set,
        allow(
            r#""sso:PutInlinePolicyToPermissionSet""#,
            r#""arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef""#
        )
    );
    silent!(reading, allow(r#""sso:List*""#, r#""*""#));
}
