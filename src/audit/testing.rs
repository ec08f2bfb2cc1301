//! Totals and holdings for tests, made of recorded events and of policies as everybody would have them.

use super::{Filter, Limits, Mapper, Totals};
use crate::{
    account::{Document, Held, HeldPolicies, Holdings},
    eval::Layer,
    source::Source,
    trail::EventReader,
};
use serde_json::{Value, json};

/// The ARN of the user that calls.
pub(crate) const ANA: &str = "arn:aws:iam::123456789012:user/ana";

/// A call of that user that succeeded, at this second of some day.
#[expect(
    clippy::needless_pass_by_value,
    reason = "tests write the parameters where they call it"
)]
pub(crate) fn call(service: &str, name: &str, parameters: Value) -> Value {
    json!({
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLE",
            "arn": ANA,
            "accountId": "123456789012",
            "accessKeyId": "AKIAEXAMPLE",
            "userName": "ana",
        },
        "eventTime": "2026-11-24T10:00:00Z",
        "eventSource": format!("{service}.amazonaws.com"),
        "eventName": name,
        "awsRegion": if service == "iam" { "us-east-1" } else { "eu-west-1" },
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.0",
        "requestParameters": parameters,
        "responseElements": null,
        "readOnly": name.starts_with("Get") || name.starts_with("Describe") || name.starts_with("List"),
        "eventType": "AwsApiCall",
        "recipientAccountId": "123456789012",
        "managementEvent": true,
        "eventCategory": "Management",
    })
}

/// The event with further or other members at its top.
pub(crate) fn with(mut event: Value, members: Value) -> Value {
    if let (Value::Object(event), Value::Object(members)) = (&mut event, members) {
        event.extend(members);
    }
    event
}

/// The event as one of data.
pub(crate) fn of_data(event: Value) -> Value {
    let members = json!({"managementEvent": false, "eventCategory": "Data"});
    with(event, members)
}

/// The event as one that was refused, with its message.
pub(crate) fn refused(event: Value, message: &str) -> Value {
    let members = json!({"errorCode": "AccessDenied", "errorMessage": message});
    with(event, members)
}

/// A call to S3 about an object, as data events have it.
pub(crate) fn object(name: &str, bucket: &str, key: &str) -> Value {
    let event = call("s3", name, json!({"bucketName": bucket, "key": key}));
    let arn = format!("arn:aws:s3:::{bucket}/{key}");
    of_data(with(
        event,
        json!({"resources": [{"type": "AWS::S3::Object", "ARN": arn}]}),
    ))
}

/// The events counted. Each gets an id of its own.
pub(crate) fn totals(events: &[Value], holdings: &Holdings) -> Totals {
    let filter = Filter::default();
    let mut mapper = Mapper::new(holdings, &filter, &|_| false, Limits::default());
    let lines = events.iter().enumerate().map(|(place, event)| {
        let id = json!({"eventID": format!("e{place}")});
        with(event.clone(), id).to_string() + "\n"
    });
    let text: String = lines.collect();
    let mut reader = EventReader::new(text.as_bytes());
    while let Some(event) = reader.next_event() {
        mapper.add(&event.unwrap(), "trail.jsonl").unwrap();
    }
    mapper.finish().totals().0
}

/// A policy document of these statements.
pub(crate) fn document(name: &str, layer: Layer, statements: &str) -> Document {
    let text = format!("{{\"Version\":\"2012-10-17\",\"Statement\":[\n{statements}]}}");
    let source = Source::new(name, text.into_bytes());
    Document::read(name, source, layer).unwrap()
}

/// Policies of these statements, given for everybody.
pub(crate) fn for_everybody(policies: &[&str]) -> Holdings {
    let mut holdings = Holdings::new();
    let policies = policies.iter().enumerate().map(|(place, statements)| {
        let name = format!("policy-{place}");
        holdings.add(document(&name, Layer::Identity, statements))
    });
    let policies = policies.collect();
    holdings.give_everybody(HeldPolicies {
        policies,
        boundary: None,
    });
    holdings
}

/// Policies of these statements, each held by one principal and no other.
pub(crate) fn for_principals(policies: &[(&str, &str)]) -> Holdings {
    let mut holdings = Holdings::new();
    for (arn, statements) in policies {
        let id = holdings.add(document(arn, Layer::Identity, statements));
        let held = HeldPolicies {
            policies: vec![id],
            boundary: Some(Vec::new()),
        };
        holdings.hold(arn, Held::Whole(held)).unwrap();
    }
    holdings
}
