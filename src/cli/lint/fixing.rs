//! `--fix` and `--diff`.

use super::{
    check::{Linted, check_one},
    plan::{Plan, Target},
    repository::Repository,
};
use crate::{
    cli::{
        input::is_stdin,
        io::{Exit, Io, Outcome, Unwritable},
        replace::replace,
    },
    lint::{Fixed, fix},
    report::{count, diff::diff},
    source::{Safety, Source},
};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// A file that fixes change.
struct Change<'p> {
    /// Its number among the files that were linted, and its place in the plan.
    file: usize,
    index: usize,
    target: &'p Target,
    fixed: Fixed,
}

/// The files that fixes change, with what becomes of them.
fn changes<'p>(plan: &'p Plan, linted: &Linted, up_to: Safety) -> Vec<Change<'p>> {
    let files: Vec<_> = linted
        .files
        .iter()
        .zip(&linted.targets)
        .enumerate()
        .collect();
    let change =
        |(file, (findings, index)): (usize, (&crate::report::lint::FileFindings, &usize))| {
            let mut possible = findings
                .findings
                .iter()
                .filter_map(|finding| finding.fix.as_ref());
            if !possible.any(|fix| fix.safety <= up_to) {
                return None;
            }
            let target = plan.targets.get(*index)?;
            let mut options = target.options.clone();
            let sets = linted.companions.of(*index);
            let companions = match sets.first() {
                Some((account, companions)) => {
                    options.account = options.account.or(*account);
                    companions.as_slice()
                }
                None => &[],
            };
            let fixed = fix(&findings.source, companions, &options, up_to, &|_| true);
            (!fixed.applied.is_empty()).then_some(Change {
                file,
                index: *index,
                target,
                fixed,
            })
        };
    files.into_par_iter().filter_map(change).collect()
}

/// Takes fixes: the files change, and so does what is found in them. Standard input goes to standard
/// output, fixed.
pub(super) fn take(
    plan: &Plan,
    linted: &mut Linted,
    up_to: Safety,
    io: &mut Io<'_>,
) -> Result<(), Unwritable> {
    let changes = changes(plan, linted, up_to);
    let mut to_stdout = linted
        .files
        .iter()
        .zip(&linted.targets)
        .find(|(_, index)| plan.targets.get(**index).is_some_and(is_from_stdin))
        .map(|(file, _)| file.source.text().to_owned());
    for change in changes {
        let Some(file) = linted.files.get_mut(change.file) else {
            continue;
        };
        let before = file.source.text().as_bytes();
        if is_from_stdin(change.target) {
            to_stdout = Some(change.fixed.text.clone());
        } else if let Err(error) = replace(
            &change.target.candidate.path,
            before,
            change.fixed.text.as_bytes(),
        ) {
            io.error(&error);
            continue;
        }
        let source = Source::new(file.source.name(), change.fixed.text.into_bytes());
        let checked = check_one(change.target, &source, &linted.companions.of(change.index));
        file.findings = checked.findings;
        file.source = source;
        linted.summary.fixed += change.fixed.applied.len();
    }
    linted.summary.unreadable = io.errors();
    if let Some(text) = to_stdout {
        io.write_bare(&text)?;
        io.report_to_stderr();
    }
    Ok(())
}

fn is_from_stdin(target: &Target) -> bool {
    is_stdin(&target.candidate.path)
}

/// Shows what fixes would change; ends with 1 where they would change something, or findings would be
/// left.
pub(super) fn show(plan: &Plan, linted: &Linted, up_to: Safety, io: &mut Io<'_>) -> Outcome {
    let changes = changes(plan, linted, up_to);
    let workspace = io.environment().workspace.clone();
    let mut repository = Repository::new(workspace.as_deref());
    let mut fixes = 0;
    for change in &changes {
        let Some(file) = linted.files.get(change.file) else {
            continue;
        };
        let path = repository.path_of(&change.target.path);
        let text = diff(&path, file.source.text(), &change.fixed.text, io.colour());
        io.write(&text)?;
        fixes += change.fixed.applied.len();
    }
    let touched: BTreeSet<_> = changes.iter().map(|change| change.file).collect();
    let unchanged = linted.files.iter().enumerate();
    let unchanged = unchanged.filter(|(file, _)| !touched.contains(file));
    let left = unchanged
        .map(|(_, file)| file.findings.len())
        .sum::<usize>()
        + changes
            .iter()
            .map(|change| change.fixed.after.findings.len())
            .sum::<usize>();
    io.remark(&format!(
        "{} would be taken in {}, {} left",
        count(fixes, "fix", "fixes"),
        count(changes.len(), "file", "files"),
        count(left, "finding would be", "findings would be")
    ));
    Ok(if fixes + left > 0 {
        Exit::Found
    } else {
        Exit::Clean
    })
}
