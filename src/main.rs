//! The `iamsim` binary: hands the streams of the process to the library.

use iamsim::cli::{self, Environment, Io, automatic_colour};
use jiff::Timestamp;
use std::{
    io::{self, BufWriter, IsTerminal as _},
    process::ExitCode,
};

fn main() -> ExitCode {
    let (stdout, stderr) = (io::stdout().lock(), io::stderr().lock());
    let shows_progress = stderr.is_terminal();
    let colours = [automatic_colour(&stdout), automatic_colour(&stderr)];
    let mut stdout = BufWriter::new(stdout);
    let mut stderr = stderr;
    let mut stdin = io::stdin().lock();
    let exit = cli::run(
        std::env::args_os(),
        &mut Io::new(&mut stdin, &mut stdout, &mut stderr, colours)
            .on(today())
            .showing_progress(shows_progress)
            .within(Environment::of_process()),
    );
    // The report was flushed already, and its reader may be gone.
    drop(stdout.into_parts());
    ExitCode::from(exit as u8)
}

/// The day of the run: that of `SOURCE_DATE_EPOCH`, which makes runs repeatable, else that of the clock.
///
/// <https://reproducible-builds.org/specs/source-date-epoch/>
#[expect(
    clippy::disallowed_methods,
    reason = "the binary hands its environment and the clock to the library"
)]
fn today() -> jiff::civil::Date {
    let given = std::env::var("SOURCE_DATE_EPOCH").ok();
    let given = given.and_then(|text| Timestamp::from_second(text.parse().ok()?).ok());
    given
        .or_else(|| Timestamp::try_from(std::time::SystemTime::now()).ok())
        .unwrap_or_default()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date()
}
