//! `iamsim audit`

mod arguments;
mod interrupt;
mod outputs;
mod parts;
mod progress;
mod read;

pub(super) use arguments::{AuditArguments, TrailArguments};
pub(super) use outputs::write_texts;
pub(super) use read::read as read_trail;

use super::{
    input::{StdinTwice, reads_stdin_once},
    io::{Exit, Io, Outcome},
};
use crate::{
    account::Holdings,
    audit::{Audit, Inputs, Limits, Summary, conclude, watch::Alarm},
    source::escape::printable,
};
use arguments::FailOn;

/// How many problems are told on standard error; the report has more.
const MOST_PROBLEMS: usize = 10;

pub(super) fn run(arguments: &AuditArguments, io: &mut Io<'_>) -> Outcome {
    let policies = arguments.policies.paths();
    if !reads_stdin_once(&[&arguments.trail.paths, &policies]) {
        io.misuse(&StdinTwice);
        return Ok(Exit::Failed);
    }
    if !outputs::are_apart(arguments, &policies, io) {
        return Ok(Exit::Failed);
    }
    let Some(alarms) = arguments.alarms(io) else {
        return Ok(Exit::Failed);
    };
    let found = if arguments.reduce {
        parts::reduce(arguments, alarms, io)
    } else {
        map(arguments, alarms, io)
    };
    let Some(Mapped {
        holdings,
        summary,
        alarms,
    }) = found
    else {
        return Ok(Exit::Failed);
    };
    if arguments.map {
        tell_problems(summary.inputs(), io);
        parts::write(arguments, &alarms, &holdings, summary, io);
        return Ok(Exit::Clean);
    }
    let (totals, inputs) = summary.totals();
    tell_problems(&inputs, io);
    let questions = arguments.questions(alarms);
    let (audit, unanswerable) = conclude(&totals, &inputs, &holdings, &questions);
    for error in &unanswerable {
        io.misuse(error);
    }
    let exit = exit(&audit, &arguments.fail_on);
    outputs::write(arguments, &audit, exit, io)?;
    Ok(exit)
}

/// A trail, counted, and what it was judged by.
struct Mapped {
    holdings: Holdings,
    summary: Summary,
    alarms: Vec<Alarm>,
}

fn map(arguments: &AuditArguments, alarms: Vec<Alarm>, io: &mut Io<'_>) -> Option<Mapped> {
    let given = arguments.policies.read(&arguments.config, io)?;
    if let Some(note) = &given.note {
        io.remark(note);
    }
    let holdings = given.holdings;
    let summary = read::read(&arguments.trail, &holdings, &alarms, Limits::default(), io)?;
    Some(Mapped {
        holdings,
        summary,
        alarms,
    })
}

/// Tells what could not be read: the process ends with 2 then, whatever else was found.
pub(super) fn tell_problems(inputs: &Inputs, io: &mut Io<'_>) {
    for problem in inputs.problems.iter().take(MOST_PROBLEMS) {
        io.remark(&format!("error: {problem}"));
    }
    let more = inputs.problems_in_all - inputs.problems.len().min(MOST_PROBLEMS) as u64;
    if more > 0 {
        io.remark(&printable(&format!(
            "error: {more} more problems; the report counts them"
        )));
    }
    let left_out = inputs.filtered + inputs.outside_time;
    if left_out > 0 && left_out == inputs.records {
        io.remark("warning: the filters leave out every record");
    }
    if inputs.problems_in_all > 0 {
        io.least(Exit::Failed);
    }
}

/// What the process ends with.
fn exit(audit: &Audit, fail_on: &[FailOn]) -> Exit {
    let is_raised = audit.alarms.iter().any(|alarm| !alarm.raised.is_empty());
    let is_met = fail_on.iter().any(|what| what.is_met(audit));
    if is_raised || is_met {
        Exit::Found
    } else {
        Exit::Clean
    }
}
