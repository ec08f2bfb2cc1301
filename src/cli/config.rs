//! `iamsim.toml`.

mod suppress;

use super::io::Io;
use crate::{
    lint::Suppression,
    policy::PolicyType,
    report::Snippet,
    source::{
        Source, Span,
        load::{self, LoadError, display_name},
    },
};
use globset::{GlobBuilder, GlobMatcher};
use serde::Deserialize as _;
use std::path::{Component, Path, PathBuf};
use suppress::SuppressForm;
use toml::de::{DeTable, DeValue, ValueDeserializer};

/// The name of the file.
const NAME: &str = "iamsim.toml";

/// The keys that it may have.
const KEYS: [&str; 3] = ["policies", "policy-types", "suppress"];

/// How the list of policies is written.
const EXAMPLE: &str = "write it like `policies = [\"policies/**/*.json\"]`";

/// How the type of policies is written.
const TYPE_EXAMPLE: &str =
    "write it like `[[policy-types]]`, `glob = \"scps/*.json\"`, `type = \"scp\"`";

/// What holds for a project.
#[derive(Debug)]
pub(super) struct Config {
    /// The folder of the file; paths in it start there.
    pub(super) folder: PathBuf,
    /// The same from the root of the file system.
    root: PathBuf,
    /// Paths and globs of the project's policies.
    pub(super) policies: Vec<PolicyGlob>,
    /// The types of policies, the first glob that matches counts.
    policy_types: Vec<(PolicyGlob, PolicyType)>,
    /// Findings that are accepted.
    pub(super) suppressions: Vec<Accepted>,
    /// The file.
    pub(super) source: Source,
}

/// Findings that are accepted in some policies.
#[derive(Debug)]
pub(super) struct Accepted {
    /// The policies; none where it is all.
    paths: Vec<PolicyGlob>,
    /// What is accepted in them.
    pub(super) suppression: Suppression,
}

/// Which files below the folder of the configuration are policies.
#[derive(Debug)]
pub(super) struct PolicyGlob {
    /// As it was written.
    pub(super) text: String,
    /// The folder, from that of the configuration, below which all of them are.
    pub(super) base: PathBuf,
    matcher: GlobMatcher,
}

impl PolicyGlob {
    /// Whether a path from the folder of the configuration is meant: it matches, or is below a
    /// folder that does.
    pub(super) fn matches(&self, path: &Path) -> bool {
        path.ancestors().any(|path| self.matcher.is_match(path))
    }
}

/// What went wrong was reported already.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reported;

/// A configuration that cannot be used.
#[derive(Debug)]
pub(super) enum ConfigError {
    /// The file cannot be read.
    Unreadable(LoadError),
    /// The file is wrong.
    Wrong(Box<Wrong>),
}

/// What is wrong with a configuration, and where.
#[derive(Debug)]
pub(super) struct Wrong {
    source: Source,
    span: Span,
    message: String,
    help: String,
}

impl Wrong {
    /// It with its place underlined.
    pub(super) fn snippet(&self) -> Snippet<'_> {
        Snippet::new(&self.source, &self.message)
            .label(self.span, None)
            .help(Some(&self.help))
    }
}

impl Config {
    /// The configuration of the working directory: the file in the nearest ancestor, up to the root
    /// of the repository. `None` where there is none.
    pub(super) fn find() -> Result<Option<Self>, ConfigError> {
        let Ok(start) = std::env::current_dir() else {
            return Ok(None);
        };
        for ancestor in start.ancestors() {
            let folder = relative(ancestor, &start);
            let name = display_name(&folder.join(NAME));
            match load::configuration(&ancestor.join(NAME), name) {
                Ok(source) => {
                    return Self::parse(source, folder, ancestor.to_owned()).map(Some);
                }
                Err(LoadError::NotFound { .. }) => {}
                Err(error) => return Err(ConfigError::Unreadable(error)),
            }
            if ancestor.join(".git").exists() {
                break;
            }
        }
        Ok(None)
    }

    /// The configuration of the working directory, where there is one. What keeps it from being used is
    /// reported.
    pub(super) fn found(io: &mut Io<'_>) -> Result<Option<Self>, Reported> {
        Self::find().map_err(|error| {
            match error {
                ConfigError::Unreadable(error) => io.error(&error),
                ConfigError::Wrong(wrong) => io.error(&wrong.snippet()),
            }
            Reported
        })
    }

    /// The type of the policy at a path from the working directory, where the configuration says so.
    pub(super) fn policy_type(&self, path: &Path) -> Option<PolicyType> {
        if self.policy_types.is_empty() {
            return None;
        }
        let below = self.below(path)?;
        let mut types = self.policy_types.iter();
        types
            .find(|(glob, _)| glob.matches(&below))
            .map(|(_, policy_type)| *policy_type)
    }

    /// Which of the accepted findings are meant in the policy at a path from the working directory, by
    /// their places in the list.
    pub(super) fn accepted_in(&self, path: &Path) -> Vec<usize> {
        if self.suppressions.is_empty() {
            return Vec::new();
        }
        let below = self.below(path);
        let is_meant = |accepted: &Accepted| {
            let mut paths = accepted.paths.iter();
            let below = below.as_ref();
            accepted.paths.is_empty()
                || below.is_some_and(|below| paths.any(|glob| glob.matches(below)))
        };
        let meant = self.suppressions.iter().enumerate();
        meant
            .filter(|(_, accepted)| is_meant(accepted))
            .map(|(place, _)| place)
            .collect()
    }

    /// A path from the working directory as one from the folder of the configuration.
    fn below(&self, path: &Path) -> Option<PathBuf> {
        let absolute = std::path::absolute(path).ok()?;
        let mut plain = PathBuf::new();
        for part in absolute.components() {
            if part == Component::ParentDir {
                plain.pop();
            } else {
                plain.push(part);
            }
        }
        plain.strip_prefix(&self.root).ok().map(Path::to_owned)
    }

    fn parse(source: Source, folder: PathBuf, root: PathBuf) -> Result<Self, ConfigError> {
        match settings(source.text()) {
            Ok(Settings {
                policies,
                policy_types,
                suppressions,
            }) => Ok(Self {
                folder,
                root,
                policies,
                policy_types,
                suppressions,
                source,
            }),
            Err(Fault {
                span,
                message,
                help,
            }) => Err(ConfigError::Wrong(Box::new(Wrong {
                source,
                span,
                message,
                help,
            }))),
        }
    }
}

/// What is wrong with the text of a configuration.
struct Fault {
    span: Span,
    message: String,
    help: String,
}

fn fault(range: std::ops::Range<usize>, message: String, help: impl Into<String>) -> Fault {
    Fault {
        span: Span::new(range.start, range.end),
        message,
        help: help.into(),
    }
}

/// The lists of a configuration; empty where there are none.
struct Settings {
    policies: Vec<PolicyGlob>,
    policy_types: Vec<(PolicyGlob, PolicyType)>,
    suppressions: Vec<Accepted>,
}

fn settings(text: &str) -> Result<Settings, Fault> {
    let table = DeTable::parse(text).map_err(|wrong| {
        let span = wrong.span().unwrap_or(0..0);
        let message = format!("`{NAME}` is not TOML: {}", wrong.message());
        fault(span, message, EXAMPLE)
    })?;
    let table = table.get_ref();
    check_keys(table, &KEYS, &format!("`{NAME}`"))?;
    let policies = match table.get("policies") {
        Some(value) => policies(value)?,
        None => Vec::new(),
    };
    let policy_types = match table.get("policy-types") {
        Some(value) => policy_types(value)?,
        None => Vec::new(),
    };
    let suppressions = match table.get("suppress") {
        Some(value) => suppressions(value)?,
        None => Vec::new(),
    };
    Ok(Settings {
        policies,
        policy_types,
        suppressions,
    })
}

/// Refuses keys that there are not.
fn check_keys(table: &DeTable<'_>, keys: &[&str], whose: &str) -> Result<(), Fault> {
    for key in table.keys() {
        let name: &str = key.get_ref();
        if !keys.contains(&name) {
            let near = keys
                .iter()
                .find(|known| name.len() < 64 && strsim::damerau_levenshtein(known, name) <= 3);
            let help = near.map_or_else(
                || format!("the keys are `{}`", keys.join("`, `")),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(fault(
                key.span(),
                format!("{whose} has no key `{name}`"),
                help,
            ));
        }
    }
    Ok(())
}

fn policies(value: &toml::Spanned<DeValue<'_>>) -> Result<Vec<PolicyGlob>, Fault> {
    let DeValue::Array(list) = value.get_ref() else {
        let message = "`policies` is not a list".to_owned();
        return Err(fault(value.span(), message, EXAMPLE));
    };
    let glob = |item: &toml::Spanned<DeValue<'_>>| match item.get_ref().as_str() {
        Some(text) => {
            policy_glob(text).map_err(|(message, help)| fault(item.span(), message, help))
        }
        None => {
            let message = "an entry of `policies` is not a string".to_owned();
            Err(fault(item.span(), message, EXAMPLE))
        }
    };
    list.iter().map(glob).collect()
}

fn policy_types(
    value: &toml::Spanned<DeValue<'_>>,
) -> Result<Vec<(PolicyGlob, PolicyType)>, Fault> {
    let DeValue::Array(list) = value.get_ref() else {
        let message = "`policy-types` is not a list of tables".to_owned();
        return Err(fault(value.span(), message, TYPE_EXAMPLE));
    };
    let entry = |item: &toml::Spanned<DeValue<'_>>| {
        let DeValue::Table(table) = item.get_ref() else {
            let message = "an entry of `policy-types` is not a table".to_owned();
            return Err(fault(item.span(), message, TYPE_EXAMPLE));
        };
        check_keys(table, &["glob", "type"], "an entry of `policy-types`")?;
        let text = |key: &str| match table.get(key) {
            Some(value) => match value.get_ref().as_str() {
                Some(text) => Ok((value.span(), text)),
                None => Err(fault(
                    value.span(),
                    format!("`{key}` is not a string"),
                    TYPE_EXAMPLE,
                )),
            },
            None => Err(fault(
                item.span(),
                format!("an entry of `policy-types` has no `{key}`"),
                TYPE_EXAMPLE,
            )),
        };
        let (span, glob) = text("glob")?;
        let glob = policy_glob(glob).map_err(|(message, help)| fault(span, message, help))?;
        let (span, name) = text("type")?;
        let policy_type = PolicyType::from_name(name).ok_or_else(|| {
            let names: Vec<_> = PolicyType::ALL.iter().map(|each| each.name()).collect();
            let help = format!("the types are `{}`", names.join("`, `"));
            fault(span, format!("there is no type of policies `{name}`"), help)
        })?;
        Ok((glob, policy_type))
    };
    list.iter().map(entry).collect()
}

fn suppressions(value: &toml::Spanned<DeValue<'_>>) -> Result<Vec<Accepted>, Fault> {
    let forms = Vec::<SuppressForm>::deserialize(ValueDeserializer::from(value.clone()));
    let forms = forms.map_err(|wrong| {
        let span = wrong.span().unwrap_or_else(|| value.span());
        let message = format!("an entry of `suppress` is wrong: {}", wrong.message());
        fault(span, message, suppress::EXAMPLE)
    })?;
    let mut suppressions = Vec::new();
    for form in forms {
        for suppress::Entry { paths, suppression } in suppress::read(form)? {
            let glob = |path: &toml::Spanned<String>| {
                policy_glob(path.get_ref())
                    .map_err(|(message, help)| fault(path.span(), message, help))
            };
            suppressions.push(Accepted {
                paths: paths.iter().map(glob).collect::<Result<_, _>>()?,
                suppression,
            });
        }
    }
    Ok(suppressions)
}

/// Reads one entry; for a wrong one, a message and a help.
fn policy_glob(text: &str) -> Result<PolicyGlob, (String, String)> {
    let outside = Path::new(text)
        .components()
        .any(|part| !matches!(part, Component::Normal(_) | Component::CurDir));
    if outside {
        return Err((
            format!("`{text}` leads out of the folder of `{NAME}`"),
            "name paths below it; a file elsewhere can be given as an argument".to_owned(),
        ));
    }
    let parts = Path::new(text).components();
    let names: Vec<_> = parts
        .filter_map(|part| match part {
            Component::Normal(name) => name.to_str(),
            Component::Prefix(_)
            | Component::RootDir
            | Component::CurDir
            | Component::ParentDir => None,
        })
        .collect();
    let plain = |name: &&str| !name.contains(['*', '?', '[', '{', '\\']);
    let literal = names.iter().copied().take_while(plain);
    let base: PathBuf = literal.collect();
    let glob = GlobBuilder::new(&names.join("/"))
        .literal_separator(true)
        .build()
        .map_err(|wrong| {
            (
                format!("`{text}` is not a glob: {}", wrong.kind()),
                "`*` and `?` stand for text in a name, `**` for folders".to_owned(),
            )
        })?;
    Ok(PolicyGlob {
        text: text.to_owned(),
        base,
        matcher: glob.compile_matcher(),
    })
}

/// The way from the working directory to one of its ancestors; empty for itself.
fn relative(folder: &Path, start: &Path) -> PathBuf {
    let steps = start
        .strip_prefix(folder)
        .map_or(0, |rest| rest.components().count());
    std::iter::repeat_n("..", steps).collect()
}
