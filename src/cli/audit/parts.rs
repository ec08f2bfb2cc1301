//! Parts of an audit, which several processes make and one reduces.

use super::{AuditArguments, Mapped};
use crate::{
    account::{Holdings, HoldingsForm},
    audit::{Limits, PartHead, Summary, watch::Alarm},
    cli::{input::InFile, io::Io, replace::write_whole_with},
    source::load::{self, display_name},
};
use flate2::{Compression, bufread::MultiGzDecoder, write::GzEncoder};
use miette::Diagnostic;
use serde::{Deserialize, Serialize};
use std::{
    io::{BufReader, BufWriter, Write as _},
    path::Path,
};

/// What was asked for where a part was made, as far as it decides what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PartOptions {
    /// The filters.
    filter: serde_json::Value,
    /// The alarms whose events are kept whole.
    alarms: Vec<String>,
}

/// Parts that do not belong together.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{name}: the part was made with other {what} than `{first}`")]
#[diagnostic(help("make all parts with the same policies, filters, alarms and version of iamsim"))]
struct OtherPart {
    name: String,
    first: String,
    what: &'static str,
}

/// A part whose policies cannot be read again.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{name}: the policies in the part cannot be used: {reason}")]
#[diagnostic(help("make it again with `iamsim audit --map`"))]
struct PoliciesOfPart {
    name: String,
    reason: String,
}

/// A part is written to one file.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("`--map` writes one part, and {given} files are given")]
#[diagnostic(help("give one file with `-o`"))]
struct OneFile {
    given: usize,
}

/// Writes a part.
pub(super) fn write(
    arguments: &AuditArguments,
    alarms: &[Alarm],
    holdings: &Holdings,
    summary: Summary,
    io: &mut Io<'_>,
) {
    let [path] = arguments.output.as_slice() else {
        let given = arguments.output.len();
        return io.misuse(&OneFile { given });
    };
    let filter = serde_json::to_value(arguments.trail.filter());
    let alarms = alarms.iter();
    let options = filter.and_then(|filter| {
        serde_json::to_string(&PartOptions {
            filter,
            alarms: alarms.map(|alarm| alarm.expression().to_owned()).collect(),
        })
    });
    let policies = serde_json::to_string(&holdings.to_form());
    let (Ok(options), Ok(policies)) = (options, policies) else {
        // Both are texts and numbers.
        return;
    };
    let head = PartHead::new(&options, &policies);
    let written = write_whole_with(Path::new(path), |file| {
        let mut packed = BufWriter::new(GzEncoder::new(file, Compression::fast()));
        summary.write_part(&head, &mut packed)?;
        packed.into_inner()?.finish()?.flush()
    });
    if let Err(error) = written {
        io.error(&error);
    }
}

/// Reads parts and merges them. `None` where one of them cannot be used; all that is wrong is reported.
pub(super) fn reduce(
    arguments: &AuditArguments,
    alarms: Vec<Alarm>,
    io: &mut Io<'_>,
) -> Option<Mapped> {
    let mut whole: Option<(PartHead<'static>, String, Summary)> = None;
    let errors = io.errors();
    for path in &arguments.trail.paths {
        let name = display_name(path);
        let Some((head, summary)) = part(path, &name, io) else {
            continue;
        };
        match &mut whole {
            None => whole = Some((head, name, summary)),
            Some((first, first_name, merged)) => match difference(first, &head) {
                None => merged.merge(summary),
                Some(what) => io.error(&OtherPart {
                    name,
                    first: first_name.clone(),
                    what,
                }),
            },
        }
    }
    let (head, name, summary) = whole.filter(|_| io.errors() == errors)?;
    let alarms = alarms_of(alarms, &head, io);
    let form: Result<HoldingsForm, _> = serde_json::from_str(&head.holdings);
    let holdings = form
        .map_err(|error| error.to_string())
        .and_then(|form| Holdings::from_form(form).map_err(|error| error.to_string()));
    match holdings {
        Ok(holdings) => Some(Mapped {
            holdings,
            summary,
            alarms,
        }),
        Err(reason) => {
            io.error(&PoliciesOfPart { name, reason });
            None
        }
    }
}

fn part(path: &Path, name: &str, io: &mut Io<'_>) -> Option<(PartHead<'static>, Summary)> {
    let file = match load::open(path) {
        Ok(file) => file,
        Err(error) => {
            io.error(&error);
            return None;
        }
    };
    let packed = MultiGzDecoder::new(BufReader::new(file));
    match Summary::read_part(Limits::default(), &mut BufReader::new(packed)) {
        Ok(part) => Some(part),
        Err(error) => {
            let name = name.to_owned();
            io.error(&InFile { name, error });
            None
        }
    }
}

/// What keeps two parts from being merged.
fn difference(one: &PartHead<'_>, other: &PartHead<'_>) -> Option<&'static str> {
    if one.iamsim != other.iamsim {
        Some("versions of iamsim")
    } else if one.holdings != other.holdings {
        Some("policies")
    } else if one.options != other.options {
        Some("filters or alarms")
    } else {
        None
    }
}

/// The alarms of a report on parts: those that are asked for, else those of the parts. Of events that the
/// parts do not keep for an alarm, only what they have in common is there, which is said.
fn alarms_of(asked: Vec<Alarm>, head: &PartHead<'_>, io: &mut Io<'_>) -> Vec<Alarm> {
    let options: Option<PartOptions> = serde_json::from_str(&head.options).ok();
    let known = options.map(|options| options.alarms).unwrap_or_default();
    if asked.is_empty() {
        let alarms = known.iter().filter_map(|text| Alarm::parse(text).ok());
        return alarms.collect();
    }
    for alarm in &asked {
        let expression = alarm.expression();
        if !known.iter().any(|own| own == expression) {
            io.remark(&format!(
                "warning: the parts were made without `--alarm '{expression}'`: of its events, only \
                 what they have in common is shown"
            ));
        }
    }
    asked
}
