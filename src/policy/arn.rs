//! Amazon resource names, and patterns of them.
//!
//! `arn:partition:service:region:account:resource`. The resource may hold more colons.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>

use super::{Pattern, VariableError, Version};
use nom::{
    IResult, Parser as _,
    branch::alt,
    bytes::complete::{tag, take_till1, take_until},
    character::complete::{char, one_of},
    combinator::recognize,
    multi::many0_count,
};
use std::ops::Range;

/// How many fields an ARN has.
const FIELDS: usize = 6;

/// One concrete ARN, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, `aws-us-gov`, ...
    pub partition: &'a str,
    /// The service's namespace, such as `s3`.
    pub service: &'a str,
    /// The region; empty for global resources.
    pub region: &'a str,
    /// The account; empty where the resource names none.
    pub account: &'a str,
    /// All after the fifth colon.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Takes an ARN apart. Text that does not start with `arn:`, or has fewer than six fields, is
    /// an error.
    pub fn parse(text: &'a str) -> Result<Self, ArnError> {
        let Some(mut rest) = text.strip_prefix("arn").filter(|rest| {
            // `arn` alone is one field.
            rest.is_empty() || rest.starts_with(':')
        }) else {
            return Err(ArnError::Prefix);
        };
        let mut fields = [""; FIELDS - 1];
        let last = fields.len() - 1;
        for (place, field) in fields.iter_mut().enumerate() {
            let found = place + 1;
            rest = rest
                .strip_prefix(':')
                .ok_or(ArnError::MissingFields { found })?;
            // The fields before the last are short: a plain loop is quicker than a search.
            let end = if place == last {
                rest.len()
            } else {
                let colon = rest.bytes().position(|byte| byte == b':');
                colon.unwrap_or(rest.len())
            };
            (*field, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
        }
        let [partition, service, region, account, resource] = fields;
        Ok(Self {
            partition,
            service,
            region,
            account,
            resource,
        })
    }

    /// Partition, service, region, account and resource, in this order.
    pub fn fields(&self) -> [&'a str; FIELDS - 1] {
        [
            self.partition,
            self.service,
            self.region,
            self.account,
            self.resource,
        ]
    }
}

/// Text that is no ARN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArnError {
    /// It does not start with `arn:`.
    #[error("does not start with `arn:`")]
    Prefix,
    /// It has too few fields.
    #[error("has {found} of the 6 fields of an ARN")]
    MissingFields {
        /// How many it has.
        found: usize,
    },
    /// A variable in it is broken.
    #[error("has a variable that cannot be read")]
    Variable(VariableError),
}

/// An ARN with wildcards and variables: one pattern for each of the five fields after `arn`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArnPattern {
    fields: [Pattern; FIELDS - 1],
}

impl ArnPattern {
    /// Takes a pattern apart at its first five colons; colons inside `${...}` do not count.
    ///
    /// A variable may stand for several fields, as in `${aws:ResourceArn}/*`, so text that holds
    /// one before it has six fields is not refused as [`ArnError`] but is `Ok(None)`: what it
    /// matches cannot be told.
    pub fn parse(text: &str, version: Version) -> Result<Option<Self>, ArnError> {
        let ranges = fields(text, version);
        let opaque = text.contains("{{") || version.has_variables() && text.contains("${");
        let [arn, fields @ ..] = ranges.as_slice() else {
            return Err(ArnError::Prefix);
        };
        let is_arn = text
            .get(arn.clone())
            .is_some_and(|field| field == "arn" || field == "*");
        if !is_arn {
            return if opaque {
                Ok(None)
            } else {
                Err(ArnError::Prefix)
            };
        }
        // A `*` at the end goes on past the colons that are not there: `arn:aws:codeartifact:*` is
        // everything of the service.
        let goes_on = text.ends_with(":*");
        if fields.len() + 1 < FIELDS && !goes_on {
            let found = ranges.len();
            return if opaque {
                Ok(None)
            } else {
                Err(ArnError::MissingFields { found })
            };
        }
        let mut patterns = Vec::with_capacity(FIELDS - 1);
        for range in fields {
            let field = text.get(range.clone()).unwrap_or_default();
            let pattern = Pattern::parse(field, version).map_err(|error| {
                let range = error.range.start + range.start..error.range.end + range.start;
                ArnError::Variable(VariableError {
                    range,
                    kind: error.kind,
                })
            })?;
            patterns.push(pattern);
        }
        patterns.resize(FIELDS - 1, Pattern::any_text());
        // The array has as many fields as the ranges that it is made from.
        Ok(patterns.try_into().ok().map(|fields| Self { fields }))
    }

    /// The patterns of partition, service, region, account and resource, in this order.
    pub fn fields(&self) -> &[Pattern; FIELDS - 1] {
        &self.fields
    }

    /// Where the five fields after `arn` stand in a text of this language. Fields that a `*` at the
    /// end goes on over are missing.
    pub fn field_ranges(text: &str, version: Version) -> Vec<Range<usize>> {
        let mut ranges = fields(text, version);
        ranges.drain(..1);
        ranges
    }

    /// Whether a policy variable stands for the partition, the service, the region or the account,
    /// where AWS replaces none: such a pattern matches nothing. What a template engine is to fill in
    /// may stand there.
    ///
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
    pub fn has_variable_before_resource(&self) -> bool {
        let [before @ .., _] = &self.fields;
        let mut variables = before.iter().flat_map(Pattern::variables);
        variables.any(|variable| !variable.is_template_token())
    }
}

/// The ranges of the fields of a text: at most six, the last with all colons that follow.
fn fields(text: &str, version: Version) -> Vec<Range<usize>> {
    let mut ranges = Vec::with_capacity(FIELDS);
    let mut start = 0;
    while ranges.len() + 1 < FIELDS {
        let tail = text.get(start..).unwrap_or_default();
        let Ok((after, _)) = field(tail, version) else {
            break;
        };
        let end = text.len() - after.len();
        if !after.starts_with(':') {
            break;
        }
        ranges.push(start..end);
        start = end + 1;
    }
    ranges.push(start..text.len());
    ranges
}

/// Text up to the next colon outside `${...}` and `{{...}}`.
fn field(input: &str, version: Version) -> IResult<&str, &str> {
    let variable = recognize((tag("${"), take_until("}"), char('}')));
    let placeholder = recognize((tag("{{"), take_until("}}"), tag("}}")));
    let text = take_till1(|c| matches!(c, ':' | '$' | '{'));
    let mark = recognize(one_of("${"));
    if version.has_variables() {
        recognize(many0_count(alt((variable, placeholder, text, mark)))).parse(input)
    } else {
        recognize(many0_count(alt((placeholder, text, mark)))).parse(input)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_has_six_fields_and_the_last_keeps_its_colons() {
        let arn = Arn::parse("arn:aws:logs:eu-west-1:123456789012:log-group:a:b").unwrap();
        assert_eq!(
            (arn.partition, arn.service, arn.region),
            ("aws", "logs", "eu-west-1")
        );
        assert_eq!(
            (arn.account, arn.resource),
            ("123456789012", "log-group:a:b")
        );
    }

    #[test]
    fn what_is_no_arn_is_told_apart() {
        assert_eq!(Arn::parse("bucket"), Err(ArnError::Prefix));
        assert_eq!(
            Arn::parse("arn:aws:s3"),
            Err(ArnError::MissingFields { found: 3 })
        );
        assert!(matches!(
            ArnPattern::parse("arn:aws:s3:::x/${", Version::V2012),
            Err(ArnError::Variable(error)) if error.range == (15..17)
        ));
    }

    #[test]
    fn colons_inside_a_variable_separate_nothing() {
        let text = "arn:aws:sqs:us-east-1:*:${aws:username}-queue:x";
        let pattern = ArnPattern::parse(text, Version::V2012).unwrap().unwrap();
        assert_eq!(pattern.fields()[4].variables().count(), 1);
        assert_eq!(pattern.fields()[1].as_literal(), Some("sqs"));
    }

    #[test]
    fn in_the_old_language_every_colon_counts() {
        let text = "arn:aws:sqs:${aws:username}:x";
        let pattern = ArnPattern::parse(text, Version::V2008).unwrap().unwrap();
        assert_eq!(pattern.fields()[2].as_literal(), Some("${aws"));
    }

    #[test]
    fn a_variable_may_hide_fields() {
        assert_eq!(
            ArnPattern::parse("${aws:SourceArn}/*", Version::V2012),
            Ok(None)
        );
        assert_eq!(
            ArnPattern::parse("x", Version::V2012),
            Err(ArnError::Prefix)
        );
        let short = ArnPattern::parse("arn:aws:s3:::", Version::V2012);
        assert!(short.unwrap().is_some());
        assert_eq!(
            ArnPattern::parse("arn:aws:sqs:*:jobs", Version::V2012),
            Err(ArnError::MissingFields { found: 5 })
        );
    }
}
