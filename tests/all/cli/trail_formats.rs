//! Everything that events are kept in, read by the command line.

use super::events::gzip;
use crate::support::{Run, iamsim, text_of};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::fs;

const DENIED: &str = "tests/fixtures/events/list-queues-denied.json";

fn events_of(input: impl Into<Vec<u8>>) -> Run {
    iamsim(["events", "-", "--format", "jsonl"])
        .stdin(input.into())
        .run()
}

fn denied() -> String {
    let event: serde_json::Value = serde_json::from_str(&text_of(DENIED)).unwrap();
    event.to_string()
}

#[test]
fn an_event_is_the_same_whatever_it_came_in() {
    let event = denied();
    let text = serde_json::to_string(&event).unwrap();
    let log = format!(
        r#"{{"messageType":"DATA_MESSAGE","logEvents":[{{"id":"1","timestamp":1,"message":{text}}}]}}"#
    );
    let packed = STANDARD.encode(gzip(log.as_bytes()));
    let plain = events_of(event.clone()).exits(0).json_lines();
    for container in [
        format!(r#"{{"Events":[{{"EventId":"e","CloudTrailEvent":{text}}}],"NextToken":"t"}}"#),
        format!(
            r#"{{"version":"0","detail-type":"AWS API Call via CloudTrail","detail":{event}}}"#
        ),
        log,
        format!(r#"{{"awslogs":{{"data":"{packed}"}}}}"#),
        format!(
            r#"{{"events":[{{"timestamp":1,"message":{text},"ingestionTime":2}}],"nextForwardToken":"f"}}"#
        ),
    ] {
        for bytes in [container.clone().into_bytes(), gzip(container.as_bytes())] {
            let lines = events_of(bytes).exits(0).json_lines();
            assert_eq!(lines, plain, "{container}");
        }
    }
}

#[test]
fn every_version_of_the_record_format_is_read() {
    let mut event: serde_json::Value = serde_json::from_str(&text_of(DENIED)).unwrap();
    let versions = [
        "1.0", "1.01", "1.02", "1.03", "1.04", "1.05", "1.06", "1.07", "1.08", "1.09", "1.10",
        "1.11", "1.12", "2.0",
    ];
    let records: Vec<_> = versions
        .iter()
        .map(|version| {
            event["eventVersion"] = (*version).into();
            event["memberOfTomorrow"] = serde_json::json!({ "eventName": [version] });
            event.to_string()
        })
        .collect();
    let lines = events_of(format!("{{\"Records\":[{}]}}", records.join(",")))
        .exits(0)
        .json_lines();
    assert_eq!(lines.len(), versions.len());
    assert!(lines.iter().all(|line| *line == lines[0]));
}

#[test]
fn a_table_of_athena_is_judged_as_its_events_are() {
    let event: serde_json::Value = serde_json::from_str(&text_of(DENIED)).unwrap();
    let columns = event.as_object().unwrap();
    let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let head: Vec<_> = columns
        .keys()
        .map(|name| cell(&name.to_ascii_lowercase()))
        .collect();
    let row: Vec<_> = columns
        .values()
        .map(|value| cell(value.as_str().unwrap_or(&value.to_string())))
        .collect();
    let columns = [
        "\"vpcendpointid\"",
        "\"errorcode\"",
        "\"requestparameters\"",
    ];
    let missing: Vec<_> = columns
        .into_iter()
        .filter(|column| !head.iter().any(|name| name == column))
        .collect();
    let table = format!(
        "{}\n{}\n",
        [
            &head[..],
            &missing.iter().map(ToString::to_string).collect::<Vec<_>>()
        ]
        .concat()
        .join(","),
        [row, vec![String::new(); missing.len()]].concat().join(",")
    );
    let mut lines = events_of(table).exits(0).json_lines();
    let mut plain = events_of(denied()).exits(0).json_lines();
    for line in [&mut lines[0], &mut plain[0]] {
        line.as_object_mut().unwrap().remove("line");
    }
    assert_eq!(lines, plain);
}

#[test]
fn a_row_of_the_console_is_no_call_without_parameters() {
    let table = "Event name,Event time,User name,Event source,Resource type,Resource name,\
        AWS access key,AWS region,Error code,Event ID,Read-only,Source IP address\n\
        ListBuckets,2024-03-01T00:00:00Z,ana,s3.amazonaws.com,,,AKIAEXAMPLE,us-east-1,,e,true,192.0.2.1\n\
        CreateUser,2024-03-01T00:00:00Z,ana,iam.amazonaws.com,,,AKIAEXAMPLE,us-east-1,,e,false,192.0.2.1\n";
    let lines = events_of(table).exits(0).json_lines();
    let user = &lines[1];
    assert_eq!(user["eventName"], "CreateUser");
    assert_eq!(user["actions"], serde_json::json!(["iam:CreateUser"]));
    // Neither of these is known to be absent.
    for key in [
        "aws:TagKeys",
        "aws:SourceVpce",
        "aws:MultiFactorAuthPresent",
        "aws:CalledVia",
    ] {
        assert_ne!(user["context"][key]["state"], "absent", "{key}");
    }
}

#[test]
fn other_files_in_a_folder_are_passed_over_and_named_ones_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    write("events.json", &denied());
    let digest = write("digest.json", r#"{"digestS3Bucket":"b","logFiles":[]}"#);
    let policy = write("policy.json", r#"{"Version":"2012-10-17","Statement":[]}"#);
    iamsim(["events", folder.path().to_str().unwrap()])
        .run()
        .exits(0)
        .prints("1 event: 1 api-call")
        .complains("passed over: the object at line 1, column 1 is a CloudTrail digest")
        .complains("passed over: the object at line 1, column 1 is an IAM policy");
    iamsim(["events", &digest]).run().exits(0);
    iamsim(["events", &policy])
        .run()
        .exits(2)
        .errors(1)
        .complains("give the policy with `--policy`");
}

#[test]
fn a_file_that_is_cut_off_counts_up_to_the_cut() {
    let event = denied();
    let mut packed = gzip(format!("{{\"Records\":[{}]}}", vec![event; 50].join(",")).as_bytes());
    packed.truncate(packed.len() - 20);
    let run = iamsim(["events", "-", "--format", "json"])
        .stdin(packed)
        .run();
    let run = run.exits(2).errors(1);
    let report = run.json();
    let events = report["events"].as_array().unwrap().len();
    assert!(events > 0);
    run.complains(&format!("the gzip data is cut off after {events} events"));
}
