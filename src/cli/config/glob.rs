//! Globs of a configuration.

use super::NAME;
use globset::{GlobBuilder, GlobMatcher};
use std::path::{Component, Path, PathBuf};

/// Which files below the folder of the configuration are meant.
#[derive(Debug, Clone)]
pub(in crate::cli) struct FileGlob {
    /// As it was written.
    pub(in crate::cli) text: String,
    /// The folder, from that of the configuration, below which all of them are.
    pub(in crate::cli) base: PathBuf,
    matcher: GlobMatcher,
}

/// Whether a path leads out of the folder that it starts in.
pub(super) fn leads_outside(path: &str) -> bool {
    Path::new(path)
        .components()
        .any(|part| !matches!(part, Component::Normal(_) | Component::CurDir))
}

impl FileGlob {
    /// Reads one; for a wrong one, a message and a help.
    pub(in crate::cli) fn parse(text: &str) -> Result<Self, (String, String)> {
        if leads_outside(text) {
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
        Ok(Self {
            text: text.to_owned(),
            base,
            matcher: glob.compile_matcher(),
        })
    }

    /// Whether a path from the folder of the configuration is meant: it matches, or is below a
    /// folder that does.
    pub(in crate::cli) fn matches(&self, path: &Path) -> bool {
        path.ancestors().any(|path| self.matcher.is_match(path))
    }
}
