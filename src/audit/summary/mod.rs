//! What many events come to, in bounded memory, whatever their order.
//!
//! A summary is a function of the set of events in it, not of the order in which they came or of how
//! they were cut: `merge` is associative and commutative, and what does not fit is folded by rules
//! that look at nothing but that set. Each rule coarsens one thing for all records at once, as soon as
//! there are too many of the finer kind; as a part of a set never has more of them than the whole, all
//! orders end with the same fold.

mod fold;
mod inputs;
mod moments;
mod part;
mod table;
#[cfg(test)]
mod tests;

pub use fold::Detail;
pub use inputs::Inputs;
pub use moments::EventId;
use moments::Moments;
pub use part::{PART_VERSION, PartError, PartHead};

use super::{Captured, Counted, Example, Instant, Record, Totals, Window};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};
use table::Table;

/// How much is kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many events are known one by one, so that copies of them are told.
    pub events: usize,
    /// How many bytes the distinct records may take, about.
    pub record_bytes: usize,
    /// How many counts of records in spans of time are kept where events are not.
    pub counts: usize,
    /// How many events are kept with all that alarms may show.
    pub captured: usize,
    /// How many problems are listed.
    pub problems: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            events: 1_200_000,
            record_bytes: 22 << 20,
            counts: 1_200_000,
            captured: 10_000,
            problems: 100,
        }
    }
}

/// Events, counted.
#[derive(Debug, Clone)]
pub struct Summary {
    limits: Limits,
    detail: Detail,
    table: Table,
    moments: Moments,
    inputs: Inputs,
    /// By time, id and the rest, the place of the record aside.
    captured: BTreeMap<CapturedEvent, u32>,
}

/// An event of which more is kept than its record has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CapturedEvent {
    /// When it happened, as it is written.
    pub time: String,
    /// Its id.
    pub event_id: String,
    /// The caller's session, as an ARN, or the caller itself.
    pub arn: String,
    /// The caller's address, or a service.
    pub source_ip_address: String,
    /// The caller's software.
    pub user_agent: String,
    /// The message of the error.
    pub error_message: String,
}

/// An event to be counted.
#[derive(Debug, Clone, Copy)]
pub struct Occurrence {
    /// Its id, shared by its copies.
    pub id: EventId,
    /// When it happened; `None` where it does not say.
    pub time: Option<Instant>,
}

impl Default for Summary {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl Summary {
    /// A summary of nothing.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            detail: Detail::default(),
            table: Table::default(),
            moments: Moments::default(),
            inputs: Inputs::default(),
            captured: BTreeMap::new(),
        }
    }

    /// What was read, beside the events.
    pub fn inputs(&self) -> &Inputs {
        &self.inputs
    }

    /// What was read, to be added to.
    pub fn inputs_mut(&mut self) -> &mut Inputs {
        &mut self.inputs
    }

    /// How finely records are told apart.
    pub fn detail(&self) -> Detail {
        self.detail
    }

    /// A number for a record, by which its events are added. It holds until records are folded: what
    /// was got before [`Summary::folds`] changed counts for nothing.
    pub fn place(&mut self, record: Record) -> u32 {
        let record = self.detail.fold(record);
        let place = self.table.place(record);
        self.fit();
        self.table.moved(place)
    }

    /// The record of a number.
    pub fn record(&self, place: u32) -> Option<&Record> {
        self.table.record(place)
    }

    /// How often records were folded so far.
    pub fn folds(&self) -> u32 {
        self.table.folds()
    }

    /// Counts an event of a record. Its example is only made where it comes before the one that is known.
    pub fn add(&mut self, place: u32, event: Occurrence, example: &dyn MakesExample) {
        self.moments.add(place, event);
        self.table.exemplify(place, example);
        if self.moments.is_full(&self.limits) {
            self.fit();
        }
    }

    /// Keeps an event whole, for alarms.
    pub fn capture(&mut self, place: u32, event: CapturedEvent) {
        let table = &self.table;
        let own = self.captured.entry(event).or_insert(place);
        // Two accounts may have recorded the same event.
        if table.record(place) < table.record(*own) {
            *own = place;
        }
        while self.captured.len() > self.limits.captured {
            self.captured.pop_last();
        }
    }

    /// Whether an event of that time would be kept.
    pub fn would_capture(&self, time: &str) -> bool {
        let last = self.captured.last_key_value();
        self.captured.len() < self.limits.captured
            || last.is_some_and(|(last, _)| time <= last.time.as_str())
    }

    /// Adds the events of another summary.
    pub fn merge(&mut self, other: Self) {
        let detail = self.detail.coarser(other.detail);
        self.fold_to(detail);
        let mut other = other;
        other.fold_to(detail);
        let places = self.table.merge(other.table);
        let place = |old: u32| places.get(old as usize).copied().unwrap_or(old);
        self.moments.merge(other.moments, &place);
        for (event, old) in other.captured {
            self.capture(place(old), event);
        }
        self.inputs.merge(other.inputs, self.limits.problems);
        self.fit();
    }

    /// Folds until everything fits, as far as that is known without putting all in order.
    fn fit(&mut self) {
        let limit = self.limits.record_bytes;
        if self.moments.is_full(&self.limits) {
            self.settle();
        } else {
            while self.table.weight() > limit
                && let Some(next) = self.detail.next(true, false)
            {
                self.fold_to(next);
            }
        }
    }

    /// Folds until everything fits.
    pub(super) fn settle(&mut self) {
        loop {
            self.moments.tidy();
            let too_many_records = self.table.weight() > self.limits.record_bytes;
            let too_many_moments = self.moments.is_over(&self.limits);
            let Some(next) = self.detail.next(too_many_records, too_many_moments) else {
                return;
            };
            self.fold_to(next);
        }
    }

    fn fold_to(&mut self, detail: Detail) {
        if detail == self.detail {
            return;
        }
        if detail.records() != self.detail.records() {
            let places = self.table.fold(detail);
            let place = |old: u32| places.get(old as usize).copied().unwrap_or(old);
            self.moments.rename(&place);
            for own in self.captured.values_mut() {
                *own = place(*own);
            }
        }
        self.moments.coarsen(detail.seconds());
        self.detail = detail;
    }

    /// The events counted up.
    pub fn totals(mut self) -> (Totals, Inputs) {
        self.settle();
        let table = &self.table;
        let counts = self.moments.counts(table);
        let mut order = table.order();
        // Records of calls that another account's trail tells better.
        order.retain(|place| counts.has(*place));
        // The place of each record in the order of records, by its number.
        let mut ranks = BTreeMap::new();
        for (rank, place) in order.iter().enumerate() {
            ranks.insert(*place, rank);
        }
        let mut own: Vec<_> = self.table.into_records().into_iter().map(Some).collect();
        let mut records = Vec::with_capacity(order.len());
        for place in &order {
            let found = own.get_mut(*place as usize).and_then(Option::take);
            let Some((record, example)) = found else {
                continue;
            };
            let (untimed, times) = counts.of(*place);
            let at_times: u64 = times.iter().map(|(_, count)| u64::from(*count)).sum();
            let window = times.first().zip(times.last());
            records.push(Counted {
                record,
                count: untimed + at_times,
                window: window.map(|((first, _), (last, _))| Window {
                    first: *first,
                    last: *last,
                }),
                times,
                example: example.unwrap_or_default(),
            });
        }
        let windows = records.iter().filter_map(|counted| counted.window);
        let mut inputs = self.inputs;
        inputs.copies = counts.copies;
        inputs.detail = self.detail;
        let captured = self.captured.into_iter().filter_map(|(event, place)| {
            Some(Captured {
                time: event.time,
                event_id: event.event_id,
                record: *ranks.get(&place)?,
                arn: event.arn,
                source_ip_address: event.source_ip_address,
                user_agent: event.user_agent,
                error_message: event.error_message,
            })
        });
        let totals = Totals {
            window: windows.reduce(Window::with),
            seconds_per_instant: self.detail.seconds().unwrap_or(1),
            captured: captured.collect(),
            records,
        };
        (totals, inputs)
    }
}

/// What an example is made of, where one is wanted.
pub trait MakesExample {
    /// Whether it comes before another.
    fn is_before(&self, other: &Example) -> bool;
    /// The example.
    fn make(&self) -> Example;
}

impl MakesExample for Example {
    fn is_before(&self, other: &Example) -> bool {
        self < other
    }

    fn make(&self) -> Example {
        self.clone()
    }
}

/// A record that several tables may hold.
type Shared = Arc<Record>;
