//! Putting a file in place of another, whole or not at all.

use crate::source::load::{LoadError, display_name, reason};
use miette::Diagnostic;
use std::{
    fs::{self, File, Metadata, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};
use tempfile::NamedTempFile;

/// A file that was not replaced: its content is what it was.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub(super) enum ReplaceError {
    /// The path is one of a folder, a pipe or a device.
    #[error("cannot change `{name}`: it is no regular file")]
    #[diagnostic(help("name the file itself"))]
    NoFile { name: String },
    /// Somebody else changed it in the meantime.
    #[error("`{name}` was changed after it was read, and is left alone")]
    #[diagnostic(help("run the command again"))]
    Changed { name: String },
    /// Nobody may write to it.
    #[error("cannot change `{name}`: the file is read-only")]
    #[diagnostic(help("allow yourself to write to it, or see the changes with `--diff`"))]
    ReadOnly { name: String },
    /// The operating system refused.
    #[error("cannot change `{name}`: {reason}; it is left as it was")]
    #[diagnostic(help(
        "a new file is written beside the old one and then takes its place: check the permissions of \
         the folder and the space on the disk"
    ))]
    Refused { name: String, reason: String },
}

/// Puts a content in place of the one that a file was read with.
///
/// The content is written to a new file beside the old one, which then takes its place and its
/// permissions: at no time is there half a file, and a failure leaves the old one. Of a symbolic link, the
/// file that it points to is replaced.
pub(super) fn replace(path: &Path, before: &[u8], after: &[u8]) -> Result<(), ReplaceError> {
    replace_with(path, before, |file| file.write_all(after))
}

/// Writes a file of our own making, such as a report: a new one, or in place of an old one, which a failure
/// leaves. A pipe or a device is written to as it is.
pub(super) fn write_whole(path: &Path, content: &[u8]) -> Result<(), LoadError> {
    write_whole_with(path, |file| file.write_all(content))
}

/// The same with a content that is made while it is written.
pub(super) fn write_whole_with(
    path: &Path,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<(), LoadError> {
    let unwritable = |error: io::Error| LoadError::unwritable(&display_name(path), &error);
    // An open stream by its name is written to where it stands.
    if ["/dev", "/proc"]
        .iter()
        .any(|folder| path.starts_with(folder))
    {
        let opened = OpenOptions::new().append(true).open(path);
        let written = opened.and_then(|mut file| write(&mut file));
        return written.map_err(unwritable);
    }
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {
            let target = fs::canonicalize(path).map_err(unwritable)?;
            if !is_writable(&target, &metadata) {
                return Err(unwritable(io::ErrorKind::PermissionDenied.into()));
            }
            let new = written_beside(&target, &metadata, write).map_err(unwritable)?;
            new.persist(&target)
                .map_err(|error| unwritable(error.error))?;
            sync_folder(&target);
            Ok(())
        }
        Ok(_) => {
            let opened = OpenOptions::new().write(true).open(path);
            let written = opened.and_then(|mut file| write(&mut file));
            written.map_err(unwritable)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => write_new_with(path, write),
        Err(error) => Err(unwritable(error)),
    }
}

/// Writes a new file; one that is there already stays as it is, and is an error.
pub(super) fn write_new(path: &Path, content: &[u8]) -> Result<(), LoadError> {
    write_new_with(path, |file| file.write_all(content))
}

fn write_new_with(
    path: &Path,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<(), LoadError> {
    let unwritable = |error: io::Error| LoadError::unwritable(&display_name(path), &error);
    let mut file = File::create_new(path).map_err(unwritable)?;
    write(&mut file).map_err(|error| {
        // Half a report is none.
        drop(fs::remove_file(path));
        unwritable(error)
    })
}

fn replace_with(
    path: &Path,
    before: &[u8],
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<(), ReplaceError> {
    let name = display_name(path);
    let refused = |error: io::Error| ReplaceError::Refused {
        name: name.clone(),
        reason: reason(&error),
    };
    let target = fs::canonicalize(path).map_err(refused)?;
    let metadata = fs::metadata(&target).map_err(refused)?;
    if !metadata.is_file() {
        return Err(ReplaceError::NoFile { name });
    }
    if !is_writable(&target, &metadata) {
        return Err(ReplaceError::ReadOnly { name });
    }
    let unchanged = || has_content(&target, before).map_err(refused);
    if !unchanged()? {
        return Err(ReplaceError::Changed { name });
    }
    let new = written_beside(&target, &metadata, write).map_err(refused)?;
    // To write takes a while, so look once more.
    if !unchanged()? {
        return Err(ReplaceError::Changed { name });
    }
    new.persist(&target).map_err(|error| refused(error.error))?;
    sync_folder(&target);
    Ok(())
}

/// Whether the file itself could be written to. To replace it, its folder alone is asked.
fn is_writable(target: &Path, metadata: &Metadata) -> bool {
    let denied = |error: &io::Error| {
        matches!(
            error.kind(),
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
        )
    };
    let opened = OpenOptions::new().write(true).open(target);
    !metadata.permissions().readonly() && !opened.is_err_and(|error| denied(&error))
}

fn has_content(target: &Path, content: &[u8]) -> io::Result<bool> {
    let mut now = Vec::new();
    let most = content.len() as u64 + 1;
    File::open(target)?.take(most).read_to_end(&mut now)?;
    Ok(now == content)
}

/// A new file in the folder of another, on the disk, with its owner and permissions. It is gone again
/// where it is dropped before it takes the other's place.
fn written_beside(
    target: &Path,
    metadata: &Metadata,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<NamedTempFile> {
    let folder = target.parent().map_or_else(PathBuf::new, Path::to_owned);
    let mut new = tempfile::Builder::new()
        .prefix(".iamsim-")
        .suffix(".tmp")
        .tempfile_in(folder)?;
    write(new.as_file_mut())?;
    keep_owner(&new, metadata)?;
    new.as_file().set_permissions(metadata.permissions())?;
    new.as_file().sync_all()?;
    Ok(new)
}

/// Gives a new file the owner and group of an old one, where it has others.
#[cfg(unix)]
fn keep_owner(new: &NamedTempFile, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let own = new.as_file().metadata()?;
    let changed = |own: u32, old: u32| (own != old).then_some(old);
    let (user, group) = (changed(own.uid(), old.uid()), changed(own.gid(), old.gid()));
    if user.is_some() || group.is_some() {
        match fchown(new.as_file(), user, group) {
            // Who may not give files away has one of their own then, as editors do.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
            other => other?,
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn keep_owner(_: &NamedTempFile, _: &Metadata) -> io::Result<()> {
    Ok(())
}

/// Makes the new name outlast a crash of the machine. Where a folder cannot be synced, the file is still
/// one of the two.
fn sync_folder(target: &Path) {
    let folder = target.parent().and_then(|folder| File::open(folder).ok());
    drop(folder.map(|folder| folder.sync_all()));
}

#[cfg(test)]
mod tests {
    use super::{ReplaceError, replace, replace_with};
    use std::{
        fs::{self, File},
        io::{self, Read as _, Write as _},
        path::{Path, PathBuf},
    };
    use tempfile::TempDir;

    fn file(content: &str) -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy.json");
        fs::write(&path, content).unwrap();
        (folder, path)
    }

    fn content(path: &Path) -> String {
        let mut text = String::new();
        File::open(path).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    /// The names in a folder: no temporary file is among them.
    fn names(folder: &TempDir) -> Vec<String> {
        let entries = fs::read_dir(folder.path()).unwrap();
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name();
        let mut names: Vec<_> = entries
            .map(|entry| name(entry).into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_new_content_takes_the_place_of_the_old() {
        let (folder, path) = file("old");
        replace(&path, b"old", b"new").unwrap();
        assert_eq!(content(&path), "new");
        assert_eq!(names(&folder), ["policy.json"]);
    }

    #[test]
    fn a_file_that_was_changed_meanwhile_is_left_alone() {
        for now in ["other", "old and more", "ol", ""] {
            let (folder, path) = file(now);
            let error = replace(&path, b"old", b"new").unwrap_err();
            assert!(matches!(error, ReplaceError::Changed { .. }), "{error}");
            assert_eq!(content(&path), now);
            assert_eq!(names(&folder), ["policy.json"]);
        }
    }

    #[test]
    fn a_file_that_is_changed_while_the_new_one_is_written_is_left_alone() {
        let (folder, path) = file("old");
        let error = replace_with(&path, b"old", |new| {
            fs::write(&path, "other")?;
            new.write_all(b"new")
        });
        assert!(matches!(error, Err(ReplaceError::Changed { .. })));
        assert_eq!(content(&path), "other");
        assert_eq!(names(&folder), ["policy.json"]);
    }

    #[test]
    fn a_full_disk_loses_nothing() {
        let (folder, path) = file("old");
        let error = replace_with(&path, b"old", |new| {
            new.write_all(b"ne")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        let error = error.unwrap_err().to_string();
        assert!(error.contains("no storage space"), "{error}");
        assert!(error.ends_with("it is left as it was"), "{error}");
        assert_eq!(content(&path), "old");
        assert_eq!(names(&folder), ["policy.json"]);
    }

    #[test]
    fn a_missing_file_is_not_made() {
        let (folder, path) = file("old");
        let missing = path.with_file_name("missing.json");
        let error = replace(&missing, b"", b"new").unwrap_err();
        assert!(matches!(error, ReplaceError::Refused { .. }), "{error}");
        assert_eq!(names(&folder), ["policy.json"]);
    }

    #[test]
    fn a_folder_is_no_file() {
        let (folder, _) = file("old");
        let error = replace(folder.path(), b"", b"new").unwrap_err();
        assert!(matches!(error, ReplaceError::NoFile { .. }), "{error}");
    }

    #[test]
    fn a_read_only_file_is_left_alone() {
        let (folder, path) = file("old");
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        let error = replace(&path, b"old", b"new").unwrap_err();
        assert!(matches!(error, ReplaceError::ReadOnly { .. }), "{error}");
        assert_eq!(content(&path), "old");
        assert_eq!(names(&folder), ["policy.json"]);
    }

    #[cfg(unix)]
    mod unix {
        use super::{content, file, names};
        use crate::cli::replace::{ReplaceError, replace};
        use std::{
            fs::{self, Permissions},
            os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink},
        };

        #[test]
        fn permissions_and_owner_stay() {
            for mode in [0o600, 0o664, 0o755] {
                let (_folder, path) = file("old");
                fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
                let before = fs::metadata(&path).unwrap();
                replace(&path, b"old", b"new").unwrap();
                let after = fs::metadata(&path).unwrap();
                assert_eq!(after.permissions().mode() & 0o7777, mode);
                assert_eq!([after.uid(), after.gid()], [before.uid(), before.gid()]);
            }
        }

        #[test]
        fn a_link_stays_and_what_it_points_to_is_replaced() {
            let (folder, path) = file("old");
            let elsewhere = tempfile::tempdir().unwrap();
            let link = elsewhere.path().join("link.json");
            symlink(&path, &link).unwrap();
            replace(&link, b"old", b"new").unwrap();
            assert_eq!(content(&path), "new");
            assert_eq!(fs::read_link(&link).unwrap(), path);
            assert_eq!(names(&folder), ["policy.json"]);
            assert_eq!(names(&elsewhere), ["link.json"]);
        }

        #[test]
        fn a_folder_that_takes_no_file_loses_nothing() {
            let (folder, path) = file("old");
            fs::set_permissions(folder.path(), Permissions::from_mode(0o555)).unwrap();
            let outcome = replace(&path, b"old", b"new");
            fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
            // Root may write anywhere.
            match outcome {
                Ok(()) => assert_eq!(content(&path), "new"),
                Err(error) => {
                    assert!(matches!(error, ReplaceError::Refused { .. }), "{error}");
                    assert_eq!(content(&path), "old");
                }
            }
            assert_eq!(names(&folder), ["policy.json"]);
        }
    }
}
