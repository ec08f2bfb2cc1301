use crate::support::{folder, iamsim};
use std::{fs, path::Path};

const UNKNOWN: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::b/*"}]}"#;

#[expect(clippy::disallowed_methods, reason = "a test reads what was written")]
fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

#[test]
fn several_formats_are_written_in_one_run() {
    let folder = folder(&[("a.json", UNKNOWN)]);
    let arguments = [
        "lint",
        "a.json",
        "--output",
        "f.sarif",
        "--output",
        "junit=f.xml",
    ];
    let run = iamsim(arguments).folder(folder.path()).run().exits(1);
    run.prints("error[unknown-action]");
    let sarif: serde_json::Value =
        serde_json::from_str(&text(&folder.path().join("f.sarif"))).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "unknown-action");
    assert!(text(&folder.path().join("f.xml")).contains("<testsuites"));
}

#[test]
fn a_report_replaces_no_file_that_the_user_wrote() {
    let baseline = r#"{"version": 1, "findings": []}"#;
    let toml = "ignore = [\"style\"]\n";
    let folder = folder(&[
        ("a.json", UNKNOWN),
        ("b.json", UNKNOWN),
        ("known.json", baseline),
        ("iamsim.toml", toml),
    ]);
    for path in ["a.json", "b.json", "known.json", "iamsim.toml"] {
        let output = format!("json={path}");
        let before = text(&folder.path().join(path));
        let arguments = ["lint", "a.json", "--output", &output];
        let run = iamsim(arguments).folder(folder.path()).run();
        run.exits(2).complains(&format!("`{path}` is "));
        assert_eq!(text(&folder.path().join(path)), before);
    }
}

#[test]
fn a_report_in_a_searched_folder_is_no_policy_the_next_time() {
    let folder = folder(&[("a.json", UNKNOWN)]);
    for _ in 0..2 {
        let arguments = [
            "lint",
            ".",
            "--output",
            "f.json",
            "--output",
            "sarif=g.json",
        ];
        let run = iamsim(arguments).folder(folder.path()).run().exits(1);
        assert_eq!(run.stdout.matches("[unknown-action]").count(), 1, "{run}");
    }
    let run = iamsim(["lint", ".", "--format", "concise"])
        .folder(folder.path())
        .run();
    assert_eq!(run.stdout.lines().count(), 1, "{run}");
}

#[test]
fn a_file_that_cannot_be_meant_is_refused() {
    let folder = folder(&[("a.json", UNKNOWN)]);
    for (output, message) in [
        ("sarf=f.json", "there is no format `sarf`"),
        ("f.bin", "say how it is written"),
        ("json=-", "standard output has the report"),
        ("json=", "name a file"),
    ] {
        let run = iamsim(["lint", "a.json", "--output", output])
            .folder(folder.path())
            .run();
        run.exits(2).complains(message);
    }
    let twice = [
        "lint", "a.json", "--output", "json=f", "--output", "sarif=f",
    ];
    iamsim(twice)
        .folder(folder.path())
        .run()
        .exits(2)
        .complains("two reports");
    let nowhere = ["lint", "a.json", "--output", "none/f.json"];
    iamsim(nowhere)
        .folder(folder.path())
        .run()
        .exits(2)
        .complains("cannot write `none/f.json`");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_the_files_are_written() {
    let folder = folder(&[("a.json", UNKNOWN)]);
    let run = iamsim(["lint", "a.json", "--output", "json=/dev/full"])
        .folder(folder.path())
        .run();
    run.exits(2).complains("cannot write `/dev/full`");
}

#[test]
fn in_github_actions_annotations_and_the_summary_are_written() {
    let folder = folder(&[
        ("repository/iam/a.json", UNKNOWN),
        ("summary.md", "before\n"),
    ]);
    let call = || {
        iamsim(["lint", "a.json"])
            .folder(&folder.path().join("repository/iam"))
            .variable("GITHUB_ACTIONS", "true")
            .variable("GITHUB_WORKSPACE", folder.path().join("repository"))
            .variable("GITHUB_STEP_SUMMARY", folder.path().join("summary.md"))
    };
    let run = call().run().exits(1);
    assert!(
        run.stdout.starts_with("::error file=iam/a.json,line=1,"),
        "{run}"
    );
    let summary = text(&folder.path().join("summary.md"));
    assert!(summary.starts_with("before\n## iamsim\n"), "{summary}");
    assert!(summary.contains("iam/a.json:1:"), "{summary}");
}

#[test]
fn in_github_actions_no_other_text_is_a_command() {
    let name = "::error::x##[error]y.json";
    let folder = folder(&[(name, UNKNOWN)]);
    let call = |arguments: &[&str]| {
        let call = iamsim(arguments.iter().copied()).folder(folder.path());
        call.variable("GITHUB_ACTIONS", "true").run()
    };
    for arguments in [
        &["lint", name, "--format", "concise"][..],
        &["lint", name, "--format", "full"],
        &["lint", "--no-such\n::error::z", name],
        &["lint", "none\n::error::z"],
    ] {
        let run = call(arguments);
        for line in run.stdout.lines().chain(run.stderr.lines()) {
            assert!(!line.trim_start().starts_with("::"), "{line}");
            assert!(!line.contains("##["), "{line}");
        }
    }
}
