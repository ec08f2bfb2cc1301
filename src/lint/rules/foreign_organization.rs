use crate::{
    lint::{
        Category, Check, Findings, Rule, TestCx,
        condition_value::{self, Family},
        placeholders::is_unfilled,
        requirements::is_organization,
        rule,
    },
    policy::{ConditionTest, ConditionValue, Effect, PolicyTypes},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Where it is known which organization the account is in (the option `organization-id`), this flags
    /// the ids of others in tests of `aws:PrincipalOrgID`, `aws:ResourceOrgID`, `aws:SourceOrgID` and
    /// of the paths of the same names: those of an `Allow` that let the others through, and those of a
    /// `Deny` that spare them. A test that names the own organization as well is meant so, and silent.
    ///
    /// ## Why it matters
    /// Such ids come along with policies that are copied, and nobody can tell them apart by eye. The
    /// own organization is locked out, and the other let in.
    ///
    /// ## Fires
    /// ```toml
    /// organization-id = "o-a1b2c3d4e5"
    /// ```
    ///
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": "*",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-f6g7h8i9j0"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```toml
    /// organization-id = "o-a1b2c3d4e5"
    /// ```
    ///
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": "*",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringEquals": {"aws:PrincipalOrgID": ["o-a1b2c3d4e5", "o-f6g7h8i9j0"]}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "foreign-organization",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "condition names another organization than the own",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let Some(own) = cx.statement.document.options.organization.as_deref() else {
        return;
    };
    let negated = cx.test.operator.comparison.is_negated();
    let lets_through = cx.has_effect(Effect::Allow) && !negated;
    let spares = cx.has_effect(Effect::Deny) && negated;
    if !is_about_organizations(cx.test) || !lets_through && !spares {
        return;
    }
    let ids = || {
        cx.test
            .values
            .iter()
            .filter_map(|value| Some((value, id(value)?)))
    };
    // What is yet to be filled in may be the own one.
    if ids().any(|(value, id)| id == own || is_unfilled(&value.text)) {
        return;
    }
    for (value, id) in ids().filter(|(_, id)| is_organization(id)) {
        let draft = out
            .report(
                condition_value::span(value),
                format!("names `{id}`, and the organization is `{own}`"),
            )
            .help(format!(
                "write `{own}`, or name it as well if the other organization is meant"
            ));
        let edit = condition_value::replaced(value, &value.text.replacen(id, own, 1));
        if value.text == id {
            draft.fix(format!("write `{own}`"), Safety::Unsafe, vec![edit]);
        }
    }
}

fn is_about_organizations(test: &ConditionTest) -> bool {
    let format = condition_value::format(test.key.as_str());
    Family::of(test.operator.comparison) == Family::Text
        && matches!(format, Some("organization" | "organization path"))
}

/// The id of a value, or of the path that it is.
fn id(value: &ConditionValue) -> Option<&str> {
    value.text.split('/').next()
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{statement, underlined_with};

    fn found(effect: &str, condition: &str) -> Vec<String> {
        let text = statement(&format!(
            r#""Effect": "{effect}", "Action": "s3:GetObject", "Resource": "*", "Condition": {condition}"#
        ));
        underlined_with(&super::RULE, &text, |options| {
            options.organization = Some("o-a1b2c3d4e5".to_owned());
        })
    }

    #[test]
    fn another_organization_that_is_let_through_or_spared() {
        assert_eq!(
            found(
                "Allow",
                r#"{"StringEquals": {"AWS:resourceorgid": "o-f6g7h8i9j0"}}"#
            ),
            ["o-f6g7h8i9j0"]
        );
        assert_eq!(
            found(
                "Deny",
                r#"{"StringNotEqualsIfExists": {"aws:SourceOrgID": ["o-f6g7h8i9j0", "o-k1l2m3n4o5"]}}"#
            ),
            ["o-f6g7h8i9j0", "o-k1l2m3n4o5"]
        );
        assert_eq!(
            found(
                "Allow",
                r#"{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-f6g7h8i9j0/r-ab12/*"}}"#
            ),
            ["o-f6g7h8i9j0/r-ab12/*"]
        );
    }

    #[test]
    fn what_is_meant_so_or_is_not_known() {
        for (effect, condition) in [
            (
                "Allow",
                r#"{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#,
            ),
            (
                "Allow",
                r#"{"StringEquals": {"aws:PrincipalOrgID": ["o-f6g7h8i9j0", "o-a1b2c3d4e5"]}}"#,
            ),
            (
                "Allow",
                r#"{"StringEquals": {"aws:PrincipalOrgID": ["${Organization}", "o-f6g7h8i9j0"]}}"#,
            ),
            ("Allow", r#"{"StringLike": {"aws:PrincipalOrgID": "o-*"}}"#),
            (
                "Allow",
                r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-f6g7h8i9j0"}}"#,
            ),
            (
                "Deny",
                r#"{"StringEquals": {"aws:PrincipalOrgID": "o-f6g7h8i9j0"}}"#,
            ),
            (
                "Allow",
                r#"{"StringEquals": {"aws:userid": "o-f6g7h8i9j0"}}"#,
            ),
        ] {
            assert!(found(effect, condition).is_empty(), "{condition}");
        }
    }

    #[test]
    fn nothing_is_foreign_where_the_own_organization_is_not_known() {
        let text = statement(
            r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-f6g7h8i9j0"}}"#,
        );
        assert!(underlined_with(&super::RULE, &text, |_| {}).is_empty());
    }
}
