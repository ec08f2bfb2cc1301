use crate::{
    lint::{Category, Check, Findings, PrincipalAllowlist, Rule, StatementCx, rule},
    policy::{Effect, PolicyType, PolicyTypes, PrincipalEntry, PrincipalKind},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags each principal of an `Allow` that the configuration's `[principal-allowlist]` does not allow,
    /// or blocks. Only kinds of which something is listed are judged:
    ///
    /// - `accounts`, `principals` (patterns of ARNs), `organizations`: whoever stands under `AWS`, and
    ///   `*`. The own account and the trusted ones (the options `account` and `trusted-accounts`) are
    ///   allowed as well. An empty list allows these alone.
    /// - `services`: patterns of what stands under `Service`
    /// - `identity-providers`: patterns of what stands under `Federated`
    /// - `blocked`: accounts, patterns of any of these, or `*` for everybody. Nothing makes up for it.
    ///
    /// A principal under `AWS` and `*` are fine where a condition keeps them to who is allowed: by
    /// `aws:PrincipalOrgID`, `aws:PrincipalOrgPaths`, `aws:PrincipalAccount`, `kms:CallerAccount` or
    /// `aws:PrincipalArn`.
    ///
    /// ## Why it matters
    /// The policy of a resource or a role lets in whom it names, and the account of a former
    /// contractor looks like any other.
    ///
    /// ## Fires
    /// ```toml
    /// [principal-allowlist]
    /// accounts = ["198765432109"]
    /// organizations = ["o-a1b2c3d4e5"]
    /// ```
    ///
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": ["198765432109", "arn:aws:iam::210987654321:role/app"]},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ```toml
    /// [principal-allowlist]
    /// services = ["lambda.amazonaws.com", "ec2.amazonaws.com"]
    /// blocked = ["arn:aws:iam::123456789012:role/legacy-*"]
    /// reason = "see the register of services"
    /// ```
    ///
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {
    ///       "AWS": "arn:aws:iam::123456789012:role/legacy-batch",
    ///       "Service": ["lambda.amazonaws.com", "glue.amazonaws.com"]
    ///     },
    ///     "Action": "sts:AssumeRole"
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```toml
    /// [principal-allowlist]
    /// accounts = ["198765432109"]
    /// organizations = ["o-a1b2c3d4e5"]
    /// ```
    ///
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": ["198765432109", "arn:aws:iam::123456789012:role/app"]},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }, {
    ///     "Effect": "Allow",
    ///     "Principal": "*",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    /// - iam-policy-validator: `blocked_principal`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "principal-allowlist",
        category: Category::Security,
        severity: Severity::High,
        summary: "principal that the project does not allow",
        types: PolicyTypes::of(&[PolicyType::Resource, PolicyType::Trust]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let options = cx.document.options;
    let Some(listed) = &options.requirements.principals else {
        return;
    };
    if !cx.statement.has_effect(Effect::Allow) || cx.never_holds() {
        return;
    }
    let is_kept = cx.has_unfilled_key()
        || cx
            .tests()
            .iter()
            .any(|test| listed.is_kept_by(test, options));
    for entry in cx.named_principals() {
        let is_blocked = listed.blocked.iter().any(|each| each.matches(entry));
        let is_under_condition = is_kept && is_of_accounts(entry);
        if is_blocked {
            report_blocked(entry, listed, out);
        } else if !is_under_condition && !listed.allows(entry, options) {
            report_unlisted(entry, listed, out);
        }
    }
    if let Some(element) = &cx.statement.not_principal
        && listed.judges_accounts()
        && !is_kept
    {
        let message = "everybody but those listed may, not only principals that are allowed";
        let draft = out
            .report(
                cx.document.key_text(element.key_span),
                listed.note.explain(message.to_owned()),
            )
            .help("name in `Principal` those that the configuration's `principal-allowlist` has");
        listed.note.weigh(draft);
    }
}

/// Whether an entry is of a kind that conditions on accounts, organizations and ARNs are about.
fn is_of_accounts(entry: &PrincipalEntry) -> bool {
    matches!(entry.kind, PrincipalKind::Everyone | PrincipalKind::Aws)
}

fn report_blocked(entry: &PrincipalEntry, listed: &PrincipalAllowlist, out: &mut Findings<'_>) {
    let message = format!("`{}` is a blocked principal", entry.text.as_str());
    let draft = out
        .report(entry.text.span(), listed.note.explain(message))
        .help("remove it; the configuration blocks it under `principal-allowlist`");
    listed.note.weigh(draft);
}

fn report_unlisted(entry: &PrincipalEntry, listed: &PrincipalAllowlist, out: &mut Findings<'_>) {
    let message = format!(
        "`{}` is not among the principals that are allowed",
        entry.text.as_str()
    );
    let help = match listed.organizations {
        Some(_) if is_of_accounts(entry) => {
            "name one that the configuration's `principal-allowlist` has, or limit it to an \
             organization there by `aws:PrincipalOrgID`"
        }
        Some(_) | None => "name one that the configuration's `principal-allowlist` has",
    };
    let draft = out
        .report(entry.text.span(), listed.note.explain(message))
        .help(help);
    listed.note.weigh(draft);
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::{
            OrganizationId, PrincipalAllowlist, PrincipalSelector, Requirements,
            testing::{statement, underlined_with},
        },
        policy::AccountId,
    };

    fn found(listed: &PrincipalAllowlist, text: &str) -> Vec<String> {
        let requirements = Requirements {
            principals: Some(listed.clone()),
            ..Requirements::default()
        };
        underlined_with(&super::RULE, text, |options| {
            options.account = AccountId::parse("123456789012");
            options
                .trusted_accounts
                .extend(AccountId::parse("198765432109"));
            options.requirements = requirements.into();
        })
    }

    fn of(principal: &str, rest: &str) -> String {
        statement(&format!(
            r#""Effect": "Allow", "Principal": {principal}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"{rest}"#
        ))
    }

    fn selectors(texts: &[&str]) -> Vec<PrincipalSelector> {
        let parse = |text: &&str| PrincipalSelector::parse(text).unwrap();
        texts.iter().map(parse).collect()
    }

    fn accounts(numbers: &[&str]) -> PrincipalAllowlist {
        let parse = |number: &&str| AccountId::parse(number).unwrap();
        PrincipalAllowlist {
            accounts: Some(numbers.iter().map(parse).collect()),
            ..PrincipalAllowlist::default()
        }
    }

    #[test]
    fn of_accounts_those_that_are_listed_own_or_trusted_may_be_named() {
        let listed = accounts(&["111122223333"]);
        let principals = r#"{"AWS": ["111122223333", "arn:aws:iam::111122223333:role/a", "123456789012", "arn:aws:iam::198765432109:root", "210987654321", "arn:aws:iam::210987654321:user/a", "arn:aws:sts::210987654321:assumed-role/a/b", "AIDAEXAMPLEID1234567"]}"#;
        assert_eq!(
            found(&listed, &of(principals, "")),
            [
                "210987654321",
                "arn:aws:iam::210987654321:user/a",
                "arn:aws:sts::210987654321:assumed-role/a/b",
                "AIDAEXAMPLEID1234567",
            ]
        );
        assert_eq!(found(&listed, &of(r#""*""#, "")), ["*"]);
        assert_eq!(found(&listed, &of(r#"{"AWS": "*"}"#, "")), ["*"]);
    }

    #[test]
    fn principals_are_patterns_of_arns() {
        let listed = PrincipalAllowlist {
            principals: Some(selectors(&["arn:aws:iam::210987654321:role/app-*"])),
            ..PrincipalAllowlist::default()
        };
        let principals = r#"{"AWS": ["arn:aws:iam::210987654321:role/app-a", "arn:aws:sts::210987654321:assumed-role/app-b/i", "arn:aws:iam::210987654321:role/web", "210987654321"]}"#;
        assert_eq!(
            found(&listed, &of(principals, "")),
            ["arn:aws:iam::210987654321:role/web", "210987654321"]
        );
        let root = PrincipalAllowlist {
            principals: Some(selectors(&["arn:*:iam::*:root", "*"])),
            ..PrincipalAllowlist::default()
        };
        assert!(found(&root, &of(r#"{"AWS": ["210987654321", "*"]}"#, "")).is_empty());
    }

    #[test]
    fn only_kinds_that_are_listed_are_judged() {
        let principals = r#"{"AWS": "210987654321", "Service": ["logs.amazonaws.com", "glue.amazonaws.com"], "Federated": "accounts.google.com"}"#;
        let services = PrincipalAllowlist {
            services: Some(selectors(&["logs.amazonaws.com"])),
            ..PrincipalAllowlist::default()
        };
        assert_eq!(
            found(&services, &of(principals, "")),
            ["glue.amazonaws.com"]
        );
        assert_eq!(found(&accounts(&[]), &of(principals, "")), ["210987654321"]);
        let providers = PrincipalAllowlist {
            identity_providers: Some(selectors(&["arn:aws:iam::123456789012:oidc-provider/*"])),
            ..PrincipalAllowlist::default()
        };
        assert_eq!(
            found(&providers, &of(principals, "")),
            ["accounts.google.com"]
        );
    }

    #[test]
    fn a_condition_may_keep_a_principal_to_who_is_allowed() {
        let mut listed = accounts(&["111122223333"]);
        listed.organizations = Some(vec![OrganizationId::parse("o-a1b2c3d4e5").unwrap()]);
        listed.principals = Some(selectors(&["arn:aws:iam::210987654321:role/app-*"]));
        let under = |condition: &str| {
            let rest = format!(r#", "Condition": {condition}"#);
            found(&listed, &of(r#""*""#, &rest))
        };
        for condition in [
            r#"{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#,
            r#"{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}}"#,
            r#"{"StringEquals": {"aws:PrincipalAccount": ["111122223333", "198765432109"]}}"#,
            r#"{"StringEquals": {"kms:CallerAccount": "123456789012"}}"#,
            r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::210987654321:role/app-x*"}}"#,
            r#"{"StringEquals": {"aws:PrincipalOrgID": "${Organization}"}}"#,
        ] {
            assert!(under(condition).is_empty(), "{condition}");
        }
        for condition in [
            r#"{"StringEquals": {"aws:PrincipalOrgID": ["o-a1b2c3d4e5", "o-f6g7h8i9j0"]}}"#,
            r#"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#,
            r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#,
            r#"{"StringLike": {"aws:PrincipalOrgID": "o-*"}}"#,
            r#"{"StringEquals": {"aws:PrincipalAccount": "210987654321"}}"#,
            r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::210987654321:role/*"}}"#,
            r#"{"StringEquals": {"aws:SourceVpce": "vpce-1"}}"#,
        ] {
            assert_eq!(under(condition), ["*"], "{condition}");
        }
    }

    #[test]
    fn nothing_makes_up_for_a_blocked_principal() {
        let listed = PrincipalAllowlist {
            blocked: selectors(&["*", "210987654321", "glue.amazonaws.com"]),
            ..accounts(&["210987654321"])
        };
        let condition =
            r#", "Condition": {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}"#;
        let principals = r#"{"AWS": ["*", "arn:aws:iam::210987654321:role/a", "123456789012"], "Service": ["glue.amazonaws.com", "logs.amazonaws.com"]}"#;
        assert_eq!(
            found(&listed, &of(principals, condition)),
            [
                "*",
                "arn:aws:iam::210987654321:role/a",
                "glue.amazonaws.com"
            ]
        );
    }

    #[test]
    fn not_principal_lets_in_everybody_else() {
        let text = statement(
            r#""Effect": "Allow", "NotPrincipal": {"AWS": "123456789012"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*""#,
        );
        assert_eq!(found(&accounts(&[]), &text), ["NotPrincipal"]);
    }

    #[test]
    fn denials_and_what_is_nobody_or_unknown_are_silent() {
        let listed = accounts(&[]);
        let deny = statement(
            r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::a/*""#,
        );
        assert!(found(&listed, &deny).is_empty());
        let unknown = r#"{"AWS": ["${RoleArn}", "arn:aws:iam::${AccountId}:root", "arn:aws:iam::210987654321:role/*", "arn:aws:iam::210987654321:group/a", "é"]}"#;
        assert!(found(&listed, &of(unknown, "")).is_empty());
    }

    #[test]
    fn trust_policies_are_judged_too() {
        let text = statement(
            r#""Effect": "Allow", "Principal": {"AWS": "210987654321"}, "Action": "sts:AssumeRole""#,
        );
        assert_eq!(found(&accounts(&[]), &text), ["210987654321"]);
    }
}
