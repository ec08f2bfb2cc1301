use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        edits::replace,
        federation::{BY_SAML, Provider, allows},
        rule,
    },
    policy::{PolicyType, PolicyTypes},
    source::{Safety, Severity, Span},
};

rule! {
    /// ## What it does
    /// Flags an `Allow` of `sts:AssumeRoleWithSAML` without a condition on `SAML:aud`.
    ///
    /// ## Why it matters
    /// `SAML:aud` is where the browser of the user sent the assertion,
    /// `https://signin.aws.amazon.com/saml` for sign-in to the console. Without it, an assertion
    /// of the same identity provider that was sent elsewhere gets the role too.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Federated": "arn:aws:iam::123456789012:saml-provider/idp"},
    ///     "Action": "sts:AssumeRoleWithSAML"
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
    ///     "Principal": {"Federated": "arn:aws:iam::123456789012:saml-provider/idp"},
    ///     "Action": "sts:AssumeRoleWithSAML",
    ///     "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_saml.html>
    /// - iam-policy-validator: `missing_required_condition_for_assume_action`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "saml-missing-aud",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "SAML provider without a check of the audience",
        types: PolicyTypes::of(&[PolicyType::Trust]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let is_saml = |entry: &&_| Provider::of(entry) == Some(Provider::Saml);
    let Some(entry) = cx.named_principals().iter().find(is_saml) else {
        return;
    };
    let is_audience = |key: &str| key.eq_ignore_ascii_case("SAML:aud");
    let mut tests = cx.tests().iter();
    if !allows(cx, BY_SAML)
        || cx.never_holds()
        || cx.has_unfilled_key()
        || tests.any(|test| is_audience(test.key.as_str()))
    {
        return;
    }
    let audience = audience(entry.text.as_str());
    let draft = out
        .report(
            entry.text.span(),
            "the role can be assumed with assertions for any audience",
        )
        .help(format!("ask for `\"SAML:aud\": \"{audience}\"`"));
    if cx.statement.has_element("Condition") {
        return;
    }
    let statement = cx.statement.span;
    let Some(inside) = cx.document.source.slice(statement).strip_suffix('}') else {
        return;
    };
    let at = statement.start + inside.trim_end().len();
    let condition =
        format!(", \"Condition\": {{\"StringEquals\": {{\"SAML:aud\": \"{audience}\"}}}}");
    draft.fix(
        "ask for the audience of the console",
        Safety::Unsafe,
        vec![replace(Span::new(at, at), condition)],
    );
}

/// Where users of a provider sign in to the console.
fn audience(provider: &str) -> &'static str {
    match provider.split(':').nth(1) {
        Some("aws-cn") => "https://signin.amazonaws.cn/saml",
        Some("aws-us-gov") => "https://signin.amazonaws-us-gov.com/saml",
        _ => "https://signin.aws.amazon.com/saml",
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{finding, fires, fixed, silent, statement};

    fn saml(rest: &str) -> String {
        statement(&format!(
            r#""Effect": "Allow", "Principal": {{"Federated": "arn:aws-cn:iam::123456789012:saml-provider/idp"}}, "Action": ["sts:TagSession", "sts:AssumeRoleWithSAML"]{rest}"#
        ))
    }

    fires!(
        no_condition,
        saml(""),
        "arn:aws-cn:iam::123456789012:saml-provider/idp"
    );
    fires!(
        other_keys_of_saml,
        saml(r#", "Condition": {"StringEquals": {"SAML:sub_type": "persistent"}}"#),
        "arn:aws-cn:iam::123456789012:saml-provider/idp"
    );
    silent!(
        audience,
        saml(
            r#", "Condition": {"StringEquals": {"saml:AUD": "https://signin.aws.amazon.com/saml"}}"#
        )
    );
    silent!(
        key_to_be_filled_in,
        saml(r#", "Condition": {"StringEquals": {"${key}": "x"}}"#)
    );
    silent!(
        token,
        statement(
            r#""Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/a.example"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"a.example:sub": "x"}}"#
        )
    );

    #[test]
    fn the_fix_is_of_the_partition() {
        let text = fixed(&super::RULE, &saml(""));
        assert!(text.contains(
            r#""Condition": {"StringEquals": {"SAML:aud": "https://signin.amazonaws.cn/saml"}}}"#
        ));
        let with_condition = saml(r#", "Condition": {"Bool": {"aws:SecureTransport": "true"}}"#);
        assert!(finding(&super::RULE, &with_condition).fix.is_none());
    }
}
