//! What the user wants kept, whether it was used or not.

use super::resource::entry_of;
use crate::{
    lint::Entry as _,
    policy::{Case, ResourcePattern, Version, Wildcard},
};

/// What is never removed.
#[derive(Debug, Default)]
pub(super) struct Keep {
    /// Patterns of actions, as they are written and ready to match.
    actions: Vec<(String, Wildcard)>,
    resources: Vec<ResourcePattern>,
    sids: Vec<Wildcard>,
}

impl Keep {
    /// Reads what was asked for: text that starts with `arn:` is a pattern of resources, other text with
    /// a colon one of actions, as `*` is; the rest are patterns of `Sid`s.
    pub(super) fn read(patterns: &[String]) -> Self {
        let mut keep = Self::default();
        for text in patterns {
            let text = text.trim();
            if text.starts_with("arn:") {
                keep.resources.extend(entry_of(text, Version::V2012));
            } else if text == "*" || text.contains(':') {
                let wildcard = Wildcard::new(text, Case::Ignored);
                keep.actions.push((text.to_owned(), wildcard));
            } else {
                keep.sids.push(Wildcard::new(text, Case::Sensitive));
            }
        }
        keep
    }

    pub(super) fn has_sid(&self, sid: &str) -> bool {
        self.sids.iter().any(|own| own.matches(sid))
    }

    /// The pattern that an action is kept for.
    pub(super) fn of_action(&self, name: &str) -> Option<&str> {
        let mut all = self.actions.iter();
        let found = all.find(|(_, wildcard)| wildcard.matches(name))?;
        Some(&found.0)
    }

    /// The pattern that all of another is kept for.
    pub(super) fn of_pattern(&self, entry: &Wildcard) -> Option<&str> {
        let mut all = self.actions.iter();
        let found = all.find(|(_, wildcard)| wildcard.covers(entry))?;
        Some(&found.0)
    }

    /// Whether a resource stays as it is written.
    pub(super) fn keeps_resource(&self, entry: &ResourcePattern) -> bool {
        self.resources.iter().any(|own| own.covers(entry))
    }

    /// The patterns that are a part of an entry.
    pub(super) fn resources_within(&self, entry: &ResourcePattern) -> impl Iterator<Item = &str> {
        let within = self.resources.iter().filter(|own| entry.covers(own));
        within.map(|own| own.text.as_str())
    }
}
