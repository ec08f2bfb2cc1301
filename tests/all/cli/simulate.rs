use crate::support::{Run, iamsim};
use std::fs;

const WORKER: &str = "policies/messages-worker.json";
const ROLE: &str = "arn:aws:iam::123456789012:role/messages-worker";
const QUEUE: &str = "arn:aws:sqs:us-east-1:123456789012:Messages";

/// Simulates a call by the messages worker.
fn simulate(action: &str, resource: &str, more: &[&str]) -> Run {
    let arguments = [
        "simulate", "--policy", WORKER, "--principal", ROLE, "--action", action, "--resource",
        resource,
    ];
    iamsim(arguments.iter().chain(more)).run()
}

/// Simulates `s3:GetObject` by a policy of one statement under a condition.
fn under(condition: &str, more: &[&str]) -> Run {
    let policy = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {condition}}}}}"#
    );
    let arguments = [
        "simulate", "--policy", "-", "--principal", ROLE, "--action", "s3:GetObject",
        "--resource", "arn:aws:s3:::reports/a", "--format", "json",
    ];
    iamsim(arguments.iter().chain(more)).stdin(policy).run()
}

#[test]
fn an_allowed_call_exits_with_zero_and_shows_the_statement() {
    simulate("sqs:ReceiveMessage", QUEUE, &[])
        .exits(0)
        .quietly()
        .prints("allowed: `sqs:ReceiveMessage`")
        .prints("[policies/messages-worker.json:25:10]");
}

#[test]
fn a_call_that_nothing_allows_exits_with_one() {
    simulate("sqs:SendMessage", QUEUE, &[])
        .exits(1)
        .prints("denied, as nothing allows it: `sqs:SendMessage`");
}

#[test]
fn layers_beyond_identity_policies_are_said_to_be_left_out() {
    simulate("sqs:ReceiveMessage", QUEUE, &[])
        .prints("considered: identity policies (1 policy with 3 statements)")
        .prints("not considered: resource policies, permissions boundaries");
    let report = simulate("sqs:ReceiveMessage", QUEUE, &["--format", "json"]).json();
    assert_eq!(report["notConsidered"].as_array().unwrap().len(), 6);
}

#[test]
fn what_is_not_known_makes_a_verdict_that_depends() {
    let condition = r#"{"StringEquals": {"aws:PrincipalTag/team": "blue"}}"#;
    let unknown = under(condition, &["--unknown", "aws:PrincipalTag/team"]).exits(1);
    let report = unknown.json();
    assert_eq!(report["decision"], "depends");
    assert_eq!(report["unknown"], serde_json::json!(["aws:PrincipalTag/team"]));
    assert_eq!(
        report["possible"],
        serde_json::json!(["allowed", "implicitDeny"])
    );
    let given = ["--context", "aws:PrincipalTag/team=blue"];
    assert_eq!(under(condition, &given).exits(0).json()["decision"], "allowed");
    assert_eq!(under(condition, &[]).exits(1).json()["decision"], "implicitDeny");
}

#[test]
fn a_key_given_twice_has_two_values() {
    let condition = r#"{"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}"#;
    let both = ["--context", "aws:TagKeys=a", "--context", "aws:TagKeys=b"];
    assert_eq!(under(condition, &both).json()["decision"], "allowed");
    let other = ["--context", "aws:TagKeys=a", "--context", "aws:TagKeys=c"];
    assert_eq!(under(condition, &other).json()["decision"], "implicitDeny");
}

#[test]
fn what_follows_from_the_principal_is_derived_and_told() {
    let condition = r#"{"StringEquals": {"aws:PrincipalAccount": "123456789012"}}"#;
    let report = under(condition, &[]).exits(0).json();
    let fact = &report["context"]["aws:PrincipalAccount"];
    assert_eq!((&fact["values"][0], &fact["origin"]), (&"123456789012".into(), &"derived".into()));
}

#[test]
fn policies_are_taken_together_and_a_deny_in_any_wins() {
    let deny = tempfile::NamedTempFile::new().unwrap();
    let text = r#"{"Version": "2012-10-17", "Statement": {"Sid": "Never", "Effect": "Deny", "Action": "sqs:Receive*", "Resource": "*"}}"#;
    fs::write(deny.path(), text).unwrap();
    let more = ["--policy", deny.path().to_str().unwrap()];
    simulate("sqs:ReceiveMessage", QUEUE, &more)
        .exits(1)
        .prints("denied explicitly: `sqs:ReceiveMessage`")
        .prints("`Never` denies it");
}

#[test]
fn an_action_that_takes_no_resource_is_judged_on_a_star() {
    simulate("sqs:ListQueues", QUEUE, &[])
        .exits(1)
        .prints("`sqs:ListQueues` takes no resource, so it is judged on `*`");
}

#[test]
fn an_unknown_action_is_judged_with_a_warning() {
    simulate("sqs:ReceiveMesage", QUEUE, &[])
        .exits(1)
        .prints("has no action `sqs:ReceiveMesage`")
        .prints("did you mean `sqs:ReceiveMessage`?");
}

#[test]
fn arguments_that_make_no_request_are_refused_each_with_its_way_out() {
    let refused = |principal: &str, action: &str, resource: &str, more: &[&str], message: &str| {
        let arguments = [
            "simulate", "--policy", WORKER, "--principal", principal, "--action", action,
            "--resource", resource,
        ];
        let run = iamsim(arguments.iter().chain(more)).run().exits(2).errors(1);
        assert_eq!(run.stdout, "", "{run}");
        run.complains(message).complains("help:");
    };
    let ok = "sqs:ReceiveMessage";
    refused("ana", ok, QUEUE, &[], "`ana` is not a principal");
    refused("arn:aws:iam::1234:user/ana", ok, QUEUE, &[], "is not a principal");
    refused("lambda.amazonaws.com", ok, QUEUE, &[], "has no identity policies");
    refused(ROLE, "sqs:Get*", QUEUE, &[], "`sqs:Get*` is not a single action");
    refused(ROLE, "ReceiveMessage", QUEUE, &[], "is not a single action");
    refused(ROLE, ok, "Messages", &[], "does not start with `arn:`");
    refused(ROLE, ok, "arn:aws:sqs:Messages", &[], "has 4 of the 6 fields of an ARN");
    refused(ROLE, ok, QUEUE, &["--context", "aws:SourceIp"], "is not of the form `key=value`");
    refused(ROLE, ok, QUEUE, &["--unknown", "SourceIp"], "`SourceIp` is not a condition key");
    refused(
        ROLE,
        ok,
        QUEUE,
        &["--unknown", "AWS:sourceip", "--context", "aws:SourceIp=203.0.113.7"],
        "with `--context` and with `--unknown`",
    );
}
