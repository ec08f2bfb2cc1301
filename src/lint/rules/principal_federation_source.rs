use std::ops::Range;

use crate::{
    eval::{Principal, WEB_IDENTITY_PROVIDERS},
    lint::{
        Category, Check, Findings, Rule, StatementCx, edits::replace, federation::Provider,
        placeholders::is_unfilled, rule,
    },
    policy::{PolicyType, PolicyTypes, PrincipalEntry},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags an entry under `Federated` that is neither the ARN of a SAML or OpenID Connect
    /// provider nor a domain. A domain other than the four that AWS knows by itself
    /// (`accounts.google.com`, `cognito-identity.amazonaws.com`, `graph.facebook.com`,
    /// `www.amazon.com`) is `medium`: IAM takes it, and nobody ever comes from there. Wildcards
    /// are `principal-wildcard-partial`'s.
    ///
    /// ## Why it matters
    /// IAM refuses text that is neither. Any other issuer is registered as a provider of the
    /// account first, and then named by the ARN of that provider, without `https://`.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Federated": "my-idp"},
    ///     "Action": "sts:AssumeRoleWithSAML",
    ///     "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}
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
    ///     "Principal": {"Federated": "arn:aws:iam::123456789012:saml-provider/my-idp"},
    ///     "Action": "sts:AssumeRoleWithSAML",
    ///     "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    /// - Access Analyzer: `INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY`
    /// - parliament: `UNKNOWN_FEDERATION_SOURCE`
    /// - iam-policy-validator: `invalid_provider_format`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "principal-federation-source",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "identity provider that is none",
        types: PolicyTypes::of(&[PolicyType::Trust]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for entry in cx.principals() {
        match Provider::of(entry) {
            Some(Provider::Oidc(_)) if scheme(entry).is_some() => with_scheme(entry, out),
            Some(Provider::Oidc(_) | Provider::Saml) if is_wrong_arn(entry) => neither(entry, out),
            Some(Provider::Neither) => neither(entry, out),
            Some(Provider::Domain(domain)) => unknown_domain(entry, domain, out),
            Some(Provider::Oidc(_) | Provider::Saml | Provider::Unfilled) | None => {}
        }
    }
}

/// Whether the ARN of a provider is none, though not as something is still to be filled in.
fn is_wrong_arn(entry: &PrincipalEntry) -> bool {
    let text = entry.text.as_str();
    let account = text.split(':').nth(4).unwrap_or_default();
    let is_placeholder = !account.is_empty() && !account.contains(|c: char| c.is_ascii_digit());
    !is_unfilled(text)
        && !is_placeholder
        && !matches!(Principal::parse(text), Ok(Principal::Federated(_)))
}

fn neither(entry: &PrincipalEntry, out: &mut Findings<'_>) {
    let text = entry.text.as_str();
    if text.contains(['*', '?']) {
        return;
    }
    out.report(
        entry.text.span(),
        format!("`{text}` is no identity provider, so AWS refuses the policy"),
    )
    .help(
        "write the ARN of the provider, `arn:aws:iam::123456789012:saml-provider/name` or \
         `arn:aws:iam::123456789012:oidc-provider/host`",
    );
}

/// Where the scheme of the issuer stands in the ARN of a provider.
fn scheme(entry: &PrincipalEntry) -> Option<Range<usize>> {
    let text = entry.text.as_str();
    let from = text.find(":oidc-provider/")? + ":oidc-provider/".len();
    let length = text.get(from..)?.find("://")? + "://".len();
    Some(from..from + length)
}

fn with_scheme(entry: &PrincipalEntry, out: &mut Findings<'_>) {
    let Some(range) = scheme(entry) else { return };
    let scheme = entry.text.source_span(range);
    out.report(
        scheme,
        "the ARN of a provider has its issuer without the scheme",
    )
    .help("start with the host")
    .fix(
        "remove the scheme",
        Safety::Unsafe,
        vec![replace(scheme, "")],
    );
}

fn unknown_domain(entry: &PrincipalEntry, domain: &str, out: &mut Findings<'_>) {
    // Cognito has a domain of its own in some partitions.
    let is_of_aws = domain.ends_with(".amazonaws.com") || domain.ends_with(".amazonaws.com.cn");
    if WEB_IDENTITY_PROVIDERS.contains(&domain) || is_of_aws {
        return;
    }
    out.report(
        entry.text.span(),
        format!("no request comes from `{domain}`, which is no provider that AWS knows by itself"),
    )
    .severity(Severity::Medium)
    .help(format!(
        "name the provider that the account has for it: \
         `arn:aws:iam::123456789012:oidc-provider/{domain}`"
    ));
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{finding, fires, fixed, severity, silent, statement},
        source::{Safety, Severity},
    };

    fn assumed_by(provider: &str) -> String {
        statement(&format!(
            r#""Effect": "Allow", "Principal": {{"Federated": {provider}}}, "Action": "sts:AssumeRoleWithWebIdentity""#
        ))
    }

    fires!(
        aa_invalid_federated_principal_syntax,
        assumed_by(r#""my-idp""#),
        "my-idp"
    );
    fires!(
        url_in_a_list,
        assumed_by(r#"["www.amazon.com", "https://gitlab.com"]"#),
        "https://gitlab.com"
    );
    fires!(
        issuer_with_its_scheme,
        assumed_by(r#""arn:aws:iam::123456789012:oidc-provider/https://gitlab.com""#),
        "https://"
    );
    fires!(
        arn_without_an_account,
        assumed_by(r#""arn:aws:iam:::oidc-provider/gitlab.com""#),
        "arn:aws:iam:::oidc-provider/gitlab.com"
    );
    fires!(
        domain_that_is_no_provider,
        assumed_by(r#""token.actions.githubusercontent.com""#),
        "token.actions.githubusercontent.com"
    );
    silent!(
        known_domains,
        assumed_by(r#"["accounts.google.com", "cognito-identity.amazonaws.com"]"#)
    );
    silent!(
        cognito_in_china,
        assumed_by(r#""cognito-identity.cn-north-1.amazonaws.com.cn""#)
    );
    silent!(
        arn,
        assumed_by(r#""arn:aws-cn:iam::123456789012:oidc-provider/gitlab.example/x""#)
    );
    silent!(
        templates,
        assumed_by(r#"["${var.provider}", "arn:aws:iam::${Account}:oidc-provider/gitlab.com"]"#)
    );

    #[test]
    fn a_domain_is_only_of_medium_severity() {
        let of = |text: &str| severity(&super::RULE, &assumed_by(text));
        assert_eq!(of(r#""gitlab.com""#), Severity::Medium);
        assert_eq!(of(r#""gitlab""#), Severity::Error);
    }

    #[test]
    fn the_scheme_is_removed() {
        let text = assumed_by(r#""arn:aws:iam::123456789012:oidc-provider/https://gitlab.com""#);
        assert!(fixed(&super::RULE, &text).contains("oidc-provider/gitlab.com"));
        // It begins to grant.
        let fix = finding(&super::RULE, &text).fix.unwrap();
        assert_eq!(fix.safety, Safety::Unsafe);
    }
}
