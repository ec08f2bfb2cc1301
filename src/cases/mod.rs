//! Requests with the policies that judge them, as text: one JSON object each.
//!
//! A case has `policies` by layer and a `request`; [`form`] says which members each has. Batches, files
//! of settings, unit tests of policies, and this project's own conformance tests are of cases.

pub mod form;
pub mod policy_test;
mod read;
mod request;

pub use read::{
    Case, CaseError, CasePolicy, CaseReader, CaseRequest, CaseSetting, PolicyFiles, WrongPolicy,
    decide_all, sound,
};
pub use request::{
    Completeness, RequestError, RequestText, UnknownName, condition_key, context_pair, unknown_fact,
};
