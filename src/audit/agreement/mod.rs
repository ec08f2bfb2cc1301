//! What was recorded against what is simulated: how far the rest can be trusted.

mod history;
mod reasons;
#[cfg(test)]
mod tests;

use super::{
    Counted, Example, JudgedCall, OutcomeKind, Totals, What, denied::to_blame, place::resource_name,
};
use crate::{account::Holdings, eval::Verdict, trail::Agreement};
use history::History;
use reasons::Case;
use serde::Serialize;
use std::collections::BTreeMap;

/// Compares what was recorded of all calls with what is simulated.
pub fn agreement(totals: &Totals, holdings: &Holdings) -> AgreementReport {
    let mut cells: BTreeMap<(OutcomeKind, Option<Verdict>), u64> = BTreeMap::new();
    let mut report = AgreementReport::default();
    let mut differing = Vec::new();
    for counted in &totals.records {
        let record = &counted.record;
        if matches!(record.what, What::Nothing) {
            continue;
        }
        let pair = (record.outcome.kind, record.verdict());
        *cells.entry(pair).or_default() += counted.count;
        let Some((call, verdict)) = record.call().zip(record.verdict()) else {
            continue;
        };
        match call.agreement {
            Agreement::Open => continue,
            Agreement::Agrees => report.agreeing += counted.count,
            Agreement::RecordedAllowed | Agreement::RecordedDenied => {
                differing.push((counted, call, verdict));
            }
        }
        report.comparable += counted.count;
    }
    let cells = cells.into_iter();
    report.cells = cells
        .map(|((recorded, simulated), count)| Cell {
            recorded,
            simulated,
            count,
        })
        .collect();
    if !differing.is_empty() {
        report.disagreements = disagreements(&differing, totals, holdings);
    }
    report
}

/// A record that differs, its call, and what is simulated.
type Differing<'a> = (&'a Counted, &'a JudgedCall, Verdict);

fn disagreements(
    differing: &[Differing<'_>],
    totals: &Totals,
    holdings: &Holdings,
) -> Vec<Disagreement> {
    let history = History::of(totals);
    let mut groups: BTreeMap<_, Disagreement> = BTreeMap::new();
    for (counted, call, verdict) in differing {
        // What decides is what is denied; where nothing is, it is the call itself.
        let denied = to_blame(call).into_iter().next();
        let Some(request) = denied.or_else(|| call.requests.first()) else {
            continue;
        };
        let record = &counted.record;
        let case = Case {
            record,
            call,
            request,
            verdict: *verdict,
        };
        let (reason, text) = case.reason(holdings, &history);
        let principal = record.caller.name.as_str();
        let recorded = record.outcome.kind;
        let asked = (principal, request.action.as_str(), &request.resource);
        let key = (asked, recorded, *verdict, reason, text.clone());
        let group = groups.entry(key).or_insert_with(|| Disagreement {
            principal: principal.to_owned(),
            action: request.action.clone(),
            resource: resource_name(&request.resource).to_owned(),
            recorded,
            simulated: *verdict,
            count: 0,
            reason,
            text,
            example: counted.example.clone(),
        });
        group.count += counted.count;
        if counted.example < group.example {
            group.example = counted.example.clone();
        }
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    // The order of the keys is that of names, and stays where counts are equal.
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    groups
}

/// Recorded outcomes against simulated ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AgreementReport {
    /// How many calls there are of each pair.
    pub cells: Vec<Cell>,
    /// The calls that can be compared: recorded and simulated both say allowed or denied.
    pub comparable: u64,
    /// Those of them that agree.
    pub agreeing: u64,
    /// Those that do not, in groups, the most frequent first.
    pub disagreements: Vec<Disagreement>,
}

impl AgreementReport {
    /// How many calls would be denied.
    pub fn denied(&self) -> u64 {
        self.simulated(&[Verdict::ExplicitDeny, Verdict::ImplicitDeny])
    }

    /// How many calls hang on unknown facts.
    pub fn undecided(&self) -> u64 {
        self.simulated(&[Verdict::Depends])
    }

    fn simulated(&self, verdicts: &[Verdict]) -> u64 {
        let is_so = |cell: &&Cell| cell.simulated.is_some_and(|own| verdicts.contains(&own));
        self.cells.iter().filter(is_so).map(|cell| cell.count).sum()
    }
}

/// How many calls were recorded in one way and simulated in another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cell {
    /// What was recorded.
    pub recorded: OutcomeKind,
    /// What is simulated; `None` for calls that were not judged, those of which no action is known among
    /// them.
    pub simulated: Option<Verdict>,
    /// How many calls.
    pub count: u64,
}

/// Calls that were recorded in one way and are simulated in the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Disagreement {
    /// The caller.
    pub principal: String,
    /// The action that decides.
    pub action: String,
    /// Its resource.
    pub resource: String,
    /// What was recorded.
    pub recorded: OutcomeKind,
    /// What is simulated.
    pub simulated: Verdict,
    /// How many calls.
    pub count: u64,
    /// Why that is, most likely.
    pub reason: Reason,
    /// The reason in words, with what speaks for it.
    pub text: String,
    /// One of the events.
    pub example: Example,
}

/// Why a simulated verdict is not what was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// The message of the denial names a layer whose policies were not supplied.
    LayerNotSupplied,
    /// A resource's policy, which was not supplied, may have allowed it.
    ResourcePolicyNotSupplied,
    /// The caller has policies that were not supplied.
    OtherPolicies,
    /// The same call was recorded both as allowed and as denied: a policy was changed meanwhile.
    ChangedMeanwhile,
    /// The event does not tell the whole resource, or a condition key.
    UnknownFact,
    /// The service decides about such calls with more than policies.
    ServiceRule,
    /// Nothing speaks for any of these.
    Unexplained,
}
