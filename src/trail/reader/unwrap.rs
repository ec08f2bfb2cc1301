//! Events inside other records: `lookup-events`, `CloudWatch` Logs and `EventBridge`.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

/// The members of the records that hold an event.
#[derive(Deserialize)]
struct Envelope<'a> {
    /// `lookup-events`: the event as a string.
    #[serde(rename = "CloudTrailEvent", borrow, default)]
    lookup: Option<Cow<'a, str>>,
    /// `CloudWatch` Logs: the event as a string.
    #[serde(borrow, default)]
    message: Option<Cow<'a, str>>,
    /// `EventBridge`: the event as an object.
    #[serde(borrow, default)]
    detail: Option<&'a RawValue>,
}

/// The event that a record holds; `None` where what it holds does not look like one.
pub(super) fn event_inside(record: &[u8]) -> Option<String> {
    let envelope: Envelope<'_> = serde_json::from_slice(record).ok()?;
    let text = envelope
        .lookup
        .or(envelope.message)
        .or_else(|| envelope.detail.map(|detail| Cow::Borrowed(detail.get())))?;
    let is_event = text.trim_start().starts_with('{')
        && (text.contains("\"eventName\"") || text.contains("\"eventVersion\""));
    is_event.then(|| text.into_owned())
}
