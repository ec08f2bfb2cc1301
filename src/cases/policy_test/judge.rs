//! What comes of a test.

use super::{Expected, PolicyTest};
use crate::{
    cases::{CaseRequest, decide_all},
    eval::{Applies, CallDecision, Decision, Layer, Verdict},
    policy::Effect,
};
use std::collections::BTreeSet;

/// What came of a test.
#[derive(Debug)]
pub struct TestOutcome {
    /// What comes of the call.
    pub decided: CallDecision,
    /// The layers that keep it from being allowed.
    pub limited_by: Vec<Layer>,
    /// Each way in which it is not as expected; none where the test passed.
    pub problems: Vec<String>,
}

impl TestOutcome {
    /// Whether everything is as expected.
    pub fn passed(&self) -> bool {
        self.problems.is_empty()
    }
}

impl PolicyTest {
    /// What should come of the call.
    pub fn expected(&self) -> Expected {
        self.expectation.expect
    }

    /// Judges the call, and compares what comes of it with what should.
    pub fn run(&self) -> TestOutcome {
        let decided = decide_all(&self.requests);
        let limits: BTreeSet<_> = decided
            .decisions
            .iter()
            .filter(|decision| decision.verdict != Verdict::Allowed)
            .flat_map(|decision| decision.limited_by.iter().copied())
            .collect();
        let mut problems = Vec::new();
        problems.extend(self.other_verdict(&decided));
        if let Some(wanted) = &self.expectation.possible {
            let wanted: BTreeSet<Verdict> = wanted.iter().copied().map(Verdict::from).collect();
            if wanted != decided.possible {
                problems.push(format!(
                    "expected that it may be {}; it may be {}",
                    verdicts(&wanted),
                    verdicts(&decided.possible)
                ));
            }
        }
        if let Some(wanted) = &self.expectation.limited_by {
            let wanted: BTreeSet<_> = wanted.iter().copied().collect();
            if wanted != limits {
                problems.push(format!(
                    "expected that it is limited by {}; it is limited by {}",
                    layers(&wanted),
                    layers(&limits)
                ));
            }
        }
        if !self.expectation.statements.is_empty() {
            problems.extend(self.missing_statements(&decided));
        }
        TestOutcome {
            decided,
            limited_by: limits.into_iter().collect(),
            problems,
        }
    }

    fn other_verdict(&self, decided: &CallDecision) -> Option<String> {
        let expected = self.expectation.expect;
        let as_expected = match expected {
            Expected::Allowed => decided.verdict == Verdict::Allowed,
            // It may be open which of the two it is.
            Expected::Denied => !decided.possible.contains(&Verdict::Allowed),
            Expected::ExplicitDeny => decided.verdict == Verdict::ExplicitDeny,
            Expected::ImplicitDeny => decided.verdict == Verdict::ImplicitDeny,
            Expected::Depends => decided.verdict == Verdict::Depends,
        };
        if as_expected {
            return None;
        }
        let mut text = format!(
            "expected `{}`, got `{}`",
            expected.name(),
            decided.verdict.name()
        );
        if decided.verdict == Verdict::Depends {
            text += &format!(" ({})", verdicts(&decided.possible));
        }
        Some(text)
    }

    /// One problem for each statement that should decide and does not.
    fn missing_statements(&self, decided: &CallDecision) -> Vec<String> {
        let all = || self.requests.iter().zip(&decided.decisions);
        let deciding: BTreeSet<_> = all()
            .filter(|(_, decision)| {
                decided.verdict == Verdict::Allowed || decision.verdict != Verdict::Allowed
            })
            .flat_map(|(request, decision)| deciding_sids(request, decision))
            .collect();
        let known: BTreeSet<_> = all().flat_map(|(request, _)| sids(request)).collect();
        let wanted = self.expectation.statements.iter();
        let missing = wanted.filter(|sid| !deciding.contains(sid.as_str()));
        missing
            .map(|sid| {
                let instead = if known.contains(sid.as_str()) {
                    match deciding.len() {
                        0 => "no statement with a `Sid` does".to_owned(),
                        1 => format!("{} does", list(deciding.iter())),
                        _ => format!("{} do", list(deciding.iter())),
                    }
                } else {
                    "no policy has such a statement".to_owned()
                };
                format!("expected that the statement `{sid}` decides; {instead}")
            })
            .collect()
    }
}

/// The `Sid`s of all statements that a request is judged by.
fn sids(request: &CaseRequest) -> impl Iterator<Item = &str> {
    let policies = request.setting.policies.iter();
    let statements = policies.flat_map(|own| &own.policy.statements);
    statements.filter_map(|statement| Some(statement.sid.as_ref()?.as_str()))
}

/// The `Sid`s of the statements that decide a request.
fn deciding_sids<'a>(request: &'a CaseRequest, decision: &'a Decision) -> Vec<&'a str> {
    let mut found = Vec::new();
    let policies = request.setting.policies.iter().zip(&decision.statements);
    for (own, results) in policies {
        for result in results.iter() {
            let Some(statement) = own.policy.statements.get(result.index) else {
                continue;
            };
            let applies = result.applies == Applies::Yes;
            let decides = match decision.verdict {
                Verdict::Allowed => applies && statement.has_effect(Effect::Allow),
                Verdict::ExplicitDeny => applies && statement.has_effect(Effect::Deny),
                Verdict::ImplicitDeny => false,
                Verdict::Depends => applies || matches!(result.applies, Applies::Depends(_)),
            };
            if decides {
                found.extend(statement.sid.as_ref().map(crate::syntax::Text::as_str));
            }
        }
    }
    found
}

fn verdicts(verdicts: &BTreeSet<Verdict>) -> String {
    list(verdicts.iter().map(|verdict| verdict.name()))
}

fn layers(layers: &BTreeSet<Layer>) -> String {
    if layers.is_empty() {
        return "nothing".to_owned();
    }
    list(layers.iter().map(|layer| layer.name()))
}

/// `a`, `b`, each in backticks.
fn list(names: impl Iterator<Item = impl std::fmt::Display>) -> String {
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
