//! `iamsim lint`: `plan.rs` finds what is linted and with which settings, `check.rs` does it,
//! `together.rs` finds the policies that count together.

mod check;
mod fixing;
mod outputs;
mod plan;
mod suppression;
mod together;

pub(super) use check::{Linted, unfilled};
pub(super) use outputs::{OutputFile, OverInput, OverOwn, Twice, is_of_the_user};
pub(super) use plan::Plan;

use super::{
    args::LintArguments,
    baseline::KnownFindings,
    config::FailOn,
    config_command::show_settings,
    io::{Exit, Io, Outcome, Unwritable},
    repository::Repository,
};
use crate::{
    report::lint::{FileFindings, LintFormat, statistics},
    source::{Level, Safety, escape::printable, load::display_name},
};

pub(super) fn run(arguments: &LintArguments, io: &mut Io<'_>) -> Outcome {
    let Ok(mut plan) = Plan::new(&arguments.check, io) else {
        return Ok(Exit::Failed);
    };
    if arguments.show.show_config {
        return show_config(&plan, io);
    }
    if arguments.show.show_files {
        return show_files(&plan, io);
    }
    let Ok(baseline) = KnownFindings::of_lint(arguments, plan.config(), io) else {
        return Ok(Exit::Failed);
    };
    plan.leave_out_reports(&arguments.output);
    let read = plan.files_read(baseline.as_ref().map(KnownFindings::path));
    if !outputs::are_apart(&arguments.output, &read, io) {
        return Ok(Exit::Failed);
    }
    let mut linted = plan.lint(io);
    let up_to = if arguments.fixes.unsafe_fixes {
        Safety::Unsafe
    } else {
        Safety::Safe
    };
    let mut changed = 0;
    if arguments.fixes.diff {
        changed = fixing::show(&plan, &mut linted, up_to, io)?;
    } else if arguments.fixes.fix {
        fixing::take(&plan, &mut linted, up_to, io)?;
    }
    let mut repository = Repository::new(io.environment().workspace.as_deref());
    let of_entries = plan.findings_of_entries(&linted, &mut repository);
    linted.files.extend(of_entries);
    if let Some(baseline) = &baseline {
        baseline.leave_out(&plan, &mut linted, io);
    }
    let exit = exit(arguments, &plan, &linted.files, changed);
    if arguments.fixes.diff {
        fixing::tell_left(&linted.files, io);
    } else {
        report(arguments, &linted, exit, io)?;
    }
    // The process ends soon, and to free thousands of findings takes longer than to leave them.
    std::mem::forget(linted);
    Ok(exit)
}

/// Writes what was found wherever it is wanted.
fn report(
    arguments: &LintArguments,
    linted: &Linted,
    exit: Exit,
    io: &mut Io<'_>,
) -> Result<(), Unwritable> {
    let files = &linted.files;
    let mut summary = linted.summary.clone().with_findings(files);
    summary.show_types = arguments.show.show_types;
    let format = match arguments.format.get() {
        Some(format) => format,
        None if io.environment().is_github_actions => LintFormat::Github,
        None => LintFormat::Full,
    };
    outputs::write(format, &arguments.output, files, &summary, exit, io)?;
    if arguments.statistics {
        let statistics = statistics(files);
        if matches!(format, LintFormat::Full | LintFormat::Concise) {
            io.write(&statistics)?;
        } else {
            statistics.lines().for_each(|line| io.remark(line));
        }
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

/// What findings, and files that fixes would change, make the process end with.
fn exit(arguments: &LintArguments, plan: &Plan, files: &[FileFindings], changed: usize) -> Exit {
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
    if changed > 0 || findings.any(|finding| finding.severity.level() >= least) {
        Exit::Found
    } else {
        Exit::Clean
    }
}

/// Lists the files that are linted, then those that are passed over or left out.
fn show_files(plan: &Plan, io: &mut Io<'_>) -> Outcome {
    let linted = plan.lint(io);
    for file in &linted.files {
        io.write(&format!("{}\n", printable(file.source.name())))?;
    }
    let passed_over = linted
        .passed_over
        .iter()
        .map(|path| (path, "passed over, no policy"));
    let left_out = plan
        .excluded
        .iter()
        .map(|path| (path, "left out, excluded"));
    for (path, why) in passed_over.chain(left_out) {
        let path = display_name(path);
        io.write(&format!("{}: {why}\n", printable(&path)))?;
    }
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
