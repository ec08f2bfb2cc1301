use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` of `sts:AssumeRole` on roles of any name. Resources count as any where
    /// `Resource` is `*`, a pattern without a name in it, or where `NotResource` leaves the rest in.
    /// The action counts however it gets in: by name, through a wildcard, or because `NotAction` does
    /// not leave it out. `*` on `*` is `admin-star-star`'s. A role name in any account,
    /// `arn:aws:iam::*:role/audit`, is a name.
    ///
    /// ## Why it matters
    /// Inside an account, the trust policy of most roles leaves the decision to identity policies such
    /// as this one. Allowed on everything, it is a step into each of them.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "sts:AssumeRole",
    ///     "Resource": "*"
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
    ///     "Action": "sts:AssumeRole",
    ///     "Resource": "arn:aws:iam::418272953104:role/deploy"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_permissions-to-switch.html>
    /// - prowler: `iam_no_custom_policy_permissive_role_assumption`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "assume-role-wide",
        category: Category::Security,
        severity: Severity::High,
        summary: "any role can be assumed",
        types: PolicyTypes::of(&[PolicyType::Identity, PolicyType::Session]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    cx.report_reach(
        "sts:AssumeRole",
        out,
        "any role that lets this principal in can be assumed",
        "name the roles",
    );
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent, statement};

    fires!(any_role, allow(r#""sts:AssumeRole""#, r#""*""#), "*");
    fires!(
        any_role_of_an_account,
        allow(
            r#""STS:Assume*""#,
            r#"["arn:aws:iam::418272953104:role/*"]"#
        ),
        "arn:aws:iam::418272953104:role/*"
    );
    silent!(
        one_name_in_any_account,
        allow(r#""sts:AssumeRole""#, r#""arn:aws:iam::*:role/audit""#)
    );
    silent!(
        by_tag,
        allow(
            r#""sts:AssumeRole""#,
            r#""*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "blue"}}"#
        )
    );
    silent!(
        trust_policy,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": "418272953104"}, "Action": "sts:AssumeRole""#
        )
    );
}
