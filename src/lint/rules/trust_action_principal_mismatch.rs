use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        edits::replace,
        federation::{BY_KEY, BY_SAML, BY_TOKEN, Provider},
        reach::stands_for,
        rule,
    },
    policy::{Effect, PolicyType, PolicyTypes, PrincipalEntry, PrincipalKind},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags an `AssumeRole` action that none of the principals of its statement can use, and a
    /// principal that can use none of the actions. Users of a SAML provider come by
    /// `sts:AssumeRoleWithSAML`, those of an OpenID Connect provider by
    /// `sts:AssumeRoleWithWebIdentity`, and principals of AWS and services by `sts:AssumeRole`.
    /// `sts:TagSession`, `sts:SetSourceIdentity` and `sts:SetContext` go with each.
    ///
    /// ## Why it matters
    /// The statement is accepted, and the call that it was written for is denied.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.example"},
    ///     "Action": "sts:AssumeRole",
    ///     "Condition": {"StringEquals": {"gitlab.example:sub": "project_path:a/b"}}
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
    ///     "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.example"},
    ///     "Action": "sts:AssumeRoleWithWebIdentity",
    ///     "Condition": {"StringEquals": {"gitlab.example:sub": "project_path:a/b"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html>
    /// - Access Analyzer: `MISMATCHED_ACTION_FOR_PRINCIPAL`
    /// - iam-policy-validator: `invalid_principal_type_for_assume_action`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "trust-action-principal-mismatch",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "principal cannot assume the role by this action",
        types: PolicyTypes::of(&[PolicyType::Trust]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let (principals, actions) = (cx.named_principals(), cx.listed_actions());
    if !cx.statement.has_effect(Effect::Allow) || principals.is_empty() || actions.is_empty() {
        return;
    }
    if !cx.can_afford(principals.len().saturating_mul(actions.len())) {
        return;
    }
    let all = [BY_KEY, BY_SAML, BY_TOKEN];
    let mut is_reported = false;
    for entry in actions {
        let action = all
            .into_iter()
            .find(|action| entry.as_str().eq_ignore_ascii_case(action));
        let Some(action) = action else { continue };
        if principals.iter().any(|entry| ways(entry).contains(&action)) {
            continue;
        }
        is_reported = true;
        report_action(cx, entry.text(), action, out);
    }
    let assumes = actions.iter().any(|entry| {
        let mut all = all.into_iter();
        all.any(|action| stands_for(entry, action))
    });
    if is_reported || !assumes {
        return;
    }
    for principal in principals {
        let fits = ways(principal).iter().any(|action| {
            let mut entries = actions.iter();
            entries.any(|entry| stands_for(entry, action))
        });
        if let (false, Some(action)) = (fits, ways(principal).first()) {
            out.report(
                principal.text.span(),
                format!(
                    "`{}` cannot assume the role by any of these actions",
                    principal.text.as_str()
                ),
            )
            .help(format!("allow it `{action}` in a statement of its own"));
        }
    }
}

fn report_action(
    cx: &StatementCx<'_>,
    text: &crate::syntax::Text<'_>,
    action: &str,
    out: &mut Findings<'_>,
) {
    let principals = cx.named_principals();
    let mut draft = out.report(
        text.span(),
        format!("none of the principals can assume the role by `{action}`"),
    );
    let Some(first) = principals.first() else {
        return;
    };
    draft = draft.label(first.text.span(), kind(first));
    let [right] = ways(first) else {
        draft.help("use the action of the kind of provider");
        return;
    };
    let is_alone = principals.iter().all(|entry| ways(entry) == [*right]);
    let is_listed = cx
        .listed_actions()
        .iter()
        .any(|entry| stands_for(entry, right));
    draft = draft.help(format!("use `{right}`"));
    if is_alone && !is_listed {
        draft.fix(
            format!("use `{right}`"),
            Safety::Unsafe,
            vec![replace(text.content_span(), *right)],
        );
    }
}

/// The actions by which a principal can assume a role.
fn ways(entry: &PrincipalEntry) -> &'static [&'static str] {
    match entry.kind {
        PrincipalKind::Aws if entry.text.as_str() != "*" => &[BY_KEY],
        PrincipalKind::Service => &[BY_KEY],
        PrincipalKind::Aws | PrincipalKind::Everyone | PrincipalKind::CanonicalUser => {
            &[BY_KEY, BY_SAML, BY_TOKEN]
        }
        PrincipalKind::Federated => match Provider::of(entry) {
            Some(Provider::Saml) => &[BY_SAML],
            Some(Provider::Oidc(_) | Provider::Domain(_)) => &[BY_TOKEN],
            Some(Provider::Unfilled | Provider::Neither) | None => &[BY_SAML, BY_TOKEN],
        },
    }
}

fn kind(entry: &PrincipalEntry) -> &'static str {
    match (entry.kind, Provider::of(entry)) {
        (PrincipalKind::Service, _) => "a service",
        (_, Some(Provider::Saml)) => "a SAML provider",
        (_, Some(Provider::Oidc(_))) => "an OpenID Connect provider",
        (_, Some(_)) => "an identity provider",
        (_, None) => "a principal of AWS",
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{finding, fires, fixed, silent, statement},
        source::Safety,
    };

    fn assumed_by(principal: &str, action: &str) -> String {
        statement(&format!(
            r#""Effect": "Allow", "Principal": {principal}, "Action": {action}"#
        ))
    }

    const SAML: &str = r#"{"Federated": "arn:aws:iam::123456789012:saml-provider/idp"}"#;
    const OIDC: &str = r#"{"Federated": "arn:aws:iam::${Account}:oidc-provider/gitlab.com"}"#;

    fires!(
        aa_mismatched_action_for_principal,
        assumed_by(
            r#"{"Federated": "cognito-identity.amazonaws.com"}"#,
            r#"["sts:AssumeRole", "sts:TagSession"]"#
        ),
        "sts:AssumeRole"
    );
    fires!(
        saml_by_token,
        assumed_by(SAML, r#""STS:assumerolewithwebidentity""#),
        "STS:assumerolewithwebidentity"
    );
    fires!(
        service_by_saml,
        assumed_by(
            r#"{"Service": "ec2.amazonaws.com"}"#,
            r#""sts:AssumeRoleWithSAML""#
        ),
        "sts:AssumeRoleWithSAML"
    );
    fires!(
        one_principal_of_two,
        assumed_by(
            r#"{"AWS": "123456789012", "Federated": "arn:aws:iam::123456789012:saml-provider/idp"}"#,
            r#""sts:AssumeRole""#
        ),
        "arn:aws:iam::123456789012:saml-provider/idp"
    );
    silent!(
        right,
        assumed_by(
            OIDC,
            r#"["sts:AssumeRoleWithWebIdentity", "sts:TagSession"]"#
        )
    );
    silent!(
        each_has_its_own,
        assumed_by(
            r#"{"Service": "ec2.amazonaws.com", "Federated": "arn:aws:iam::123456789012:saml-provider/idp"}"#,
            r#"["sts:AssumeRole", "sts:AssumeRoleWithSAML"]"#
        )
    );
    silent!(
        only_tags,
        assumed_by(SAML, r#"["sts:TagSession", "sts:SetSourceIdentity"]"#)
    );
    silent!(wildcard, assumed_by(SAML, r#""sts:AssumeRole*""#));
    silent!(
        everyone,
        assumed_by(r#""*""#, r#""sts:AssumeRoleWithWebIdentity""#)
    );
    silent!(
        provider_to_be_filled_in,
        assumed_by(
            r#"{"Federated": "${var.provider}"}"#,
            r#""sts:AssumeRoleWithSAML""#
        )
    );

    #[test]
    fn the_fix_is_the_action_of_the_provider() {
        let before = assumed_by(OIDC, r#""sts:AssumeRole""#);
        // It begins to grant.
        let fix = finding(&super::RULE, &before).fix.unwrap();
        assert_eq!(fix.safety, Safety::Unsafe);
        let text = fixed(&super::RULE, &before);
        assert!(text.contains(r#""Action": "sts:AssumeRoleWithWebIdentity""#));
    }
}
