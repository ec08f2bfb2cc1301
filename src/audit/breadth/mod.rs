//! What policies grant against what was used: which permissions are broader than anything ever used.
//!
//! A use is a call that was not refused, by a principal that holds the policy, whose request a statement
//! applies to. What no record could show is never told as unused: `src/audit/observation.rs` knows what could.

mod action_entry;
mod class;
mod holders;
mod policy;
mod resource_entry;
mod services;
#[cfg(test)]
mod tests;
mod uses;

use super::{Instant, ObservationOptions, StatementPlace, Totals, observation::Observations};
use crate::{
    account::Holdings,
    eval::Layer,
    policy::{Effect, Policy},
};
use holders::Callers;
use policy::PolicyReader;
use serde::Serialize;
use uses::Uses;

/// How many distinct resources a pattern with wildcards may have been used for to be called too wide:
/// more are no list that anybody keeps by hand.
const FEW_RESOURCES: u64 = 10;

/// How many of the names that were used are listed.
const LISTED: usize = 20;

/// What each policy grants by `Allow` statements against what was used of it, in the order of the
/// documents: policies of identities, and of resources other than roles.
pub fn breadth(
    totals: &Totals,
    holdings: &Holdings,
    options: &ObservationOptions,
) -> Vec<PolicyBreadth> {
    let observations = Observations::new(totals, holdings, options);
    let callers = Callers::of(totals);
    let uses = Uses::of(totals, holdings);
    let mut policies = Vec::new();
    for (id, document) in holdings.ids().zip(holdings.documents()) {
        if !matches!(document.layer, Layer::Identity | Layer::Resource)
            || !has_allow(&document.policy)
        {
            continue;
        }
        let own = uses.of_policy(id.place());
        let Some(standing) = callers.standing(holdings, id, own) else {
            continue;
        };
        let observation = observations.of(id);
        let reader = PolicyReader::new(document, id.place(), own, &observation, &standing);
        policies.push(reader.read());
    }
    policies
}

fn has_allow(policy: &Policy) -> bool {
    let mut statements = policy.statements.iter();
    statements.any(|statement| statement.has_effect(Effect::Allow))
}

/// What one policy grants, and what of it was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyBreadth {
    /// The policy, by its place among the documents.
    pub document: usize,
    /// Its name.
    pub policy: String,
    /// How many calls its `Allow` statements allowed, those among them that they may have allowed.
    pub used: u64,
    /// How many of them it only may have allowed: not all facts are recorded.
    pub uncertain: u64,
    /// When the last of them was made.
    pub last: Option<Instant>,
    /// What it grants of each service, by prefix.
    pub services: Vec<ServiceBreadth>,
    /// Its statements that allow.
    pub statements: Vec<StatementBreadth>,
    /// What should be known of it, in words: that no holder made any call, that calls have no known
    /// action.
    pub notes: Vec<String>,
}

/// What a policy grants of a service, and what of it was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceBreadth {
    /// The prefix, `s3`.
    pub service: String,
    /// How many actions are granted.
    pub granted: u64,
    /// How many of them were used.
    pub used: u64,
    /// How many of them the trail could have shown.
    pub observable: u64,
    /// When the last of them was used.
    pub last: Option<Instant>,
    /// Whether it was used.
    pub class: UseClass,
}

/// What a statement grants, and what of it was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StatementBreadth {
    /// Where it stands.
    pub place: StatementPlace,
    /// How many calls it allowed, those among them that it may have allowed.
    pub used: u64,
    /// How many of them it only may have allowed: not all facts are recorded.
    pub uncertain: u64,
    /// When the last of them was made.
    pub last: Option<Instant>,
    /// Whether it was used.
    pub class: UseClass,
    /// The entries of `Action`. With `NotAction`, one entry stands for all that it leaves.
    pub actions: Vec<PatternBreadth>,
    /// The entries of `Resource`. With `NotResource`, one entry stands for all that it leaves.
    pub resources: Vec<PatternBreadth>,
}

/// What one pattern of a statement grants, and what of it was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PatternBreadth {
    /// The pattern as it is written.
    pub pattern: String,
    /// The line that it stands on, from 1.
    pub line: usize,
    /// The column that it starts at, from 1.
    pub column: usize,
    /// How many actions it grants; `None` for patterns of resources, which may grant any number.
    pub granted: Option<u64>,
    /// Whether it was used.
    pub class: UseClass,
    /// How many calls it allowed, those among them that it may have allowed.
    pub calls: u64,
    /// How many of them it only may have allowed: not all facts are recorded.
    pub uncertain: u64,
    /// How many actions that it grants were not seen, and could not have been.
    pub not_observable: u64,
    /// When the last of them was made.
    pub last: Option<Instant>,
    /// How many distinct actions or resources were used of it. Resources of which only a part is known
    /// do not count.
    pub distinct: u64,
    /// What was used, the most used first, the first 20 of them.
    pub used: Vec<Used>,
}

/// An action or a resource that was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Used {
    /// Its name or ARN; `*` for calls that name no resource, `unknown` where nothing tells it.
    pub name: String,
    /// Whether it is an ARN of which only a part is known: `*` and `?` in it stand for the rest.
    pub partly_known: bool,
    /// How many calls.
    pub count: u64,
    /// When the last was made.
    pub last: Option<Instant>,
}

/// Whether something that is granted was used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase", tag = "class", content = "reasons")]
pub enum UseClass {
    /// It was used, and it is no broader than what was used.
    Used,
    /// It was used, and it grants more than was used, which the trail would have shown.
    TooWide,
    /// It was never used, and the trail would have shown it.
    Unused,
    /// It was not seen, and the trail could not have shown all of it. Why not, in words.
    NotObservable(Vec<String>),
}
