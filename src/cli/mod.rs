//! The command line: arguments, files, exit codes. One file a subcommand.
//!
//! Reports go to standard output; errors and warnings to standard error. An input that cannot be
//! read is reported, counted and passed over; the others are still processed.

mod args;
mod audit;
mod baseline;
mod case_file;
mod catalog;
mod completions;
mod config;
mod config_command;
mod discover;
mod events;
mod expand;
mod explain;
mod generate;
mod init;
mod input;
mod io;
mod levels;
mod lint;
mod man;
mod offered;
mod policies;
mod replace;
mod repository;
mod rule;
mod server;
mod simulate;
mod test;

pub use args::Arguments;
pub use io::{Environment, Exit, Io, automatic_colour};

use crate::source::escape::{is_unprintable, printable};
use args::Command;
use clap::{ColorChoice, Parser as _, ValueEnum as _};
use std::ffi::OsString;

/// Runs iamsim on the arguments of a process, its name included.
pub fn run(arguments: impl IntoIterator<Item = OsString>, io: &mut Io<'_>) -> Exit {
    let arguments: Vec<_> = arguments.into_iter().collect();
    // What is wrong with the arguments is shown as they ask for, as far as they can be read.
    io.set_colour(colour_of(&arguments));
    let is_harmless = |text: &OsString| !text.to_string_lossy().contains(is_unprintable);
    let harmless = arguments.iter().all(is_harmless);
    let texts: Vec<_> = arguments
        .iter()
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            if harmless {
                return io.usage(&error);
            }
            // The arguments stand in the message, so it is made anew of such as can be shown; and clap
            // only keeps its own colours apart from theirs where it writes none.
            io.set_colour(ColorChoice::Never);
            let shown = texts.iter().map(|text| printable(text).into_owned());
            let again = Arguments::try_parse_from(shown).err();
            return io.usage(&again.unwrap_or(error));
        }
    };
    io.set_colour(arguments.color);
    let outcome = match &arguments.command {
        Command::Lint(command) => lint::run(command, io),
        Command::Baseline(command) => baseline::run(command, io),
        Command::Expand(command) => expand::run(command, io),
        Command::Simulate(command) => simulate::run(command, io),
        Command::Test(command) => test::run(command, io),
        Command::Events(command) => events::run(command, io),
        Command::Explain(command) => explain::run(command, io),
        Command::Audit(command) => audit::run(command, io),
        Command::Generate(command) => generate::run(command, io),
        Command::Rule(command) => rule::run(command, io),
        Command::Catalog(command) => catalog::run(command, io),
        Command::Config(command) => config_command::run(command, io),
        Command::Init(command) => init::run(command, io),
        Command::Server(command) => server::run(command, io),
        Command::Completions(command) => completions::run(command, io),
        Command::Man(command) => man::run(command, io),
    };
    io.finish(outcome)
}

/// What `--color` says in arguments that may be wrong otherwise.
fn colour_of(arguments: &[OsString]) -> ColorChoice {
    let mut texts = arguments.iter().map(|argument| argument.to_string_lossy());
    let mut choice = None;
    while let Some(text) = texts.next() {
        if text == "--color" {
            choice = texts.next();
        } else if let Some(value) = text.strip_prefix("--color=") {
            choice = Some(value.to_owned().into());
        }
    }
    let choice = choice.and_then(|text| ColorChoice::from_str(&text, false).ok());
    choice.unwrap_or(ColorChoice::Auto)
}
