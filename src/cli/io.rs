//! The world outside: streams, colours, the process's exit.

use crate::{
    report::{Colour, Painter},
    source::{
        escape::{is_unprintable, printable, without_workflow_commands},
        load,
    },
};
use clap::ColorChoice;
use miette::Diagnostic;
use std::{
    borrow::Cow,
    io::{self, IsTerminal, Read, Write},
    path::PathBuf,
};

/// Whether a stream shows colours where no option says so.
///
/// `NO_COLOR` that is not empty turns them off, `CLICOLOR_FORCE` or `FORCE_COLOR` that is neither
/// empty nor `0` turns them on. Else a terminal has them, unless `CLICOLOR` is `0` or `TERM` is
/// `dumb`. See <https://no-color.org> and <https://bixense.com/clicolors>.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the file that reads the environment"
)]
pub fn automatic_colour(stream: &impl IsTerminal) -> Colour {
    let forced =
        |name| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    let on = !anstyle_query::no_color()
        && (forced("CLICOLOR_FORCE")
            || forced("FORCE_COLOR")
            || stream.is_terminal()
                && anstyle_query::clicolor().unwrap_or(true)
                && anstyle_query::term_supports_color());
    if !on {
        return Colour::Off;
    }
    // Consoles of Windows have to be asked for it; `None` elsewhere.
    match anstyle_query::windows::enable_ansi_colors() {
        Some(false) => Colour::Off,
        Some(true) | None => Colour::On,
    }
}

/// What the variables of the environment say, but for those on colours.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// `GITHUB_ACTIONS=true`: a step of GitHub Actions, which reads workflow commands from the output.
    pub is_github_actions: bool,
    /// `GITHUB_WORKSPACE`, or `CI_PROJECT_DIR` of GitLab: the root of the repository.
    pub workspace: Option<PathBuf>,
    /// `GITHUB_STEP_SUMMARY`: the file of the job summary.
    pub step_summary: Option<PathBuf>,
    /// `IAMSIM_CONFIG`: the configuration of all files.
    pub config: Option<PathBuf>,
}

impl Environment {
    /// Reads the variables of the process.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the file that reads the environment"
    )]
    pub fn of_process() -> Self {
        let path = |name| {
            let value = std::env::var_os(name);
            value.filter(|value| !value.is_empty()).map(PathBuf::from)
        };
        Self {
            is_github_actions: std::env::var_os("GITHUB_ACTIONS").is_some_and(|is| is == "true"),
            workspace: path("GITHUB_WORKSPACE").or_else(|| path("CI_PROJECT_DIR")),
            step_summary: path("GITHUB_STEP_SUMMARY"),
            config: path("IAMSIM_CONFIG"),
        }
    }
}

/// What the process ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Nothing is wrong.
    Clean = 0,
    /// There are findings, or the request is not allowed.
    Found = 1,
    /// The arguments were wrong, or an input could not be read.
    Failed = 2,
}

/// Output that could not be written.
#[derive(Debug)]
pub(super) struct Unwritable(io::Error);

impl From<io::Error> for Unwritable {
    fn from(error: io::Error) -> Self {
        Self(error)
    }
}

/// What a command comes to.
pub(super) type Outcome = Result<Exit, Unwritable>;

/// Where the report goes.
#[derive(Debug, Clone, Copy)]
enum Report {
    Stdout,
    Stderr,
}

/// The streams of a process, and what they can show.
pub struct Io<'a> {
    /// Gone once it was taken.
    stdin: Option<&'a mut dyn Read>,
    stdout: &'a mut dyn Write,
    stderr: &'a mut dyn Write,
    automatic: [Colour; 2],
    colours: [Colour; 2],
    /// The day of the run, where it is known.
    today: Option<jiff::civil::Date>,
    environment: Environment,
    /// Whether standard error is a terminal, so that somebody sees how far a long run is.
    shows_progress: bool,
    report: Report,
    /// How many errors there were with inputs.
    errors: usize,
    /// What the process ends with at least.
    least: Exit,
}

impl std::fmt::Debug for Io<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Io")
            .field("colours", &self.colours)
            .finish_non_exhaustive()
    }
}

impl<'a> Io<'a> {
    /// Takes the three streams, and whether standard output and standard error show colours where
    /// nobody says otherwise.
    pub fn new(
        stdin: &'a mut dyn Read,
        stdout: &'a mut dyn Write,
        stderr: &'a mut dyn Write,
        colours: [Colour; 2],
    ) -> Self {
        Self {
            stdin: Some(stdin),
            stdout,
            stderr,
            automatic: colours,
            colours,
            today: None,
            environment: Environment::default(),
            shows_progress: false,
            report: Report::Stdout,
            errors: 0,
            least: Exit::Clean,
        }
    }

    /// Says which day it is.
    #[must_use]
    pub fn on(mut self, today: jiff::civil::Date) -> Self {
        self.today = Some(today);
        self
    }

    /// Says what the variables of the environment are.
    #[must_use]
    pub fn within(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// Shows on standard error how far long runs are.
    #[must_use]
    pub fn showing_progress(mut self, shows_progress: bool) -> Self {
        self.shows_progress = shows_progress;
        self
    }

    /// Whether to show how far a long run is.
    pub(super) fn shows_progress(&self) -> bool {
        self.shows_progress
    }

    /// What the variables of the environment say.
    pub(super) fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The day of the run, where it is known.
    pub(super) fn today(&self) -> Option<jiff::civil::Date> {
        self.today
    }

    pub(super) fn set_colour(&mut self, choice: ColorChoice) {
        self.colours = match choice {
            ColorChoice::Auto => self.automatic,
            ColorChoice::Always => [Colour::On; 2],
            ColorChoice::Never => [Colour::Off; 2],
        };
    }

    /// Draws for standard output.
    pub(super) fn painter(&self) -> Painter {
        let [stdout, _] = self.colours;
        Painter::new(stdout)
    }

    /// Standard input, which can be read once only: a second time it is empty.
    pub(super) fn take_stdin(&mut self) -> Box<dyn Read + 'a> {
        match self.stdin.take() {
            Some(stdin) => Box::new(stdin),
            None => Box::new(io::empty()),
        }
    }

    /// Whether standard output shows colours.
    pub(super) fn colour(&self) -> Colour {
        let [stdout, _] = self.colours;
        stdout
    }

    /// Writes a part of the report. A runner of GitHub Actions finds no commands in it.
    pub(super) fn write(&mut self, text: &str) -> Result<(), Unwritable> {
        let text = self.without_commands(text);
        self.write_bare(&text)
    }

    /// Writes text as it is: what the user gave, or commands for the runner of GitHub Actions.
    pub(super) fn write_bare(&mut self, text: &str) -> Result<(), Unwritable> {
        match self.report {
            Report::Stdout => Ok(self.stdout.write_all(text.as_bytes())?),
            Report::Stderr => Ok(self.stderr.write_all(text.as_bytes())?),
        }
    }

    /// From now on, the report goes to standard error.
    pub(super) fn report_to_stderr(&mut self) {
        self.report = Report::Stderr;
        let [stdout, stderr] = &mut self.colours;
        *stdout = *stderr;
    }

    fn without_commands<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.environment.is_github_actions {
            without_workflow_commands(text)
        } else {
            Cow::Borrowed(text)
        }
    }

    /// Hands on what was written so far.
    pub(super) fn flush(&mut self) -> Result<(), Unwritable> {
        Ok(self.stdout.flush()?)
    }

    /// Says something beside the report.
    pub(super) fn remark(&mut self, text: &str) {
        self.tell(&format!("{}\n", printable(text)));
    }

    /// Reports an error with an input; the process will end with [`Exit::Failed`].
    pub(super) fn error(&mut self, error: &dyn Diagnostic) {
        self.errors += 1;
        self.misuse(error);
    }

    /// Reports an error that is about no input in particular; the process will end with
    /// [`Exit::Failed`].
    pub(super) fn misuse(&mut self, error: &dyn Diagnostic) {
        self.least = Exit::Failed;
        let [_, stderr] = self.colours;
        let text = Painter::new(stderr).paint(error);
        self.tell(&text);
    }

    /// Says what the process ends with at least, also where the report finds no reader to its end.
    pub(super) fn least(&mut self, exit: Exit) {
        self.least = self.least.max(exit);
    }

    /// How many errors with inputs were reported so far.
    pub(super) fn errors(&self) -> usize {
        self.errors
    }

    /// Whether anything was reported that the process ends with [`Exit::Failed`] for.
    pub(super) fn has_failed(&self) -> bool {
        self.least == Exit::Failed
    }

    /// Writes to standard error. Where that fails there is nobody to tell, and the report is not to
    /// suffer for it.
    fn tell(&mut self, text: &str) {
        // On a terminal both streams are one: what was said first stands first. Where the report
        // cannot be written, its next part or its end finds out too.
        drop(self.stdout.flush());
        let text = self.without_commands(text);
        drop(self.stderr.write_all(text.as_bytes()));
    }

    /// Reports wrong arguments, or prints the help that was asked for.
    pub(super) fn usage(&mut self, error: &clap::Error) -> Exit {
        let rendered = error.render();
        let asked_for = !error.use_stderr();
        let [stdout, stderr] = self.colours;
        let colour = if asked_for { stdout } else { stderr };
        let plain = rendered.to_string();
        let text = match colour {
            // The arguments stand in the message.
            _ if plain.contains(is_harmful) => plain
                .split('\n')
                .map(printable)
                .collect::<Vec<_>>()
                .join("\n"),
            Colour::On => rendered.ansi().to_string(),
            Colour::Off => plain,
        };
        let text = self.without_commands(&text).into_owned();
        let stream: &mut dyn Write = if asked_for {
            &mut *self.stdout
        } else {
            &mut *self.stderr
        };
        let written = stream
            .write_all(text.as_bytes())
            .and_then(|()| stream.flush());
        let exit = if asked_for { Exit::Clean } else { Exit::Failed };
        self.finish(written.map(|()| exit).map_err(Unwritable))
    }

    /// The end: what was reported on the way outweighs what the command came to.
    pub(super) fn finish(&mut self, outcome: Outcome) -> Exit {
        let flushed = outcome.and_then(|exit| Ok(self.stdout.flush().map(|()| exit)?));
        match flushed {
            Ok(exit) => exit.max(self.least),
            // Whoever reads has seen enough.
            Err(Unwritable(error)) if error.kind() == io::ErrorKind::BrokenPipe => self.least,
            Err(Unwritable(error)) => {
                let reason = load::reason(&error);
                self.tell(&format!("iamsim: cannot write the report: {reason}\n"));
                Exit::Failed
            }
        }
    }
}

fn is_harmful(character: char) -> bool {
    character != '\n' && is_unprintable(character)
}
