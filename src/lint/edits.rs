//! Edits that leave the rest of the text as it is.

use crate::source::{Edit, Source, Span};

/// Puts a text in place of another.
pub(super) fn replace(span: Span, replacement: impl Into<String>) -> Edit {
    Edit {
        span,
        replacement: replacement.into(),
    }
}

/// Removes an item of a list or a member of an object, together with the comma that parts it from its
/// neighbour. The span is that of the whole item, with its quotes; of a member, from its key to its
/// value. `None` where it has no neighbour: what stays behind would be empty.
pub(super) fn remove_item(source: &Source, span: Span) -> Option<Edit> {
    let text = source.text();
    let after = text.get(span.end..)?;
    let rest = after.trim_start();
    if rest.starts_with(',') {
        // What stands before the next item stays before it, so remove up to that item.
        let behind = rest.get(1..)?.trim_start();
        let end = text.len() - behind.len();
        return Some(replace(Span::new(span.start, end), ""));
    }
    let before = text.get(..span.start)?.trim_end();
    let comma = before.strip_suffix(',')?;
    Some(replace(Span::new(comma.len(), span.end), ""))
}

#[cfg(test)]
mod tests {
    use super::remove_item;
    use crate::source::{Source, Span};

    fn without(text: &str, item: &str) -> Option<String> {
        let source = Source::new("test.json", text.as_bytes().to_vec());
        let start = text.find(item).unwrap();
        let edit = remove_item(&source, Span::new(start, start + item.len()))?;
        let mut text = text.to_owned();
        text.replace_range(edit.span.start..edit.span.end, &edit.replacement);
        Some(text)
    }

    #[test]
    fn the_comma_goes_with_the_item() {
        let list = "[\n  \"a\",\n  \"b\",\n  \"c\"\n]";
        assert_eq!(without(list, "\"a\"").unwrap(), "[\n  \"b\",\n  \"c\"\n]");
        assert_eq!(without(list, "\"b\"").unwrap(), "[\n  \"a\",\n  \"c\"\n]");
        assert_eq!(without(list, "\"c\"").unwrap(), "[\n  \"a\",\n  \"b\"\n]");
    }

    #[test]
    fn the_last_of_all_stays() {
        assert_eq!(without("[\"a\"]", "\"a\""), None);
    }
}
