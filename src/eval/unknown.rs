//! Facts that nobody supplied.

use super::Layer;
use crate::policy::{ConditionKey, Variable};
use std::fmt;

/// A fact that a decision hangs on and that nobody supplied.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unknown {
    /// The value of a condition key, and whether the request has it at all.
    Key(ConditionKey),
    /// What a template engine was to fill in and has not, such as `var.bucket`.
    Template(ConditionKey),
    /// The resource, or a part of its ARN.
    Resource,
    /// The policies of a layer.
    Layer(Layer),
    /// Who calls.
    Principal,
    /// The name of the session of a role.
    Session,
    /// The user that a federated session is of.
    FederatingUser,
    /// The unique id of the user or role that calls.
    UniqueId,
    /// The canonical user id of the caller's account.
    CanonicalUser,
}

impl Unknown {
    /// What is unknown where a variable has no known value.
    pub(super) fn of_variable(variable: &Variable) -> Self {
        let key = variable.key.clone();
        if variable.is_template_token() {
            Self::Template(key)
        } else {
            Self::Key(key)
        }
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) | Self::Template(key) => write!(f, "{key}"),
            Self::Resource => f.write_str("the resource"),
            Self::Layer(layer) => f.write_str(layer.title()),
            Self::Principal => f.write_str("the principal"),
            Self::Session => f.write_str("the name of the session"),
            Self::FederatingUser => f.write_str("the user of the federated session"),
            Self::UniqueId => f.write_str("the unique id of the caller"),
            Self::CanonicalUser => f.write_str("the canonical user id of the caller's account"),
        }
    }
}
