//! The language server: messages of an editor to answers. It does no IO; the command line reads the
//! messages, writes the answers and knows the files of the configuration.
//!
//! <https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/>

mod client;
mod code_actions;
mod completion;
mod cursor;
mod diagnostics;
mod document;
mod hover;
mod lines;
mod message;
mod session;

pub use session::{Ending, Server};

use crate::lint::Options;
use std::path::{Path, PathBuf};

/// What holds for the documents: a configuration and the folders around it.
pub trait Settings {
    /// Takes the folders that the editor works in, and reads what there is to be read about them. An
    /// error is a message for people; what held before still holds then.
    fn load(&mut self, folders: &[PathBuf]) -> Result<(), String>;

    /// Reads what holds for a file, before anything is asked about it. An error is a message for people;
    /// what held before still holds then.
    fn prepare(&mut self, path: &Path) -> Result<(), String>;

    /// What to lint a document for; `None` is one that is no file.
    fn options(&self, path: Option<&Path>) -> Options;

    /// Whether a document is looked at.
    fn standing(&self, path: Option<&Path>) -> Standing;

    /// What a file is called, as it helps to tell its type.
    fn name(&self, path: &Path) -> String;
}

/// Whether a document is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The configuration says that it is a policy, whatever it holds.
    Named,
    /// It is a policy if it looks like one.
    Unnamed,
    /// It is to be left alone.
    Excluded,
}
