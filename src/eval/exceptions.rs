//! Where AWS does not evaluate as it does elsewhere. Each exception names the page that it follows.

use super::{Layer, Principal, Request, Setting, Target};
use crate::{
    catalog::{ActionResource, Catalog},
    policy::{AccountId, ActionName, Arn},
};

/// What the policy of the resource must do where caller and resource are of one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ResourceRule {
    /// It may allow what the policies of the caller do not; it need not.
    MayAllow,
    /// Without it nothing is allowed, whatever the policies of the caller say.
    MustAllow,
    /// What it denies counts for nothing.
    CannotDeny,
}

/// What the resource's policy must do for this request.
pub(super) fn resource_rule(request: &Request) -> ResourceRule {
    if is_policy_of_own_resource(request) {
        return ResourceRule::CannotDeny;
    }
    if is_of_kms_key(request) || is_of_role_trust(request) {
        ResourceRule::MustAllow
    } else {
        ResourceRule::MayAllow
    }
}

/// Access to a KMS key is the key policy's to give; it may leave it to the account's policies.
///
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>
fn is_of_kms_key(request: &Request) -> bool {
    if !request.action.service().eq_ignore_ascii_case("kms") {
        return false;
    }
    match &request.resource {
        Target::Arn(arn) | Target::Like(arn) => {
            Arn::parse(arn).is_ok_and(|arn| arn.resource.starts_with("key/"))
        }
        Target::Unknown => Catalog::embedded()
            .action(request.action.as_str())
            .is_some_and(|action| {
                let mut types = action.resources().map(ActionResource::resource_type);
                types.any(|resource_type| resource_type.name() == "key")
            }),
        Target::Star => false,
    }
}

/// A role is assumed only as its trust policy says.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>,
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html>
fn is_of_role_trust(request: &Request) -> bool {
    let with_role = ["sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"];
    assumes_role(&request.action)
        || with_role.iter().any(|name| is(&request.action, name)) && is_role(&request.resource)
}

/// Whether the action is one of those that make a session of a role.
fn assumes_role(action: &ActionName) -> bool {
    let names = [
        "sts:AssumeRole",
        "sts:AssumeRoleWithSAML",
        "sts:AssumeRoleWithWebIdentity",
    ];
    names.iter().any(|name| is(action, name))
}

/// Whether a resource is a role that a service made for itself.
fn is_service_linked(target: &Target) -> bool {
    match target {
        Target::Arn(arn) | Target::Like(arn) => {
            Principal::parse(arn).is_ok_and(|role| role.is_service_linked_role())
        }
        Target::Star | Target::Unknown => false,
    }
}

fn is_role(target: &Target) -> bool {
    match target {
        Target::Arn(arn) | Target::Like(arn) => Arn::parse(arn)
            .is_ok_and(|arn| arn.service == "iam" && arn.resource.starts_with("role/")),
        Target::Star | Target::Unknown => false,
    }
}

/// The root user of the owner's account may always mend the policy of a bucket, and delete that of a
/// table, so that nobody can lock everyone out.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html>,
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteResourcePolicy.html>
fn is_policy_of_own_resource(request: &Request) -> bool {
    let names = [
        "dynamodb:DeleteResourcePolicy",
        "s3:DeleteBucketPolicy",
        "s3:GetBucketPolicy",
        "s3:PutBucketPolicy",
    ];
    matches!(request.principal, Principal::Root { .. })
        && names.iter().any(|name| is(&request.action, name))
        && !is_cross_account(request)
}

/// Nobody assumes a role with the credentials of a root user.
///
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
pub(super) fn is_barred_from_root(action: &ActionName) -> bool {
    is(action, "sts:AssumeRole")
}

/// The account that owns the resource of a request, as far as it is known.
pub(super) fn owner(request: &Request) -> Option<AccountId> {
    request
        .resource_account
        .or_else(|| super::derive::account_in_arn(&request.resource))
}

/// Whether the resource is known to be another account's than the principal's.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>
pub(super) fn is_cross_account(request: &Request) -> bool {
    let own = request.principal.account();
    own.zip(owner(request))
        .is_some_and(|(own, owner)| own != owner)
}

/// Why the policies of a layer have no effect on a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Exemption {
    /// Policies of the organisation do not restrict service-linked roles.
    ServiceLinkedRole,
    /// Policies of the organisation do not restrict the management account.
    ManagementAccount,
    /// Service control policies are about users and roles of an account; the caller is none.
    NoAccount,
    /// Such a caller has no policies of the kind.
    NoneOfItsOwn,
    /// Resource control policies do not reach the service.
    UnsupportedService,
    /// Resource control policies do not reach the action.
    UnsupportedAction,
}

impl Exemption {
    /// The reason in words.
    pub fn text(self) -> &'static str {
        match self {
            Self::ServiceLinkedRole => "they do not restrict service-linked roles",
            Self::ManagementAccount => "they do not restrict the management account",
            Self::NoAccount => {
                "they restrict users and roles of an account, and the caller is none"
            }
            Self::NoneOfItsOwn => "such a caller has none",
            Self::UnsupportedService => "they do not reach this service",
            Self::UnsupportedAction => "they do not reach this action",
        }
    }
}

/// Why the policies of a layer have no effect on a request; `None` where they have.
pub(super) fn exemption(layer: Layer, setting: &Setting, request: &Request) -> Option<Exemption> {
    match layer {
        Layer::Scp => exempt_from_scps(setting, request),
        Layer::Rcp => exempt_from_rcps(setting, request),
        Layer::Identity | Layer::Boundary | Layer::Session
            if !may_have(layer, &request.principal) =>
        {
            Some(Exemption::NoneOfItsOwn)
        }
        Layer::VpcEndpoint
        | Layer::Resource
        | Layer::Identity
        | Layer::Boundary
        | Layer::Session => None,
    }
}

/// Whether a principal can have policies of a layer.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html>
pub(super) fn may_have(layer: Layer, principal: &Principal) -> bool {
    match layer {
        Layer::Rcp | Layer::Scp | Layer::VpcEndpoint | Layer::Resource => true,
        Layer::Identity | Layer::Boundary => !matches!(
            principal,
            Principal::Root { .. }
                | Principal::Service(_)
                | Principal::Federated(_)
                | Principal::CanonicalUser(_)
                | Principal::Anonymous
        ),
        Layer::Session => principal.has_session() || *principal == Principal::Unknown,
    }
}

/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html#not-restricted-by-scp>
fn exempt_from_scps(setting: &Setting, request: &Request) -> Option<Exemption> {
    let principal = &request.principal;
    if principal.is_service_linked_role() {
        return Some(Exemption::ServiceLinkedRole);
    }
    match principal.account() {
        Some(account) if setting.management_account == Some(account) => {
            Some(Exemption::ManagementAccount)
        }
        None if *principal != Principal::Unknown => Some(Exemption::NoAccount),
        _ => None,
    }
}

/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>
fn exempt_from_rcps(setting: &Setting, request: &Request) -> Option<Exemption> {
    let assumes_own_role = matches!(request.principal, Principal::Service(_))
        && assumes_role(&request.action)
        && is_service_linked(&request.resource);
    if request.principal.is_service_linked_role() || assumes_own_role {
        return Some(Exemption::ServiceLinkedRole);
    }
    let owner = owner(request).or_else(|| request.principal.account());
    if owner.is_some() && owner == setting.management_account {
        return Some(Exemption::ManagementAccount);
    }
    let catalog = Catalog::embedded();
    if !catalog.has_resource_control_policies(request.action.service()) {
        return Some(Exemption::UnsupportedService);
    }
    // KMS keeps the end of a grant out of their reach.
    is(&request.action, "kms:RetireGrant").then_some(Exemption::UnsupportedAction)
}

fn is(action: &ActionName, name: &str) -> bool {
    action.as_str().eq_ignore_ascii_case(name)
}
