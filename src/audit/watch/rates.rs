//! Unusual rates of calls and errors, as CloudTrail Insights looks for them: calls that change
//! something, and errors of all calls, of management events, each API against its own past.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-insights-events-with-cloudtrail.html>
//!
//! How AWS decides what is unusual is not published. What is done here is in `docs/watching.md`.

#[cfg(test)]
mod tests;

use super::{
    super::{Counted, Instant, OutcomeKind, Record, Totals},
    UnusualRate,
    metric::is_call,
    series::{seconds_per_instant, span},
};
use crate::trail::{Category, Mode};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    ops::Range,
};

/// How far back a baseline goes, in hours: seven days, as with AWS.
const BASELINE_HOURS: u32 = 7 * 24;

/// How many of these hours must have records, so that each time of day was seen.
const HOURS_NEEDED: usize = 24;

/// How many minutes are looked at together.
const WINDOW: u32 = 5;

/// Fewer calls than these in a window are nothing unusual.
const LEAST_CALLS: u64 = 20;

/// How many times as many calls there must be as in the fullest window of the baseline.
const TIMES_THE_FULLEST: u64 = 3;

/// How unlikely the calls must be at the rate of the baseline: one in a thousand million, as a
/// natural logarithm. A hundred APIs have a million windows a week.
const LEAST_SURPRISE: f64 = 20.7;

/// After how many minutes without anything unusual it has ended.
const GAP: u32 = 10;

/// After how many minutes what was unusual is the usual.
const LONGEST: u32 = 24 * 60;

/// How many principals are named.
const MAX_PRINCIPALS: usize = 5;

/// Why nothing can be said of rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoBaseline {
    /// There is too little before the last records to compare them with.
    #[error(
        "unusual rates need a baseline: records in {HOURS_NEEDED} hours of seven days, and something after \
         these; the trail has records in {hours}"
    )]
    TooShort {
        /// In how many hours there are records.
        hours: usize,
    },
    /// Times are not known to the minute.
    #[error(
        "unusual rates need times to the minute; the trail is so long that they are known to {seconds} seconds"
    )]
    TooCoarse {
        /// How exactly times are known.
        seconds: u32,
    },
}

/// From when on rates are judged: before that there is no baseline.
pub fn rates_judged_from(totals: &Totals) -> Result<Instant, NoBaseline> {
    let seconds = seconds_per_instant(totals);
    if !60_u32.is_multiple_of(seconds) {
        return Err(NoBaseline::TooCoarse { seconds });
    }
    let hours = hours(totals);
    let enough = hours.windows(HOURS_NEEDED).find_map(|some| {
        let (first, last) = (*some.first()?, *some.last()?);
        (last - first < BASELINE_HOURS).then_some(Instant((last + 1).saturating_mul(3_600)))
    });
    let last = span(totals).map(|span| span.last);
    enough
        .filter(|from| last.is_some_and(|last| *from <= last))
        .ok_or(NoBaseline::TooShort { hours: hours.len() })
}

/// The times in which an API was called, or failed, unusually often, in the order of their start.
/// Nothing where [`rates_judged_from`] says that nothing can be said.
pub fn rates(totals: &Totals) -> Vec<UnusualRate> {
    if rates_judged_from(totals).is_err() {
        return Vec::new();
    }
    let hours = hours(totals);
    let mut found: Vec<_> = apis(totals)
        .into_iter()
        .flat_map(|(api, records)| {
            let bursts = Calls::of(&records).bursts(&hours);
            let told = bursts.into_iter().map(|burst| told(api, &records, burst));
            told.collect::<Vec<_>>()
        })
        .collect();
    // Stable: those that start together stay in the order of their APIs.
    found.sort_by_key(|own| own.start);
    found
}

/// The hours since 1970 in which there is any record, in order. Of others it is not known whether
/// nothing was done or nothing recorded.
fn hours(totals: &Totals) -> Vec<u32> {
    let times = totals.records.iter().flat_map(|own| &own.times);
    let hours: BTreeSet<_> = times.map(|(at, _)| at.0 / 3_600).collect();
    hours.into_iter().collect()
}

/// An API, or one of its errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Api<'a> {
    source: &'a str,
    name: &'a str,
    error: Option<&'a str>,
}

/// What is looked at, with its records.
fn apis(totals: &Totals) -> BTreeMap<Api<'_>, Vec<&Counted>> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for counted in &totals.records {
        let record = &counted.record;
        // Records before version 1.06 have no category.
        let is_management = matches!(record.category, Category::Management | Category::Unknown);
        if !is_call(record) || !is_management {
            continue;
        }
        let api = |error| Api {
            source: &record.source,
            name: &record.name,
            error,
        };
        if record.mode == Mode::Write {
            found.entry(api(None)).or_default().push(counted);
        }
        if let Some(error) = error(record) {
            found.entry(api(Some(error))).or_default().push(counted);
        }
    }
    found
}

/// The error code of a call that failed.
fn error(record: &Record) -> Option<&str> {
    let outcome = &record.outcome;
    match outcome.kind {
        OutcomeKind::Succeeded | OutcomeKind::DryRun => None,
        OutcomeKind::Denied | OutcomeKind::Throttled | OutcomeKind::Failed => {
            Some(outcome.error_code.as_deref().unwrap_or(outcome.kind.name()))
        }
    }
}

/// The calls of one API by minutes since 1970.
struct Calls {
    /// The minutes that have calls, in order.
    minutes: Vec<u32>,
    /// How many calls there are before each of them, and in the end all.
    before: Vec<u64>,
}

/// What was usual.
#[derive(Debug, Clone, Copy)]
struct Baseline {
    /// How many calls there were.
    calls: u64,
    /// In how many minutes.
    minutes: u64,
    /// The most in any window.
    fullest: u64,
}

/// A time of unusual calls: its first and its last minute.
#[derive(Debug, Clone, Copy)]
struct Burst {
    first: u32,
    last: u32,
    baseline: Baseline,
}

impl Baseline {
    /// Calls a minute.
    fn mean(self) -> f64 {
        real(self.calls) / real(self.minutes.max(1))
    }

    /// Whether so many calls in a window are unusual.
    fn is_broken_by(self, calls: u64) -> bool {
        calls >= LEAST_CALLS
            && calls > self.fullest.saturating_mul(TIMES_THE_FULLEST)
            && self.surprise(calls) > LEAST_SURPRISE
    }

    /// How unlikely so many calls or more in a window are, as a negative logarithm: Chernoff's bound
    /// on the tail of a Poisson distribution. Its rate is the largest that the baseline allows for:
    /// none in so many minutes may well be three in as many others.
    fn surprise(self, calls: u64) -> f64 {
        let rate = real(self.calls + 3) / real(self.minutes.max(1));
        let (expected, calls) = (rate * f64::from(WINDOW), real(calls));
        if calls <= expected {
            return 0.0;
        }
        calls * (calls / expected).ln() - (calls - expected)
    }
}

impl Calls {
    fn of(records: &[&Counted]) -> Self {
        let mut by_minute: BTreeMap<u32, u64> = BTreeMap::new();
        for (at, count) in records.iter().flat_map(|own| &own.times) {
            *by_minute.entry(at.0 / 60).or_default() += u64::from(*count);
        }
        let mut all = 0;
        let mut before = vec![0];
        before.extend(by_minute.values().map(|count| {
            all += count;
            all
        }));
        Self {
            minutes: by_minute.into_keys().collect(),
            before,
        }
    }

    /// How many calls there are in these minutes.
    fn within(&self, minutes: Range<u32>) -> u64 {
        let before = |minute: u32| {
            let place = self.minutes.partition_point(|own| *own < minute);
            self.before.get(place).copied().unwrap_or(0)
        };
        before(minutes.end).saturating_sub(before(minutes.start))
    }

    /// The times of unusual calls, in order.
    fn bursts(&self, hours: &[u32]) -> Vec<Burst> {
        let mut found: Vec<Burst> = Vec::new();
        if self.before.last().is_none_or(|all| *all < LEAST_CALLS) {
            return found;
        }
        let mut fullest = Fullest::default();
        let mut open: Option<Burst> = None;
        for &minute in &self.minutes {
            let start = minute.saturating_sub(WINDOW - 1);
            let calls = self.within(start..minute + 1);
            let before = fullest.before(start);
            fullest.push(minute, calls);
            // While something unusual goes on, it is no part of what is usual.
            let lasting =
                open.filter(|burst| minute - burst.last <= GAP && minute - burst.first < LONGEST);
            if lasting.is_none() {
                found.extend(open.take());
            }
            let baseline = lasting.map(|burst| burst.baseline);
            let baseline = baseline.or_else(|| self.baseline(start, before, hours));
            let Some(baseline) = baseline.filter(|own| own.is_broken_by(calls)) else {
                continue;
            };
            let first = lasting.map_or(start, |burst| burst.first);
            open = Some(Burst {
                first,
                last: minute,
                baseline,
            });
        }
        found.extend(open);
        found.into_iter().map(|burst| self.trimmed(burst)).collect()
    }

    /// What was usual before a minute; `None` where too little is known.
    fn baseline(&self, minute: u32, fullest: u64, hours: &[u32]) -> Option<Baseline> {
        let start = minute.saturating_sub(BASELINE_HOURS * 60);
        let from = hours.partition_point(|hour| hour * 60 < start);
        let to = hours.partition_point(|hour| (hour + 1) * 60 <= minute);
        let known = to.saturating_sub(from);
        (known >= HOURS_NEEDED).then(|| Baseline {
            calls: self.within(start..minute),
            minutes: u64::try_from(known).unwrap_or(u64::MAX) * 60,
            fullest,
        })
    }

    /// Without what is usual at its start and end.
    fn trimmed(&self, burst: Burst) -> Burst {
        let usual = burst.baseline.mean() * real(TIMES_THE_FULLEST);
        let inside = self.minutes.iter().copied().filter(|minute| {
            (burst.first..=burst.last).contains(minute)
                && real(self.within(*minute..minute + 1)) > usual
        });
        let (first, last) = inside.fold((burst.last, burst.first), |(first, last), minute| {
            (first.min(minute), last.max(minute))
        });
        if first > last {
            return burst;
        }
        Burst {
            first,
            last,
            ..burst
        }
    }
}

/// The windows of a baseline, to know the fullest of them.
#[derive(Debug, Default)]
struct Fullest {
    /// Windows by their last minute that are too new for the baseline.
    new: VecDeque<(u32, u64)>,
    /// Those in the baseline that no later one is as full as, the fullest first.
    old: VecDeque<(u32, u64)>,
}

impl Fullest {
    fn push(&mut self, last: u32, calls: u64) {
        self.new.push_back((last, calls));
    }

    /// The most calls in a window that ended before a minute, which never goes back.
    fn before(&mut self, minute: u32) -> u64 {
        while let Some((last, calls)) = self.new.pop_front_if(|(last, _)| *last < minute) {
            while self.old.pop_back_if(|(_, other)| *other <= calls).is_some() {}
            self.old.push_back((last, calls));
        }
        let start = minute.saturating_sub(BASELINE_HOURS * 60);
        while self.old.pop_front_if(|(last, _)| *last < start).is_some() {}
        self.old.front().map_or(0, |(_, calls)| *calls)
    }
}

/// What is told of a time of unusual calls.
fn told(api: Api<'_>, records: &[&Counted], burst: Burst) -> UnusualRate {
    let minutes = burst.first..=burst.last;
    let mut by: BTreeMap<&str, u64> = BTreeMap::new();
    let mut count = 0;
    let (mut start, mut end) = (Instant(u32::MAX), Instant(0));
    for own in records {
        let inside = own.times.iter();
        for (at, calls) in inside.filter(|(at, _)| minutes.contains(&(at.0 / 60))) {
            count += u64::from(*calls);
            *by.entry(&own.record.caller.name).or_default() += u64::from(*calls);
            (start, end) = (start.min(*at), end.max(*at));
        }
    }
    let mut principals: Vec<_> = by
        .into_iter()
        .map(|(name, count)| (name.to_owned(), count))
        .collect();
    // Stable: those with as many calls stay in the order of their names.
    principals.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    principals.truncate(MAX_PRINCIPALS);
    UnusualRate {
        source: api.source.to_owned(),
        name: api.name.to_owned(),
        error_code: api.error.map(str::to_owned),
        start,
        end,
        baseline: burst.baseline.mean(),
        rate: real(count) / f64::from(burst.last - burst.first + 1),
        count,
        principals,
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "no count of calls is so high that the difference matters"
)]
fn real(count: u64) -> f64 {
    count as f64
}
