use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule},
    policy::{PolicyType, PolicyTypes, PrincipalKind},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `Federated` in the policy of a resource or an endpoint.
    ///
    /// ## Why it matters
    /// Only the trust policy of a role takes identity providers: what they vouch for becomes a
    /// session of a role, and requests to a resource come from that session. Resources refuse the
    /// provider, or never match it.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Federated": "arn:aws:iam::123456789012:saml-provider/idp"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
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
    ///     "Principal": {"AWS": "arn:aws:iam::123456789012:role/staff"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    /// - Access Analyzer: `FEDERATED_PRINCIPAL_NOT_SUPPORTED`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "principal-federated-unsupported",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "identity provider as principal of a resource",
        types: PolicyTypes::of(&[PolicyType::Resource, PolicyType::Endpoint]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let mut providers = cx
        .principals()
        .filter(|entry| entry.kind == PrincipalKind::Federated)
        .peekable();
    if providers.peek().is_none() {
        return;
    }
    // A statement about sessions belongs to a trust policy, whatever else it holds.
    let is_of_sts = |service: &str| service.eq_ignore_ascii_case("sts");
    if cx.actions().any(|entry| is_of_sts(entry.service())) {
        return;
    }
    for entry in providers {
        let text = entry.text.as_str();
        out.report(
            entry.text.span(),
            format!("the identity provider `{text}` cannot be the principal of a resource"),
        )
        .help("name the role that its users assume");
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement};

    fires!(
        aa_federated_principal_not_supported,
        statement(
            r#""Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:saml-provider/idp"}, "Action": "s3:GetObject", "Resource": "*""#
        ),
        "arn:aws:iam::123456789012:saml-provider/idp"
    );
    fires!(
        beside_others_in_a_deny,
        statement(
            r#""Effect": "Deny", "Principal": {"AWS": "*", "Federated": ["www.amazon.com"]}, "Action": "sqs:*", "Resource": "*""#
        ),
        "www.amazon.com"
    );
    silent!(
        trust_policy,
        statement(
            r#""Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:saml-provider/idp"}, "Action": "sts:AssumeRoleWithSAML""#
        )
    );
    silent!(
        trust_policy_with_a_resource,
        statement(
            r#""Effect": "Allow", "Principal": {"Federated": "www.amazon.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Resource": "*""#
        )
    );
}
