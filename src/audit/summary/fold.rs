//! How finely records are told apart, and what is folded where there are too many.

use super::super::{Caller, JudgedCall, JudgedRequest, PoliciesOfCaller, Record, What};
use crate::eval::{Principal, Target};
use serde::{Deserialize, Serialize};

/// How finely records and times are told apart: the steps of a fold, from the finest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Detail {
    events: Events,
    records: Records,
}

/// What is kept of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Events {
    /// Each with its id and second.
    #[default]
    Each,
    /// Counts by minute.
    Minutes,
    /// Counts by hour.
    Hours,
    /// Counts by day.
    Days,
    /// Counts by 400 days, which is as good as none.
    Ages,
}

/// What is kept of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Records {
    /// All.
    #[default]
    Whole,
    /// Resources without the last part of their names; no condition keys.
    Prefixes,
    /// No resources.
    Actions,
    /// Accounts in place of callers.
    Accounts,
    /// Calls, and what came of them.
    Calls,
}

/// The steps where events are not known one by one: in one order, so that all ways lead through them.
const STEPS: [(Events, Records); 8] = [
    (Events::Minutes, Records::Whole),
    (Events::Hours, Records::Whole),
    (Events::Hours, Records::Prefixes),
    (Events::Hours, Records::Actions),
    (Events::Days, Records::Actions),
    (Events::Days, Records::Accounts),
    (Events::Ages, Records::Accounts),
    (Events::Ages, Records::Calls),
];

impl Detail {
    /// How many seconds are one where events are not known one by one; `None` where they are.
    pub fn seconds(self) -> Option<u32> {
        match self.events {
            Events::Each => None,
            Events::Minutes => Some(60),
            Events::Hours => Some(60 * 60),
            Events::Days => Some(24 * 60 * 60),
            Events::Ages => Some(400 * 24 * 60 * 60),
        }
    }

    pub(super) fn records(self) -> Records {
        self.records
    }

    /// The detail that both can be folded to.
    pub(super) fn coarser(self, other: Self) -> Self {
        let records = self.records.max(other.records);
        let events = self.events.max(other.events);
        Self { events, records }.on_the_way()
    }

    /// The next step, where there is too much of something; `None` where nothing has to be folded, or
    /// nothing more can be.
    pub(super) fn next(self, too_many_records: bool, too_many_moments: bool) -> Option<Self> {
        if self.events == Events::Each {
            let records = match (too_many_records, self.records) {
                (true, Records::Whole) => Records::Prefixes,
                (true, Records::Prefixes) => Records::Actions,
                (true, Records::Actions) => Records::Accounts,
                (true, Records::Accounts) => Records::Calls,
                (_, same) => same,
            };
            let events = if too_many_moments {
                Events::Minutes
            } else {
                Events::Each
            };
            let next = Self { events, records }.on_the_way();
            return (next != self).then_some(next);
        }
        if !too_many_records && !too_many_moments {
            return None;
        }
        let steps = STEPS.map(|(events, records)| Self { events, records });
        let place = steps.iter().position(|step| *step == self)?;
        steps.get(place + 1).copied()
    }

    /// The first of the steps that folds at least this.
    fn on_the_way(self) -> Self {
        if self.events == Events::Each {
            return self;
        }
        let steps = STEPS.into_iter();
        let mut steps = steps.map(|(events, records)| Self { events, records });
        steps
            .find(|step| step.events >= self.events && step.records >= self.records)
            .unwrap_or(self)
    }

    /// What is folded, in words; nothing where all is told apart.
    pub fn notes(self) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(seconds) = self.seconds() {
            let span = match self.events {
                Events::Each | Events::Minutes => "minute",
                Events::Hours => "hour",
                Events::Days => "day",
                Events::Ages => "400 days",
            };
            notes.push(format!(
                "there are too many events to keep each: they are counted by the {span} ({seconds} \
                 seconds), and copies are counted as if they were events of their own"
            ));
        }
        let folded = match self.records {
            Records::Whole => return notes,
            Records::Prefixes => {
                "resources are told apart without the last part of their names, and without \
                 condition keys"
            }
            Records::Actions => "resources are not told apart",
            Records::Accounts => "resources are not told apart, nor the callers of an account",
            Records::Calls => "calls are told apart by nothing but what was called and came of it",
        };
        notes.push(format!(
            "there is too much to keep all calls apart: {folded}"
        ));
        notes
    }

    /// Whether the callers of an account are told apart.
    pub fn tells_callers(self) -> bool {
        self.records < Records::Accounts
    }

    /// Whether requests are kept as they were judged, so that they can be judged again.
    pub fn can_be_judged_again(self) -> bool {
        self.records == Records::Whole
    }

    /// A record without what is not told apart.
    pub(super) fn fold(self, mut record: Record) -> Record {
        if self.records >= Records::Prefixes
            && let What::Call(call) = &mut record.what
        {
            fold_call(call, self.records);
        }
        if self.records >= Records::Accounts {
            record.caller = account_of(&record.caller);
            record.outcome.denied_by_arn = None;
        }
        if self.records == Records::Calls {
            record.caller = Caller {
                name: "anybody".to_owned(),
                principal: Principal::Unknown,
                account: None,
                invoked_by: None,
                policies: PoliciesOfCaller::Unknown,
            };
            record.region = String::new();
            record.recipient = None;
            record.outcome.error_code = None;
            if record.call().is_none() {
                record.source = String::new();
                record.name = String::new();
            }
        }
        record
    }
}

fn fold_call(call: &mut JudgedCall, records: Records) {
    for request in &mut call.requests {
        request.facts.clear();
        request.resource = match std::mem::replace(&mut request.resource, Target::Unknown) {
            Target::Star => Target::Star,
            Target::Arn(arn) | Target::Like(arn) if records == Records::Prefixes => {
                Target::Like(prefix(&arn))
            }
            Target::Arn(_) | Target::Like(_) | Target::Unknown => Target::Unknown,
        };
        if records >= Records::Actions {
            request.resource_account = None;
        }
    }
    let mut seen: Vec<JudgedRequest> = Vec::new();
    for request in std::mem::take(&mut call.requests) {
        if !seen.contains(&request) {
            seen.push(request);
        }
    }
    call.requests = seen;
}

/// `arn:aws:s3:::bucket/*` of any object in the bucket: what is before the first slash or, where there
/// is none, the last colon.
fn prefix(arn: &str) -> String {
    let fields: usize = arn.split(':').take(5).map(|field| field.len() + 1).sum();
    let resource = arn.get(fields..).unwrap_or_default();
    let end = resource.find('/').or_else(|| resource.rfind(':'));
    match end.and_then(|end| arn.get(..=fields + end)) {
        Some(start) => format!("{start}*"),
        None => format!("{}*", arn.get(..fields).unwrap_or_default()),
    }
}

fn account_of(caller: &Caller) -> Caller {
    let name = match (&caller.account, &caller.principal) {
        (Some(account), _) => format!("account {account}"),
        (None, Principal::Service(_)) => "services".to_owned(),
        (None, _) => "unknown".to_owned(),
    };
    Caller {
        name,
        principal: Principal::Unknown,
        account: caller.account,
        invoked_by: None,
        policies: caller.policies,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_is_folded_at_its_first_slash_or_last_colon() {
        for (arn, folded) in [
            ("arn:aws:s3:::reports/2024/q1.csv", "arn:aws:s3:::reports/*"),
            ("arn:aws:s3:::reports", "arn:aws:s3:::*"),
            (
                "arn:aws:lambda:us-east-1:123456789012:function:orders",
                "arn:aws:lambda:us-east-1:123456789012:function:*",
            ),
            (
                "arn:aws:iam::123456789012:role/app/web",
                "arn:aws:iam::123456789012:role/*",
            ),
        ] {
            assert_eq!(prefix(arn), folded);
        }
    }

    #[test]
    fn every_way_of_folding_leads_through_the_same_steps() {
        let records_first = Detail::default().next(true, false).unwrap();
        assert_eq!(records_first.next(false, false), None);
        let both = records_first.next(false, true).unwrap();
        let events_first = Detail::default().next(false, true).unwrap();
        let mut step = events_first;
        while step != both {
            step = step.next(true, false).unwrap();
        }
        assert_eq!(records_first.coarser(events_first), both);
        let mut last = both;
        while let Some(next) = last.next(true, true) {
            assert!(next > last);
            last = next;
        }
        assert_eq!(last.records, Records::Calls);
    }
}
