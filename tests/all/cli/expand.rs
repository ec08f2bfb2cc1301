use crate::support::{Run, iamsim};
use std::fs;

fn expand(arguments: &[&str]) -> Run {
    iamsim(std::iter::once(&"expand").chain(arguments)).run()
}

#[test]
fn a_wildcard_action_is_every_action_that_it_covers_with_its_access_level() {
    let run = expand(&["sqs:List*"]).exits(0).quietly();
    let actions = [
        "sqs:ListDeadLetterSourceQueues",
        "sqs:ListMessageMoveTasks",
        "sqs:ListQueues",
        "sqs:ListQueueTags",
    ];
    let lines: Vec<_> = run
        .stdout
        .lines()
        .skip(1)
        .filter(|line| !line.is_empty())
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .collect();
    assert_eq!(lines, actions.map(|action| vec![action, "Read"]));
}

#[test]
fn letter_case_of_an_action_does_not_count() {
    let names = |pattern| expand(&[pattern, "--format", "concise"]).stdout;
    assert_eq!(names("S3:getobject"), "s3:GetObject\n");
}

#[test]
fn an_arn_pattern_is_the_resource_types_that_it_can_match() {
    let report = expand(&["arn:aws:sqs:*:*:Messages", "--format", "json"]).json();
    assert_eq!(report["version"], 1);
    let types = &report["expansions"][0]["resourceTypes"];
    assert_eq!(types.as_array().unwrap().len(), 1);
    assert_eq!(
        (&types[0]["service"], &types[0]["resourceType"]),
        (&"sqs".into(), &"queue".into())
    );
}

#[test]
fn a_list_of_resources_shows_which_of_them_match() {
    let list = tempfile::NamedTempFile::new().unwrap();
    fs::write(
        list.path(),
        "arn:aws:s3:::logs-2026/a/b\n\narn:aws:s3:::reports/x\narn:aws:s3:::logs-\n",
    )
    .unwrap();
    let run = expand(&[
        "arn:aws:s3:::logs-*",
        "--resources",
        list.path().to_str().unwrap(),
        "--format",
        "concise",
    ]);
    assert_eq!(
        run.stdout,
        "arn:aws:s3:::logs-2026/a/b\narn:aws:s3:::logs-\n"
    );
}

#[test]
fn a_line_of_the_list_that_is_no_arn_is_told_with_its_place() {
    let list = tempfile::NamedTempFile::new().unwrap();
    fs::write(list.path(), "arn:aws:s3:::logs-a\nlogs-b\n").unwrap();
    let path = list.path().to_str().unwrap();
    let run = expand(&[
        "arn:aws:s3:::logs-*",
        "--resources",
        path,
        "--format",
        "concise",
    ]);
    run.exits(2)
        .prints("arn:aws:s3:::logs-a")
        .complains(":2: `logs-b` is not an ARN");
}

#[test]
fn every_pattern_of_a_policy_file_is_expanded_with_its_line() {
    let run = expand(&["policies/messages-worker.json"]).exits(0);
    run.prints("policies/messages-worker.json:21: `sqs:Describe*`: 0 actions")
        .prints(
            "policies/messages-worker.json:28: `arn:aws:sqs:us-east-1:*:Messages`: 1 resource type",
        );
}

#[test]
fn a_policy_on_standard_input_is_expanded() {
    let policy = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sqs:Purge*", "Resource": "*"}}"#;
    iamsim(["expand", "-", "--format", "concise"])
        .stdin(policy)
        .run()
        .exits(0)
        .prints("sqs:PurgeQueue");
}

#[test]
fn what_is_no_pattern_is_refused_and_the_rest_expanded() {
    let run = expand(&["frobnicate", "sqs:Purge*", "--format", "concise"]);
    run.exits(2)
        .errors(1)
        .prints("sqs:PurgeQueue")
        .complains("`frobnicate` is neither a pattern of actions, nor of ARNs, nor a file");
}
