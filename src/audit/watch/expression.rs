//! Reading alarms as they are written: `denied >= 5 in 10m by principal where service = iam`.

#[cfg(test)]
mod tests;

use super::{
    Alarm, Dimension, Metric, Period,
    alarm::{Filter, Limit},
};
use crate::{
    catalog::nearest,
    policy::Wildcard,
    source::{Source, Span},
};
use miette::{Diagnostic, LabeledSpan, SourceCode};
use nom::{
    IResult, Parser as _,
    bytes::complete::{take_till, take_while},
    character::complete::{char, multispace0, one_of},
    combinator::consumed,
    sequence::{delimited, preceded},
};
use std::fmt;

/// The most bytes that an expression has.
pub const MAX_EXPRESSION_BYTES: usize = 4_096;

/// The most conditions after `where`.
pub const MAX_FILTERS: usize = 16;

/// The whole form, for helps.
const FORM: &str = "write `METRIC >= NUMBER in DURATION`, and if you like `by DIMENSION` and \
                    `where DIMENSION = PATTERN`";

/// What is wrong with an expression, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpressionError {
    /// The expression, as it may be shown.
    expression: String,
    /// The place in it.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// The way out.
    pub help: String,
}

impl fmt::Display for ExpressionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ExpressionError {}

impl Diagnostic for ExpressionError {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.expression)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let place = (self.span.start, self.span.len());
        Some(Box::new(std::iter::once(
            LabeledSpan::new_primary_with_span(None, place),
        )))
    }
}

impl Alarm {
    /// Reads `METRIC >= NUMBER in DURATION [by DIMENSION] [where DIMENSION = PATTERN {and ...}]`.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        let text = text.trim();
        read(text).map_err(|fault| ExpressionError {
            expression: Source::new("", text.as_bytes().to_vec()).shown().to_owned(),
            span: fault.span,
            message: fault.message,
            help: fault.help,
        })
    }
}

/// What is wrong, without the expression.
struct Fault {
    span: Span,
    message: String,
    help: String,
}

impl Fault {
    fn new(span: Span, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            help: help.into(),
        }
    }
}

/// A word and where it stands.
#[derive(Clone, Copy)]
struct Token<'a> {
    text: &'a str,
    span: Span,
}

/// Whether it separates words.
fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

/// What is left to read.
struct Rest<'a> {
    whole: &'a str,
    rest: &'a str,
}

impl<'a> Rest<'a> {
    /// The next characters of a kind, after blanks; empty where there are none.
    fn take(&mut self, is_part: impl Fn(char) -> bool) -> Token<'a> {
        let read: IResult<&str, &str> = preceded(multispace0, take_while(is_part)).parse(self.rest);
        let (rest, text) = read.unwrap_or((self.rest, ""));
        self.rest = rest;
        self.token(text, rest)
    }

    /// A text that ends where a rest begins.
    fn token(&self, text: &'a str, rest: &'a str) -> Token<'a> {
        let end = self.whole.len() - rest.len();
        let span = Span::new(end - text.len(), end);
        Token { text, span }
    }

    fn word(&mut self) -> Token<'a> {
        self.take(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    }

    fn sign(&mut self) -> Token<'a> {
        self.take(|c| matches!(c, '<' | '>' | '=' | '!' | '~'))
    }

    /// The next characters up to a blank.
    fn solid(&mut self) -> Token<'a> {
        self.take(|c| !is_blank(c))
    }

    /// A pattern: between quotes, or up to a blank.
    fn pattern(&mut self) -> Result<Token<'a>, Fault> {
        let mut quoted = consumed(preceded(multispace0, one_of("\"'")));
        let opened: IResult<&str, (&str, char)> = quoted.parse(self.rest);
        let Ok((_, (_, quote))) = opened else {
            let bare = self.solid();
            if bare.text.is_empty() {
                let help = "write a text after `=`, with `*` for any text";
                return Err(Fault::new(bare.span, "the pattern is missing", help));
            }
            return Ok(bare);
        };
        let inside = take_till(|c| c == quote);
        let closed: IResult<&str, &str> =
            preceded(multispace0, delimited(char(quote), inside, char(quote))).parse(self.rest);
        let Ok((rest, text)) = closed else {
            let all = self.take(|_| true);
            let message = format!("`{quote}` is never closed");
            return Err(Fault::new(
                all.span,
                message,
                format!("write `{quote}` at the end of the pattern"),
            ));
        };
        self.rest = rest;
        Ok(self.token(text, rest))
    }

    fn is_at_end(&self) -> bool {
        self.rest.chars().all(is_blank)
    }
}

fn read(text: &str) -> Result<Alarm, Fault> {
    if text.len() > MAX_EXPRESSION_BYTES {
        let message = format!("the expression has more than {MAX_EXPRESSION_BYTES} bytes");
        return Err(Fault::new(Span::new(0, 0), message, FORM));
    }
    let mut rest = Rest {
        whole: text,
        rest: text,
    };
    let metric = rest.word();
    let metric = name(metric, "metric", &Metric::ALL, Metric::name)?;
    let limit = limit(&mut rest)?;
    let keyword = rest.word();
    if keyword.text != "in" {
        let message = format!("{} stands where `in` should", shown(keyword.text));
        return Err(Fault::new(keyword.span, message, FORM));
    }
    let window = rest.solid();
    let window = Period::parse(window.text)
        .map_err(|message| Fault::new(window.span, message, Period::HELP))?;
    let mut alarm = Alarm {
        expression: text.to_owned(),
        metric,
        limit,
        window,
        by: None,
        filters: Vec::new(),
    };
    clauses(&mut rest, &mut alarm)?;
    Ok(alarm)
}

/// `by` and `where`, each once, in this order.
fn clauses(rest: &mut Rest<'_>, alarm: &mut Alarm) -> Result<(), Fault> {
    let mut clause = rest.word();
    if clause.text == "by" {
        alarm.by = Some(dimension(rest)?);
        clause = rest.word();
    }
    if clause.text == "where" {
        clause = filters(rest, alarm)?;
    }
    if clause.text.is_empty() && rest.is_at_end() {
        return Ok(());
    }
    if clause.text.is_empty() {
        clause = rest.solid();
    }
    let help = match clause.text {
        "by" if alarm.by.is_none() => "put `by` before `where`",
        "by" => "an alarm is by one dimension: give one alarm for each",
        "where" => "join conditions by `and`",
        "or" => "conditions are joined by `and`: give one alarm for each",
        _ => FORM,
    };
    let message = format!("`{}` is not expected here", clause.text);
    Err(Fault::new(clause.span, message, help))
}

/// Conditions, and the word after them.
fn filters<'a>(rest: &mut Rest<'a>, alarm: &mut Alarm) -> Result<Token<'a>, Fault> {
    loop {
        let dimension = dimension(rest)?;
        let sign = rest.sign();
        if sign.text != "=" {
            let message = format!("{} stands where `=` should", shown(sign.text));
            let help = "write `=` and a pattern, with `*` for any text";
            return Err(Fault::new(sign.span, message, help));
        }
        let pattern = rest.pattern()?;
        if alarm.filters.len() == MAX_FILTERS {
            let message = format!("there are more than {MAX_FILTERS} conditions");
            return Err(Fault::new(pattern.span, message, "leave some of them out"));
        }
        alarm.filters.push(Filter {
            dimension,
            pattern: Wildcard::new(pattern.text, dimension.case()),
        });
        let next = rest.word();
        if next.text != "and" {
            return Ok(next);
        }
    }
}

fn dimension(rest: &mut Rest<'_>) -> Result<Dimension, Fault> {
    name(rest.word(), "dimension", &Dimension::ALL, Dimension::name)
}

/// How many are too many.
fn limit(rest: &mut Rest<'_>) -> Result<Limit, Fault> {
    let sign = rest.sign();
    let more: u64 = match sign.text {
        ">=" => 0,
        ">" => 1,
        other => {
            let message = match other {
                "" => "the comparison is missing".to_owned(),
                other => format!("`{other}` is no comparison that an alarm has"),
            };
            return Err(Fault::new(sign.span, message, "write `>=` or `>`"));
        }
    };
    let number = rest.solid();
    let help = "write a whole number, such as `5`";
    let digits = number.text.bytes().all(|byte| byte.is_ascii_digit());
    let read = number.text.parse::<u64>().ok().filter(|_| digits);
    let Some(read) = read else {
        let message = match number.text {
            "" => "the number is missing".to_owned(),
            other => format!("`{other}` is no whole number"),
        };
        return Err(Fault::new(number.span, message, help));
    };
    match read.checked_add(more) {
        Some(0) => {
            let message = "`>= 0` is always true";
            let help = "write `>= 1` for an alarm at every event";
            Err(Fault::new(sign.span.join(number.span), message, help))
        }
        Some(least) => Ok(Limit(least)),
        None => {
            let message = format!("`{}` is too large", number.text);
            Err(Fault::new(number.span, message, help))
        }
    }
}

/// What has that name, of all that there are.
fn name<T: Copy>(
    word: Token<'_>,
    kind: &str,
    all: &[T],
    name: fn(T) -> &'static str,
) -> Result<T, Fault> {
    let mut own = all.iter().copied();
    if let Some(found) = own.find(|each| name(*each) == word.text) {
        return Ok(found);
    }
    let near = nearest(all.iter().copied(), |each| name(*each), word.text);
    let help = match near {
        Some(near) if !word.text.is_empty() => format!("did you mean `{}`?", name(near)),
        _ => {
            let names: Vec<_> = all
                .iter()
                .map(|each| format!("`{}`", name(*each)))
                .collect();
            format!("there are {}", names.join(", "))
        }
    };
    let message = if word.text.is_empty() {
        format!("the name of a {kind} is missing")
    } else {
        format!("`{}` is no {kind}", word.text)
    };
    Err(Fault::new(word.span, message, help))
}

/// A word as messages have it.
fn shown(text: &str) -> String {
    if text.is_empty() {
        "nothing".to_owned()
    } else {
        format!("`{text}`")
    }
}
