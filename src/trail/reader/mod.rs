//! Bytes to the JSON text of one event at a time.
//!
//! Takes everything that events are kept in: a bare event, arrays, JSON Lines, the
//! `{"Records": [...]}` of a trail's files, the output of `lookup-events`, what `CloudWatch` Logs
//! and `EventBridge` hand on; each plain or gzip. The container is never held: memory is bounded by
//! one event, so that neither a large file nor a gzip bomb fills it.
//!
//! The structure of the JSON is checked here, the events themselves are parsed by
//! [`Event`](super::Event).
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html>

mod bytes;
mod error;
#[cfg(test)]
mod tests;
mod unwrap;

use std::io::Read;

use bytes::Bytes;
pub use error::{Place, ReadError};

/// The longest event that is read, in bytes without the white space between its tokens. AWS cuts
/// events at 256 KB, 1 MB where a trail asks for it.
pub const MAX_EVENT_BYTES: usize = 4 << 20;

/// How many brackets may stand open, containers included. `serde_json` gives up at 128.
pub const MAX_DEPTH: usize = 120;

/// The most that one gzip input may unpack to.
pub const MAX_UNPACKED_BYTES: u64 = 4 << 30;

/// After how many errors without an event between them the rest of an input is not read.
pub const MAX_ERRORS_IN_A_ROW: u32 = 100;

/// The JSON text of one event, and where it stood.
#[derive(Debug, Clone, Copy)]
pub struct RawEvent<'a> {
    /// The event, without the white space between its tokens.
    pub json: &'a str,
    /// Where it starts in the (unpacked) input.
    pub place: Place,
    /// How many events came before it.
    pub index: u64,
}

/// Reads the events of one input one by one.
#[derive(Debug)]
pub struct EventReader<R> {
    bytes: Bytes<R>,
    /// The containers that are open, outermost first.
    open: Vec<Container>,
    /// The text of the object that is being read, as far as it is wanted.
    text: Vec<u8>,
    copy: Copy,
    layout: Layout,
    unwrapped: String,
    events: u64,
    errors_in_a_row: u32,
    /// How many there were before the last event.
    errors_before: u32,
    state: State,
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

/// How the values of an input stand in its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// A value may go over several lines.
    Free,
    /// JSON Lines: the first object had a line for itself, so a line that ends in the middle of
    /// another was cut off, and the next line is not a part of it.
    Lines,
}

/// What happens to the bytes that are scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Copy {
    Keep,
    Drop,
    /// They were to be kept and are more than an event may have.
    Overflow,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Fresh,
    Reading,
    /// After a broken line: the next line that starts a value is looked for.
    Resync,
    Finished,
}

/// The members of an object that tell what it is.
#[derive(Debug, Default, Clone, Copy)]
struct Marks {
    event: Presence,
    policy: Presence,
    digest: Presence,
    envelope: Presence,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Presence {
    #[default]
    Missing,
    Seen,
}

enum Step {
    Object(Place, Marks),
    Moved,
    End,
}

impl<R: Read> EventReader<R> {
    /// Starts at the beginning of an input.
    pub fn new(input: R) -> Self {
        Self {
            bytes: Bytes::new(input),
            open: Vec::new(),
            text: Vec::new(),
            copy: Copy::Drop,
            layout: Layout::Free,
            unwrapped: String::new(),
            events: 0,
            errors_in_a_row: 0,
            errors_before: 0,
            state: State::Fresh,
        }
    }

    /// The next event, or what is wrong with it; `None` at the end.
    ///
    /// After an error the reading goes on where it can: behind an event that is too large or no
    /// event at all, and at the next line of JSON Lines. Where it cannot, `None` comes next.
    pub fn next_event(&mut self) -> Option<Result<RawEvent<'_>, ReadError>> {
        if self.errors_in_a_row >= MAX_ERRORS_IN_A_ROW && self.state != State::Finished {
            return Some(Err(self.given_up()));
        }
        let found = loop {
            if self.state == State::Finished {
                return None;
            }
            match self.step() {
                Ok(Step::Moved) => {}
                Ok(Step::End) => self.state = State::Finished,
                Ok(Step::Object(place, marks)) => match self.judge(place, marks) {
                    Ok(()) => break Ok(place),
                    Err(error) => break Err(error),
                },
                Err(error) => {
                    self.state = self.after(&error);
                    break Err(error);
                }
            }
        };
        Some(match found {
            Ok(place) => Ok(self.deliver(place)),
            Err(error) => Err(self.count(error)),
        })
    }

    /// How many events were found so far.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Says that the last event was none after all, as its members could not be read: it counts as
    /// an error like any other.
    pub fn reject(&mut self) {
        self.events -= 1;
        self.errors_in_a_row = self.errors_before + 1;
    }

    /// Counts an error; the one that is too many takes its place and ends the reading.
    fn count(&mut self, error: ReadError) -> ReadError {
        self.errors_in_a_row += 1;
        if self.errors_in_a_row < MAX_ERRORS_IN_A_ROW || self.state == State::Finished {
            return error;
        }
        self.given_up()
    }

    fn given_up(&mut self) -> ReadError {
        self.state = State::Finished;
        ReadError::GivenUp {
            place: self.bytes.place(),
            errors: MAX_ERRORS_IN_A_ROW,
        }
    }

    fn deliver(&mut self, place: Place) -> RawEvent<'_> {
        let index = self.events;
        self.events += 1;
        self.errors_before = self.errors_in_a_row;
        self.errors_in_a_row = 0;
        let json = if self.unwrapped.is_empty() {
            // `judge` has looked.
            std::str::from_utf8(&self.text).unwrap_or_default()
        } else {
            &self.unwrapped
        };
        RawEvent { json, place, index }
    }

    /// Whether the object that was just read is an event, unwrapping it where it holds one.
    fn judge(&mut self, place: Place, marks: Marks) -> Result<(), ReadError> {
        self.unwrapped.clear();
        if self.copy == Copy::Overflow {
            return Err(ReadError::EventTooLarge {
                place,
                limit: MAX_EVENT_BYTES,
            });
        }
        if std::str::from_utf8(&self.text).is_err() {
            return Err(ReadError::NotUtf8 { place });
        }
        if marks.event == Presence::Seen {
            return Ok(());
        }
        if marks.envelope == Presence::Seen
            && let Some(inner) = unwrap::event_inside(&self.text)
        {
            self.unwrapped = inner;
            return Ok(());
        }
        Err(if marks.policy == Presence::Seen {
            ReadError::Policy { place }
        } else if marks.digest == Presence::Seen {
            ReadError::Digest { place }
        } else {
            ReadError::NotAnEvent { place }
        })
    }

    /// Whether and how the reading goes on after an error in the structure.
    fn after(&self, error: &ReadError) -> State {
        let is_syntax = matches!(
            error,
            ReadError::NotJson { .. } | ReadError::Malformed { .. } | ReadError::LineEnds { .. }
        );
        // Nothing but text: one error says it, not one a line.
        let is_no_json = self.events == 0 && matches!(error, ReadError::NotJson { .. });
        if matches!(error, ReadError::NotAnObject { .. }) {
            State::Reading
        } else if is_syntax && !is_no_json && self.open.is_empty() {
            State::Resync
        } else {
            State::Finished
        }
    }

    fn step(&mut self) -> Result<Step, ReadError> {
        if self.state == State::Resync {
            self.bytes.skip_to_line_that_opens()?;
            self.state = State::Reading;
        }
        self.bytes.skip_space()?;
        let Some(next) = self.bytes.peek()? else {
            return match (self.open.is_empty(), self.state) {
                (true, State::Fresh) => Err(ReadError::Empty),
                (true, _) => Ok(Step::End),
                (false, _) => Err(self.ended_early()),
            };
        };
        match self.open.pop() {
            None => self.value(next),
            Some(Container::FreshArray | Container::Array) if next == b']' => {
                self.bytes.bump();
                Ok(Step::Moved)
            }
            Some(Container::FreshArray) => {
                self.open.push(Container::Array);
                self.value(next)
            }
            Some(Container::Array) if next == b',' => {
                self.open.push(Container::Array);
                self.bytes.bump();
                self.bytes.skip_space()?;
                let next = self.required()?;
                self.value(next)
            }
            Some(Container::Object) if next == b'}' => {
                self.bytes.bump();
                Ok(Step::Moved)
            }
            Some(Container::Object) if next == b',' => {
                self.open.push(Container::Object);
                self.bytes.bump();
                self.member_after_events()?;
                Ok(Step::Moved)
            }
            Some(container) => {
                self.open.push(container);
                Err(self.malformed(next))
            }
        }
    }

    /// One value where an event may stand.
    fn value(&mut self, first: u8) -> Result<Step, ReadError> {
        let place = self.bytes.place();
        match first {
            b'[' => {
                self.enter(Container::FreshArray)?;
                self.state = State::Reading;
                Ok(Step::Moved)
            }
            b'{' => {
                let found = self.object(place);
                let ends_on_its_line = self.bytes.place().line == place.line;
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
            _ if self.open.is_empty() => Err(not_json(place, first)),
            _ => {
                self.copy = Copy::Drop;
                self.any_value()?;
                Err(ReadError::NotAnObject { place })
            }
        }
    }

    fn enter(&mut self, container: Container) -> Result<(), ReadError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(ReadError::TooDeep {
                place: self.bytes.place(),
                limit: MAX_DEPTH,
            });
        }
        self.bytes.bump();
        self.open.push(container);
        Ok(())
    }

    /// An object: whole, or up to the array of events in it.
    fn object(&mut self, place: Place) -> Result<Step, ReadError> {
        self.text.clear();
        self.copy = Copy::Keep;
        let mut marks = Marks::default();
        self.take();
        self.skip_space()?;
        if self.required()? == b'}' {
            self.take();
            return Ok(Step::Object(place, marks));
        }
        loop {
            let key = self.key()?;
            if key == Key::Events && marks.event == Presence::Missing && self.required()? == b'[' {
                self.open.push(Container::Object);
                self.enter(Container::FreshArray)?;
                return Ok(Step::Moved);
            }
            marks.see(key);
            self.any_value()?;
            self.skip_space()?;
            match self.required()? {
                b',' => self.take(),
                b'}' => {
                    self.take();
                    return Ok(Step::Object(place, marks));
                }
                other => return Err(self.malformed(other)),
            }
        }
    }

    /// A member of a container object behind the events: skipped, unless it holds events again.
    fn member_after_events(&mut self) -> Result<(), ReadError> {
        self.text.clear();
        self.copy = Copy::Keep;
        if self.key()? == Key::Events && self.required()? == b'[' {
            return self.enter(Container::FreshArray);
        }
        self.copy = Copy::Drop;
        self.any_value()
    }

    /// A member's name and its colon, up to the value.
    fn key(&mut self) -> Result<Key, ReadError> {
        self.skip_space()?;
        match self.required()? {
            b'"' => {}
            other => return Err(self.malformed(other)),
        }
        let start = self.text.len();
        self.string()?;
        let key = Key::of(self.text.get(start..).unwrap_or_default());
        self.skip_space()?;
        match self.required()? {
            b':' => self.take(),
            other => return Err(self.malformed(other)),
        }
        self.skip_space()?;
        Ok(key)
    }

    /// Any JSON value; its nesting is a stack of bits, so that no input overflows anything.
    fn any_value(&mut self) -> Result<(), ReadError> {
        // The lowest bit is the innermost bracket: 1 for an object, 0 for an array.
        let (mut nesting, mut depth) = (0_u128, 0_usize);
        loop {
            self.skip_space()?;
            match self.required()? {
                b'"' => self.string()?,
                opening @ (b'{' | b'[') => {
                    if depth + self.open.len() + 1 >= MAX_DEPTH {
                        return Err(ReadError::TooDeep {
                            place: self.bytes.place(),
                            limit: MAX_DEPTH,
                        });
                    }
                    self.take();
                    self.skip_space()?;
                    let is_object = opening == b'{';
                    if self.required()? == if is_object { b'}' } else { b']' } {
                        self.take();
                    } else {
                        nesting = nesting << 1 | u128::from(is_object);
                        depth += 1;
                        if is_object {
                            self.key()?;
                        }
                        continue;
                    }
                }
                first @ (b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => self.word(first)?,
                other => return Err(self.malformed(other)),
            }
            loop {
                if depth == 0 {
                    return Ok(());
                }
                self.skip_space()?;
                match (self.required()?, nesting & 1) {
                    (b',', is_object) => {
                        self.take();
                        if is_object == 1 {
                            self.key()?;
                        }
                        break;
                    }
                    (b'}', 1) | (b']', 0) => {
                        self.take();
                        nesting >>= 1;
                        depth -= 1;
                    }
                    (other, _) => return Err(self.malformed(other)),
                }
            }
        }
    }

    /// A string from quote to quote.
    fn string(&mut self) -> Result<(), ReadError> {
        self.take();
        loop {
            let chunk = self.bytes.chunk()?;
            let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
            let plain = chunk.iter().position(is_special).unwrap_or(chunk.len());
            self.copy
                .copy(chunk.get(..plain).unwrap_or_default(), &mut self.text);
            self.bytes.advance(plain);
            match self.required()? {
                b'"' => {
                    self.take();
                    return Ok(());
                }
                b'\\' => {
                    self.take();
                    match self.required()? {
                        control @ 0..=0x1f => return Err(self.malformed(control)),
                        _ => self.take(),
                    }
                }
                // JSON has no raw line ends in strings: a line was cut off here.
                control @ 0..=0x1f => return Err(self.malformed(control)),
                _ => {}
            }
        }
    }

    /// A number or a literal; whether it is a right number is seen when the event is parsed.
    fn word(&mut self, first: u8) -> Result<(), ReadError> {
        let place = self.bytes.place();
        let literals: [&[u8]; 3] = [b"true", b"false", b"null"];
        let literal = literals
            .iter()
            .find(|literal| literal.first() == Some(&first));
        let mut length = 0;
        while let Some(byte @ (b'-' | b'+' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'E')) =
            self.bytes.peek()?
        {
            if literal.is_some_and(|literal| literal.get(length) != Some(&byte)) {
                return Err(self.malformed(byte));
            }
            length += 1;
            self.take();
        }
        if literal.is_some_and(|literal| literal.len() != length) {
            return Err(ReadError::Malformed {
                place,
                found: char::from(first),
            });
        }
        Ok(())
    }

    /// Passes over the white space in an object.
    fn skip_space(&mut self) -> Result<(), ReadError> {
        let place = self.bytes.place();
        self.bytes.skip_space()?;
        let crossed = self.bytes.place().line != place.line;
        if crossed && self.layout == Layout::Lines && self.open.is_empty() {
            return Err(ReadError::LineEnds { place });
        }
        Ok(())
    }

    /// The next byte, where the input must not end.
    fn required(&mut self) -> Result<u8, ReadError> {
        match self.bytes.peek()? {
            Some(byte) => Ok(byte),
            None => Err(self.ended_early()),
        }
    }

    /// Moves over the byte that was peeked, copying it where the text is wanted.
    fn take(&mut self) {
        if let Some(byte) = self.bytes.bump() {
            self.copy.copy(&[byte], &mut self.text);
        }
    }

    fn ended_early(&self) -> ReadError {
        ReadError::EndedEarly {
            place: self.bytes.place(),
        }
    }

    fn malformed(&self, found: u8) -> ReadError {
        ReadError::Malformed {
            place: self.bytes.place(),
            found: char::from(found),
        }
    }
}

impl Copy {
    fn copy(&mut self, bytes: &[u8], text: &mut Vec<u8>) {
        if *self != Self::Keep {
            return;
        }
        if text.len() + bytes.len() > MAX_EVENT_BYTES {
            *self = Self::Overflow;
        } else {
            text.extend_from_slice(bytes);
        }
    }
}

/// What the name of a member of an object says about the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    /// Its array holds events.
    Events,
    /// It is a member of events.
    OfEvent,
    /// It is a member of IAM policies.
    OfPolicy,
    /// It is a member of the digest files that stand beside a trail's log files.
    OfDigest,
    /// Its value may be an event.
    Envelope,
    Other,
}

impl Key {
    /// Reads a name with its quotes.
    fn of(quoted: &[u8]) -> Self {
        match quoted {
            br#""Records""# | br#""Events""# | br#""events""# | br#""logEvents""# => Self::Events,
            br#""eventName""#
            | br#""eventSource""#
            | br#""eventVersion""#
            | br#""eventType""#
            | br#""userIdentity""#
            | br#""insightDetails""# => Self::OfEvent,
            br#""Statement""# => Self::OfPolicy,
            br#""logFiles""# | br#""digestS3Bucket""# => Self::OfDigest,
            br#""CloudTrailEvent""# | br#""detail""# | br#""message""# => Self::Envelope,
            _ => Self::Other,
        }
    }
}

impl Marks {
    fn see(&mut self, key: Key) {
        match key {
            Key::OfEvent => self.event = Presence::Seen,
            Key::OfPolicy => self.policy = Presence::Seen,
            Key::OfDigest => self.digest = Presence::Seen,
            Key::Envelope => self.envelope = Presence::Seen,
            Key::Events | Key::Other => {}
        }
    }
}

fn not_json(place: Place, found: u8) -> ReadError {
    if found.is_ascii_graphic() {
        ReadError::NotJson {
            place,
            found: char::from(found),
        }
    } else {
        ReadError::Binary { place }
    }
}
