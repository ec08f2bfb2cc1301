//! `iamsim lint`: `plan.rs` finds what is linted and with which settings, `check.rs` does it,
//! `together.rs` finds the policies that count together.

mod check;
mod fixing;
mod outputs;
mod plan;
mod repository;
mod together;

pub(super) use check::{Linted, unfilled};
pub(super) use outputs::OutputFile;
pub(super) use plan::Plan;
pub(super) use together::Beside;

use super::{
    args::LintArguments,
    config::FailOn,
    config_command::show_settings,
    io::{Exit, Io, Outcome},
};
use crate::{
    report::lint::{FileFindings, LintFormat, statistics},
    source::{Level, Safety, escape::printable, load::display_name},
};
use repository::Repository;
use std::path::Path;

pub(super) fn run(arguments: &LintArguments, io: &mut Io<'_>) -> Outcome {
    let Ok(plan) = Plan::new(&arguments.check, io) else {
        return Ok(Exit::Failed);
    };
    let inputs: Vec<_> = plan
        .targets
        .iter()
        .map(|target| &*target.candidate.path)
        .collect();
    if !outputs::are_apart(&arguments.output, &inputs, io) {
        return Ok(Exit::Failed);
    }
    if arguments.show_config {
        return show_config(&plan, io);
    }
    let beside = if arguments.check.together {
        Beside::All
    } else {
        Beside::Configured
    };
    let mut linted = plan.lint(beside, io);
    if arguments.show_files {
        return show_files(&linted, io);
    }
    let up_to = if arguments.unsafe_fixes {
        Safety::Unsafe
    } else {
        Safety::Safe
    };
    if arguments.diff {
        return fixing::show(&plan, &linted, up_to, io);
    }
    if arguments.fix {
        fixing::take(&plan, &mut linted, up_to, io)?;
    }
    let Linted {
        mut files, summary, ..
    } = linted;
    let workspace = io.environment().workspace.clone();
    let mut repository = Repository::new(workspace.as_deref());
    for file in &mut files {
        file.repository_path = repository.path_of(Path::new(file.source.name()));
    }
    let mut summary = summary.with_findings(&files);
    summary.show_types = arguments.show_types;
    let format = match arguments.format.get() {
        Some(format) => format,
        None if io.environment().is_github_actions => LintFormat::Github,
        None => LintFormat::Full,
    };
    outputs::write(format, &arguments.output, &files, &summary, io)?;
    if arguments.statistics && matches!(format, LintFormat::Full | LintFormat::Concise) {
        io.write(&statistics(&files))?;
    }
    if !matches!(
        format,
        LintFormat::Full | LintFormat::Json | LintFormat::Github
    ) {
        io.remark(&summary.text());
    }
    let exit = exit(arguments, &plan, &files);
    // The process ends soon, and to free thousands of findings takes longer than to leave them.
    std::mem::forget(files);
    Ok(exit)
}

/// What findings make the process end with.
fn exit(arguments: &LintArguments, plan: &Plan, files: &[FileFindings]) -> Exit {
    let configured = || plan.config.as_ref()?.settings.fail_on;
    let fail_on = arguments.fail_on.or_else(configured);
    let least = match fail_on.unwrap_or(FailOn::Note) {
        _ if arguments.exit_zero => return Exit::Clean,
        FailOn::Never => return Exit::Clean,
        FailOn::Error => Level::Error,
        FailOn::Warning => Level::Warning,
        FailOn::Note => Level::Note,
    };
    let mut findings = files.iter().flat_map(|file| &file.findings);
    if findings.any(|finding| finding.severity.level() >= least) {
        Exit::Found
    } else {
        Exit::Clean
    }
}

/// Lists the files that are linted, then those that are passed over.
fn show_files(linted: &Linted, io: &mut Io<'_>) -> Outcome {
    for file in &linted.files {
        io.write(&format!("{}\n", printable(file.source.name())))?;
    }
    for path in &linted.passed_over {
        let path = display_name(path);
        io.write(&format!("{}: passed over, no policy\n", printable(&path)))?;
    }
    io.remark(&linted.summary.text());
    Ok(Exit::Clean)
}

/// Prints the settings of each file.
fn show_config(plan: &Plan, io: &mut Io<'_>) -> Outcome {
    for target in &plan.targets {
        let text = show_settings(&target.path, target.config.as_deref(), &target.options);
        io.write(&(text + "\n"))?;
    }
    Ok(Exit::Clean)
}
