//! Which actions a call asks for.
//!
//! Events are named after API operations, policies after actions; most are the same, and the
//! catalog knows the rest. A name that is neither stays unmapped: no action is guessed.

mod dynamodb;
mod roles;

use crate::{
    catalog::{Action, Catalog, Operation, RestCall},
    eval::Principal,
    policy::ActionName,
};

use super::{Event, parameters::Parameters};
pub(super) use dynamodb::statement_tables;
pub(super) use roles::may_pass_another;

/// One action that a call asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) action: Action,
    pub(super) part: Part,
}

/// Why a call asks for an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// It is what the call does.
    Main,
    /// API Gateway: this verb on this path.
    Rest(RestCall),
    /// It reads the object that is copied.
    CopySource,
    /// It is needed beside the main action, on those of its resources that have this in their ARN.
    Beside(&'static str),
    /// The tags that the new resource gets are created with it.
    TagOnCreate,
    /// A role is handed on to a service; the template of its ARN, `None` where the event does not tell
    /// which it is.
    PassRole(Option<&'static str>),
}

/// The actions of a call, or why there are none.
#[derive(Debug, Clone)]
pub(super) enum Mapping {
    /// Each of these must be allowed.
    Known(Vec<Asked>),
    /// The call is no action that is known.
    Unknown(Unmapped),
}

/// A call of which the action is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmapped {
    /// The service prefix, where there is an event source.
    pub prefix: Option<String>,
    /// The name of the call.
    pub name: Option<String>,
    /// What is missing.
    pub reason: UnmappedReason,
}

/// Why the action of a call is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnmappedReason {
    /// The event lacks its source or its name.
    Incomplete,
    /// The catalog has no such service.
    UnknownService,
    /// The service has no action of that name, and no renamed one is known.
    UnknownAction,
    /// The call asks for one of these, and the event does not tell which.
    OneOf(Vec<ActionName>),
}

/// Whether a policy must allow a call.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Needs {
    /// It must.
    Permission,
    /// The call works without permission.
    Nothing,
    /// The call is not signed, so that policies of identities do not apply to it: only the policy
    /// of the resource, such as a role's trust policy, counts.
    ResourcePolicyOnly,
}

/// Calls that are not signed with AWS credentials, by prefix and action.
///
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>,
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/security_iam_service-with-iam.html>
const UNSIGNED: [(&str, &[&str]); 5] = [
    ("sts", &["AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"]),
    (
        "cognito-identity",
        &[
            "GetId",
            "GetCredentialsForIdentity",
            "GetOpenIdToken",
            "UnlinkIdentity",
        ],
    ),
    (
        "cognito-idp",
        &[
            "InitiateAuth",
            "RespondToAuthChallenge",
            "SignUp",
            "ConfirmSignUp",
            "ForgotPassword",
            "ConfirmForgotPassword",
            "ResendConfirmationCode",
            "GetUser",
            "GlobalSignOut",
            "RevokeToken",
        ],
    ),
    (
        "sso",
        &[
            "GetRoleCredentials",
            "ListAccounts",
            "ListAccountRoles",
            "Logout",
        ],
    ),
    (
        "sso-oauth",
        &["CreateToken", "RegisterClient", "StartDeviceAuthorization"],
    ),
];

/// The permissions to tag what is created, for services that ask for them beside the creation, and
/// what the ARN of the new resource has in it.
const TAG_ON_CREATE: [(&str, &str, &str); 17] = [
    ("iam:CreateRole", "iam:TagRole", ""),
    ("iam:CreateUser", "iam:TagUser", ""),
    ("iam:CreatePolicy", "iam:TagPolicy", ""),
    ("iam:CreateInstanceProfile", "iam:TagInstanceProfile", ""),
    (
        "iam:CreateOpenIDConnectProvider",
        "iam:TagOpenIDConnectProvider",
        "",
    ),
    ("iam:CreateSAMLProvider", "iam:TagSAMLProvider", ""),
    ("iam:CreateVirtualMFADevice", "iam:TagMFADevice", ""),
    (
        "iam:UploadServerCertificate",
        "iam:TagServerCertificate",
        "",
    ),
    ("kms:CreateKey", "kms:TagResource", ""),
    ("lambda:CreateFunction", "lambda:TagResource", ""),
    ("rds:CreateDBCluster", "rds:AddTagsToResource", ":cluster:"),
    ("rds:CreateDBInstance", "rds:AddTagsToResource", ":db:"),
    (
        "rds:CreateDBSnapshot",
        "rds:AddTagsToResource",
        ":snapshot:",
    ),
    (
        "rds:CreateDBSubnetGroup",
        "rds:AddTagsToResource",
        ":subgrp:",
    ),
    (
        "secretsmanager:CreateSecret",
        "secretsmanager:TagResource",
        "",
    ),
    ("ssm:PutParameter", "ssm:AddTagsToResource", ""),
    ("sts:AssumeRole", "sts:TagSession", ""),
];

/// The actions on a version of an object: S3 asks for these in place of those on the object.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html>
const OF_VERSION: [(&str, &str); 9] = [
    ("s3:GetObject", "s3:GetObjectVersion"),
    ("s3:GetObjectAcl", "s3:GetObjectVersionAcl"),
    ("s3:GetObjectTagging", "s3:GetObjectVersionTagging"),
    ("s3:GetObjectAttributes", "s3:GetObjectVersionAttributes"),
    ("s3:PutObjectAcl", "s3:PutObjectVersionAcl"),
    ("s3:PutObjectTagging", "s3:PutObjectVersionTagging"),
    ("s3:DeleteObject", "s3:DeleteObjectVersion"),
    ("s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"),
    ("s3:GetObjectTorrent", "s3:GetObjectVersionTorrent"),
];

/// The headers with which S3 asks for a further action.
const BY_HEADER: [(&str, &str, &str); 11] = [
    ("s3:PutObject", "x-amz-acl", "s3:PutObjectAcl"),
    ("s3:PutObject", "x-amz-grant-read", "s3:PutObjectAcl"),
    (
        "s3:PutObject",
        "x-amz-grant-full-control",
        "s3:PutObjectAcl",
    ),
    ("s3:PutObject", "x-amz-tagging", "s3:PutObjectTagging"),
    (
        "s3:PutObject",
        "x-amz-object-lock-mode",
        "s3:PutObjectRetention",
    ),
    (
        "s3:PutObject",
        "x-amz-object-lock-legal-hold",
        "s3:PutObjectLegalHold",
    ),
    ("s3:CreateBucket", "x-amz-acl", "s3:PutBucketAcl"),
    (
        "s3:CreateBucket",
        "x-amz-object-ownership",
        "s3:PutBucketOwnershipControls",
    ),
    (
        "s3:CreateBucket",
        "x-amz-bucket-object-lock-enabled",
        "s3:PutBucketObjectLockConfiguration",
    ),
    (
        "s3:CreateBucket",
        "x-amz-bucket-object-lock-enabled",
        "s3:PutBucketVersioning",
    ),
    ("sts:AssumeRole", "sourceIdentity", "sts:SetSourceIdentity"),
];

/// Finds the actions of a call.
pub(super) fn actions(catalog: Catalog, event: &Event<'_>, parameters: &Parameters) -> Mapping {
    let (Some(source), Some(name)) = (event.event_source.as_deref(), event.event_name.as_deref())
    else {
        return unknown(None, event, UnmappedReason::Incomplete);
    };
    let prefix = catalog.prefix_of_event_source(source);
    if catalog.service(prefix).is_none() {
        return unknown(Some(prefix), event, UnmappedReason::UnknownService);
    }
    let name = without_date(name);
    let main = match main_actions(catalog, prefix, name, parameters) {
        Ok(main) => main,
        Err(reason) => return unknown(Some(prefix), event, reason),
    };
    let mut asked = main;
    beside(catalog, parameters, &mut asked);
    roles::add(catalog, (prefix, name), parameters, &mut asked);
    Mapping::Known(asked)
}

fn unknown(prefix: Option<&str>, event: &Event<'_>, reason: UnmappedReason) -> Mapping {
    Mapping::Unknown(Unmapped {
        prefix: prefix.map(str::to_owned),
        name: event.event_name.as_deref().map(str::to_owned),
        reason,
    })
}

/// What a call of an action needs.
pub(super) fn needs(catalog: Catalog, principal: &Principal, asked: &[Asked]) -> Needs {
    let is_unsigned = |asked: &Asked| {
        let (prefix, name) = (asked.action.service().prefix(), asked.action.name());
        UNSIGNED
            .iter()
            .any(|(service, names)| *service == prefix && names.contains(&name))
    };
    if *principal == Principal::Anonymous || asked.iter().any(is_unsigned) {
        Needs::ResourcePolicyOnly
    } else if asked
        .iter()
        .all(|asked| catalog.needs_no_permission(&asked.action.full_name()))
    {
        Needs::Nothing
    } else {
        Needs::Permission
    }
}

/// An event name without the date of the API's version, as Lambda and `CloudFront` add it:
/// `GetFunction20150331v2`, `ListDistributions2020_05_31`.
pub(super) fn without_date(name: &str) -> &str {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let unversioned = match name.rfind('v') {
        Some(at) if name.len() > at + 1 && digits(name.get(at + 1..).unwrap_or_default()) => {
            name.get(..at).unwrap_or(name)
        }
        _ => name,
    };
    for length in [8, 10] {
        let Some((start, date)) = unversioned
            .len()
            .checked_sub(length)
            .and_then(|at| unversioned.split_at_checked(at))
        else {
            continue;
        };
        let plain = date.replace('_', "");
        let has_form = plain.len() == 8 && (length == 8) == (plain.len() == date.len());
        if has_form && digits(&plain) && plain.starts_with("20") && !start.is_empty() {
            return start;
        }
    }
    name
}

fn main_actions(
    catalog: Catalog,
    prefix: &str,
    name: &str,
    parameters: &Parameters,
) -> Result<Vec<Asked>, UnmappedReason> {
    if prefix == "apigateway" {
        return rest_action(catalog, name, parameters).ok_or(UnmappedReason::UnknownAction);
    }
    if let Some(renamed) = catalog.actions_of_event(prefix, name) {
        let names: Vec<&str> = renamed.actions().collect();
        let names = match prefix {
            "dynamodb" => dynamodb::choice(name, &names, parameters)?,
            _ => names,
        };
        let is_copy = prefix == "s3" && names.len() > 1;
        let asked = names.iter().enumerate().filter_map(|(index, full)| {
            let part = if is_copy && index > 0 {
                Part::CopySource
            } else {
                Part::Main
            };
            Some(Asked {
                action: catalog.action(full)?,
                part,
            })
        });
        return Ok(of_version(catalog, asked.collect(), parameters));
    }
    if let Some(action) = catalog
        .service(prefix)
        .and_then(|service| service.action(name))
    {
        let asked = vec![Asked {
            action,
            part: Part::Main,
        }];
        return Ok(of_version(catalog, asked, parameters));
    }
    // The operation is documented under another action of the same service.
    let described = catalog
        .operation(prefix, name)
        .into_iter()
        .flat_map(Operation::actions);
    let mut asked: Vec<Asked> = Vec::new();
    for one in described {
        let is_asked = one.when().is_none_or(|path| parameters.has(path))
            && one.unless().is_none_or(|path| !parameters.has(path));
        let action = catalog.action(one.action());
        if let Some(action) =
            action.filter(|action| is_asked && action.service().prefix() == prefix)
            && asked.iter().all(|known| known.action != action)
        {
            asked.push(Asked {
                action,
                part: Part::Main,
            });
        }
    }
    if asked.len() == 1 {
        Ok(asked)
    } else {
        Err(UnmappedReason::UnknownAction)
    }
}

/// API Gateway's actions are HTTP verbs. Both versions of its API have some operations; the one is
/// meant whose path the parameters fill.
fn rest_action(catalog: Catalog, name: &str, parameters: &Parameters) -> Option<Vec<Asked>> {
    let calls: Vec<RestCall> = catalog.rest_calls(name).collect();
    let call = calls
        .iter()
        .find(|call| {
            path_parameters(call.path()).all(|name| rest_value(parameters, name).is_some())
        })
        .or(calls.first())?;
    let action = catalog.service("apigateway")?.action(call.verb())?;
    Some(vec![Asked {
        action,
        part: Part::Rest(*call),
    }])
}

/// The names in braces of an API Gateway path.
fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('{')
        .skip(1)
        .filter_map(|part| part.split('}').next())
}

/// The parameter of an API Gateway path: `restapi_id` is `restApiId` in events.
pub(super) fn rest_value(parameters: &Parameters, name: &str) -> Option<String> {
    let plain = name.replace('_', "");
    parameters.text(name).or_else(|| parameters.text(&plain))
}

/// Exchanges actions on objects for those on versions, where a version is named.
fn of_version(catalog: Catalog, mut asked: Vec<Asked>, parameters: &Parameters) -> Vec<Asked> {
    let is_version = parameters.text("versionId").is_some();
    let is_source_version = parameters
        .text("x-amz-copy-source")
        .is_some_and(|source| source.contains("?versionId="));
    for one in &mut asked {
        let named = if one.part == Part::CopySource {
            is_source_version
        } else {
            is_version
        };
        if named {
            let full = one.action.full_name();
            let of_version = OF_VERSION.iter().find(|(plain, _)| *plain == full);
            if let Some(action) = of_version.and_then(|(_, version)| catalog.action(version)) {
                one.action = action;
            }
        }
    }
    asked
}

/// Adds the permissions that the parameters make needed beside the main ones.
fn beside(catalog: Catalog, parameters: &Parameters, asked: &mut Vec<Asked>) {
    let main: Vec<String> = asked
        .iter()
        .filter(|one| one.part == Part::Main)
        .map(|one| one.action.full_name())
        .collect();
    let mut add = |name: &str, part: Part| {
        if let Some(action) = catalog.action(name)
            && asked.iter().all(|one| one.action != action)
        {
            asked.push(Asked { action, part });
        }
    };
    for full in &main {
        for (of, parameter, further) in BY_HEADER {
            // A bucket is private unless it is said otherwise.
            let is_default = full == "s3:CreateBucket"
                && parameter == "x-amz-acl"
                && parameters.text(parameter).as_deref() == Some("private");
            if of == full && parameters.has(parameter) && !is_default {
                add(further, Part::Beside(""));
            }
        }
        // Each secret of a batch is read as if it were read alone.
        if full == "secretsmanager:BatchGetSecretValue" && parameters.has("secretIdList") {
            add("secretsmanager:GetSecretValue", Part::Beside(""));
        }
        if let Some((_, tagging, of)) = TAG_ON_CREATE.iter().find(|(creation, ..)| creation == full)
            && parameters.has("tags")
        {
            add(tagging, Part::Beside(of));
        }
        let specifications = [
            "tagSpecificationSet",
            "tagSpecification",
            "tagSpecifications",
        ];
        if full.starts_with("ec2:") && specifications.iter().any(|name| parameters.has(name)) {
            add("ec2:CreateTags", Part::TagOnCreate);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Recording;

    #[test]
    fn dates_are_cut_off_names() {
        for (name, plain) in [
            ("GetFunction20150331v2", "GetFunction"),
            ("CreateFunction20150331", "CreateFunction"),
            ("ListDistributions2020_05_31", "ListDistributions"),
            ("ListObjectsV2", "ListObjectsV2"),
            ("CreateEnvironmentEC2", "CreateEnvironmentEC2"),
            ("Get19990331", "Get19990331"),
            ("20150331", "20150331"),
            ("GetV", "GetV"),
            ("", ""),
            ("v2", "v2"),
            ("Größe20150331", "Größe"),
        ] {
            assert_eq!(without_date(name), plain);
        }
    }

    fn names_in_tables() -> Vec<&'static str> {
        let versions = OF_VERSION
            .iter()
            .flat_map(|(plain, version)| [*plain, *version]);
        let tags = TAG_ON_CREATE
            .iter()
            .flat_map(|(creation, tagging, _)| [*creation, *tagging]);
        let headers = BY_HEADER
            .iter()
            .flat_map(|(of, _, further)| [*of, *further]);
        versions.chain(tags).chain(headers).collect()
    }

    #[test]
    fn every_action_of_the_tables_is_in_the_catalog() {
        let catalog = Catalog::embedded();
        for name in names_in_tables() {
            assert!(catalog.action(name).is_some(), "{name}");
        }
    }

    #[test]
    fn what_events_are_mapped_to_can_be_recorded() {
        let catalog = Catalog::embedded();
        for name in names_in_tables() {
            let recording = catalog.recording(catalog.action(name).unwrap());
            assert!(
                matches!(recording, Recording::Management | Recording::Data { .. }),
                "{name}: {recording:?}"
            );
        }
    }
}
