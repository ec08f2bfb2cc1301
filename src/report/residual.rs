//! What a verdict depends on, in words: which elements of which statements, and what each outcome
//! would be.

use super::{JudgedPolicy, simulate::JudgedRequest, simulate::words};
use crate::{
    eval::{
        Atom, Claim, Formula, Naming, Outcome, Residual, StatementPart, UnknownPolicies, Value,
        Verdict,
    },
    policy::{Comparison, ConditionTest, Quantifier, Statement},
    source::escape::printable,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The most characters of a condition that are shown; JSON has all.
const MOST_CHARACTERS: usize = 600;

/// Lines for people: what comes of it, and when.
pub(super) fn outcomes(judged: &JudgedRequest<'_>) -> String {
    let Some(residual) = &judged.decision.residual else {
        return String::new();
    };
    let possible = &judged.decision.possible;
    let mut text = String::new();
    let mut line = |verdict: Verdict, condition: Option<&Formula>| {
        let otherwise = if text.is_empty() { "" } else { "else " };
        let mut said = format!("{otherwise}{}", words(verdict));
        if let Some(formula) = condition.filter(|formula| !formula.is_true()) {
            let condition = cut(&formula_text(
                formula,
                &residual.atoms,
                judged.policies,
                false,
            ));
            said += &format!(" if {condition}");
        }
        if let Some(outcome) = example(residual, verdict) {
            said += &format!("; as where {outcome}");
        }
        text += &format!("  {}\n", printable(&said));
    };
    let denies = possible.contains(&Verdict::ExplicitDeny);
    if denies {
        line(Verdict::ExplicitDeny, Some(&residual.denies));
    }
    if possible.contains(&Verdict::Allowed) {
        line(Verdict::Allowed, Some(&residual.allows));
    }
    if possible.contains(&Verdict::ImplicitDeny) {
        line(Verdict::ImplicitDeny, None);
    }
    if !residual.exact {
        text += "  not every combination of these facts was tried: one of the verdicts may be out \
                 of reach\n";
    }
    text + "\n"
}

fn cut(text: &str) -> String {
    if text.chars().count() <= MOST_CHARACTERS {
        return text.to_owned();
    }
    let start: String = text.chars().take(MOST_CHARACTERS).collect();
    format!("{start}…")
}

/// Facts that lead to a verdict, in words.
fn example(residual: &Residual, verdict: Verdict) -> Option<String> {
    let outcome = residual
        .outcomes
        .iter()
        .find(|outcome| outcome.verdict == verdict)?;
    let facts: Vec<_> = outcome
        .example
        .iter()
        .filter_map(|(fact, value)| match value {
            Value::Absent => Some(format!("the request has no `{fact}`")),
            Value::Values(values) => Some(format!("`{fact}` is `{}`", values.join("`, `"))),
            Value::Text(text) => Some(format!("{fact} is `{text}`")),
            Value::Layer(UnknownPolicies { exist: false, .. }) => {
                Some(format!("there are no {fact}"))
            }
            Value::Layer(policies) => Some(format!("the {fact} {}", policies_text(*policies))),
            Value::Anything => None,
        })
        .collect();
    (!facts.is_empty()).then(|| facts.join(" and "))
}

/// A formula in words.
pub(super) fn formula_text(
    formula: &Formula,
    atoms: &[Atom],
    policies: &[JudgedPolicy<'_>],
    is_inner: bool,
) -> String {
    let join = |parts: &[Formula], word: &str| {
        let mut said = BTreeSet::new();
        let parts: Vec<_> = parts
            .iter()
            .map(|part| formula_text(part, atoms, policies, true))
            .filter(|part| said.insert(part.clone()))
            .collect();
        match parts.as_slice() {
            [only] => only.clone(),
            _ if is_inner => format!("({})", parts.join(word)),
            _ => parts.join(word),
        }
    };
    match formula {
        Formula::Is(true) => "always".to_owned(),
        Formula::Is(false) => "never".to_owned(),
        Formula::Atom(atom) => atoms
            .get(*atom)
            .map_or_else(String::new, |atom| claim_text(&atom.claim, policies)),
        Formula::Not(part) => format!("not {}", formula_text(part, atoms, policies, true)),
        Formula::All(parts) => join(parts, " and "),
        Formula::Any(parts) => join(parts, " or "),
    }
}

fn claim_text(claim: &Claim, policies: &[JudgedPolicy<'_>]) -> String {
    let statement = |policy: &usize, statement: &usize| -> Option<&Statement> {
        policies.get(*policy)?.policy.statements.get(*statement)
    };
    match claim {
        Claim::Matches {
            policy,
            statement: place,
            part,
        } => match statement(policy, place) {
            Some(statement) => part_text(statement, *part),
            None => String::new(),
        },
        Claim::Names {
            policy,
            statement: place,
            naming,
        } => {
            let title = statement(policy, place).map_or_else(String::new, Statement::title);
            let by = match naming {
                Naming::Direct => "the caller itself",
                Naming::Role => "the caller's role or user",
                Naming::Account => "the caller's account",
            };
            format!("{title} names {by}")
        }
        Claim::Allows(layer) => format!("the {} allow it", layer.title()),
        Claim::Denies(layer) => format!("the {} deny it", layer.title()),
    }
}

fn part_text(statement: &Statement, part: StatementPart) -> String {
    match part {
        StatementPart::Action => format!("{} covers the action", statement.title()),
        StatementPart::Principal => format!("{} names the caller", statement.title()),
        StatementPart::Resource => {
            let (element, verb) = match (&statement.resource, &statement.not_resource) {
                (Some(element), _) => (element, "matches"),
                (None, Some(element)) => (element, "does not match"),
                (None, None) => return String::new(),
            };
            let entries: Vec<_> = element
                .entries
                .iter()
                .map(|entry| format!("`{}`", entry.text.as_str()))
                .collect();
            format!("the resource {verb} {}", entries.join(" or "))
        }
        StatementPart::Condition(place) => {
            let mut tests = statement.condition.iter().flat_map(|c| &c.tests);
            tests.nth(place).map_or_else(String::new, test_text)
        }
    }
}

/// A test of a condition in words: `` `aws:SourceIp` is in `10.0.0.0/8` ``.
fn test_text(test: &ConditionTest) -> String {
    let key = test.key.as_str();
    let values: Vec<_> = test
        .values
        .iter()
        .map(|value| format!("`{}`", value.text))
        .collect();
    let list = if values.is_empty() {
        "nothing".to_owned()
    } else {
        values.join(" or ")
    };
    let comparison = match test.operator.comparison {
        Comparison::StringEquals
        | Comparison::NumericEquals
        | Comparison::DateEquals
        | Comparison::Bool
        | Comparison::BinaryEquals => "is",
        Comparison::StringNotEquals | Comparison::NumericNotEquals | Comparison::DateNotEquals => {
            "is not"
        }
        Comparison::StringEqualsIgnoreCase => "is, in any letter case,",
        Comparison::StringNotEqualsIgnoreCase => "is not, in any letter case,",
        Comparison::StringLike | Comparison::ArnEquals | Comparison::ArnLike => "is like",
        Comparison::StringNotLike | Comparison::ArnNotEquals | Comparison::ArnNotLike => {
            "is not like"
        }
        Comparison::NumericLessThan => "is less than",
        Comparison::NumericLessThanEquals => "is at most",
        Comparison::NumericGreaterThan => "is greater than",
        Comparison::NumericGreaterThanEquals => "is at least",
        Comparison::DateLessThan => "is before",
        Comparison::DateLessThanEquals => "is not after",
        Comparison::DateGreaterThan => "is after",
        Comparison::DateGreaterThanEquals => "is not before",
        Comparison::IpAddress => "is in",
        Comparison::NotIpAddress => "is not in",
        Comparison::Null => return null_text(test),
    };
    let subject = match test.operator.quantifier {
        Some(Quantifier::ForAllValues) => format!("each value of `{key}`"),
        Some(Quantifier::ForAnyValue) => format!("some value of `{key}`"),
        None => format!("`{key}`"),
    };
    let absent = if test.operator.if_exists {
        " or absent"
    } else {
        ""
    };
    format!("{subject} {comparison} {list}{absent}")
}

fn null_text(test: &ConditionTest) -> String {
    let has = |word: &str| {
        let mut values = test.values.iter();
        values.any(|value| value.text.eq_ignore_ascii_case(word))
    };
    let key = test.key.as_str();
    if has("true") {
        format!("the request has no `{key}`")
    } else {
        format!("the request has `{key}`")
    }
}

/// What a verdict depends on, in JSON.
#[derive(Serialize)]
pub(super) struct JsonResidual {
    denies: String,
    allows: String,
    exact: bool,
    outcomes: Vec<JsonOutcome>,
}

#[derive(Serialize)]
struct JsonOutcome {
    decision: Verdict,
    example: BTreeMap<String, JsonValue>,
}

/// A value that a fact may have.
#[derive(Serialize)]
#[serde(untagged)]
enum JsonValue {
    Values(Vec<String>),
    Text(String),
    Absent(()),
}

pub(super) fn json_residual(judged: &JudgedRequest<'_>) -> Option<JsonResidual> {
    let residual = judged.decision.residual.as_deref()?;
    let text = |formula: &Formula| formula_text(formula, &residual.atoms, judged.policies, false);
    Some(JsonResidual {
        denies: text(&residual.denies),
        allows: text(&residual.allows),
        exact: residual.exact,
        outcomes: residual.outcomes.iter().map(json_outcome).collect(),
    })
}

fn json_outcome(outcome: &Outcome) -> JsonOutcome {
    let value = |value: &Value| match value {
        Value::Absent => JsonValue::Absent(()),
        Value::Values(values) => JsonValue::Values(values.clone()),
        Value::Text(text) => JsonValue::Text(text.clone()),
        Value::Layer(policies) => JsonValue::Text(policies_text(*policies).to_owned()),
        Value::Anything => JsonValue::Text("unknown".to_owned()),
    };
    let facts = outcome.example.iter();
    JsonOutcome {
        decision: outcome.verdict,
        example: facts
            .map(|(fact, own)| (fact.to_string(), value(own)))
            .collect(),
    }
}

fn policies_text(policies: UnknownPolicies) -> &'static str {
    match policies {
        UnknownPolicies { exist: false, .. } => "none",
        UnknownPolicies { deny: true, .. } => "deny it",
        UnknownPolicies { allow: true, .. } => "allow it",
        UnknownPolicies { .. } => "say nothing of it",
    }
}
