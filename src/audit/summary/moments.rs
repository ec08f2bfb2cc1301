//! When events happened, each with its id as long as there are not too many of them.

use super::{Limits, Occurrence, table::Table};
use crate::audit::{Instant, Record};

/// The id of an event, shared by its copies: a hash of its `sharedEventID`, else of its `eventID`, else
/// of the place that it stands at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventId(pub u64);

/// No time: later than any that CloudTrail records before 2106.
const NO_TIME: u32 = u32::MAX;

/// An event: 16 bytes, as there may be millions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Event {
    pub(super) id: u64,
    pub(super) place: u32,
    pub(super) time: u32,
}

/// How many events there were of a record in a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Count {
    pub(super) place: u32,
    pub(super) time: u32,
    pub(super) number: u64,
}

/// When events happened.
#[derive(Debug, Clone, Default)]
pub(super) struct Moments {
    /// Those that are known one by one; the first `tidied` in order and each once.
    events: Vec<Event>,
    tidied: usize,
    /// How often each of them was there besides, where it was.
    copies: Vec<(Event, u32)>,
    /// Where events are not known one by one: of how many seconds a span is, and the counts.
    seconds: Option<u32>,
    counts: Vec<Count>,
    counted: usize,
}

/// Moments by record.
#[derive(Debug)]
pub(super) struct CountsByRecord {
    /// By record and time, in order.
    counts: Vec<Count>,
    /// How many events were copies of others.
    pub(super) copies: u64,
}

impl Moments {
    pub(super) fn add(&mut self, place: u32, event: Occurrence) {
        let time = event.time.map_or(NO_TIME, |time| time.0);
        match self.seconds {
            None => self.events.push(Event {
                id: event.id.0,
                place,
                time,
            }),
            Some(seconds) => self.counts.push(Count {
                place,
                time: start_of(time, seconds),
                number: 1,
            }),
        }
    }

    /// Whether there may be too many of them, and it is worth while to look.
    pub(super) fn is_full(&self, limits: &Limits) -> bool {
        let untidy = (self.events.len() - self.tidied).max(self.counts.len() - self.counted);
        let is_worth =
            |limit: usize, tidied: usize| untidy > (limit - tidied.min(limit)).max(limit / 4);
        is_worth(limits.events, self.tidied)
            || is_worth(limits.counts, self.counted)
            || self.tidied > limits.events
            || self.counted > limits.counts
    }

    /// Whether there are too many; once they are tidy.
    pub(super) fn is_over(&self, limits: &Limits) -> bool {
        self.distinct_ids_exceed(limits.events) || self.counts.len() > limits.counts
    }

    fn distinct_ids_exceed(&self, limit: usize) -> bool {
        if self.events.len() <= limit {
            return false;
        }
        let pairs = self.events.iter().zip(self.events.iter().skip(1));
        let same = pairs.filter(|(one, next)| one.id == next.id).count();
        self.events.len() - same > limit
    }

    /// Puts them in order, and each of them once.
    pub(super) fn tidy(&mut self) {
        if self.tidied < self.events.len() {
            // Merged moments are runs that are in order: a stable sort finds them.
            self.events.sort();
            let copies = &mut self.copies;
            self.events.dedup_by(|next, kept| {
                let is_copy = next == kept;
                if is_copy {
                    match copies.last_mut() {
                        Some((last, number)) if last == kept => *number = number.saturating_add(1),
                        _ => copies.push((*kept, 1)),
                    }
                }
                is_copy
            });
            self.tidied = self.events.len();
            self.tidy_copies();
        }
        if self.counted < self.counts.len() {
            self.counts.sort_unstable();
            self.counts.dedup_by(|next, kept| {
                let is_same = (next.place, next.time) == (kept.place, kept.time);
                if is_same {
                    kept.number += next.number;
                }
                is_same
            });
            self.counted = self.counts.len();
        }
    }

    fn tidy_copies(&mut self) {
        self.copies.sort_unstable();
        self.copies.dedup_by(|(next, number), (kept, sum)| {
            let is_same = next == kept;
            if is_same {
                *sum = sum.saturating_add(*number);
            }
            is_same
        });
    }

    pub(super) fn merge(&mut self, other: Self, place: &dyn Fn(u32) -> u32) {
        self.events
            .extend(other.events.into_iter().map(|event| Event {
                place: place(event.place),
                ..event
            }));
        self.copies
            .extend(other.copies.into_iter().map(|(event, number)| {
                let own = Event {
                    place: place(event.place),
                    ..event
                };
                (own, number)
            }));
        self.tidy_copies();
        self.counts
            .extend(other.counts.into_iter().map(|count| Count {
                place: place(count.place),
                ..count
            }));
        self.tidied = 0;
        self.counted = 0;
        self.tidy();
    }

    /// Gives records other numbers.
    pub(super) fn rename(&mut self, place: &dyn Fn(u32) -> u32) {
        let old = std::mem::take(self);
        self.seconds = old.seconds;
        self.merge(old, place);
    }

    /// Keeps no more than counts of such spans; `None` keeps all.
    pub(super) fn coarsen(&mut self, seconds: Option<u32>) {
        let Some(seconds) = seconds else {
            return;
        };
        self.tidy();
        let copies = std::mem::take(&mut self.copies);
        let count = |event: &Event, number: u64| Count {
            place: event.place,
            time: start_of(event.time, seconds),
            number,
        };
        for counted in &mut self.counts {
            counted.time = start_of(counted.time, seconds);
        }
        self.counts.extend(
            copies
                .iter()
                .map(|(event, number)| count(event, u64::from(*number))),
        );
        let events = std::mem::take(&mut self.events);
        self.counts
            .extend(events.iter().map(|event| count(event, 1)));
        self.tidied = 0;
        self.counted = 0;
        self.seconds = Some(seconds);
        self.tidy();
    }

    /// How many events there are of each record, each copy left aside. Of the records of one event, that
    /// of the caller's own account counts, else the first in the order of records.
    pub(super) fn counts(&self, table: &Table) -> CountsByRecord {
        let mut counts = Vec::with_capacity(self.counts.len() + self.events.len());
        counts.extend_from_slice(&self.counts);
        let copies = self.copies.iter();
        let mut copies: u64 = copies.map(|(_, number)| u64::from(*number)).sum();
        for same in self.events.chunk_by(|one, next| one.id == next.id) {
            let own = |event: &&Event| table.record(event.place).map(rank);
            if let Some(first) = same.iter().min_by_key(own) {
                counts.push(Count {
                    place: first.place,
                    time: first.time,
                    number: 1,
                });
            }
            copies += same.len() as u64 - 1;
        }
        let mut counts = by_place(&counts, table.len());
        counts.dedup_by(|next, kept| {
            let is_same = (next.place, next.time) == (kept.place, kept.time);
            if is_same {
                kept.number += next.number;
            }
            is_same
        });
        CountsByRecord { counts, copies }
    }

    /// The events that are known one by one, in order; once they are tidy.
    pub(super) fn events(&self) -> &[Event] {
        &self.events
    }

    /// How often events were there besides.
    pub(super) fn further(&self) -> &[(Event, u32)] {
        &self.copies
    }

    /// The counts of those that are not.
    pub(super) fn spans(&self) -> &[Count] {
        &self.counts
    }

    /// Moments as they were, for a part that is read.
    pub(super) fn of(
        seconds: Option<u32>,
        events: Vec<Event>,
        copies: Vec<(Event, u32)>,
        counts: Vec<Count>,
    ) -> Self {
        let mut moments = Self {
            events,
            tidied: 0,
            copies,
            seconds,
            counts,
            counted: 0,
        };
        moments.tidy_copies();
        moments.tidy();
        moments
    }
}

/// Counts by place and time. There are few places and many counts, so each goes to those of its place
/// first.
fn by_place(counts: &[Count], places: usize) -> Vec<Count> {
    let mut own = vec![Vec::new(); places];
    for count in counts {
        if let Some(own) = own.get_mut(count.place as usize) {
            own.push((count.time, count.number));
        }
    }
    let mut sorted = Vec::with_capacity(counts.len());
    for (place, mut own) in (0..).zip(own) {
        own.sort_unstable();
        let of_place = own.into_iter().map(|(time, number)| Count {
            place,
            time,
            number,
        });
        sorted.extend(of_place);
    }
    sorted
}

/// Which of the records of one event is told: that of the caller's account first.
fn rank(record: &Record) -> (bool, &Record) {
    let is_of_caller = record.recipient.is_some() && record.recipient == record.caller.account;
    (!is_of_caller, record)
}

fn start_of(time: u32, seconds: u32) -> u32 {
    if time == NO_TIME {
        return time;
    }
    time - time % seconds
}

impl CountsByRecord {
    /// Whether there is any event of a record.
    pub(super) fn has(&self, place: u32) -> bool {
        let found = self
            .counts
            .binary_search_by_key(&place, |count| count.place);
        found.is_ok()
    }

    /// Of a record, how many events have no time, and when the others were.
    pub(super) fn of(&self, place: u32) -> (u64, Vec<(Instant, u32)>) {
        let start = self.counts.partition_point(|count| count.place < place);
        let own = self.counts.get(start..).unwrap_or_default();
        let mut untimed = 0;
        let mut times = Vec::new();
        for count in own.iter().take_while(|count| count.place == place) {
            if count.time == NO_TIME {
                untimed += count.number;
            } else {
                let number = u32::try_from(count.number).unwrap_or(u32::MAX);
                times.push((Instant(count.time), number));
            }
        }
        (untimed, times)
    }
}
