//! Tables of events.

use super::{formats::told, *};

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
}
