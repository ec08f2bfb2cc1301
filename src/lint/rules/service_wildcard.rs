use crate::{
    catalog::{ResourceType, Service},
    lint::{Category, Check, Findings, Rule, StatementCx, listed, rule},
    policy::{ArnPattern, Effect, PolicyType, PolicyTypes, PrincipalKind},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` of all actions of one service, such as `sqs:*`.
    ///
    /// - `high` for `iam`, `sts`, `kms` and `organizations`: whoever may do everything there can gain
    ///   the rest, or lock everybody else out; and for `cloudtrail`, `config` and `guardduty`, which
    ///   record and watch what is done.
    /// - `medium` for other services.
    /// - `low` for any service, where the statement is about resources by name: every ARN of that
    ///   service in `Resource` has a name without wildcards, at least up to the first `/` or `:` in
    ///   it. `arn:aws:s3:::reports/*` is all of one bucket; `arn:aws:dynamodb:*:*:table/*` is every
    ///   table, and no name. In a policy that names principals, the resource is the one that the
    ///   policy is attached to, so that is `low` too.
    ///
    /// It is silent in a key policy for the root of an account, which is what KMS itself writes, and
    /// which only lets the policies of that account decide.
    ///
    /// ## Why it matters
    /// The list grows with every action that AWS adds to the service, those that delete, share and
    /// change permissions included. Few programs need more than a handful.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "iam:*",
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
    ///     "Action": ["iam:Get*", "iam:List*"],
    ///     "Resource": "*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html>
    /// - <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
    /// - cloudsplaining: `ServiceWildcard`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "service-wildcard",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "every action of a service is allowed",
        types: PolicyTypes::of(&[PolicyType::Identity, PolicyType::Session, PolicyType::Resource]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

/// The services in which every action is the keys to the others, or the end of all records.
const KEYS_TO_ALL: [&str; 7] = [
    "cloudtrail",
    "config",
    "guardduty",
    "iam",
    "kms",
    "organizations",
    "sts",
];

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    if !cx.statement.has_effect(Effect::Allow) {
        return;
    }
    for entry in cx
        .listed_actions()
        .iter()
        .filter(|entry| entry.covers_whole_service())
    {
        let Some(service) = cx.catalog.service(entry.service()) else {
            continue;
        };
        if service.prefix() == "kms" && is_for_account_roots(cx) {
            continue;
        }
        let severity = if !cx.is_identity_policy() || is_by_name(cx, service) {
            Severity::Low
        } else if KEYS_TO_ALL.contains(&service.prefix()) {
            Severity::High
        } else {
            Severity::Medium
        };
        let (count, name) = (service.actions().len(), service.name());
        out.report(
            entry.text().span(),
            format!("`{}` allows all {count} actions of {name}", entry.as_str()),
        )
        .severity(severity)
        .help("list the actions that are needed");
    }
}

/// Whether the statement is for the roots of accounts alone.
fn is_for_account_roots(cx: &StatementCx<'_>) -> bool {
    let principals = cx
        .statement
        .principal
        .as_ref()
        .map_or(&[][..], |element| &element.entries[..]);
    let is_root = |text: &str| {
        text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
            || text.starts_with("arn:") && text.ends_with(":root")
    };
    !principals.is_empty()
        && principals
            .iter()
            .all(|entry| entry.kind == PrincipalKind::Aws && is_root(entry.text.as_str()))
}

/// Whether the statement lists resources of the service by their names.
fn is_by_name(cx: &StatementCx<'_>, service: Service) -> bool {
    let mut names = cx.listed_arns().into_iter().flat_map(|(_, arn)| {
        let types = service
            .resource_types()
            .filter(|kind| kind.has_arn_matching(arn));
        types.map(|kind| has_name(arn, kind)).collect::<Vec<_>>()
    });
    names
        .next()
        .is_some_and(|first| first && names.all(|named| named))
}

/// Whether a pattern of ARNs of a type has the first part of the name without wildcards.
fn has_name(arn: &ArnPattern, kind: ResourceType) -> bool {
    let [.., resource] = arn.fields();
    kind.arn_templates().map(listed::fixed_start).any(|start| {
        listed::literal_start(resource)
            .strip_prefix(start)
            .is_some_and(|name| {
                let name = name.trim_start_matches('/');
                resource.as_literal().is_some() && !name.is_empty()
                    || name.find(['/', ':']).is_some_and(|end| end > 0)
            })
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{allow, finding, fires, severity, silent},
        source::Severity,
    };

    fires!(
        one_of_a_list,
        allow(r#"["sqs:*", "sqs:Get*"]"#, r#""*""#),
        "sqs:*"
    );
    fires!(
        letter_case_and_stars,
        allow(r#""IAM:**""#, r#""*""#),
        "IAM:**"
    );
    fires!(
        on_arns,
        allow(
            r#"["dynamodb:*", "kms:*"]"#,
            r#""arn:aws:dynamodb:*:*:table/*""#
        ),
        "dynamodb:*",
        "kms:*",
    );
    fires!(
        policy_of_a_bucket,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}}"#,
        "s3:*",
    );
    fires!(
        key_policy_for_a_role,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/x"}, "Action": "kms:*", "Resource": "*"}}"#,
        "kms:*",
    );
    silent!(
        key_policy_for_the_account,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::123456789012:root", "123456789013"]}, "Action": "kms:*", "Resource": "*"}}"#
    );
    silent!(
        everything_is_another_rule,
        allow(r#"["*", "*:*"]"#, r#""*""#)
    );
    silent!(
        some_actions,
        allow(r#"["iam:Get*", "s3:*Object"]"#, r#""*""#)
    );
    silent!(unknown_service, allow(r#""s4:*""#, r#""*""#));
    silent!(
        deny,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}}"#
    );
    silent!(
        not_action,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}}"#
    );

    #[test]
    fn severity_follows_service_and_resources() {
        for (action, resource, expected) in [
            ("sqs:*", "*", Severity::Medium),
            ("kms:*", "*", Severity::High),
            ("sqs:*", "arn:aws:sqs:us-east-1:*:jobs", Severity::Low),
            ("sqs:*", "arn:aws:sqs:us-east-1:*:jobs-*", Severity::Medium),
            ("sqs:*", "arn:aws:sqs:us-east-1:*:*", Severity::Medium),
            ("s3:*", "arn:aws:s3:::reports/*", Severity::Low),
            ("s3:*", "arn:aws:s3:::reports*", Severity::Medium),
            ("s3:*", "arn:aws:s3:::${aws:username}/*", Severity::Medium),
            (
                "dynamodb:*",
                "arn:aws:dynamodb:*:*:table/*",
                Severity::Medium,
            ),
            (
                "dynamodb:*",
                "arn:aws:dynamodb:*:*:table/Message",
                Severity::Low,
            ),
            (
                "dynamodb:*",
                "arn:aws:dynamodb:*:*:table/Message/*",
                Severity::Low,
            ),
            ("iam:*", "arn:aws:iam::123456789012:role/app", Severity::Low),
            (
                "iam:*",
                "arn:aws:iam::123456789012:role/app-*",
                Severity::High,
            ),
            ("logs:*", "arn:aws:logs:*:*:*", Severity::Medium),
            (
                "logs:*",
                "arn:aws:logs:*:*:log-group:reports:*",
                Severity::Low,
            ),
            ("logs:*", "arn:aws:sqs:us-east-1:*:jobs", Severity::Medium),
        ] {
            let text = allow(&format!("\"{action}\""), &format!("\"{resource}\""));
            assert_eq!(
                severity(&super::RULE, &text),
                expected,
                "{action} on {resource}"
            );
        }
    }

    #[test]
    fn the_message_counts_the_actions() {
        let message = finding(&super::RULE, &allow(r#""sts:*""#, r#""*""#)).message;
        assert!(message.starts_with("`sts:*` allows all "), "{message}");
        assert!(
            message.ends_with(" actions of AWS Security Token Service"),
            "{message}"
        );
    }
}
