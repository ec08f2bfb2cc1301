//! The members of an event, found while its end is looked for.

/// Declares the members with the names that they have in records.
macro_rules! members {
    ($($(#[$doc:meta])* $member:ident = $name:literal,)*) => {
        /// A member at the top of an event.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Member {
            $($(#[$doc])* $member,)*
        }

        impl Member {
            /// All of them, in the order of records.
            pub const ALL: &'static [Self] = &[$(Self::$member),*];

            /// The name in records.
            pub fn name(self) -> &'static str {
                let name: &[u8] = match self {
                    $(Self::$member => $name,)*
                };
                std::str::from_utf8(name).unwrap_or_default()
            }

            fn of(name: &[u8]) -> Option<Self> {
                match name {
                    $($name => Some(Self::$member),)*
                    _ => None,
                }
            }
        }
    };
}

members! {
    /// The version of the record format.
    EventVersion = b"eventVersion",
    /// Who called.
    UserIdentity = b"userIdentity",
    /// When the call was completed.
    EventTime = b"eventTime",
    /// The endpoint that was called.
    EventSource = b"eventSource",
    /// The call.
    EventName = b"eventName",
    /// The region of the endpoint.
    AwsRegion = b"awsRegion",
    /// The caller's address.
    SourceIpAddress = b"sourceIPAddress",
    /// The caller's software.
    UserAgent = b"userAgent",
    /// The error that the caller got.
    ErrorCode = b"errorCode",
    /// Its message.
    ErrorMessage = b"errorMessage",
    /// What was sent.
    RequestParameters = b"requestParameters",
    /// What came back.
    ResponseElements = b"responseElements",
    /// What the service adds of its own.
    AdditionalEventData = b"additionalEventData",
    /// The id that the service gave the call.
    RequestId = b"requestID",
    /// The id of this record.
    EventId = b"eventID",
    /// Whether the call only reads.
    ReadOnly = b"readOnly",
    /// What was acted on.
    Resources = b"resources",
    /// What kind of record this is.
    EventType = b"eventType",
    /// The version of the API.
    ApiVersion = b"apiVersion",
    /// Whether it is a management event.
    ManagementEvent = b"managementEvent",
    /// The account whose trail this is.
    RecipientAccountId = b"recipientAccountId",
    /// Shared by the records of one call in several accounts.
    SharedEventId = b"sharedEventID",
    /// What a service event tells.
    ServiceEventDetails = b"serviceEventDetails",
    /// The VPC endpoint that the call went through.
    VpcEndpointId = b"vpcEndpointId",
    /// The account that owns the VPC endpoint.
    VpcEndpointAccountId = b"vpcEndpointAccountId",
    /// `Management`, `Data`, `Insight` or `NetworkActivity`.
    EventCategory = b"eventCategory",
    /// Why a record came late or again.
    Addendum = b"addendum",
    /// Whether the credentials are those of a console session.
    SessionCredentialFromConsole = b"sessionCredentialFromConsole",
    /// The device at the edge that was called.
    EdgeDeviceDetails = b"edgeDeviceDetails",
    /// The connection's encryption.
    TlsDetails = b"tlsDetails",
    /// Condition keys and tags of enriched events.
    EventContext = b"eventContext",
    /// What an insight event tells.
    InsightDetails = b"insightDetails",
    /// Whether the record is a part of the event only.
    Omitted = b"omitted",
}

impl Member {
    /// Whether an object with this member is taken for an event.
    fn marks_an_event(self) -> bool {
        matches!(
            self,
            Self::EventName
                | Self::EventSource
                | Self::EventVersion
                | Self::EventType
                | Self::UserIdentity
                | Self::InsightDetails
        )
    }
}

/// A range of the bytes of an event; empty where there is none.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Range {
    start: u32,
    end: u32,
}

/// What the scan of an object found at its top.
#[derive(Debug)]
pub(super) struct Found {
    ranges: [Range; Member::ALL.len()],
    /// Whose value is being read, and where it starts.
    current: Current,
    start: u32,
    /// Whether there is a member of events.
    is_event: bool,
    /// The first member that is given again.
    pub(super) twice: Option<Member>,
    pub(super) marks: Marks,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Current {
    Member(Member),
    /// An array of events, if it is an array.
    Events,
    Other,
}

impl Found {
    pub(super) fn new() -> Self {
        Self {
            ranges: [Range::default(); Member::ALL.len()],
            current: Current::Other,
            start: 0,
            is_event: false,
            twice: None,
            marks: Marks::default(),
        }
    }

    pub(super) fn is_event(&self) -> bool {
        self.is_event
    }

    /// A name ended; it is given without its quotes.
    #[inline]
    pub(super) fn name(&mut self, name: &[u8]) {
        self.current = match Member::of(name) {
            Some(member) => {
                self.is_event |= member.marks_an_event();
                Current::Member(member)
            }
            None => self.other_name(name),
        };
    }

    #[cold]
    fn other_name(&mut self, name: &[u8]) -> Current {
        let text = std::str::from_utf8(name).unwrap_or_default();
        if text.contains('\\')
            && let Ok(decoded) = serde_json::from_str::<String>(&format!("\"{text}\""))
            && !decoded.contains('\\')
        {
            // Nobody writes members so, and still they are what they are.
            self.name(decoded.as_bytes());
            return self.current;
        }
        if is_name_of_events(text) {
            Current::Events
        } else {
            self.marks.see(text);
            Current::Other
        }
    }

    /// The value of the member starts.
    #[inline]
    pub(super) fn value_starts(&mut self, at: u32) {
        self.start = at;
    }

    /// The value of the member ended.
    #[inline]
    pub(super) fn value_ends(&mut self, end: u32) {
        let Current::Member(member) = self.current else {
            return;
        };
        if let Some(range) = self.ranges.get_mut(member as usize) {
            if range.end > 0 {
                self.twice.get_or_insert(member);
            }
            let start = self.start;
            *range = Range { start, end };
        }
    }

    /// Whether an array that starts here holds events.
    #[inline]
    pub(super) fn holds_events(&self) -> bool {
        self.current == Current::Events && !self.is_event
    }

    /// The JSON text of a member in the text of its event.
    pub(super) fn text_of<'a>(&self, member: Member, event: &'a [u8]) -> Option<&'a [u8]> {
        let range = self.ranges.get(member as usize)?;
        event.get(range.start as usize..range.end as usize)
    }

    pub(super) fn members<'a>(&'a self, json: &'a str) -> Members<'a> {
        Members {
            json,
            ranges: &self.ranges,
        }
    }
}

/// The members at the top of an event, as JSON.
#[derive(Clone, Copy)]
pub struct Members<'a> {
    json: &'a str,
    ranges: &'a [Range; Member::ALL.len()],
}

impl<'a> Members<'a> {
    /// The JSON text of a member's value, a string with its quotes; `None` where it is not there.
    #[inline]
    pub fn get(&self, member: Member) -> Option<&'a str> {
        let range = self.ranges.get(member as usize)?;
        if range.end == 0 {
            return None;
        }
        self.json.get(range.start as usize..range.end as usize)
    }
}

impl std::fmt::Debug for Members<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let there = Member::ALL.iter().map(|member| (member, self.get(*member)));
        f.debug_map()
            .entries(there.filter(|(_, value)| value.is_some()))
            .finish()
    }
}

/// Whether an array of this name holds events, or records that hold one each.
fn is_name_of_events(name: &str) -> bool {
    matches!(name, "Records" | "Events" | "events" | "logEvents")
}

/// The members of an object that tell what it is, if it is no event.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks(u32);

impl Marks {
    const NAMES: [&'static str; 31] = [
        "CloudTrailEvent",
        "detail",
        "message",
        "awslogs",
        "Statement",
        "PolicyVersion",
        "PolicyDocument",
        "logFiles",
        "digestS3Bucket",
        "s3",
        "EventSource",
        "Sns",
        "TopicArn",
        "s3ObjectKey",
        "receiptHandle",
        "Messages",
        "schemaVersion",
        "Findings",
        "findings",
        "analyzedAt",
        "configurationItems",
        "configurationItem",
        "AWSTemplateFormatVersion",
        "Resources",
        "trailList",
        "Trail",
        "Trails",
        "UserDetailList",
        "kinesis",
        "logStreamName",
        "timestamp",
    ];

    fn see(&mut self, name: &str) {
        if let Some(index) = Self::NAMES.iter().position(|known| *known == name) {
            self.0 |= 1 << index;
        }
    }

    pub(super) fn has_any(self, names: &[&str]) -> bool {
        let known = Self::NAMES.iter().enumerate();
        let bits = known.filter(|(_, name)| names.contains(name));
        bits.fold(0, |bits, (index, _)| bits | 1 << index) & self.0 != 0
    }
}
