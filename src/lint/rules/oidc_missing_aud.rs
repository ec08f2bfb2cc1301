use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        federation::{Provider, claim, shared_issuer, tests_of, token_providers},
        principals::is_strict,
        rule,
    },
    policy::{ConditionTest, PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` to an OpenID Connect provider of the account that asks for some claim,
    /// and not for `aud`. STS compares the audience of a token with those that the provider
    /// lists, so this is no open door; where the provider lists several, each of them will do.
    ///
    /// `accounts.google.com` has no such list, so that it is `high` there.
    ///
    /// ## Why it matters
    /// A token that was made for another purpose, under another audience that the provider lists,
    /// gets the role as well. Of Google, a token for any app will do: whoever signs in to an app
    /// lends it the role.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE"},
    ///     "Action": "sts:AssumeRoleWithWebIdentity",
    ///     "Condition": {
    ///       "StringEquals": {
    ///         "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE:sub": "system:serviceaccount:shop:api"
    ///       }
    ///     }
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
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif>
    /// - iam-policy-validator: `missing_required_condition_for_assume_action`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "oidc-missing-aud",
        category: Category::Security,
        severity: Severity::Low,
        summary: "OpenID Connect provider without a check of the audience",
        types: PolicyTypes::of(&[PolicyType::Trust]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

const GOOGLE: &str = "accounts.google.com";

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for (entry, issuer) in token_providers(cx) {
        let is_google = issuer == GOOGLE;
        if !is_google && !matches!(Provider::of(entry), Some(Provider::Oidc(_))) {
            continue;
        }
        // Where the audience names the customer, its lack is more than this.
        let names_customer = shared_issuer(issuer)
            .is_some_and(|known| known.claims.split(", ").any(|claim| claim == "aud"));
        let has = |claim: &'static str| tests_of(cx, issuer, claim).next().is_some();
        // Google tells the app in one of three claims.
        let is_asked = has("aud") || is_google && (has("oaud") || has("azp"));
        if names_customer && !is_google || is_asked {
            continue;
        }
        let is_own =
            |test: &&ConditionTest| is_strict(test.operator) && claim(test, issuer).is_some();
        if let Some(test) = cx.tests().iter().find(is_own) {
            let (message, severity, help) = if is_google {
                (
                    "tokens of Google for any app will do".to_owned(),
                    Severity::High,
                    format!("ask for the client id of your own app as `{issuer}:aud` as well"),
                )
            } else {
                (
                    format!("tokens of `{issuer}` for any audience of the provider will do"),
                    Severity::Low,
                    format!("ask for `{issuer}:aud` as well, mostly `sts.amazonaws.com`"),
                )
            };
            out.report(entry.text.span(), message)
                .severity(severity)
                .label(test.key.span(), "all that is asked for")
                .help(help);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{fires, severity, silent, statement},
        source::Severity,
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
        subject_alone,
        cluster(r#", "Condition": {"StringEquals": {"@:sub": "system:serviceaccount:a:b"}}"#),
        "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE"
    );
    fires!(
        pattern_and_letter_case,
        cluster(
            r#", "Condition": {"ForAnyValue:StringLike": {"OIDC.EKS.eu-west-1.amazonaws.com/id/EXAMPLE:SUB": "system:serviceaccount:a:*"}}"#
        ),
        "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE"
    );
    silent!(
        both,
        cluster(r#", "Condition": {"StringEquals": {"@:sub": "x", "@:AUD": "sts.amazonaws.com"}}"#)
    );
    silent!(nothing_is_another_rule, cluster(""));
    fn google(condition: &str) -> String {
        statement(&format!(
            r#""Effect": "Allow", "Principal": {{"Federated": "accounts.google.com"}}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {condition}"#
        ))
    }

    fires!(
        subject_of_google,
        google(r#"{"StringEquals": {"accounts.google.com:sub": "1"}}"#),
        "accounts.google.com"
    );
    fires!(
        address_of_google,
        google(r#"{"StringLike": {"Accounts.google.com:EMAIL": "*@acme.example"}}"#),
        "accounts.google.com"
    );
    silent!(
        app_of_google,
        google(
            r#"{"StringEquals": {"accounts.google.com:sub": "1", "accounts.google.com:aud": "x.apps.googleusercontent.com"}}"#
        )
    );
    silent!(
        original_audience_of_google,
        google(
            r#"{"StringEquals": {"accounts.google.com:sub": "1", "accounts.google.com:oaud": "https://acme.example"}}"#
        )
    );
    silent!(
        another_provider_that_needs_no_list,
        google(r#"{"StringEquals": {"graph.facebook.com:id": "1"}}"#)
            .replace("accounts.google.com", "graph.facebook.com")
    );

    #[test]
    fn google_checks_no_list_of_audiences() {
        let of = |text: &str| severity(&super::RULE, text);
        let text = google(r#"{"StringEquals": {"accounts.google.com:sub": "1"}}"#);
        assert_eq!(of(&text), Severity::High);
        let text = cluster(r#", "Condition": {"StringEquals": {"@:sub": "x"}}"#);
        assert_eq!(of(&text), Severity::Low);
    }

    silent!(
        key_to_be_filled_in,
        cluster(
            r#", "Condition": {"StringEquals": {"@:sub": "x", "${oidc}:aud": "sts.amazonaws.com"}}"#
        )
    );
}
