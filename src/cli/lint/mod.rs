//! `iamsim lint`: `plan.rs` finds what is linted and with which settings, `check.rs` does it,
//! `together.rs` finds the policies that count together.

mod check;
mod plan;
mod together;

pub(super) use check::{Linted, unfilled};
pub(super) use plan::Plan;
pub(super) use together::Beside;

use super::{
    args::LintArguments,
    config::FailOn,
    config_command::show_settings,
    io::{Exit, Io, Outcome},
};
use crate::{
    report::{
        Format,
        lint::{FileFindings, render, statistics},
    },
    source::{Level, escape::printable, load::display_name},
};

pub(super) fn run(arguments: &LintArguments, io: &mut Io<'_>) -> Outcome {
    let Ok(plan) = Plan::new(&arguments.check, io) else {
        return Ok(Exit::Failed);
    };
    if arguments.show_config {
        return show_config(&plan, io);
    }
    let beside = if arguments.check.together {
        Beside::All
    } else {
        Beside::Configured
    };
    let linted = plan.lint(beside, io);
    if arguments.show_files {
        return show_files(&linted, io);
    }
    let Linted { files, summary, .. } = linted;
    let mut summary = summary.with_findings(&files);
    summary.show_types = arguments.show_types;
    let format = arguments.format.get();
    io.write(&render(format, &files, &summary, &io.painter()))?;
    let for_people = matches!(format, Format::Full | Format::Concise);
    if arguments.statistics && for_people {
        io.write(&statistics(&files))?;
    }
    if matches!(format, Format::Concise | Format::Jsonl) {
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
