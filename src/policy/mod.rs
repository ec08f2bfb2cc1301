//! The typed policy document: statements, principals, actions, resources and conditions, each with
//! its place in the source.
//!
//! This layer knows the grammar of policies and nothing of which actions or keys exist; that is
//! the catalog's. It follows
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

mod action;
mod arn;
mod document;
mod lower;
mod names;
mod operator;
mod pattern;
mod policy_type;
mod shape;
mod version;
mod wildcard;
mod witness;

pub use action::ActionPattern;
pub use arn::{Arn, ArnError, ArnPattern};
pub use document::{
    ConditionElement, ConditionTest, ConditionValue, Effect, Element, Located, Policy,
    PrincipalElement, PrincipalEntry, PrincipalKind, ResourceForm, ResourcePattern, Statement,
    UnfilledAction,
};
pub use lower::{Lowered, faults_of_type, is_of_another_program, looks_like_policy, lower};
pub use names::{
    AccountId, ActionName, ConditionKey, ServicePrefix, compare_ignoring_case,
    starts_with_ignoring_case,
};
pub use operator::{Comparison, Operator, Quantifier};
pub use pattern::{Pattern, Piece, Variable, VariableError, VariableErrorKind};
pub use policy_type::{PolicyType, PolicyTypes};
pub use shape::{ShapeFault, ShapeFaultKind};
pub use version::Version;
pub use wildcard::{Case, Reading, Substitute, Wildcard, fold};
pub use witness::{TextPattern, Witnesses, witnesses};
