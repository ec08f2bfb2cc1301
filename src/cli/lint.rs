//! `iamsim lint`

use super::{
    args::LintArguments,
    discover::{Candidate, Wanted, default_policies, files},
    input::{self, StdinTwice, is_meant_as_policy, reads_stdin_once},
    io::{Exit, Io, Outcome},
};
use crate::{
    lint::{Options, check},
    policy::Policy,
    report::{
        Format,
        lint::{FileFindings, Summary, render},
    },
};

pub(super) fn run(arguments: &LintArguments, io: &mut Io<'_>) -> Outcome {
    if !reads_stdin_once(&[&arguments.paths]) {
        io.misuse(&StdinTwice);
        return Ok(Exit::Failed);
    }
    let candidates = if arguments.paths.is_empty() {
        match default_policies(io) {
            Some(candidates) => candidates,
            None => return Ok(Exit::Failed),
        }
    } else {
        files(&arguments.paths, Wanted::Policies, io)
    };
    let mut files = Vec::new();
    let mut summary = Summary::default();
    for Candidate { path, named } in candidates {
        let source = match input::policy(&path, io) {
            Ok(source) => source,
            Err(error) => {
                io.error(&error);
                continue;
            }
        };
        let checked = check(&source, &Options::default());
        if !is_meant_as_policy(named, &source, &checked) {
            summary.not_policies += 1;
            continue;
        }
        summary.policies += 1;
        summary.unfilled += checked.policy.as_ref().map_or(0, unfilled);
        files.push(FileFindings {
            source,
            findings: checked.findings,
        });
    }
    summary.unreadable = io.errors();
    let summary = summary.with_findings(&files);
    let format = arguments.format.get();
    io.write(&render(format, &files, &summary, &io.painter()))?;
    if matches!(format, Format::Concise | Format::Jsonl) {
        io.remark(&summary.text());
    }
    let found = files.iter().any(|file| !file.findings.is_empty());
    Ok(if found { Exit::Found } else { Exit::Clean })
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
