//! Reads and checks the files of a plan.

use super::{
    plan::{Plan, Target},
    together::{Beside, Companions},
};
use crate::{
    cli::{
        input::{self, is_meant_as_policy, is_stdin},
        io::Io,
    },
    lint::{Checked, Companion, check_beside},
    policy::Policy,
    report::lint::{FileFindings, Summary},
    source::{Finding, Source, load},
};
use rayon::prelude::*;
use std::{path::PathBuf, sync::Mutex};

/// What was found in the files of a plan.
#[derive(Debug, Default)]
pub(in crate::cli) struct Linted {
    /// The policies, with what is wrong with them.
    pub(in crate::cli) files: Vec<FileFindings>,
    /// The number in the plan of each of them.
    pub(super) targets: Vec<usize>,
    /// The policies beside each file of the plan.
    pub(super) companions: Companions,
    /// Files that hold no policy.
    pub(super) passed_over: Vec<PathBuf>,
    /// What was looked at, and what was not; without the findings.
    pub(in crate::cli) summary: Summary,
}

/// A file that was read and checked.
enum One {
    /// It was meant to be a policy.
    Policy {
        /// What was found in it.
        file: Box<FileFindings>,
        /// How many of its actions a template engine was to fill in.
        unfilled: usize,
    },
    /// It was not.
    Other(PathBuf),
}

impl Plan {
    /// Checks all files, on all cores. What cannot be read is reported.
    pub(in crate::cli) fn lint(&self, beside: Beside, io: &mut Io<'_>) -> Linted {
        let stdin = self
            .targets
            .iter()
            .any(|target| is_stdin(&target.candidate.path));
        let stdin = Mutex::new(stdin.then(|| input::policy("-".as_ref(), io)));
        let source_of = |target: &Target| {
            if !is_stdin(&target.candidate.path) {
                return load::policy(&target.candidate.path);
            }
            let taken = stdin.lock().ok().and_then(|mut stdin| stdin.take());
            let source = taken.unwrap_or_else(|| load::policy(&target.candidate.path))?;
            Ok(if target.path == target.candidate.path {
                source
            } else {
                source.renamed(load::display_name(&target.path))
            })
        };
        let read: Vec<_> = self.targets.par_iter().map(source_of).collect();
        let companions = Companions::new(self, &read, beside, io);
        let check = |(index, (target, source)): (usize, (&Target, Result<Source, _>))| {
            source.map(|source| {
                let checked = check_one(target, &source, &companions.of(index));
                One::new(target, source, checked)
            })
        };
        let targets = self.targets.par_iter().zip(read).enumerate();
        let checked: Vec<_> = targets.map(check).collect();
        let mut linted = Linted {
            companions,
            ..Linted::default()
        };
        for (index, one) in checked.into_iter().enumerate() {
            match one {
                Ok(One::Policy { file, unfilled }) => {
                    linted.summary.policies += 1;
                    linted.summary.unfilled += unfilled;
                    linted.files.push(*file);
                    linted.targets.push(index);
                }
                Ok(One::Other(path)) => linted.passed_over.push(path),
                Err(error) => io.error(&error),
            }
        }
        linted.summary.not_policies = linted.passed_over.len();
        linted.summary.excluded = self.excluded;
        linted.summary.unreadable = io.errors();
        linted
    }
}

impl One {
    fn new(target: &Target, source: Source, checked: Checked) -> Self {
        if !is_meant_as_policy(target.candidate.named, &source, &checked) {
            return Self::Other(target.path.clone());
        }
        Self::Policy {
            unfilled: checked.policy.as_ref().map_or(0, unfilled),
            file: Box::new(FileFindings {
                repository_path: source.name().to_owned(),
                source,
                type_of_policy: checked.type_of_policy,
                findings: checked.findings,
            }),
        }
    }
}

/// Checks a file beside each of the sets of policies that count together with it.
pub(super) fn check_one(
    target: &Target,
    source: &Source,
    sets: &[(Option<crate::policy::AccountId>, Vec<&Companion>)],
) -> Checked {
    let check = |(account, companions): &(Option<_>, Vec<&Companion>)| {
        let mut options = target.options.clone();
        options.account = options.account.or(*account);
        check_beside(source, companions, &options)
    };
    let mut checked = sets.iter().map(check);
    let Some(mut first) = checked.next() else {
        return check_beside(source, &[], &target.options);
    };
    for other in checked {
        // A policy of several principals has the findings of each, those in common once.
        for finding in other.findings {
            let same = |known: &Finding| {
                (known.rule, known.span, &known.message)
                    == (finding.rule, finding.span, &finding.message)
            };
            if !first.findings.iter().any(same) {
                first.findings.push(finding);
            }
        }
    }
    let place = |finding: &Finding| (finding.span.start, finding.span.end, finding.rule);
    first.findings.sort_by_key(place);
    first
}

/// How many actions of a policy a template engine was to fill in.
pub(in crate::cli) fn unfilled(policy: &Policy) -> usize {
    let statements = policy.statements.iter();
    let elements = statements.flat_map(|each| [&each.action, &each.not_action]);
    elements
        .flatten()
        .map(|element| element.unfilled.len())
        .sum()
}
