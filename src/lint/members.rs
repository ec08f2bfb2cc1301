//! The statements of a document as they were written, member by member.

use super::{DocumentCx, StatementCx};
use crate::{
    policy::Statement,
    source::Span,
    syntax::{Kind, Member, Value},
};

impl<'a> DocumentCx<'a> {
    /// The members of a statement in the order of the text, duplicates and misspelt ones included.
    pub(super) fn members_of(&self, statement: &Statement) -> &'a [Member<'a>] {
        let members = self.root.as_object().unwrap_or_default();
        let mut values = members
            .iter()
            .filter_map(|member| match &member.value.kind {
                Kind::Array(values) => values.get(statement.index),
                Kind::Object(_) => Some(&member.value),
                Kind::Null
                | Kind::Bool(_)
                | Kind::Number(_)
                | Kind::String(_)
                | Kind::Unreadable => None,
            });
        values
            .find(|value| value.span == statement.span)
            .and_then(Value::as_object)
            .unwrap_or_default()
    }

    /// The first character of the policy, where faults of the whole are shown.
    pub(super) fn start(&self) -> Span {
        first_character(self.policy.span)
    }
}

impl StatementCx<'_> {
    /// The member of an element that is written right. Where the text has it twice, the last, as
    /// that is the one in the policy.
    pub(super) fn member(&self, element: &str) -> Option<&Member<'_>> {
        let members = self.document.members_of(self.statement);
        members
            .iter()
            .rfind(|member| member.key.as_str() == element)
    }

    /// The members of those elements that are there and written right.
    pub(super) fn members_named(&self, elements: &[&str]) -> impl Iterator<Item = &Member<'_>> {
        let present = elements.iter().any(|name| self.statement.has_element(name));
        let members = if present {
            self.document.members_of(self.statement)
        } else {
            &[]
        };
        members
            .iter()
            .filter(move |member| elements.contains(&member.key.as_str()))
    }

    /// The first character of the statement, where what it lacks is shown.
    pub(super) fn start(&self) -> Span {
        first_character(self.statement.span)
    }
}

/// The objects that stand as statements.
pub(super) fn statements<'a>(root: &'a Value<'a>) -> impl Iterator<Item = &'a [Member<'a>]> {
    let element = root.get("Statement").map(|member| &member.value);
    let list = element.map_or(&[][..], |value| match &value.kind {
        Kind::Array(values) => values,
        Kind::Null
        | Kind::Bool(_)
        | Kind::Number(_)
        | Kind::String(_)
        | Kind::Object(_)
        | Kind::Unreadable => std::slice::from_ref(value),
    });
    list.iter().filter_map(Value::as_object)
}

/// A member from its key to its value.
pub(super) fn whole(member: &Member<'_>) -> Span {
    member.key.quoted_span().join(member.value.span)
}

fn first_character(span: Span) -> Span {
    Span::new(span.start, span.end.min(span.start + 1))
}
