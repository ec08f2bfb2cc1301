//! CloudTrail bytes to events to requests.

mod class;
mod event;
mod reader;

pub use class::{Category, Class, Mode};
pub use event::{
    Event, EventContext, EventError, OnBehalfOf, Resource, SessionAttributes, SessionContext,
    SessionIssuer, Text, TlsDetails, UserIdentity, WebIdFederation,
};
pub use reader::{
    EventReader, MAX_DEPTH, MAX_EVENT_BYTES, MAX_UNPACKED_BYTES, Place, RawEvent, ReadError,
};
