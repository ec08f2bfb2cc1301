//! `iamsim lint`

use super::{
    args::LintArguments,
    config::Config,
    discover::{Candidate, Named, Wanted, default_policies, files},
    input::{self, StdinTwice, is_meant_as_policy, is_stdin, reads_stdin_once},
    io::{Exit, Io, Outcome},
};
use crate::{
    lint::{Checked, Companion, Options, check_beside},
    policy::Policy,
    report::{
        Format,
        lint::{FileFindings, Summary, render},
    },
    source::{
        Source,
        load::{self, LoadError},
    },
};
use rayon::prelude::*;

pub(super) fn run(arguments: &LintArguments, io: &mut Io<'_>) -> Outcome {
    if !reads_stdin_once(&[&arguments.paths]) {
        io.misuse(&StdinTwice);
        return Ok(Exit::Failed);
    }
    let Some(config) = Config::found(io) else {
        return Ok(Exit::Failed);
    };
    let candidates = if arguments.paths.is_empty() {
        default_policies(config.as_ref(), io)
    } else {
        files(&arguments.paths, Wanted::Policies, io)
    };
    let options = |candidate: &Candidate| Options {
        policy_type: arguments
            .policy_type
            .or_else(|| config.as_ref()?.policy_type(&candidate.path)),
        extend_select: arguments.extend_select.clone(),
        account: arguments.account.clone(),
        inline_in: arguments.inline_in.map(Into::into),
    };
    let checked = if arguments.together {
        check_together(&candidates, options, io)
    } else {
        check_each(&candidates, options, io)
    };
    let mut files = Vec::new();
    let mut summary = Summary::default();
    for (named, checked) in checked {
        let (source, checked) = match checked {
            Ok(checked) => checked,
            Err(error) => {
                io.error(&error);
                continue;
            }
        };
        if !is_meant_as_policy(named, &source, &checked) {
            summary.not_policies += 1;
            continue;
        }
        summary.policies += 1;
        summary.unfilled += checked.policy.as_ref().map_or(0, unfilled);
        files.push(FileFindings {
            source,
            type_of_policy: checked.type_of_policy,
            findings: checked.findings,
        });
    }
    summary.unreadable = io.errors();
    summary.show_types = arguments.show_types;
    let summary = summary.with_findings(&files);
    let format = arguments.format.get();
    io.write(&render(format, &files, &summary, &io.painter()))?;
    if matches!(format, Format::Concise | Format::Jsonl) {
        io.remark(&summary.text());
    }
    let found = files.iter().any(|file| !file.findings.is_empty());
    Ok(if found { Exit::Found } else { Exit::Clean })
}

/// A file that was read and checked, or why it could not be.
type Result<T> = std::result::Result<T, LoadError>;

/// Reads and checks each file by itself, on all cores.
fn check_each(
    candidates: &[Candidate],
    options: impl Fn(&Candidate) -> Options + Sync,
    io: &mut Io<'_>,
) -> Vec<(Named, Result<(Source, Checked)>)> {
    let stdin = candidates.iter().any(|candidate| is_stdin(&candidate.path));
    let stdin = stdin.then(|| input::policy("-".as_ref(), io));
    let stdin = std::sync::Mutex::new(stdin);
    let check = |candidate: &Candidate| {
        let source = if is_stdin(&candidate.path) {
            stdin.lock().ok().and_then(|mut stdin| stdin.take())
        } else {
            None
        };
        let source = source.unwrap_or_else(|| load::policy(&candidate.path));
        let checked = source.map(|source| {
            let checked = check_beside(&source, &[], &options(candidate));
            (source, checked)
        });
        (candidate.named, checked)
    };
    candidates.par_iter().map(check).collect()
}

/// Reads all files, and checks each beside the others.
fn check_together(
    candidates: &[Candidate],
    options: impl Fn(&Candidate) -> Options,
    io: &mut Io<'_>,
) -> Vec<(Named, Result<(Source, Checked)>)> {
    let read: Vec<_> = candidates
        .iter()
        .map(|candidate| (candidate, input::policy(&candidate.path, io)))
        .collect();
    let companions: Vec<_> = read
        .iter()
        .map(|(candidate, source)| Companion::read(source.as_ref().ok()?, &options(candidate)))
        .collect();
    let mut checked = Vec::new();
    for (index, (candidate, source)) in read.into_iter().enumerate() {
        let others: Vec<_> = companions
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index)
            .filter_map(|(_, companion)| companion.clone())
            .collect();
        let result = source.map(|source| {
            let checked = check_beside(&source, &others, &options(candidate));
            (source, checked)
        });
        checked.push((candidate.named, result));
    }
    checked
}

/// How many actions of a policy a template engine was to fill in.
pub(super) fn unfilled(policy: &Policy) -> usize {
    let statements = policy.statements.iter();
    let elements = statements.flat_map(|each| [&each.action, &each.not_action]);
    elements
        .flatten()
        .map(|element| element.unfilled.len())
        .sum()
}
