//! Text with wildcards and policy variables.
//!
//! `*` is any text, `?` any one character; `${key}` and `${key, 'default'}` are replaced by a
//! value of the request; `${*}`, `${?}` and `${$}` are those characters themselves. Variables and
//! escapes exist from version 2012-10-17 on.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>

use super::{ConditionKey, Version};
use nom::{
    IResult, Parser as _,
    branch::alt,
    bytes::complete::{tag, take_till, take_until, take_while},
    character::complete::{char, multispace0, one_of},
    combinator::{all_consuming, opt},
    sequence::{delimited, preceded},
};
use std::ops::Range;

/// A piece of a [`Pattern`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// These characters.
    Literal(String),
    /// `*`
    AnyText,
    /// `?`
    AnyCharacter,
    /// `${key}` or `${key, 'default'}`
    Variable(Variable),
}

/// A policy variable, or what a template engine was to replace and has not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// What stands for it in the request.
    pub key: ConditionKey,
    /// What stands for it where the request lacks the key.
    pub default: Option<String>,
    /// Where it stands in the decoded text, from `$` to `}`.
    pub range: Range<usize>,
}

impl Variable {
    /// Whether a template engine was to fill this in, as in `${AWS::AccountId}` or `${var.bucket}`:
    /// condition keys are `service:name`.
    pub fn is_template_token(&self) -> bool {
        let key = self.key.as_str();
        // The Serverless Framework writes its own like variables of AWS.
        let of_serverless = ["aws:accountId", "aws:region"]
            .iter()
            .any(|own| own.eq_ignore_ascii_case(key));
        !key.contains(':') || key.contains("::") || of_serverless || is_template_expression(key)
    }
}

/// Text with wildcards and variables, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    pieces: Vec<Piece>,
}

/// A `${` that does not become a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariableError {
    /// Where it stands in the decoded text.
    pub range: Range<usize>,
    /// What is wrong with it.
    pub kind: VariableErrorKind,
}

/// The ways in which a variable can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum VariableErrorKind {
    /// `${` without `}`
    Unclosed,
    /// `${}`
    Empty,
    /// A space in the key.
    Space,
    /// A default that is not in single quotes.
    DefaultWithoutQuotes,
}

impl Pattern {
    /// Takes text apart. In the old language `${` is text like any other.
    pub fn parse(text: &str, version: Version) -> Result<Self, VariableError> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while !rest.is_empty() {
            let at = text.len() - rest.len();
            let (after, token) = token(rest, version);
            let piece = match token {
                Token::Text(text) => {
                    literal.push_str(text);
                    rest = after;
                    continue;
                }
                Token::AnyText => Piece::AnyText,
                Token::AnyCharacter => Piece::AnyCharacter,
                Token::Variable(content) => {
                    let range = at..text.len() - after.len();
                    Piece::Variable(variable(content, range)?)
                }
                Token::Placeholder(text) => Piece::Variable(Variable {
                    key: ConditionKey::new(text),
                    default: None,
                    range: at..at + text.len(),
                }),
                Token::Unclosed => {
                    let kind = VariableErrorKind::Unclosed;
                    return Err(VariableError {
                        range: at..at + 2,
                        kind,
                    });
                }
            };
            if !literal.is_empty() {
                pieces.push(Piece::Literal(std::mem::take(&mut literal)));
            }
            pieces.push(piece);
            rest = after;
        }
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        Ok(Self { pieces })
    }

    /// Text in which every character is itself.
    pub fn literal(text: &str) -> Self {
        Self {
            pieces: vec![Piece::Literal(text.to_owned())],
        }
    }

    /// `*`
    pub fn any_text() -> Self {
        Self {
            pieces: vec![Piece::AnyText],
        }
    }

    /// The pieces in order; no two literals stand side by side.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The variables in it.
    pub fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Variable(variable) => Some(variable),
            Piece::Literal(_) | Piece::AnyText | Piece::AnyCharacter => None,
        })
    }

    /// Its text, where it is all literal; empty for an empty pattern.
    pub fn as_literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }
}

enum Token<'t> {
    Text(&'t str),
    AnyText,
    AnyCharacter,
    Variable(&'t str),
    Placeholder(&'t str),
    Unclosed,
}

/// The next token of a text that is not empty, and what follows it.
fn token(text: &str, version: Version) -> (&str, Token<'_>) {
    let read: IResult<&str, Token<'_>> = if version.has_variables() {
        alt((
            wildcard,
            escape,
            variable_token,
            placeholder,
            unclosed,
            plain,
        ))
        .parse(text)
    } else {
        alt((wildcard, placeholder, plain)).parse(text)
    };
    // `plain` takes whatever the others leave, at least one character.
    read.unwrap_or(("", Token::Text(text)))
}

fn wildcard(input: &str) -> IResult<&str, Token<'_>> {
    alt((
        char('*').map(|_| Token::AnyText),
        char('?').map(|_| Token::AnyCharacter),
    ))
    .parse(input)
}

/// `${*}`, `${?}` and `${$}`
fn escape(input: &str) -> IResult<&str, Token<'_>> {
    let character = nom::combinator::recognize(one_of("*?$"));
    delimited(tag("${"), character, char('}'))
        .map(Token::Text)
        .parse(input)
}

fn variable_token(input: &str) -> IResult<&str, Token<'_>> {
    delimited(tag("${"), take_until("}"), char('}'))
        .map(Token::Variable)
        .parse(input)
}

/// `{{ name }}`, which template engines such as Jinja fill in before AWS sees the policy.
fn placeholder(input: &str) -> IResult<&str, Token<'_>> {
    nom::combinator::recognize((tag("{{"), take_until("}}"), tag("}}")))
        .map(Token::Placeholder)
        .parse(input)
}

fn unclosed(input: &str) -> IResult<&str, Token<'_>> {
    tag("${").map(|_| Token::Unclosed).parse(input)
}

/// One character, and all after it up to the next that may mean something.
fn plain(input: &str) -> IResult<&str, Token<'_>> {
    let first = input.chars().next().map_or(0, char::len_utf8);
    let (rest, _) = nom::bytes::complete::take(usize::from(first > 0)).parse(input)?;
    let (rest, _) = take_till(|c| matches!(c, '*' | '?' | '$' | '{')).parse(rest)?;
    let taken = input.get(..input.len() - rest.len()).unwrap_or_default();
    Ok((rest, Token::Text(taken)))
}

/// Reads what stands between `${` and `}`.
fn variable(content: &str, range: Range<usize>) -> Result<Variable, VariableError> {
    let wrong = |kind| {
        Err(VariableError {
            range: range.clone(),
            kind,
        })
    };
    if content.trim().is_empty() {
        return wrong(VariableErrorKind::Empty);
    }
    if is_template_expression(content) {
        return Ok(Variable {
            key: ConditionKey::new(content),
            default: None,
            range,
        });
    }
    let Ok((_, (key, default))) = key_and_default(content) else {
        return wrong(VariableErrorKind::DefaultWithoutQuotes);
    };
    if key.contains(char::is_whitespace) {
        return wrong(VariableErrorKind::Space);
    }
    Ok(Variable {
        key: ConditionKey::new(key),
        default: default.map(ToOwned::to_owned),
        range,
    })
}

/// `key` or `key, 'default'`
fn key_and_default(content: &str) -> IResult<&str, (&str, Option<&str>)> {
    let quoted = delimited(char('\''), take_while(|c| c != '\''), char('\''));
    let default = preceded((char(','), multispace0), quoted);
    all_consuming((
        take_till(|c| c == ','),
        opt((default, multispace0).map(|(text, _)| text)),
    ))
    .parse(content)
}

/// Whether this was meant for Terraform or another template engine: condition keys have none of
/// these characters.
fn is_template_expression(content: &str) -> bool {
    content.contains(['(', ')', '[', ']', '"', '{', '|', '?', '!', '<', '>'])
        || content.contains("==")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(pattern: &Pattern) -> String {
        let pieces = pattern.pieces().iter().map(|piece| match piece {
            Piece::Literal(text) => text.clone(),
            Piece::AnyText => "<*>".to_owned(),
            Piece::AnyCharacter => "<?>".to_owned(),
            Piece::Variable(Variable {
                key, default: None, ..
            }) => format!("<{key}>"),
            Piece::Variable(Variable {
                key,
                default: Some(text),
                ..
            }) => format!("<{key}={text}>"),
        });
        pieces.collect()
    }

    #[track_caller]
    fn assert_pieces(text: &str, expected: &str) {
        assert_eq!(
            show(&Pattern::parse(text, Version::V2012).unwrap()),
            expected
        );
    }

    #[track_caller]
    fn assert_error(text: &str, kind: VariableErrorKind, underlined: &str) {
        let error = Pattern::parse(text, Version::V2012).unwrap_err();
        assert_eq!(
            (error.kind, text.get(error.range)),
            (kind, Some(underlined))
        );
    }

    #[test]
    fn wildcards_stand_apart_from_text() {
        assert_pieces("a*b?", "a<*>b<?>");
        assert_pieces("", "");
        assert_pieces("a$b$", "a$b$");
    }

    #[test]
    fn variables_have_a_key_and_may_have_a_default() {
        assert_pieces("x/${aws:username}/*", "x/<aws:username>/<*>");
        assert_pieces(
            "${aws:PrincipalTag/team, 'all'}",
            "<aws:PrincipalTag/team=all>",
        );
        assert_pieces(
            "${aws:PrincipalTag/team,'a, b'}",
            "<aws:PrincipalTag/team=a, b>",
        );
        assert_pieces("${aws:PrincipalTag/team, ''}", "<aws:PrincipalTag/team=>");
    }

    #[test]
    fn escaped_characters_are_literal() {
        assert_pieces("a${*}b${?}c${$}{x}", "a*b?c${x}");
    }

    #[test]
    fn the_old_language_has_no_variables_but_has_wildcards() {
        let pattern = Pattern::parse("${aws:username}/${*}", Version::V2008).unwrap();
        assert_eq!(show(&pattern), "${aws:username}/${<*>}");
    }

    #[test]
    fn what_a_template_engine_left_is_one_variable() {
        assert_pieces("${AWS::AccountId}", "<AWS::AccountId>");
        assert_pieces("${join(\"-\", var.x)}", "<join(\"-\", var.x)>");
    }

    #[test]
    fn broken_variables_are_told_apart() {
        assert_error("a/${aws:username", VariableErrorKind::Unclosed, "${");
        assert_error("a/${}", VariableErrorKind::Empty, "${}");
        assert_error(
            "${aws: username}",
            VariableErrorKind::Space,
            "${aws: username}",
        );
        let unquoted = "${aws:username, x}";
        assert_error(unquoted, VariableErrorKind::DefaultWithoutQuotes, unquoted);
    }

    #[test]
    fn a_variable_knows_its_place() {
        let text = "é/${aws:username}x";
        let pattern = Pattern::parse(text, Version::V2012).unwrap();
        let range = pattern.variables().next().unwrap().range.clone();
        assert_eq!(text.get(range), Some("${aws:username}"));
    }
}
