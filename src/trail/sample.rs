//! Small events for tests, in the form of recorded ones.

use serde_json::{Value, json};

use super::{Event, Interpretation, interpret};
use crate::eval::Target;

/// A call by a user with a long-term key that succeeded.
#[expect(clippy::needless_pass_by_value, reason = "`json!` makes values")]
pub(super) fn call(service: &str, name: &str, parameters: Value) -> Value {
    json!({
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLE",
            "arn": "arn:aws:iam::123456789012:user/ana",
            "accountId": "123456789012",
            "accessKeyId": "AKIAEXAMPLE",
            "userName": "ana",
        },
        "eventTime": "2023-07-10T12:00:00Z",
        "eventSource": format!("{service}.amazonaws.com"),
        "eventName": name,
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.0",
        "requestParameters": parameters,
        "responseElements": null,
        "eventID": "e",
        "eventType": "AwsApiCall",
        "recipientAccountId": "123456789012",
        "eventCategory": "Management",
    })
}

/// The event with further or other members at its top.
pub(super) fn with(mut event: Value, members: Value) -> Value {
    if let (Value::Object(event), Value::Object(members)) = (&mut event, members) {
        event.extend(members);
    }
    event
}

/// The interpretation of an event.
pub(super) fn interpreted(event: &Value) -> Interpretation {
    let json = event.to_string();
    interpret(&Event::parse(&json).unwrap())
}

/// The requests of an event, a line each: action, a sign for how well the resource is known (`=`
/// exactly, `~` in part) and the resource, without the start that all ARNs here share.
pub(super) fn lines(event: &Value) -> Vec<String> {
    let short = |arn: &str| {
        arn.replace(":eu-west-1:123456789012:", ":R:A:")
            .replace(":123456789012:", ":A:")
            .replace("arn:aws:", "")
    };
    interpreted(event)
        .requests()
        .iter()
        .map(|one| {
            let resource = match &one.request.resource {
                Target::Arn(arn) => format!("= {}", short(arn)),
                Target::Like(arn) => format!("~ {}", short(arn)),
                Target::Star => "*".to_owned(),
                Target::Unknown => "?".to_owned(),
            };
            format!("{} {resource}", one.request.action)
        })
        .collect()
}
