//! Where a message starts and ends in a stream: a header that tells how long its body is.
//!
//! <https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#headerPart>

use crate::source::{MAX_POLICY_BYTES, load};
use miette::Diagnostic;
use std::io::{self, BufRead, Read as _};

/// The most bytes of a message: a policy of the largest size fits, each byte as an escape.
const MOST_BODY_BYTES: u64 = 8 * MAX_POLICY_BYTES as u64;

/// The most bytes of a line of a header.
const MOST_LINE_BYTES: u64 = 8 * 1024;

/// The most lines of a header.
const MOST_LINES: usize = 32;

/// What stands next in a stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// A message.
    Body(Vec<u8>),
    /// A message of so many bytes that nobody needs it; it was passed over.
    TooLarge(u64),
    /// Nothing.
    End,
}

/// A stream in which no further message can be found.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub(super) enum FrameError {
    /// A line of a header is none.
    #[error("standard input has no message of the language server protocol: {0}")]
    #[diagnostic(help("`iamsim server` is started by an editor; docs/editors.md says how"))]
    Header(&'static str),
    /// The stream ends in the middle of a message.
    #[error("standard input ends in the middle of a message")]
    #[diagnostic(help("the editor ended or lost its connection"))]
    CutOff,
    /// The operating system refused.
    #[error("cannot read standard input: {0}")]
    Unreadable(String),
}

impl From<io::Error> for FrameError {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(load::reason(&error))
    }
}

/// Reads the next message.
pub(super) fn read(input: &mut impl BufRead) -> Result<Frame, FrameError> {
    let mut length = None;
    for place in 0..MOST_LINES {
        let Some(line) = line(input)? else {
            return if place == 0 {
                Ok(Frame::End)
            } else {
                Err(FrameError::CutOff)
            };
        };
        if line.is_empty() {
            let length = length.ok_or(FrameError::Header("a header without `Content-Length`"))?;
            return body(input, length);
        }
        let (name, value) = line
            .split_once(':')
            .ok_or(FrameError::Header("a line of a header without a colon"))?;
        if name.trim().eq_ignore_ascii_case("Content-Length") {
            let number = value.trim().parse();
            length = Some(number.map_err(|_| FrameError::Header("a length that is no number"))?);
        }
    }
    Err(FrameError::Header("a header that does not end"))
}

/// The next line without its break; `None` at the end of the stream.
fn line(input: &mut impl BufRead) -> Result<Option<String>, FrameError> {
    let mut bytes = Vec::new();
    input.take(MOST_LINE_BYTES).read_until(b'\n', &mut bytes)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    if bytes.pop() != Some(b'\n') {
        return Err(if bytes.len() as u64 + 1 < MOST_LINE_BYTES {
            FrameError::CutOff
        } else {
            FrameError::Header("a line of a header that does not end")
        });
    }
    if bytes.last() == Some(&b'\r') {
        bytes.pop();
    }
    let line = String::from_utf8(bytes);
    line.map(Some)
        .map_err(|_| FrameError::Header("a header that is no text"))
}

fn body(input: &mut impl BufRead, length: u64) -> Result<Frame, FrameError> {
    let mut rest = input.take(length);
    if length > MOST_BODY_BYTES {
        let passed = io::copy(&mut rest, &mut io::sink())?;
        return if passed == length {
            Ok(Frame::TooLarge(length))
        } else {
            Err(FrameError::CutOff)
        };
    }
    // It grows with what comes, not with what a header promises.
    let mut bytes = Vec::new();
    rest.read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length {
        Ok(Frame::Body(bytes))
    } else {
        Err(FrameError::CutOff)
    }
}

/// A body with its header.
pub(super) fn framed(body: &str) -> String {
    format!("Content-Length: {}\r\n\r\n{body}", body.len())
}

#[cfg(test)]
mod tests {
    use super::{Frame, FrameError, MOST_BODY_BYTES, framed, read};

    #[test]
    fn messages_are_read_one_after_the_other() {
        let text = format!("{}content-length:2\nX: y\n\nab", framed("é"));
        let mut input = text.as_bytes();
        assert_eq!(read(&mut input).unwrap(), Frame::Body("é".into()));
        assert_eq!(read(&mut input).unwrap(), Frame::Body(b"ab".to_vec()));
        assert_eq!(read(&mut input).unwrap(), Frame::End);
    }

    #[test]
    fn what_is_no_message_ends_the_reading() {
        for text in [
            "hello\r\n\r\n".to_owned(),
            "\r\n".to_owned(),
            "Content-Length: -1\r\n\r\n".to_owned(),
            "Content-Length: 99999999999999999999999\r\n\r\n".to_owned(),
            "x".repeat(100_000),
            "x: y\r\n".repeat(100_000),
        ] {
            let wrong = read(&mut text.as_bytes()).unwrap_err();
            assert!(matches!(wrong, FrameError::Header(_)), "{wrong}");
        }
        for text in [
            "Content-Length: 5",
            "Content-Length: 5\r\n",
            "Content-Length: 5\r\n\r\nab",
            "Content-Length: 18446744073709551615\r\n\r\nab",
        ] {
            let wrong = read(&mut text.as_bytes()).unwrap_err();
            assert!(matches!(wrong, FrameError::CutOff), "{wrong}");
        }
    }

    #[test]
    fn what_is_too_large_is_passed_over() {
        let length = MOST_BODY_BYTES + 1;
        let size = usize::try_from(length).unwrap();
        let text = format!(
            "Content-Length: {length}\r\n\r\n{}{}",
            "x".repeat(size),
            framed("a")
        );
        let mut input = text.as_bytes();
        assert_eq!(read(&mut input).unwrap(), Frame::TooLarge(length));
        assert_eq!(read(&mut input).unwrap(), Frame::Body(b"a".to_vec()));
    }
}
