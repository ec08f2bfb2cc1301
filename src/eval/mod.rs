//! Requests judged by policies.
//!
//! Whether a statement applies, and what many statements come to, are two things: [`decide`]
//! combines what [`StatementResult`]s say. A fact that nobody supplied is unknown all the way
//! through, never silently missing. This layer knows nothing of files, lint or CloudTrail.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

mod action_index;
mod compile;
mod completion;
mod condition;
mod decide;
mod derive;
mod every_value;
mod exceptions;
mod formula;
mod layer;
mod named;
mod principal;
mod remedy;
mod request;
mod statement;
mod truth;
mod typed;
mod unknown;
mod verdict;
mod view;

pub use compile::{CompiledPolicy, fault_of_value};
pub use completion::{UnknownPolicies, Value};
pub use condition::holds_without_key;
pub use decide::{CallDecision, decide, decide_call, examine, trace};
pub use derive::{derive_context, resource_account, role_arn};
pub use every_value::{CommonValue, common_value};
pub use exceptions::Exemption;
pub use formula::{Atom, Claim, Formula};
pub use layer::{AttachedPolicy, Layer, Setting, Supply};
pub use named::{Named, Naming};
pub use principal::{Principal, PrincipalError, WEB_IDENTITY_PROVIDERS};
pub(crate) use remedy::resource_text;
pub use remedy::{Change, PolicyText, Remedy, remedy};
pub use request::{Context, Fact, Origin, Request, Target};
pub use statement::{Applies, Examination, Open, StatementPart, StatementResult, StatementResults};
pub use truth::Truth;
pub use typed::{compare_numbers, instant, network};
pub use unknown::Unknown;
pub use verdict::{Decision, Outcome, Residual, Verdict};
pub use view::arn_in_place_of_star;
