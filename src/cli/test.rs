//! `iamsim test`

use super::{
    args::TestArguments,
    case_file::notes,
    discover::{self, Wanted},
    input::{STDIN, StdinTwice, is_stdin, reads_stdin_once},
    io::{Exit, Io, Outcome},
};
use crate::{
    cases::{
        CaseError,
        policy_test::{Notation, PolicyTest, TestFault, read, schema},
    },
    report::{
        Snippet, json,
        lint::snippet,
        policy_test::{FileReport, TestReport, TestSummary, render},
    },
    source::{
        Source, Span,
        load::{self, LoadError, display_name},
    },
};
use miette::Diagnostic;
use std::path::{Component, Path, PathBuf};

/// No test to run.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("no test has `{filter}` in its name")]
#[diagnostic(help("letter case counts; without `--filter` all tests run"))]
struct AllFilteredOut {
    filter: String,
}

pub(super) fn run(arguments: &TestArguments, io: &mut Io<'_>) -> Outcome {
    if arguments.schema {
        io.write(&json::document(&schema()))?;
        return Ok(Exit::Clean);
    }
    if !reads_stdin_once(&[&arguments.paths]) {
        io.misuse(&StdinTwice);
        return Ok(Exit::Failed);
    }
    let paths = if arguments.paths.is_empty() {
        &[".".into()]
    } else {
        arguments.paths.as_slice()
    };
    let candidates = discover::files(paths, Wanted::Tests, io);
    let mut reports = Vec::new();
    let mut filtered_out = 0;
    for candidate in &candidates {
        let (name, tests) = read_file(&candidate.path, io);
        let tests = tests.map(|(source, mut tests)| {
            if let Some(text) = &arguments.filter {
                let before = tests.len();
                tests.retain(|test| test.name.contains(text));
                filtered_out += before - tests.len();
            }
            let tests = tests.into_iter();
            tests.map(|test| ran(&source, test, io)).collect::<Vec<_>>()
        });
        // Files of which no test was asked for say nothing.
        let is_left_out = arguments.filter.is_some() && tests.as_ref().is_ok_and(Vec::is_empty);
        if !is_left_out {
            reports.push(FileReport { name, tests });
        }
    }
    if let Some(filter) = &arguments.filter
        && reports.is_empty()
        && filtered_out > 0
    {
        let filter = filter.clone();
        io.misuse(&AllFilteredOut { filter });
        return Ok(Exit::Failed);
    }
    if candidates.is_empty() {
        return Ok(Exit::Failed);
    }
    let unreadable = reports.iter().filter(|file| file.tests.is_err()).count();
    let summary = TestSummary::new(&reports, filtered_out, unreadable);
    let format = arguments.format.get();
    io.write(&render(format, &reports, &summary, &io.painter()))?;
    Ok(if unreadable > 0 {
        Exit::Failed
    } else if summary.failed > 0 {
        Exit::Found
    } else {
        Exit::Clean
    })
}

/// Runs a test, and says beside the report what should be known of it.
fn ran(source: &Source, test: PolicyTest, io: &mut Io<'_>) -> TestReport {
    let line = source.position(test.span.start).line;
    let notes: Vec<_> = notes(&test.requests).into_iter().collect();
    for note in &notes {
        let name = source.name();
        io.remark(&format!("warning: {name}:{line}: `{}`: {note}", test.name));
    }
    let outcome = test.run();
    TestReport {
        line,
        test,
        outcome,
        notes,
    }
}

/// A file and its tests, or lines on what is wrong with it, which is reported.
type ReadFile = Result<(Source, Vec<PolicyTest>), Vec<String>>;

/// Reads a file of tests; with what reports call it.
fn read_file(path: &Path, io: &mut Io<'_>) -> (String, ReadFile) {
    let (name, notation) = if is_stdin(path) {
        (STDIN.to_owned(), Notation::Json)
    } else {
        let extension = path.extension().unwrap_or_default();
        let notation = if extension.eq_ignore_ascii_case("toml") {
            Notation::Toml
        } else {
            Notation::Json
        };
        (display_name(path), notation)
    };
    let source = if is_stdin(path) {
        load::policy_from(name.clone(), io.take_stdin())
    } else {
        load::configuration(path, name.clone())
    };
    let source = match source {
        Ok(source) => source,
        Err(error) => {
            io.error(&error);
            return (name, Err(vec![error.to_string()]));
        }
    };
    match read(&source, notation, &beside(path)) {
        Ok(tests) => (name, Ok((source, tests))),
        Err(faults) => {
            let report = |fault: &TestFault| report(&source, fault, io);
            let lines = faults.iter().map(report).collect();
            (name, Err(lines))
        }
    }
}

/// Reads policies whose paths start in the folder of a file.
fn beside(file: &Path) -> impl Fn(&str) -> Result<Source, LoadError> {
    let folder = file.parent().unwrap_or(Path::new("")).to_owned();
    move |name| {
        let path = folder.join(name);
        let shown = display_name(&without_detours(&path));
        match load::open(&path) {
            Ok(file) => load::policy_from(shown, file),
            Err(error) => Err(error),
        }
    }
}

/// A path as people would write it: `a/../b` is `b`. Only for reports, as `a` may be a link.
fn without_detours(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        let ends_in_name = matches!(plain.components().next_back(), Some(Component::Normal(_)));
        if part == Component::ParentDir && ends_in_name {
            plain.pop();
        } else {
            plain.push(part);
        }
    }
    plain
}

/// Reports what is wrong with a file, and says it in a line.
fn report(source: &Source, fault: &TestFault, io: &mut Io<'_>) -> String {
    match &fault.policy {
        Some(CaseError::Policy(wrong)) => {
            for finding in &wrong.findings {
                io.error(&snippet(&wrong.source, finding));
            }
        }
        Some(CaseError::Principals {
            place,
            source,
            span,
        }) => {
            let message = format!("{place}: a policy with principals is not of this kind");
            io.error(&Snippet::new(source, &message).label(*span, None));
        }
        _ => {}
    }
    let message = match &fault.test {
        Some(test) => format!("test `{test}`: {}", fault.message),
        None => fault.message.clone(),
    };
    // Whole tests and policies would be drawn as tall brackets.
    let line = source.line_span(fault.span.start);
    let end = fault.span.end.min(line.end).max(fault.span.start);
    let span = Span::new(fault.span.start, end);
    let help = (!fault.help.is_empty()).then_some(fault.help.as_str());
    io.error(&Snippet::new(source, &message).label(span, None).help(help));
    let at = source.position(fault.span.start);
    format!("{}:{}:{}: {message}", source.name(), at.line, at.column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_without_detours() {
        let shown = |path: &str| display_name(&without_detours(Path::new(path)));
        assert_eq!(shown("a/../b/c/../../d.json"), "d.json");
        assert_eq!(shown("../../a/./b"), "../../a/b");
        assert_eq!(shown("/a/../b"), "/b");
    }
}
