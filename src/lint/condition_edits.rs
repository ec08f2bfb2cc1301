//! Edits that add tests to a condition.

use super::edits;
use crate::{
    policy::{ConditionElement, Operator},
    source::{Edit, Source, Span},
};
use std::collections::BTreeMap;

/// Adds tests, each an operator, a key and its one value: to the operator where the condition has it,
/// else with the operator before the others. `None` where the condition has no test yet.
pub(super) fn add_tests(
    source: &Source,
    condition: &ConditionElement,
    tests: &[(&str, &str, &str)],
) -> Option<Vec<Edit>> {
    let start = condition.tests.first()?.operator_text.quoted_span().start;
    let mut added: BTreeMap<usize, String> = BTreeMap::new();
    for (operator, key, value) in tests {
        let wanted = Operator::parse(operator)?;
        let there = condition.tests.iter().find(|test| test.operator == wanted);
        let (place, text) = match there {
            Some(test) => (
                test.key.quoted_span().start,
                format!(r#""{key}": "{value}""#),
            ),
            None => (start, format!(r#""{operator}": {{"{key}": "{value}"}}"#)),
        };
        let before = source.text().get(..place)?;
        // What separates the place from what stands before it will do behind the new text as well.
        let gap = before.get(before.trim_end().len()..)?;
        let gap = if gap.is_empty() { " " } else { gap };
        let own = added.entry(place).or_default();
        own.push_str(&text);
        own.push(',');
        own.push_str(gap);
    }
    let edit = |(place, text)| edits::replace(Span::new(place, place), text);
    Some(added.into_iter().map(edit).collect())
}
