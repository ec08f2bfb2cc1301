//! `[[suppress]]`: findings that are accepted, and why.

use super::{Fault, fault};
use crate::{
    lint::{Refusal, Suppression, suppressible},
    policy::{Case, Located, Wildcard},
    source::Span,
};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{
    Deserialize, Deserializer,
    de::{SeqAccess, Visitor, value::SeqAccessDeserializer},
};
use std::fmt;
use toml::{Spanned, value::Datetime};

/// How an entry is written.
pub(super) const EXAMPLE: &str =
    "write it like `[[suppress]]`, `rule = \"unknown-action\"`, `reason = \"released last week\"`";

/// Findings that are accepted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Suppress")]
pub(super) struct SuppressForm {
    /// The rule or category whose findings are accepted, or a list of them.
    #[schemars(with = "TextsSchema")]
    rule: Spanned<Texts>,
    /// Paths and globs of the policies that it is for; all of them where there is none.
    #[serde(default)]
    #[schemars(with = "Option<TextsSchema>")]
    path: Option<Spanned<Texts>>,
    /// The `Sid` of the statements that it is for; `*` and `?` are wildcards.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    sid: Option<Spanned<String>>,
    /// The action that a finding is about, with wildcards; all of its statement where it underlines none.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    action: Option<Spanned<String>>,
    /// The resource that a finding is about, with wildcards; all of its statement where it underlines none.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    resource: Option<Spanned<String>>,
    /// Why the findings are accepted.
    #[schemars(with = "String", length(min = 1))]
    reason: Spanned<String>,
    /// The last day on which they are, such as `2027-01-31`.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    expires: Option<Spanned<Datetime>>,
}

/// A text, or a list of texts.
#[derive(Debug)]
enum Texts {
    One(String),
    Many(Vec<Spanned<String>>),
}

/// A text, or a list of texts.
#[derive(JsonSchema)]
#[schemars(untagged, inline)]
#[expect(dead_code, reason = "only its schema is used")]
enum TextsSchema {
    One(String),
    Many(Vec<String>),
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;

        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Texts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a list of strings")
            }

            fn visit_str<E>(self, text: &str) -> Result<Texts, E> {
                Ok(Texts::One(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Texts, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(Texts::Many)
            }
        }

        deserializer.deserialize_any(OneOrMany)
    }
}

impl Texts {
    /// Each text with its place; that of one alone is the place of the whole.
    fn each(whole: Spanned<Self>) -> Vec<Spanned<String>> {
        let span = whole.span();
        match whole.into_inner() {
            Self::One(text) => vec![Spanned::new(span, text)],
            Self::Many(texts) => texts,
        }
    }
}

/// What an entry comes to for one of its rules.
#[derive(Debug)]
pub(super) struct Entry {
    /// Globs of the policies that it is for, as they are written; none where it is for all.
    pub(super) paths: Vec<Spanned<String>>,
    /// What it accepts.
    pub(super) suppression: Suppression,
}

/// Reads an entry: for each of its rules what it comes to.
pub(super) fn read(form: SuppressForm) -> Result<Vec<Entry>, Fault> {
    let range = form.rule.span();
    let rules = Texts::each(form.rule);
    let paths = form.path.map(|path| (path.span(), Texts::each(path)));
    let (sid, action, resource) = (
        form.sid.as_ref().map(pattern_of_sid).transpose()?,
        form.action.as_ref().map(pattern_of_action).transpose()?,
        form.resource
            .as_ref()
            .map(pattern_of_resource)
            .transpose()?,
    );
    let reason = form.reason.get_ref().trim();
    if !reason.contains(char::is_alphanumeric) {
        let message = "suppression without a reason".to_owned();
        let help = "say why the findings are accepted";
        return Err(fault(form.reason.span(), message, help));
    }
    let expires = form.expires.as_ref().map(last_day).transpose()?;
    if rules.is_empty() {
        let message = "an entry of `suppress` names no rule".to_owned();
        return Err(fault(range, message, EXAMPLE));
    }
    let paths = match paths {
        Some((range, paths)) if paths.is_empty() => {
            let message = "an entry of `suppress` is for no path".to_owned();
            let help = "name paths, or leave `path` out to mean all policies";
            return Err(fault(range, message, help));
        }
        Some((_, paths)) => paths,
        None => Vec::new(),
    };
    let entry = |rule: &Spanned<String>| {
        let (range, name) = (rule.span(), rule.get_ref());
        let refused = |Refusal { message, help }| fault(range.clone(), message, help);
        Ok(Entry {
            paths: paths.clone(),
            suppression: Suppression {
                rule: suppressible(name).map_err(refused)?,
                sid: sid.clone(),
                action: action.clone(),
                resource: resource.clone(),
                reason: reason.to_owned(),
                expires,
                span: Span::new(range.start, range.end),
            },
        })
    };
    rules.iter().map(entry).collect()
}

fn pattern_of_sid(text: &Spanned<String>) -> Result<Wildcard, Fault> {
    if text.get_ref().is_empty() {
        let message = "an empty `sid` matches nothing".to_owned();
        let help = "leave it out to mean all statements";
        return Err(fault(text.span(), message, help));
    }
    Ok(Wildcard::new(text.get_ref(), Case::Sensitive))
}

fn pattern_of_action(text: &Spanned<String>) -> Result<Wildcard, Fault> {
    let written = text.get_ref();
    let parts = written.split_once(':');
    let fits = written == "*"
        || parts.is_some_and(|(service, name)| {
            !service.is_empty() && !name.is_empty() && !name.contains(':')
        });
    if !fits || written.contains(char::is_whitespace) {
        let message = format!("`{written}` matches no action");
        let help = "write it like `s3:GetObject` or `s3:Get*`";
        return Err(fault(text.span(), message, help));
    }
    Ok(Wildcard::new(written, Case::Ignored))
}

fn pattern_of_resource(text: &Spanned<String>) -> Result<Wildcard, Fault> {
    let written = text.get_ref();
    // What starts with a wildcard may come to an ARN.
    if !written.starts_with("arn:") && !written.starts_with(['*', '?', '$']) {
        let message = format!("`{written}` matches no resource");
        let help = "write it like `arn:aws:s3:::reports/*`";
        return Err(fault(text.span(), message, help));
    }
    Ok(Wildcard::new(written, Case::Sensitive))
}

/// The day that a date of TOML is, which may have a time too.
fn last_day(written: &Spanned<Datetime>) -> Result<Located<Date>, Fault> {
    let Datetime { date, time, offset } = *written.get_ref();
    let range = written.span();
    let day = date.filter(|_| time.is_none() && offset.is_none());
    let day = day.and_then(|day| {
        let year = i16::try_from(day.year).ok()?;
        let (month, day) = (i8::try_from(day.month).ok()?, i8::try_from(day.day).ok()?);
        Date::new(year, month, day).ok()
    });
    match day {
        Some(value) => Ok(Located {
            value,
            span: Span::new(range.start, range.end),
        }),
        None => Err(fault(
            range,
            format!("`{}` is no day", written.get_ref()),
            "write the last day like `expires = 2027-01-31`",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, Fault, Span, SuppressForm, read};

    #[derive(serde::Deserialize)]
    struct File {
        suppress: Vec<SuppressForm>,
    }

    /// What the one entry of a file comes to.
    fn read_text(members: &str) -> Result<Vec<Entry>, Fault> {
        let text = format!("[[suppress]]\n{members}");
        let mut file: File = toml::from_str(&text).unwrap();
        read(file.suppress.remove(0))
    }

    fn slice(text: &str, span: Span) -> &str {
        text.get(span.start..span.end).unwrap()
    }

    /// What is underlined in a wrong entry, and the message.
    #[track_caller]
    fn wrong(members: &str) -> (String, String) {
        let text = format!("[[suppress]]\n{members}");
        let Err(fault) = read_text(members) else {
            panic!("nothing is wrong with {members}");
        };
        (slice(&text, fault.span).to_owned(), fault.message)
    }

    const RULE: &str = "rule = \"unknown-action\"\n";

    #[test]
    fn an_entry_is_read_whole() {
        let members = "rule = [\"unknown-action\", 'style']\npath = \"policies/*.json\"\nsid = \"R*\"\n\
                       action = \"S3:*\"\nresource = \"arn:aws:s3:::b/*\"\nreason = \" in preview \"\n\
                       expires = 2027-01-31\n";
        let entries = read_text(members).unwrap_or_else(|fault| panic!("{}", fault.message));
        let text = format!("[[suppress]]\n{members}");
        let underlined: Vec<_> = entries
            .iter()
            .map(|entry| {
                let span = entry.suppression.span;
                (entry.suppression.rule.name(), slice(&text, span))
            })
            .collect();
        assert_eq!(
            underlined,
            [
                ("unknown-action", "\"unknown-action\""),
                ("style", "'style'")
            ]
        );
        for entry in &entries {
            let [path] = entry.paths.as_slice() else {
                panic!("{:?}", entry.paths)
            };
            assert_eq!(path.get_ref(), "policies/*.json");
            let suppression = &entry.suppression;
            assert_eq!(suppression.reason, "in preview");
            assert!(suppression.sid.as_ref().unwrap().matches("Read"));
            assert!(suppression.action.as_ref().unwrap().matches("s3:getobject"));
            assert!(
                suppression
                    .resource
                    .as_ref()
                    .unwrap()
                    .matches("arn:aws:s3:::b/k")
            );
            let expires = suppression.expires.unwrap();
            assert_eq!(expires.value, jiff::civil::date(2027, 1, 31));
            assert_eq!(slice(&text, expires.span), "2027-01-31");
        }
    }

    #[test]
    fn a_rule_and_a_reason_are_enough() {
        let members = format!("{RULE}reason = \"known\"");
        let entries = read_text(&members).unwrap_or_else(|fault| panic!("{}", fault.message));
        let [entry] = entries.as_slice() else {
            panic!("{entries:?}")
        };
        assert!(entry.paths.is_empty());
        assert_eq!(entry.suppression.action, None);
        for lacking in [
            RULE,
            "reason = \"known\"",
            "rule = \"style\"\nreason = \"x\"\nreasn = \"y\"",
        ] {
            let text = format!("[[suppress]]\n{lacking}");
            assert!(toml::from_str::<File>(&text).is_err(), "{lacking}");
        }
    }

    #[test]
    fn what_is_wrong_is_underlined() {
        for (members, underlined, message) in [
            (
                "rule = \"all\"\nreason = \"x\"",
                "\"all\"",
                "`all` would suppress",
            ),
            (
                "rule = [\"style\", \"unknown-acton\"]\nreason = \"x\"",
                "\"unknown-acton\"",
                "there is no rule `unknown-acton`",
            ),
            ("rule = []\nreason = \"x\"", "[]", "names no rule"),
            (
                "rule = \"style\"\nreason = \" . \"",
                "\" . \"",
                "without a reason",
            ),
            (
                "rule = \"style\"\nreason = \"x\"\npath = []",
                "[]",
                "for no path",
            ),
            (
                "rule = \"style\"\nreason = \"x\"\nsid = \"\"",
                "\"\"",
                "matches nothing",
            ),
            (
                "rule = \"style\"\nreason = \"x\"\naction = \"GetObject\"",
                "\"GetObject\"",
                "`GetObject` matches no action",
            ),
            (
                "rule = \"style\"\nreason = \"x\"\nresource = \"reports\"",
                "\"reports\"",
                "`reports` matches no resource",
            ),
            (
                "rule = \"style\"\nreason = \"x\"\nexpires = 2027-01-31T10:00:00",
                "2027-01-31T10:00:00",
                "is no day",
            ),
        ] {
            let (found, told) = wrong(members);
            assert_eq!(found, underlined, "{members}");
            assert!(told.contains(message), "{told}");
        }
    }
}
