use crate::{
    catalog::{Action, Service},
    lint::{
        Category, Check, Findings, Rule, StatementCx, arn_fields, edits, listed::Listed,
        resource_service, rule, rules::log_group_missing_star, wording,
    },
    policy::{ActionPattern, ArnPattern, Element, PolicyTypes, ResourcePattern, Version},
    source::{Edit, Safety, Severity, Span},
};

rule! {
    /// ## What it does
    /// Flags an action that acts on none of the resources that its statement lists: no ARN that the
    /// list can match has the form of a resource of this action. An entry with wildcards is flagged
    /// where this holds of every action that it covers.
    ///
    /// A policy variable may be any text. Statements with `*` among their resources are not looked
    /// at, and actions that take no resource at all are `resource-requires-star`'s.
    ///
    /// AWS's reference of resource types has gaps, so some cases are left alone: types that it does
    /// not know, actions on tags, and actions whose own name tells the type, such as
    /// `quicksight:CreateDataSet` on a `dataset`.
    ///
    /// ## Why it matters
    /// The action is never asked for with such a resource, so the statement neither allows nor
    /// denies it. The classic is an object of S3: `arn:aws:s3:::reports` is the bucket, and only
    /// `arn:aws:s3:::reports/*` are the objects in it.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports"
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
    ///     "Action": ["s3:GetObject", "s3:ListBucket"],
    ///     "Resource": ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"]
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    /// - Access Analyzer: `INVALID_ARN_RESOURCE`
    /// - parliament: `RESOURCE_MISMATCH`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "resource-type-mismatch",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "action on resources of another type",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let Some(element) = &cx.statement.resource else {
        return;
    };
    let Some(mut listed) = Listed::new(cx) else {
        return;
    };
    let mut elsewhere = None;
    for entry in cx.listed_actions() {
        let actions = candidates(cx, entry);
        if actions.is_empty() || listed.may_serve_any(&actions) {
            continue;
        }
        let elsewhere = elsewhere.get_or_insert_with(|| Elsewhere::of(cx, &listed));
        if elsewhere.tells(cx, entry, &listed) {
            continue;
        }
        let draft = out
            .report(entry.text().span(), message(entry, &listed))
            .label(element.span, "the statement is about nothing else");
        match slip(&listed, &actions, cx.policy.version) {
            Some((written, meant)) => {
                let draft = draft.help(format!("did you mean `{meant}`?"));
                if is_used(cx, written) {
                    let title = format!("add `{meant}`");
                    let edits = vec![add(element, written, &meant)];
                    draft.fix(title, Safety::Unsafe, edits);
                } else {
                    let title = format!("write `{meant}`");
                    let edits = vec![edits::replace(written.text.content_span(), meant)];
                    draft.fix(title, Safety::Unsafe, edits);
                }
            }
            None => {
                draft.help(help(entry, &actions));
            }
        }
    }
}

/// How many comparisons of names a look at the fields of an ARN is worth.
const FORMS: usize = 8;

/// What rules of their own tell of a statement whose actions match nothing.
#[derive(Debug)]
struct Elsewhere {
    /// An ARN is at fault.
    faulty: bool,
    /// Actions on streams have the ARN of their log group.
    streams: bool,
    /// The service of the policy's resource, where something is of another.
    owner: Option<Service>,
}

impl Elsewhere {
    fn of(cx: &StatementCx<'_>, listed: &Listed<'_>) -> Self {
        let cost =
            FORMS * listed.arns.len() + cx.listed_actions().len() + cx.policy.statements.len();
        if !cx.can_afford(cost) {
            let (streams, owner) = (false, None);
            return Self {
                faulty: true,
                streams,
                owner,
            };
        }
        let policy_type = cx.document.policy_type();
        Self {
            faulty: listed
                .arns
                .iter()
                .any(|(_, arn)| arn_fields::is_faulty(cx, arn)),
            streams: log_group_missing_star::RULE.types.contains(policy_type)
                && log_group_missing_star::missing(cx).is_some(),
            owner: resource_service::of(cx.document),
        }
    }

    fn tells(&self, cx: &StatementCx<'_>, entry: &ActionPattern, listed: &Listed<'_>) -> bool {
        let is_foreign = |owner| {
            resource_service::is_foreign_action(cx.catalog, entry, owner)
                || listed
                    .arns
                    .iter()
                    .all(|(_, arn)| resource_service::is_foreign_arn(arn, owner))
        };
        self.faulty
            || self.streams && entry.service().eq_ignore_ascii_case("logs")
            || self.owner.is_some_and(is_foreign)
    }
}

/// The actions of an entry of which each has to be on one of the listed resources.
fn candidates(cx: &StatementCx<'_>, entry: &ActionPattern) -> Vec<Action> {
    if !entry.has_exact_service() || entry.covers_whole_service() {
        return Vec::new();
    }
    match cx.expand(entry) {
        Some(actions) if actions.iter().all(|action| action.has_resource_types()) => {
            actions.to_vec()
        }
        _ => Vec::new(),
    }
}

/// An ARN of the list with `/*` too few or too many, and what it would be without the slip.
fn slip<'a>(
    listed: &Listed<'a>,
    actions: &[Action],
    version: Version,
) -> Option<(&'a ResourcePattern, String)> {
    listed.arns.iter().find_map(|(entry, _)| {
        let text = entry.text.as_str();
        // Elsewhere `/*` is another thing: a log group's streams come after a colon, and what comes
        // after the slash of an ECS service is the service, before it the cluster.
        if !text.contains(":s3:") {
            return None;
        }
        let meant = match text.strip_suffix("/*") {
            Some(stem) => stem.to_owned(),
            None => format!("{}/*", text.trim_end_matches('/')),
        };
        let arn = ArnPattern::parse(&meant, version).ok().flatten()?;
        let fits = |action: &Action| {
            action
                .resources()
                .any(|resource| resource.resource_type().has_arn_matching(&arn))
        };
        actions.iter().all(fits).then_some((*entry, meant))
    })
}

/// Whether an action of the statement acts on a resource, as far as can be told.
fn is_used(cx: &StatementCx<'_>, resource: &ResourcePattern) -> bool {
    let own = cx.listed_arns().into_iter();
    let mut alone = Listed::of(
        cx,
        own.filter(|(entry, _)| entry.text.span() == resource.text.span())
            .collect(),
    );
    cx.statement.action.is_none()
        || cx.listed_actions().iter().any(|entry| {
            let actions = candidates(cx, entry);
            actions.is_empty() || alone.may_serve_any(&actions)
        })
}

fn message(entry: &ActionPattern, listed: &Listed<'_>) -> String {
    let action = entry.as_str();
    let what = if entry.has_wildcard() {
        format!("no action that `{action}` covers acts on")
    } else {
        format!("`{action}` does not act on")
    };
    match listed.arns.as_slice() {
        [(only, _)] => format!("{what} `{}`", only.text.as_str()),
        _ if entry.has_wildcard() => format!("{what} the resources of this statement"),
        _ => format!("{what} any resource of this statement"),
    }
}

fn help(entry: &ActionPattern, actions: &[Action]) -> String {
    let mut templates = Vec::new();
    for action in actions {
        for resource in action.resources() {
            let template = resource.resource_type().arn_template();
            if !templates.contains(&template) {
                templates.push(template);
            }
        }
    }
    format!("`{}` acts on {}", entry.as_str(), wording::list(templates))
}

/// Puts a further resource behind one that stands there.
fn add(element: &Element<ResourcePattern>, after: &ResourcePattern, resource: &str) -> Edit {
    let quoted = serde_json::Value::from(resource).to_string();
    let span = after.text.quoted_span();
    if element.span == span {
        let written = serde_json::Value::from(after.text.as_str());
        Edit {
            span,
            replacement: format!("[{written}, {quoted}]"),
        }
    } else {
        Edit {
            span: Span::new(span.end, span.end),
            replacement: format!(", {quoted}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, finding, fires, fixed, help, silent};

    const BUCKET: &str = r#""arn:aws:s3:::b""#;
    const OBJECTS: &str = r#""arn:aws:s3:::b/*""#;

    fires!(
        object_of_a_bucket,
        allow(r#""s3:GetObject""#, BUCKET),
        "s3:GetObject"
    );
    fires!(
        bucket_of_its_objects,
        allow(r#""s3:ListBucket""#, OBJECTS),
        "s3:ListBucket"
    );
    fires!(
        another_service,
        allow(
            r#"["sqs:SendMessage", "sns:Publish"]"#,
            r#""arn:aws:sns:*:*:alarms""#
        ),
        "sqs:SendMessage",
    );
    fires!(
        wildcards_that_cover_other_resources_alone,
        allow(
            r#"["dynamodb:Put*", "s3:GetObject*"]"#,
            r#"["arn:aws:sqs:*:*:jobs", "arn:aws:sns:*:*:x"]"#
        ),
        "dynamodb:Put*",
        "s3:GetObject*",
    );
    fires!(
        deny_that_stops_nothing,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::b"}}"#,
        "s3:DeleteObject",
    );
    fires!(
        in_the_policy_of_a_bucket,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b"}}"#,
        "s3:GetObject",
    );
    fires!(
        table_without_its_label,
        allow(
            r#""dynamodb:GetItem""#,
            r#""arn:aws:dynamodb:us-east-1:*:Message""#
        ),
        "dynamodb:GetItem",
    );
    silent!(
        verb_on_a_path_that_the_reference_lacks,
        allow(
            r#""apigateway:POST""#,
            r#""arn:aws:apigateway:us-east-1::/restapis/a/resources/b""#
        )
    );
    silent!(
        type_that_the_catalog_does_not_know,
        allow(
            r#""securityagent:CreatePentest""#,
            r#""arn:aws:securityagent:*:*:agent-instance*""#
        )
    );
    silent!(
        topic_of_several_levels,
        allow(
            r#""iot:Publish""#,
            r#""arn:aws:iot:us-east-1:123456789012:topic/a/b""#
        )
    );
    silent!(
        beside_an_entry_that_cannot_be_read,
        allow(
            r#""s3:GetObject""#,
            r#"["arn:aws:s3:::b", {"Fn::Sub": "arn:aws:s3:::${B}/*"}]"#
        )
    );
    silent!(
        account_of_aws,
        allow(
            r#""ssm:GetParameter""#,
            r#""arn:aws:ssm:*::parameter/aws/service/*""#
        )
    );
    silent!(
        type_that_the_catalog_lacks,
        allow(
            r#""sagemaker:DescribeModel""#,
            r#""arn:aws:sagemaker:*:*:brand-new/x""#
        )
    );
    silent!(
        type_that_the_name_tells,
        allow(
            r#""quicksight:CreateDataSet""#,
            r#""arn:aws:quicksight:*:*:dataset/x""#
        )
    );
    silent!(
        transform_of_a_change_set,
        allow(
            r#""cloudformation:CreateChangeSet""#,
            r#""arn:aws:cloudformation:*:aws:transform/Serverless-2016-10-31""#
        )
    );
    silent!(
        account_that_takes_the_label,
        allow(
            r#""secretsmanager:GetSecretValue""#,
            r#""arn:aws:secretsmanager:*:*:app-*""#
        )
    );
    silent!(
        tags,
        allow(r#""glue:GetTags""#, r#""arn:aws:glue:*:*:schema/x/y""#)
    );
    silent!(
        star_at_the_end_of_a_bucket,
        allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b*""#)
    );
    silent!(
        star_among_others,
        allow(r#""s3:GetObject""#, r#"["arn:aws:s3:::b", "*"]"#)
    );
    silent!(
        variable_for_everything,
        allow(r#""s3:GetObject""#, r#""${aws:PrincipalTag/arn}""#)
    );
    silent!(
        variable_in_the_name,
        allow(
            r#""s3:GetObject""#,
            r#""arn:aws:s3:::${aws:PrincipalTag/path}""#
        )
    );
    silent!(
        variable_as_service,
        allow(
            r#""s3:GetObject""#,
            r#""arn:aws:${aws:PrincipalTag/s}:::b/x""#
        )
    );
    silent!(
        wildcard_as_service,
        allow(r#""s3:GetObject""#, r#""arn:aws:*:::b/*""#)
    );
    silent!(
        one_of_the_list,
        allow(
            r#"["s3:GetObject", "s3:ListBucket"]"#,
            r#"["arn:aws:s3:::b", "arn:aws:s3:::b/*"]"#
        )
    );
    silent!(
        one_action_of_the_wildcard,
        allow(r#""s3:*Object*""#, BUCKET)
    );
    silent!(whole_service, allow(r#""sqs:*""#, BUCKET));
    silent!(every_service, allow(r#""*:Get*""#, BUCKET));
    silent!(no_resource_types, allow(r#""s3:ListAllMyBuckets""#, BUCKET));
    silent!(unknown_action, allow(r#""s3:Fnord""#, BUCKET));
    silent!(
        no_resource_that_can_be_read,
        allow(r#""s3:GetObject""#, r#""b""#)
    );
    silent!(
        not_action,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "NotAction": "sqs:SendMessage", "Resource": "arn:aws:s3:::b"}}"#
    );
    silent!(
        partitions,
        allow(r#""s3:GetObject""#, r#""arn:aws-us-gov:s3:::b/*""#)
    );

    #[test]
    fn a_slip_of_a_slash_is_named_and_mended() {
        let objects = allow(r#""s3:GetObject""#, BUCKET);
        assert_eq!(
            finding(&super::RULE, &objects).message,
            "`s3:GetObject` does not act on `arn:aws:s3:::b`"
        );
        assert_eq!(
            help(&super::RULE, &objects),
            "did you mean `arn:aws:s3:::b/*`?"
        );
        assert_eq!(
            fixed(&super::RULE, &objects),
            allow(r#""s3:GetObject""#, OBJECTS)
        );
        let bucket = allow(r#""s3:ListBucket""#, r#"["arn:aws:s3:::b/*"]"#);
        assert_eq!(
            fixed(&super::RULE, &bucket),
            allow(r#""s3:ListBucket""#, r#"["arn:aws:s3:::b"]"#)
        );
    }

    #[test]
    fn what_another_action_acts_on_stays() {
        let actions = r#"["s3:ListBucket", "s3:GetObject"]"#;
        let both = r#"["arn:aws:s3:::b", "arn:aws:s3:::b/*"]"#;
        assert_eq!(
            fixed(&super::RULE, &allow(actions, BUCKET)),
            allow(actions, both)
        );
        let actions = r#"["s3:*Bucket", "s3:GetObject"]"#;
        assert_eq!(
            fixed(&super::RULE, &allow(actions, BUCKET)),
            allow(actions, both)
        );
    }

    #[test]
    fn other_resources_are_named_by_their_form() {
        let text = allow(r#""sqs:SendMessage""#, r#""arn:aws:sns:*:*:alarms""#);
        let expected =
            "`sqs:SendMessage` acts on `arn:${Partition}:sqs:${Region}:${Account}:${QueueName}`";
        assert_eq!(help(&super::RULE, &text), expected);
    }
}
