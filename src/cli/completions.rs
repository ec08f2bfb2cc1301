//! `iamsim completions`

use super::{
    Arguments,
    args::CompletionsArguments,
    io::{Exit, Io, Outcome},
};
use clap::CommandFactory as _;

pub(super) fn run(arguments: &CompletionsArguments, io: &mut Io<'_>) -> Outcome {
    // Made in memory: the generator panics where it cannot write.
    let mut script = Vec::new();
    let mut command = Arguments::command();
    clap_complete::generate(arguments.shell, &mut command, "iamsim", &mut script);
    io.write(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Clean)
}
