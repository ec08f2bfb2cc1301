//! Events inside other records: `lookup-events`, `CloudWatch` Logs and `EventBridge`.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::OtherKind;

/// The members of records that hold an event.
pub(super) const MEMBERS: [&str; 4] = ["CloudTrailEvent", "message", "detail", "awslogs"];

/// What an object is or holds.
#[derive(Debug)]
pub(super) enum Inside {
    /// It is an event.
    Itself,
    /// An event as text, and what the record is if the text is none.
    Text(String, Option<OtherKind>),
    /// A packed text with events.
    Packed(Vec<u8>),
}

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
    /// What a subscription hands to Lambda.
    #[serde(borrow, default)]
    awslogs: Option<Packed<'a>>,
}

/// What `CloudWatch` Logs packs: base64 of gzip.
#[derive(Deserialize)]
struct Packed<'a> {
    #[serde(borrow)]
    data: Cow<'a, str>,
}

/// What a record holds; `None` where it is no such record.
pub(super) fn inside(record: &[u8]) -> Option<Result<Inside, OtherKind>> {
    let envelope: Envelope<'_> = serde_json::from_slice(record).ok()?;
    if let Some(packed) = envelope.awslogs {
        let data = STANDARD.decode(packed.data.as_bytes()).ok()?;
        return Some(Ok(Inside::Packed(data)));
    }
    let (text, otherwise) = match (envelope.lookup, envelope.message, envelope.detail) {
        (Some(text), _, _) => (text, None),
        (None, Some(text), _) => (text, Some(OtherKind::LogEvent)),
        (None, None, Some(detail)) => (Cow::Borrowed(detail.get()), Some(OtherKind::BridgeEvent)),
        (None, None, None) => return None,
    };
    if !text.trim_start().starts_with('{') {
        let is_control = text.starts_with("CWL CONTROL MESSAGE");
        return is_control.then_some(Err(OtherKind::ControlMessage));
    }
    Some(Ok(Inside::Text(text.into_owned(), otherwise)))
}
