//! In the form of reviewdog, which comments on pull requests and offers fixes there.
//!
//! <https://github.com/reviewdog/reviewdog/tree/master/proto/rdf>

use super::{
    FileFindings, HOME_PAGE,
    located::{Located, located, rule_page},
};
use crate::{
    report::{json, markdown::prose},
    source::{Edit, Fix, Level, Safety, Source, Span},
};
use serde::Serialize;

#[derive(Serialize)]
struct DiagnosticResult<'a> {
    source: Tool,
    diagnostics: Vec<Diagnostic<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    url: &'static str,
}

#[derive(Serialize)]
struct Diagnostic<'a> {
    message: String,
    location: Location<'a>,
    severity: &'static str,
    code: Code<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    range: Range,
}

#[derive(Serialize)]
struct Range {
    start: Place,
    end: Place,
}

#[derive(Serialize)]
struct Place {
    line: usize,
    /// From 1, in bytes of UTF-8.
    column: usize,
}

#[derive(Serialize)]
struct Code<'a> {
    value: &'a str,
    url: String,
}

#[derive(Serialize)]
struct Suggestion {
    range: Range,
    text: String,
}

pub(super) fn render(files: &[FileFindings]) -> String {
    let all = located(files);
    json::document(&DiagnosticResult {
        source: Tool {
            name: "iamsim",
            url: HOME_PAGE,
        },
        diagnostics: all.iter().map(diagnostic).collect(),
    })
}

fn diagnostic<'a>(located: &Located<'a>) -> Diagnostic<'a> {
    let source = &located.file.source;
    let finding = located.finding;
    let visible = located.range();
    let visible = Span::new(visible.start.offset, visible.end.offset);
    let suggestion = finding.fix.as_ref().and_then(|fix| suggestion(source, fix));
    Diagnostic {
        message: message(located),
        location: Location {
            path: located.file.service_path(),
            range: range(source, visible),
        },
        severity: match finding.severity.level() {
            Level::Error => "ERROR",
            Level::Warning => "WARNING",
            Level::Note => "INFO",
        },
        code: Code {
            value: finding.rule.as_str(),
            url: rule_page(finding.rule.as_str()),
        },
        suggestions: suggestion.into_iter().collect(),
    }
}

/// What is said of the finding. It becomes part of a comment, which is Markdown.
fn message(located: &Located<'_>) -> String {
    let text = located.text();
    let lines: Vec<_> = text.split('\n').map(prose).collect();
    let mut text = lines.join("\n");
    let safety = located.finding.fix.as_ref().map(|fix| fix.safety);
    if safety == Some(Safety::Unsafe) {
        text += "\nThe suggestion may change what the policy grants.";
    }
    text
}

/// A fix as one edit: those who take a suggestion must get the whole of it.
fn suggestion(source: &Source, fix: &Fix) -> Option<Suggestion> {
    let (first, last) = (fix.edits.first()?, fix.edits.last()?);
    let whole = first.span.join(last.span);
    let mut text = String::new();
    let mut at = whole.start;
    for Edit { span, replacement } in &fix.edits {
        text += source.slice(Span::new(at, span.start));
        text += replacement;
        at = span.end;
    }
    let range = range(source, whole);
    Some(Suggestion { range, text })
}

fn range(source: &Source, span: Span) -> Range {
    let place = |offset| Place {
        line: source.position(offset).line,
        column: offset - source.line_span(offset).start + 1,
    };
    Range {
        start: place(span.start),
        end: place(span.end),
    }
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::report::lint::testing::{file, full_finding};
    use serde_json::{Value, json};

    #[test]
    fn columns_are_bytes_and_a_fix_of_two_edits_is_one_suggestion() {
        let files = [file("./a.json", "é\nxy é zz", &[full_finding()])];
        let report: Value = serde_json::from_str(&render(&files)).unwrap();
        assert_eq!(report["source"]["name"], "iamsim");
        let place = |line, column| json!({"line": line, "column": column});
        let diagnostic = &report["diagnostics"][0];
        assert_eq!(
            diagnostic["location"],
            json!({"path": "a.json", "range": {"start": place(2, 1), "end": place(2, 3)}})
        );
        assert_eq!(diagnostic["severity"], "WARNING");
        assert_eq!(diagnostic["code"]["value"], "unknown-action");
        assert_eq!(
            diagnostic["suggestions"],
            json!([{"range": {"start": place(2, 1), "end": place(2, 6)}, "text": "a éb"}])
        );
        assert_eq!(
            diagnostic["message"],
            "no action `xy`\nhelp: take one of\n`a`\nThe suggestion may change what the policy grants."
        );
    }
}
