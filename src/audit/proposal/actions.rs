//! What of the actions of a statement was used, and what has to stay though it was not seen.

use super::{super::observation::Observation, action_cover::cover, keep::Keep};
use crate::{
    catalog::{Action, Catalog},
    policy::{ActionPattern, Case, ResourceForm, ResourcePattern, Statement, Wildcard},
};
use std::collections::{BTreeMap, BTreeSet};

/// The most patterns that one is replaced by to keep what the trail could not have shown.
const MOST_PATTERNS: usize = 100;

/// An entry of `Action`, and what becomes of it.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) text: &'a str,
    /// The actions that were used of it and of no entry before, as the trail names them.
    pub(super) used: BTreeSet<&'a str>,
    /// Patterns for what of it the trail could not have shown.
    pub(super) hidden: Vec<String>,
    /// What the catalog has of a pattern, and what of that stays though it was not seen.
    granted: Option<Granted>,
    /// Whether all of it stays, whatever was used.
    pub(super) stays: bool,
}

/// The actions that a pattern stands for.
#[derive(Debug)]
struct Granted {
    all: BTreeSet<Action>,
    hidden: BTreeSet<Action>,
}

/// The entries of a statement.
#[derive(Debug)]
pub(super) struct Entries<'a> {
    pub(super) list: Vec<Entry<'a>>,
    /// Which actions stay though they were not seen, by the reason.
    pub(super) reasons: BTreeMap<String, BTreeSet<String>>,
}

/// What entries are looked at with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Evidence<'a> {
    pub(super) observation: &'a Observation,
    pub(super) keep: &'a Keep,
    pub(super) reach: &'a Reach,
}

/// Which actions the resources of a statement can grant.
#[derive(Debug, Clone)]
pub(super) enum Reach {
    /// All.
    AllActions,
    /// Those that work on resources of these forms: nothing but `*` matches the others.
    Forms(Vec<Wildcard>),
}

impl Reach {
    /// What the resources of a statement can grant.
    pub(super) fn of(statement: &Statement) -> Self {
        let entries = statement.resource.as_ref().map(|element| &element.entries);
        let is_arn = |entry: &ResourcePattern| entry.form != ResourceForm::Star;
        match entries {
            Some(entries) if entries.iter().all(is_arn) => {
                let forms = entries.iter().map(|entry| open_form(entry.text.as_str()));
                Self::Forms(forms.collect())
            }
            _ => Self::AllActions,
        }
    }

    fn has(&self, action: Action) -> bool {
        let Self::Forms(forms) = self else {
            return true;
        };
        let types = action.resources();
        let mut templates = types.flat_map(|resource| resource.resource_type().arn_templates());
        templates.any(|template| {
            let template = open_form(template);
            forms.iter().any(|form| can_meet(form, &template))
        })
    }
}

/// Whether two patterns of ARNs have an ARN in common: a `*` stays in its field where both have all fields.
fn can_meet(one: &Wildcard, other: &Wildcard) -> bool {
    match (one.split_arn(), other.split_arn()) {
        (Some(one), Some(other)) => one
            .iter()
            .zip(&other)
            .all(|(one, other)| one.intersects(other)),
        _ => one.intersects(other),
    }
}

/// A text with any text in place of each variable.
fn open_form(text: &str) -> Wildcard {
    let mut open = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        open += before;
        open.push('*');
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    open += rest;
    Wildcard::new(&open, Case::Sensitive)
}

impl Evidence<'_> {
    /// Why an action stays whether it was used or not.
    pub(super) fn why(&self, action: Action) -> Option<String> {
        match self.keep.of_action(&action.full_name()) {
            Some(pattern) => Some(kept_for(pattern)),
            None => self.observation.why_hidden(action),
        }
    }
}

fn kept_for(pattern: &str) -> String {
    format!("`--keep {pattern}` asks for it")
}

impl Entry<'_> {
    /// Whether it grants nothing but some actions, and what of it was not seen where that is kept.
    fn grants_only(&self, actions: &BTreeSet<Action>, hidden: Hidden) -> bool {
        self.granted.as_ref().is_none_or(|granted| {
            let is_kept =
                |action: &Action| hidden == Hidden::Kept && granted.hidden.contains(action);
            let mut all = granted.all.iter();
            !granted.all.is_empty() && all.all(|action| actions.contains(action) || is_kept(action))
        })
    }
}

impl<'a> Entries<'a> {
    pub(super) fn new(
        patterns: &'a [ActionPattern],
        used: &BTreeSet<&'a str>,
        evidence: Evidence<'_>,
    ) -> Self {
        let mut entries = Self {
            list: Vec::with_capacity(patterns.len()),
            reasons: BTreeMap::new(),
        };
        let all: BTreeSet<Action> = {
            let catalog = Catalog::embedded();
            used.iter()
                .filter_map(|name| catalog.action(name))
                .collect()
        };
        let mut open = used.clone();
        let mut claimed = BTreeSet::new();
        // What is written out is not listed again in place of a pattern.
        let mut exact = BTreeMap::new();
        for (place, pattern) in patterns.iter().enumerate() {
            if !pattern.has_wildcard() {
                let entry = entries.exact(pattern, &mut open, evidence);
                claimed.extend(Catalog::embedded().action(pattern.as_str()));
                exact.insert(place, entry);
            }
        }
        for (place, pattern) in patterns.iter().enumerate() {
            let entry = match exact.remove(&place) {
                Some(entry) => entry,
                None => entries.pattern(pattern, &mut open, &mut claimed, &all, evidence),
            };
            entries.list.push(entry);
        }
        entries
    }

    fn exact(
        &mut self,
        pattern: &'a ActionPattern,
        open: &mut BTreeSet<&'a str>,
        evidence: Evidence<'_>,
    ) -> Entry<'a> {
        let text = pattern.as_str();
        let reason = match Catalog::embedded().action(text) {
            Some(action) => evidence.why(action),
            None => evidence.keep.of_action(text).map(kept_for).or_else(|| {
                let is_used = open.iter().any(|name| name.eq_ignore_ascii_case(text));
                (!is_used).then(|| NOT_IN_CATALOG.to_owned())
            }),
        };
        let used = take(open, |name| name.eq_ignore_ascii_case(text));
        let stays = reason.is_some();
        if let Some(reason) = reason {
            self.keep(reason, text);
        }
        Entry {
            text,
            granted: None,
            used,
            hidden: Vec::new(),
            stays,
        }
    }

    fn pattern(
        &mut self,
        pattern: &'a ActionPattern,
        open: &mut BTreeSet<&'a str>,
        claimed: &mut BTreeSet<Action>,
        all_used: &BTreeSet<Action>,
        evidence: Evidence<'_>,
    ) -> Entry<'a> {
        let text = pattern.as_str();
        let wildcard = if pattern.covers_everything() {
            Wildcard::new("*", Case::Ignored)
        } else {
            Wildcard::new(text, Case::Ignored)
        };
        let used = take(open, |name| wildcard.matches(name));
        let granted = Catalog::embedded().actions_matching(text);
        let reasons: BTreeMap<Action, String> = granted
            .iter()
            .filter(|action| evidence.reach.has(**action))
            .filter_map(|action| Some((*action, evidence.why(*action)?)))
            .collect();
        let allowed: BTreeSet<Action> = reasons.keys().copied().collect();
        let wanted: BTreeSet<Action> = allowed.difference(claimed).copied().collect();
        let hidden = cover(&wanted, &allowed, &wildcard);
        // What one pattern keeps, no other has to.
        claimed.extend(wanted);
        let whole = evidence.keep.of_pattern(&wildcard).map(kept_for);
        let whole = whole.or_else(|| {
            let none_known = granted.is_empty() && used.is_empty();
            none_known.then(|| NOT_IN_CATALOG.to_owned())
        });
        let whole = whole.or_else(|| {
            (hidden.len() > MOST_PATTERNS).then(|| {
                format!(
                    "{} of its {} actions are such as the trail could not have shown, which is more \
                     than a policy can list",
                    allowed.len(),
                    granted.len()
                )
            })
        });
        let stays = whole.is_some();
        match whole {
            Some(reason) => self.keep(reason, text),
            None => {
                for (action, reason) in reasons {
                    if !all_used.contains(&action) {
                        self.keep(reason, &action.full_name());
                    }
                }
            }
        }
        // What stays as a pattern is not listed beside it.
        let is_hidden = |name: &&str| {
            let action = Catalog::embedded().action(name);
            action.is_some_and(|action| allowed.contains(&action))
        };
        let used = used.into_iter().filter(|name| !is_hidden(name)).collect();
        Entry {
            text,
            used,
            hidden,
            granted: Some(Granted {
                all: granted.into_iter().collect(),
                hidden: allowed,
            }),
            stays,
        }
    }

    fn keep(&mut self, reason: String, name: &str) {
        let own = self.reasons.entry(reason).or_default();
        own.insert(name.to_owned());
    }

    /// The actions that may be moved to narrower resources: they are used, and nothing keeps them.
    pub(super) fn movable(&self) -> BTreeSet<&'a str> {
        let entries = self.list.iter().filter(|entry| !entry.stays);
        let own = entries.flat_map(|entry| entry.used.iter().copied());
        own.filter(|name| !self.is_kept(name)).collect()
    }

    /// Whether an entry that stays, or a pattern for hidden actions, has an action.
    fn is_kept(&self, name: &str) -> bool {
        let patterns = self.list.iter().flat_map(|entry| {
            let own = entry.stays.then_some(entry.text);
            own.into_iter()
                .chain(entry.hidden.iter().map(String::as_str))
        });
        patterns.into_iter().any(|text| {
            let text = if text == "*:*" { "*" } else { text };
            Wildcard::new(text, Case::Ignored).matches(name)
        })
    }

    /// Whether something stays that was not seen.
    pub(super) fn has_hidden(&self) -> bool {
        let mut list = self.list.iter();
        list.any(|entry| entry.stays || !entry.hidden.is_empty())
    }

    /// The entries for some of the used actions, and for what was not seen where `hidden` says so; for each
    /// that is written.
    pub(super) fn written(&self, actions: &BTreeSet<&str>, hidden: Hidden) -> Vec<Vec<String>> {
        let catalog = Catalog::embedded();
        let known = actions.iter().filter_map(|name| catalog.action(name));
        let known: BTreeSet<Action> = known.collect();
        let keeps = hidden == Hidden::Kept;
        let of_entry = |entry: &Entry<'_>| {
            let own = entry.used.iter().filter(|name| actions.contains(*name));
            let own: Vec<String> = own.map(|name| (*name).to_owned()).collect();
            if entry.stays {
                let stays = keeps.then(|| entry.text.to_owned());
                return stays.into_iter().collect();
            }
            let kept = entry.hidden.iter().filter(|_| keeps);
            let new: Vec<String> = kept.cloned().chain(own).collect();
            if !new.is_empty() && entry.grants_only(&known, hidden) {
                vec![entry.text.to_owned()]
            } else {
                new
            }
        };
        self.list.iter().map(of_entry).collect()
    }
}

/// Whether what was not seen is among the actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hidden {
    Kept,
    LeftOut,
}

const NOT_IN_CATALOG: &str =
    "the catalog has no such action, so nothing tells whether trails show it";

/// Takes the names out of a set that fit.
fn take<'a>(open: &mut BTreeSet<&'a str>, fits: impl Fn(&str) -> bool) -> BTreeSet<&'a str> {
    let taken: BTreeSet<&str> = open.iter().copied().filter(|name| fits(name)).collect();
    open.retain(|name| !taken.contains(name));
    taken
}
