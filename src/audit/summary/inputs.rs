//! What was read, beside the events themselves.

use super::Detail;
use crate::audit::Problem;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Inputs {
    /// The files that were read.
    pub files: u64,
    /// Files that are something else, by kind: how many, and the first of them.
    pub passed_over: BTreeMap<String, (u64, String)>,
    /// The records that were read, those that are left out among them, but not what could not be read.
    pub records: u64,
    /// Records that filters left out, those by time aside.
    pub filtered: u64,
    /// Records that were made before or after the time that was asked for.
    pub outside_time: u64,
    /// Events that could not be read.
    pub malformed: u64,
    /// What could not be read, the first of them.
    pub problems: BTreeSet<Problem>,
    /// How many problems there were.
    pub problems_in_all: u64,
    /// Records that were copies of others; known once they are counted up.
    #[serde(skip)]
    pub copies: u64,
    /// How finely they were told apart.
    #[serde(skip)]
    pub detail: Detail,
}

impl Inputs {
    /// Notes a file that is something else than events.
    pub fn pass_over(&mut self, kind: &str, file: &str) {
        self.add_passed_over(kind.to_owned(), 1, file.to_owned());
    }

    fn add_passed_over(&mut self, kind: String, files: u64, example: String) {
        match self.passed_over.get_mut(&kind) {
            Some((own, first)) => {
                *own += files;
                if example < *first {
                    *first = example;
                }
            }
            None => {
                self.passed_over.insert(kind, (files, example));
            }
        }
    }

    /// Notes what could not be read, and keeps the first `limit` of all.
    pub fn add_problem(&mut self, problem: Problem, limit: usize) {
        self.problems_in_all += 1;
        self.problems.insert(problem);
        self.shorten(limit);
    }

    fn shorten(&mut self, limit: usize) {
        while self.problems.len() > limit {
            self.problems.pop_last();
        }
    }

    pub(super) fn merge(&mut self, other: Self, limit: usize) {
        self.files += other.files;
        for (kind, (files, example)) in other.passed_over {
            self.add_passed_over(kind, files, example);
        }
        self.records += other.records;
        self.filtered += other.filtered;
        self.outside_time += other.outside_time;
        self.malformed += other.malformed;
        self.problems.extend(other.problems);
        self.problems_in_all += other.problems_in_all;
        self.shorten(limit);
    }
}
