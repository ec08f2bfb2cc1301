use crate::support::{Run, iamsim, text_of};
use std::{fs, path::Path};

/// A policy with an action that there is not.
const UNKNOWN: &str = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "Read", "Effect": "Allow",
"Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::reports/*"}]}"#;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn lint(folder: &Path, paths: &[&str]) -> Run {
    let arguments = ["lint", "--format", "concise", "--select", "unknown-action"];
    let rules = ["--extend-select", "unused-ignore,expired-suppression"];
    iamsim(arguments.iter().chain(&rules).chain(paths).copied())
        .folder(folder)
        .run()
}

/// The configuration of two folders, with an entry.
fn configuration(entry: &str) -> String {
    format!("policies = [\"a\", \"b\"]\n[[suppress]]\nreason = \"known\"\n{entry}\n")
}

#[test]
fn policies_with_comments_are_found_and_their_comments_suppress() {
    let commented = UNKNOWN.replace(
        "\"s3:GetObjekt\",",
        "\"s3:GetObjekt\", // iamsim: ignore[unknown-action] known\n",
    );
    let folder = folder(&[("a/commented.jsonc", &commented), ("a/plain.json", UNKNOWN)]);
    let run = lint(folder.path(), &["a"]).exits(1);
    assert_eq!(run.stdout.lines().count(), 1, "{run}");
    run.prints("a/plain.json:2:12: unknown-action")
        .complains("checked 2 policies, suppressed 1 finding: 1 error");
    lint(folder.path(), &["a/commented.jsonc"]).exits(0);
}

#[test]
fn accepted_findings_are_counted_in_the_summary_of_json_too() {
    let fixture = "tests/fixtures/suppression/exports.jsonc";
    let report = iamsim(["lint", fixture, "--format", "json"]).run().exits(1);
    assert_eq!(report.json()["summary"]["suppressed"], 1);
}

#[test]
fn an_entry_holds_for_its_paths_from_any_folder() {
    let toml = configuration("rule = \"unknown-action\"\npath = \"a/*.json\"");
    let folder = folder(&[
        ("iamsim.toml", &toml),
        ("a/x.json", UNKNOWN),
        ("b/x.json", UNKNOWN),
    ]);
    let run = lint(folder.path(), &[]).exits(1);
    assert_eq!(run.stdout.lines().count(), 1, "{run}");
    run.prints("b/x.json:2:12: unknown-action");
    lint(&folder.path().join("b"), &["../a/x.json"]).exits(0);
    lint(&folder.path().join("b"), &["x.json"]).exits(1);
}

#[test]
fn an_entry_of_no_use_is_told_where_all_policies_are_looked_at() {
    let toml = configuration("rule = \"unknown-action\"\nsid = \"Write\"");
    let known = UNKNOWN.replace("GetObjekt", "GetObject");
    let folder = folder(&[
        ("iamsim.toml", &toml),
        ("a/x.json", &known),
        ("b/x.json", &known),
    ]);
    lint(folder.path(), &[])
        .exits(1)
        .prints("iamsim.toml:4:8: unused-ignore no finding of `unknown-action`");
    lint(folder.path(), &["a/x.json"]).exits(0);
    fs::write(
        folder.path().join("b/y.json"),
        UNKNOWN.replace("Read", "Write"),
    )
    .unwrap();
    lint(folder.path(), &[]).exits(0);
}

#[test]
fn an_entry_that_is_over_suppresses_nothing_and_is_told() {
    let toml = configuration("rule = \"unknown-action\"\nexpires = 2026-09-26");
    let folder = folder(&[
        ("iamsim.toml", &toml),
        ("a/x.json", UNKNOWN),
        ("b/x.json", UNKNOWN),
    ]);
    // The run is on that day.
    lint(folder.path(), &[]).exits(0);
    let over = toml.replace("2026-09-26", "2026-09-25");
    fs::write(folder.path().join("iamsim.toml"), over).unwrap();
    let run = lint(folder.path(), &["a/x.json"]).exits(1);
    assert_eq!(run.stdout.lines().count(), 2, "{run}");
    run.prints("a/x.json:2:12: unknown-action")
        .prints("iamsim.toml:5:11: expired-suppression the suppression ended with 2026-09-25");
}

#[test]
fn a_wrong_entry_is_underlined() {
    for (entry, place, message) in [
        (
            "rule = \"unknown-acton\"",
            "iamsim.toml:4:8",
            "did you mean `unknown-action`?",
        ),
        ("rule = \"all\"", "iamsim.toml:4:8", "`all` would suppress"),
        (
            "rule = \"style\"\nreasons = 1",
            "iamsim.toml:5:1",
            "there is no key `reasons` here",
        ),
        ("rule = 1", "iamsim.toml:4:8", "invalid type: integer `1`"),
        (
            "rule = \"style\"\npath = \"../x\"",
            "iamsim.toml:5:8",
            "leads out of the folder",
        ),
    ] {
        let toml = configuration(entry);
        let folder = folder(&[("iamsim.toml", &toml), ("a/x.json", UNKNOWN)]);
        lint(folder.path(), &[])
            .exits(2)
            .errors(1)
            .complains(place)
            .complains(message);
    }
}

#[test]
fn the_page_shows_a_fixture_and_entries_that_are_read() {
    let page = text_of("docs/suppression.md");
    let block = |language: &str| {
        let after = page.split(&format!("```{language}\n")).nth(1).unwrap();
        after.split("```").next().unwrap()
    };
    assert_eq!(
        block("jsonc"),
        text_of("tests/fixtures/suppression/exports.jsonc")
    );
    let toml = format!("policies = [\"policies\"]\n{}", block("toml"));
    let folder = folder(&[("iamsim.toml", &toml), ("policies/x.json", UNKNOWN)]);
    let run = lint(folder.path(), &[]).exits(1);
    run.prints("policies/x.json:2:12: unknown-action")
        .prints("iamsim.toml:3:8: unused-ignore");
}
