//! What becomes of each statement of a policy.

use super::{
    actions::{Entries, Evidence, Hidden},
    resource::{Needed, Written},
    usage::StatementUse,
};
use crate::{
    lint::name_list,
    policy::{ActionPattern, Effect, Element, Statement, Version},
    syntax::Text,
};
use std::collections::{BTreeMap, BTreeSet};

/// What becomes of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Plan {
    /// It stays as it is.
    Stays,
    /// It is taken out.
    Goes,
    /// One or two statements come in its place.
    Becomes(Vec<Part>),
}

/// A statement in place of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// The entries that come in place of each entry of `Action`.
    pub(super) actions: Vec<Vec<String>>,
    /// The entries that come in place of each entry of `Resource`, or of the whole `NotResource`; `None`
    /// where `NotResource` stays.
    pub(super) resources: Option<Vec<Vec<String>>>,
    /// Whether it needs another `Sid` than the statement had.
    pub(super) is_second: bool,
}

/// What is told about a statement.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) changes: Vec<String>,
    pub(super) kept: Vec<String>,
}

/// A statement, what it was used for, and what else counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) statement: &'a Statement,
    pub(super) version: Version,
    pub(super) uses: Option<&'a StatementUse<'a>>,
    pub(super) evidence: Evidence<'a>,
    /// Why it has to stay, where something was found that speaks against narrowing it.
    pub(super) frozen: Option<&'a str>,
}

impl Case<'_> {
    /// Decides what becomes of the statement.
    pub(super) fn plan(&self, notes: &mut Notes) -> Plan {
        if !self.statement.has_effect(Effect::Allow) {
            return Plan::Stays;
        }
        match self.narrowed(notes) {
            Ok(plan) => plan,
            Err(reason) => {
                let title = self.statement.title();
                notes.kept.push(format!("{title} stays as it is: {reason}"));
                Plan::Stays
            }
        }
    }

    /// The plan, or why the statement has to stay.
    fn narrowed(&self, notes: &mut Notes) -> Result<Plan, String> {
        let (actions, written) = self.readable()?;
        let nothing = BTreeMap::new();
        let used = self.uses.map_or(&nothing, |uses| &uses.actions);
        let names: BTreeSet<&str> = used.keys().copied().collect();
        let entries = Entries::new(&actions.entries, &names, self.evidence);
        let kept = written.kept(self.evidence.keep);
        if names.is_empty() && kept != Needed::default() {
            return Err("`--keep` asks for a resource of it".to_owned());
        }
        let needed = |name: &&str| {
            let mut needed = Needed::default();
            for target in used.get(name).into_iter().flatten() {
                needed.add(&written.needed(name, target, self.version));
            }
            needed
        };
        let (mut narrow, mut wide) = (BTreeSet::new(), BTreeSet::new());
        let mut of_narrow = kept.clone();
        let mut of_wide = kept;
        for name in entries.movable() {
            let own = needed(&name);
            if own.stay.is_empty() {
                narrow.insert(name);
                of_narrow.add(&own);
            } else {
                wide.insert(name);
                of_wide.add(&own);
            }
        }
        let all = Needed {
            stay: (0..written.len()).collect(),
            instead: BTreeMap::new(),
        };
        let of_wide = if entries.has_hidden() { all } else { of_wide };
        let parts = Parts {
            entries: &entries,
            written,
            version: self.version,
        };
        let plan = parts.plan((&narrow, &of_narrow), (&wide, &of_wide));
        self.tell(&plan, &entries, &wide, actions, written, notes);
        Ok(plan)
    }

    /// The actions and resources, where all of them can be told.
    fn readable(&self) -> Result<(&Element<ActionPattern>, Written<'_>), String> {
        if let Some(reason) = self.frozen {
            return Err(reason.to_owned());
        }
        let statement = self.statement;
        let sid = statement.sid.as_ref().map(Text::as_str);
        if let Some(sid) = sid.filter(|sid| self.evidence.keep.has_sid(sid)) {
            return Err(format!("`--keep {sid}` asks for it"));
        }
        let actions = match (&statement.action, &statement.not_action) {
            (Some(actions), None) => actions,
            (None, Some(_)) => {
                return Err(
                    "`NotAction` grants actions that no trail shows, of nearly every service, and \
                     a list of them would be longer than a policy may be"
                        .to_owned(),
                );
            }
            (Some(_), Some(_)) | (None, None) => return Err(UNREADABLE.to_owned()),
        };
        let written = match (&statement.resource, &statement.not_resource) {
            (Some(element), None) if element.is_whole() => Written::These(&element.entries),
            (None, Some(element)) if element.is_whole() => Written::AllBut(&element.entries),
            _ => return Err(UNREADABLE.to_owned()),
        };
        if actions.is_whole() {
            Ok((actions, written))
        } else {
            Err("a template engine is to fill in some of its actions".to_owned())
        }
    }

    fn tell(
        &self,
        plan: &Plan,
        entries: &Entries<'_>,
        wide: &BTreeSet<&str>,
        actions: &Element<ActionPattern>,
        written: Written<'_>,
        notes: &mut Notes,
    ) {
        let title = self.statement.title();
        for (reason, names) in &entries.reasons {
            let verb = if names.len() == 1 { "stays" } else { "stay" };
            notes
                .kept
                .push(format!("{title}: {} {verb}: {reason}", name_list(names)));
        }
        if !wide.is_empty() && !entries.has_hidden() {
            notes.kept.push(format!(
                "{title}: the resources of {} stay as wide as they are: what was called on is `*`, or \
                 not known as a whole",
                name_list(wide)
            ));
        }
        match plan {
            Plan::Stays => {}
            Plan::Goes => notes
                .changes
                .push(format!("{title} is taken out: nothing of it was used")),
            Plan::Becomes(parts) => {
                let old: Vec<_> = actions.entries.iter().map(ActionPattern::as_str).collect();
                tell_of_actions(&title, &old, parts, &mut notes.changes);
                for part in parts {
                    tell_of_resources(&title, part, parts.len(), written, &mut notes.changes);
                }
            }
        }
    }
}

const UNREADABLE: &str = "its elements cannot be told";

/// Says what comes in place of the entries of `Action`, in all parts together.
fn tell_of_actions(title: &str, olds: &[&str], parts: &[Part], changes: &mut Vec<String>) {
    for (place, old) in olds.iter().enumerate() {
        let of_parts = parts.iter().filter_map(|part| part.actions.get(place));
        let new: Vec<_> = of_parts.flatten().cloned().collect();
        changes.extend(change(old, &new).map(|change| format!("{title}: action {change}")));
    }
}

/// Says what comes in place of the entries of `Resource`; where the statement has two parts, for which
/// actions.
fn tell_of_resources(
    title: &str,
    part: &Part,
    parts: usize,
    written: Written<'_>,
    changes: &mut Vec<String>,
) {
    let whom = if parts > 1 {
        format!(", for {}", name_list(part.actions.iter().flatten()))
    } else {
        String::new()
    };
    for (place, new) in part.resources.iter().flatten().enumerate() {
        let change = match written.text(place) {
            Some(old) => change(&old, new),
            None => Some(format!("`NotResource` becomes {}", name_list(new))),
        };
        changes.extend(change.map(|change| format!("{title}: resource {change}{whom}")));
    }
}

/// What comes in place of an entry; `None` where it stays.
fn change(old: &str, new: &[String]) -> Option<String> {
    match new {
        [] => Some(format!("`{old}` is taken out")),
        [only] if only == old => None,
        new => Some(format!("`{old}` becomes {}", name_list(new))),
    }
}

/// What statements are put together from.
struct Parts<'a> {
    entries: &'a Entries<'a>,
    written: Written<'a>,
    version: Version,
}

type Group<'a> = (&'a BTreeSet<&'a str>, &'a Needed);

impl Parts<'_> {
    /// Statements for actions whose resources are all known, and for the rest, where that has others.
    fn plan(&self, narrow: Group<'_>, wide: Group<'_>) -> Plan {
        let has_wide = self.entries.has_hidden() || !wide.0.is_empty();
        let of = |group: Group<'_>, hidden| Part {
            actions: self.entries.written(group.0, hidden),
            resources: self.written.narrowed(group.1, self.version),
            is_second: false,
        };
        let parts = match (narrow.0.is_empty(), has_wide) {
            (true, false) => return Plan::Goes,
            (false, false) => vec![of(narrow, Hidden::LeftOut)],
            (true, true) => vec![of(wide, Hidden::Kept)],
            (false, true) => {
                let first = of(narrow, Hidden::LeftOut);
                let mut second = of(wide, Hidden::Kept);
                if first.resources == second.resources {
                    let both: BTreeSet<&str> = narrow.0.union(wide.0).copied().collect();
                    vec![of((&both, wide.1), Hidden::Kept)]
                } else {
                    second.is_second = true;
                    vec![first, second]
                }
            }
        };
        match parts.as_slice() {
            [only] if self.is_unchanged(only) => Plan::Stays,
            _ => Plan::Becomes(parts),
        }
    }

    fn is_unchanged(&self, part: &Part) -> bool {
        let old_actions = self.entries.list.iter().map(|entry| entry.text);
        let same = |new: &Vec<String>, old: &str| matches!(new.as_slice(), [only] if only == old);
        let actions = part.actions.iter().zip(old_actions);
        let mut resources = part.resources.iter().flatten().enumerate();
        actions.into_iter().all(|(new, old)| same(new, old))
            && resources.all(|(place, new)| {
                let old = self.written.text(place);
                old.is_some_and(|old| same(new, &old))
            })
    }
}
