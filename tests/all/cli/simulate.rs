use crate::support::{Run, iamsim};
use std::fs;

const WORKER: &str = "policies/messages-worker.json";
const ROLE: &str = "arn:aws:iam::123456789012:role/messages-worker";
const QUEUE: &str = "arn:aws:sqs:us-east-1:123456789012:Messages";

/// Simulates a call by the messages worker.
fn simulate(action: &str, resource: &str, more: &[&str]) -> Run {
    let arguments = [
        "simulate",
        "--identity",
        WORKER,
        "--principal",
        ROLE,
        "--action",
        action,
        "--resource",
        resource,
    ];
    iamsim(arguments.iter().chain(more)).run()
}

/// Simulates a call by the statements of a policy on standard input; the report is JSON.
fn by(statements: &str, [principal, action, resource]: [&str; 3], more: &[&str]) -> Run {
    let policy = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    let arguments = [
        "simulate",
        "--identity",
        "-",
        "--principal",
        principal,
        "--action",
        action,
        "--resource",
        resource,
        "--format",
        "json",
    ];
    iamsim(arguments.iter().chain(more)).stdin(policy).run()
}

/// The decision of a report, and all that may come of it.
fn outcome(run: &Run) -> (String, Vec<String>) {
    let report = run.json();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let possible = report["possible"].as_array().unwrap().iter().map(text);
    (text(&report["decision"]), possible.collect())
}

fn decision(run: &Run) -> String {
    outcome(run).0
}

/// An object that most of the calls here are about.
const OBJECT: &str = "arn:aws:s3:::reports/a";

/// Simulates `s3:GetObject` by a policy of one statement under a condition.
fn under(condition: &str, more: &[&str]) -> Run {
    let statement = format!(
        r#"{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {condition}}}"#
    );
    by(&statement, [ROLE, "s3:GetObject", OBJECT], more)
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
        .prints("not considered: resource control policies, service control policies,");
    let report = simulate("sqs:ReceiveMessage", QUEUE, &["--format", "json"]).json();
    let request = &report["requests"][0];
    assert_eq!(request["notConsidered"].as_array().unwrap().len(), 6);
}

#[test]
fn what_is_not_known_makes_a_verdict_that_depends() {
    let condition = r#"{"StringEquals": {"aws:PrincipalTag/team": "blue"}}"#;
    let unknown = under(condition, &["--unknown", "aws:PrincipalTag/team"]).exits(1);
    let report = unknown.json();
    assert_eq!(report["decision"], "depends");
    assert_eq!(
        report["requests"][0]["unknown"],
        serde_json::json!(["aws:PrincipalTag/team"])
    );
    assert_eq!(
        report["possible"],
        serde_json::json!(["allowed", "implicitDeny"])
    );
    let given = ["--context", "aws:PrincipalTag/team=blue"];
    assert_eq!(
        under(condition, &given).exits(0).json()["decision"],
        "allowed"
    );
    assert_eq!(
        under(condition, &[]).exits(1).json()["decision"],
        "implicitDeny"
    );
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
    let fact = &report["requests"][0]["context"]["aws:PrincipalAccount"];
    assert_eq!(
        (&fact["values"][0], &fact["origin"]),
        (&"123456789012".into(), &"derived".into())
    );
}

#[test]
fn policies_are_taken_together_and_a_deny_in_any_wins() {
    let deny = tempfile::NamedTempFile::new().unwrap();
    let text = r#"{"Version": "2012-10-17", "Statement": {"Sid": "Never", "Effect": "Deny", "Action": "sqs:Receive*", "Resource": "*"}}"#;
    fs::write(deny.path(), text).unwrap();
    let more = ["--identity", deny.path().to_str().unwrap()];
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
            "simulate",
            "--identity",
            WORKER,
            "--principal",
            principal,
            "--action",
            action,
            "--resource",
            resource,
        ];
        let run = iamsim(arguments.iter().chain(more))
            .run()
            .exits(2)
            .errors(1);
        assert_eq!(run.stdout, "", "{run}");
        run.complains(message).complains("help:");
    };
    let ok = "sqs:ReceiveMessage";
    refused("ana", ok, QUEUE, &[], "`ana` is not a principal");
    refused(
        "arn:aws:iam::1234:user/ana",
        ok,
        QUEUE,
        &[],
        "is not a principal",
    );
    refused(
        ROLE,
        "sqs:Get*",
        QUEUE,
        &[],
        "`sqs:Get*` is not a single action",
    );
    refused(ROLE, "ReceiveMessage", QUEUE, &[], "is not a single action");
    refused(ROLE, ok, "Messages", &[], "does not start with `arn:`");
    refused(
        ROLE,
        ok,
        "arn:aws:sqs:Messages",
        &[],
        "has 4 of the 6 fields of an ARN",
    );
    refused(
        ROLE,
        ok,
        QUEUE,
        &["--context", "aws:SourceIp"],
        "is not of the form `key=value`",
    );
    refused(
        ROLE,
        ok,
        QUEUE,
        &["--unknown", "SourceIp"],
        "`SourceIp` is neither a condition key nor a layer",
    );
    refused(
        ROLE,
        ok,
        QUEUE,
        &[
            "--unknown",
            "AWS:sourceip",
            "--context",
            "aws:SourceIp=203.0.113.7",
        ],
        "has a value and is said to be unknown",
    );
}

/// The decision, and what it may be, on `s3:GetObject` by the statements of a policy.
fn decided(principal: &str, statements: &str, more: &[&str]) -> (String, Vec<String>) {
    outcome(&by(statements, [principal, "s3:GetObject", OBJECT], more))
}

const ALL: &str = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
const ANA: &str = "arn:aws:iam::123456789012:user/ana";
const SESSION: &str = "arn:aws:sts::123456789012:assumed-role/worker/one";

#[test]
fn what_every_session_has_is_unknown_until_it_is_given_never_absent() {
    for test in [
        r#"{"DateLessThan": {"aws:TokenIssueTime": "2026-01-01T00:00:00Z"}}"#,
        r#"{"Bool": {"aws:MultiFactorAuthPresent": "false"}}"#,
    ] {
        let deny = format!(
            r#"{ALL}, {{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {test}}}"#
        );
        let (decision, possible) = decided(SESSION, &deny, &[]);
        assert_eq!(decision, "depends", "{test}");
        assert_eq!(possible, ["allowed", "explicitDeny"], "{test}");
        // A user's own keys have neither.
        assert_eq!(decided(ANA, &deny, &[]).0, "allowed", "{test}");
    }
}

#[test]
fn the_account_of_a_resource_is_derived_from_its_arn_and_unknown_without() {
    let own = r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}}"#;
    let run = |action: &str, resource: &str| decision(&by(own, [ANA, action, resource], &[]));
    assert_eq!(run("sqs:SendMessage", QUEUE), "allowed");
    let other = "arn:aws:sqs:us-east-1:999999999999:Messages";
    assert_eq!(run("sqs:SendMessage", other), "implicitDeny");
    assert_eq!(run("s3:GetObject", OBJECT), "depends");
    // AWS names actions whose requests lack the key.
    let peering = "arn:aws:ec2:us-east-1:123456789012:vpc-peering-connection/pcx-1";
    assert_eq!(run("ec2:AcceptVpcPeeringConnection", peering), "depends");
}

#[test]
fn a_call_across_accounts_depends_on_the_resource_and_is_denied_where_identity_does_not_allow_it() {
    let other = "arn:aws:sqs:us-east-1:999999999999:Messages";
    let run = |action: &str, resource: &str| {
        let statement = r#"{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}"#;
        outcome(&by(statement, [ANA, action, resource], &[]))
    };
    let (verdict, possible) = run("sqs:SendMessage", other);
    assert_eq!(verdict, "depends");
    assert_eq!(possible, ["allowed", "explicitDeny", "implicitDeny"]);
    assert_eq!(run("sqs:ReceiveMessage", other).0, "implicitDeny");
    // So do the actions whose requests may lack `aws:ResourceAccount`.
    let peering = "arn:aws:ec2:us-east-1:999999999999:vpc-peering-connection/pcx-1";
    let accept = "ec2:AcceptVpcPeeringConnection";
    let (verdict, _) = outcome(&by(ALL, [ANA, accept, peering], &[]));
    assert_eq!(verdict, "depends");
    assert_eq!(run("sqs:SendMessage", QUEUE).0, "allowed");
}

#[test]
fn the_session_policy_of_a_federated_user_may_deny_as_well_as_allow() {
    let (decision, possible) = decided("arn:aws:sts::123456789012:federated-user/bob", ALL, &[]);
    assert_eq!(decision, "depends");
    assert_eq!(possible, ["allowed", "explicitDeny", "implicitDeny"]);
}

#[test]
fn an_empty_text_among_values_is_a_value_and_alone_it_is_no_set() {
    let all = r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}}"#;
    let mixed = ["--context", "aws:TagKeys=", "--context", "aws:TagKeys=a"];
    assert_eq!(decided(ANA, all, &mixed).0, "implicitDeny");
    assert_eq!(
        decided(ANA, all, &["--context", "aws:TagKeys="]).0,
        "allowed"
    );
}

#[test]
fn variables_before_the_fifth_colon_match_nothing_and_template_tokens_are_unknown() {
    let in_account = |account: &str| {
        let resource = format!("arn:aws:sqs:us-east-1:{account}:Messages");
        let statement =
            format!(r#"{{"Effect": "Allow", "Action": "sqs:*", "Resource": "{resource}"}}"#);
        decision(&by(&statement, [ANA, "sqs:SendMessage", QUEUE], &[]))
    };
    assert_eq!(in_account("${aws:PrincipalAccount}"), "implicitDeny");
    assert_eq!(in_account("${AWS::AccountId}"), "depends");
    assert_eq!(in_account("*"), "allowed");
}

#[test]
fn an_action_that_a_template_has_not_filled_in_is_unknown() {
    let deny = |action: &str| {
        let deny = format!(r#"{{"Effect": "Deny", "Action": "{action}", "Resource": "*"}}"#);
        decided(ANA, &format!("{ALL}, {deny}"), &[]).0
    };
    assert_eq!(deny("${var.denied}"), "depends");
    assert_eq!(deny("s3:${var.denied}"), "depends");
    assert_eq!(deny("sqs:${var.denied}"), "allowed");
}

#[test]
fn a_known_variable_rules_out_what_an_unknown_one_leaves_open() {
    let resource = r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::NAME/${aws:PrincipalTag/team}*"}"#;
    let unknown = ["--unknown", "aws:PrincipalTag/team"];
    let with = |name: &str| decided(ANA, &resource.replace("NAME", name), &unknown).0;
    assert_eq!(with("reports"), "depends");
    assert_eq!(with("${aws:username}"), "implicitDeny");
}

#[test]
fn all_buckets_may_be_listed_with_the_arn_that_the_guide_of_s3_has() {
    let on = |resource: &str| {
        let statement = format!(
            r#"{{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "{resource}"}}"#
        );
        decision(&by(&statement, [ANA, "s3:ListAllMyBuckets", "*"], &[]))
    };
    assert_eq!(on("arn:aws:s3:::*"), "allowed");
    assert_eq!(on("*"), "allowed");
    assert_eq!(on("arn:aws:s3:::reports"), "implicitDeny");
}

#[test]
fn a_policy_that_names_principals_is_not_taken_for_one_of_an_identity() {
    let statement = r#"{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "*", "Resource": "*"}"#;
    by(statement, [ANA, "s3:GetObject", OBJECT], &[])
        .exits(2)
        .errors(1)
        .complains("identity policies: a policy with principals is not of this kind")
        .complains("<stdin>:1:");
}
