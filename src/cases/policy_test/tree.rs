//! JSON and TOML to one tree that knows its places.

use crate::{
    source::{Source, Span},
    syntax,
};
use toml::de::{DeTable, DeValue};

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// JSON.
    Json,
    /// TOML.
    Toml,
}

/// A value and where it stands.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) kind: Kind,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum Kind {
    Null,
    Flag(bool),
    /// As JSON writes it.
    Number(String),
    Text(String),
    List(Vec<Node>),
    Object(Vec<Entry>),
}

/// A member of an object.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_span: Span,
    pub(super) value: Node,
}

/// Text that is not of its notation: where, what is wrong, and what to do.
pub(super) type Malformed = (Span, String, String);

impl Node {
    /// Reads a text.
    pub(super) fn parse(source: &Source, notation: Notation) -> Result<Self, Vec<Malformed>> {
        match notation {
            Notation::Json => {
                let document = syntax::parse(source);
                let faults = document.faults.iter();
                let faults: Vec<_> = faults
                    .map(|fault| {
                        (
                            fault.span,
                            fault.kind.message(),
                            fault.kind.help().to_owned(),
                        )
                    })
                    .collect();
                if faults.is_empty() {
                    Ok(Self::of_json(&document.root))
                } else {
                    Err(faults)
                }
            }
            Notation::Toml => {
                let table = DeTable::parse(source.text()).map_err(|error| {
                    let range = error.span().unwrap_or(0..0);
                    let message = error.message().trim_end_matches('.');
                    let message = format!("this is not TOML: {message}");
                    let help = "docs/test.md has the form of a test file".to_owned();
                    vec![(Span::new(range.start, range.end), message, help)]
                })?;
                let range = table.span();
                let span = Span::new(range.start, range.end);
                Ok(Self::of_table(span, table.get_ref()))
            }
        }
    }

    fn of_json(value: &syntax::Value<'_>) -> Self {
        let kind = match &value.kind {
            // There is none where there is no fault.
            syntax::Kind::Null | syntax::Kind::Unreadable => Kind::Null,
            syntax::Kind::Bool(flag) => Kind::Flag(*flag),
            syntax::Kind::Number(text) => Kind::Number((*text).to_owned()),
            syntax::Kind::String(text) => Kind::Text(text.as_str().to_owned()),
            syntax::Kind::Array(values) => Kind::List(values.iter().map(Self::of_json).collect()),
            syntax::Kind::Object(members) => Kind::Object(
                members
                    .iter()
                    .map(|member| Entry {
                        key: member.key.as_str().to_owned(),
                        key_span: member.key.quoted_span(),
                        value: Self::of_json(&member.value),
                    })
                    .collect(),
            ),
        };
        Self {
            span: value.span,
            kind,
        }
    }

    fn of_toml(value: &toml::Spanned<DeValue<'_>>) -> Self {
        let range = value.span();
        let span = Span::new(range.start, range.end);
        let kind = match value.get_ref() {
            DeValue::String(text) => Kind::Text(text.as_ref().to_owned()),
            DeValue::Integer(number) => {
                let digits = number.as_str().replace('_', "");
                match i64::from_str_radix(&digits, number.radix()) {
                    Ok(number) => Kind::Number(number.to_string()),
                    Err(_) => Kind::Text(digits),
                }
            }
            DeValue::Float(number) => {
                let digits = number.as_str().replace('_', "");
                let number = digits.parse().ok().and_then(serde_json::Number::from_f64);
                // JSON has neither infinity nor what is no number.
                number.map_or(Kind::Text(digits), |number| {
                    Kind::Number(number.to_string())
                })
            }
            DeValue::Boolean(flag) => Kind::Flag(*flag),
            DeValue::Datetime(time) => Kind::Text(time.to_string()),
            DeValue::Array(values) => Kind::List(values.iter().map(Self::of_toml).collect()),
            DeValue::Table(table) => return Self::of_table(span, table),
        };
        Self { span, kind }
    }

    fn of_table(span: Span, table: &DeTable<'_>) -> Self {
        let mut entries: Vec<_> = table
            .iter()
            .map(|(key, value)| Entry {
                key: key.get_ref().as_ref().to_owned(),
                key_span: Span::new(key.span().start, key.span().end),
                value: Self::of_toml(value),
            })
            .collect();
        entries.sort_by_key(|entry| entry.key_span.start);
        Self {
            span,
            kind: Kind::Object(entries),
        }
    }

    /// The value of a member.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        let Kind::Object(entries) = &self.kind else {
            return None;
        };
        let entry = entries.iter().find(|entry| entry.key == key);
        entry.map(|entry| &entry.value)
    }

    /// The text, where it is one.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            Kind::Null | Kind::Flag(_) | Kind::Number(_) | Kind::List(_) | Kind::Object(_) => None,
        }
    }

    /// The items, where it is a list.
    pub(super) fn items(&self) -> Option<&[Self]> {
        match &self.kind {
            Kind::List(items) => Some(items),
            Kind::Null | Kind::Flag(_) | Kind::Number(_) | Kind::Text(_) | Kind::Object(_) => None,
        }
    }

    /// Whether this value, or any key or value in it, stands at a place.
    pub(super) fn holds(&self, span: Span) -> bool {
        self.span == span
            || match &self.kind {
                Kind::List(items) => items.iter().any(|item| item.holds(span)),
                Kind::Object(entries) => entries
                    .iter()
                    .any(|entry| entry.key_span == span || entry.value.holds(span)),
                Kind::Null | Kind::Flag(_) | Kind::Number(_) | Kind::Text(_) => false,
            }
    }

    /// It as JSON.
    pub(super) fn json(&self) -> String {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        match &self.kind {
            Kind::Null => "null".to_owned(),
            Kind::Flag(flag) => flag.to_string(),
            Kind::Number(text) => text.clone(),
            Kind::Text(text) => quoted(text),
            Kind::List(items) => {
                let items: Vec<_> = items.iter().map(Self::json).collect();
                format!("[{}]", items.join(","))
            }
            Kind::Object(entries) => {
                let entries = entries.iter();
                let entries: Vec<_> = entries
                    .map(|entry| format!("{}:{}", quoted(&entry.key), entry.value.json()))
                    .collect();
                format!("{{{}}}", entries.join(","))
            }
        }
    }
}

impl Kind {
    /// What people call such a value, with its article.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Flag(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str, notation: Notation) -> String {
        let source = Source::new("a", text.as_bytes().to_vec());
        Node::parse(&source, notation).unwrap().json()
    }

    #[test]
    fn toml_is_the_json_that_is_meant() {
        let toml = "a = +1_000\nb = 0xff\nc = 1.50\nd = inf\ne = 2026-01-01T00:00:00Z\n\
                    f = [true, '\"']\n[g.h]\n\"i.j\" = {}\n";
        assert_eq!(
            json(toml, Notation::Toml),
            r#"{"a":1000,"b":255,"c":1.5,"d":"inf","e":"2026-01-01T00:00:00Z","f":[true,"\""],"g":{"h":{"i.j":{}}}}"#
        );
    }

    #[test]
    fn json_stays_as_it_is_written() {
        let text = r#"{"a":[1.50,null,"\n"],"b":12345678901234567890123}"#;
        assert_eq!(json(text, Notation::Json), text);
    }
}
