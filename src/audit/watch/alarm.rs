//! Too many events in too short a time.

use super::{
    super::{Captured, Counted, Instant, Record, Totals},
    AlarmResult, Dimension, Field, Metric, Period, Raised,
    series::seconds_per_instant,
};
use crate::policy::Wildcard;
use jiff::Timestamp;
use std::collections::{BTreeMap, VecDeque};

/// The most events that are listed each time that an alarm is raised.
pub const MAX_EVENTS: usize = 100;

/// The most events that are listed of one alarm.
pub const MAX_EVENTS_OF_ALL: usize = 10_000;

/// The most times that an alarm is raised: one that is raised more often tells nothing.
pub const MAX_RAISED: usize = 10_000;

/// How many events of which kind in which time raise an alarm; read by [`Alarm::parse`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    pub(super) expression: String,
    pub(super) metric: Metric,
    pub(super) limit: Limit,
    pub(super) window: Period,
    pub(super) by: Option<Dimension>,
    pub(super) filters: Vec<Filter>,
}

/// How many events are needed; at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limit(pub(super) u64);

/// A condition on events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filter {
    pub(super) dimension: Dimension,
    pub(super) pattern: Wildcard,
}

/// Why it is not known whether an alarm would be raised, or how often.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, miette::Diagnostic)]
pub enum AlarmError {
    /// Times are not known so exactly.
    #[error(
        "`{expression}` cannot be decided: the trail is so long that times are known to {seconds} seconds"
    )]
    #[diagnostic(help(
        "give a window of {seconds} seconds or more, or a shorter part of the trail"
    ))]
    TooFine {
        /// The alarm.
        expression: String,
        /// How exactly times are known.
        seconds: u32,
    },
    /// It is raised too often.
    #[error("`{expression}` is raised more than {MAX_RAISED} times")]
    #[diagnostic(help("give a higher number, or a `where` that leaves out what is usual"))]
    TooOften {
        /// The alarm.
        expression: String,
    },
}

impl Alarm {
    /// The expression, as it is written.
    pub fn expression(&self) -> &str {
        &self.expression
    }

    /// Whether it asks who called.
    pub fn asks_callers(&self) -> bool {
        let of_filters = self.filters.iter().map(|filter| filter.dimension);
        let mut dimensions = self.by.into_iter().chain(of_filters);
        dimensions.any(|dimension| dimension == Dimension::Principal)
    }

    /// What it counts.
    pub fn metric(&self) -> Metric {
        self.metric
    }

    /// Whether it counts the events of a record.
    pub fn counts(&self, record: &Record) -> bool {
        let mut filters = self.filters.iter();
        self.metric.counts(record)
            && filters.all(|filter| filter.pattern.matches(&filter.dimension.value(record)))
    }
}

/// Looks for windows in which there are too many events, and shows these by the fields asked for.
/// Windows that overlap are one. The last event of a window is less than its length after the first;
/// records without a time are in none. Where times are rounded, a window is whole instants.
pub fn alarm(totals: &Totals, alarm: &Alarm, fields: &[Field]) -> Result<AlarmResult, AlarmError> {
    let seconds = seconds_per_instant(totals);
    if alarm.window.seconds() < seconds {
        return Err(AlarmError::TooFine {
            expression: alarm.expression.clone(),
            seconds,
        });
    }
    let mut found = Vec::new();
    for (by, moments) in moments(totals, alarm) {
        for episode in episodes(&moments, alarm, seconds) {
            if found.len() == MAX_RAISED {
                return Err(AlarmError::TooOften {
                    expression: alarm.expression.clone(),
                });
            }
            found.push((by.clone(), episode, Listed::of(within(&moments, episode))));
        }
    }
    // Those of one group do not overlap, so this is an order.
    found.sort_by(|(by, one, _), (by_other, other, _)| {
        (one.start, by).cmp(&(other.start, by_other))
    });
    let captured = captured(totals, alarm, seconds);
    let mut left = MAX_EVENTS_OF_ALL;
    let raised = found.into_iter().map(|(by, episode, own)| {
        let events = events(&own.first, &captured, fields, left.min(MAX_EVENTS));
        left = left.saturating_sub(events.len());
        let listed = u64::try_from(events.len()).unwrap_or(u64::MAX);
        Raised {
            by,
            start: Instant(episode.start),
            end: Instant(episode.end),
            count: episode.count,
            events,
            events_left_out: own.all.saturating_sub(listed),
        }
    });
    Ok(AlarmResult {
        expression: alarm.expression.clone(),
        raised: raised.collect(),
    })
}

/// Events of one record at one time.
#[derive(Debug, Clone, Copy)]
struct Moment<'a> {
    at: u32,
    /// The place of the record.
    place: usize,
    record: &'a Record,
    count: u64,
}

/// The events of an episode.
struct Listed<'a> {
    /// The first of them, as many as may be listed.
    first: Vec<Moment<'a>>,
    /// How many there are.
    all: u64,
}

impl<'a> Listed<'a> {
    fn of(moments: &[Moment<'a>]) -> Self {
        Self {
            first: moments.iter().copied().take(MAX_EVENTS).collect(),
            all: moments.iter().map(|moment| moment.count).sum(),
        }
    }
}

/// The events that count, by the value of what the alarm is by, in the order of time.
fn moments<'a>(totals: &'a Totals, alarm: &Alarm) -> BTreeMap<Option<String>, Vec<Moment<'a>>> {
    let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (place, Counted { record, times, .. }) in totals.records.iter().enumerate() {
        if times.is_empty() || !alarm.counts(record) {
            continue;
        }
        let by = alarm.by.map(|by| by.value(record).into_owned());
        let own = times.iter().map(|(at, count)| Moment {
            at: at.0,
            place,
            record,
            count: u64::from(*count),
        });
        groups.entry(by).or_default().extend(own);
    }
    for moments in groups.values_mut() {
        moments.sort_by_key(|moment| (moment.at, moment.place));
    }
    groups
}

/// Windows that overlap and have too many events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Episode {
    start: u32,
    end: u32,
    count: u64,
}

/// Slides a window over the times of events, which are in order.
fn episodes(moments: &[Moment<'_>], alarm: &Alarm, seconds: u32) -> Vec<Episode> {
    let mut found: Vec<Episode> = Vec::new();
    let mut inside: VecDeque<Moment<'_>> = VecDeque::new();
    let mut count: u64 = 0;
    for &moment in moments {
        inside.push_back(moment);
        count += moment.count;
        let end = moment.at;
        // From the start of the first instant to the end of the last.
        let is_before = |first: &mut Moment<'_>| {
            let length = u64::from(end.saturating_sub(first.at)) + u64::from(seconds);
            length > u64::from(alarm.window.seconds())
        };
        while let Some(first) = inside.pop_front_if(is_before) {
            count -= first.count;
        }
        let start = inside.front().map_or(end, |first| first.at);
        if count < alarm.limit.0 {
            continue;
        }
        match found.last_mut() {
            Some(last) if start <= last.end => {
                last.end = end;
                last.count = last.count.max(count);
            }
            _ => found.push(Episode { start, end, count }),
        }
    }
    found
}

/// The events of an episode, of all that are in order.
fn within<'a, 'b>(moments: &'a [Moment<'b>], episode: Episode) -> &'a [Moment<'b>] {
    let first = moments.partition_point(|moment| moment.at < episode.start);
    let end = moments.partition_point(|moment| moment.at <= episode.end);
    moments.get(first..end).unwrap_or_default()
}

/// Events of which more is kept, by record and time, each list in the order of time and id.
type CapturedAt<'a> = BTreeMap<(usize, u32), Vec<&'a Captured>>;

fn captured<'a>(totals: &'a Totals, alarm: &Alarm, seconds: u32) -> CapturedAt<'a> {
    let mut found = CapturedAt::new();
    for event in &totals.captured {
        let record = totals.records.get(event.record);
        let counts = record.is_some_and(|counted| alarm.counts(&counted.record));
        let time = event.time.parse::<Timestamp>().ok();
        let time = time.and_then(|time| u32::try_from(time.as_second()).ok());
        if let Some(time) = time.filter(|_| counts) {
            let at = time - time % seconds;
            found.entry((event.record, at)).or_default().push(event);
        }
    }
    for events in found.values_mut() {
        events.sort();
    }
    found
}

/// The first events, with the fields asked for.
fn events(
    moments: &[Moment<'_>],
    captured: &CapturedAt<'_>,
    fields: &[Field],
    most: usize,
) -> Vec<Vec<(String, String)>> {
    let mut listed = Vec::new();
    for moment in moments {
        let kept = captured.get(&(moment.place, moment.at));
        let kept = kept.into_iter().flatten().map(|event| Some(*event));
        let count = usize::try_from(moment.count).unwrap_or(usize::MAX);
        let room = most.saturating_sub(listed.len());
        let events = kept.chain(std::iter::repeat(None)).take(count.min(room));
        listed.extend(events.map(|event| shown(*moment, event, fields)));
        if listed.len() >= most {
            break;
        }
    }
    // Where times are rounded, those of one moment follow each other by what is known of them.
    listed.sort_by(|(one, _), (other, _)| one.cmp(other));
    listed.into_iter().map(|(_, event)| event).collect()
}

/// An event and its time.
fn shown(
    moment: Moment<'_>,
    event: Option<&Captured>,
    fields: &[Field],
) -> (String, Vec<(String, String)>) {
    let at = Instant(moment.at);
    let value = |field: Field| field.value(moment.record, at, event);
    let values = fields
        .iter()
        .map(|field| (field.name().to_owned(), value(*field)));
    (value(Field::Time), values.collect())
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            super::OutcomeKind,
            sample::{ROLE, Sample, USER, totals},
        },
        *,
    };
    use proptest::prelude::*;

    fn run(totals: &Totals, expression: &str) -> Vec<Raised> {
        let read = Alarm::parse(expression).unwrap();
        alarm(totals, &read, &[Field::Time]).unwrap().raised
    }

    /// By whom, start, end and highest count.
    fn told(raised: &[Raised]) -> Vec<(Option<&str>, u32, u32, u64)> {
        let told = raised.iter();
        told.map(|own| (own.by.as_deref(), own.start.0, own.end.0, own.count))
            .collect()
    }

    fn denied() -> Sample {
        Sample::read("s3", "GetObject").outcome(OutcomeKind::Denied)
    }

    #[test]
    fn a_window_is_shorter_than_its_length_by_the_second_after_it() {
        let calls = totals([Sample::read("s3", "GetObject").at([(0, 1), (59, 1), (119, 1)])]);
        assert_eq!(told(&run(&calls, "calls >= 2 in 60s")), [(None, 0, 59, 2)]);
        let both = run(&calls, "calls >= 2 in 61s");
        assert_eq!(told(&both), [(None, 0, 119, 2)]);
        assert!(run(&calls, "calls >= 2 in 59s").is_empty());
    }

    #[test]
    fn windows_that_overlap_are_one_and_others_are_not() {
        let times = [(0, 3), (30, 1), (80, 3), (500, 4)];
        let calls = totals([Sample::read("s3", "GetObject").at(times)]);
        let raised = run(&calls, "calls >= 4 in 1m");
        assert_eq!(told(&raised), [(None, 0, 80, 4), (None, 500, 500, 4)]);
    }

    #[test]
    fn events_of_several_records_count_together_and_by_a_dimension_apart() {
        let calls = totals([
            denied().at([(10, 1), (20, 1)]),
            denied().by(ROLE).at([(15, 2), (30, 3)]),
            Sample::read("s3", "GetObject").at([(12, 100)]),
        ]);
        assert_eq!(told(&run(&calls, "denied >= 7 in 5m")), [(None, 10, 30, 7)]);
        let by = run(&calls, "denied > 1 in 5m by principal");
        assert_eq!(
            told(&by),
            [(Some(USER), 10, 20, 2), (Some(ROLE), 15, 30, 5)]
        );
        let filtered = run(&calls, "denied > 1 in 5m where principal = *:role/*");
        assert_eq!(told(&filtered), [(None, 15, 30, 5)]);
    }

    #[test]
    fn events_are_shown_by_the_fields_asked_for_and_those_not_kept_by_their_record() {
        let mut calls = totals([denied().at([(60, 2), (61, 1)])]);
        let event = |time: &str, id: &str| Captured {
            time: time.to_owned(),
            event_id: id.to_owned(),
            record: 0,
            arn: "arn:session".to_owned(),
            source_ip_address: "192.0.2.1".to_owned(),
            user_agent: String::new(),
            error_message: String::new(),
        };
        calls.captured = vec![
            event("1970-01-01T00:01:00Z", "b"),
            event("1970-01-01T00:01:00Z", "a"),
            event("never", "c"),
        ];
        let read = Alarm::parse("denied >= 3 in 1m").unwrap();
        let fields = [Field::Time, Field::EventId, Field::SourceIp, Field::Error];
        let raised = alarm(&calls, &read, &fields).unwrap().raised;
        let values: Vec<Vec<_>> = raised[0]
            .events
            .iter()
            .map(|event| event.iter().map(|(_, value)| value.as_str()).collect())
            .collect();
        let error = "AccessDenied";
        assert_eq!(
            values,
            [
                ["1970-01-01T00:01:00Z", "a", "192.0.2.1", error],
                ["1970-01-01T00:01:00Z", "b", "192.0.2.1", error],
                ["1970-01-01T00:01:01Z", "", "", error],
            ]
        );
        assert_eq!(raised[0].events[0][1].0, "event-id");
        assert_eq!(raised[0].events_left_out, 0);
    }

    #[test]
    fn no_more_events_are_listed_than_may_be_and_the_rest_is_counted() {
        let calls = totals([Sample::read("s3", "GetObject").at([(0, 60), (1, 1_000)])]);
        let raised = run(&calls, "calls >= 1000 in 1m");
        assert_eq!(raised[0].events.len(), MAX_EVENTS);
        assert_eq!(raised[0].events_left_out, 960);
        // One alarm an hour, each with a hundred events.
        let times = (0..200).map(|hour| (hour * 3_600, 100));
        let many = totals([Sample::read("s3", "GetObject").at(times)]);
        let raised = run(&many, "calls >= 100 in 1m");
        let listed: usize = raised.iter().map(|own| own.events.len()).sum();
        assert_eq!((raised.len(), listed), (200, MAX_EVENTS_OF_ALL));
        assert_eq!(raised[199].events_left_out, 100);
    }

    #[test]
    fn an_alarm_that_is_always_raised_is_refused() {
        let most = u32::try_from(MAX_RAISED).unwrap();
        let times = |number: u32| (0..number).map(|place| (place * 10, 1));
        let read = Alarm::parse("calls >= 1 in 1s").unwrap();
        let some = totals([Sample::read("s3", "GetObject").at(times(most))]);
        assert_eq!(alarm(&some, &read, &[]).unwrap().raised.len(), MAX_RAISED);
        let more = totals([Sample::read("s3", "GetObject").at(times(most + 1))]);
        let error = alarm(&more, &read, &[]).unwrap_err();
        assert!(matches!(error, AlarmError::TooOften { .. }));
    }

    #[test]
    fn times_that_are_rounded_decide_no_window_that_is_shorter() {
        let mut calls = totals([Sample::read("s3", "GetObject").at([(60, 3), (120, 3)])]);
        calls.seconds_per_instant = 60;
        let short = Alarm::parse("calls >= 1 in 59s").unwrap();
        let error = alarm(&calls, &short, &[]).unwrap_err();
        assert!(matches!(error, AlarmError::TooFine { seconds: 60, .. }));
        // Events of both minutes may be up to 119 seconds apart.
        assert!(run(&calls, "calls >= 6 in 119s").is_empty());
        assert_eq!(told(&run(&calls, "calls >= 6 in 2m")), [(None, 60, 120, 6)]);
    }

    #[test]
    fn sets_of_records_that_are_alike_tell_the_same_in_any_order() {
        let one = denied().at([(10, 1), (40, 2)]);
        let other = denied().by(ROLE).at([(10, 1), (30, 2)]);
        let expression = "denied >= 2 in 1m by principal";
        let forth = run(&totals([one.clone(), other.clone()]), expression);
        let back = run(&totals([other, one]), expression);
        assert_eq!(forth, back);
    }

    /// The most events in any window, by trying each second.
    fn most(times: &[(u32, u32)], window: u32) -> u64 {
        let count = |start: u32| {
            let inside = times
                .iter()
                .filter(|(at, _)| (start..start + window).contains(at));
            inside.map(|(_, count)| u64::from(*count)).sum()
        };
        (0..=400).map(count).max().unwrap_or(0)
    }

    proptest! {
        #[test]
        fn the_count_is_that_of_the_fullest_window(
            times in proptest::collection::btree_map(0_u32..400, 1_u32..5, 1..40),
            window in 1_u32..120,
            limit in 1_u64..12,
        ) {
            let times: Vec<_> = times.into_iter().collect();
            let (one, other): (Vec<_>, Vec<_>) = times.iter().partition(|(at, _)| at % 3 == 0);
            let calls = totals([
                Sample::read("s3", "GetObject").at(one),
                Sample::read("s3", "PutObject").at(other),
            ]);
            let raised = run(&calls, &format!("calls >= {limit} in {window}s"));
            let most = most(&times, window);
            let highest = raised.iter().map(|own| own.count).max().unwrap_or(0);
            prop_assert_eq!(highest, if most >= limit { most } else { 0 });
            // An event is in an alarm if and only if it is in a window with too many.
            for (at, _) in &times {
                let told = raised.iter().any(|own| own.start.0 <= *at && *at <= own.end.0);
                let near: Vec<_> = (at.saturating_sub(window - 1)..=*at)
                    .map(|start| {
                        let inside = times.iter().filter(|(other, _)| {
                            (start..start + window).contains(other)
                        });
                        inside.map(|(_, count)| u64::from(*count)).sum::<u64>()
                    })
                    .collect();
                prop_assert_eq!(told, near.iter().any(|count| *count >= limit), "at {}", at);
            }
        }
    }
}
