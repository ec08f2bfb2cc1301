//! Which finding is which, though lines move, statements change places and the text is laid out anew.

use crate::{
    source::{Finding, RuleId, Source, Span},
    syntax::{self, Kind, Member, Text, Value},
};
use sha2::{Digest as _, Sha256};
use std::{borrow::Cow, collections::BTreeMap, fmt};

/// The first bytes of a SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest<const N: usize>([u8; N]);

/// What tells a finding from all others of its document.
pub type Fingerprint = Digest<16>;

/// What tells a statement from others by its content alone.
pub type StatementDigest = Digest<8>;

impl<const N: usize> Digest<N> {
    /// The digest of some parts, of which no other parts have the same.
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            // With their lengths, so that no text can be taken for two.
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let mut bytes = [0; N];
        for (byte, hashed) in bytes.iter_mut().zip(hash.finalize()) {
            *byte = hashed;
        }
        Self(bytes)
    }

    /// Reads it as it is printed.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; N];
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != N || !rest.is_empty() {
            return None;
        }
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            let digit = |byte: &u8| char::from(*byte).to_digit(16);
            *byte = u8::try_from(digit(high)? * 16 + digit(low)?).ok()?;
        }
        Some(Self(bytes))
    }
}

impl<const N: usize> fmt::Display for Digest<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What a finding is known by. Nothing in it tells a line, nor a place among others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The rule that found it.
    pub rule: RuleId,
    /// The `Sid` of its statement, where that has one.
    pub sid: Option<String>,
    /// The keys that lead to it from the top of the document, with `[]` for a list:
    /// `Statement[].Resource[]`. Empty at the top, and for a document that could not be read.
    pub at: String,
    /// The text that is underlined, without what layout changes. Of a long one the start, and a
    /// digest.
    pub text: String,
    /// The content of its statement, but for the `Sid`; `None` outside of statements. It tells
    /// findings apart that are equal otherwise.
    pub statement: Option<StatementDigest>,
    /// All that is above but for `statement`, with a number for the second and further equal ones.
    pub fingerprint: Fingerprint,
}

/// The identities of the findings of a document, in their order.
pub fn fingerprints(source: &Source, findings: &[Finding]) -> Vec<Identity> {
    if findings.is_empty() {
        return Vec::new();
    }
    let document = syntax::parse(source);
    let root = document.is_sound().then_some(&document.root);
    let mut of_statement: Option<(Span, StatementDigest)> = None;
    let mut of_span: Option<(Span, String)> = None;
    let mut equals: BTreeMap<[u8; 32], u64> = BTreeMap::new();
    let mut identities = Vec::with_capacity(findings.len());
    for finding in findings {
        let place = root.map(|root| Place::of(root, finding.span));
        let place = place.unwrap_or_default();
        // Findings stand in the order of the text, so those of one place follow one another.
        let statement = place.statement.map(|statement| match of_statement {
            Some((span, digest)) if span == statement.span => digest,
            _ => {
                let digest = digest_of_statement(statement);
                of_statement = Some((statement.span, digest));
                digest
            }
        });
        let text = match &of_span {
            Some((span, text)) if *span == finding.span => text.clone(),
            _ => {
                let text = shortened(&place.text(source, finding.span));
                of_span = Some((finding.span, text.clone()));
                text
            }
        };
        let sid = place.statement.and_then(sid).map(shortened);
        let at = shortened(&place.at);
        let parts = [
            finding.rule.as_str(),
            sid.as_deref().unwrap_or_default(),
            &at,
            &text,
        ];
        let Digest(base) = Digest::<32>::of(&parts.map(str::as_bytes));
        let equal = equals.entry(base).or_default();
        let fingerprint = if *equal == 0 {
            Digest::<32>(base).first()
        } else {
            Digest::of(&[&base, &equal.to_le_bytes()])
        };
        *equal += 1;
        identities.push(Identity {
            rule: finding.rule,
            sid,
            at,
            text,
            statement,
            fingerprint,
        });
    }
    identities
}

impl Digest<32> {
    fn first(self) -> Fingerprint {
        let mut first = [0; 16];
        for (to, from) in first.iter_mut().zip(self.0) {
            *to = from;
        }
        Digest(first)
    }
}

/// Where a span lies in the tree.
#[derive(Debug, Default)]
struct Place<'t, 's> {
    at: String,
    statement: Option<&'t Value<'s>>,
    node: Node<'t, 's>,
}

/// What a span covers, or lies in.
#[derive(Debug, Default)]
enum Node<'t, 's> {
    /// A value.
    Whole(&'t Value<'s>),
    /// A key.
    Key(&'t Text<'s>),
    /// A part of a string or a key.
    Part,
    /// Anything else.
    #[default]
    Other,
}

impl<'t, 's> Place<'t, 's> {
    fn of(root: &'t Value<'s>, span: Span) -> Self {
        let mut place = Self::default();
        let mut keys: Vec<&str> = Vec::new();
        let mut value = root;
        loop {
            let inner = match &value.kind {
                Kind::Object(members) => {
                    let Some(member) = member_around(members, span) else {
                        place.end_in(value, span);
                        return place;
                    };
                    if !place.at.is_empty() {
                        place.at.push('.');
                    }
                    place.at += member.key.as_str();
                    keys.push(member.key.as_str());
                    if contains(member.key.quoted_span(), span) {
                        place.node = if is_whole(&member.key, span) {
                            Node::Key(&member.key)
                        } else {
                            Node::Part
                        };
                        return place;
                    }
                    let inner = &member.value;
                    if !contains(inner.span, span) {
                        return place;
                    }
                    if takes_list(&keys) && !matches!(inner.kind, Kind::Array(_)) {
                        place.at += "[]";
                    }
                    inner
                }
                Kind::Array(values) => {
                    let around = value_around(values, span);
                    // To AWS a list of one is that one.
                    let only = || values.first().filter(|_| values.len() == 1);
                    let only = || only().filter(|_| span == value.span);
                    let Some(inner) = around.or_else(only) else {
                        place.end_in(value, span);
                        return place;
                    };
                    place.at += "[]";
                    if span == value.span {
                        place.end_in(inner, inner.span);
                        return place;
                    }
                    inner
                }
                Kind::Null
                | Kind::Bool(_)
                | Kind::Number(_)
                | Kind::String(_)
                | Kind::Unreadable => {
                    place.end_in(value, span);
                    return place;
                }
            };
            if matches!(keys[..], ["Statement"]) && inner.as_object().is_some() {
                place.statement = Some(inner);
            }
            value = inner;
        }
    }

    fn end_in(&mut self, value: &'t Value<'s>, span: Span) {
        self.node = if let Kind::String(text) = &value.kind {
            if is_whole(text, span) {
                Node::Whole(value)
            } else {
                Node::Part
            }
        } else if value.span == span {
            Node::Whole(value)
        } else {
            Node::Other
        };
    }

    /// The underlined text, without what layout changes.
    fn text(&self, source: &'t Source, span: Span) -> Cow<'t, str> {
        let underlined = source.slice(span);
        match self.node {
            Node::Key(text)
            | Node::Whole(Value {
                kind: Kind::String(text),
                ..
            }) => text.as_str().into(),
            Node::Whole(value) => {
                let mut text = String::new();
                write_canonical(value, &mut text);
                text.into()
            }
            Node::Part => unescaped(underlined),
            Node::Other => without_layout(underlined).into(),
        }
    }
}

/// Whether a span is all of a string, with its quotes or without.
fn is_whole(text: &Text<'_>, span: Span) -> bool {
    span == text.quoted_span() || span == text.content_span()
}

fn contains(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

fn member_around<'t, 's>(members: &'t [Member<'s>], span: Span) -> Option<&'t Member<'s>> {
    let before = members.partition_point(|member| member.value.span.end < span.end);
    let member = members.get(before)?;
    (member.key.quoted_span().start <= span.start).then_some(member)
}

fn value_around<'t, 's>(values: &'t [Value<'s>], span: Span) -> Option<&'t Value<'s>> {
    let before = values.partition_point(|value| value.span.end < span.end);
    values
        .get(before)
        .filter(|value| contains(value.span, span))
}

/// Whether AWS takes a list where these keys lead, so that one value stands for a list of it.
fn takes_list(keys: &[&str]) -> bool {
    matches!(
        keys,
        ["Statement"]
            | [
                "Statement",
                "Action" | "NotAction" | "Resource" | "NotResource"
            ]
            | ["Statement", "Principal" | "NotPrincipal", _]
            | ["Statement", "Condition", _, _]
    )
}

fn sid<'t>(statement: &'t Value<'_>) -> Option<&'t str> {
    match &statement.get("Sid")?.value.kind {
        Kind::String(sid) => Some(sid.as_str()).filter(|sid| !sid.is_empty()),
        Kind::Null
        | Kind::Bool(_)
        | Kind::Number(_)
        | Kind::Array(_)
        | Kind::Object(_)
        | Kind::Unreadable => None,
    }
}

fn digest_of_statement(statement: &Value<'_>) -> StatementDigest {
    let mut text = String::new();
    let members = statement.as_object().unwrap_or_default().iter();
    write_members(
        members.filter(|member| member.key.as_str() != "Sid"),
        &mut text,
    );
    Digest::of(&[text.as_bytes()])
}

/// Writes a value so that the order of keys and of lists, layout and escapes make no difference, nor
/// whether one value is in a list.
fn write_canonical(value: &Value<'_>, out: &mut String) {
    match &value.kind {
        Kind::Null => *out += "null",
        Kind::Bool(value) => *out += if *value { "true" } else { "false" },
        Kind::Number(text) => *out += text,
        Kind::String(text) => write_string(text.as_str(), out),
        Kind::Array(values) => match &values[..] {
            [only] => write_canonical(only, out),
            values => {
                let written = |value: &Value<'_>| {
                    let mut text = String::new();
                    write_canonical(value, &mut text);
                    text
                };
                out.push('[');
                write_sorted(values.iter().map(written).collect(), out);
                out.push(']');
            }
        },
        Kind::Object(members) => write_members(members.iter(), out),
        Kind::Unreadable => out.push('?'),
    }
}

fn write_members<'t>(members: impl Iterator<Item = &'t Member<'t>>, out: &mut String) {
    let written = |member: &Member<'_>| {
        let mut text = String::new();
        write_string(member.key.as_str(), &mut text);
        text.push(':');
        write_canonical(&member.value, &mut text);
        text
    };
    out.push('{');
    write_sorted(members.map(written).collect(), out);
    out.push('}');
}

fn write_sorted(mut items: Vec<String>, out: &mut String) {
    items.sort_unstable();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        *out += item;
    }
}

fn write_string(text: &str, out: &mut String) {
    let is_plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    if text.bytes().all(is_plain) {
        out.push('"');
        *out += text;
        out.push('"');
    } else {
        // Strings can always be written.
        *out += &serde_json::to_string(text).unwrap_or_default();
    }
}

/// A part of a string, with what its escapes stand for.
fn unescaped(part: &str) -> Cow<'_, str> {
    if !part.contains('\\') {
        return part.into();
    }
    let decoded = serde_json::from_str::<String>(&format!("\"{part}\""));
    decoded.map_or(part.into(), Cow::from)
}

/// A piece of a document without the white space that is outside of strings.
fn without_layout(piece: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
    let kept = |character: &char| {
        if in_string {
            in_string = escaped || *character != '"';
            escaped = !escaped && *character == '\\';
            return true;
        }
        in_string = *character == '"';
        !character.is_whitespace()
    };
    piece.chars().filter(kept).collect()
}

/// The most characters of a text that stand in an identity.
const MOST: usize = 96;

/// How many characters of a longer text are left.
const START: usize = 64;

fn shortened(text: &str) -> String {
    if text.len() <= MOST || text.chars().nth(MOST).is_none() {
        return text.to_owned();
    }
    let start: String = text.chars().take(START).collect();
    format!("{start}…{}", Digest::<8>::of(&[text.as_bytes()]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::{Options, check};

    fn identities(text: &str) -> Vec<Identity> {
        let source = Source::new("test.json", text.as_bytes().to_vec());
        let findings = check(&source, &Options::default()).findings;
        fingerprints(&source, &findings)
    }

    /// The place and text of a span, the `«»` of a text that is without them.
    fn place(text: &str) -> (String, String) {
        let start = text.find('«').unwrap();
        let end = text.find('»').unwrap() - '«'.len_utf8();
        let source = Source::new("test.json", text.replace(['«', '»'], "").into_bytes());
        let document = syntax::parse(&source);
        let span = Span::new(start, end);
        let place = Place::of(&document.root, span);
        (place.at.clone(), place.text(&source, span).into_owned())
    }

    #[track_caller]
    fn at(text: &str, at: &str, underlined: &str) {
        assert_eq!(place(text), (at.to_owned(), underlined.to_owned()));
    }

    #[test]
    fn a_place_is_told_by_keys() {
        at(
            r#"{"Statement": [{}, {"Resource": ["a", "«b»"]}]}"#,
            "Statement[].Resource[]",
            "b",
        );
        at(
            r#"{"Statement": [{"Condition": {"StringEquals": {"aws:SourceVpc": ["vpc-«1»"]}}}]}"#,
            "Statement[].Condition.StringEquals.aws:SourceVpc[]",
            "1",
        );
        at(
            r#"{"Statement": [{"«Acton»": "a"}]}"#,
            "Statement[].Acton",
            "Acton",
        );
        at(r#"«{»"Statement": []}"#, "", "{");
        at(
            r#"{"Statement": [{"Effect": "«Allow»"}]}"#,
            "Statement[].Effect",
            "Allow",
        );
    }

    #[test]
    fn one_value_is_a_list_of_it() {
        for text in [
            r#"{"Statement": {"Resource": "«*»"}}"#,
            r#"{"Statement": [{"Resource": ["«*»"]}]}"#,
            r#"{"Statement": [{"Resource": «["*"]»}]}"#,
            r#"{"Statement": [{"Resource": «"*"»}]}"#,
            r#"{"Statement": [{"Resource": "«\u002a»"}]}"#,
        ] {
            at(text, "Statement[].Resource[]", "*");
        }
    }

    #[test]
    fn layout_and_order_are_no_part_of_a_text() {
        let text = r#"{"b":[1,2],"a":"x \" y"}"#;
        let sorted = r#"{"a":"x \" y","b":[1,2]}"#;
        for text in [text, "{ \"a\" : \"x \\u0022 y\",\n \"b\" : [ 2, 1 ] }"] {
            at(
                &format!("{{\"Statement\": [«{text}»]}}"),
                "Statement[]",
                sorted,
            );
        }
        at(
            "{\"a\": 1, «\"b\" : \"c \\\" d\",\n \"e\"» : 2}",
            "",
            r#""b":"c \" d","e""#,
        );
    }

    #[test]
    fn of_a_long_text_the_start_and_a_digest_are_left() {
        let long = |end: &str| {
            let text = format!(r#"{{"Version": "«{}{end}»"}}"#, "é".repeat(100));
            shortened(&place(&text).1)
        };
        let text = long("a");
        assert_eq!(text.chars().count(), 64 + 1 + 16);
        assert!(text.starts_with("éé"), "{text}");
        assert_ne!(text, long("b"));
        assert_eq!(shortened(&"é".repeat(96)), "é".repeat(96));
    }

    const TWO: [&str; 2] = [
        r#"{"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "*"}"#,
        r#"{"Sid": "Other", "Effect": "Allow", "Action": ["s3:GetObject", "s3:GetObjekt"], "Resource": "*"}"#,
    ];

    fn policy(statements: &[&str]) -> String {
        let list = statements.join(",\n");
        format!(r#"{{"Version": "2012-10-17", "Statement": [{list}]}}"#)
    }

    fn sorted(mut identities: Vec<Identity>) -> Vec<(Fingerprint, Option<StatementDigest>)> {
        identities.sort_by_key(|each| (each.fingerprint, each.statement));
        let pairs = identities
            .iter()
            .map(|each| (each.fingerprint, each.statement));
        pairs.collect()
    }

    #[test]
    fn statements_may_change_places() {
        let [a, b] = TWO;
        let before = sorted(identities(&policy(&[a, b])));
        assert!(before.len() >= 2, "{before:?}");
        assert_eq!(sorted(identities(&policy(&[b, a]))), before);
    }

    #[test]
    fn a_statement_is_told_by_its_sid_and_its_content() {
        let found = identities(&policy(&TWO));
        let unknown: Vec<_> = found
            .iter()
            .filter(|each| each.rule.as_str() == "unknown-action")
            .collect();
        let [first, second] = unknown[..] else {
            panic!("{found:?}")
        };
        assert_eq!((&first.sid, second.sid.as_deref()), (&None, Some("Other")));
        assert_eq!((&first.at, &first.text), (&second.at, &second.text));
        assert_ne!(first.fingerprint, second.fingerprint);
        assert_ne!(first.statement, second.statement);
    }

    #[test]
    fn a_sid_is_no_part_of_the_content() {
        let with = TWO[0].replace("{\"E", "{\"Sid\": \"A\", \"E");
        let digests = |statement: &str| {
            let found = identities(&policy(&[statement]));
            found.iter().map(|each| each.statement).collect::<Vec<_>>()
        };
        assert_eq!(digests(&with), digests(TWO[0]));
    }

    #[test]
    fn equal_findings_have_fingerprints_of_their_own() {
        let found = identities(&policy(&[TWO[0], TWO[0], TWO[0]]));
        let mut prints: Vec<_> = found.iter().map(|each| each.fingerprint).collect();
        prints.sort();
        prints.dedup();
        assert_eq!(prints.len(), found.len());
    }

    #[test]
    fn a_document_that_cannot_be_read_has_identities_too() {
        let found = identities("{\"Statement\": [{\"Effect\": \"Allow\"");
        assert!(!found.is_empty());
        assert!(found.iter().all(|each| each.at.is_empty()), "{found:?}");
    }

    #[test]
    fn a_fingerprint_is_32_hex_digits_and_is_read_as_it_is_printed() {
        let fingerprint = Fingerprint::of(&[b"abc"]);
        let text = fingerprint.to_string();
        assert_eq!(text.len(), 32);
        assert_eq!(Fingerprint::parse(&text), Some(fingerprint));
        assert_eq!(Fingerprint::parse(text.get(1..).unwrap()), None);
        assert_eq!(Fingerprint::parse(&text.replacen(|_| true, "g", 1)), None);
        assert_eq!(StatementDigest::parse(&text), None);
    }

    /// Fingerprints stand in the files of users: they never change.
    #[test]
    fn fingerprints_stay_what_they_are() {
        let found = identities(&policy(&TWO[..1]));
        let unknown = found
            .iter()
            .find(|each| each.rule.as_str() == "unknown-action")
            .unwrap();
        assert_eq!(
            unknown.fingerprint.to_string(),
            "ee915a46718b685b4d0fe57cfd6ed6a5"
        );
        assert_eq!(unknown.statement.unwrap().to_string(), "40ce2d1de83a90cd");
    }
}
