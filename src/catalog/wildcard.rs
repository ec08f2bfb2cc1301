//! Matching of action names by patterns with `*` and `?`, without regard to ASCII case.
//!
//! Patterns of policies, with their variables and spans, are [`crate::policy`]'s; this is only what
//! lookups by pattern need.

/// Whether all of `text` matches `pattern`.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (mut pattern, mut text) = (pattern.as_bytes(), text.as_bytes());
    // Where to go on when what follows the last `*` does not fit: one byte further.
    let mut retry = None;
    loop {
        match (pattern.split_first(), text.split_first()) {
            (Some((b'*', after_star)), _) => {
                retry = Some((after_star, text));
                pattern = after_star;
                continue;
            }
            (Some((wanted, next_pattern)), Some((byte, next_text)))
                if *wanted == b'?' || wanted.eq_ignore_ascii_case(byte) =>
            {
                (pattern, text) = (next_pattern, next_text);
                continue;
            }
            (None, None) => return true,
            _ => {}
        }
        let Some((after_star, [_, next_text @ ..])) = retry else {
            return false;
        };
        retry = Some((after_star, next_text));
        (pattern, text) = (after_star, next_text);
    }
}

/// What a text must start with to match the pattern.
pub(super) fn literal_start(pattern: &str) -> &str {
    pattern.split(['*', '?']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("*", "GetObject", true),
            ("Get*", "getobject", true),
            ("Get*", "Get", true),
            ("Get?*", "Get", false),
            ("*Object", "GetObjectObject", true),
            ("G*t*ct", "GetObject", true),
            ("G*x*ct", "GetObject", false),
            ("GetObject", "GetObject", true),
            ("GetObject", "GetObjects", false),
            ("GetObjects", "GetObject", false),
            ("???Object", "GetObject", true),
            ("", "", true),
            ("", "x", false),
            ("**", "x", true),
            ("*a*b", "aab", true),
            ("*a*b", "aba", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn a_literal_start_ends_at_the_first_wildcard() {
        assert_eq!(literal_start("Get?b*"), "Get");
        assert_eq!(literal_start("GetObject"), "GetObject");
        assert_eq!(literal_start("*"), "");
    }
}
