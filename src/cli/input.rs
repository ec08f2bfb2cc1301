//! Inputs by name: files, and `-` for standard input.

use super::io::{Io, Unwritable};
use crate::{
    lint::{Checked, read},
    report::lint::snippet,
    source::{
        Severity, Source,
        load::{self, LoadError},
    },
};
use miette::Diagnostic;
use std::path::{Path, PathBuf};

/// The name that reports give to standard input.
pub(super) const STDIN: &str = "<stdin>";

pub(super) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Standard input cannot be read twice.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("`-` is given twice, and standard input can be read once only")]
#[diagnostic(help("give one of the two as a file"))]
pub(super) struct StdinTwice;

/// Whether `-` stands at most once among some paths.
pub(super) fn reads_stdin_once(paths: &[&[PathBuf]]) -> bool {
    paths
        .iter()
        .copied()
        .flatten()
        .filter(|path| is_stdin(path))
        .count()
        <= 1
}

/// Reads a policy document from a file or from standard input.
pub(super) fn policy(path: &Path, io: &mut Io<'_>) -> Result<Source, LoadError> {
    if is_stdin(path) {
        load::policy_from(STDIN.to_owned(), io.stdin())
    } else {
        load::policy(path)
    }
}

/// A policy that was read whole, with its text.
#[derive(Debug)]
pub(super) struct SoundPolicy {
    pub(super) source: Source,
    pub(super) checked: Checked,
}

/// Reads policies that requests are to be judged by. One that is not sound is an error, never left
/// out of the judgement: `None` then, with all errors reported.
pub(super) fn sound_policies(
    paths: &[PathBuf],
    io: &mut Io<'_>,
) -> Result<Option<Vec<SoundPolicy>>, Unwritable> {
    let mut policies = Vec::new();
    let mut sound = true;
    for path in paths {
        let source = match policy(path, io) {
            Ok(source) => source,
            Err(error) => {
                sound = false;
                io.error(&error)?;
                continue;
            }
        };
        let checked = read(&source);
        for finding in &checked.findings {
            if finding.severity == Severity::Error {
                sound = false;
                io.error(&snippet(&source, finding))?;
            }
        }
        policies.push(SoundPolicy { source, checked });
    }
    Ok(sound.then_some(policies))
}
