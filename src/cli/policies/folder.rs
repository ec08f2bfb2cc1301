//! Identity policies from files and folders.

use super::Reader;
use crate::{
    account::DocumentId,
    cli::{
        config::{ConfigArguments, Configs},
        discover::{Candidate, Configured, Exclusion, Named, Wanted, files, without_excluded},
        input::{self, is_meant_as_policy},
        io::Io,
    },
    eval::Layer,
    lint::read,
    policy::PolicyType,
    report::count,
};
use std::path::PathBuf;

/// Identity policies that were found, and what beside them was not taken.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) policies: Vec<DocumentId>,
    /// How many policies of other types there are.
    pub(super) of_others: usize,
    /// How many files that are no policies.
    not_policies: usize,
}

impl Found {
    /// What was passed over, in words.
    pub(super) fn passed_over(&self) -> Option<String> {
        let mut texts = Vec::new();
        if self.of_others > 0 {
            let (one, many) = ("policy of another type", "policies of other types");
            let number = count(self.of_others, one, many);
            texts.push(format!("{number} passed over"));
        }
        if self.not_policies > 0 {
            let (one, many) = ("file that is no policy", "files that are no policies");
            let number = count(self.not_policies, one, many);
            texts.push(format!("{number} passed over"));
        }
        (!texts.is_empty()).then(|| texts.join("; "))
    }
}

impl Reader {
    /// The identity policies at some paths. A file that is named is taken for one; a folder may hold
    /// others.
    pub(super) fn folders(
        &mut self,
        paths: &[PathBuf],
        config: &ConfigArguments,
        io: &mut Io<'_>,
    ) -> Found {
        let candidates = files(paths, Wanted::Policies, io);
        let is_named = |candidate: &Candidate| candidate.named == Named::Explicitly;
        let configured: Configured = if candidates.iter().all(is_named) {
            candidates.into_iter().map(|each| (each, None)).collect()
        } else {
            // What is wrong with a configuration is reported there.
            let kept = Configs::new(config, io).and_then(|mut configs| {
                without_excluded(candidates, &Exclusion::default(), &mut configs, io)
            });
            match kept {
                Ok((kept, _)) => kept,
                Err(_) => return Found::default(),
            }
        };
        self.identity_policies(configured, io)
    }

    /// Those of some files that are identity policies.
    pub(super) fn identity_policies(&mut self, files: Configured, io: &mut Io<'_>) -> Found {
        let mut found = Found::default();
        for (Candidate { path, named }, config) in files {
            if named == Named::Explicitly {
                found.policies.extend(self.file(&path, Layer::Identity, io));
                continue;
            }
            let source = match input::policy(&path, io) {
                Ok(source) => source,
                Err(error) => {
                    io.error(&error);
                    continue;
                }
            };
            let options = config
                .map(|config| config.options(&path))
                .unwrap_or_default();
            let checked = read(&source, options.policy_type);
            let of_identity = checked
                .type_of_policy
                .as_ref()
                .is_none_or(|of| of.policy_type == PolicyType::Identity);
            if !is_meant_as_policy(named, &source, &checked) {
                found.not_policies += 1;
            } else if of_identity {
                found
                    .policies
                    .extend(self.source(source, Layer::Identity, io));
            } else {
                found.of_others += 1;
            }
        }
        found
    }
}
