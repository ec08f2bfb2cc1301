//! `iamsim baseline`, and `iamsim lint` beside a baseline.

use crate::support::{Run, iamsim};
use std::{fs, path::Path};
use tempfile::TempDir;

const FILE: &str = "iamsim-baseline.json";

/// A statement with one finding: there is no such action.
fn statement(bucket: &str) -> String {
    let condition = format!(r#"{{"StringEquals": {{"aws:PrincipalTag/team": "{bucket}"}}}}"#);
    format!(
        r#"{{"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::{bucket}/*", "Condition": {condition}}}"#
    )
}

fn policy(buckets: &[&str]) -> String {
    let statements: Vec<_> = buckets.iter().map(|bucket| statement(bucket)).collect();
    let list = statements.join(", ");
    format!(r#"{{"Version": "2012-10-17", "Statement": [{list}]}}"#)
}

/// A folder in which commands run.
struct Project {
    folder: TempDir,
}

impl Project {
    /// With a policy `policies/a.json` of a statement for each bucket.
    fn new(buckets: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let project = Self { folder };
        project.write("policies/a.json", &policy(buckets));
        project
    }

    fn path(&self, path: &str) -> std::path::PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[expect(clippy::disallowed_methods, reason = "a test reads what was written")]
    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Run {
        iamsim(arguments.iter().copied())
            .folder(self.folder.path())
            .run()
    }

    fn baseline(&self, arguments: &[&str]) -> Run {
        self.run(&[&["baseline"], arguments].concat())
    }

    /// The findings that `iamsim lint` tells beside the baseline.
    fn lint(&self) -> Run {
        self.run(&["lint", "--format", "concise", "--baseline", FILE])
    }

    /// Names of all files in the folder.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name();
        let names = entries.map(|entry| name(entry).into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }
}

#[test]
fn what_is_written_is_left_out_and_a_new_finding_is_told() {
    let project = Project::new(&["a", "b"]);
    project
        .baseline(&["write"])
        .exits(0)
        .quietly()
        .prints("wrote 2 entries to `iamsim-baseline.json`");
    project
        .lint()
        .exits(0)
        .complains("checked 1 policy, left out 2 findings of the baseline: nothing new found");
    project.write("policies/a.json", &policy(&["a", "new", "b"]));
    let run = project.lint().exits(1);
    assert_eq!(run.stdout.lines().count(), 1, "{run}");
    let text = project.text("policies/a.json");
    let (second, _) = text.match_indices("s3:GetObjekt").nth(1).unwrap();
    let column = second + 1;
    run.prints(&format!("policies/a.json:1:{column}: unknown-action"));
}

#[test]
fn the_report_counts_what_was_left_out() {
    let project = Project::new(&["a", "b"]);
    project.baseline(&["write"]).exits(0);
    let lint =
        |arguments: &[&str]| project.run(&[&["lint", "--format", "json"], arguments].concat());
    let report = lint(&["--baseline", FILE]).exits(0).json();
    assert_eq!(report["summary"]["baselined"], 2);
    assert_eq!(report["findings"].as_array().unwrap().len(), 0);
    let report = lint(&[]).exits(1).json();
    assert_eq!(report["summary"]["baselined"], 0);
}

#[test]
fn a_baseline_is_written_over_only_by_force() {
    let project = Project::new(&["a"]);
    project.write(FILE, "mine");
    for arguments in [&["write"][..], &["write", "--force"]] {
        project
            .baseline(arguments)
            .exits(2)
            .complains("`iamsim-baseline.json` is there already, and is no baseline");
    }
    assert_eq!(project.text(FILE), "mine");
    let empty = "{\"version\": 1, \"findings\": []}";
    project.write(FILE, empty);
    project
        .baseline(&["write"])
        .exits(2)
        .complains("`iamsim-baseline.json` is there already")
        .complains("`iamsim baseline update`");
    assert_eq!(project.text(FILE), empty);
    project.baseline(&["write", "--force"]).exits(0);
    assert!(project.text(FILE).contains("unknown-action"));
}

#[test]
fn an_update_keeps_reasons_and_drops_what_is_gone() {
    let project = Project::new(&["a", "b"]);
    project.baseline(&["write"]).exits(0);
    let reasoned = project
        .text(FILE)
        .replacen("\"}", "\", \"reason\": \"it is \\\"fine\\\"\"}", 1);
    project.write(FILE, &reasoned);
    project
        .baseline(&["update"])
        .exits(0)
        .quietly()
        .prints("`iamsim-baseline.json`: kept 2 entries, added 0, removed 0");
    assert_eq!(project.text(FILE), reasoned);

    project.write("policies/a.json", &policy(&["a", "b", "c"]));
    project
        .baseline(&["update"])
        .exits(0)
        .prints("kept 2 entries, added 1, removed 0");
    assert!(project.text(FILE).contains(r#""reason": "it is \"fine\"""#));
    project.lint().exits(0);

    project.write("policies/a.json", &policy(&["c"]));
    project
        .baseline(&["update"])
        .exits(0)
        .prints("kept 1 entry, added 0, removed 2");
}

#[test]
fn stale_entries_are_told_and_pruned_and_nothing_is_added() {
    let project = Project::new(&["a", "b"]);
    project.baseline(&["write"]).exits(0);
    project.write("policies/a.json", &policy(&["b"]));
    project.write("policies/new.json", &policy(&["c"]));
    project.lint().exits(1).complains(
        "warning: 1 entry of `iamsim-baseline.json` without a finding, such as `unknown-action` in \
         `policies/a.json`; `iamsim baseline prune` removes what is gone",
    );
    project
        .baseline(&["prune"])
        .exits(0)
        .prints("kept 1 entry, added 0, removed 1");
    let run = project.lint().exits(1);
    assert!(!run.stderr.contains("warning"), "{run}");
    run.prints("policies/new.json:");
}

#[test]
fn entries_of_what_was_not_looked_at_stay() {
    let project = Project::new(&["a"]);
    project.write("policies/b.json", &policy(&["b"]));
    project.baseline(&["write"]).exits(0);
    let before = project.text(FILE);
    for scope in [&["policies/a.json"][..], &["--ignore", "unknown-action"]] {
        let lint = ["lint", "--baseline", FILE];
        let run = project.run(&[&lint, scope].concat()).exits(0);
        assert!(!run.stderr.contains("warning"), "{run}");
        for command in ["update", "prune"] {
            project.baseline(&[&[command], scope].concat()).exits(0);
            assert_eq!(project.text(FILE), before);
        }
    }
}

#[test]
fn entries_of_a_file_that_is_gone_or_of_a_rule_that_is_gone_are_stale() {
    let project = Project::new(&["a"]);
    project.write("policies/b.json", &policy(&["b"]));
    project.baseline(&["write"]).exits(0);
    fs::remove_file(project.path("policies/b.json")).unwrap();
    let old = project.text(FILE).replacen("unknown-action", "old-rule", 1);
    project.write(FILE, &old);
    project
        .lint()
        .exits(1)
        .complains("such as `unknown-action` in `policies/b.json`")
        .complains(
            "warning: `iamsim-baseline.json` has entries of a rule `old-rule`, and there is none",
        );
    project.baseline(&["prune"]).exits(0).prints("removed 2");
}

#[test]
fn the_findings_of_a_document_that_cannot_be_read_are_hidden_not_gone() {
    let project = Project::new(&["a"]);
    project.baseline(&["write"]).exits(0);
    let before = project.text(FILE);
    let whole = policy(&["a"]);
    project.write("policies/a.json", &whole[..whole.len() - 1]);
    let run = project.lint().exits(1);
    assert!(!run.stderr.contains("warning"), "{run}");
    project.baseline(&["prune"]).exits(0);
    assert_eq!(project.text(FILE), before);
}

#[test]
fn a_baseline_that_is_missing_is_an_error() {
    let project = Project::new(&["a"]);
    for arguments in [
        &["baseline", "update"][..],
        &["baseline", "prune"],
        &["lint", "--baseline", FILE],
    ] {
        let run = project
            .run(arguments)
            .exits(2)
            .complains("there is no baseline `iamsim-baseline.json`")
            .complains("`iamsim baseline write` makes a new one");
        assert_eq!(run.stdout, "");
    }
    assert_eq!(project.names(), ["policies"]);
}

#[test]
fn a_malformed_baseline_is_an_error_with_its_place_and_stays_as_it_is() {
    let project = Project::new(&["a"]);
    let text = "{\"version\": 1, \"findings\": [\n{\"pfad\u{202e}\": \"\"}\n]}\n";
    project.write(FILE, text);
    for arguments in [
        &["baseline", "update"][..],
        &["baseline", "prune"],
        &["lint", "--baseline", FILE],
    ] {
        let run = project
            .run(arguments)
            .exits(2)
            .errors(1)
            .complains("an entry has no member `pfad\\u{202e}`")
            .complains("iamsim-baseline.json:2:3");
        assert!(!run.stderr.contains('\u{202e}'), "{run}");
        assert_eq!(run.stdout, "");
    }
    assert_eq!(project.text(FILE), text);
}

#[test]
fn nothing_is_written_where_a_policy_could_not_be_read() {
    let project = Project::new(&["a"]);
    project
        .baseline(&["write", "policies", "missing.json"])
        .exits(2)
        .complains("no such file: `missing.json`")
        .complains("`iamsim-baseline.json` is not written");
    project.baseline(&["write", "nowhere"]).exits(2);
    assert_eq!(project.names(), ["policies"]);
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_to_is_an_error_and_leaves_nothing() {
    let project = Project::new(&["a"]);
    // A file in place of the folder keeps out even root, whom permissions do not.
    project.write("file", "");
    project
        .baseline(&["write", "--baseline", "file/b.json"])
        .exits(2)
        .complains("cannot write `file/b.json`: not a directory");
    project
        .baseline(&["write", "--baseline", "none/b.json"])
        .exits(2)
        .complains("cannot write `none/b.json`");
    assert_eq!(project.names(), ["file", "policies"]);

    fs::create_dir(project.path("closed")).unwrap();
    let permissions = |mode| std::os::unix::fs::PermissionsExt::from_mode(mode);
    fs::set_permissions(project.path("closed"), permissions(0o555)).unwrap();
    let probe = project.path("closed/probe");
    if fs::write(&probe, "").is_err() {
        project
            .baseline(&["write", "--baseline", "closed/b.json"])
            .exits(2)
            .complains("cannot write `closed/b.json`: permission denied");
        let mut left = fs::read_dir(project.path("closed")).unwrap();
        assert!(left.next().is_none());
    }
    fs::set_permissions(project.path("closed"), permissions(0o755)).unwrap();
}

#[cfg(unix)]
#[test]
fn a_link_to_a_baseline_stays_a_link_and_permissions_stay() {
    let project = Project::new(&["a"]);
    project.write("real.json", "{\"version\": 1, \"findings\": [\n]}\n");
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o640);
    fs::set_permissions(project.path("real.json"), permissions).unwrap();
    std::os::unix::fs::symlink("real.json", project.path(FILE)).unwrap();
    project.baseline(&["update"]).exits(0).prints("added 1");
    assert!(project.path(FILE).is_symlink());
    let mode = fs::metadata(project.path("real.json"))
        .unwrap()
        .permissions();
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777,
        0o640
    );
    assert_eq!(project.names(), [FILE, "policies", "real.json"]);
}

#[test]
fn two_versions_differ_by_a_line_an_entry() {
    let project = Project::new(&["a", "c"]);
    project.write("policies/z.json", &policy(&["z"]));
    project.baseline(&["write"]).exits(0);
    let before = project.text(FILE);
    project.write("policies/a.json", &policy(&["a", "b", "c"]));
    project.write("policies/b.json", &policy(&["b"]));
    project.baseline(&["update"]).exits(0).prints("added 2");
    let after = project.text(FILE);
    let old: Vec<_> = before.lines().collect();
    let (same, new): (Vec<_>, Vec<_>) = after.lines().partition(|line| old.contains(line));
    assert_eq!(same, old);
    assert_eq!(new.len(), 2);
    assert!(
        new.iter()
            .all(|line| line.contains("\"rule\": \"unknown-action\""))
    );
}

#[test]
fn the_configuration_names_the_baseline_of_lint_too() {
    let project = Project::new(&["a"]);
    project.write("iamsim.toml", "baseline = \"known/list.json\"\n");
    fs::create_dir(project.path("known")).unwrap();
    project
        .baseline(&["write"])
        .exits(0)
        .prints("`known/list.json`");
    project
        .run(&["lint"])
        .exits(0)
        .prints("left out 1 finding of the baseline");
    project.run(&["lint", "--no-baseline"]).exits(1);
    project.write("iamsim.toml", "baseline = \"../list.json\"\n");
    project
        .run(&["lint"])
        .exits(2)
        .complains("`../list.json` is no file in the folder of `iamsim.toml`")
        .complains("iamsim.toml:1:12");
}

#[test]
fn a_baseline_is_no_policy_though_it_speaks_of_statements_and_effects() {
    let project = Project::new(&[]);
    let statement =
        r#"{"Statement": [{"Effect": "Alow", "Action": "s3:GetObject", "Resource": "*"}]}"#;
    project.write("policies/a.json", statement);
    project
        .baseline(&["write", "--baseline", "policies/known.json"])
        .exits(0);
    assert!(
        project
            .text("policies/known.json")
            .contains("Statement[].Effect")
    );
    for paths in [
        &["policies"][..],
        &["policies/a.json", "policies/known.json"],
    ] {
        let lint = ["lint", "--baseline", "policies/known.json"];
        project
            .run(&[&lint, paths].concat())
            .exits(0)
            .prints("checked 1 policy, passed over 1 file that is no policy");
    }
}

#[test]
fn a_baseline_and_none_are_not_both_to_be_heeded() {
    let run = iamsim(["lint", "--baseline", "b.json", "--no-baseline"]).run();
    run.exits(2).complains("cannot be used with");
    assert!(!Path::new("b.json").exists());
}
