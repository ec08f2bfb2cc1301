//! What is counted over time.

#[cfg(test)]
mod tests;

use super::super::{OutcomeKind, Record};
use crate::{
    eval::{Principal, Verdict},
    trail::{Class, Mode, RequestRole, is_policy_change},
};

/// Something that can be counted over time. A call that was tried counts like one that was carried
/// out, unless the metric says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// API calls.
    Calls,
    /// API calls that change something.
    Writes,
    /// Calls that were recorded as denied.
    Denied,
    /// Calls that the policies deny.
    WouldBeDenied,
    /// Calls that failed.
    Errors,
    /// Calls that were refused as there were too many.
    Throttled,
    /// Sign-ins to the console.
    SignIns,
    /// Sign-ins that failed.
    FailedSignIns,
    /// Sign-ins for which no second factor was used.
    SignInsWithoutMfa,
    /// Use of root users.
    RootUse,
    /// Changes of who may do what.
    PolicyChanges,
    /// Changes of what CloudTrail records.
    TrailChanges,
    /// KMS keys disabled or to be deleted.
    KeyDeletions,
    /// Changes of what S3 buckets let others do.
    BucketPolicyChanges,
    /// Changes of what AWS Config records.
    ConfigChanges,
    /// Changes of security groups.
    SecurityGroupChanges,
    /// Changes of network ACLs, gateways, routes and VPCs.
    NetworkChanges,
    /// Changes of the organisation.
    OrganizationChanges,
    /// What is done in the console and is no API call.
    ConsoleActions,
}

/// The events that metrics count by their names: event source, event names. Those that CIS lists for
/// metric filters (AWS Foundations Benchmark, section on monitoring), as AWS Security Hub has them:
///
/// <https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html>
///
/// and those that do the same and came later, each after the names of CIS.
const EVENTS: [(Metric, &str, &[&str]); 7] = [
    (
        // CIS 4.5.
        Metric::TrailChanges,
        "cloudtrail.amazonaws.com",
        &[
            "CreateTrail",
            "UpdateTrail",
            "DeleteTrail",
            "StartLogging",
            "StopLogging",
            "PutEventSelectors",
            "PutInsightSelectors",
            "UpdateEventDataStore",
            "DeleteEventDataStore",
            "StartEventDataStoreIngestion",
            "StopEventDataStoreIngestion",
        ],
    ),
    (
        // CIS 4.7.
        Metric::KeyDeletions,
        "kms.amazonaws.com",
        &[
            "DisableKey",
            "ScheduleKeyDeletion",
            "DeleteImportedKeyMaterial",
        ],
    ),
    (
        // CIS 4.8.
        Metric::BucketPolicyChanges,
        "s3.amazonaws.com",
        &[
            "PutBucketAcl",
            "PutBucketPolicy",
            "PutBucketCors",
            "PutBucketLifecycle",
            "PutBucketReplication",
            "DeleteBucketPolicy",
            "DeleteBucketCors",
            "DeleteBucketLifecycle",
            "DeleteBucketReplication",
            "PutBucketPublicAccessBlock",
            "DeleteBucketPublicAccessBlock",
            "PutBucketOwnershipControls",
            "DeleteBucketOwnershipControls",
        ],
    ),
    (
        // CIS 4.9.
        Metric::ConfigChanges,
        "config.amazonaws.com",
        &[
            "StopConfigurationRecorder",
            "DeleteDeliveryChannel",
            "PutDeliveryChannel",
            "PutConfigurationRecorder",
            "DeleteConfigurationRecorder",
        ],
    ),
    (
        // CIS 4.10.
        Metric::SecurityGroupChanges,
        "ec2.amazonaws.com",
        &[
            "AuthorizeSecurityGroupIngress",
            "AuthorizeSecurityGroupEgress",
            "RevokeSecurityGroupIngress",
            "RevokeSecurityGroupEgress",
            "CreateSecurityGroup",
            "DeleteSecurityGroup",
            "ModifySecurityGroupRules",
        ],
    ),
    (
        // CIS 4.11 to 4.14.
        Metric::NetworkChanges,
        "ec2.amazonaws.com",
        &[
            "CreateNetworkAcl",
            "CreateNetworkAclEntry",
            "DeleteNetworkAcl",
            "DeleteNetworkAclEntry",
            "ReplaceNetworkAclEntry",
            "ReplaceNetworkAclAssociation",
            "CreateCustomerGateway",
            "DeleteCustomerGateway",
            "AttachInternetGateway",
            "CreateInternetGateway",
            "DeleteInternetGateway",
            "DetachInternetGateway",
            "CreateRoute",
            "CreateRouteTable",
            "ReplaceRoute",
            "ReplaceRouteTableAssociation",
            "DeleteRouteTable",
            "DeleteRoute",
            "DisassociateRouteTable",
            "AssociateRouteTable",
            "CreateVpc",
            "DeleteVpc",
            "ModifyVpcAttribute",
            "AcceptVpcPeeringConnection",
            "CreateVpcPeeringConnection",
            "DeleteVpcPeeringConnection",
            "RejectVpcPeeringConnection",
            "AttachClassicLinkVpc",
            "DetachClassicLinkVpc",
            "DisableVpcClassicLink",
            "EnableVpcClassicLink",
        ],
    ),
    (
        // CIS 4.15.
        Metric::OrganizationChanges,
        "organizations.amazonaws.com",
        &[
            "AcceptHandshake",
            "AttachPolicy",
            "CreateAccount",
            "CreateOrganizationalUnit",
            "CreatePolicy",
            "DeclineHandshake",
            "DeleteOrganization",
            "DeleteOrganizationalUnit",
            "DeletePolicy",
            "DetachPolicy",
            "DisablePolicyType",
            "EnablePolicyType",
            "InviteAccountToOrganization",
            "LeaveOrganization",
            "MoveAccount",
            "RemoveAccountFromOrganization",
            "UpdatePolicy",
            "UpdateOrganizationalUnit",
            "CloseAccount",
        ],
    ),
];

impl Metric {
    /// All of them, in the order of reports.
    pub const ALL: [Self; 19] = [
        Self::Calls,
        Self::Writes,
        Self::Denied,
        Self::WouldBeDenied,
        Self::Errors,
        Self::Throttled,
        Self::SignIns,
        Self::FailedSignIns,
        Self::SignInsWithoutMfa,
        Self::RootUse,
        Self::PolicyChanges,
        Self::TrailChanges,
        Self::KeyDeletions,
        Self::BucketPolicyChanges,
        Self::ConfigChanges,
        Self::SecurityGroupChanges,
        Self::NetworkChanges,
        Self::OrganizationChanges,
        Self::ConsoleActions,
    ];

    /// The name in expressions and reports, such as `denied`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Writes => "writes",
            Self::Denied => "denied",
            Self::WouldBeDenied => "would-be-denied",
            Self::Errors => "errors",
            Self::Throttled => "throttled",
            Self::SignIns => "sign-ins",
            Self::FailedSignIns => "failed-sign-ins",
            Self::SignInsWithoutMfa => "sign-ins-without-mfa",
            Self::RootUse => "root-use",
            Self::PolicyChanges => "policy-changes",
            Self::TrailChanges => "trail-changes",
            Self::KeyDeletions => "key-deletions",
            Self::BucketPolicyChanges => "bucket-policy-changes",
            Self::ConfigChanges => "config-changes",
            Self::SecurityGroupChanges => "security-group-changes",
            Self::NetworkChanges => "network-changes",
            Self::OrganizationChanges => "organization-changes",
            Self::ConsoleActions => "console-actions",
        }
    }

    /// What it counts, in words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Calls => "API calls",
            Self::Writes => "API calls that change something",
            Self::Denied => "calls that were denied",
            Self::WouldBeDenied => "calls that the policies deny",
            Self::Errors => "calls that failed, denied ones among them, throttled ones not",
            Self::Throttled => "calls refused as there were too many",
            Self::SignIns => "sign-ins to the console, failed ones among them",
            Self::FailedSignIns => "sign-ins to the console that failed",
            Self::SignInsWithoutMfa => "sign-ins of users and root users without MFA",
            Self::RootUse => "use of root users",
            Self::PolicyChanges => "changes of permissions: policies, grants, sharing",
            Self::TrailChanges => "changes of what CloudTrail records",
            Self::KeyDeletions => "KMS keys disabled or to be deleted",
            Self::BucketPolicyChanges => "changes of S3 bucket policies and settings",
            Self::ConfigChanges => "changes of what AWS Config records",
            Self::SecurityGroupChanges => "changes of security groups",
            Self::NetworkChanges => "changes of network ACLs, gateways, routes and VPCs",
            Self::OrganizationChanges => "changes of the organization",
            Self::ConsoleActions => "actions in the console that are no API calls",
        }
    }

    /// The metric of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.name() == name)
    }

    /// Whether it counts the events of a record.
    pub fn counts(self, record: &Record) -> bool {
        match self {
            Self::Calls => is_call(record),
            Self::Writes => is_call(record) && record.mode == Mode::Write,
            Self::Denied => failed(record, &[OutcomeKind::Denied]),
            Self::WouldBeDenied => matches!(
                record.verdict(),
                Some(Verdict::ExplicitDeny | Verdict::ImplicitDeny)
            ),
            Self::Errors => failed(record, &[OutcomeKind::Denied, OutcomeKind::Failed]),
            Self::Throttled => failed(record, &[OutcomeKind::Throttled]),
            Self::SignIns => is_sign_in(record),
            Self::FailedSignIns => is_sign_in(record) && succeeded_sign_in(record) == Some(false),
            Self::SignInsWithoutMfa => is_without_mfa(record),
            Self::RootUse => is_root_use(record),
            Self::PolicyChanges => changes_permissions(record),
            Self::ConsoleActions => record.class == Class::ConsoleAction,
            Self::TrailChanges
            | Self::KeyDeletions
            | Self::BucketPolicyChanges
            | Self::ConfigChanges
            | Self::SecurityGroupChanges
            | Self::NetworkChanges
            | Self::OrganizationChanges => self.lists(record),
        }
    }

    /// Whether the record's name is among those that the metric counts.
    fn lists(self, record: &Record) -> bool {
        EVENTS.iter().any(|(metric, source, names)| {
            *metric == self && *source == record.source && names.contains(&record.name.as_str())
        })
    }
}

/// Whether a record is a call of an API.
pub(super) fn is_call(record: &Record) -> bool {
    matches!(record.class, Class::ApiCall | Class::NetworkActivity)
}

/// Whether a record is of something that a caller asked for and that ended so. Sign-ins are counted
/// on their own.
fn failed(record: &Record, kinds: &[OutcomeKind]) -> bool {
    (is_call(record) || record.class == Class::ConsoleAction)
        && kinds.contains(&record.outcome.kind)
}

/// Whether a record is a sign-in, and not another step of one, such as `CheckMfa`.
fn is_sign_in(record: &Record) -> bool {
    record.class == Class::ConsoleSignIn && record.name == "ConsoleLogin"
}

fn succeeded_sign_in(record: &Record) -> Option<bool> {
    record.sign_in?.succeeded
}

/// Whether a user or root user signed in with a password alone. Where an identity provider vouches for
/// somebody, it asks for the second factor, and AWS cannot know whether it did, though such records
/// may say that none was used.
///
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html>
fn is_without_mfa(record: &Record) -> bool {
    let own_password = match record.caller.principal {
        Principal::User { .. } | Principal::Root { .. } => true,
        Principal::Role { .. }
        | Principal::AssumedRole { .. }
        | Principal::FederatedUser { .. }
        | Principal::Service(_)
        | Principal::Federated(_)
        | Principal::CanonicalUser(_)
        | Principal::Anonymous
        | Principal::Unknown => false,
    };
    let mfa = record.sign_in.and_then(|sign_in| sign_in.mfa);
    own_password
        && is_sign_in(record)
        && mfa == Some(false)
        && succeeded_sign_in(record) == Some(true)
}

/// As CIS has it (4.3): by a root user, not by a service on its behalf, not by a service.
fn is_root_use(record: &Record) -> bool {
    matches!(record.caller.principal, Principal::Root { .. })
        && record.caller.invoked_by.is_none()
        && record.class != Class::ServiceEvent
}

/// Whether the action itself changes a policy or who holds it.
fn changes_permissions(record: &Record) -> bool {
    let mut requests = record.requests().iter();
    requests.any(|request| {
        let named = request.action.split_once(':');
        request.role == RequestRole::Main
            && named.is_some_and(|(prefix, name)| is_policy_change(prefix, name))
    })
}
