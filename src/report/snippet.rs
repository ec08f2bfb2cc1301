//! A message with the source that it is about, underlined; drawn by miette.

use crate::source::{Level, Severity, Source, Span, escape::printable};
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};
use std::fmt;

/// Lines longer than this are shown in part.
const LONG_LINE: usize = 240;

/// How much of a long line is shown on either side of what is underlined.
const MARGIN: usize = 60;

/// How many bytes apart two places of long lines may be to be drawn in one frame, in which miette shows
/// all that is between them, and cannot where that is more than 65,535 columns.
const FAR: usize = 4_096;

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
    colour: Colour,
    width: u16,
}

impl Painter {
    /// A painter for output of that kind, 100 columns wide.
    pub fn new(colour: Colour) -> Self {
        Self::with_width(colour, 100)
    }

    /// A painter for output of that many columns.
    pub fn with_width(colour: Colour, width: u16) -> Self {
        let theme = match colour {
            Colour::On => GraphicalTheme::unicode(),
            Colour::Off => GraphicalTheme::unicode_nocolor(),
        };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_links(false)
            .with_width(usize::from(width));
        Self {
            handler,
            colour,
            width,
        }
    }

    /// Whether it draws in colour.
    pub(super) fn colour(&self) -> Colour {
        self.colour
    }

    /// How many columns it draws on.
    pub(super) fn width(&self) -> u16 {
        self.width
    }

    /// Draws one. What it says is made safe to print; its source has to be.
    pub fn paint(&self, diagnostic: &dyn Diagnostic) -> String {
        let diagnostic = &Printable(diagnostic);
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

/// A diagnostic whose texts are made safe to print.
#[derive(Debug)]
struct Printable<'a>(&'a dyn Diagnostic);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.0.to_string()))
    }
}

impl std::error::Error for Printable<'_> {}

impl Diagnostic for Printable<'_> {
    fn code<'s>(&'s self) -> Option<Box<dyn fmt::Display + 's>> {
        self.0.code()
    }

    fn severity(&self) -> Option<miette::Severity> {
        self.0.severity()
    }

    fn help<'s>(&'s self) -> Option<Box<dyn fmt::Display + 's>> {
        // A help may list things, one a line.
        let help = self.0.help()?.to_string();
        let lines: Vec<_> = help.split('\n').map(printable).collect();
        Some(Box::new(lines.join("\n")))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.0.source_code()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let safe = |label: LabeledSpan| {
            let text = label.label().map(|text| printable(text).into_owned());
            if label.primary() {
                LabeledSpan::new_primary_with_span(text, *label.inner())
            } else {
                LabeledSpan::new_with_span(text, *label.inner())
            }
        };
        Some(Box::new(self.0.labels()?.map(safe)))
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
    /// What is said of places too far away to be drawn, with where they are.
    elsewhere: Vec<String>,
    view: View<'a>,
}

impl<'a> Snippet<'a> {
    /// A message about a source, with nothing underlined yet.
    pub fn new(source: &'a Source, message: &str) -> Self {
        Self {
            message: message.to_owned(),
            code: None,
            severity: miette::Severity::Error,
            help: None,
            labels: Vec::new(),
            elsewhere: Vec::new(),
            view: View { source },
        }
    }

    /// The name of a rule and how much it matters.
    #[must_use]
    pub fn rule(mut self, rule: &str, severity: Severity) -> Self {
        self.code = Some(format!("{}[{rule}]", severity.name()));
        self.severity = match severity.level() {
            Level::Error => miette::Severity::Error,
            Level::Warning => miette::Severity::Warning,
            Level::Note => miette::Severity::Advice,
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
        self.help = help.map(str::to_owned);
        self
    }

    /// Underlines a place; the first one is where the snippet says it is.
    #[must_use]
    pub fn label(mut self, span: Span, text: Option<&str>) -> Self {
        let first = self.labels.first().map(LabeledSpan::offset);
        if first.is_some_and(|first| self.view.is_far(first, span.start)) {
            let at = self.view.source.position(span.start);
            let text = text.map_or(String::new(), |text| format!(": {text}"));
            let line = format!("at {}:{}{text}", at.line, at.column);
            self.elsewhere.push(line);
            return self;
        }
        let text = text.map(str::to_owned);
        let span = self.start_of(span);
        let at = SourceSpan::new(span.start.into(), span.len());
        self.labels.push(if self.labels.is_empty() {
            LabeledSpan::new_primary_with_span(text, at)
        } else {
            LabeledSpan::new_with_span(text, at)
        });
        self
    }

    /// The part of a span that is underlined: of one that is longer than a line that is shown,
    /// its start.
    fn start_of(&self, span: Span) -> Span {
        let most = span.start + LONG_LINE;
        if span.end <= most {
            return span;
        }
        let text = self.view.source.text();
        let boundary = (span.start..=most)
            .rev()
            .find(|at| text.is_char_boundary(*at));
        Span::new(span.start, boundary.unwrap_or(span.end))
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
        let lines: Vec<_> = self.help.iter().chain(&self.elsewhere).cloned().collect();
        (!lines.is_empty()).then(|| Box::new(lines.join("\n")) as Box<dyn fmt::Display>)
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
}

impl View<'_> {
    /// Whether two places cannot be drawn together.
    fn is_far(&self, one: usize, other: usize) -> bool {
        let is_long = |at| self.source.line_span(at).len() > LONG_LINE;
        one.abs_diff(other) > FAR && (is_long(one) || is_long(other))
    }

    /// The part of the text to show for a span.
    fn extent(&self, span: Span, before: usize, after: usize) -> Span {
        let first = self.source.line_span(span.start);
        let last = self.source.line_span(span.end);
        if first.len() > LONG_LINE || last.len() > LONG_LINE {
            let text = self.source.shown();
            let boundary = |at| text.is_char_boundary(at);
            let start = first.start.max(span.start.saturating_sub(MARGIN));
            let end = last.end.max(span.end).min(span.end + MARGIN);
            let start = (first.start..=start).rev().find(|at| boundary(*at));
            let end = (end..=text.len()).find(|at| boundary(*at));
            return Span::new(start.unwrap_or(first.start), end.unwrap_or(text.len()));
        }
        let text = self.source.shown();
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
            let rest = text.as_bytes().get(end..).unwrap_or_default();
            let Some(offset) = rest.iter().position(|byte| *byte == b'\n') else {
                break;
            };
            let line = self.source.line_span(end + offset + 1);
            if line.len() > LONG_LINE || line.start >= text.len() {
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
            .source
            .shown()
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

#[cfg(test)]
mod tests {
    use super::{Colour, Painter, Snippet};
    use crate::source::{Source, Span};

    #[test]
    fn places_far_apart_on_a_long_line_are_named_and_what_is_between_is_not_shown() {
        let source = Source::new("x", format!("a{}b", " ".repeat(100_000)).into_bytes());
        let painted = |[first, second]: [usize; 2]| {
            let place = |at| Span::new(at, at + 1);
            let snippet = Snippet::new(&source, "no")
                .help(Some("do"))
                .label(place(first), None)
                .label(place(second), Some("this one"));
            Painter::new(Colour::Off).paint(&snippet)
        };
        for (places, at) in [([0, 100_001], "at 1:100002"), ([100_001, 0], "at 1:1")] {
            let text = painted(places);
            assert!(text.len() < 1_000, "{} bytes", text.len());
            assert!(text.contains("help: do\n"), "{text}");
            assert!(text.contains(&format!("{at}: this one")), "{text}");
        }
        let near = painted([0, 1_000]);
        assert!(near.contains("╰── this one"), "{near}");
    }
}
