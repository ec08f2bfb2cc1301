//! The calls that matter most, whose parameters do not make ARNs by themselves.
//!
//! Each function returns `None` where the catalog's templates know as much.

use serde_json::Value;

use crate::{
    eval::{Principal, Target},
    trail::{
        action::{Asked, Part, statement_tables},
        parameters::{Extent, percent_decoded},
    },
};

use super::{
    Resolver, ResourceSource,
    template::{Filled, Known},
};

type Named = Option<(Vec<Target>, ResourceSource)>;

impl Resolver<'_> {
    pub(super) fn named(&self, asked: &Asked) -> Named {
        let targets = match (asked.action.service().prefix(), asked.action.name()) {
            ("iam", _) => return self.iam(asked),
            ("s3", _) => self.s3(asked),
            ("kms", name) => Some(self.kms(name)),
            ("sts", _) => self.role_to_assume(asked),
            ("secretsmanager", name) => self.secret(name),
            ("ssm", name) => self.ssm(name),
            ("lambda", _) => self.function(asked),
            ("logs", _) => self.log_group(asked),
            ("ec2", _) => self.ec2(asked),
            ("dynamodb", _) => self.table(asked),
            ("sqs", _) => self.queue(),
            ("sns", "Publish") => self.topic(),
            ("cloudformation", _) => self.stack(asked),
            ("bedrock", _) => self.model(asked),
            ("ecr", _) => self.repository(asked),
            ("route53", _) => self.hosted_zone(asked),
            _ => None,
        }?;
        (!targets.is_empty()).then_some((targets, ResourceSource::Parameters))
    }

    fn text(&self, name: &str) -> Option<String> {
        self.parameters.text(name)
    }

    fn here(&self, service: &str, resource: &str) -> Target {
        self.home.arn(service, resource).target()
    }

    fn here_like(&self, service: &str, resource: &str) -> Target {
        Target::Like(self.home.arn(service, resource).text)
    }

    fn has_type(asked: &Asked, name: &str) -> bool {
        asked
            .action
            .resources()
            .any(|one| one.resource_type().name() == name)
    }

    fn s3(&self, asked: &Asked) -> Option<Vec<Target>> {
        if asked.part == Part::CopySource {
            let source = percent_decoded(&self.text("x-amz-copy-source")?);
            let source = source.split("?versionId=").next()?.trim_start_matches('/');
            if source.starts_with("arn:") {
                return Some(vec![Target::Arn(source.to_owned())]);
            }
            return Some(vec![Target::Arn(format!(
                "arn:{}:s3:::{source}",
                self.home.partition
            ))]);
        }
        let bucket = self.text("bucketName").or_else(|| self.text("bucket"))?;
        let of_access_point = bucket.starts_with("arn:");
        if Self::has_type(asked, "object") {
            let start = if of_access_point {
                format!("{bucket}/object/")
            } else {
                format!("arn:{}:s3:::{bucket}/", self.home.partition)
            };
            return Some(vec![match self.text("key") {
                Some(key) => Target::Arn(format!("{start}{key}")),
                None => Target::Like(format!("{start}*")),
            }]);
        }
        if Self::has_type(asked, "bucket") {
            let arn = if of_access_point {
                bucket
            } else {
                format!("arn:{}:s3:::{bucket}", self.home.partition)
            };
            return Some(vec![Target::Arn(arn)]);
        }
        None
    }

    fn kms(&self, name: &str) -> Vec<Target> {
        let parameter = match name {
            "ReEncryptFrom" => "sourceKeyId",
            "ReEncryptTo" => "destinationKeyId",
            "CreateAlias" | "UpdateAlias" => "targetKeyId",
            _ => "keyId",
        };
        let key = self.text(parameter).map(|key| {
            if key.starts_with("arn:") && key.contains(":key/") {
                Target::Arn(key)
            } else if key.contains("alias/") || key.starts_with("arn:") {
                // Policies of keys name the key itself, and the alias does not tell which it is.
                self.here_like("kms", "key/*")
            } else {
                self.here("kms", &format!("key/{key}"))
            }
        });
        let alias = if name.ends_with("Alias") {
            self.text("aliasName")
        } else {
            None
        };
        let alias = alias.map(|alias| {
            if alias.starts_with("arn:") {
                Target::Arn(alias)
            } else {
                self.here("kms", &alias)
            }
        });
        key.into_iter().chain(alias).collect()
    }

    fn role_to_assume(&self, asked: &Asked) -> Option<Vec<Target>> {
        if asked.action.name() == "AssumeRoot" {
            let account = self.text("targetPrincipal")?;
            let root = format!("arn:{}:iam::{account}:root", self.home.partition);
            return Some(vec![Target::Arn(root)]);
        }
        let role = self.text("roleArn")?;
        Self::has_type(asked, "role").then(|| vec![Target::Arn(role)])
    }

    /// IAM knows resources by name; the path is in the ARN only.
    fn iam(&self, asked: &Asked) -> Named {
        if asked.action.name() == "CreateServiceLinkedRole" {
            // The service chooses the name, and has a path of its own.
            let service = self.text("aWSServiceName")?;
            let template =
                format!("arn:${{Partition}}:iam::${{Account}}:role/aws-service-role/{service}/*");
            let filled = self.home.fill(&template, |_| None)?;
            let targets = filled.into_iter().map(Filled::target).collect();
            return Some((targets, ResourceSource::Parameters));
        }
        let mut kinds = asked
            .action
            .resources()
            .map(|one| one.resource_type().name());
        let is_own = Self::has_type(asked, "user")
            && kinds.all(|kind| ["user", "mfa", "sms-mfa"].contains(&kind))
            && ["userName", "accessKeyId", "serialNumber"]
                .iter()
                .all(|name| self.text(name).is_none());
        if !is_own || asked.part != Part::Main {
            return None;
        }
        let is_all_known = self.parameters.extent() == Extent::All;
        if let Principal::User { arn, .. } = self.principal
            && is_all_known
        {
            return Some((vec![Target::Arn(arn.clone())], ResourceSource::Caller));
        }
        None
    }

    /// Secrets have six characters after their name that the caller need not give.
    fn secret(&self, name: &str) -> Option<Vec<Target>> {
        if name == "CreateSecret" {
            let secret = format!("secret:{}-*", self.text("name")?);
            return Some(vec![self.here_like("secretsmanager", &secret)]);
        }
        let listed = self.parameters.texts("secretIdList");
        if !listed.is_empty() {
            return Some(listed.into_iter().map(|id| self.secret_by_id(id)).collect());
        }
        Some(vec![self.secret_by_id(self.text("secretId")?)])
    }

    fn secret_by_id(&self, secret: String) -> Target {
        let has_suffix = secret.rsplit_once('-').is_some_and(|(_, end)| {
            end.len() == 6 && end.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        if !secret.starts_with("arn:") {
            self.here_like("secretsmanager", &format!("secret:{secret}-??????"))
        } else if has_suffix {
            Target::Arn(secret)
        } else {
            Target::Like(format!("{secret}-??????"))
        }
    }

    fn ssm(&self, name: &str) -> Option<Vec<Target>> {
        match name {
            "SendCommand" | "StartSession" => {
                let mut targets: Vec<Target> = self
                    .text("documentName")
                    .iter()
                    .map(|name| self.document(name))
                    .collect();
                let instances = self.parameters.texts("instanceIds");
                targets.extend(instances.iter().map(|id| self.instance(id)));
                if name == "StartSession" {
                    // A task of ECS is named by its cluster and its containers.
                    targets.extend(self.text("target").map(|id| match id.strip_prefix("ecs:") {
                        Some(_) => self.here_like("ecs", "task/*"),
                        None => self.instance(&id),
                    }));
                } else if instances.is_empty() {
                    // The targets are tags: which instances have them is not in the event.
                    targets.push(self.here_like("ec2", "instance/*"));
                }
                Some(targets)
            }
            "AddTagsToResource" | "RemoveTagsFromResource" | "ListTagsForResource" => {
                let id = self.text("resourceId").or_else(|| self.text("name"))?;
                let kind = self
                    .text("resourceType")
                    .unwrap_or_else(|| "Parameter".to_owned());
                Some(vec![match kind.as_str() {
                    _ if id.starts_with("arn:") => Target::Arn(id),
                    "Parameter" => self.parameter(&id),
                    "Document" => self.document(&id),
                    "ManagedInstance" => self.instance(&id),
                    "MaintenanceWindow" => self.here("ssm", &format!("maintenancewindow/{id}")),
                    "PatchBaseline" => self.here("ssm", &format!("patchbaseline/{id}")),
                    "OpsItem" => self.here("ssm", &format!("opsitem/{id}")),
                    "OpsMetadata" => self.here("ssm", &format!("opsmetadata/{id}")),
                    "Association" => self.here("ssm", &format!("association/{id}")),
                    "Automation" => self.here("ssm", &format!("automation-execution/{id}")),
                    _ => return None,
                }])
            }
            "PutComplianceItems" | "UpdateInstanceInformation" => {
                let id = self
                    .text("instanceId")
                    .or_else(|| self.text("resourceId"))?;
                Some(vec![self.instance(&id)])
            }
            name if name.ends_with("Document") || name.contains("DocumentVersion") => {
                let document = self.text("name").or_else(|| self.text("documentName"))?;
                Some(vec![self.document(&document)])
            }
            name if name.contains("Parameter") => {
                let names = self.parameters.texts("name").into_iter();
                let names = names.chain(self.parameters.texts("names"));
                let path = self.text("path").filter(|_| name == "GetParametersByPath");
                Some(
                    names
                        .chain(path)
                        .map(|name| self.parameter(&name))
                        .collect(),
                )
            }
            _ => None,
        }
    }

    fn parameter(&self, name: &str) -> Target {
        if name.starts_with("arn:") {
            return Target::Arn(name.to_owned());
        }
        // A name may be followed by a version or label, which is not part of the ARN.
        let name = name.split(':').next().unwrap_or(name);
        self.here(
            "ssm",
            &format!("parameter/{}", name.trim_start_matches('/')),
        )
    }

    fn document(&self, name: &str) -> Target {
        if name.starts_with("arn:") {
            return Target::Arn(name.to_owned());
        }
        // AWS's own documents are in no account.
        if name.starts_with("AWS-") || name.starts_with("AWS") || name.starts_with("Amazon") {
            let region = self.home.region.as_deref().unwrap_or("*");
            let partition = self.home.partition;
            return Target::Like(format!("arn:{partition}:ssm:{region}:*:document/{name}"));
        }
        self.here("ssm", &format!("document/{name}"))
    }

    fn instance(&self, id: &str) -> Target {
        if id.starts_with("mi-") {
            self.here("ssm", &format!("managed-instance/{id}"))
        } else {
            self.here("ec2", &format!("instance/{id}"))
        }
    }

    /// `name`, `name:qualifier`, `account:function:name` or an ARN.
    fn function(&self, asked: &Asked) -> Option<Vec<Target>> {
        let name = self.text("functionName")?;
        if !Self::has_type(asked, "function") {
            return None;
        }
        let mut arn = if name.starts_with("arn:") {
            Filled {
                text: name,
                known: Known::All,
            }
        } else if let Some((account, rest)) = name.split_once(":function:") {
            let region = self.home.region.as_deref().unwrap_or("*");
            let text = format!(
                "arn:{}:lambda:{region}:{account}:function:{rest}",
                self.home.partition
            );
            Filled {
                text,
                known: Known::All,
            }
        } else {
            self.home.arn("lambda", &format!("function:{name}"))
        };
        let is_qualified = arn.text.split(':').count() > 7;
        if let Some(qualifier) = self.text("qualifier").filter(|_| !is_qualified) {
            arn.text = format!("{}:{qualifier}", arn.text);
        }
        Some(vec![arn.target()])
    }

    /// Requests on a log group are about what is in it: policies name `log-group:NAME:*`.
    ///
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html>
    fn log_group(&self, asked: &Asked) -> Option<Vec<Target>> {
        let group = ["logGroupName", "logGroupIdentifier", "resourceArn"]
            .iter()
            .find_map(|name| self.text(name))?;
        let start = if group.starts_with("arn:") {
            group.trim_end_matches(":*").to_owned()
        } else {
            self.home.arn("logs", &format!("log-group:{group}")).text
        };
        if !start.contains(":log-group:") {
            return None;
        }
        if let Some(stream) = self.text("logStreamName") {
            return Some(vec![Target::Arn(format!("{start}:log-stream:{stream}"))]);
        }
        let is_tagging = asked.action.name().contains("Resource");
        Some(vec![if is_tagging {
            Target::Arn(start)
        } else {
            Target::Like(format!("{start}:*"))
        }])
    }

    fn table(&self, asked: &Asked) -> Option<Vec<Target>> {
        if let Some(items) = self
            .parameters
            .get("requestItems")
            .and_then(Value::as_object)
        {
            return Some(items.keys().map(|name| self.table_arn(name)).collect());
        }
        let transacted: Vec<String> = match asked.action.name() {
            "GetItem" => self.parameters.texts("transactItems.get.tableName"),
            "PutItem" => self.parameters.texts("transactItems.put.tableName"),
            "UpdateItem" => self.parameters.texts("transactItems.update.tableName"),
            "DeleteItem" => self.parameters.texts("transactItems.delete.tableName"),
            "ConditionCheckItem" => self
                .parameters
                .texts("transactItems.conditionCheck.tableName"),
            _ => Vec::new(),
        };
        if !transacted.is_empty() {
            return Some(transacted.iter().map(|name| self.table_arn(name)).collect());
        }
        if asked.action.name().starts_with("PartiQL") {
            let tables = statement_tables(self.parameters, &asked.action.full_name())?;
            let of_statement =
                |(table, index): &(String, Option<String>)| match (index, self.table_arn(table)) {
                    (Some(index), Target::Arn(table)) => {
                        Target::Arn(format!("{table}/index/{index}"))
                    }
                    (_, table) => table,
                };
            return Some(tables.iter().map(of_statement).collect());
        }
        let table = self.table_arn(&self.text("tableName")?);
        // A query of an index asks for the index alone.
        match (self.text("indexName"), &table) {
            (Some(index), Target::Arn(table)) if Self::has_type(asked, "index") => {
                Some(vec![Target::Arn(format!("{table}/index/{index}"))])
            }
            _ if Self::has_type(asked, "table") => Some(vec![table]),
            _ => None,
        }
    }

    fn table_arn(&self, name: &str) -> Target {
        if name.starts_with("arn:") {
            Target::Arn(name.to_owned())
        } else {
            self.here("dynamodb", &format!("table/{name}"))
        }
    }

    /// `https://sqs.eu-west-1.amazonaws.com/123456789012/name`
    fn queue(&self) -> Option<Vec<Target>> {
        if let Some(url) = self.text("queueUrl") {
            let mut segments = url.rsplit('/');
            let (name, account) = (segments.next()?, segments.next()?);
            let region = self.home.region.as_deref().unwrap_or("*");
            let arn = format!("arn:{}:sqs:{region}:{account}:{name}", self.home.partition);
            return Some(vec![Target::Arn(arn)]);
        }
        let mut home = self.home.clone();
        if let Some(owner) = self.text("queueOwnerAWSAccountId") {
            home.account = Some(owner);
        }
        Some(vec![home.arn("sqs", &self.text("queueName")?).target()])
    }

    fn topic(&self) -> Option<Vec<Target>> {
        if let Some(topic) = self.text("topicArn").or_else(|| self.text("targetArn")) {
            return Some(vec![Target::Arn(topic)]);
        }
        // Messages to telephones are sent to no topic.
        self.parameters
            .get("phoneNumber")
            .map(|_| vec![Target::Star])
    }

    /// The id of a stack is in no parameter.
    fn stack(&self, asked: &Asked) -> Option<Vec<Target>> {
        let name = self.text("stackName")?;
        if !Self::has_type(asked, "stack") {
            return None;
        }
        Some(vec![if name.starts_with("arn:") {
            Target::Arn(name)
        } else {
            self.here_like("cloudformation", &format!("stack/{name}/*"))
        }])
    }

    fn model(&self, asked: &Asked) -> Option<Vec<Target>> {
        let model = self
            .text("modelId")
            .or_else(|| self.text("modelIdentifier"))?;
        if !Self::has_type(asked, "foundation-model") {
            return None;
        }
        if let Some(profile) = self.inference_profile(&model) {
            // A profile sends the request on to the model in one of its regions, and IAM is asked
            // for both.
            let id = profile.rsplit('/').next().unwrap_or_default();
            let of_profile = match geography(id) {
                Some((_, model)) if profile.contains(":inference-profile/") => model,
                _ => "*",
            };
            let partition = self.home.partition;
            let model = format!("arn:{partition}:bedrock:*::foundation-model/{of_profile}");
            return Some(vec![Target::Arn(profile), Target::Like(model)]);
        }
        Some(vec![if model.starts_with("arn:") {
            Target::Arn(model)
        } else {
            let region = self.home.region.as_deref().unwrap_or("*");
            Target::Arn(format!(
                "arn:{}:bedrock:{region}::foundation-model/{model}",
                self.home.partition
            ))
        }])
    }

    /// The ARN of an inference profile, where a model is called through one.
    ///
    /// <https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html>
    fn inference_profile(&self, model: &str) -> Option<String> {
        if model.starts_with("arn:") {
            return model
                .contains("inference-profile/")
                .then(|| model.to_owned());
        }
        geography(model)?;
        let profile = format!("inference-profile/{model}");
        Some(self.home.arn("bedrock", &profile).text)
    }

    fn repository(&self, asked: &Asked) -> Option<Vec<Target>> {
        let names = self.parameters.texts("repositoryName");
        if names.is_empty() || !Self::has_type(asked, "repository") {
            return None;
        }
        let mut home = self.home.clone();
        home.account = self.text("registryId").or(home.account);
        let arn = |name: &String| home.arn("ecr", &format!("repository/{name}")).target();
        Some(names.iter().map(arn).collect())
    }

    fn hosted_zone(&self, asked: &Asked) -> Option<Vec<Target>> {
        let zone = self.text("hostedZoneId").or_else(|| self.text("id"))?;
        let zone = zone.rsplit('/').next()?;
        let arn = format!("arn:{}:route53:::hostedzone/{zone}", self.home.partition);
        Self::has_type(asked, "hostedzone").then(|| vec![Target::Arn(arn)])
    }

    fn ec2(&self, asked: &Asked) -> Option<Vec<Target>> {
        match (asked.part, asked.action.name()) {
            (Part::TagOnCreate, _) => Some(self.new_tagged()),
            (_, "RunInstances") => Some(self.launched()),
            (_, "RegisterImage") => {
                let snapshots = self.parameters.texts("blockDeviceMapping.ebs.snapshotId");
                let snapshots = snapshots.iter().map(|id| self.ec2_of_type("snapshot", id));
                let image = self.ec2_of_type("image", "*");
                Some([image].into_iter().chain(snapshots).collect())
            }
            (_, "CreateTags" | "DeleteTags") => {
                let ids = self.parameters.texts("resourcesSet.resourceId");
                let ids = ids.into_iter().chain(self.parameters.texts("resources"));
                Some(ids.map(|id| self.ec2_by_id(&id)).collect())
            }
            (_, "CreateFlowLogs") => {
                let kind = match self.text("resourceType")?.as_str() {
                    "VPC" => "vpc",
                    "Subnet" => "subnet",
                    "NetworkInterface" => "network-interface",
                    "TransitGateway" => "transit-gateway",
                    "TransitGatewayAttachment" => "transit-gateway-attachment",
                    _ => return None,
                };
                let ids = self.parameters.texts("resourceId");
                let ids = if ids.is_empty() {
                    self.parameters.texts("resourceIds")
                } else {
                    ids
                };
                let watched = ids.iter().map(|id| self.ec2_of_type(kind, id));
                Some(
                    watched
                        .chain([self.ec2_of_type("vpc-flow-log", "*")])
                        .collect(),
                )
            }
            _ => None,
        }
    }

    /// An EC2 resource by its type; a star as id is the one that is about to be created.
    fn ec2_of_type(&self, kind: &str, id: &str) -> Target {
        let template = self
            .catalog
            .service("ec2")
            .and_then(|service| service.resource_type(kind))
            .map_or("", |kind| kind.arn_template());
        let value = Filled {
            text: id.to_owned(),
            known: Known::All,
        };
        self.home
            .fill(template, |_| Some(vec![value.clone()]))
            .and_then(|filled| filled.into_iter().next())
            .filter(|filled| !filled.text.is_empty())
            .map_or(Target::Unknown, Filled::target)
    }

    /// An EC2 resource by its id, whose first letters tell its type.
    fn ec2_by_id(&self, id: &str) -> Target {
        let start = id.rsplit_once('-').map_or("", |(start, _)| start);
        match EC2_IDS.iter().find(|(prefix, _)| *prefix == start) {
            Some((_, kind)) => self.ec2_of_type(kind, id),
            None => Target::Like(self.home.arn("ec2", &format!("*/{id}")).text),
        }
    }

    fn new_tagged(&self) -> Vec<Target> {
        let parameters = self.parameters;
        let kinds = [
            "tagSpecificationSet",
            "tagSpecification",
            "tagSpecifications",
        ]
        .iter()
        .flat_map(|name| parameters.texts(&format!("{name}.resourceType")));
        kinds.map(|kind| self.ec2_of_type(&kind, "*")).collect()
    }

    /// What a launch acts on; each must be allowed.
    ///
    /// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html#iam-example-runinstances>
    fn launched(&self) -> Vec<Target> {
        let texts = |path: &str| self.parameters.texts(path);
        let given = |kind: &str, paths: &[&str]| -> Vec<Target> {
            let ids: Vec<String> = paths.iter().flat_map(|path| texts(path)).collect();
            ids.iter().map(|id| self.ec2_of_type(kind, id)).collect()
        };
        // What a launch template holds is not in the event.
        let has_template = self.parameters.has("launchTemplate");
        let or_open = |targets: Vec<Target>, kind: &str| -> Vec<Target> {
            if !targets.is_empty() {
                return targets;
            }
            let any = self.ec2_of_type(kind, "*");
            vec![if let Target::Arn(any) = any {
                Target::Like(any)
            } else {
                any
            }]
        };
        let interfaces = given(
            "network-interface",
            &["networkInterfaceSet.networkInterfaceId"],
        );
        // An interface that exists already brings its own subnet and groups.
        let brings_network = !interfaces.is_empty();
        let mut targets = vec![self.ec2_of_type("instance", "*")];
        targets.extend(or_open(
            given("image", &["instancesSet.imageId", "imageId"]),
            "image",
        ));
        let subnets = given("subnet", &["subnetId", "networkInterfaceSet.subnetId"]);
        let groups = given(
            "security-group",
            &["groupSet.groupId", "networkInterfaceSet.groupSet.groupId"],
        );
        if !brings_network {
            targets.extend(or_open(subnets, "subnet"));
            targets.extend(or_open(groups, "security-group"));
            targets.push(self.ec2_of_type("network-interface", "*"));
        }
        targets.extend(interfaces);
        targets.push(self.ec2_of_type("volume", "*"));
        targets.extend(given("key-pair", &["instancesSet.keyName", "keyName"]));
        targets.extend(given("snapshot", &["blockDeviceMapping.ebs.snapshotId"]));
        if has_template {
            let ids = given("launch-template", &["launchTemplate.launchTemplateId"]);
            targets.extend(or_open(ids, "launch-template"));
        }
        targets
    }
}

/// The regions and the model of an inference profile that AWS defines: `eu` and
/// `amazon.nova-lite-v1:0`.
fn geography(profile: &str) -> Option<(&str, &str)> {
    let (regions, model) = profile.split_once('.')?;
    let known = ["us", "us-gov", "eu", "apac", "global", "jp", "au", "ca"];
    known.contains(&regions).then_some((regions, model))
}

/// What EC2 ids start with, and the type of their resource.
const EC2_IDS: [(&str, &str); 34] = [
    ("acl", "network-acl"),
    ("ami", "image"),
    ("cgw", "customer-gateway"),
    ("cr", "capacity-reservation"),
    ("dopt", "dhcp-options"),
    ("eigw", "egress-only-internet-gateway"),
    ("eipalloc", "elastic-ip"),
    ("eni", "network-interface"),
    ("fl", "vpc-flow-log"),
    ("fleet", "fleet"),
    ("h", "dedicated-host"),
    ("i", "instance"),
    ("igw", "internet-gateway"),
    ("key", "key-pair"),
    ("lt", "launch-template"),
    ("nat", "natgateway"),
    ("pcx", "vpc-peering-connection"),
    ("pl", "prefix-list"),
    ("rtb", "route-table"),
    ("sg", "security-group"),
    ("sgr", "security-group-rule"),
    ("sir", "spot-instances-request"),
    ("sfr", "spot-fleet-request"),
    ("snap", "snapshot"),
    ("subnet", "subnet"),
    ("tgw", "transit-gateway"),
    ("tgw-attach", "transit-gateway-attachment"),
    ("tgw-rtb", "transit-gateway-route-table"),
    ("vgw", "vpn-gateway"),
    ("vol", "volume"),
    ("vpc", "vpc"),
    ("vpce", "vpc-endpoint"),
    ("vpce-svc", "vpc-endpoint-service"),
    ("vpn", "vpn-connection"),
];
