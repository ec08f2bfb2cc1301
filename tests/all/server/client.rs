//! A small editor: it starts the real binary, speaks the protocol, and gives up after a while, so that
//! a server that hangs fails the test.

use super::URI;
use crate::support::root;
use serde_json::{Value, json};
use std::{
    io::{BufReader, Read as _, Write as _},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

/// How long the server may take for anything.
const PATIENCE: Duration = Duration::from_mins(1);

/// A client and the server that it has started.
pub(crate) struct Client {
    child: Child,
    /// Gone once the connection is cut.
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    /// Messages that nobody has waited for yet.
    unread: Vec<Value>,
    requests: u64,
    version: i64,
}

impl Client {
    /// A client that has said nothing yet.
    pub(crate) fn silent(folder: &Path) -> Self {
        let mut child = Command::new(assert_cmd::cargo::cargo_bin!("iamsim"))
            .args(["server", "--stdio"])
            // The day of the data, so that nothing is too old.
            .env("SOURCE_DATE_EPOCH", "1790380800")
            .env("NO_COLOR", "1")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = child.stdout.take().unwrap();
        let (sender, messages) = channel();
        thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        Self {
            input: child.stdin.take(),
            child,
            messages,
            unread: Vec::new(),
            requests: 0,
            version: 0,
        }
    }

    /// A client that is connected, with what it can do.
    pub(crate) fn with(capabilities: &Value) -> Self {
        let mut client = Self::silent(root());
        client.request("initialize", json!({"capabilities": capabilities}));
        client.notify("initialized", json!({}));
        client
    }

    /// A client that can do nothing special.
    pub(crate) fn new() -> Self {
        Self::with(&json!({}))
    }

    pub(crate) fn send_raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        // A server that has ended reads nothing any more; its exit code is what the test looks at.
        drop(input.write_all(bytes).and_then(|()| input.flush()));
    }

    pub(crate) fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.send_raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        let mut message = json!({"jsonrpc": "2.0", "method": method});
        message["params"] = params;
        self.send(&message);
    }

    /// Sends a request; gives back the whole answer.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        self.requests += 1;
        let id = self.requests;
        let mut message = json!({"jsonrpc": "2.0", "id": id, "method": method});
        message["params"] = params;
        self.send(&message);
        self.wait(|message| message["id"] == json!(id) && message.get("method").is_none())
    }

    /// Sends a request; gives back its result.
    #[track_caller]
    pub(crate) fn request(&mut self, method: &str, params: Value) -> Value {
        let answer = self.ask(method, params);
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].clone()
    }

    /// Sends a request that has to fail; gives back the number of the failure.
    #[track_caller]
    pub(crate) fn failure(&mut self, method: &str, params: Value) -> i64 {
        let answer = self.ask(method, params);
        answer["error"]["code"]
            .as_i64()
            .unwrap_or_else(|| panic!("no failure: {answer}"))
    }

    /// The next message of the server that is wanted.
    #[track_caller]
    pub(crate) fn wait(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(place) = self.unread.iter().position(&wanted) {
            return self.unread.remove(place);
        }
        loop {
            let message = self.messages.recv_timeout(PATIENCE).expect("a message");
            if wanted(&message) {
                return message;
            }
            self.unread.push(message);
        }
    }

    /// The parameters of the next message of a method.
    #[track_caller]
    pub(crate) fn told(&mut self, method: &str) -> Value {
        self.wait(|message| message["method"] == method)["params"].clone()
    }

    /// Opens a document and gives back what was found in it.
    #[track_caller]
    pub(crate) fn open(&mut self, uri: &str, language: &str, text: &str) -> Vec<Value> {
        self.open_silently(uri, language, text);
        self.diagnostics()
    }

    /// Opens a document of which nothing is told by itself.
    pub(crate) fn open_silently(&mut self, uri: &str, language: &str, text: &str) {
        self.version += 1;
        let item =
            json!({"uri": uri, "languageId": language, "version": self.version, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": item}));
    }

    /// Opens the usual document.
    #[track_caller]
    pub(crate) fn open_policy(&mut self, text: &str) -> Vec<Value> {
        self.open(URI, "json", text)
    }

    /// Changes the usual document.
    pub(crate) fn change(&mut self, changes: &Value) {
        self.version += 1;
        let document = json!({"uri": URI, "version": self.version});
        let params = json!({"textDocument": document, "contentChanges": changes});
        self.notify("textDocument/didChange", params);
    }

    /// What was found in the version that was sent last.
    #[track_caller]
    pub(crate) fn diagnostics(&mut self) -> Vec<Value> {
        loop {
            let published = self.told("textDocument/publishDiagnostics");
            if published["version"] == json!(self.version) {
                return published["diagnostics"].as_array().unwrap().clone();
            }
        }
    }

    /// Asks about a place of the usual document.
    #[track_caller]
    pub(crate) fn at(&mut self, method: &str, (line, character): (usize, usize)) -> Value {
        let position = json!({"line": line, "character": character});
        let params = json!({"textDocument": {"uri": URI}, "position": position});
        self.request(method, params)
    }

    /// The messages that came and were not waited for.
    pub(crate) fn unread(&mut self) -> &[Value] {
        self.unread.extend(self.messages.try_iter());
        &self.unread
    }

    /// Cuts the connection.
    pub(crate) fn hang_up(&mut self) {
        self.input = None;
    }

    /// Waits for the end of the server; gives back its exit code and what it wrote to standard error.
    #[track_caller]
    pub(crate) fn exit(mut self) -> (i32, String) {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(start.elapsed() < PATIENCE, "the server does not end");
            thread::sleep(Duration::from_millis(5));
        };
        let mut errors = String::new();
        let mut stream = self.child.stderr.take().unwrap();
        stream.read_to_string(&mut errors).unwrap();
        (status.code().expect("it ends by itself"), errors)
    }

    /// Ends the session as it should end.
    #[track_caller]
    pub(crate) fn close(mut self) {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        assert_eq!(self.exit(), (0, String::new()));
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // A test that failed leaves no process behind; one that has ended cannot be killed.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Reads a message; `None` at the end.
fn read(output: &mut impl std::io::BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.strip_suffix("\r\n").expect("a line of a header");
        if line.is_empty() {
            break;
        }
        length = line.strip_prefix("Content-Length: ")?.parse().ok()?;
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// The place of a text in another, in UTF-16.
#[track_caller]
pub(crate) fn place(text: &str, of: &str) -> (usize, usize) {
    let offset = text.find(of).unwrap_or_else(|| panic!("no `{of}`"));
    let before = &text[..offset];
    let line = before.matches('\n').count();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (line, before[start..].encode_utf16().count())
}

/// The text of a range, in UTF-16.
pub(crate) fn slice<'t>(text: &'t str, range: &Value) -> &'t str {
    &text[offset(text, &range["start"])..offset(text, &range["end"])]
}

fn offset(text: &str, position: &Value) -> usize {
    let line = usize::try_from(position["line"].as_u64().unwrap()).unwrap();
    let column = usize::try_from(position["character"].as_u64().unwrap()).unwrap();
    let mut breaks = text.match_indices('\n').map(|(at, _)| at + 1);
    let start = if line == 0 {
        0
    } else {
        breaks.nth(line - 1).expect("a line")
    };
    let mut units = 0;
    for (at, character) in text[start..].char_indices() {
        if units == column {
            return start + at;
        }
        units += character.len_utf16();
    }
    assert_eq!(units, column, "past the end of the text");
    text.len()
}

/// A text after the edits of the protocol, which never overlap.
pub(crate) fn edited(text: &str, edits: &[Value]) -> String {
    let mut edits: Vec<_> = edits
        .iter()
        .map(|edit| {
            let (start, end) = (&edit["range"]["start"], &edit["range"]["end"]);
            (offset(text, start), offset(text, end), &edit["newText"])
        })
        .collect();
    edits.sort_by_key(|(start, end, _)| (*start, *end));
    let mut edited = text.to_owned();
    for (start, end, replacement) in edits.into_iter().rev() {
        edited.replace_range(start..end, replacement.as_str().unwrap());
    }
    edited
}
