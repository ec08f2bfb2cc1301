//! `iamsim lint`

use super::{
    args::LintArguments,
    discover::{Candidate, Named, POLICY_EXTENSIONS, default_policies, files, none_found},
    input::{self, StdinTwice, reads_stdin_once},
    io::{Exit, Io, Outcome},
};
use crate::{
    lint::check,
    report::lint::{FileFindings, Summary, render},
    source::Source,
};

pub(super) fn run(arguments: &LintArguments, io: &mut Io<'_>) -> Outcome {
    if !reads_stdin_once(&[&arguments.paths]) {
        io.error(&StdinTwice)?;
        return Ok(Exit::Failed);
    }
    let candidates = if arguments.paths.is_empty() {
        match default_policies(io)? {
            Some(candidates) => candidates,
            None => return Ok(Exit::Failed),
        }
    } else {
        let found = files(&arguments.paths, POLICY_EXTENSIONS, io)?;
        if found.is_empty() {
            let places: Vec<_> = arguments
                .paths
                .iter()
                .map(|path| format!("`{}`", path.display()))
                .collect();
            let help = "name files, or folders that hold policies as `.json`";
            none_found("policy files", places.join(", "), help, io)?;
        }
        found
    };
    let mut files = Vec::new();
    let mut summary = Summary::default();
    for Candidate { path, named } in candidates {
        let source = match input::policy(&path, io) {
            Ok(source) => source,
            Err(error) => {
                summary.unreadable += 1;
                io.error(&error)?;
                continue;
            }
        };
        let checked = check(&source);
        if named == Named::InFolder && !checked.looks_like_policy && !mentions_statement(&source) {
            summary.not_policies += 1;
            continue;
        }
        summary.policies += 1;
        files.push(FileFindings {
            source,
            findings: checked.findings,
        });
    }
    let summary = summary.with_findings(&files);
    let report = render(arguments.format.get(), &files, &summary, &io.painter());
    io.write(&report)?;
    let found = files.iter().any(|file| !file.findings.is_empty());
    Ok(if found { Exit::Found } else { Exit::Clean })
}

/// Whether a file that cannot be read as JSON was most likely meant to be a policy.
fn mentions_statement(source: &Source) -> bool {
    source.text().contains("Statement") && source.text().contains("Effect")
}
