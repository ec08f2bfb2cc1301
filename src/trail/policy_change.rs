//! Which calls change who may do what, or what is recorded of it.

use crate::catalog::{AccessLevel, Catalog, table::POLICY_CHANGES};

/// Whether a call of the action changes policies, credentials, roles or users, or what `CloudTrail` and
/// AWS Config record: what alarms on policy changes are about. `prefix` and `action` are the two parts of
/// the action's name; ASCII case does not matter.
///
/// That is what the service reference calls permissions management, all that writes to IAM, and the calls
/// that the CIS AWS Foundations Benchmark watches beside these.
///
/// <https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html>
pub fn is_policy_change(prefix: &str, action: &str) -> bool {
    let full = format!("{prefix}:{action}");
    if POLICY_CHANGES.has(&full) {
        return true;
    }
    let Some(action) = Catalog::embedded().action(&full) else {
        return false;
    };
    match action.access_level() {
        // The reference has some calls there that only show who may do what.
        AccessLevel::PermissionsManagement => !["Get", "List", "Describe"]
            .iter()
            .any(|verb| action.name().starts_with(verb)),
        AccessLevel::Write => action.service().prefix() == "iam" && action.name() != "PassRole",
        AccessLevel::List | AccessLevel::Read | AccessLevel::Tagging => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_of_policies_credentials_and_records_are_policy_changes() {
        for (prefix, action) in [
            ("iam", "PutRolePolicy"),
            ("iam", "CreateAccessKey"),
            ("iam", "UpdateAssumeRolePolicy"),
            ("IAM", "deactivatemfadevice"),
            ("s3", "PutBucketPolicy"),
            ("kms", "PutKeyPolicy"),
            ("kms", "ScheduleKeyDeletion"),
            ("sqs", "SetQueueAttributes"),
            ("lambda", "AddPermission"),
            ("cloudtrail", "StopLogging"),
            ("config", "StopConfigurationRecorder"),
            ("organizations", "AttachPolicy"),
            ("organizations", "UpdatePolicy"),
            ("sso", "CreateAccountAssignment"),
        ] {
            assert!(is_policy_change(prefix, action), "{prefix}:{action}");
        }
    }

    #[test]
    fn use_and_reading_are_no_policy_changes() {
        for (prefix, action) in [
            ("iam", "PassRole"),
            ("iam", "GetRole"),
            ("iam", "TagRole"),
            ("s3", "PutObject"),
            ("fsx", "GetResourcePolicy"),
            ("sts", "AssumeRole"),
            ("no-service", "PutPolicy"),
        ] {
            assert!(!is_policy_change(prefix, action), "{prefix}:{action}");
        }
    }

    #[test]
    fn listed_actions_exist() {
        for row in POLICY_CHANGES.rows() {
            assert!(Catalog::embedded().action(row[0]).is_some(), "{}", row[0]);
        }
    }
}
