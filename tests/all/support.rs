//! Runs iamsim in this process or as a process of its own, with the world around it scrubbed.

use iamsim::{
    cli::{self, Io},
    report::Colour,
};
use serde_json::Value;
use std::{
    ffi::OsString,
    fmt,
    path::{Path, PathBuf},
};

/// The root of the repository, where tests run.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file of the repository.
#[expect(clippy::disallowed_methods, reason = "a test reads its own fixtures")]
pub(crate) fn text_of(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The bytes of a file.
#[expect(clippy::disallowed_methods, reason = "a test reads its own fixtures")]
pub(crate) fn bytes_of(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Whether a path has an extension.
pub(crate) fn has_extension(path: &str, extension: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|own| own == extension)
}

/// Every file below a folder of the repository, sorted, as paths from the root with `/`.
pub(crate) fn files_below(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let path = path.strip_prefix(root()).unwrap();
                found.push(path.to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}

/// A folder with some files: their paths and texts.
pub(crate) fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// A call of iamsim that is yet to be made.
pub(crate) struct Call {
    arguments: Vec<OsString>,
    stdin: Vec<u8>,
    folder: Option<PathBuf>,
    variables: Vec<(&'static str, OsString)>,
}

/// Calls iamsim with some arguments.
pub(crate) fn iamsim<A: Into<OsString>>(arguments: impl IntoIterator<Item = A>) -> Call {
    Call {
        arguments: arguments.into_iter().map(Into::into).collect(),
        stdin: Vec::new(),
        folder: None,
        variables: Vec::new(),
    }
}

impl Call {
    /// What stands on standard input.
    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// The folder to run in; makes it a process of its own.
    pub(crate) fn folder(mut self, folder: &Path) -> Self {
        self.folder = Some(folder.to_owned());
        self
    }

    /// A variable of the environment; makes it a process of its own.
    pub(crate) fn variable(mut self, name: &'static str, value: impl Into<OsString>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// Makes the call.
    pub(crate) fn run(self) -> Run {
        if self.folder.is_some() || !self.variables.is_empty() {
            return self.run_process();
        }
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let mut stdin = self.stdin.as_slice();
        let mut io = Io::new(&mut stdin, &mut stdout, &mut stderr, [Colour::Off; 2]);
        let arguments = std::iter::once("iamsim".into()).chain(self.arguments);
        let exit = cli::run(arguments, &mut io);
        Run {
            exit: exit as i32,
            stdout: String::from_utf8(stdout).expect("reports are UTF-8"),
            stderr: String::from_utf8(stderr).expect("errors are UTF-8"),
        }
    }

    fn run_process(self) -> Run {
        let mut command = binary();
        command
            .args(self.arguments)
            .write_stdin(self.stdin)
            .envs(self.variables);
        if let Some(folder) = self.folder {
            command.current_dir(folder);
        }
        Run::of(&command.output().unwrap())
    }
}

/// What the environment of the tests must not tell the binary.
const SCRUBBED: [&str; 9] = [
    "NO_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "FORCE_COLOR",
    "GITHUB_ACTIONS",
    "GITHUB_WORKSPACE",
    "GITHUB_STEP_SUMMARY",
    "CI_PROJECT_DIR",
    "IAMSIM_CONFIG",
];

/// The binary, without what the environment of the tests could tell it.
pub(crate) fn binary() -> assert_cmd::Command {
    let mut command = assert_cmd::Command::new(assert_cmd::cargo::cargo_bin!("iamsim"));
    for variable in SCRUBBED {
        command.env_remove(variable);
    }
    // The day of the data, so that nothing is too old.
    command.env("SOURCE_DATE_EPOCH", "1790380800");
    command.current_dir(root());
    command
}

/// What a call came to.
pub(crate) struct Run {
    pub(crate) exit: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn of(output: &std::process::Output) -> Self {
        Self {
            exit: output.status.code().expect("iamsim ends by itself"),
            stdout: String::from_utf8(output.stdout.clone()).unwrap(),
            stderr: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }

    /// Expects an exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.exit, code, "{self}");
        self
    }

    /// Expects standard error to be empty.
    #[track_caller]
    pub(crate) fn quietly(self) -> Self {
        assert_eq!(self.stderr, "", "{self}");
        self
    }

    /// Expects a text in the report.
    #[track_caller]
    pub(crate) fn prints(self, text: &str) -> Self {
        assert!(self.stdout.contains(text), "no `{text}` in {self}");
        self
    }

    /// Expects a text on standard error.
    #[track_caller]
    pub(crate) fn complains(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "no `{text}` in {self}");
        self
    }

    /// Expects exactly so many errors, each with a mark of its own at the start of a line.
    #[track_caller]
    pub(crate) fn errors(self, number: usize) -> Self {
        let found = self.stderr.lines().filter(|line| line.starts_with("  × "));
        assert_eq!(found.count(), number, "{self}");
        self
    }

    /// The report as one JSON document.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// The report as a JSON document a line.
    #[track_caller]
    pub(crate) fn json_lines(&self) -> Vec<Value> {
        let lines = self.stdout.lines();
        let parse = |line: &str| {
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {self}"))
        };
        lines.map(parse).collect()
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "exit {}\nstdout:\n{}\nstderr:\n{}",
            self.exit, self.stdout, self.stderr
        )
    }
}
