//! Records that hold events, and files that hold none.

use super::*;

/// What comes of an input: the events, and the errors with whether they are of another kind.
pub(super) fn told(input: &[u8]) -> Vec<Result<String, (bool, String)>> {
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
    let records = format!(r#"{{"Records":[{}]}}"#, vec![A; 2000].join(","));
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
    assert_eq!(last.place.offset, at as u64 + 2);
    assert_eq!(last.json, A);
}

proptest! {
    /// However the bytes come in, what is found is the same.
    #[test]
    fn the_sizes_of_reads_make_no_difference(
        text in r#"([\[\]{}:,"\\ \n]|\{"Records":\[|"eventName":"A"|\{"eventName":"A"\}|tru|null|1){0,40}"#
    ) {
        prop_assert_eq!(read(Trickle(text.as_bytes())), read(text.as_bytes()));
    }
}
