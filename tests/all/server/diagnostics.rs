use super::{
    URI,
    client::{Client, edited, place, slice},
};
use serde_json::{Value, json};

const BROKEN: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Read",
      "Effect": "Allow",
      "Action": ["s3:GetObjct", "s3:GetObject",],
      "Resource": "arn:aws:s3:::reports/*"
    }
  ]
}
"#;

const CLEAN: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Read",
      "Effect": "Allow",
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::reports/*"
    }
  ]
}
"#;

fn codes(diagnostics: &[Value]) -> Vec<&str> {
    let codes = diagnostics.iter().map(|each| each["code"].as_str());
    codes.map(Option::unwrap).collect()
}

#[track_caller]
fn of_rule<'d>(diagnostics: &'d [Value], rule: &str) -> &'d Value {
    let found = diagnostics.iter().find(|each| each["code"] == rule);
    found.unwrap_or_else(|| panic!("no {rule} in {diagnostics:?}"))
}

fn range(text: &str, of: &str) -> Value {
    let (line, column) = place(text, of);
    let place = json!({"line": line, "character": column});
    json!({"start": place, "end": place})
}

/// The actions for a place of the usual document.
fn actions(client: &mut Client, range: &Value, only: Option<&str>) -> Vec<Value> {
    let mut context = json!({"diagnostics": []});
    if let Some(kind) = only {
        context["only"] = json!([kind]);
    }
    let params = json!({"textDocument": {"uri": URI}, "range": range, "context": context});
    let actions = client.request("textDocument/codeAction", params);
    actions.as_array().unwrap().clone()
}

#[test]
fn a_finding_is_told_whole() {
    let mut client = Client::new();
    let diagnostics = client.open_policy(BROKEN);
    let unknown = of_rule(&diagnostics, "unknown-action");
    assert_eq!(slice(BROKEN, &unknown["range"]), "s3:GetObjct");
    assert_eq!(unknown["severity"], 1);
    assert_eq!(unknown["source"], "iamsim");
    let link = unknown["codeDescription"]["href"].as_str().unwrap();
    assert!(link.ends_with("docs/rules.md#unknown-action"), "{link}");
    let message = unknown["message"].as_str().unwrap();
    assert!(message.contains("\nhelp: "), "{message}");
    assert_eq!(codes(&client.open_policy(CLEAN)), [] as [&str; 0]);
    client.close();
}

#[test]
fn diagnostics_follow_the_text_as_it_is_typed() {
    let mut client = Client::new();
    client.open_policy("");
    // Every character comes as a change of its own, as an editor sends it.
    let (mut line, mut column) = (0, 0);
    for character in CLEAN.chars() {
        let place = json!({"line": line, "character": column});
        let text = character.to_string();
        client.change(&json!([{"range": {"start": place, "end": place}, "text": text}]));
        if character == '\n' {
            (line, column) = (line + 1, 0);
        } else {
            column += 1;
        }
        if character == '}' && column == 5 {
            let found = client.diagnostics();
            assert!(codes(&found).contains(&"json-syntax"), "{found:?}");
        }
    }
    assert_eq!(codes(&client.diagnostics()), [] as [&str; 0]);
    client.close();
}

#[test]
fn changes_of_one_event_are_made_in_their_order() {
    let mut client = Client::new();
    client.open_policy(CLEAN);
    let (line, column) = place(CLEAN, "GetObject");
    let at = |column: usize| json!({"line": line, "character": column});
    client.change(&json!([
        {"range": {"start": at(column), "end": at(column + 9)}, "text": "PutObjct"},
        {"range": {"start": at(column + 7), "end": at(column + 7)}, "text": "e"},
        {"range": {"start": at(column), "end": at(column + 3)}, "text": "Frob"},
    ]));
    let found = client.diagnostics();
    let changed = CLEAN.replace("GetObject", "FrobObjcet");
    let unknown = of_rule(&found, "unknown-action");
    assert_eq!(slice(&changed, &unknown["range"]), "s3:FrobObjcet");
    client.close();
}

#[test]
fn ranges_that_there_are_not_are_clamped() {
    let mut client = Client::new();
    client.open_policy(CLEAN);
    let far = json!({"line": 4_000_000_000_u32, "character": 4_000_000_000_u32});
    let start = json!({"line": 0, "character": 0});
    // Past the end, and with its ends the wrong way round: the whole text.
    client.change(&json!([{"range": {"start": far, "end": start}, "text": BROKEN}]));
    let found = client.diagnostics();
    assert!(codes(&found).contains(&"unknown-action"));
    client.change(&json!([{"range": {"start": far, "end": far}, "text": " "}]));
    assert_eq!(codes(&client.diagnostics()), codes(&found));
    client.close();
}

#[test]
fn columns_count_what_was_agreed_on() {
    let statement = r#"{"Effect": "Allow", "Action": "s3:Nix", "Resource": "*"}"#;
    let text = format!(r#"{{"Version": "2012-10-17", "Id": "é😀", "Statement": {statement}}}"#);
    let before = text.split("s3:Nix").next().unwrap();
    for (encoding, column) in [
        ("utf-8", before.len()),
        ("utf-16", before.encode_utf16().count()),
        ("utf-32", before.chars().count()),
    ] {
        let capabilities = json!({"general": {"positionEncodings": [encoding]}});
        let mut client = Client::with(&capabilities);
        let found = client.open_policy(&text);
        let unknown = of_rule(&found, "unknown-action");
        assert_eq!(unknown["range"]["start"]["character"], column, "{encoding}");
        let hover = client.at("textDocument/hover", (0, column + 1));
        assert!(hover.to_string().contains("unknown-action"), "{hover}");
        client.close();
    }
}

#[test]
fn a_change_after_an_emoji_is_made_at_its_place() {
    let mut client = Client::new();
    let text = CLEAN.replace(r#""Sid": "Read","#, r#""Sid": "😀é",  "Effekt": "","#);
    client.open_policy(&text);
    let (line, column) = place(&text, "Effekt");
    let at = |column: usize| json!({"line": line, "character": column});
    client
        .change(&json!([{"range": {"start": at(column), "end": at(column + 6)}, "text": "Blah"}]));
    let changed = text.replace("Effekt", "Blah");
    let found = client.diagnostics();
    let unknown = of_rule(&found, "unknown-statement-element");
    assert_eq!(slice(&changed, &unknown["range"]), "Blah");
    client.close();
}

#[test]
fn fixes_that_are_taken_leave_a_clean_document() {
    let mut client = Client::new();
    let found = client.open_policy(BROKEN);
    let comma = &of_rule(&found, "json-trailing-comma")["range"];
    let quick = actions(&mut client, comma, Some("quickfix"));
    let fix = quick
        .iter()
        .find(|action| action["diagnostics"][0]["code"] == "json-trailing-comma")
        .unwrap();
    assert_eq!(fix["isPreferred"], true);
    let edits = fix["edit"]["changes"][URI].as_array().unwrap();
    let text = edited(BROKEN, edits);
    assert_eq!(text, BROKEN.replace(",],", "],"));

    let found = client.open_policy(&text);
    let unknown = &of_rule(&found, "unknown-action")["range"];
    let quick = actions(&mut client, unknown, Some("quickfix"));
    let fix = quick
        .iter()
        .find(|action| action["diagnostics"][0]["code"] == "unknown-action")
        .unwrap();
    assert_eq!(fix["isPreferred"], Value::Null, "it may change the meaning");
    let text = edited(&text, fix["edit"]["changes"][URI].as_array().unwrap());

    // What is left is doubled and in the wrong order, which safe fixes mend.
    let mut text = text;
    for _ in 0..5 {
        client.open_policy(&text);
        let all = actions(&mut client, &range(&text, "{"), Some("source.fixAll"));
        let Some(all) = all.first() else { break };
        assert_eq!(all["kind"], "source.fixAll.iamsim");
        text = edited(&text, all["edit"]["changes"][URI].as_array().unwrap());
    }
    assert_eq!(codes(&client.open_policy(&text)), [] as [&str; 0], "{text}");
    client.close();
}

#[test]
fn edits_are_of_a_version_where_the_client_takes_that() {
    let edits = json!({"workspace": {"workspaceEdit": {"documentChanges": true}}});
    let mut client = Client::with(&edits);
    let found = client.open_policy(BROKEN);
    let comma = &of_rule(&found, "json-trailing-comma")["range"];
    let quick = actions(&mut client, comma, None);
    let change = &quick[0]["edit"]["documentChanges"][0];
    assert_eq!(change["textDocument"], json!({"uri": URI, "version": 1}));
    assert!(
        quick
            .iter()
            .any(|each| each["kind"] == "source.fixAll.iamsim")
    );
    assert_eq!(
        actions(&mut client, comma, Some("refactor")),
        [] as [Value; 0]
    );
    client.close();
}

#[test]
fn other_json_is_left_alone() {
    let mut client = Client::new();
    let package = r#"{"name": "x", "version": "1", "scripts": {"Statement": "Effect"}}"#;
    assert_eq!(client.open_policy(package), [] as [Value; 0]);
    let broken = r#"{"name": "x", "Effect": "Statement",}"#;
    assert_eq!(client.open_policy(broken), [] as [Value; 0]);
    assert_eq!(client.open_policy("[1, 2"), [] as [Value; 0]);
    // Where the language or the name says so it is a policy, whatever it holds.
    let found = client.open(URI, "iam-policy", "{}");
    assert!(!found.is_empty());
    let found = client.open("file:///repo/a.policy.json", "json", "{}");
    assert!(!found.is_empty());
    let tests = r#"{"Statement": []}"#;
    let found = client.open("file:///repo/a.test.json", "json", tests);
    assert_eq!(found, [] as [Value; 0]);
    client.close();
}

#[test]
fn a_closed_document_has_no_diagnostics() {
    let mut client = Client::new();
    client.open_policy(BROKEN);
    client.notify(
        "textDocument/didClose",
        json!({"textDocument": {"uri": URI}}),
    );
    let published = client.told("textDocument/publishDiagnostics");
    assert_eq!(published, json!({"uri": URI, "diagnostics": []}));
    client.close();
}

#[test]
fn diagnostics_are_told_where_the_client_asks_for_them() {
    let capabilities = json!({
        "textDocument": {"diagnostic": {"dynamicRegistration": false}},
        "workspace": {"diagnostics": {"refreshSupport": true}},
    });
    let mut client = Client::with(&capabilities);
    client.open_silently(URI, "json", BROKEN);
    let params = json!({"textDocument": {"uri": URI}});
    let report = client.request("textDocument/diagnostic", params);
    assert_eq!(report["kind"], "full");
    assert!(codes(report["items"].as_array().unwrap()).contains(&"unknown-action"));
    assert_eq!(client.unread(), [] as [Value; 0], "nothing is told twice");
    client.notify(
        "workspace/didChangeConfiguration",
        json!({"settings": null}),
    );
    client.wait(|message| message["method"] == "workspace/diagnostic/refresh");
    client.close();
}

#[test]
fn documents_are_judged_anew_when_the_configuration_changes() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("iamsim.toml");
    let root = format!("file://{}", folder.path().canonicalize().unwrap().display());
    let capabilities = json!({
        "workspace": {"didChangeWatchedFiles": {"dynamicRegistration": true}},
    });
    // The folder that counts is that of the editor, not the one that it was started in.
    let mut client = Client::silent(crate::support::root());
    let folders = json!([{"uri": root, "name": "x"}]);
    let params = json!({"capabilities": capabilities, "workspaceFolders": folders});
    client.request("initialize", params);
    client.notify("initialized", json!({}));
    let registered = client.told("client/registerCapability");
    let registration = &registered["registrations"][0];
    assert_eq!(registration["method"], "workspace/didChangeWatchedFiles");

    let uri = format!("{root}/a.json");
    let text = CLEAN.replace("\"Resource\"", "\"Principal\": \"*\", \"Resource\"");
    let before = client.open(&uri, "json", &text);
    assert!(!codes(&before).contains(&"missing-resource"));
    let scp = "[[policy-types]]\nglob = \"*.json\"\ntype = \"scp\"\n";
    std::fs::write(&config, scp).unwrap();
    let change = json!({"changes": [{"uri": format!("{root}/iamsim.toml"), "type": 1}]});
    client.notify("workspace/didChangeWatchedFiles", change.clone());
    let after = client.diagnostics();
    assert_ne!(codes(&after), codes(&before));

    std::fs::write(&config, "policies = 3").unwrap();
    client.notify("workspace/didChangeWatchedFiles", change);
    let message = client.told("window/showMessage");
    let message = message["message"].as_str().unwrap();
    assert!(
        message.contains("iamsim.toml:1:12: invalid type: integer `3`"),
        "{message}"
    );
    assert_eq!(client.diagnostics(), after, "what held before still holds");
    client.close();
}

#[test]
fn a_document_that_is_too_large_is_said_to_be() {
    let mut client = Client::new();
    let large = format!("{{\"Statement\": []}}{}", " ".repeat(5 << 20));
    let found = client.open(URI, "iam-policy", &large);
    assert_eq!(codes(&found), ["json-too-deep-or-large"]);
    // A change of a part of it cannot be followed; the whole text can.
    let start = json!({"line": 0, "character": 0});
    client.change(&json!([{"range": {"start": start, "end": start}, "text": "x"}]));
    assert_eq!(codes(&client.diagnostics()), ["json-too-deep-or-large"]);
    client.change(&json!([{"text": CLEAN}]));
    assert_eq!(codes(&client.diagnostics()), [] as [&str; 0]);
    client.close();
}

#[test]
fn hostile_text_is_escaped_in_messages() {
    let mut client = Client::new();
    let hostile = "s3:\\u001b[31m\\u202eGet](command:x)";
    let found = client.open_policy(&CLEAN.replace("s3:GetObject", hostile));
    assert!(!found.is_empty());
    for each in &found {
        let message = each["message"].as_str().unwrap();
        assert!(!message.contains(['\u{1b}', '\u{202e}']), "{message:?}");
    }
    client.close();
}

#[test]
fn after_a_message_that_was_too_large_nothing_is_said_of_text_that_may_be_old() {
    let mut client = Client::new();
    let before = client.open_policy(&CLEAN.replace("s3:GetObject", "s3:GetObjekt"));
    assert!(!before.is_empty());
    let body = vec![b' '; 33 * 1024 * 1024];
    client.send_raw(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
    client.send_raw(&body);
    let message = client.told("window/showMessage");
    let message = message["message"].as_str().unwrap();
    assert!(message.contains("was passed over"), "{message}");
    assert_eq!(client.diagnostics(), Vec::<Value>::new());
    // A change of places in the lost text is not taken, a whole text is.
    let start = json!({"line": 0, "character": 0});
    client.change(&json!([{"range": {"start": start, "end": start}, "text": "x"}]));
    assert!(client.diagnostics().is_empty());
    client.change(&json!([{"text": CLEAN.replace("s3:GetObject", "s3:PutObjekt")}]));
    assert!(!client.diagnostics().is_empty());
    client.close();
}
