//! Condition keys that follow from who calls, and on what.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-infotouse>

use super::{Fact, Origin, Principal, Request, Target};
use crate::policy::{AccountId, ActionName, Arn};

/// Actions whose requests lack `aws:ResourceAccount`, though their resources name an account.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount>
const WITHOUT_RESOURCE_ACCOUNT: [&str; 27] = [
    "auditmanager:UpdateAssessmentFrameworkShare",
    "detective:AcceptInvitation",
    "ds:AcceptSharedDirectory",
    "ec2:AcceptTransitGatewayPeeringAttachment",
    "ec2:AcceptVpcEndpointConnections",
    "ec2:AcceptVpcPeeringConnection",
    "ec2:CopyImage",
    "ec2:CopySnapshot",
    "ec2:CreateTransitGatewayPeeringAttachment",
    "ec2:CreateVolume",
    "ec2:CreateVpcEndpoint",
    "ec2:CreateVpcPeeringConnection",
    "ec2:DeleteTransitGatewayPeeringAttachment",
    "ec2:DeleteVpcPeeringConnection",
    "ec2:RejectTransitGatewayPeeringAttachment",
    "ec2:RejectVpcEndpointConnections",
    "ec2:RejectVpcPeeringConnection",
    "es:AcceptInboundConnection",
    "events:PutEvents",
    "guardduty:AcceptAdministratorInvitation",
    "macie2:AcceptInvitation",
    "route53:AssociateVpcWithHostedZone",
    "route53:CreateVPCAssociationAuthorization",
    "route53:DeleteVPCAssociationAuthorization",
    "route53:DisassociateVPCFromHostedZone",
    "securityhub:AcceptAdministratorInvitation",
    "workspaces:DescribeWorkspaceImages",
];

/// The value of `aws:ResourceAccount`, where the resource tells it; `None` where it does not, and
/// for actions whose requests may lack the key.
pub fn resource_account(action: &ActionName, target: &Target) -> Option<AccountId> {
    (!may_lack_resource_account(action))
        .then(|| account_in_arn(target))
        .flatten()
}

fn may_lack_resource_account(action: &ActionName) -> bool {
    action.service().eq_ignore_ascii_case("ebs")
        || WITHOUT_RESOURCE_ACCOUNT
            .iter()
            .any(|name| action.as_str().eq_ignore_ascii_case(name))
}

/// The account that an ARN says the resource is in; `None` where it names none, or AWS's own.
pub(super) fn account_in_arn(target: &Target) -> Option<AccountId> {
    match target {
        Target::Arn(arn) | Target::Like(arn) => AccountId::parse(Arn::parse(arn).ok()?.account),
        Target::Star | Target::Unknown => None,
    }
}

/// Adds the keys that the principal and the resource determine, unless they are set already.
///
/// The role of a session is known by name alone: where nothing told its ARN, its path is unknown,
/// and `aws:PrincipalArn` is known up to that. Every session has a time of issue and says whether there
/// was a second factor, so these are unknown until somebody gives them, never absent. So is the account
/// of a resource that neither its ARN nor the request names.
pub fn derive_context(request: &mut Request) {
    let principal = &request.principal;
    let account = request
        .resource_account
        .filter(|_| !may_lack_resource_account(&request.action))
        .or_else(|| resource_account(&request.action, &request.resource));
    let context = &mut request.context;
    let mut set = |key: &str, fact| context.set_default(key, fact, Origin::Derived);
    let value = |text: &str| Fact::Values(vec![text.to_owned()]);
    if let Some(account) = principal.account() {
        set("aws:PrincipalAccount", value(account.as_str()));
        set("aws:PrincipalIsAWSService", value("false"));
    }
    set(
        "aws:ResourceAccount",
        account.map_or(Fact::Unknown, |account| value(account.as_str())),
    );
    if principal.has_session() {
        set("aws:TokenIssueTime", Fact::present());
        set("aws:MultiFactorAuthPresent", Fact::Unknown);
    }
    let (arn, kind) = match principal {
        Principal::Root { arn, .. } => (value(arn), "Account"),
        Principal::User { arn, .. } => (value(arn), "User"),
        Principal::Role { arn, .. } => (value(arn), "AssumedRole"),
        Principal::AssumedRole { .. } => (role_arn(principal), "AssumedRole"),
        Principal::FederatedUser { arn, .. } => (value(arn), "FederatedUser"),
        Principal::Anonymous => {
            set("aws:PrincipalType", value("Anonymous"));
            return;
        }
        Principal::Service(_) => {
            set("aws:PrincipalIsAWSService", value("true"));
            return;
        }
        Principal::Federated(_) | Principal::CanonicalUser(_) | Principal::Unknown => return,
    };
    set("aws:PrincipalArn", arn);
    set("aws:PrincipalType", value(kind));
    let name = if let Principal::User { name, .. } = principal {
        value(name)
    } else {
        Fact::Absent
    };
    set("aws:username", name);
}

/// What is known of the ARN of the role that a session is of: where nothing told it, all but its path.
pub fn role_arn(principal: &Principal) -> Fact {
    let Principal::AssumedRole {
        account,
        role_name,
        role_arn,
        ..
    } = principal
    else {
        return Fact::Unknown;
    };
    if let Some(arn) = role_arn {
        return Fact::Values(vec![arn.clone()]);
    }
    let partition = principal.partition().unwrap_or("*");
    let start = format!("arn:{partition}:iam::{account}:role");
    Fact::Like(vec![
        format!("{start}/{role_name}"),
        format!("{start}/*/{role_name}"),
    ])
}
