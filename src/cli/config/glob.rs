//! Globs of a configuration.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use std::path::{Component, Path, PathBuf};

/// Which files below the folder of the configuration are meant.
#[derive(Debug, Clone)]
pub(in crate::cli) struct FileGlob {
    /// As it was written.
    pub(in crate::cli) text: String,
    /// The folder, from that of the configuration, below which all of them are.
    pub(in crate::cli) base: PathBuf,
    is_literal: bool,
    matcher: GlobSet,
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
                format!("`{text}` leads out of the folder that it starts in"),
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
        let is_literal = names.iter().all(plain);
        let glob = GlobBuilder::new(&names.join("/"))
            .literal_separator(true)
            .build();
        // To make one is lazy, so only a set of it says that it is too large.
        let matcher = glob.and_then(|glob| GlobSetBuilder::new().add(glob).build());
        let matcher = matcher.map_err(|wrong| {
            if matches!(wrong.kind(), globset::ErrorKind::Regex(_)) {
                return (
                    "the glob is too large".to_owned(),
                    "write several that are shorter".to_owned(),
                );
            }
            (
                format!("`{text}` is not a glob: {}", wrong.kind()),
                "`*` and `?` stand for text in a name, `**` for folders".to_owned(),
            )
        })?;
        Ok(Self {
            text: text.to_owned(),
            base,
            is_literal,
            matcher,
        })
    }

    /// Whether it means the folder that it starts in, and so everything.
    pub(super) fn is_everything(&self) -> bool {
        self.is_literal && self.base.as_os_str().is_empty()
    }

    /// Whether it is the path of one file or folder.
    pub(super) fn is_literal(&self) -> bool {
        self.is_literal
    }

    /// Whether a path from the folder of the configuration is meant: it matches, or is below a
    /// folder that does.
    pub(in crate::cli) fn matches(&self, path: &Path) -> bool {
        path.ancestors().any(|path| self.matcher.is_match(path))
    }
}
