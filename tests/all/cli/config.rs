use crate::support::{Run, folder, iamsim, text_of};
use std::path::Path;

/// A finding of severity `critical`, `admin-star-star`.
const EVERYTHING: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;

/// A finding of severity `error`, `unknown-action`.
const UNKNOWN: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::b/*"}]}"#;

const OTHER_JSON: &str = r#"{"name": "something", "version": "1.0.0"}"#;

fn lint(folder: &Path, arguments: &[&str]) -> Run {
    iamsim(std::iter::once(&"lint").chain(arguments))
        .folder(folder)
        .run()
}

/// The rules of the findings of a report.
fn rules(run: &Run) -> Vec<String> {
    let report = run.json();
    let findings = report["findings"].as_array().unwrap();
    let rule = |finding: &serde_json::Value| finding["rule"].as_str().unwrap().to_owned();
    findings.iter().map(rule).collect()
}

#[test]
fn each_file_is_linted_by_its_nearest_configuration() {
    let folder = folder(&[
        ("iamsim.toml", "ignore = [\"unknown-action\"]\n"),
        ("a.json", UNKNOWN),
        ("strict/iamsim.toml", ""),
        ("strict/deep/b.json", UNKNOWN),
    ]);
    let run = lint(folder.path(), &[".", "--format", "concise"]).exits(1);
    assert!(run.stdout.starts_with("strict/deep/b.json:"), "{run}");
    assert_eq!(run.stdout.lines().count(), 1, "{run}");
}

#[test]
fn no_configuration_above_the_root_of_the_repository_counts() {
    let folder = folder(&[
        ("iamsim.toml", "ignore = [\"unknown-action\"]\n"),
        ("repository/.git/HEAD", ""),
        ("repository/a.json", UNKNOWN),
    ]);
    lint(folder.path(), &["repository/a.json"]).exits(1);
}

#[test]
fn a_configuration_that_is_named_holds_for_all_files_and_none_where_it_is_not_wanted() {
    let folder = folder(&[
        ("iamsim.toml", ""),
        ("other.toml", "ignore = [\"unknown-action\"]\n"),
        ("a.json", UNKNOWN),
    ]);
    lint(folder.path(), &["a.json", "--config", "other.toml"]).exits(0);
    let call = iamsim(["lint", "a.json"]).folder(folder.path());
    call.variable("IAMSIM_CONFIG", "other.toml").run().exits(0);
    let call = iamsim(["lint", "a.json", "--isolated"]).folder(folder.path());
    call.variable("IAMSIM_CONFIG", "other.toml").run().exits(1);
    lint(folder.path(), &["a.json", "--config", "none.toml"])
        .exits(2)
        .complains("there is no configuration `none.toml`");
}

#[test]
fn what_is_excluded_is_left_out_of_a_search_and_counted() {
    let folder = folder(&[
        (
            "iamsim.toml",
            "exclude = [\"old\", \"**/generated-*.json\"]\n",
        ),
        ("a.json", UNKNOWN),
        ("old/deep/b.json", UNKNOWN),
        ("x/generated-1.json", UNKNOWN),
    ]);
    let run = lint(folder.path(), &[".", "--format", "json"]).exits(1);
    assert_eq!(rules(&run), ["unknown-action"]);
    assert_eq!(run.json()["summary"]["excluded"], 2);
    lint(folder.path(), &["."]).prints("left out 2 excluded files");
    // A file that somebody names is meant, unless the names come from a list.
    lint(folder.path(), &["old/deep/b.json"]).exits(1);
    lint(folder.path(), &["old/deep/b.json", "--force-exclude"]).exits(0);
    lint(folder.path(), &[".", "--exclude", "*.json"]).exits(0);
}

#[test]
fn the_policies_of_the_configuration_can_be_left_out_too() {
    let toml = "policies = [\"iam/*.json\"]\nexclude = [\"iam/old.json\"]\n";
    let folder = folder(&[
        ("iamsim.toml", toml),
        ("iam/old.json", UNKNOWN),
        ("iam/new.json", UNKNOWN),
    ]);
    let run = lint(folder.path(), &["--format", "concise"]).exits(1);
    assert!(run.stdout.starts_with("iam/new.json:"), "{run}");
    assert_eq!(run.stdout.lines().count(), 1, "{run}");
}

#[test]
fn files_of_a_list_that_hold_no_policy_are_passed_over_and_can_be_named() {
    let folder = folder(&[("package.json", OTHER_JSON), ("a.json", UNKNOWN)]);
    let paths = ["package.json", "a.json"];
    lint(folder.path(), &[&paths[..], &["--force-exclude"]].concat())
        .exits(1)
        .prints("checked 1 policy, passed over 1 file that is no policy");
    let run = lint(
        folder.path(),
        &[&paths[..], &["--force-exclude", "--show-files"]].concat(),
    );
    let run = run.exits(0);
    assert_eq!(run.stdout, "a.json\npackage.json: passed over, no policy\n");
    // A file that somebody names is said to be none.
    lint(folder.path(), &["package.json"]).exits(1);
}

#[test]
fn rules_are_selected_and_left_out_by_name_and_category() {
    let toml = "select = [\"security\"]\nignore = [\"admin-star-star\"]\n";
    let folder = folder(&[
        ("iamsim.toml", toml),
        ("a.json", UNKNOWN),
        ("b.json", EVERYTHING),
    ]);
    let run = lint(folder.path(), &["a.json", "--format", "json"]).exits(0);
    assert!(rules(&run).is_empty(), "{run}");
    let run = lint(folder.path(), &["b.json", "--format", "json"]);
    assert!(
        !rules(&run).contains(&"admin-star-star".to_owned()),
        "{run}"
    );
    // What arguments select is all that is asked for.
    let select = ["b.json", "--select", "admin-star-star", "--format", "json"];
    let run = lint(folder.path(), &select).exits(1);
    assert_eq!(rules(&run), ["admin-star-star"]);
    let both = [
        "a.json",
        "--extend-select",
        "semantics,style",
        "--format",
        "json",
    ];
    let run = lint(folder.path(), &both).exits(1);
    assert_eq!(rules(&run), ["missing-sid", "unknown-action"]);
}

#[test]
fn a_document_that_cannot_be_read_is_never_passed_off_as_clean() {
    let folder = folder(&[
        ("iamsim.toml", "ignore = [\"all\"]\n"),
        ("a.json", "{\"Statement\": [ {\"Effect\": "),
        ("b.json", "[1, 2]"),
    ]);
    for path in ["a.json", "b.json"] {
        lint(folder.path(), &[path]).exits(1);
    }
}

#[test]
fn severities_are_what_the_configuration_says() {
    let toml = "[severities]\nunknown-action = \"hint\"\n";
    let folder = folder(&[("iamsim.toml", toml), ("a.json", UNKNOWN)]);
    lint(folder.path(), &["a.json"])
        .exits(1)
        .prints("hint[unknown-action]");
}

#[test]
fn the_exit_code_is_1_from_the_level_on_that_is_asked_for() {
    let hint = "[severities]\nunknown-action = \"hint\"\n";
    let medium = "fail-on = \"error\"\n[severities]\nunknown-action = \"medium\"\n";
    let error = "fail-on = \"never\"\n";
    for (toml, arguments, code) in [
        (hint, &[][..], 1),
        (hint, &["--fail-on", "warning"], 0),
        (medium, &[], 0),
        (medium, &["--fail-on", "warning"], 1),
        (medium, &["--fail-on", "error"], 0),
        (error, &[], 0),
        (error, &["--fail-on", "error"], 1),
        ("", &["--exit-zero"], 0),
        ("", &["--fail-on", "never"], 0),
    ] {
        let folder = folder(&[("iamsim.toml", toml), ("a.json", UNKNOWN)]);
        let run = lint(folder.path(), &[&["a.json"], arguments].concat());
        run.exits(code).prints("[unknown-action]");
    }
    let folder = folder(&[("a.json", UNKNOWN)]);
    let run = lint(folder.path(), &["a.json", "none.json", "--exit-zero"]);
    run.exits(2);
}

#[test]
fn statistics_come_besides_the_findings() {
    let folder = folder(&[("a.json", UNKNOWN), ("b.json", UNKNOWN)]);
    lint(folder.path(), &[".", "--statistics"])
        .exits(1)
        .prints("error[unknown-action]")
        .prints("2 unknown-action (error)\n");
}

#[test]
fn standard_input_has_the_settings_of_the_path_that_it_stands_for() {
    let toml = "[[policy-types]]\nglob = \"scps/*.json\"\ntype = \"scp\"\n";
    let folder = folder(&[("scps/iamsim.toml", &toml.replace("scps/", "")), ("x", "")]);
    let name = ["--stdin-filename", "scps/new.json", "--show-types"];
    let call = iamsim([&["lint", "-"], &name[..]].concat());
    call.stdin(EVERYTHING)
        .folder(folder.path())
        .run()
        .exits(0)
        .prints("scps/new.json: taken for a service control policy");
}

/// Gives what `privesc-passrole` and its like need, but for the pass.
const RUNS: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*"}]}"#;
const PASSES: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}]}"#;
const DENIES: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "*"}]}"#;

#[test]
fn the_policies_that_are_bound_to_a_principal_count_together() {
    let toml = "[[principals]]\narn = \"arn:aws:iam::123456789012:role/worker\"\npolicies = [\"worker/*.json\"]\n";
    let files = [
        ("iamsim.toml", toml),
        ("worker/passes.json", PASSES),
        ("worker/runs.json", RUNS),
    ];
    let bound = folder(&files);
    let rule = "privesc-cross-statement";
    // The other policy counts where it is not linted, too. It is told in the one with the first part.
    let run = lint(bound.path(), &["worker/runs.json"]);
    let first = lint(bound.path(), &["worker/passes.json"]);
    let both = lint(bound.path(), &[]).exits(1).prints(rule);
    let told: Vec<_> = [run, first]
        .into_iter()
        .filter(|run| run.stdout.contains(rule))
        .collect();
    assert_eq!(told.len(), 1, "{both}");
    let limited = format!("{toml}boundary = \"limits.json\"\n");
    let files = [
        &[("iamsim.toml", limited.as_str()), ("limits.json", DENIES)],
        &files[1..],
    ]
    .concat();
    let bound = folder(&files);
    let run = lint(
        bound.path(),
        &["worker/passes.json", "limits.json", "--show-types"],
    );
    assert!(!run.stdout.contains(rule), "{run}");
    run.prints("limits.json: taken for a permissions boundary");
}

#[test]
fn the_settings_of_a_path_are_shown() {
    let toml = "account = \"123456789012\"\nignore = [\"style\"]\nexclude = [\"old\"]\n\
                [severities]\nunknown-action = \"low\"\n[[policy-types]]\nglob = \"scps/*.json\"\ntype = \"scp\"\n";
    let folder = folder(&[
        ("iamsim.toml", toml),
        ("scps/a.json", EVERYTHING),
        ("old/b.json", ""),
    ]);
    let run = iamsim(["config", "scps/a.json"])
        .folder(folder.path())
        .run()
        .exits(0)
        .quietly();
    let run = run
        .prints("# scps/a.json\n# from iamsim.toml\n# type: scp, by the glob `scps/*.json`\n")
        .prints("ignore = [\"style\"]")
        .prints("account = \"123456789012\"")
        .prints("unknown-action = \"low\"");
    // What is shown can stand in a configuration.
    let other = crate::support::folder(&[("iamsim.toml", &run.stdout), ("a.json", UNKNOWN)]);
    lint(other.path(), &["a.json"])
        .exits(1)
        .prints("low[unknown-action]");
    let shown = lint(
        folder.path(),
        &["scps/a.json", "--ignore", "security", "--show-config"],
    );
    shown.exits(0).prints("ignore = [\"style\", \"security\"]");
    let old = iamsim(["config", "old/b.json"]).folder(folder.path()).run();
    old.exits(0).prints("# left out by `exclude`");
    let none = iamsim(["config", "--isolated"]).folder(folder.path()).run();
    none.exits(0)
        .prints("# there is no iamsim.toml, so the defaults hold");
}

#[test]
fn a_wrong_configuration_is_told_once_and_nothing_is_linted() {
    let folder = folder(&[
        ("iamsim.toml", "selekt = []\n"),
        ("a.json", UNKNOWN),
        ("b.json", UNKNOWN),
    ]);
    for command in [&["lint", "a.json", "b.json"][..], &["config"]] {
        let run = iamsim(command.iter().copied()).folder(folder.path()).run();
        let run = run.exits(2).errors(1).complains("did you mean `select`?");
        assert_eq!(run.stdout, "");
    }
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test may look at its environment"
)]
fn the_schema_of_the_configuration_is_the_one_that_is_published() {
    const PATH: &str = "docs/schema/iamsim.schema.json";
    let schema = iamsim(["config", "--schema"])
        .run()
        .exits(0)
        .quietly()
        .stdout;
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(crate::support::root().join(PATH), &schema).unwrap();
    }
    assert_eq!(text_of(PATH), schema, "run `UPDATE_DOCS=1 cargo test`");
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    assert_eq!(schema["additionalProperties"], false);
    assert!(schema["properties"]["extend-select"].is_object());
}

#[test]
fn a_boundary_is_one_file_and_no_policy_of_the_principal() {
    let principal =
        "[[principals]]\narn = \"arn:aws:iam::123456789012:role/x\"\npolicies = [\"a.json\"]\n";
    for (boundary, message) in [
        ("", "`` is no path of a file"),
        ("*.json", "`*.json` is no path of a file"),
        ("a.json", "`a.json` is both a policy and the boundary"),
    ] {
        let toml = format!("{principal}boundary = \"{boundary}\"\n");
        let folder = folder(&[("iamsim.toml", &toml), ("a.json", EVERYTHING)]);
        lint(folder.path(), &["a.json"]).exits(2).complains(message);
    }
    let toml = format!("{principal}boundary = \"bondary.json\"\n");
    let folder = folder(&[("iamsim.toml", &toml), ("a.json", EVERYTHING)]);
    lint(folder.path(), &["a.json"])
        .exits(1)
        .complains("`bondary.json`, which `iamsim.toml` names, is no file");
}

#[test]
fn a_glob_that_is_too_large_is_an_error_and_no_crash() {
    let nested = format!("{}a{}", "{".repeat(300), "}".repeat(300));
    let long = "?".repeat(500_000);
    for glob in [&nested, &long] {
        let toml = format!("exclude = [\"{glob}\"]\n");
        let folder = folder(&[("iamsim.toml", &toml), ("a.json", EVERYTHING)]);
        let run = lint(folder.path(), &["a.json"]);
        assert!([1, 2].contains(&run.exit), "{}", run.exit);
        assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    }
}

#[test]
fn what_hides_a_document_matters_whatever_severities_say() {
    let toml = "fail-on = \"error\"\n[severities]\njson-syntax = \"hint\"\n";
    let folder = folder(&[
        ("iamsim.toml", toml),
        (
            "a.json",
            "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\":",
        ),
    ]);
    lint(folder.path(), &["a.json"]).exits(1);
}

#[test]
fn an_entry_is_unused_only_where_all_policies_are_linted() {
    let entry =
        "[[suppress]]\nrule = \"unknown-action\"\npath = \"other/a.json\"\nreason = \"known\"\n";
    let folder = folder(&[
        ("iamsim.toml", entry),
        ("policies/a.json", EVERYTHING),
        ("other/a.json", UNKNOWN),
    ]);
    let run = lint(folder.path(), &[]).exits(1);
    assert!(!run.stdout.contains("unused-ignore"), "{run}");
}

#[test]
fn more_policies_than_a_principal_has_do_not_count_together() {
    let toml =
        "[[principals]]\narn = \"arn:aws:iam::123456789012:role/x\"\npolicies = [\"iam/*.json\"]\n";
    let folder = folder(&[("iamsim.toml", toml)]);
    std::fs::create_dir(folder.path().join("iam")).unwrap();
    for number in 0..101 {
        std::fs::write(folder.path().join(format!("iam/{number}.json")), RUNS).unwrap();
    }
    lint(folder.path(), &["iam/7.json"])
        .complains("101 files are bound to a principal in `iamsim.toml`");
}

#[test]
fn a_name_for_standard_input_needs_standard_input() {
    let folder = folder(&[("a.json", UNKNOWN)]);
    lint(folder.path(), &["a.json", "--stdin-filename", "b.json"])
        .exits(2)
        .complains("`--stdin-filename` names standard input");
}
