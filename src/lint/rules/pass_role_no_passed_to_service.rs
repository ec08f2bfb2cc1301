use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        grants::reaches_any_name,
        limits::{Limit, Of, of_test},
        rule,
    },
    policy::{Effect, PolicyType, PolicyTypes, starts_with_ignoring_case},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` of `iam:PassRole`, written as such, on named roles without a condition on
    /// `iam:PassedToService` or `iam:AssociatedResourceArn`. On roles of any name it is
    /// `pass-role-wide`'s.
    ///
    /// ## Why it matters
    /// Whether the role can be used by a service is up to its trust policy alone. Where that names two
    /// services, or will one day, this grant reaches both.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "iam:PassRole",
    ///     "Resource": "arn:aws:iam::418272953104:role/reports-worker"
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
    ///     "Action": "iam:PassRole",
    ///     "Resource": "arn:aws:iam::418272953104:role/reports-worker",
    ///     "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
    /// - iam-policy-validator: `missing_required_condition`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "pass-role-no-passed-to-service",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "named roles can be passed to any service",
        types: PolicyTypes::of(&[PolicyType::Identity, PolicyType::Session]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    if !cx.statement.has_effect(Effect::Allow) || !cx.is_identity_policy() {
        return;
    }
    let mut entries = cx.listed_actions().iter();
    let Some(entry) = entries.find(|entry| {
        entry.service().eq_ignore_ascii_case("iam")
            && starts_with_ignoring_case(entry.name(), "PassRole")
    }) else {
        return;
    };
    let limits = |key: &str| {
        ["iam:PassedToService", "iam:AssociatedResourceArn"]
            .iter()
            .any(|own| own.eq_ignore_ascii_case(key))
    };
    let Some(action) = cx.catalog.action("iam:PassRole") else {
        return;
    };
    if reaches_any_name(cx.statement, action)
        || cx
            .tests()
            .iter()
            .any(|test| limits(test.key.as_str()) && of_test(test, Of::Calls) == Limit::Strong)
        || !cx.document.held().allows_somewhere(action)
    {
        return;
    }
    out.report(
        entry.text().span(),
        "these roles can be passed to any service that they trust",
    )
    .help("name the service with a condition on `iam:PassedToService`");
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent, statement};

    fires!(
        named_role,
        allow(
            r#""iam:PassRole""#,
            r#""arn:aws:iam::418272953104:role/worker""#
        ),
        "iam:PassRole"
    );
    fires!(
        start_of_a_name,
        allow(
            r#"["ec2:RunInstances", "IAM:PASSROLE"]"#,
            r#"["arn:aws:iam::418272953104:role/app-*"]"#
        ),
        "IAM:PASSROLE"
    );
    silent!(
        to_one_service,
        allow(
            r#""iam:PassRole""#,
            r#""arn:aws:iam::418272953104:role/x", "Condition": {"StringLike": {"iam:passedtoservice": "ec2.*"}}"#
        )
    );
    silent!(
        any_role_is_another_rule,
        allow(r#""iam:PassRole""#, r#""*""#)
    );
    silent!(
        denied,
        statement(
            r#""Effect": "Deny", "Action": "iam:PassRole", "Resource": "arn:aws:iam::418272953104:role/x""#
        )
    );
}
