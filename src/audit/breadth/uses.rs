//! Which statements and patterns the calls of a trail used.

use super::super::{Applied, AppliedEffect, Counted, Instant, JudgedRequest, OutcomeKind, Totals};
use crate::{
    account::{Document, Holdings},
    eval::{Layer, MatchedEntries, MatchedEntry, Request, Target},
};
use std::collections::BTreeMap;

/// How often something was used, and when last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Use {
    /// How many calls.
    pub(super) calls: u64,
    /// How many of them may have used it, and may not.
    pub(super) uncertain: u64,
    /// When the last was made.
    pub(super) last: Option<Instant>,
}

impl Use {
    fn add(&mut self, counted: &Counted, surely: bool) {
        self.calls += counted.count;
        if !surely {
            self.uncertain += counted.count;
        }
        self.last = self.last.max(counted.window.map(|window| window.last));
    }

    /// Whether it was used for sure.
    pub(super) fn is_sure(&self) -> bool {
        self.calls > self.uncertain
    }
}

/// What was used of an entry.
#[derive(Debug, Clone)]
pub(super) struct EntryUse<K> {
    pub(super) whole: Use,
    /// By action or resource.
    pub(super) names: BTreeMap<K, Use>,
}

impl<K> Default for EntryUse<K> {
    fn default() -> Self {
        Self {
            whole: Use::default(),
            names: BTreeMap::new(),
        }
    }
}

/// What was used of a statement: the entries by their places.
#[derive(Debug, Clone, Default)]
pub(super) struct StatementUse<'a> {
    pub(super) whole: Use,
    pub(super) actions: BTreeMap<usize, EntryUse<&'a str>>,
    pub(super) resources: BTreeMap<usize, EntryUse<&'a Target>>,
}

/// What was used of a policy.
#[derive(Debug, Clone, Default)]
pub(super) struct PolicyUse<'a> {
    pub(super) whole: Use,
    pub(super) statements: BTreeMap<usize, StatementUse<'a>>,
}

/// What was used of all policies, by their places among the documents.
#[derive(Debug, Default)]
pub(super) struct Uses<'a> {
    policies: BTreeMap<usize, PolicyUse<'a>>,
}

/// What a call used; a call of several requests uses each but once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Touched<'a> {
    Policy,
    Statement(usize),
    Action(usize, usize),
    ActionName(usize, usize, &'a str),
    Resource(usize, usize),
    ResourceName(usize, usize, &'a Target),
}

/// What a call used, by policy, and whether it did for sure.
type TouchedByCall<'a> = BTreeMap<(usize, Touched<'a>), bool>;

impl<'a> Uses<'a> {
    /// What the calls used that were not refused. One that failed, or was one of too many, used what it
    /// needs as well: without it, the next try would be refused.
    pub(super) fn of(totals: &'a Totals, holdings: &Holdings) -> Self {
        let mut uses = Self::default();
        for counted in &totals.records {
            let record = &counted.record;
            let needs_none = record
                .call()
                .is_some_and(|call| call.needs == crate::trail::Needs::Nothing);
            if record.outcome.kind == OutcomeKind::Denied || needs_none {
                continue;
            }
            let mut touched = TouchedByCall::new();
            for judged in record.requests() {
                let request = judged.request(&record.caller.principal);
                touch(judged, &request, holdings, &mut touched);
            }
            for ((policy, what), surely) in touched {
                let policy = uses.policies.entry(policy).or_default();
                policy.add(what, counted, surely);
            }
        }
        uses
    }

    pub(super) fn of_policy(&self, place: usize) -> Option<&PolicyUse<'a>> {
        self.policies.get(&place)
    }
}

impl<'a> PolicyUse<'a> {
    fn add(&mut self, what: Touched<'a>, counted: &Counted, surely: bool) {
        self.use_of(what).add(counted, surely);
    }

    fn use_of(&mut self, what: Touched<'a>) -> &mut Use {
        match what {
            Touched::Policy => &mut self.whole,
            Touched::Statement(index) => &mut self.statement(index).whole,
            Touched::Action(index, entry) => &mut self.action(index, entry).whole,
            Touched::ActionName(index, entry, name) => {
                self.action(index, entry).names.entry(name).or_default()
            }
            Touched::Resource(index, entry) => &mut self.resource(index, entry).whole,
            Touched::ResourceName(index, entry, name) => {
                self.resource(index, entry).names.entry(name).or_default()
            }
        }
    }

    fn statement(&mut self, index: usize) -> &mut StatementUse<'a> {
        self.statements.entry(index).or_default()
    }

    fn action(&mut self, index: usize, entry: usize) -> &mut EntryUse<&'a str> {
        self.statement(index).actions.entry(entry).or_default()
    }

    fn resource(&mut self, index: usize, entry: usize) -> &mut EntryUse<&'a Target> {
        self.statement(index).resources.entry(entry).or_default()
    }
}

/// Notes what one request used.
///
/// A statement that applies only with facts that are not known was used for sure where no other can have
/// allowed the request, of the policies that are known; so was an entry where no other can match.
fn touch<'a>(
    judged: &'a JudgedRequest,
    request: &Request,
    holdings: &Holdings,
    touched: &mut TouchedByCall<'a>,
) {
    let documents = holdings.documents();
    let allows = judged.applied.iter().filter_map(|applied| {
        let document = documents.get(applied.document)?;
        may_allow(applied, document).then_some((applied, document))
    });
    let is_only = allows.clone().nth(1).is_none();
    for (applied, document) in allows {
        let surely = applied.surely || is_only;
        let policy = applied.document;
        let index = applied.statement;
        let MatchedEntries { actions, resources } =
            document
                .compiled
                .matched_entries(document.layer, index, request);
        let mut note = |what, surely: bool| {
            *touched.entry((policy, what)).or_default() |= surely;
        };
        note(Touched::Policy, surely);
        note(Touched::Statement(index), surely);
        for (entry, surely) in with_certainty(&actions, surely) {
            note(Touched::Action(index, entry), surely);
            note(Touched::ActionName(index, entry, &judged.action), surely);
        }
        for (entry, surely) in with_certainty(&resources, surely) {
            note(Touched::Resource(index, entry), surely);
            let name = Touched::ResourceName(index, entry, &judged.resource);
            note(name, surely);
        }
    }
}

fn may_allow(applied: &Applied, document: &Document) -> bool {
    applied.effect == AppliedEffect::Allow
        && matches!(document.layer, Layer::Identity | Layer::Resource)
}

/// The entries, each with whether it was used for sure, of a statement that was or may have been.
fn with_certainty(
    entries: &[MatchedEntry],
    statement_surely: bool,
) -> impl Iterator<Item = (usize, bool)> {
    let is_only = entries.len() == 1;
    entries
        .iter()
        .map(move |entry| (entry.place, statement_surely && (entry.surely || is_only)))
}
