//! Which ARNs are of a resource type.

use super::ResourceType;
use crate::policy::{Arn, ArnPattern, Case, Wildcard};

/// Names in ARN templates that hold no slash. Only names for which AWS documents the characters
/// stand here; any other is taken to hold slashes, so that no ARN is ruled out that may exist.
///
/// - S3 buckets: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
/// - DynamoDB tables and indexes:
///   <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>
/// - Lambda functions: <https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>
/// - SQS queues: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html>
/// - SNS topics: <https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html>
const WITHOUT_SLASH: [&str; 6] =
    ["BucketName", "TableName", "IndexName", "FunctionName", "QueueName", "TopicName"];

/// The five fields after `arn:` of a form of ARNs.
type Fields = [Wildcard; 5];

impl ResourceType {
    /// Whether a pattern of ARNs matches at least one ARN of this type. A policy variable in the
    /// pattern may be any text.
    pub fn has_arn_matching(self, pattern: &ArnPattern) -> bool {
        let fields = pattern
            .fields()
            .each_ref()
            .map(|field| Wildcard::with_variables_open(field, Case::Sensitive));
        self.has_arn_in_common(&fields)
    }

    /// Whether an ARN is of this type. `*` in the ARN is that character, as in `instance/*`.
    pub fn has_arn(self, arn: &str) -> bool {
        Arn::parse(arn).is_ok_and(|arn| {
            let fields = [arn.partition, arn.service, arn.region, arn.account, arn.resource];
            let fields = fields.map(|field| Wildcard::literal(field, Case::Sensitive));
            self.has_arn_in_common(&fields)
        })
    }

    fn has_arn_in_common(self, fields: &Fields) -> bool {
        self.arn_templates().filter_map(template_fields).any(|template| {
            template.iter().zip(fields).all(|(template, field)| template.intersects(field))
        })
    }
}

/// The fields of a template; `None` for one that is no ARN.
fn template_fields(template: &str) -> Option<Fields> {
    let arn = Arn::parse(template).ok()?;
    let form = |field| Wildcard::template(field, |name| WITHOUT_SLASH.contains(&name));
    // Resources of AWS itself have no account, and some have no region: the parameters and
    // documents under `arn:aws:ssm:us-east-1::`.
    let owner = |field| {
        let filled_in = matches!(field, "${Region}" | "${Account}");
        if filled_in { Wildcard::new("*", Case::Sensitive) } else { form(field) }
    };
    let Arn { partition, service, region, account, resource } = arn;
    Some([form(partition), form(service), owner(region), owner(account), form(resource)])
}

#[cfg(test)]
mod tests {
    use crate::{
        catalog::Catalog,
        policy::{ArnPattern, Version},
    };

    fn types_matching(service: &str, pattern: &str) -> Vec<&'static str> {
        let pattern = ArnPattern::parse(pattern, Version::V2012).unwrap().unwrap();
        let service = Catalog::embedded().service(service).unwrap();
        service
            .resource_types()
            .filter(|kind| kind.has_arn_matching(&pattern))
            .map(|kind| kind.name())
            .collect()
    }

    #[test]
    fn a_bucket_is_not_its_objects() {
        assert_eq!(types_matching("s3", "arn:aws:s3:::logs"), ["bucket"]);
        assert_eq!(types_matching("s3", "arn:aws:s3:::logs/*"), ["object"]);
        assert_eq!(types_matching("s3", "arn:aws:s3:::logs*"), ["bucket", "object"]);
    }

    #[test]
    fn a_table_is_not_its_indexes() {
        let table = "arn:aws:dynamodb:*:*:table/Message";
        assert_eq!(types_matching("dynamodb", table), ["table"]);
        let index = "arn:aws:dynamodb:*:*:table/Message/index/*";
        assert_eq!(types_matching("dynamodb", index), ["index"]);
    }

    #[test]
    fn a_variable_may_be_anything() {
        assert_eq!(types_matching("s3", "arn:aws:s3:::${aws:username}/*"), ["object"]);
    }

    #[test]
    fn resources_of_aws_have_no_account() {
        assert_eq!(types_matching("ssm", "arn:aws:ssm:us-east-1::document/AWS-*"), ["document"]);
    }

    #[test]
    fn an_exact_arn_has_one_type() {
        let ec2 = Catalog::embedded().service("ec2").unwrap();
        let instance = ec2.resource_type("instance").unwrap();
        assert!(instance.has_arn("arn:aws:ec2:us-east-1:123456789012:instance/*"));
        assert!(!instance.has_arn("arn:aws:ec2:us-east-1:123456789012:volume/*"));
        assert!(!instance.has_arn("instance"));
    }
}
