//! What a comment says that suppresses findings: `iamsim: ignore[rule] until 2027-01-31 reason`.

use super::{Refusal, Selector, shorten, suppressible};
use crate::{policy::Located, source::Span};
use jiff::civil::Date;
use nom::{
    IResult, Parser as _,
    bytes::complete::{tag, tag_no_case, take_until, take_while},
    character::complete::{char, multispace0, multispace1},
    sequence::{delimited, preceded},
};

/// How one is written.
const FORM: &str =
    "write `iamsim: ignore[rule] reason`, or `iamsim: ignore-file[rule] reason` at the top";

/// A comment that suppresses.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Directive {
    /// From `iamsim` to the bracket.
    pub(super) head: Span,
    /// Whether it is for the whole document.
    pub(super) is_for_file: bool,
    /// What it suppresses; at least one.
    pub(super) names: Vec<Name>,
    /// The last day on which it does.
    pub(super) until: Option<Located<Date>>,
    /// Why.
    pub(super) reason: String,
}

/// The name of a rule or category between the brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) selector: Selector,
    pub(super) span: Span,
}

/// What is wrong with a comment that was meant to suppress.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) help: String,
}

impl Malformed {
    fn new(span: Span, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            help: help.into(),
        }
    }
}

/// What is wrong with a directive for the whole document that stands inside it.
pub(super) fn not_at_the_top(head: Span) -> Malformed {
    Malformed::new(
        head,
        "`ignore-file` stands inside the document",
        "put it before the first bracket, or write `ignore` for what follows",
    )
}

/// The text of a comment, and where it starts.
#[derive(Debug, Clone, Copy)]
struct Body<'a> {
    text: &'a str,
    start: usize,
}

impl Body<'_> {
    /// Where a rest of the text starts.
    fn offset(self, rest: &str) -> usize {
        self.start + self.text.len() - rest.len()
    }

    /// From where one rest starts to where another does.
    fn between(self, from: &str, to: &str) -> Span {
        Span::new(self.offset(from), self.offset(to))
    }
}

/// Reads what a comment says after its mark, which starts there; `None` for one that is no directive and
/// was not meant to be.
pub(super) fn parse(text: &str, start: usize) -> Option<Result<Directive, Malformed>> {
    let body = Body { text, start };
    let margin = |c: char| c.is_whitespace() || matches!(c, '*' | '/' | '#' | '!');
    let from = text.trim_start_matches(margin);
    let (rest, (mark, word)) = address(from).ok()?;
    let is_meant =
        mark.contains(':') || !mark.is_empty() && is_for_file(&word.to_lowercase()).is_some();
    is_meant.then(|| after_address(body, from, mark, word, rest))
}

/// `iamsim`, what joins it to the next word, and that word.
fn address(input: &str) -> IResult<&str, (&str, &str)> {
    let join = |c: char| c.is_whitespace() || matches!(c, ':' | '-' | '_' | '=' | '.');
    let word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    preceded(tag_no_case("iamsim"), (take_while(join), take_while(word))).parse(input)
}

/// Whether a verb is for the whole document; `None` for a word that is no verb.
fn is_for_file(word: &str) -> Option<bool> {
    match word {
        "ignore" => Some(false),
        "ignore-file" => Some(true),
        _ => None,
    }
}

fn after_address<'a>(
    body: Body<'a>,
    from: &'a str,
    mark: &'a str,
    word: &'a str,
    rest: &'a str,
) -> Result<Directive, Malformed> {
    let address = body.between(from, rest);
    let joined = mark.strip_prefix(':');
    let joined = joined.is_some_and(|blank| !blank.is_empty() && blank.trim().is_empty());
    let verb = is_for_file(word).filter(|_| joined && from.starts_with("iamsim"));
    let Some(is_for_file) = verb else {
        let written = from.get(..address.len()).unwrap_or_default().trim();
        let message = format!("`{written}` starts no suppression");
        return Err(Malformed::new(address, message, FORM));
    };
    let brackets: IResult<&str, &str> =
        delimited(char('['), take_until("]"), char(']')).parse(rest);
    let Ok((after, inner)) = brackets else {
        let message = if rest.starts_with('[') {
            "the bracket after it is never closed".to_owned()
        } else {
            format!("`{word}` names no rule")
        };
        return Err(Malformed::new(address, message, FORM));
    };
    let head = body.between(from, after);
    let names = names(inner, body.offset(after) - 1 - inner.len())?;
    let (until, after) = until(body, after)?;
    let reason = reason(after).ok_or_else(|| {
        Malformed::new(
            head,
            "suppression without a reason",
            "say after the bracket why the finding is accepted",
        )
    })?;
    Ok(Directive {
        head,
        is_for_file,
        names,
        until,
        reason,
    })
}

/// The names between the brackets, which start there.
fn names(inner: &str, start: usize) -> Result<Vec<Name>, Malformed> {
    let mut names = Vec::new();
    let mut at = start;
    for part in inner.split(',') {
        let name = part.trim();
        let blank = part.len() - part.trim_start().len();
        let span = Span::new(at + blank, at + blank + name.len());
        if name.is_empty() {
            let brackets = Span::new(start - 1, start + inner.len() + 1);
            let message = "the name of a rule is missing in the brackets";
            return Err(Malformed::new(brackets, message, FORM));
        }
        let selector = suppressible(name).map_err(|Refusal { message, help }| Malformed {
            span,
            message,
            help,
        })?;
        names.push(Name { selector, span });
        at += part.len() + 1;
    }
    Ok(names)
}

/// An end that is written in another way, which would else be a reason, and never come.
fn misspelt_end(body: Body<'_>, after: &str) -> Option<Malformed> {
    let text = after.trim_start_matches(|c: char| c.is_whitespace() || "([-".contains(c));
    let word = text
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(word)?;
    let words = [
        "until",
        "till",
        "expires",
        "expire",
        "expiry",
        "expiration",
        "ends",
    ];
    let is_one = words.iter().any(|own| own.eq_ignore_ascii_case(word));
    let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || ":=-(".contains(c));
    if !is_one || !rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let start = body.offset(text);
    Some(Malformed::new(
        Span::new(start, start + word.len()),
        format!("`{word}` is no beginning of an end"),
        "write the last day like `until 2027-01-31`",
    ))
}

/// `until` and a day, where they come first; and what follows. A reason may start with `until` too.
fn until<'a>(
    body: Body<'a>,
    after: &'a str,
) -> Result<(Option<Located<Date>>, &'a str), Malformed> {
    let word = |c: char| !c.is_whitespace() && !matches!(c, ',' | ';' | ':');
    let read: IResult<&str, &str> =
        preceded((multispace0, tag("until"), multispace1), take_while(word)).parse(after);
    let Ok((rest, day)) = read else {
        return match misspelt_end(body, after) {
            Some(wrong) => Err(wrong),
            None => Ok((None, after)),
        };
    };
    if !day.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok((None, after));
    }
    let end = body.offset(rest);
    let span = Span::new(end - day.len(), end);
    match day.parse() {
        // Whatever else is a date, such as one with a time, is not printed in this way.
        Ok(date) if Date::to_string(&date) == day => {
            Ok((Some(Located { value: date, span }), rest))
        }
        _ => Err(Malformed::new(
            span,
            format!("`{day}` is no day"),
            "write the last day like `until 2027-01-31`",
        )),
    }
}

/// What stands there for a reason, on one line; `None` for what has no word in it.
fn reason(text: &str) -> Option<String> {
    let mark = |c: char| c.is_whitespace() || matches!(c, ':' | '-' | '–' | '—' | ',' | ';' | '*');
    let text = text.trim_matches(mark);
    if !text.contains(char::is_alphanumeric) {
        return None;
    }
    let words: Vec<_> = text.split_whitespace().collect();
    let mut reason = words.join(" ");
    shorten(&mut reason);
    Some(reason)
}

#[cfg(test)]
mod tests {
    use super::{Directive, Malformed, parse};
    use crate::source::Span;

    /// What comes of a comment; one that is meant to suppress.
    fn read(text: &str) -> Result<Directive, Malformed> {
        parse(text, 0).unwrap_or_else(|| panic!("no directive: {text}"))
    }

    fn slice(text: &str, span: Span) -> &str {
        text.get(span.start..span.end).unwrap()
    }

    /// What is underlined in a malformed comment, and the message.
    fn wrong(text: &str) -> (String, String) {
        let malformed = read(text).unwrap_err();
        (slice(text, malformed.span).to_owned(), malformed.message)
    }

    #[test]
    fn names_day_and_reason_are_read() {
        let text = " iamsim: ignore[action-case,  style ] until 2027-01-31: agreed with\tAna";
        let directive = read(text).unwrap();
        let names: Vec<_> = directive
            .names
            .iter()
            .map(|name| (name.selector.name(), slice(text, name.span)))
            .collect();
        assert_eq!(names, [("action-case", "action-case"), ("style", "style")]);
        assert_eq!(
            slice(text, directive.head),
            "iamsim: ignore[action-case,  style ]"
        );
        let until = directive.until.unwrap();
        assert_eq!(until.value, jiff::civil::date(2027, 1, 31));
        assert_eq!(slice(text, until.span), "2027-01-31");
        assert_eq!(directive.reason, "agreed with Ana");
        assert!(!directive.is_for_file);
    }

    #[test]
    fn a_block_may_have_a_margin_and_lines() {
        let directive =
            read("*\n * iamsim: ignore-file[style] generated\n   by a tool\n ").unwrap();
        assert!(directive.is_for_file);
        assert_eq!(directive.reason, "generated by a tool");
    }

    #[test]
    fn a_reason_may_start_with_until() {
        let directive = read("iamsim: ignore[style] until the move is done").unwrap();
        assert_eq!(directive.until, None);
        assert_eq!(directive.reason, "until the move is done");
    }

    #[test]
    fn remarks_about_iamsim_are_no_directives() {
        for text in [
            "",
            "iamsim",
            " iamsim is a linter",
            "iamsimulator: ignore[style] x",
            " see iamsim: ignore[style] x",
            "iamsim ignores this",
            "ignore[style] x",
        ] {
            assert_eq!(parse(text, 0), None, "{text}");
        }
    }

    #[test]
    fn what_was_meant_to_suppress_is_told() {
        for (text, underlined) in [
            ("iamsim:ignore[style] x", "iamsim:ignore"),
            ("iamsim ignore[style] x", "iamsim ignore"),
            ("IAMSIM: ignore[style] x", "IAMSIM: ignore"),
            ("iamsim-ignore style x", "iamsim-ignore"),
            ("iamsim: Ignore[style] x", "iamsim: Ignore"),
            ("iamsim: disable[style] x", "iamsim: disable"),
            ("iamsim:", "iamsim:"),
        ] {
            let (found, message) = wrong(text);
            assert_eq!(found, underlined);
            assert_eq!(message, format!("`{underlined}` starts no suppression"));
        }
    }

    #[test]
    fn brackets_are_needed_and_hold_rules() {
        for (text, underlined, message) in [
            (
                "iamsim: ignore style x",
                "iamsim: ignore",
                "`ignore` names no rule",
            ),
            (
                "iamsim: ignore [style] x",
                "iamsim: ignore",
                "`ignore` names no rule",
            ),
            (
                "iamsim: ignore[style x",
                "iamsim: ignore",
                "the bracket after it is never closed",
            ),
            (
                "iamsim: ignore[] x",
                "[]",
                "the name of a rule is missing in the brackets",
            ),
            (
                "iamsim: ignore[style,] x",
                "[style,]",
                "the name of a rule is missing in the brackets",
            ),
            (
                "iamsim: ignore[é, action-cas] x",
                "é",
                "there is no rule `é`",
            ),
            (
                "iamsim: ignore[all] x",
                "all",
                "`all` would suppress whatever comes to be found",
            ),
            (
                "iamsim: ignore[json-syntax] x",
                "json-syntax",
                "findings of `json-syntax` cannot be suppressed",
            ),
            (
                "iamsim: ignore[unused-ignore] x",
                "unused-ignore",
                "findings of `unused-ignore` cannot be suppressed",
            ),
        ] {
            assert_eq!(
                wrong(text),
                (underlined.to_owned(), message.to_owned()),
                "{text}"
            );
        }
        let near = read("iamsim: ignore[action-cas] x").unwrap_err();
        assert_eq!(near.help, "did you mean `action-case`?");
    }

    #[test]
    fn a_reason_has_a_word_in_it() {
        for text in [
            "iamsim: ignore[style]",
            "iamsim: ignore[style] ",
            "iamsim: ignore[style]: -- ...",
            "iamsim: ignore[style] *",
        ] {
            assert_eq!(
                wrong(text),
                (
                    "iamsim: ignore[style]".to_owned(),
                    "suppression without a reason".to_owned()
                )
            );
        }
        let dated = wrong("iamsim: ignore[style] until 2027-01-31");
        assert_eq!(dated.1, "suppression without a reason");
    }

    #[test]
    fn a_day_is_one_of_the_calendar() {
        for day in ["2027-02-30", "31.1.2027", "2027-1-31", "2027-01-31T10:00"] {
            let (underlined, _) = wrong(&format!("iamsim: ignore[style] until {day} x"));
            assert!(day.starts_with(&underlined), "{underlined}");
        }
    }
}
