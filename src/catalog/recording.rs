//! What of an action a trail can show.
//!
//! A permission that no record could show is not unused because no record shows it. So only what is
//! an API operation by the public models of its service, or was recorded, counts as a management
//! event.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-events.html>

use super::{
    Action, Catalog,
    table::{DATA_EVENTS, GLOBAL_SERVICES, UNLOGGED_ACTIONS, UNRECORDED_ACTIONS},
};

/// How `CloudTrail` records the calls that an action is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Recording {
    /// As management events: trails have them unless they leave out reads, writes or the service.
    Management,
    /// As data events, which only trails have that ask for them.
    Data {
        /// The type of resource as event selectors name it, such as `AWS::S3::Object`. Selectors of
        /// further types can cover some of the calls, such as those through access points.
        resource_type: &'static str,
    },
    /// Not at all.
    Never {
        /// Why, for people.
        reason: &'static str,
    },
    /// No source says; the action has no API operation that is known of.
    Unknown,
}

/// The services whose management events a trail can leave out, by prefix.
///
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_EventSelector.html>
const EXCLUDABLE: [&str; 2] = ["kms", "rds-data"];

#[expect(
    clippy::unused_self,
    reason = "a catalog is handed on as a value, so that what needs one says so"
)]
impl Catalog {
    /// How `CloudTrail` records the calls that an action is asked for. An action that is only asked
    /// for beside others, such as `sts:TagSession`, is recorded as they are; `iam:PassRole` is not:
    /// what is recorded is the call that the role is passed in.
    pub fn recording(self, action: Action) -> Recording {
        let name = action.full_name();
        if let Some(row) = DATA_EVENTS.row(&name) {
            return match second(row) {
                Some(resource_type) => Recording::Data { resource_type },
                None => Recording::Unknown,
            };
        }
        let service = format!("{}:*", action.service().prefix());
        let of_action =
            |table: &'static super::table::Table| table.row(&name).or_else(|| table.row(&service));
        if let Some(row) = of_action(&UNLOGGED_ACTIONS) {
            return match second(row) {
                Some(reason) => Recording::Never { reason },
                None => Recording::Unknown,
            };
        }
        match of_action(&UNRECORDED_ACTIONS) {
            Some(_) => Recording::Unknown,
            None => Recording::Management,
        }
    }

    /// The region that has the events of a service without regions, by its prefix; `None` where each region
    /// has its own.
    pub fn region_of_global_service(self, prefix: &str) -> Option<&'static str> {
        second(GLOBAL_SERVICES.row(prefix)?)
    }

    /// Whether trails can leave out the management events of a service, by its prefix, so that those
    /// events are missing though the trail has management events.
    pub fn may_be_excluded(self, prefix: &str) -> bool {
        EXCLUDABLE
            .iter()
            .any(|excludable| excludable.eq_ignore_ascii_case(prefix))
    }
}

/// The second field of a row, unless it is empty.
fn second(row: &[&'static str]) -> Option<&'static str> {
    row.get(1).copied().filter(|field| *field != "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(name: &str) -> Recording {
        let catalog = Catalog::embedded();
        catalog.recording(catalog.action(name).unwrap())
    }

    #[test]
    fn operations_are_management_events_unless_a_page_says_otherwise() {
        for name in [
            "ec2:RunInstances",
            "iam:CreateRole",
            "kms:Decrypt",
            "s3:PutBucketPolicy",
            "s3:ListAllMyBuckets",
            "s3:GetAccountPublicAccessBlock",
            "s3express:CreateBucket",
            "bedrock:InvokeModel",
            "sts:TagSession",
            "codecommit:GitPull",
            "apigateway:GET",
            "cloudwatch:PutMetricAlarm",
            "states:StartExecution",
            "elasticloadbalancing:CreateListener",
            "cloudformation:CreateStack",
            "tag:GetResources",
            "ssm:UpdateInstanceInformation",
        ] {
            assert_eq!(recording(name), Recording::Management, "{name}");
        }
    }

    #[test]
    fn calls_on_what_is_in_a_resource_are_data_events() {
        for (name, resource_type) in [
            ("s3:GetObject", "AWS::S3::Object"),
            ("s3:GetObjectVersion", "AWS::S3::Object"),
            ("s3:ListBucket", "AWS::S3::Object"),
            ("lambda:InvokeFunction", "AWS::Lambda::Function"),
            ("dynamodb:PartiQLSelect", "AWS::DynamoDB::Table"),
            ("dynamodb:GetRecords", "AWS::DynamoDB::Stream"),
            ("sqs:SendMessage", "AWS::SQS::Queue"),
            ("sns:Publish", "AWS::SNS::Topic"),
            ("cloudwatch:PutMetricData", "AWS::CloudWatch::Metric"),
            ("bedrock:InvokeAgent", "AWS::Bedrock::AgentAlias"),
        ] {
            assert_eq!(recording(name), Recording::Data { resource_type }, "{name}");
        }
    }

    #[test]
    fn permissions_without_a_call_of_their_own_are_never_recorded() {
        for name in [
            "iam:PassRole",
            "s3:BypassGovernanceRetention",
            "s3:ReplicateObject",
            "execute-api:Invoke",
            "rds-db:connect",
            "kafka-cluster:WriteData",
            "logs:PutLogEvents",
            "iot:Publish",
        ] {
            assert!(
                matches!(recording(name), Recording::Never { .. }),
                "{name}: {:?}",
                recording(name)
            );
        }
    }

    #[test]
    fn what_no_source_tells_stays_unknown() {
        for name in [
            "cloudshell:CreateEnvironment",
            "ssm:PutConfigurePackageResult",
            "aws-portal:ViewBilling",
            "personalize:PutEvents",
            "ec2messages:GetMessages",
        ] {
            assert_eq!(recording(name), Recording::Unknown, "{name}");
        }
    }

    #[test]
    fn trails_can_leave_out_two_services() {
        let catalog = Catalog::embedded();
        assert!(catalog.may_be_excluded("kms") && catalog.may_be_excluded("RDS-Data"));
        assert!(!catalog.may_be_excluded("s3"));
    }

    #[test]
    fn every_row_is_of_an_action_or_a_service() {
        let catalog = Catalog::embedded();
        for table in [&DATA_EVENTS, &UNLOGGED_ACTIONS, &UNRECORDED_ACTIONS] {
            for row in table.rows() {
                let name = row[0];
                let known = match name.strip_suffix(":*") {
                    Some(service) => catalog.service(service).is_some(),
                    None => catalog.action(name).is_some(),
                };
                assert!(known, "{}: {name}", table.name);
            }
        }
    }

    #[test]
    fn reasons_read_within_a_sentence() {
        for row in UNLOGGED_ACTIONS.rows() {
            assert!(!row[1].ends_with('.'), "{}", row[1]);
        }
        for row in DATA_EVENTS.rows() {
            assert!(row[1].starts_with("AWS::"), "{}", row[1]);
        }
    }
}
