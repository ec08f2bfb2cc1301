//! Where the report of an audit goes.

use super::AuditArguments;
use crate::{
    audit::Audit,
    cli::{
        io::{Exit, Io, Unwritable},
        lint::{OverInput, OverOwn, Twice, is_of_the_user},
        replace::{write_new, write_whole},
    },
    report::{
        Colour, Painter,
        audit::{AuditFormat, render},
    },
    source::load::{LoadError, display_name},
};
use clap::ValueEnum as _;
use miette::Diagnostic;
use std::{
    collections::BTreeSet,
    fs::{canonicalize, create_dir_all},
    path::{Path, PathBuf},
};

/// An output whose format nothing tells.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("nothing says how `{text}` is to be written")]
#[diagnostic(help("say so, such as `html=report.html`; the formats are `{}`", formats()))]
struct NoFormat {
    text: String,
}

/// Standard output has a report already.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("standard output has the report of `--format`")]
#[diagnostic(help("name a file, or choose the format of standard output with `--format`"))]
struct ToStdout;

fn formats() -> String {
    let names = AuditFormat::value_variants().iter();
    let names = names.filter_map(|format| Some(format.to_possible_value()?.get_name().to_owned()));
    names.collect::<Vec<_>>().join("`, `")
}

/// A file for a report, or for the part of `--map`.
fn path_of(text: &str) -> (Option<AuditFormat>, PathBuf) {
    let named = text.split_once('=').and_then(|(name, path)| {
        let format = AuditFormat::from_str(name, true).ok()?;
        Some((Some(format), PathBuf::from(path)))
    });
    named.unwrap_or_else(|| (of_extension(text), PathBuf::from(text)))
}

fn of_extension(path: &str) -> Option<AuditFormat> {
    let extension = Path::new(path).extension()?.to_str()?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "txt" => AuditFormat::Full,
        "json" => AuditFormat::Json,
        "jsonl" | "ndjson" => AuditFormat::Jsonl,
        "csv" => AuditFormat::Csv,
        "md" => AuditFormat::Markdown,
        "html" | "htm" => AuditFormat::Html,
        _ => return None,
    })
}

/// Whether the report can be written without loss of what is read; else that is reported.
pub(super) fn are_apart(arguments: &AuditArguments, policies: &[PathBuf], io: &mut Io<'_>) -> bool {
    let inputs = arguments.trail.paths.iter().chain(policies);
    let inputs: Vec<_> = inputs.filter_map(|path| canonicalize(path).ok()).collect();
    let mut apart = true;
    let mut before = Vec::new();
    for text in &arguments.output {
        let (format, path) = path_of(text);
        let name = || display_name(&path);
        let fault: Option<Box<dyn Diagnostic>> = if format.is_none() && !arguments.map {
            Some(Box::new(NoFormat { text: text.clone() }))
        } else if path.as_os_str() == "-" {
            Some(Box::new(ToStdout))
        } else if canonicalize(&path).is_ok_and(|path| inputs.contains(&path)) {
            Some(Box::new(OverInput { name: name() }))
        } else if is_of_the_user(&path) {
            Some(Box::new(OverOwn { name: name() }))
        } else if before.contains(&path) {
            Some(Box::new(Twice { name: name() }))
        } else {
            None
        };
        if let Some(fault) = fault {
            io.misuse(&*fault);
            apart = false;
        }
        before.push(path);
    }
    apart
}

/// Writes the report: files first, so that a closed pipe loses none.
pub(super) fn write(
    arguments: &AuditArguments,
    audit: &Audit,
    exit: Exit,
    io: &mut Io<'_>,
) -> Result<(), Unwritable> {
    let plain = Painter::new(Colour::Off);
    for text in &arguments.output {
        let (Some(format), path) = path_of(text) else {
            continue;
        };
        let text = render(audit, format, &plain);
        if let Err(error) = write_whole(&path, text.as_bytes()) {
            io.error(&error);
        }
    }
    if let Some(folder) = &arguments.propose_to {
        write_proposals(folder, audit, io);
    }
    io.least(exit);
    let text = render(audit, arguments.format, &io.painter());
    if arguments.format == AuditFormat::Github {
        io.write_bare(&text)
    } else {
        io.write(&text)
    }
}

/// Writes each proposal that has a policy to a file of its own, or several.
fn write_proposals(folder: &Path, audit: &Audit, io: &mut Io<'_>) {
    let mut names = BTreeSet::new();
    for proposal in &audit.proposals {
        let mut name = proposal.name.clone();
        let mut number = 1;
        // Policies of several paths may have one name; some disks know no letter case.
        while !names.insert(file_name(&name, None).to_ascii_lowercase()) {
            number += 1;
            name = format!("{}-{number}", proposal.name);
        }
        write_texts(folder, &name, &proposal.texts, io);
    }
}

/// Writes policies to new files in a folder, which is made where it is not there.
pub(in crate::cli) fn write_texts(folder: &Path, name: &str, texts: &[String], io: &mut Io<'_>) {
    if texts.is_empty() {
        return;
    }
    if let Err(error) = create_dir_all(folder) {
        return io.error(&LoadError::unwritable(&display_name(folder), &error));
    }
    for (place, text) in texts.iter().enumerate() {
        let number = (texts.len() > 1).then_some(place + 1);
        let path = folder.join(file_name(name, number));
        match write_new(&path, text.as_bytes()) {
            Ok(()) => io.remark(&format!("wrote `{}`", display_name(&path))),
            Err(error) => io.error(&error),
        }
    }
}

/// A name for a file from that of a policy or a principal, which may be an ARN or a path.
fn file_name(name: &str, number: Option<usize>) -> String {
    let name = name.strip_suffix(".json").unwrap_or(name);
    let start = name.rsplit_once(": ").map_or(name, |(_, inner)| inner);
    let holder = name.rsplit_once(": ").map(|(holder, _)| holder);
    let last = |text: &str| text.rsplit(['/', '\\']).next().unwrap_or(text).to_owned();
    let start = match holder {
        Some(holder) => format!("{}-{}", last(holder), last(start)),
        None => last(start),
    };
    let plain = |character: char| {
        if character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.') {
            character
        } else {
            '-'
        }
    };
    let start: String = start.chars().map(plain).collect();
    let start = start.trim_start_matches(['.', '-']);
    let start = if start.is_empty() { "policy" } else { start };
    match number {
        Some(number) => format!("{start}-{number}.json"),
        None => format!("{start}.json"),
    }
}
