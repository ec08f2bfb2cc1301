use crate::{
    catalog::Action,
    lint::{
        Category, Check, Findings, Rule, StatementCx, listed::Listed, reach::stands_for, rule,
        wording,
    },
    policy::{ActionPattern, Effect, Element, PolicyTypes, Statement},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an action that takes no resource, in a statement of an identity policy that lists only
    /// ARNs. Such an action is asked for with `*` as its resource, and no ARN matches that.
    ///
    /// An entry with wildcards is an error where all that it covers is of this kind. Where only some
    /// is, the rest works and the finding is `low`; it is silent for a whole service, such as
    /// `sqs:*`, in a `Deny`, and where other statements allow those actions on `*`.
    ///
    /// AWS's reference of resource types has gaps. A statement that lists all resources of a type,
    /// as in `arn:aws:iam::*:role/*` or `arn:aws:s3:::*`, is left alone, since some services do ask
    /// with such an ARN. Where the name of the action tells the type that is listed, as of
    /// `eks:CreateCluster` on a `cluster`, the finding is `low`.
    ///
    /// ## Why it matters
    /// The statement neither allows nor denies the action. The list of queues stays out of reach
    /// although `sqs:List*` reads as if it were granted.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": ["s3:ListAllMyBuckets", "s3:ListBucket"],
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
    ///     "Action": "sqs:ListQueues",
    ///     "Resource": "*"
    ///   }, {
    ///     "Effect": "Allow",
    ///     "Action": "sqs:List*",
    ///     "Resource": "arn:aws:sqs:us-east-1:123456789012:jobs"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    /// - parliament: `RESOURCE_MISMATCH`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "resource-requires-star",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "ARNs for an action that takes only `*`",
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
    let Some(mut listed) = Listed::new(cx).filter(|_| cx.is_identity_policy()) else {
        return;
    };
    for entry in cx.listed_actions() {
        let Some((actions, severity)) = without_resource(cx, entry, &mut listed) else {
            continue;
        };
        let [take, them, their] = if actions.len() == 1 {
            ["takes", "it", "its"]
        } else {
            ["take", "them", "their"]
        };
        let covered = if entry.has_wildcard() {
            format!(", which `{}` covers,", entry.as_str())
        } else {
            String::new()
        };
        let message = format!(
            "{}{covered} {take} no resource ARN, so this statement never {} {them}",
            wording::list(&actions),
            cx.verb(),
        );
        out.report(entry.text().span(), message)
            .severity(severity)
            .label(element.span, "only `*` would match")
            .help(format!(
                "put {them} in a statement of {their} own with `\"Resource\": \"*\"`"
            ));
    }
}

/// The actions of an entry that the statement misses because they take no resource, and how much
/// that matters.
fn without_resource(
    cx: &StatementCx<'_>,
    entry: &ActionPattern,
    listed: &mut Listed<'_>,
) -> Option<(Vec<Action>, Severity)> {
    let wide = entry.has_wildcard();
    let deliberate = !entry.has_exact_service()
        || entry.covers_whole_service()
        || cx.statement.has_effect(Effect::Deny);
    if wide && deliberate {
        return None;
    }
    let covered = cx.expand(entry)?;
    let mut missed = covered.to_vec();
    missed.retain(|action| !action.has_resource_types());
    let all = missed.len() == covered.len();
    missed.retain(|action| {
        let name = action.full_name();
        !cx.catalog.needs_no_permission(&name)
            && !listed.covers_a_type(action.service())
            && !listed.fills_gap(*action)
    });
    if wide && !all {
        let elsewhere = |action: &Action| {
            let mut statements = cx.document.allows_on_star();
            statements.any(|statement| allows(cx, statement, *action))
        };
        missed.retain(|action| !elsewhere(action));
    }
    let doubtful = missed
        .iter()
        .any(|action| listed.holds_type_named_in(*action));
    // IAM asks for lists with the type and the path that is listed: `role/service-role/*` is one of
    // its paths, and a name may be the start of one.
    let paths = entry.service().eq_ignore_ascii_case("iam")
        && missed
            .iter()
            .all(|action| action.name().starts_with("List"));
    if paths && listed.has_paths() {
        return None;
    }
    let doubtful = doubtful || paths && listed.has_open_ends();
    let severity = if all && !doubtful {
        Severity::Error
    } else {
        Severity::Low
    };
    (!missed.is_empty()).then_some((missed, severity))
}

/// Whether a statement has an action, under whatever conditions.
fn allows(cx: &StatementCx<'_>, statement: &Statement, action: Action) -> bool {
    let name = action.full_name();
    let covered = |element: &Element<ActionPattern>| {
        !cx.can_afford(element.entries.len())
            || element.entries.iter().any(|entry| stands_for(entry, &name))
    };
    statement.action.as_ref().is_some_and(covered)
        || statement
            .not_action
            .as_ref()
            .is_some_and(|element| !covered(element))
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{allow, finding, fires, silent},
        source::Severity,
    };

    const QUEUE: &str = r#""arn:aws:sqs:*:*:jobs""#;
    const BUCKET: &str = r#""arn:aws:s3:::b""#;

    /// A policy of two statements, the first on the queue.
    fn two(action: &str, second: &str) -> String {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": {action}, "Resource": {QUEUE}}}, {second}]}}"#
        )
    }

    fires!(
        exact,
        allow(r#"["s3:ListAllMyBuckets", "s3:ListBucket"]"#, BUCKET),
        "s3:ListAllMyBuckets",
    );
    fires!(
        deny,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:ListAllMyBuckets", "Resource": "arn:aws:s3:::b"}}"#,
        "s3:ListAllMyBuckets",
    );
    fires!(
        some_of_a_wildcard,
        allow(r#"["sqs:List*", "sqs:Get*"]"#, QUEUE),
        "sqs:List*"
    );
    fires!(
        all_of_a_wildcard,
        allow(r#""s3:ListAllMy*""#, BUCKET),
        "s3:ListAllMy*"
    );
    fires!(
        even_where_allowed_elsewhere,
        two(
            r#""sqs:ListQueues""#,
            r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}"#
        ),
        "sqs:ListQueues",
    );
    fires!(
        allowed_elsewhere_on_arns_alone,
        two(
            r#""sqs:List*""#,
            r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:*:*:x"}"#
        ),
        "sqs:List*",
    );
    fires!(
        denied_elsewhere,
        two(
            r#""sqs:List*""#,
            r#"{"Effect": "Deny", "Action": "sqs:ListQueues", "Resource": "*"}"#
        ),
        "sqs:List*",
    );
    fires!(
        all_of_another_service,
        allow(r#""iam:ListRoles""#, r#""arn:aws:s3:::*""#),
        "iam:ListRoles",
    );
    silent!(
        endpoints_of_mobile_push,
        allow(
            r#""sns:CreatePlatformEndpoint""#,
            r#""arn:aws:sns:us-east-1:123456789012:app/GCM/x""#
        )
    );
    silent!(
        everything_of_a_service,
        allow(
            r#""network-firewall:ListRuleGroups""#,
            r#""arn:aws:network-firewall:*:*:*/*""#
        )
    );
    silent!(
        all_of_a_type,
        allow(r#""iam:ListRoles""#, r#""arn:aws:iam::*:role/*""#)
    );
    silent!(
        all_of_a_service,
        allow(r#""logs:DescribeLogGroups""#, r#""arn:aws:logs:*:*:*""#)
    );
    silent!(
        list_without_a_name,
        allow(
            r#""logs:DescribeLogGroups""#,
            r#""arn:aws:logs:*:*:log-group::log-stream:*""#
        )
    );
    silent!(
        gap_of_the_reference,
        allow(
            r#""ssmmessages:OpenDataChannel""#,
            r#""arn:aws:ssm:*:*:session/${aws:userid}-*""#
        )
    );
    silent!(
        all_buckets,
        allow(r#""s3:ListAllMyBuckets""#, r#""arn:aws:s3:::*""#)
    );
    silent!(
        star,
        allow(r#""s3:ListAllMyBuckets""#, r#"["arn:aws:s3:::b", "*"]"#)
    );
    silent!(whole_service, allow(r#""sqs:*""#, QUEUE));
    silent!(every_service, allow(r#"["*", "*:List*"]"#, QUEUE));
    silent!(
        allowed_elsewhere,
        two(
            r#""sqs:List*""#,
            r#"{"Effect": "Allow", "Action": "sqs:listqueues", "Resource": "*"}"#
        )
    );
    silent!(
        spared_elsewhere,
        two(
            r#""sqs:List*""#,
            r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#
        )
    );
    silent!(
        wildcard_in_deny,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "sqs:List*", "Resource": "arn:aws:sqs:*:*:jobs"}}"#
    );
    silent!(
        policy_of_a_resource,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "sqs:ListQueues", "Resource": "arn:aws:sqs:us-east-1:123456789012:jobs"}}"#
    );
    silent!(
        free_for_everyone,
        allow(r#""sts:GetCallerIdentity""#, r#""arn:aws:iam::*:user/x""#)
    );
    silent!(
        not_action,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "NotAction": "sqs:ListQueues", "Resource": "arn:aws:sqs:*:*:jobs"}}"#
    );

    #[test]
    fn messages_name_the_actions() {
        let message =
            |action: &str, resource: &str| finding(&super::RULE, &allow(action, resource)).message;
        assert_eq!(
            message(r#""s3:listallmybuckets""#, BUCKET),
            "`s3:ListAllMyBuckets` takes no resource ARN, so this statement never grants it"
        );
        assert_eq!(
            message(r#""sqs:List*""#, QUEUE),
            "`sqs:ListQueues`, which `sqs:List*` covers, takes no resource ARN, so this statement never grants it"
        );
    }

    #[test]
    fn what_a_wildcard_covers_besides_makes_it_a_small_fault() {
        let severity = |action: &str| finding(&super::RULE, &allow(action, QUEUE)).severity;
        assert_eq!(severity(r#""sqs:List*""#), Severity::Low);
        assert_eq!(severity(r#""sqs:ListQueues""#), Severity::Error);
        assert_eq!(severity(r#""sqs:ListQueues*""#), Severity::Error);
    }

    #[test]
    fn what_the_name_of_the_action_tells_is_in_doubt() {
        let cluster = allow(r#""eks:CreateCluster""#, r#""arn:aws:eks:*:*:cluster/x""#);
        assert_eq!(finding(&super::RULE, &cluster).severity, Severity::Low);
    }
}
