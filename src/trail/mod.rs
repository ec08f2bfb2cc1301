//! CloudTrail bytes to events to requests.

mod class;
mod denial;
mod event;
mod parameters;
mod principal;
mod reader;
mod tags;

pub use class::{Category, Class, Mode};
pub use event::{
    Event, EventContext, EventError, OnBehalfOf, Resource, SessionAttributes, SessionContext,
    SessionIssuer, Text, TlsDetails, UserIdentity, WebIdFederation,
};
pub use reader::{
    EventReader, MAX_DEPTH, MAX_EVENT_BYTES, MAX_UNPACKED_BYTES, Place, RawEvent, ReadError,
};
