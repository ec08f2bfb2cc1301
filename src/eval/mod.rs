//! Requests judged by policies. Knows nothing of files, lint or CloudTrail.

mod principal;
mod request;

pub use principal::{Principal, PrincipalError};
pub use request::{Context, Fact, Origin, Request, Target};
