//! The policies' texts, with a place to link to for each statement and line.

use super::{
    markup::{Element, Escaped, element},
    texts::{Room, too_long},
    wording::{code, counted, entry, length, list_of},
};
use crate::{
    audit::{PolicyFacts, StatementPlace},
    policy::lower,
    source::Source,
    syntax,
};
use std::{collections::BTreeMap, ops::Range};

/// The most bytes of policies that are shown.
const MOST_BYTES: usize = 1024 * 1024;
/// The most lines of policies that are shown.
const MOST_LINES: usize = 40_000;
/// The most principals that are listed for a policy.
const MOST_HOLDERS: usize = 20;

/// The policies and where on the page they are.
#[derive(Debug)]
pub(super) struct Policies<'a> {
    facts: &'a [PolicyFacts],
    /// By the place of the document: the number of the policy on the page, and its text, if it is shown.
    shown: BTreeMap<usize, (usize, Option<ShownText>)>,
}

/// Where the parts of a text are that is shown.
#[derive(Debug)]
struct ShownText {
    lines: usize,
    /// The statements, by their place in the policy.
    statements: BTreeMap<usize, Extent>,
}

/// Where a statement stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Extent {
    /// On lines of its own, from 1.
    Lines(Range<usize>),
    /// Within one line: which, and which of its bytes.
    Within(usize, Range<usize>),
}

impl<'a> Policies<'a> {
    /// Finds room for the texts and the statements in them.
    pub(super) fn new(facts: &'a [PolicyFacts]) -> Self {
        let room = Room::of(MOST_BYTES, MOST_LINES);
        let mut shown = BTreeMap::new();
        for (place, policy) in facts.iter().enumerate() {
            let text = room.take(&policy.text).then(|| ShownText::of(&policy.text));
            shown.entry(policy.document).or_insert((place, text));
        }
        Self { facts, shown }
    }

    /// A link to a statement: what people call it, and its line.
    pub(super) fn statement(&self, place: &StatementPlace) -> Escaped {
        let name = statement_name(place);
        let Some((policy, Some(text))) = self.shown.get(&place.document) else {
            return name;
        };
        let anchor = if text.statements.contains_key(&place.index) {
            statement_anchor(*policy, place.index)
        } else if (1..=text.lines).contains(&place.line) {
            line_anchor(*policy, place.line)
        } else {
            return name;
        };
        link(&anchor, name)
    }

    /// The same with the policy's name before it.
    pub(super) fn statement_of_policy(&self, place: &StatementPlace) -> Escaped {
        let mut shown = code(&place.policy);
        shown.push(", ");
        shown.push(self.statement(place));
        shown
    }

    /// A link from a text to the line of a policy that it stands on.
    pub(super) fn line(&self, document: usize, line: usize, told: Escaped) -> Escaped {
        match self.shown.get(&document) {
            Some((policy, Some(text))) if (1..=text.lines).contains(&line) => {
                link(&line_anchor(*policy, line), told)
            }
            _ => told,
        }
    }

    /// A link to a whole policy.
    pub(super) fn policy(&self, document: usize, told: Escaped) -> Escaped {
        match self.shown.get(&document) {
            Some((policy, _)) => link(&policy_anchor(*policy), told),
            None => told,
        }
    }

    /// All texts, one after the other.
    pub(super) fn texts(&self) -> Escaped {
        let each = self.facts.iter().enumerate();
        each.map(|(place, policy)| {
            let shown = self.shown.get(&policy.document);
            let text = shown
                .filter(|(first, _)| *first == place)
                .and_then(|(_, text)| text.as_ref());
            article(place, policy, text)
        })
        .collect()
    }
}

fn statement_name(place: &StatementPlace) -> Escaped {
    let mut name = Escaped::from(format!("statement {}", place.index.saturating_add(1)));
    if let Some(sid) = place.sid.as_deref().filter(|sid| !sid.is_empty()) {
        name.push(" ");
        name.push(code(sid));
    }
    name.and(format!(" (line {})", place.line))
}

fn link(anchor: &str, told: Escaped) -> Escaped {
    element("a")
        .attribute("href", &format!("#{anchor}"))
        .with(told)
        .into()
}

/// Anchors are made of numbers, never of text.
fn policy_anchor(policy: usize) -> String {
    format!("policy-{policy}")
}

fn line_anchor(policy: usize, line: usize) -> String {
    format!("policy-{policy}-line-{line}")
}

fn statement_anchor(policy: usize, statement: usize) -> String {
    format!("policy-{policy}-statement-{statement}")
}

fn article(place: usize, policy: &PolicyFacts, text: Option<&ShownText>) -> Element {
    let mut facts = entry("Kind", policy.layer.title());
    if let Some(arn) = &policy.arn {
        facts.push(entry("ARN", code(arn)));
    }
    facts.push(entry("Held by", holders(policy)));
    let text = text.map_or_else(
        || too_long(&policy.text),
        |text| text.body(place, &policy.text),
    );
    element("article")
        .attribute("id", &policy_anchor(place))
        .with(element("h3").with(code(&policy.name)))
        .with(element("dl").with(facts))
        .with(text)
}

fn holders(policy: &PolicyFacts) -> Escaped {
    match policy.holders.as_deref() {
        None => "everybody: it was given for all callers".into(),
        Some([]) => "nobody".into(),
        Some([only]) => code(only),
        Some(holders) => {
            let mut items: Vec<_> = holders.iter().take(MOST_HOLDERS).map(|h| code(h)).collect();
            let left_out = length(holders).saturating_sub(length(&items));
            if left_out > 0 {
                items.push(format!("and {}", counted(left_out, "other", "others")).into());
            }
            list_of(items).into()
        }
    }
}

impl ShownText {
    fn of(text: &str) -> Self {
        Self {
            lines: text.lines().count(),
            statements: statements(text),
        }
    }

    /// The text with its lines numbered and its statements to be linked to.
    fn body(&self, policy: usize, text: &str) -> Escaped {
        let lines: Vec<_> = text.lines().collect();
        let mut within: BTreeMap<usize, Vec<(usize, &Range<usize>)>> = BTreeMap::new();
        let mut blocks = Vec::new();
        for (statement, extent) in &self.statements {
            match extent {
                Extent::Lines(range) => blocks.push((*statement, range)),
                Extent::Within(line, bytes) => {
                    within.entry(*line).or_default().push((*statement, bytes));
                }
            }
        }
        let shown = |range: Range<usize>| -> Escaped {
            let in_range = range.filter_map(|line| Some((line, *lines.get(line.checked_sub(1)?)?)));
            in_range
                .map(|(line, text)| {
                    let parts = within.get(&line).map_or(&[][..], Vec::as_slice);
                    numbered_line(policy, line, text, parts)
                })
                .collect()
        };
        let mut body = Escaped::default();
        let mut next = 1;
        for (statement, range) in blocks {
            body.push(shown(next..range.start));
            body.push(
                element("span")
                    .class("statement")
                    .attribute("id", &statement_anchor(policy, statement))
                    .with(shown(range.clone())),
            );
            next = range.end;
        }
        body.push(shown(next..lines.len().saturating_add(1)));
        element("pre").class("text numbered").with(body).into()
    }
}

fn numbered_line(
    policy: usize,
    line: usize,
    text: &str,
    statements: &[(usize, &Range<usize>)],
) -> Element {
    let mut content = Escaped::default();
    let mut next = 0;
    let part = |range: Range<usize>| Escaped::line(text.get(range).unwrap_or_default());
    for (statement, bytes) in statements {
        content.push(part(next..bytes.start));
        content.push(
            element("span")
                .class("statement within")
                .attribute("id", &statement_anchor(policy, *statement))
                .with(part((*bytes).clone())),
        );
        next = bytes.end;
    }
    content.push(part(next..text.len()));
    element("span")
        .class("line")
        .attribute("id", &line_anchor(policy, line))
        .attribute("data-line", &line.to_string())
        .with(content)
        .with(Escaped::line_break())
}

/// Where the statements of a policy stand. A text that is no sound policy has none; findings then link to
/// its lines.
fn statements(text: &str) -> BTreeMap<usize, Extent> {
    let source = Source::new("", text.as_bytes().to_vec());
    let document = syntax::parse(&source);
    let policy = document.is_sound().then(|| lower(&document.root).policy);
    let mut extents = BTreeMap::new();
    let mut taken = 0;
    for statement in policy
        .flatten()
        .iter()
        .flat_map(|policy| &policy.statements)
    {
        let span = statement.span;
        let range = source.range(span);
        let line = source.line_span(span.start);
        let extent = if range.start.line == range.end.line {
            let column = |offset: usize| offset.saturating_sub(line.start);
            Extent::Within(range.start.line, column(span.start)..column(span.end))
        } else {
            // The line that one ends on may be the line that the next starts on.
            let first = range.start.line.max(taken + 1);
            taken = range.end.line;
            Extent::Lines(first..taken.saturating_add(1))
        };
        extents.insert(statement.index, extent);
    }
    extents
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extents(text: &str) -> Vec<Extent> {
        statements(text).into_values().collect()
    }

    #[test]
    fn statements_take_lines_that_no_other_has() {
        let text = "{\"Version\": \"2012-10-17\", \"Statement\": [{\n\"Effect\": \"Allow\", \"Action\": \"s3:*\",\n\
                    \"Resource\": \"*\"}, {\n\"Effect\": \"Deny\",\n\"Action\": \"s3:*\", \"Resource\": \"*\"}\n]}";
        assert_eq!(extents(text), [Extent::Lines(1..4), Extent::Lines(4..6)]);
    }

    #[test]
    fn statements_on_one_line_are_told_apart() {
        let one = r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#;
        let text = format!("{{\"Statement\": [{one}, {one}]}}");
        let first = text.find(one).unwrap();
        let second = text.rfind(one).unwrap();
        assert_eq!(
            extents(&text),
            [
                Extent::Within(1, first..first + one.len()),
                Extent::Within(1, second..second + one.len()),
            ]
        );
    }

    #[test]
    fn what_is_no_policy_has_no_statements() {
        for text in ["", "{", "[]", "{\"Statement\": [{]}"] {
            assert_eq!(extents(text), []);
        }
    }
}
