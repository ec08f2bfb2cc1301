//! Structured cells of tables: JSON, or the text that `Athena` makes of a row,
//! `{type=Root, arn=null, sessioncontext={...}}`.
//!
//! That text has no quotes. A part ends where `, name=` comes next, so a value in which that stands
//! is cut there: a name that then comes twice makes the cell unreadable, rather than a part of it
//! be taken for another.

use std::collections::BTreeSet;

use serde_json::Value;

use super::table::{Object, json_string};

/// How deep rows are nested at most; those of `userIdentity` go three levels down.
const MAX_ROW_DEPTH: usize = 16;

/// Names of fields that `Athena` writes in small letters.
const FIELDS: [&str; 26] = [
    "principalId",
    "accountId",
    "accessKeyId",
    "userName",
    "invokedBy",
    "sessionContext",
    "mfaAuthenticated",
    "creationDate",
    "sessionIssuer",
    "webIdFederationData",
    "federatedProvider",
    "sourceIdentity",
    "ec2RoleDelivery",
    "ec2IssuedInVpc",
    "assumedRoot",
    "onBehalfOf",
    "userId",
    "identityStoreArn",
    "identityProvider",
    "credentialId",
    "tlsVersion",
    "cipherSuite",
    "clientProvidedHostHeader",
    "ARNPrefix",
    "requestContext",
    "tagContext",
];

/// A cell as JSON; `None` where it is neither JSON nor a row.
pub(super) fn as_json(cell: &str) -> Option<String> {
    if let Ok(mut value) = serde_json::from_str(cell) {
        return Some(match rename(&mut value) {
            Renamed::Some => value.to_string(),
            Renamed::None => cell.to_owned(),
        });
    }
    let mut rest = Rest(cell.trim());
    let value = rest.value(0)?;
    rest.0.is_empty().then_some(value)
}

/// Whether there was something to rename.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Renamed {
    Some,
    None,
}

/// Names fields as events do: casting a row to JSON leaves its names as they are.
fn rename(value: &mut Value) -> Renamed {
    let mut renamed = Renamed::None;
    match value {
        Value::Object(object) => {
            for (name, mut inner) in std::mem::take(object) {
                let known = field(&name).to_owned();
                if rename(&mut inner) == Renamed::Some || known != name {
                    renamed = Renamed::Some;
                }
                object.insert(known, inner);
            }
        }
        Value::Array(items) => {
            for item in items {
                if rename(item) == Renamed::Some {
                    renamed = Renamed::Some;
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    renamed
}

/// The name of a field as events have it.
fn field(name: &str) -> &str {
    let known = FIELDS.iter().find(|known| known.eq_ignore_ascii_case(name));
    known.copied().unwrap_or(name)
}

/// A time as events write it; `Athena` writes timestamps, which are in UTC, with a blank.
pub(super) fn instant(text: &str) -> String {
    let is_timestamp = text.as_bytes().get(10) == Some(&b' ');
    let time = text.parse::<jiff::civil::DateTime>().ok();
    match time.filter(|_| is_timestamp) {
        Some(time) => time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        None => text.to_owned(),
    }
}

/// The text of a row that is not read yet.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    /// Passes over a text that comes next.
    fn passes(&mut self, text: &str) -> bool {
        match self.0.strip_prefix(text) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    /// A value as JSON.
    fn value(&mut self, depth: usize) -> Option<String> {
        if depth > MAX_ROW_DEPTH {
            return None;
        }
        if self.passes("{") {
            self.row(depth)
        } else if self.passes("[") {
            self.list(depth)
        } else {
            Some(self.scalar())
        }
    }

    fn row(&mut self, depth: usize) -> Option<String> {
        let mut object = Object::default();
        let mut names = BTreeSet::new();
        if self.passes("}") {
            return Some(object.end());
        }
        loop {
            let (name, rest) = self.0.split_once('=')?;
            if !is_name(name) || !names.insert(name.to_ascii_lowercase()) {
                return None;
            }
            self.0 = rest;
            let value = self.value(depth + 1)?;
            object.add(field(name), &value);
            if self.passes("}") {
                return Some(object.end());
            }
            if !self.passes(", ") {
                return None;
            }
        }
    }

    fn list(&mut self, depth: usize) -> Option<String> {
        let mut items = Vec::new();
        while !self.passes("]") {
            if !items.is_empty() && !self.passes(", ") {
                return None;
            }
            // Between texts there is no telling a separator from a part of one.
            if !self.0.starts_with('{') {
                return None;
            }
            items.push(self.value(depth + 1)?);
        }
        Some(format!("[{}]", items.join(",")))
    }

    fn scalar(&mut self) -> String {
        let ends = |at: &usize| {
            let rest = self.0.get(*at..).unwrap_or_default();
            rest.starts_with(['}', ']']) || rest.strip_prefix(", ").is_some_and(starts_a_field)
        };
        let mut places = self.0.char_indices().map(|(at, _)| at);
        let end = places.find(ends).unwrap_or(self.0.len());
        let (value, rest) = self.0.split_at_checked(end).unwrap_or((self.0, ""));
        self.0 = rest;
        match value {
            "null" => value.to_owned(),
            _ => json_string(&instant(value)),
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(['{', '}', '[', ']', ',', ' '])
}

/// Whether a name and its sign come next, or the next item of a list.
fn starts_a_field(text: &str) -> bool {
    let delimiter = text.find(['=', '{', '}', '[', ']', ',', ' ']);
    let rest = delimiter.and_then(|at| text.get(at..)).unwrap_or_default();
    text.starts_with('{') || (delimiter > Some(0) && rest.starts_with('='))
}
