use crate::{
    eval::Principal,
    lint::{
        Category, Check, Findings, Rule, StatementCx, edits::remove_item, principals::Named, rule,
    },
    policy::{AccountId, PolicyType, PolicyTypes, PrincipalEntry},
    source::{Safety, Severity},
};
use std::collections::BTreeMap;

rule! {
    /// ## What it does
    /// Flags the number of an account beside the ARN of its root user, which mean the same, and
    /// in trust policies a session beside its role. In policies of resources a session is not
    /// covered by its role: what they grant a session directly, its permissions boundary does not
    /// limit.
    ///
    /// ## Why it matters
    /// The list looks as if it said more than it does.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": ["123456789012", "arn:aws:iam::123456789012:root"]},
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
    ///     "Principal": {"AWS": ["123456789012", "arn:aws:iam::210987654321:root"]},
    ///     "Action": "sts:AssumeRole"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    /// - Access Analyzer: `REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "redundant-principal",
        category: Category::Style,
        severity: Severity::Hint,
        summary: "principal that another one in the list covers",
        types: PolicyTypes::of(&[PolicyType::Resource, PolicyType::Trust, PolicyType::Endpoint]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let entries = cx.named_principals();
    if entries.len() < 2 {
        return;
    }
    let mut accounts: BTreeMap<AccountId, &PrincipalEntry> = BTreeMap::new();
    let mut roles: BTreeMap<(AccountId, &str), &PrincipalEntry> = BTreeMap::new();
    let mut sessions = Vec::new();
    for entry in entries {
        match Named::of(entry) {
            Some(Named::Account(account) | Named::Root(account)) => match accounts.get(&account) {
                Some(first) => report(cx, entry, first, "the same account", out),
                None => {
                    accounts.insert(account, entry);
                }
            },
            Some(Named::Session(account, role)) => sessions.push((entry, account, role)),
            Some(Named::Identity) => {
                if let Ok(Principal::Role { account, .. }) = Principal::parse(entry.text.as_str()) {
                    let name = entry.text.as_str().rsplit('/').next().unwrap_or_default();
                    roles.insert((account, name), entry);
                }
            }
            _ => {}
        }
    }
    if cx.policy_type() != PolicyType::Trust {
        return;
    }
    for (entry, account, role) in sessions {
        if let Some(first) = roles.get(&(account, role.as_str())) {
            report(cx, entry, first, "its role, of any session", out);
        }
    }
}

fn report(
    cx: &StatementCx<'_>,
    entry: &PrincipalEntry,
    first: &PrincipalEntry,
    why: &str,
    out: &mut Findings<'_>,
) {
    let text = entry.text.as_str();
    let draft = out
        .report(
            entry.text.span(),
            format!("`{text}` adds nothing to `{}`", first.text.as_str()),
        )
        .label(first.text.span(), why)
        .help("remove it");
    // The two may be listed under one key, and then neither is its only entry.
    let edit = remove_item(cx.document.source, entry.text.quoted_span());
    if let Some(edit) = edit {
        draft.fix("remove it", Safety::Safe, vec![edit]);
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, silent, statement};

    fn assumed_by(principals: &str) -> String {
        statement(&format!(
            r#""Effect": "Allow", "Principal": {{"AWS": {principals}}}, "Action": "sts:AssumeRole""#
        ))
    }

    fires!(
        account_twice,
        assumed_by(r#"["123456789012", "arn:aws:iam::123456789012:root"]"#),
        "arn:aws:iam::123456789012:root"
    );
    fires!(
        aa_redundant_principal_in_role_trust_policy,
        assumed_by(
            r#"["arn:aws:sts::123456789012:assumed-role/app/i-1", "arn:aws:iam::123456789012:role/x/app"]"#
        ),
        "arn:aws:sts::123456789012:assumed-role/app/i-1"
    );
    silent!(
        session_in_the_policy_of_a_resource,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": ["arn:aws:sts::123456789012:assumed-role/app/i-1", "arn:aws:iam::123456789012:role/app"]}, "Action": "s3:GetObject", "Resource": "*""#
        )
    );
    silent!(
        session_of_another_role,
        assumed_by(
            r#"["arn:aws:sts::123456789012:assumed-role/app/i-1", "arn:aws:iam::123456789012:role/apps"]"#
        )
    );
    silent!(
        not_principal_needs_all_identities,
        statement(
            r#""Effect": "Deny", "NotPrincipal": {"AWS": ["123456789012", "arn:aws:iam::123456789012:root"]}, "Action": "s3:*", "Resource": "*""#
        )
    );

    #[test]
    fn the_fix_removes_the_second() {
        let text = fixed(
            &super::RULE,
            &assumed_by(r#"["123456789012", "arn:aws:iam::123456789012:root"]"#),
        );
        assert!(text.contains(r#"{"AWS": ["123456789012"]}"#), "{text}");
    }
}
