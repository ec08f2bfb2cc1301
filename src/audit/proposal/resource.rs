//! Resources of requests as entries of a policy, and which entries of a statement they need.

use super::keep::Keep;
use crate::{
    eval::{Target, arn_in_place_of_star, resource_text},
    lint::Entry as _,
    policy::{ActionName, Arn, ArnPattern, Pattern, ResourceForm, ResourcePattern, Version},
    source::Source,
    syntax::{Kind, parse},
};
use std::collections::{BTreeMap, BTreeSet};

/// More names than this under one start are not listed.
pub(super) const MOST_NAMES: usize = 10;

/// The most entries that one pattern is replaced by.
const MOST_ENTRIES: usize = 30;

/// Longer names are not written: patterns that long are not compared.
const MOST_BYTES: usize = 512;

/// A text as an entry of `Resource`, where it is one that says what it matches.
pub(super) fn entry_of(text: &str, version: Version) -> Option<ResourcePattern> {
    let json = serde_json::Value::from(text).to_string();
    let source = Source::new("entry", json.into_bytes());
    let document = parse(&source);
    let Kind::String(written) = &document.root.kind else {
        return None;
    };
    let form = if text == "*" {
        ResourceForm::Star
    } else {
        ResourceForm::Arn(ArnPattern::parse(text, version).ok()??)
    };
    Some(ResourcePattern {
        text: written.to_owned(),
        form,
    })
}

/// The entry that matches a resource and, where all of it is known, nothing else; `None` where no entry
/// can say that.
pub(super) fn exact_entry(target: &Target, version: Version) -> Option<ResourcePattern> {
    if let Target::Like(text) = target
        && text.contains(['$', '{'])
    {
        // What is text here would be a variable there.
        return None;
    }
    let text = resource_text(target, version)?;
    let entry = entry_of(&text, version).filter(|_| text.len() <= MOST_BYTES)?;
    let has_variables = match &entry.form {
        ResourceForm::Star => false,
        ResourceForm::Arn(arn) => {
            let mut variables = arn.fields().iter().flat_map(Pattern::variables);
            variables.next().is_some()
        }
        ResourceForm::Opaque => true,
    };
    (!has_variables).then_some(entry)
}

/// The resources that a statement is about, as it is written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Written<'a> {
    /// `Resource`
    These(&'a [ResourcePattern]),
    /// `NotResource`
    AllBut(&'a [ResourcePattern]),
}

/// What the resources of some actions need of a statement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Needed {
    /// The entries that have to stay, by their places; `NotResource` is one.
    pub(super) stay: BTreeSet<usize>,
    /// Entries that are enough in place of another.
    pub(super) instead: BTreeMap<usize, BTreeSet<String>>,
}

impl Needed {
    pub(super) fn add(&mut self, other: &Self) {
        self.stay.extend(&other.stay);
        for (place, texts) in &other.instead {
            let own = self.instead.entry(*place).or_default();
            own.extend(texts.iter().cloned());
        }
    }
}

impl Written<'_> {
    /// How many entries it has; `NotResource` counts as one.
    pub(super) fn len(self) -> usize {
        match self {
            Self::These(entries) => entries.len(),
            Self::AllBut(_) => 1,
        }
    }

    /// The text of an entry; `None` for `NotResource`, of which no text says what it matches.
    pub(super) fn text(self, place: usize) -> Option<String> {
        match self {
            Self::These(entries) => Some(entries.get(place)?.text.as_str().to_owned()),
            Self::AllBut(_) => None,
        }
    }

    /// What a resource of an action needs.
    pub(super) fn needed(self, action: &str, target: &Target, version: Version) -> Needed {
        let mut needed = Needed::default();
        let exact = exact_entry(target, version);
        match (target, exact) {
            (Target::Arn(_) | Target::Like(_), Some(exact)) => {
                // An entry that is written so already stands for itself.
                if let Some(place) = self.equal(&exact).or_else(|| self.covering(&exact)) {
                    let text = exact.text.as_str().to_owned();
                    needed.instead.entry(place).or_default().insert(text);
                } else {
                    needed.stay = self.overlapping(&exact);
                }
            }
            (Target::Star, _) => needed.stay = self.for_star(action, version),
            (Target::Arn(_) | Target::Like(_) | Target::Unknown, _) => {
                needed.stay = (0..self.len()).collect();
            }
        }
        if needed == Needed::default() {
            needed.stay = (0..self.len()).collect();
        }
        needed
    }

    fn equal(self, entry: &ResourcePattern) -> Option<usize> {
        match self {
            Self::These(entries) => entries
                .iter()
                .position(|own| own.text.as_str() == entry.text.as_str()),
            Self::AllBut(_) => None,
        }
    }

    /// The narrowest entry that covers another.
    pub(super) fn covering(self, entry: &ResourcePattern) -> Option<usize> {
        match self {
            Self::These(entries) => {
                let covering = entries.iter().enumerate();
                let covering = covering.filter(|(_, own)| own.covers(entry));
                let longest = covering.max_by_key(|(_, own)| own.text.as_str().len());
                longest.map(|(place, _)| place)
            }
            Self::AllBut(entries) => {
                let is_left = !entries.iter().any(|own| own.overlaps(entry));
                is_left.then_some(0)
            }
        }
    }

    fn overlapping(self, entry: &ResourcePattern) -> BTreeSet<usize> {
        match self {
            Self::These(entries) => {
                let own = entries.iter().enumerate();
                let own = own.filter(|(_, own)| own.overlaps(entry));
                own.map(|(place, _)| place).collect()
            }
            Self::AllBut(_) => BTreeSet::from([0]),
        }
    }

    /// What an action without a resource needs: `*`, or what the service asks for in its place.
    fn for_star(self, action: &str, version: Version) -> BTreeSet<usize> {
        let Self::These(entries) = self else {
            return BTreeSet::from([0]);
        };
        let stars = entries.iter().enumerate();
        let stars: BTreeSet<_> = stars
            .filter(|(_, own)| own.form == ResourceForm::Star)
            .map(|(place, _)| place)
            .collect();
        if !stars.is_empty() {
            return stars;
        }
        let stand_in = arn_in_place_of_star(&ActionName::new(action));
        let stand_in = stand_in.and_then(|arn| entry_of(arn, version));
        stand_in.map_or_else(BTreeSet::new, |entry| self.overlapping(&entry))
    }

    /// The entries after narrowing, for each that is written; `None` where `NotResource` has to stay.
    pub(super) fn narrowed(self, needed: &Needed, version: Version) -> Option<Vec<Vec<String>>> {
        let mut lists = Vec::with_capacity(self.len());
        for place in 0..self.len() {
            let list = if needed.stay.contains(&place) {
                None
            } else {
                let texts = needed.instead.get(&place);
                texts.map_or(Some(Vec::new()), |texts| self.few(place, texts, version))
            };
            lists.push(match list {
                Some(list) => list,
                None => vec![self.text(place)?],
            });
        }
        Some(lists)
    }

    /// Texts, or a start that many of them have in common; `None` where there are too many.
    fn few(self, place: usize, texts: &BTreeSet<String>, version: Version) -> Option<Vec<String>> {
        if texts.len() <= MOST_NAMES {
            return Some(texts.iter().cloned().collect());
        }
        let mut by_start: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for text in texts {
            by_start.entry(start_of(text)).or_default().push(text);
        }
        let mut entries = Vec::new();
        for own in by_start.values() {
            if own.len() <= MOST_NAMES {
                entries.extend(own.iter().map(|text| (*text).to_owned()));
                continue;
            }
            let pattern = format!("{}*", common_start(own)?);
            let entry = entry_of(&pattern, version)?;
            if self.covering(&entry) != Some(place) {
                return None;
            }
            entries.push(pattern);
        }
        (entries.len() <= MOST_ENTRIES).then_some(entries)
    }

    /// What the user wants kept of it: entries that stay, and parts of them.
    pub(super) fn kept(self, keep: &Keep) -> Needed {
        let mut needed = Needed::default();
        let Self::These(entries) = self else {
            return needed;
        };
        for (place, entry) in entries.iter().enumerate() {
            if keep.keeps_resource(entry) {
                needed.stay.insert(place);
            }
            // A part that has an entry of its own stays as that.
            let is_listed = |text: &&str| entries.iter().any(|own| own.text.as_str() == *text);
            for text in keep.resources_within(entry).filter(|text| !is_listed(text)) {
                let own = needed.instead.entry(place).or_default();
                own.insert(text.to_owned());
            }
        }
        needed
    }
}

/// Where the resource part of an ARN starts.
fn resource_at(text: &str) -> Option<usize> {
    let arn = Arn::parse(text).ok()?;
    Some(text.len() - arn.resource.len())
}

/// An ARN up to the first separator in its resource.
pub(super) fn start_of(text: &str) -> &str {
    let from = resource_at(text).unwrap_or_default();
    let rest = text.get(from..).unwrap_or_default();
    let end = rest
        .find(['/', ':'])
        .map_or(text.len(), |end| from + end + 1);
    text.get(..end).unwrap_or(text)
}

/// What ARNs start with, up to a separator in the resource.
fn common_start<'t>(texts: &[&'t str]) -> Option<&'t str> {
    let (first, others) = texts.split_first()?;
    let mut end = first.len();
    for other in others {
        let pairs = first.char_indices().zip(other.chars());
        let same = pairs.take_while(|((_, own), other)| own == other);
        let same: usize = same.map(|((_, own), _)| own.len_utf8()).sum();
        end = end.min(same);
    }
    let common = first.get(..end)?;
    let from = resource_at(first)?;
    let cut = common.rfind(['/', ':'])? + 1;
    let start = common.get(..cut)?;
    (cut > from && !start.contains(['*', '?', '$'])).then_some(start)
}
