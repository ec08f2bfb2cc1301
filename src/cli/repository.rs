//! The paths of files from the root of their repository.

use crate::source::load::display_name;
use std::{
    collections::BTreeMap,
    fs::canonicalize,
    path::{Path, PathBuf},
};

/// The root of the repository that a folder is in, by its `.git`.
pub(super) fn root_above(folder: &Path) -> Option<&Path> {
    let mut ancestors = folder.ancestors();
    ancestors.find(|ancestor| is_root(ancestor))
}

/// Whether a folder is the root of a repository.
pub(super) fn is_root(folder: &Path) -> bool {
    folder.join(".git").exists()
}

/// Finds them.
#[derive(Debug)]
pub(super) struct Repository {
    /// What the environment says to be the root.
    workspace: Option<PathBuf>,
    /// The path of each folder from its root; `None` for a folder that is in none.
    folders: BTreeMap<PathBuf, Option<PathBuf>>,
}

impl Repository {
    /// Takes the root that the environment tells.
    pub(super) fn new(workspace: Option<&Path>) -> Self {
        Self {
            workspace: workspace.and_then(|path| canonicalize(path).ok()),
            folders: BTreeMap::new(),
        }
    }

    /// The root of the files in the working directory, as [`Self::path_of`] has it.
    pub(super) fn root(&self) -> PathBuf {
        let here = std::env::current_dir().unwrap_or_default();
        let here = canonicalize(&here).unwrap_or(here);
        let workspace = self
            .workspace
            .as_deref()
            .filter(|root| here.starts_with(root));
        let root = workspace.or_else(|| root_above(&here));
        root.unwrap_or(&here).to_owned()
    }

    /// The path of a file from the root: that of the workspace, else of the repository, else the working
    /// directory; as it is written for a file outside of these.
    pub(super) fn path_of(&mut self, path: &Path) -> String {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let workspace = self.workspace.as_deref();
        let known = self.folders.entry(folder.to_owned());
        let known = known.or_insert_with_key(|folder| below_root(folder, workspace));
        match (known, path.file_name()) {
            (Some(folder), Some(name)) => display_name(&folder.join(name)),
            _ => display_name(path),
        }
    }
}

fn below_root(folder: &Path, workspace: Option<&Path>) -> Option<PathBuf> {
    // A folder that is not there yet is that of a file on standard input.
    let folder = canonicalize(folder)
        .or_else(|_| std::path::absolute(folder))
        .ok()?;
    let below = |root: &Path| folder.strip_prefix(root).ok().map(Path::to_owned);
    workspace.and_then(below).or_else(|| {
        root_above(&folder)
            .and_then(below)
            .or_else(|| below(&canonicalize(std::env::current_dir().ok()?).ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::Repository;
    use std::fs;

    #[test]
    fn a_path_starts_at_the_root_of_its_repository_or_of_the_workspace() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("work/repository/iam/deep")).unwrap();
        fs::create_dir_all(root.join("work/repository/.git")).unwrap();
        let file = root.join("work/repository/iam/deep/a.json");
        let mut repository = Repository::new(None);
        assert_eq!(repository.path_of(&file), "iam/deep/a.json");
        let roundabout = root.join("work/repository/iam/../iam/deep/a.json");
        assert_eq!(repository.path_of(&roundabout), "iam/deep/a.json");
        let mut workspace = Repository::new(Some(&root.join("work")));
        assert_eq!(workspace.path_of(&file), "repository/iam/deep/a.json");
        // The workspace of other files says nothing.
        let mut elsewhere = Repository::new(Some(&root.join("work/repository/iam/deep")));
        assert_eq!(
            elsewhere.path_of(&root.join("work/repository/b.json")),
            "b.json"
        );
    }
}
