//! One client from `initialize` to `exit`.

use super::{
    Settings,
    client::{Ability, Client, Diagnostics},
    code_actions, completion,
    diagnostics::{self, ReportedDiagnostics},
    document::{Document, path_of_text},
    hover,
    message::{self, Code, Failure, Message},
};
use lsp_types::{
    CodeActionKind, CodeActionParams, CompletionItem, CompletionParams,
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    DocumentDiagnosticParams, HoverParams,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, mem,
    path::{Path, PathBuf},
};

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// After `shutdown`.
    Orderly,
    /// Without it.
    Abrupt,
}

/// How far a session has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Waiting,
    Running,
    ShutDown,
}

/// The server of one client.
pub struct Server {
    settings: Box<dyn Settings>,
    phase: Phase,
    ending: Option<Ending>,
    client: Client,
    folders: Vec<PathBuf>,
    /// The open documents by their URIs.
    documents: BTreeMap<String, Document>,
    /// The documents whose diagnostics are to be sent.
    changed: Vec<String>,
    /// What is to be sent.
    outbox: Vec<Value>,
    requests: u64,
    /// What was last said to be wrong with the settings.
    complaint: Option<String>,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("phase", &self.phase)
            .field("documents", &self.documents.len())
            .finish_non_exhaustive()
    }
}

impl Server {
    /// A server that no client has spoken to.
    pub fn new(settings: Box<dyn Settings>) -> Self {
        Self {
            settings,
            phase: Phase::Waiting,
            ending: None,
            client: Client::of(&Value::Null),
            folders: Vec::new(),
            documents: BTreeMap::new(),
            changed: Vec::new(),
            outbox: Vec::new(),
            requests: 0,
            complaint: None,
        }
    }

    /// Takes the body of a message; gives back the bodies of those to send.
    pub fn receive(&mut self, body: &[u8]) -> Vec<String> {
        match message::parse(body) {
            Ok(Message::Request { id, method, params }) => {
                let outcome = self.request(&method, params);
                self.outbox.push(message::answer(&id, outcome));
            }
            Ok(Message::Notification { method, params }) => {
                if let Err(failure) = self.notification(&method, params) {
                    self.log(&format!("{method}: {}", failure.message));
                }
            }
            Ok(Message::Answer) => {}
            Err(failure) => self
                .outbox
                .push(message::answer(&Value::Null, Err(failure))),
        }
        self.take_outbox()
    }

    /// Says that a message of so many bytes was passed over, as no document is as large.
    pub fn passed_over(&mut self, bytes: u64) -> Vec<String> {
        self.complain(&format!(
            "a message of {bytes} bytes was passed over: no policy is as large; what is open is looked at \
             again once its whole text comes, as where it is opened anew"
        ));
        // It may have been a change, after which places in the old text are no places in the new one.
        let open: Vec<_> = self.documents.keys().cloned().collect();
        for uri in open {
            if let Some(document) = self.documents.get_mut(&uri) {
                document.lose();
            }
            self.touch(uri);
        }
        self.take_outbox()
    }

    /// Does what can wait until no message does; gives back what to send.
    pub fn rest(&mut self) -> Vec<String> {
        for uri in mem::take(&mut self.changed) {
            if let Some(document) = self.documents.get_mut(&uri) {
                document.check(&*self.settings);
                let params = diagnostics::published(document, &self.client);
                let method = "textDocument/publishDiagnostics";
                self.outbox.push(message::notification(method, &params));
            }
        }
        self.take_outbox()
    }

    /// How the session ended, once it has.
    pub fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// How the session ends where the client is gone.
    pub fn hung_up(&self) -> Ending {
        match self.phase {
            Phase::ShutDown => Ending::Orderly,
            Phase::Waiting | Phase::Running => Ending::Abrupt,
        }
    }

    fn take_outbox(&mut self) -> Vec<String> {
        let outbox = mem::take(&mut self.outbox);
        outbox.iter().map(Value::to_string).collect()
    }

    fn request(&mut self, method: &str, params: Value) -> Result<Value, Failure> {
        match (self.phase, method) {
            (Phase::Waiting, "initialize") => return Ok(self.initialize(&params)),
            (Phase::Waiting, _) => {
                let message = "the first request has to be `initialize`";
                return Err(Failure::new(Code::NotInitialized, message));
            }
            (Phase::ShutDown, _) => {
                let message = "the server was shut down";
                return Err(Failure::new(Code::InvalidRequest, message));
            }
            (Phase::Running, _) => {}
        }
        match method {
            "initialize" => {
                let message = "the server was initialized before";
                Err(Failure::new(Code::InvalidRequest, message))
            }
            "shutdown" => {
                self.phase = Phase::ShutDown;
                Ok(Value::Null)
            }
            "textDocument/hover" => self.hover(params),
            "textDocument/completion" => self.completion(params),
            "completionItem/resolve" => {
                let item: CompletionItem = read(params)?;
                Ok(written(&completion::resolved(item)))
            }
            "textDocument/codeAction" => self.code_actions(params),
            "textDocument/diagnostic" => self.diagnostics(params),
            _ => {
                let message = format!("there is no method `{method}`");
                Err(Failure::new(Code::MethodNotFound, message))
            }
        }
    }

    fn notification(&mut self, method: &str, params: Value) -> Result<(), Failure> {
        if method == "exit" {
            self.ending = Some(self.hung_up());
            return Ok(());
        }
        if self.phase != Phase::Running {
            return Ok(());
        }
        match method {
            "initialized" => self.watch(),
            "textDocument/didOpen" => {
                let params: DidOpenTextDocumentParams = read(params)?;
                let item = params.text_document;
                let document = Document::open(item, self.client.encoding, &*self.settings);
                let uri = document.uri.as_str().to_owned();
                if let Some(path) = document.path.clone() {
                    self.prepare(&path);
                }
                self.documents.insert(uri.clone(), document);
                self.touch(uri);
            }
            "textDocument/didChange" => {
                let params: DidChangeTextDocumentParams = read(params)?;
                let uri = params.text_document.uri.as_str();
                let Some(document) = self.documents.get_mut(uri) else {
                    let message = format!("`{uri}` is not open");
                    return Err(Failure::new(Code::InvalidParams, message));
                };
                document.change(params.text_document.version, params.content_changes);
                self.touch(uri.to_owned());
            }
            "textDocument/didClose" => {
                let params: DidCloseTextDocumentParams = read(params)?;
                let uri = params.text_document.uri;
                self.documents.remove(uri.as_str());
                if self.client.diagnostics == Diagnostics::Sent {
                    let cleared = json!({"uri": uri, "diagnostics": []});
                    let method = "textDocument/publishDiagnostics";
                    self.outbox.push(message::notification(method, &cleared));
                }
            }
            "workspace/didChangeWatchedFiles" | "workspace/didChangeConfiguration" => {
                self.load_settings();
            }
            "workspace/didChangeWorkspaceFolders" => {
                let folders = |pointer| folders_of(params.pointer(pointer));
                let (added, removed) = (folders("/event/added"), folders("/event/removed"));
                self.folders.retain(|folder| !removed.contains(folder));
                self.folders.extend(added);
                self.load_settings();
            }
            // Other events, such as that a document was saved, change nothing.
            _ => {}
        }
        Ok(())
    }

    fn initialize(&mut self, params: &Value) -> Value {
        self.phase = Phase::Running;
        self.client = Client::of(params);
        self.folders = folders_of(params.get("workspaceFolders"));
        if self.folders.is_empty() {
            let root = params.get("rootUri").and_then(Value::as_str);
            self.folders.extend(root.and_then(path_of_text));
        }
        self.load_settings();
        let mut capabilities = json!({
            "positionEncoding": self.client.encoding.name(),
            "textDocumentSync": {"openClose": true, "change": 2, "save": false},
            "hoverProvider": true,
            "completionProvider": {
                "triggerCharacters": completion::TRIGGERS,
                "resolveProvider": true,
            },
            "codeActionProvider": {
                "codeActionKinds": [CodeActionKind::QUICKFIX, code_actions::FIX_ALL],
            },
            "workspace": {"workspaceFolders": {"supported": true, "changeNotifications": true}},
        });
        if self.client.diagnostics == Diagnostics::Asked
            && let Some(members) = capabilities.as_object_mut()
        {
            let provider = json!({
                "identifier": "iamsim",
                "interFileDependencies": false,
                "workspaceDiagnostics": false,
            });
            members.insert("diagnosticProvider".to_owned(), provider);
        }
        json!({
            "capabilities": capabilities,
            "serverInfo": {"name": "iamsim", "version": env!("CARGO_PKG_VERSION")},
        })
    }

    /// Asks to be told when the configuration changes.
    fn watch(&mut self) {
        if !self.client.can(Ability::WatchesFiles) {
            return;
        }
        let watchers = json!([{"globPattern": "**/iamsim.toml"}]);
        let registration = json!({
            "id": "iamsim.toml",
            "method": "workspace/didChangeWatchedFiles",
            "registerOptions": {"watchers": watchers},
        });
        let params = json!({"registrations": [registration]});
        self.ask("client/registerCapability", &params);
    }

    fn ask(&mut self, method: &str, params: &Value) {
        self.requests += 1;
        let request = message::request(self.requests, method, params);
        self.outbox.push(request);
    }

    /// Reads the settings anew; every document is judged by them.
    fn load_settings(&mut self) {
        self.complaint = self.settings.load(&self.folders).err();
        if let Some(message) = self.complaint.clone() {
            self.complain(&message);
        }
        let open = self.documents.values();
        let paths: BTreeSet<_> = open.filter_map(|document| document.path.clone()).collect();
        for path in paths {
            self.prepare(&path);
        }
        for document in self.documents.values_mut() {
            document.settings_changed();
        }
        match self.client.diagnostics {
            Diagnostics::Sent => self.changed = self.documents.keys().cloned().collect(),
            Diagnostics::Asked
                if self.client.can(Ability::Refreshes) && !self.documents.is_empty() =>
            {
                self.ask("workspace/diagnostic/refresh", &Value::Null);
            }
            Diagnostics::Asked => {}
        }
    }

    /// Reads the settings of a file.
    fn prepare(&mut self, path: &Path) {
        if let Err(message) = self.settings.prepare(path) {
            // One wrong file speaks once, for however many documents it holds.
            if self.complaint.as_ref() != Some(&message) {
                self.complain(&message);
            }
            self.complaint = Some(message);
        }
    }

    /// Notes that a document has changed.
    fn touch(&mut self, uri: String) {
        if self.client.diagnostics == Diagnostics::Sent && !self.changed.contains(&uri) {
            self.changed.push(uri);
        }
    }

    /// An open document in which everything was looked for.
    fn document(&mut self, uri: &str) -> Option<&Document> {
        let document = self.documents.get_mut(uri)?;
        document.check(&*self.settings);
        Some(document)
    }

    fn hover(&mut self, params: Value) -> Result<Value, Failure> {
        let params: HoverParams = read(params)?;
        let place = params.text_document_position_params;
        let hover = self
            .document(place.text_document.uri.as_str())
            .and_then(|document| hover::hover(document, place.position));
        Ok(written(&hover))
    }

    fn completion(&mut self, params: Value) -> Result<Value, Failure> {
        let params: CompletionParams = read(params)?;
        let place = params.text_document_position;
        // What was found before the last key was pressed is not looked for again.
        let document = self.documents.get(place.text_document.uri.as_str());
        let list = document.map(|document| {
            let options = self.settings.options(document.path.as_deref());
            completion::complete(document, place.position, &options, &self.client)
        });
        Ok(written(&list))
    }

    fn code_actions(&mut self, params: Value) -> Result<Value, Failure> {
        let params: CodeActionParams = read(params)?;
        let client = self.client.clone();
        let uri = params.text_document.uri.as_str();
        let path = self.documents.get(uri).and_then(|each| each.path.clone());
        let options = self.settings.options(path.as_deref());
        let actions = self
            .document(params.text_document.uri.as_str())
            .map(|document| code_actions::code_actions(document, &params, &options, &client));
        Ok(written(&actions))
    }

    fn diagnostics(&mut self, params: Value) -> Result<Value, Failure> {
        let params: DocumentDiagnosticParams = read(params)?;
        let client = self.client.clone();
        let items = self
            .document(params.text_document.uri.as_str())
            .map_or_else(ReportedDiagnostics::new, |document| {
                diagnostics::of(document, &client)
            });
        Ok(json!({"kind": "full", "items": items}))
    }

    /// Shows the user what is wrong.
    fn complain(&mut self, text: &str) {
        self.say("window/showMessage", text);
    }

    /// Says what is wrong with a message, for those who look into the log.
    fn log(&mut self, text: &str) {
        self.say("window/logMessage", text);
    }

    fn say(&mut self, method: &str, text: &str) {
        let error = lsp_types::MessageType::ERROR;
        let params = json!({"type": error, "message": text});
        self.outbox.push(message::notification(method, &params));
    }
}

/// The paths of a list of folders.
fn folders_of(list: Option<&Value>) -> Vec<PathBuf> {
    let folders = list.and_then(Value::as_array).into_iter().flatten();
    let uris = folders.filter_map(|folder| folder.get("uri")?.as_str());
    uris.filter_map(path_of_text).collect()
}

fn read<Params: DeserializeOwned>(params: Value) -> Result<Params, Failure> {
    serde_json::from_value(params).map_err(|error| {
        Failure::new(
            Code::InvalidParams,
            format!("the params are wrong: {error}"),
        )
    })
}

/// A value of the protocol as JSON; all of them can be.
fn written(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
