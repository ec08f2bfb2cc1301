//! The bytes of an input, unpacked: a window that moves over them.

use std::{
    fmt,
    io::{Cursor, Empty, ErrorKind, Read},
};

use flate2::read::MultiGzDecoder;

use super::{
    MAX_EVENT_BYTES, MAX_UNPACKED_BYTES, Place, ReadError,
    scan::{Progress, Scan, Stretch},
};

/// How much is read at once: what is unpacked should still be in the processor's cache when it is
/// scanned.
const CHUNK_BYTES: usize = 256 << 10;

/// With less room than this behind the bytes, they are moved to the start of the buffer.
const LEAST_ROOM: usize = CHUNK_BYTES / 2;

/// The two bytes that every gzip member starts with (RFC 1952, 2.3.1).
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// What texts in UTF-16 start with, of either order of bytes.
const UTF16_MARKS: [[u8; 2]; 2] = [[0xff, 0xfe], [0xfe, 0xff]];

const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

type Rejoined<R> = std::io::Chain<Cursor<Vec<u8>>, R>;

enum Input<R> {
    /// Not looked at yet; `None` only while it is being looked at.
    Fresh(Option<R>),
    Plain(Rejoined<R>),
    Gzip(Box<MultiGzDecoder<Rejoined<R>>>),
    /// All of it is in the buffer.
    Ended,
}

/// A part of an input, with the position in it.
pub(super) struct Window<R> {
    input: Input<R>,
    buffer: Vec<u8>,
    /// The bytes of the buffer before this are of the input.
    filled: usize,
    /// The bytes of the buffer before this were consumed.
    at: usize,
    /// The bytes from here on are held, consumed or not.
    held: Option<usize>,
    /// How many bytes there were before the buffer.
    before: u64,
    line: u64,
    /// The offset at which the line starts.
    line_start: u64,
    /// How much may be unpacked.
    limit: u64,
}

impl<R> fmt::Debug for Window<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Window")
            .field("at", &self.offset())
            .finish_non_exhaustive()
    }
}

impl<R> Window<R> {
    pub(super) fn new(input: R) -> Self {
        Self::of(Input::Fresh(Some(input)), Vec::new())
    }

    /// A window over a text as a whole.
    pub(super) fn over(text: Vec<u8>) -> Self {
        Self::of(Input::Ended, text)
    }

    fn of(input: Input<R>, buffer: Vec<u8>) -> Self {
        Self {
            input,
            filled: buffer.len(),
            buffer,
            at: 0,
            held: None,
            before: 0,
            line: 1,
            line_start: 0,
            limit: MAX_UNPACKED_BYTES,
        }
    }

    /// How many bytes were consumed.
    pub(super) fn offset(&self) -> u64 {
        self.before + self.at as u64
    }

    /// Where the next byte stands.
    pub(super) fn place(&self) -> Place {
        Place {
            line: self.line,
            column: self.offset() - self.line_start + 1,
            offset: self.offset(),
        }
    }

    /// The size of the buffer.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.buffer.capacity()
    }

    /// Holds the bytes from here on.
    pub(super) fn hold(&mut self) {
        self.held = Some(self.at);
    }

    /// The bytes that were consumed since they are held; `None` where they were too many.
    pub(super) fn text(&self) -> Option<&[u8]> {
        let text = self.buffer.get(self.held?..self.at)?;
        (text.len() <= MAX_EVENT_BYTES).then_some(text)
    }

    /// Holds nothing but what is ahead.
    pub(super) fn let_go(&mut self) {
        self.held = None;
    }

    /// The bytes at hand.
    pub(super) fn rest(&self) -> &[u8] {
        self.buffer.get(self.at..self.filled).unwrap_or_default()
    }

    /// Moves over the byte that was peeked.
    pub(super) fn bump(&mut self) {
        if self.rest().first() == Some(&b'\n') {
            self.next_line(self.at);
        }
        self.at = self.filled.min(self.at + 1);
    }

    /// Moves over some of the bytes at hand.
    pub(super) fn pass(&mut self, count: usize) {
        let passed = self.rest().get(..count).unwrap_or_default();
        let lines = memchr::memchr_iter(b'\n', passed).count();
        if let Some(last) = memchr::memrchr(b'\n', passed) {
            self.line += lines as u64 - 1;
            self.next_line(self.at + last);
        }
        self.at += count;
    }

    fn next_line(&mut self, line_end: usize) {
        self.line += 1;
        self.line_start = self.before + line_end as u64 + 1;
    }

    /// Takes a scan on through the bytes at hand.
    pub(super) fn scan(&mut self, scan: &mut Scan) -> Progress {
        let stretch = Stretch {
            bytes: self.buffer.get(..self.filled).unwrap_or_default(),
            before: self.before,
        };
        let lines = scan.lines;
        let progress = scan.advance(&stretch, &mut self.at);
        if scan.lines > lines {
            self.line += scan.lines - lines;
            self.line_start = scan.line_start;
        }
        progress
    }
}

impl Window<Empty> {
    /// A window over packed bytes, of which no more than the limit is unpacked.
    pub(super) fn unpacking(packed: Vec<u8>, limit: u64) -> Self {
        let packed = Cursor::new(packed).chain(std::io::empty());
        let input = Input::Gzip(Box::new(MultiGzDecoder::new(packed)));
        Self {
            limit,
            ..Self::of(input, Vec::new())
        }
    }
}

impl<R: Read> Window<R> {
    /// The next byte, which stays where it is; `None` at the end.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, ReadError> {
        while self.at >= self.filled {
            if !self.refill(None)? {
                return Ok(None);
            }
        }
        Ok(self.buffer.get(self.at).copied())
    }

    pub(super) fn skip_space(&mut self) -> Result<(), ReadError> {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.peek()? {
            self.bump();
        }
        Ok(())
    }

    /// The bytes ahead up to the line end, or as many as the limit.
    pub(super) fn line(&mut self, limit: usize) -> Result<&[u8], ReadError> {
        let length = loop {
            if let Some(length) = memchr::memchr(b'\n', self.rest()) {
                break length;
            }
            if self.rest().len() >= limit || !self.refill(None)? {
                break self.rest().len();
            }
        };
        Ok(self.rest().get(..length.min(limit)).unwrap_or_default())
    }

    /// Moves to the start of the next line, or to the end.
    pub(super) fn skip_line(&mut self) -> Result<(), ReadError> {
        while self.peek()?.is_some() {
            match memchr::memchr(b'\n', self.rest()) {
                Some(length) => {
                    self.at += length;
                    self.bump();
                    return Ok(());
                }
                None => self.at = self.filled,
            }
        }
        Ok(())
    }

    /// Moves to the first line, this one included if nothing of it was read, that starts with a
    /// bracket; else to the end.
    pub(super) fn skip_to_line_that_opens(&mut self) -> Result<(), ReadError> {
        if self.offset() != self.line_start {
            self.skip_line()?;
        }
        while !matches!(self.peek()?, None | Some(b'{' | b'[')) {
            self.skip_line()?;
        }
        Ok(())
    }

    /// Brings further bytes, and lets go of those that are neither held nor ahead; false at the end.
    ///
    /// A text that is held and too long is let go of as well, up to the offset that is needed still.
    pub(super) fn refill(&mut self, needed: Option<u64>) -> Result<bool, ReadError> {
        if self.at - self.held.unwrap_or(self.at) > MAX_EVENT_BYTES {
            self.held = None;
        }
        let needed = needed
            .and_then(|offset| usize::try_from(offset.checked_sub(self.before)?).ok())
            .filter(|start| self.at - start.min(&self.at) <= MAX_EVENT_BYTES);
        if let Input::Fresh(input) = &mut self.input
            && let Some(input) = input.take()
        {
            self.input = detect(input)?;
        }
        let is_start = self.filled == 0 && self.before == 0;
        self.make_room(self.held.or(needed).unwrap_or(self.at));
        let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
        let read = match &mut self.input {
            Input::Fresh(_) | Input::Ended => Ok(0),
            Input::Plain(plain) => read_some(plain, room).map_err(ReadError::Io),
            Input::Gzip(gzip) => read_some(gzip, room).map_err(|error| {
                let bytes = self.before + self.filled as u64;
                gzip_error(error, bytes)
            }),
        }?;
        self.filled += read;
        let unpacked = self.before + self.filled as u64;
        if matches!(self.input, Input::Gzip(_)) && unpacked > self.limit {
            return Err(ReadError::UnpacksTooLarge {
                limit: MAX_UNPACKED_BYTES,
            });
        }
        if is_start {
            self.skip_mark()?;
        }
        Ok(read > 0)
    }

    /// Makes room behind the bytes, of which those before `start` are let go of.
    fn make_room(&mut self, start: usize) {
        if start == self.filled || self.buffer.len() - self.filled < LEAST_ROOM {
            self.buffer.copy_within(start..self.filled, 0);
            self.before += start as u64;
            self.filled -= start;
            self.at -= start;
            self.held = self.held.map(|_| 0);
        }
        if self.buffer.len() - self.filled < LEAST_ROOM && !matches!(self.input, Input::Ended) {
            let length = CHUNK_BYTES.max(self.buffer.len() * 2);
            self.buffer.resize(length, 0);
        }
    }

    /// Passes over what an encoding puts before a text.
    fn skip_mark(&mut self) -> Result<(), ReadError> {
        let start = self.rest();
        if UTF16_MARKS.iter().any(|mark| start.starts_with(mark)) {
            self.at = self.filled;
            return Err(ReadError::Utf16);
        }
        if start.starts_with(&BYTE_ORDER_MARK) {
            self.at += BYTE_ORDER_MARK.len();
            self.line_start = self.offset();
        }
        Ok(())
    }
}

/// Looks at the first bytes of an input for those of gzip.
fn detect<R: Read>(mut input: R) -> Result<Input<R>, ReadError> {
    let mut start = Vec::with_capacity(GZIP_MAGIC.len());
    input
        .by_ref()
        .take(GZIP_MAGIC.len() as u64)
        .read_to_end(&mut start)
        .map_err(ReadError::Io)?;
    let is_gzip = start == GZIP_MAGIC;
    let rejoined = Cursor::new(start).chain(input);
    Ok(if is_gzip {
        Input::Gzip(Box::new(MultiGzDecoder::new(rejoined)))
    } else {
        Input::Plain(rejoined)
    })
}

/// Reads until there are a few bytes (a byte order mark must not be torn) or the input ends.
fn read_some(input: &mut impl Read, room: &mut [u8]) -> std::io::Result<usize> {
    let mut length = 0;
    while length < BYTE_ORDER_MARK.len() {
        match input.read(room.get_mut(length..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) if length > 0 => break,
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "error kinds are open-ended")]
fn gzip_error(error: std::io::Error, bytes: u64) -> ReadError {
    // The reader knows how many events there were.
    let events = 0;
    match error.kind() {
        ErrorKind::UnexpectedEof => ReadError::TruncatedGzip { events, bytes },
        ErrorKind::InvalidData | ErrorKind::InvalidInput => {
            ReadError::CorruptGzip { events, bytes }
        }
        _ => ReadError::Io(error),
    }
}
