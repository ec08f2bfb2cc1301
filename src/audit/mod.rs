//! What recorded calls come to when policies judge them, many at once.
//!
//! The work is a map over inputs to a [`Summary`], which merges associatively and commutatively, so
//! that files, threads and machines are the same thing to it. [`Totals`] is a summary counted up, and
//! everything that is told of a trail is a function of it and of the policies: which calls would be
//! denied ([`denied`]), how far what was recorded agrees ([`agreement`]), what is broader than its
//! use ([`breadth`]), narrower policies ([`proposal`]), counts over time ([`watch`]).
//!
//! Knows nothing of files, threads or formats.

mod accounting;
mod again;
pub mod agreement;
pub mod breadth;
mod conclude;
pub mod denied;
mod filter;
mod mapper;
mod observation;
mod place;
pub mod proposal;
mod record;
mod sameness;
mod summary;
#[cfg(test)]
mod testing;
mod totals;
pub mod watch;

pub use accounting::{accounting, policies};
pub use conclude::{Proposals, Questions, Unanswerable, conclude};
pub use filter::Filter;
pub use mapper::{Captures, Mapper, instant};
pub use observation::ObservationOptions;
pub use record::{
    Applied, AppliedEffect, Caller, JudgedCall, JudgedRequest, Outcome, OutcomeKind,
    PoliciesOfCaller, Record, SignIn, What,
};
pub use summary::{
    CapturedEvent, Detail, EventId, Inputs, Limits, MakesExample, Occurrence, PART_VERSION,
    PartError, PartHead, Summary,
};
pub use totals::{Captured, Counted, Example, Instant, Totals, Window};

use serde::Serialize;

/// Where a statement stands, for reports.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StatementPlace {
    /// The policy, by its place among the documents.
    pub document: usize,
    /// The policy's name.
    pub policy: String,
    /// The statement's place in the policy, from 0.
    pub index: usize,
    /// Its `Sid`.
    pub sid: Option<String>,
    /// The line in the policy's text that it starts on, from 1.
    pub line: usize,
}

/// Everything that an audit tells. What goes into each part is complete; renderers decide nothing.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Audit {
    /// What was read, and what became of each record.
    pub accounting: Accounting,
    /// The policies that calls were judged by.
    pub policies: Vec<PolicyFacts>,
    /// The calls that would be denied, the most frequent first.
    pub denied: Vec<denied::DeniedGroup>,
    /// The calls whose verdict hangs on what nobody supplied.
    pub undecided: Vec<denied::UndecidedGroup>,
    /// Recorded outcomes against simulated ones.
    pub agreement: agreement::AgreementReport,
    /// What each policy grants against what was used.
    pub breadth: Vec<breadth::PolicyBreadth>,
    /// The policies narrowed to what was used, where that was asked for.
    pub proposals: Vec<proposal::Proposal>,
    /// Counts over time, where that was asked for.
    pub series: Option<watch::Series>,
    /// Alarms, where there are expressions.
    pub alarms: Vec<watch::AlarmResult>,
    /// Unusual rates of calls and errors.
    pub rates: Vec<watch::UnusualRate>,
    /// Why nothing can be said of rates, where nothing can.
    pub rates_not_judged: Option<String>,
}

/// A policy that calls were judged by.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyFacts {
    /// Its place among the documents.
    pub document: usize,
    /// Its name in reports.
    pub name: String,
    /// The file that its text is from.
    pub file: String,
    /// Its ARN, for managed policies.
    pub arn: Option<String>,
    /// What kind of policy it is.
    pub layer: crate::eval::Layer,
    /// The principals that hold it; `None` where it was given for everybody.
    pub holders: Option<Vec<String>>,
    /// The policy as it was read, for links from findings to statements.
    pub text: String,
}

/// What was read, and what became of each record: nothing is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Accounting {
    /// The files (or other inputs) that were read, those with faults among them.
    pub files: u64,
    /// Files that were something else than events and were passed over, by kind, such as `digest`.
    pub passed_over: Vec<PassedOver>,
    /// The records that were read, copies among them. The sum of all counts below.
    pub records: u64,
    /// Records left out because of the filters.
    pub filtered: u64,
    /// Copies of records that were counted already.
    pub copies: u64,
    /// Calls that policies were put to.
    pub evaluated: u64,
    /// Calls whose caller's policies are not known.
    pub without_policies: u64,
    /// Calls of services and of nobody in particular, to whom identity policies do not apply, and of
    /// which no policy that was given decides.
    pub by_others: u64,
    /// Calls that need no permission.
    pub no_permission_needed: u64,
    /// Calls of which no action is known.
    pub unmapped: u64,
    /// Records that are no API call, by class.
    pub not_calls: Vec<ClassCount>,
    /// Events that could not be read.
    pub malformed: u64,
    /// What could not be read, the first of them; `problems_left_out` more are counted only.
    pub problems: Vec<Problem>,
    /// How many problems are not listed.
    pub problems_left_out: u64,
    /// The calls of which no action is known, by name, the most frequent first.
    pub unmapped_calls: Vec<UnmappedCall>,
    /// The time that the records span; `None` where no record has a time.
    pub window: Option<Window>,
    /// On how many days, in UTC, there are records.
    pub days_with_records: u64,
    /// The accounts whose trails these are.
    pub accounts: Vec<String>,
    /// The regions that were called.
    pub regions: Vec<String>,
    /// Whether data events were recorded, by event source.
    pub data_event_sources: Vec<String>,
    /// What was folded, as there was too much of it to be told apart; empty for most trails.
    pub folded: Vec<String>,
}

/// Files that were something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PassedOver {
    /// What they are, such as `digest`.
    pub kind: String,
    /// How many there were.
    pub files: u64,
    /// One of them.
    pub example: String,
}

/// Records of a class that no policy decides about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClassCount {
    /// The class, such as `console-sign-in`.
    pub class: crate::trail::Class,
    /// How many there were.
    pub count: u64,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// The file.
    pub file: String,
    /// The byte in it (unpacked) that the problem is at, where it is at one.
    pub offset: Option<u64>,
    /// The line, from 1, where it is at one.
    pub line: Option<u64>,
    /// What is wrong.
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.file.is_empty() {
            f.write_str(&self.file)?;
            if let Some(line) = self.line {
                write!(f, ":{line}")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.message)
    }
}

/// A call of which no action is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UnmappedCall {
    /// The event source and name, `cloudhsm.amazonaws.com:ListLunaClients`.
    pub call: String,
    /// Why no action is known.
    pub reason: String,
    /// How many there were.
    pub count: u64,
}
