//! Files that lie where CloudTrail's do, and are something else.

use std::net::SocketAddr;

use super::{
    Member,
    member::{Found, Marks},
};

/// Declares the kinds with what they are and what to do about them.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $what:literal, $help:literal;)*) => {
        /// What a record or a file is that is sound, but no CloudTrail event.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum OtherKind {
            $($(#[$doc])* $kind,)*
        }

        impl OtherKind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The kind with its article, such as `an IAM policy`.
            pub fn what(self) -> &'static str {
                match self {
                    $(Self::$kind => $what,)*
                }
            }

            /// Where the events are, or what the file is good for.
            pub fn help(self) -> &'static str {
                match self {
                    $(Self::$kind => $help,)*
                }
            }
        }
    };
}

kinds! {
    /// A digest of log files.
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html>
    Digest = "a CloudTrail digest, which holds no events",
        "the events are in the files beside `CloudTrail-Digest`, under `CloudTrail`";
    /// An IAM policy.
    Policy = "an IAM policy, not a CloudTrail event",
        "give the policy with `--policy`, and a file of events here";
    /// A notification of S3 about an object.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>
    S3Notification = "an S3 event notification, not a CloudTrail event",
        "the events are in the object that it names; fetch that";
    /// A message of SNS, SQS or another queue or stream.
    QueueMessage = "a message of SNS, SQS or Kinesis, not a CloudTrail event",
        "fetch the objects that the messages name, or take the events out of the messages";
    /// A finding of `GuardDuty` or Security Hub.
    SecurityFinding = "a finding of GuardDuty or Security Hub, not a CloudTrail event",
        "findings tell of events; the events themselves are in the trail";
    /// A finding of Access Analyzer.
    AccessFinding = "a finding of IAM Access Analyzer, not a CloudTrail event",
        "findings tell of policies; the events are in the trail";
    /// A snapshot or history of AWS Config.
    Configuration = "a snapshot or history of AWS Config, not CloudTrail events",
        "the events are under `CloudTrail`, beside `Config`";
    /// A template of CloudFormation.
    Template = "a CloudFormation template, not a CloudTrail event",
        "lint the policies in it, and give a file of events here";
    /// What a trail is set to.
    Trail = "the description of a trail, not its events",
        "the events are in the bucket that it names; fetch them from there";
    /// `aws iam get-account-authorization-details`.
    AccountDetails = "the authorization details of an account, not CloudTrail events",
        "they hold the policies of the callers; give a file of events here";
    /// A message with which `CloudWatch` Logs tries a destination.
    ControlMessage = "a control message of CloudWatch Logs, which holds no events",
        "nothing is missing: such messages only try the destination";
    /// An entry of another log in `CloudWatch` Logs.
    LogEvent = "a log event of CloudWatch Logs without a CloudTrail event in it",
        "take the log group that the trail writes to";
    /// An `EventBridge` event of another source.
    BridgeEvent = "an EventBridge event that is not from CloudTrail",
        "those from CloudTrail have a `detail-type` such as `AWS API Call via CloudTrail`";
    /// A log of requests to a bucket.
    S3AccessLog = "an S3 server access log, not CloudTrail events",
        "turn on CloudTrail data events to have requests to objects recorded";
    /// A flow log of a VPC.
    FlowLog = "a VPC flow log, not CloudTrail events",
        "the events are under `CloudTrail`, beside `vpcflowlogs`";
    /// A log of a load balancer.
    LoadBalancerLog = "an access log of a load balancer, not CloudTrail events",
        "the events are under `CloudTrail`, beside `elasticloadbalancing`";
    /// A log of `CloudFront`, or another with its fields in a head.
    WebLog = "an access log of the web, not CloudTrail events",
        "the events are in the files of the trail";
}

impl OtherKind {
    /// What such a record stands in a file as.
    pub(super) fn carrier(self) -> &'static str {
        match self {
            Self::S3AccessLog | Self::FlowLog | Self::LoadBalancerLog | Self::WebLog => "text",
            Self::Digest
            | Self::Policy
            | Self::S3Notification
            | Self::QueueMessage
            | Self::SecurityFinding
            | Self::AccessFinding
            | Self::Configuration
            | Self::Template
            | Self::Trail
            | Self::AccountDetails
            | Self::ControlMessage
            | Self::LogEvent
            | Self::BridgeEvent => "object",
        }
    }

    /// Whether such records come among events in one file.
    pub(super) fn stands_beside_events(self) -> bool {
        matches!(
            self,
            Self::ControlMessage | Self::LogEvent | Self::BridgeEvent
        )
    }
}

/// The kind of an object by its members.
pub(super) fn of_marks(marks: Marks) -> Option<OtherKind> {
    let by_member: [(&[&str], OtherKind); 13] = [
        (&["logFiles", "digestS3Bucket"], OtherKind::Digest),
        (
            &["Statement", "PolicyVersion", "PolicyDocument"],
            OtherKind::Policy,
        ),
        (
            &[
                "TopicArn",
                "Sns",
                "s3ObjectKey",
                "receiptHandle",
                "Messages",
                "kinesis",
                "EventSource",
            ],
            OtherKind::QueueMessage,
        ),
        (&["s3"], OtherKind::S3Notification),
        (&["analyzedAt", "findings"], OtherKind::AccessFinding),
        (&["schemaVersion", "Findings"], OtherKind::SecurityFinding),
        (
            &["configurationItems", "configurationItem"],
            OtherKind::Configuration,
        ),
        (
            &["AWSTemplateFormatVersion", "Resources"],
            OtherKind::Template,
        ),
        (&["trailList", "Trail", "Trails"], OtherKind::Trail),
        (&["UserDetailList"], OtherKind::AccountDetails),
        (&["logStreamName"], OtherKind::LogEvent),
        (&["detail"], OtherKind::BridgeEvent),
        (&["timestamp"], OtherKind::LogEvent),
    ];
    let found = by_member.iter().find(|(names, _)| marks.has_any(names));
    found.map(|(_, kind)| *kind)
}

/// The kind of a record that has members of events and is none: notifications share their names.
pub(super) fn of_event(found: &Found, text: &[u8]) -> Option<OtherKind> {
    let source = found.text_of(Member::EventSource, text)?;
    if source.starts_with(b"\"aws:s3\"") {
        Some(OtherKind::S3Notification)
    } else if source.starts_with(b"\"aws:") {
        Some(OtherKind::QueueMessage)
    } else {
        None
    }
}

/// The kind of a text by its first line.
pub(super) fn of_line(line: &str) -> Option<OtherKind> {
    let fields: Vec<&str> = line.split_ascii_whitespace().take(30).collect();
    let is_number = |text: &&str| text.bytes().all(|byte| byte.is_ascii_digit());
    let starts = |index: usize, start: &str| {
        fields
            .get(index)
            .is_some_and(|field| field.starts_with(start))
    };
    let is_bucket_owner = fields.first().is_some_and(|owner| {
        owner.len() == 64 && owner.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    let is_flow = fields.contains(&"account-id") && fields.contains(&"interface-id")
        || fields.first().is_some_and(is_number) && starts(2, "eni-");
    let is_load_balancer = ["http", "https", "h2", "grpcs", "ws", "wss", "tls"]
        .contains(fields.first().unwrap_or(&""))
        && (starts(2, "app/") || starts(3, "net/"))
        // The logs of classic balancers begin with the time, and have the backend fourth.
        || fields.len() >= 12
            && fields.first().is_some_and(|time| time.parse::<jiff::Timestamp>().is_ok())
            && fields.get(2).is_some_and(|client| client.parse::<SocketAddr>().is_ok());
    if is_bucket_owner && starts(2, "[") {
        Some(OtherKind::S3AccessLog)
    } else if is_flow {
        Some(OtherKind::FlowLog)
    } else if is_load_balancer {
        Some(OtherKind::LoadBalancerLog)
    } else if starts(0, "#Version:") || starts(0, "#Fields:") {
        Some(OtherKind::WebLog)
    } else {
        None
    }
}
