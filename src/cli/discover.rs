//! Which files are looked at.

use super::{
    config::Config,
    input::is_stdin,
    io::{Io, Unwritable},
};
use crate::source::load::{LoadError, display_name};
use ignore::WalkBuilder;
use miette::Diagnostic;
use std::path::{Path, PathBuf};

/// A file to look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate {
    pub(super) path: PathBuf,
    pub(super) named: Named,
}

/// Who named a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Named {
    /// The user: it is meant, whatever it holds.
    Explicitly,
    /// It was found in a folder, and may be something else.
    InFolder,
}

/// Nothing to look at.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("there are no {what} in {places}")]
#[diagnostic(help("{help}"))]
struct NothingFound {
    what: &'static str,
    places: String,
    help: &'static str,
}

/// The files at some paths. Folders are searched for JSON; what cannot be read is reported.
pub(super) fn files(
    paths: &[PathBuf],
    extensions: &[&str],
    io: &mut Io<'_>,
) -> Result<Vec<Candidate>, Unwritable> {
    let mut found = Vec::new();
    for path in paths {
        if !is_stdin(path) && path.is_dir() {
            search(path, extensions, &mut found, io)?;
        } else {
            found.push(Candidate {
                path: path.clone(),
                named: Named::Explicitly,
            });
        }
    }
    Ok(found)
}

/// The policy files that are meant where nobody names any: those that `iamsim.toml` names, else
/// `policies/`, else the working directory. `None` where the configuration is wrong, which is
/// reported.
pub(super) fn default_policies(io: &mut Io<'_>) -> Result<Option<Vec<Candidate>>, Unwritable> {
    let config = match Config::find() {
        Ok(config) => config,
        Err(error) => {
            io.error(&*error)?;
            return Ok(None);
        }
    };
    let named = config.filter(|config| !config.policies.is_empty());
    let (found, place) = match named {
        Some(config) => {
            let globs = config.globs();
            let mut found = Vec::new();
            let folder = if config.folder.as_os_str().is_empty() {
                PathBuf::from(".")
            } else {
                config.folder
            };
            search(&folder, &[], &mut found, io)?;
            let below = |path: &Path| path.strip_prefix(&folder).unwrap_or(path).to_owned();
            found.retain(|candidate| globs.is_match(below(&candidate.path)));
            (found, "the policies that `iamsim.toml` names".to_owned())
        }
        None => {
            let folder = if Path::new("policies").is_dir() {
                "policies"
            } else {
                "."
            };
            let found = files(&[PathBuf::from(folder)], POLICY_EXTENSIONS, io)?;
            (found, format!("`{folder}`"))
        }
    };
    if found.is_empty() {
        none_found(
            "policy files",
            place,
            "name files or folders that hold policies",
            io,
        )?;
    }
    Ok(Some(found))
}

/// The extensions of policy files.
pub(super) const POLICY_EXTENSIONS: &[&str] = &["json"];

/// Reports that there is nothing to look at.
pub(super) fn none_found(
    what: &'static str,
    places: String,
    help: &'static str,
    io: &mut Io<'_>,
) -> Result<(), Unwritable> {
    io.error(&NothingFound { what, places, help })
}

/// The files in a folder with one of the extensions, all where there is none; by name. Hidden files
/// and what `.gitignore` names are passed over.
fn search(
    folder: &Path,
    extensions: &[&str],
    found: &mut Vec<Candidate>,
    io: &mut Io<'_>,
) -> Result<(), Unwritable> {
    let walk = WalkBuilder::new(folder)
        .sort_by_file_name(Ord::cmp)
        .require_git(false)
        .build();
    for entry in walk {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let name = display_name(folder);
                match error.io_error() {
                    Some(error) => io.error(&LoadError::new(&name, error))?,
                    None => io.error(&LoadError::Unreadable {
                        name,
                        reason: error.to_string(),
                    })?,
                }
                continue;
            }
        };
        let path = entry.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let wanted = extensions.is_empty()
            || extensions.iter().any(|extension| {
                name.strip_suffix(extension)
                    .is_some_and(|stem| stem.ends_with('.'))
            });
        if wanted && entry.file_type().is_some_and(|kind| kind.is_file()) {
            let path = path.strip_prefix("./").unwrap_or(path).to_owned();
            found.push(Candidate {
                path,
                named: Named::InFolder,
            });
        }
    }
    Ok(())
}
