//! The statements of a document as they were written, member by member.

use crate::{
    source::Span,
    syntax::{Kind, Member, Value},
};

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
pub(super) fn span(member: &Member<'_>) -> Span {
    member.key.quoted_span().join(member.value.span)
}
