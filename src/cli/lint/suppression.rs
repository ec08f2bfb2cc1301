//! What came of the entries of the configuration that suppress findings.

use super::{
    check::Linted,
    plan::{Plan, Scope},
};
use crate::{
    cli::{config::Config, repository::Repository},
    lint::{Options, Use, findings_of_entries},
    report::lint::FileFindings,
};
use std::{collections::BTreeMap, path::Path};

/// Which policies a run looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coverage {
    /// All of the configuration.
    Whole,
    /// Some, or some of them could not be read.
    Part,
}

impl Plan {
    /// What is wrong with the entries of the configurations: those that are over, and those that
    /// suppressed nothing.
    pub(super) fn findings_of_entries(
        &self,
        linted: &Linted,
        repository: &mut Repository,
    ) -> Vec<FileFindings> {
        let mut tallies: BTreeMap<&Path, (Tally<'_>, &Options)> = BTreeMap::new();
        for (target, uses) in linted.targets.iter().zip(&linted.uses) {
            let Some(target) = self.targets.get(*target) else {
                continue;
            };
            let Some(config) = &target.config else {
                continue;
            };
            let entry = tallies.entry(&config.root);
            let (tally, _) = entry.or_insert_with(|| (Tally::new(config), &target.options));
            tally.add(&target.path, uses);
        }
        // Of other configurations than that of the working directory, no run looks at all policies.
        let whole = self
            .config
            .as_ref()
            .filter(|_| self.scope == Scope::AllPolicies && linted.summary.unreadable == 0);
        let coverage = |tally: &Tally<'_>| {
            if whole.is_some_and(|config| config.root == tally.config.root) {
                Coverage::Whole
            } else {
                Coverage::Part
            }
        };
        let tallies = tallies.into_values();
        tallies
            .filter_map(|(tally, options)| tally.findings(coverage(&tally), options, repository))
            .collect()
    }
}

/// What came of each entry of a configuration, over all policies.
#[derive(Debug)]
struct Tally<'a> {
    config: &'a Config,
    /// The greatest that came of each.
    uses: Vec<Use>,
}

impl<'a> Tally<'a> {
    fn new(config: &'a Config) -> Self {
        Self {
            config,
            uses: vec![Use::Unused; config.settings.suppressions.len()],
        }
    }

    /// Adds what came of the entries that are for the policy at a path.
    fn add(&mut self, path: &Path, uses: &[Use]) {
        for ((place, _), came_to) in self.config.accepted_in(path).zip(uses) {
            if let Some(known) = self.uses.get_mut(place) {
                *known = (*came_to).max(*known);
            }
        }
    }

    /// The findings on entries without use, in the configuration. Over a part of the policies, an entry may
    /// be for another one.
    fn findings(
        &self,
        coverage: Coverage,
        options: &Options,
        repository: &mut Repository,
    ) -> Option<FileFindings> {
        let config = self.config;
        let came_to = |known: &Use| match (coverage, known) {
            (Coverage::Part, Use::Unused) => Use::NotJudged,
            _ => *known,
        };
        let entries: Vec<_> = config
            .settings
            .suppressions
            .iter()
            .zip(&self.uses)
            .map(|(entry, known)| (&entry.suppression, came_to(known)))
            .collect();
        let findings = findings_of_entries(&entries, options);
        (!findings.is_empty()).then(|| FileFindings {
            repository_path: repository.path_of(Path::new(config.source.name())),
            source: config.source.clone(),
            type_of_policy: None,
            findings,
        })
    }
}
