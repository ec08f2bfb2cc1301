//! Which fixes can be taken at once.

use crate::source::{Edit, Finding, Span};
use std::collections::BTreeMap;

/// The places that the fixes of a pass change, and those that their findings speak of.
#[derive(Debug, Default)]
pub(super) struct Claims {
    edited: Spans,
    spoken_of: Spans,
}

impl Claims {
    /// Claims the places of a fix, unless they overlap or touch those of another, or one of the two
    /// changes what the finding of the other speaks of: "covered by this entry" holds no longer where that
    /// entry is changed.
    pub(super) fn claim(&mut self, finding: &Finding, edits: &[Edit]) -> bool {
        let labels = finding.labels.iter().map(|label| label.span);
        let speaks_of = || labels.clone().chain([finding.span]);
        let changes = || edits.iter().map(|edit| edit.span);
        let taken = changes().any(|span| self.edited.touch(span) || self.spoken_of.overlap(span))
            || speaks_of().any(|span| self.edited.overlap(span));
        if !taken {
            changes().for_each(|span| self.edited.add(span));
            speaks_of().for_each(|span| self.spoken_of.add(span));
        }
        !taken
    }
}

/// Spans of which none touches another: their ends, by their starts.
#[derive(Debug, Default)]
struct Spans(BTreeMap<usize, usize>);

impl Spans {
    /// Adds a span, as one with those that it touches.
    fn add(&mut self, mut span: Span) {
        while let Some(other) = self
            .last_from(span.end)
            .filter(|other| other.end >= span.start)
        {
            self.0.remove(&other.start);
            span = span.join(other);
        }
        self.0.insert(span.start, span.end);
    }

    /// The last of them that starts there or before.
    fn last_from(&self, most: usize) -> Option<Span> {
        let (start, end) = self.0.range(..=most).next_back()?;
        Some(Span::new(*start, *end))
    }

    /// Whether one of them touches a span.
    fn touch(&self, span: Span) -> bool {
        self.last_from(span.end)
            .is_some_and(|other| other.end >= span.start)
    }

    /// Whether one of them has a part of a span in it, or the other way round. An insertion is in a span
    /// where it parts the span in two.
    fn overlap(&self, span: Span) -> bool {
        let last = span
            .end
            .checked_sub(1)
            .and_then(|most| self.last_from(most));
        last.is_some_and(|other| other.end > span.start)
    }
}

#[cfg(test)]
mod tests {
    use super::{Span, Spans};

    fn spans(list: &[(usize, usize)]) -> Spans {
        let mut spans = Spans::default();
        for (start, end) in list {
            spans.add(Span::new(*start, *end));
        }
        spans
    }

    #[test]
    fn spans_that_touch_become_one() {
        assert_eq!(spans(&[(0, 2), (4, 6), (2, 4)]).0, [(0, 6)].into());
        assert_eq!(spans(&[(3, 3), (5, 5), (1, 2)]).0.len(), 3);
        assert_eq!(spans(&[(3, 3), (2, 9), (3, 3)]).0, [(2, 9)].into());
    }

    #[test]
    fn neighbours_touch_and_do_not_overlap() {
        let spans = spans(&[(4, 6)]);
        for (start, end, touch, overlap) in [
            (0, 3, false, false),
            (0, 4, true, false),
            (0, 5, true, true),
            (4, 4, true, false),
            (5, 5, true, true),
            (6, 6, true, false),
            (6, 9, true, false),
            (7, 9, false, false),
            (0, 9, true, true),
        ] {
            let span = Span::new(start, end);
            assert_eq!(spans.touch(span), touch, "{span:?}");
            assert_eq!(spans.overlap(span), overlap, "{span:?}");
        }
    }

    #[test]
    fn two_insertions_at_one_place_touch() {
        assert!(spans(&[(4, 4)]).touch(Span::new(4, 4)));
        // What is inserted inside of a text that a finding speaks of changes it.
        assert!(spans(&[(4, 4)]).overlap(Span::new(3, 5)));
        assert!(!spans(&[(4, 4)]).overlap(Span::new(4, 5)));
    }
}
