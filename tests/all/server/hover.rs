use super::client::{Client, place, slice};
use serde_json::Value;

const POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {"AWS": "arn:aws:iam::123456789012:root", "Service": ["lambda.amazonaws.com"]},
      "Action": ["sqs:SendMessage", "s3:GetObject", "s3:Get*", "s3:Nix"],
      "Resource": "arn:aws:s3:::reports/*",
      "Condition": {
        "ForAnyValue:StringLikeIfExists": {"s3:ExistingObjectTag/team": "a"},
        "Bool": {"aws:SecureTransport": "true"}
      }
    }
  ]
}
"#;

/// What is told of a text of a policy.
#[track_caller]
fn told(client: &mut Client, text: &str, of: &str) -> String {
    let hover = client.at("textDocument/hover", place(text, of));
    assert_eq!(hover["contents"]["kind"], "markdown", "{of}: {hover}");
    let range = slice(text, &hover["range"]);
    assert!(
        of.contains(range) || range.contains(of),
        "{of} is not {range}"
    );
    hover["contents"]["value"].as_str().unwrap().to_owned()
}

#[test]
fn every_part_of_a_policy_has_something_to_tell() {
    let mut client = Client::new();
    client.open_policy(POLICY);
    for (of, parts) in [
        (
            "s3:GetObject",
            &[
                "**`s3:GetObject`**: Read",
                "- object: ",
                "arn:${Partition}:s3:::",
            ][..],
        ),
        ("sqs:SendMessage", &["Write", "queue, required"]),
        (
            "s3:Get*",
            &["covers ", "- `s3:GetAccelerateConfiguration`: Read", "more"],
        ),
        ("s3:Nix", &["**`unknown-action`**: "]),
        (
            "arn:aws:s3:::reports/*",
            &["matches 2 resource types", "s3 object: "],
        ),
        (
            "arn:aws:iam::123456789012:root",
            &["every principal of account `123456789012`"],
        ),
        ("lambda.amazonaws.com", &["a service of AWS"]),
        (
            "ForAnyValue:StringLikeIfExists",
            &["wildcards", "`ForAnyValue:` asks", "`IfExists`: holds"],
        ),
        (
            "s3:ExistingObjectTag/team",
            &[
                "**`s3:ExistingObjectTag/${TagKey}`**: String",
                "Amazon S3",
                "of the statement's",
            ],
        ),
        (
            "aws:SecureTransport",
            &["**`aws:SecureTransport`**: Bool", "A global key"],
        ),
    ] {
        let told = told(&mut client, POLICY, of);
        for part in parts {
            assert!(told.contains(part), "no `{part}` in\n{told}");
        }
    }
    client.close();
}

#[test]
fn places_of_which_nothing_is_known_tell_nothing() {
    let mut client = Client::new();
    client.open_policy(POLICY);
    for of in ["\"Version\"", "  \"Statement\""] {
        assert_eq!(
            client.at("textDocument/hover", place(POLICY, of)),
            Value::Null
        );
    }
    client.close();
}

#[test]
fn a_policy_in_other_json_is_known_too() {
    let mut client = Client::new();
    let template = format!(r#"{{"Resources": {{"P": {{"PolicyDocument": {POLICY}}}}}}}"#);
    assert_eq!(client.open_policy(&template), [] as [Value; 0]);
    assert!(told(&mut client, &template, "s3:GetObject").contains("Read"));
    client.close();
}

#[test]
fn text_of_a_document_cannot_leave_its_code_span() {
    let mut client = Client::new();
    let hostile = "arn:aws:s3:::`](command:evil)<img src=x>\\n\\n# \\u202e";
    let policy = POLICY.replace("arn:aws:s3:::reports/*", hostile);
    client.open_policy(&policy);
    let told = told(&mut client, &policy, hostile);
    let head = "**``arn:aws:s3:::`](command:evil)<img src=x>\\n\\n# \\u{202e}``** matches";
    assert!(told.starts_with(head), "{told}");
    client.close();
}
