//! `iamsim.toml`.

use crate::source::{
    Source,
    load::{self, LoadError},
};
use globset::{Glob, GlobSet, GlobSetBuilder};
use miette::{Diagnostic, LabeledSpan, NamedSource, SourceSpan};
use std::{
    fmt,
    path::{Path, PathBuf},
};

/// The name of the file.
const NAME: &str = "iamsim.toml";

/// The keys that it may have.
const KEYS: [&str; 1] = ["policies"];

/// What holds for a project.
#[derive(Debug)]
pub(super) struct Config {
    /// The folder of the file; paths in it start there.
    pub(super) folder: PathBuf,
    /// Paths and globs of the project's policies.
    pub(super) policies: Vec<String>,
}

/// A configuration that cannot be used.
#[derive(Debug)]
pub(super) struct ConfigError {
    message: String,
    help: Option<String>,
    source: NamedSource<String>,
    span: Option<SourceSpan>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ConfigError {}

impl Diagnostic for ConfigError {
    fn help<'s>(&'s self) -> Option<Box<dyn fmt::Display + 's>> {
        self.help
            .as_ref()
            .map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.span.map(|_| &self.source as &dyn miette::SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.span?;
        Some(Box::new(std::iter::once(LabeledSpan::new_with_span(
            None, span,
        ))))
    }
}

impl Config {
    /// The configuration of the working directory: the file in the nearest ancestor, up to the root
    /// of the repository. `None` where there is none.
    pub(super) fn find() -> Result<Option<Self>, Box<dyn Diagnostic + Send + Sync>> {
        let Ok(start) = std::env::current_dir() else {
            return Ok(None);
        };
        for folder in start.ancestors() {
            let path = folder.join(NAME);
            match load::policy(&path) {
                Ok(source) => {
                    let relative = relative(folder, &start);
                    return Ok(Some(
                        Self::parse(&source, relative).map_err(|error| *error)?,
                    ));
                }
                Err(LoadError::NotFound { .. }) => {}
                Err(error) => return Err(Box::new(error)),
            }
            if folder.join(".git").exists() {
                break;
            }
        }
        Ok(None)
    }

    fn parse(source: &Source, folder: PathBuf) -> Result<Self, Box<ConfigError>> {
        let text = source.text();
        let error =
            |message: String, help: Option<String>, span: Option<std::ops::Range<usize>>| {
                Box::new(ConfigError {
                    message,
                    help,
                    source: NamedSource::new(NAME, text.to_owned()),
                    span: span.map(|range| SourceSpan::new(range.start.into(), range.len())),
                })
            };
        let table: toml::Table = text.parse().map_err(|wrong: toml::de::Error| {
            error(
                format!("`{NAME}` is not TOML: {}", wrong.message()),
                None,
                wrong.span(),
            )
        })?;
        if let Some(key) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
            let near = KEYS
                .into_iter()
                .find(|known| strsim::damerau_levenshtein(known, key) <= 3);
            let help = near.map_or_else(
                || format!("the keys are `{}`", KEYS.join("`, `")),
                |near| format!("did you mean `{near}`?"),
            );
            let at = text
                .find(key.as_str())
                .map(|start| start..start + key.len());
            return Err(error(
                format!("`{NAME}` has no key `{key}`"),
                Some(help),
                at,
            ));
        }
        let policies = match table.get("policies") {
            None => Vec::new(),
            Some(value) => value
                .as_array()
                .and_then(|list| {
                    list.iter()
                        .map(|item| item.as_str().map(str::to_owned))
                        .collect()
                })
                .ok_or_else(|| {
                    let help = "write `policies = [\"policies/**/*.json\"]`".to_owned();
                    error(
                        "`policies` is not a list of strings".to_owned(),
                        Some(help),
                        None,
                    )
                })?,
        };
        for pattern in &policies {
            if let Err(wrong) = Glob::new(pattern) {
                let at = text
                    .find(pattern.as_str())
                    .map(|start| start..start + pattern.len());
                let message = format!("`{pattern}` is not a glob: {}", wrong.kind());
                return Err(error(message, None, at));
            }
        }
        Ok(Self { folder, policies })
    }

    /// Matches paths below the folder of the configuration.
    pub(super) fn globs(&self) -> GlobSet {
        let mut globs = GlobSetBuilder::new();
        for pattern in &self.policies {
            // All were tried when the file was read.
            if let Ok(glob) = Glob::new(pattern) {
                globs.add(glob);
            }
        }
        globs.build().unwrap_or_default()
    }
}

/// The way from the working directory to one of its ancestors.
fn relative(folder: &Path, start: &Path) -> PathBuf {
    let steps = start
        .strip_prefix(folder)
        .map_or(0, |rest| rest.components().count());
    std::iter::repeat_n("..", steps).collect()
}
