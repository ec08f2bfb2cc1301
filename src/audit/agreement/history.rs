//! When the same was allowed and when it was refused.

use super::super::{JudgedRequest, Record, Totals, Window};
use crate::{eval::Target, trail::RequestRole};
use std::collections::BTreeMap;

/// When the same was asked for by the same caller, by what came of it.
#[derive(Debug, Clone, Copy, Default)]
struct Times {
    allowed: Option<Window>,
    refused: Option<Window>,
}

/// The caller, the action and the resource.
type Asked<'a> = (&'a str, &'a str, &'a Target);

/// When what was allowed and when it was refused.
#[derive(Debug, Default)]
pub(super) struct History<'a> {
    times: BTreeMap<Asked<'a>, Times>,
}

/// A change of what the records say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Changed {
    /// From the first time to the second, calls that were allowed came to be refused.
    ToRefused(Window),
    /// From the first time to the second, calls that were refused came to be allowed.
    ToAllowed(Window),
}

impl<'a> History<'a> {
    pub(super) fn of(totals: &'a Totals) -> Self {
        let mut own = Self::default();
        for counted in &totals.records {
            let record = &counted.record;
            let kind = record.outcome.kind;
            let is_refused = kind == super::OutcomeKind::Denied;
            if !is_refused && !kind.is_allowed() {
                continue;
            }
            for request in record.requests() {
                // A refusal may be of the call itself alone.
                if is_refused && request.role == RequestRole::Further {
                    continue;
                }
                let times = own.times.entry(asked(record, request)).or_default();
                let slot = if is_refused {
                    &mut times.refused
                } else {
                    &mut times.allowed
                };
                *slot = match (*slot, counted.window) {
                    (Some(own), Some(other)) => Some(own.with(other)),
                    (own, other) => own.or(other),
                };
            }
        }
        own
    }

    /// Whether the same was allowed up to some time and refused from then on, or the other way round.
    pub(super) fn changed(
        &self,
        record: &'a Record,
        request: &'a JudgedRequest,
    ) -> Option<Changed> {
        let times = self.times.get(&asked(record, request))?;
        let (allowed, refused) = (times.allowed?, times.refused?);
        if allowed.last < refused.first {
            Some(Changed::ToRefused(Window {
                first: allowed.last,
                last: refused.first,
            }))
        } else if refused.last < allowed.first {
            Some(Changed::ToAllowed(Window {
                first: refused.last,
                last: allowed.first,
            }))
        } else {
            None
        }
    }
}

fn asked<'a>(record: &'a Record, request: &'a JudgedRequest) -> Asked<'a> {
    (&record.caller.name, &request.action, &request.resource)
}
