use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        edits::replace,
        federation::{shared_issuer, tests_of, token_providers},
        rule,
    },
    policy::{ConditionTest, PolicyType, PolicyTypes, Quantifier},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags `ForAllValues` on the `aud` of an OpenID Connect provider, and `ForAnyValue` where
    /// the issuer is known to put one audience into a token. Of an issuer of which nothing is known it is
    /// a `hint` to look.
    ///
    /// ## Why it matters
    /// `ForAllValues` holds where the token has no such claim, or where the key is misspelt.
    /// `ForAnyValue` is for claims with several values; AWS asks for it where a token has several
    /// audiences, and then one of them being right is enough, whatever the others are.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},
    ///     "Action": "sts:AssumeRoleWithWebIdentity",
    ///     "Condition": {
    ///       "ForAllValues:StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
    ///       "StringEquals": {"token.actions.githubusercontent.com:sub": "repo:acme/web:environment:prod"}
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
    ///     "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},
    ///     "Action": "sts:AssumeRoleWithWebIdentity",
    ///     "Condition": {
    ///       "StringEquals": {
    ///         "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
    ///         "token.actions.githubusercontent.com:sub": "repo:acme/web:environment:prod"
    ///       }
    ///     }
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
    /// - Access Analyzer: `FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE`, `CONFIRM_AUDIENCE_CLAIM_TYPE`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "oidc-aud-qualifier",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "set operator on the audience",
        types: PolicyTypes::of(&[PolicyType::Trust]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for (_, issuer) in token_providers(cx) {
        let known = shared_issuer(issuer);
        let has_one = known.is_some_and(|known| known.has_one_audience);
        // Clusters of EKS give lists of audiences.
        let may_have_one = known.is_none() && !issuer.starts_with("oidc.eks.");
        for test in tests_of(cx, issuer, "aud") {
            let operator = test.operator_text.as_str();
            let message = match test.operator.quantifier {
                Some(Quantifier::ForAllValues) => {
                    format!("`{operator}` also holds for tokens without an audience")
                }
                Some(Quantifier::ForAnyValue) if has_one => {
                    format!(
                        "tokens of `{issuer}` have one audience, and `{operator}` is for several"
                    )
                }
                Some(Quantifier::ForAnyValue) if may_have_one => format!(
                    "`{operator}` is for tokens with several audiences, and those of `{issuer}` may have one"
                ),
                Some(Quantifier::ForAnyValue) | None => continue,
            };
            let Some((_, plain)) = operator.split_once(':') else {
                continue;
            };
            let draft = out
                .report(test.operator_text.span(), message)
                .label(test.key.span(), "one text a token")
                .help(format!("compare by `{plain}`"));
            let draft = if test.operator.quantifier == Some(Quantifier::ForAnyValue) && !has_one {
                draft.severity(Severity::Hint)
            } else {
                draft
            };
            if is_alone(cx, test, plain) {
                draft.fix(
                    format!("compare by `{plain}`"),
                    Safety::Unsafe,
                    vec![replace(test.operator_text.content_span(), plain)],
                );
            }
        }
    }
}

/// Whether nothing else stands under the operator of a test, and nothing under the other one.
fn is_alone(cx: &StatementCx<'_>, test: &ConditionTest, plain: &str) -> bool {
    cx.tests().iter().all(|other| {
        let shares = other.key.span() != test.key.span()
            && other.operator_text.span() == test.operator_text.span();
        let is_plain = other.operator_text.as_str().eq_ignore_ascii_case(plain);
        !shares && !is_plain
    })
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{finding, fires, fixed, silent, statement};

    const GITHUB: &str = "token.actions.githubusercontent.com";

    /// A trust policy for GitHub under a condition, in which `@` stands for its issuer.
    fn github(condition: &str) -> String {
        let condition = condition.replace("@:", &format!("{GITHUB}:"));
        statement(&format!(
            r#""Effect": "Allow", "Principal": {{"Federated": "arn:aws:iam::123456789012:oidc-provider/{GITHUB}"}}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {condition}"#
        ))
    }

    fires!(
        for_all_values,
        github(
            r#"{"ForAllValues:StringEquals": {"@:aud": "x", "@:sub": "repo:a/b:ref:refs/heads/c"}}"#
        ),
        "ForAllValues:StringEquals"
    );
    fires!(
        aa_foranyvalue_with_audience_claim_type,
        github(r#"{"forAnyValue:StringLike": {"Token.actions.githubusercontent.com:AUD": "x"}}"#),
        "forAnyValue:StringLike"
    );
    fires!(
        aa_confirm_audience_claim_type,
        github(r#"{"ForAnyValue:StringEquals": {"@:aud": "x"}}"#)
            .replace(GITHUB, "login.harborline.net"),
        "ForAnyValue:StringEquals"
    );
    silent!(plain, github(r#"{"StringEquals": {"@:aud": "x"}}"#));
    silent!(
        other_claims,
        github(r#"{"ForAnyValue:StringLike": {"@:sub": "repo:a/b:*"}}"#)
    );
    silent!(
        clusters_give_lists_of_audiences,
        github(r#"{"ForAnyValue:StringEquals": {"@:aud": "x"}}"#)
            .replace(GITHUB, "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE")
    );
    silent!(
        authenticated_users_of_cognito,
        statement(
            r#""Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:0-0"}, "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}}"#
        )
    );

    #[test]
    fn the_fix_drops_the_set_operator() {
        let text = github(
            r#"{"ForAllValues:StringEquals": {"@:aud": "x"}, "StringLike": {"@:sub": "repo:a/b:*"}}"#,
        );
        assert!(fixed(&super::RULE, &text).contains(r#"{"StringEquals": {"token"#));
    }

    #[test]
    fn there_is_no_fix_where_the_plain_operator_is_there_already() {
        let text = github(
            r#"{"ForAllValues:StringEquals": {"@:aud": "x"}, "StringEquals": {"@:sub": "repo:a/b:ref:refs/heads/c"}}"#,
        );
        assert!(finding(&super::RULE, &text).fix.is_none());
    }
}
