//! The condition keys of single services, from the parameter that each comes from.
//!
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>

use serde_json::Value;

use crate::{
    eval::{Context, Fact, Origin, Target},
    policy::ActionName,
    trail::parameters::{Extent, Parameters, get, is_hidden, scalar},
};

use super::{Facts, Path, is_passed, set, set_absent};

/// Services that have the same name in `kms:ViaService` as in events.
///
/// <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service>
const VIA_SERVICES: [&str; 14] = [
    "backup",
    "dynamodb",
    "ec2",
    "elasticfilesystem",
    "es",
    "kinesis",
    "lambda",
    "rds",
    "redshift",
    "s3",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
];

pub(super) fn add(facts: &Facts<'_>, context: &mut Context, action: &ActionName, target: &Target) {
    let keys = Keys {
        facts,
        parameters: facts.parameters,
        name: action.name(),
    };
    match action.service() {
        "s3" => keys.s3(context),
        "kms" => keys.kms(context),
        "sts" => keys.sts(context),
        "iam" if is_passed(action) => keys.passed_to(context),
        "iam" => keys.iam(context),
        "ec2" => keys.ec2(context, target),
        "lambda" => keys.lambda(context),
        "rds" => {
            keys.parameter(context, "rds:DatabaseClass", "dBInstanceClass");
            keys.parameter(context, "rds:DatabaseEngine", "engine");
        }
        "ssm" => keys.parameter(context, "ssm:Overwrite", "overwrite"),
        "secretsmanager" => keys.parameter(context, "secretsmanager:Name", "name"),
        "sns" => {
            keys.parameter(context, "sns:Protocol", "protocol");
            keys.parameter(context, "sns:Endpoint", "endpoint");
        }
        _ => {}
    }
}

struct Keys<'f> {
    facts: &'f Facts<'f>,
    parameters: &'f Parameters,
    name: &'f str,
}

impl Keys<'_> {
    /// Sets a key to a parameter, where that is there; its absence tells nothing.
    fn parameter(&self, context: &mut Context, key: &str, parameter: &str) {
        if let Some(text) = self.parameters.text(parameter) {
            set(context, key, text);
        }
    }

    /// Sets a key to a parameter; without the parameter the key is absent.
    fn parameter_or_absent(&self, context: &mut Context, key: &str, parameter: &str) {
        match self.parameters.get(parameter).and_then(scalar) {
            Some(text) if is_hidden(&text) => {}
            // An empty value is sent as one: `prefix=` lists everything by an empty prefix.
            Some(text) => set(context, key, text),
            None if self.is_all_known() => set_absent(context, &[key]),
            None => {}
        }
    }

    fn is_all_known(&self) -> bool {
        self.parameters.extent() == Extent::All
    }

    fn s3(&self, context: &mut Context) {
        if self.name.starts_with("ListBucket") {
            for (key, parameter) in [
                ("s3:prefix", "prefix"),
                ("s3:delimiter", "delimiter"),
                ("s3:max-keys", "max-keys"),
            ] {
                self.parameter_or_absent(context, key, parameter);
            }
        }
        // The source of a copy is named with its version in one.
        let source = self.parameters.text("x-amz-copy-source");
        match source.filter(|_| self.name.starts_with("GetObject")) {
            Some(source) => match source.split_once("?versionId=") {
                Some((_, version)) => set(context, "s3:VersionId", version),
                None => set_absent(context, &["s3:VersionId"]),
            },
            None => self.parameter_or_absent(context, "s3:VersionId", "versionId"),
        }
        for header in [
            "x-amz-acl",
            "x-amz-server-side-encryption",
            "x-amz-copy-source",
        ] {
            self.parameter_or_absent(context, &format!("s3:{header}"), header);
        }
        for (name, value) in self.parameters.root().as_object().into_iter().flatten() {
            let text = scalar(value).filter(|text| !is_hidden(text));
            if let Some(text) = text.filter(|_| name.starts_with("x-amz-")) {
                set(context, &format!("s3:{name}"), text);
            }
        }
        let additional = self
            .facts
            .event
            .additional_event_data
            .and_then(|raw| serde_json::from_str::<Value>(raw.get()).ok())
            .unwrap_or_default();
        match get(&additional, "SignatureVersion").and_then(Value::as_str) {
            Some("SigV4") => set(context, "s3:signatureversion", "AWS4-HMAC-SHA256"),
            Some("SigV2") => set(context, "s3:signatureversion", "AWS"),
            _ => {}
        }
        match get(&additional, "AuthenticationMethod").and_then(Value::as_str) {
            Some("AuthHeader") => set(context, "s3:authType", "REST-HEADER"),
            Some("QueryString") => set(context, "s3:authType", "REST-QUERY-STRING"),
            _ => {}
        }
        let version = self.facts.event.tls_details.tls_version.as_deref();
        if let Some(version) = version.and_then(|version| version.strip_prefix("TLSv")) {
            set(context, "s3:TlsVersion", version);
        }
    }

    fn kms(&self, context: &mut Context) {
        // Re-encrypting has a context for each of its two halves; that of a grant is one that later
        // calls must have.
        let (parameter, algorithm) = match self.name {
            "ReEncryptFrom" => ("sourceEncryptionContext", "sourceEncryptionAlgorithm"),
            "ReEncryptTo" => (
                "destinationEncryptionContext",
                "destinationEncryptionAlgorithm",
            ),
            _ => ("encryptionContext", "encryptionAlgorithm"),
        };
        let encryption = self.parameters.get(parameter).and_then(Value::as_object);
        if let Some(pairs) = encryption {
            context.set_family("kms:EncryptionContext:", Fact::Absent);
            let mut names = Vec::new();
            for (name, value) in pairs {
                names.push(name.clone());
                let value = scalar(value).filter(|text| !is_hidden(text));
                let fact = value.map_or(Fact::Unknown, |text| Fact::Values(vec![text]));
                let key = format!("kms:EncryptionContext:{name}");
                context.set(key.as_str(), fact, Origin::Recorded);
            }
            context.set(
                "kms:EncryptionContextKeys",
                Fact::Values(names),
                Origin::Recorded,
            );
        } else if self.is_all_known()
            && self.parameters.get(parameter).is_none()
            && self.name != "CreateGrant"
        {
            context.set_family("kms:EncryptionContext:", Fact::Absent);
            set_absent(context, &["kms:EncryptionContextKeys"]);
        }
        self.parameter(context, "kms:EncryptionAlgorithm", algorithm);
        if let Some(account) = self.facts.principal.account() {
            set(context, "kms:CallerAccount", account.as_str());
        }
        self.via_service(context);
        let key = self.parameters.text("keyId");
        if let Some(key) = key {
            let alias = key
                .split_once(":alias/")
                .map(|(_, name)| format!("alias/{name}"));
            let alias = alias.or_else(|| key.starts_with("alias/").then_some(key));
            match alias {
                Some(alias) => set(context, "kms:RequestAlias", alias),
                None => set_absent(context, &["kms:RequestAlias"]),
            }
        }
    }

    /// `secretsmanager.amazonaws.com` is `secretsmanager.eu-west-1.amazonaws.com` to KMS.
    fn via_service(&self, context: &mut Context) {
        let event = self.facts.event;
        match (self.facts.path, event.user_identity.invoked_by.as_deref()) {
            (Path::Direct, _) => set_absent(context, &["kms:ViaService"]),
            (Path::ViaService, Some(service)) => {
                let name = service.strip_suffix(".amazonaws.com");
                // Other services call under names of which KMS has another: EBS is `ec2` to it.
                if let (Some(name), Some(region)) = (name, event.aws_region.as_deref())
                    && VIA_SERVICES.contains(&name)
                {
                    set(
                        context,
                        "kms:ViaService",
                        format!("{name}.{region}.amazonaws.com"),
                    );
                }
            }
            _ => {}
        }
    }

    fn sts(&self, context: &mut Context) {
        for (key, parameter) in [
            ("sts:ExternalId", "externalId"),
            ("sts:RoleSessionName", "roleSessionName"),
            ("sts:SourceIdentity", "sourceIdentity"),
        ] {
            self.parameter_or_absent(context, key, parameter);
        }
        let keys = self.parameters.texts("transitiveTagKeys");
        if !keys.is_empty() {
            context.set(
                "sts:TransitiveTagKeys",
                Fact::Values(keys),
                Origin::Recorded,
            );
        } else if self.is_all_known() {
            set_absent(context, &["sts:TransitiveTagKeys"]);
        }
    }

    fn iam(&self, context: &mut Context) {
        if self.name.starts_with("Attach") || self.name.starts_with("Detach") {
            self.parameter(context, "iam:PolicyARN", "policyArn");
        }
        // For other calls the key is the boundary that the user or role already has.
        if matches!(self.name, "CreateUser" | "CreateRole") {
            self.parameter_or_absent(context, "iam:PermissionsBoundary", "permissionsBoundary");
        } else if self.name.ends_with("PermissionsBoundary") && self.name.starts_with("Put") {
            self.parameter(context, "iam:PermissionsBoundary", "permissionsBoundary");
        }
        self.parameter(context, "iam:AWSServiceName", "aWSServiceName");
    }

    /// The service that a role is passed to, where it can be only one.
    fn passed_to(&self, context: &mut Context) {
        let source = self.facts.event.event_source.as_deref().unwrap_or_default();
        let call = self.facts.event.event_name.as_deref().unwrap_or_default();
        let service = match (source.split('.').next().unwrap_or_default(), call) {
            ("ec2", "CreateFlowLogs") => "vpc-flow-logs",
            ("ec2" | "iam", _) => "ec2",
            ("ecs", _) => "ecs-tasks",
            ("lambda", name) if name.contains("Function") => "lambda",
            (
                service @ ("cloudformation" | "cloudtrail" | "codebuild" | "codepipeline"
                | "config" | "firehose" | "glue" | "sagemaker" | "states"),
                _,
            ) => service,
            _ => return,
        };
        set(
            context,
            "iam:PassedToService",
            format!("{service}.amazonaws.com"),
        );
    }

    fn ec2(&self, context: &mut Context, target: &Target) {
        if let Some(region) = self.facts.event.aws_region.as_deref() {
            set(context, "ec2:Region", region);
        }
        let call = self.facts.event.event_name.as_deref().unwrap_or_default();
        if self.name == "CreateTags" {
            if call == "CreateTags" {
                set_absent(context, &["ec2:CreateAction"]);
            } else {
                set(context, "ec2:CreateAction", call);
            }
        }
        // The type describes the instance, not what else a launch acts on.
        let is_instance = matches!(target, Target::Arn(arn) if arn.contains(":instance/"));
        if self.name == "RunInstances" && is_instance {
            self.parameter(context, "ec2:InstanceType", "instanceType");
        }
    }

    fn lambda(&self, context: &mut Context) {
        self.parameter(context, "lambda:FunctionUrlAuthType", "functionUrlAuthType");
        self.parameter(context, "lambda:Principal", "principal");
        let function = self
            .parameters
            .text("functionName")
            .filter(|name| name.starts_with("arn:"));
        if let Some(arn) = function.filter(|_| self.name.contains("EventSourceMapping")) {
            set(context, "lambda:FunctionArn", arn);
        }
    }
}
