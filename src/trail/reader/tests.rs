use std::io::{Cursor, Read, Write as _};

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;

use super::*;

/// What reading gives: the events, and the errors as messages, in order.
fn read(input: impl Read) -> Vec<Result<String, String>> {
    let mut reader = EventReader::new(input);
    let mut found = Vec::new();
    while let Some(one) = reader.next_event() {
        found.push(
            one.map(|event| event.json.to_owned())
                .map_err(|error| error.to_string()),
        );
    }
    found
}

fn events(input: &str) -> Vec<String> {
    read(input.as_bytes())
        .into_iter()
        .map(|one| one.expect("an event"))
        .collect()
}

fn only_error(input: impl Read) -> String {
    let found = read(input);
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().unwrap().expect_err("an error")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The gzip form of a byte that is repeated.
fn gzip_of(byte: u8, count: u64) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    io::copy(&mut io::repeat(byte).take(count), &mut encoder).unwrap();
    encoder.finish().unwrap()
}

const A: &str = r#"{"eventName":"A"}"#;
const B: &str = r#"{"eventName":"B"}"#;

#[test]
fn every_container_gives_its_events() {
    for container in [
        format!("{A}{B}"),
        format!("{A}\n{B}\n"),
        format!("{A}\r\n\r\n{B}"),
        format!("[{A},{B}]"),
        format!("[ {A} , {B} ]\n"),
        format!("[[{A}],[{B}]]"),
        format!(r#"{{"Records":[{A},{B}]}}"#),
        format!(r#"{{"Records":[{A}]}}{{"Records":[{B}]}}"#),
        format!(r#"[{{"Records":[{A}]}},{{"Records":[{B}]}}]"#),
        format!(r#"{{"a":{{"b":[1,"}}"]}},"Records":[{A},{B}],"c":[{{}}],"d":null}}"#),
        format!(r#"{{"Records":[{A}],"Records":[{B}]}}"#),
        format!(r#"{{"Records":[{{"Records":[{A}]}},{B}]}}"#),
        format!("\u{feff}{A}\n{B}"),
        format!(
            r#"{{"Events":[{{"EventId":"x","CloudTrailEvent":{}}},{{"CloudTrailEvent":{}}}],"NextToken":"t"}}"#,
            serde_json::to_string(A).unwrap(),
            serde_json::to_string(B).unwrap()
        ),
        format!(
            r#"{{"detail-type":"AWS API Call via CloudTrail","detail":{A}}}{{"source":"aws.s3","detail":{B}}}"#
        ),
        format!(
            r#"{{"messageType":"DATA_MESSAGE","logEvents":[{{"id":"1","message":{}}},{{"message":{}}}]}}"#,
            serde_json::to_string(A).unwrap(),
            serde_json::to_string(B).unwrap()
        ),
    ] {
        assert_eq!(events(&container), [A, B], "{container}");
        let packed = read(Cursor::new(gzip(container.as_bytes())));
        assert_eq!(
            packed,
            [Ok(A.to_owned()), Ok(B.to_owned())],
            "packed {container}"
        );
    }
}

#[test]
fn gzip_files_can_be_joined() {
    let joined = [gzip(A.as_bytes()), gzip(B.as_bytes())].concat();
    assert_eq!(
        read(Cursor::new(joined)),
        [Ok(A.to_owned()), Ok(B.to_owned())]
    );
}

#[test]
fn containers_may_be_empty() {
    for container in ["[]", r#"{"Records":[]}"#, " [ ] "] {
        assert!(events(container).is_empty(), "{container}");
    }
}

#[test]
fn an_event_is_given_as_it_is_written() {
    let pretty = "{\n  \"eventName\" : \"A \\\" } b\",\n  \"x\" : [ 1 , true ]\n}";
    assert_eq!(events(&format!("\n {pretty} ")), [pretty]);
}

/// The members of the only event of an input.
fn members(input: &str) -> Vec<(Member, String)> {
    let mut reader = EventReader::new(input.as_bytes());
    let raw = reader.next_event().unwrap().unwrap();
    let there = Member::ALL.iter();
    let there = there.filter_map(|member| Some((*member, raw.members.get(*member)?.to_owned())));
    there.collect()
}

#[test]
fn members_are_given_as_json_wherever_the_event_stood() {
    let event = r#"{"eventName": "A\"", "unknown": {"eventID": 1}, "readOnly" : true ,
        "requestParameters": {"a": [1, {"b": "}"}]}, "resources":[],"errorCode":null,
        "event\u0049D":"x", "apiVersion":1.5e3}"#;
    let text = |text: &str| text.to_owned();
    let expected = [
        (Member::EventName, text(r#""A\"""#)),
        (Member::ErrorCode, text("null")),
        (Member::RequestParameters, text(r#"{"a": [1, {"b": "}"}]}"#)),
        (Member::EventId, text(r#""x""#)),
        (Member::ReadOnly, text("true")),
        (Member::Resources, text("[]")),
        (Member::ApiVersion, text("1.5e3")),
    ];
    let string = serde_json::to_string(event).unwrap();
    for container in [
        text(event),
        format!(r#"{{"eventVersion1":1,"Records":[{event}]}}"#),
        format!(r#"{{"Events":[{{"EventName":"B","CloudTrailEvent":{string}}}]}}"#),
        format!(r#"{{"detail-type":"AWS API Call via CloudTrail","detail":{event}}}"#),
    ] {
        assert_eq!(members(&container), expected, "{container}");
    }
}

#[test]
fn the_names_of_members_are_those_that_events_have() {
    for member in Member::ALL {
        let event = format!(r#"{{"eventName":"A","{}":7}}"#, member.name());
        let event = if *member == Member::EventName {
            A
        } else {
            &event
        };
        let mut found = members(event);
        found.retain(|(found, _)| found == member);
        assert_eq!(found.len(), 1, "{member:?}");
    }
}

#[test]
fn a_member_that_is_given_twice_costs_the_event_as_it_does_when_parsed() {
    let twice = r#"{"eventName":"A","x":1,"x":2,"event\u004eame":"B"}"#;
    assert!(crate::trail::Event::parse(twice).is_err());
    let found = read(format!("[{twice},{A}]").as_bytes());
    assert_eq!(
        found,
        [
            Err("the event at line 1, column 2 gives `eventName` twice".to_owned()),
            Ok(A.to_owned())
        ]
    );
}

#[test]
fn an_event_tells_where_it_stood() {
    let input = format!("{{\"Records\": [\n  {A},\n  {B}]}}");
    let mut reader = EventReader::new(input.as_bytes());
    let place = |event: RawEvent<'_>| (event.index, event.place.line, event.place.column);
    assert_eq!(place(reader.next_event().unwrap().unwrap()), (0, 2, 3));
    assert_eq!(place(reader.next_event().unwrap().unwrap()), (1, 3, 3));
    assert!(reader.next_event().is_none());
    assert_eq!(reader.events(), 2);
}

#[test]
fn wrong_inputs_give_one_clear_error() {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow"}]}"#;
    for (input, error) in [
        (
            "[package]\nname = 1\n",
            "malformed JSON: unexpected `p` at line 1, column 2",
        ),
        (
            "[nul]",
            "malformed JSON: unexpected `]` at line 1, column 5",
        ),
        (
            "[truth]",
            "malformed JSON: unexpected `t` at line 1, column 5",
        ),
        ("", "the input is empty"),
        (" \n\t ", "the input is empty"),
        ("\u{feff}", "the input is empty"),
        (
            "hello\nworld\n",
            "not a JSON object or array: unexpected `h` at line 1, column 1",
        ),
        (
            "\n  7",
            "not a JSON object or array: unexpected `7` at line 2, column 3",
        ),
        (
            "\0\0\0",
            "the input is neither JSON nor gzip: line 1, column 1 is binary",
        ),
        (
            policy,
            "the object at line 1, column 1 is an IAM policy, not a CloudTrail event",
        ),
        (
            r#"{"digestS3Bucket":"b","logFiles":[{"s3Bucket":"b"}]}"#,
            "the object at line 1, column 1 is a CloudTrail digest, which holds no events",
        ),
        (
            "{}",
            "the object at line 1, column 1 is not a CloudTrail event",
        ),
        (
            r#"{"message":"hello"}"#,
            "the object at line 1, column 1 is not a CloudTrail event",
        ),
        (
            r#"{"eventName":"A""#,
            "the input ends at line 1, column 17 in the middle of a value",
        ),
        (
            r#"{"Records":["#,
            "the input ends at line 1, column 13 in the middle of a value",
        ),
        (
            r#"{"Records":[{"a"]}"#,
            "malformed JSON: unexpected `]` at line 1, column 17",
        ),
    ] {
        assert_eq!(only_error(input.as_bytes()), error, "{input}");
    }
}

#[test]
fn damaged_gzip_is_named() {
    let mut packed = gzip(format!("[{A},{B}]").repeat(100).as_bytes());
    let whole = packed.len();
    packed.truncate(whole / 2);
    let mut rest = Vec::new();
    let mut unpacker = flate2::read::GzDecoder::new(packed.as_slice());
    unpacker.read_to_end(&mut rest).unwrap_err();
    let unpacked = rest.len();
    let found = read(Cursor::new(packed));
    assert_eq!(
        found.last().unwrap(),
        &Err(format!(
            "the gzip data is cut off after {} events and {} bytes",
            found.len() - 1,
            unpacked
        ))
    );
    let mut broken = gzip(A.as_bytes());
    broken[10..].fill(0xff);
    assert_eq!(
        only_error(Cursor::new(broken)),
        "the gzip data is damaged after 0 events and 0 bytes"
    );
    assert_eq!(
        only_error(Cursor::new([0x1f, 0x8b])),
        "the gzip data is cut off after 0 events and 0 bytes"
    );
}

#[test]
fn json_lines_go_on_with_the_line_after_a_broken_one() {
    let input =
        format!("{A}\n{{\"eventName\":\"cut\n{B}\n{{\"eventName\":\n{A}\n{{\"x\":[1,\n}}}}\n{B}\n");
    let error = |text: &str| Err(text.to_owned());
    assert_eq!(
        read(input.as_bytes()),
        [
            Ok(A.to_owned()),
            error("malformed JSON: unexpected `\\n` at line 2, column 18"),
            Ok(B.to_owned()),
            error("the line ends at line 4, column 14 in the middle of a value"),
            Ok(A.to_owned()),
            error("the line ends at line 6, column 9 in the middle of a value"),
            Ok(B.to_owned()),
        ]
    );
}

#[test]
fn events_over_several_lines_may_follow_each_other() {
    let pretty = |name: &str| format!("{{\n  \"eventName\": \"{name}\"\n}}\n");
    let pretty = [pretty("A"), pretty("B")];
    assert_eq!(
        events(&pretty.concat()),
        pretty.each_ref().map(|one| one.trim_end())
    );
    let records = format!("{{\"Records\": [\n{A},\n{B}\n]\n}}\n");
    assert_eq!(events(&records), [A, B]);
}

#[test]
fn utf16_is_named() {
    let bytes: Vec<u8> = format!("\u{feff}{A}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(only_error(Cursor::new(bytes)), "the input is in UTF-16");
}

#[test]
fn an_array_goes_on_after_what_is_no_event() {
    let input = format!(r#"[1,{A},"x",{{"y":0}},{{"Statement":[]}},{B}]"#);
    let found = read(input.as_bytes());
    let events: Vec<&String> = found.iter().flatten().collect();
    assert_eq!(events, [A, B]);
    assert_eq!(found.len(), 6);
}

#[test]
fn a_large_event_is_skipped() {
    let large = format!(r#"{{"eventName":"{}"}}"#, "x".repeat(MAX_EVENT_BYTES));
    let found = read(format!("[{A},{large},{B}]").as_bytes());
    assert_eq!(found.len(), 3);
    assert_eq!(found[0].as_deref(), Ok(A));
    assert_eq!(
        found[1].as_ref().unwrap_err(),
        "the event at line 1, column 20 is larger than 8388608 bytes"
    );
    assert_eq!(found[2].as_deref(), Ok(B));
}

#[test]
fn deep_nesting_is_an_error_wherever_it_is() {
    let deep = "[".repeat(100_000);
    let objects = r#"{"a":"#.repeat(100_000);
    for input in [deep.clone(), objects, format!(r#"{{"eventName":{deep}"#)] {
        assert!(only_error(input.as_bytes()).starts_with("the JSON is nested deeper than 120"));
    }
    let most = MAX_DEPTH - 2;
    let fits = format!(
        r#"{{"eventName":{}{}}}"#,
        "[".repeat(most),
        "]".repeat(most)
    );
    assert_eq!(events(&fits), [fits]);
}

#[test]
fn bombs_end_soon_and_in_little_memory() {
    // Sizes that show it without making the tests wait; `MAX_UNPACKED_BYTES` bounds the rest.
    const BOMB_BYTES: u64 = 32 << 20;
    let brackets = io::repeat(b'[').take(1 << 40);
    assert!(only_error(brackets).starts_with("the JSON is nested deeper"));
    for (byte, error) in [
        (
            0,
            "the input is neither JSON nor gzip: line 1, column 1 is binary",
        ),
        (
            b'[',
            "the JSON is nested deeper than 120 levels at line 1, column 121",
        ),
        (b' ', "the input is empty"),
    ] {
        let packed = gzip_of(byte, BOMB_BYTES);
        assert_eq!(only_error(Cursor::new(packed)), error);
    }
    // One string without end is counted, not kept.
    let start = Cursor::new(br#"{"eventName":""#.to_vec());
    let mut reader = EventReader::new(start.chain(io::repeat(b'x').take(BOMB_BYTES)));
    assert!(matches!(
        reader.next_event(),
        Some(Err(ReadError::EndedEarly { .. }))
    ));
    assert!(reader.window.capacity() <= 2 * MAX_EVENT_BYTES);
}

#[test]
fn endless_errors_end() {
    for endless in [
        format!("[{}", "1,".repeat(10_000)),
        "{\"x\":[1 2]}\n".repeat(10_000),
    ] {
        let found = read(endless.as_bytes());
        assert_eq!(found.len(), 100);
        let last = found.last().unwrap().as_ref().unwrap_err();
        assert!(
            last.starts_with("100 errors in a row and no event"),
            "{last}"
        );
    }
    let between = format!(
        "[{}]",
        format!("{},{A},", "1,".repeat(98).trim_end_matches(',')).repeat(3) + "1"
    );
    assert_eq!(read(between.as_bytes()).iter().flatten().count(), 3);
}

#[test]
fn events_that_are_rejected_and_bytes_that_are_no_text_end_it_as_well() {
    let lines = format!("{A}\n").repeat(10_000);
    let mut reader = EventReader::new(lines.as_bytes());
    let mut rejected = 0;
    let end = loop {
        match reader.next_event() {
            Some(Ok(_)) => reader.reject(),
            other => break other,
        }
        rejected += 1;
    };
    assert_eq!(rejected, 100);
    assert!(
        matches!(end, Some(Err(ReadError::GivenUp { .. }))),
        "{end:?}"
    );
    assert_eq!(reader.events(), 0);
    assert!(reader.next_event().is_none());
    let bytes = b"{\"eventName\":\"\xff\"}\n".repeat(10_000);
    assert_eq!(read(bytes.as_slice()).len(), 101);
}

/// A reader that gives one byte at a time.
struct Trickle<R>(R);

impl<R: Read> Read for Trickle<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let end = buffer.len().min(1);
        self.0.read(&mut buffer[..end])
    }
}

#[test]
fn chunks_may_be_of_any_size() {
    let input = format!("\u{feff}{{\"a\":\"\\\"x\",\"Records\":[{A},{B}]}}");
    let expected = [Ok(A.to_owned()), Ok(B.to_owned())];
    assert_eq!(read(Trickle(input.as_bytes())), expected);
    assert_eq!(read(Trickle(Cursor::new(gzip(input.as_bytes())))), expected);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic_or_hang(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let most = bytes.len() + 1;
        prop_assert!(read(Cursor::new(bytes)).len() <= most);
    }

    #[test]
    fn no_json_like_text_makes_it_panic_or_hang(
        text in r#"([\[\]{}:,"\\ \n]|"Records"|"eventName"|"detail"|"x"|1|null|é){0,60}"#
    ) {
        let most = text.len() + 1;
        prop_assert!(read(text.as_bytes()).len() <= most);
    }

    #[test]
    fn any_json_comes_out_as_it_went_in(value in json_value()) {
        let event = serde_json::json!({ "eventName": value, "x": value });
        let text = event.to_string();
        let pretty = serde_json::to_string_pretty(&event).unwrap();
        for input in [text, pretty] {
            prop_assert_eq!(read(input.as_bytes()), vec![Ok(input.clone())]);
        }
    }
}

fn json_value() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::Value;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// What comes of an input: the events, and the errors with whether they are of another kind.
fn told(input: &[u8]) -> Vec<Result<String, (bool, String)>> {
    let mut reader = EventReader::new(input);
    let mut found = Vec::new();
    while let Some(one) = reader.next_event() {
        found.push(match one {
            Ok(event) => Ok(event.json.to_owned()),
            Err(error) => Err((error.is_other_kind(), error.to_string())),
        });
    }
    found
}

fn as_string(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

#[test]
fn logs_of_cloudwatch_give_their_events_packed_or_not() {
    let log_event = |message: &str| {
        format!(
            r#"{{"id":"1","timestamp":1,"message":{}}}"#,
            as_string(message)
        )
    };
    let subscription = format!(
        r#"{{"messageType":"DATA_MESSAGE","owner":"123456789012","logEvents":[{},{}]}}"#,
        log_event(A),
        log_event(B)
    );
    let data = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        gzip(subscription.as_bytes()),
    );
    let lambda = format!(r#"{{"awslogs":{{"data":"{data}"}}}}"#);
    let listed = format!(
        r#"{{"events":[{},{}],"nextForwardToken":"f/1","nextBackwardToken":"b/1"}}"#,
        log_event(A),
        log_event(B)
    );
    for input in [&subscription, &lambda, &listed] {
        assert_eq!(events(input), [A, B], "{input}");
    }
    // The place is that of the record in the input, and the count goes on.
    let mut reader = EventReader::new(lambda.as_bytes());
    for index in 0..2 {
        let event = reader.next_event().unwrap().unwrap();
        assert_eq!((event.index, event.place.offset), (index, 0));
    }
}

#[test]
fn log_events_that_are_none_are_passed_over_however_many_there_are() {
    let other = r#"{"timestamp":1,"message":"2 123456789012 eni-1 ACCEPT OK"},"#.repeat(150)
        + &format!(
            r#"{{"timestamp":1,"message":{}}},"#,
            as_string(r#"{"level":"info"}"#)
        );
    let log = format!(
        r#"{{"logEvents":[{other}{{"timestamp":1,"message":{}}}]}}"#,
        as_string(A)
    );
    let found = told(log.as_bytes());
    assert_eq!(found.len(), 152);
    assert!(found.iter().flatten().eq([A]), "{found:?}");
    let others = found.iter().filter(|one| matches!(one, Err((true, _))));
    assert_eq!(others.count(), 151);
    let control = r#"{"messageType":"CONTROL_MESSAGE","logEvents":[{"id":"","timestamp":1,
        "message":"CWL CONTROL MESSAGE: Checking health of destination Firehose."}]}"#;
    let found = told(control.as_bytes());
    let [Err((true, text))] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert!(
        text.contains("a control message of CloudWatch Logs"),
        "{text}"
    );
}

#[test]
fn every_detail_type_of_cloudtrail_is_read_and_no_other() {
    for (kind, detail) in [
        ("AWS API Call via CloudTrail", A),
        (
            "AWS Service Event via CloudTrail",
            r#"{"eventType":"AwsServiceEvent"}"#,
        ),
        (
            "AWS Console Sign In via CloudTrail",
            r#"{"eventName":"ConsoleLogin"}"#,
        ),
        (
            "AWS Insight via CloudTrail",
            r#"{"insightDetails":{"state":"Start"}}"#,
        ),
    ] {
        let event = format!(
            r#"{{"version":"0","id":"1","detail-type":"{kind}","source":"aws.s3","resources":[],"detail":{detail}}}"#
        );
        assert_eq!(events(&event), [detail]);
    }
    let other = r#"{"version":"0","detail-type":"Object Created","source":"aws.s3","resources":[],
        "detail":{"bucket":{"name":"b"},"object":{"key":"k"}}}"#;
    assert_eq!(
        told(other.as_bytes()),
        [Err((
            true,
            "the object at line 1, column 1 is an EventBridge event that is not from CloudTrail"
                .to_owned()
        ))]
    );
}

#[test]
fn what_is_broken_inside_a_record_is_an_error_with_both_places() {
    let input = format!(
        r#"{{"Events":[{{"CloudTrailEvent":{}}},{{"CloudTrailEvent":{}}}]}}"#,
        as_string(r#"{"eventName":}"#),
        as_string(A)
    );
    assert_eq!(
        told(input.as_bytes()),
        [
            Err((
                false,
                "in the record at line 1, column 12: malformed JSON: unexpected `}` at line 1, column 14"
                    .to_owned()
            )),
            Ok(A.to_owned())
        ]
    );
}

#[test]
fn files_of_other_kinds_are_told_apart_and_are_no_errors() {
    use OtherKind as K;
    let finding = r#"{"schemaVersion":"2.0","accountId":"1","region":"r","type":"Recon","service":{},"severity":2}"#;
    for (input, kind) in [
        (
            r#"{"awsAccountId":"1","digestS3Bucket":"b","logFiles":[{"s3Bucket":"b"}]}"#,
            K::Digest,
        ),
        (r#"{"Version":"2012-10-17","Statement":[]}"#, K::Policy),
        (
            r#"{"PolicyVersion":{"Document":{"Statement":[]}}}"#,
            K::Policy,
        ),
        (
            r#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventName":"ObjectCreated:Put","userIdentity":{"principalId":"A"},"s3":{"object":{"key":"k"}}}]}"#,
            K::S3Notification,
        ),
        (
            r#"{"Records":[{"messageId":"1","receiptHandle":"h","body":"{}","eventSource":"aws:sqs"}]}"#,
            K::QueueMessage,
        ),
        (
            r#"{"Records":[{"EventSource":"aws:sns","EventVersion":"1.0","Sns":{"Message":"{}"}}]}"#,
            K::QueueMessage,
        ),
        (
            r#"{"Type":"Notification","TopicArn":"arn:aws:sns:r:1:t","Message":"{}"}"#,
            K::QueueMessage,
        ),
        (
            r#"{"s3Bucket":"b","s3ObjectKey":["AWSLogs/1/CloudTrail/x.json.gz"]}"#,
            K::QueueMessage,
        ),
        (
            r#"{"Messages":[{"MessageId":"1","Body":"{}"}]}"#,
            K::QueueMessage,
        ),
        (finding, K::SecurityFinding),
        (
            r#"{"Findings":[{"SchemaVersion":"2018-10-08"}]}"#,
            K::SecurityFinding,
        ),
        (
            r#"{"id":"1","principal":{},"analyzedAt":"2024-01-01T00:00:00Z"}"#,
            K::AccessFinding,
        ),
        (r#"{"findings":[{"id":"1"}]}"#, K::AccessFinding),
        (
            r#"{"fileVersion":"1.0","configurationItems":[{"resourceType":"AWS::S3::Bucket"}]}"#,
            K::Configuration,
        ),
        (
            r#"{"AWSTemplateFormatVersion":"2010-09-09","Resources":{}}"#,
            K::Template,
        ),
        (r#"{"trailList":[{"Name":"t"}]}"#, K::Trail),
        (
            r#"{"UserDetailList":[],"RoleDetailList":[]}"#,
            K::AccountDetails,
        ),
        (
            "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be bucket [06/Feb/2019:00:00:38 +0000] 192.0.2.3 - x\n",
            K::S3AccessLog,
        ),
        (
            "version account-id interface-id srcaddr dstaddr\n2 123456789012 eni-1 - -\n",
            K::FlowLog,
        ),
        (
            "2 123456789012 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22\n",
            K::FlowLog,
        ),
        (
            "h2 2018-07-02T22:22:48.364000Z app/my-lb/50dc6c495c0c9188 10.0.1.252:48160 10.0.0.66:9000\n",
            K::LoadBalancerLog,
        ),
        (
            "2015-05-13T23:39:43.945958Z my-lb 192.168.131.39:2817 10.0.0.1:80 0.1 0.1 0.1 200 200 0 29 \"GET / HTTP/1.1\"\n",
            K::LoadBalancerLog,
        ),
        ("#Version: 1.0\n#Fields: date time\n", K::WebLog),
    ] {
        for bytes in [input.as_bytes().to_vec(), gzip(input.as_bytes())] {
            let mut reader = EventReader::new(bytes.as_slice());
            let error = reader.next_event().unwrap().unwrap_err();
            assert_eq!(error.other_kind(), Some(kind), "{input}: {error}");
            assert!(reader.next_event().is_none(), "{input}");
            let ReadStats {
                events,
                errors,
                of_other_kinds,
                bytes,
            } = reader.stats();
            assert_eq!((events, errors, of_other_kinds), (0, 0, 1));
            assert!(bytes <= input.len() as u64);
        }
    }
}

#[test]
fn a_large_file_of_another_kind_is_told_apart_too() {
    let items = r#"{"resourceType":"AWS::S3::Bucket"},"#.repeat(MAX_EVENT_BYTES / 30);
    let input = format!(r#"{{"configurationItems":[{items}{{}}],"x":1}}"#);
    let found = told(input.as_bytes());
    let [Err((true, text))] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert!(text.contains("AWS Config"), "{text}");
}

#[test]
fn a_cut_off_file_tells_what_was_read_before() {
    let records = format!(r#"{{"Records":[{}]}}"#, [A; 2000].join(","));
    let mut packed = gzip(records.as_bytes());
    packed.truncate(packed.len() - 30);
    let mut reader = EventReader::new(packed.as_slice());
    let error = loop {
        match reader.next_event().unwrap() {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    let stats = reader.stats();
    let ReadError::TruncatedGzip { events, bytes } = error else {
        panic!("{error:?}")
    };
    assert_eq!((events, stats.errors), (stats.events, 1));
    assert!(
        events > 0 && bytes >= events * A.len() as u64,
        "{events} {bytes}"
    );
    assert!(reader.next_event().is_none());
}

#[test]
fn places_in_long_lines_are_told_in_bytes() {
    let before = format!("{A},").repeat(100);
    let input = format!("[{before}7,{A}]");
    let mut reader = EventReader::new(input.as_bytes());
    let error = loop {
        if let Err(error) = reader.next_event().unwrap() {
            break error.to_string();
        }
    };
    let at = input.find('7').unwrap();
    assert_eq!(
        error,
        format!("the value at line 1, byte {at} is not a JSON object, so no event")
    );
    let last = reader.next_event().unwrap().unwrap();
    assert_eq!(last.place.offset as usize, at + 2);
    assert!(input[at + 2..].starts_with(last.json));
}

const HEAD: &str = "eventversion,useridentity,eventtime,eventsource,eventname,awsregion,sourceipaddress,useragent,errorcode,requestparameters,eventtype,vpcendpointid,resources\n";

#[test]
fn rows_of_athena_are_events() {
    let row = concat!(
        r#""1.08","{type=AssumedRole, principalid=AROA:s,x=1, arn=arn:aws:sts::123456789012:assumed-role/r/s,x=1, accountid=123456789012, "#,
        r#"invokedby=null, username=null, sessioncontext={attributes={mfaauthenticated=false, creationdate=2023-06-07 23:59:12.000}, "#,
        r#"sessionissuer={type=Role, arn=arn:aws:iam::123456789012:role/r, username=r}, webidfederationdata={federatedprovider=null, attributes={a:b=c}}}}","#,
        r#""2024-03-01T00:00:00Z","s3.amazonaws.com","GetObject","us-east-1","192.0.2.1","a, ""b""","","#,
        "\"{\"\"bucketName\"\":\"\"b\"\",\n \"\"key\"\":\"\"k\"\"}\",\"AwsApiCall\",,\"[{arn=arn:aws:s3:::b/k, accountid=null}, {arn=arn:aws:s3:::b, accountid=1}]\"\n",
    );
    let expected = concat!(
        r#"{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","principalId":"AROA:s,x=1","#,
        r#""arn":"arn:aws:sts::123456789012:assumed-role/r/s,x=1","accountId":"123456789012","invokedBy":null,"userName":null,"#,
        r#""sessionContext":{"attributes":{"mfaAuthenticated":"false","creationDate":"2023-06-07T23:59:12Z"},"#,
        r#""sessionIssuer":{"type":"Role","arn":"arn:aws:iam::123456789012:role/r","userName":"r"},"#,
        r#""webIdFederationData":{"federatedProvider":null,"attributes":{"a:b":"c"}}}},"#,
        r#""eventTime":"2024-03-01T00:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","#,
        r#""sourceIPAddress":"192.0.2.1","userAgent":"a, \"b\"","requestParameters":{"bucketName":"b","#,
        "\n \"key\":\"k\"},\"eventType\":\"AwsApiCall\",",
        r#""resources":[{"arn":"arn:aws:s3:::b/k","accountId":null},{"arn":"arn:aws:s3:::b","accountId":"1"}]}"#,
    );
    let cast = concat!(
        r#""1.08","{""type"":""Root"",""principalid"":""1"",""sessioncontext"":{""attributes"":{""mfaauthenticated"":""true""}}}","#,
        r#""2024-03-01T00:00:00Z","s3.amazonaws.com","ListBuckets","us-east-1","192.0.2.1","a","","null","AwsApiCall",,"#,
    );
    for line_end in ["\n", "\r\n"] {
        let input = HEAD.replace('\n', line_end) + row + cast;
        let found = events(&input);
        assert_eq!(found[0], expected);
        assert!(
            found[1].contains(r#""userIdentity":{"principalId":"1","sessionContext":{"attributes":{"mfaAuthenticated":"true"}},"type":"Root"}"#),
            "{}",
            found[1]
        );
        let mut reader = EventReader::new(input.as_bytes());
        let first = reader.next_event().unwrap().unwrap();
        assert_eq!(
            (first.place.line, first.members.get(Member::EventName)),
            (2, Some("\"GetObject\""))
        );
        assert_eq!(first.members.get(Member::ErrorCode), None);
        assert_eq!(reader.next_event().unwrap().unwrap().place.line, 4);
    }
    let packed = gzip((HEAD.to_owned() + row).as_bytes());
    assert_eq!(read(packed.as_slice()), [Ok(expected.to_owned())]);
}

#[test]
fn rows_that_cannot_be_told_for_sure_are_errors_with_their_line() {
    let row = |identity: &str| {
        format!(
            r#"1.08,"{identity}",t,s3.amazonaws.com,ListBuckets,us-east-1,192.0.2.1,a,,null,AwsApiCall,,"#
        ) + "\n"
    };
    // A name that its owner chose to look like another field.
    let forged = row("{type=IAMUser, accountid=1, username=x, accountid=2}");
    let input = HEAD.to_owned()
        + &forged
        + &row("{type=Root}")
        + "1.08,short\n"
        + &row("{type")
        + &row("[1, 2]");
    let found = told(input.as_bytes());
    let errors: Vec<_> = found.iter().filter_map(|one| one.as_ref().err()).collect();
    let unclear = |line| {
        (
            false,
            format!(
                "the row at line {line}, column 1 has a `userIdentity` that is neither JSON nor a row"
            ),
        )
    };
    assert_eq!(found.len(), 5);
    assert_eq!(
        errors[..3],
        [
            &unclear(2),
            &(
                false,
                "the row at line 4, column 1 has 2 cells, and the table 13 columns".to_owned()
            ),
            &unclear(5),
        ]
    );
}

#[test]
fn the_console_s_history_gives_parts_of_events() {
    let input = "Event name,Event time,User name,Event source,Resource type,Resource name,AWS access key,\
        AWS region,Error code,Event ID,Read-only,Source IP address,Request ID\n\
        StopLogging,2024-03-01T00:00:00Z,ana,cloudtrail.amazonaws.com,AWS::CloudTrail::Trail,\
        arn:aws:cloudtrail:us-east-1:123456789012:trail/t,AKIAEXAMPLE,us-east-1,AccessDenied,e,false,192.0.2.1,r\n";
    let found = events(input);
    let event = crate::trail::Event::parse(&found[0]).unwrap();
    assert!(event.is_partial());
    assert_eq!(event.event_name.as_deref(), Some("StopLogging"));
    assert_eq!(event.error_code.as_deref(), Some("AccessDenied"));
    assert_eq!(event.read_only, Some(false));
    assert_eq!(event.user_identity.user_name.as_deref(), Some("ana"));
    assert_eq!(
        event.user_identity.access_key_id.as_deref(),
        Some("AKIAEXAMPLE")
    );
    assert_eq!(event.source_ip_address.as_deref(), Some("192.0.2.1"));
    assert_eq!(
        event.resources[0].arn.as_deref(),
        Some("arn:aws:cloudtrail:us-east-1:123456789012:trail/t")
    );
    assert!(event.request_parameters.is_none());
}

#[test]
fn a_table_without_the_column_of_errors_is_none_to_judge_by() {
    let input = "eventname,eventsource,eventtime\nGetObject,s3.amazonaws.com,t\n";
    assert_eq!(
        only_error(input.as_bytes()),
        "the table at line 1, column 1 has no column for `errorCode`"
    );
}

#[test]
fn a_row_without_end_is_counted_and_not_kept() {
    let head = "eventname,eventsource,errorcode\nA,s3.amazonaws.com,\nB,s3.amazonaws.com,\"";
    let input = Cursor::new(head.as_bytes().to_vec()).chain(io::repeat(b',').take(32 << 20));
    let mut reader = EventReader::new(input);
    assert!(reader.next_event().unwrap().is_ok());
    assert!(matches!(
        reader.next_event(),
        Some(Err(ReadError::EventTooLarge { .. }))
    ));
    assert!(reader.next_event().is_none());
    assert!(reader.window.capacity() <= 2 * MAX_EVENT_BYTES);
}

proptest! {
    #[test]
    fn no_table_makes_it_panic_or_hang(
        text in r#"([,"\n{}\[\]=]|, |a|arn=|null|x|\{type=|""){0,80}"#
    ) {
        let input = HEAD.to_owned() + &text;
        prop_assert!(read(input.as_bytes()).len() <= text.len() + 1);
    }

    /// However the bytes come in, what is found is the same.
    #[test]
    fn the_sizes_of_reads_make_no_difference(
        text in r#"([\[\]{}:,"\\ \n]|\{"Records":\[|"eventName":"A"|\{"eventName":"A"\}|tru|null|1){0,40}"#
    ) {
        prop_assert_eq!(read(Trickle(text.as_bytes())), read(text.as_bytes()));
    }
}
