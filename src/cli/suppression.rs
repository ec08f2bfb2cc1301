//! What came of the entries of the configuration that suppress findings.

use super::config::Config;
use crate::{
    lint::{Options, Suppression, Use, findings_of_entries},
    report::lint::FileFindings,
};
use std::path::Path;

/// Which policies a run looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coverage {
    /// All of the configuration.
    Whole,
    /// Some, or some of them could not be read.
    Part,
}

/// The entries that are for the policy at a path.
pub(super) fn suppressions(config: Option<&Config>, path: &Path) -> Vec<Suppression> {
    let Some(config) = config else {
        return Vec::new();
    };
    let places = config.accepted_in(path).into_iter();
    let entries = places.filter_map(|place| config.suppressions.get(place));
    entries.map(|entry| entry.suppression.clone()).collect()
}

/// What came of each entry of a configuration, over all policies.
#[derive(Debug)]
pub(super) struct Tally<'a> {
    config: Option<&'a Config>,
    /// The greatest that came of each.
    uses: Vec<Use>,
}

impl<'a> Tally<'a> {
    pub(super) fn new(config: Option<&'a Config>) -> Self {
        let entries = config.map_or(0, |config| config.suppressions.len());
        Self {
            config,
            uses: vec![Use::Unused; entries],
        }
    }

    /// Adds what came of [`suppressions`] over the policy at a path.
    pub(super) fn add(&mut self, path: &Path, uses: &[Use]) {
        let Some(config) = self.config else { return };
        for (place, came_to) in config.accepted_in(path).into_iter().zip(uses) {
            if let Some(known) = self.uses.get_mut(place) {
                *known = (*came_to).max(*known);
            }
        }
    }

    /// The findings on entries without use, in the configuration. Over a part of the policies, an entry may
    /// be for another one.
    pub(super) fn findings(&self, coverage: Coverage, options: &Options) -> Option<FileFindings> {
        let config = self.config?;
        let came_to = |known: &Use| match (coverage, known) {
            (Coverage::Part, Use::Unused) => Use::NotJudged,
            _ => *known,
        };
        let entries: Vec<_> = config
            .suppressions
            .iter()
            .zip(&self.uses)
            .map(|(entry, known)| (&entry.suppression, came_to(known)))
            .collect();
        let findings = findings_of_entries(&entries, options);
        (!findings.is_empty()).then(|| FileFindings {
            repository_path: config.source.name().to_owned(),
            source: config.source.clone(),
            type_of_policy: None,
            findings,
        })
    }
}
