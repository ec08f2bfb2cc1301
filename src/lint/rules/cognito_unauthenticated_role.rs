use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        federation::{names_customer, tests_of, token_providers},
        principals::is_equality,
        rule,
    },
    policy::{Case, PolicyType, PolicyTypes, Wildcard},
    source::Severity,
};

const COGNITO: &str = "cognito-identity.amazonaws.com";
const GUEST: &str = "unauthenticated";

rule! {
    /// ## What it does
    /// Flags an `Allow` to `cognito-identity.amazonaws.com` that does not ask which identity pool
    /// the token is from (`high`), and one for identities that did not sign in: `unauthenticated`
    /// as `cognito-identity.amazonaws.com:amr`, or no condition on that key at all.
    ///
    /// ## Why it matters
    /// Everyone can create an identity pool in an account of their own, and with it tokens that
    /// such a role takes. A role for guests is as good as public: the id of the pool stands in
    /// the code of the app.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Federated": "cognito-identity.amazonaws.com"},
    ///     "Action": "sts:AssumeRoleWithWebIdentity",
    ///     "Condition": {
    ///       "StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:12345678-abcd-abcd-abcd-1234567890ab"},
    ///       "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "unauthenticated"}
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
    ///     "Principal": {"Federated": "cognito-identity.amazonaws.com"},
    ///     "Action": "sts:AssumeRoleWithWebIdentity",
    ///     "Condition": {
    ///       "StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:12345678-abcd-abcd-abcd-1234567890ab"},
    ///       "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}
    ///     }
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "cognito-unauthenticated-role",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "role for guests of Cognito, or of any identity pool",
        types: PolicyTypes::of(&[PolicyType::Trust]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let providers = token_providers(cx);
    let Some((entry, _)) = providers.iter().find(|(_, issuer)| *issuer == COGNITO) else {
        return;
    };
    let names = |claim: &'static str| tests_of(cx, COGNITO, claim).any(names_customer);
    if !names("aud") && !names("sub") {
        out.report(
            entry.text.span(),
            "identities of any identity pool, of any account, can assume the role",
        )
        .severity(Severity::High)
        .help(format!("ask for the id of the pool as `{COGNITO}:aud`"));
    }
    if names("aud") && !names("sub") && tests_of(cx, COGNITO, "amr").next().is_none() {
        out.report(
            entry.text.span(),
            "whoever has the id of the identity pool can assume the role, if it admits guests",
        )
        .help(format!(
            "ask for `authenticated` as `{COGNITO}:amr` by `ForAnyValue:StringLike`"
        ));
    }
    for test in tests_of(cx, COGNITO, "amr").filter(|test| is_equality(test.operator)) {
        for value in &test.values {
            let is_guest = value.text == GUEST
                || test.operator.comparison.reads_wildcards()
                    && Wildcard::new(&value.text, Case::Sensitive).matches(GUEST);
            if is_guest {
                out.report(
                    value.source_span(0..value.text.len()),
                    "whoever has the id of the identity pool can assume the role",
                )
                .help("give guests as little as possible, or ask for `authenticated`");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{fires, severity, silent, statement},
        source::Severity,
    };

    /// A trust policy for Cognito under a condition, in which `@` stands for its issuer.
    fn cognito(condition: &str) -> String {
        let condition = condition.replace("@:", "cognito-identity.amazonaws.com:");
        statement(&format!(
            r#""Effect": "Allow", "Principal": {{"Federated": "cognito-identity.amazonaws.com"}}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {condition}"#
        ))
    }

    fires!(
        guests,
        cognito(
            r#"{"StringEquals": {"@:aud": "eu-west-1:0-0"}, "ForAnyValue:StringLike": {"@:amr": ["authenticated", "unauthenticated"]}}"#
        ),
        "unauthenticated"
    );
    fires!(
        guests_by_a_wildcard,
        cognito(
            r#"{"StringEquals": {"@:aud": "eu-west-1:0-0"}, "ForAnyValue:StringLike": {"@:AMR": "*"}}"#
        ),
        "*"
    );
    fires!(
        any_pool,
        cognito(r#"{"ForAnyValue:StringLike": {"@:amr": "authenticated"}}"#),
        "cognito-identity.amazonaws.com"
    );
    fires!(
        any_pool_of_a_region,
        cognito(r#"{"StringLike": {"@:aud": "eu-west-1:*"}}"#),
        "cognito-identity.amazonaws.com"
    );
    fires!(
        guests_as_nothing_asks_for_a_sign_in,
        cognito(r#"{"StringEquals": {"Cognito-Identity.amazonaws.com:aud": "eu-west-1:0-0"}}"#),
        "cognito-identity.amazonaws.com"
    );
    silent!(
        users_of_a_provider_of_the_pool,
        cognito(
            r#"{"StringEquals": {"@:aud": "eu-west-1:0-0"}, "ForAnyValue:StringLike": {"@:amr": "accounts.google.com"}}"#
        )
    );
    silent!(
        users_of_one_pool,
        cognito(
            r#"{"StringEquals": {"@:aud": "eu-west-1:0-0"}, "ForAnyValue:StringLike": {"@:amr": "authenticated"}}"#
        )
    );
    silent!(
        one_identity,
        cognito(r#"{"StringEquals": {"@:sub": "eu-west-1:0-0"}}"#)
    );
    silent!(
        pool_to_be_filled_in,
        cognito(
            r#"{"StringEquals": {"@:aud": "${IdentityPool}"}, "ForAnyValue:StringLike": {"@:amr": "authenticated"}}"#
        )
    );
    silent!(
        not_guests,
        cognito(
            r#"{"StringEquals": {"@:aud": "x"}, "ForAllValues:StringNotEquals": {"@:amr": "unauthenticated"}}"#
        )
    );

    #[test]
    fn a_pool_of_anyone_is_worse_than_guests() {
        assert_eq!(
            severity(
                &super::RULE,
                &cognito(r#"{"Bool": {"aws:SecureTransport": "true"}}"#)
            ),
            Severity::High
        );
    }
}
