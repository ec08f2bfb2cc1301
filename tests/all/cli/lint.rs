use crate::support::{Run, iamsim, text_of};
use std::fs;

const WORKER: &str = "policies/messages-worker.json";

/// A policy with one fault.
const EMPTY: &str = r#"{"Version": "2012-10-17", "Statement": []}"#;

fn lint(arguments: &[&str]) -> Run {
    iamsim(std::iter::once(&"lint").chain(arguments)).run()
}

/// The text that each finding of a JSON report underlines, cut out of the file by its offsets.
fn underlined(report: &serde_json::Value) -> Vec<(String, String)> {
    let findings = report["findings"].as_array().unwrap();
    let cut = |finding: &serde_json::Value| {
        let text = text_of(finding["path"].as_str().unwrap());
        let offset =
            |end: &str| usize::try_from(finding["span"][end]["offset"].as_u64().unwrap()).unwrap();
        let rule = finding["rule"].as_str().unwrap().to_owned();
        (rule, text[offset("start")..offset("end")].to_owned())
    };
    findings.iter().map(cut).collect()
}

#[test]
fn the_two_faults_of_the_seed_policy_are_found_with_their_exact_bytes() {
    let run = lint(&[WORKER, "--format", "json"]).exits(1).quietly();
    let report = run.json();
    assert_eq!(report["version"], 1);
    let pair = |rule: &str, text: &str| (rule.to_owned(), text.to_owned());
    assert_eq!(
        underlined(&report),
        [
            pair("action-wildcard-matches-nothing", "sqs:Describe*"),
            pair("resource-requires-star", "sqs:List*"),
        ]
    );
    let span = &report["findings"][0]["span"];
    assert_eq!(
        (&span["start"]["line"], &span["start"]["column"]),
        (&21.into(), &10.into())
    );
    assert_eq!(
        (&span["end"]["line"], &span["end"]["column"]),
        (&21.into(), &23.into())
    );
}

#[test]
fn without_a_path_the_policies_of_the_configuration_are_linted() {
    lint(&["--format", "concise"]).exits(1).prints(WORKER);
}

#[test]
fn without_a_configuration_the_folder_policies_is_linted_else_the_working_directory() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("here.json"), EMPTY).unwrap();
    let run = || {
        iamsim(["lint", "--format", "concise"])
            .folder(folder.path())
            .run()
            .exits(1)
    };
    run().prints("here.json:1:40: empty-statement");
    fs::create_dir(folder.path().join("policies")).unwrap();
    fs::write(folder.path().join("policies/there.json"), EMPTY).unwrap();
    let run = run().prints("policies/there.json:1:40: empty-statement");
    assert_eq!(run.stdout.lines().count(), 1, "{run}");
}

#[test]
fn the_configuration_of_an_ancestor_holds_below_it() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("iamsim.toml", "policies = [\"iam/*.json\"]\n");
    write("iam/a.json", EMPTY);
    write("other/b.json", EMPTY);
    let run = iamsim(["lint", "--format", "concise"])
        .folder(&folder.path().join("other"))
        .run()
        .exits(1);
    assert_eq!(run.stdout.lines().count(), 1, "{run}");
    run.prints("iam/a.json:1:40: empty-statement");
}

#[test]
fn a_policy_on_standard_input_is_linted() {
    let run = iamsim(["lint", "-", "--format", "concise"])
        .stdin(text_of(WORKER))
        .run();
    run.exits(1)
        .prints("<stdin>:21:10: action-wildcard-matches-nothing");
}

#[test]
fn a_policy_without_findings_exits_with_zero() {
    let policy = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}}"#;
    iamsim(["lint", "-"])
        .stdin(policy)
        .run()
        .exits(0)
        .quietly()
        .prints("checked 1 policy: nothing found");
}

#[test]
fn other_json_in_a_folder_is_passed_over_and_counted_but_a_named_file_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("package.json"), r#"{"name": "app", "version": "1"}"#).unwrap();
    fs::write(path("policy.json"), r#"{"Statement": []}"#).unwrap();
    lint(&[folder.path().to_str().unwrap()])
        .exits(1)
        .prints("checked 1 policy, passed over 1 file that is no policy: 1 error");
    lint(&[path("package.json").to_str().unwrap()])
        .exits(1)
        .prints("not-a-policy");
}

#[test]
fn documents_of_other_programs_in_a_folder_are_passed_over_though_policies_are_in_them() {
    let folder = tempfile::tempdir().unwrap();
    let statement = r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;
    for (name, text) in [
        (
            "template",
            format!(r#"{{"Resources": {{"Role": {statement}}}}}"#),
        ),
        (
            "plan",
            format!(r#"{{"planned_values": {{"role": {statement}}}}}"#),
        ),
        ("export", format!(r#"{{"RoleDetailList": [{statement}]}}"#)),
        ("trail", format!(r#"{{"Records": [{statement}]}}"#)),
    ] {
        fs::write(folder.path().join(format!("{name}.json")), text).unwrap();
    }
    let path = folder.path().to_str().unwrap();
    lint(&[path])
        .exits(0)
        .prints("checked 0 policies, passed over 4 files that are no policies");
    let template = folder.path().join("template.json");
    lint(&[template.to_str().unwrap()])
        .exits(1)
        .prints("this is a CloudFormation template, not a policy document");
}

#[test]
fn a_policy_in_a_folder_that_does_not_parse_is_not_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let text = r#"{"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#;
    fs::write(folder.path().join("cut.json"), text).unwrap();
    lint(&[folder.path().to_str().unwrap()])
        .exits(1)
        .prints("json-syntax");
}

#[test]
fn json_lines_are_the_findings_of_the_json_report() {
    let document = lint(&[WORKER, "--format", "json"]).json();
    let lines = lint(&[WORKER, "--format", "jsonl"]).json_lines();
    let findings = document["findings"].as_array().unwrap();
    assert_eq!(lines.len(), findings.len());
    for (line, finding) in lines.iter().zip(findings) {
        assert_eq!(line["version"], 1);
        for (key, value) in finding.as_object().unwrap() {
            assert_eq!(&line[key], value, "{key}");
        }
    }
}

#[test]
fn every_format_tells_the_same_findings() {
    let files: Vec<_> = crate::support::files_below("tests/fixtures/policies");
    for file in files {
        let json = lint(&[&file, "--format", "json"]).json();
        let number = json["findings"].as_array().unwrap().len();
        let concise = lint(&[&file, "--format", "concise"]).stdout;
        assert_eq!(concise.lines().count(), number, "{file}");
        let full = lint(&[&file]).stdout;
        let heads = full.lines().filter(|line| {
            // `error[unknown-action]`
            line.ends_with(']') && line.starts_with(|c: char| c.is_ascii_lowercase())
        });
        assert_eq!(heads.count(), number, "{file}");
    }
}

/// A policy of many statements that are alike, each with a wildcard that changes something, and two
/// that cover actions without resources.
fn large(statements: usize) -> tempfile::NamedTempFile {
    let statement = r#"{"Effect": "Allow", "Action": ["s3:Get*", "ec2:*e"], "Resource": "arn:aws:s3:::reports/*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue"}}}"#;
    let statements = vec![statement; statements].join(",");
    let policy = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), policy).unwrap();
    file
}

#[test]
fn a_policy_as_large_as_no_real_one_is_linted_whole() {
    let file = large(1_000);
    let path = file.path().to_str().unwrap();
    let run = lint(&[path, "--format", "concise"]).exits(1);
    let count = |rule: &str| run.stdout.matches(&format!(" {rule} ")).count();
    assert_eq!(count("action-wildcard-write"), 1_000);
    assert_eq!(count("resource-requires-star"), 2_000);
    assert_eq!(count("redundant-statement"), 999);
}

#[test]
fn a_policy_that_is_too_large_is_linted_in_part_in_little_time_and_that_is_told() {
    let statement = |number: usize| {
        format!(r#"{{"Effect": "Allow", "Action": "*:*{number}", "Resource": "arn:aws:s3:::a/*"}}"#)
    };
    let statements: Vec<_> = (0..10_000).map(statement).collect();
    let list = statements.join(",");
    let file = tempfile::NamedTempFile::new().unwrap();
    let policy = format!(r#"{{"Version": "2012-10-17", "Statement": [{list}]}}"#);
    fs::write(file.path(), policy).unwrap();
    let path = file.path().to_str().unwrap();
    let start = std::time::Instant::now();
    for format in ["concise", "full", "json"] {
        lint(&[path, "--format", format])
            .exits(1)
            .prints("the policy is too large to be judged whole");
    }
    // Many times what it takes on two slow cores: what is quadratic in findings takes minutes.
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}
