//! The text of a baseline to its entries.

use super::{Baseline, BaselineEntry, VERSION};
use crate::{
    lint::Digest,
    source::{Label, Source, Span, load::MAX_BASELINE_BYTES},
    syntax::{self, FaultKind, Kind, Member, Value},
};
use std::collections::BTreeMap;

/// The members of an entry.
const MEMBERS: [&str; 8] = [
    "path",
    "rule",
    "sid",
    "at",
    "text",
    "statement",
    "fingerprint",
    "reason",
];

/// What to do about a file that somebody has changed beyond repair.
const ANEW: &str = "restore it from the repository, or remove it and have `iamsim baseline write` \
                    make it anew, without its reasons";

/// What to do about an entry that is none any more.
const RESTORE: &str = "restore it from the repository, or remove the entry: `iamsim baseline update` adds \
                       one for each finding that has none";

/// What is wrong with the text of a baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaselineFault {
    /// The smallest text that is wrong.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// Another place that matters.
    pub label: Option<Label>,
}

fn fault(span: Span, message: impl Into<String>, help: impl Into<String>) -> BaselineFault {
    BaselineFault {
        span,
        message: message.into(),
        help: help.into(),
        label: None,
    }
}

/// Whether a document is meant as a baseline, though it may be no good one. Its entries name elements
/// of policies, so it could be taken for a policy else.
pub fn is_baseline(source: &Source) -> bool {
    let document = parsed(source);
    let has_list = |key: &str| {
        let member = document.root.get(key);
        member.is_some_and(|member| matches!(member.value.kind, Kind::Array(_)))
    };
    has_list("findings")
        && document.root.get("version").is_some()
        && document.root.get("Statement").is_none()
        // A report in JSON has findings too.
        && document.root.get("summary").is_none()
}

fn parsed(source: &Source) -> syntax::Document<'_> {
    let most = usize::try_from(MAX_BASELINE_BYTES).unwrap_or(usize::MAX);
    syntax::parse_up_to(source, most)
}

impl Baseline {
    /// Reads the text of a file.
    pub fn parse(source: &Source) -> Result<Self, BaselineFault> {
        if let Some(span) = conflict(source) {
            return Err(fault(
                span,
                "a merge has left a conflict here",
                "keep the lines of both sides; `iamsim baseline update` then drops those that are \
                 not needed",
            ));
        }
        let document = parsed(source);
        // The commas are what a merge gets wrong, and they say nothing.
        let mut faults = document.faults.iter();
        let is_comma =
            |kind: &FaultKind| matches!(kind, FaultKind::MissingComma | FaultKind::TrailingComma);
        if let Some(wrong) = faults.find(|fault| !is_comma(&fault.kind)) {
            let message = format!("the baseline is not JSON: {}", wrong.kind.message());
            let help = match document.root.as_object() {
                Some(_) => help_for(&wrong.kind),
                None => ANEW,
            };
            return Err(fault(wrong.span, message, help));
        }
        let root = &document.root;
        let Some(members) = root.as_object() else {
            let message = format!("a baseline is an object, not {}", root.kind.name());
            return Err(fault(first_of(root), message, ANEW));
        };
        check_version(root)?;
        check_members(members, &["version", "findings"], "a baseline")?;
        let entries = match root.get("findings").map(|member| &member.value) {
            Some(Value {
                kind: Kind::Array(values),
                ..
            }) => values,
            Some(value) => {
                let message = format!("`findings` is {}, not a list", value.kind.name());
                return Err(fault(value.span, message, ANEW));
            }
            None => {
                let message = "the baseline has no `findings`";
                return Err(fault(first_of(root), message, ANEW));
            }
        };
        let mut read = Vec::with_capacity(entries.len());
        for value in entries {
            read.push((entry(value)?, value.span));
        }
        Ok(Self::new(once_each(read)?))
    }
}

/// What to do about text that is no JSON, where that differs from what a policy needs.
fn help_for(kind: &FaultKind) -> &'static str {
    if matches!(kind, FaultKind::Comment | FaultKind::UnterminatedComment) {
        "remove the comment; an entry can have a `reason`"
    } else if matches!(
        kind,
        FaultKind::Empty | FaultKind::TooDeep | FaultKind::TooLarge
    ) {
        ANEW
    } else {
        kind.help()
    }
}

/// The first character of a value.
fn first_of(value: &Value<'_>) -> Span {
    let start = value.span.start;
    Span::new(start, value.span.end.min(start + 1))
}

/// Where a merge has left both sides.
fn conflict(source: &Source) -> Option<Span> {
    const MARK: &str = "<<<<<<< ";
    let text = source.text();
    let start = if text.starts_with(MARK) {
        0
    } else {
        text.find(&format!("\n{MARK}"))? + 1
    };
    Some(Span::new(start, start + MARK.len() - 1))
}

fn check_version(root: &Value<'_>) -> Result<(), BaselineFault> {
    let Some(version) = root.get("version") else {
        let message = "the baseline has no `version`";
        let help = format!("this iamsim reads `\"version\": {VERSION}`");
        return Err(fault(first_of(root), message, help));
    };
    match version.value.kind {
        Kind::Number(VERSION) => Ok(()),
        Kind::Number(_)
        | Kind::Null
        | Kind::Bool(_)
        | Kind::String(_)
        | Kind::Array(_)
        | Kind::Object(_)
        | Kind::Unreadable => Err(fault(
            version.value.span,
            format!("the version of the baseline is not {VERSION}"),
            "a newer iamsim may have written it; use that one",
        )),
    }
}

/// Refuses members that there are not, and those that stand twice.
fn check_members(members: &[Member<'_>], known: &[&str], whose: &str) -> Result<(), BaselineFault> {
    for (place, member) in members.iter().enumerate() {
        let name = member.key.as_str();
        if !known.contains(&name) {
            let is_near =
                |known: &&&str| name.len() < 64 && strsim::damerau_levenshtein(known, name) <= 2;
            let help = known.iter().find(is_near).map_or_else(
                || format!("the members are `{}`", known.join("`, `")),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("{whose} has no member `{name}`");
            return Err(fault(member.key.span(), message, help));
        }
        let earlier = members.iter().take(place);
        if let Some(first) = earlier.rev().find(|first| first.key.as_str() == name) {
            let message = format!("`{name}` is here twice");
            let mut wrong = fault(member.key.span(), message, "remove one of the two");
            wrong.label = Some(Label {
                span: first.key.span(),
                text: "the first one".to_owned(),
            });
            return Err(wrong);
        }
    }
    Ok(())
}

fn entry(value: &Value<'_>) -> Result<BaselineEntry, BaselineFault> {
    let Some(members) = value.as_object() else {
        let message = format!("an entry is an object, not {}", value.kind.name());
        return Err(fault(first_of(value), message, RESTORE));
    };
    check_members(members, &MEMBERS, "an entry")?;
    Ok(BaselineEntry {
        path: needed(value, "path", string)?,
        rule: needed(value, "rule", string)?,
        sid: string(value, "sid")?,
        at: needed(value, "at", string)?,
        text: needed(value, "text", string)?,
        statement: digest(value, "statement")?,
        fingerprint: needed(value, "fingerprint", digest)?,
        reason: string(value, "reason")?,
    })
}

/// Reads a member that every entry has.
fn needed<'s, T>(
    entry: &Value<'s>,
    name: &str,
    read: impl FnOnce(&Value<'s>, &str) -> Result<Option<T>, BaselineFault>,
) -> Result<T, BaselineFault> {
    read(entry, name)?.ok_or_else(|| {
        let message = format!("the entry has no `{name}`");
        fault(first_of(entry), message, RESTORE)
    })
}

fn string(entry: &Value<'_>, name: &str) -> Result<Option<String>, BaselineFault> {
    let Some(member) = entry.get(name) else {
        return Ok(None);
    };
    if let Kind::String(text) = &member.value.kind {
        return Ok(Some(text.as_str().to_owned()));
    }
    let message = format!("`{name}` is {}, not a string", member.value.kind.name());
    Err(fault(member.value.span, message, "put it in `\"`"))
}

fn digest<const N: usize>(
    entry: &Value<'_>,
    name: &str,
) -> Result<Option<Digest<N>>, BaselineFault> {
    let Some(text) = string(entry, name)? else {
        return Ok(None);
    };
    let digest = Digest::parse(&text);
    if digest.is_none() {
        let span = entry
            .get(name)
            .map_or(entry.span, |member| member.value.span);
        let message = format!("`{name}` is not {} hex digits", 2 * N);
        return Err(fault(span, message, RESTORE));
    }
    Ok(digest)
}

/// The entries, two equal ones as one; those with different reasons are refused. Of one fingerprint but of
/// different statements are those that two branches have added.
fn once_each(entries: Vec<(BaselineEntry, Span)>) -> Result<Vec<BaselineEntry>, BaselineFault> {
    let mut seen: BTreeMap<_, (BaselineEntry, Span)> = BTreeMap::new();
    for (entry, span) in entries {
        let key = (entry.path.clone(), entry.fingerprint, entry.statement);
        let Some((known, first)) = seen.get_mut(&key) else {
            seen.insert(key, (entry, span));
            continue;
        };
        let differ =
            known.reason.is_some() && entry.reason.is_some() && known.reason != entry.reason;
        if differ {
            let mut wrong = fault(
                Span::new(span.start, span.start + 1),
                "there is an entry for the same finding already, with another reason",
                "remove one of the two",
            );
            wrong.label = Some(Label {
                span: Span::new(first.start, first.start + 1),
                text: "the first one".to_owned(),
            });
            return Err(wrong);
        }
        known.reason = known.reason.take().or(entry.reason);
    }
    Ok(seen.into_values().map(|(entry, _)| entry).collect())
}
