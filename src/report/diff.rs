//! What changes in a file, as a unified diff.

use super::{
    Colour,
    style::{BOLD, CYAN, GREEN, PLAIN, RED, Style},
};
use crate::source::{DiffLine, DiffLineKind, diff_lines, lines_of_diff};

/// The diff of a file, as [`diff_lines`] has it, in colours.
pub fn diff(path: &str, before: &str, after: &str, colour: Colour) -> String {
    painted(&diff_lines(path, before, after), colour)
}

/// A unified diff as it may be shown on a terminal, in colours.
pub(super) fn shown_diff(diff: &str, colour: Colour) -> String {
    painted(&lines_of_diff(diff), colour)
}

fn painted(lines: &[DiffLine], colour: Colour) -> String {
    let style = Style(colour);
    let paint = |line: &DiffLine| {
        let code = match line.kind {
            DiffLineKind::File => BOLD,
            DiffLineKind::Hunk => CYAN,
            DiffLineKind::Removed => RED,
            DiffLineKind::Added => GREEN,
            DiffLineKind::Same | DiffLineKind::Note => PLAIN,
        };
        style.line(code, &line.content, line.end)
    };
    lines.iter().map(paint).collect()
}

/// The line of the old text, from 1, that the first change of a unified diff is at; `None` where
/// nothing changes.
pub(super) fn first_changed_line(diff: &str) -> Option<usize> {
    let mut lines = diff.lines().skip_while(|line| !line.starts_with("@@ -"));
    let range = lines.next()?.strip_prefix("@@ -")?;
    let digits = range.split(|c: char| !c.is_ascii_digit()).next()?;
    let first: usize = digits.parse().ok()?;
    let before = lines.take_while(|line| line.starts_with(' ')).count();
    Some(first.saturating_add(before).max(1))
}

#[cfg(test)]
mod tests {
    use super::{diff, first_changed_line, shown_diff};
    use crate::report::Colour;
    use std::{fs, process::Command};

    fn plain(before: &str, after: &str) -> String {
        diff("policies/a.json", before, after, Colour::Off)
    }

    /// Lets git apply the diff, and says what comes of it.
    fn applied(path: &str, before: &str, after: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, before).unwrap();
        let changes = folder.path().join("changes.diff");
        fs::write(&changes, diff(path, before, after, Colour::Off)).unwrap();
        let run = Command::new("git")
            .args(["apply", "--whitespace=nowarn", "changes.diff"])
            .current_dir(folder.path())
            // No repository around the folder changes what git does.
            .env("GIT_CEILING_DIRECTORIES", folder.path().parent().unwrap())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .unwrap();
        assert!(
            run.status.success(),
            "{}",
            String::from_utf8_lossy(&run.stderr)
        );
        crate::source::load::policy(&file)
            .unwrap()
            .text()
            .to_owned()
    }

    #[test]
    fn nothing_changed_is_no_diff() {
        assert_eq!(plain("{}\n", "{}\n"), "");
    }

    #[test]
    fn a_changed_line_stands_between_those_around_it() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        assert_eq!(
            plain(before, &before.replace('5', "five")),
            "--- a/policies/a.json\n+++ b/policies/a.json\n@@ -2,7 +2,7 @@\n \
             2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
        );
    }

    #[test]
    fn changes_far_apart_are_two_hunks() {
        let lines = |changed: &str| {
            let line = |number: u32| match number {
                1 | 20 => format!("{changed}\n"),
                _ => format!("{number}\n"),
            };
            (1..=20).map(line).collect::<String>()
        };
        let text = plain(&lines("old"), &lines("new"));
        assert!(text.contains("@@ -1,4 +1,4 @@\n-old\n+new\n 2\n"), "{text}");
        assert!(text.contains("@@ -17,4 +17,4 @@\n 17\n"), "{text}");
    }

    #[test]
    fn a_missing_line_break_at_the_end_is_told() {
        assert_eq!(
            plain("{", "{}"),
            "--- a/policies/a.json\n+++ b/policies/a.json\n@@ -1 +1 @@\n-{\n\\ No newline at end of \
             file\n+{}\n\\ No newline at end of file\n"
        );
    }

    #[test]
    fn what_could_steer_a_terminal_is_escaped() {
        let text = plain("\t\"a\u{1b}[2J\"\r\n", "\t\"b\rc\u{202e}\"\r\n");
        assert!(
            text.ends_with("-\t\"a\\u{1b}[2J\"\r\n+\t\"b\\rc\\u{202e}\"\r\n"),
            "{text:?}"
        );
        let text = diff("a\n+++ b/evil\u{1b}", "1", "2", Colour::Off);
        assert!(
            text.starts_with("--- a/a\\n+++ b/evil\\u{1b}\t\n"),
            "{text:?}"
        );
    }

    #[test]
    fn colours_end_with_their_lines() {
        let text = diff("a", "1\r\n2\n", "1\r\n3\n", Colour::On);
        assert_eq!(
            text,
            "\u{1b}[1m--- a/a\u{1b}[0m\n\u{1b}[1m+++ b/a\u{1b}[0m\n\u{1b}[36m@@ -1,2 +1,2 \
             @@\u{1b}[0m\n 1\r\n\u{1b}[31m-2\u{1b}[0m\n\u{1b}[32m+3\u{1b}[0m\n"
        );
    }

    #[test]
    fn git_applies_it() {
        let line = |number: u32| format!("\t{number} é\n");
        let long: String = (0..40).map(line).collect();
        let crlf = long.replace('\n', "\r\n");
        for (path, before, after) in [
            ("a.json", long.clone(), long.replace("17", "18\n18")),
            ("a/b c.json", long.clone(), long.replace("\t3 é\n", "")),
            ("crlf.json", crlf.clone(), crlf.replace("17", "seventeen")),
            (
                "mixed.json",
                format!("{crlf}{long}"),
                format!("{crlf}x\n{long}"),
            ),
            (
                "open.json",
                long.trim_end().to_owned(),
                long.replace("39", "x"),
            ),
            ("cr.json", "1\n2\n3".to_owned(), "0\n1\n2\n3\n".to_owned()),
            ("first.json", "1\n".to_owned(), "0\n1\n".to_owned()),
        ] {
            assert_eq!(applied(path, &before, &after), after, "{path}");
        }
    }

    #[test]
    fn a_file_of_many_changes_takes_no_longer_than_it_may() {
        let lines = |word: &str| {
            let line = |number: u32| format!("{word}{}\n", number % 7);
            (0..60_000).map(line).collect::<String>()
        };
        let started = std::time::Instant::now();
        let text = plain(&lines("a"), &lines("b"));
        assert!(text.lines().count() > 120_000);
        let taken = started.elapsed();
        assert!(taken < std::time::Duration::from_secs(4), "{taken:?}");
    }

    #[test]
    fn a_diff_is_shown_again_as_it_was_made_and_steers_no_terminal() {
        let made = |colour| diff("a.json", "1\n- 2\n3\n", "1\n+ 2\n3\n", colour);
        assert_eq!(shown_diff(&made(Colour::Off), Colour::On), made(Colour::On));
        assert_eq!(
            shown_diff("@@ -1 +1 @@\n-a\u{1b}[2J\n+b\t\u{202e}\n", Colour::Off),
            "@@ -1 +1 @@\n-a\\u{1b}[2J\n+b\t\\u{202e}\n"
        );
    }

    #[test]
    fn the_first_change_of_a_diff_has_a_line_in_the_old_text() {
        let lines = |text: &str| text.replace(' ', "\n") + "\n";
        for (before, after, line) in [
            ("1 2 3 4 5 6", "1 2 3 4 5 x", 6),
            ("1 2", "0 1 2", 1),
            ("1 2", "1", 2),
            ("1 2 3 4 5 6 7", "1 2 3 4 5 x 6 7", 6),
        ] {
            let diff = plain(&lines(before), &lines(after));
            assert_eq!(first_changed_line(&diff), Some(line), "{diff}");
        }
        assert_eq!(first_changed_line(&plain("", "1\n")), Some(1));
        for none in ["", "@@", "@@ -x", "-1\n+2\n"] {
            assert_eq!(first_changed_line(none), None);
        }
    }
}
