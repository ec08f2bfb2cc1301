//! What is counted over time.

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

/// Whether any of the metrics counts a record, so that more should be kept of its events.
pub fn wants(metrics: &[Metric], record: &Record) -> bool {
    metrics.iter().any(|metric| metric.counts(record))
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

#[cfg(test)]
mod tests {
    use super::{
        super::{
            super::SignIn,
            sample::{FEDERATED, ROOT, Sample, USER},
        },
        *,
    };

    fn counted(sample: Sample) -> Vec<&'static str> {
        let record = sample.record();
        let counting = Metric::ALL.into_iter().filter(|each| each.counts(&record));
        counting.map(Metric::name).collect()
    }

    #[test]
    fn names_are_unique_and_found_again() {
        for metric in Metric::ALL {
            assert_eq!(Metric::named(metric.name()), Some(metric));
        }
    }

    #[test]
    fn a_denial_is_an_error_and_what_was_throttled_is_not() {
        let call = Sample::read("s3", "GetObject");
        assert_eq!(counted(call.clone()), ["calls"]);
        let ended = |kind| counted(call.clone().outcome(kind));
        assert_eq!(ended(OutcomeKind::Denied), ["calls", "denied", "errors"]);
        assert_eq!(ended(OutcomeKind::Failed), ["calls", "errors"]);
        assert_eq!(ended(OutcomeKind::Throttled), ["calls", "throttled"]);
        assert_eq!(ended(OutcomeKind::DryRun), ["calls"]);
    }

    #[test]
    fn what_policies_deny_counts_whatever_was_recorded_and_what_is_open_does_not() {
        let call = Sample::read("s3", "GetObject");
        for verdict in [Verdict::ExplicitDeny, Verdict::ImplicitDeny] {
            let names = counted(call.clone().verdict(verdict));
            assert_eq!(names, ["calls", "would-be-denied"]);
        }
        for verdict in [Verdict::Allowed, Verdict::Depends] {
            assert_eq!(counted(call.clone().verdict(verdict)), ["calls"]);
        }
    }

    #[test]
    fn a_sign_in_is_without_mfa_only_where_the_record_can_know() {
        let sign_in = |caller: &str, mfa, succeeded| {
            counted(Sample::sign_in(SignIn { mfa, succeeded }).by(caller))
        };
        let without = ["sign-ins", "sign-ins-without-mfa"];
        assert_eq!(sign_in(USER, Some(false), Some(true)), without);
        let of_root = ["sign-ins", "sign-ins-without-mfa", "root-use"];
        assert_eq!(sign_in(ROOT, Some(false), Some(true)), of_root);
        assert_eq!(sign_in(USER, None, Some(true)), ["sign-ins"]);
        assert_eq!(sign_in(USER, Some(true), Some(true)), ["sign-ins"]);
        assert_eq!(sign_in(FEDERATED, Some(false), Some(true)), ["sign-ins"]);
        let failed = ["sign-ins", "failed-sign-ins"];
        assert_eq!(sign_in(USER, Some(false), Some(false)), failed);
    }

    #[test]
    fn root_is_used_by_people_not_by_services() {
        let call = Sample::read("s3", "ListBuckets").by(ROOT);
        assert_eq!(counted(call.clone()), ["calls", "root-use"]);
        let on_behalf = call.clone().invoked_by("cloudformation.amazonaws.com");
        assert_eq!(counted(on_behalf), ["calls"]);
        assert!(counted(call.class(Class::ServiceEvent)).is_empty());
    }

    #[test]
    fn permissions_change_by_the_action_and_not_by_what_it_needs_besides() {
        let attach = Sample::write("iam", "AttachRolePolicy");
        assert_eq!(counted(attach), ["calls", "writes", "policy-changes"]);
        let bucket = Sample::write("s3", "PutBucketPolicy");
        let both = ["calls", "writes", "policy-changes", "bucket-policy-changes"];
        assert_eq!(counted(bucket), both);
        let further = Sample::write("ec2", "RunInstances").further("iam:AttachRolePolicy");
        assert_eq!(counted(further), ["calls", "writes"]);
    }

    #[test]
    fn events_are_told_by_source_and_name() {
        let stop = Sample::write("cloudtrail", "StopLogging");
        assert_eq!(counted(stop), ["calls", "writes", "trail-changes"]);
        let other = Sample::write("kinesisanalytics", "StopLogging");
        assert_eq!(counted(other), ["calls", "writes"]);
        let route = Sample::write("ec2", "ReplaceRoute");
        assert_eq!(counted(route), ["calls", "writes", "network-changes"]);
    }

    #[test]
    fn every_listed_event_is_one_that_the_catalog_knows() {
        let catalog = Catalog::embedded();
        for (metric, source, names) in EVENTS {
            let prefix = catalog.prefix_of_event_source(source);
            for name in names {
                let own = catalog.action(&format!("{prefix}:{name}")).is_some();
                let other = catalog.actions_of_event(prefix, name).is_some();
                // EC2-Classic is no more, and its actions are.
                assert!(own || other, "{}: {source} {name}", metric.name());
            }
        }
    }

    #[test]
    fn metrics_that_are_wanted_say_which_records_are() {
        let record = Sample::write("kms", "DisableKey").record();
        assert!(wants(&[Metric::Denied, Metric::KeyDeletions], &record));
        assert!(!wants(&[Metric::Denied], &record));
        assert!(!wants(&[], &record));
    }

    #[test]
    fn the_documentation_lists_the_metrics_as_they_are() {
        let page = include_str!("../../../docs/watching.md");
        let rows = Metric::ALL.map(|each| format!("| `{}` | {} |\n", each.name(), each.title()));
        let table = format!("| metric | counts |\n|---|---|\n{}\n", rows.concat());
        assert!(
            page.contains(&table),
            "docs/watching.md should have\n{table}"
        );
    }
}
