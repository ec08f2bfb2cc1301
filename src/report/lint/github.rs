//! As workflow commands of GitHub Actions, which become annotations beside the code.

use super::{
    FileFindings, Summary,
    concise::concise_line,
    located::{Located, most_severe_first},
};
use crate::{
    report::workflow::{Annotation, MOST_ANNOTATIONS, harmless, property},
    source::Level,
};

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
    let annotation = Annotation {
        level,
        properties: &properties,
        title: located.finding.rule.as_str(),
        text: &located.text(),
    };
    annotation.command(more, "in the log of this step and in the job summary")
}

#[cfg(test)]
mod tests {
    use super::render;
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
}
