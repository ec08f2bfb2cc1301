//! Reads, lints and simulates AWS IAM policies, and judges recorded CloudTrail events by them.
//!
//! The layers, each using only those before it: [`source`], [`syntax`], [`policy`], [`catalog`],
//! [`eval`], [`lint`], [`account`], [`trail`], [`audit`], [`cases`], [`report`],
//! [`server`], [`cli`].

pub mod account;
// Files that are tests of the library and of what is outside of it name it as those do.
#[cfg(test)]
extern crate self as iamsim;

pub mod audit;
pub mod cases;
pub mod catalog;
pub mod cli;
pub mod eval;
pub mod lint;
pub mod policy;
pub mod report;
pub mod server;
pub mod source;
pub mod syntax;
pub mod trail;
