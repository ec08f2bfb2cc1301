//! Members of an export, and the texts of the policies in it.

use super::{EXPORT, ExportFault};
use crate::{
    source::{Source, Span},
    syntax::{Kind, Value},
};

/// The lists of an export.
const LISTS: [&str; 4] = [
    "UserDetailList",
    "GroupDetailList",
    "RoleDetailList",
    "Policies",
];

/// The first character of a value: where it is shown.
pub(super) fn start_of(value: &Value<'_>) -> Span {
    Span::new(value.span.start, value.span.start + 1)
}

fn fault(value: &Value<'_>, message: String) -> ExportFault {
    ExportFault {
        span: start_of(value),
        message,
        help: EXPORT,
    }
}

/// Checks that a document is an export, and not only a page of one.
pub(super) fn whole(root: &Value<'_>) -> Result<(), ExportFault> {
    if !LISTS.iter().any(|key| root.get(key).is_some()) {
        let message = "the file is no export of an account: it has no `UserDetailList`, \
                       `GroupDetailList`, `RoleDetailList` or `Policies`";
        return Err(fault(root, message.to_owned()));
    }
    let is_page = |key: &str| {
        let member = root.get(key)?;
        let more = matches!(member.value.kind, Kind::Bool(true) | Kind::String(_));
        more.then_some(&member.value)
    };
    let keys = ["IsTruncated", "NextToken", "Marker"];
    match keys.into_iter().find_map(is_page) {
        Some(value) => Err(ExportFault {
            span: value.span,
            message: "the export is not whole: AWS has further pages of it".to_owned(),
            help: "leave `--max-items` out, or put the entries of all pages into one file",
        }),
        None => Ok(()),
    }
}

/// The entries of a list; none where there is no such member.
pub(super) fn list<'t, 's>(
    object: &'t Value<'s>,
    key: &str,
) -> Result<&'t [Value<'s>], ExportFault> {
    let Some(value) = object.get(key).map(|member| &member.value) else {
        return Ok(&[]);
    };
    if let Kind::Array(entries) = &value.kind {
        return Ok(entries);
    }
    if value.kind == Kind::Null {
        return Ok(&[]);
    }
    let found = value.kind.name();
    Err(fault(value, format!("`{key}` is {found}, not a list")))
}

/// The text of a member.
pub(super) fn text<'t>(object: &'t Value<'_>, key: &str) -> Result<&'t str, ExportFault> {
    match object.get(key) {
        Some(member) => as_text(&member.value, key),
        None => Err(fault(object, format!("there is no `{key}` here"))),
    }
}

/// The text of a value that is a member of this key, or an entry of it.
pub(super) fn as_text<'t>(value: &'t Value<'_>, key: &str) -> Result<&'t str, ExportFault> {
    let Kind::String(text) = &value.kind else {
        let found = value.kind.name();
        return Err(fault(value, format!("`{key}` is {found}, not a text")));
    };
    Ok(text.as_str())
}

/// The text of a policy: an object as the AWS CLI writes it, or a string, URL-encoded as the API sends
/// it.
pub(super) fn document_text(source: &Source, value: &Value<'_>) -> Result<String, String> {
    if let Kind::Object(_) = &value.kind {
        return Ok(without_indentation(source.slice(value.span)));
    }
    let Kind::String(text) = &value.kind else {
        return Err(format!("it is {}, not a policy", value.kind.name()));
    };
    // A quote is always encoded, and no policy is without one.
    if text.as_str().contains('"') {
        return Ok(text.as_str().to_owned());
    }
    decoded(text.as_str())
}

/// A value that stands within others, its lines moved to the left together. Strings have no line
/// breaks in them.
fn without_indentation(text: &str) -> String {
    let blanks = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let lines = || text.lines().skip(1).filter(|line| !line.trim().is_empty());
    let least = lines().map(blanks).min().unwrap_or(0);
    let mut lines = text.lines();
    let mut moved = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        moved.push('\n');
        moved += line.get(least.min(blanks(line))..).unwrap_or(line);
    }
    moved
}

/// A URL-encoded text, as RFC 3986 has it.
fn decoded(text: &str) -> Result<String, String> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let [high, low, after @ ..] = after else {
            return Err("it is not URL-encoded as it should be".to_owned());
        };
        let byte = digit(high)
            .zip(digit(low))
            .map(|(high, low)| high * 16 + low);
        let byte = byte.and_then(|byte| u8::try_from(byte).ok());
        bytes.push(byte.ok_or_else(|| "it is not URL-encoded as it should be".to_owned())?);
        rest = after;
    }
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())
}
