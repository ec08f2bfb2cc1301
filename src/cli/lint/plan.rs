//! What is linted, and with which settings.

use super::{outputs::OutputFile, together::Beside};
use crate::{
    cli::{
        args::CheckArguments,
        config::{Config, Configs, Reported},
        discover::{
            Candidate, Exclusion, Named, Wanted, default_policies, files, is_test_name,
            without_excluded,
        },
        input::{StdinTwice, is_stdin, reads_stdin_once},
        io::Io,
    },
    lint::{Options, Selection},
};
use miette::Diagnostic;
use std::{
    collections::BTreeSet,
    fs::canonicalize,
    path::{Path, PathBuf},
    sync::Arc,
};

/// How many policies one principal may have at most: more than AWS lets anyone attach, those of the
/// organisation counted in.
pub(super) const MOST_TOGETHER: usize = 100;

/// More files than one principal has policies.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{count} files are given, and no principal has as many policies")]
#[diagnostic(help(
    "give with `--together` the policies of one principal, at most {MOST_TOGETHER}"
))]
struct TooManyTogether {
    count: usize,
}

/// A name for standard input, which is not read.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("`--stdin-filename` names standard input, which is not among the paths")]
#[diagnostic(help("give `-` as the path"))]
struct NoStdin;

/// A file to lint.
#[derive(Debug)]
pub(super) struct Target {
    /// The file.
    pub(super) candidate: Candidate,
    /// The path that it has in the project.
    pub(super) path: PathBuf,
    /// Its configuration.
    pub(super) config: Option<Arc<Config>>,
    /// What it is linted with.
    pub(super) options: Options,
}

/// The files to lint.
#[derive(Debug)]
pub(in crate::cli) struct Plan {
    /// The files.
    pub(super) targets: Vec<Target>,
    /// The configuration of the working directory.
    pub(super) config: Option<Arc<Config>>,
    /// The files that are left out.
    pub(super) excluded: Vec<PathBuf>,
    /// Which policies count together.
    pub(super) beside: Beside,
    /// Which policies of the project are among them.
    pub(super) scope: Scope,
}

/// Which policies of a project are linted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// All of them.
    AllPolicies,
    /// Those that were named.
    Named,
}

impl Plan {
    /// The files that a run reads or that hold for it.
    pub(super) fn files_read<'a>(&'a self, baseline: Option<&'a Path>) -> Vec<PathBuf> {
        let targets = self
            .targets
            .iter()
            .map(|target| target.candidate.path.clone());
        let configs = self
            .targets
            .iter()
            .filter_map(|target| target.config.as_ref());
        let configs = configs
            .chain(&self.config)
            .map(|config| config.path.clone());
        let baseline = baseline.map(Path::to_owned);
        let read: BTreeSet<_> = targets.chain(configs).chain(baseline).collect();
        read.into_iter().collect()
    }

    /// Leaves out files that nobody named but that a search found, as reports go to them.
    pub(super) fn leave_out_reports(&mut self, outputs: &[OutputFile]) {
        let reports = outputs
            .iter()
            .filter_map(|output| canonicalize(&output.path).ok());
        let reports: Vec<_> = reports.collect();
        if reports.is_empty() {
            return;
        }
        self.targets.retain(|target| {
            let found = target.candidate.named == Named::InFolder;
            let path = || canonicalize(&target.candidate.path);
            !found || !path().is_ok_and(|path| reports.contains(&path))
        });
    }

    /// The configuration of the working directory.
    pub(in crate::cli) fn config(&self) -> Option<&Config> {
        self.config.as_deref()
    }

    /// Finds the files that arguments mean. What keeps it from that is reported.
    pub(in crate::cli) fn new(
        arguments: &CheckArguments,
        io: &mut Io<'_>,
    ) -> Result<Self, Reported> {
        if !reads_stdin_once(&[&arguments.paths]) {
            io.misuse(&StdinTwice);
            return Err(Reported);
        }
        let reads_stdin = arguments.paths.iter().any(|path| is_stdin(path));
        if arguments.stdin_filename.is_some() && !reads_stdin {
            io.misuse(&NoStdin);
            return Err(Reported);
        }
        let mut configs = Configs::new(&arguments.config, io)?;
        let config = configs.of_working_directory(io)?;
        let candidates = if arguments.paths.is_empty() {
            default_policies(&mut configs, io)?
        } else {
            files(&arguments.paths, Wanted::Policies, io)
        };
        let stdin = arguments.stdin_filename.as_deref();
        let exclusion = Exclusion {
            globs: &arguments.exclude,
            of_named: arguments.force_exclude,
            stdin,
        };
        let (candidates, excluded) = without_excluded(candidates, &exclusion, &mut configs, io)?;
        let mut targets = Vec::new();
        for (mut candidate, config) in candidates {
            if arguments.force_exclude {
                candidate.named = candidate.named.as_in_a_list();
            }
            let is_named = || {
                let config = config.as_ref();
                config.is_some_and(|config| config.names(&candidate.path))
            };
            // What the configuration takes for policies is meant, however it was found.
            if candidate.named == Named::InFolder
                && is_named()
                && !is_test_name(&candidate.path.to_string_lossy())
            {
                candidate.named = Named::InConfiguration;
            }
            let path = match stdin {
                Some(name) if is_stdin(&candidate.path) => name.to_owned(),
                _ => candidate.path.clone(),
            };
            let options = options(arguments, config.as_deref(), &path, io);
            targets.push(Target {
                candidate,
                path,
                config,
                options,
            });
        }
        let names_all = |config: &Arc<Config>| !config.settings.policies.is_empty();
        let whole = arguments.paths.is_empty() && arguments.exclude.is_empty();
        let scope = if whole && config.as_ref().is_some_and(names_all) {
            Scope::AllPolicies
        } else {
            Scope::Named
        };
        if arguments.together && targets.len() > MOST_TOGETHER {
            io.misuse(&TooManyTogether {
                count: targets.len(),
            });
            return Err(Reported);
        }
        Ok(Self {
            targets,
            config,
            excluded,
            scope,
            beside: if arguments.together {
                Beside::All
            } else {
                Beside::Configured
            },
        })
    }
}

/// What a file is linted with: what the arguments say comes before its configuration.
fn options(
    arguments: &CheckArguments,
    config: Option<&Config>,
    path: &Path,
    io: &Io<'_>,
) -> Options {
    let configured = config
        .map(|config| config.options(path))
        .unwrap_or_default();
    let of_config = configured.selection;
    let select = (!arguments.select.is_empty()).then(|| arguments.select.clone());
    let selection = if select.is_some() {
        // What the arguments select is all that is asked for.
        Selection {
            select,
            extend_select: arguments.extend_select.clone(),
            ignore: arguments.ignore.clone(),
        }
    } else {
        Selection {
            select: of_config.select,
            extend_select: [of_config.extend_select, arguments.extend_select.clone()].concat(),
            ignore: [of_config.ignore, arguments.ignore.clone()].concat(),
        }
    };
    Options {
        policy_type: arguments.policy_type.or(configured.policy_type),
        selection,
        account: arguments.account.or(configured.account),
        inline_in: arguments.inline_in.map(Into::into),
        today: io.today(),
        ..configured
    }
}
