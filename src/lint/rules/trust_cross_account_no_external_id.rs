use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        federation::{BY_KEY, allows},
        options::Standing,
        principals::{Named, caller_limit, is_strict},
        rule,
    },
    policy::{AccountId, PolicyType, PolicyTypes, starts_with_ignoring_case},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Where it is known which account the policy is of (the option `account`), this flags an
    /// `Allow` to the whole of another account, without a condition that asks for an external id,
    /// an organization, or which principal of that account it is. Accounts that are trusted as the
    /// own one is (the option `trusted-accounts`) are not flagged.
    ///
    /// ## Why it matters
    /// A company that acts for many customers assumes roles in their accounts. Without an
    /// external id, one customer can give it the ARN of another's role, and it will use that. Of
    /// an account of the same organization, `aws:PrincipalOrgID` says as much.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "210987654321"},
    ///     "Action": "sts:AssumeRole"
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
    ///     "Principal": {"AWS": "210987654321"},
    ///     "Action": "sts:AssumeRole",
    ///     "Condition": {"StringEquals": {"sts:ExternalId": "a7f3"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html>
    /// - cloudsplaining: `AssumableByCrossAccountPrincipal`
    /// - checkov: `CKV_AWS_61`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "trust-cross-account-no-external-id",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "foreign account is trusted without an external id",
        types: PolicyTypes::of(&[PolicyType::Trust]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let options = cx.document.options;
    if options.account.is_none() {
        return;
    }
    if !allows(cx, BY_KEY) || cx.never_holds() || cx.has_unfilled_key() || is_limited(cx) {
        return;
    }
    for entry in cx.named_principals() {
        let account = Named::of(entry).and_then(|named| named.whole_account());
        let is_foreign = |account: &AccountId| options.standing(*account) == Standing::Foreign;
        let Some(account) = account.filter(is_foreign) else {
            continue;
        };
        out.report(
            entry.text.span(),
            format!("anyone in account {account} may assume the role, for whomever they act"),
        )
        .help("ask for the `sts:ExternalId` that was agreed on, or for `aws:PrincipalOrgID`");
    }
}

fn is_limited(cx: &StatementCx<'_>) -> bool {
    let by_principal = |key: &str| starts_with_ignoring_case(key, "aws:Principal");
    let mut tests = cx.tests().iter();
    caller_limit(cx).is_some()
        || tests.any(|test| is_strict(test.operator) && by_principal(test.key.as_str()))
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::{Options, check, testing::statement},
        policy::AccountId,
        source::Source,
    };

    fn found(own: Option<&str>, principal: &str, condition: &str) -> Vec<String> {
        let text = statement(&format!(
            r#""Effect": "Allow", "Principal": {{"AWS": {principal}}}, "Action": "sts:AssumeRole", "Condition": {condition}"#
        ));
        let source = Source::new("trust.json", text.into_bytes());
        let options = Options {
            account: own.map(|own| AccountId::parse(own).unwrap()),
            trusted_accounts: vec![AccountId::parse("198765432109").unwrap()],
            ..Options::default()
        };
        let findings = check(&source, &options).findings;
        let own = findings
            .iter()
            .filter(|found| found.rule == super::RULE.rule_id());
        own.map(|found| source.slice(found.span).to_owned())
            .collect()
    }

    const OWN: Option<&str> = Some("123456789012");

    #[test]
    fn a_foreign_account_without_a_limit() {
        assert_eq!(found(OWN, r#""210987654321""#, "{}"), ["210987654321"]);
        let list = r#"["123456789012", "arn:aws:iam::210987654321:root"]"#;
        let mfa = r#"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#;
        assert_eq!(found(OWN, list, mfa), ["arn:aws:iam::210987654321:root"]);
        let open = r#"{"StringLike": {"sts:ExternalId": "*"}}"#;
        assert_eq!(found(OWN, r#""210987654321""#, open), ["210987654321"]);
    }

    #[test]
    fn nothing_is_foreign_where_the_own_account_is_not_known() {
        assert!(found(None, r#""210987654321""#, "{}").is_empty());
    }

    #[test]
    fn limits_and_single_roles_are_fine() {
        let foreign = r#""210987654321""#;
        for limit in [
            r#"{"StringEquals": {"STS:externalid": "x"}}"#,
            r#"{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#,
            r#"{"StringEquals": {"aws:PrincipalTag/team": "ops"}}"#,
        ] {
            assert!(found(OWN, foreign, limit).is_empty(), "{limit}");
        }
        assert!(found(OWN, r#""arn:aws:iam::210987654321:role/x""#, "{}").is_empty());
        assert!(found(OWN, r#""123456789012""#, "{}").is_empty());
        assert!(found(OWN, r#""arn:aws:iam::198765432109:root""#, "{}").is_empty());
    }
}
