//! Reports of `iamsim test`.

mod full;
mod json;
mod junit;

use super::{Painter, judged_policies, simulate};
use crate::{
    cases::policy_test::{PolicyTest, TestOutcome},
    eval::trace,
};
use serde::Serialize;

/// How a report of tests is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestFormat {
    /// For people: a line a test, and of each failure what made the verdict.
    Full,
    /// One JSON document.
    Json,
    /// XML of the form that CI systems read.
    Junit,
}

/// A file of tests and what came of it.
#[derive(Debug)]
pub struct FileReport {
    /// What reports call it.
    pub name: String,
    /// Its tests that ran, or what is wrong with it, a line each.
    pub tests: Result<Vec<TestReport>, Vec<String>>,
}

/// A test that ran.
#[derive(Debug)]
pub struct TestReport {
    /// The line of its name in the file.
    pub line: usize,
    /// The test.
    pub test: PolicyTest,
    /// What came of it.
    pub outcome: TestOutcome,
    /// What should be known of its requests.
    pub notes: Vec<String>,
}

/// How many tests there were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TestSummary {
    /// How many ran.
    pub tests: usize,
    /// How many of them passed.
    pub passed: usize,
    /// How many of them failed.
    pub failed: usize,
    /// How many did not run as their names were not asked for.
    pub filtered_out: usize,
    /// How many files could not be read.
    pub unreadable: usize,
}

impl TestSummary {
    /// Counts.
    pub fn new(files: &[FileReport], filtered_out: usize, unreadable: usize) -> Self {
        let ran = || files.iter().flat_map(FileReport::ran);
        let passed = ran().filter(|test| test.outcome.passed()).count();
        Self {
            tests: ran().count(),
            passed,
            failed: ran().count() - passed,
            filtered_out,
            unreadable,
        }
    }

    /// One line for people, without its line break.
    pub fn text(&self) -> String {
        let mut text = format!(
            "{}: {} passed, {} failed",
            super::count(self.tests, "test", "tests"),
            self.passed,
            self.failed
        );
        if self.filtered_out > 0 {
            text += &format!(", {} filtered out", self.filtered_out);
        }
        if self.unreadable > 0 {
            let files = super::count(self.unreadable, "file", "files");
            text += &format!("; {files} could not be read");
        }
        text
    }
}

impl FileReport {
    /// The tests that ran.
    pub fn ran(&self) -> &[TestReport] {
        self.tests.as_deref().unwrap_or_default()
    }
}

impl TestReport {
    /// Hands over the call as reports of simulations have it.
    fn with_call<T>(&self, then: impl FnOnce(&simulate::SimulatedCall<'_>) -> T) -> T {
        let decisions = &self.outcome.decided.decisions;
        let pairs = || self.test.requests.iter().zip(decisions);
        let requests = self.test.requests.iter();
        let traces: Vec<_> = requests
            .map(|one| trace(&one.setting.setting, &one.request))
            .collect();
        let policies: Vec<_> = pairs()
            .zip(&traces)
            .map(|((request, _), trace)| judged_policies(&request.setting, trace))
            .collect();
        let judged: Vec<_> = pairs()
            .zip(&policies)
            .map(|((request, decision), policies)| simulate::JudgedRequest {
                request: &request.request,
                decision,
                setting: &request.setting.setting,
                policies,
            })
            .collect();
        then(&simulate::SimulatedCall {
            decision: &self.outcome.decided,
            requests: &judged,
            notes: &self.notes,
            trace: true,
        })
    }

    /// The report of a simulation of the call, with every statement.
    fn trace(&self, painter: &Painter) -> String {
        self.with_call(|call| simulate::render(super::Format::Full, call, painter))
    }
}

/// Renders what came of all files.
pub fn render(
    format: TestFormat,
    files: &[FileReport],
    summary: &TestSummary,
    painter: &Painter,
) -> String {
    match format {
        TestFormat::Full => full::render(files, summary, painter),
        TestFormat::Json => json::render(files, summary),
        TestFormat::Junit => junit::render(files, summary),
    }
}
