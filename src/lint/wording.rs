//! How messages list names and show text of the user.

use std::{borrow::Cow, fmt::Display};

/// The most names that a message lists.
pub(super) const MOST: usize = 3;

/// ``"`a`, `b` and `c`"``, or ``"`a`, `b`, `c` and 7 more"``.
pub(crate) fn list<T: Display>(names: impl IntoIterator<Item = T>) -> String {
    cut_list(names, MOST)
}

/// ``"`a`, `b`, `c` and `d`"``, however many.
pub(super) fn list_all<T: Display>(names: impl IntoIterator<Item = T>) -> String {
    cut_list(names, usize::MAX)
}

fn cut_list<T: Display>(names: impl IntoIterator<Item = T>, most: usize) -> String {
    let mut names = names.into_iter();
    let mut shown: Vec<_> = names
        .by_ref()
        .take(most)
        .map(|name| format!("`{name}`"))
        .collect();
    let more = names.count();
    let last = if more > 0 {
        Some(format!("{more} more"))
    } else {
        shown.pop()
    };
    match last {
        Some(last) if shown.is_empty() => last,
        Some(last) => format!("{} and {last}", shown.join(", ")),
        None => String::new(),
    }
}

/// The most characters of a text in backticks that a message shows.
const MOST_OF_A_TEXT: usize = 160;

/// The message with long texts in backticks cut in the middle: a name may have any length, and its
/// place is underlined anyway.
pub(super) fn shorten(message: &mut String) {
    if message.len() <= MOST_OF_A_TEXT {
        return;
    }
    let parts: Vec<_> = message.split('`').map(shortened).collect();
    *message = parts.join("`");
}

fn shortened(text: &str) -> Cow<'_, str> {
    let length = text.chars().count();
    if length <= MOST_OF_A_TEXT {
        return text.into();
    }
    let half = MOST_OF_A_TEXT / 2;
    let start: String = text.chars().take(half).collect();
    let end: String = text.chars().skip(length - half).collect();
    format!("{start}…{end}").into()
}

#[cfg(test)]
mod tests {
    use super::{list, list_all, shorten};

    #[test]
    fn long_texts_are_cut_in_the_middle() {
        let shortened = |text: &str| {
            let mut message = text.to_owned();
            shorten(&mut message);
            message
        };
        let fitting = format!("no action `{}`", "é".repeat(160));
        assert_eq!(shortened(&fitting), fitting);
        let long = format!("no action `s3:{}End`", "é".repeat(100_000));
        let short = shortened(&long);
        assert_eq!(short.chars().count(), "no action ``".len() + 161);
        assert!(short.starts_with("no action `s3:éé") && short.ends_with("éEnd`"));
    }

    #[test]
    fn names_are_joined_and_long_lists_cut() {
        assert_eq!(list([""; 0]), "");
        assert_eq!(list(["a"]), "`a`");
        assert_eq!(list(["a", "b"]), "`a` and `b`");
        assert_eq!(list(["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(list(["a", "b", "c", "d", "e"]), "`a`, `b`, `c` and 2 more");
        assert_eq!(
            list_all(["a", "b", "c", "d", "e"]),
            "`a`, `b`, `c`, `d` and `e`"
        );
    }
}
