//! Unit tests of policies: files that name policies, requests, and what should come of them.
//!
//! A file is TOML or JSON of the same form. Both are read to one tree with places, the tree is
//! checked by the published schema, and what is left is read to tests.

mod check;
mod form;
mod judge;
mod read;
mod tree;

pub use form::{Certain, Expected, TestFileForm, TestForm, schema};
pub use judge::TestOutcome;
pub use read::{PolicyTest, TestFault, read};
pub use tree::Notation;
