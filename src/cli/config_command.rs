//! `iamsim config`: the settings that hold for a path.

use super::{
    args::ConfigCommandArguments,
    config::{Config, Configs, FailOn, NAME, schema},
    io::{Exit, Io, Outcome},
};
use crate::{
    lint::{Options, RULES, Selector},
    policy::AccountId,
    report::count,
    source::{escape::printable, load::display_name},
    syntax::Comments,
};
use serde::Serialize;
use std::{collections::BTreeMap, path::Path};

pub(super) fn run(arguments: &ConfigCommandArguments, io: &mut Io<'_>) -> Outcome {
    if arguments.schema {
        io.write(&schema())?;
        return Ok(Exit::Clean);
    }
    let path = arguments.path.as_deref().unwrap_or(Path::new("."));
    let Ok(mut configs) = Configs::new(&arguments.config, io) else {
        return Ok(Exit::Failed);
    };
    // Of a folder what holds for the files in it.
    let file = if path.is_dir() {
        path.join("policy.json")
    } else {
        path.to_owned()
    };
    let Ok(config) = configs.of_file(&file, io) else {
        return Ok(Exit::Failed);
    };
    let options = config.as_ref().map(|config| config.options(&file));
    let text = show_settings(path, config.as_deref(), &options.unwrap_or_default());
    io.write(&text)?;
    Ok(Exit::Clean)
}

/// What a path is linted with, by the keys of a configuration.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Shown<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    select: Option<Vec<&'static str>>,
    extend_select: Vec<&'static str>,
    ignore: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fail_on: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<&'a str>,
    trusted_accounts: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization_id: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    severities: BTreeMap<&'static str, &'static str>,
}

/// What holds for a path as TOML, with comments on where it comes from.
pub(super) fn show_settings(path: &Path, config: Option<&Config>, options: &Options) -> String {
    let mut text = format!("# {}\n", printable(&display_name(path)));
    let source = config.map_or_else(
        || format!("there is no {NAME}, so the defaults hold"),
        |config| format!("from {}", printable(config.source.name())),
    );
    text += &format!("# {source}\n");
    if config.is_some_and(|config| config.excludes(path)) {
        text += "# left out by `exclude`\n";
    }
    let of_config = config.and_then(|config| config.policy_type(path));
    text += &match (of_config, options.policy_type) {
        (Some((glob, policy_type)), _) => {
            let glob = printable(&glob.text);
            format!("# type: {}, by the glob `{glob}`\n", policy_type.name())
        }
        (None, Some(policy_type)) => format!("# type: {}\n", policy_type.name()),
        (None, None) => "# type: guessed from the document\n".to_owned(),
    };
    if options.comments == Comments::Allowed {
        text += "# comments may stand in it\n";
    }
    let bound = config.map_or(0, |config| config.principals_of(path));
    if bound > 0 {
        text += &format!("# policy of {}\n", count(bound, "principal", "principals"));
    }
    if !options.suppressions.is_empty() {
        let (one, many) = ("entry of `suppress` is", "entries of `suppress` are");
        text += &format!(
            "# {} for it\n",
            count(options.suppressions.len(), one, many)
        );
    }
    let rules = RULES.iter();
    let on = rules.filter(|rule| options.selection.is_on(rule)).count();
    text += &format!("# rules that run: {on} of {}\n", RULES.len());
    let names = |selectors: &[Selector]| selectors.iter().map(|each| each.name()).collect();
    let severities = options.severities.iter();
    let shown = Shown {
        select: options.selection.select.as_deref().map(names),
        extend_select: names(&options.selection.extend_select),
        ignore: names(&options.selection.ignore),
        fail_on: config
            .and_then(|config| config.settings.fail_on)
            .map(FailOn::name),
        baseline: config
            .and_then(|config| config.settings.baseline.as_ref())
            .map(|path| display_name(path)),
        account: options.account.as_ref().map(AccountId::as_str),
        trusted_accounts: options
            .trusted_accounts
            .iter()
            .map(AccountId::as_str)
            .collect(),
        organization_id: options.organization.as_deref(),
        severities: severities
            .map(|(rule, severity)| (rule.as_str(), severity.name()))
            .collect(),
    };
    // Only texts and lists and tables of them, which can always be written.
    text += &toml::to_string(&shown).unwrap_or_default();
    let tables = config.map(|config| &config.settings.requirement_tables);
    let tables = tables.map_or_else(String::new, |tables| {
        toml::to_string(tables).unwrap_or_default()
    });
    if !tables.is_empty() {
        text += "\n";
        text += &tables;
    }
    let lines = text.lines().map(|line| printable(line).into_owned() + "\n");
    lines.collect()
}
