//! Answers of `iamsim simulate --batch`: one JSON line a case.

use super::{json, residual::formula_text};
use crate::{
    cases::{Case, CaseError},
    eval::{Applies, CallDecision, Decision, Fact, Layer, Origin, Verdict},
    policy::Effect,
    syntax::Text,
};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    id: Option<&'a Value>,
    decision: Verdict,
    /// All that a verdict that depends may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    possible: Option<&'a BTreeSet<Verdict>>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    unknown: BTreeSet<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    depends: Vec<Residual>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    limited_by: Vec<Layer>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    statements: Vec<Decider<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    derived: BTreeMap<&'a str, &'a [String]>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

/// What a request that depends is denied and allowed by.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Residual {
    explicit_deny_if: String,
    allowed_if: String,
    exact: bool,
}

/// A statement that applies.
#[derive(Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
struct Decider<'a> {
    layer: Layer,
    policy: usize,
    statement: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a str>,
    effect: &'static str,
}

/// The answer to a case.
pub fn answer(case: &Case, decided: &CallDecision, summary: &mut BatchSummary) -> String {
    let CallDecision {
        verdict,
        possible,
        decisions,
        ..
    } = decided;
    let verdict = *verdict;
    *summary.decisions.entry(verdict.name()).or_default() += 1;
    let limited: BTreeSet<_> = decisions
        .iter()
        .flat_map(|decision| decision.limited_by.iter().copied())
        .collect();
    let unknown = decisions.iter().flat_map(Decision::unknown);
    let answer = Answer {
        id: case.id.as_ref(),
        decision: verdict,
        possible: (possible.len() > 1).then_some(possible),
        unknown: unknown.map(|fact| fact.to_string()).collect(),
        depends: residuals(case, decisions),
        limited_by: limited.into_iter().collect(),
        statements: deciders(case, decisions, verdict),
        derived: derived(case),
        warnings: case.warnings(),
    };
    json::line(&answer)
}

fn residuals(case: &Case, decisions: &[Decision]) -> Vec<Residual> {
    let pairs = case.requests.iter().zip(decisions);
    let open = pairs.filter_map(|(request, decision)| {
        let residual = decision.residual.as_deref()?;
        let judged = super::judged_policies(&request.setting, &decision.statements);
        Some(Residual {
            explicit_deny_if: formula_text(&residual.denies, &residual.atoms, &judged, false),
            allowed_if: formula_text(&residual.allows, &residual.atoms, &judged, false),
            exact: residual.exact,
        })
    });
    open.collect()
}

/// The statements that made the verdict: those that deny, or those that allow.
fn deciders<'a>(case: &'a Case, decisions: &[Decision], verdict: Verdict) -> Vec<Decider<'a>> {
    let wanted = match verdict {
        Verdict::ExplicitDeny => Effect::Deny,
        Verdict::Allowed => Effect::Allow,
        Verdict::ImplicitDeny | Verdict::Depends => return Vec::new(),
    };
    let mut deciders = Vec::new();
    for (request, decision) in case.requests.iter().zip(decisions) {
        let policies = request.setting.policies.iter().zip(&decision.statements);
        let mut numbers: BTreeMap<Layer, usize> = BTreeMap::new();
        for (policy, results) in policies {
            let number = numbers.entry(policy.layer).or_default();
            for result in results.iter() {
                if result.effect != Some(wanted) || result.applies != Applies::Yes {
                    continue;
                }
                let sid = policy
                    .policy
                    .statements
                    .get(result.index)
                    .and_then(|statement| statement.sid.as_ref());
                let decider = Decider {
                    layer: policy.layer,
                    policy: *number,
                    statement: result.index,
                    sid: sid.map(Text::as_str),
                    effect: wanted.name(),
                };
                if !deciders.contains(&decider) {
                    deciders.push(decider);
                }
            }
            *number += 1;
        }
    }
    deciders
}

/// The keys that principal and resource determine.
fn derived(case: &Case) -> BTreeMap<&str, &[String]> {
    let first = case.requests.first();
    let facts = first.into_iter().flat_map(|one| one.request.context.iter());
    let derived = facts.filter_map(|(key, fact, origin)| match fact {
        Fact::Values(values) if origin == Origin::Derived => {
            Some((key.as_str(), values.as_slice()))
        }
        Fact::Values(_) | Fact::Absent | Fact::Like(_) | Fact::Unknown => None,
    });
    derived.collect()
}

#[derive(Serialize)]
struct WrongLine<'a> {
    id: Option<Value>,
    line: u64,
    error: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<&'a str>,
}

/// The answer to a line that is no case.
pub fn wrong_case(id: Option<Value>, line: u64, error: &CaseError) -> String {
    let policy = match error {
        CaseError::Policy(wrong) => Some(wrong.place.as_str()),
        CaseError::Principals { place, .. } | CaseError::File { place, .. } => Some(place.as_str()),
        CaseError::Form(_) | CaseError::Member { .. } | CaseError::Request(_) => None,
    };
    json::line(&WrongLine {
        id,
        line,
        error: &error.message(),
        help: error.help().as_deref(),
        policy,
    })
}

/// The answer to a line that cannot be read.
pub fn wrong_line(line: u64, error: &str) -> String {
    json::line(&WrongLine {
        id: None,
        line,
        error,
        help: None,
        policy: None,
    })
}

/// What a batch came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BatchSummary {
    /// How many cases came to each verdict.
    pub decisions: BTreeMap<&'static str, u64>,
    /// How many lines are no cases.
    pub malformed: u64,
}

impl BatchSummary {
    /// Adds another part of the same batch.
    pub fn add(&mut self, other: &Self) {
        for (name, number) in &other.decisions {
            *self.decisions.entry(name).or_default() += number;
        }
        self.malformed += other.malformed;
    }

    /// It in one line.
    pub fn text(&self) -> String {
        let total: u64 = self.decisions.values().sum::<u64>() + self.malformed;
        let total = usize::try_from(total).unwrap_or(usize::MAX);
        let mut parts: Vec<_> = self
            .decisions
            .iter()
            .map(|(name, number)| format!("{number} {name}"))
            .collect();
        if self.malformed > 0 {
            parts.push(format!("{} malformed", self.malformed));
        }
        let total = super::count(total, "case", "cases");
        if parts.is_empty() {
            return total;
        }
        format!("{total}: {}", parts.join(", "))
    }
}
