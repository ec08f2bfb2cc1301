//! As JSON.

use super::{FileReport, TestReport, TestSummary};
use crate::{
    eval::{Layer, Verdict},
    report::{
        json,
        simulate::{JsonRequest, json_request},
    },
};
use serde::{Serialize, Serializer};
use std::collections::BTreeSet;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tests: Vec<JsonTest<'a>>,
    unreadable: Vec<JsonFile<'a>>,
    summary: &'a TestSummary,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonTest<'a> {
    file: &'a str,
    line: usize,
    name: &'a str,
    expected: &'static str,
    decision: Verdict,
    possible: &'a BTreeSet<Verdict>,
    limited_by: &'a [Layer],
    passed: bool,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    notes: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    problems: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    requests: Option<Requests<'a>>,
}

/// A file that could not be read.
#[derive(Serialize)]
struct JsonFile<'a> {
    file: &'a str,
    errors: &'a [String],
}

/// The requests of a test as simulations have them.
struct Requests<'a>(&'a TestReport);

impl Serialize for Requests<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.with_call(|call| {
            let requests: Vec<JsonRequest<'_>> = call.requests.iter().map(json_request).collect();
            requests.serialize(serializer)
        })
    }
}

pub(super) fn render(files: &[FileReport], summary: &TestSummary) -> String {
    let tests = files.iter().flat_map(|file| {
        let tests = file.ran().iter();
        tests.map(|test| json_test(&file.name, test))
    });
    let unreadable = files.iter().filter_map(|file| {
        Some(JsonFile {
            file: &file.name,
            errors: file.tests.as_ref().err()?,
        })
    });
    json::document(&Document {
        version: json::VERSION,
        tests: tests.collect(),
        unreadable: unreadable.collect(),
        summary,
    })
}

fn json_test<'a>(file: &'a str, report: &'a TestReport) -> JsonTest<'a> {
    let outcome = &report.outcome;
    JsonTest {
        file,
        line: report.line,
        name: &report.test.name,
        expected: report.test.expected().name(),
        decision: outcome.decided.verdict,
        possible: &outcome.decided.possible,
        limited_by: &outcome.limited_by,
        passed: outcome.passed(),
        notes: &report.notes,
        problems: &outcome.problems,
        requests: (!outcome.passed()).then_some(Requests(report)),
    }
}
