//! `iamsim.toml`: what holds for the policies of a project.
//!
//! `form.rs` has its keys, `read.rs` makes settings of them, this file finds it: in the nearest ancestor
//! of each file, up to the root of the repository.

mod form;
mod glob;
mod read;
mod requirements;
mod suppress;

pub(super) use form::{FailOn, schema};
pub(super) use glob::FileGlob;

use super::{io::Io, repository::is_root};
use crate::{
    lint::{Options, Requirements, Selection, Suppression},
    policy::{AccountId, Arn, PolicyType},
    report::Snippet,
    source::{
        RuleId, Severity, Source, Span,
        escape::printable,
        load::{self, LoadError, display_name},
    },
    syntax::Comments,
};
use requirements::RequirementTables;
use std::{
    collections::BTreeMap,
    ops::Range,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

/// The name of the file.
pub(super) const NAME: &str = "iamsim.toml";

/// What holds for the policies below a folder.
#[derive(Debug)]
pub(super) struct Config {
    /// The file.
    pub(super) source: Source,
    /// Where it is.
    pub(super) path: PathBuf,
    /// Its folder as it is shown; paths in the file start there.
    pub(super) folder: PathBuf,
    /// The same from the root of the file system.
    pub(super) root: PathBuf,
    /// The settings.
    pub(super) settings: Settings,
}

/// What the keys of the file say.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// The policies of the project.
    pub(super) policies: Vec<FileGlob>,
    /// What is left out.
    pub(super) exclude: Vec<FileGlob>,
    /// Which files may have comments.
    pub(super) comments: Vec<FileGlob>,
    /// Which rules run.
    pub(super) selection: Selection,
    /// From which level on findings make the process end with 1.
    pub(super) fail_on: Option<FailOn>,
    /// The file of findings that are known, from the folder of the configuration.
    pub(super) baseline: Option<PathBuf>,
    /// The account that the policies are for.
    pub(super) account: Option<AccountId>,
    /// Accounts that are trusted as the own one is.
    pub(super) trusted_accounts: Vec<AccountId>,
    /// The id of the organisation.
    pub(super) organization: Option<String>,
    /// How much the findings of rules matter.
    pub(super) severities: BTreeMap<RuleId, Severity>,
    /// The types of policies; the first glob that matches counts.
    pub(super) policy_types: Vec<(FileGlob, PolicyType)>,
    /// Principals and their policies.
    pub(super) principals: Vec<PrincipalPolicies>,
    /// Findings that are accepted.
    pub(super) suppressions: Vec<Accepted>,
    /// What is asked of policies.
    pub(super) requirements: Arc<Requirements>,
    /// The same as it is written.
    pub(super) requirement_tables: RequirementTables,
}

/// Findings that are accepted in some policies.
#[derive(Debug)]
pub(super) struct Accepted {
    /// The policies; none where it is all.
    paths: Vec<FileGlob>,
    /// What is accepted in them.
    pub(super) suppression: Suppression,
}

impl Accepted {
    /// Whether it is for a policy, by its path from the folder of the configuration.
    fn is_for(&self, path: Option<&Path>) -> bool {
        self.paths.is_empty() || path.is_some_and(|path| any(&self.paths, path))
    }
}

/// A principal and the files of its policies.
#[derive(Debug)]
pub(super) struct PrincipalPolicies {
    /// Its ARN.
    pub(super) arn: String,
    /// Its account.
    pub(super) account: AccountId,
    /// Its identity policies.
    pub(super) policies: Vec<FileGlob>,
    /// Its permissions boundary.
    pub(super) boundary: Option<FileGlob>,
}

impl PrincipalPolicies {
    /// Whether it is a group, which never calls itself.
    pub(super) fn is_group(&self) -> bool {
        Arn::parse(&self.arn).is_ok_and(|arn| arn.resource.starts_with("group/"))
    }

    /// Whether a file, from the folder of the configuration, is a policy of the principal.
    pub(super) fn has(&self, path: &Path) -> bool {
        let mut globs = self.policies.iter().chain(&self.boundary);
        globs.any(|glob| glob.matches(path))
    }
}

/// What went wrong was reported already.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reported;

/// A configuration that cannot be used.
#[derive(Debug)]
pub(super) enum ConfigError {
    /// The file cannot be read.
    Unreadable(LoadError),
    /// The file is wrong.
    Wrong {
        source: Box<Source>,
        faults: Vec<Fault>,
    },
}

impl ConfigError {
    /// It on one line, for those who cannot see a snippet: the first of what is wrong.
    pub(super) fn text(&self) -> String {
        let text = match self {
            Self::Unreadable(error) => error.to_string(),
            Self::Wrong { source, faults } => {
                let faults = faults.iter().map(
                    |Fault {
                         span,
                         message,
                         help,
                     }| {
                        let start = source.position(span.start);
                        let (name, line, column) = (source.name(), start.line, start.column);
                        format!("{name}:{line}:{column}: {message}; {help}")
                    },
                );
                faults.take(1).collect()
            }
        };
        printable(&text).into_owned()
    }

    /// Says what is wrong.
    fn report(&self, io: &mut Io<'_>) -> Reported {
        match self {
            Self::Unreadable(error) => io.error(error),
            Self::Wrong { source, faults } => {
                for fault in faults {
                    let snippet = Snippet::new(source, &fault.message)
                        .label(fault.span, None)
                        .help(Some(&fault.help));
                    io.error(&snippet);
                }
            }
        }
        Reported
    }
}

/// What is wrong in a configuration, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    span: Span,
    message: String,
    help: String,
}

fn fault(range: Range<usize>, message: String, help: impl Into<String>) -> Fault {
    Fault {
        span: Span::new(range.start, range.end),
        message,
        help: help.into(),
    }
}

/// Whose configuration counts.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct ConfigArguments {
    /// The configuration of all files [default: iamsim.toml in the nearest ancestor of each, up to the
    /// root of the repository]
    #[arg(long, value_name = "FILE", help_heading = "Configuration")]
    config: Option<PathBuf>,
    /// Without any configuration
    #[arg(long, conflicts_with = "config", help_heading = "Configuration")]
    isolated: bool,
}

/// A configuration that is named and is not there.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("there is no configuration `{name}`")]
#[diagnostic(help(
    "check `--config`, or the variable `IAMSIM_CONFIG`; `iamsim init` makes a new one"
))]
struct NoConfig {
    name: String,
}

/// Finds the configuration of each file.
#[derive(Debug)]
pub(super) struct Configs {
    from: From,
    working_directory: PathBuf,
    /// What was found, by folder.
    found: BTreeMap<PathBuf, Option<Arc<Config>>>,
}

#[derive(Debug)]
enum From {
    /// The nearest ancestor.
    Nearest,
    /// There is one for all, or none.
    Given(Option<Arc<Config>>),
}

impl Configs {
    /// What the arguments say; a file that they name and that cannot be used is reported.
    pub(super) fn new(arguments: &ConfigArguments, io: &mut Io<'_>) -> Result<Self, Reported> {
        let working_directory = std::env::current_dir().unwrap_or_default();
        let named = arguments
            .config
            .clone()
            .or_else(|| io.environment().config.clone());
        let from = match named {
            _ if arguments.isolated => From::Given(None),
            None => From::Nearest,
            Some(path) => {
                let absolute = plain(&working_directory.join(&path));
                let root = absolute.parent().unwrap_or(Path::new("")).to_owned();
                let folder = shown(&root, &working_directory);
                let config = load::configuration(&path, display_name(&path))
                    .map_err(ConfigError::Unreadable)
                    .and_then(|source| Config::parse(source, absolute, folder, root))
                    .map_err(|error| {
                        let ConfigError::Unreadable(LoadError::NotFound { name }) = error else {
                            return error.report(io);
                        };
                        io.error(&NoConfig { name });
                        Reported
                    })?;
                From::Given(Some(Arc::new(config)))
            }
        };
        Ok(Self {
            from,
            working_directory,
            found: BTreeMap::new(),
        })
    }

    /// The configuration of a file. What keeps it from being used is reported once.
    pub(super) fn of_file(
        &mut self,
        path: &Path,
        io: &mut Io<'_>,
    ) -> Result<Option<Arc<Config>>, Reported> {
        let absolute = plain(&self.working_directory.join(path));
        let folder = absolute.parent().unwrap_or(Path::new("")).to_owned();
        self.find(&folder).map_err(|error| error.report(io))
    }

    /// The configuration of the working directory.
    pub(super) fn of_working_directory(
        &mut self,
        io: &mut Io<'_>,
    ) -> Result<Option<Arc<Config>>, Reported> {
        let folder = self.working_directory.clone();
        self.find(&folder).map_err(|error| error.report(io))
    }

    /// A path from the working directory; `None` for one outside of it.
    pub(super) fn below_working_directory(&self, path: &Path) -> Option<PathBuf> {
        let absolute = plain(&self.working_directory.join(path));
        Some(
            absolute
                .strip_prefix(&self.working_directory)
                .ok()?
                .to_owned(),
        )
    }

    /// Forgets what was found, as files may have changed.
    pub(super) fn forget(&mut self) {
        self.found.clear();
    }

    /// The configuration of the files in a folder.
    pub(super) fn find(&mut self, folder: &Path) -> Result<Option<Arc<Config>>, ConfigError> {
        if let From::Given(config) = &self.from {
            return Ok(config.clone());
        }
        if let Some(known) = self.found.get(folder) {
            return Ok(known.clone());
        }
        let here = self.in_folder(folder)?;
        let config = match (here, folder.parent()) {
            (Some(config), _) => Some(Arc::new(config)),
            (None, Some(parent)) if !is_root(folder) => self.find(parent)?,
            (None, _) => None,
        };
        self.found.insert(folder.to_owned(), config.clone());
        Ok(config)
    }

    fn in_folder(&self, root: &Path) -> Result<Option<Config>, ConfigError> {
        if !root.is_dir() {
            return Ok(None);
        }
        let folder = shown(root, &self.working_directory);
        let name = display_name(&folder.join(NAME));
        let path = root.join(NAME);
        // A pipe would be waited for without end, and a link that leads nowhere was meant to lead somewhere.
        if path.symlink_metadata().is_ok() && !path.metadata().is_ok_and(|file| file.is_file()) {
            let reason = "it is no regular file".to_owned();
            return Err(ConfigError::Unreadable(LoadError::Unreadable {
                name,
                reason,
            }));
        }
        match load::configuration(&path, name) {
            Ok(source) => Config::parse(source, path, folder, root.to_owned()).map(Some),
            Err(LoadError::NotFound { .. }) => Ok(None),
            Err(error) => Err(ConfigError::Unreadable(error)),
        }
    }
}

impl Config {
    fn parse(
        source: Source,
        path: PathBuf,
        folder: PathBuf,
        root: PathBuf,
    ) -> Result<Self, ConfigError> {
        match read::settings(source.text()) {
            Ok(settings) => Ok(Self {
                source,
                path,
                folder,
                root,
                settings,
            }),
            Err(faults) => Err(ConfigError::Wrong {
                source: Box::new(source),
                faults,
            }),
        }
    }

    /// The path from the folder of the configuration; `None` for a file that is not below it.
    pub(super) fn path_below(&self, path: &Path) -> Option<PathBuf> {
        let absolute = plain(&std::path::absolute(path).ok()?);
        Some(absolute.strip_prefix(&self.root).ok()?.to_owned())
    }

    /// The file of findings that are known.
    pub(super) fn baseline(&self) -> Option<PathBuf> {
        Some(self.folder.join(self.settings.baseline.as_ref()?))
    }

    /// Whether a file is one of the policies of the project.
    pub(super) fn names(&self, path: &Path) -> bool {
        let path = self.path_below(path);
        path.is_some_and(|path| any(&self.settings.policies, &path))
    }

    /// How many principals a file is a policy of.
    pub(super) fn principals_of(&self, path: &Path) -> usize {
        let path = self.path_below(path);
        let principals = self.settings.principals.iter();
        let has =
            |principal: &&PrincipalPolicies| path.as_ref().is_some_and(|path| principal.has(path));
        principals.filter(has).count()
    }

    /// Whether a file is left out.
    pub(super) fn excludes(&self, path: &Path) -> bool {
        let exclude = &self.settings.exclude;
        !exclude.is_empty()
            && self
                .path_below(path)
                .is_some_and(|path| any(exclude, &path))
    }

    /// The glob of the types of policies that a file matches, and the type.
    pub(super) fn policy_type(&self, path: &Path) -> Option<&(FileGlob, PolicyType)> {
        if self.settings.policy_types.is_empty() {
            return None;
        }
        let path = self.path_below(path)?;
        let mut types = self.settings.policy_types.iter();
        types.find(|(glob, _)| glob.matches(&path))
    }

    /// The findings that are accepted in a policy, with their places in the list.
    pub(super) fn accepted_in(&self, path: &Path) -> impl Iterator<Item = (usize, &Accepted)> {
        let entries = self.settings.suppressions.iter().enumerate();
        let below = (!self.settings.suppressions.is_empty())
            .then(|| self.path_below(path))
            .flatten();
        entries.filter(move |(_, entry)| entry.is_for(below.as_deref()))
    }

    /// What a file is linted with.
    pub(super) fn options(&self, path: &Path) -> Options {
        let settings = &self.settings;
        let policy_type = self.policy_type(path).map(|(_, policy_type)| *policy_type);
        let may_have_comments = || {
            self.path_below(path)
                .is_some_and(|path| any(&settings.comments, &path))
        };
        let accepted = self.accepted_in(path);
        Options {
            comments: if may_have_comments() {
                Comments::Allowed
            } else {
                Comments::Refused
            },
            suppressions: accepted.map(|(_, each)| each.suppression.clone()).collect(),
            policy_type: policy_type.or_else(|| self.boundary_of_a_principal(path)),
            selection: settings.selection.clone(),
            severities: settings.severities.clone(),
            account: settings.account,
            trusted_accounts: settings.trusted_accounts.clone(),
            organization: settings.organization.clone(),
            requirements: Arc::clone(&settings.requirements),
            ..Options::default()
        }
    }

    fn boundary_of_a_principal(&self, path: &Path) -> Option<PolicyType> {
        let mut boundaries = self
            .settings
            .principals
            .iter()
            .filter_map(|each| each.boundary.as_ref());
        let path = self.path_below(path)?;
        let is_boundary = boundaries.any(|glob| glob.base == path);
        is_boundary.then_some(PolicyType::Boundary)
    }
}

/// Whether one of some globs means a path.
fn any(globs: &[FileGlob], path: &Path) -> bool {
    globs.iter().any(|glob| glob.matches(path))
}

/// A path without `.` and `..`, as it reads.
pub(super) fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => plain.push(part),
        }
    }
    plain
}

/// How a folder is shown: the way to it from the working directory where it is below that or above
/// it, empty for itself.
fn shown(folder: &Path, working_directory: &Path) -> PathBuf {
    if let Ok(below) = folder.strip_prefix(working_directory) {
        return below.to_owned();
    }
    match working_directory.strip_prefix(folder) {
        Ok(rest) => std::iter::repeat_n("..", rest.components().count()).collect(),
        Err(_) => folder.to_owned(),
    }
}
