use crate::{
    catalog::{Catalog, Service, table::UNLISTED_ACTIONS},
    lint::{
        Category, Check, Findings, Rule, StatementCx, condition_key::may_exist, edits, rule,
        rules::stale_database,
    },
    policy::PolicyTypes,
    source::{Edit, Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags an action whose service prefix AWS does not have. Where the prefix is the name of the
    /// service in an SDK, in the command line or in CloudTrail, it offers the one that IAM uses.
    /// Where the reference of iamsim is old enough for `stale-database`, it is `medium`.
    ///
    /// A condition key is flagged only where its prefix is such a name, or a slip away from one
    /// that exists: identity providers have keys of their own.
    ///
    /// ## Why it matters
    /// IAM takes the document all the same. An `Allow` of such an action grants nothing, and a
    /// `Deny` of it stops nothing.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "cloudwatchlogs:PutLogEvents",
    ///     "Resource": "arn:aws:logs:*:*:log-group:reports:*"
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
    ///     "Action": "logs:PutLogEvents",
    ///     "Resource": "arn:aws:logs:*:*:log-group:reports:*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    /// - Access Analyzer: `INVALID_SERVICE_IN_ACTION`, `INVALID_SERVICE`
    /// - parliament: `UNKNOWN_PREFIX`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "unknown-service-prefix",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "service prefix that AWS does not have",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

/// What services are called elsewhere, in SDKs, the command line and everyday talk, and the prefix
/// that IAM has for them.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("accessanalyzer", "access-analyzer"),
    ("alb", "elasticloadbalancing"),
    ("amp", "aps"),
    ("apigatewayv2", "apigateway"),
    ("appautoscaling", "application-autoscaling"),
    ("bedrock-agent", "bedrock"),
    ("bedrock-agent-runtime", "bedrock"),
    ("bedrock-runtime", "bedrock"),
    ("cloudwatch-logs", "logs"),
    ("cloudwatchevents", "events"),
    ("cloudwatchlogs", "logs"),
    ("cognito", "cognito-idp"),
    ("configservice", "config"),
    ("costexplorer", "ce"),
    ("documentdb", "rds"),
    ("docdb", "rds"),
    ("dynamodbstreams", "dynamodb"),
    ("efs", "elasticfilesystem"),
    ("elb", "elasticloadbalancing"),
    ("elbv2", "elasticloadbalancing"),
    ("emr", "elasticmapreduce"),
    ("eventbridge", "events"),
    ("kinesisanalyticsv2", "kinesisanalytics"),
    ("lexv2", "lex"),
    ("lexv2-models", "lex"),
    ("msk", "kafka"),
    ("neptune", "rds"),
    ("nlb", "elasticloadbalancing"),
    ("parameterstore", "ssm"),
    ("rdsdataservice", "rds-data"),
    ("s3api", "s3"),
    ("s3control", "s3"),
    ("sagemaker-runtime", "sagemaker"),
    ("secrets-manager", "secretsmanager"),
    ("sesv2", "ses"),
    ("sfn", "states"),
    ("sso-admin", "sso"),
    ("stepfunctions", "states"),
    ("systemsmanager", "ssm"),
    ("timestream-query", "timestream"),
    ("timestream-write", "timestream"),
    ("zocalo", "workdocs"),
];

/// Services that AWS has closed, by prefix.
const CLOSED: &[&str] = &[
    "deepcomposer",
    "deeplens",
    "deepracer",
    "elastic-inference",
    "iot1click",
    "iotroborunner",
    "mobilehub",
    "sagemaker-groundtruth-synthetic",
];

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for entry in cx.actions().filter(|entry| entry.has_exact_service()) {
        let prefix = entry.service();
        if cx.catalog.service(prefix).is_some() || UNLISTED_ACTIONS.has(entry.as_str()) {
            continue;
        }
        let mut draft = out.report(
            entry.text().span(),
            format!("there is no service with prefix `{prefix}`"),
        );
        if stale_database::age(cx.document).is_some() {
            draft = draft.severity(Severity::Medium);
        }
        if is_closed(prefix) {
            draft.help("AWS has closed this service; remove the entry");
            continue;
        }
        let (help, service) = match (
            same_service(cx.catalog, prefix),
            cx.catalog.nearest_service(prefix),
        ) {
            (Some(service), _) => {
                let (name, own) = (service.name(), service.prefix());
                (format!("in IAM, the prefix of {name} is `{own}`"), service)
            }
            (None, Some(service)) => (format!("did you mean `{}`?", service.prefix()), service),
            (None, None) => {
                draft.help(
                    "the prefix of a service is in its page of the service authorization reference",
                );
                continue;
            }
        };
        let span = entry.text().source_span(0..prefix.len());
        let edit = Edit {
            span,
            replacement: service.prefix().to_owned(),
        };
        draft.help(help).fix(
            format!("write `{}`", service.prefix()),
            Safety::Unsafe,
            vec![edit],
        );
    }
    check_keys(cx, out);
}

/// Condition keys whose prefix surely is that of a service written wrong.
fn check_keys(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    for test in cx.tests() {
        let key = test.key.as_str();
        let Some((prefix, _)) = key.split_once(':') else {
            continue;
        };
        if prefix.eq_ignore_ascii_case("aws")
            || cx.catalog.service(prefix).is_some()
            || is_closed(prefix)
            || may_exist(cx.catalog, key)
        {
            continue;
        }
        let near = same_service(cx.catalog, prefix);
        let Some(service) = near.or_else(|| cx.catalog.nearest_service(prefix)) else {
            continue;
        };
        let (own, span) = (service.prefix(), test.key.source_span(0..prefix.len()));
        out.report(span, format!("there is no service with prefix `{prefix}`"))
            .help(format!("did you mean `{own}`?"))
            .fix(
                format!("write `{own}`"),
                Safety::Unsafe,
                vec![edits::replace(span, own)],
            );
    }
}

/// Whether AWS has closed the service.
fn is_closed(prefix: &str) -> bool {
    CLOSED
        .iter()
        .any(|closed| closed.eq_ignore_ascii_case(prefix))
}

/// The service that is called so elsewhere.
pub(in crate::lint) fn same_service(catalog: Catalog, name: &str) -> Option<Service> {
    let name = name.to_ascii_lowercase();
    let other = OTHER_NAMES
        .iter()
        .find(|(other, _)| *other == name)
        .map(|(_, prefix)| *prefix);
    let event_source = format!("{name}.amazonaws.com");
    let prefix = other.unwrap_or_else(|| catalog.prefix_of_event_source(&event_source));
    catalog.service(prefix)
}

#[cfg(test)]
mod tests {
    use super::{CLOSED, OTHER_NAMES};
    use crate::{
        catalog::Catalog,
        lint::testing::{allow, finding, fires, fixed, help, silent, under},
    };

    fires!(
        misspelt,
        allow(r#""dyanmodb:PutItem""#, r#""*""#),
        "dyanmodb:PutItem"
    );
    fires!(
        wildcard_in_the_name,
        allow(r#"["s4:Get*", "s4:*"]"#, r#""*""#),
        "s4:Get*",
        "s4:*"
    );
    fires!(
        in_not_action,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "NotAction": "s4:*", "Resource": "*"}}"#,
        "s4:*",
    );
    fires!(
        prefixes_of_condition_keys,
        under(r#"{"StringEquals": {"dyanmodb:LeadingKeys": "x", "elbv2:Region": "x"}}"#),
        "dyanmodb",
        "elbv2"
    );
    silent!(
        keys_that_are_far_from_any,
        under(
            r#"{"StringEquals": {"nothinglikeit:x": "x", "saml:aud": "x", "deepracer:UserToken": "x",
            "catalog:ChangeType": "x", "token.actions.githubusercontent.com:sub": "x", "${x}:sub": "x"}}"#
        )
    );
    silent!(letter_case, allow(r#""S3:GetObject""#, r#""*""#));
    silent!(
        wildcard_in_the_prefix,
        allow(r#"["s*:GetObject", "*"]"#, r#""*""#)
    );
    silent!(
        unknown_actions_are_another_rule,
        allow(r#""s3:Nothing""#, r#""*""#)
    );

    #[test]
    fn names_from_elsewhere_are_translated() {
        let help = |action: &str| help(&super::RULE, &allow(action, r#""*""#));
        assert_eq!(
            help(r#""cloudwatchlogs:PutLogEvents""#),
            "in IAM, the prefix of Amazon CloudWatch Logs is `logs`"
        );
        assert_eq!(
            help(r#""Email:SendEmail""#),
            format!("in IAM, the prefix of {} is `ses`", name("ses"))
        );
        assert_eq!(help(r#""dyanmodb:PutItem""#), "did you mean `dynamodb`?");
        assert_eq!(
            help(r#""mobilehub:*""#),
            "AWS has closed this service; remove the entry"
        );
        assert!(!help(r#""nothinglikeit:X""#).contains("did you mean"));
    }

    fn name(prefix: &str) -> &'static str {
        Catalog::embedded().service(prefix).unwrap().name()
    }

    #[test]
    fn the_fix_writes_the_prefix_alone() {
        let expected = allow(r#""states:Start*""#, r#""*""#);
        assert_eq!(
            fixed(&super::RULE, &allow(r#""s\u0066n:Start*""#, r#""*""#)),
            expected
        );
        assert!(
            finding(&super::RULE, &allow(r#""nothinglikeit:X""#, r#""*""#))
                .fix
                .is_none()
        );
    }

    #[test]
    fn every_name_from_elsewhere_is_unknown_and_leads_to_a_service() {
        let catalog = Catalog::embedded();
        for closed in CLOSED {
            assert!(catalog.service(closed).is_none(), "{closed}");
        }
        for (other, prefix) in OTHER_NAMES {
            assert!(catalog.service(other).is_none(), "{other}");
            assert!(catalog.service(prefix).is_some(), "{prefix}");
        }
    }
}
