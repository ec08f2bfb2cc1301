//! CloudTrail bytes to events to requests.
//!
//! [`EventReader`] splits an input into events, [`Event`] parses one, [`interpret`] says what IAM
//! had to decide about it. What an event does not tell stays unknown all the way: no action, no
//! resource and no condition key is guessed.
//!
//! [`judge`] puts its requests to policies. Knows nothing of files, threads or reports.

mod action;
mod class;
mod context;
mod denial;
mod event;
mod interpret;
mod judge;
mod parameters;
mod policy_change;
mod principal;
mod reader;
mod resource;
#[cfg(test)]
mod sample;
mod tags;

pub use action::{Needs, Unmapped, UnmappedReason};
pub use class::{Category, Class, Mode};
pub use denial::{Denial, DenialKind, Outcome, PolicyType};
pub use event::{
    Event, EventContext, EventError, OnBehalfOf, Resource, SessionAttributes, SessionContext,
    SessionIssuer, Text, TlsDetails, UserIdentity, WebIdFederation,
};
pub use interpret::{Call, CallRequest, Decided, Interpretation, Note, RequestRole, interpret};
pub use judge::{Agreement, Judgement, agreement, judge, judge_each};
pub use policy_change::is_policy_change;
pub use reader::{
    EventReader, MAX_DEPTH, MAX_ERRORS_IN_A_ROW, MAX_EVENT_BYTES, MAX_UNPACKED_BYTES, Member,
    Members, OtherKind, Place, RawEvent, ReadError, ReadStats, Rest,
};
pub use resource::ResourceSource;
