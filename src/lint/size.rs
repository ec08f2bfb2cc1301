//! How long a policy is, and how long AWS lets it be.

use super::{DocumentCx, Findings, InlineIn, edits::replace};
use crate::{
    catalog::table::{POLICY_QUOTAS, RESOURCE_POLICY_QUOTAS},
    policy::{ActionPattern, PolicyType, ResourceForm},
    source::{Safety, Severity, Source},
    syntax::{Kind, Value},
};

/// How long a policy may be.
#[derive(Debug)]
pub(super) struct Quota {
    /// What it may have.
    most: usize,
    /// What AWS raises that to on request.
    ceiling: usize,
    unit: Unit,
    counts_whitespace: bool,
    /// Whose quota it is, as the subject of a sentence: `a trust policy`.
    subject: String,
}

/// What is counted.
#[derive(Debug, Clone, Copy)]
enum Unit {
    Bytes,
    Characters,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Characters => "characters",
        }
    }

    fn count(self, text: &str) -> usize {
        match self {
            Self::Bytes => text.len(),
            Self::Characters => text.chars().count(),
        }
    }
}

impl Quota {
    /// The quota of a policy, where it is known.
    fn of(cx: &DocumentCx<'_>) -> Option<Self> {
        let named = Self::named;
        match cx.policy_type() {
            PolicyType::Identity => match cx.options.inline_in {
                None => named("managed", "a managed policy"),
                Some(InlineIn::User) => named("user inline", "a user with all its inline policies"),
                Some(InlineIn::Group) => {
                    named("group inline", "a group with all its inline policies")
                }
                Some(InlineIn::Role) => named("role inline", "a role with all its inline policies"),
            },
            PolicyType::Boundary => named("managed", "a managed policy"),
            PolicyType::Session => named("session", "a session policy"),
            PolicyType::Trust => named("trust", "a trust policy").map(|quota| Self {
                ceiling: number(POLICY_QUOTAS.row("trust at most"), 1).unwrap_or(quota.most),
                ..quota
            }),
            PolicyType::Scp => named("scp", "a service control policy"),
            PolicyType::Rcp => named("rcp", "a resource control policy"),
            PolicyType::Endpoint => named("endpoint", "the policy of a VPC endpoint"),
            PolicyType::Resource => Self::of_resource(cx),
        }
    }

    fn named(name: &str, subject: &str) -> Option<Self> {
        let row = POLICY_QUOTAS.row(name);
        let most = number(row, 1)?;
        Some(Self {
            most,
            ceiling: most,
            unit: Unit::Characters,
            counts_whitespace: row?.get(2) == Some(&"counts"),
            subject: subject.to_owned(),
        })
    }

    fn of_resource(cx: &DocumentCx<'_>) -> Option<Self> {
        let service = service(cx)?;
        let row = RESOURCE_POLICY_QUOTAS.row(&service);
        Some(Self {
            most: number(row, 1)?,
            ceiling: number(row, 2)?,
            unit: if row?.get(3) == Some(&"bytes") {
                Unit::Bytes
            } else {
                Unit::Characters
            },
            counts_whitespace: row?.get(4) == Some(&"counts"),
            subject: format!("a policy of `{}`", service.to_ascii_lowercase()),
        })
    }
}

fn number(row: Option<&[&'static str]>, field: usize) -> Option<usize> {
    row?.get(field)?.parse().ok()
}

/// The one service that a policy is about, by its actions, else by its resources.
fn service(cx: &DocumentCx<'_>) -> Option<String> {
    let statements = || cx.statements();
    let mut found: Option<String> = None;
    let mut agree = |service: &str| match &found {
        Some(other) => other.eq_ignore_ascii_case(service),
        None => {
            found = Some(service.to_owned());
            true
        }
    };
    for statement in statements() {
        let mut named = statement
            .actions()
            .filter(|entry| !entry.covers_everything())
            .map(ActionPattern::service);
        if !named.all(&mut agree) {
            return None;
        }
    }
    for statement in statements() {
        for resource in statement.resources() {
            // The policies of instances of Access Grants are far longer than those of buckets.
            if resource.text.as_str().contains(":access-grants/") {
                return None;
            }
            let ResourceForm::Arn(arn) = &resource.form else {
                continue;
            };
            let [_, service, ..] = arn.fields();
            if service.as_literal().is_some_and(|service| !agree(service)) {
                return None;
            }
        }
    }
    found
}

/// Reports a policy that is longer than its quota. `help` says the way out of it.
pub(super) fn report_excess(cx: &DocumentCx<'_>, help: &str, out: &mut Findings<'_>) {
    let Some(quota) = Quota::of(cx) else { return };
    // Whatever is counted, there is not more of it than bytes.
    if cx.source.text().len() <= quota.most {
        return;
    }
    let compact = compact(cx.root, cx.source);
    let length = quota.unit.count(&compact);
    let (most, unit) = (grouped(quota.most), quota.unit.name());
    if length > quota.most {
        let message = format!(
            "the policy has {} {unit} without whitespace, and {} may have {most}",
            grouped(length),
            quota.subject
        );
        let draft = out.report(cx.start(), message);
        if length <= quota.ceiling {
            draft.severity(Severity::Medium).help(format!(
                "{help}; AWS raises the quota on request, to {} at most",
                grouped(quota.ceiling)
            ));
        } else {
            draft.help(help);
        }
        return;
    }
    let written = quota.unit.count(cx.source.slice(cx.root.span));
    if quota.counts_whitespace && written > quota.most {
        let message = format!(
            "the policy has {} {unit} as it is written, {} of them whitespace, and {} may have \
             {most}",
            grouped(written),
            grouped(written - length),
            quota.subject
        );
        out.report(cx.start(), message)
            .severity(Severity::Medium)
            .help("AWS counts whitespace here, so leave it out before the policy is sent")
            .fix(
                "write it without whitespace",
                Safety::Safe,
                vec![replace(cx.root.span, compact)],
            );
    }
}

/// Reports a policy that fills more than nine tenths of its quota and does not exceed it.
pub(super) fn report_little_room(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    let Some(quota) = Quota::of(cx) else { return };
    let is_much = |length: usize| length * 10 > quota.most * 9;
    if !is_much(cx.source.text().len()) {
        return;
    }
    let length = quota.unit.count(&compact(cx.root, cx.source));
    let written = quota.unit.count(cx.source.slice(cx.root.span));
    let counted = if quota.counts_whitespace {
        written.max(length)
    } else {
        length
    };
    if is_much(length) && counted <= quota.most {
        let message = format!(
            "the policy has {} of the {} {} that {} may have",
            grouped(length),
            grouped(quota.most),
            quota.unit.name(),
            quota.subject
        );
        out.report(cx.start(), message)
            .help("part it before the next change needs the room");
    }
}

/// The text of a tree without whitespace outside strings.
pub(crate) fn compact(root: &Value<'_>, source: &Source) -> String {
    let mut text = String::with_capacity(root.span.len());
    write_compact(root, source, &mut text);
    text
}

fn write_compact(value: &Value<'_>, source: &Source, text: &mut String) {
    match &value.kind {
        Kind::Object(members) => {
            text.push('{');
            for (index, member) in members.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                text.push_str(source.slice(member.key.quoted_span()));
                text.push(':');
                write_compact(&member.value, source, text);
            }
            text.push('}');
        }
        Kind::Array(values) => {
            text.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_compact(value, source, text);
            }
            text.push(']');
        }
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Unreadable => {
            text.push_str(source.slice(value.span));
        }
    }
}

/// A number with commas between its thousands.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The policy with its `PAD` made so long that the whole has so many characters.
#[cfg(test)]
pub(super) fn padded(text: &str, length: usize) -> String {
    let rest = text.chars().count() - "PAD".len();
    text.replace("PAD", &"A".repeat(length - rest))
}

#[cfg(test)]
mod tests {
    use super::{compact, grouped};
    use crate::{source::Source, syntax};

    #[test]
    fn thousands_are_parted() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(6_144), "6,144");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }

    #[test]
    fn only_whitespace_outside_strings_is_left_out() {
        let text = "\n{ \"a b\" : [ 1 ,\t\"c \\\" d\", {} , [ ] ],\r\n \"e\": null }\n";
        let source = Source::new("test", text.as_bytes().to_vec());
        let document = syntax::parse(&source);
        let expected = r#"{"a b":[1,"c \" d",{},[]],"e":null}"#;
        assert_eq!(compact(&document.root, &source), expected);
    }
}
