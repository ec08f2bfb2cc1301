//! The typed policy document.

mod names;

pub use names::{AccountId, ActionName, ConditionKey, ServicePrefix, compare_ignoring_case};
