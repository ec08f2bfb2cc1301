//! What the policy of a resource allows everybody.

use super::{
    StatementCx, TestCx,
    condition_tests::Strength,
    covering,
    limits::{self, Limit, Of},
};
use crate::{
    catalog::AccessLevel,
    policy::{ActionPattern, Effect, PolicyType, Quantifier},
    source::Span,
};

/// A statement that lets everybody in.
#[derive(Debug)]
pub(super) struct Public {
    /// The principal that is everybody.
    pub(super) everyone: Span,
    /// The first entry that allows something that changes nothing; else the first of all.
    pub(super) reads: Span,
    /// The first entry that allows something that changes something.
    pub(super) writes: Option<Span>,
    /// A key of the condition that would limit who calls, and why it does not.
    pub(super) limits_nobody: Option<(Span, &'static str)>,
}

fn is_guard(key: &str) -> bool {
    Strength::of(key).is_some_and(Strength::is_guard)
}

impl TestCx<'_> {
    /// Whether the test would limit who calls and does not, so that the statement lets everybody in:
    /// `public-principal` and `public-write` tell that.
    pub(super) fn is_told_as_public(&self) -> bool {
        self.policy_type() == PolicyType::Resource
            && is_guard(self.test.key.as_str())
            && self.statement.public().is_some()
    }
}

impl StatementCx<'_> {
    /// What the statement allows everybody; `None` where something limits who that is.
    pub(super) fn public(&self) -> Option<Public> {
        let everyone = self.everyone()?.text.span();
        if !self.statement.has_effect(Effect::Allow) || self.limit(Of::Callers) == Limit::Strong {
            return None;
        }
        if let Some(element) = &self.statement.not_action {
            let key = self.document.key_text(element.key_span);
            let limited = self.is_limited_by_denials(None);
            return (!limited).then_some(Public {
                everyone,
                reads: key,
                writes: Some(key),
                limits_nobody: self.limits_nobody(),
            });
        }
        let open: Vec<_> = self
            .listed_actions()
            .iter()
            .filter(|entry| !self.is_limited_by_denials(Some(entry)))
            .collect();
        let first = open.first()?;
        let writes = open.iter().find(|entry| {
            self.expand(entry).is_some_and(|actions| {
                actions.iter().any(|action| {
                    !matches!(action.access_level(), AccessLevel::Read | AccessLevel::List)
                })
            })
        });
        Some(Public {
            everyone,
            reads: first.text().span(),
            writes: writes.map(|entry| entry.text().span()),
            limits_nobody: self.limits_nobody(),
        })
    }

    fn limits_nobody(&self) -> Option<(Span, &'static str)> {
        let conditions = self.statement.condition.iter();
        let mut tests = conditions.flat_map(|condition| &condition.tests);
        let test = tests.find(|test| is_guard(test.key.as_str()))?;
        let passes_absence = test.operator.if_exists
            || test.operator.quantifier == Some(Quantifier::ForAllValues)
            || test.operator.comparison.is_negated();
        let why = if passes_absence {
            "also holds for requests without this key"
        } else {
            "limits nobody"
        };
        Some((test.key.span(), why))
    }

    /// Whether a `Deny` for everybody covers the statement, of which only callers are left that are
    /// limited; of an entry of `Action`, or of all actions.
    fn is_limited_by_denials(&self, entry: Option<&ActionPattern>) -> bool {
        self.document.statements().any(|other| {
            other.statement.has_effect(Effect::Deny)
                && other.statement.names_everyone()
                && limits::of_absence(other.statement, Of::Callers) == Limit::Strong
                && covering::covers_resources(&other, self.statement)
                && match entry {
                    Some(entry) => covering::covers_entry(&other, entry),
                    None => covering::covers_actions(&other, self.statement),
                }
        })
    }
}
