use crate::support::{Run, iamsim, text_of};
use serde_json::{Value, json};
use std::fs;

const DENIED: &str = "tests/fixtures/events/list-queues-denied.json";
const WORKER: &str = "policies/messages-worker.json";

fn explain(arguments: &[&str]) -> Run {
    iamsim(std::iter::once(&"explain").chain(arguments)).run()
}

/// The one event of a JSON report.
fn only_event(run: &Run) -> Value {
    let report = run.json();
    let events = report["events"].as_array().unwrap();
    assert_eq!(events.len(), 1, "{run}");
    events[0].clone()
}

#[test]
fn the_verdict_comes_first_and_what_decided_it_after() {
    let run = explain(&[DENIED, "--policy", WORKER]).exits(0).quietly();
    assert!(
        run.stdout.starts_with("denied: `sqs:ListQueues`\n"),
        "{run}"
    );
    run.prints("recorded: access denied, as no identity-based policy allows it")
        .prints("the simulation agrees with that")
        .prints("[policies/messages-worker.json:23:10]")
        .prints("`sqs:ListQueues` takes no resource, so only `*` matches");
}

#[test]
fn the_change_that_is_proposed_allows_the_call_and_is_json() {
    let events = [
        DENIED,
        "tests/fixtures/events/messages-worker.jsonl",
        "tests/fixtures/events/records.json",
    ];
    let policy = text_of(WORKER);
    let mut tried = 0;
    for path in events {
        let run = explain(&[path, "--policy", WORKER, "--format", "jsonl"]).exits(0);
        for event in run.json_lines() {
            let Some(remedy) = event["remedy"].as_object() else {
                continue;
            };
            let offset = |end: &str| {
                usize::try_from(remedy["span"][end]["offset"].as_u64().unwrap()).unwrap()
            };
            let mut changed = policy.clone();
            let replacement = remedy["replacement"].as_str().unwrap();
            changed.replace_range(offset("start")..offset("end"), replacement);
            serde_json::from_str::<Value>(&changed).unwrap();
            let file = tempfile::NamedTempFile::new().unwrap();
            fs::write(file.path(), &changed).unwrap();
            let file = file.path().to_str().unwrap();
            let again = explain(&[path, "--policy", file, "--format", "jsonl"]).json_lines();
            let same = again
                .iter()
                .find(|other| other["eventID"] == event["eventID"])
                .unwrap();
            assert_eq!(
                same["decision"], "allowed",
                "{}\n{changed}",
                event["eventName"]
            );
            tried += 1;
        }
    }
    assert!(tried >= 6, "only {tried} changes were proposed");
}

#[test]
fn without_a_policy_those_of_the_project_are_taken_and_the_report_says_so() {
    explain(&[DENIED])
        .exits(0)
        .prints("no `--policy` was given; ")
        .prints("`policies/messages-worker.json`");
}

#[test]
fn unknown_facts_are_named_with_what_may_come_of_them() {
    let policy = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue"}}}}"#;
    let run = |format: &str| {
        iamsim(["explain", DENIED, "--policy", "-", "--format", format])
            .stdin(policy)
            .run()
            .exits(0)
    };
    run("full")
        .prints("depends on `aws:PrincipalTag/team`")
        .prints("\n  allowed if `aws:PrincipalTag/team` is `blue`; as where")
        .prints("\n  else denied; as where")
        .prints("may be allowed or denied");
    let event = only_event(&run("json"));
    assert_eq!(event["decision"], "depends");
    assert_eq!(
        event["decisions"][0]["unknown"],
        json!(["aws:PrincipalTag/team"])
    );
}

#[test]
fn an_explicit_deny_is_shown_where_it_stands() {
    let policy = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\"Sid\": \"NoLists\", \"Effect\": \"Deny\", \"Action\": \"sqs:List*\", \"Resource\": \"*\"}\n  ]\n}\n";
    iamsim(["explain", DENIED, "--policy", "-"])
        .stdin(policy)
        .run()
        .exits(0)
        .prints("denied explicitly: `sqs:ListQueues`")
        .prints("`NoLists` denies it")
        .prints("[<stdin>:4:");
}

#[test]
fn the_condition_under_which_a_statement_applies_is_shown_with_what_the_request_has() {
    let policy = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}}]}"#;
    iamsim(["explain", DENIED, "--policy", "-"])
        .stdin(policy)
        .run()
        .exits(0)
        .prints("denied explicitly")
        .prints("`aws:RequestedRegion` is `us-east-1` in the request");
}

#[test]
fn a_recorded_success_that_the_policies_deny_is_a_disagreement() {
    let path = "tests/fixtures/events/records.json";
    let run = explain(&[path, "--policy", WORKER, "--format", "json"]).exits(0);
    let report = run.json();
    assert_eq!(
        report["summary"]["agreements"],
        json!({"recordedAllowed": 5})
    );
    explain(&[path, "--policy", WORKER]).prints("the simulation disagrees");
}

#[test]
fn a_call_that_needs_no_permission_and_one_that_was_throttled_are_told_apart() {
    let path = "tests/fixtures/events/messages-worker.jsonl";
    explain(&[path, "--policy", WORKER])
        .exits(0)
        .prints("the call needs no permission")
        .prints("refused, as there were too many calls");
}

#[test]
fn an_event_that_is_no_call_is_named_for_what_it_is() {
    let run = explain(&[
        "tests/fixtures/events/no-api-calls.json",
        "--policy",
        WORKER,
    ]);
    run.exits(0)
        .prints("console-sign-in: ")
        .prints("service-event: ")
        .prints("insight: ");
}

#[test]
fn a_policy_that_is_not_sound_is_an_error_and_nothing_is_judged_without_it() {
    let run = iamsim(["explain", DENIED, "--policy", "-"])
        .stdin(r#"{"Version": "2012-10-17", "Statement": [{"Effect": "allow", "Action": "sqs:*", "Resource": "*"}]}"#)
        .run()
        .exits(2)
        .errors(1);
    assert_eq!(run.stdout, "", "{run}");
    run.complains("`allow` is neither `Allow` nor `Deny`");
}

/// Explains the denied event in a folder with some policies.
fn explain_with(policies: &[(&str, &[u8])]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("policies")).unwrap();
    for (name, bytes) in policies {
        fs::write(folder.path().join("policies").join(name), bytes).unwrap();
    }
    let event = crate::support::root().join(DENIED);
    iamsim(["explain", event.to_str().unwrap()])
        .folder(folder.path())
        .run()
}

#[test]
fn a_default_policy_that_cannot_be_read_is_an_error_and_nothing_is_judged_without_it() {
    let good = text_of(WORKER);
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [&[0xff, 0xfe], utf16.as_slice()].concat();
    for bad in [marked.as_slice(), br#"{"Statement": [{"Effect": "Allow", "#] {
        let run = explain_with(&[("a.json", good.as_bytes()), ("b.json", bad)]).exits(2);
        assert_eq!(run.stdout, "", "{run}");
        run.errors(1).complains("policies/b.json");
    }
}

#[test]
fn without_any_policy_of_an_identity_nothing_is_judged() {
    let bucket = br#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"}}"#;
    let run = explain_with(&[("bucket.json", bucket), ("other.json", b"{}")]).exits(2);
    assert_eq!(run.stdout, "", "{run}");
    run.errors(1).complains("only such of other");
}

#[test]
fn what_is_passed_over_among_the_default_policies_is_counted() {
    let bucket = br#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"}}"#;
    let good = text_of(WORKER);
    let run = explain_with(&[
        ("bucket.json", bucket),
        ("other.json", b"{}"),
        ("worker.json", good.as_bytes()),
    ]);
    run.exits(0)
        .prints("1 policy of another type passed over")
        .prints("1 file that is no policy passed over");
}

#[test]
fn a_change_that_would_allow_more_than_was_asked_says_so() {
    let event = "tests/fixtures/events/records.json";
    explain(&[event, "--policy", WORKER])
        .exits(0)
        .prints("the event does not tell what `*` stands for in `arn:aws:iam::123456789012:role/*resize`: narrow it first");
}

/// The denied event of the repository, refused for another reason, against the worker's policy.
fn refused(reason: &str) -> Run {
    let cause = "because no identity-based policy allows the sqs:listqueues action";
    let event = text_of(DENIED);
    assert!(event.contains(cause));
    iamsim(["explain", "-", "--policy", WORKER])
        .stdin(event.replace(cause, reason))
        .run()
        .exits(0)
}

#[test]
fn a_refusal_by_another_type_of_policy_does_not_compare_and_the_change_is_said_not_to_be_enough() {
    refused("with an explicit deny in a service control policy")
        .prints("the simulation comes to a denial of another kind")
        .prints("that alone is not enough: a service control policy denied the recorded call")
        .prints("1 not comparable");
}

#[test]
fn an_explicit_refusal_by_an_identity_policy_that_is_not_there_does_not_compare() {
    refused("with an explicit deny in an identity-based policy")
        .prints("the simulation comes to a denial of another kind")
        .prints("1 not comparable");
    refused("because no identity-based policy allows the sqs:ListQueues action")
        .prints("the simulation agrees with that");
}
