//! Facts that nobody supplied.

use super::Layer;
use crate::policy::ConditionKey;
use std::fmt;

/// A fact that a decision hangs on and that nobody supplied.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unknown {
    /// The value of a condition key, and whether the request has it at all.
    Key(ConditionKey),
    /// The resource, or a part of its ARN.
    Resource,
    /// The policies of a layer.
    Layer(Layer),
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => write!(f, "{key}"),
            Self::Resource => f.write_str("the resource"),
            Self::Layer(layer) => f.write_str(layer.title()),
        }
    }
}
