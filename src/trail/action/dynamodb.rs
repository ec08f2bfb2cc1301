//! `DynamoDB`'s transactions and `PartiQL` calls: what is sent decides which actions they ask for, and
//! on which tables.
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html>

use super::{Parameters, UnmappedReason};
use crate::policy::ActionName;

/// What the items of a transaction are called.
const ITEMS: [&str; 4] = ["ConditionCheck", "Put", "Update", "Delete"];

/// Where calls have their statements.
const STATEMENTS: [&str; 3] = [
    "statement",
    "statements.statement",
    "transactStatements.statement",
];

/// Those of the actions of an event that its parameters ask for.
pub(super) fn choice<'c>(
    name: &str,
    all: &[&'c str],
    parameters: &Parameters,
) -> Result<Vec<&'c str>, UnmappedReason> {
    let is_asked = |action: &str| match name {
        "TransactWriteItems" => ITEMS.iter().any(|item| {
            action.ends_with(&format!(":{item}Item"))
                && parameters.has(&format!("transactItems.{item}"))
        }),
        "ExecuteStatement" | "BatchExecuteStatement" | "ExecuteTransaction" => {
            statements(parameters)
                .iter()
                .any(|statement| is_of(statement, action))
        }
        _ => true,
    };
    let chosen: Vec<&str> = all
        .iter()
        .copied()
        .filter(|action| is_asked(action))
        .collect();
    if chosen.is_empty() {
        let names = all.iter().map(|name| ActionName::new(*name)).collect();
        return Err(UnmappedReason::OneOf(names));
    }
    Ok(chosen)
}

/// The tables of the statements that ask for an action, each with the index that is read, if any.
/// `None` where a statement does not tell.
pub(in crate::trail) fn statement_tables(
    parameters: &Parameters,
    action: &str,
) -> Option<Vec<(String, Option<String>)>> {
    statements(parameters)
        .iter()
        .filter(|statement| is_of(statement, action))
        .map(|statement| table(statement))
        .collect()
}

fn statements(parameters: &Parameters) -> Vec<String> {
    STATEMENTS
        .iter()
        .flat_map(|path| parameters.texts(path))
        .collect()
}

/// Whether a statement starts with the verb of a `PartiQL` action.
fn is_of(statement: &str, action: &str) -> bool {
    let verb = statement.split_whitespace().next().unwrap_or_default();
    action
        .to_ascii_lowercase()
        .ends_with(&format!("partiql{}", verb.to_ascii_lowercase()))
}

/// The table after `FROM`, `INTO` or `UPDATE`: `Music`, `"Music"` or `"Music"."by-artist"`.
fn table(statement: &str) -> Option<(String, Option<String>)> {
    let mut words = statement.split_whitespace();
    let verb = words.next()?;
    if !verb.eq_ignore_ascii_case("UPDATE") {
        words.find(|word| {
            ["FROM", "INTO"]
                .iter()
                .any(|mark| word.eq_ignore_ascii_case(mark))
        })?;
    }
    let word = words.next()?.trim_end_matches(';');
    let (name, rest) = name(word)?;
    let index = match rest.strip_prefix('.') {
        Some(rest) => Some(self::name(rest)?.0.to_owned()),
        None => None,
    };
    Some((name.to_owned(), index))
}

/// A name, quoted or not, and what follows it.
fn name(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = match text.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        None => text
            .find('.')
            .and_then(|at| text.split_at_checked(at))
            .unwrap_or((text, "")),
    };
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:/".contains(&byte);
    (!name.is_empty() && name.bytes().all(is_name)).then_some((name, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_name_their_tables() {
        let named = |text| table(text).map(|(table, index)| (table, index.unwrap_or_default()));
        for (statement, expected) in [
            ("SELECT * FROM Music WHERE a = 1", ("Music", "")),
            ("select a from \"Music\"", ("Music", "")),
            (
                "SELECT * FROM \"Music\".\"by-artist\";",
                ("Music", "by-artist"),
            ),
            ("INSERT INTO Music value {'a': 1}", ("Music", "")),
            ("UPDATE Music SET a = 1", ("Music", "")),
            ("DELETE FROM \"my.table\" WHERE a = 1", ("my.table", "")),
        ] {
            let expected = (expected.0.to_owned(), expected.1.to_owned());
            assert_eq!(named(statement), Some(expected), "{statement}");
        }
        for statement in ["", "SELECT *", "SELECT * FROM \"Music", "UPDATE ***"] {
            assert_eq!(named(statement), None, "{statement}");
        }
    }
}
