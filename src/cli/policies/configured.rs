//! Policies that a configuration names, where no argument does.

use super::Reader;
use crate::{
    account::{DocumentId, Held, HeldPolicies},
    cli::{
        config::{Config, Configs, FileGlob},
        discover::{Exclusion, Searched, configured_files, default_policies, without_excluded},
        io::Io,
    },
    eval::Layer,
    report::count,
};
use miette::Diagnostic;
use std::{collections::BTreeMap, path::PathBuf};

/// Nothing to judge by.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error(
    "no `--policy` was given, and there is no policy of an identity to judge by{}",
    if *.of_others > 0 { ", only such of other types" } else { "" }
)]
#[diagnostic(help(
    "give the policies that are attached to the caller with `--policy`, or those of a whole account \
     with `--account`"
))]
struct NoIdentityPolicy {
    of_others: usize,
}

impl Reader {
    /// The policies of the principals that the configuration of the working directory names, else the
    /// identity policies that `lint` takes, for everybody. Says what was taken.
    pub(super) fn configured(&mut self, configs: &mut Configs, io: &mut Io<'_>) -> Option<String> {
        match configs.of_working_directory(io) {
            Ok(Some(config)) if !config.settings.principals.is_empty() => {
                Some(self.principals(&config, io))
            }
            Ok(_) => self.defaults(configs, io),
            Err(_) => None,
        }
    }

    /// The policies of the principals of a configuration. What several entries give to one adds up.
    fn principals(&mut self, config: &Config, io: &mut Io<'_>) -> String {
        let mut files = PolicyFiles::default();
        let mut held: BTreeMap<&str, HeldPolicies> = BTreeMap::new();
        for principal in &config.settings.principals {
            if principal.is_group() {
                io.remark(&format!(
                    "warning: `{}` of `{}` counts for nobody, as it does not tell who is in the group",
                    principal.arn,
                    config.source.name()
                ));
                continue;
            }
            let policies: Vec<_> = principal.policies.iter().collect();
            let policies = files.read(self, config, &policies, Layer::Identity, io);
            let own = held.entry(&principal.arn).or_default();
            own.policies.extend(policies);
            if let Some(boundary) = &principal.boundary {
                let boundary = files.read(self, config, &[boundary], Layer::Boundary, io);
                own.boundary.get_or_insert_default().extend(boundary);
            }
            self.holdings.know_account(principal.account);
        }
        let number = count(held.len(), "principal", "principals");
        for (arn, mut own) in held {
            own.policies.sort();
            own.policies.dedup();
            // Each ARN stands in the map once.
            drop(self.holdings.hold(arn, Held::Whole(own)));
        }
        let name = config.source.name();
        format!("no `--policy` was given; the policies of {number} in `{name}` are taken")
    }

    /// The identity policies that `lint` takes.
    fn defaults(&mut self, configs: &mut Configs, io: &mut Io<'_>) -> Option<String> {
        let errors = io.errors();
        let candidates = default_policies(configs, io).ok()?;
        if candidates.is_empty() {
            // That was told.
            return None;
        }
        let kept = without_excluded(candidates, &Exclusion::default(), configs, io).ok()?;
        let found = self.identity_policies(kept.0, io);
        // A policy that cannot be used may be the one that allows the call, or denies it.
        if io.errors() > errors {
            return None;
        }
        if found.policies.is_empty() {
            self.is_whole = false;
            io.misuse(&NoIdentityPolicy {
                of_others: found.of_others,
            });
            return None;
        }
        let documents = self.holdings.documents().iter();
        let names: Vec<_> = documents.map(|each| format!("`{}`", each.name)).collect();
        let mut note = format!(
            "no `--policy` was given; {} taken as all that the caller has",
            names.join(", ")
        );
        if let Some(rest) = found.passed_over() {
            note += &format!("; {rest}");
        }
        self.holdings.give_everybody(HeldPolicies {
            policies: found.policies,
            boundary: None,
        });
        Some(note)
    }
}

/// Files of a configuration, each read once for a layer.
#[derive(Debug, Default)]
struct PolicyFiles {
    searched: Searched,
    read: BTreeMap<(PathBuf, Layer), Option<DocumentId>>,
}

impl PolicyFiles {
    fn read(
        &mut self,
        reader: &mut Reader,
        config: &Config,
        globs: &[&FileGlob],
        layer: Layer,
        io: &mut Io<'_>,
    ) -> Vec<DocumentId> {
        let mut found = Vec::new();
        for path in configured_files(config, globs, &mut self.searched, io) {
            let key = (path, layer);
            let id = match self.read.get(&key) {
                Some(id) => *id,
                None => {
                    let id = reader.file(&key.0, layer, io);
                    self.read.insert(key, id);
                    id
                }
            };
            found.extend(id);
        }
        found
    }
}
