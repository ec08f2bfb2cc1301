//! What the user asks of conditions, and what meets it.

use super::RequirementError;
use crate::{
    catalog::Catalog,
    eval::{compare_numbers, instant, network},
    lint::{
        condition_key::{KeyFacts, holds_without_key, lacks_tag_name, may_exist},
        condition_tests::boolean_value,
        data_perimeter::wants_the_key,
        limits::is_in_every_call,
        placeholders::is_unfilled,
    },
    policy::{Case, Comparison, ConditionTest, ConditionValue, Operator, Statement, Wildcard},
};
use std::cmp::Ordering;

/// A test that a condition is to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionRequirement {
    key: String,
    operator: Option<Operator>,
    values: Vec<String>,
}

impl ConditionRequirement {
    /// A test of a key, by whatever operator and with whatever values. A `*` stands for any tag in
    /// `aws:PrincipalTag/*`.
    pub fn of_key(key: &str) -> Result<Self, RequirementError> {
        let catalog = Catalog::embedded();
        let is_whole = key
            .split_once(':')
            .is_some_and(|(_, name)| !name.is_empty());
        if !is_whole || is_unfilled(key) || !may_exist(catalog, key) {
            let near = if lacks_tag_name(catalog, key) {
                Some(format!("{}/*", key.trim_end_matches('/')))
            } else {
                catalog.nearest_condition_key(key)
            };
            let key = key.to_owned();
            return Err(RequirementError::UnknownKey { key, near });
        }
        Ok(Self {
            key: key.to_owned(),
            operator: None,
            values: Vec::new(),
        })
    }

    /// By this operator alone.
    pub fn with_operator(mut self, text: &str) -> Result<Self, RequirementError> {
        let operator = Operator::parse(text);
        self.operator = Some(operator.ok_or_else(|| RequirementError::UnknownOperator {
            text: text.to_owned(),
            near: Operator::nearest(text),
        })?);
        Ok(self)
    }

    /// With no other values than these; `*` and `?` are wildcards.
    #[must_use]
    pub fn with_values(mut self, values: Vec<String>) -> Self {
        self.values = values;
        self
    }

    /// What messages call it: ``"`Bool aws:SecureTransport = true`"``.
    pub(in crate::lint) fn shown(&self) -> String {
        let operator = self.operator.map(|operator| format!("{operator} "));
        let values = match self.values.as_slice() {
            [] => String::new(),
            values => format!(" = {}", values.join(" | ")),
        };
        format!("`{}{}{values}`", operator.unwrap_or_default(), self.key)
    }

    /// Whether a test is about the key.
    pub(in crate::lint) fn is_about(&self, test: &ConditionTest) -> bool {
        Wildcard::new(&self.key, Case::Ignored).matches(test.key.as_str())
    }

    /// Whether tests that must all hold meet it.
    pub(in crate::lint) fn is_met_by(&self, tests: &[ConditionTest]) -> bool {
        let mut about = tests.iter().filter(|test| self.is_about(test));
        about.any(|test| match self.operator {
            Some(operator) => operator == test.operator && self.takes_values(test),
            None => {
                let comparison = test.operator.comparison;
                // A test that says which values there may not be says nothing of those there may.
                let positive = !comparison.is_negated() && comparison != Comparison::Null;
                asks_for_key(test, tests)
                    && (self.values.is_empty() || positive && self.takes_values(test))
            }
        })
    }

    /// Whether a test is one that it speaks of, for a test that may not stand there.
    pub(in crate::lint) fn is_like(&self, test: &ConditionTest) -> bool {
        let any = || {
            let mut values = test.values.iter();
            values.any(|value| self.values.iter().any(|own| may_be(own, value)))
        };
        self.is_about(test)
            && self
                .operator
                .is_none_or(|operator| operator == test.operator)
            && (self.values.is_empty() || any())
    }

    /// Whether a statement that denies leaves only requests that meet it: without the key, it applies.
    pub(in crate::lint) fn is_enforced_by(&self, denial: &Statement) -> bool {
        let Some(condition) = &denial.condition else {
            return false;
        };
        let ([test], []) = (
            condition.tests.as_slice(),
            condition.unknown_operators.as_slice(),
        ) else {
            return false;
        };
        let denies_absence = holds_without_key(test) == Some(true) || is_always_present(test);
        if !self.is_about(test) || !denies_absence {
            return false;
        }
        let presence = self.operator.is_some_and(is_null);
        if self.values.is_empty() || presence && self.values == ["false"] {
            return self
                .operator
                .is_none_or(|own| is_null(own) || !own.comparison.is_negated());
        }
        if presence || self.operator.is_some_and(|own| own.comparison.is_negated()) {
            return false;
        }
        self.takes_what_is_left(test)
    }

    /// Whether all values that a denial leaves are among the own ones.
    fn takes_what_is_left(&self, denied: &ConditionTest) -> bool {
        let comparison = denied.operator.comparison;
        if denied.operator.quantifier.is_some() {
            return false;
        }
        if comparison == Comparison::Bool {
            let left = match boolean_value(denied) {
                Some(true) => "false",
                Some(false) => "true",
                None => return false,
            };
            return self.values.iter().any(|own| own.eq_ignore_ascii_case(left));
        }
        comparison.is_negated() && self.takes_all(denied)
    }

    fn takes_values(&self, test: &ConditionTest) -> bool {
        if self.values.is_empty() {
            return true;
        }
        if test.operator.comparison.is_negated() {
            // Of what is left out, more is better.
            let left_out = |own: &String| {
                let mut values = test.values.iter();
                values.any(|value| admits(&value.text, own, test.operator.comparison))
            };
            return self.values.iter().all(left_out);
        }
        self.takes_all(test)
    }

    fn takes_all(&self, test: &ConditionTest) -> bool {
        test.values.iter().all(|value| {
            // What is yet to be filled in may be one of them.
            is_unfilled(&value.text)
                || self
                    .values
                    .iter()
                    .any(|own| admits(own, &value.text, test.operator.comparison))
        })
    }
}

fn is_null(operator: Operator) -> bool {
    operator.comparison == Comparison::Null
}

fn is_always_present(test: &ConditionTest) -> bool {
    KeyFacts::of(Catalog::embedded(), test.key.as_str()).always_present() || is_in_every_call(test)
}

/// Whether a request without the key does not pass a test, or one beside it.
fn asks_for_key(test: &ConditionTest, tests: &[ConditionTest]) -> bool {
    if is_null(test.operator) {
        return wants_the_key(test);
    }
    let beside = |other: &ConditionTest| {
        other.is_about(test.key.as_str()) && is_null(other.operator) && wants_the_key(other)
    };
    wants_the_key(test) || is_always_present(test) || tests.iter().any(beside)
}

/// The longest text that is compared as a pattern; no value that means something is longer.
const MOST_BYTES: usize = 2_048;

/// Whether a value is as narrow as one that is asked for, or narrower.
fn admits(own: &str, value: &str, comparison: Comparison) -> bool {
    use Comparison as C;
    let order = |allowed: [Ordering; 2], found: Option<Ordering>| {
        found.is_some_and(|found| allowed.contains(&found))
    };
    let (down, up) = (
        [Ordering::Less, Ordering::Equal],
        [Ordering::Greater, Ordering::Equal],
    );
    let instants = || Some(instant(value)?.cmp(&instant(own)?));
    match comparison {
        C::IpAddress | C::NotIpAddress => match (network(own), network(value)) {
            (Some(own), Some(value)) => own.contains(&value),
            _ => own == value,
        },
        C::NumericLessThan | C::NumericLessThanEquals => order(down, compare_numbers(value, own)),
        C::NumericGreaterThan | C::NumericGreaterThanEquals => {
            order(up, compare_numbers(value, own))
        }
        C::NumericEquals | C::NumericNotEquals => {
            compare_numbers(value, own) == Some(Ordering::Equal)
        }
        C::DateLessThan | C::DateLessThanEquals => order(down, instants()),
        C::DateGreaterThan | C::DateGreaterThanEquals => order(up, instants()),
        C::DateEquals | C::DateNotEquals => instants() == Some(Ordering::Equal),
        C::Bool | C::Null | C::StringEqualsIgnoreCase | C::StringNotEqualsIgnoreCase => covers(
            own,
            &Wildcard::literal(value, Case::Ignored),
            value,
            Case::Ignored,
        ),
        C::StringEquals | C::StringNotEquals | C::BinaryEquals => covers(
            own,
            &Wildcard::literal(value, Case::Sensitive),
            value,
            Case::Sensitive,
        ),
        C::StringLike
        | C::StringNotLike
        | C::ArnEquals
        | C::ArnNotEquals
        | C::ArnLike
        | C::ArnNotLike => covers(
            own,
            &Wildcard::new(value, Case::Sensitive),
            value,
            Case::Sensitive,
        ),
    }
}

fn covers(own: &str, wildcard: &Wildcard, value: &str, case: Case) -> bool {
    own == value
        || own.len() <= MOST_BYTES
            && value.len() <= MOST_BYTES
            && Wildcard::new(own, case).covers(wildcard)
}

/// Whether a value may be one that a pattern stands for.
fn may_be(own: &str, value: &ConditionValue) -> bool {
    own == value.text
        || own.len() <= MOST_BYTES
            && value.text.len() <= MOST_BYTES
            && Wildcard::new(own, Case::Ignored)
                .intersects(&Wildcard::new(&value.text, Case::Ignored))
}

/// ``"`a`, `b` or `c`"``
pub(in crate::lint) fn alternatives(requirements: &[ConditionRequirement]) -> String {
    let shown: Vec<_> = requirements
        .iter()
        .map(ConditionRequirement::shown)
        .collect();
    match shown.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}
