//! Three-valued logic.

use super::Unknown;
use std::{collections::BTreeSet, ops::Not};

/// Whether something holds: surely, surely not, or depending on facts that nobody supplied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// It holds or not, depending on these.
    Depends(BTreeSet<Unknown>),
}

impl Truth {
    /// What depends on one fact.
    pub fn depends_on(unknown: Unknown) -> Self {
        Self::Depends(BTreeSet::from([unknown]))
    }

    /// Whether it surely holds.
    pub fn is_true(&self) -> bool {
        *self == Self::True
    }

    /// Whether it surely does not hold.
    pub fn is_false(&self) -> bool {
        *self == Self::False
    }

    /// Whether at least one holds; false for none at all.
    pub fn any(truths: impl IntoIterator<Item = Self>) -> Self {
        let mut unknown = BTreeSet::new();
        for truth in truths {
            match truth {
                Self::True => return Self::True,
                Self::False => {}
                Self::Depends(more) => unknown.extend(more),
            }
        }
        if unknown.is_empty() {
            Self::False
        } else {
            Self::Depends(unknown)
        }
    }

    /// Whether all hold; true for none at all.
    pub fn all(truths: impl IntoIterator<Item = Self>) -> Self {
        Self::any(truths.into_iter().map(Self::not)).not()
    }
}

impl Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Depends(unknown) => Self::Depends(unknown),
        }
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::ConditionKey;

    fn unknown(key: &str) -> Truth {
        Truth::depends_on(Unknown::Key(ConditionKey::new(key)))
    }

    #[test]
    fn one_true_makes_any_true_whatever_is_unknown() {
        assert_eq!(Truth::any([unknown("a"), Truth::True]), Truth::True);
        assert_eq!(Truth::any([unknown("a"), Truth::False]), unknown("a"));
        assert_eq!(Truth::any([]), Truth::False);
    }

    #[test]
    fn one_false_makes_all_false_whatever_is_unknown() {
        assert_eq!(Truth::all([unknown("a"), Truth::False]), Truth::False);
        assert_eq!(Truth::all([unknown("a"), Truth::True]), unknown("a"));
        assert_eq!(Truth::all([]), Truth::True);
    }
}
