//! The language server, driven over its protocol as an editor drives it.

mod client;
mod completion;
mod diagnostics;
mod hover;
mod lifecycle;

/// Another document than those that are asked about in the same session.
const URI: &str = "file:///repo/policy.json";
