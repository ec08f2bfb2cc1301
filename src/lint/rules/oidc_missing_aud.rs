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
    /// ## Why it matters
    /// A token that was made for another purpose, under another audience that the provider lists,
    /// gets the role as well.
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

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for (entry, issuer) in token_providers(cx) {
        if !matches!(Provider::of(entry), Some(Provider::Oidc(_))) {
            continue;
        }
        // Where the audience names the customer, its lack is more than this.
        let names_customer = shared_issuer(issuer)
            .is_some_and(|known| known.claims.split(", ").any(|claim| claim == "aud"));
        if names_customer || tests_of(cx, issuer, "aud").next().is_some() {
            continue;
        }
        let is_own =
            |test: &&ConditionTest| is_strict(test.operator) && claim(test, issuer).is_some();
        if let Some(test) = cx.tests().iter().find(is_own) {
            out.report(
                entry.text.span(),
                format!("tokens of `{issuer}` for any audience of the provider will do"),
            )
            .label(test.key.span(), "all that is asked for")
            .help(format!(
                "ask for `{issuer}:aud` as well, mostly `sts.amazonaws.com`"
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement};

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
    silent!(
        google,
        statement(
            r#""Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"accounts.google.com:sub": "1"}}"#
        )
    );
    silent!(
        key_to_be_filled_in,
        cluster(
            r#", "Condition": {"StringEquals": {"@:sub": "x", "${oidc}:aud": "sts.amazonaws.com"}}"#
        )
    );
}
