//! `iamsim init`: what a repository needs to be linted: a configuration, a hook, a workflow.

use super::{
    args::InitArguments,
    config::NAME,
    discover::{Wanted, is_test_name, search},
    io::{Exit, Io, Outcome},
    repository::{is_root, root_above},
};
use crate::{
    lint::read,
    source::{
        escape::printable,
        load::{self, LoadError, display_name},
    },
};
use miette::Diagnostic;
use std::{
    collections::BTreeMap,
    fs::{File, create_dir_all, remove_file},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
};

/// The hook, as it stands in the configuration of pre-commit.
const PRE_COMMIT: &str = include_str!("pre-commit-config.yaml");

/// The workflow.
const WORKFLOW: &str = include_str!("workflow.yml");

/// A root that is none.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("`{name}` is no folder")]
#[diagnostic(help("name the root of the repository"))]
struct NoFolder {
    name: String,
}

/// A file that is there already and lacks something.
struct ToAdd {
    path: PathBuf,
    text: String,
}

pub(super) fn run(arguments: &InitArguments, io: &mut Io<'_>) -> Outcome {
    if !arguments.folder.is_dir() {
        let name = display_name(&arguments.folder);
        io.misuse(&NoFolder { name });
        return Ok(Exit::Failed);
    }
    tell_root(&arguments.folder, io);
    let version = |template: &str| template.replace("@VERSION@", env!("CARGO_PKG_VERSION"));
    let files = [
        (NAME, configuration(&arguments.folder, io)),
        (".pre-commit-config.yaml", version(PRE_COMMIT)),
        (".github/workflows/iamsim.yml", version(WORKFLOW)),
    ];
    let mut to_add = Vec::new();
    for (name, text) in files {
        let path = arguments.folder.join(name);
        let shown = display_name(&path);
        match write_new(&path, &text) {
            Ok(()) => io.write(&format!("wrote {}\n", printable(&shown)))?,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                io.write(&format!("{} is there already\n", printable(&shown)))?;
                let has_it = load::configuration(&path, shown)
                    .is_ok_and(|source| source.text().contains("iamsim"));
                if !has_it && name != NAME {
                    to_add.push(ToAdd { path, text });
                }
            }
            Err(error) => io.error(&LoadError::unwritable(&shown, &error)),
        }
    }
    for ToAdd { path, text } in to_add {
        let path = display_name(&path);
        io.write(&format!("\nadd this to {}:\n\n{text}", printable(&path)))?;
    }
    Ok(Exit::Clean)
}

/// Writes a file that is not there yet, and the folders that it is in. Half a file is none.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        create_dir_all(folder)?;
    }
    let mut file = File::create_new(path)?;
    file.write_all(text.as_bytes()).inspect_err(|_| {
        drop(remove_file(path));
    })
}

/// Warns where the folder is not the root of its repository: the hook and the workflow are looked for there.
fn tell_root(folder: &Path, io: &mut Io<'_>) {
    let Ok(folder) = folder.canonicalize() else {
        return;
    };
    if !is_root(&folder) && root_above(&folder).is_some() {
        io.remark(
            "warning: this is no root of a repository, and pre-commit and GitHub look for their files there",
        );
    }
}

/// A configuration that names the policies of a folder.
fn configuration(folder: &Path, io: &mut Io<'_>) -> String {
    let globs = policy_globs(folder, io);
    let mut text = String::from("# What iamsim holds for the policies of this repository.\n");
    if globs.is_empty() {
        text += "# No policies were found; name them here, or remove this line to have all folders searched.\n\
                 # policies = [\"policies/**/*.json\"]\n";
        return text;
    }
    let quoted = |glob: &String| format!("  {},\n", toml::Value::String(glob.clone()));
    let globs: String = globs.iter().map(quoted).collect();
    text += &format!("policies = [\n{globs}]\n");
    text
}

/// Globs of the policies in a folder: all JSON of a folder that holds nothing else, else file by file.
fn policy_globs(folder: &Path, io: &mut Io<'_>) -> Vec<String> {
    // Whether each file is a policy, by the folder that it is in.
    let mut folders: BTreeMap<PathBuf, Vec<(PathBuf, bool)>> = BTreeMap::new();
    for path in search(folder, Wanted::Policies, io) {
        // Beside policies there may be tests of them, which no list of policies means.
        if is_test_name(&path.to_string_lossy()) {
            continue;
        }
        let is_policy =
            load::policy(&path).is_ok_and(|source| read(&source, None).looks_like_policy);
        let plain = folder.strip_prefix("./").unwrap_or(folder);
        let below = path.strip_prefix(plain).unwrap_or(&path).to_owned();
        let parent = below.parent().unwrap_or(Path::new("")).to_owned();
        folders.entry(parent).or_default().push((below, is_policy));
    }
    let mut globs = Vec::new();
    for (parent, files) in folders {
        let is_json = |path: &Path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        };
        let all = files
            .iter()
            .all(|(path, is_policy)| *is_policy && is_json(path));
        if all && !parent.as_os_str().is_empty() {
            globs.push(format!("{}/*.json", escape_glob(&display_name(&parent))));
            continue;
        }
        let policies = files.iter().filter(|(_, is_policy)| *is_policy);
        globs.extend(policies.map(|(path, _)| escape_glob(&display_name(path))));
    }
    globs
}

/// A path as a glob that means just it.
fn escape_glob(path: &str) -> String {
    globset::escape(path)
}
