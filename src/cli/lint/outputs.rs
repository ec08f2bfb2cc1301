//! Where reports go: standard output, files, the job summary of GitHub Actions.

use crate::{
    cli::{
        args::LintFormatName,
        config,
        io::{Exit, Io, Unwritable},
        replace::write_whole,
    },
    lint,
    report::{
        Colour, JOB_SUMMARY_BYTES, Painter, count,
        lint::{FileFindings, LintFormat, Summary, left_out, markdown, render},
    },
    source::load::{self, LoadError, display_name},
};
use clap::ValueEnum as _;
use miette::Diagnostic;
use std::{
    fs::{OpenOptions, canonicalize, metadata},
    io::Write as _,
    path::{Path, PathBuf},
};

/// A file for a report.
#[derive(Debug, Clone)]
pub(in crate::cli) struct OutputFile {
    /// How it is written.
    pub(super) format: LintFormat,
    /// The file.
    pub(super) path: PathBuf,
}

impl OutputFile {
    /// Reads `FORMAT=FILE`, or a file whose extension tells the format.
    pub(in crate::cli) fn parse(text: &str) -> Result<Self, String> {
        let named = text.split_once('=').and_then(|(name, path)| {
            let format = LintFormatName::from_str(name, true).ok()?.get()?;
            Some((format, path))
        });
        // `sarf=x` is no file of that name.
        if let (None, Some((name, _))) = (&named, text.split_once('='))
            && !name.contains(['/', '\\', '.'])
        {
            let formats = LintFormatName::value_variants()
                .iter()
                .filter(|each| each.get().is_some());
            let formats =
                formats.filter_map(|each| Some(each.to_possible_value()?.get_name().to_owned()));
            let formats: Vec<_> = formats.collect();
            return Err(format!(
                "there is no format `{name}`; they are `{}`",
                formats.join("`, `")
            ));
        }
        let (format, path) = match named {
            Some(named) => named,
            None => {
                let format = of_extension(text).ok_or_else(|| {
                    "say how it is written, such as `sarif=findings.sarif`".to_owned()
                })?;
                (format, text)
            }
        };
        if path.is_empty() {
            return Err("name a file after the `=`".to_owned());
        }
        if path == "-" {
            return Err("standard output has the report of `--format`; name a file".to_owned());
        }
        Ok(Self {
            format,
            path: path.into(),
        })
    }
}

/// The format that the extension of a file tells.
fn of_extension(path: &str) -> Option<LintFormat> {
    let extension = Path::new(path).extension()?.to_str()?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "txt" => LintFormat::Full,
        "json" => LintFormat::Json,
        "jsonl" | "ndjson" => LintFormat::Jsonl,
        "sarif" => LintFormat::Sarif,
        "md" => LintFormat::Markdown,
        _ => return None,
    })
}

/// A report over a file that was read.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("`{name}` is read, and cannot be the file of a report too")]
#[diagnostic(help("name another file for the report"))]
pub(in crate::cli) struct OverInput {
    pub(in crate::cli) name: String,
}

/// A report over something that the user wrote.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("`{name}` is a policy, a baseline or a configuration, and is not replaced by a report")]
#[diagnostic(help("name another file for the report"))]
pub(in crate::cli) struct OverOwn {
    pub(in crate::cli) name: String,
}

/// Two reports to one file.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("`{name}` is to be the file of two reports")]
#[diagnostic(help("name a file for each"))]
pub(in crate::cli) struct Twice {
    pub(in crate::cli) name: String,
}

/// Whether reports can be written to files without loss of what is read; else that is reported.
pub(super) fn are_apart(outputs: &[OutputFile], inputs: &[PathBuf], io: &mut Io<'_>) -> bool {
    let inputs: Vec<_> = inputs
        .iter()
        .filter_map(|path| canonicalize(path).ok())
        .collect();
    let mut apart = true;
    for output in outputs {
        if canonicalize(&output.path).is_ok_and(|path| inputs.contains(&path)) {
            let name = display_name(&output.path);
            io.misuse(&OverInput { name });
            apart = false;
        }
    }
    for (place, output) in outputs.iter().enumerate() {
        let mut before = outputs.iter().take(place);
        if before.any(|other| other.path == output.path) {
            let name = display_name(&output.path);
            io.misuse(&Twice { name });
            apart = false;
        }
    }
    apart
}

/// Writes the report to standard output in one format, and in further ones to files.
pub(super) fn write(
    format: LintFormat,
    outputs: &[OutputFile],
    files: &[FileFindings],
    summary: &Summary,
    exit: Exit,
    io: &mut Io<'_>,
) -> Result<(), Unwritable> {
    let plain = Painter::new(Colour::Off);
    tell_left_out(format, files, io);
    for OutputFile { format, path } in outputs {
        tell_left_out(*format, files, io);
        let text = render(*format, files, summary, &plain);
        if is_of_the_user(path) {
            let name = display_name(path);
            io.error(&OverOwn { name });
        } else if let Err(error) = write_whole(path, text.as_bytes()) {
            io.error(&error);
        }
    }
    io.least(exit);
    let text = render(format, files, summary, &io.painter());
    if format == LintFormat::Github {
        append_job_summary(files, summary, io);
        io.write_bare(&text)
    } else {
        io.write(&text)
    }
}

/// Whether a file is a policy, a baseline or a configuration, which no report is to replace.
pub(in crate::cli) fn is_of_the_user(path: &Path) -> bool {
    if path.file_name().is_some_and(|name| name == config::NAME) {
        return path.exists();
    }
    if !path.is_file() {
        return false;
    }
    load::policy(path).is_ok_and(|source| {
        lint::read(&source, None).looks_like_policy || lint::is_baseline(&source)
    })
}

/// Says how many findings a format has no room for.
fn tell_left_out(format: LintFormat, files: &[FileFindings], io: &mut Io<'_>) {
    let left_out = left_out(format, files);
    if left_out > 0 {
        let (one, many) = ("finding is", "findings are");
        let left_out = count(left_out, one, many);
        io.remark(&format!(
            "warning: {left_out} left out, as services refuse reports that are longer; the most severe \
             are there"
        ));
    }
}

/// Appends the findings to the job summary, as far as GitHub takes them.
fn append_job_summary(files: &[FileFindings], summary: &Summary, io: &mut Io<'_>) {
    let Some(path) = io.environment().step_summary.clone() else {
        return;
    };
    // Steps of actions share a file, and what is over the limit is not shown at all.
    let used = metadata(&path).map_or(0, |file| usize::try_from(file.len()).unwrap_or(usize::MAX));
    let text = markdown(files, summary, JOB_SUMMARY_BYTES.saturating_sub(used));
    let mut open = OpenOptions::new();
    let opened = open.append(true).create(true).open(&path);
    if let Err(error) = opened.and_then(|mut file| file.write_all(text.as_bytes())) {
        io.error(&LoadError::unwritable(&display_name(&path), &error));
    }
}
