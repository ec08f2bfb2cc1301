//! The spanned tree.

use super::Text;
use crate::source::Span;

/// A JSON value and the bytes that it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value<'s> {
    /// From its first to its last character; quotes and brackets are part of it.
    pub span: Span,
    /// What it is.
    pub kind: Kind<'s>,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind<'s> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it was written.
    Number(&'s str),
    /// A string.
    String(Text<'s>),
    /// A list of values.
    Array(Vec<Value<'s>>),
    /// Members in the order of the text, duplicates kept.
    Object(Vec<Member<'s>>),
    /// Something that could not be read, and for which there is a fault already.
    Unreadable,
}

/// A key of an object and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member<'s> {
    /// The key.
    pub key: Text<'s>,
    /// Its value.
    pub value: Value<'s>,
}

impl Kind<'_> {
    /// What people call such a value, with its article.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Bool(_) => "a boolean",
            Kind::Number(_) => "a number",
            Kind::String(_) => "a string",
            Kind::Array(_) => "a list",
            Kind::Object(_) => "an object",
            Kind::Unreadable => "something unreadable",
        }
    }
}

impl<'s> Value<'s> {
    /// The value itself and all values in it, in no particular order.
    pub fn descendants(&self) -> impl Iterator<Item = &Self> {
        let mut open = vec![self];
        std::iter::from_fn(move || {
            let value = open.pop()?;
            match &value.kind {
                Kind::Array(values) => open.extend(values),
                Kind::Object(members) => open.extend(members.iter().map(|member| &member.value)),
                Kind::Null
                | Kind::Bool(_)
                | Kind::Number(_)
                | Kind::String(_)
                | Kind::Unreadable => {}
            }
            Some(value)
        })
    }

    /// The members, where the value is an object.
    pub fn as_object(&self) -> Option<&[Member<'s>]> {
        if let Kind::Object(members) = &self.kind {
            Some(members)
        } else {
            None
        }
    }

    /// The first member with exactly this key, where the value is an object.
    pub fn get(&self, key: &str) -> Option<&Member<'s>> {
        self.as_object()?
            .iter()
            .find(|member| member.key.as_str() == key)
    }
}
