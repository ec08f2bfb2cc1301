use super::resource_star_unneeded::{limitable, templates};
use crate::{
    catalog::{AccessLevel, Action},
    lint::{
        Category, Check, Findings, Rule, StatementCx, rule, sensitive::is_told_elsewhere, wording,
    },
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `*` as `Resource` of an `Allow` with nothing that limits it, where some of the actions
    /// change resources and could be limited to some. It names those actions and the ARNs that they
    /// take. Actions that have a rule of their own, such as `iam:PassRole` or `s3:PutBucketPolicy`,
    /// are that rule's; where none changes anything it is `resource-star-unneeded`'s.
    ///
    /// ## Why it matters
    /// A mistake in a script, or a leaked key, can then change or delete everything of that kind in
    /// the account instead of one thing.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": ["sqs:ListQueues", "sqs:DeleteQueue"],
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
    ///     "Action": "sqs:ListQueues",
    ///     "Resource": "*"
    ///   }, {
    ///     "Effect": "Allow",
    ///     "Action": "sqs:DeleteQueue",
    ///     "Resource": "arn:aws:sqs:eu-west-1:418272953104:reports-*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege>
    /// - cloudsplaining: `InfrastructureModification`
    /// - checkov: `CKV_AWS_111`, `CKV_AWS_290`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "write-unconstrained",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "any resource can be changed",
        types: PolicyTypes::of(&[PolicyType::Identity, PolicyType::Session]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let Some(star) = cx.star_resource() else {
        return;
    };
    let actions = writes(cx);
    if actions.is_empty() {
        return;
    }
    out.report(
        star.text.span(),
        format!("{} can change any resource", wording::list(&actions)),
    )
    .help(templates(&actions));
}

/// The actions of a statement that change resources, can be limited to some, and are not.
fn writes(cx: &StatementCx<'_>) -> Vec<Action> {
    if cx.star_resource().is_none() || !cx.is_unlimited_allow() || cx.allows_everything() {
        return Vec::new();
    }
    let mut actions = limitable(cx).to_vec();
    actions.retain(|action| is_write(cx, *action));
    actions
}

/// Whether the statement has such actions.
pub(super) fn has_writes(cx: &StatementCx<'_>) -> bool {
    cx.star_resource().is_some()
        && cx.is_unlimited_allow()
        && !cx.allows_everything()
        && limitable(cx).iter().any(|action| is_write(cx, *action))
}

fn is_write(cx: &StatementCx<'_>, action: Action) -> bool {
    action.access_level() == AccessLevel::Write
        && !is_told_elsewhere(action)
        && cx.document.is_unlimited(action)
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, finding, fires, help, silent, statement};

    fires!(deletes, allow(r#""sqs:DeleteQueue""#, r#""*""#), "*");
    fires!(
        through_a_wildcard,
        allow(r#"["sqs:List*", "SQS:del*"]"#, r#"["*"]"#),
        "*"
    );
    fires!(
        a_weak_condition,
        allow(
            r#""sqs:DeleteQueue""#,
            r#""*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}"#
        ),
        "*"
    );
    silent!(reads, allow(r#""sqs:ReceiveMessageX""#, r#""*""#));
    silent!(
        by_tag,
        allow(
            r#""sqs:DeleteQueue""#,
            r#""*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "x"}}"#
        )
    );
    silent!(
        no_resource_to_name,
        allow(r#""ec2:CreateVpnGatewayX""#, r#""*""#)
    );
    silent!(
        resources_that_have_a_tag,
        allow(
            r#""sqs:DeleteQueue""#,
            r#""*", "Condition": {"Null": {"aws:ResourceTag/team": "false"}}"#
        )
    );
    silent!(
        taken_away,
        statement(
            r#""Effect": "Allow", "Action": "sqs:DeleteQueue", "Resource": "*"}, {"Effect": "Deny", "Action": "sqs:Delete*", "Resource": "*""#
        )
    );

    #[test]
    fn actions_and_their_arns_are_named() {
        let text = allow(r#"["sqs:ListQueues", "sqs:SendMessage"]"#, r#""*""#);
        assert_eq!(
            finding(&super::RULE, &text).message,
            "`sqs:SendMessage` can change any resource"
        );
        let template =
            "`sqs:SendMessage` takes `arn:${Partition}:sqs:${Region}:${Account}:${QueueName}`";
        assert_eq!(help(&super::RULE, &text), template);
    }
}
