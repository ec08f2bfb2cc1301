//! Text from files made safe to print.
//!
//! A policy may come from a stranger's pull request, an event from an attacker. Control characters
//! could move the cursor or hide text on a terminal, and marks that turn the direction of text
//! could make it read as something else, so none of them is ever printed as it is.

use std::{borrow::Cow, fmt::Write as _};

/// Whether a character must not reach a terminal.
pub fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// The text on one line, with an escape such as `\u{1b}` for each character that must not be
/// printed.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unprintable) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_unprintable(character) {
            safe.extend(character.escape_default());
        } else {
            safe.push(character);
        }
    }
    Cow::Owned(safe)
}

/// The text with a harmless character of the same number of bytes in place of each that must not be
/// printed, so that offsets hold. Line breaks and tabs stay.
pub(super) fn same_length(text: &str) -> Cow<'_, str> {
    let harmful = |c: char| is_unprintable(c) && c != '\n' && c != '\t';
    if !text.contains(harmful) {
        return Cow::Borrowed(text);
    }
    let replace = |c: char| match c {
        c if !harmful(c) => c,
        c => match c.len_utf8() {
            1 => '?',
            2 => '¿',
            3 => char::REPLACEMENT_CHARACTER,
            // The largest character that stands for itself and is seen.
            _ => '\u{1f6ab}',
        },
    };
    Cow::Owned(text.replace("\r\n", " \n").chars().map(replace).collect())
}

/// Text for the log of GitHub Actions without what its runner would take for a command: `::` at the
/// start of a line, `##[` anywhere. What stands instead is an escape, in JSON too.
///
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>
pub fn without_workflow_commands(text: &str) -> Cow<'_, str> {
    let starts_command = |line: &str| line.trim_start().starts_with("::");
    if !text.contains("##[") && !text.split(['\n', '\r']).any(starts_command) {
        return Cow::Borrowed(text);
    }
    let line = |line: &str| {
        let line = line.replace("##[", "##\\u005b");
        if starts_command(&line) {
            line.replacen("::", "\\u003a:", 1)
        } else {
            line
        }
    };
    let lines = text.split_inclusive(['\n', '\r']).map(line);
    Cow::Owned(lines.collect())
}

/// JSON text in which such characters are escapes, as it is printed to terminals too. Line breaks
/// and tabs are white space between its tokens and stay.
pub fn json(text: String) -> String {
    // Nearly every text is harmless, which its bytes show soonest.
    let harmless = |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    if text.bytes().all(harmless) {
        return text;
    }
    let harmful = |c: char| is_unprintable(c) && !matches!(c, '\n' | '\t');
    if !text.contains(harmful) {
        return text;
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if harmful(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                // Writing to a string cannot fail.
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(character);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_shown_and_nothing_else_changes() {
        assert_eq!(
            printable("a\u{1b}[31mb\u{202e}é"),
            "a\\u{1b}[31mb\\u{202e}é"
        );
        assert_eq!(printable("plain é"), "plain é");
    }

    #[test]
    fn offsets_hold() {
        let text = "a\u{1b}\u{9b}\u{202e}\u{e0041}\tb\r\nc\n";
        let safe = same_length(text);
        assert_eq!(safe, "a?¿\u{fffd}\u{1f6ab}\tb \nc\n");
        assert_eq!(safe.len(), text.len());
    }

    #[test]
    fn nothing_is_left_that_a_runner_would_take_for_a_command() {
        for (text, safe) in [
            (
                "::error::x\n  ::set-env\n",
                "\\u003a:error::x\n  \\u003a:set-env\n",
            ),
            ("a ##[error]b\r::x", "a ##\\u005berror]b\r\\u003a:x"),
            ("a::b # [x]", "a::b # [x]"),
        ] {
            assert_eq!(without_workflow_commands(text), safe);
        }
        let json = serde_json::json!({"a": "##[x]"}).to_string();
        let safe = without_workflow_commands(&json);
        assert!(!safe.contains("##["));
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&safe).unwrap()["a"],
            "##[x]"
        );
    }

    #[test]
    fn json_stays_the_same_value() {
        let value = serde_json::json!({"a": "x\u{7f}\u{9b}\u{202e}y"});
        let safe = json(value.to_string());
        assert!(!safe.contains(is_unprintable));
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&safe).unwrap(),
            value
        );
    }
}
