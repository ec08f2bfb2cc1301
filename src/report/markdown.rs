//! What all reports in Markdown share: text of users as text, on pages of GitHub.
//!
//! A policy may come from a stranger, an event from an attacker, and a report speaks in the name of the tool: text
//! from files stands in code spans, where GitHub reads no markup, mentions or links, and in a table no `|` and
//! no line break of it is ever there as it is.

/// The most bytes of the summary of a job. GitHub shows nothing of one that is larger than 1,024
/// KiB, which other steps may add to.
pub const JOB_SUMMARY_BYTES: usize = 1_000 * 1024;

/// What is kept free for the line that tells how much was left out.
pub(super) const RESERVE: usize = 64;

/// A line of a message: what stands between backticks is a code span, and so is every word outside
/// of them that is more than a word, as a text of the user may have backticks too.
pub(super) fn prose(line: &str) -> String {
    let mut text = String::new();
    let parts: Vec<_> = line.split('`').collect();
    for (place, part) in parts.iter().enumerate() {
        let closed = place + 1 < parts.len();
        if place % 2 == 1 && closed {
            push_code(&mut text, part);
            continue;
        }
        // A backtick without another.
        if place % 2 == 1 {
            text += "&#96;";
        }
        for (place, word) in part.split(' ').enumerate() {
            if place > 0 {
                text.push(' ');
            }
            push_word(&mut text, word);
        }
    }
    text
}

/// A word, as a code span if it is more than that; the marks of a sentence around it stay.
fn push_word(text: &mut String, word: &str) {
    let marks = [',', '.', ';', ':', '?', ')', '\'', '"', '…'];
    let core = word.trim_start_matches(['(', '\'', '"']);
    let (before, core) = word.split_at(word.len() - core.len());
    let (core, after) = core.split_at(core.trim_end_matches(marks).len());
    *text += before;
    if is_plain(core) {
        *text += core;
    } else {
        push_code(text, core);
    }
    *text += after;
}

/// Whether a word is one of letters or digits: nothing in Markdown, and nothing that GitHub makes a
/// link of, as it does of the ids of commits.
fn is_plain(word: &str) -> bool {
    let of_letters = |c: char| c.is_alphabetic() || matches!(c, '-' | '\'' | '/');
    let of_digits = |c: char| c.is_ascii_digit() || matches!(c, '-' | ',' | '.');
    let is_short = word.len() < 7 && word.chars().all(char::is_alphanumeric);
    is_short || word.chars().all(of_letters) || word.chars().all(of_digits)
}

/// A text as code spans, with what cannot stand in those between them.
pub(super) fn code(line: &str) -> String {
    let mut text = String::new();
    push_code(&mut text, line);
    text
}

fn push_code(text: &mut String, line: &str) {
    for piece in line.split_inclusive(['`', '|']) {
        let (body, mark) = if let Some(body) = piece.strip_suffix('`') {
            (body, "&#96;")
        } else if let Some(body) = piece.strip_suffix('|') {
            (body, "&#124;")
        } else {
            (piece, "")
        };
        if !body.is_empty() {
            // Two backticks in a row would be one mark of another length.
            if text.ends_with('`') {
                text.push(' ');
            }
            *text += &format!("`{body}`");
        }
        *text += mark;
    }
}

#[cfg(test)]
mod tests {
    use super::{code, prose};

    #[test]
    fn messages_keep_their_code_and_their_words() {
        let text =
            "the `Deny` of `s3:*` (see \"a\") doesn't and/or reach S3, since 2012-10-17: stop…";
        assert_eq!(prose(text), text);
    }

    #[test]
    fn nothing_of_a_text_is_markup_a_mention_or_a_link() {
        for (text, safe) in [
            ("no `a` @everyone", "no `a` `@everyone`"),
            ("`a`[x](javascript:y)", "`a` `[x](javascript:y`)"),
            (
                "<b> #1 www.a.b https://a.b",
                "`<b>` `#1` `www.a.b` `https://a.b`",
            ),
            (":tada: *a* \\`", "`:tada`: `*a*` `\\`&#96;"),
            ("`a|b` |", "`a`&#124;`b` &#124;"),
            ("`a``b`", "`a` `b`"),
            ("odd ` @x", "odd &#96; `@x`"),
            ("", ""),
        ] {
            assert_eq!(prose(text), safe);
        }
        assert_eq!(code("a`b|<x>\\"), "`a`&#96;`b`&#124;`<x>\\`");
    }
}
