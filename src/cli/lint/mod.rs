//! `iamsim lint`: `plan.rs` finds what is linted and with which settings, `check.rs` does it,
//! `together.rs` finds the policies that count together.

mod check;
mod fixing;
mod outputs;
mod plan;
mod repository;
mod suppression;
mod together;

pub(super) use check::{Linted, unfilled};
pub(super) use outputs::OutputFile;
pub(super) use plan::Plan;
pub(super) use repository::Repository;

use super::{
    args::LintArguments,
    baseline::KnownFindings,
    config::FailOn,
    config_command::show_settings,
    io::{Exit, Io, Outcome, Unwritable},
};
use crate::{
    report::lint::{FileFindings, LintFormat, statistics},
    source::{Level, Safety, escape::printable, load::display_name},
};

pub(super) fn run(arguments: &LintArguments, io: &mut Io<'_>) -> Outcome {
    let Ok(plan) = Plan::new(&arguments.check, io) else {
        return Ok(Exit::Failed);
    };
    if arguments.show.show_config {
        return show_config(&plan, io);
    }
    if arguments.show.show_files {
        return show_files(&plan.lint(io), io);
    }
    let Ok(baseline) = KnownFindings::of_lint(arguments, plan.config(), io) else {
        return Ok(Exit::Failed);
    };
    let targets = plan.targets.iter();
    let read = targets.map(|target| target.candidate.path.as_path());
    let read: Vec<_> = read
        .chain(baseline.as_ref().map(KnownFindings::path))
        .collect();
    if !outputs::are_apart(&arguments.output, &read, io) {
        return Ok(Exit::Failed);
    }
    let mut linted = plan.lint(io);
    let up_to = if arguments.fixes.unsafe_fixes {
        Safety::Unsafe
    } else {
        Safety::Safe
    };
    if arguments.fixes.diff {
        return fixing::show(&plan, &linted, up_to, io);
    }
    if arguments.fixes.fix {
        fixing::take(&plan, &mut linted, up_to, io)?;
    }
    let of_entries = plan.findings_of_entries(&linted);
    linted.files.extend(of_entries);
    if let Some(baseline) = &baseline {
        baseline.leave_out(&plan, &mut linted, io);
    }
    report(arguments, &linted, io)?;
    let exit = exit(arguments, &plan, &linted.files);
    // The process ends soon, and to free thousands of findings takes longer than to leave them.
    std::mem::forget(linted);
    Ok(exit)
}

/// Writes what was found wherever it is wanted.
fn report(arguments: &LintArguments, linted: &Linted, io: &mut Io<'_>) -> Result<(), Unwritable> {
    let files = &linted.files;
    let mut summary = linted.summary.clone().with_findings(files);
    summary.show_types = arguments.show.show_types;
    let format = match arguments.format.get() {
        Some(format) => format,
        None if io.environment().is_github_actions => LintFormat::Github,
        None => LintFormat::Full,
    };
    outputs::write(format, &arguments.output, files, &summary, io)?;
    if arguments.statistics && matches!(format, LintFormat::Full | LintFormat::Concise) {
        io.write(&statistics(files))?;
    }
    // The others say it themselves.
    let has_summary = [
        LintFormat::Full,
        LintFormat::Json,
        LintFormat::Github,
        LintFormat::Markdown,
    ];
    if !has_summary.contains(&format) {
        io.remark(&summary.text());
    }
    Ok(())
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
