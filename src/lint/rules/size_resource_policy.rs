use crate::{
    lint::{Category, Check, DocumentCx, Findings, Rule, rule, size::report_excess},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags the policy of a resource that is longer than its service takes, and the policy of a
    /// VPC endpoint of more than 20,480 characters. The service is the one that all actions name;
    /// without actions that do, the one of the ARNs in `Resource`. Where they name several, and for
    /// services whose documentation gives no number, nothing is flagged.
    ///
    /// Some of the quotas: S3, DynamoDB, Lambda and Secrets Manager 20,480, KMS 32,768, SNS 30,720,
    /// ECR 10,240, SQS 8,192. Whitespace is left out unless the service is known to count it. The
    /// severity is `medium` where whitespace alone makes the policy too long, which the fix
    /// removes, and where AWS may have raised the quota of the account.
    ///
    /// ## Why it matters
    /// The service refuses the policy, often at the change that adds one more account to a list.
    ///
    /// ## Fires
    /// The policy of an S3 bucket of 20,481 bytes, whitespace outside strings left out.
    ///
    /// ## Silent
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "arn:aws:iam::111122223333:role/reader"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-iam-policies.html>
    /// - <https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html>
    /// - <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html>
    /// - <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html>
    /// - Access Analyzer: `POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "size-resource-policy",
        category: Category::Quota,
        severity: Severity::Error,
        summary: "policy of a resource that is longer than its service takes",
        types: PolicyTypes::of(&[PolicyType::Resource, PolicyType::Endpoint]),
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    let help = "tell principals by a condition, such as on `aws:PrincipalOrgID`, instead of one by \
                one";
    report_excess(cx, help, out);
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::{
            size::padded,
            testing::{finding, fires, severity, silent},
        },
        source::Severity,
    };

    /// A policy about these actions and resources, with room for padding.
    fn about(actions: &str, resources: &str) -> String {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"PAD","Effect":"Allow","Principal":{{"AWS":"111122223333"}},"Action":{actions},"Resource":{resources}}}]}}"#
        )
    }

    fn bucket() -> String {
        about(r#"["s3:GetObject","S3:Put*"]"#, r#""arn:aws:s3:::b/*""#)
    }

    fires!(
        policy_size_exceeds_resource_policy_quota,
        padded(&bucket(), 20_481),
        "{"
    );
    fires!(
        service_of_the_arn,
        padded(
            &about(r#""*""#, r#""arn:aws:sqs:us-east-1:111122223333:q""#),
            8_193
        ),
        "{"
    );
    fires!(
        key_policies_name_no_arn,
        padded(&about(r#""kms:*""#, r#""*""#), 32_769),
        "{"
    );
    fires!(
        endpoint,
        as Endpoint,
        padded(&about(r#"["s3:GetObject","ec2:*"]"#, r#""*""#), 20_481),
        "{"
    );
    silent!(as_long_as_may_be, padded(&bucket(), 20_480));
    silent!(
        whitespace_is_not_known_to_count,
        padded(&bucket(), 20_480).replace(',', ", ")
    );
    silent!(
        several_services,
        padded(
            &about(r#"["s3:GetObject","sqs:SendMessage"]"#, r#""*""#),
            60_000
        )
    );
    silent!(
        service_without_a_known_quota,
        padded(&about(r#""execute-api:Invoke""#, r#""*""#), 60_000)
    );
    silent!(
        access_grants,
        padded(
            &about(
                r#""s3:ListAccessGrants""#,
                r#""arn:aws:s3:us-east-2:111122223333:access-grants/default""#
            ),
            60_000
        )
    );

    #[test]
    fn bytes_count_where_the_service_says_so() {
        let policy = padded(&bucket(), 20_480).replacen("AA", "Aé", 1);
        assert!(
            finding(&super::RULE, &policy)
                .message
                .contains("20,481 bytes")
        );
    }

    #[test]
    fn what_aws_may_have_raised_is_no_error() {
        let keys = about(r#""kms:*""#, r#""*""#);
        assert_eq!(
            severity(&super::RULE, &padded(&keys, 40_000)),
            Severity::Medium
        );
        assert_eq!(
            severity(&super::RULE, &padded(&keys, 131_073)),
            Severity::Error
        );
    }

    #[test]
    fn whitespace_that_counts_is_removed() {
        let table = about(r#""dynamodb:GetItem""#, r#""*""#);
        let spaced = padded(&table, 20_480).replace(',', ", ");
        let found = finding(&super::RULE, &spaced);
        assert_eq!(found.severity, Severity::Medium);
        let fix = found.fix.unwrap();
        assert_eq!(fix.edits[0].replacement, padded(&table, 20_480));
    }
}
