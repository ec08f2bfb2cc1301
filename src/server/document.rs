//! An open document: its text as the client changes it, and what was found in it.

use super::{
    Settings, Standing,
    lines::{Encoding, Lines},
};
use crate::{
    lint::check,
    policy::{PolicyType, looks_like_policy},
    source::{Finding, MAX_POLICY_BYTES, Source},
    syntax,
};
use lsp_types::{TextDocumentContentChangeEvent, TextDocumentItem, Uri};
use std::path::PathBuf;

/// Languages of documents that are policies whatever they hold.
const LANGUAGES: [&str; 3] = ["iam-policy", "aws-iam-policy", "iampolicy"];

/// Ends of the names of such documents.
const NAMES: [&str; 3] = [".iam.json", ".iam-policy.json", ".policy.json"];

/// A document that a client has open.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) uri: Uri,
    pub(super) version: i32,
    pub(super) source: Source,
    pub(super) lines: Lines,
    /// The path of the file, where it is one.
    pub(super) path: Option<PathBuf>,
    encoding: Encoding,
    language: String,
    /// Whether the text is cut off, as it is longer than any policy: the changes of a part of it
    /// cannot be followed.
    extent: Extent,
    /// What was found in it since it was last changed.
    findings: Option<Vec<Finding>>,
    /// What it was taken for when it could last be read as a policy.
    policy_type: Option<PolicyType>,
}

/// How much of a document is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    Whole,
    /// It is longer than policies may be, which the linter says, or it got lost.
    CutOff,
}

impl Document {
    pub(super) fn open(
        item: TextDocumentItem,
        encoding: Encoding,
        settings: &dyn Settings,
    ) -> Self {
        let path = path_of(&item.uri);
        let name = match &path {
            Some(path) => settings.name(path),
            None => item.uri.as_str().to_owned(),
        };
        let mut document = Self {
            uri: item.uri,
            version: item.version,
            source: Source::new(name, Vec::new()),
            lines: Lines::new("", encoding),
            path,
            encoding,
            language: item.language_id.to_ascii_lowercase(),
            extent: Extent::Whole,
            findings: None,
            policy_type: None,
        };
        document.replace(item.text);
        document
    }

    fn replace(&mut self, mut text: String) {
        self.extent = Extent::Whole;
        if text.len() > MAX_POLICY_BYTES {
            // One character more is enough for the linter to say that it is too large.
            text.truncate(text.ceil_char_boundary(MAX_POLICY_BYTES + 1));
            self.extent = Extent::CutOff;
        }
        self.lines = Lines::new(&text, self.encoding);
        self.source = Source::new(self.source.name(), text.into_bytes());
        self.findings = None;
    }

    /// Forgets the text, as a change of it got lost: only a whole one is taken from now on.
    pub(super) fn lose(&mut self) {
        self.replace(String::new());
        self.extent = Extent::CutOff;
        self.policy_type = None;
        self.findings = Some(Vec::new());
    }

    /// Makes the changes of one notification, in their order.
    pub(super) fn change(&mut self, version: i32, changes: Vec<TextDocumentContentChangeEvent>) {
        for change in changes {
            match change.range {
                None => self.replace(change.text),
                Some(_) if self.extent == Extent::CutOff => {}
                Some(range) => {
                    let text = self.source.text();
                    let span = self.lines.span(text, range);
                    let mut whole = text.to_owned();
                    whole.replace_range(span.start..span.end, &change.text);
                    self.replace(whole);
                }
            }
        }
        self.version = version;
    }

    /// Forgets what was found, as the settings are other ones.
    pub(super) fn settings_changed(&mut self) {
        self.findings = None;
    }

    /// Looks for what is wrong with it, unless that is known.
    pub(super) fn check(&mut self, settings: &dyn Settings) {
        if self.findings.is_some() {
            return;
        }
        let path = self.path.as_deref();
        let wanted = match settings.standing(path) {
            Standing::Excluded => false,
            Standing::Named => true,
            Standing::Unnamed => self.is_policy(),
        };
        if !wanted {
            self.findings = Some(Vec::new());
            return;
        }
        let checked = check(&self.source, &settings.options(path));
        if let Some(of) = checked.type_of_policy {
            self.policy_type = Some(of.policy_type);
        }
        self.findings = Some(checked.findings);
    }

    /// What was found at the last check.
    pub(super) fn findings(&self) -> &[Finding] {
        self.findings.as_deref().unwrap_or_default()
    }

    /// What it was taken for when it could last be read as a policy.
    pub(super) fn policy_type(&self) -> Option<PolicyType> {
        self.policy_type
    }

    /// Whether it was most likely meant to be a policy. Other JSON that is whole never was; while a
    /// document is being typed, words of policies in it tell.
    fn is_policy(&self) -> bool {
        if LANGUAGES.contains(&self.language.as_str()) {
            return true;
        }
        let name = self.source.name().to_ascii_lowercase();
        if NAMES.iter().any(|end| name.ends_with(end)) {
            return true;
        }
        let tree = syntax::parse(&self.source);
        let text = self.source.text();
        // What was a policy stays one, whatever a slip makes of it.
        looks_like_policy(&tree.root)
            || self.policy_type.is_some()
            || !tree.is_sound() && text.contains("Statement") && text.contains("Effect")
    }
}

/// The path of a `file` URI; `None` for documents that are no files.
pub(super) fn path_of(uri: &Uri) -> Option<PathBuf> {
    path_of_text(uri.as_str())
}

/// The path that a URI names.
pub(super) fn path_of_text(uri: &str) -> Option<PathBuf> {
    let (scheme, rest) = uri.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("file") {
        return None;
    }
    // Between the slashes stands the host, which is this one.
    let path = rest.get(rest.find('/')?..)?;
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let decoded = String::from_utf8(percent_decoded(path)).ok()?;
    let is_drive = |text: &str| {
        let mut characters = text.chars().skip(1);
        characters.next().is_some_and(|c| c.is_ascii_alphabetic()) && characters.next() == Some(':')
    };
    // `/c:/policies/a.json`
    let drive = decoded.get(1..).filter(|_| is_drive(&decoded));
    Some(PathBuf::from(drive.unwrap_or(&decoded)))
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.split_first_chunk::<2>().filter(|_| *first == b'%');
        let escape = digits.and_then(|([high, low], after)| {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            let value = digit(*high)? * 16 + digit(*low)?;
            Some((u8::try_from(value).ok()?, after))
        });
        let (byte, after) = escape.unwrap_or((*first, after));
        decoded.push(byte);
        rest = after;
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::path_of_text;
    use std::path::PathBuf;

    #[test]
    fn paths_of_files_are_decoded() {
        let path = |uri| path_of_text(uri);
        let some = |path: &str| Some(PathBuf::from(path));
        assert_eq!(path("file:///a/b%20%C3%A9.json"), some("/a/b é.json"));
        assert_eq!(path("file://localhost/a.json"), some("/a.json"));
        assert_eq!(path("file:///c%3A/a.json"), some("c:/a.json"));
        assert_eq!(path("file:///a%zz%4"), some("/a%zz%4"));
        assert_eq!(path("file:///a%ff"), None, "no UTF-8");
        assert_eq!(path("untitled:Untitled-1"), None);
        assert_eq!(path("vscode-vfs://github/a.json"), None);
    }
}
