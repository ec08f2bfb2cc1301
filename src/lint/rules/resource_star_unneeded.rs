use super::write_unconstrained::has_writes;
use crate::{
    catalog::{Action, ActionResource},
    lint::{
        Category, Check, Findings, Rule, StatementCx, rule, sensitive::is_told_elsewhere, wording,
    },
    policy::{ActionPattern, Effect, PolicyType, PolicyTypes},
    source::Severity,
};
use std::collections::BTreeSet;

rule! {
    /// ## What it does
    /// Flags `*` as `Resource` of an `Allow` in an identity policy, where some of the actions could
    /// be limited to resources. It names those actions and the ARNs that they take.
    ///
    /// It is silent where no action takes a resource, or each only one that a call may leave out, so
    /// that `*` is what there is to write; where
    /// `Action` covers everything, which is `admin-star-star`'s; where a condition limits the
    /// resource by its tags, its account or its organization; and where some of the actions change
    /// resources, which is `write-unconstrained`'s, or have a rule of their own.
    ///
    /// ## Why it matters
    /// What was meant for one bucket or one queue reaches all that the account has, and all that it
    /// will ever have.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": ["sqs:ListQueues", "sqs:GetQueueAttributes"],
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
    ///     "Action": "sqs:GetQueueAttributes",
    ///     "Resource": "arn:aws:sqs:us-east-1:123456789012:jobs"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    /// - parliament: `RESOURCE_STAR`
    /// - checkov: `CKV_AWS_355`, `CKV_AWS_356`
    /// - `cfn_nag`: `W11`, `W12`, `W13`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "resource-star-unneeded",
        category: Category::Security,
        severity: Severity::Low,
        summary: "`*` for actions that could be limited to resources",
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
    let everything = cx
        .listed_actions()
        .iter()
        .any(ActionPattern::covers_everything);
    if !cx.statement.has_effect(Effect::Allow)
        || !cx.is_identity_policy()
        || everything
        || limits_resource(cx)
    {
        return;
    }
    let mut actions = limitable(cx).to_vec();
    if cx.is_unlimited_allow() {
        actions.retain(|action| !is_told_elsewhere(*action));
    }
    actions.retain(|action| cx.document.is_left(*action));
    if actions.is_empty() || has_writes(cx) {
        return;
    }
    out.report(
        star.text.span(),
        format!("{} could be limited to resources", wording::list(&actions)),
    )
    .help(templates(&actions));
}

/// The ARNs that the first of some actions take, a line each.
pub(super) fn templates(actions: &[Action]) -> String {
    let lines = actions.iter().take(wording::MOST).map(|action| {
        let templates = action
            .resources()
            .map(|resource| resource.resource_type().arn_template());
        format!("`{action}` takes {}", wording::list(templates))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The actions of the statement that take resources, in the order of its entries.
pub(super) fn limitable<'a>(cx: &'a StatementCx<'_>) -> &'a [Action] {
    cx.limitable.get_or_init(|| find_limitable(cx))
}

fn find_limitable(cx: &StatementCx<'_>) -> Vec<Action> {
    let mut seen = BTreeSet::new();
    let mut actions = Vec::new();
    for entry in cx.listed_actions() {
        let expanded = cx.expand(entry);
        let expanded = expanded.iter().flat_map(|actions| actions.iter().copied());
        actions
            .extend(expanded.filter(|action| acts_on_resources(*action) && seen.insert(*action)));
    }
    actions
}

/// Whether a call of the action always has a resource: one that it requires, or one of several. A
/// single one that it does not require it mostly goes without, and then only `*` matches.
fn acts_on_resources(action: Action) -> bool {
    let mut resources = action.resources();
    resources.len() > 1 || resources.any(ActionResource::required)
}

/// Whether a condition says which resources the statement is about.
fn limits_resource(cx: &StatementCx<'_>) -> bool {
    let tests = cx
        .statement
        .condition
        .iter()
        .flat_map(|condition| &condition.tests);
    tests
        .map(|test| test.key.as_str().to_ascii_lowercase())
        .any(|key| {
            let Some((service, name)) = key.split_once(':') else {
                return false;
            };
            let name = name.split_once('/').map_or(name, |(name, _)| name);
            match name {
                // Services have this one of their own.
                "resourcetag" | "resourceaccount" => true,
                "resourceorgid" | "resourceorgpaths" => service == "aws",
                _ => false,
            }
        })
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, finding, fires, help, silent, under};

    fires!(
        one_action,
        allow(r#""sqs:GetQueueAttributes""#, r#""*""#),
        "*"
    );
    fires!(
        once_a_statement,
        allow(
            r#"["sqs:GetQueueAttributes", "s3:GetBucketTagging", "sqs:Get*"]"#,
            r#"["arn:aws:s3:::b", "*"]"#
        ),
        "*",
    );
    fires!(
        conditions_on_other_things,
        under(
            r#"{"StringEquals": {"aws:RequestedRegion": "eu-west-1", "aws:PrincipalTag/team": "x"}}"#
        ),
        "*",
    );
    silent!(
        no_action_takes_a_resource,
        allow(r#"["sqs:ListQueues", "s3:ListAllMyBuckets"]"#, r#""*""#)
    );
    silent!(
        one_resource_that_calls_may_leave_out,
        allow(r#""cloudwatch:PutMetricData""#, r#""*""#)
    );
    fires!(
        one_of_several_resources,
        allow(r#""events:DescribeRule""#, r#""*""#),
        "*"
    );
    silent!(
        everything,
        allow(r#"["*", "sqs:GetQueueAttributes"]"#, r#""*""#)
    );
    silent!(
        arn,
        allow(r#""sqs:GetQueueAttributes""#, r#""arn:aws:sqs:*:*:*""#)
    );
    silent!(
        unknown_actions,
        allow(r#"["sqs:Fnord", "s4:Get*"]"#, r#""*""#)
    );
    silent!(
        tags,
        under(r#"{"StringEquals": {"AWS:resourcetag/team": "x"}}"#)
    );
    silent!(
        tags_of_a_service,
        under(r#"{"StringLike": {"ec2:ResourceTag/team": "x"}}"#)
    );
    silent!(
        account,
        under(r#"{"StringEquals": {"aws:ResourceAccount": "123456789012"}}"#)
    );
    silent!(
        organization,
        under(r#"{"ForAnyValue:StringLike": {"aws:ResourceOrgPaths": "o-1/*"}}"#)
    );
    silent!(
        deny,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "sqs:GetQueueAttributes", "Resource": "*"}}"#
    );
    silent!(
        not_action,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}}"#
    );
    silent!(
        policy_of_a_resource,
        as Resource,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "sqs:GetQueueAttributes", "Resource": "*"}}"#
    );

    #[test]
    fn actions_and_their_arns_are_named() {
        let text = allow(r#"["sqs:ListQueues", "sqs:GetQueueAttributes"]"#, r#""*""#);
        assert_eq!(
            finding(&super::RULE, &text).message,
            "`sqs:GetQueueAttributes` could be limited to resources"
        );
        let template = "`sqs:GetQueueAttributes` takes `arn:${Partition}:sqs:${Region}:${Account}:${QueueName}`";
        assert_eq!(help(&super::RULE, &text), template);
    }
}
