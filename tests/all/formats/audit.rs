//! The formats of `iamsim audit`: each tells what the audit tells, reads back, and lets no text of a
//! trail or a policy become anything but text.

#[path = "../../../src/report/audit/testing.rs"]
mod testing;

use super::{
    hostile::{only_code_and_words, texts},
    readers::Command,
};
use clap::ValueEnum as _;
use iamsim::{
    audit::Audit,
    report::{
        Colour, Painter,
        audit::{AuditFormat, render},
    },
    source::escape::is_unprintable,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use testing::{audit, filled};

/// The formats of texts. The page has tests of its own.
fn formats() -> impl Iterator<Item = AuditFormat> {
    let all = AuditFormat::ALL.into_iter();
    all.filter(|format| *format != AuditFormat::Html)
}

/// The name that a format goes by.
pub(crate) fn format_name(format: AuditFormat) -> String {
    format.to_possible_value().unwrap().get_name().to_owned()
}

/// A report on the audit with every part filled.
pub(crate) fn report(format: AuditFormat) -> String {
    rendered(&audit(), format)
}

fn rendered(audit: &Audit, format: AuditFormat) -> String {
    render(audit, format, &Painter::new(Colour::Off))
}

/// Audits of hostile texts: each text wherever one may stand, by itself and in the middle of what stands there.
fn hostile() -> Vec<Audit> {
    let mut audits = Vec::new();
    for text in texts() {
        audits.push(filled(&|_| text.clone()));
        audits.push(filled(&|usual| format!("{usual}{text}{usual}")));
    }
    let surrogates = r#""\ud800 \udc00\ud800""#;
    audits.push(filled(&|_| surrogates.to_owned()));
    let replaced = String::from_utf8_lossy(b"\xff\xfe\x80a\xc3").into_owned();
    audits.push(filled(&|_| replaced.clone()));
    audits.push(filled(&|_| "=cmd|' /C calc'!A0".to_owned()));
    audits
}

fn lines_of_json(report: &str) -> Vec<Value> {
    let lines = report.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The rows of a table, by the names of their columns.
fn rows(report: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(report.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

#[test]
fn the_names_of_the_formats_are_those_that_users_type() {
    let names: Vec<_> = AuditFormat::ALL.into_iter().map(format_name).collect();
    assert_eq!(
        names,
        ["full", "json", "jsonl", "csv", "markdown", "github", "html"]
    );
    assert_eq!(AuditFormat::value_variants(), AuditFormat::ALL);
}

#[test]
fn the_document_has_every_part_of_the_audit() {
    let audit = audit();
    let document: Value = serde_json::from_str(&rendered(&audit, AuditFormat::Json)).unwrap();
    let mut expected = serde_json::to_value(&audit).unwrap();
    expected["version"] = 1.into();
    assert_eq!(document, expected);
    assert_eq!(document["denied"][0]["first"], "2026-11-03T07:33:20Z");
    assert_eq!(document["series"]["metrics"][0]["counts"][1][1], 12_000);
}

#[test]
fn the_lines_have_every_part_of_the_document() {
    let audit = audit();
    let whole = serde_json::to_value(&audit).unwrap();
    let lines = lines_of_json(&rendered(&audit, AuditFormat::Jsonl));
    let of = |kind: &str| -> Vec<Value> {
        let mut own: Vec<_> = lines
            .iter()
            .filter(|line| line["kind"] == kind)
            .cloned()
            .collect();
        for line in &mut own {
            let members = line.as_object_mut().unwrap();
            assert_eq!(members.remove("version"), Some(1.into()));
            members.remove("kind");
        }
        own
    };
    let list = |value: &Value| value.as_array().unwrap().clone();
    let mut all = 0;
    for (kind, expected) in [
        ("policy", list(&whole["policies"])),
        ("denied", list(&whole["denied"])),
        ("undecided", list(&whole["undecided"])),
        ("agreementCell", list(&whole["agreement"]["cells"])),
        ("disagreement", list(&whole["agreement"]["disagreements"])),
        ("proposal", list(&whole["proposals"])),
        ("alarm", list(&whole["alarms"])),
        ("rate", list(&whole["rates"])),
        ("problem", list(&whole["accounting"]["problems"])),
        ("unmappedCall", list(&whole["accounting"]["unmappedCalls"])),
    ] {
        all += expected.len();
        assert_eq!(of(kind), expected, "{kind}");
    }
    // Lines that have more than their part, so that each can be understood by itself.
    let mut services = list(&whole["breadth"][0]["services"]);
    services.extend(list(&whole["breadth"][1]["services"]));
    let mut patterns = Vec::new();
    for policy in list(&whole["breadth"]) {
        for element in ["actions", "resources"] {
            patterns.extend(list(&policy["statements"][0][element]));
        }
    }
    for (kind, expected) in [
        ("accounting", vec![Value::Null]),
        ("agreement", vec![Value::Null]),
        ("policyUse", vec![Value::Null; 2]),
        ("statementUse", vec![Value::Null; 2]),
        ("serviceUse", services),
        ("breadth", patterns),
        ("metric", list(&whole["series"]["metrics"])),
    ] {
        all += expected.len();
        let own = of(kind);
        assert_eq!(own.len(), expected.len(), "{kind}");
        for (line, expected) in own.iter().zip(expected) {
            for (name, value) in expected.as_object().into_iter().flatten() {
                assert_eq!(&line[name], value, "{kind} {name}");
            }
        }
    }
    assert_eq!(all, lines.len());
    assert_eq!(of("accounting")[0]["records"], 14_000);
    assert_eq!(of("breadth")[4]["element"], "resource");
}

#[test]
fn the_table_has_every_finding_with_its_place() {
    let audit = audit();
    let rows = rows(&rendered(&audit, AuditFormat::Csv));
    let of = |kind: &str| -> Vec<_> { rows.iter().filter(|row| row["kind"] == kind).collect() };
    let denied = of("denied");
    assert_eq!(denied.len(), audit.denied.len());
    for (row, group) in denied.iter().zip(&audit.denied) {
        assert_eq!(row["principal"], group.principal);
        assert_eq!(row["action"], group.action);
        assert_eq!(row["resource"], group.resource);
        assert_eq!(row["result"], group.verdict.name());
        assert_eq!(row["count"], group.count.to_string());
        assert_eq!(row["layer"], group.limited_by.unwrap().name());
        assert_eq!(row["file"], group.example.file);
        assert_eq!(row["line"], group.example.line.to_string());
        assert_eq!(row["event_id"], group.example.event_id);
    }
    assert_eq!(denied[0]["first"], "2026-11-03T07:33:20Z");
    assert_eq!(denied[1]["policy"], "policies/guardrail-scp.json");
    assert_eq!(denied[1]["statement"], "1");
    assert_eq!(denied[2]["last"], "");
    let number = |kind: &str| of(kind).len();
    assert_eq!(number("breadth"), 10);
    assert_eq!(
        of("breadth")[0]["detail"],
        "2 of 143 used: s3:GetObject s3:ListBucket"
    );
    assert_eq!(of("breadth")[3]["result"], "notObservable");
    assert_eq!(number("metric"), 3);
    assert_eq!(of("metric")[1]["first"], "2026-11-01T03:00:00Z");
    assert_eq!(of("metric")[1]["last"], "2026-11-01T04:00:00Z");
    assert_eq!(number("proposal"), 3);
    assert_eq!(of("proposal")[1]["result"], "withdrawn");
    assert_eq!(
        (number("alarm"), number("rate"), number("problem")),
        (2, 1, 2)
    );
    let sum: u64 = of("accounting")
        .iter()
        .filter(|row| {
            let parts = [
                "evaluated",
                "withoutPolicies",
                "noPermissionNeeded",
                "unmapped",
                "notCall",
                "malformed",
                "filtered",
                "copies",
            ];
            parts.contains(&row["result"].as_str())
        })
        .map(|row| row["count"].parse::<u64>().unwrap())
        .sum();
    assert_eq!(sum, audit.accounting.records);
}

#[test]
fn people_are_told_of_every_finding_in_each_format_for_them() {
    let audit = audit();
    // So wide that no line is broken.
    let painter = Painter::with_width(Colour::Off, 1_000);
    for format in [AuditFormat::Full, AuditFormat::Markdown] {
        // Backticks depend on what is quoted.
        let plain = |text: &str| text.replace(['`', ' '], "");
        let report = plain(&render(&audit, format, &painter));
        for words in [
            "14,000 records",
            "12,345 calls of s3:PutObject on arn:aws:s3:::reports/2026/11/03/monthly-summary-of-all-teams.csv",
            "cloudtrail:StopLogging",
            "policies/guardrail-scp.json:12",
            "nothing in the identity policies allows it",
            "a statement of the service control policies denies it",
            "trail/11/a.json.gz:12",
            "allowed or not allowed",
            "kms:ViaService; the key's policy",
            "a policy was changed meanwhile",
            "2 of 143 actions used: s3:GetObject, s3:ListBucket",
            "25 resources seen",
            "and 20 more",
            "not observable: CloudTrail never logs iam:PassRole",
            "all 1,003 calls that were recorded as allowed stay allowed",
            "Withdrawn",
            "denied >= 5 in 10m by principal",
            "198.51.100.7",
            "811 events more",
            "240.2 calls a minute",
            "byte 120,334",
            "1 more that are only counted",
            "20,000 resources",
            "12,347 would be denied",
        ] {
            assert!(
                report.contains(&plain(words)),
                "{format:?} lacks {words:?}:\n{}",
                render(&audit, format, &painter)
            );
        }
    }
}

#[test]
fn the_log_of_github_has_the_whole_report() {
    let audit = audit();
    let log = rendered(&audit, AuditFormat::Github);
    assert!(log.ends_with(&rendered(&audit, AuditFormat::Full)), "{log}");
}

#[test]
fn colours_are_on_a_terminal_only_and_change_no_word() {
    let audit = audit();
    let plain = rendered(&audit, AuditFormat::Full);
    let coloured = render(&audit, AuditFormat::Full, &Painter::new(Colour::On));
    assert!(coloured.contains("\u{1b}[31m"));
    let mut words = coloured;
    for code in ["[0m", "[1m", "[31m", "[32m", "[33m", "[36m"] {
        words = words.replace(&format!("\u{1b}{code}"), "");
    }
    assert_eq!(words, plain);
    for format in formats().filter(|format| *format != AuditFormat::Full) {
        let coloured = render(&audit, format, &Painter::new(Colour::On));
        assert_eq!(coloured, rendered(&audit, format));
    }
}

#[test]
fn a_report_is_as_wide_as_it_may_be() {
    for width in [60, 100, 140] {
        let painter = Painter::with_width(Colour::Off, width);
        let report = render(&audit(), AuditFormat::Full, &painter);
        // The last line is one for programs as well as for people.
        let body = report.trim_end().rsplit_once('\n').unwrap().0;
        let wide = body
            .lines()
            .filter(|line| line.chars().count() > usize::from(width));
        // Lines of diffs are never broken.
        let wide: Vec<_> = wide.filter(|line| !line.starts_with("    ")).collect();
        assert!(wide.is_empty(), "{width}: {wide:#?}");
    }
}

#[test]
fn an_audit_of_nothing_says_so() {
    let mut audit = audit();
    audit.accounting = iamsim::audit::Accounting::default();
    audit.policies.clear();
    audit.denied.clear();
    audit.undecided.clear();
    audit.agreement = iamsim::audit::agreement::AgreementReport::default();
    audit.breadth.clear();
    audit.proposals.clear();
    audit.series = None;
    audit.alarms.clear();
    audit.rates.clear();
    let report = rendered(&audit, AuditFormat::Full);
    for words in [
        "0 records",
        "No policies were given",
        "Nothing was evaluated",
    ] {
        assert!(report.contains(words), "{report}");
    }
    for part in ["Undecided", "Alarms", "Proposals", "Problems"] {
        assert!(!report.contains(part), "{report}");
    }
}

#[test]
fn only_policies_that_are_files_have_annotations() {
    let report = rendered(&audit(), AuditFormat::Github);
    let commands: Vec<_> = report.lines().filter_map(Command::of).collect();
    let files: BTreeSet<_> = commands
        .iter()
        .filter_map(|own| own.property("file"))
        .collect();
    assert_eq!(
        files,
        BTreeSet::from(["policies/reports.json", "policies/guardrail-scp.json"])
    );
    let named = |name: &str| commands.iter().filter(|own| own.name == name).count();
    // An alarm and two groups; one pattern; two.
    assert_eq!(
        (named("error"), named("warning"), named("notice")),
        (3, 1, 2)
    );
    let put = commands
        .iter()
        .find(|own| own.message.contains("s3:PutObject"))
        .unwrap();
    assert_eq!(put.property("line"), Some("7"));
    let wide = commands.iter().find(|own| own.name == "notice").unwrap();
    assert_eq!(
        (wide.property("line"), wide.property("col")),
        (Some("7"), Some("19"))
    );
}

#[test]
fn github_shows_ten_annotations_of_a_level_and_is_told_how_many_there_are() {
    let mut audit = audit();
    let group = audit.denied[1].clone();
    audit.denied = vec![group; 15];
    let report = rendered(&audit, AuditFormat::Github);
    let errors = report.lines().filter(|line| line.starts_with("::error "));
    let errors: Vec<_> = errors.collect();
    assert_eq!(errors.len(), 10);
    assert!(
        errors[9].contains("%0A%0A6 more errors are in the log of this step"),
        "{}",
        errors[9]
    );
    assert_eq!(
        report
            .matches("\n  2 calls of `cloudtrail:StopLogging`")
            .count(),
        15 + 1
    );
}

#[test]
fn no_report_has_a_character_that_steers_a_terminal() {
    for audit in hostile() {
        for format in formats() {
            let report = rendered(&audit, format);
            let harmful = |c: char| is_unprintable(c) && !matches!(c, '\n' | '\t');
            let found: Vec<_> = report.matches(harmful).collect();
            assert!(found.is_empty(), "{format:?}: {found:?}");
        }
    }
}

#[test]
fn hostile_texts_are_read_back_as_they_are() {
    let usual = lines_of_json(&report(AuditFormat::Jsonl)).len();
    let number_of_rows = rows(&report(AuditFormat::Csv)).len();
    for audit in hostile() {
        let document: Value = serde_json::from_str(&rendered(&audit, AuditFormat::Json)).unwrap();
        assert_eq!(
            document["denied"][0]["principal"],
            audit.denied[0].principal
        );
        assert_eq!(
            document["accounting"]["problems"][0]["message"],
            audit.accounting.problems[0].message
        );
        let lines = lines_of_json(&rendered(&audit, AuditFormat::Jsonl));
        assert_eq!(lines.len(), usual);
        let rows = rows(&rendered(&audit, AuditFormat::Csv));
        assert_eq!(rows.len(), number_of_rows);
        let formula = |field: &str| {
            let field = field.trim_start();
            field.starts_with(['=', '+', '-', '@', '\t', '\r'])
        };
        for (row, (name, field)) in rows
            .iter()
            .flat_map(|row| row.iter().map(move |of| (row, of)))
        {
            assert!(!formula(field), "{name}: {field:?} of {row:?}");
        }
    }
}

#[test]
fn the_runner_of_github_reads_the_commands_of_the_findings_and_no_others() {
    for audit in hostile() {
        let report = rendered(&audit, AuditFormat::Github);
        assert!(!report.contains("##["), "{report}");
        for command in report.lines().filter_map(Command::of) {
            let title = command.property("title").unwrap_or_default();
            let own = ["alarm", "would be denied", "unused", "too wide"];
            assert!(own.contains(&title), "{command:?}");
            let given = command.properties.iter().map(|(name, _)| &**name);
            let known = ["file", "line", "col", "title"];
            assert!(
                given.clone().all(|name| known.contains(&name)),
                "{command:?}"
            );
            assert!(!command.message.contains('\r'));
        }
    }
}

#[test]
fn markdown_has_no_markup_but_its_own() {
    for audit in hostile() {
        let report = rendered(&audit, AuditFormat::Markdown);
        assert!(report.len() <= iamsim::report::JOB_SUMMARY_BYTES);
        let mut fence: Option<String> = None;
        for line in report.lines() {
            if let Some(open) = &fence {
                if line == open {
                    fence = None;
                }
                continue;
            }
            let run: String = line.chars().take_while(|c| *c == '`').collect();
            if run.len() > 2 {
                fence = Some(run);
                continue;
            }
            of_line(line);
        }
        assert_eq!(fence, None, "a block of code without an end");
    }
}

/// Expects markup of ours at the start of a line, and text behind it.
#[track_caller]
fn of_line(line: &str) {
    if line.starts_with("|-") {
        assert!(line.trim_matches(['|', '-', ':']).is_empty(), "{line}");
        return;
    }
    let marks = ["#### ", "### ", "## ", "- ", "… "];
    let text = marks.iter().find_map(|mark| line.strip_prefix(mark));
    let text = text.unwrap_or(line);
    if text.starts_with('|') {
        assert!(text.ends_with('|'), "{text}");
        for cell in text.trim_matches('|').split('|') {
            only_code_and_words(cell);
        }
    } else {
        only_code_and_words(text);
    }
}
