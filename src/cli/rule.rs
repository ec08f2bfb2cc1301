//! `iamsim rule`

use super::{
    args::RuleArguments,
    io::{Exit, Io, Outcome},
};
use crate::{
    lint::{nearest_rule, rule_by_id},
    report::reference,
};
use miette::Diagnostic;

/// A rule that does not exist.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("there is no rule `{id}`")]
#[diagnostic(help("{help}"))]
struct UnknownRule {
    id: String,
    help: String,
}

pub(super) fn run(arguments: &RuleArguments, io: &mut Io<'_>) -> Outcome {
    let format = arguments.format.get();
    let report = match &arguments.id {
        None => reference::rules(format),
        Some(id) => match rule_by_id(id) {
            Some(rule) => reference::rule(format, rule),
            None => {
                let help = nearest_rule(id).map_or_else(
                    || "`iamsim rule` lists the rules".to_owned(),
                    |near| format!("did you mean `{}`?", near.id),
                );
                io.error(&UnknownRule {
                    id: id.clone(),
                    help,
                });
                return Ok(Exit::Failed);
            }
        },
    };
    io.write(&report)?;
    Ok(Exit::Clean)
}
