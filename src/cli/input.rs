//! Inputs by name: files, and `-` for standard input.

use super::{
    discover::{Named, is_test_name},
    io::Io,
};
use crate::{
    lint::{Checked, is_baseline, read},
    policy::{Policy, PolicyType},
    report::lint::snippet,
    source::{
        Severity, Source,
        load::{self, LoadError},
    },
};
use miette::Diagnostic;
use std::{
    fmt,
    path::{Path, PathBuf},
};

/// The name that reports give to standard input.
pub(super) const STDIN: &str = "<stdin>";

pub(super) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// What is wrong with an input, with its name.
#[derive(Debug)]
pub(super) struct InFile<E> {
    pub(super) name: String,
    pub(super) error: E,
}

impl<E: fmt::Display> fmt::Display for InFile<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.error)
    }
}

impl<E: std::error::Error> std::error::Error for InFile<E> {}

impl<E: Diagnostic> Diagnostic for InFile<E> {
    fn help<'s>(&'s self) -> Option<Box<dyn fmt::Display + 's>> {
        self.error.help()
    }
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
        load::policy_from(STDIN.to_owned(), io.take_stdin())
    } else {
        load::policy(path)
    }
}

/// Whether a file was most likely meant to be a policy, though it may not be readable as one.
pub(super) fn is_meant_as_policy(named: Named, source: &Source, checked: &Checked) -> bool {
    // In UTF-16 there is a zero byte beside each character.
    let has = |word: &str| {
        let spaced: String = word.chars().flat_map(|letter| [letter, '\0']).collect();
        source.text().contains(word) || source.text().contains(spaced.trim_end_matches('\0'))
    };
    // Tests of policies, templates and the like have policies in them and are none.
    let is_other = is_test_name(source.name()) || checked.is_of_another_program;
    // A baseline names elements of policies.
    let is_baseline = || source.text().contains("\"findings\"") && is_baseline(source);
    let may_be = named != Named::InFolder || !is_other && has("Statement") && has("Effect");
    checked.looks_like_policy || may_be && !is_baseline()
}

/// A policy that was read whole, with its text.
#[derive(Debug)]
pub(super) struct SoundPolicy {
    pub(super) source: Source,
    policy: Policy,
}

impl SoundPolicy {
    /// The policy.
    pub(super) fn policy(&self) -> &Policy {
        &self.policy
    }
}

/// Reads a policy that is to be used whole. What keeps it from that is reported, all of it.
pub(super) fn sound_policy(path: &Path, io: &mut Io<'_>) -> Option<SoundPolicy> {
    let source = match policy(path, io) {
        Ok(source) => source,
        Err(error) => {
            io.error(&error);
            return None;
        }
    };
    let checked = read(&source, Some(PolicyType::Identity));
    sound(source, checked, io)
}

/// The policy of a document that was read, unless something is wrong with it, which is reported.
fn sound(source: Source, checked: Checked, io: &mut Io<'_>) -> Option<SoundPolicy> {
    for finding in &checked.findings {
        if finding.severity == Severity::Error {
            io.error(&snippet(&source, finding));
        }
    }
    let policy = checked.into_sound_policy()?;
    Some(SoundPolicy { source, policy })
}
