//! Everything that is tested from outside: the commands, their reports, the documents, the laws
//! that hold for every input, and the repository itself.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "test code fails by panicking"
)]

mod cli;
mod documents;
mod formats;
mod packaging;
mod properties;
mod repository;
mod server;
mod snapshots;
mod support;
