//! JSON reports. Their forms are described in `docs/json.md`.

use crate::source::escape;
use serde::Serialize;

/// The version of all JSON forms.
pub const VERSION: u32 = 1;

/// A document over several lines, with a line break at its end.
pub fn document(value: &impl Serialize) -> String {
    // Only maps with keys that are no strings fail, and no report has any.
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    escape::json(text) + "\n"
}

/// A document on one line, with a line break at its end.
pub fn line(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).unwrap_or_default();
    escape::json(text) + "\n"
}
