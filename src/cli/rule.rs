//! `iamsim rule`

use super::{
    args::RuleArguments,
    io::{Exit, Io, Outcome},
};
use crate::{
    lint::{Manual, RULES, TOOLS, nearest_rule, reserved_by_id, rule_by_id, rules_from},
    report::reference,
};
use miette::Diagnostic;

/// An id of another tool that no rule names.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("no rule corresponds to `{code}`")]
#[diagnostic(help("{help}"))]
struct UnknownCode {
    code: String,
    help: String,
}

impl UnknownCode {
    fn new(code: &str) -> Self {
        let all = RULES
            .iter()
            .flat_map(|rule| Manual::of(rule).correspondences());
        let near = all
            .map(|known| (strsim::damerau_levenshtein(&known, code), known))
            .min()
            .filter(|(distance, _)| code.len() <= 128 && *distance <= 4.min(code.len() / 4));
        let help = match near {
            Some((_, known)) => format!("did you mean `{known}`?"),
            None => {
                let tools: Vec<_> = TOOLS
                    .iter()
                    .map(|(letters, tool)| format!("`{letters}` for {tool}"))
                    .collect();
                format!(
                    "write it as the tool and its id, such as `AA:MISSING_VERSION`; the tools are {}",
                    tools.join(", ")
                )
            }
        };
        Self {
            code: code.to_owned(),
            help,
        }
    }
}

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
    if let Some(code) = &arguments.from {
        let rules = rules_from(code);
        if rules.is_empty() {
            io.error(&UnknownCode::new(code));
            return Ok(Exit::Failed);
        }
        io.write(&reference::corresponding(format, &rules))?;
        return Ok(Exit::Clean);
    }
    let report = match &arguments.id {
        None => reference::rules(format),
        Some(id) => match rule_by_id(id) {
            Some(rule) => reference::rule(format, rule),
            None if reserved_by_id(id).is_some() => {
                let text = reserved_by_id(id).map(|reserved| reference::reserved(format, reserved));
                text.unwrap_or_default()
            }
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
