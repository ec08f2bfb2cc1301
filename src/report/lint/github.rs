//! As workflow commands of GitHub Actions, which become annotations beside the code.
//!
//! The runner looks for commands in every line that a step prints: `::name ...::` at the start of
//! one, and the older `##[name ...]` anywhere in it. A policy may come from a stranger's pull
//! request, so no text of it may be read as one.
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>

use super::{
    FileFindings, Summary,
    concise::concise_line,
    located::{Located, cut, most_severe_first},
};
use crate::{
    report::count,
    source::{Level, escape::printable},
};

/// The most annotations of a level that GitHub takes from a step.
const MOST_ANNOTATIONS: usize = 10;

/// The most characters of an annotation's text.
const MOST_CHARACTERS: usize = 4_000;

pub(super) fn render(files: &[FileFindings], summary: &Summary) -> String {
    let all = most_severe_first(files);
    let (mut commands, mut lines) = (String::new(), String::new());
    for level in [Level::Error, Level::Warning, Level::Note] {
        let of_level = all
            .iter()
            .filter(|located| located.finding.severity.level() == level);
        let number = of_level.clone().count();
        for (place, located) in of_level.enumerate() {
            if place >= MOST_ANNOTATIONS {
                lines += &harmless(&concise_line(&located.file.source, located.finding));
                continue;
            }
            let last = place + 1 == MOST_ANNOTATIONS;
            let more = if last { number - MOST_ANNOTATIONS } else { 0 };
            commands += &command(level, located, more);
        }
    }
    format!("{commands}{lines}{}\n", summary.text())
}

/// The command for a finding, after which so many of its level get none.
fn command(level: Level, located: &Located<'_>, more: usize) -> String {
    let name = match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let range = located.range();
    let mut properties = format!(
        "file={},line={},endLine={},col={}",
        property(located.file.service_path()),
        range.start.line,
        range.end.line,
        range.start.column
    );
    // GitHub refuses columns of a place on several lines.
    if range.start.line == range.end.line {
        properties += &format!(",endColumn={}", range.end.column);
    }
    let rule = located.finding.rule;
    let mut text = cut(&located.text(), MOST_CHARACTERS);
    if more > 0 {
        text += &format!(
            "\n\n{} in the log of this step and in the job summary, as GitHub shows {MOST_ANNOTATIONS} of \
             a step",
            count(
                more,
                &format!("more {name} is"),
                &format!("more {name}s are")
            )
        );
    }
    format!("::{name} {properties},title={rule}::{}\n", data(&text))
}

/// A text as the message of a command.
fn data(text: &str) -> String {
    without_old_commands(text)
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A text as the value of a property of a command.
fn property(text: &str) -> String {
    data(&printable(text))
        .replace(':', "%3A")
        .replace(',', "%2C")
}

/// A line that is no command, whatever stands in it.
fn harmless(line: &str) -> String {
    let line = without_old_commands(line);
    match line.split_once("::") {
        // The runner passes over white space and, as it compares by the rules of a language, over
        // characters without weight.
        Some((before, after)) if !before.contains(|c: char| c.is_ascii_graphic()) => {
            format!("{before}\\u{{3a}}:{after}")
        }
        _ => line,
    }
}

/// The text with an escape in what starts an old command.
fn without_old_commands(text: &str) -> String {
    text.replace("##[", "#\\u{23}[")
}

#[cfg(test)]
mod tests {
    use super::{harmless, render};
    use crate::{
        report::lint::testing::{file, finding, full_finding, summary},
        source::{Finding, Severity},
    };

    fn rendered(path: &str, text: &str, findings: &[Finding]) -> String {
        let files = [file(path, text, findings)];
        render(&files, &summary(&files))
    }

    #[test]
    fn a_finding_is_one_command_with_its_help_on_lines_of_its_own() {
        assert_eq!(
            rendered("iam/a.json", "0\n xy\n zz", &[full_finding()]),
            "::warning file=iam/a.json,line=2,endLine=2,col=2,endColumn=4,title=unknown-action::\
             no action `xy`%0Ahelp: take one of%0A`a`\nchecked 1 policy: 1 medium; 1 can be fixed with `--fix \
             --unsafe-fixes`\n"
        );
    }

    #[test]
    fn a_place_on_several_lines_has_no_last_column() {
        let text = rendered("a.json", "{\n}\n", &[finding(0, 4)]);
        assert!(
            text.starts_with("::error file=a.json,line=1,endLine=2,col=1,title=unknown-action::")
        );
    }

    #[test]
    fn nothing_in_a_path_or_a_message_ends_a_property_or_the_command() {
        let message = "no `100%0A\n::set-output name=x::y ##[error]z`".to_owned();
        let text = rendered(
            "a,line=9::b%\n.json",
            "{",
            &[Finding {
                message,
                ..finding(0, 1)
            }],
        );
        assert_eq!(
            text.lines().next().unwrap(),
            "::error file=a%2Cline=9%3A%3Ab%25\\n.json,line=1,endLine=1,col=1,endColumn=2,\
             title=unknown-action::no `100%250A\\n::set-output name=x::y #\\u{23}[error]z`"
        );
    }

    #[test]
    fn ten_of_a_level_are_commands_the_most_severe_and_the_rest_are_lines() {
        let of = |severity| Finding {
            severity,
            ..finding(0, 1)
        };
        let mut findings = vec![of(Severity::High); 11];
        findings.extend([of(Severity::Error), of(Severity::Low), of(Severity::Hint)]);
        let text = rendered("::a.json", "{", &findings);
        let lines: Vec<_> = text.lines().collect();
        let count = |start: &str| lines.iter().filter(|line| line.starts_with(start)).count();
        assert_eq!(
            (count("::error "), count("::warning "), count("::notice ")),
            (10, 1, 1)
        );
        let told = lines
            .iter()
            .position(|line| line.contains("2 more errors are in the log"));
        assert_eq!(told, Some(9), "{text}");
        assert_eq!(count("\\u{3a}:a.json:1:1: unknown-action"), 2, "{text}");
        assert_eq!(lines.len(), 15);
        let eleven = rendered("a.json", "{", &vec![finding(0, 1); 11]);
        assert!(
            eleven.contains("%0A%0A1 more error is in the log"),
            "{eleven}"
        );
        let ten = rendered("a.json", "{", &vec![finding(0, 1); 10]);
        assert!(!ten.contains("more error"), "{ten}");
    }

    #[test]
    fn a_line_is_never_a_command() {
        for (line, safe) in [
            ("::error::x", "\\u{3a}:error::x"),
            ("  ::error::x", "  \\u{3a}:error::x"),
            ("\u{ad}::error::x", "\u{ad}\\u{3a}:error::x"),
            ("a ##[error]x", "a #\\u{23}[error]x"),
            ("###[error]x", "##\\u{23}[error]x"),
            ("arn:aws:s3:::b", "arn:aws:s3:::b"),
        ] {
            assert_eq!(harmless(line), safe);
            assert!(!harmless(line).contains("##["));
        }
    }
}
