use crate::support::{Run, folder, iamsim};
use std::{fs, path::Path};

/// What an administrator has, and how a service control policy starts.
const EVERYTHING: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;

fn lint(folder: &Path, arguments: &[&str]) -> Run {
    iamsim(std::iter::once(&"lint").chain(arguments))
        .folder(folder)
        .run()
}

#[test]
fn a_word_in_the_name_tells_the_type_and_the_report_says_so() {
    let folder = folder(&[
        ("admin.json", EVERYTHING),
        ("org/allow-scp.json", EVERYTHING),
    ]);
    lint(folder.path(), &[".", "--show-types"])
        .exits(1)
        .prints("admin-star-star")
        .prints("admin.json: taken for an identity policy: it names no principals")
        .prints("org/allow-scp.json: taken for a service control policy: its name has `scp`");
    let report = lint(folder.path(), &["org", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(report["documents"][0]["policyType"], "scp");
}

#[test]
fn the_option_settles_the_type() {
    let folder = folder(&[("admin.json", EVERYTHING)]);
    lint(folder.path(), &["admin.json"])
        .exits(1)
        .prints("critical[admin-star-star]");
    lint(folder.path(), &["admin.json", "--policy-type", "boundary"]).exits(0);
    lint(folder.path(), &["admin.json", "--policy-type", "bucket"])
        .exits(2)
        .complains("the types are identity, resource, trust");
}

#[test]
fn the_configuration_tells_types_by_glob_from_any_folder() {
    let toml = "policies = [\"iam\"]\n[[policy-types]]\nglob = \"iam/*.json\"\ntype = \"scp\"\n";
    let folder = folder(&[("iamsim.toml", toml), ("iam/admin.json", EVERYTHING)]);
    lint(folder.path(), &[]).exits(0);
    lint(folder.path(), &["./iam/admin.json"]).exits(0);
    lint(&folder.path().join("iam"), &["admin.json"]).exits(0);
    lint(&folder.path().join("iam"), &["../iam/admin.json"]).exits(0);
}

#[test]
fn a_wrong_type_in_the_configuration_is_underlined() {
    let toml = "[[policy-types]]\nglob = \"*.json\"\ntype = \"bucket\"\n";
    let folder = folder(&[("iamsim.toml", toml), ("a.json", EVERYTHING)]);
    lint(folder.path(), &["a.json"])
        .exits(2)
        .complains("there is no type of policies `bucket`")
        .complains("iamsim.toml:3:8");
    let toml = "[[policy-types]]\nglob = \"*.json\"\ntyp = \"scp\"\n";
    fs::write(folder.path().join("iamsim.toml"), toml).unwrap();
    lint(folder.path(), &["a.json"])
        .exits(2)
        .complains("did you mean `type`?");
}

const PASSES: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}]}"#;
const RUNS: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*"}]}"#;
const DENIES: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "*"}]}"#;

#[test]
fn policies_of_one_principal_count_together() {
    let folder = folder(&[("passes.json", PASSES), ("runs.json", RUNS)]);
    let rule = "privesc-cross-statement";
    let apart = lint(folder.path(), &["passes.json", "runs.json"]).exits(1);
    assert!(!apart.stdout.contains(rule), "{apart}");
    let together = lint(folder.path(), &["passes.json", "runs.json", "--together"])
        .exits(1)
        .prints("`iam:PassRole` is allowed by `passes.json`");
    assert_eq!(together.stdout.matches(rule).count(), 1, "{together}");
}

#[test]
fn what_another_policy_denies_is_taken_away() {
    let folder = folder(&[
        ("passes.json", PASSES),
        ("runs.json", RUNS),
        ("denies.json", DENIES),
        ("boundary.json", DENIES),
    ]);
    for last in ["denies.json", "boundary.json"] {
        let files = ["passes.json", "runs.json", last, "--together"];
        let run = lint(folder.path(), &files);
        assert!(!run.stdout.contains("privesc"), "{last}: {run}");
    }
}

#[test]
fn rules_that_are_off_run_where_they_are_asked_for() {
    let folder = folder(&[("a-scp.json", EVERYTHING)]);
    lint(folder.path(), &["a-scp.json"]).exits(0);
    lint(
        folder.path(),
        &["a-scp.json", "--extend-select", "missing-sid"],
    )
    .exits(1)
    .prints("hint[missing-sid]");
    lint(
        folder.path(),
        &["a-scp.json", "--extend-select", "missing-sids"],
    )
    .exits(2)
    .complains("did you mean `missing-sid`?");
}

#[test]
fn a_folder_of_policies_is_not_taken_for_one_principal() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..101 {
        fs::write(folder.path().join(format!("{number}.json")), RUNS).unwrap();
    }
    lint(folder.path(), &[".", "--together"])
        .exits(2)
        .complains("101 files are given")
        .complains("at most 100");
}
