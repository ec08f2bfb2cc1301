//! For people.

use super::{FileReport, Painter, TestReport, TestSummary};
use crate::source::escape::printable;

pub(super) fn render(files: &[FileReport], summary: &TestSummary, painter: &Painter) -> String {
    let mut text = String::new();
    for file in files {
        text += &format!("{}\n", printable(&file.name));
        if file.tests.is_err() {
            text += "  cannot be read: none of its tests ran\n";
        }
        for test in file.ran() {
            let word = if test.outcome.passed() {
                "ok    "
            } else {
                "FAILED"
            };
            text += &format!("  {word}  {}\n", printable(&test.test.name));
        }
        text.push('\n');
    }
    for file in files {
        let failed = file.ran().iter().filter(|test| !test.outcome.passed());
        for test in failed {
            text += &failure(file, test, painter);
        }
    }
    text + &format!("{}\n", summary.text())
}

fn failure(file: &FileReport, report: &TestReport, painter: &Painter) -> String {
    let heading = format!("FAILED {}:{}: {}", file.name, report.line, report.test.name);
    let mut text = format!("{}\n", printable(&heading));
    for problem in &report.outcome.problems {
        text += &format!("  {}\n", printable(problem));
    }
    text += &format!("\n{}\n", report.trace(painter));
    text
}
