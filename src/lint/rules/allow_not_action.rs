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
    /// Flags an `Allow` with `NotAction`. On listed ARNs, or under a condition that limits it, it is
    /// `medium`. With `NotResource` as well it is `not-action-and-not-resource`'s. Service control
    /// policies and permissions boundaries grant nothing, so the rule is silent there.
    ///
    /// ## Why it matters
    /// It reads like a list of what is kept back, and grants all the rest: more than twenty thousand
    /// actions, and each that AWS will ever add, of services too that nobody has heard of yet.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "NotAction": "iam:*",
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
    ///     "Effect": "Deny",
    ///     "NotAction": "s3:*",
    ///     "Resource": "*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html>
    /// - cloudsplaining: `NotAction`
    /// - `cfn_nag`: `W14`, `W15`, `W16`, `W17`, `W18`, `W19`, `W20`
    /// - iam-policy-validator: `not_action_allow`, `not_action_allow_no_condition`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "allow-not-action",
        category: Category::Security,
        severity: Severity::High,
        summary: "all actions but the listed ones are allowed",
        types: PolicyTypes::of(&[PolicyType::Identity, PolicyType::Session, PolicyType::Resource, PolicyType::Trust]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let statement = cx.statement;
    let Some(element) = &statement.not_action else {
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
            "the statement allows all actions but the listed ones",
        )
        .label(element.span, "only these are left out")
        .help("list with `Action` what is needed");
    if cx.star_resource().is_none() && cx.statement.not_resource.is_none()
        || cx.limit(Of::Calls) == Limit::Strong
    {
        draft.severity(Severity::Medium);
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{finding, fires, silent, statement};
    use crate::source::Severity;

    fires!(
        on_everything,
        statement(r#""Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*""#),
        "NotAction"
    );
    fires!(
        in_a_resource_policy,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": "418272953104"}, "NotAction": "s3:Delete*", "Resource": "arn:aws:s3:::b/*""#
        ),
        "NotAction"
    );
    silent!(
        deny,
        statement(r#""Effect": "Deny", "NotAction": "iam:*", "Resource": "*""#)
    );
    silent!(
        service_control_policy,
        as Scp,
        statement(r#""Effect": "Allow", "NotAction": "iam:*", "Resource": "*""#)
    );
    silent!(
        both_is_another_rule,
        statement(r#""Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::b/*""#)
    );

    #[test]
    fn on_listed_resources_or_under_a_limit_it_is_medium() {
        for rest in [
            r#""Resource": "arn:aws:s3:::b/*""#,
            r#""Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "x"}}"#,
        ] {
            let text = statement(&format!(
                r#""Effect": "Allow", "NotAction": "s3:Delete*", {rest}"#
            ));
            assert_eq!(finding(&super::RULE, &text).severity, Severity::Medium);
        }
    }
}
