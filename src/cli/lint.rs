//! `iamsim lint`

use super::{
    args::LintArguments,
    config::Config,
    discover::{Candidate, Named, Wanted, default_policies, files},
    input::{self, StdinTwice, is_meant_as_policy, is_stdin, reads_stdin_once},
    io::{Exit, Io, Outcome},
    suppression::{Coverage, Tally, suppressions},
};
use crate::{
    lint::{Checked, Companion, Options, Selection, Use, check_beside},
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
    if !reads_stdin_once(&[&arguments.paths]) {
        io.misuse(&StdinTwice);
        return Ok(Exit::Failed);
    }
    let Ok(config) = Config::found(io) else {
        return Ok(Exit::Failed);
    };
    let candidates = if arguments.paths.is_empty() {
        default_policies(config.as_ref(), io)
    } else {
        files(&arguments.paths, Wanted::Policies, io)
    };
    let today = io.today();
    let everywhere = Options {
        selection: Selection {
            select: (!arguments.select.is_empty()).then(|| arguments.select.clone()),
            extend_select: arguments.extend_select.clone(),
            ignore: arguments.ignore.clone(),
        },
        account: arguments.account,
        inline_in: arguments.inline_in.map(Into::into),
        today,
        ..Options::default()
    };
    let options = |candidate: &Candidate| Options {
        policy_type: arguments
            .policy_type
            .or_else(|| config.as_ref()?.policy_type(&candidate.path)),
        suppressions: suppressions(config.as_ref(), &candidate.path),
        ..everywhere.clone()
    };
    if arguments.together && candidates.len() > MOST_TOGETHER {
        io.misuse(&TooManyTogether {
            count: candidates.len(),
        });
        return Ok(Exit::Failed);
    }
    let checked = if arguments.together {
        check_together(&candidates, options, io)
    } else {
        check_each(&candidates, options, io)
    };
    let mut files = Vec::new();
    let mut summary = Summary::default();
    let mut tally = Tally::new(config.as_ref());
    for (candidate, linted) in candidates.iter().zip(checked) {
        match linted {
            Ok(Linted::Policy {
                file,
                unfilled,
                suppressed,
                uses,
            }) => {
                summary.policies += 1;
                summary.unfilled += unfilled;
                summary.suppressed += suppressed;
                tally.add(&candidate.path, &uses);
                files.push(*file);
            }
            Ok(Linted::Other) => summary.not_policies += 1,
            Err(error) => io.error(&error),
        }
    }
    let coverage = if arguments.paths.is_empty() && io.errors() == 0 {
        Coverage::Whole
    } else {
        Coverage::Part
    };
    files.extend(tally.findings(coverage, &everywhere));
    summary.unreadable = io.errors();
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

/// A file that was read and checked.
enum Linted {
    /// It was meant to be a policy.
    Policy {
        /// What was found in it.
        file: Box<FileFindings>,
        /// How many of its actions a template engine was to fill in.
        unfilled: usize,
        /// How many findings are accepted in it.
        suppressed: usize,
        /// What came of the entries that are for it.
        uses: Vec<Use>,
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
