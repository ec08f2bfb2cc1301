//! As XML of the form that began with `JUnit` and that CI systems read: a suite a file, a failure a
//! finding.
//!
//! <https://github.com/testmoapp/junitxml>

use super::{
    FileFindings, Summary,
    located::{Located, located},
};
use crate::{
    report::{
        count,
        xml::{Attribute, Writer},
    },
    source::escape::printable,
};

pub(super) fn render(files: &[FileFindings], summary: &Summary) -> String {
    let mut xml = Writer::default();
    let all = located(files);
    // A file without findings is a test that passed, so that no run is empty.
    let clean = files.iter().filter(|file| file.findings.is_empty()).count();
    let errors = usize::from(summary.unreadable > 0);
    let own = [("name", "iamsim lint".to_owned())];
    let numbers = counts(all.len() + clean + errors, all.len(), errors);
    xml.open("testsuites", own.into_iter().chain(numbers));
    let mut rest = all.as_slice();
    for file in files {
        let (own, others) = rest.split_at(file.findings.len().min(rest.len()));
        suite(&mut xml, file, own);
        rest = others;
    }
    if summary.unreadable > 0 {
        unreadable(&mut xml, summary.unreadable);
    }
    xml.close("testsuites");
    xml.finish()
}

fn counts(tests: usize, failures: usize, errors: usize) -> [Attribute; 4] {
    [
        ("tests", tests.to_string()),
        ("failures", failures.to_string()),
        ("errors", errors.to_string()),
        ("skipped", "0".to_owned()),
    ]
}

fn suite(xml: &mut Writer, file: &FileFindings, findings: &[Located<'_>]) {
    let path = || file.service_path().to_owned();
    let numbers = counts(findings.len().max(1), findings.len(), 0);
    xml.open("testsuite", [("name", path())].into_iter().chain(numbers));
    for located in findings {
        let place = located.range().start;
        let rule = located.finding.rule;
        let own = [
            // CI systems take two cases of one name for one.
            ("name", format!("{rule} at {}:{}", place.line, place.column)),
            ("classname", path()),
            ("file", path()),
            ("line", place.line.to_string()),
        ];
        xml.open("testcase", own);
        let own = [
            ("message", located.finding.message.clone()),
            ("type", located.finding.severity.name().to_owned()),
        ];
        let at = format!("{}:{}:{}", printable(&path()), place.line, place.column);
        xml.text("failure", own, &format!("{at}: {rule}\n{}", located.text()));
        xml.close("testcase");
    }
    if findings.is_empty() {
        let own = [("name", "no findings".to_owned())];
        let of_file = [("classname", path()), ("file", path())];
        xml.empty("testcase", own.into_iter().chain(of_file));
    }
    xml.close("testsuite");
}

/// Inputs that nothing is known of: the run must not look as if they were clean.
fn unreadable(xml: &mut Writer, number: usize) {
    let own = [("name", "inputs".to_owned())];
    xml.open("testsuite", own.into_iter().chain(counts(1, 0, 1)));
    let own = [
        ("name", "every input can be read".to_owned()),
        ("classname", "inputs".to_owned()),
    ];
    xml.open("testcase", own);
    let message = format!("could not read {}", count(number, "input", "inputs"));
    let own = [("message", message), ("type", "unreadable".to_owned())];
    xml.empty("error", own);
    xml.close("testcase");
    xml.close("testsuite");
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::report::lint::{
        Summary,
        testing::{file, full_finding},
    };

    #[test]
    fn a_finding_is_a_failed_case_and_a_clean_file_a_case_that_passed() {
        let files = [
            file("a.json", "0\n xy\n zz", &[full_finding()]),
            file("b.json", "{}", &[]),
        ];
        let summary = Summary {
            unreadable: 2,
            ..Summary::default()
        };
        let text = render(&files, &summary);
        let document = roxmltree::Document::parse(&text).unwrap();
        let root = document.root_element();
        let suites: Vec<_> = root
            .children()
            .filter(roxmltree::Node::is_element)
            .collect();
        let numbers = |node: &roxmltree::Node<'_, '_>| {
            ["tests", "failures", "errors"].map(|name| node.attribute(name).unwrap().to_owned())
        };
        assert_eq!(numbers(&root), ["3", "1", "1"]);
        assert_eq!(suites.len(), 3);
        assert_eq!(numbers(&suites[0]), ["1", "1", "0"]);
        assert_eq!(numbers(&suites[1]), ["1", "0", "0"]);
        let named = |name: &str| document.descendants().find(|node| node.has_tag_name(name));
        let failure = named("failure").unwrap();
        assert_eq!(failure.attribute("message"), Some("no action `xy`"));
        assert_eq!(failure.attribute("type"), Some("medium"));
        let case = failure.parent().unwrap();
        assert_eq!(case.attribute("name"), Some("unknown-action at 2:2"));
        assert_eq!(
            failure.text(),
            Some("a.json:2:2: unknown-action\nno action `xy`\nhelp: take one of\n`a`")
        );
        let error = named("error").unwrap();
        assert_eq!(error.attribute("message"), Some("could not read 2 inputs"));
    }
}
