//! What of each policy was used, and what the trail shows at all.

use crate::{
    audit::{AppliedEffect, OutcomeKind, Totals},
    eval::Target,
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
