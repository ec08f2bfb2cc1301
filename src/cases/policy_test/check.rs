//! A tree held against the published schema, with the place of each difference: what editors say of a
//! file by the schema is what this says.

use super::tree::{Entry, Kind, Node};
use crate::source::Span;
use serde_json::Value;
use std::collections::BTreeSet;

/// Something that the schema does not allow.
#[derive(Debug)]
pub(super) struct Difference {
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) help: String,
}

/// All that a tree has which a schema does not allow.
pub(super) fn check(root: &Node, schema: &Value) -> Vec<Difference> {
    let mut checker = Checker {
        definitions: schema.get("definitions").unwrap_or(&Value::Null),
        differences: Vec::new(),
    };
    checker.value(root, schema, "file");
    checker.differences
}

struct Checker<'s> {
    definitions: &'s Value,
    differences: Vec<Difference>,
}

impl<'s> Checker<'s> {
    fn differs(&mut self, span: Span, message: String, help: String) {
        self.differences.push(Difference {
            span,
            message,
            help,
        });
    }

    /// The schemas of which a value may follow any.
    fn alternatives(&self, schema: &'s Value) -> Vec<&'s Value> {
        if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
            let name = name.rsplit('/').next().unwrap_or_default();
            let definition = self.definitions.get(name);
            return definition.map_or_else(Vec::new, |schema| self.alternatives(schema));
        }
        let lists = ["anyOf", "oneOf", "allOf"];
        match lists
            .into_iter()
            .find_map(|name| schema.get(name)?.as_array())
        {
            Some(list) => list
                .iter()
                .flat_map(|schema| self.alternatives(schema))
                .collect(),
            None => vec![schema],
        }
    }

    /// Checks a value, which is that of the member `name`.
    fn value(&mut self, node: &Node, schema: &'s Value, name: &str) {
        let all = self.alternatives(schema);
        let fitting: Vec<_> = all
            .iter()
            .copied()
            .filter(|schema| fits(schema, &node.kind))
            .collect();
        let Some(first) = fitting.first() else {
            let mut kinds: Vec<_> = all.iter().flat_map(|schema| kinds(schema)).collect();
            kinds.retain(|kind| *kind != "null");
            kinds.dedup();
            let message = format!(
                "`{name}` is {}, and must be {}",
                node.kind.name(),
                kinds.join(" or ")
            );
            let words: Vec<_> = all.iter().flat_map(|schema| words(schema)).collect();
            let help = if words.is_empty() {
                help(schema)
            } else {
                near_or_all("", &words, "it is one of")
            };
            self.differs(node.span, message, help);
            return;
        };
        let words: Vec<_> = fitting.iter().flat_map(|schema| words(schema)).collect();
        match &node.kind {
            Kind::Text(text) if !words.is_empty() => {
                if !words.contains(&text.as_str()) {
                    let help = near_or_all(text, &words, "it is one of");
                    let message = format!("`{name}` cannot be `{text}`");
                    self.differs(node.span, message, help);
                }
            }
            Kind::Object(entries) => self.object(node, entries, first, name),
            Kind::List(items) => {
                if let Some(schema) = first.get("items") {
                    for item in items {
                        self.value(item, schema, name);
                    }
                }
            }
            Kind::Null | Kind::Flag(_) | Kind::Number(_) | Kind::Text(_) => {}
        }
    }

    fn object(&mut self, node: &Node, entries: &[Entry], schema: &'s Value, name: &str) {
        let known = schema.get("properties").and_then(Value::as_object);
        let others = schema.get("additionalProperties");
        let is_closed = others == Some(&Value::Bool(false));
        let mut seen = BTreeSet::new();
        for entry in entries {
            if !seen.insert(&entry.key) && (is_closed || others.is_some_and(Value::is_object)) {
                let message = format!("`{}` stands twice in one object", entry.key);
                let help = "keep one of the two".to_owned();
                self.differs(entry.key_span, message, help);
                continue;
            }
            match known.and_then(|known| known.get(&entry.key)) {
                Some(schema) => self.value(&entry.value, schema, &entry.key),
                None if is_closed => {
                    let names: Vec<_> = known.iter().flat_map(|known| known.keys()).collect();
                    let mut names: Vec<_> = names.into_iter().map(String::as_str).collect();
                    names.retain(|name| !name.starts_with('$'));
                    let help = near_or_all(&entry.key, &names, "it has");
                    let message = format!("`{}` is no member of {}", entry.key, thing(name));
                    self.differs(entry.key_span, message, help);
                }
                None => {
                    if let Some(schema) = others {
                        self.value(&entry.value, schema, &entry.key);
                    }
                }
            }
        }
        let required = schema.get("required").and_then(Value::as_array);
        for wanted in required.into_iter().flatten().filter_map(Value::as_str) {
            if !seen.iter().any(|key| *key == wanted) {
                let schema = known.and_then(|known| known.get(wanted));
                let help = schema.map_or_else(String::new, help);
                let message = format!("{} has no `{wanted}`", thing(name));
                self.differs(node.span, message, help);
            }
        }
    }
}

/// What people call the object that is the value of a member.
fn thing(member: &str) -> String {
    match member {
        "file" => "a test file".to_owned(),
        "tests" => "a test".to_owned(),
        other => format!("`{other}`"),
    }
}

/// The types of a schema.
fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(name)) => vec![name.as_str()],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Whether a value is of one of the types of a schema; one without a type takes all.
fn fits(schema: &Value, kind: &Kind) -> bool {
    let types = types(schema);
    let own: &[&str] = match kind {
        Kind::Null => &["null"],
        Kind::Flag(_) => &["boolean"],
        Kind::Number(_) => &["number", "integer"],
        Kind::Text(_) => &["string"],
        Kind::List(_) => &["array"],
        Kind::Object(_) => &["object"],
    };
    types.is_empty() || types.iter().any(|name| own.contains(name))
}

/// What people call the types of a schema.
fn kinds(schema: &Value) -> Vec<&'static str> {
    let name = |name: &str| match name {
        "null" => "null",
        "boolean" => "a boolean",
        "number" | "integer" => "a number",
        "array" => "a list",
        "object" => "an object",
        _ => "text",
    };
    types(schema).into_iter().map(name).collect()
}

/// The words that a schema allows, where it names them.
fn words(schema: &Value) -> Vec<&str> {
    let list = schema.get("enum").and_then(Value::as_array);
    let all = list.into_iter().flatten().chain(schema.get("const"));
    all.filter_map(Value::as_str).collect()
}

/// The description of a schema on one line.
fn help(schema: &Value) -> String {
    let text = schema.get("description").and_then(Value::as_str);
    let text = text.unwrap_or("docs/test.md has the form of a test file");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.trim_end_matches('.');
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

/// The word that was probably meant, else all of them.
fn near_or_all(text: &str, words: &[&str], opening: &str) -> String {
    let wanted = text.to_ascii_lowercase();
    // One slip in every three characters, and never so many that unrelated words are near.
    let limit = (wanted.chars().count() / 3).clamp(1, 4);
    let near = words
        .iter()
        .filter(|word| word.len().abs_diff(wanted.len()) <= limit)
        .map(|word| {
            let own = word.to_ascii_lowercase();
            (strsim::osa_distance(&own, &wanted), word)
        })
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance);
    match near {
        Some((_, word)) => format!("did you mean `{word}`?"),
        None => {
            let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
            format!("{opening} {}", words.join(", "))
        }
    }
}
