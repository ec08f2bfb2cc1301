//! Condition keys: those of services and the global ones.

use super::{
    embedded::{find, list, row, rows, text},
    layout::{CONDITION_KEYS, GLOBAL_KEYS, TEMPLATED_KEYS, VALUE_TYPES},
};
use crate::policy::compare_ignoring_case;
use std::{fmt, sync::OnceLock};

/// A condition key that at least one service lists.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceConditionKey(pub(super) u32);

impl ServiceConditionKey {
    pub(super) fn named(key: &str) -> Option<Self> {
        let order = |number| compare_ignoring_case(Self(number).key(), key);
        find(rows(CONDITION_KEYS), order).map(Self).or_else(|| {
            static TEMPLATES: OnceLock<Vec<Template>> = OnceLock::new();
            let templates = TEMPLATES.get_or_init(|| {
                let numbers = rows(TEMPLATED_KEYS).map(|number| {
                    let [number] = row(TEMPLATED_KEYS, number);
                    number
                });
                numbers
                    .filter_map(|number| Template::of(number, Self(number).key()))
                    .collect()
            });
            let fitting = templates.iter().filter(|template| template.matches(key));
            // `a/${Name}/b` says more of a key than `a/${Name}` does.
            let best =
                fitting.max_by_key(|template| template.before.len() + template.after.len())?;
            Some(Self(best.number))
        })
    }

    /// The key as AWS writes it. A part that the caller chooses is `${..}`, as in
    /// `s3:ExistingObjectTag/${TagKey}`.
    pub fn key(self) -> &'static str {
        let [key, ..] = row(CONDITION_KEYS, self.0);
        text(key)
    }

    /// The type of its values.
    pub fn value_type(self) -> ValueType {
        let [_, value_type, _] = row(CONDITION_KEYS, self.0);
        ValueType::numbered(value_type)
    }

    /// Whether a request can have several values for it.
    pub fn multivalued(self) -> bool {
        let [.., multivalued] = row(CONDITION_KEYS, self.0);
        multivalued != 0
    }

    /// Whether this is the entry for a concrete key such as `aws:ResourceTag/team`.
    pub fn covers(self, key: &str) -> bool {
        self.key().eq_ignore_ascii_case(key)
            || Template::of(self.0, self.key()).is_some_and(|template| template.matches(key))
    }
}

impl fmt::Debug for ServiceConditionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ServiceConditionKey")
            .field(&self.key())
            .finish()
    }
}

/// A condition key that AWS documents for all services.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GlobalConditionKey(pub(super) u32);

impl GlobalConditionKey {
    pub(super) fn named(key: &str) -> Option<Self> {
        let order = |number| compare_ignoring_case(Self(number).key(), key);
        find(rows(GLOBAL_KEYS), order).map(Self).or_else(|| {
            static TEMPLATES: OnceLock<Vec<Template>> = OnceLock::new();
            let templates = TEMPLATES.get_or_init(|| {
                rows(GLOBAL_KEYS)
                    .filter_map(|number| Template::of(number, Self(number).key()))
                    .collect()
            });
            let found = templates.iter().find(|template| template.matches(key))?;
            Some(Self(found.number))
        })
    }

    /// The key as AWS writes it. A tag's key is `${TagKey}`, as in `aws:ResourceTag/${TagKey}`.
    pub fn key(self) -> &'static str {
        let [key, ..] = row(GLOBAL_KEYS, self.0);
        text(key)
    }

    /// The type of its values; the first where two fit.
    pub fn value_type(self) -> ValueType {
        self.value_types().next().unwrap_or(ValueType::String)
    }

    /// All types that its values can be read as: `aws:EpochTime` is a date and a number.
    pub fn value_types(self) -> impl ExactSizeIterator<Item = ValueType> {
        let [_, value_types, ..] = row(GLOBAL_KEYS, self.0);
        list(value_types).map(ValueType::numbered)
    }

    /// Whether a request can have several values for it.
    pub fn multivalued(self) -> bool {
        let [_, _, multivalued, _] = row(GLOBAL_KEYS, self.0);
        multivalued != 0
    }

    /// Whether every request has it.
    pub fn always_present(self) -> bool {
        let [.., always] = row(GLOBAL_KEYS, self.0);
        always != 0
    }
}

impl fmt::Debug for GlobalConditionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("GlobalConditionKey")
            .field(&self.key())
            .finish()
    }
}

/// The type of a condition key's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValueType {
    /// Any text.
    String,
    /// An ARN.
    Arn,
    /// `true` or `false`.
    Bool,
    /// A number.
    Numeric,
    /// A date and time.
    Date,
    /// An IP address.
    IpAddress,
}

impl ValueType {
    /// All types.
    pub const ALL: [Self; VALUE_TYPES.len()] = [
        Self::String,
        Self::Arn,
        Self::Bool,
        Self::Numeric,
        Self::Date,
        Self::IpAddress,
    ];

    fn numbered(number: u32) -> Self {
        Self::ALL
            .get(number as usize)
            .copied()
            .unwrap_or(Self::String)
    }

    /// The type as AWS writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::String => "String",
            Self::Arn => "ARN",
            Self::Bool => "Bool",
            Self::Numeric => "Numeric",
            Self::Date => "Date",
            Self::IpAddress => "IPAddress",
        }
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A key of which a part is the caller's choice, taken apart at its `${..}`; no key has two.
#[derive(Debug)]
struct Template {
    number: u32,
    before: &'static str,
    after: &'static str,
}

impl Template {
    fn of(number: u32, key: &'static str) -> Option<Self> {
        let (before, rest) = key.split_once("${")?;
        let (_, after) = rest.split_once('}')?;
        Some(Self {
            number,
            before,
            after,
        })
    }

    /// Whether `key` is the template with at least one character in place of its `${..}`.
    fn matches(&self, key: &str) -> bool {
        let (key, before, after) = (
            key.as_bytes(),
            self.before.as_bytes(),
            self.after.as_bytes(),
        );
        key.len() > before.len() + after.len()
            && key
                .get(..before.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(before))
            && key
                .get(key.len() - after.len()..)
                .is_some_and(|end| end.eq_ignore_ascii_case(after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_stands_for_at_least_one_character() {
        let matches = |template: &'static str, key: &str| {
            Template::of(0, template).is_some_and(|template| template.matches(key))
        };
        assert!(matches("aws:ResourceTag/${TagKey}", "AWS:resourcetag/a/b"));
        assert!(!matches("aws:ResourceTag/${TagKey}", "aws:ResourceTag/"));
        assert!(!matches("aws:SourceIp", "aws:SourceIp"));
        assert!(matches("a:m/${Key}/Matcher", "a:m/x/matcher"));
        assert!(!matches("a:m/${Key}/Matcher", "a:m/Matcher"));
    }
}
