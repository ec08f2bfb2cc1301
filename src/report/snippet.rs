//! A message with the source that it is about, underlined; drawn by miette.

use super::escape::{printable, same_length};
use crate::source::{Severity, Source, Span};
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};
use std::{borrow::Cow, fmt};

/// Lines longer than this are shown in part.
const LONG_LINE: usize = 240;

/// How much of a long line is shown on either side of what is underlined.
const MARGIN: usize = 60;

/// Whether to draw in colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// With ANSI colours.
    On,
    /// Without.
    Off,
}

/// Draws snippets.
#[derive(Debug)]
pub struct Painter {
    handler: GraphicalReportHandler,
}

impl Painter {
    /// A painter for output of that kind.
    pub fn new(colour: Colour) -> Self {
        let theme = match colour {
            Colour::On => GraphicalTheme::unicode(),
            Colour::Off => GraphicalTheme::unicode_nocolor(),
        };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_links(false)
            .with_width(100);
        Self { handler }
    }

    /// Draws one.
    pub fn paint(&self, diagnostic: &dyn Diagnostic) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail, and spans outside the source only lose their frame.
        if self.handler.render_report(&mut text, diagnostic).is_err() {
            text = format!("{diagnostic}\n");
        }
        // The frame of an underlined line may end in blanks.
        text.lines()
            .map(str::trim_end)
            .collect::<Vec<_>>()
            .join("\n")
            + "\n"
    }
}

/// A message about places in a source.
#[derive(Debug)]
pub struct Snippet<'a> {
    message: String,
    code: Option<String>,
    severity: miette::Severity,
    help: Option<String>,
    labels: Vec<LabeledSpan>,
    view: View<'a>,
}

impl<'a> Snippet<'a> {
    /// A message about a source, with nothing underlined yet.
    pub fn new(source: &'a Source, message: &str) -> Self {
        let text = same_length(source.text());
        Self {
            message: printable(message).into_owned(),
            code: None,
            severity: miette::Severity::Error,
            help: None,
            labels: Vec::new(),
            view: View { source, text },
        }
    }

    /// The name of a rule and how much it matters.
    #[must_use]
    pub fn rule(mut self, rule: &str, severity: Severity) -> Self {
        self.code = Some(format!("{}[{rule}]", severity.name()));
        self.severity = match severity {
            Severity::Error | Severity::Critical | Severity::High => miette::Severity::Error,
            Severity::Medium | Severity::Low => miette::Severity::Warning,
            Severity::Hint => miette::Severity::Advice,
        };
        self
    }

    /// Tells rather than complains.
    #[must_use]
    pub fn advice(mut self) -> Self {
        self.severity = miette::Severity::Advice;
        self
    }

    /// What to do about it.
    #[must_use]
    pub fn help(mut self, help: Option<&str>) -> Self {
        self.help = help.map(|help| printable(help).into_owned());
        self
    }

    /// Underlines a place; the first one is where the snippet says it is.
    #[must_use]
    pub fn label(mut self, span: Span, text: Option<&str>) -> Self {
        let text = text.map(|text| printable(text).into_owned());
        let at = SourceSpan::new(span.start.into(), span.len());
        self.labels.push(if self.labels.is_empty() {
            LabeledSpan::new_primary_with_span(text, at)
        } else {
            LabeledSpan::new_with_span(text, at)
        });
        self
    }
}

impl fmt::Display for Snippet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Snippet<'_> {}

impl Diagnostic for Snippet<'_> {
    fn code<'s>(&'s self) -> Option<Box<dyn fmt::Display + 's>> {
        self.code
            .as_ref()
            .map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'s>(&'s self) -> Option<Box<dyn fmt::Display + 's>> {
        self.help
            .as_ref()
            .map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        (!self.labels.is_empty()).then_some(&self.view as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// A source as it is drawn: safe to print, long lines cut around what is underlined.
#[derive(Debug)]
struct View<'a> {
    source: &'a Source,
    text: Cow<'a, str>,
}

impl View<'_> {
    /// The part of the text to show for a span.
    fn extent(&self, span: Span, before: usize, after: usize) -> Span {
        let first = self.source.line_span(span.start);
        let last = self.source.line_span(span.end);
        if first.len() > LONG_LINE || last.len() > LONG_LINE {
            let boundary = |at| self.text.is_char_boundary(at);
            let start = first.start.max(span.start.saturating_sub(MARGIN));
            let end = last.end.max(span.end).min(span.end + MARGIN);
            let start = (first.start..=start).rev().find(|at| boundary(*at));
            let end = (end..=self.text.len()).find(|at| boundary(*at));
            return Span::new(start.unwrap_or(first.start), end.unwrap_or(self.text.len()));
        }
        let (mut start, mut end) = (first.start, last.end);
        for _ in 0..before {
            let line = start
                .checked_sub(1)
                .map(|before| self.source.line_span(before));
            match line {
                Some(line) if line.len() <= LONG_LINE => start = line.start,
                _ => break,
            }
        }
        for _ in 0..after {
            // Past the line break, `\r\n` or `\n`.
            let rest = self.text.as_bytes().get(end..).unwrap_or_default();
            let Some(offset) = rest.iter().position(|byte| *byte == b'\n') else {
                break;
            };
            let line = self.source.line_span(end + offset + 1);
            if line.len() > LONG_LINE || line.start >= self.text.len() {
                break;
            }
            end = line.end;
        }
        Span::new(start, end)
    }
}

impl SourceCode for View<'_> {
    fn read_span<'s>(
        &'s self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'s> + 's>, MietteError> {
        let span = Span::new(span.offset(), span.offset() + span.len());
        // Without context miette asks for the place alone, to name its line and column.
        let extent = match (context_lines_before, context_lines_after) {
            (0, 0) => span,
            (before, after) => self.extent(span, before, after),
        };
        let data = self
            .text
            .get(extent.start..extent.end)
            .ok_or(MietteError::OutOfBounds)?;
        let start = self.source.position(extent.start);
        let lines = data.lines().count();
        Ok(Box::new(MietteSpanContents::new_named(
            printable(self.source.name()).into_owned(),
            data.as_bytes(),
            SourceSpan::new(extent.start.into(), extent.len()),
            start.line - 1,
            start.column - 1,
            lines,
        )))
    }
}
