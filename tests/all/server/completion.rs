use super::client::{Client, edited, place};
use serde_json::{Value, json};

/// The answer at `|` in a document.
fn complete(client: &mut Client, marked: &str) -> Value {
    let text = marked.replacen('|', "", 1);
    client.open_policy(&text);
    client.at("textDocument/completion", place(marked, "|"))
}

fn labels(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap().iter();
    items.map(|item| item["label"].as_str().unwrap()).collect()
}

/// The document after the item of that label was taken.
#[track_caller]
fn taken(marked: &str, list: &Value, label: &str) -> String {
    let items = list["items"].as_array().unwrap();
    let item = items.iter().find(|item| item["label"] == label);
    let item = item.unwrap_or_else(|| panic!("no {label} in {:?}", labels(list)));
    edited(&marked.replacen('|', "", 1), &[item["textEdit"].clone()])
}

const HEAD: &str = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n";

#[test]
fn actions_are_completed_in_broken_documents() {
    let mut client = Client::new();
    for (before, after, written) in [
        (
            "\"Action\": \"s3:GetObj|",
            "",
            "\"Action\": \"s3:GetObject\"",
        ),
        (
            "\"Action\": \"s3:GetObj|\"",
            "",
            "\"Action\": \"s3:GetObject\"",
        ),
        (
            "\"Action\": \"S3:getobj|ect\"",
            "\n}]}",
            "\"Action\": \"s3:GetObject\"",
        ),
        (
            "\"NotAction\": [\"s3:Put*\", \"s3:GetObj|\"]",
            "}",
            "\"s3:Put*\", \"s3:GetObject\"]",
        ),
        (
            "\"Action\": [s3:GetObj|",
            "\n]",
            "\"Action\": [\"s3:GetObject\"",
        ),
        (
            "\"Action\": \"s3:GetObj|, \"Resource\": \"*\"",
            "",
            "\"Action\": \"s3:GetObject\", \"Resource\"",
        ),
    ] {
        let marked = format!("{HEAD}{before}{after}");
        let list = complete(&mut client, &marked);
        let text = taken(&marked, &list, "s3:GetObject");
        assert!(text.contains(written), "{text}");
    }
    client.close();
}

#[test]
fn services_come_before_their_actions() {
    let mut client = Client::new();
    let marked = format!("{HEAD}\"Action\": \"s3|\"");
    let list = complete(&mut client, &marked);
    assert_eq!(list["isIncomplete"], true);
    assert_eq!(list["items"][0]["label"], "s3:");
    assert_eq!(list["items"][0]["detail"], "Amazon S3");
    assert!(taken(&marked, &list, "s3:").ends_with("\"Action\": \"s3:\""));
    let all = complete(&mut client, &format!("{HEAD}\"Action\": \"|\""));
    assert!(labels(&all).len() <= 200);
    let many = complete(&mut client, &format!("{HEAD}\"Action\": \"ec2:|\""));
    assert_eq!(labels(&many).len(), 200, "the rest comes as more is typed");
    client.close();
}

#[test]
fn an_action_is_told_more_of_when_it_is_chosen() {
    let mut client = Client::new();
    let list = complete(&mut client, &format!("{HEAD}\"Action\": \"s3:GetObject|\""));
    let item = list["items"][0].clone();
    assert_eq!(item["label"], "s3:GetObject");
    assert_eq!(item["detail"], "Read");
    let resolved = client.request("completionItem/resolve", item);
    let told = resolved["documentation"]["value"].as_str().unwrap();
    assert!(told.contains("- object: `arn:"), "{told}");
    client.close();
}

#[test]
fn keys_are_those_that_are_missing() {
    let mut client = Client::new();
    let list = complete(&mut client, "|");
    assert_eq!(labels(&list), [] as [&str; 0]);
    let list = complete(&mut client, "{\"name\": \"a package\", \"|\"}");
    assert_eq!(labels(&list), [] as [&str; 0]);
    let list = complete(&mut client, "{\"Version\": \"2012-10-17\", \"|\"}");
    assert_eq!(labels(&list), ["Id", "Statement"]);
    let marked = format!("{HEAD}\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"|\"\n}}]}}");
    let list = complete(&mut client, &marked);
    let found = labels(&list);
    assert!(
        found.contains(&"Resource") && found.contains(&"Condition"),
        "{found:?}"
    );
    assert!(
        !found.contains(&"Effect") && !found.contains(&"NotAction"),
        "{found:?}"
    );
    assert!(taken(&marked, &list, "Resource").contains("\"Resource\": \n"));
    // Without quotes, and where the colon is there.
    let marked = format!("{HEAD}Eff|\n}}]}}");
    let list = complete(&mut client, &marked);
    assert!(taken(&marked, &list, "Effect").contains("\"Effect\": \n"));
    let marked = format!("{HEAD}\"Eff|\": \"Allow\"\n}}]}}");
    let list = complete(&mut client, &marked);
    assert!(taken(&marked, &list, "Effect").contains("\"Effect\": \"Allow\""));
    client.close();
}

#[test]
fn values_are_those_that_there_are() {
    let mut client = Client::new();
    for (marked, expected) in [
        (
            "{\"Version\": \"|\"}".to_owned(),
            &["2012-10-17", "2008-10-17"][..],
        ),
        (format!("{HEAD}\"Effect\": \"|"), &["Allow", "Deny"]),
        (format!("{HEAD}\"Effect\": |"), &["Allow", "Deny"]),
        (
            format!("{HEAD}\"Principal\": {{\"|"),
            &["AWS", "Service", "Federated", "CanonicalUser"],
        ),
        (
            format!("{HEAD}\"Principal\": {{\"Service\": \"replicator.lam|"),
            &["replicator.lambda.amazonaws.com"],
        ),
        (
            format!("{HEAD}\"Condition\": {{\"Bool\": {{\"aws:SecureTransport\": \"|"),
            &["true", "false"],
        ),
        (
            format!("{HEAD}\"Condition\": {{\"StringEquals\": {{\"ec2:Tenancy\": [\"|"),
            &["dedicated", "default", "host"],
        ),
        (
            format!("{HEAD}\"Condition\": {{\"StringEquals\": {{\"aws:RequestedRegion\": \"sa-w|"),
            &["sa-west-1"],
        ),
        (format!("{HEAD}\"Sid\": \"|"), &[]),
    ] {
        let list = complete(&mut client, &marked);
        assert_eq!(labels(&list), expected, "{marked}");
    }
    client.close();
}

#[test]
fn operators_have_all_their_forms() {
    let mut client = Client::new();
    let operators = |client: &mut Client, typed: &str| {
        let list = complete(client, &format!("{HEAD}\"Condition\": {{\"{typed}|"));
        labels(&list)
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    let all = operators(&mut client, "");
    assert!(all.contains(&"StringLike".to_owned()) && all.contains(&"BoolIfExists".to_owned()));
    assert!(!all.contains(&"NullIfExists".to_owned()));
    assert!(
        !all.iter().any(|each| each.starts_with("For")),
        "not before they are begun"
    );
    let set = operators(&mut client, "For");
    assert_eq!(set[0], "ForAllValues:StringEquals");
    let set = operators(&mut client, "ForAnyValue:StringLike");
    assert_eq!(
        set[..2],
        ["ForAnyValue:StringLike", "ForAnyValue:StringLikeIfExists"]
    );
    client.close();
}

#[test]
fn condition_keys_fit_the_actions_and_the_operator() {
    let mut client = Client::new();
    // The action stands after the place.
    let marked = format!(
        "{HEAD}\"Condition\": {{\"StringEquals\": {{\"|\"}}}},\n\"Action\": \"s3:ListBucket\"\n}}]}}"
    );
    let list = complete(&mut client, &marked);
    let found = labels(&list);
    let at = |key: &str| found.iter().position(|own| *own == key);
    assert!(at("s3:prefix") < at("aws:PrincipalOrgID"), "{found:?}");
    assert!(
        at("aws:PrincipalOrgID") < at("aws:SecureTransport"),
        "{found:?}"
    );
    assert_eq!(at("ec2:Tenancy"), None);
    // What the writer chooses is still to be typed, so the string goes on.
    let text = taken(&marked, &list, "aws:PrincipalTag/");
    assert!(text.contains("\"aws:PrincipalTag/\"}"), "{text}");
    client.close();
}

#[test]
fn resources_have_the_forms_that_the_actions_take() {
    let action = "\"Action\": [\"s3:GetObject\"]";
    let marked = format!("{HEAD}{action}, \"Resource\": \"|\"\n}}]}}");
    let mut client = Client::new();
    let list = complete(&mut client, &marked);
    assert!(labels(&list).contains(&"arn:aws:s3:::*/*"), "{list}");
    assert!(
        !labels(&list).contains(&"arn:aws:s3:::*"),
        "a bucket is no object"
    );
    assert_eq!(labels(&list).last(), Some(&"*"));
    client.close();
    let snippets = json!({"completionItem": {"snippetSupport": true}});
    let mut client = Client::with(&json!({"textDocument": {"completion": snippets}}));
    let list = complete(&mut client, &marked);
    let text = taken(&marked, &list, "arn:aws:s3:::*/*");
    assert!(
        text.contains("arn:${1:aws}:s3:::${2:BucketName}/${3:ObjectName}\""),
        "{text}"
    );
    client.close();
}

#[test]
fn after_something_whole_there_is_nothing_to_complete() {
    let mut client = Client::new();
    for marked in [
        "{\"Version\": \"2012-10-17\" |",
        "{\"Statement\": []|",
        "{} |",
    ] {
        assert_eq!(
            labels(&complete(&mut client, marked)),
            [] as [&str; 0],
            "{marked}"
        );
    }
    client.close();
}

#[test]
fn every_place_of_every_broken_document_gets_an_answer() {
    let texts = [
        "{\"Statement\": [{\"Action\": [\"s3:Get\\u00",
        "[[[[",
        "\"\\",
        "{\"é😀\": \"\u{2028}\"",
        "{\"Condition\": {\"\": {\"\": {\"\": ",
        "}}]]",
        "\u{feff}{\r\n\"Statement\"\r: {\"",
    ];
    let mut client = Client::new();
    for text in texts {
        client.open_policy(text);
        for line in 0..3 {
            for column in 0..40 {
                client.at("textDocument/completion", (line, column));
                client.at("textDocument/hover", (line, column));
            }
        }
    }
    client.close();
}
