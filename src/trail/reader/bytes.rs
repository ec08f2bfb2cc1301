//! The bytes of an input, unpacked, with the position in them.

use std::{
    fmt,
    io::{Cursor, ErrorKind, Read},
};

use flate2::read::MultiGzDecoder;

use super::{MAX_UNPACKED_BYTES, Place, ReadError};

const CHUNK_BYTES: usize = 64 << 10;

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
}

/// A peekable stream of bytes.
pub(super) struct Bytes<R> {
    input: Input<R>,
    chunk: Vec<u8>,
    /// The bytes of the chunk before this were consumed.
    at: usize,
    /// How many bytes there were before the chunk.
    before_chunk: u64,
    line: u64,
    /// The offset at which the line starts.
    line_start: u64,
}

impl<R> fmt::Debug for Bytes<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bytes")
            .field("at", &self.offset())
            .finish_non_exhaustive()
    }
}

impl<R> Bytes<R> {
    fn offset(&self) -> u64 {
        self.before_chunk + self.at as u64
    }

    /// Where the next byte stands.
    pub(super) fn place(&self) -> Place {
        Place {
            line: self.line,
            column: self.offset() - self.line_start + 1,
        }
    }

    /// Moves over bytes of the chunk that hold no line end.
    pub(super) fn advance(&mut self, count: usize) {
        self.at += count;
    }

    /// Moves over the byte that was peeked.
    pub(super) fn bump(&mut self) -> Option<u8> {
        let byte = self.chunk.get(self.at).copied()?;
        self.at += 1;
        if byte == b'\n' {
            self.line += 1;
            self.line_start = self.offset();
        }
        Some(byte)
    }
}

impl<R: Read> Bytes<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input: Input::Fresh(Some(input)),
            chunk: Vec::new(),
            at: 0,
            before_chunk: 0,
            line: 1,
            line_start: 0,
        }
    }

    /// The next byte, which stays where it is; `None` at the end.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, ReadError> {
        if let Some(byte) = self.chunk.get(self.at) {
            return Ok(Some(*byte));
        }
        Ok(self.chunk()?.first().copied())
    }

    /// The bytes at hand, at least one unless the input has ended.
    pub(super) fn chunk(&mut self) -> Result<&[u8], ReadError> {
        if self.at >= self.chunk.len() {
            self.refill()?;
        }
        Ok(self.chunk.get(self.at..).unwrap_or_default())
    }

    pub(super) fn skip_space(&mut self) -> Result<(), ReadError> {
        loop {
            if self.chunk.get(self.at).is_some_and(|byte| *byte > b' ') {
                return Ok(());
            }
            let rest = self.chunk.get(self.at..).unwrap_or_default();
            let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r');
            self.at += rest.iter().take_while(|byte| is_space(byte)).count();
            match self.peek()? {
                Some(b'\n') => {
                    self.bump();
                }
                Some(b' ' | b'\t' | b'\r') => {}
                Some(_) | None => return Ok(()),
            }
        }
    }

    /// Moves to the first line, this one included if nothing of it was read, that starts with a
    /// bracket; else to the end.
    pub(super) fn skip_to_line_that_opens(&mut self) -> Result<(), ReadError> {
        loop {
            match self.peek()? {
                None => return Ok(()),
                Some(b'{' | b'[') if self.offset() == self.line_start => return Ok(()),
                Some(_) => {
                    self.bump();
                }
            }
        }
    }

    fn refill(&mut self) -> Result<(), ReadError> {
        self.before_chunk += self.chunk.len() as u64;
        self.at = 0;
        self.chunk.clear();
        if let Input::Fresh(input) = &mut self.input
            && let Some(input) = input.take()
        {
            self.input = detect(input)?;
        }
        self.chunk.resize(CHUNK_BYTES, 0);
        let read = match &mut self.input {
            Input::Fresh(_) => Ok(0),
            Input::Plain(plain) => read_some(plain, &mut self.chunk).map_err(ReadError::Io),
            Input::Gzip(gzip) => read_some(gzip, &mut self.chunk).map_err(gzip_error),
        };
        self.chunk.truncate(*read.as_ref().unwrap_or(&0));
        read?;
        let unpacked = self.before_chunk + self.chunk.len() as u64;
        if matches!(self.input, Input::Gzip(_)) && unpacked > MAX_UNPACKED_BYTES {
            self.chunk.clear();
            return Err(ReadError::UnpacksTooLarge {
                limit: MAX_UNPACKED_BYTES,
            });
        }
        if self.before_chunk == 0 && UTF16_MARKS.iter().any(|mark| self.chunk.starts_with(mark)) {
            self.chunk.clear();
            return Err(ReadError::Utf16);
        }
        if self.before_chunk == 0 && self.chunk.starts_with(&BYTE_ORDER_MARK) {
            self.at = BYTE_ORDER_MARK.len();
            self.line_start = self.at as u64;
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
fn read_some(input: &mut impl Read, chunk: &mut [u8]) -> std::io::Result<usize> {
    let mut length = 0;
    while length < BYTE_ORDER_MARK.len() {
        match input.read(chunk.get_mut(length..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "error kinds are open-ended")]
fn gzip_error(error: std::io::Error) -> ReadError {
    match error.kind() {
        ErrorKind::UnexpectedEof => ReadError::TruncatedGzip,
        ErrorKind::InvalidData | ErrorKind::InvalidInput => ReadError::CorruptGzip,
        _ => ReadError::Io(error),
    }
}
