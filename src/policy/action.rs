//! Patterns of actions.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>

use crate::syntax::Text;
use nom::{
    IResult, Parser as _,
    branch::alt,
    bytes::complete::{tag, take_while1},
    combinator::{all_consuming, value},
    sequence::separated_pair,
};

/// One entry of `Action` or `NotAction`: `*`, or `service:name` with `*` and `?` in either part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionPattern {
    text: Text<'static>,
    colon: Option<usize>,
    wildcard: bool,
}

impl ActionPattern {
    /// Reads one entry; `None` where it has neither form.
    pub fn parse(text: Text<'static>) -> Option<Self> {
        let colon = match all_consuming(action).parse(text.as_str()) {
            Ok((_, parts)) => parts.map(|(service, _)| service.len()),
            Err(_) => return None,
        };
        let wildcard = text
            .as_str()
            .bytes()
            .any(|byte| matches!(byte, b'*' | b'?'));
        Some(Self {
            text,
            colon,
            wildcard,
        })
    }

    /// The entry as it was written.
    pub fn text(&self) -> &Text<'static> {
        &self.text
    }

    /// The entry as it was written.
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// The part before the colon; `*` for the entry `*`.
    pub fn service(&self) -> &str {
        self.colon
            .and_then(|colon| self.as_str().get(..colon))
            .unwrap_or("*")
    }

    /// The part after the colon; `*` for the entry `*`.
    pub fn name(&self) -> &str {
        self.colon
            .and_then(|colon| self.as_str().get(colon + 1..))
            .unwrap_or("*")
    }

    /// Whether every action of every service matches: `*`, `*:*`.
    pub fn covers_everything(&self) -> bool {
        self.wildcard && is_stars(self.service()) && is_stars(self.name())
    }

    /// Whether every action of the services that match does: `s3:*`.
    pub fn covers_whole_service(&self) -> bool {
        self.wildcard && is_stars(self.name())
    }

    /// Whether the service is written out.
    pub fn has_exact_service(&self) -> bool {
        !self.wildcard || !self.service().contains(['*', '?'])
    }

    /// Whether it holds a wildcard.
    pub fn has_wildcard(&self) -> bool {
        self.wildcard
    }
}

/// `*` is no pair; anything else is service and name.
fn action(input: &str) -> IResult<&str, Option<(&str, &str)>> {
    let pair = separated_pair(take_while1(is_part), tag(":"), take_while1(is_part));
    alt((pair.map(Some), value(None, take_while1(|c| c == '*')))).parse(input)
}

fn is_stars(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'*')
}

fn is_part(character: char) -> bool {
    !matches!(character, ':' | '"' | ',') && !character.is_whitespace() && !character.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{source::Source, syntax};

    /// An entry as it would be read from a file.
    fn pattern(text: &str) -> Option<ActionPattern> {
        let json = serde_json::to_vec(text).unwrap();
        let source = Source::new("test", json);
        let document = syntax::parse(&source);
        let syntax::Kind::String(text) = &document.root.kind else {
            panic!("not a string")
        };
        ActionPattern::parse(text.to_owned())
    }

    #[test]
    fn an_entry_is_a_star_or_a_pair() {
        let parts = |text| pattern(text).map(|p| (p.service().to_owned(), p.name().to_owned()));
        let pair = |service: &str, name: &str| Some((service.to_owned(), name.to_owned()));
        assert_eq!(parts("s3:GetObject"), pair("s3", "GetObject"));
        assert_eq!(parts("*"), pair("*", "*"));
        assert_eq!(parts("**"), pair("*", "*"));
        assert_eq!(parts("*:*"), pair("*", "*"));
        assert_eq!(parts("s3:Get*"), pair("s3", "Get*"));
        for wrong in [
            "",
            "s3",
            "s3:",
            ":Get",
            "s3: Get",
            "s3:Get:Object",
            " s3:Get",
            "s*",
        ] {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
    }
}
