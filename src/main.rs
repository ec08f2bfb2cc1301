//! The `iamsim` binary: hands the streams of the process to the library.

use iamsim::{
    cli::{self, Io},
    report::Colour,
};
use std::{
    io::{self, BufWriter},
    process::ExitCode,
};

fn main() -> ExitCode {
    let (stdout, stderr) = (io::stdout().lock(), io::stderr().lock());
    let colours = [
        colour(anstream::AutoStream::choice(&stdout)),
        colour(anstream::AutoStream::choice(&stderr)),
    ];
    let mut stdout = BufWriter::new(stdout);
    let mut stderr = stderr;
    let mut stdin = io::stdin().lock();
    let exit = cli::run(
        std::env::args_os(),
        &mut Io::new(&mut stdin, &mut stdout, &mut stderr, colours),
    );
    // The report was flushed already, and its reader may be gone.
    drop(stdout.into_parts());
    ExitCode::from(exit as u8)
}

fn colour(choice: anstream::ColorChoice) -> Colour {
    match choice {
        anstream::ColorChoice::Never => Colour::Off,
        anstream::ColorChoice::Auto
        | anstream::ColorChoice::AlwaysAnsi
        | anstream::ColorChoice::Always => Colour::On,
    }
}
