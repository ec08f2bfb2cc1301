//! Bytes to the JSON text of one event at a time.
//!
//! Takes everything that events are kept in: a bare event, arrays, JSON Lines, the
//! `{"Records": [...]}` of a trail's files, the output of `lookup-events`, what `CloudWatch` Logs
//! and `EventBridge` hand on, and tables of `Athena` and of the console; each plain or gzip. The
//! container is never held: memory is bounded by one event, so that neither a large file nor a gzip
//! bomb fills it.
//!
//! The structure of the JSON is checked here, and the members at the top of an event are found on
//! the way; the events themselves are parsed by [`Event`](super::Event).
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html>

mod counts;
mod error;
mod kind;
mod member;
mod row;
mod scan;
mod table;
#[cfg(test)]
mod tests;
mod unwrap;
mod window;

use std::io::{self, Read};

use counts::Counts;
pub use counts::ReadStats;
pub use error::{Place, ReadError, Rest};
pub use kind::OtherKind;
pub use member::{Member, Members};
use scan::{Layout, Progress, Scan};
use table::Table;
use unwrap::Inside;
use window::Window;

/// The longest event that is read, in bytes as it is written. AWS cuts events at 256 KB, 1 MB where
/// a trail asks for it; white space may make it some times as long.
pub const MAX_EVENT_BYTES: usize = 8 << 20;

/// How many brackets may stand open, containers included. `serde_json` gives up at 128.
pub const MAX_DEPTH: usize = 120;

/// The most that one gzip input may unpack to.
pub const MAX_UNPACKED_BYTES: u64 = 4 << 30;

/// After how many errors without an event between them the rest of an input is not read.
pub const MAX_ERRORS_IN_A_ROW: u32 = 100;

/// How much of the first line of a text is looked at for what the text may be.
const MAX_TEXT_LINE: usize = 16 << 10;

/// How deep records are unwrapped: packed data hold log events, which hold an event.
const MAX_WRAPPERS: u8 = 3;

/// The JSON text of one event, and where it stood.
#[derive(Debug, Clone, Copy)]
pub struct RawEvent<'a> {
    /// The event as it is written.
    pub json: &'a str,
    /// The members at its top.
    pub members: Members<'a>,
    /// Where it starts in the (unpacked) input, or the record that it was in.
    pub place: Place,
    /// How many events came before it.
    pub index: u64,
}

/// Reads the events of one input one by one.
#[derive(Debug)]
pub struct EventReader<R> {
    window: Window<R>,
    /// The containers that are open, outermost first.
    open: Vec<Container>,
    scan: Scan,
    layout: Layout,
    state: State,
    counts: Counts,
    /// The table that the input is.
    table: Option<Table>,
    /// The record that is being unwrapped.
    inner: Option<Wrapped>,
    /// How many records this one is in.
    wrappers: u8,
    /// How much was unpacked from records in the input.
    unpacked_inside: u64,
}

/// A record with events in it.
#[derive(Debug)]
struct Wrapped {
    reader: Box<EventReader<io::Empty>>,
    place: Place,
    /// What the record is if what it holds is no event.
    otherwise: Option<OtherKind>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Container {
    /// An array of which no element was read yet.
    FreshArray,
    /// An array after an element.
    Array,
    /// An object after the array of events in it.
    Object,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Fresh,
    Reading,
    /// After a broken line: the next line that starts a value is looked for.
    Resync,
    /// After a line that is no value: the next one is read.
    NextLine,
    Finished,
}

enum Step {
    /// An object from a place on, in whole.
    Object(Place),
    /// The row at a place, as an event.
    Row(Place, String),
    Moved,
    End,
}

impl<R: Read> EventReader<R> {
    /// Starts at the beginning of an input.
    pub fn new(input: R) -> Self {
        Self::with(Window::new(input), 0)
    }

    /// The next event, or what is wrong with it; `None` at the end.
    ///
    /// After an error the reading goes on where it can: behind an event that is too large or no
    /// event at all, and at the next line of JSON Lines. Where it cannot, `None` comes next.
    pub fn next_event(&mut self) -> Option<Result<RawEvent<'_>, ReadError>> {
        let place = match self.find()? {
            Ok(place) => place,
            Err(error) => return Some(Err(self.count(error))),
        };
        let (text, scan) = match &self.inner {
            Some(inner) => inner.reader.current(),
            None => (self.window.text(), &self.scan),
        };
        let counts = &mut self.counts;
        Some(match std::str::from_utf8(text.unwrap_or_default()) {
            Ok(json) => Ok(RawEvent {
                json,
                members: scan.found.members(json),
                place,
                index: counts.event(),
            }),
            Err(_) => Err(counts.error(ReadError::NotUtf8 { place })),
        })
    }

    /// How many events were found so far.
    pub fn events(&self) -> u64 {
        self.counts.events
    }

    /// What became of the records so far.
    pub fn stats(&self) -> ReadStats {
        self.counts.stats(self.window.offset())
    }

    /// Says that the last event was none after all, as its members could not be read: it counts as
    /// an error like any other.
    pub fn reject(&mut self) {
        self.counts.reject();
    }

    /// Counts an error; the one that is too many takes its place and ends the reading.
    fn count(&mut self, error: ReadError) -> ReadError {
        let error = self.counts.error(error);
        if self.counts.errors_in_a_row < MAX_ERRORS_IN_A_ROW || self.state == State::Finished {
            return error;
        }
        self.given_up()
    }

    fn given_up(&mut self) -> ReadError {
        self.state = State::Finished;
        self.inner = None;
        ReadError::GivenUp {
            place: self.window.place(),
            errors: MAX_ERRORS_IN_A_ROW,
        }
    }

    /// Moves to the next event: that of the text in the window, or of the record in it.
    fn find(&mut self) -> Option<Result<Place, ReadError>> {
        if self.counts.errors_in_a_row >= MAX_ERRORS_IN_A_ROW && self.state != State::Finished {
            return Some(Err(self.given_up()));
        }
        loop {
            if let Some(found) = self.find_inside() {
                return Some(found);
            }
            if self.state == State::Finished {
                return None;
            }
            match self.step() {
                Ok(Step::Moved) => {}
                Ok(Step::End) => self.state = State::Finished,
                Ok(Step::Object(place)) => match self.judge(place) {
                    Ok(Inside::Itself) => return Some(Ok(place)),
                    Ok(Inside::Text(text, otherwise)) => {
                        self.unwrap(Window::over(text.into_bytes()), place, otherwise);
                    }
                    Ok(Inside::Packed(packed)) => {
                        let limit = MAX_UNPACKED_BYTES.saturating_sub(self.unpacked_inside);
                        self.unwrap(Window::unpacking(packed, limit), place, None);
                    }
                    Err(error) => return Some(Err(error)),
                },
                Ok(Step::Row(place, event)) => {
                    self.unwrap(Window::over(event.into_bytes()), place, None);
                }
                Err(error) => {
                    self.state = self.after(&error);
                    return Some(Err(self.told(error)));
                }
            }
        }
    }

    fn unwrap(&mut self, window: Window<io::Empty>, place: Place, otherwise: Option<OtherKind>) {
        self.inner = Some(Wrapped {
            reader: Box::new(EventReader::with(window, self.wrappers + 1)),
            place,
            otherwise,
        });
    }

    /// The next event of the record that is being unwrapped.
    fn find_inside(&mut self) -> Option<Result<Place, ReadError>> {
        let inner = self.inner.as_mut()?;
        let (place, otherwise) = (inner.place, inner.otherwise);
        match inner.reader.find_as_inner() {
            Some(Ok(_)) => Some(Ok(place)),
            Some(Err(error)) => Some(Err(error.inside(place, otherwise))),
            None => {
                if otherwise.is_none() {
                    self.unpacked_inside += inner.reader.window.offset();
                }
                self.inner = None;
                None
            }
        }
    }

    fn with(window: Window<R>, wrappers: u8) -> Self {
        Self {
            window,
            open: Vec::new(),
            scan: Scan::new(),
            layout: Layout::Free,
            state: State::Fresh,
            counts: Counts::default(),
            table: None,
            inner: None,
            wrappers,
            unpacked_inside: 0,
        }
    }

    /// What the object is that was just read: an event, or what holds one.
    fn judge(&mut self, place: Place) -> Result<Inside, ReadError> {
        let found = &self.scan.found;
        let Some(text) = self.window.text() else {
            return Err(match kind::of_marks(found.marks) {
                Some(kind) => ReadError::OtherKind { place, kind },
                None => ReadError::EventTooLarge {
                    place,
                    limit: MAX_EVENT_BYTES,
                },
            });
        };
        if found.is_event() {
            if let Some(kind) = kind::of_event(found, text) {
                return Err(ReadError::OtherKind { place, kind });
            }
            if let Some(member) = found.twice {
                return Err(ReadError::MemberTwice { place, member });
            }
            return Ok(Inside::Itself);
        }
        if std::str::from_utf8(text).is_err() {
            return Err(ReadError::NotUtf8 { place });
        }
        if self.wrappers < MAX_WRAPPERS
            && found.marks.has_any(&unwrap::MEMBERS)
            && let Some(inside) = unwrap::inside(text)
        {
            return inside.map_err(|kind| ReadError::OtherKind { place, kind });
        }
        Err(match kind::of_marks(found.marks) {
            Some(kind) => ReadError::OtherKind { place, kind },
            None => ReadError::NotAnEvent { place },
        })
    }

    /// Whether and how the reading goes on after an error in the structure.
    fn after(&self, error: &ReadError) -> State {
        let is_syntax = matches!(
            error,
            ReadError::NotJson { .. } | ReadError::Malformed { .. } | ReadError::LineEnds { .. }
        );
        // Nothing but text: one error says it, not one a line.
        let is_no_json = self.counts.events == 0 && matches!(error, ReadError::NotJson { .. });
        let is_row = matches!(
            error,
            ReadError::RowLength { .. }
                | ReadError::Cell { .. }
                | ReadError::EventTooLarge { .. }
                | ReadError::NotUtf8 { .. }
        );
        if matches!(error, ReadError::NotAnObject { .. }) || is_row {
            State::Reading
        } else if is_syntax && !is_no_json && self.open.is_empty() {
            // Of JSON Lines, each further line that is none is told; else the broken value goes on.
            if self.layout == Layout::Lines && !matches!(error, ReadError::LineEnds { .. }) {
                State::NextLine
            } else {
                State::Resync
            }
        } else {
            State::Finished
        }
    }

    /// The error with how far the reading came and whether it goes on, where that matters.
    fn told(&self, mut error: ReadError) -> ReadError {
        if let ReadError::TruncatedGzip { events, .. } | ReadError::CorruptGzip { events, .. } =
            &mut error
        {
            *events = self.counts.events;
        }
        if let ReadError::NotJson { rest, .. } | ReadError::Malformed { rest, .. } = &mut error
            && self.state != State::Finished
        {
            *rest = Rest::Read;
        }
        error
    }

    fn step(&mut self) -> Result<Step, ReadError> {
        self.window.let_go();
        if let Some(table) = &mut self.table {
            let row = table.next(&mut self.window);
            return Ok(row
                .transpose()?
                .map_or(Step::End, |(place, event)| Step::Row(place, event)));
        }
        if self.state == State::Resync {
            self.window.skip_to_line_that_opens()?;
            self.state = State::Reading;
        } else if self.state == State::NextLine {
            self.window.skip_line()?;
            self.state = State::Reading;
        }
        self.window.skip_space()?;
        let Some(next) = self.window.peek()? else {
            return match (self.open.is_empty(), self.state) {
                (true, State::Fresh) => Err(ReadError::Empty),
                (true, _) => Ok(Step::End),
                (false, _) => Err(self.ended_early()),
            };
        };
        match self.open.pop() {
            None => self.value(next),
            Some(Container::FreshArray | Container::Array) if next == b']' => {
                self.window.bump();
                Ok(Step::Moved)
            }
            Some(Container::FreshArray) => {
                self.open.push(Container::Array);
                self.value(next)
            }
            Some(Container::Array) if next == b',' => {
                self.open.push(Container::Array);
                self.window.bump();
                self.window.skip_space()?;
                match self.window.peek()? {
                    Some(next) => self.value(next),
                    None => Err(self.ended_early()),
                }
            }
            Some(Container::Object) if next == b'}' => {
                self.window.bump();
                Ok(Step::Moved)
            }
            Some(Container::Object) if next == b',' => {
                self.window.bump();
                self.rest_of_object()
            }
            Some(container) => {
                self.open.push(container);
                Err(self.malformed(next))
            }
        }
    }

    /// One value where an event may stand.
    fn value(&mut self, first: u8) -> Result<Step, ReadError> {
        let place = self.window.place();
        match first {
            b'[' => {
                self.enter()?;
                self.state = State::Reading;
                Ok(Step::Moved)
            }
            b'{' => {
                let found = self.object(place);
                let ends_on_its_line = self.window.place().line == place.line;
                if self.state == State::Fresh && found.is_ok() && ends_on_its_line {
                    // Were it a container, its events would stand on further lines, or on none.
                    self.layout = if self.open.is_empty() {
                        Layout::Lines
                    } else {
                        Layout::Free
                    };
                }
                self.state = State::Reading;
                found
            }
            _ if self.open.is_empty() => self.text(place, first),
            _ => {
                self.scan.begin(place.offset, self.open.len(), Layout::Free);
                self.follow()?;
                Err(ReadError::NotAnObject { place })
            }
        }
    }

    /// What stands where JSON should: a table, or none of what is read.
    fn text(&mut self, place: Place, first: u8) -> Result<Step, ReadError> {
        if self.state == State::Fresh {
            let line = self.window.line(MAX_TEXT_LINE)?;
            let line = String::from_utf8_lossy(line);
            if table::is_head(&line) {
                self.table = Some(Table::start(&mut self.window)?);
                self.state = State::Reading;
                return Ok(Step::Moved);
            }
            if let Some(kind) = kind::of_line(&line) {
                return Err(ReadError::OtherKind { place, kind });
            }
        }
        Err(not_json(place, first))
    }

    /// Enters the array that is next.
    fn enter(&mut self) -> Result<(), ReadError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(self.too_deep());
        }
        self.window.bump();
        self.open.push(Container::FreshArray);
        Ok(())
    }

    /// An object: whole, or up to the array of events in it.
    fn object(&mut self, place: Place) -> Result<Step, ReadError> {
        let layout = if self.open.is_empty() {
            self.layout
        } else {
            Layout::Free
        };
        self.window.hold();
        self.scan.begin(place.offset, self.open.len(), layout);
        match self.follow()? {
            Reached::End => Ok(Step::Object(place)),
            Reached::Events => self.events_inside(),
        }
    }

    /// The members of a container behind its events: skipped, unless one holds events again.
    fn rest_of_object(&mut self) -> Result<Step, ReadError> {
        let start = self.window.offset();
        self.scan.begin_members(start, self.open.len());
        match self.follow()? {
            Reached::End => Ok(Step::Moved),
            Reached::Events => self.events_inside(),
        }
    }

    fn events_inside(&mut self) -> Result<Step, ReadError> {
        self.window.let_go();
        self.open.push(Container::Object);
        self.enter()?;
        Ok(Step::Moved)
    }

    /// Follows the value that the scan began with.
    fn follow(&mut self) -> Result<Reached, ReadError> {
        loop {
            let progress = self.window.scan(&mut self.scan);
            let place = self.window.place();
            return match progress {
                Progress::Whole => Ok(Reached::End),
                Progress::Events => Ok(Reached::Events),
                Progress::More => {
                    if self.window.refill(self.scan.needs_from())? {
                        continue;
                    }
                    Err(self.ended_early())
                }
                Progress::TooDeep => Err(self.too_deep()),
                Progress::LineEnds => Err(ReadError::LineEnds { place }),
                Progress::Malformed => match self.window.peek()? {
                    Some(found) => Err(self.malformed(found)),
                    None => Err(self.ended_early()),
                },
            };
        }
    }

    fn too_deep(&self) -> ReadError {
        ReadError::TooDeep {
            place: self.window.place(),
            limit: MAX_DEPTH,
        }
    }

    fn ended_early(&self) -> ReadError {
        ReadError::EndedEarly {
            place: self.window.place(),
        }
    }

    fn malformed(&self, found: u8) -> ReadError {
        ReadError::Malformed {
            place: self.window.place(),
            found: char::from(found),
            rest: Rest::Lost,
        }
    }
}

impl EventReader<io::Empty> {
    /// Moves to the next event, counting errors as a reader of its own would.
    fn find_as_inner(&mut self) -> Option<Result<Place, ReadError>> {
        let found = self.find()?;
        Some(match found {
            Ok(place) => {
                self.counts.event();
                Ok(place)
            }
            Err(error) => Err(self.count(error)),
        })
    }

    /// The text of the event that was found last, and the scan that found it.
    fn current(&self) -> (Option<&[u8]>, &Scan) {
        match &self.inner {
            Some(inner) => inner.reader.current(),
            None => (self.window.text(), &self.scan),
        }
    }
}

/// Where following a value came to.
enum Reached {
    End,
    Events,
}

fn not_json(place: Place, found: u8) -> ReadError {
    if found.is_ascii_graphic() {
        ReadError::NotJson {
            place,
            found: char::from(found),
            rest: Rest::Lost,
        }
    } else {
        ReadError::Binary { place }
    }
}
