//! `iamsim expand`

use super::{
    args::ExpandArguments,
    input::{self, StdinTwice, is_stdin},
    io::{Exit, Io, Outcome},
    lint::unfilled,
};
use crate::{
    catalog::Catalog,
    policy::{ActionPattern, Arn, ArnError, ArnPattern, Case, Policy, Version, Wildcard},
    report::{
        count,
        expand::{Covered, Expansion, render},
    },
    source::{
        Source,
        load::{self, LoadError},
    },
};
use miette::Diagnostic;
use std::path::Path;

/// The most lines of a list that are reported one by one as no ARNs.
const MOST_WRONG_LINES: usize = 5;

/// How much of such a line is shown, in characters.
const MOST_OF_A_LINE: usize = 100;

/// An argument that stands for nothing.
#[derive(Debug, thiserror::Error, Diagnostic)]
enum InputError {
    #[error("`{text}` is neither a pattern of actions, nor of ARNs, nor a file")]
    #[diagnostic(help("write patterns like `s3:Get*`, `*` or `arn:aws:s3:::logs-*/*`"))]
    NoPattern { text: String },

    #[error("`{text}` {reason}")]
    #[diagnostic(help(
        "an ARN is `arn:partition:service:region:account:resource`; region and account may be \
         empty, their colons stay"
    ))]
    NoArn { text: String, reason: ArnError },
}

/// Lines of a list of resources that are no ARNs.
#[derive(Debug, thiserror::Error, Diagnostic)]
enum ListError {
    #[error("{name}:{line}: `{text}` is not an ARN")]
    #[diagnostic(help("write one ARN a line; it is left out"))]
    Line {
        name: String,
        line: usize,
        text: String,
    },

    #[error("{name}: {number} more lines are no ARNs")]
    #[diagnostic(help("write one ARN a line; they are left out"))]
    More { name: String, number: usize },
}

pub(super) fn run(arguments: &ExpandArguments, io: &mut Io<'_>) -> Outcome {
    let stdin_for_list = arguments.resources.as_deref().is_some_and(is_stdin);
    let stdins = arguments
        .inputs
        .iter()
        .filter(|path| is_stdin(path))
        .count();
    if stdins + usize::from(stdin_for_list) > 1 {
        io.misuse(&StdinTwice);
        return Ok(Exit::Failed);
    }
    let arns = match &arguments.resources {
        None => None,
        Some(path) => match list(path, io) {
            Some(arns) => Some(arns),
            None => return Ok(Exit::Failed),
        },
    };
    let mut expansions = Vec::new();
    for input in &arguments.inputs {
        let as_pattern = input
            .to_str()
            .filter(|_| !is_stdin(input) && !input.exists())
            .map(|text| (text, pattern(text, arns.as_deref())));
        match as_pattern {
            Some((text, Ok(Some(covers)))) => expansions.push(Expansion {
                pattern: text.to_owned(),
                place: None,
                covers,
            }),
            Some((_, Err(error))) => io.error(&error),
            // No pattern: then it is a file, which may be out of reach.
            Some((text, Ok(None))) => match load::open(input) {
                Err(LoadError::NotFound { .. }) => io.error(&InputError::NoPattern {
                    text: text.to_owned(),
                }),
                Err(error) => io.error(&error),
                Ok(_) => expansions.extend(of_file(input, arns.as_deref(), io)),
            },
            None => expansions.extend(of_file(input, arns.as_deref(), io)),
        }
    }
    let about_resources = |each: &Expansion| matches!(each.covers, Covered::Resources { .. });
    if arns.is_some() && !expansions.iter().any(about_resources) {
        io.remark("warning: no pattern of ARNs was given, so the list of resources was not used");
    }
    let report = render(arguments.format.get(), &expansions, io.errors());
    io.write(&report)?;
    Ok(Exit::Clean)
}

/// What a pattern covers; `None` where the text is none.
fn pattern(text: &str, arns: Option<&[String]>) -> Result<Option<Covered>, InputError> {
    if !text.starts_with("arn:") {
        return Ok(covers(text, Version::V2012, arns));
    }
    match ArnPattern::parse(text, Version::V2012) {
        Ok(_) => Ok(covers(text, Version::V2012, arns)),
        Err(reason) => Err(InputError::NoArn {
            text: text.to_owned(),
            reason,
        }),
    }
}

/// The ARNs of a list, one a line; blank lines are passed over.
fn list(path: &Path, io: &mut Io<'_>) -> Option<Vec<String>> {
    let read = if is_stdin(path) {
        load::list_from(input::STDIN.to_owned(), io.take_stdin())
    } else {
        load::open(path).and_then(|file| load::list_from(load::display_name(path), file))
    };
    let source = match read {
        Ok(source) => source,
        Err(error) => {
            io.error(&error);
            return None;
        }
    };
    let mut arns = Vec::new();
    let mut wrong = 0;
    for (number, line) in source.text().lines().enumerate() {
        let text = line.trim();
        if Arn::parse(text).is_ok() {
            arns.push(text.to_owned());
        } else if !text.is_empty() {
            wrong += 1;
            if wrong <= MOST_WRONG_LINES {
                io.error(&ListError::Line {
                    name: source.name().to_owned(),
                    line: number + 1,
                    text: text.chars().take(MOST_OF_A_LINE).collect(),
                });
            }
        }
    }
    if wrong > MOST_WRONG_LINES {
        io.error(&ListError::More {
            name: source.name().to_owned(),
            number: wrong - MOST_WRONG_LINES,
        });
    }
    Some(arns)
}

/// The patterns of a policy file.
fn of_file(path: &Path, arns: Option<&[String]>, io: &mut Io<'_>) -> Vec<Expansion> {
    let Some(sound) = input::sound_policy(path, io) else {
        return Vec::new();
    };
    let unfilled = unfilled(sound.policy());
    if unfilled > 0 {
        let number = count(unfilled, "action", "actions");
        let name = sound.source.name();
        io.remark(&format!(
            "warning: {number} of `{name}` that a template fills in left out"
        ));
    }
    of_policy(&sound.source, sound.policy(), arns)
}

/// The patterns of a policy: wildcard actions and all resources.
fn of_policy(source: &Source, policy: &Policy, arns: Option<&[String]>) -> Vec<Expansion> {
    let mut expansions = Vec::new();
    for statement in &policy.statements {
        let actions = [&statement.action, &statement.not_action]
            .into_iter()
            .flatten();
        let actions = actions
            .flat_map(|element| &element.entries)
            .map(ActionPattern::text);
        let resources = [&statement.resource, &statement.not_resource]
            .into_iter()
            .flatten();
        let resources = resources
            .flat_map(|element| &element.entries)
            .map(|entry| &entry.text);
        let mut texts: Vec<_> = actions.chain(resources).collect();
        texts.sort_by_key(|text| text.span());
        for text in texts {
            let wild = text.as_str().contains(['*', '?']) || text.as_str().starts_with("arn:");
            if !wild || text.as_str() == "*" {
                continue;
            }
            if let Some(covers) = covers(text.as_str(), policy.version, arns) {
                let line = source.position(text.span().start).line;
                let place = Some((source.name().to_owned(), line));
                expansions.push(Expansion {
                    pattern: text.as_str().to_owned(),
                    place,
                    covers,
                });
            }
        }
    }
    expansions
}

fn covers(text: &str, version: Version, arns: Option<&[String]>) -> Option<Covered> {
    let catalog = Catalog::embedded();
    if text.starts_with("arn:") {
        let pattern = ArnPattern::parse(text, version).ok()??;
        let types = catalog.resource_types_matching(&pattern);
        let fields = pattern
            .fields()
            .each_ref()
            .map(|f| Wildcard::with_variables_open(f, Case::Sensitive));
        let matches = |arn: &&String| {
            Arn::parse(arn).is_ok_and(|arn| {
                fields
                    .iter()
                    .zip(arn.fields())
                    .all(|(field, value)| field.matches(value))
            })
        };
        let arns = arns.map(|arns| arns.iter().filter(matches).cloned().collect());
        return Some(Covered::Resources { types, arns });
    }
    let is_action = text == "*"
        || text
            .split_once(':')
            .is_some_and(|(s, n)| !s.is_empty() && !n.is_empty() && !n.contains(':'));
    is_action.then(|| Covered::Actions(catalog.actions_matching(text)))
}
