use crate::{
    eval::WEB_IDENTITY_PROVIDERS,
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        edits::replace,
        federation::{
            claim, is_claim_key, is_of_session, shared_issuer, tests_of, token_providers,
            without_scheme,
        },
        principals::{is_equality, is_strict},
        rule,
    },
    policy::{
        Comparison, ConditionTest, PolicyType, PolicyTypes, PrincipalEntry,
        starts_with_ignoring_case,
    },
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags an `Allow` to an OpenID Connect provider, or to Google, Facebook or Login with
    /// Amazon, without any condition on claims of its tokens. For a cluster of EKS it also flags
    /// a condition that every service account passes: on `aud` alone, or a `sub` like `*` or
    /// `system:serviceaccount:*:*`.
    ///
    /// A condition on the claims of another issuer never holds for this one, nor does one whose
    /// key is written with `https://`; both are told as `medium`. Issuers that their customers
    /// share are else `oidc-missing-sub`'s, Cognito is `cognito-unauthenticated-role`'s.
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
    if providers.is_empty() {
        return;
    }
    for test in cx.tests() {
        with_scheme(test, out);
    }
    let is_only_federated = providers.len() == cx.named_principals().len();
    for (entry, issuer) in &providers {
        let issuer = *issuer;
        if issuer == "cognito-identity.amazonaws.com" {
            continue;
        }
        let is_own = |test: &ConditionTest| claim(test, issuer).is_some();
        let of_another = |test: &&ConditionTest| {
            is_strict(test.operator) && is_claim_key(test.key.as_str()) && !is_own(test)
        };
        if let Some(test) = cx.tests().iter().find(of_another) {
            let is_told = without_scheme(test.key.as_str()).is_some();
            if providers.len() == 1 && is_only_federated && !is_told {
                of_another_issuer(entry, issuer, test, out);
            }
            continue;
        }
        let is_shared =
            !WEB_IDENTITY_PROVIDERS.contains(&issuer) && shared_issuer(issuer).is_some();
        if is_shared || cx.tests().iter().any(is_of_session) {
            continue;
        }
        if !cx.tests().iter().any(is_own) {
            let usual = shared_issuer(issuer)
                .and_then(|known| known.claims.split(", ").next())
                .unwrap_or("sub");
            out.report(
                entry.text.span(),
                format!("every token of `{issuer}` can assume the role"),
            )
            .help(format!("ask for `{issuer}:{usual}`"));
        } else if starts_with_ignoring_case(issuer, OF_CLUSTERS) {
            cluster(cx, entry, issuer, out);
        }
    }
}

/// What the issuers of clusters of EKS start with.
const OF_CLUSTERS: &str = "oidc.eks.";

/// Flags a key that is a URL, which no request has.
fn with_scheme(test: &ConditionTest, out: &mut Findings<'_>) {
    let key = test.key.as_str();
    let Some(host) = without_scheme(key).filter(|host| is_claim_key(host)) else {
        return;
    };
    let consequence = if is_strict(test.operator) {
        ", so the statement never grants anything"
    } else {
        ""
    };
    let scheme = test.key.source_span(0..key.len() - host.len());
    out.report(
        scheme,
        format!("no request has `{key}`: keys of claims start with the host{consequence}"),
    )
    .severity(Severity::Medium)
    .help(format!("write `{host}`"))
    .fix(
        "remove the scheme",
        Safety::Unsafe,
        vec![replace(scheme, "")],
    );
}

/// Flags a key of claims that tokens of the only provider do not have.
fn of_another_issuer(
    entry: &PrincipalEntry,
    issuer: &str,
    test: &ConditionTest,
    out: &mut Findings<'_>,
) {
    let key = test.key.as_str();
    out.report(
        test.key.span(),
        format!("tokens of `{issuer}` have no `{key}`, so the statement never grants anything"),
    )
    .severity(Severity::Medium)
    .label(entry.text.span(), "the provider")
    .help(format!("start the key with `{issuer}:`"));
}

/// Flags a role for every pod of a cluster.
fn cluster(cx: &StatementCx<'_>, entry: &PrincipalEntry, issuer: &str, out: &mut Findings<'_>) {
    // Every token has an audience, and mostly the same.
    let says_nothing = |test: &ConditionTest| {
        claim(test, issuer).is_none_or(|name| {
            let is = |known: &str| known.eq_ignore_ascii_case(name);
            let is_null = test.operator.comparison == Comparison::Null;
            is("aud") || is("iss") || is_null || is("sub") && is_every_pod(test)
        })
    };
    if !cx.tests().iter().all(says_nothing) {
        return;
    }
    let message = "every pod of the cluster can assume the role";
    let help = format!("ask for `{issuer}:sub`, like `system:serviceaccount:NAMESPACE:NAME`");
    match tests_of(cx, issuer, "sub").find(|test| is_every_pod(test)) {
        Some(test) => out
            .report(test.span, message)
            .label(entry.text.span(), "the cluster"),
        None => out.report(entry.text.span(), message),
    }
    .help(help);
}

/// Whether one of the values matches the subjects of all service accounts.
fn is_every_pod(test: &ConditionTest) -> bool {
    const START: &str = "system:serviceaccount:";
    let is_open = |pattern: &str| {
        let at = pattern.find(['*', '?']).unwrap_or(pattern.len());
        let (known, rest) = pattern.split_at_checked(at).unwrap_or_default();
        let any = |c: char| matches!(c, '*' | ':');
        START.starts_with(known) && rest.contains('*') && rest.chars().all(any)
    };
    is_equality(test.operator)
        && test.operator.comparison.reads_wildcards()
        && test.values.iter().any(|value| is_open(&value.text))
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{finding, fires, fixed, severity, silent, statement},
        source::{Safety, Severity},
    };

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
    fires!(
        cluster_with_its_audience_only,
        cluster(r#", "Condition": {"StringEquals": {"@:aud": "sts.amazonaws.com"}}"#),
        "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE"
    );
    fires!(
        every_service_account_in_every_namespace,
        cluster(
            r#", "Condition": {"StringLike": {"@:aud": "sts.amazonaws.com", "@:sub": "system:serviceaccount:*:*"}}"#
        ),
        r#""system:serviceaccount:*:*""#
    );
    fires!(
        any_subject_in_a_list,
        cluster(
            r#", "Condition": {"ForAnyValue:StringLike": {"@:SUB": ["system:serviceaccount:a:b", "*"]}}"#
        ),
        r#"["system:serviceaccount:a:b", "*"]"#
    );
    silent!(
        one_namespace,
        cluster(
            r#", "Condition": {"StringLike": {"@:sub": ["system:serviceaccount:shop:*", "system:serviceaccount:*:api"]}}"#
        )
    );
    silent!(
        audience_of_another_issuer_is_not_judged,
        cluster(r#", "Condition": {"StringEquals": {"@:aud": "sts.amazonaws.com"}}"#)
            .replace(EKS, "login.harborline.net")
    );
    fires!(
        key_with_its_scheme,
        cluster(
            r#", "Condition": {"StringEquals": {"https://@:sub": "x", "@:aud": "sts.amazonaws.com"}}"#
        ),
        "https://"
    );
    fires!(
        key_with_its_scheme_for_a_shared_issuer,
        cluster(r#", "Condition": {"StringEquals": {"HTTPS://@:sub": "x"}}"#)
            .replace(EKS, "token.actions.githubusercontent.com"),
        "HTTPS://"
    );
    fires!(
        claims_of_github_for_gitlab,
        cluster(
            r#", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:sub": "repo:a/b:pull_request"}}"#
        )
        .replace(EKS, "gitlab.com"),
        "token.actions.githubusercontent.com:sub"
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

    #[test]
    fn the_scheme_of_a_key_is_removed() {
        let with = cluster(r#", "Condition": {"StringEquals": {"https://@:sub": "x"}}"#);
        let fix = finding(&super::RULE, &with).fix.unwrap();
        assert_eq!(fix.safety, Safety::Unsafe);
        assert_eq!(
            fixed(&super::RULE, &with),
            with.replace("https://oidc", "oidc")
        );
    }
}
