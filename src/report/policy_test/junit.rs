//! As XML of the form that began with `JUnit` and that CI systems read: a suite a file, a case a test.
//!
//! <https://github.com/testmoapp/junitxml>

use super::{FileReport, Painter, TestReport, TestSummary};
use crate::{report::Colour, source::escape::printable};
use std::fmt::Write as _;

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
    xml.text
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

/// Writes XML, indented.
#[derive(Default)]
struct Writer {
    text: String,
    depth: usize,
}

type Attribute = (&'static str, String);

impl Writer {
    fn open(&mut self, name: &str, attributes: impl IntoIterator<Item = Attribute>) {
        self.start(name, attributes);
        self.text += ">\n";
        self.depth += 1;
    }

    fn close(&mut self, name: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.indent();
        self.text += &format!("</{name}>\n");
    }

    /// An element that has text only.
    fn text(&mut self, name: &str, attributes: impl IntoIterator<Item = Attribute>, text: &str) {
        self.start(name, attributes);
        let lines: Vec<_> = text.trim_end().split('\n').map(escaped).collect();
        self.text += &format!(">{}</{name}>\n", lines.join("\n"));
    }

    fn start(&mut self, name: &str, attributes: impl IntoIterator<Item = Attribute>) {
        if self.text.is_empty() {
            self.text += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
        }
        self.indent();
        self.text += &format!("<{name}");
        for (key, value) in attributes {
            // Writing to a string cannot fail.
            let _ = write!(self.text, " {key}=\"{}\"", escaped(&value));
        }
    }

    fn indent(&mut self) {
        self.text += &"  ".repeat(self.depth);
    }
}

/// A line of text as it may stand in XML 1.0, in a text as well as in an attribute: control characters are
/// shown as they are on a terminal, as no escape of XML may stand for them.
fn escaped(line: &str) -> String {
    let mut safe = String::with_capacity(line.len());
    for character in printable(line).chars() {
        match character {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            '\'' => safe += "&apos;",
            // Characters that XML does not have.
            '\u{fffe}' | '\u{ffff}' => safe.push(char::REPLACEMENT_CHARACTER),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_markup_or_a_character_that_xml_forbids() {
        assert_eq!(
            escaped("a<b>&\"'c]]>\u{1b}[31m\0\u{ffff}\u{fffe}é"),
            "a&lt;b&gt;&amp;&quot;&apos;c]]&gt;\\u{1b}[31m\\u{0}\u{fffd}\u{fffd}é"
        );
    }
}
