//! What of each policy was used, and what the trail shows at all.

use crate::{
    audit::{AppliedEffect, Counted, OutcomeKind, Totals, Window},
    catalog::{Action, Catalog, Recording},
    eval::Target,
    policy::AccountId,
    trail::Category,
};
use std::collections::{BTreeMap, BTreeSet};

/// Whether a recorded outcome says that the call was used: it was not refused. A call may fail for another
/// reason before it is authorized; most fail after.
pub(super) fn is_use(outcome: OutcomeKind) -> bool {
    match outcome {
        OutcomeKind::Succeeded
        | OutcomeKind::DryRun
        | OutcomeKind::Throttled
        | OutcomeKind::Failed => true,
        OutcomeKind::Denied => false,
    }
}

/// What one statement was used for: the resources of each action.
#[derive(Debug, Default)]
pub(super) struct StatementUse<'t> {
    pub(super) actions: BTreeMap<&'t str, BTreeSet<&'t Target>>,
}

/// What the statements were used for that allow, or may, by document and statement.
#[derive(Debug, Default)]
pub(super) struct Usage<'t>(BTreeMap<(usize, usize), StatementUse<'t>>);

impl<'t> Usage<'t> {
    pub(super) fn of(totals: &'t Totals) -> Self {
        let mut usage = Self::default();
        let used = totals.records.iter().map(|counted| &counted.record);
        for record in used.filter(|record| is_use(record.outcome.kind)) {
            for request in record.requests() {
                let allowing = request
                    .applied
                    .iter()
                    .filter(|applied| applied.effect == AppliedEffect::Allow);
                for applied in allowing {
                    let place = (applied.document, applied.statement);
                    let own = usage.0.entry(place).or_default();
                    let targets = own.actions.entry(&request.action).or_default();
                    targets.insert(&request.resource);
                }
            }
        }
        usage
    }

    /// What a statement was used for; nothing where it never was.
    pub(super) fn of_statement(
        &self,
        document: usize,
        statement: usize,
    ) -> Option<&StatementUse<'t>> {
        self.0.get(&(document, statement))
    }
}

/// What a trail shows at all.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The types of resources of which it has data events.
    data: BTreeSet<&'static str>,
    /// The services of which it has events, by prefix in lower case.
    services: BTreeSet<String>,
    /// The accounts that called, or whose trail it is.
    pub(super) accounts: BTreeSet<AccountId>,
    pub(super) window: Option<Window>,
}

impl Seen {
    pub(super) fn of(totals: &Totals) -> Self {
        let mut seen = Self {
            window: totals.window,
            ..Self::default()
        };
        for counted in &totals.records {
            seen.add(counted);
        }
        seen
    }

    /// What a part of the records shows.
    pub(super) fn add(&mut self, counted: &Counted) {
        let catalog = Catalog::embedded();
        let record = &counted.record;
        self.accounts.extend(record.recipient);
        self.accounts.extend(record.caller.account);
        let prefix = catalog.prefix_of_event_source(&record.source);
        if !prefix.is_empty() {
            self.services.insert(prefix.to_ascii_lowercase());
        }
        for request in record.requests() {
            let Some(action) = catalog.action(&request.action) else {
                continue;
            };
            if record.category == Category::Data
                && let Recording::Data { resource_type } = catalog.recording(action)
            {
                self.data.insert(resource_type);
            }
        }
    }

    /// Why the trail could not have shown a use of an action; `None` where it would have.
    pub(super) fn why_hidden(&self, action: Action) -> Option<String> {
        let catalog = Catalog::embedded();
        let prefix = action.service().prefix();
        match catalog.recording(action) {
            Recording::Management if !catalog.may_be_excluded(prefix) => None,
            Recording::Management if self.services.contains(prefix) => None,
            Recording::Management => Some(format!(
                "trails can leave out the events of `{prefix}`, and this one has none"
            )),
            Recording::Data { resource_type } if self.data.contains(resource_type) => None,
            Recording::Data { resource_type } => Some(format!(
                "calls of it are data events of `{resource_type}`, of which the trail has none"
            )),
            Recording::Never { reason } => Some(format!("no trail shows it: {reason}")),
            Recording::Unknown => Some("nothing tells whether trails show it".to_owned()),
        }
    }
}
