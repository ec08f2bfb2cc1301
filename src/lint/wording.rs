//! How messages list names.

use std::fmt::Display;

/// The most names that a message lists.
pub(super) const MOST: usize = 3;

/// ``"`a`, `b` and `c`"``, or ``"`a`, `b`, `c` and 7 more"``.
pub(super) fn list<T: Display>(names: impl IntoIterator<Item = T>) -> String {
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

#[cfg(test)]
mod tests {
    use super::{list, list_all};

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
