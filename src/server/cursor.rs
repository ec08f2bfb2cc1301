//! What stands at a place of a document: which part of a policy it is, by the keys that lead there.
//!
//! A policy may lie in other JSON, such as a template: what counts are the keys from `Statement` on.

use crate::{
    source::Span,
    syntax::{Kind, Text, Value},
};

/// A string of a document, and what it is in a policy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'t> {
    /// The string.
    pub(super) text: &'t Text<'t>,
    /// What it is.
    pub(super) role: Role<'t>,
    /// The object that it is in.
    pub(super) object: Option<&'t Value<'t>>,
    /// The statement that it is in.
    pub(super) statement: Option<&'t Value<'t>>,
}

/// What a string is in a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role<'t> {
    /// A key at the top of the document.
    PolicyKey,
    /// The `Version`.
    Version,
    /// A key of a statement.
    StatementKey,
    /// The `Effect`.
    Effect,
    /// An entry of `Action` or `NotAction`.
    Action,
    /// An entry of `Resource` or `NotResource`.
    Resource,
    /// The kind of principals, such as `AWS`.
    PrincipalKind,
    /// A principal of a kind; `None` for one without.
    Principal(Option<&'t str>),
    /// An operator of a condition.
    Operator,
    /// A condition key under an operator.
    ConditionKey(&'t str),
    /// A value of a condition key under an operator.
    ConditionValue {
        /// The operator.
        operator: &'t str,
        /// The key.
        key: &'t str,
    },
    /// Something else.
    Other,
}

/// Which of the two strings of a member is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Key,
    Value,
}

/// What lies around an offset.
struct Surroundings<'t> {
    /// The innermost value, or the key of a member of it.
    text: Option<(&'t Text<'t>, Part)>,
    /// The keys that lead there.
    keys: Vec<&'t str>,
    /// The innermost object.
    object: Option<&'t Value<'t>>,
    /// The innermost statement.
    statement: Option<&'t Value<'t>>,
}

impl<'t> Surroundings<'t> {
    fn of(root: &'t Value<'t>, offset: usize) -> Self {
        let mut around = Self {
            text: None,
            keys: Vec::new(),
            object: None,
            statement: None,
        };
        let mut next = Some(root);
        while let Some(value) = next {
            next = around.enter(value, offset);
        }
        around
    }

    /// Takes note of a value; gives back the one in it that the offset is in.
    fn enter(&mut self, value: &'t Value<'t>, offset: usize) -> Option<&'t Value<'t>> {
        match &value.kind {
            Kind::Object(members) => {
                self.object = Some(value);
                if self.keys.last().is_some_and(|key| is(key, "Statement")) {
                    self.statement = Some(value);
                }
                for member in members {
                    if covers(member.key.quoted_span(), offset) {
                        self.text = Some((&member.key, Part::Key));
                        return None;
                    }
                    if covers(member.value.span, offset) {
                        self.keys.push(member.key.as_str());
                        return Some(&member.value);
                    }
                }
                None
            }
            Kind::Array(items) => items.iter().find(|item| covers(item.span, offset)),
            Kind::String(text) => {
                self.text = Some((text, Part::Value));
                None
            }
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Unreadable => None,
        }
    }
}

/// The string at an offset, its quotes included.
pub(super) fn at<'t>(root: &'t Value<'t>, offset: usize) -> Option<Cursor<'t>> {
    let around = Surroundings::of(root, offset);
    let (text, part) = around.text?;
    Some(Cursor {
        text,
        role: role(&around.keys, part),
        object: around.object,
        statement: around.statement,
    })
}

/// The innermost statement around an offset.
pub(super) fn statement_at<'t>(root: &'t Value<'t>, offset: usize) -> Option<&'t Value<'t>> {
    Surroundings::of(root, offset).statement
}

fn covers(span: Span, offset: usize) -> bool {
    (span.start..=span.end).contains(&offset)
}

fn is(key: &str, name: &str) -> bool {
    key.eq_ignore_ascii_case(name)
}

/// What a string is to which these keys lead.
fn role<'t>(keys: &[&'t str], part: Part) -> Role<'t> {
    let Some(place) = keys.iter().rposition(|key| is(key, "Statement")) else {
        return match (keys, part) {
            ([], Part::Key) => Role::PolicyKey,
            ([key], Part::Value) if is(key, "Version") => Role::Version,
            _ => Role::Other,
        };
    };
    let below = keys.get(place + 1..).unwrap_or_default();
    let any = |key: &str, names: &[&str]| names.iter().any(|name| is(key, name));
    match (below, part) {
        ([], Part::Key) => Role::StatementKey,
        ([key], Part::Value) if is(key, "Effect") => Role::Effect,
        ([key], Part::Value) if any(key, &["Action", "NotAction"]) => Role::Action,
        ([key], Part::Value) if any(key, &["Resource", "NotResource"]) => Role::Resource,
        ([key, rest @ ..], _) if any(key, &["Principal", "NotPrincipal"]) => match (rest, part) {
            ([], Part::Key) => Role::PrincipalKind,
            ([], Part::Value) => Role::Principal(None),
            ([kind], Part::Value) => Role::Principal(Some(kind)),
            _ => Role::Other,
        },
        ([key, rest @ ..], _) if is(key, "Condition") => match (rest, part) {
            ([], Part::Key) => Role::Operator,
            ([operator], Part::Key) => Role::ConditionKey(operator),
            ([operator, key], Part::Value) => Role::ConditionValue { operator, key },
            _ => Role::Other,
        },
        _ => Role::Other,
    }
}

/// The strings of the elements of these names of a statement: each entry of a list, or the one string.
pub(super) fn entries<'t>(statement: &'t Value<'t>, names: &[&str]) -> Vec<&'t str> {
    let members = statement.as_object().unwrap_or_default().iter();
    let elements = members.filter(|member| names.iter().any(|name| is(member.key.as_str(), name)));
    let values = elements.flat_map(|member| member.value.descendants());
    let texts = values.filter_map(|value| match &value.kind {
        Kind::String(text) => Some(text.as_str()),
        Kind::Null
        | Kind::Bool(_)
        | Kind::Number(_)
        | Kind::Array(_)
        | Kind::Object(_)
        | Kind::Unreadable => None,
    });
    texts.collect()
}

#[cfg(test)]
mod tests {
    use super::{Role, at};
    use crate::{source::Source, syntax};

    /// The role of the string at `|`, and that string.
    fn role_at(marked: &str, check: impl FnOnce(Role<'_>, &str)) {
        let offset = marked.find('|').unwrap();
        let source = Source::new("x", marked.replacen('|', "", 1).into_bytes());
        let document = syntax::parse(&source);
        let cursor = at(&document.root, offset).expect("a string");
        check(cursor.role, cursor.text.as_str());
    }

    #[test]
    fn keys_tell_what_a_string_is() {
        for (text, role) in [
            (r#"{"|Version": ""}"#, Role::PolicyKey),
            (r#"{"version": "2012|"}"#, Role::Version),
            (r#"{"Statement": {"Eff|": 1}}"#, Role::StatementKey),
            (r#"{"Statement": [{"Effect": "|"}]}"#, Role::Effect),
            (
                r#"{"Statement": [{}, {"action": ["a", "|b"]}]}"#,
                Role::Action,
            ),
            (r#"{"Statement": {"NotResource": "a|"}}"#, Role::Resource),
            (
                r#"{"Statement": {"Principal": "|*"}}"#,
                Role::Principal(None),
            ),
            (
                r#"{"Statement": {"Principal": {"A|": []}}}"#,
                Role::PrincipalKind,
            ),
            (
                r#"{"Statement": {"Principal": {"AWS": ["|"]}}}"#,
                Role::Principal(Some("AWS")),
            ),
            (
                r#"{"Statement": {"Condition": {"B|": {}}}}"#,
                Role::Operator,
            ),
            (
                r#"{"Statement": {"Condition": {"Bool": {"a|": 1}}}}"#,
                Role::ConditionKey("Bool"),
            ),
            (
                r#"{"Statement": {"Condition": {"Bool": {"k": ["v|"]}}}}"#,
                Role::ConditionValue {
                    operator: "Bool",
                    key: "k",
                },
            ),
            (r#"{"Statement": {"Sid": "a|"}}"#, Role::Other),
            (r#"{"a": {"Version": "|"}}"#, Role::Other),
            (
                r#"{"Resources": {"P": {"PolicyDocument": {"Statement": [{"Action": "|"}]}}}}"#,
                Role::Action,
            ),
        ] {
            role_at(text, |found, _| assert_eq!(found, role, "{text}"));
        }
    }

    #[test]
    fn a_place_between_strings_is_none() {
        let source = Source::new("x", br#"{"a": 1, "b": [ ]}"#.to_vec());
        let document = syntax::parse(&source);
        for offset in [0, 5, 7, 15, 99] {
            assert!(at(&document.root, offset).is_none(), "{offset}");
        }
    }
}
