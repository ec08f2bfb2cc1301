use crate::{
    eval::WEB_IDENTITY_PROVIDERS,
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        federation::{
            claim, is_claim_key, is_github, is_of_session, names_customer, shared_issuer,
            token_providers,
        },
        principals::{is_equality, is_strict},
        rule,
    },
    policy::{ConditionTest, PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` to an OpenID Connect provider that all its customers share (GitHub
    /// Actions, GitLab.com, HCP Terraform, Buildkite and others) where no condition leaves out
    /// the tokens of other customers: there is no condition on `sub`, or on whichever claim names
    /// the customer, or its pattern matches every customer. Where the condition is there but
    /// holds without the claim as well, by `ForAllValues` or `IfExists`, it is `high`. Wide
    /// patterns for GitHub are `oidc-github-sub-wide`'s.
    ///
    /// IAM refuses such policies for the issuers that it knows to be shared since 2025. Roles
    /// that are older still have them.
    ///
    /// ## Why it matters
    /// An audience is not a secret, and says nothing of who asks. Anyone with a free account at
    /// the issuer gets a token with the right audience, and with that the role.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},
    ///     "Action": "sts:AssumeRoleWithWebIdentity",
    ///     "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}
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
    ///     "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},
    ///     "Action": "sts:AssumeRoleWithWebIdentity",
    ///     "Condition": {
    ///       "StringEquals": {
    ///         "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
    ///         "token.actions.githubusercontent.com:sub": "repo:acme/web:environment:production"
    ///       }
    ///     }
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html>
    /// - Access Analyzer: `MISSING_GITHUB_REPO_CONDITION_KEY`
    /// - checkov: `CKV_AWS_358`, `CKV_AWS_393`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "oidc-missing-sub",
        category: Category::Security,
        severity: Severity::Critical,
        summary: "shared issuer without a claim that names the customer",
        types: PolicyTypes::of(&[PolicyType::Trust]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

/// Claims that say what runs or for whom, and not whose it is.
const OF_NOBODY: [&str; 7] = ["aud", "iss", "ref", "environment", "workflow", "amr", "azp"];

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for (entry, issuer) in token_providers(cx) {
        let Some(known) = shared_issuer(issuer) else {
            continue;
        };
        // Of the providers that AWS knows by itself another rule tells.
        if WEB_IDENTITY_PROVIDERS.contains(&issuer) {
            continue;
        }
        // A condition on claims of another issuer never holds for this one.
        let of_another = |test: &ConditionTest| {
            is_strict(test.operator)
                && is_claim_key(test.key.as_str())
                && claim(test, issuer).is_none()
        };
        let mut tests = cx.tests().iter();
        if tests.any(|test| is_of_session(test) || of_another(test)) {
            continue;
        }
        let customer = |test: &ConditionTest| {
            claim(test, issuer).is_some_and(|name| {
                let is = |known: &str| known.eq_ignore_ascii_case(name);
                known.claims.split(", ").any(is) || !OF_NOBODY.iter().any(|known| is(known))
            })
        };
        let is_limit = |test: &ConditionTest| {
            // How wide a pattern for GitHub is, is another rule's to say.
            let is_named = names_customer(test) || is_github(issuer) && is_strict(test.operator);
            customer(test) && is_named
        };
        if cx.tests().iter().any(is_limit) {
            continue;
        }
        let usual = known.claims.split(", ").next().unwrap_or_default();
        let help = format!("ask for `{issuer}:{usual}` of your own");
        let loose = |test: &&ConditionTest| customer(test) && is_equality(test.operator);
        match cx.tests().iter().find(loose) {
            Some(test) if !is_strict(test.operator) => {
                out.report(
                    test.operator_text.span(),
                    format!(
                        "`{}` also holds for tokens without `{}`",
                        test.operator_text.as_str(),
                        test.key.as_str()
                    ),
                )
                .severity(Severity::High)
                .label(
                    entry.text.span(),
                    format!("shared by the customers of {}", known.who),
                )
                .help("compare without `ForAllValues` and `IfExists`");
            }
            Some(test) => {
                out.report(
                    test.span,
                    format!("tokens of every customer of {} match", known.who),
                )
                .label(entry.text.span(), "shared by all of them")
                .help(help);
            }
            None => {
                out.report(
                    entry.text.span(),
                    format!("anyone with a token of {} can assume the role", known.who),
                )
                .help(help);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, severity, silent, statement};
    use crate::source::Severity;

    const GITHUB: &str = "token.actions.githubusercontent.com";

    /// A trust policy for GitHub under a condition, in which `@` stands for its issuer.
    fn github(condition: &str) -> String {
        let condition = condition.replace("@:", &format!("{GITHUB}:"));
        statement(&format!(
            r#""Effect": "Allow", "Principal": {{"Federated": "arn:aws:iam::123456789012:oidc-provider/{GITHUB}"}}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {condition}"#
        ))
    }

    fn of_issuer(issuer: &str, condition: &str) -> String {
        github(condition).replace(GITHUB, issuer)
    }

    fires!(
        aa_missing_github_repo_condition_key,
        github(r#"{"StringEquals": {"@:aud": "sts.amazonaws.com"}}"#),
        "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    );
    fires!(
        no_condition,
        statement(
            r#""Effect": "Allow", "Principal": {"Federated": ["arn:aws:iam::${Account}:oidc-provider/gitlab.com"]}, "Action": "sts:*""#
        ),
        "arn:aws:iam::${Account}:oidc-provider/gitlab.com"
    );
    fires!(
        holds_without_the_claim,
        github(r#"{"ForAllValues:StringLike": {"@:sub": "repo:acme/web:*"}}"#),
        "ForAllValues:StringLike"
    );
    fires!(
        pattern_for_every_customer,
        of_issuer(
            "app.terraform.io",
            r#"{"StringLike": {"@:sub": "organization:*:project:prod:*"}}"#
        ),
        r#""organization:*:project:prod:*""#
    );
    fires!(
        environment_says_nothing_of_the_owner,
        github(r#"{"StringEquals": {"@:environment": "production"}}"#),
        "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    );
    silent!(
        sub,
        github(r#"{"StringLike": {"TOKEN.actions.githubusercontent.com:Sub": "repo:acme/*"}}"#)
    );
    silent!(
        key_with_its_scheme_never_holds,
        github(
            r#"{"StringEquals": {"https://@:sub": "repo:acme/web:pull_request", "@:aud": "sts.amazonaws.com"}}"#
        )
    );
    silent!(
        wide_pattern_is_another_rule,
        github(r#"{"StringLike": {"@:sub": "*"}}"#)
    );
    silent!(
        number_of_the_repository,
        github(r#"{"StringEquals": {"@:repository_id": "123"}}"#)
    );
    silent!(
        any_value,
        github(r#"{"ForAnyValue:StringLike": {"@:sub": ["repo:acme/web:*"]}}"#)
    );
    silent!(
        gitlab,
        of_issuer(
            "gitlab.com",
            r#"{"StringLike": {"@:sub": "project_path:acme/*:ref_type:branch:ref:main"}}"#
        )
    );
    silent!(
        audience_that_names_the_customer,
        of_issuer(
            "api.pulumi.com/oidc",
            r#"{"StringEquals": {"@:aud": "aws:acme"}}"#
        )
    );
    silent!(
        cluster_of_its_own,
        of_issuer(
            "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE",
            r#"{"StringEquals": {"@:aud": "sts.amazonaws.com"}}"#
        )
    );
    silent!(
        key_to_be_filled_in,
        github(r#"{"StringEquals": {"${issuer}:sub": "repo:acme/web:*"}}"#)
    );
    silent!(
        deny,
        github(r#"{"StringEquals": {"@:aud": "x"}}"#).replace("Allow", "Deny")
    );

    #[test]
    fn a_condition_that_holds_without_the_claim_is_better_than_none() {
        let of = |condition: &str| severity(&super::RULE, &github(condition));
        assert_eq!(
            of(r#"{"StringLikeIfExists": {"@:sub": "repo:acme/web:*"}}"#),
            Severity::High
        );
        assert_eq!(of(r#"{"Null": {"@:sub": "false"}}"#), Severity::Critical);
    }
}
