//! Reads each format back, as its readers do.

use iamsim::{
    lint::rule_by_id,
    report::lint::{FileFindings, LintFormat},
    source::Severity,
};
use roxmltree::{Document, Node};
use serde_json::Value;

/// A finding as a report tells it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    pub(crate) path: String,
    pub(crate) rule: String,
    pub(crate) line: usize,
    /// In characters.
    pub(crate) column: usize,
}

impl Found {
    fn new(path: &str, rule: &str, line: usize, column: usize) -> Self {
        let (path, rule) = (path.to_owned(), rule.to_owned());
        Self {
            path,
            rule,
            line,
            column,
        }
    }

    /// From `path:line:column`.
    fn at(place: &str, rule: &str) -> Self {
        let mut parts = place.rsplitn(3, ':');
        let (column, line) = (parts.next().unwrap(), parts.next().unwrap());
        let path = parts.next().unwrap();
        Self::new(path, rule, line.parse().unwrap(), column.parse().unwrap())
    }
}

/// The rules of the findings of a report for people, by their heads such as `error[unknown-action]`.
pub(crate) fn heads(report: &str) -> Vec<&str> {
    fn rule(line: &str) -> Option<&str> {
        let (severity, rule) = line.strip_suffix(']')?.split_once('[')?;
        let is_head = Severity::from_name(severity).is_some() && rule_by_id(rule).is_some();
        is_head.then_some(rule)
    }
    report.lines().filter_map(rule).collect()
}

/// The findings of a report.
pub(crate) fn read(format: LintFormat, report: &str, files: &[FileFindings]) -> Vec<Found> {
    match format {
        LintFormat::Full => panic!("a report for people is not for programs to read"),
        LintFormat::Concise => report.lines().map(concise).collect(),
        LintFormat::Json => list(&parsed(report)["findings"]).map(json).collect(),
        LintFormat::Jsonl => report.lines().map(|line| json(&parsed(line))).collect(),
        LintFormat::Github => github(report),
        LintFormat::Sarif => list(&parsed(report)["runs"][0]["results"])
            .map(sarif)
            .collect(),
        LintFormat::Gitlab => list(&parsed(report)).map(gitlab).collect(),
        LintFormat::Junit => junit(report),
        LintFormat::Checkstyle => checkstyle(report),
        LintFormat::Rdjson => rdjson(report, files),
        LintFormat::Markdown => markdown(report),
    }
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().unwrap().iter()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn number(value: &Value) -> usize {
    value.as_u64().unwrap().try_into().unwrap()
}

/// `path:line:column: rule message`.
fn concise(line: &str) -> Found {
    let (place, rest) = line.split_once(": ").unwrap();
    Found::at(place, rest.split(' ').next().unwrap())
}

fn json(finding: &Value) -> Found {
    let start = &finding["span"]["start"];
    Found::new(
        text(&finding["path"]),
        text(&finding["rule"]),
        number(&start["line"]),
        number(&start["column"]),
    )
}

/// A command as the runner of GitHub Actions reads it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) name: String,
    pub(crate) properties: Vec<(String, String)>,
    pub(crate) message: String,
}

impl Command {
    /// The command in a line, if the runner may take it for one: every line that starts with `::`,
    /// after white space and what has no weight, and every line with `##[` in it.
    pub(crate) fn of(line: &str) -> Option<Self> {
        assert!(!line.contains("##["), "an old command: {line}");
        let light = |c: char| !c.is_alphanumeric() && !c.is_ascii_graphic();
        let rest = line.trim_start_matches(light).strip_prefix("::")?;
        let (head, message) = rest.split_once("::").unwrap();
        let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
        let unescaped = |text: &str| {
            let text = text.replace("%0D", "\r").replace("%0A", "\n");
            text.replace("%25", "%")
        };
        let property = |text: &str| {
            let (name, value) = text.split_once('=').unwrap();
            let value = value.replace("%3A", ":").replace("%2C", ",");
            (name.to_owned(), unescaped(&value))
        };
        Some(Self {
            name: name.to_owned(),
            properties: properties.split(',').map(property).collect(),
            message: unescaped(message),
        })
    }

    pub(crate) fn property(&self, name: &str) -> Option<&str> {
        let found = self.properties.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Commands, lines for what GitHub shows no annotation of, and the summary.
fn github(report: &str) -> Vec<Found> {
    let (lines, summary) = report.trim_end().rsplit_once('\n').unwrap_or(("", report));
    assert!(summary.starts_with("checked "), "{summary}");
    let of_line = |line: &str| {
        let Some(command) = Command::of(line) else {
            return concise(line);
        };
        let property = |name| command.property(name).unwrap();
        let number = |name| property(name).parse().unwrap();
        assert!(["error", "warning", "notice"].contains(&&*command.name));
        let on_one_line = property("line") == property("endLine");
        assert_eq!(command.property("endColumn").is_some(), on_one_line);
        Found::new(
            property("file"),
            property("title"),
            number("line"),
            number("col"),
        )
    };
    lines.lines().map(of_line).collect()
}

fn sarif(result: &Value) -> Found {
    let place = &result["locations"][0]["physicalLocation"];
    let region = &place["region"];
    for name in ["endLine", "endColumn"] {
        assert!(number(&region[name]) > 0);
    }
    Found::new(
        &percent_decoded(text(&place["artifactLocation"]["uri"])),
        text(&result["ruleId"]),
        number(&region["startLine"]),
        number(&region["startColumn"]),
    )
}

fn percent_decoded(uri: &str) -> String {
    assert!(uri.is_ascii(), "{uri}");
    let mut bytes = Vec::new();
    let mut parts = uri.split('%');
    bytes.extend(parts.next().unwrap().bytes());
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend(part[2..].bytes());
    }
    String::from_utf8(bytes).unwrap()
}

fn gitlab(violation: &Value) -> Found {
    let location = &violation["location"];
    let (begin, end) = (
        &location["positions"]["begin"],
        &location["positions"]["end"],
    );
    assert!(number(&begin["line"]) <= number(&end["line"]));
    assert!(number(&end["column"]) > 0);
    let severities = ["info", "minor", "major", "critical", "blocker"];
    assert!(severities.contains(&text(&violation["severity"])));
    for member in ["description", "fingerprint"] {
        assert!(!text(&violation[member]).is_empty(), "{member}");
    }
    Found::new(
        text(&location["path"]),
        text(&violation["check_name"]),
        number(&begin["line"]),
        number(&begin["column"]),
    )
}

fn elements<'a>(node: Node<'a, 'a>, name: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.descendants()
        .filter(move |node| node.has_tag_name(name))
}

fn junit(report: &str) -> Vec<Found> {
    let document = Document::parse(report).unwrap_or_else(|error| panic!("{error}: {report}"));
    let root = document.root_element();
    for suite in elements(root, "testsuite").chain([root]) {
        let count = |name| elements(suite, name).count().to_string();
        assert_eq!(suite.attribute("tests"), Some(&*count("testcase")));
        assert_eq!(suite.attribute("failures"), Some(&*count("failure")));
        assert_ne!(count("testcase"), "0", "a suite without cases");
    }
    let found = elements(root, "failure").map(|failure| {
        let case = failure.parent().unwrap();
        let attribute = |name| case.attribute(name).unwrap();
        let (rule, place) = attribute("name").split_once(" at ").unwrap();
        let (line, _) = place.split_once(':').unwrap();
        assert_eq!(line, attribute("line"));
        assert!(!failure.attribute("message").unwrap().is_empty());
        Found::at(&format!("{}:{place}", attribute("file")), rule)
    });
    found.collect()
}

fn checkstyle(report: &str) -> Vec<Found> {
    let document = Document::parse(report).unwrap_or_else(|error| panic!("{error}: {report}"));
    let found = elements(document.root_element(), "error").map(|error| {
        let attribute = |name| error.attribute(name).unwrap();
        let number = |name| attribute(name).parse().unwrap();
        assert!(["error", "warning", "info"].contains(&attribute("severity")));
        assert!(!attribute("message").is_empty());
        let path = error.parent().unwrap().attribute("name").unwrap();
        let rule = attribute("source").strip_prefix("iamsim.").unwrap();
        Found::new(path, rule, number("line"), number("column"))
    });
    found.collect()
}

fn rdjson(report: &str, files: &[FileFindings]) -> Vec<Found> {
    let report = parsed(report);
    let found = list(&report["diagnostics"]).map(|diagnostic| {
        let location = &diagnostic["location"];
        let path = text(&location["path"]);
        let source = &files
            .iter()
            .find(|file| file.repository_path == path)
            .unwrap()
            .source;
        let lines: Vec<_> = source.text().split('\n').collect();
        // The text before a place on its line, which its column in bytes must cut between characters.
        let before = |place: &Value| -> &str {
            let column = number(&place["column"]) - 1;
            &lines[number(&place["line"]) - 1][..column]
        };
        let range = &location["range"];
        before(&range["end"]);
        for suggestion in diagnostic["suggestions"].as_array().into_iter().flatten() {
            before(&suggestion["range"]["start"]);
            before(&suggestion["range"]["end"]);
            text(&suggestion["text"]);
        }
        assert!(["ERROR", "WARNING", "INFO"].contains(&text(&diagnostic["severity"])));
        assert!(!text(&diagnostic["message"]).is_empty());
        let code = &diagnostic["code"];
        assert!(text(&code["url"]).ends_with(text(&code["value"])));
        Found::new(
            path,
            text(&code["value"]),
            number(&range["start"]["line"]),
            before(&range["start"]).chars().count() + 1,
        )
    });
    found.collect()
}

/// The cells of each row of findings. A `|` is always the end of one, as none of a text is left.
pub(crate) fn rows(report: &str) -> Vec<[&str; 4]> {
    let rows = report.lines().filter(|line| {
        line.starts_with('|') && !line.starts_with("|---") && !line.starts_with("| severity |")
    });
    let cells = |line| {
        let parts: Vec<_> = str::split(line, '|').map(str::trim).collect();
        let ["", severity, rule, place, message, ""] = parts[..] else {
            panic!("{line}");
        };
        [severity, rule, place, message]
    };
    rows.map(cells).collect()
}

fn markdown(report: &str) -> Vec<Found> {
    let found = |[_, rule, place, message]: [&str; 4]| {
        assert!(!message.is_empty());
        let rule = rule.split('`').nth(1).unwrap();
        let place = place.trim_matches('`').replace("`&#96;", "`");
        let place = place.replace("`&#124;`", "|");
        Found::at(&place, rule)
    };
    rows(report).into_iter().map(found).collect()
}
