//! Events to a summary.
//!
//! Most events are like one that was seen before, so each is looked up by a hash of those of its
//! members that matter, and only parsed, interpreted and judged where it is new.

use super::{
    CapturedEvent, EventId, Example, Filter, Instant, Limits, MakesExample, Occurrence, Problem,
    Record, Summary,
    sameness::{Identities, Sameness},
};
use crate::{
    account::Holdings,
    trail::{Event, Member, Members, RawEvent, interpret},
};
use std::{borrow::Cow, collections::HashMap, hash::BuildHasherDefault};

mod judged;
mod time;

use judged::Judge;
pub use time::instant;

/// How many distinct events are remembered; then it is started anew.
const MAX_KNOWN: usize = 100_000;

/// Whether the events of a record are kept whole, as an alarm may show them.
pub type Captures<'a> = &'a (dyn Fn(&Record) -> bool + Sync);

/// Counts events, judged by the policies of their callers.
pub struct Mapper<'a> {
    judge: Judge<'a>,
    filter: &'a Filter,
    captures: Captures<'a>,
    sameness: Sameness,
    identities: Identities,
    known: HashMap<u128, Known, BuildHasherDefault<Identity>>,
    summary: Summary,
    limits: Limits,
    /// How often the summary was folded when `known` was started.
    folds: u32,
}

impl std::fmt::Debug for Mapper<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mapper")
            .field("summary", &self.summary)
            .finish_non_exhaustive()
    }
}

/// What is known of events that are alike.
#[derive(Debug, Clone, Copy)]
enum Known {
    /// A filter leaves them out.
    LeftOut,
    /// They are counted under this number.
    Counted { place: u32, captured: bool },
    /// What came back has to be looked at as well.
    ByResponse,
}

/// Where an event stands.
#[derive(Debug, Clone, Copy)]
struct Standing<'e> {
    members: Members<'e>,
    file: &'e str,
    line: u64,
    offset: u64,
}

impl MakesExample for Standing<'_> {
    fn is_before(&self, other: &Example) -> bool {
        let time = self.text(Member::EventTime);
        let by_time = (*time).cmp(other.time.as_str());
        by_time
            .then_with(|| (*self.text(Member::EventId)).cmp(other.event_id.as_str()))
            .then_with(|| self.file.cmp(other.file.as_str()))
            .then_with(|| (self.line, self.offset).cmp(&(other.line, other.offset)))
            .is_lt()
    }

    fn make(&self) -> Example {
        Example {
            time: self.text(Member::EventTime).into_owned(),
            event_id: self.text(Member::EventId).into_owned(),
            file: self.file.to_owned(),
            line: self.line,
            offset: self.offset,
        }
    }
}

impl Standing<'_> {
    fn text(&self, member: Member) -> Cow<'_, str> {
        text(self.members.get(member).unwrap_or_default())
    }
}

impl<'a> Mapper<'a> {
    /// Starts with no events.
    pub fn new(
        holdings: &'a Holdings,
        filter: &'a Filter,
        captures: Captures<'a>,
        limits: Limits,
    ) -> Self {
        Self {
            judge: Judge::new(holdings),
            filter,
            captures,
            sameness: Sameness::of(holdings),
            identities: Identities::default(),
            known: HashMap::default(),
            summary: Summary::new(limits),
            limits,
            folds: 0,
        }
    }

    /// Counts an event of a file.
    ///
    /// # Errors
    ///
    /// Where it cannot be parsed; it is not counted then.
    pub fn add(&mut self, raw: &RawEvent<'_>, file: &str) -> Result<(), crate::trail::EventError> {
        let members = raw.members;
        let time = members.get(Member::EventTime).and_then(instant);
        if !self.filter.takes_time(time) {
            let inputs = self.summary.inputs_mut();
            inputs.records += 1;
            inputs.outside_time += 1;
            return Ok(());
        }
        let identity = self
            .identities
            .sameness(members.get(Member::UserIdentity), &self.sameness);
        let mut key = self.sameness.key(identity, members, time);
        let mut known = self.known(key);
        if matches!(known, Some(Known::ByResponse)) {
            key = self.sameness.with_response(key, members);
            known = self.known(key);
        }
        let known = match known {
            Some(known) => known,
            None => self.learn(raw, key)?,
        };
        self.count(known, raw, file, time);
        Ok(())
    }

    fn known(&mut self, key: u128) -> Option<Known> {
        if self.summary.folds() != self.folds || self.known.len() >= MAX_KNOWN {
            self.folds = self.summary.folds();
            self.known.clear();
        }
        self.known.get(&key).copied()
    }

    /// Finds out what an event is that is like none before.
    fn learn(
        &mut self,
        raw: &RawEvent<'_>,
        mut key: u128,
    ) -> Result<Known, crate::trail::EventError> {
        let event = Event::parse(raw.json)?;
        let interpretation = interpret(&event);
        if interpretation.depends_on_response && !self.known.contains_key(&key) {
            self.known.insert(key, Known::ByResponse);
            key = self.sameness.with_response(key, raw.members);
        }
        let record = self.judge.record(&event, interpretation, &self.sameness);
        let known = if self.filter.takes(&record) {
            let captured = (self.captures)(&record);
            Known::Counted {
                place: self.summary.place(record),
                captured,
            }
        } else {
            Known::LeftOut
        };
        if self.summary.folds() == self.folds {
            self.known.insert(key, known);
        }
        Ok(known)
    }

    fn count(&mut self, known: Known, raw: &RawEvent<'_>, file: &str, time: Option<Instant>) {
        self.summary.inputs_mut().records += 1;
        let Known::Counted { place, captured } = known else {
            self.summary.inputs_mut().filtered += 1;
            return;
        };
        let standing = Standing {
            members: raw.members,
            file,
            line: raw.place.line,
            offset: raw.place.offset,
        };
        let id = event_id(&standing);
        if captured {
            self.capture(place, raw, &standing);
        }
        self.summary.add(place, Occurrence { id, time }, &standing);
    }

    fn capture(&mut self, place: u32, raw: &RawEvent<'_>, standing: &Standing<'_>) {
        let time = standing.text(Member::EventTime);
        if !self.summary.would_capture(&time) {
            return;
        }
        let Ok(event) = Event::parse(raw.json) else {
            return;
        };
        let owned = |text: &crate::trail::Text<'_>| text.as_deref().unwrap_or_default().to_owned();
        let captured = CapturedEvent {
            time: owned(&event.event_time),
            event_id: owned(&event.event_id),
            arn: owned(&event.user_identity.arn),
            source_ip_address: owned(&event.source_ip_address),
            user_agent: owned(&event.user_agent),
            error_message: owned(&event.error_message),
        };
        self.summary.capture(place, captured);
    }

    /// Notes that a file is read.
    pub fn start_file(&mut self) {
        self.summary.inputs_mut().files += 1;
    }

    /// Notes a file, or a record in one, that is something else than events.
    pub fn pass_over(&mut self, kind: &str, file: &str) {
        self.summary.inputs_mut().pass_over(kind, file);
    }

    /// Notes an event that cannot be read.
    pub fn malformed(&mut self, problem: Problem) {
        self.summary.inputs_mut().malformed += 1;
        self.problem(problem);
    }

    /// Notes what went wrong otherwise.
    pub fn problem(&mut self, problem: Problem) {
        let limit = self.limits.problems;
        self.summary.inputs_mut().add_problem(problem, limit);
    }

    /// The summary of all events so far, in order.
    pub fn finish(mut self) -> Summary {
        self.summary.settle();
        self.summary
    }
}

/// The text of a JSON string; other JSON as it is.
fn text(raw: &str) -> Cow<'_, str> {
    let inner = raw
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(inner) if !inner.contains('\\') => Cow::Borrowed(inner),
        Some(_) => match serde_json::from_str(raw) {
            Ok(text) => Cow::Owned(text),
            Err(_) => Cow::Borrowed(raw),
        },
        None if raw == "null" => Cow::Borrowed(""),
        None => Cow::Borrowed(raw),
    }
}

/// What copies of an event share. An event without an id is known by the place that it stands at.
fn event_id(standing: &Standing<'_>) -> EventId {
    let id = [Member::SharedEventId, Member::EventId]
        .into_iter()
        .filter_map(|member| standing.members.get(member))
        .find(|raw| raw.len() > 2 && raw.starts_with('"'));
    EventId(match id {
        Some(id) => xxhash_rust::xxh3::xxh3_64(id.as_bytes()),
        None => {
            let place = format!("{}\0{}", standing.file, standing.offset);
            xxhash_rust::xxh3::xxh3_64(place.as_bytes())
        }
    })
}

/// Takes a key that is a hash already as it is.
#[derive(Debug, Default, Clone, Copy)]
struct Identity(u64);

impl std::hash::Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u128(&mut self, key: u128) {
        // Both halves are as good as random.
        self.0 = u64::try_from(key & u128::from(u64::MAX)).unwrap_or_default();
    }
}
