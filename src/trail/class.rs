//! What kind of record an event is, and whether IAM had anything to decide in it.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html#ct-event-type>

use super::Event;

/// The kind of a record.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// A call of an AWS API.
    ApiCall,
    /// A call of an AWS API, seen at a VPC endpoint.
    NetworkActivity,
    /// A sign-in to the console.
    ConsoleSignIn,
    /// Something done in the console that is no API call.
    ConsoleAction,
    /// Something that a service did.
    ServiceEvent,
    /// An unusual rate of calls or errors.
    Insight,
    /// None of these.
    Unrecognised,
}

impl Class {
    /// The kind of an event.
    pub fn of(event: &Event<'_>) -> Self {
        match event.event_type.as_deref() {
            Some("AwsApiCall") => Self::ApiCall,
            Some("AwsVpceEvent") => Self::NetworkActivity,
            Some("AwsConsoleSignIn") => Self::ConsoleSignIn,
            Some("AwsConsoleAction") => Self::ConsoleAction,
            Some("AwsServiceEvent") => Self::ServiceEvent,
            Some("AwsCloudTrailInsight") => Self::Insight,
            Some(_) => Self::Unrecognised,
            None => Self::of_untyped(event),
        }
    }

    /// Records had no type before version 1.02.
    fn of_untyped(event: &Event<'_>) -> Self {
        if event.event_category.as_deref() == Some("Insight") {
            return Self::Insight;
        }
        match (event.event_source.as_deref(), event.event_name.as_deref()) {
            (Some("signin.amazonaws.com"), Some(_)) => Self::ConsoleSignIn,
            (Some(source), Some(_)) if source.ends_with(".amazonaws.com") => Self::ApiCall,
            _ => Self::Unrecognised,
        }
    }

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::ApiCall => "api-call",
            Self::NetworkActivity => "network-activity",
            Self::ConsoleSignIn => "console-sign-in",
            Self::ConsoleAction => "console-action",
            Self::ServiceEvent => "service-event",
            Self::Insight => "insight",
            Self::Unrecognised => "unrecognised",
        }
    }

    /// Why no policy decides about such an event; `None` where one does.
    pub fn why_undecided(self) -> Option<&'static str> {
        match self {
            Self::ApiCall | Self::NetworkActivity => None,
            Self::ConsoleSignIn => Some("signing in to the console needs a password, not a policy"),
            Self::ConsoleAction => Some("the console did this by itself, without an API call"),
            Self::ServiceEvent => Some("a service did this by itself, without an API call"),
            Self::Insight => Some("an insight tells of many calls; it is none itself"),
            Self::Unrecognised => Some("nothing in the record says that it is an API call"),
        }
    }
}

/// Which of CloudTrail's event categories a record is in.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Operations on resources.
    Management,
    /// Operations in resources; recorded only where a trail asks for them.
    Data,
    /// Unusual activity.
    Insight,
    /// Calls through VPC endpoints.
    NetworkActivity,
    /// The record says none that is known.
    Unknown,
}

impl Category {
    /// The category of an event.
    pub fn of(event: &Event<'_>) -> Self {
        match (event.event_category.as_deref(), event.management_event) {
            (Some("Management"), _) | (None, Some(true)) => Self::Management,
            (Some("Data"), _) | (None, Some(false)) => Self::Data,
            (Some("Insight"), _) => Self::Insight,
            (Some("NetworkActivity"), _) => Self::NetworkActivity,
            (Some(_), _) | (None, None) => Self::Unknown,
        }
    }

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Management => "management",
            Self::Data => "data",
            Self::Insight => "insight",
            Self::NetworkActivity => "network-activity",
            Self::Unknown => "unknown",
        }
    }
}

/// Whether a call reads or writes, as the record tells.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// It only reads.
    Read,
    /// It changes something.
    Write,
    /// The record does not say.
    Unknown,
}

impl Mode {
    /// Whether an event reads or writes.
    pub fn of(event: &Event<'_>) -> Self {
        match event.read_only {
            Some(true) => Self::Read,
            Some(false) => Self::Write,
            None => Self::Unknown,
        }
    }

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(json: &str) -> &'static str {
        Class::of(&Event::parse(json).unwrap()).name()
    }

    #[test]
    fn the_type_names_the_class() {
        for (kind, name) in [
            ("AwsApiCall", "api-call"),
            ("AwsVpceEvent", "network-activity"),
            ("AwsConsoleSignIn", "console-sign-in"),
            ("AwsConsoleAction", "console-action"),
            ("AwsServiceEvent", "service-event"),
            ("AwsCloudTrailInsight", "insight"),
            ("AwsSomethingNew", "unrecognised"),
        ] {
            assert_eq!(class(&format!(r#"{{"eventType":"{kind}"}}"#)), name);
        }
    }

    #[test]
    fn records_without_a_type_are_told_by_their_source() {
        let start = r#"{"eventSource":"ec2.amazonaws.com","eventName":"StartInstances"}"#;
        assert_eq!(class(start), "api-call");
        let login = r#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin"}"#;
        assert_eq!(class(login), "console-sign-in");
        assert_eq!(class(r#"{"eventCategory":"Insight"}"#), "insight");
        let notification = r#"{"eventSource":"aws:s3","eventName":"ObjectCreated:Put"}"#;
        assert_eq!(class(notification), "unrecognised");
    }

    #[test]
    fn the_category_may_follow_from_the_older_flag() {
        let event = Event::parse(r#"{"managementEvent":false}"#).unwrap();
        assert_eq!(Category::of(&event), Category::Data);
        assert_eq!(Mode::of(&event), Mode::Unknown);
    }
}
