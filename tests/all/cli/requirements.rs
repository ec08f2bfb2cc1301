//! What a configuration asks of policies.

use crate::support::{Run, iamsim};
use std::{fs, path::Path};

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        fs::write(folder.path().join(path), text).unwrap();
    }
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Run {
    iamsim(arguments.iter().copied()).folder(folder).run()
}

const TABLES: &str = r#"account = "123456789012"
organization-id = "o-a1b2c3d4e5"
select = [
  "foreign-organization",
  "not-allowed-action",
  "principal-allowlist",
  "required-condition",
  "sensitive-resource-access",
]

[[not-allowed-action]]
actions = ["s3:PutBucketPolicy"]
types = ["resource"]
severity = "critical"

[principal-allowlist]
accounts = ["198765432109"]
reason = "see the register of accounts"

[[required-condition]]
actions = ["s3:GetObject"]
any-of = [{ key = "aws:SourceVpce" }, { key = "aws:SourceIp", operator = "IpAddress", values = ["203.0.113.0/24"] }]

[[sensitive-resource-access]]
actions = ["s3:Get*"]
resources = ["arn:aws:s3:::payroll/*"]
"#;

const BUCKET: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [{
    "Effect": "Allow",
    "Principal": {"AWS": ["198765432109", "210987654321"]},
    "Action": "s3:*",
    "Resource": ["arn:aws:s3:::payroll", "arn:aws:s3:::payroll/*"],
    "Condition": {"StringEquals": {"aws:ResourceOrgID": "o-f6g7h8i9j0"}}
  }]
}"#;

#[test]
fn each_table_makes_its_rule_fire() {
    let folder = folder(&[("iamsim.toml", TABLES), ("bucket.json", BUCKET)]);
    let run = run(
        folder.path(),
        &["lint", "bucket.json", "--format", "concise"],
    )
    .exits(1);
    for line in [
        "not-allowed-action `s3:*` covers `s3:PutBucketPolicy`, which is not to be allowed",
        "`210987654321` is not among the principals that are allowed: see the register of accounts",
        "without a condition on `aws:SourceVpce` or `IpAddress aws:SourceIp = 203.0.113.0/24`",
        "reach `arn:aws:s3:::payroll/*`, which is sensitive",
        "names `o-f6g7h8i9j0`, and the organization is `o-a1b2c3d4e5`",
    ] {
        assert!(run.stdout.contains(line), "{line}\n{run}");
    }
    assert_eq!(run.stdout.lines().count(), 5, "{run}");
    // The severity that its table asks for.
    assert!(run.stderr.contains("1 critical, 3 high, 1 medium"), "{run}");
}

#[test]
fn what_is_asked_is_shown_and_can_stand_in_a_configuration() {
    let first = folder(&[("iamsim.toml", TABLES), ("bucket.json", BUCKET)]);
    let shown = run(first.path(), &["config"]).exits(0).stdout;
    assert!(shown.contains("[[required-condition]]"), "{shown}");
    let second = folder(&[("iamsim.toml", &shown), ("bucket.json", BUCKET)]);
    assert_eq!(run(second.path(), &["config"]).exits(0).stdout, shown);
    let findings = |folder: &Path| run(folder, &["lint", "bucket.json"]).exits(1).stdout;
    assert_eq!(findings(first.path()), findings(second.path()));
}

#[test]
fn a_requirement_that_no_policy_can_break_is_an_error_that_shows_where() {
    let text = "[[not-allowed-action]]\nactions = [\"iam:CreateUsr\"]\n";
    let folder = folder(&[("iamsim.toml", text), ("bucket.json", BUCKET)]);
    run(folder.path(), &["lint", "bucket.json"])
        .exits(2)
        .errors(1)
        .complains("iamsim.toml:2:12")
        .complains("there is no action `iam:CreateUsr`")
        .complains("did you mean `iam:CreateUser`?");
    let text = "[[not-allowed-action]]\naction = [\"iam:CreateUser\"]\n";
    fs::write(folder.path().join("iamsim.toml"), text).unwrap();
    run(folder.path(), &["lint", "bucket.json"])
        .exits(2)
        .complains("did you mean `actions`?");
}

#[test]
fn a_hostile_reason_reaches_no_terminal() {
    let table = |reason: &str| {
        format!("[[not-allowed-action]]\nactions = [\"s3:*\"]\nreason = \"{reason}\"\n")
    };
    let folder = folder(&[
        ("iamsim.toml", &table("\u{202e}gnorw")),
        ("bucket.json", BUCKET),
    ]);
    for format in ["full", "concise"] {
        let run = run(folder.path(), &["lint", "bucket.json", "--format", format]).exits(1);
        assert!(
            run.stdout.contains("gnorw") && !run.stdout.contains('\u{202e}'),
            "{run}"
        );
    }
    fs::write(folder.path().join("iamsim.toml"), table("\\u001b[31m")).unwrap();
    let run = run(folder.path(), &["lint", "bucket.json"]).exits(2);
    assert!(!run.stderr.contains("\u{1b}[31m"), "{run}");
}
