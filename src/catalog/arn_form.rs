//! Which ARNs are of a resource type.

use super::{Catalog, ResourceType, Service};
use crate::policy::{Arn, ArnPattern, Case, Wildcard};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

/// Names in ARN templates that hold neither slash nor colon. Only names for which AWS documents the characters
/// stand here; any other is taken to hold them, so that no ARN is ruled out that may exist.
///
/// - S3 buckets: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
/// - DynamoDB tables and indexes:
///   <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>
/// - SQS queues: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html>
/// - SNS topics: <https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html>
const WITHOUT_DELIMITERS: [(&str, &str); 5] = [
    ("s3", "BucketName"),
    ("dynamodb", "TableName"),
    ("dynamodb", "IndexName"),
    ("sqs", "QueueName"),
    ("sns", "TopicName"),
];

/// Forms of ARNs that AWS documents and the service authorization reference lacks: service, resource
/// type and template.
///
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPointPermissions.html>
/// - <https://docs.aws.amazon.com/amazonswf/latest/developerguide/swf-dev-iam.html>
/// - <https://docs.aws.amazon.com/codeartifact/latest/ug/auth-and-access-control-permissions-reference.html>
const FURTHER_FORMS: [(&str, &str, &str); 4] = [
    (
        "s3",
        "accesspoint",
        "arn:${Partition}:s3::${Account}:accesspoint/${Alias}",
    ),
    (
        "s3",
        "accesspointobject",
        "arn:${Partition}:s3::${Account}:accesspoint/${Alias}/object/${ObjectName}",
    ),
    (
        "swf",
        "domain",
        "arn:${Partition}:swf:${Region}:${Account}:/domain/${DomainName}",
    ),
    (
        "codeartifact",
        "package",
        "arn:${Partition}:codeartifact:${Region}:${Account}:package/${DomainName}/${RepositoryName}/${PackageFormat}//${PackageName}",
    ),
];

/// The five fields after `arn:` of a form of ARNs.
type Fields = [Wildcard; 5];

/// A pattern of ARNs, made ready to be compared with the forms of resource types.
#[derive(Debug)]
pub struct ArnShape {
    fields: Fields,
    /// The service, where it is written out.
    service: Option<String>,
}

impl ArnShape {
    /// Makes a pattern ready.
    pub fn of(pattern: &ArnPattern) -> Self {
        let [_, service, ..] = pattern.fields();
        Self {
            fields: fields_of(pattern),
            service: service.as_literal().map(str::to_owned),
        }
    }
}

/// A form of the ARNs of a type, its fields ready to be compared.
#[derive(Debug)]
struct Form {
    fields: Fields,
    /// The service, where it is written out.
    service: Option<&'static str>,
    /// What follows each colon of the resource.
    tails: Vec<Wildcard>,
}

impl Catalog {
    /// The types of resources, of all services, of which a pattern of ARNs matches at least one
    /// ARN. A policy variable in the pattern may be any text.
    pub fn resource_types_matching(self, pattern: &ArnPattern) -> Vec<ResourceType> {
        let fields = fields_of(pattern);
        let [_, service, ..] = pattern.fields();
        let candidates = match service.as_literal() {
            Some(service) => self.resource_types_in(service),
            None => self.services().flat_map(Service::resource_types).collect(),
        };
        let fitting = |fits: fn(ResourceType, &Fields) -> bool| -> Vec<_> {
            let candidates = candidates.iter().copied();
            candidates.filter(|kind| fits(*kind, &fields)).collect()
        };
        let found = fitting(ResourceType::has_fields);
        if found.is_empty() {
            fitting(ResourceType::has_resource_past_the_account)
        } else {
            found
        }
    }

    /// The forms of ARNs, of all services, that have the service and the resource of a pattern,
    /// whatever its partition, region and account are. None where the service is not written out, and
    /// none of the forms that leave it open.
    pub fn arn_forms_of_resource(self, pattern: &ArnPattern) -> Vec<Arn<'static>> {
        let [_, service, .., resource] = pattern.fields();
        let Some(namespace) = service.as_literal() else {
            return Vec::new();
        };
        let resource = Wildcard::with_variables_open(resource, Case::Sensitive);
        let mut found = Vec::new();
        for kind in self.resource_types_in(namespace) {
            let forms = kind.forms().filter_map(|form| Arn::parse(form).ok());
            found.extend(forms.filter(|form| {
                form.service == namespace && kind.named(form.resource).intersects(&resource)
            }));
        }
        found
    }

    /// The forms of the ARNs that have this namespace.
    pub fn arn_forms_in(self, namespace: &str) -> Vec<Arn<'static>> {
        let types = self.resource_types_in(namespace);
        let forms = types.into_iter().flat_map(ResourceType::forms);
        forms
            .filter_map(|form| Arn::parse(form).ok())
            .filter(|form| form.service == namespace)
            .collect()
    }

    /// The types of resources of which an ARN may have this namespace, in catalog order.
    fn resource_types_in(self, namespace: &str) -> Vec<ResourceType> {
        static BY_NAMESPACE: OnceLock<BTreeMap<&str, BTreeSet<ResourceType>>> = OnceLock::new();
        let by_namespace = BY_NAMESPACE.get_or_init(|| {
            let mut types: BTreeMap<&str, BTreeSet<ResourceType>> = BTreeMap::new();
            for kind in self.services().flat_map(Service::resource_types) {
                // The third field; to take a template apart costs more, and there are thousands.
                let fields = kind.arn_templates().map(|text| text.split(':').nth(2));
                for service in fields.flatten() {
                    let open = service.contains(['$', '*']);
                    let namespace = if open { ANY_NAMESPACE } else { service };
                    types.entry(namespace).or_default().insert(kind);
                }
            }
            types
        });
        let lists = [namespace, ANY_NAMESPACE].map(|name| by_namespace.get(name));
        let found: BTreeSet<_> = lists.into_iter().flatten().flatten().copied().collect();
        found.into_iter().collect()
    }
}

/// Where templates stand that leave the namespace open.
const ANY_NAMESPACE: &str = "*";

impl ResourceType {
    /// Whether a pattern of ARNs matches at least one ARN of this type. A policy variable in the
    /// pattern may be any text.
    pub fn has_arn_matching(self, pattern: &ArnPattern) -> bool {
        self.has_arn_in_common(&fields_of(pattern))
    }

    /// As [`Self::has_arn_matching`], for a pattern that is asked about often.
    pub fn has_arn_in(self, shape: &ArnShape) -> bool {
        let names_service = |service: &String| {
            let mut forms = self.ready_forms().iter();
            forms.any(|form| form.service.is_none_or(|own| own == service))
        };
        shape.service.as_ref().is_none_or(names_service) && self.has_arn_in_common(&shape.fields)
    }

    /// Whether an ARN is of this type. `*` in the ARN is that character, as in `instance/*`.
    pub fn has_arn(self, arn: &str) -> bool {
        Arn::parse(arn).is_ok_and(|arn| {
            let fields = arn
                .fields()
                .map(|field| Wildcard::literal(field, Case::Sensitive));
            self.has_arn_in_common(&fields)
        })
    }

    fn has_arn_in_common(self, fields: &Fields) -> bool {
        self.has_fields(fields)
            || self.has_resource_past_the_account(fields)
                && !self
                    .service()
                    .resource_types()
                    .any(|kind| kind.has_fields(fields))
    }

    /// Whether a template fits field by field.
    fn has_fields(self, fields: &Fields) -> bool {
        self.has_resource(fields, |form, field| {
            let [.., resource] = &form.fields;
            resource.intersects(field)
        })
    }

    /// Whether a resource matches of which the account takes a part. A `*` at the end of a field
    /// goes on past the colon, so that `arn:aws:secretsmanager:*:*:app-*` matches `secret:app-x`.
    /// It is looked at only where the pattern would make no sense otherwise.
    ///
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    fn has_resource_past_the_account(self, fields: &Fields) -> bool {
        let [.., account, _] = fields;
        account.has_open_end()
            && self.has_resource(fields, |form, field| {
                form.tails.iter().any(|tail| tail.intersects(field))
            })
    }

    /// The templates of its ARNs, those too that the reference lacks.
    fn forms(self) -> impl Iterator<Item = &'static str> {
        let (service, name) = (self.service().prefix(), self.name());
        let further = FURTHER_FORMS
            .into_iter()
            .filter(move |(of, kind, _)| (*of, *kind) == (service, name));
        self.arn_templates().chain(further.map(|(_, _, form)| form))
    }

    /// Any field but the account.
    fn named(self, template: &str) -> Wildcard {
        let service = self.service().prefix();
        Wildcard::template(template, |name| {
            WITHOUT_DELIMITERS.contains(&(service, name))
        })
    }

    /// Whether a template fits, its resource as `fits` says.
    fn has_resource(self, fields: &Fields, fits: impl Fn(&Form, &Wildcard) -> bool) -> bool {
        let [partition, service, region, account, resource] = fields;
        self.ready_forms().iter().any(|form| {
            let [own_partition, own_service, own_region, own_account, _] = &form.fields;
            // The service tells most types apart.
            own_service.intersects(service)
                && own_partition.intersects(partition)
                && own_region.intersects(region)
                && own_account.intersects(account)
                && fits(form, resource)
        })
    }

    /// The forms of its ARNs, made ready when they are first asked for.
    fn ready_forms(self) -> &'static [Form] {
        static FORMS: OnceLock<Vec<OnceLock<Vec<Form>>>> = OnceLock::new();
        let all = FORMS.get_or_init(|| {
            let count = Catalog::embedded().counts().resource_types;
            std::iter::repeat_with(OnceLock::new).take(count).collect()
        });
        let ready = || {
            let forms = self.forms().filter_map(|text| Arn::parse(text).ok());
            forms
                .map(|form| Form {
                    service: Some(form.service).filter(|name| !name.contains(['$', '*'])),
                    fields: [
                        self.named(form.partition),
                        self.named(form.service),
                        self.named(form.region),
                        owner(form.region, form.account),
                        self.named(form.resource),
                    ],
                    tails: tails(form.resource).map(|tail| self.named(tail)).collect(),
                })
                .collect()
        };
        all.get(self.index())
            .map_or(&[], |forms| forms.get_or_init(ready).as_slice())
    }
}

/// The fields of a pattern, its variables open.
fn fields_of(pattern: &ArnPattern) -> Fields {
    pattern
        .fields()
        .each_ref()
        .map(|field| Wildcard::with_variables_open(field, Case::Sensitive))
}

/// The account. AWS's own resources in a region have none: the parameters and documents under
/// `arn:aws:ssm:us-east-1::`.
fn owner(region: &str, account: &str) -> Wildcard {
    Wildcard::template(account, |_| !region.is_empty())
}

/// What follows each colon of a template's resource.
fn tails(resource: &'static str) -> impl Iterator<Item = &'static str> {
    let colons = resource.match_indices(':').map(|(at, _)| at);
    colons.filter_map(|at| resource.get(at + 1..))
}

#[cfg(test)]
mod tests {
    use crate::{
        catalog::{Catalog, ResourceType},
        policy::{ArnPattern, Version},
    };

    #[test]
    fn topics_of_iot_have_levels_and_those_of_sns_have_none() {
        let levels = "arn:aws:iot:us-east-1:123456789012:topic/a/b";
        assert_eq!(types_matching("iot", levels), ["topic"]);
        let levels = "arn:aws:sns:us-east-1:123456789012:a/b";
        assert_eq!(types_matching("sns", levels), [] as [&str; 0]);
    }

    #[test]
    fn access_points_of_several_regions_have_none_in_their_arn() {
        let object = "arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap/object/*";
        assert!(types_matching("s3", object).contains(&"accesspointobject"));
    }

    fn types_matching(service: &str, pattern: &str) -> Vec<&'static str> {
        let pattern = ArnPattern::parse(pattern, Version::V2012).unwrap().unwrap();
        let service = Catalog::embedded().service(service).unwrap();
        service
            .resource_types()
            .filter(|kind| kind.has_arn_matching(&pattern))
            .map(ResourceType::name)
            .collect()
    }

    #[test]
    fn a_bucket_is_not_its_objects() {
        assert_eq!(types_matching("s3", "arn:aws:s3:::logs"), ["bucket"]);
        assert_eq!(types_matching("s3", "arn:aws:s3:::logs/*"), ["object"]);
        assert_eq!(
            types_matching("s3", "arn:aws:s3:::logs*"),
            ["bucket", "object"]
        );
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
        assert_eq!(
            types_matching("s3", "arn:aws:s3:::${aws:username}/*"),
            ["object"]
        );
    }

    #[test]
    fn a_star_at_the_end_of_the_account_goes_past_the_colon() {
        assert_eq!(
            types_matching("secretsmanager", "arn:aws:secretsmanager:*:*:x!*"),
            ["Secret"]
        );
        assert_eq!(
            types_matching("secretsmanager", "arn:aws:secretsmanager:*:1:x!*"),
            [""; 0]
        );
        assert_eq!(
            types_matching("dynamodb", "arn:aws:dynamodb:*:*:Message"),
            [""; 0]
        );
    }

    #[test]
    fn resources_of_aws_have_no_account() {
        assert_eq!(
            types_matching("ssm", "arn:aws:ssm:us-east-1::document/AWS-*"),
            ["document"]
        );
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
