use crate::{
    eval::WEB_IDENTITY_PROVIDERS,
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        federation::{claim, is_claim_key, is_of_session, shared_issuer, token_providers},
        principals::is_strict,
        rule,
    },
    policy::{ConditionTest, PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` to an OpenID Connect provider, or to Google, Facebook or Login with
    /// Amazon, without any condition on claims of its tokens. A condition on the claims of
    /// another issuer never holds for this one; that is told as `medium`. Issuers that their
    /// customers share are `oidc-missing-sub`'s, Cognito is `cognito-unauthenticated-role`'s.
    ///
    /// ## Why it matters
    /// Every token of the provider will do: each service account of the cluster, each user and
    /// each app that signs in there gets the role.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE"},
    ///     "Action": "sts:AssumeRoleWithWebIdentity"
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
    ///     "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE"},
    ///     "Action": "sts:AssumeRoleWithWebIdentity",
    ///     "Condition": {
    ///       "StringEquals": {
    ///         "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE:aud": "sts.amazonaws.com",
    ///         "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE:sub": "system:serviceaccount:shop:api"
    ///       }
    ///     }
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html>
    /// - Access Analyzer: `MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL`
    /// - iam-policy-validator: `missing_required_condition_for_assume_action`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "oidc-missing-condition",
        category: Category::Security,
        severity: Severity::High,
        summary: "OpenID Connect provider without a condition on its claims",
        types: PolicyTypes::of(&[PolicyType::Trust]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let providers = token_providers(cx);
    let is_only_federated = providers.len() == cx.named_principals().len();
    for (entry, issuer) in &providers {
        let issuer = *issuer;
        let is_domain = WEB_IDENTITY_PROVIDERS.contains(&issuer);
        if issuer == "cognito-identity.amazonaws.com"
            || !is_domain && shared_issuer(issuer).is_some()
        {
            continue;
        }
        let is_own = |test: &&ConditionTest| claim(test, issuer).is_some();
        if cx
            .tests()
            .iter()
            .any(|test| is_own(&test) || is_of_session(test))
        {
            continue;
        }
        let of_another =
            |test: &&ConditionTest| is_strict(test.operator) && is_claim_key(test.key.as_str());
        match cx.tests().iter().find(of_another) {
            None => {
                let usual = shared_issuer(issuer)
                    .and_then(|known| known.claims.split(", ").next())
                    .unwrap_or("sub");
                out.report(
                    entry.text.span(),
                    format!("every token of `{issuer}` can assume the role"),
                )
                .help(format!("ask for `{issuer}:{usual}`"));
            }
            Some(test) if providers.len() == 1 && is_only_federated => {
                out.report(
                    test.key.span(),
                    format!(
                        "tokens of `{issuer}` have no `{}`, so the statement never grants anything",
                        test.key.as_str()
                    ),
                )
                .severity(Severity::Medium)
                .label(entry.text.span(), "the provider")
                .help(format!("start the key with `{issuer}:`"));
            }
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, severity, silent, statement};
    use crate::source::Severity;

    const EKS: &str = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE";

    /// A trust policy for a cluster, in which `@` stands for its issuer.
    fn cluster(rest: &str) -> String {
        let rest = rest.replace("@:", &format!("{EKS}:"));
        statement(&format!(
            r#""Effect": "Allow", "Principal": {{"Federated": "arn:aws:iam::123456789012:oidc-provider/{EKS}"}}, "Action": "sts:AssumeRoleWithWebIdentity"{rest}"#
        ))
    }

    fires!(
        aa_missing_condition_key_for_oidc_principal,
        cluster(""),
        "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE"
    );
    fires!(
        domain_under_an_unrelated_condition,
        statement(
            r#""Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action": "sts:AssumeRoleWithWeb*", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#
        ),
        "accounts.google.com"
    );
    fires!(
        claims_of_another_cluster,
        cluster(
            r#", "Condition": {"StringEquals": {"oidc.eks.eu-west-1.amazonaws.com/id/OTHER:sub": "x"}}"#
        ),
        "oidc.eks.eu-west-1.amazonaws.com/id/OTHER:sub"
    );
    silent!(
        letter_case_aside,
        cluster(
            r#", "Condition": {"StringLike": {"OIDC.eks.eu-west-1.amazonaws.com/id/example:sub": "x:*"}}"#
        )
    );
    silent!(
        tags_from_the_token,
        cluster(r#", "Condition": {"StringEquals": {"aws:RequestTag/team": "ops"}}"#)
    );
    silent!(
        key_to_be_filled_in,
        cluster(r#", "Condition": {"StringEquals": {"${oidc}:sub": "x"}}"#)
    );
    silent!(
        shared_issuer_is_another_rule,
        statement(
            r#""Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.com"}, "Action": "sts:AssumeRoleWithWebIdentity""#
        )
    );
    silent!(
        saml,
        statement(
            r#""Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:saml-provider/idp"}, "Action": "sts:AssumeRoleWithSAML""#
        )
    );
    silent!(deny, cluster("").replace("Allow", "Deny"));

    #[test]
    fn a_key_of_another_issuer_is_a_slip_and_no_hole() {
        let text = cluster(r#", "Condition": {"StringEquals": {"gitlab.com:sub": "x"}}"#);
        assert_eq!(severity(&super::RULE, &text), Severity::Medium);
        assert_eq!(severity(&super::RULE, &cluster("")), Severity::High);
    }
}
