//! JSON-RPC: the envelope of every message.
//!
//! <https://www.jsonrpc.org/specification>,
//! <https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#baseProtocol>

use serde_json::{Value, json};

/// What a client sent.
#[derive(Debug, PartialEq)]
pub(super) enum Message {
    /// It wants an answer.
    Request {
        /// What the answer has to name: a number or a string.
        id: Value,
        /// What is asked for.
        method: String,
        /// What it is asked about.
        params: Value,
    },
    /// It wants none.
    Notification {
        /// What happened.
        method: String,
        /// What it happened to.
        params: Value,
    },
    /// It answers a request of the server.
    Answer,
}

/// Why a request gets no result.
#[derive(Debug, PartialEq)]
pub(super) struct Failure {
    pub(super) code: Code,
    pub(super) message: String,
}

/// The kinds of failures, by their numbers in the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    NotJson = -32700,
    InvalidRequest = -32600,
    MethodNotFound = -32601,
    InvalidParams = -32602,
    NotInitialized = -32002,
}

impl Failure {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

/// Takes the body of a message apart.
pub(super) fn parse(body: &[u8]) -> Result<Message, Failure> {
    let value: Value = serde_json::from_slice(body).map_err(|error| {
        let message = format!("the message is not JSON: {error}");
        Failure::new(Code::NotJson, message)
    })?;
    let invalid = |what| Err(Failure::new(Code::InvalidRequest, what));
    let Value::Object(mut members) = value else {
        return invalid("the message is no object");
    };
    let params = members.remove("params").unwrap_or(Value::Null);
    match (members.remove("id"), members.remove("method")) {
        (None, Some(Value::String(method))) => Ok(Message::Notification { method, params }),
        (Some(id @ (Value::Number(_) | Value::String(_))), Some(Value::String(method))) => {
            Ok(Message::Request { id, method, params })
        }
        (_, None) if members.contains_key("result") || members.contains_key("error") => {
            Ok(Message::Answer)
        }
        (Some(_), Some(Value::String(_))) => invalid("the id is neither a number nor a string"),
        (_, Some(_)) => invalid("the method is no string"),
        (_, None) => invalid("the message has no method"),
    }
}

/// The answer to a request; `Null` is the id of one that could not be read.
pub(super) fn answer(id: &Value, outcome: Result<Value, Failure>) -> Value {
    match outcome {
        Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
        Err(Failure { code, message }) => json!({
            "jsonrpc": "2.0",
            "id": id,
            "error": {"code": code as i32, "message": message},
        }),
    }
}

pub(super) fn notification(method: &str, params: &Value) -> Value {
    json!({"jsonrpc": "2.0", "method": method, "params": params})
}

pub(super) fn request(id: u64, method: &str, params: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
}

#[cfg(test)]
mod tests {
    use super::{Code, Message, parse};
    use serde_json::{Value, json};

    #[test]
    fn what_has_an_id_wants_an_answer() {
        let request = |id: Value| Message::Request {
            id,
            method: "shutdown".to_owned(),
            params: Value::Null,
        };
        for id in [json!(1), json!("a"), json!(4_294_967_296_u64)] {
            let body = json!({"jsonrpc": "2.0", "id": id, "method": "shutdown"});
            assert_eq!(parse(body.to_string().as_bytes()), Ok(request(id)));
        }
        let exit = Message::Notification {
            method: "exit".to_owned(),
            params: Value::Null,
        };
        assert_eq!(parse(br#"{"method": "exit", "params": null}"#), Ok(exit));
        assert_eq!(parse(br#"{"id": 1, "result": null}"#), Ok(Message::Answer));
    }

    #[test]
    fn what_is_no_message_is_a_failure() {
        let deep = "[".repeat(100_000);
        for (body, code) in [
            ("{", Code::NotJson),
            (deep.as_str(), Code::NotJson),
            ("[]", Code::InvalidRequest),
            ("{}", Code::InvalidRequest),
            (r#"{"id": 1}"#, Code::InvalidRequest),
            (r#"{"id": [], "method": "shutdown"}"#, Code::InvalidRequest),
            (r#"{"id": 1, "method": 2}"#, Code::InvalidRequest),
        ] {
            assert_eq!(parse(body.as_bytes()).unwrap_err().code, code, "{body:.9}");
        }
        assert_eq!(parse(&[0xff, 0xfe]).unwrap_err().code, Code::NotJson);
    }
}
