//! Which files are looked at.

use super::{
    config::{Config, Configs, FileGlob, Reported, plain},
    input::is_stdin,
    io::Io,
    repository::root_above,
};
use crate::source::load::{LoadError, display_name};
use ignore::WalkBuilder;
use miette::Diagnostic;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

/// A file to look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate {
    pub(super) path: PathBuf,
    pub(super) named: Named,
}

/// Who named a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Named {
    /// The user, as an argument: it is meant, whatever it holds.
    Explicitly,
    /// The list of policies in the configuration: it is meant too, unless it is left out there.
    InConfiguration,
    /// It was found in a folder, and may be something else.
    InFolder,
}

impl Named {
    /// The same where the user's paths are those of a list, which may hold other files.
    pub(super) fn as_in_a_list(self) -> Self {
        match self {
            Self::Explicitly | Self::InFolder => Self::InFolder,
            Self::InConfiguration => Self::InConfiguration,
        }
    }
}

/// What is looked for in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// `.json` and `.jsonc`, but for hidden files and those that `.gitignore` names.
    Policies,
    /// What a glob of the configuration may match: of any name, but for such files as well.
    Configured,
    /// Files that CloudTrail or a copy of it writes. Repositories tend to ignore logs, so
    /// `.gitignore` counts for nothing.
    Events,
    /// Tests of policies: `*.test.toml` and `*.test.json`.
    Tests,
}

/// Whether a name is that of a file of tests of policies.
pub(super) fn is_test_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(".test.json") || name.ends_with(".test.toml")
}

impl Wanted {
    fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Policies => &["json", "jsonc"],
            Self::Configured => &[],
            Self::Events => &["json", "jsonl", "ndjson", "csv", "gz"],
            Self::Tests => &["json", "toml"],
        }
    }

    fn includes(self, path: &Path) -> bool {
        if self == Self::Configured {
            return true;
        }
        if self == Self::Tests && !is_test_name(&path.to_string_lossy()) {
            return false;
        }
        let extension = path.extension().and_then(|extension| extension.to_str());
        let known = self.extensions();
        extension.is_some_and(|own| known.iter().any(|known| known.eq_ignore_ascii_case(own)))
    }

    /// What people call the files, and what to do where there are none.
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Policies | Self::Configured => (
                "policy files",
                "name files, or folders that hold policies as `.json` or `.jsonc`; hidden files and those in \
                 `.gitignore` are passed over",
            ),
            Self::Events => (
                "files of events",
                "CloudTrail writes `.json.gz`; `.json`, `.jsonl` and `.ndjson` are read too",
            ),
            Self::Tests => (
                "files of tests",
                "tests are in files called `*.test.toml` or `*.test.json`; docs/test.md has their form",
            ),
        }
    }
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

/// The files at some paths. Folders are searched; what cannot be read is reported, and so is it
/// where there is nothing.
pub(super) fn files(paths: &[PathBuf], wanted: Wanted, io: &mut Io<'_>) -> Vec<Candidate> {
    let errors = io.errors();
    let mut found = Vec::new();
    for path in paths {
        if !is_stdin(path) && path.is_dir() {
            let below = search(path, wanted, io);
            found.extend(below.into_iter().map(|path| Candidate {
                path,
                named: Named::InFolder,
            }));
        } else {
            found.push(Candidate {
                path: path.clone(),
                named: Named::Explicitly,
            });
        }
    }
    if found.is_empty() && io.errors() == errors {
        let places: Vec<_> = paths
            .iter()
            .map(|path| format!("`{}`", display_name(path)))
            .collect();
        none_found(wanted, places.join(", "), io);
    }
    once_each(found)
}

/// The policy files that are meant where nobody names any: those that `iamsim.toml` names, else
/// `policies/`, else the working directory.
pub(super) fn default_policies(
    configs: &mut Configs,
    io: &mut Io<'_>,
) -> Result<Vec<Candidate>, Reported> {
    let config = configs.of_working_directory(io)?;
    let config = config.filter(|config| !config.settings.policies.is_empty());
    Ok(match config {
        Some(config) => configured(&config, io),
        None => {
            let folder = if Path::new("policies").is_dir() {
                "policies"
            } else {
                "."
            };
            files(&[folder.into()], Wanted::Policies, io)
        }
    })
}

/// Files to look at, each with its configuration.
pub(super) type Configured = Vec<(Candidate, Option<Arc<Config>>)>;

/// The candidates that no configuration leaves out; and those that were left out.
pub(super) fn without_excluded(
    candidates: Vec<Candidate>,
    exclusion: &Exclusion<'_>,
    configs: &mut Configs,
    io: &mut Io<'_>,
) -> Result<(Configured, Vec<PathBuf>), Reported> {
    let here = configs.of_working_directory(io)?;
    let mut kept = Vec::new();
    let mut excluded = Vec::new();
    for candidate in candidates {
        let path = exclusion.path_of(&candidate.path);
        let can_be_excluded = candidate.named != Named::Explicitly || exclusion.of_named;
        let by_argument = || {
            let below =
                (!exclusion.globs.is_empty()).then(|| configs.below_working_directory(path));
            let below = below.flatten();
            below.is_some_and(|path| exclusion.globs.iter().any(|glob| glob.matches(&path)))
        };
        let by_config =
            |config: Option<&Arc<Config>>| config.is_some_and(|config| config.excludes(path));
        // What is left out here is not even asked for a configuration of its own.
        if can_be_excluded && (by_argument() || by_config(here.as_ref())) {
            excluded.push(candidate.path);
            continue;
        }
        let config = configs.of_file(path, io)?;
        if can_be_excluded && by_config(config.as_ref()) {
            excluded.push(candidate.path);
        } else {
            kept.push((candidate, config));
        }
    }
    Ok((kept, excluded))
}

/// What is left out besides what configurations say.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Exclusion<'a> {
    /// Globs from the working directory.
    pub(super) globs: &'a [FileGlob],
    /// Whether files that the user names can be left out, too.
    pub(super) of_named: bool,
    /// The path that standard input has in the project.
    pub(super) stdin: Option<&'a Path>,
}

impl<'a> Exclusion<'a> {
    /// The path that a file has in the project.
    fn path_of(&self, path: &'a Path) -> &'a Path {
        match self.stdin {
            Some(name) if is_stdin(path) => name,
            _ => path,
        }
    }
}

/// The files that a configuration names as policies.
fn configured(config: &Config, io: &mut Io<'_>) -> Vec<Candidate> {
    let errors = io.errors();
    let mut found = Vec::new();
    let mut searched = Searched::default();
    for (_, paths) in matching(config, &config.settings.policies, &mut searched, io) {
        found.extend(paths.into_iter().map(|path| Candidate {
            // A glob means policies, and tests of them may be beside them.
            named: if is_test_name(&path.to_string_lossy()) {
                Named::InFolder
            } else {
                Named::InConfiguration
            },
            path,
        }));
    }
    if found.is_empty() && io.errors() == errors {
        let globs = config.settings.policies.iter();
        let globs: Vec<_> = globs.map(|glob| format!("`{}`", glob.text)).collect();
        let places = format!("{}, as `iamsim.toml` has it", globs.join(", "));
        none_found(Wanted::Policies, places, io);
    }
    once_each(found)
}

/// The files that some globs of a configuration mean, but for tests of policies.
pub(super) fn configured_files(
    config: &Config,
    globs: &[&FileGlob],
    searched: &mut Searched,
    io: &mut Io<'_>,
) -> Vec<PathBuf> {
    let matching = matching(config, globs.iter().copied(), searched, io);
    let paths = matching.into_iter().flat_map(|(_, paths)| paths);
    let paths: BTreeSet<_> = paths.collect();
    let is_policy = |path: &PathBuf| !is_test_name(&path.to_string_lossy());
    paths.into_iter().filter(is_policy).collect()
}

/// Folders that were searched already, with the files in them, and globs that nothing was found for.
#[derive(Debug, Default)]
pub(super) struct Searched {
    folders: BTreeMap<PathBuf, Vec<PathBuf>>,
    in_vain: BTreeSet<String>,
}

/// The files that each of some globs means. One that means none is told, once.
fn matching<'a>(
    config: &Config,
    globs: impl IntoIterator<Item = &'a FileGlob>,
    searched: &mut Searched,
    io: &mut Io<'_>,
) -> Vec<(&'a FileGlob, Vec<PathBuf>)> {
    let mut found = Vec::new();
    for glob in globs {
        let base = config.folder.join(&glob.base);
        let below = searched.folders.entry(base).or_insert_with_key(|base| {
            if base.is_file() {
                vec![base.clone()]
            } else if base.as_os_str().is_empty() {
                search(Path::new("."), Wanted::Configured, io)
            } else if base.is_dir() {
                search(base, Wanted::Configured, io)
            } else {
                Vec::new()
            }
        });
        let is_meant = |path: &&PathBuf| {
            let below = path.strip_prefix(&config.folder).unwrap_or(path);
            glob.matches(below)
        };
        let paths: Vec<_> = below.iter().filter(is_meant).cloned().collect();
        if paths.is_empty() && searched.in_vain.insert(glob.text.clone()) {
            io.remark(&format!(
                "warning: `{}`, which `{}` names, is no file, or only such as are hidden or in \
                 `.gitignore`",
                glob.text,
                config.source.name()
            ));
        }
        found.push((glob, paths));
    }
    found
}

/// The candidates without repetitions, in their order. One that is named several times is so in the
/// way that counts most.
fn once_each(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    let working_directory = std::env::current_dir().unwrap_or_default();
    let plain = |candidate: &Candidate| {
        let path = &candidate.path;
        if is_stdin(path) {
            return path.clone();
        }
        // A search follows no links, so that only what is named can be one file twice.
        let named = (candidate.named == Named::Explicitly).then(|| path.canonicalize().ok());
        named
            .flatten()
            .unwrap_or_else(|| plain(&working_directory.join(path)))
    };
    let mut named = BTreeMap::new();
    for candidate in &candidates {
        let known = named.entry(plain(candidate)).or_insert(candidate.named);
        *known = candidate.named.min(*known);
    }
    candidates.retain_mut(|candidate| {
        // Taken out, so that a path is kept once.
        match named.remove(&plain(candidate)) {
            Some(by) => {
                candidate.named = by;
                true
            }
            None => false,
        }
    });
    candidates
}

/// Reports that there is nothing to look at.
fn none_found(wanted: Wanted, places: String, io: &mut Io<'_>) {
    let (what, help) = wanted.texts();
    io.misuse(&NothingFound { what, places, help });
}

/// The files in a folder that are looked for, by name. Symbolic links are not followed, and counted.
pub(super) fn search(folder: &Path, wanted: Wanted, io: &mut Io<'_>) -> Vec<PathBuf> {
    let in_repository = folder
        .canonicalize()
        .is_ok_and(|folder| root_above(&folder).is_some());
    let walk = WalkBuilder::new(folder)
        .standard_filters(wanted != Wanted::Events)
        // What git does not know hides nothing: a pull request could bring it along.
        .ignore(false)
        // In a repository git says which files count; elsewhere the folder itself does.
        .require_git(in_repository)
        .parents(in_repository && wanted != Wanted::Events)
        .sort_by_file_name(Ord::cmp)
        .build();
    let mut found = Vec::new();
    let (mut others, mut other) = (0, None);
    let mut links = 0;
    for entry in walk {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                io.error(&walk_error(folder, &error));
                continue;
            }
        };
        let path = entry.path();
        let kind = entry.file_type();
        let is_link = entry.depth() > 0 && kind.is_some_and(|kind| kind.is_symlink());
        if is_link && (wanted.includes(path) || path.is_dir()) {
            links += 1;
        } else if kind.is_some_and(|kind| kind.is_file()) {
            let path = path.strip_prefix("./").unwrap_or(path);
            if wanted.includes(path) {
                found.push(path.to_owned());
            } else if wanted == Wanted::Events {
                others += 1;
                other.get_or_insert_with(|| path.to_owned());
            }
        }
    }
    if let Some(other) = other {
        let others = crate::report::count(others, "file is", "files are");
        io.remark(&format!(
            "warning: {others} not read for their names, such as `{}`; name a file to have it read",
            display_name(&other)
        ));
    }
    if links > 0 {
        let links = crate::report::count(links, "symbolic link", "symbolic links");
        let folder = display_name(folder);
        io.remark(&format!(
            "warning: {links} in `{folder}` not followed; name a file to have it read"
        ));
    }
    found
}

/// What went wrong on the way through a folder, with the path that it went wrong at.
fn walk_error(folder: &Path, error: &ignore::Error) -> LoadError {
    let mut inner = error;
    let mut path = folder;
    loop {
        match inner {
            ignore::Error::WithPath { path: at, err } => (path, inner) = (at, err),
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
                inner = err;
            }
            ignore::Error::Io(error) => return LoadError::new(&display_name(path), error),
            ignore::Error::Partial(_)
            | ignore::Error::Loop { .. }
            | ignore::Error::Glob { .. }
            | ignore::Error::UnrecognizedFileType(_)
            | ignore::Error::InvalidDefinition => {
                return LoadError::Unreadable {
                    name: display_name(path),
                    reason: inner.to_string(),
                };
            }
        }
    }
}
