//! Policies that count together: those of one principal.

use super::plan::{Plan, Target};
use crate::{
    cli::{
        config::{Config, PrincipalPolicies},
        discover::configured_files,
        io::Io,
    },
    lint::{Companion, Options},
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
        let mut configs: BTreeMap<&Path, (&Arc<Config>, Vec<usize>)> = BTreeMap::new();
        for (index, (target, _)) in sources.iter().enumerate() {
            if let Some(config) = &target.config {
                let (_, targets) = configs.entry(&config.root).or_insert((config, Vec::new()));
                targets.push(index);
            }
        }
        for (config, targets) in configs.into_values() {
            for principal in &config.settings.principals {
                let members: BTreeMap<PathBuf, usize> = targets
                    .iter()
                    .filter_map(|index| {
                        let path = config.path_below(&sources.get(*index)?.0.path)?;
                        principal.has(&path).then_some((path, *index))
                    })
                    .collect();
                if !members.is_empty() {
                    self.add_principal(config, principal, &members, sources, io);
                }
            }
        }
    }

    /// Adds the policies of a principal: those that are linted, and all others that are bound to it.
    fn add_principal(
        &mut self,
        config: &Config,
        principal: &PrincipalPolicies,
        members: &BTreeMap<PathBuf, usize>,
        sources: &[(&Target, &Result<Source, LoadError>)],
        io: &mut Io<'_>,
    ) {
        let number = self.sets.len();
        let mut policies = Vec::new();
        for index in members.values() {
            if let Some(sets) = self.of_target.get_mut(*index) {
                sets.push(number);
            }
            let companion = sources.get(*index).and_then(|(target, source)| {
                Companion::read(source.as_ref().ok()?, &target.options)
            });
            policies.extend(companion.map(|companion| (Some(*index), companion)));
        }
        let globs: Vec<_> = principal
            .policies
            .iter()
            .chain(&principal.boundary)
            .collect();
        for path in configured_files(config, &globs, io) {
            let is_linted = config
                .path_below(&path)
                .is_some_and(|path| members.contains_key(&path));
            if is_linted || config.excludes(&path) {
                continue;
            }
            let options: Options = config.options(&path);
            match load::policy(&path) {
                Ok(source) => {
                    let companion = Companion::read(&source, &options);
                    let companion = companion.map(Companion::for_others_only);
                    policies.extend(companion.map(|companion| (None, companion)));
                }
                Err(error) => io.error(&error),
            }
        }
        self.sets.push(Set {
            account: Some(principal.account),
            policies,
        });
    }
}
