//! Reports of `iamsim expand`.

use super::{Format, json};
use crate::{
    catalog::{Action, ResourceType},
    source::escape::printable,
};
use serde::Serialize;

/// A pattern and what it stands for.
#[derive(Debug, Clone)]
pub struct Expansion {
    /// The pattern as it was written.
    pub pattern: String,
    /// The file that it stands in, and its line; `None` for one given on the command line.
    pub place: Option<(String, usize)>,
    /// What it covers.
    pub covers: Covered,
}

/// What a pattern covers.
#[derive(Debug, Clone)]
pub enum Covered {
    /// A pattern of actions.
    Actions(Vec<Action>),
    /// A pattern of ARNs: the types of resources that have such ARNs, and of a given list, the ARNs
    /// that match.
    Resources {
        /// The types.
        types: Vec<ResourceType>,
        /// The ARNs that match; `None` where no list was given.
        arns: Option<Vec<String>>,
    },
}

/// Renders what patterns stand for; `unreadable` is how many of them, or of files that should have
/// held some, could not be read.
pub fn render(format: Format, expansions: &[Expansion], unreadable: usize) -> String {
    match format {
        Format::Full => expansions.iter().map(full).collect(),
        Format::Concise => expansions.iter().map(concise).collect(),
        Format::Json => {
            let expansions = expansions.iter().map(json_expansion).collect();
            json::document(&Report {
                version: json::VERSION,
                expansions,
                summary: Summary { unreadable },
            })
        }
        Format::Jsonl => expansions
            .iter()
            .map(|expansion| {
                json::line(&Line {
                    version: json::VERSION,
                    expansion: json_expansion(expansion),
                })
            })
            .collect(),
    }
}

fn full(expansion: &Expansion) -> String {
    let mut text = String::new();
    if let Some((path, line)) = &expansion.place {
        text += &format!("{path}:{line}: ");
    }
    match &expansion.covers {
        Covered::Actions(actions) => {
            text += &format!(
                "`{}`: {}",
                expansion.pattern,
                super::count(actions.len(), "action", "actions")
            );
            text = printable(&text).into_owned() + "\n";
            let width = actions
                .iter()
                .map(|action| action.full_name().len())
                .max()
                .unwrap_or(0);
            for action in actions {
                let (name, level) = (action.full_name(), action.access_level());
                text += &format!("  {name:width$}  {level}\n");
            }
        }
        Covered::Resources { types, arns } => {
            let number = super::count(types.len(), "resource type", "resource types");
            text += &format!("`{}`: {number}", expansion.pattern);
            text = printable(&text).into_owned() + "\n";
            for kind in types {
                let (service, name) = (kind.service().prefix(), kind.name());
                text += &format!("  {service} {name}  {}\n", kind.arn_template());
            }
            if let Some(arns) = arns {
                let end = if arns.is_empty() { "" } else { ":" };
                let number = super::count(arns.len(), "ARN", "ARNs");
                text += &format!("  {number} of the list{end}\n");
                for arn in arns {
                    text += &format!("    {}\n", printable(arn));
                }
            }
        }
    }
    text + "\n"
}

fn concise(expansion: &Expansion) -> String {
    let lines: Vec<String> = match &expansion.covers {
        Covered::Actions(actions) => actions.iter().map(Action::to_string).collect(),
        Covered::Resources {
            arns: Some(arns), ..
        } => arns.clone(),
        Covered::Resources { types, arns: None } => types
            .iter()
            .map(|kind| format!("{}:{}", kind.service().prefix(), kind.name()))
            .collect(),
    };
    lines
        .iter()
        .flat_map(|line| [printable(line), "\n".into()])
        .collect()
}

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    expansions: Vec<JsonExpansion<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Summary {
    unreadable: usize,
}

#[derive(Serialize)]
struct Line<'a> {
    version: u32,
    #[serde(flatten)]
    expansion: JsonExpansion<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonExpansion<'a> {
    pattern: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actions: Option<Vec<JsonAction>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_types: Option<Vec<JsonResourceType>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arns: Option<&'a [String]>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonAction {
    action: String,
    access_level: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonResourceType {
    service: &'static str,
    resource_type: &'static str,
    arn_template: &'static str,
}

fn json_expansion(expansion: &Expansion) -> JsonExpansion<'_> {
    let (actions, types, arns) = match &expansion.covers {
        Covered::Actions(actions) => (Some(actions), None, None),
        Covered::Resources { types, arns } => (None, Some(types), arns.as_deref()),
    };
    JsonExpansion {
        pattern: &expansion.pattern,
        path: expansion.place.as_ref().map(|(path, _)| path.as_str()),
        line: expansion.place.as_ref().map(|(_, line)| *line),
        actions: actions.map(|actions| {
            let action = |action: &Action| JsonAction {
                action: action.full_name(),
                access_level: action.access_level().as_str(),
            };
            actions.iter().map(action).collect()
        }),
        resource_types: types.map(|types| {
            let kind = |kind: &ResourceType| JsonResourceType {
                service: kind.service().prefix(),
                resource_type: kind.name(),
                arn_template: kind.arn_template(),
            };
            types.iter().map(kind).collect()
        }),
        arns,
    }
}
