use std::io::{Cursor, Read, Write as _};

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;

use super::*;

mod formats;
mod tables;

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
    let length = rest.len();
    let found = read(Cursor::new(packed));
    assert_eq!(
        found.last().unwrap(),
        &Err(format!(
            "the gzip data is cut off after {} events and {} bytes",
            found.len() - 1,
            length
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
