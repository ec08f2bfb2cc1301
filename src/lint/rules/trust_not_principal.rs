use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `NotPrincipal` in the trust policy of a role.
    ///
    /// ## Why it matters
    /// IAM refuses it. With `Allow` it would trust everybody in the world but those that it names.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:user/intern"},
    ///     "Action": "sts:AssumeRole"
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
    ///     "Principal": {"AWS": "arn:aws:iam::111122223333:role/deployer"},
    ///     "Action": "sts:AssumeRole"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// - Access Analyzer: `ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL`
    /// - iam-policy-validator: `invalid_not_principal`
    /// - `cfn_nag`: `F6`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "trust-not-principal",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "`NotPrincipal` in a trust policy",
        types: PolicyTypes::of(&[PolicyType::Trust]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for member in cx.members_named(&["NotPrincipal"]) {
        out.report(
            member.key.span(),
            "a trust policy has no `NotPrincipal`, so AWS refuses this one",
        )
        .help(
            "list in `Principal` who may assume the role; to leave some of them out, deny them by \
             `aws:PrincipalArn` in `Condition`",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement};

    fires!(
        role_trust_policy_syntax_error_notprincipal,
        statement(
            r#""Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole""#
        ),
        "NotPrincipal"
    );
    fires!(
        deny,
        as Trust,
        statement(r#""Effect": "Deny", "NotPrincipal": {"Service": ["ec2.amazonaws.com"]}, "Action": ["sts:TagSession", "sts:AssumeRole"]"#),
        "NotPrincipal"
    );
    silent!(
        principal,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole""#
        )
    );
    silent!(
        policy_of_a_resource,
        as Resource,
        statement(r#""Effect": "Deny", "NotPrincipal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": "*""#)
    );
}
