//! Tests of a condition, seen with those beside them.

use super::{TestCx, edits};
use crate::{
    catalog::{ValueType, table::CONDITION_KEY_STRENGTH},
    eval,
    policy::{
        Comparison, ConditionElement, ConditionTest, Effect, Operator, Pattern, Piece, PolicyType,
        Quantifier, Version,
    },
    source::Edit,
};

/// The key that says whether the caller's session began with a second factor.
pub(super) const MFA: &str = "aws:MultiFactorAuthPresent";

/// How many seconds ago the caller showed a second factor; absent like [`MFA`].
pub(super) const MFA_AGE: &str = "aws:MultiFactorAuthAge";

/// What a test comes to, whatever the value of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It holds for every request.
    Always,
    /// It holds for no request.
    Never,
    /// It holds for the requests that have the key.
    WithKey,
    /// It holds for the requests that lack the key.
    WithoutKey,
    /// It depends on the value.
    Open,
}

/// What AWS says of a key that limits who calls, from where, and for whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Strength {
    /// What the key limits; `-` for nothing that can be relied on.
    pub(super) limits: &'static str,
    /// Which requests lack it; `None` where none does.
    pub(super) missing_from: Option<&'static str>,
    /// Whether the caller chooses its value.
    pub(super) set_by_caller: bool,
    /// Where wildcards in its values may stand.
    pub(super) wildcards: &'static str,
}

impl Strength {
    /// What is known of a key; `None` for those that limit nothing of the kind.
    pub(super) fn of(key: &str) -> Option<Self> {
        match *CONDITION_KEY_STRENGTH.row(key)? {
            [_, _, _, limits, missing_from, set_by, wildcards] if set_by != "-" => Some(Self {
                limits,
                missing_from: Some(missing_from).filter(|text| *text != "-"),
                set_by_caller: set_by == "caller",
                wildcards,
            }),
            _ => None,
        }
    }

    /// Whether it tells who calls, from where, or for whom, and the caller has no say in it. Through
    /// which service a call comes is no such limit.
    pub(super) fn is_guard(self) -> bool {
        !self.set_by_caller && !matches!(self.limits, "-" | "service")
    }
}

impl TestCx<'_> {
    /// Whether the statement has this effect.
    pub(super) fn has_effect(&self, effect: Effect) -> bool {
        self.statement.statement.has_effect(effect)
    }

    /// The type that the policy is judged as.
    pub(super) fn policy_type(&self) -> PolicyType {
        self.statement.document.policy_type()
    }

    /// The language of the policy.
    pub(super) fn version(&self) -> Version {
        self.statement.policy.version
    }

    /// Whether the test is about this key.
    pub(super) fn is_about(&self, key: &str) -> bool {
        self.test.is_about(key)
    }

    /// Whether every request that the policy decides about has the key: those that the policies of
    /// identities decide about are signed.
    pub(super) fn is_always_present(&self) -> bool {
        let is_of_identities = matches!(
            self.policy_type(),
            PolicyType::Identity | PolicyType::Session | PolicyType::Boundary | PolicyType::Scp
        );
        self.key.always_present() || is_of_identities && self.is_about("aws:PrincipalArn")
    }

    /// What the test comes to, whatever the value; [`Fate::Open`] for keys that AWS does not have.
    pub(super) fn fate(&self) -> Fate {
        let Some((without_key, with_key)) = self.outcomes() else {
            return Fate::Open;
        };
        match (without_key, with_key) {
            (true, true) => Fate::Always,
            (false, false) => Fate::Never,
            (_, true) if self.is_always_present() => Fate::Always,
            (_, false) if self.is_always_present() => Fate::Never,
            (false, true) => Fate::WithKey,
            (true, false) => Fate::WithoutKey,
        }
    }

    /// Whether the test holds without the key, and with it, where the value does not matter.
    fn outcomes(&self) -> Option<(bool, bool)> {
        let (operator, values) = (self.test.operator, self.test.values.as_slice());
        if !self.key.is_known() {
            return None;
        }
        if operator.comparison == Comparison::Null {
            let wants_missing = null_value(self.test)?;
            return Some((wants_missing, !wants_missing));
        }
        let is_any = |text: &str| {
            !text.is_empty() && text.bytes().all(|byte| byte == b'*')
                || text == "arn:*:*:*:*:*" && self.key.value_types() == [ValueType::Arn]
        };
        let reads_wildcards = operator.comparison.reads_wildcards();
        (reads_wildcards && values.iter().any(|value| is_any(&value.text))).then(|| {
            let with_key = !operator.comparison.is_negated();
            (eval::holds_without_key(operator), with_key)
        })
    }

    /// The other tests of the condition about the same key.
    pub(super) fn others_on_key(&self) -> impl Iterator<Item = &ConditionTest> {
        let own = self.test.key.span();
        let tests = self.condition.tests.iter();
        tests.filter(move |test| self.is_about(test.key.as_str()) && test.key.span() != own)
    }

    /// Another test of the condition about the same key.
    pub(super) fn beside<'b>(&'b self, test: &'b ConditionTest) -> TestCx<'b> {
        TestCx { test, ..*self }
    }

    /// The tests that are written under the same operator, this one among them.
    pub(super) fn block(&self) -> impl Iterator<Item = &ConditionTest> {
        let own = self.test.operator_text.span();
        let tests = self.condition.tests.iter();
        tests.filter(move |test| test.operator_text.span() == own)
    }

    /// The operator in place of that of the test; `None` where it stands for other keys as well, or
    /// where the condition has the new one already.
    pub(super) fn with_operator(&self, operator: Operator) -> Option<Edit> {
        let tests = &self.condition.tests;
        let is_free =
            self.block().nth(1).is_none() && tests.iter().all(|test| test.operator != operator);
        is_free.then(|| edits::replace(self.test.operator_text.span(), operator.to_string()))
    }

    /// A test more, at the start of the condition; `None` where it has tests with that operator.
    pub(super) fn with_test(&self, operator: &str, key: &str, value: &str) -> Option<Edit> {
        let tests = &self.condition.tests;
        let same =
            |test: &ConditionTest| test.operator_text.as_str().eq_ignore_ascii_case(operator);
        let start = self.condition.span.start + 1;
        (!tests.iter().any(same) && is_plain(key)).then(|| Edit {
            span: crate::source::Span::new(start, start),
            replacement: format!(r#""{operator}": {{"{key}": "{value}"}}, "#),
        })
    }
}

/// Whether a text needs no escapes in JSON.
fn is_plain(text: &str) -> bool {
    !text.contains(|c: char| c.is_control() || matches!(c, '"' | '\\'))
}

/// Whether a pattern has a wildcard.
pub(super) fn has_wildcard(pattern: &Pattern) -> bool {
    pattern
        .pieces()
        .iter()
        .any(|piece| matches!(piece, Piece::AnyText | Piece::AnyCharacter))
}

/// What a `Null` test asks for: `true` that the key is missing. `None` for other tests, and for a
/// value that says neither.
pub(super) fn null_value(test: &ConditionTest) -> Option<bool> {
    match (test.operator.comparison, test.operator.quantifier) {
        (Comparison::Null, None) => boolean_value(test),
        _ => None,
    }
}

/// The one value of a test, as a boolean.
pub(super) fn boolean_value(test: &ConditionTest) -> Option<bool> {
    match test.values.as_slice() {
        [value] if value.text.eq_ignore_ascii_case("true") => Some(true),
        [value] if value.text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// Whether a test holds only for requests that have its key.
pub(super) fn needs_key(test: &ConditionTest) -> bool {
    if test.operator.comparison == Comparison::Null {
        return null_value(test) == Some(false);
    }
    !eval::holds_without_key(test.operator)
}

/// Whether a condition holds only for requests that have a key.
pub(super) fn condition_needs(condition: &ConditionElement, key: &str) -> bool {
    condition
        .tests
        .iter()
        .any(|test| test.is_about(key) && needs_key(test))
}

/// The operator without `IfExists`.
pub(super) fn without_if_exists(operator: Operator) -> Operator {
    Operator {
        if_exists: false,
        ..operator
    }
}

/// The operator with another set operator, or none.
pub(super) fn with_quantifier(operator: Operator, quantifier: Option<Quantifier>) -> Operator {
    Operator {
        quantifier,
        ..operator
    }
}
