//! As XML of the form that began with `JUnit` and that CI systems read: a suite a file, a case a test.
//!
//! <https://github.com/testmoapp/junitxml>

use super::{FileReport, Painter, TestReport, TestSummary};
use crate::report::{Colour, xml::Writer};

pub(super) fn render(files: &[FileReport], summary: &TestSummary) -> String {
    let mut xml = Writer::default();
    let counts = |tests: usize, failed: usize, unreadable: usize| {
        [
            ("tests", (tests + unreadable).to_string()),
            ("failures", failed.to_string()),
            ("errors", unreadable.to_string()),
            ("skipped", "0".to_owned()),
        ]
    };
    let own = [("name", "iamsim test".to_owned())];
    let numbers = counts(summary.tests, summary.failed, summary.unreadable);
    xml.open("testsuites", own.into_iter().chain(numbers));
    for file in files {
        let failed = file.ran().iter().filter(|test| !test.outcome.passed());
        let unreadable = usize::from(file.tests.is_err());
        let numbers = counts(file.ran().len(), failed.count(), unreadable);
        let own = [("name", file.name.clone())];
        xml.open("testsuite", own.into_iter().chain(numbers));
        match &file.tests {
            Ok(tests) => {
                for test in tests {
                    case(&mut xml, file, test);
                }
            }
            Err(errors) => {
                let own = [
                    ("name", "the file can be read".to_owned()),
                    ("classname", file.name.clone()),
                    ("file", file.name.clone()),
                ];
                xml.open("testcase", own);
                let first = errors.first().cloned().unwrap_or_default();
                let own = [("message", first), ("type", "unreadable".to_owned())];
                xml.text("error", own, &errors.join("\n"));
                xml.close("testcase");
            }
        }
        xml.close("testsuite");
    }
    xml.close("testsuites");
    xml.finish()
}

fn case(xml: &mut Writer, file: &FileReport, report: &TestReport) {
    let own = [
        ("name", report.test.name.clone()),
        ("classname", file.name.clone()),
        ("file", file.name.clone()),
        ("line", report.line.to_string()),
    ];
    xml.open("testcase", own);
    if !report.outcome.passed() {
        let problems = report.outcome.problems.join("\n");
        let message = report.outcome.problems.join("; ");
        let own = [
            ("message", message),
            ("type", report.outcome.decided.verdict.name().to_owned()),
        ];
        let trace = report.trace(&Painter::new(Colour::Off));
        xml.text("failure", own, &format!("{problems}\n\n{trace}"));
    }
    xml.close("testcase");
}
