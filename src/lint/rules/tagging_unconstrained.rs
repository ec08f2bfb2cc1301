use crate::{
    catalog::{AccessLevel, Action},
    lint::{
        Category, Check, DocumentCx, Findings, Rule, StatementCx,
        grants::reaches_any_name,
        limits::{Limit, Of},
        reach::stands_for,
        rule,
    },
    policy::{
        ActionPattern, Comparison, ConditionTest, Effect, PolicyType, PolicyTypes, Statement,
        starts_with_ignoring_case,
    },
    source::Severity,
};
use std::collections::BTreeMap;

rule! {
    /// ## What it does
    /// Flags an action on tags that is allowed on every resource without a condition, where a condition
    /// of the same policy makes access to resources of that service depend on their tags. With a
    /// condition on `aws:PrincipalTag/...` it flags actions on tags of roles and users.
    ///
    /// It is silent where a `Deny` of the policy is about that action, and for all actions of a service
    /// (`ec2:*`), which need no tags to get at anything.
    ///
    /// ## Why it matters
    /// Whoever may write tags decides who has access: the condition is met by tagging the resource first.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "ec2:TerminateInstances",
    ///     "Resource": "*",
    ///     "Condition": {"StringEquals": {"aws:ResourceTag/team": "web"}}
    ///   }, {
    ///     "Effect": "Allow",
    ///     "Action": "ec2:CreateTags",
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
    ///     "Action": "ec2:TerminateInstances",
    ///     "Resource": "*",
    ///     "Condition": {"StringEquals": {"aws:ResourceTag/team": "web"}}
    ///   }, {
    ///     "Effect": "Allow",
    ///     "Action": "ec2:CreateTags",
    ///     "Resource": "*",
    ///     "Condition": {"StringEquals": {"ec2:CreateAction": "RunInstances"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html>
    /// - <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "tagging-unconstrained",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "tags that access depends on may be written freely",
        types: PolicyTypes::of(&[PolicyType::Identity, PolicyType::Session]),
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

/// The actions on tags of principals.
const OF_PRINCIPALS: [&str; 4] = ["TagRole", "TagUser", "UntagRole", "UntagUser"];

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    // The first test of a tag for each service, and the entry of `Action` that it guards.
    let mut of_services: BTreeMap<String, (&ConditionTest, &ActionPattern)> = BTreeMap::new();
    let mut of_principals = None;
    for statement in &cx.policy.statements {
        for test in statement.condition.iter().flat_map(|each| &each.tests) {
            // Whether a tag is there says little about what it is for.
            if test.operator.comparison == Comparison::Null {
                continue;
            }
            let key = test.key.as_str();
            if starts_with_ignoring_case(key, "aws:PrincipalTag/") {
                of_principals = of_principals.or(Some(test));
            } else if is_tag_of_resource(key) {
                let actions = [&statement.action, &statement.not_action];
                for entry in actions.into_iter().flatten().flat_map(|each| &each.entries) {
                    let service = entry.service().to_ascii_lowercase();
                    of_services.entry(service).or_insert((test, entry));
                }
            }
        }
    }
    // The tags of a session are those of the caller.
    of_services.remove("sts");
    if of_services.is_empty() && of_principals.is_none() {
        return;
    }
    for statement in cx.statements() {
        if !statement.statement.has_effect(Effect::Allow)
            || statement.limit(Of::Calls) == Limit::Strong
        {
            continue;
        }
        for entry in statement.listed_actions() {
            let guarded = of_services.get(&entry.service().to_ascii_lowercase());
            let is_iam = entry.service().eq_ignore_ascii_case("iam");
            let (test, only_principals) = match (guarded, of_principals) {
                (Some((test, guarded)), _) => {
                    // Tags of other resources than those that the test guards are no way around it.
                    let actions = statement.expand(guarded);
                    let reaches = |action: &Action| reaches_any_name(statement.statement, *action);
                    if !actions.is_some_and(|actions| actions.iter().any(reaches)) {
                        continue;
                    }
                    (*test, false)
                }
                (None, Some(test)) if is_iam => (test, true),
                _ => continue,
            };
            check_entry(&statement, entry, test, only_principals, out);
        }
    }
}

/// Whether a condition key is a tag of the resource.
fn is_tag_of_resource(key: &str) -> bool {
    let Some((_, name)) = key.split_once(':') else {
        return false;
    };
    ["ResourceTag/", "ExistingObjectTag/", "BucketTag/"]
        .iter()
        .any(|start| starts_with_ignoring_case(name, start))
}

fn check_entry(
    cx: &StatementCx<'_>,
    entry: &ActionPattern,
    test: &ConditionTest,
    only_principals: bool,
    out: &mut Findings<'_>,
) {
    if entry.covers_whole_service() || !entry.has_exact_service() {
        return;
    }
    let Some(actions) = cx.expand(entry) else {
        return;
    };
    let writes = |action: &&Action| {
        action.access_level() == AccessLevel::Tagging
            && reaches_any_name(cx.statement, **action)
            && (!only_principals || OF_PRINCIPALS.contains(&action.name()))
    };
    let Some(action) = actions.iter().find(writes) else {
        return;
    };
    let name = action.full_name();
    if cx.policy.statements.iter().any(|each| denies(each, &name)) {
        return;
    }
    let whose = if only_principals {
        "principals"
    } else {
        "resources"
    };
    let message =
        format!("`{name}` is allowed on every resource, and access depends on the tags of {whose}");
    out.report(entry.text().span(), message)
        .label(test.key.span(), "access depends on this tag")
        .help("add a condition on the tags that may be written, such as `aws:TagKeys`");
}

/// Whether a statement denies an action under whatever condition.
fn denies(statement: &Statement, action: &str) -> bool {
    let matches = |entry: &ActionPattern| stands_for(entry, action);
    statement.has_effect(Effect::Deny)
        && (statement.not_action.is_some()
            || statement
                .action
                .iter()
                .any(|element| element.entries.iter().any(matches)))
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent};

    fn policy(condition: &str, others: &str) -> String {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "ec2:StopInstances", "Resource": "*", "Condition": {condition}}}, {others}]}}"#
        )
    }

    fn tagged(action: &str) -> String {
        policy(
            r#"{"StringEquals": {"aws:ResourceTag/team": "a"}}"#,
            &format!(r#"{{"Effect": "Allow", "Action": {action}, "Resource": "*"}}"#),
        )
    }

    fires!(create_tags, tagged(r#""ec2:CreateTags""#), "ec2:CreateTags");
    fires!(
        by_a_wildcard_in_other_letters,
        tagged(r#"["EC2:Create*", "ec2:Describe*"]"#),
        "EC2:Create*"
    );
    fires!(
        key_of_the_service,
        policy(
            r#"{"StringLike": {"ec2:ResourceTag/team": "a*"}}"#,
            r#"{"Effect": "Allow", "Action": "ec2:DeleteTags", "Resource": ["*"]}"#
        ),
        "ec2:DeleteTags"
    );
    fires!(
        tags_of_principals,
        policy(
            r#"{"StringEquals": {"aws:PrincipalTag/team": "a"}}"#,
            r#"{"Effect": "Allow", "Action": ["iam:TagRole", "iam:TagPolicy"], "Resource": "*"}"#
        ),
        "iam:TagRole"
    );
    silent!(another_service, tagged(r#""sqs:TagQueue""#));
    silent!(all_of_the_service, tagged(r#""ec2:*""#));
    silent!(
        some_resources,
        policy(
            r#"{"StringEquals": {"aws:ResourceTag/team": "a"}}"#,
            r#"{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "arn:aws:ec2:*:*:volume/*"}"#
        )
    );
    silent!(
        no_condition_on_tags,
        policy(
            r#"{"Bool": {"aws:SecureTransport": "true"}}"#,
            r#"{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*"}"#
        )
    );
    fires!(
        tags_of_any_instance_by_arn,
        r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "ec2:TerminateInstances", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/Team": "blue"}}},
            {"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "arn:aws:ec2:*:*:instance/*"}]}"#,
        "ec2:CreateTags"
    );
    silent!(
        denied_otherwise,
        policy(
            r#"{"StringEquals": {"aws:ResourceTag/team": "a"}}"#,
            r#"{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*"}, {"Effect": "Deny", "Action": "ec2:*Tags", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestTag/team": "${aws:PrincipalTag/team}"}}}"#
        )
    );
}
