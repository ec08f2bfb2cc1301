//! As Markdown, for the summaries of jobs and for comments on pull requests.
//!
//! A policy may come from a stranger, and the report speaks in the name of the tool: text from files
//! stands in code spans, where GitHub reads no markup, mentions or links, and in a table no `|` and
//! no line break of it is ever there as it is.

use super::{
    FileFindings, Summary,
    located::{Located, cut, located, rule_page},
};
use crate::{report::count, source::escape::printable};

/// The most bytes of the summary of a job. GitHub shows nothing of one that is larger than 1,024
/// KiB, which other steps may add to.
pub const JOB_SUMMARY_BYTES: usize = 1_000 * 1024;

/// The most characters of a message or a help in the table.
const MOST_CHARACTERS: usize = 1_000;

/// What is kept free for the line that tells how many findings were left out.
const RESERVE: usize = 64;

/// Renders the findings of all files in as many bytes: those that there is no room for are only
/// counted. The headline is always there.
pub fn markdown(files: &[FileFindings], summary: &Summary, most_bytes: usize) -> String {
    let mut text = format!("## iamsim\n\n{}\n", summary.text());
    let all = located(files);
    let mut path = None;
    for (written, located) in all.iter().enumerate() {
        let own = located.file.service_path();
        let head = if path == Some(own) {
            String::new()
        } else {
            let columns = "| severity | rule | place | message |\n|---|---|---|---|\n";
            format!("\n### {}\n\n{columns}", code(&printable(own)))
        };
        let row = row(located);
        if text.len() + head.len() + row.len() + RESERVE > most_bytes {
            let more = count(all.len() - written, "more finding", "more findings");
            return format!("{text}\n… {more}\n");
        }
        text += &head;
        text += &row;
        path = Some(own);
    }
    text
}

fn row(located: &Located<'_>) -> String {
    let finding = located.finding;
    let start = located.range().start;
    let path = printable(located.file.service_path());
    let place = format!("{path}:{}:{}", start.line, start.column);
    let rule = finding.rule.as_str();
    let mut message = prose(&cut(&printable(&finding.message), MOST_CHARACTERS));
    if let Some(help) = located.help() {
        let help = cut(&help, MOST_CHARACTERS);
        let lines: Vec<_> = help.split('\n').map(prose).collect();
        message += &format!("<br>help: {}", lines.join("<br>"));
    }
    format!(
        "| {} | [`{rule}`]({}) | {} | {message} |\n",
        finding.severity.name(),
        rule_page(rule),
        code(&place)
    )
}

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
fn code(line: &str) -> String {
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
    use super::{JOB_SUMMARY_BYTES, code, markdown, prose};
    use crate::report::lint::testing::{file, finding, full_finding, summary};

    #[test]
    fn findings_stand_in_a_table_a_file() {
        let files = [
            file("a.json", "0\n xy\n zz", &[full_finding()]),
            file("clean.json", "{}", &[]),
            file("b.json", "xy", &[finding(0, 2)]),
        ];
        let page = "https://github.com/iamsim/iamsim/blob/main/docs/rules.md#unknown-action";
        assert_eq!(
            markdown(&files, &summary(&files), JOB_SUMMARY_BYTES),
            format!(
                "## iamsim\n\n\
                 checked 3 policies: 1 error, 1 medium; 1 can be fixed with `--fix --unsafe-fixes`\n\n\
                 ### `a.json`\n\n\
                 | severity | rule | place | message |\n|---|---|---|---|\n\
                 | medium | [`unknown-action`]({page}) | `a.json:2:2` | \
                 no action `xy`<br>help: take one of<br>`a` |\n\n\
                 ### `b.json`\n\n\
                 | severity | rule | place | message |\n|---|---|---|---|\n\
                 | error | [`unknown-action`]({page}) | `b.json:1:1` | no action `xy` |\n"
            )
        );
    }

    #[test]
    fn a_report_that_is_too_long_ends_with_a_whole_row_and_the_number_of_the_others() {
        let files = [file("a.json", "xy", &vec![finding(0, 2); 100])];
        let summary = summary(&files);
        let whole = markdown(&files, &summary, JOB_SUMMARY_BYTES);
        assert_eq!(whole.matches("\n| error ").count(), 100);
        for most in [0, 300, 1_000, 5_000, whole.len() - 1] {
            let text = markdown(&files, &summary, most);
            assert!(text.len() <= most.max(200), "{most}: {}", text.len());
            let (rows, last) = text.trim_end().rsplit_once("\n\n").unwrap();
            let more = 100 - rows.matches("\n| error ").count();
            assert!(
                last.starts_with(&format!("… {more} more finding")),
                "{last}"
            );
            assert!(more == 100 || rows.ends_with(" |"), "{rows}");
        }
    }

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
