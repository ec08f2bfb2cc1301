//! What a comment in a document is about: its own line, or what comes after it.

use crate::{
    policy::Policy,
    source::{Source, Span},
    syntax::{Comment, Value},
};
use std::collections::BTreeMap;

/// The code before and after each comment of a document, in their order.
#[derive(Debug)]
pub(super) struct Surroundings {
    /// Where the code before each ends; 0 where there is none.
    before: Vec<usize>,
    /// Where the code after each starts; `None` where there is none.
    after: Vec<Option<usize>>,
}

impl Surroundings {
    /// Looks at each gap between comments once: there may be very many.
    pub(super) fn of(text: &str, comments: &[Comment]) -> Self {
        let starts = comments.iter().map(|comment| comment.span.start);
        let ends = comments.iter().map(|comment| comment.span.end);
        let from = std::iter::once(0).chain(ends.clone());
        let mut end = 0;
        let before = from.zip(starts.clone()).map(|(from, to)| {
            let gap = text.get(from..to).unwrap_or_default();
            let code = gap.trim_end_matches(is_blank);
            if !code.is_empty() {
                end = from + code.len();
            }
            end
        });
        let before = before.collect();
        let to = starts.skip(1).chain(std::iter::once(text.len()));
        let gaps: Vec<_> = ends.zip(to).collect();
        let mut start = None;
        let mut after: Vec<_> = gaps
            .iter()
            .rev()
            .map(|(from, to)| {
                let gap = text.get(*from..*to).unwrap_or_default();
                // A comma belongs to what is before it.
                let code = gap.trim_start_matches(|c| is_blank(c) || c == ',');
                if !code.is_empty() {
                    start = Some(to - code.len());
                }
                start
            })
            .collect();
        after.reverse();
        Self { before, after }
    }

    /// What a comment is about, by its place among all and its span: findings that start there. After code,
    /// that is the line; else what comes next, the whole of a statement or element that starts there.
    pub(super) fn reach(
        &self,
        index: usize,
        comment: Span,
        source: &Source,
        values: &Values,
    ) -> Option<Span> {
        let line = source.line_span(comment.start);
        let before = self.before.get(index).copied().unwrap_or_default();
        if before > line.start {
            return Some(line);
        }
        let next = self.after.get(index).copied().flatten()?;
        let line = source.line_span(next);
        let end = values.end_of(next).unwrap_or(next);
        Some(Span::new(next, line.end.max(end)))
    }
}

/// Whether a character is no code; the mark at the start of some files is none.
fn is_blank(character: char) -> bool {
    character.is_whitespace() || character == '\u{feff}'
}

/// The statements of a document and the members in them: where each starts and ends.
#[derive(Debug)]
pub(super) struct Values {
    ends: BTreeMap<usize, usize>,
}

impl Values {
    pub(super) fn of(root: &Value<'_>, policy: &Policy) -> Self {
        let statements = policy.statements.iter().map(|statement| statement.span);
        let mut ends: BTreeMap<_, _> = statements.map(|span| (span.start, span.end)).collect();
        // A statement need not be in a list.
        let lone = root.as_object().unwrap_or_default().iter();
        let lone: Vec<_> = lone
            .filter(|member| ends.get(&member.value.span.start) == Some(&member.value.span.end))
            .collect();
        let inner = root.descendants().filter(|value| value.span != root.span);
        let inner = inner.filter_map(Value::as_object).flatten();
        for member in inner.chain(lone) {
            ends.insert(member.key.quoted_span().start, member.value.span.end);
        }
        Self { ends }
    }

    fn end_of(&self, start: usize) -> Option<usize> {
        self.ends.get(&start).copied()
    }
}
