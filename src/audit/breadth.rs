//! What policies grant against what was used: which permissions are broader than anything ever used.

use super::{Instant, StatementPlace};
use serde::Serialize;

/// What one policy grants, and what of it was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyBreadth {
    /// The policy, by its place among the documents.
    pub document: usize,
    /// Its name.
    pub policy: String,
    /// How many calls its `Allow` statements allowed.
    pub used: u64,
    /// When the last of them was made.
    pub last: Option<Instant>,
    /// What it grants of each service, by prefix.
    pub services: Vec<ServiceBreadth>,
    /// Its statements.
    pub statements: Vec<StatementBreadth>,
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
    /// How many calls it allowed.
    pub used: u64,
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
    /// How many calls it allowed.
    pub calls: u64,
    /// When the last of them was made.
    pub last: Option<Instant>,
    /// How many distinct actions or resources were used of it.
    pub distinct: u64,
    /// What was used, the most used first, the first 20 of them.
    pub used: Vec<Used>,
}

/// An action or a resource that was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Used {
    /// Its name or ARN.
    pub name: String,
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
    /// It was used, and it grants more than was used.
    TooWide,
    /// It was never used, and the trail would have shown it.
    Unused,
    /// It was not seen, and the trail could not have shown it. Why not, in words.
    NotObservable(Vec<String>),
}
pub struct BreadthOptions {
    pub minimum_window: u32,
    pub left_out: Vec<String>,
}
pub fn breadth(
    _: &super::Totals,
    _: &crate::account::Holdings,
    _: &BreadthOptions,
) -> Vec<PolicyBreadth> {
    Vec::new()
}
