use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        federation::{BY_KEY, allows},
        options::Standing,
        principals::Named,
        rule,
    },
    policy::{AccountId, PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` to a whole account in a trust policy, by its number or by the ARN of its
    /// root user, without any condition. Where the account of the policy is known, others than that one
    /// and those that are trusted as it is are `trust-cross-account-no-external-id`'s.
    ///
    /// ## Why it matters
    /// `root` does not mean the root user: every user and role of that account may assume this
    /// role, if a policy of theirs allows it. Whoever writes those policies decides.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
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
    ///     "Principal": {"AWS": "arn:aws:iam::123456789012:role/ci"},
    ///     "Action": "sts:AssumeRole"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    /// - cloudsplaining: `AssumableByCrossAccountPrincipal`
    /// - checkov: `CKV_AWS_61`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "trust-account-root",
        category: Category::Security,
        severity: Severity::Low,
        summary: "whole account may assume the role",
        types: PolicyTypes::of(&[PolicyType::Trust]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    if cx.statement.condition.is_some() || !allows(cx, BY_KEY) {
        return;
    }
    let options = cx.document.options;
    for entry in cx.named_principals() {
        let account = Named::of(entry).and_then(|named| named.whole_account());
        let may_be_own = |account: &AccountId| options.standing(*account) != Standing::Foreign;
        let Some(account) = account.filter(may_be_own) else {
            continue;
        };
        out.report(
            entry.text.span(),
            format!("every user and role of account {account} may assume the role"),
        )
        .help("name the roles that may, or limit them by a condition on `aws:PrincipalArn`");
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{fires, silent, statement, underlined_with},
        policy::AccountId,
    };

    fn assumed_by(principal: &str, rest: &str) -> String {
        statement(&format!(
            r#""Effect": "Allow", "Principal": {{"AWS": {principal}}}, "Action": "sts:AssumeRole"{rest}"#
        ))
    }

    fires!(
        root,
        assumed_by(r#""arn:aws:iam::123456789012:root""#, ""),
        "arn:aws:iam::123456789012:root"
    );
    fires!(
        number_in_a_list,
        assumed_by(
            r#"["arn:aws:iam::123456789012:role/a", "210987654321"]"#,
            ""
        ),
        "210987654321"
    );
    silent!(
        role,
        assumed_by(r#""arn:aws:iam::123456789012:role/a""#, "")
    );
    silent!(
        under_a_condition,
        assumed_by(
            r#""123456789012""#,
            r#", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "ops"}}"#
        )
    );
    silent!(
        key_policies_name_it_by_right,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "kms:*", "Resource": "*""#
        )
    );

    #[test]
    fn trusted_accounts_count_as_the_own_one() {
        let text = assumed_by(r#"["123456789012", "210987654321", "198765432109"]"#, "");
        let account = |text| AccountId::parse(text);
        let found = underlined_with(&super::RULE, &text, |options| {
            options.account = account("123456789012");
            options.trusted_accounts.extend(account("210987654321"));
        });
        assert_eq!(found, ["123456789012", "210987654321"]);
    }
}
