//! Policies that count together: those of one principal.

use super::plan::{MOST_TOGETHER, Plan, Target};
use crate::{
    cli::{
        config::{Config, PrincipalPolicies},
        discover::{Searched, configured_files},
        io::Io,
    },
    lint::Companion,
    policy::AccountId,
    source::{
        Source,
        load::{self, LoadError},
    },
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Which policies count together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Beside {
    /// Those that a configuration binds to the same principal.
    Configured,
    /// All that are linted.
    All,
}

/// The policies beside each file of a plan.
#[derive(Debug, Default)]
pub(super) struct Companions {
    sets: Vec<Set>,
    /// For each file the sets that it is in.
    of_target: Vec<Vec<usize>>,
}

/// The policies of a principal.
#[derive(Debug)]
struct Set {
    account: Option<AccountId>,
    /// The policies, with the number of the file in the plan where it is in it.
    policies: Vec<(Option<usize>, Companion)>,
}

impl Companions {
    /// Finds them. A file of a principal that cannot be read is reported.
    pub(super) fn new(
        plan: &Plan,
        read: &[Result<Source, LoadError>],
        beside: Beside,
        io: &mut Io<'_>,
    ) -> Self {
        let mut companions = Self {
            sets: Vec::new(),
            of_target: vec![Vec::new(); plan.targets.len()],
        };
        let sources: Vec<_> = plan.targets.iter().zip(read).collect();
        match beside {
            Beside::All => companions.add_all(&sources),
            Beside::Configured => companions.add_configured(&sources, io),
        }
        companions
    }

    /// The sets beside a file, without the file itself, and the account of each.
    pub(super) fn of(&self, target: usize) -> Vec<(Option<AccountId>, Vec<&Companion>)> {
        let sets = self.of_target.get(target).into_iter().flatten();
        let others = |set: &usize| {
            let set = self.sets.get(*set)?;
            let policies = set.policies.iter();
            let others = policies.filter(|(own, _)| *own != Some(target));
            Some((set.account, others.map(|(_, policy)| policy).collect()))
        };
        sets.filter_map(others).collect()
    }

    fn add_all(&mut self, sources: &[(&Target, &Result<Source, LoadError>)]) {
        let policies = sources
            .iter()
            .enumerate()
            .filter_map(|(index, (target, source))| {
                let companion = Companion::read(source.as_ref().ok()?, &target.options)?;
                Some((Some(index), companion))
            });
        self.sets.push(Set {
            account: None,
            policies: policies.collect(),
        });
        self.of_target = vec![vec![0]; self.of_target.len()];
    }

    fn add_configured(
        &mut self,
        sources: &[(&Target, &Result<Source, LoadError>)],
        io: &mut Io<'_>,
    ) {
        // By configuration, as each has principals of its own.
        let mut configs: BTreeMap<&Path, (&Arc<Config>, BTreeMap<PathBuf, usize>)> =
            BTreeMap::new();
        for (index, (target, _)) in sources.iter().enumerate() {
            if let Some(config) = &target.config
                && let Some(path) = config.path_below(&target.path)
            {
                let entry = configs.entry(&config.root);
                let (_, targets) = entry.or_insert((config, BTreeMap::new()));
                targets.insert(path, index);
            }
        }
        for (config, targets) in configs.into_values() {
            let mut bound = Bound {
                config,
                targets: &targets,
                sources,
                found: Searched::default(),
                read: BTreeMap::new(),
            };
            for principal in &config.settings.principals {
                let members: Vec<_> = targets
                    .iter()
                    .filter(|(path, _)| principal.has(path))
                    .map(|(_, index)| *index)
                    .collect();
                if members.is_empty() {
                    continue;
                }
                for index in members {
                    if let Some(sets) = self.of_target.get_mut(index) {
                        sets.push(self.sets.len());
                    }
                }
                self.sets.push(Set {
                    account: Some(principal.account),
                    policies: bound.policies(principal, io),
                });
            }
        }
    }
}

/// The policies that a configuration binds to principals, each file of them found and read once.
struct Bound<'a> {
    config: &'a Config,
    /// The files that are linted, by their paths from the folder of the configuration.
    targets: &'a BTreeMap<PathBuf, usize>,
    sources: &'a [(&'a Target, &'a Result<Source, LoadError>)],
    found: Searched,
    read: BTreeMap<PathBuf, Option<Companion>>,
}

impl Bound<'_> {
    /// The policies of a principal, with the number of the file where it is linted. What is named and does
    /// not count is told.
    fn policies(
        &mut self,
        principal: &PrincipalPolicies,
        io: &mut Io<'_>,
    ) -> Vec<(Option<usize>, Companion)> {
        let globs: Vec<_> = principal
            .policies
            .iter()
            .chain(&principal.boundary)
            .collect();
        let mut policies = Vec::new();
        let paths = configured_files(self.config, &globs, &mut self.found, io);
        if paths.len() > MOST_TOGETHER {
            let count = paths.len();
            io.remark(&format!(
                "warning: {count} files are bound to a principal in `{}`, which has {MOST_TOGETHER} policies \
                 at most, so none of them counts for the others",
                self.config.source.name()
            ));
            return policies;
        }
        for path in paths {
            let below = self
                .config
                .path_below(&path)
                .unwrap_or_else(|| path.clone());
            let index = self.targets.get(&below).copied();
            if !self.read.contains_key(&below) {
                let companion = self.companion(&path, index, io);
                self.read.insert(below.clone(), companion);
            }
            let companion = self.read.get(&below).cloned().flatten();
            policies.extend(companion.map(|companion| (index, companion)));
        }
        policies
    }

    fn companion(&self, path: &Path, index: Option<usize>, io: &mut Io<'_>) -> Option<Companion> {
        if let Some((target, source)) = index.and_then(|index| self.sources.get(index)) {
            // What is wrong with it is told as it is linted.
            return Companion::read(source.as_ref().ok()?, &target.options);
        }
        let source = match load::policy(path) {
            Ok(source) => source,
            Err(error) => {
                io.error(&error);
                return None;
            }
        };
        let companion = Companion::read(&source, &self.config.options(path));
        if companion.is_none() {
            io.remark(&format!(
                "warning: `{}` is bound to a principal in `{}`, and cannot be read as a policy, so it \
                 counts for nothing",
                source.name(),
                self.config.source.name()
            ));
        }
        companion
    }
}
