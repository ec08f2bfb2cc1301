use crate::{
    catalog::AccessLevel,
    lint::{
        Category, Check, Findings, Rule, StatementCx, rule,
        service_principals::{Guard, deputies, guard},
    },
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` to a service that acts for all its customers (SNS, S3, CloudTrail,
    /// EventBridge and others), where no condition says for whom: `aws:SourceArn`,
    /// `aws:SourceAccount`, `aws:SourceOrgID` or `aws:SourceOrgPaths`. A condition that every
    /// customer passes, such as `arn:aws:s3:::*`, or one with `IfExists`, counts as none.
    /// Statements that only read or list are `medium`.
    ///
    /// In trust policies it is `low`, and told only of services whose user guides show the trust
    /// policy with such a condition. Roles of EC2, ECS tasks, Lambda and most others need none:
    /// `iam:PassRole` does not reach over accounts, so nobody else can make the service use the
    /// role.
    ///
    /// Keys of KMS are left alone, since an encryption context mostly says which resource it is;
    /// so are conditions on keys of other services. Keys that were not made for this are
    /// `service-principal-weak-condition`'s.
    ///
    /// ## Why it matters
    /// A topic, a trail or a bucket in somebody else's account makes the same service call, with
    /// the same principal. So whoever knows the ARN of the resource can have the service write to
    /// it, read from it or invoke it.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Service": "sns.amazonaws.com"},
    ///     "Action": "sqs:SendMessage",
    ///     "Resource": "arn:aws:sqs:eu-west-1:123456789012:jobs"
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
    ///     "Principal": {"Service": "sns.amazonaws.com"},
    ///     "Action": "sqs:SendMessage",
    ///     "Resource": "arn:aws:sqs:eu-west-1:123456789012:jobs",
    ///     "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:orders"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Service": "lambda.amazonaws.com"},
    ///     "Action": "sts:AssumeRole"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
    /// - Access Analyzer: `RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL`
    /// - iam-policy-validator: `confused_deputy_risk`
    /// - prowler: `iam_role_cross_service_confused_deputy_prevention`
    /// - cfn-lint: `W3663`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "confused-deputy",
        category: Category::Security,
        severity: Severity::High,
        summary: "service may act for any of its customers",
        types: PolicyTypes::of(&[PolicyType::Resource, PolicyType::Trust]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let services = deputies(cx);
    if services.is_empty() {
        return;
    }
    let is_trust = cx.policy_type() == PolicyType::Trust;
    let open = match guard(cx) {
        Guard::Kept | Guard::Weak(_) => return,
        Guard::Open(test) => Some(test),
        Guard::None => None,
    };
    let severity = if is_trust {
        Severity::Low
    } else if only_reads(cx) {
        Severity::Medium
    } else {
        Severity::High
    };
    for entry in services {
        let service = entry.text.as_str();
        let draft = out
            .report(
                entry.text.span(),
                format!("nothing says for which of its customers `{service}` may act here"),
            )
            .severity(severity)
            .help(
                "ask for `aws:SourceAccount` of your own, or for the resource that the service \
                 acts for as `aws:SourceArn`",
            );
        if let Some(test) = open {
            draft.label(test.span, "every customer passes this");
        }
    }
}

fn only_reads(cx: &StatementCx<'_>) -> bool {
    let actions = cx.listed_actions();
    !actions.is_empty()
        && actions.iter().all(|entry| {
            !entry.has_wildcard()
                && cx.action_of(entry).is_some_and(|action| {
                    matches!(action.access_level(), AccessLevel::Read | AccessLevel::List)
                })
        })
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{fires, severity, silent, statement},
        source::Severity,
    };

    fn queue(service: &str, rest: &str) -> String {
        statement(&format!(
            r#""Effect": "Allow", "Principal": {{"Service": {service}}}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:123456789012:jobs"{rest}"#
        ))
    }

    fn under(condition: &str) -> String {
        queue(
            r#""s3.amazonaws.com""#,
            &format!(r#", "Condition": {condition}"#),
        )
    }

    fn role(service: &str) -> String {
        statement(&format!(
            r#""Effect": "Allow", "Principal": {{"Service": "{service}"}}, "Action": "sts:AssumeRole""#
        ))
    }

    fires!(
        aa_restrict_access_to_service_principal,
        queue(r#""sns.amazonaws.com""#, ""),
        "sns.amazonaws.com"
    );
    fires!(
        with_a_region_and_in_a_list,
        queue(
            r#"["ec2.amazonaws.com", "logs.eu-west-1.amazonaws.com"]"#,
            ""
        ),
        "logs.eu-west-1.amazonaws.com"
    );
    fires!(
        every_bucket_passes,
        under(r#"{"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}"#),
        "s3.amazonaws.com"
    );
    fires!(
        access_list_of_the_object_says_nothing_of_the_source,
        under(r#"{"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}"#),
        "s3.amazonaws.com"
    );
    fires!(
        holds_without_the_key,
        under(r#"{"StringEqualsIfExists": {"aws:SourceAccount": "123456789012"}}"#),
        "s3.amazonaws.com"
    );
    fires!(
        another_than_an_account,
        under(
            r#"{"StringNotEquals": {"aws:SourceAccount": "123456789012"}, "StringLike": {"AWS:SourceAccount": "*"}}"#
        ),
        "s3.amazonaws.com"
    );
    silent!(
        source_in_any_letter_case,
        under(r#"{"ArnEquals": {"AWS:sourcearn": "arn:aws:s3:::reports"}}"#)
    );
    silent!(
        name_of_a_bucket_before_the_wildcard,
        under(r#"{"ArnLike": {"aws:SourceArn": "arn:aws:s3:::reports/*"}}"#)
    );
    silent!(
        account,
        under(r#"{"StringEquals": {"aws:SourceAccount": ["123456789012"]}}"#)
    );
    silent!(
        organization,
        under(r#"{"ForAnyValue:StringLike": {"aws:SourceOrgPaths": "o-a1b2c3d4e5/*"}}"#)
    );
    silent!(
        account_to_be_filled_in,
        under(r#"{"StringLike": {"aws:SourceAccount": "${AWS::AccountId}*"}}"#)
    );
    silent!(
        key_of_another_service,
        under(r#"{"StringEquals": {"lambda:EventSourceToken": "x"}}"#)
    );
    silent!(
        encryption_context,
        statement(
            r#""Effect": "Allow", "Principal": {"Service": "logs.eu-west-1.amazonaws.com"}, "Action": ["kms:Decrypt", "kms:Encrypt"], "Resource": "*""#
        )
    );
    silent!(
        weak_key_is_another_rule,
        under(r#"{"StringEquals": {"aws:SourceOwner": "123456789012"}}"#)
    );
    silent!(
        deny,
        queue(r#""sns.amazonaws.com""#, "").replace("Allow", "Deny")
    );
    silent!(
        service_of_its_own_resources,
        queue(r#""ec2.amazonaws.com""#, "")
    );
    silent!(role_of_lambda, role("lambda.amazonaws.com"));
    silent!(role_of_ec2, role("ec2.amazonaws.com"));
    silent!(role_of_tasks, role("ecs-tasks.amazonaws.com"));
    silent!(
        role_of_a_service_that_is_a_deputy_for_resources,
        role("sns.amazonaws.com")
    );
    fires!(
        role_of_scheduler,
        role("scheduler.amazonaws.com"),
        "scheduler.amazonaws.com"
    );

    #[test]
    fn severity_follows_the_policy_and_the_actions() {
        let acl = queue(r#""cloudtrail.amazonaws.com""#, "")
            .replace("sqs:SendMessage", "s3:GetBucketAcl");
        assert_eq!(severity(&super::RULE, &acl), Severity::Medium);
        assert_eq!(
            severity(&super::RULE, &queue(r#""sns.amazonaws.com""#, "")),
            Severity::High
        );
        assert_eq!(
            severity(&super::RULE, &role("scheduler.amazonaws.com")),
            Severity::Low
        );
    }
}
