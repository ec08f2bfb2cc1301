//! What a client can do.

use super::lines::Encoding;
use serde_json::Value;

/// What a client can do, as far as it matters.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) encoding: Encoding,
    pub(super) diagnostics: Diagnostics,
    abilities: Vec<Ability>,
}

/// How diagnostics come to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Diagnostics {
    /// It asks for them.
    Asked,
    /// They are sent whenever a document has changed.
    Sent,
}

/// What only some clients can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ability {
    /// It says when files change that are watched.
    WatchesFiles,
    /// It asks for diagnostics anew when it is told to.
    Refreshes,
    /// It takes edits of one version of a document.
    VersionedEdits,
    /// It takes completions with places to fill in.
    Snippets,
    /// It shows other places that matter to a diagnostic.
    RelatedInformation,
}

/// Where clients say that they have an ability.
const ABILITIES: [(Ability, &str); 6] = [
    (
        Ability::WatchesFiles,
        "workspace/didChangeWatchedFiles/dynamicRegistration",
    ),
    (Ability::Refreshes, "workspace/diagnostics/refreshSupport"),
    (
        Ability::VersionedEdits,
        "workspace/workspaceEdit/documentChanges",
    ),
    (
        Ability::Snippets,
        "textDocument/completion/completionItem/snippetSupport",
    ),
    (
        Ability::RelatedInformation,
        "textDocument/publishDiagnostics/relatedInformation",
    ),
    (
        Ability::RelatedInformation,
        "textDocument/diagnostic/relatedInformation",
    ),
];

impl Client {
    /// Reads the parameters of `initialize`. Whatever is missing or strange is taken for what the
    /// oldest clients can do.
    pub(super) fn of(params: &Value) -> Self {
        let capability = |pointer: &str| params.pointer(&format!("/capabilities/{pointer}"));
        let encodings = capability("general/positionEncodings").and_then(Value::as_array);
        let mut encodings = encodings.into_iter().flatten().filter_map(Value::as_str);
        let asks = capability("textDocument/diagnostic").is_some_and(Value::is_object);
        let said = |pointer: &str| capability(pointer) == Some(&Value::Bool(true));
        let abilities = ABILITIES.iter().filter(|(_, pointer)| said(pointer));
        Self {
            encoding: encodings
                .find_map(Encoding::from_name)
                .unwrap_or(Encoding::Utf16),
            diagnostics: if asks {
                Diagnostics::Asked
            } else {
                Diagnostics::Sent
            },
            abilities: abilities.map(|(ability, _)| *ability).collect(),
        }
    }

    /// Whether it has an ability.
    pub(super) fn can(&self, ability: Ability) -> bool {
        self.abilities.contains(&ability)
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
        assert_eq!(client.abilities, []);
    }
}
