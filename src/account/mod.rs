//! Who holds which policies, and the setting that each request is judged in.
//!
//! [`Holdings`] are made of policies that are given for everybody or for principals, or by
//! [`read_export`] of what IAM tells of a whole account. What is not known of a principal is never
//! taken for nothing: its requests are judged with unknown policies. Knows nothing of files, events
//! or reports.

mod document;
mod export;
mod form;
mod holdings;

pub use document::{Document, DocumentId};
pub use export::{ExportFault, Gap, read_export};
pub use form::{FormError, HoldingsForm};
pub use holdings::{Bound, Duplicate, Held, HeldPolicies, Holder, Holders, Holdings};
