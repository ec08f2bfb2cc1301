//! As SARIF 2.1.0, for GitHub's code scanning and for viewers.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>, and what GitHub asks for
//! beyond it: <https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning>

mod rules;

use super::{
    FileFindings, HOME_PAGE, Summary,
    located::{Fingerprints as Prints, Located, located},
};
use crate::{
    report::{count, json},
    source::{Edit, Fix, Level, Position, Range, Safety, Severity, Span},
};
use rules::ReportingDescriptor;
use serde::Serialize;
use std::{cmp::Reverse, collections::BTreeSet};

/// The most results of a run. GitHub shows no more, and refuses a run of many more.
pub(super) const MOST_RESULTS: usize = 5_000;

/// What stands for the root of the repository, to which paths are relative.
const ROOT: &str = "%SRCROOT%";

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    invocations: [Invocation; 1],
    automation_details: Automation,
    original_uri_base_ids: BaseIds,
    column_kind: &'static str,
    results: Vec<SarifResult<'a>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    information_uri: &'static str,
    rules: Vec<ReportingDescriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Message,
}

#[derive(Serialize)]
struct Automation {
    id: &'static str,
}

#[derive(Serialize)]
struct BaseIds {
    #[serde(rename = "%SRCROOT%")]
    root: BaseId,
}

#[derive(Serialize)]
struct BaseId {
    description: Message,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

impl Message {
    fn new(text: &str) -> Self {
        Self {
            text: without_links(text),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'a str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: Fingerprints,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<SarifFix>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct Fingerprints {
    /// The one that GitHub knows alerts by.
    #[serde(rename = "primaryLocationLineHash")]
    primary: String,
    #[serde(rename = "iamsim/v1")]
    own: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifFix {
    description: Message,
    artifact_changes: [ArtifactChange; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange {
    artifact_location: ArtifactLocation,
    replacements: Vec<Replacement>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: Region,
    #[serde(skip_serializing_if = "Option::is_none")]
    inserted_content: Option<Content>,
}

#[derive(Serialize)]
struct Content {
    text: String,
}

pub(super) fn render(files: &[FileFindings], summary: &Summary) -> String {
    let fingerprints = Prints::of(files);
    let (kept, left_out) = most_severe(located(files));
    let rules: BTreeSet<_> = kept.iter().map(|located| located.finding.rule).collect();
    let rules: Vec<_> = rules.into_iter().collect();
    // Every rule of a finding is in the list, in order.
    let index = |of: &Located<'_>| rules.partition_point(|rule| *rule < of.finding.rule);
    json::document(&Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "iamsim",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    information_uri: HOME_PAGE,
                    rules: rules
                        .iter()
                        .map(|rule| ReportingDescriptor::of(*rule))
                        .collect(),
                },
            },
            invocations: [invocation(left_out, summary.unreadable)],
            automation_details: Automation { id: "iamsim/" },
            original_uri_base_ids: BaseIds {
                root: BaseId {
                    description: Message::new("the root of the repository"),
                },
            },
            column_kind: "unicodeCodePoints",
            results: kept
                .iter()
                .map(|each| result(each, index(each), fingerprints.get(each)))
                .collect(),
        }],
    })
}

/// The most severe findings, as many as a run may have, in the order of the files; and how many
/// others there are.
fn most_severe(all: Vec<Located<'_>>) -> (Vec<Located<'_>>, usize) {
    let left_out = all.len().saturating_sub(MOST_RESULTS);
    let mut ranked: Vec<_> = all.into_iter().enumerate().collect();
    if left_out > 0 {
        ranked.sort_by_key(|(_, located)| Reverse(located.finding.severity));
        ranked.truncate(MOST_RESULTS);
        ranked.sort_by_key(|(place, _)| *place);
    }
    let kept = ranked.into_iter().map(|(_, located)| located);
    (kept.collect(), left_out)
}

fn invocation(left_out: usize, unreadable: usize) -> Invocation {
    let mut notifications = Vec::new();
    if left_out > 0 {
        let further = count(left_out, "further finding is", "further findings are");
        notifications.push(Notification {
            level: "warning",
            message: Message::new(&format!(
                "{further} left out, as a run has {MOST_RESULTS} at most, the most severe"
            )),
        });
    }
    if unreadable > 0 {
        let inputs = count(unreadable, "input", "inputs");
        notifications.push(Notification {
            level: "error",
            message: Message::new(&format!("could not read {inputs}")),
        });
    }
    Invocation {
        execution_successful: unreadable == 0,
        tool_execution_notifications: notifications,
    }
}

fn result<'a>(located: &Located<'a>, rule_index: usize, print: &str) -> SarifResult<'a> {
    let (file, finding) = (located.file, located.finding);
    let related = finding.labels.iter().enumerate().map(|(place, label)| {
        let text = Some(label.text.as_str()).filter(|text| !text.is_empty());
        Location {
            id: Some(place + 1),
            message: text.map(Message::new),
            ..location(file, label.span)
        }
    });
    SarifResult {
        rule_id: finding.rule.as_str(),
        rule_index,
        level: level(finding.severity),
        message: Message::new(&located.text()),
        locations: [location(file, finding.span)],
        related_locations: related.collect(),
        partial_fingerprints: Fingerprints {
            primary: print.to_owned(),
            own: print.to_owned(),
        },
        fixes: finding.fix.iter().map(|each| fix(file, each)).collect(),
    }
}

fn location(file: &FileFindings, span: Span) -> Location {
    Location {
        id: None,
        physical_location: PhysicalLocation {
            artifact_location: artifact_location(file),
            region: file.range(span).into(),
        },
        message: None,
    }
}

fn fix(file: &FileFindings, fix: &Fix) -> SarifFix {
    let replacement = |edit: &Edit| Replacement {
        deleted_region: file.source.range(edit.span).into(),
        inserted_content: (!edit.replacement.is_empty()).then(|| Content {
            text: edit.replacement.clone(),
        }),
    };
    let description = match fix.safety {
        Safety::Safe => fix.title.clone(),
        Safety::Unsafe => format!("{} (may change what the policy grants)", fix.title),
    };
    SarifFix {
        description: Message::new(&description),
        artifact_changes: [ArtifactChange {
            artifact_location: artifact_location(file),
            replacements: fix.edits.iter().map(replacement).collect(),
        }],
    }
}

impl From<Range> for Region {
    fn from(Range { start, end }: Range) -> Self {
        let place = |Position { line, column, .. }: Position| (line, column);
        let ((start_line, start_column), (end_line, end_column)) = (place(start), place(end));
        Self {
            start_line,
            start_column,
            end_line,
            end_column,
        }
    }
}

fn level(severity: Severity) -> &'static str {
    match severity.level() {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

/// The path of a file as a URI, relative to the root of the repository where it is below that.
fn artifact_location(file: &FileFindings) -> ArtifactLocation {
    let path = file.service_path();
    let encoded = percent_encoded(path);
    let on_a_drive =
        matches!(path.as_bytes(), [drive, b':', b'/', ..] if drive.is_ascii_alphabetic());
    let uri_base_id = (!path.starts_with('/') && !on_a_drive).then_some(ROOT);
    let uri = match uri_base_id {
        Some(_) => encoded,
        None => format!("file:///{}", encoded.trim_start_matches('/')),
    };
    ArtifactLocation { uri, uri_base_id }
}

/// The path with everything but the unreserved characters of URIs, and `/`, as escapes.
fn percent_encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri += &format!("%{byte:02X}");
        }
    }
    uri
}

/// The text with no `[text](target)` in it, which a viewer would show as a link: section 3.11.6.
fn without_links(text: &str) -> String {
    if !text.contains("](") {
        return text.to_owned();
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if matches!(character, '\\' | '[' | ']') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{MOST_RESULTS, artifact_location, render, without_links};
    use crate::{
        report::lint::{
            FileFindings, LintFormat, Summary, left_out,
            testing::{file, finding, full_finding, summary},
        },
        source::{Finding, Severity},
    };
    use serde_json::{Value, json};

    fn run(files: &[FileFindings], summary: &Summary) -> Value {
        let log: Value = serde_json::from_str(&render(files, summary)).unwrap();
        log["runs"][0].clone()
    }

    #[test]
    fn a_result_has_its_place_what_belongs_to_it_and_its_fix() {
        let files = [file("./iam/a b.json", "0\n é\n zz", &[full_finding()])];
        let run = run(&files, &summary(&files));
        assert_eq!(run["invocations"], json!([{"executionSuccessful": true}]));
        let result = &run["results"][0];
        assert_eq!(result["ruleId"], "unknown-action");
        assert_eq!(result["level"], "warning");
        assert_eq!(
            result["message"]["text"],
            "no action `xy`\nhelp: take one of\n`a`"
        );
        let artifact = json!({"uri": "iam/a%20b.json", "uriBaseId": "%SRCROOT%"});
        let region = |[start_line, start_column, end_line, end_column]: [usize; 4]| {
            json!({
                "startLine": start_line, "startColumn": start_column,
                "endLine": end_line, "endColumn": end_column,
            })
        };
        let place = |numbers| json!({"artifactLocation": artifact, "region": region(numbers)});
        assert_eq!(
            result["locations"],
            json!([{"physicalLocation": place([2, 2, 2, 3])}])
        );
        let related = json!({
            "id": 1, "physicalLocation": place([1, 1, 1, 2]), "message": {"text": "the first"},
        });
        assert_eq!(result["relatedLocations"], json!([related]));
        let fix = &result["fixes"][0];
        assert_eq!(
            fix["description"]["text"],
            "take `a` (may change what the policy grants)"
        );
        assert_eq!(
            fix["artifactChanges"][0]["replacements"],
            json!([
                {"deletedRegion": region([2, 2, 2, 3]), "insertedContent": {"text": "a"}},
                {"deletedRegion": region([3, 3, 3, 3]), "insertedContent": {"text": "b"}},
            ])
        );
        let prints = &result["partialFingerprints"];
        assert_eq!(prints["primaryLocationLineHash"], prints["iamsim/v1"]);
    }

    #[test]
    fn the_most_severe_results_are_kept_and_the_others_counted() {
        let low = Finding {
            severity: Severity::Low,
            ..finding(0, 1)
        };
        let mut findings = vec![low; MOST_RESULTS + 3];
        findings.push(finding(0, 1));
        let files = [file("a.json", "{", &findings)];
        let run = run(&files, &summary(&files));
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), MOST_RESULTS);
        assert_eq!(results[0]["level"], "warning");
        assert_eq!(results[MOST_RESULTS - 1]["level"], "error");
        let notifications = &run["invocations"][0]["toolExecutionNotifications"];
        let text = notifications[0]["message"]["text"].as_str().unwrap();
        assert!(
            text.starts_with("4 further findings are left out"),
            "{text}"
        );
        assert_eq!(left_out(LintFormat::Sarif, &files), 4);
        assert_eq!(left_out(LintFormat::Gitlab, &files), 0);
    }

    #[test]
    fn a_run_with_unreadable_inputs_did_not_succeed() {
        let summary = Summary {
            unreadable: 1,
            ..Summary::default()
        };
        let invocation = &run(&[], &summary)["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], false);
        let text = &invocation["toolExecutionNotifications"][0]["message"]["text"];
        assert_eq!(text, "could not read 1 input");
    }

    #[test]
    fn paths_are_uris() {
        for (path, uri, relative) in [
            ("a#b?%.json", "a%23b%3F%25.json", true),
            ("<stdin>", "%3Cstdin%3E", true),
            ("é\u{1b}:x", "%C3%A9%1B%3Ax", true),
            ("/tmp/a.json", "file:///tmp/a.json", false),
            ("C:/a.json", "file:///C%3A/a.json", false),
        ] {
            let location = artifact_location(&file(path, "{}", &[]));
            assert_eq!(location.uri, uri);
            assert_eq!(location.uri_base_id.is_some(), relative, "{path}");
        }
    }

    #[test]
    fn nothing_of_a_message_is_a_link() {
        assert_eq!(without_links("`[a]` (b)"), "`[a]` (b)");
        assert_eq!(without_links(r"`\[a](x)`"), r"`\\\[a\](x)`");
    }
}
