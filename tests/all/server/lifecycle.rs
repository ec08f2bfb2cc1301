use super::{URI, client::Client};
use crate::support::root;
use serde_json::{Value, json};

#[test]
fn a_session_ends_after_shutdown_and_exit() {
    Client::new().close();
}

#[test]
fn an_end_without_shutdown_is_told_by_the_exit_code() {
    let mut client = Client::new();
    client.notify("exit", Value::Null);
    assert_eq!(client.exit(), (1, String::new()));
    let mut client = Client::silent(root());
    client.notify("exit", Value::Null);
    assert_eq!(client.exit(), (1, String::new()));
}

#[test]
fn a_stream_that_ends_ends_the_server() {
    let mut client = Client::new();
    client.hang_up();
    assert_eq!(client.exit(), (1, String::new()));
    let mut client = Client::new();
    client.request("shutdown", Value::Null);
    client.hang_up();
    assert_eq!(client.exit(), (0, String::new()));
}

#[test]
fn requests_out_of_their_time_fail() {
    let mut client = Client::silent(root());
    assert_eq!(client.failure("shutdown", Value::Null), -32002);
    client.request("initialize", json!({"capabilities": {}}));
    let again = client.failure("initialize", json!({"capabilities": {}}));
    assert_eq!(again, -32600);
    client.request("shutdown", Value::Null);
    assert_eq!(client.failure("textDocument/hover", json!({})), -32600);
    client.notify("exit", Value::Null);
    assert_eq!(client.exit(), (0, String::new()));
}

#[test]
fn what_is_unknown_does_no_harm() {
    let mut client = Client::new();
    assert_eq!(client.failure("workspace/symbol", json!({})), -32601);
    client.notify("$/cancelRequest", json!({"id": 1}));
    client.notify("no/such", json!([1, 2]));
    client.send(&json!({"jsonrpc": "2.0", "id": 99, "result": null}));
    client.close();
}

#[test]
fn the_encoding_is_agreed_on() {
    for (offered, chosen) in [
        (json!(["utf-8", "utf-16"]), "utf-8"),
        (json!(["utf-32"]), "utf-32"),
        (json!(["utf-7"]), "utf-16"),
        (Value::Null, "utf-16"),
    ] {
        let mut client = Client::silent(root());
        let capabilities = json!({"general": {"positionEncodings": offered}});
        let result = client.request("initialize", json!({"capabilities": capabilities}));
        assert_eq!(result["capabilities"]["positionEncoding"], chosen);
        client.close();
    }
}

#[test]
fn a_body_that_is_no_message_gets_an_error_and_the_session_goes_on() {
    let mut client = Client::new();
    for (body, code) in [
        (&b"{\"id\": 1,"[..], -32700),
        (b"\xff\xfe\x00", -32700),
        (b"", -32700),
        (b"[]", -32600),
        (b"{\"id\": {}, \"method\": \"shutdown\"}", -32600),
    ] {
        client.send_raw(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
        client.send_raw(body);
        let answer = client.wait(|message| message["id"].is_null() && !message["error"].is_null());
        assert_eq!(answer["error"]["code"], code);
    }
    client.close();
}

#[test]
fn a_stream_that_is_no_protocol_ends_with_a_clear_message() {
    for (text, message) in [
        ("hello\r\n\r\n", "a line of a header without a colon"),
        ("Content-Length: x\r\n\r\n", "a length that is no number"),
        ("A: b\r\n\r\n", "a header without"),
        (
            "Content-Length: 90\r\n\r\n{}",
            "ends in the middle of a message",
        ),
        (
            "Content-Length: 18446744073709551615\r\n\r\n{}",
            "ends in the middle of a message",
        ),
    ] {
        let mut client = Client::silent(root());
        client.send_raw(text.as_bytes());
        client.hang_up();
        let (code, errors) = client.exit();
        assert_eq!(code, 2, "{text}");
        let words = errors.split_whitespace().filter(|word| *word != "│");
        let errors = words.collect::<Vec<_>>().join(" ");
        assert!(errors.contains(message), "{errors}");
    }
}

#[test]
fn wrong_params_fail_and_wrong_events_are_logged() {
    let mut client = Client::new();
    let position = json!({"line": -1, "character": "x"});
    for method in [
        "textDocument/hover",
        "textDocument/completion",
        "textDocument/codeAction",
        "textDocument/diagnostic",
        "completionItem/resolve",
    ] {
        let params = json!({"textDocument": URI, "position": position});
        assert_eq!(client.failure(method, params), -32602, "{method}");
    }
    client.notify("textDocument/didOpen", json!({"textDocument": 1}));
    let logged = client.told("window/logMessage");
    assert!(
        logged["message"]
            .as_str()
            .unwrap()
            .starts_with("textDocument/didOpen: ")
    );
    client.change(&json!([{"text": "{}"}]));
    let logged = client.told("window/logMessage");
    assert!(logged["message"].as_str().unwrap().contains("is not open"));
    client.close();
}

#[test]
fn documents_that_are_not_open_have_nothing_to_tell() {
    let mut client = Client::new();
    assert_eq!(client.at("textDocument/hover", (0, 0)), Value::Null);
    assert_eq!(client.at("textDocument/completion", (0, 0)), Value::Null);
    client.close();
}
