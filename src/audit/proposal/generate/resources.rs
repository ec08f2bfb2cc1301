//! Resources in patterns, as far as that is asked for.

use crate::{
    audit::proposal::resource::{entry_of, start_of},
    lint::Entry as _,
    policy::{Arn, ResourcePattern, Version},
};
use std::collections::{BTreeMap, BTreeSet};

/// How far resources are generalised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub enum Generalise {
    /// Each is listed.
    #[default]
    Nothing,
    /// `*` stands for the last part of names, where many differ in it.
    Names,
    /// `*` stands for all after the first part of names, where many differ in it: `bucket/*`.
    Starts,
    /// `*` stands for regions and accounts too.
    Places,
    /// `*` stands for resources.
    Everything,
}

impl Generalise {
    /// All levels, from the narrowest on.
    pub const ALL: [Self; 5] = [
        Self::Nothing,
        Self::Names,
        Self::Starts,
        Self::Places,
        Self::Everything,
    ];

    /// What is done, as half a sentence.
    pub fn description(self) -> &'static str {
        match self {
            Self::Nothing => "each resource is listed",
            Self::Names => "`*` stands for the last part of names, where many differ in it",
            Self::Starts => {
                "`*` stands for all after the first part of names, where many differ in it"
            }
            Self::Places => {
                "`*` stands for regions, accounts, and all after the first part of names"
            }
            Self::Everything => "`*` stands for all resources",
        }
    }
}

/// The entries for some resources, sorted; none of them covers another.
pub(super) fn generalised(
    texts: BTreeSet<String>,
    level: Generalise,
    most_names: usize,
) -> Vec<String> {
    if level == Generalise::Everything || texts.contains("*") {
        return vec!["*".to_owned()];
    }
    let mut texts = texts;
    if level >= Generalise::Places {
        texts = texts.iter().map(|text| anywhere(text)).collect();
    }
    if level >= Generalise::Starts {
        texts = starred(&texts, most_names, start_of);
    }
    if level >= Generalise::Names {
        texts = starred(&texts, most_names, without_last_part);
    }
    widest(&texts)
}

/// The texts, with `*` behind each start that more than so many have in common.
fn starred(texts: &BTreeSet<String>, most: usize, start: fn(&str) -> &str) -> BTreeSet<String> {
    let mut by_start: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
    for text in texts {
        by_start.entry(start(text)).or_default().push(text);
    }
    let mut found = BTreeSet::new();
    for (start, own) in by_start {
        if own.len() > most {
            found.insert(format!("{start}*"));
        } else {
            found.extend(own.into_iter().cloned());
        }
    }
    found
}

/// An ARN without what follows the last separator in it.
fn without_last_part(text: &str) -> &str {
    let end = text.rfind(['/', ':']).map_or(text.len(), |end| end + 1);
    text.get(..end).unwrap_or(text)
}

/// An ARN in any region and account, where it has one.
fn anywhere(text: &str) -> String {
    let Ok(arn) = Arn::parse(text) else {
        return text.to_owned();
    };
    let any = |field: &str| if field.is_empty() { "" } else { "*" }.to_owned();
    let (region, account) = (any(arn.region), any(arn.account));
    format!(
        "arn:{}:{}:{region}:{account}:{}",
        arn.partition, arn.service, arn.resource
    )
}

/// The entries that no other covers.
fn widest(texts: &BTreeSet<String>) -> Vec<String> {
    let entries: Vec<ResourcePattern> = texts
        .iter()
        .filter_map(|text| entry_of(text, Version::V2012))
        .collect();
    let patterns: Vec<_> = entries.iter().filter(|own| own.is_pattern()).collect();
    let is_covered = |entry: &ResourcePattern| {
        let mut others = patterns.iter().filter(|own| own.text != entry.text);
        others.any(|own| {
            own.covers(entry) && !(entry.covers(own) && own.text.as_str() > entry.text.as_str())
        })
    };
    let kept = entries.iter().filter(|entry| !is_covered(entry));
    kept.map(|entry| entry.text.as_str().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(level: Generalise, texts: &[&str]) -> Vec<String> {
        let texts = texts.iter().map(|text| (*text).to_owned()).collect();
        generalised(texts, level, 2)
    }

    #[test]
    fn names_become_a_star_where_many_differ() {
        let keys = [
            "arn:aws:s3:::b/x/1",
            "arn:aws:s3:::b/x/2",
            "arn:aws:s3:::b/x/3",
            "arn:aws:s3:::c/1",
        ];
        assert_eq!(of(Generalise::Nothing, &keys), keys);
        assert_eq!(
            of(Generalise::Names, &keys),
            ["arn:aws:s3:::b/x/*", "arn:aws:s3:::c/1"]
        );
        assert_eq!(
            of(Generalise::Starts, &keys),
            ["arn:aws:s3:::b/*", "arn:aws:s3:::c/1"]
        );
        assert_eq!(of(Generalise::Everything, &keys), ["*"]);
    }

    #[test]
    fn places_stay_empty_where_an_arn_has_none() {
        let arns = [
            "arn:aws:sqs:eu-west-1:111122223333:q",
            "arn:aws:sqs:us-east-1:111122223333:q",
            "arn:aws:s3:::b",
        ];
        assert_eq!(
            of(Generalise::Places, &arns),
            ["arn:aws:s3:::b", "arn:aws:sqs:*:*:q"]
        );
    }

    #[test]
    fn what_a_pattern_covers_is_not_listed() {
        let arns = [
            "arn:aws:ec2:eu-west-1:1:instance/*",
            "arn:aws:ec2:eu-west-1:1:instance/i-1",
        ];
        assert_eq!(
            of(Generalise::Nothing, &arns),
            ["arn:aws:ec2:eu-west-1:1:instance/*"]
        );
    }
}
