//! `iamsim lint`

use super::{
    args::{LintArguments, LintScope},
    baseline::{self, KnownFindings},
    config::{Config, Reported},
    discover::{Candidate, Named, Wanted, default_policies, files},
    input::{self, StdinTwice, is_meant_as_policy, is_stdin, reads_stdin_once},
    io::{Exit, Io, Outcome},
};
use crate::{
    lint::{Checked, Companion, Options, Selection, check_beside},
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
use miette::Diagnostic;
use rayon::prelude::*;

/// How many policies one principal may have at most: more than AWS lets anyone attach, those of the
/// organisation counted in.
const MOST_TOGETHER: usize = 100;

/// More files than one principal has policies.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{count} files are given, and no principal has as many policies")]
#[diagnostic(help(
    "give with `--together` the policies of one principal, at most {MOST_TOGETHER}"
))]
struct TooManyTogether {
    count: usize,
}

pub(super) fn run(arguments: &LintArguments, io: &mut Io<'_>) -> Outcome {
    let Ok(config) = Config::found(io) else {
        return Ok(Exit::Failed);
    };
    let baseline = match baseline::of_lint(arguments, config.as_ref()) {
        Some(path) => match KnownFindings::read(path, io) {
            Ok(known) => Some(known),
            Err(Reported) => return Ok(Exit::Failed),
        },
        None => None,
    };
    let Ok(mut linted) = lint(&arguments.scope, config.as_ref(), io) else {
        return Ok(Exit::Failed);
    };
    if let Some(baseline) = &baseline {
        baseline.leave_out(&mut linted, io);
    }
    let LintedFiles {
        files, mut summary, ..
    } = linted;
    summary.show_types = arguments.show_types;
    let summary = summary.with_findings(&files);
    let format = arguments.format.get();
    io.write(&render(format, &files, &summary, &io.painter()))?;
    if matches!(format, Format::Concise | Format::Jsonl) {
        io.remark(&summary.text());
    }
    let found = files.iter().any(|file| !file.findings.is_empty());
    // The process ends soon, and to free thousands of findings takes longer than to leave them.
    std::mem::forget(files);
    Ok(if found { Exit::Found } else { Exit::Clean })
}

/// What came of linting.
pub(super) struct LintedFiles {
    /// The files that were meant to be policies.
    pub(super) files: Vec<FileFindings>,
    /// What was looked at; its findings are not counted yet.
    pub(super) summary: Summary,
    /// The rules that ran.
    pub(super) selection: Selection,
}

/// Lints the files that are meant. What cannot be read is reported and passed over.
pub(super) fn lint(
    scope: &LintScope,
    config: Option<&Config>,
    io: &mut Io<'_>,
) -> Result<LintedFiles, Reported> {
    if !reads_stdin_once(&[&scope.paths]) {
        io.misuse(&StdinTwice);
        return Err(Reported);
    }
    let candidates = if scope.paths.is_empty() {
        default_policies(config, io)
    } else {
        files(&scope.paths, Wanted::Policies, io)
    };
    let selection = Selection {
        select: (!scope.select.is_empty()).then(|| scope.select.clone()),
        extend_select: scope.extend_select.clone(),
        ignore: scope.ignore.clone(),
    };
    let today = io.today();
    let options = |candidate: &Candidate| Options {
        policy_type: scope
            .policy_type
            .or_else(|| config?.policy_type(&candidate.path)),
        selection: selection.clone(),
        account: scope.account,
        inline_in: scope.inline_in.map(Into::into),
        today,
        ..Options::default()
    };
    if scope.together && candidates.len() > MOST_TOGETHER {
        io.misuse(&TooManyTogether {
            count: candidates.len(),
        });
        return Err(Reported);
    }
    let checked = if scope.together {
        check_together(&candidates, options, io)
    } else {
        check_each(&candidates, options, io)
    };
    let mut files = Vec::new();
    let mut summary = Summary::default();
    for linted in checked {
        match linted {
            Ok(Linted::Policy { file, unfilled }) => {
                summary.policies += 1;
                summary.unfilled += unfilled;
                files.push(*file);
            }
            Ok(Linted::Other) => summary.not_policies += 1,
            Err(error) => io.error(&error),
        }
    }
    summary.unreadable = io.errors();
    Ok(LintedFiles {
        files,
        summary,
        selection,
    })
}

/// A file that was read and checked.
enum Linted {
    /// It was meant to be a policy.
    Policy {
        /// What was found in it.
        file: Box<FileFindings>,
        /// How many of its actions a template engine was to fill in.
        unfilled: usize,
    },
    /// It was not.
    Other,
}

impl Linted {
    fn new(named: Named, source: Source, checked: Checked) -> Self {
        if !is_meant_as_policy(named, &source, &checked) {
            return Self::Other;
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

/// Reads and checks each file by itself, on all cores.
fn check_each(
    candidates: &[Candidate],
    options: impl Fn(&Candidate) -> Options + Sync,
    io: &mut Io<'_>,
) -> Vec<Result<Linted, LoadError>> {
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
        source.map(|source| {
            let checked = check_beside(&source, &[], &options(candidate));
            Linted::new(candidate.named, source, checked)
        })
    };
    candidates.par_iter().map(check).collect()
}

/// Reads all files, and checks each beside the others.
fn check_together(
    candidates: &[Candidate],
    options: impl Fn(&Candidate) -> Options,
    io: &mut Io<'_>,
) -> Vec<Result<Linted, LoadError>> {
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
            .filter_map(|(_, companion)| companion.as_ref())
            .collect();
        checked.push(source.map(|source| {
            let checked = check_beside(&source, &others, &options(candidate));
            Linted::new(candidate.named, source, checked)
        }));
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
