//! `iamsim audit` and `iamsim generate` on a small trail of a small account.

use crate::support::{Run, binary, bytes_of, folder, iamsim, root, text_of};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

const TRAIL: &str = "tests/fixtures/trail";
const ACCOUNT: &str = "tests/fixtures/account/authorization-details.json";

fn audit(arguments: &[&str]) -> Run {
    let all = ["audit", TRAIL, "--account", ACCOUNT];
    iamsim(all.iter().chain(arguments)).run()
}

fn number(value: &Value, name: &str) -> u64 {
    value[name]
        .as_u64()
        .unwrap_or_else(|| panic!("{name}: {value}"))
}

/// The sum of what became of the records.
fn accounted(accounting: &Value) -> u64 {
    let names = [
        "evaluated",
        "withoutPolicies",
        "byOthers",
        "noPermissionNeeded",
        "unmapped",
        "malformed",
        "filtered",
        "copies",
    ];
    let plain: u64 = names.iter().map(|name| number(accounting, name)).sum();
    let classes = accounting["notCalls"].as_array().unwrap().iter();
    plain + classes.map(|class| number(class, "count")).sum::<u64>()
}

#[test]
fn every_record_is_accounted_for() {
    let report = audit(&["--format", "json"]).exits(0).json();
    let accounting = &report["accounting"];
    assert_eq!(accounted(accounting), number(accounting, "records"));
    let classes: BTreeMap<_, _> = accounting["notCalls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|class| (class["class"].as_str().unwrap(), number(class, "count")))
        .collect();
    assert_eq!(
        classes,
        BTreeMap::from([("console-sign-in", 1), ("insight", 1), ("service-event", 1)])
    );
    // The second trail has the 5th again, and another account has a call of its own view.
    let copies = number(accounting, "copies");
    let again: Value = serde_json::from_str(&text_of(
        "tests/fixtures/trail/second-trail/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/05/\
         111122223333_CloudTrail_eu-west-1_20260305T2355Z_EXAMPLESECOND001.json",
    ))
    .unwrap();
    let again = again["Records"].as_array().unwrap().len();
    assert_eq!(copies, again as u64 + 1);
    assert_eq!(accounting["passedOver"][0]["files"], 1);
    assert_eq!(number(accounting, "unmapped"), 1);
    assert_eq!(number(accounting, "noPermissionNeeded"), 1);
}

#[test]
fn what_would_be_denied_is_told_with_the_layer_and_an_example() {
    let report = audit(&["--format", "json"]).json();
    let denied = report["denied"].as_array().unwrap();
    let group = |action: &str| {
        denied
            .iter()
            .find(|group| group["action"] == action)
            .unwrap_or_else(|| panic!("{action}: {denied:#?}"))
    };
    let keys = group("iam:CreateAccessKey");
    assert_eq!(number(keys, "count"), 6);
    assert_eq!(
        keys["principal"],
        "arn:aws:iam::111122223333:user/engineering/ana"
    );
    assert_eq!(keys["limitedBy"], "boundary");
    let queue = group("sqs:SendMessage");
    assert_eq!(queue["verdict"], "implicitDeny");
    assert_eq!(number(queue, "succeeded"), 3);
    let file = queue["example"]["file"].as_str().unwrap();
    assert!(file.contains("/2026/03/05/"), "{file}");
    let diff = queue["remedy"]["diff"].as_str().unwrap();
    assert!(diff.contains("sqs:SendMessage"), "{diff}");
}

#[test]
fn disagreements_have_a_reason() {
    let report = audit(&["--format", "json"]).json();
    let agreement = &report["agreement"];
    let comparable = number(agreement, "comparable");
    let differing: u64 = agreement["disagreements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| number(group, "count"))
        .sum();
    assert_eq!(number(agreement, "agreeing") + differing, comparable);
    assert!(differing > 0 && comparable > 100, "{agreement}");
}

#[test]
fn a_permission_is_unused_only_where_the_trail_would_have_shown_it() {
    let class_in = |report: &Value, policy: &str, pattern: &str| -> Value {
        let policies = report["breadth"].as_array().unwrap().iter();
        let policies = policies.filter(|own| own["policy"].as_str().unwrap().contains(policy));
        let statements = policies.flat_map(|policy| policy["statements"].as_array().unwrap());
        let mut patterns = statements.flat_map(|statement| {
            let all = [&statement["actions"], &statement["resources"]];
            all.into_iter().flat_map(|each| each.as_array().unwrap())
        });
        let found = patterns.find(|own| own["pattern"] == pattern);
        found.unwrap_or_else(|| panic!("{pattern}"))["class"].clone()
    };
    let class = |report: &Value, pattern: &str| class_in(report, "", pattern);
    let report = audit(&["--format", "json"]).json();
    for (policy, expected) in [("role/ci/deploy", "used"), ("group/developers", "unused")] {
        let code = class_in(&report, policy, "lambda:UpdateFunctionCode");
        assert_eq!(code["class"], expected, "{policy}");
    }
    assert_eq!(class(&report, "lambda:PublishVersion")["class"], "unused");
    assert_eq!(class(&report, "ec2:*")["class"], "tooWide");
    for hidden in ["iam:PassRole", "lambda:InvokeFunction"] {
        assert_eq!(class(&report, hidden)["class"], "notObservable", "{hidden}");
    }
    let short = audit(&["--format", "json", "--to", "2026-03-08"]).json();
    let reasons = class(&short, "lambda:PublishVersion");
    assert_eq!(reasons["class"], "notObservable");
    let reasons = reasons["reasons"].to_string();
    assert!(reasons.contains("minimum-window"), "{reasons}");
}

#[test]
fn parts_in_any_order_give_the_report_of_one_run_byte_for_byte() {
    let alarm = ["--alarm", "denied >= 5 in 10m by principal"];
    let options = [&["--series", "1d", "--propose"], &alarm[..]].concat();
    let folder = tempfile::tempdir().unwrap();
    let cuts = [
        format!("{TRAIL}/AWSLogs/o-a1b2c3d4e5/111122223333/CloudTrail/eu-west-1/2026/03"),
        format!("{TRAIL}/AWSLogs/o-a1b2c3d4e5/111122223333/CloudTrail/eu-west-1/2026/04"),
        format!("{TRAIL}/AWSLogs/o-a1b2c3d4e5/444455556666"),
        format!("{TRAIL}/AWSLogs/o-a1b2c3d4e5/111122223333/CloudTrail-Insight"),
        format!("{TRAIL}/AWSLogs/o-a1b2c3d4e5/111122223333/CloudTrail-Digest"),
        format!("{TRAIL}/second-trail"),
    ];
    let mut parts = Vec::new();
    for (place, cut) in cuts.iter().enumerate() {
        let part = folder.path().join(format!("{place}.part"));
        let part = part.to_str().unwrap().to_owned();
        let all = ["audit", cut, "--account", ACCOUNT, "--map", "-o", &part];
        let run = iamsim(all.iter().chain(&alarm)).run().exits(0);
        assert_eq!(run.stdout, "", "{run}");
        parts.push(part);
    }
    for format in ["json", "full", "csv", "html"] {
        let with_format = [&options[..], &["--format", format]].concat();
        let whole = audit(&with_format);
        for threads in ["1", "5"] {
            let again = audit(&[&with_format[..], &["--threads", threads]].concat());
            assert_eq!(again.stdout, whole.stdout, "{threads} threads");
        }
        parts.rotate_left(2);
        parts.swap(0, 1);
        let mut arguments = vec!["audit", "--reduce"];
        arguments.extend(parts.iter().map(String::as_str));
        let reduced = iamsim(arguments.iter().chain(&with_format)).run();
        assert_eq!(reduced.stdout, whole.stdout, "{format}: {}", reduced.stderr);
        assert_eq!(reduced.exit, whole.exit);
    }
}

#[test]
fn parts_of_other_policies_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let part = |name: &str, arguments: &[&str]| {
        let part = folder.path().join(name).to_str().unwrap().to_owned();
        let all = ["audit", TRAIL, "--map", "-o", &part];
        iamsim(all.iter().chain(arguments)).run().exits(0);
        part
    };
    let one = part("one", &["--account", ACCOUNT]);
    let other = part("other", &["--policy", "policies/messages-worker.json"]);
    let filtered = part("filtered", &["--account", ACCOUNT, "--service", "s3"]);
    iamsim(["audit", "--reduce", &one, &other])
        .run()
        .exits(2)
        .complains("the part was made with other policies than");
    iamsim(["audit", "--reduce", &one, &filtered])
        .run()
        .exits(2)
        .complains("other filters or alarms than");
    iamsim(["audit", "--reduce", ACCOUNT])
        .run()
        .exits(2)
        .errors(1);
    let text = iamsim(["audit", "--reduce", "README.md"]).run().exits(2);
    text.complains("README.md: this is no part of an audit")
        .complains("parts are made by");
    let merged = iamsim(["audit", "--reduce", &one, &one, "--format", "json"]).run();
    let twice = merged.json();
    let single = audit(&["--format", "json"]).json();
    assert_eq!(twice["denied"], single["denied"]);
}

#[test]
fn a_filter_leaves_records_out_and_counts_them() {
    for (filter, action) in [
        (["--service", "dynamodb"], "dynamodb:Query"),
        (["--action", "lambda:Update*"], "lambda:UpdateFunctionCode"),
        (["--error", "AccessDenied"], "iam:CreateAccessKey"),
        (
            ["--principal", "arn:aws:iam::*:user/engineering/ben"],
            "ec2:DescribeInstances",
        ),
    ] {
        let report = audit(&[&filter[..], &["--format", "json"]].concat()).json();
        let accounting = &report["accounting"];
        assert_eq!(accounted(accounting), number(accounting, "records"));
        assert!(number(accounting, "filtered") > 50, "{filter:?}");
        assert!(report.to_string().contains(action), "{filter:?}");
        assert!(number(accounting, "evaluated") < 60, "{filter:?}");
    }
    let days = audit(&[
        "--from",
        "2026-03-19",
        "--to",
        "2026-03-20",
        "--format",
        "json",
    ])
    .json();
    let window = &days["accounting"]["window"];
    assert_eq!(window["first"], "2026-03-19T06:00:11Z");
    audit(&["--from", "yesterday"])
        .exits(2)
        .complains("write it like");
}

#[test]
fn an_alarm_ends_with_1_and_shows_the_fields_that_were_asked_for() {
    let alarm = "denied >= 5 in 10m by principal";
    let run = audit(&[
        "--alarm",
        alarm,
        "--fields",
        "time,source-ip,event-id",
        "--format",
        "json",
    ])
    .exits(1);
    let report = run.json();
    let raised = &report["alarms"][0]["raised"];
    assert_eq!(
        raised[0]["by"],
        "arn:aws:iam::111122223333:user/engineering/ana"
    );
    assert_eq!(raised[0]["count"], 6);
    let event = raised[0]["events"][0].to_string();
    assert!(
        event.contains("203.0.113.17") && event.contains("2026-03-19T14:00:20Z"),
        "{event}"
    );
    audit(&["--alarm", "denied >= 50 in 10m by principal"]).exits(0);
    audit(&["--alarm", "denid >= 5 in 10m"])
        .exits(2)
        .complains("denied");
    let without_mfa = audit(&["--alarm", "sign-ins-without-mfa >= 1 in 1d"]).exits(1);
    without_mfa.prints("user/engineering/ben");
}

#[test]
fn what_ends_the_run_with_1_can_be_chosen() {
    audit(&["--fail-on", "denied"]).exits(1);
    audit(&["--fail-on", "broad,disagreement"]).exits(1);
    let quiet = ["--service", "dynamodb", "--fail-on", "denied"];
    audit(&quiet).exits(0);
}

#[test]
fn proposals_allow_all_that_was_allowed_and_are_written_where_nothing_is() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("narrow");
    let into = into.to_str().unwrap();
    let run = audit(&["--propose-to", into, "--format", "json"]).exits(0);
    let report = run.json();
    let proposals = report["proposals"].as_array().unwrap();
    assert!(!proposals.is_empty());
    for proposal in proposals {
        let verification = &proposal["verification"];
        assert_eq!(verification["allowed"], verification["calls"], "{proposal}");
        assert_eq!(verification["lost"], json!([]));
        assert_eq!(verification["gained"], json!([]));
    }
    let written: Vec<_> = std::fs::read_dir(into).unwrap().collect();
    assert!(!written.is_empty());
    for file in written {
        let path = file.unwrap().path();
        let lint = ["lint", path.to_str().unwrap(), "--format", "jsonl"];
        let findings = iamsim(lint).run().json_lines();
        // What the old policy does not say, the new one must not either; that it is wide is another
        // matter.
        let wrong = findings.iter().find(|own| own["severity"] == "error");
        assert_eq!(wrong, None, "{}", path.display());
    }
    audit(&["--propose-to", into]).exits(2).complains("exists");
}

#[test]
fn a_policy_is_generated_that_the_linter_and_the_trail_are_content_with() {
    let role = "arn:aws:iam::111122223333:role/service/report-worker";
    let run = iamsim(["generate", TRAIL, "--principal", role])
        .run()
        .exits(0);
    let policy = run.json();
    assert!(run.stdout.contains("s3:GetObject") && run.stdout.contains("table/reports"));
    assert!(!run.stdout.contains("\"*\""), "{run}");
    let files = folder(&[("policy.json", &policy.to_string())]);
    let path = files.path().join("policy.json");
    let path = path.to_str().unwrap();
    iamsim(["lint", path, "--fail-on", "error"]).run().exits(0);
    let check = iamsim([
        "audit",
        TRAIL,
        "--policy",
        path,
        "--principal",
        role,
        "--fail-on",
        "denied",
    ]);
    check.run().exits(0);
    iamsim(["generate", TRAIL])
        .run()
        .exits(2)
        .complains("--principal");
    let nobody = [
        "generate",
        TRAIL,
        "--principal",
        "arn:aws:iam::111122223333:role/x",
    ];
    iamsim(nobody)
        .run()
        .exits(2)
        .complains("the trail has no record of such a");
}

#[test]
fn reports_go_to_files_and_never_over_what_is_read() {
    let files = tempfile::tempdir().unwrap();
    let path = |name: &str| files.path().join(name).to_str().unwrap().to_owned();
    let (page, table) = (path("report.html"), path("findings"));
    let table_argument = format!("csv={table}");
    audit(&["-o", &page, "-o", &table_argument]).exits(0);
    assert!(text_of(&page).starts_with("<!DOCTYPE html>"));
    assert!(text_of(&table).starts_with("kind,"));
    audit(&["-o", &table])
        .exits(2)
        .complains("nothing says how");
    let over = format!("json={ACCOUNT}");
    audit(&["-o", &over]).exits(2).complains("is read");
    audit(&["-o", "json=policies/ci-deploy.json"]).exits(2);
}

#[test]
fn one_bad_record_costs_itself_and_is_told() {
    let good = text_of("tests/fixtures/account/events.jsonl");
    let mut lines: Vec<_> = good.lines().collect();
    lines.insert(2, r#"{"eventName": "PutObject", "eventTime": }"#);
    let files = folder(&[("a.jsonl", &lines.join("\n"))]);
    let path = files.path().to_str().unwrap();
    let run = iamsim(["audit", path, "--account", ACCOUNT, "--format", "json"]).run();
    let run = run.exits(2).complains("a.jsonl:3");
    let accounting = &run.json()["accounting"];
    assert_eq!(number(accounting, "malformed"), 1);
    assert_eq!(number(accounting, "records"), lines.len() as u64);
    assert_eq!(accounted(accounting), lines.len() as u64);
    assert_eq!(accounting["problems"][0]["line"], 3);
}

#[test]
fn a_file_that_is_cut_off_counts_as_far_as_it_goes() {
    let path =
        "tests/fixtures/trail/AWSLogs/o-a1b2c3d4e5/111122223333/CloudTrail/eu-west-1/2026/03/05";
    let whole = std::fs::read_dir(root().join(path))
        .unwrap()
        .next()
        .unwrap();
    let bytes = bytes_of(&whole.unwrap().path());
    let files = tempfile::tempdir().unwrap();
    std::fs::write(files.path().join("a.json.gz"), &bytes[..bytes.len() / 2]).unwrap();
    std::fs::copy(
        root().join("tests/fixtures/account/events.jsonl"),
        files.path().join("b.jsonl"),
    )
    .unwrap();
    let path = files.path().to_str().unwrap();
    let run = iamsim(["audit", path, "--account", ACCOUNT, "--format", "json"]).run();
    let run = run.exits(2).complains("cut off");
    let accounting = &run.json()["accounting"];
    assert_eq!(accounted(accounting), number(accounting, "records"));
    assert!(number(accounting, "records") >= 9, "{accounting}");
    let problem = accounting["problems"][0].to_string();
    assert!(problem.contains("a.json.gz"), "{problem}");
    // What may be missing may have been used.
    let unused = run.json()["breadth"].to_string();
    assert!(!unused.contains("\"unused\""), "{unused}");
}

#[test]
fn a_file_that_is_gone_is_told_and_the_others_are_read() {
    let run = iamsim([
        "audit",
        "tests/fixtures/account/events.jsonl",
        "gone.json.gz",
        "--account",
        ACCOUNT,
        "--format",
        "json",
    ]);
    let run = run.run().exits(2).complains("gone.json.gz");
    let accounting = &run.json()["accounting"];
    assert_eq!(number(accounting, "records"), 9);
    assert_eq!(number(accounting, "files"), 2);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_loses_no_part_in_silence() {
    let run = audit(&["--map", "-o", "/dev/full"]);
    assert_eq!(run.exit, 2, "{run}");
    assert!(run.stderr.contains("space"), "{run}");
}

#[cfg(unix)]
#[test]
fn an_interrupt_reports_what_was_read_and_that_it_is_not_all() {
    let files = tempfile::tempdir().unwrap();
    let pipe = files.path().join("a.jsonl");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let event = text_of("tests/fixtures/account/events.jsonl");
    let event = event.lines().next().unwrap();
    let child = Command::new(assert_cmd::cargo::cargo_bin!("iamsim"))
        .args(["audit", "--threads", "1", "--format", "json"])
        .args(["--account", ACCOUNT])
        .arg(&pipe)
        .arg("tests/fixtures/account/events.jsonl")
        .current_dir(root())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let write = |file: &mut std::fs::File, numbers: std::ops::Range<u32>| {
        for number in numbers {
            let id = format!("\"eventID\":\"{number}\"");
            let own = event.replacen("\"eventID\"", &format!("{id},\"formerID\""), 1);
            writeln!(file, "{own}").unwrap();
        }
        file.flush().unwrap();
    };
    let mut file = std::fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    write(&mut file, 0..600);
    let process = child.id().to_string();
    let sent = Command::new("kill")
        .args(["-INT", &process])
        .status()
        .unwrap();
    assert!(sent.success());
    std::thread::sleep(Duration::from_millis(300));
    // The reader may have gone: then there is nobody to write to.
    let more = std::thread::spawn(move || {
        for number in 600..4000_u32 {
            let id = format!("{{\"eventID\":\"{number}\",\"eventName\":\"x\"}}");
            if writeln!(file, "{id}").is_err() {
                return;
            }
        }
    });
    let output = child.wait_with_output().unwrap();
    more.join().unwrap();
    let run = Run::of(&output).exits(2).complains("interrupted");
    let accounting = &run.json()["accounting"];
    let records = number(accounting, "records");
    assert!((512..4000).contains(&records), "{accounting}");
    assert_eq!(accounted(accounting), records);
    let problems = accounting["problems"].to_string();
    assert!(
        problems.contains("1 of 2 files were not read"),
        "{problems}"
    );
}

#[test]
fn standard_input_is_a_trail_too() {
    let events = text_of("tests/fixtures/account/events.jsonl");
    let run = iamsim(["audit", "-", "--account", ACCOUNT, "--format", "json"])
        .stdin(events)
        .run()
        .exits(0);
    assert_eq!(number(&run.json()["accounting"], "records"), 9);
}

#[test]
fn an_audit_of_no_events_is_an_error() {
    let files = tempfile::tempdir().unwrap();
    let empty = files.path().to_str().unwrap();
    iamsim(["audit", empty, "--account", ACCOUNT])
        .run()
        .exits(2)
        .errors(1);
    assert!(Path::new(empty).is_dir());
    binary().args(["audit"]).assert().code(2);
}
