//! `--fix` and `--diff`.

use super::{
    check::{Linted, check_one},
    plan::{Plan, Target},
};
use crate::{
    cli::{
        input::is_stdin,
        io::{Io, Unwritable},
        replace::replace,
        repository::Repository,
    },
    lint::{Fixed, fix},
    report::{count, diff::diff, lint::FileFindings},
    source::{Safety, Source, escape::is_unprintable, load::display_name},
};
use rayon::prelude::*;
use std::{collections::BTreeSet, fs::canonicalize, path::Path};

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
    let change = |(file, (findings, index)): (usize, (&FileFindings, &usize))| {
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
    let mut failed = BTreeSet::new();
    for change in changes {
        let Some(file) = linted.files.get(change.file) else {
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
            io.misuse(&error);
            failed.insert(change.file);
            continue;
        }
        linted.summary.fixed += change.fixed.applied.len();
        linted.put(change);
    }
    linted.tell_refused(up_to, &failed, io);
    if let Some(text) = to_stdout {
        io.write_bare(&text)?;
        io.report_to_stderr();
    }
    Ok(())
}

fn is_from_stdin(target: &Target) -> bool {
    is_stdin(&target.candidate.path)
}

impl Linted {
    /// Takes what comes of fixes for the file.
    fn put(&mut self, change: Change<'_>) {
        let Some(file) = self.files.get_mut(change.file) else {
            return;
        };
        let source = Source::new(file.source.name(), change.fixed.text.into_bytes());
        let sets = self.companions.of(change.index);
        // Of one principal or none, the fixes were taken beside all there is.
        let checked = if sets.len() > 1 {
            check_one(change.target, &source, &sets)
        } else {
            change.fixed.after
        };
        file.findings = checked.findings;
        file.source = source;
    }

    /// Says which fixes were not taken, as they would have made a policy worse. Nobody is to be sent for
    /// them again.
    fn tell_refused(&mut self, up_to: Safety, failed: &BTreeSet<usize>, io: &mut Io<'_>) {
        let mut refused = 0;
        for (number, file) in self.files.iter_mut().enumerate() {
            if failed.contains(&number) {
                continue;
            }
            for finding in &mut file.findings {
                if finding.fix.as_ref().is_some_and(|fix| fix.safety <= up_to) {
                    finding.fix = None;
                    refused += 1;
                }
            }
        }
        if refused > 0 {
            let refused = count(refused, "fix is", "fixes are");
            io.remark(&format!(
                "warning: {refused} not taken, as an error or a finding that is accepted would come of it"
            ));
        }
    }
}

/// Shows what fixes would change, and goes on as if they had been taken. Comes to how many would be.
pub(super) fn show(
    plan: &Plan,
    linted: &mut Linted,
    up_to: Safety,
    io: &mut Io<'_>,
) -> Result<usize, Unwritable> {
    let changes = changes(plan, linted, up_to);
    let root = Repository::new(None).root();
    let (mut taken, mut files) = (0, 0);
    for change in changes {
        let Some(file) = linted.files.get(change.file) else {
            continue;
        };
        let path = below(&root, &change.target.path);
        let (before, after) = (file.source.text(), change.fixed.text.as_str());
        io.write(&diff(&path, before, after, io.colour()))?;
        let harmful = |text: &str| text.contains(|c| c != '\n' && c != '\t' && is_unprintable(c));
        if harmful(&path) || harmful(&before.replace("\r\n", "\n")) {
            io.remark(&format!(
                "warning: `{path}` has characters that are escaped in its diff, which cannot be applied \
                 then; `--fix` changes the file"
            ));
        }
        taken += change.fixed.applied.len();
        files += 1;
        linted.put(change);
    }
    io.remark(&format!(
        "{} would be taken in {}",
        count(taken, "fix", "fixes"),
        count(files, "file", "files")
    ));
    Ok(taken)
}

/// Says how many findings fixes would leave.
pub(super) fn tell_left(files: &[FileFindings], io: &mut Io<'_>) {
    let left = files.iter().map(|file| file.findings.len()).sum::<usize>();
    if left > 0 {
        let left = count(left, "finding", "findings");
        io.remark(&format!("{left} would be left"));
    }
}

/// The path of a file from a folder, without links; as it is given for a file outside of it.
fn below(root: &Path, path: &Path) -> String {
    let real = canonicalize(path).ok();
    let below = real
        .as_deref()
        .and_then(|path| path.strip_prefix(root).ok());
    display_name(below.unwrap_or(path))
}
