use crate::support::{Run, iamsim, text_of};
use flate2::{Compression, write::GzEncoder};
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

const DENIED: &str = "tests/fixtures/events/list-queues-denied.json";
const WORKER: &str = "tests/fixtures/events/messages-worker.jsonl";

fn events(arguments: &[&str]) -> Run {
    iamsim(std::iter::once(&"events").chain(arguments)).run()
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn an_event_is_shown_with_class_actions_resources_and_context() {
    let lines = events(&[DENIED, "--format", "jsonl"]).exits(0).json_lines();
    let [event] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    assert_eq!(event["version"], 1);
    assert_eq!(event["eventID"], "3c5b6f0e-8d1a-4b7c-9e2f-1a2b3c4d5e6f");
    assert_eq!(event["class"], "api-call");
    assert_eq!(event["actions"], serde_json::json!(["sqs:ListQueues"]));
    assert_eq!(event["resources"], serde_json::json!(["*"]));
    assert_eq!(event["outcome"], "denied");
    let context = &event["context"];
    assert_eq!(context["aws:SourceIp"]["values"][0], "203.0.113.25");
    assert_eq!(context["aws:username"]["state"], "absent");
    assert_eq!(
        context["aws:PrincipalArn"]["values"][0],
        "arn:aws:iam::123456789012:role/messages-worker"
    );
}

#[test]
fn every_container_is_read_plain_and_gzip() {
    let event: serde_json::Value = serde_json::from_str(&text_of(DENIED)).unwrap();
    let line = event.to_string();
    let containers = [
        text_of(DENIED),
        line.clone(),
        format!("[{line},\n{line}]"),
        format!("{{\"Records\": [{line}, {line}, {line}]}}"),
        format!("{line}\n{line}\n\n{line}\n{line}\n"),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (container, number) in containers.iter().zip([1, 1, 2, 3, 4]) {
        for bytes in [container.clone().into_bytes(), gzip(container.as_bytes())] {
            let path = write(folder.path(), "events", &bytes);
            let lines = events(&[path.to_str().unwrap(), "--format", "jsonl"])
                .exits(0)
                .json_lines();
            assert_eq!(lines.len(), number, "{container}");
            let run = iamsim(["events", "-", "--format", "jsonl"])
                .stdin(bytes)
                .run();
            assert_eq!(run.exits(0).json_lines().len(), number, "{container}");
        }
    }
}

#[test]
fn a_folder_of_a_trail_is_read_whole() {
    let folder = tempfile::tempdir().unwrap();
    let records = gzip(format!("{{\"Records\": [{}]}}", text_of(DENIED)).as_bytes());
    for day in ["01", "02"] {
        let name = format!("AWSLogs/123456789012/CloudTrail/us-east-1/2026/11/{day}/a.json.gz");
        write(folder.path(), &name, &records);
    }
    let run = events(&[folder.path().to_str().unwrap()]).exits(0);
    run.prints("2 events: 2 api-call");
}

#[test]
fn what_no_policy_decides_is_named_for_what_it_is() {
    let path = "tests/fixtures/events/no-api-calls.json";
    let report = events(&[path, "--format", "json"]).exits(0).json();
    let classes: Vec<_> = report["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["class"].as_str().unwrap())
        .collect();
    assert_eq!(classes, ["console-sign-in", "service-event", "insight"]);
    events(&[path]).prints("no policy decides:");
}

#[test]
fn calls_without_a_known_action_are_counted_by_name() {
    let report = events(&["tests/fixtures/events/unmapped.json", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(
        report["summary"]["unmapped"],
        serde_json::json!({"s3:GetStorageLensDashboardDataInternal": 1})
    );
    assert_eq!(report["events"][0]["actions"], serde_json::json!([]));
}

#[test]
fn a_bad_record_is_told_with_its_line_and_the_others_are_still_shown() {
    let event: serde_json::Value = serde_json::from_str(&text_of(DENIED)).unwrap();
    let lines = format!("{event}\n{{\"eventName\": \n{event}\n");
    let run = iamsim(["events", "-", "--format", "json"])
        .stdin(lines)
        .run();
    let report = run
        .exits(2)
        .errors(1)
        .complains("<stdin>: the line ends at line 2, column 15")
        .json();
    assert_eq!(report["events"].as_array().unwrap().len(), 2);
    assert_eq!(report["summary"]["unreadable"], 1);
}

#[test]
fn the_full_report_counts_what_was_read() {
    events(&[WORKER]).exits(0).prints("7 events: 7 api-call");
}
