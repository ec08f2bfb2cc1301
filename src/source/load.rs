//! Reading files: the only place of the library that does.

use super::{MAX_POLICY_BYTES, Source};
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// A file that could not be read.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum LoadError {
    /// There is no such file.
    #[error("no such file: `{name}`")]
    #[diagnostic(help("check the path; `-` reads standard input"))]
    NotFound {
        /// The path as the user wrote it.
        name: String,
    },
    /// The path is a folder, and a file is wanted.
    #[error("`{name}` is a directory, not a file")]
    #[diagnostic(help("name a file in it"))]
    Directory {
        /// The path as the user wrote it.
        name: String,
    },
    /// The operating system refused.
    #[error("cannot read `{name}`: {reason}")]
    #[diagnostic(help("check the path and the permissions of the file"))]
    Unreadable {
        /// The path as the user wrote it.
        name: String,
        /// What the operating system said.
        reason: String,
    },
    /// The operating system refused to write.
    #[error("cannot write `{name}`: {reason}")]
    #[diagnostic(help("check the path, the permissions of its folder and the space on the disk"))]
    Unwritable {
        /// The path as the user wrote it.
        name: String,
        /// What the operating system said.
        reason: String,
    },
    /// The file is no text of the wanted encoding.
    #[error("`{name}` is not UTF-8")]
    #[diagnostic(help("save the file as UTF-8"))]
    NotUtf8 {
        /// The path as the user wrote it.
        name: String,
    },
    /// The file is larger than anybody needs.
    #[error("`{name}` is larger than {limit} MiB")]
    #[diagnostic(help("split it into parts"))]
    TooLarge {
        /// The path as the user wrote it.
        name: String,
        /// The limit.
        limit: u64,
    },
}

impl LoadError {
    /// Says which file an error of the operating system is about.
    pub fn new(name: &str, error: &io::Error) -> Self {
        let name = name.to_owned();
        if error.kind() == io::ErrorKind::NotFound {
            Self::NotFound { name }
        } else if error.kind() == io::ErrorKind::IsADirectory {
            Self::Directory { name }
        } else {
            let reason = reason(error);
            Self::Unreadable { name, reason }
        }
    }

    /// Says which file could not be written, and why.
    pub fn unwritable(name: &str, error: &io::Error) -> Self {
        Self::Unwritable {
            name: name.to_owned(),
            reason: reason(error),
        }
    }
}

/// What the operating system said, in the voice of messages: "permission denied".
pub fn reason(error: &io::Error) -> String {
    // "Permission denied (os error 13)"
    let text = error.to_string().to_lowercase();
    text.split(" (os error")
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// The name that reports give to a path: as written, with `/` between folders.
pub fn display_name(path: &Path) -> String {
    let name = path.to_string_lossy();
    let name = if cfg!(windows) {
        name.replace('\\', "/")
    } else {
        name.into_owned()
    };
    name.strip_prefix("./")
        .map(ToOwned::to_owned)
        .unwrap_or(name)
}

/// Opens a file for reading; a directory is an error.
pub fn open(path: &Path) -> Result<File, LoadError> {
    let name = display_name(path);
    let file = File::open(path).map_err(|error| LoadError::new(&name, &error))?;
    let metadata = file
        .metadata()
        .map_err(|error| LoadError::new(&name, &error))?;
    if metadata.is_dir() {
        return Err(LoadError::Directory { name });
    }
    Ok(file)
}

/// Reads a policy document.
///
/// At most one byte more than [`MAX_POLICY_BYTES`] is read, which is enough for the parser to say
/// that the document is too large.
pub fn policy(path: &Path) -> Result<Source, LoadError> {
    policy_from(display_name(path), open(path)?)
}

/// Reads a policy document from an open file or a stream that reports call `name`.
pub fn policy_from(name: String, reader: impl Read) -> Result<Source, LoadError> {
    let mut bytes = Vec::new();
    let limit = MAX_POLICY_BYTES as u64 + 1;
    let read = reader.take(limit).read_to_end(&mut bytes);
    match read {
        Ok(_) => Ok(Source::new(name, bytes)),
        Err(error) => Err(LoadError::new(&name, &error)),
    }
}

/// The most bytes that a configuration may have.
const MAX_CONFIGURATION_BYTES: u64 = 1024 * 1024;

/// Reads a configuration, which reports call `name`. One that is not UTF-8 is an error, as no part
/// of it may be misread.
pub fn configuration(path: &Path, name: String) -> Result<Source, LoadError> {
    own_file(path, name, MAX_CONFIGURATION_BYTES)
}

/// The most bytes that a baseline may have, at some 300 a finding.
pub const MAX_BASELINE_BYTES: u64 = 64 * 1024 * 1024;

/// Reads a baseline; as for a configuration, no part of it may be misread.
pub fn baseline(path: &Path) -> Result<Source, LoadError> {
    // A pipe would be waited for without end.
    if std::fs::metadata(path).is_ok_and(|file| !file.is_file() && !file.is_dir()) {
        let reason = "it is no regular file".to_owned();
        let name = display_name(path);
        return Err(LoadError::Unreadable { name, reason });
    }
    own_file(path, display_name(path), MAX_BASELINE_BYTES)
}

/// Reads a file that iamsim alone has a use for.
fn own_file(path: &Path, name: String, most: u64) -> Result<Source, LoadError> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes));
    match read {
        Ok(length) if length as u64 > most => {
            let limit = most / (1024 * 1024);
            Err(LoadError::TooLarge { name, limit })
        }
        Ok(_) if std::str::from_utf8(&bytes).is_err() => Err(LoadError::NotUtf8 { name }),
        Ok(_) => Ok(Source::new(name, bytes)),
        Err(error) => Err(LoadError::new(&name, &error)),
    }
}

/// The most bytes that the export of an account may have. A user or role takes some 2 KB of it.
pub const MAX_EXPORT_BYTES: usize = 128 * 1024 * 1024;

/// Reads the export of an account from an open file or a stream that reports call `name`.
pub fn export_from(name: String, reader: impl Read) -> Result<Source, LoadError> {
    bounded(name, reader, MAX_EXPORT_BYTES as u64)
}

/// The most bytes that a list of ARNs may have.
const MAX_LIST_BYTES: u64 = 256 * 1024 * 1024;

/// Reads a list, one entry a line, from an open file or a stream that reports call `name`.
pub fn list_from(name: String, reader: impl Read) -> Result<Source, LoadError> {
    bounded(name, reader, MAX_LIST_BYTES)
}

fn bounded(name: String, reader: impl Read, most: u64) -> Result<Source, LoadError> {
    let mut bytes = Vec::new();
    match reader.take(most + 1).read_to_end(&mut bytes) {
        Ok(length) if length as u64 > most => {
            let limit = most / (1024 * 1024);
            Err(LoadError::TooLarge { name, limit })
        }
        Ok(_) => Ok(Source::new(name, bytes)),
        Err(error) => Err(LoadError::new(&name, &error)),
    }
}
