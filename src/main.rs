//! The `iamsim` binary: hands the streams of the process to the library.

use iamsim::cli::{self, Io, automatic_colour};
use std::{
    io::{self, BufWriter},
    process::ExitCode,
};

fn main() -> ExitCode {
    let (stdout, stderr) = (io::stdout().lock(), io::stderr().lock());
    let colours = [automatic_colour(&stdout), automatic_colour(&stderr)];
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
