//! What is told of events: to tell them apart, and to show them.

use super::super::{Captured, Instant, Record};
use crate::{catalog::Catalog, eval::Target, policy::Case};
use std::borrow::Cow;

/// Something that records have in common and that alarms can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// The caller: a user, a role (not its session), a root user, a service.
    Principal,
    /// The caller's account.
    Account,
    /// The account whose trail it is.
    Recipient,
    /// The event with its service's prefix, `s3:GetObject`.
    Action,
    /// The service's prefix, `s3`.
    Service,
    /// The region.
    Region,
    /// The error code.
    Error,
    /// What came of the call.
    Outcome,
    /// What the policies say.
    Verdict,
}

impl Dimension {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 9] = [
        Self::Principal,
        Self::Account,
        Self::Recipient,
        Self::Action,
        Self::Service,
        Self::Region,
        Self::Error,
        Self::Outcome,
        Self::Verdict,
    ];

    /// The name in expressions.
    pub fn name(self) -> &'static str {
        match self {
            Self::Principal => "principal",
            Self::Account => "account",
            Self::Recipient => "recipient",
            Self::Action => "action",
            Self::Service => "service",
            Self::Region => "region",
            Self::Error => "error",
            Self::Outcome => "outcome",
            Self::Verdict => "verdict",
        }
    }

    /// What it is, in words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Principal => "the caller: the ARN of a user, role or root user, or a service",
            Self::Account => "the caller's account, or `unknown`",
            Self::Recipient => "the account whose trail it is, or `unknown`",
            Self::Action => "the event with its service's prefix, such as `s3:GetObject`",
            Self::Service => "the service's prefix, such as `s3`",
            Self::Region => "the region, or `unknown`",
            Self::Error => "the error code, or `none`",
            Self::Outcome => "`succeeded`, `denied`, `dry-run`, `throttled` or `failed`",
            Self::Verdict => {
                "`allowed`, `explicitDeny`, `implicitDeny`, `depends`, or `none` where no policy decides"
            }
        }
    }

    /// The dimension of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|each| each.name() == name)
    }

    /// Whether letter case counts in its values.
    pub(super) fn case(self) -> Case {
        match self {
            Self::Principal => Case::Sensitive,
            Self::Account
            | Self::Recipient
            | Self::Action
            | Self::Service
            | Self::Region
            | Self::Error
            | Self::Outcome
            | Self::Verdict => Case::Ignored,
        }
    }

    /// Its value in a record.
    pub fn value(self, record: &Record) -> Cow<'_, str> {
        let account = |account: Option<crate::policy::AccountId>| {
            Cow::Owned(account.map_or("unknown".to_owned(), |id| id.as_str().to_owned()))
        };
        match self {
            Self::Principal => Cow::Borrowed(&record.caller.name),
            Self::Account => account(record.caller.account),
            Self::Recipient => account(record.recipient),
            Self::Action => Cow::Owned(format!("{}:{}", service(record), record.name)),
            Self::Service => Cow::Borrowed(service(record)),
            Self::Region if record.region.is_empty() => Cow::Borrowed("unknown"),
            Self::Region => Cow::Borrowed(&record.region),
            Self::Error => Cow::Borrowed(record.outcome.error_code.as_deref().unwrap_or("none")),
            Self::Outcome => Cow::Borrowed(record.outcome.kind.name()),
            Self::Verdict => Cow::Borrowed(record.verdict().map_or("none", |own| own.name())),
        }
    }
}

/// The prefix of a record's service, as IAM has it.
fn service(record: &Record) -> &str {
    Catalog::embedded().prefix_of_event_source(&record.source)
}

/// Something that an alarm shows of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// When it happened.
    Time,
    /// The caller.
    Principal,
    /// The caller's session, or the caller itself.
    Session,
    /// The event with its service's prefix.
    Action,
    /// What the call was about.
    Resource,
    /// The region.
    Region,
    /// The caller's account.
    Account,
    /// The error code.
    Error,
    /// The event's id.
    EventId,
    /// The caller's address.
    SourceIp,
    /// The caller's software.
    UserAgent,
    /// The message of the error.
    Message,
    /// What came of the call.
    Outcome,
    /// What the policies say.
    Verdict,
}

impl Field {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 14] = [
        Self::Time,
        Self::Principal,
        Self::Session,
        Self::Action,
        Self::Resource,
        Self::Region,
        Self::Account,
        Self::Error,
        Self::EventId,
        Self::SourceIp,
        Self::UserAgent,
        Self::Message,
        Self::Outcome,
        Self::Verdict,
    ];

    /// What is shown where nobody asks for anything else.
    pub const USUAL: [Self; 6] = [
        Self::Time,
        Self::Principal,
        Self::Action,
        Self::Resource,
        Self::Error,
        Self::EventId,
    ];

    /// The name that it is asked for by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Principal => "principal",
            Self::Session => "session",
            Self::Action => "action",
            Self::Resource => "resource",
            Self::Region => "region",
            Self::Account => "account",
            Self::Error => "error",
            Self::EventId => "event-id",
            Self::SourceIp => "source-ip",
            Self::UserAgent => "user-agent",
            Self::Message => "message",
            Self::Outcome => "outcome",
            Self::Verdict => "verdict",
        }
    }

    /// The field of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|each| each.name() == name)
    }

    /// Its value: of the event itself where more is kept of it than its record; empty where nothing
    /// tells it.
    pub(super) fn value(self, record: &Record, at: Instant, event: Option<&Captured>) -> String {
        let own = |value: fn(&Captured) -> &String| event.map(value).cloned().unwrap_or_default();
        let common = |dimension: Dimension| dimension.value(record).into_owned();
        match self {
            Self::Time => event.map_or_else(|| at.text(), |event| event.time.clone()),
            Self::Principal => common(Dimension::Principal),
            Self::Session => own(|event| &event.arn),
            Self::Action => common(Dimension::Action),
            Self::Resource => resources(record),
            Self::Region => record.region.clone(),
            Self::Account => record
                .caller
                .account
                .map_or_else(String::new, |account| account.as_str().to_owned()),
            Self::Error => record.outcome.error_code.clone().unwrap_or_default(),
            Self::EventId => own(|event| &event.event_id),
            Self::SourceIp => own(|event| &event.source_ip_address),
            Self::UserAgent => own(|event| &event.user_agent),
            Self::Message => own(|event| &event.error_message),
            Self::Outcome => common(Dimension::Outcome),
            Self::Verdict => record
                .verdict()
                .map_or_else(String::new, |own| own.name().to_owned()),
        }
    }
}

/// How many resources of one call are shown.
const MAX_RESOURCES: usize = 8;

/// The resources of a call, each once, in the order of its requests.
fn resources(record: &Record) -> String {
    let mut shown: Vec<&str> = Vec::new();
    for request in record.requests() {
        let resource = match &request.resource {
            Target::Arn(text) | Target::Like(text) => text,
            Target::Star => "*",
            Target::Unknown => continue,
        };
        if !shown.contains(&resource) {
            shown.push(resource);
        }
    }
    let more = shown.len().saturating_sub(MAX_RESOURCES);
    shown.truncate(MAX_RESOURCES);
    let listed = shown.join(", ");
    if more == 0 {
        listed
    } else {
        format!("{listed} and {more} more")
    }
}

#[cfg(test)]
mod tests {
    use super::{super::sample::Sample, *};

    #[test]
    fn names_are_found_again() {
        for field in Field::ALL {
            assert_eq!(Field::named(field.name()), Some(field));
        }
        for dimension in Dimension::ALL {
            assert_eq!(Dimension::named(dimension.name()), Some(dimension));
        }
    }

    #[test]
    fn an_action_has_the_prefix_of_iam() {
        let record = Sample::write("monitoring", "PutMetricAlarm").record();
        let action = Dimension::Action.value(&record);
        assert_eq!(action, "cloudwatch:PutMetricAlarm");
        assert_eq!(Dimension::Service.value(&record), "cloudwatch");
    }

    #[test]
    fn what_is_not_known_is_called_so() {
        let mut record = Sample::read("s3", "GetObject").record();
        record.caller.account = None;
        record.recipient = None;
        record.region = String::new();
        let value = |dimension: Dimension| dimension.value(&record).into_owned();
        assert_eq!(value(Dimension::Account), "unknown");
        assert_eq!(value(Dimension::Recipient), "unknown");
        assert_eq!(value(Dimension::Region), "unknown");
        assert_eq!(value(Dimension::Error), "none");
        assert_eq!(value(Dimension::Verdict), "none");
    }

    #[test]
    fn the_resources_of_a_call_are_shown_once_each_and_not_too_many() {
        let mut record = Sample::write("ec2", "RunInstances").record();
        assert_eq!(resources(&record), "*");
        let super::super::super::What::Call(call) = &mut record.what else {
            panic!("a call")
        };
        let request = call.requests[0].clone();
        for number in [1, 1, 2, 3, 4, 5, 6, 7, 8] {
            let mut request = request.clone();
            request.resource = Target::Arn(format!("arn:{number}"));
            call.requests.push(request);
        }
        let shown = resources(&record);
        assert!(shown.starts_with("*, arn:1, arn:2, "), "{shown}");
        assert!(shown.ends_with(", arn:7 and 1 more"), "{shown}");
    }

    #[test]
    fn the_documentation_lists_dimensions_and_fields_as_they_are() {
        let page = include_str!("../../../docs/watching.md");
        let rows = Dimension::ALL.map(|each| format!("| `{}` | {} |\n", each.name(), each.title()));
        let table = format!("| dimension | value |\n|---|---|\n{}\n", rows.concat());
        assert!(
            page.contains(&table),
            "docs/watching.md should have\n{table}"
        );
        let fields = Field::ALL
            .map(|each| format!("`{}`", each.name()))
            .join(", ");
        let words: Vec<_> = page.split_whitespace().collect();
        assert!(words.join(" ").contains(&fields), "it should have {fields}");
    }
}
