use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        principals::{Named, caller_limit},
        rule,
    },
    policy::{Effect, PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` to `*` in a trust policy. Where a condition asks for an organization, an
    /// account, the ARN of a principal or an external id it is `medium`. Conditions that let
    /// everyone through, such as `o-*` or those with `IfExists` on the organization, do not
    /// count.
    ///
    /// ## Why it matters
    /// Every principal of every account of AWS may assume the role, given permission in their own
    /// account, which they give themselves.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "*"},
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
    /// - Access Analyzer: `ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL`
    /// - cloudsplaining: `AssumableByAnyPrincipal`, `AssumableByAnyPrincipalWithConditions`
    /// - checkov: `CKV_AWS_60`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "trust-principal-star",
        category: Category::Security,
        severity: Severity::Critical,
        summary: "anyone may assume the role",
        types: PolicyTypes::of(&[PolicyType::Trust]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    if !cx.statement.has_effect(Effect::Allow) || cx.never_holds() || cx.has_unfilled_key() {
        return;
    }
    for entry in cx.named_principals() {
        if Named::of(entry) != Some(Named::Everyone) {
            continue;
        }
        let limit = caller_limit(cx);
        let message = if limit.is_some() {
            "only a condition keeps others from assuming the role"
        } else {
            "anyone with an account of AWS may assume the role"
        };
        let draft = out
            .report(entry.text.span(), message)
            .help("name the accounts or roles that may, or ask for `aws:PrincipalOrgID`");
        if let Some(limit) = limit {
            draft
                .severity(Severity::Medium)
                .label(limit.key.span(), "this one");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{fires, severity, silent, statement},
        source::Severity,
    };

    fn everyone(rest: &str) -> String {
        statement(&format!(
            r#""Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"{rest}"#
        ))
    }

    fires!(
        aa_role_trust_policy_unsupported_wildcard_in_principal,
        everyone(""),
        "*"
    );
    fires!(
        under_aws_in_a_list,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": ["123456789012", "*"]}, "Action": "sts:AssumeRole""#
        ),
        "*"
    );
    silent!(
        deny,
        statement(r#""Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole""#)
    );
    silent!(
        account,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole""#
        )
    );
    silent!(
        policy_of_a_resource,
        as Resource,
        statement(r#""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*""#)
    );

    #[test]
    fn only_conditions_that_limit_soften_it() {
        let of = |condition: &str| {
            severity(
                &super::RULE,
                &everyone(&format!(r#", "Condition": {{{condition}}}"#)),
            )
        };
        for limit in [
            r#""StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}"#,
            r#""ForAnyValue:StringLike": {"AWS:principalorgpaths": "o-a1b2c3d4e5/*"}"#,
            r#""ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/*"}"#,
            r#""StringEquals": {"sts:ExternalId": "x1"}"#,
            r#""StringEquals": {"aws:PrincipalAccount": "${Account}"}"#,
        ] {
            assert_eq!(of(limit), Severity::Medium, "{limit}");
        }
        for open in [
            r#""StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}"#,
            r#""StringLike": {"aws:PrincipalOrgID": "o-*"}"#,
            r#""ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}"#,
            r#""ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/app"}"#,
            r#""StringNotEquals": {"aws:PrincipalAccount": "123456789012"}"#,
            r#""Bool": {"aws:MultiFactorAuthPresent": "true"}"#,
        ] {
            assert_eq!(of(open), Severity::Critical, "{open}");
        }
    }
}
