use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        limits::{Limit, Of},
        rule,
    },
    policy::{Effect, PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` with `NotResource`. Under a condition that limits it, it is `medium`. With
    /// `NotAction` as well it is `not-action-and-not-resource`'s. Service control policies and
    /// permissions boundaries grant nothing, so the rule is silent there.
    ///
    /// ## Why it matters
    /// It reads like a list of what is kept back, and grants all the rest: every other resource, in
    /// every account that lets this principal in, and each that will ever be made.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "NotResource": "arn:aws:s3:::payroll/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Action": "s3:GetObject",
    ///     "NotResource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html>
    /// - parliament: `NOTRESOURCE_WITH_ALLOW`
    /// - `cfn_nag`: `W21`, `W22`, `W23`
    /// - iam-policy-validator: `not_resource_broad`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "allow-not-resource",
        category: Category::Security,
        severity: Severity::High,
        summary: "all resources but the listed ones are allowed",
        types: PolicyTypes::of(&[PolicyType::Identity, PolicyType::Session, PolicyType::Resource]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let statement = cx.statement;
    let Some(element) = &statement.not_resource else {
        return;
    };
    if !statement.has_effect(Effect::Allow)
        || statement.not_action.is_some() && statement.not_resource.is_some()
        || element.entries.is_empty()
    {
        return;
    }
    let draft = out
        .report(
            cx.document.key_text(element.key_span),
            "the statement allows all resources but the listed ones",
        )
        .label(element.span, "only these are left out")
        .help("list with `Resource` what is needed");
    if cx.limit(Of::Calls) == Limit::Strong {
        draft.severity(Severity::Medium);
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, statement};

    fires!(
        on_everything,
        statement(r#""Effect": "Allow", "Action": "s3:Get*", "NotResource": ["arn:aws:s3:::a/*"]"#),
        "NotResource"
    );
    fires!(
        in_a_resource_policy,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": "418272953104"}, "Action": "s3:Get*", "NotResource": "arn:aws:s3:::b/x/*""#
        ),
        "NotResource"
    );
    silent!(
        deny,
        statement(r#""Effect": "Deny", "Action": "s3:Get*", "NotResource": "arn:aws:s3:::b/*""#)
    );
    silent!(
        service_control_policy,
        as Scp,
        statement(r#""Effect": "Allow", "Action": "s3:Get*", "NotResource": "arn:aws:s3:::b/*""#)
    );
    silent!(
        both_is_another_rule,
        statement(r#""Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::b/*""#)
    );
}
