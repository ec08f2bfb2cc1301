//! Names with AWS's own case rules built in.
//!
//! Actions, service prefixes and condition keys compare without regard to ASCII case, so the
//! types do too; each keeps the spelling that it was given, for messages.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>

use super::fold;
use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
};

/// Compares two texts as if both were ASCII lower case.
pub fn compare_ignoring_case(left: &str, right: &str) -> Ordering {
    left.bytes()
        .map(|byte| byte.to_ascii_lowercase())
        .cmp(right.bytes().map(|byte| byte.to_ascii_lowercase()))
}

/// Whether a text starts with another, as if both were ASCII lower case.
pub fn starts_with_ignoring_case(text: &str, start: &str) -> bool {
    text.as_bytes()
        .get(..start.len())
        .is_some_and(|bytes| bytes.eq_ignore_ascii_case(start.as_bytes()))
}

macro_rules! case_insensitive_name {
    ($(#[$doc:meta])+ $name:ident) => {
        $(#[$doc])+
        #[derive(Debug, Clone)]
        pub struct $name(Box<str>);

        impl $name {
            /// Takes the name as it was written.
            pub fn new(text: impl Into<Box<str>>) -> Self {
                Self(text.into())
            }

            /// The name as it was written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0.eq_ignore_ascii_case(&other.0)
            }
        }

        impl Eq for $name {}

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                compare_ignoring_case(&self.0, &other.0)
            }
        }

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                for byte in self.0.bytes() {
                    state.write_u8(byte.to_ascii_lowercase());
                }
                state.write_u8(0xff);
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }
    };
}

case_insensitive_name! {
    /// The part of an action before the colon, such as `s3` or `dynamodb`.
    ServicePrefix
}

case_insensitive_name! {
    /// The name of a condition key, such as `aws:SourceIp` or `aws:ResourceTag/team`.
    ConditionKey
}

/// A whole action name, `service:Action`, such as `s3:GetObject`; never a pattern.
///
/// It is compared with many patterns, so it keeps its lower case.
#[derive(Debug, Clone)]
pub struct ActionName {
    text: Box<str>,
    folded: Box<str>,
}

impl ActionName {
    /// Takes the name as it was written.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        let text = text.into();
        Self {
            folded: fold(&text).into(),
            text,
        }
    }

    /// The name as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name in lower case.
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// The text before the first colon; all of it where there is none.
    pub fn service(&self) -> &str {
        self.parts().0
    }

    /// The text after the first colon; empty where there is none.
    pub fn name(&self) -> &str {
        self.parts().1
    }

    /// The text before and after the first colon.
    fn parts(&self) -> (&str, &str) {
        // The prefixes of services are short: a plain loop is quicker than a search.
        let colon = self.text.bytes().position(|byte| byte == b':');
        let parts = colon.and_then(|at| Some((self.text.get(..at)?, self.text.get(at + 1..)?)));
        parts.unwrap_or((&*self.text, ""))
    }
}

impl PartialEq for ActionName {
    fn eq(&self, other: &Self) -> bool {
        self.folded == other.folded
    }
}

impl Eq for ActionName {}

impl PartialOrd for ActionName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ActionName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded.cmp(&other.folded)
    }
}

impl Hash for ActionName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.folded.hash(state);
    }
}

impl fmt::Display for ActionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<&str> for ActionName {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

/// The number of an AWS account: exactly twelve digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId([u8; 12]);

impl AccountId {
    /// Reads twelve ASCII digits; anything else is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: [u8; 12] = text.as_bytes().try_into().ok()?;
        digits
            .iter()
            .all(u8::is_ascii_digit)
            .then_some(Self(digits))
    }

    /// The twelve digits.
    pub fn as_str(&self) -> &str {
        // Only digits ever get in, so this never falls back.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl serde::Serialize for AccountId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for AccountId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("an account has twelve digits"))
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn action_names_compare_without_case() {
        assert_eq!(
            ActionName::new("s3:GetObject"),
            ActionName::new("S3:getobject")
        );
        assert_ne!(
            ActionName::new("s3:GetObject"),
            ActionName::new("s3:GetObjects")
        );
    }

    #[test]
    fn an_action_name_splits_at_its_first_colon() {
        let action = ActionName::new("s3:Get:Object");
        assert_eq!((action.service(), action.name()), ("s3", "Get:Object"));
    }

    #[test]
    fn condition_keys_order_without_case() {
        assert!(ConditionKey::new("aws:SourceIp") < ConditionKey::new("AWS:sourcevpc"));
    }

    #[test]
    fn an_account_id_is_twelve_digits() {
        assert_eq!(
            AccountId::parse("123456789012").unwrap().as_str(),
            "123456789012"
        );
        assert_eq!(AccountId::parse("12345678901"), None);
        assert_eq!(AccountId::parse("12345678901x"), None);
    }
}
