use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `Principal` or `NotPrincipal` in a policy whose type has none: that of an identity, a
    /// permissions boundary, a session policy, a service control policy.
    ///
    /// ## Why it matters
    /// AWS refuses the policy. Whom it is about follows from what it is attached to: a user, a
    /// role, the accounts of an organization. A document that names principals is taken for the
    /// policy of a resource unless its type is given.
    ///
    /// ## Fires
    /// ```json identity
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "arn:aws:iam::111122223333:role/reader"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json identity
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    /// - <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html>
    /// - Access Analyzer: `UNSUPPORTED_PRINCIPAL`, `SCP_SYNTAX_ERROR_PRINCIPAL`
    /// - iam-policy-validator: `unexpected_principal`
    /// - cfn-lint: `E3510`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "unsupported-principal",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "`Principal` in a policy whose type has none",
        types: PolicyTypes::of(&[
            PolicyType::Identity,
            PolicyType::Session,
            PolicyType::Boundary,
            PolicyType::Scp,
        ]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for member in cx.members_named(&["Principal", "NotPrincipal"]) {
        let kind = cx.policy_type();
        let help = if kind == PolicyType::Scp {
            "remove it; to exempt principals, compare `aws:PrincipalArn` in `Condition`"
        } else {
            "remove it, as the policy is about whom it is attached to; for the policy of a \
             resource, give `--policy-type resource`"
        };
        let message = format!(
            "{} has no `{}`, so AWS refuses this one",
            kind.with_article(),
            member.key.as_str()
        );
        out.report(member.key.span(), message).help(help);
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement};

    fires!(
        principal,
        as Identity,
        statement(r#""Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*""#),
        "Principal"
    );
    fires!(
        scp_syntax_error_principal,
        as Scp,
        statement(r#""Effect": "Deny", "NotPrincipal": {"AWS": "*"}, "Action": "s3:*", "Resource": "*""#),
        "NotPrincipal"
    );
    fires!(
        unreadable,
        as Boundary,
        statement(r#""Effect": "Allow", "Principal": [], "Action": "s3:*", "Resource": "*""#),
        "Principal"
    );
    silent!(
        none,
        as Scp,
        statement(r#""Effect": "Deny", "Action": "s3:*", "Resource": "*""#)
    );
    silent!(
        policy_of_a_resource,
        as Resource,
        statement(r#""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*""#)
    );
}
