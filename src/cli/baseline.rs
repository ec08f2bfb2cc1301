//! `iamsim baseline`, and what `iamsim lint` leaves out by a baseline.

use super::{
    args::{BaselineArguments, BaselineCommand, BaselineScope, LintArguments},
    config::{Config, Reported},
    io::{Exit, Io, Outcome},
    lint::{Linted, Plan},
    replace::write_whole,
};
use crate::{
    lint::{
        Baseline, BaselineEntry, Change, FileIdentities, Identity, Selection, can_be_known,
        fingerprints, is_baseline, rule_by_id,
    },
    report::{Snippet, count, lint::FileFindings},
    source::{
        escape::printable,
        load::{self, LoadError, display_name},
    },
};
use miette::Diagnostic;
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::canonicalize,
    path::{Path, PathBuf},
};

/// The name of the file where nobody says otherwise.
const NAME: &str = "iamsim-baseline.json";

/// A file that nobody asked to lose.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("`{name}` is there already")]
#[diagnostic(help(
    "`iamsim baseline update` adds what is new and keeps the reasons; `--force` writes over it"
))]
struct AlreadyThere {
    name: String,
}

/// A file that is no baseline.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("`{name}` is there already, and is no baseline")]
#[diagnostic(help("name another file with `--baseline`"))]
struct NoBaselineThere {
    name: String,
}

/// A baseline that is named and is not there.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("there is no baseline `{name}`")]
#[diagnostic(help("check the path; `iamsim baseline write` makes a new one"))]
struct NoBaseline {
    name: String,
}

pub(super) fn run(arguments: &BaselineArguments, io: &mut Io<'_>) -> Outcome {
    let scope = match &arguments.command {
        BaselineCommand::Write { baseline, .. } => baseline,
        BaselineCommand::Update(scope) | BaselineCommand::Prune(scope) => scope,
    };
    let done = Plan::new(&scope.check, io).and_then(|plan| change(&arguments.command, &plan, io));
    let Ok(text) = done else {
        return Ok(Exit::Failed);
    };
    io.write(&text)?;
    Ok(Exit::Clean)
}

fn change(command: &BaselineCommand, plan: &Plan, io: &mut Io<'_>) -> Result<String, Reported> {
    let config = plan.config();
    match command {
        BaselineCommand::Write { baseline, force } => {
            let path = path_of(baseline, config);
            if path.is_file() && !is_replaceable(&path) {
                let name = display_name(&path);
                io.misuse(&NoBaselineThere { name });
                return Err(Reported);
            }
            if !force && path.symlink_metadata().is_ok() {
                let name = display_name(&path);
                io.misuse(&AlreadyThere { name });
                return Err(Reported);
            }
            KnownFindings::none(path).change(plan, Baseline::updated, io)
        }
        BaselineCommand::Update(scope) => KnownFindings::read(path_of(scope, config), io)
            .and_then(|known| known.change(plan, Baseline::updated, io)),
        BaselineCommand::Prune(scope) => KnownFindings::read(path_of(scope, config), io)
            .and_then(|known| known.change(plan, Baseline::pruned, io)),
    }
}

/// Whether a file may be written over: it is a baseline, or there is nothing in it.
fn is_replaceable(path: &Path) -> bool {
    load::baseline(path).is_ok_and(|source| source.text().trim().is_empty() || is_baseline(&source))
}

/// The baseline that a command is about.
fn path_of(scope: &BaselineScope, config: Option<&Config>) -> PathBuf {
    let configured = || config.and_then(Config::baseline);
    let given = scope.baseline.clone().or_else(configured);
    given.unwrap_or_else(|| config.map_or_else(|| NAME.into(), |config| config.folder.join(NAME)))
}

/// A baseline and its file.
#[derive(Debug)]
pub(super) struct KnownFindings {
    path: PathBuf,
    /// The file as it is; `None` where there is none to be heeded.
    text: Option<String>,
    baseline: Baseline,
}

/// How a baseline is made from an older one, findings, and what the run would have found.
type Making =
    fn(&Baseline, &[FileIdentities<'_>], &dyn Fn(&BaselineEntry) -> bool) -> (Baseline, Change);

impl KnownFindings {
    fn none(path: PathBuf) -> Self {
        Self {
            path,
            text: None,
            baseline: Baseline::default(),
        }
    }

    /// The baseline that `iamsim lint` is to heed, where there is one.
    pub(super) fn of_lint(
        arguments: &LintArguments,
        config: Option<&Config>,
        io: &mut Io<'_>,
    ) -> Result<Option<Self>, Reported> {
        if arguments.no_baseline {
            return Ok(None);
        }
        let configured = || config.and_then(Config::baseline);
        let path = arguments.baseline.clone().or_else(configured);
        path.map(|path| Self::read(path, io)).transpose()
    }

    /// The folder of its file, from which the paths in it start.
    fn folder(&self) -> PathBuf {
        real(self.path.parent().unwrap_or(Path::new("")))
    }

    /// Its file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads a baseline. What keeps it from being used is reported.
    fn read(path: PathBuf, io: &mut Io<'_>) -> Result<Self, Reported> {
        let source = load::baseline(&path).map_err(|error| {
            if let LoadError::NotFound { name } = error {
                io.misuse(&NoBaseline { name });
            } else {
                io.misuse(&error);
            }
            Reported
        })?;
        let baseline = Baseline::parse(&source).map_err(|fault| {
            let mut snippet = Snippet::new(&source, &fault.message)
                .label(fault.span, None)
                .help(Some(&fault.help));
            if let Some(label) = &fault.label {
                snippet = snippet.label(label.span, Some(&label.text));
            }
            io.misuse(&snippet);
            Reported
        })?;
        Ok(Self {
            path,
            text: Some(source.text().to_owned()),
            baseline,
        })
    }

    /// Leaves out the findings that are known, and says which entries have none any more.
    pub(super) fn leave_out(&self, plan: &Plan, linted: &mut Linted, io: &mut Io<'_>) {
        let folder = self.folder();
        let paths = paths(linted, &folder);
        let identities = identities(&linted.files);
        let comparison = self.baseline.compare(&beside(&paths, &identities));
        let stale: Vec<_> = {
            let run = Run::of(plan, linted, &paths, &folder);
            let unmatched = self.baseline.at_places(&comparison.unmatched);
            unmatched.filter(|entry| run.would_find(entry)).collect()
        };
        self.tell_stale(&stale, io);
        for (file, entries) in linted.files.iter_mut().zip(&comparison.entries) {
            let mut entries = entries.iter();
            let before = file.findings.len();
            file.findings.retain(|finding| {
                let is_new = entries.next().is_none_or(Option::is_none);
                is_new || !can_be_known(finding)
            });
            linted.summary.baselined += before - file.findings.len();
        }
    }

    fn tell_stale(&self, stale: &[&BaselineEntry], io: &mut Io<'_>) {
        let name = display_name(&self.path);
        let (known, unknown): (Vec<&BaselineEntry>, Vec<_>) =
            stale.iter().partition(|each| each.has_rule());
        if let Some(first) = known.first() {
            io.remark(&format!(
                "warning: {} of `{name}` without a finding, such as `{}` in `{}`; `iamsim baseline \
                 prune` removes what is gone",
                count(known.len(), "entry", "entries"),
                first.rule,
                first.path,
            ));
        }
        let rules: BTreeSet<_> = unknown.iter().map(|entry| entry.rule.as_str()).collect();
        for rule in rules {
            io.remark(&format!(
                "warning: `{name}` has entries of a rule `{rule}`, and there is none; `iamsim \
                 baseline prune` removes them"
            ));
        }
    }

    /// Lints, makes a new baseline, and writes it. Nothing is written where something went wrong.
    fn change(&self, plan: &Plan, making: Making, io: &mut Io<'_>) -> Result<String, Reported> {
        let mut linted = plan.lint(io);
        for file in &mut linted.files {
            file.findings.retain(can_be_known);
        }
        let name = display_name(&self.path);
        if io.has_failed() {
            io.remark(&format!(
                "`{name}` is not written, as not all could be read"
            ));
            return Err(Reported);
        }
        let folder = self.folder();
        let paths = paths(&linted, &folder);
        let identities = identities(&linted.files);
        let run = Run::of(plan, &linted, &paths, &folder);
        let files = beside(&paths, &identities);
        let (baseline, change) = making(&self.baseline, &files, &|entry| run.would_find(entry));
        let text = baseline.text();
        if self.text.as_ref() != Some(&text) {
            write_whole(&self.path, text.as_bytes()).map_err(|error| {
                io.misuse(&error);
                Reported
            })?;
        }
        let Change {
            kept,
            added,
            dropped,
        } = change;
        let name = printable(&name);
        Ok(if self.text.is_none() {
            let entries = count(added, "entry", "entries");
            format!("wrote {entries} to `{name}`\n")
        } else {
            let kept = count(kept, "entry", "entries");
            format!("`{name}`: kept {kept}, added {added}, removed {dropped}\n")
        })
    }
}

/// What a run has looked at, and for what.
struct Run<'a> {
    /// The files that were linted: whether they could be read as policies, and the rules that ran.
    files: BTreeMap<&'a str, (bool, &'a Selection)>,
    /// The folder of the baseline.
    folder: &'a Path,
}

impl<'a> Run<'a> {
    fn of(plan: &'a Plan, linted: &'a Linted, paths: &'a [String], folder: &'a Path) -> Self {
        let files = linted.with_options(plan).zip(paths);
        let files = files.map(|((file, options), path)| {
            let readable = file.type_of_policy.is_some();
            (path.as_str(), (readable, &options.selection))
        });
        Self {
            files: files.collect(),
            folder,
        }
    }

    /// Whether the finding of an entry would have been found, were it still there. Of a document
    /// that cannot be read most findings are hidden, not gone.
    fn would_find(&self, entry: &BaselineEntry) -> bool {
        match self.files.get(entry.path.as_str()) {
            Some((readable, selection)) => {
                let rule = rule_by_id(&entry.rule);
                *readable && rule.is_none_or(|rule| selection.is_on(rule))
            }
            None => matches!(self.folder.join(&entry.path).try_exists(), Ok(false)),
        }
    }
}

/// The paths of the files from the folder of the baseline, wherever it is checked out and wherever iamsim
/// runs.
fn paths(linted: &Linted, folder: &Path) -> Vec<String> {
    let mut folders = BTreeMap::new();
    let names = linted
        .files
        .iter()
        .map(|file| Path::new(file.source.name()));
    let path = |name: &Path| {
        let parent = match name.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let shown = folders.entry(parent.to_owned());
        let shown = shown.or_insert_with_key(|parent| from_folder(folder, &real(parent)));
        name.file_name()
            .map_or_else(String::new, |name| display_name(&shown.join(name)))
    };
    names.map(path).collect()
}

/// A folder without links; one that is not there as it is written.
fn real(folder: &Path) -> PathBuf {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    canonicalize(folder)
        .or_else(|_| std::path::absolute(folder))
        .unwrap_or_else(|_| folder.to_owned())
}

/// The way from one folder to another.
fn from_folder(from: &Path, to: &Path) -> PathBuf {
    let mut common = from.ancestors();
    let Some(common) = common.find(|ancestor| to.starts_with(ancestor)) else {
        return to.to_owned();
    };
    let up = from
        .strip_prefix(common)
        .map_or(0, |rest| rest.components().count());
    let ways = std::iter::repeat_n(Path::new(".."), up);
    ways.chain(to.strip_prefix(common)).collect()
}

fn identities(files: &[FileFindings]) -> Vec<Vec<Identity>> {
    let of_file = |file: &FileFindings| fingerprints(&file.source, &file.findings);
    files.par_iter().map(of_file).collect()
}

fn beside<'a>(paths: &'a [String], identities: &'a [Vec<Identity>]) -> Vec<FileIdentities<'a>> {
    let pairs = paths.iter().zip(identities);
    let both = pairs.map(|(path, findings)| FileIdentities { path, findings });
    both.collect()
}
