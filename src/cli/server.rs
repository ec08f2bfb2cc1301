//! `iamsim server`

mod frame;

use super::{
    args::ServerArguments,
    config::{Config, Configs},
    discover::is_test_name,
    io::{Exit, Io, Outcome, Unwritable},
};
use crate::{
    lint::Options,
    server::{Ending, Server, Settings, Standing},
    source::load::display_name,
};
use frame::Frame;
use std::{
    collections::BTreeMap,
    io::BufReader,
    path::{Path, PathBuf},
    sync::Arc,
};

/// How much is read ahead: what an editor sends at one go should fit, so that it is looked at once.
const READ_AHEAD: usize = 256 * 1024;

pub(super) fn run(arguments: &ServerArguments, io: &mut Io<'_>) -> Outcome {
    let Ok(configs) = Configs::new(&arguments.config, io) else {
        return Ok(Exit::Failed);
    };
    let mut input = BufReader::with_capacity(READ_AHEAD, io.take_stdin());
    let mut server = Server::new(Box::new(Project {
        configs,
        of_documents: BTreeMap::new(),
        folders: Vec::new(),
        today: io.today(),
    }));
    loop {
        let answers = match frame::read(&mut input) {
            Ok(Frame::Body(body)) => server.receive(&body),
            Ok(Frame::TooLarge(bytes)) => server.passed_over(bytes),
            Ok(Frame::End) => return Ok(exit(server.hung_up())),
            Err(error) => {
                io.misuse(&error);
                return Ok(Exit::Failed);
            }
        };
        send(&answers, io)?;
        if let Some(ending) = server.ending() {
            return Ok(exit(ending));
        }
        if input.buffer().is_empty() {
            send(&server.rest(), io)?;
        }
    }
}

fn exit(ending: Ending) -> Exit {
    match ending {
        Ending::Orderly => Exit::Clean,
        Ending::Abrupt => Exit::Found,
    }
}

fn send(bodies: &[String], io: &mut Io<'_>) -> Result<(), Unwritable> {
    for body in bodies {
        io.write(&frame::framed(body))?;
    }
    io.flush()
}

/// The folders of an editor, and what their configurations say.
struct Project {
    configs: Configs,
    /// The configurations of the documents, as they could last be read.
    of_documents: BTreeMap<PathBuf, Option<Arc<Config>>>,
    folders: Vec<PathBuf>,
    today: Option<jiff::civil::Date>,
}

impl Project {
    /// The configuration that holds for a path.
    fn configuration(&self, path: &Path) -> Option<&Config> {
        self.of_documents.get(path)?.as_deref()
    }
}

impl Settings for Project {
    fn load(&mut self, folders: &[PathBuf]) -> Result<(), String> {
        folders.clone_into(&mut self.folders);
        if self.folders.is_empty() {
            self.folders.extend(std::env::current_dir());
        }
        self.configs.forget();
        for folder in &self.folders {
            let found = self.configs.find(folder);
            found.map_err(|error| error.text())?;
        }
        Ok(())
    }

    fn prepare(&mut self, path: &Path) -> Result<(), String> {
        let folder = path.parent().unwrap_or(path);
        let found = self.configs.find(folder);
        let config = found.map_err(|error| error.text())?;
        self.of_documents.insert(path.to_owned(), config);
        Ok(())
    }

    fn options(&self, path: Option<&Path>) -> Options {
        let configured = path.and_then(|path| Some(self.configuration(path)?.options(path)));
        Options {
            today: self.today,
            ..configured.unwrap_or_default()
        }
    }

    fn standing(&self, path: Option<&Path>) -> Standing {
        let Some(path) = path else {
            return Standing::Unnamed;
        };
        let config = self.configuration(path);
        if config.is_some_and(|config| config.excludes(path)) {
            Standing::Excluded
        } else if config.is_some_and(|config| config.names(path)) {
            Standing::Named
        } else if is_test_name(&path.to_string_lossy()) {
            Standing::Excluded
        } else {
            Standing::Unnamed
        }
    }

    fn name(&self, path: &Path) -> String {
        let mut folders = self.folders.iter();
        let below = folders.find_map(|folder| path.strip_prefix(folder).ok());
        let short = below.or_else(|| path.file_name().map(Path::new));
        display_name(short.unwrap_or(path))
    }
}
