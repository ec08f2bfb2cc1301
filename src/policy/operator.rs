//! Condition operators.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use nom::{
    IResult, Parser as _,
    branch::alt,
    bytes::complete::{tag_no_case, take_while1},
    combinator::opt,
    sequence::terminated,
};

/// A condition operator in its three parts: `ForAnyValue:StringLikeIfExists`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operator {
    /// What has to hold of several values in the request.
    pub quantifier: Option<Quantifier>,
    /// The comparison.
    pub comparison: Comparison,
    /// Whether a key that the request lacks satisfies it.
    pub if_exists: bool,
}

/// The set operator before the colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantifier {
    /// Every value of the request must match; true for none at all.
    ForAllValues,
    /// At least one value of the request must match.
    ForAnyValue,
}

macro_rules! comparisons {
    ($($name:ident),+ $(,)?) => {
        /// The comparison of a condition operator.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Comparison {
            $(#[doc = concat!("`", stringify!($name), "`")] $name,)+
        }

        impl Comparison {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The name, as AWS writes it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)+
                }
            }
        }
    };
}

comparisons! {
    StringEquals,
    StringNotEquals,
    StringEqualsIgnoreCase,
    StringNotEqualsIgnoreCase,
    StringLike,
    StringNotLike,
    NumericEquals,
    NumericNotEquals,
    NumericLessThan,
    NumericLessThanEquals,
    NumericGreaterThan,
    NumericGreaterThanEquals,
    DateEquals,
    DateNotEquals,
    DateLessThan,
    DateLessThanEquals,
    DateGreaterThan,
    DateGreaterThanEquals,
    Bool,
    BinaryEquals,
    IpAddress,
    NotIpAddress,
    ArnEquals,
    ArnNotEquals,
    ArnLike,
    ArnNotLike,
    Null,
}

impl Comparison {
    /// Whether `*` and `?` in its values are wildcards.
    pub fn reads_wildcards(self) -> bool {
        matches!(
            self,
            Self::StringLike
                | Self::StringNotLike
                | Self::ArnEquals
                | Self::ArnNotEquals
                | Self::ArnLike
                | Self::ArnNotLike
        )
    }

    /// Whether it holds where its opposite does not: `StringNotEquals` and its like.
    pub fn is_negated(self) -> bool {
        self.name().contains("Not")
    }
}

impl Operator {
    /// Reads an operator; letter case does not count. `None` for a name that AWS does not have;
    /// `Null` has no `IfExists` form.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, quantifier) = opt(quantifier).parse(text).ok()?;
        let (_, name) = name_to_end(name).ok()?;
        let exact = |name: &str| {
            Comparison::ALL
                .iter()
                .copied()
                .find(|each| each.name().eq_ignore_ascii_case(name))
        };
        if let Some(comparison) = exact(name) {
            return Some(Self {
                quantifier,
                comparison,
                if_exists: false,
            });
        }
        let stem = name.len().checked_sub("IfExists".len())?;
        let (stem, suffix) = name.split_at_checked(stem)?;
        if !suffix.eq_ignore_ascii_case("IfExists") {
            return None;
        }
        let comparison = exact(stem).filter(|comparison| *comparison != Comparison::Null)?;
        Some(Self {
            quantifier,
            comparison,
            if_exists: true,
        })
    }

    /// The operator that was most likely meant, with quantifier and `IfExists` kept.
    pub fn nearest(text: &str) -> Option<String> {
        if text.len() > 64 {
            return None;
        }
        let (quantifier, name) = text
            .split_once(':')
            .map_or(("", text), |(set, name)| (set, name));
        let quantifier = match quantifier {
            "" => "",
            set => ["ForAllValues:", "ForAnyValue:"]
                .into_iter()
                .min_by_key(|known| strsim::damerau_levenshtein(known, &format!("{set}:")))
                .filter(|known| strsim::damerau_levenshtein(known, &format!("{set}:")) <= 3)?,
        };
        let suffixes = ["IfExists", "IfExist", "ifExists", "IfExits"];
        let (stem, suffix) = suffixes
            .iter()
            .find_map(|suffix| name.strip_suffix(suffix))
            .map_or((name, ""), |stem| (stem, "IfExists"));
        // A suggestion must not turn the meaning round.
        let is_negated = stem.to_ascii_lowercase().contains("not");
        // `NotStringLike` has its `Not` in another place than `StringNotLike`; where it stands counts
        // for nothing.
        let plain = |name: &str| name.to_ascii_lowercase().replacen("not", "", 1);
        let distance = |comparison: &&Comparison| {
            strsim::damerau_levenshtein(&plain(comparison.name()), &plain(stem))
        };
        let same = Comparison::ALL
            .iter()
            .filter(|comparison| comparison.is_negated() == is_negated);
        let best = same.min_by_key(distance)?;
        let suffix = if *best == Comparison::Null {
            ""
        } else {
            suffix
        };
        let found = format!("{quantifier}{}{suffix}", best.name());
        (distance(&best) <= 3 && Self::parse(&found).is_some()).then_some(found)
    }
}

fn quantifier(input: &str) -> IResult<&str, Quantifier> {
    let all = tag_no_case("ForAllValues").map(|_| Quantifier::ForAllValues);
    let any = tag_no_case("ForAnyValue").map(|_| Quantifier::ForAnyValue);
    terminated(alt((all, any)), nom::character::complete::char(':')).parse(input)
}

fn name_to_end(input: &str) -> IResult<&str, &str> {
    nom::combinator::all_consuming(take_while1(|c: char| c.is_ascii_alphabetic())).parse(input)
}

impl std::fmt::Display for Operator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.quantifier {
            Some(Quantifier::ForAllValues) => f.write_str("ForAllValues:")?,
            Some(Quantifier::ForAnyValue) => f.write_str("ForAnyValue:")?,
            None => {}
        }
        f.write_str(self.comparison.name())?;
        f.write_str(if self.if_exists { "IfExists" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_has_three_parts() {
        let operator = Operator::parse("ForAnyValue:StringLikeIfExists").unwrap();
        assert_eq!(operator.quantifier, Some(Quantifier::ForAnyValue));
        assert_eq!(operator.comparison, Comparison::StringLike);
        assert!(operator.if_exists);
    }

    #[test]
    fn every_form_of_every_comparison_is_read_and_printed_back() {
        for comparison in Comparison::ALL {
            for quantifier in ["", "ForAllValues:", "ForAnyValue:"] {
                for suffix in ["", "IfExists"] {
                    let text = format!("{quantifier}{}{suffix}", comparison.name());
                    if text.ends_with("NullIfExists") {
                        assert_eq!(Operator::parse(&text), None);
                    } else {
                        assert_eq!(Operator::parse(&text).unwrap().to_string(), text);
                    }
                }
            }
        }
    }

    #[test]
    fn letter_case_does_not_count() {
        assert_eq!(
            Operator::parse("forallvalues:stringequals"),
            Operator::parse("ForAllValues:StringEquals")
        );
    }

    #[test]
    fn other_names_are_refused() {
        for text in [
            "",
            "StringMatches",
            "ForEachValue:StringLike",
            "StringLike ",
            "IfExists",
            "é",
        ] {
            assert_eq!(Operator::parse(text), None, "{text}");
        }
    }

    #[test]
    fn negation_follows_the_name() {
        let negated: Vec<_> = Comparison::ALL
            .iter()
            .filter(|c| c.is_negated())
            .map(|c| c.name())
            .collect();
        assert_eq!(negated.len(), 8);
        assert!(!Comparison::Null.is_negated());
    }
}
