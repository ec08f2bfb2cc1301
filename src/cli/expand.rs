//! `iamsim expand`

use super::{
    args::ExpandArguments,
    input::{self, StdinTwice, is_stdin},
    io::{Exit, Io, Outcome},
};
use crate::{
    catalog::Catalog,
    policy::{ActionPattern, Arn, ArnPattern, Case, Policy, Version, Wildcard},
    report::expand::{Covered, Expansion, render},
    source::{Source, load},
};
use miette::Diagnostic;
use std::path::{Path, PathBuf};

/// An argument that is neither a pattern nor a file.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("`{text}` is neither a pattern of actions, nor of ARNs, nor a file")]
#[diagnostic(help("write patterns like `s3:Get*`, `*` or `arn:aws:s3:::logs-*/*`"))]
struct NoPattern {
    text: String,
}

/// A line of a list of resources that is no ARN.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{name}:{line}: `{text}` is not an ARN")]
#[diagnostic(help("write one ARN a line; it is left out"))]
struct NotAnArn {
    name: String,
    line: usize,
    text: String,
}

pub(super) fn run(arguments: &ExpandArguments, io: &mut Io<'_>) -> Outcome {
    let stdin_for_list = arguments.resources.as_deref().is_some_and(is_stdin);
    let stdins = arguments.inputs.iter().filter(|text| *text == "-").count();
    if stdins + usize::from(stdin_for_list) > 1 {
        io.error(&StdinTwice)?;
        return Ok(Exit::Failed);
    }
    let arns = match &arguments.resources {
        None => None,
        Some(path) => match list(path, io)? {
            Some(arns) => Some(arns),
            None => return Ok(Exit::Failed),
        },
    };
    let mut expansions = Vec::new();
    for text in &arguments.inputs {
        if text == "-" || Path::new(text).exists() {
            let path = PathBuf::from(text);
            let Some(read) = input::sound_policies(&[path], io)? else {
                continue;
            };
            for sound in &read {
                if let Some(policy) = sound.checked.sound_policy() {
                    expansions.extend(of_policy(&sound.source, policy, arns.as_deref()));
                }
            }
        } else {
            match covers(text, Version::V2012, arns.as_deref()) {
                Some(covers) => {
                    expansions.push(Expansion {
                        pattern: text.clone(),
                        place: None,
                        covers,
                    });
                }
                None => io.error(&NoPattern { text: text.clone() })?,
            }
        }
    }
    io.write(&render(arguments.format.get(), &expansions))?;
    Ok(Exit::Clean)
}

/// The ARNs of a list, one a line; blank lines are passed over.
fn list(path: &Path, io: &mut Io<'_>) -> Result<Option<Vec<String>>, super::io::Unwritable> {
    let read = if is_stdin(path) {
        load::list_from(input::STDIN.to_owned(), io.stdin())
    } else {
        load::open(path).and_then(|file| load::list_from(load::display_name(path), file))
    };
    let source = match read {
        Ok(source) => source,
        Err(error) => {
            io.error(&error)?;
            return Ok(None);
        }
    };
    let mut arns = Vec::new();
    for (number, line) in source.text().lines().enumerate() {
        let text = line.trim();
        if text.is_empty() {
            continue;
        }
        if Arn::parse(text).is_ok() {
            arns.push(text.to_owned());
        } else {
            let (name, text) = (source.name().to_owned(), text.chars().take(200).collect());
            io.error(&NotAnArn {
                name,
                line: number + 1,
                text,
            })?;
        }
    }
    Ok(Some(arns))
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
                let values = [
                    arn.partition,
                    arn.service,
                    arn.region,
                    arn.account,
                    arn.resource,
                ];
                fields
                    .iter()
                    .zip(values)
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
