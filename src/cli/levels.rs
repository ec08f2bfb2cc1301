//! Policies of an organisation as they are typed: `--scp LEVEL=FILE`.

use miette::Diagnostic;
use std::path::PathBuf;

/// A text that names no level and file.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("`{text}` is not of the form `LEVEL=FILE`")]
#[diagnostic(help("write it like `--scp root=root.json`"))]
pub(super) struct LevelError {
    text: String,
}

/// The files of each level, levels in the order in which they are first named.
pub(super) fn levels(texts: &[String]) -> Result<Vec<Vec<PathBuf>>, LevelError> {
    let mut levels: Vec<(&str, Vec<PathBuf>)> = Vec::new();
    for text in texts {
        let (name, path) = text
            .split_once('=')
            .filter(|(name, _)| !name.is_empty())
            .ok_or_else(|| LevelError { text: text.clone() })?;
        let place = match levels.iter().position(|(own, _)| *own == name) {
            Some(place) => place,
            None => {
                levels.push((name, Vec::new()));
                levels.len() - 1
            }
        };
        if let Some((_, paths)) = levels.get_mut(place).filter(|_| !path.is_empty()) {
            paths.push(PathBuf::from(path));
        }
    }
    Ok(levels.into_iter().map(|(_, paths)| paths).collect())
}
