//! What a client can do.

use super::lines::Encoding;
use serde_json::Value;

/// What a client can do, as far as it matters.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) encoding: Encoding,
    pub(super) diagnostics: Diagnostics,
    /// Says when files change that are watched.
    pub(super) watches_files: bool,
    /// Asks for diagnostics anew when it is told to.
    pub(super) refreshes: bool,
    /// Takes edits of one version of a document.
    pub(super) versioned_edits: bool,
    /// Takes completions with places to fill in.
    pub(super) snippets: bool,
    /// Shows other places that matter to a diagnostic.
    pub(super) related_information: bool,
}

/// How diagnostics come to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Diagnostics {
    /// It asks for them.
    Asked,
    /// They are sent whenever a document has changed.
    Sent,
}

impl Client {
    /// Reads the parameters of `initialize`. Whatever is missing or strange is taken for what the
    /// oldest clients can do.
    pub(super) fn of(params: &Value) -> Self {
        let capability = |pointer: &str| params.pointer(&format!("/capabilities/{pointer}"));
        let can = |pointer: &str| capability(pointer) == Some(&Value::Bool(true));
        let encodings = capability("general/positionEncodings").and_then(Value::as_array);
        let mut encodings = encodings.into_iter().flatten().filter_map(Value::as_str);
        let asks = capability("textDocument/diagnostic").is_some_and(Value::is_object);
        Self {
            encoding: encodings
                .find_map(Encoding::from_name)
                .unwrap_or(Encoding::Utf16),
            diagnostics: if asks {
                Diagnostics::Asked
            } else {
                Diagnostics::Sent
            },
            watches_files: can("workspace/didChangeWatchedFiles/dynamicRegistration"),
            refreshes: can("workspace/diagnostics/refreshSupport"),
            versioned_edits: can("workspace/workspaceEdit/documentChanges"),
            snippets: can("textDocument/completion/completionItem/snippetSupport"),
            related_information: can("textDocument/publishDiagnostics/relatedInformation")
                || can("textDocument/diagnostic/relatedInformation"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Client, Diagnostics};
    use crate::server::lines::Encoding;
    use serde_json::json;

    #[test]
    fn the_first_encoding_that_is_known_counts() {
        let encoding = |names| {
            let params = json!({"capabilities": {"general": {"positionEncodings": names}}});
            Client::of(&params).encoding
        };
        assert_eq!(
            encoding(json!(["utf-7", "utf-32", "utf-8"])),
            Encoding::Utf32
        );
        assert_eq!(encoding(json!([])), Encoding::Utf16);
        assert_eq!(encoding(json!("utf-8")), Encoding::Utf16);
    }

    #[test]
    fn nothing_is_taken_for_granted() {
        let client = Client::of(&json!(null));
        assert_eq!(client.diagnostics, Diagnostics::Sent);
        assert!(!client.snippets && !client.versioned_edits && !client.watches_files);
    }
}
