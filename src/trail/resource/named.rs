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

    pub(super) fn text(&self, name: &str) -> Option<String> {
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
}

/// The regions and the model of an inference profile that AWS defines: `eu` and
/// `amazon.nova-lite-v1:0`.
fn geography(profile: &str) -> Option<(&str, &str)> {
    let (regions, model) = profile.split_once('.')?;
    let known = ["us", "us-gov", "eu", "apac", "global", "jp", "au", "ca"];
    known.contains(&regions).then_some((regions, model))
}
