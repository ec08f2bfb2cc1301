//! `--account`, `--policy`, `[[principals]]` and what is given beside them: by whose policies events are
//! judged.

use crate::support::{Run, folder, iamsim, text_of};
use serde_json::{Value, json};

const EVENTS: &str = "tests/fixtures/account/events.jsonl";
const ACCOUNT: &str = "tests/fixtures/account/authorization-details.json";

fn explain(arguments: &[&str]) -> Run {
    iamsim(std::iter::once(&"explain").chain(arguments)).run()
}

/// The events of the fixture, by the end of their ids.
fn judged(arguments: &[&str]) -> Vec<Value> {
    let all = [&[EVENTS, "--format", "jsonl"], arguments].concat();
    explain(&all).exits(0).json_lines()
}

fn sources(event: &Value) -> Vec<&str> {
    let decisions = event["decisions"].as_array().unwrap().iter();
    let statements = decisions.flat_map(|one| one["statements"].as_array().unwrap());
    let mut paths: Vec<_> = statements
        .map(|one| one["path"].as_str().unwrap())
        .collect();
    paths.dedup();
    paths
}

#[test]
fn each_event_is_judged_by_the_policies_of_its_own_caller() {
    let events = judged(&["--account", ACCOUNT]);
    let verdicts: Vec<_> = events
        .iter()
        .map(|event| {
            (
                event["holder"].as_str().unwrap(),
                event["decision"].as_str(),
            )
        })
        .collect();
    let expected = [
        ("known", Some("allowed")),
        ("known", Some("implicitDeny")),
        ("known", Some("allowed")),
        ("withoutIdentityPolicies", Some("depends")),
        ("withoutIdentityPolicies", Some("allowed")),
        ("known", Some("implicitDeny")),
        ("unknown", None),
        ("known", Some("implicitDeny")),
        ("withoutIdentityPolicies", Some("allowed")),
    ];
    assert_eq!(verdicts, expected);
    let name = |rest: &str| format!("{ACCOUNT}: {rest}");
    assert_eq!(
        sources(&events[0]),
        [name(
            "user/machines/artifact-uploader: inline UploadArtifacts"
        )]
    );
    assert_eq!(
        sources(&events[4]),
        [name("role/service/report-worker: trust policy")]
    );
}

#[test]
fn a_boundary_of_the_export_limits_and_the_record_agrees() {
    let events = judged(&["--account", ACCOUNT]);
    let denied = &events[1];
    assert_eq!(denied["decisions"][0]["limitedBy"], json!(["boundary"]));
    assert_eq!(denied["agreement"], "agrees");
    // A change to an identity policy is of no use there.
    assert_eq!(denied["remedy"], Value::Null);
}

#[test]
fn a_caller_of_whom_nothing_is_known_gets_no_verdict() {
    let run = explain(&[EVENTS, "--account", ACCOUNT]).exits(0);
    run.prints(
        "not judged: `s3:ListAllMyBuckets`, as not all policies of \
         `arn:aws:iam::111122223333:user/dora` are known",
    );
    let concise = explain(&[EVENTS, "--account", ACCOUNT, "--format", "concise"]);
    concise.prints(":7: policies-unknown s3:ListAllMyBuckets * open");
}

#[test]
fn an_iam_resource_that_is_recorded_without_its_path_is_found_in_the_export() {
    let events = judged(&["--account", ACCOUNT]);
    let of_role = &events[7];
    let arn = "arn:aws:iam::111122223333:role/service/report-worker";
    assert_eq!(of_role["requests"][0]["resource"]["arn"], arn, "{of_role}");
    assert_eq!(of_role["notes"], json!([]));
}

#[test]
fn what_a_filter_left_out_of_an_export_is_told() {
    let mut export: Value = serde_json::from_str(&text_of(ACCOUNT)).unwrap();
    export["GroupDetailList"] = json!([]);
    let folder = folder(&[("account.json", &export.to_string())]);
    let path = folder.path().join("account.json");
    let path = path.to_str().unwrap();
    let run = explain(&[EVENTS, "--account", path, "--format", "concise"]).exits(0);
    run.complains(
        "not all is known of `arn:aws:iam::111122223333:user/engineering/ana`: group `developers` is \
         not in the export",
    )
    .prints(":2: policies-unknown iam:CreateAccessKey");
}

#[test]
fn a_page_of_an_export_ends_the_run_with_what_to_do() {
    let folder = folder(&[("page.json", r#"{"UserDetailList":[],"IsTruncated":true}"#)]);
    let path = folder.path().join("page.json");
    let run = explain(&[EVENTS, "--account", path.to_str().unwrap()]).exits(2);
    let run = run
        .complains("the export is not whole")
        .complains("--max-items");
    assert_eq!(run.stdout, "", "{run}");
}

#[test]
fn an_export_may_come_from_standard_input() {
    let arguments = ["explain", EVENTS, "--account", "-", "--format", "concise"];
    let run = iamsim(arguments).stdin(text_of(ACCOUNT)).run().exits(0);
    run.prints(":1: allowed s3:PutObject");
}

#[test]
fn two_ways_to_say_whose_policies_are_refused() {
    let both = [
        "--account",
        ACCOUNT,
        "--policy",
        "policies/messages-worker.json",
    ];
    explain(&[&[EVENTS], &both[..]].concat())
        .exits(2)
        .complains("cannot be used with");
    explain(&[EVENTS, "--boundary", "policies/a.json"]).exits(2);
}

#[test]
fn policies_of_the_organisation_and_of_resources_stand_beside_an_export() {
    let scp = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"*","Resource":"*"},
        {"Sid":"NoUploads","Effect":"Deny","Action":"s3:PutObject","Resource":"*"}]}"#;
    let bucket = r#"{"Version":"2012-10-17","Statement":[
        {"Sid":"Locked","Effect":"Deny","Principal":"*","Action":"s3:PutObject",
         "Resource":"arn:aws:s3:::example-artifacts/*"}]}"#;
    let folder = folder(&[("scp.json", scp), ("bucket.json", bucket)]);
    let path = |name: &str| folder.path().join(name).display().to_string();
    let scp = format!("root={}", path("scp.json"));
    let events = judged(&["--account", ACCOUNT, "--scp", &scp]);
    assert_eq!(events[0]["decision"], "explicitDeny");
    assert_eq!(events[0]["decisions"][0]["limitedBy"], json!(["scp"]));
    let bucket = format!("arn:aws:s3:::example-artifacts={}", path("bucket.json"));
    let events = judged(&["--account", ACCOUNT, "--resource-policy", &bucket]);
    assert_eq!(events[0]["decision"], "explicitDeny");
    assert_eq!(events[2]["decision"], "allowed");
}

#[test]
fn everything_that_is_wrong_is_reported_at_once() {
    let wrong = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow"}]}"#;
    let folder = folder(&[("wrong.json", wrong)]);
    let path = folder.path().join("wrong.json").display().to_string();
    let run = explain(&[
        EVENTS,
        "--policy",
        "there/is/none.json",
        "--scp",
        "root",
        "--rcp",
        &format!("root={path}"),
        "--resource-policy",
        "reports=a.json",
    ])
    .exits(2);
    let run = run
        .complains("no such file: `there/is/none.json`")
        .complains("`root` is not of the form `LEVEL=FILE`")
        .complains("`reports=a.json` is not of the form `ARN=FILE`")
        .complains("wrong.json:1:");
    assert_eq!(run.stdout, "", "{run}");
}

#[test]
fn a_boundary_is_that_of_every_caller() {
    let allow = |action: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*"}}]}}"#
        )
    };
    let folder = folder(&[("all.json", &allow("*")), ("limit.json", &allow("ec2:*"))]);
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (all, limit) = (path("all.json"), path("limit.json"));
    let events = judged(&["--policy", &all, "--boundary", &limit]);
    assert_eq!(events[0]["decision"], "implicitDeny");
    assert_eq!(events[5]["decision"], "allowed");
    assert_eq!(events[5]["holder"], "everybody");
}

#[test]
fn a_folder_of_policies_gives_those_of_identities() {
    let allow = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
    let bucket = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::a"}]}"#;
    let folder = folder(&[
        ("iam/s3.json", allow),
        ("iam/bucket.json", bucket),
        ("iam/package.json", "{}"),
    ]);
    let iam = folder.path().join("iam").display().to_string();
    let events = judged(&["--policy", &iam, "--isolated"]);
    assert_eq!(events[0]["decision"], "allowed");
    let note = events[0]["policyNote"].as_str().unwrap();
    assert_eq!(
        note,
        "1 policy of another type passed over; 1 file that is no policy passed over"
    );
}

#[test]
fn principals_of_the_configuration_have_their_own_policies() {
    let policy = |action: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*"}}]}}"#
        )
    };
    let config = r#"
[[principals]]
arn = "arn:aws:iam::111122223333:user/machines/artifact-uploader"
policies = ["iam/s3.json"]

[[principals]]
arn = "arn:aws:iam::111122223333:role/ci/deploy"
policies = ["iam/lambda.json"]
boundary = "iam/s3.json"

[[principals]]
arn = "arn:aws:iam::111122223333:group/developers"
policies = ["iam/lambda.json"]
"#;
    let folder = folder(&[
        ("iamsim.toml", config),
        ("iam/s3.json", &policy("s3:*")),
        ("iam/lambda.json", &policy("lambda:*")),
        ("events.jsonl", &text_of(EVENTS)),
    ]);
    let run = iamsim(["explain", "events.jsonl", "--format", "jsonl"])
        .folder(folder.path())
        .run()
        .exits(0);
    let events = run.json_lines();
    assert_eq!(events[0]["decision"], "allowed");
    assert_eq!(events[0]["holder"], "known");
    // Its boundary allows nothing of Lambda.
    assert_eq!(events[2]["decision"], "implicitDeny");
    assert_eq!(events[1]["holder"], "unknown");
    let note = events[0]["policyNote"].as_str().unwrap();
    let expected =
        "no `--policy` was given; the policies of 2 principals in `iamsim.toml` are taken";
    assert_eq!(note, expected);
    run.complains("counts for nobody");
}
