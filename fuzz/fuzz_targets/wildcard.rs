//! The matcher against the definition of `*` and `?` and against `globset`, and patterns against each
//! other.
#![no_main]

use globset::GlobBuilder;
use iamsim::policy::{Case, Wildcard};
use libfuzzer_sys::fuzz_target;

/// What the first part of a pattern can have read of a text, for every start of the text.
fn matches(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for symbol in pattern.chars() {
        let mut next = vec![false; text.len() + 1];
        for at in 0..=text.len() {
            match symbol {
                '*' => next[at] = reached[at] || at > 0 && next[at - 1],
                '?' => next[at] = at > 0 && reached[at - 1],
                other => next[at] = at > 0 && reached[at - 1] && text[at - 1] == other,
            }
        }
        reached = next;
    }
    reached[text.len()]
}

/// What `globset` says, its own syntax escaped; `None` where it has no say. It compares bytes, so its `?`
/// takes a part of a character that is not ASCII; and it takes `**` for more than `*`.
fn globset_matches(pattern: &str, text: &str) -> Option<bool> {
    if !pattern.is_ascii() || !text.is_ascii() {
        return None;
    }
    let mut escaped = String::new();
    for character in pattern.chars() {
        if "[]{}!,\\".contains(character) {
            escaped.push('\\');
        }
        if character != '*' || !escaped.ends_with('*') {
            escaped.push(character);
        }
    }
    let mut glob = GlobBuilder::new(&escaped);
    glob.literal_separator(false).backslash_escape(true);
    // What is too large for it is no fault of the pattern.
    let glob = glob.build().ok()?;
    Some(glob.compile_matcher().is_match(text))
}

fuzz_target!(|input: (&str, &str, &str)| {
    let (pattern, other, text) = input;
    let wildcard = Wildcard::new(pattern, Case::Sensitive);
    let second = Wildcard::new(other, Case::Sensitive);
    let (one, two) = (wildcard.matches(text), second.matches(text));
    assert_eq!(one, matches(pattern, text), "{pattern:?} on {text:?}");
    if let Some(other) = globset_matches(pattern, text) {
        assert_eq!(one, other, "{pattern:?} on {text:?}, says globset");
    }
    if one && two {
        assert!(
            wildcard.intersects(&second),
            "{pattern:?} and {other:?} share {text:?}"
        );
    }
    if two && wildcard.covers(&second) {
        assert!(one, "{pattern:?} covers {other:?}, which matches {text:?}");
    }
});
