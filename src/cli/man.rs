//! `iamsim man`

use super::{
    Arguments,
    args::ManArguments,
    io::{Exit, Io, Outcome},
};
use crate::source::load::{LoadError, display_name};
use clap::CommandFactory as _;
use clap_mangen::Man;
use std::{fs, path::Path};

pub(super) fn run(arguments: &ManArguments, io: &mut Io<'_>) -> Outcome {
    // The page of `help` would say nothing that `--help` does not.
    let mut command = Arguments::command().disable_help_subcommand(true);
    command.build();
    let Some(folder) = &arguments.folder else {
        let (_, page) = page(&command)?;
        io.write(&page)?;
        return Ok(Exit::Clean);
    };
    let mut pages = Vec::new();
    for command in with_subcommands(&command) {
        pages.push(page(command)?);
    }
    match write(folder, &pages) {
        Ok(()) => {
            let pages = crate::report::count(pages.len(), "page", "pages");
            io.remark(&format!("wrote {pages} to `{}`", display_name(folder)));
            Ok(Exit::Clean)
        }
        Err(error) => {
            io.error(&error);
            Ok(Exit::Failed)
        }
    }
}

/// A command and all commands below it that are shown.
fn with_subcommands(command: &clap::Command) -> Vec<&clap::Command> {
    let below = command.get_subcommands().filter(|each| !each.is_hide_set());
    let below = below.flat_map(with_subcommands);
    std::iter::once(command).chain(below).collect()
}

/// The name of the file of a page, and its text.
fn page(command: &clap::Command) -> Result<(String, String), std::io::Error> {
    let source = concat!("iamsim ", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command.clone()).source(source).manual("iamsim");
    let mut text = Vec::new();
    man.render(&mut text)?;
    Ok((
        man.get_filename(),
        String::from_utf8_lossy(&text).into_owned(),
    ))
}

fn write(folder: &Path, pages: &[(String, String)]) -> Result<(), LoadError> {
    let unwritable =
        |path: &Path, error: &std::io::Error| LoadError::unwritable(&display_name(path), error);
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    for (name, text) in pages {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| unwritable(&path, &error))?;
    }
    Ok(())
}
