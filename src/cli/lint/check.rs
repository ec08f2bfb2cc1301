//! Reads and checks the files of a plan.

use super::{
    plan::{Plan, Target},
    together::Companions,
};
use crate::{
    cli::{
        input::{self, is_meant_as_policy, is_stdin},
        io::Io,
        repository::Repository,
    },
    lint::{Checked, Companion, Options, Use, check_beside},
    policy::Policy,
    report::lint::{FileFindings, Summary},
    source::{Finding, Source, load},
};
use rayon::prelude::*;
use std::{
    path::{Path, PathBuf},
    sync::Mutex,
};

/// What was found in the files of a plan.
#[derive(Debug, Default)]
pub(in crate::cli) struct Linted {
    /// The policies, with what is wrong with them.
    pub(in crate::cli) files: Vec<FileFindings>,
    /// What came of the entries of the configuration that are for each of them.
    pub(super) uses: Vec<Vec<Use>>,
    /// The number in the plan of each of them.
    pub(super) targets: Vec<usize>,
    /// The policies beside each file of the plan.
    pub(super) companions: Companions,
    /// Files that hold no policy.
    pub(super) passed_over: Vec<PathBuf>,
    /// What was looked at, and what was not; without the findings.
    pub(in crate::cli) summary: Summary,
}

impl Linted {
    /// The policies, each with what it was linted with.
    pub(in crate::cli) fn with_options<'a>(
        &'a self,
        plan: &'a Plan,
    ) -> impl Iterator<Item = (&'a FileFindings, &'a Options)> {
        let pairs = self.files.iter().zip(&self.targets);
        pairs.filter_map(|(file, target)| Some((file, &plan.targets.get(*target)?.options)))
    }
}

/// A file that was read and checked.
enum One {
    /// It was meant to be a policy.
    Policy {
        /// What was found in it.
        file: Box<FileFindings>,
        /// How many of its actions a template engine was to fill in.
        unfilled: usize,
        /// How many findings are accepted in it.
        suppressed: usize,
        /// What came of the entries of the configuration that are for it.
        uses: Vec<Use>,
    },
    /// It was not.
    Other(PathBuf),
}

impl Plan {
    /// Checks all files, on all cores. What cannot be read is reported.
    pub(in crate::cli) fn lint(&self, io: &mut Io<'_>) -> Linted {
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
        let companions = Companions::new(self, &read, self.beside, io);
        let check = |(index, (target, source)): (usize, (&Target, Result<Source, _>))| {
            source.map(|source| {
                let checked = check_one(target, &source, &companions.of(index));
                One::new(target, source, checked)
            })
        };
        let targets = self.targets.par_iter().zip(read).enumerate();
        let checked: Vec<_> = targets.map(check).collect();
        let workspace = io.environment().workspace.clone();
        let mut repository = Repository::new(workspace.as_deref());
        let mut linted = Linted {
            companions,
            ..Linted::default()
        };
        for (index, one) in checked.into_iter().enumerate() {
            match one {
                Ok(One::Policy {
                    mut file,
                    unfilled,
                    suppressed,
                    uses,
                }) => {
                    linted.summary.suppressed += suppressed;
                    linted.uses.push(uses);
                    let path = Path::new(file.source.name());
                    if file.source.name() != input::STDIN {
                        file.repository_path = repository.path_of(path);
                    }
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
        linted.summary.excluded = self.excluded.len();
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
            suppressed: checked.suppressed.len(),
            uses: checked.uses,
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
        for suppressed in other.suppressed {
            if !first.suppressed.contains(&suppressed) {
                first.suppressed.push(suppressed);
            }
        }
        for (known, came_to) in first.uses.iter_mut().zip(other.uses) {
            *known = came_to.max(*known);
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
