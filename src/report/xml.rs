//! XML 1.0: elements, indented, with nothing in a text that is markup.

use crate::source::escape::printable;
use std::fmt::Write as _;

/// Writes XML, indented.
#[derive(Debug, Default)]
pub(super) struct Writer {
    text: String,
    depth: usize,
}

/// The name of an attribute and its value.
pub(super) type Attribute = (&'static str, String);

impl Writer {
    /// Starts an element that has others in it.
    pub(super) fn open(&mut self, name: &str, attributes: impl IntoIterator<Item = Attribute>) {
        self.start(name, attributes);
        self.text += ">\n";
        self.depth += 1;
    }

    /// Ends the element that was opened last.
    pub(super) fn close(&mut self, name: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.indent();
        self.text += &format!("</{name}>\n");
    }

    /// An element that has text only.
    pub(super) fn text(
        &mut self,
        name: &str,
        attributes: impl IntoIterator<Item = Attribute>,
        text: &str,
    ) {
        self.start(name, attributes);
        let lines: Vec<_> = text.trim_end().split('\n').map(escaped).collect();
        self.text += &format!(">{}</{name}>\n", lines.join("\n"));
    }

    /// An element that has nothing in it.
    pub(super) fn empty(&mut self, name: &str, attributes: impl IntoIterator<Item = Attribute>) {
        self.start(name, attributes);
        self.text += "/>\n";
    }

    /// The document.
    pub(super) fn finish(self) -> String {
        self.text
    }

    fn start(&mut self, name: &str, attributes: impl IntoIterator<Item = Attribute>) {
        if self.text.is_empty() {
            self.text += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
        }
        self.indent();
        self.text += &format!("<{name}");
        for (key, value) in attributes {
            // Writing to a string cannot fail.
            let _ = write!(self.text, " {key}=\"{}\"", escaped(&value));
        }
    }

    fn indent(&mut self) {
        self.text += &"  ".repeat(self.depth);
    }
}

/// A line of text as it may stand in XML 1.0, in a text as well as in an attribute: control characters are
/// shown as they are on a terminal, as no escape of XML may stand for them.
pub(super) fn escaped(line: &str) -> String {
    let mut safe = String::with_capacity(line.len());
    for character in printable(line).chars() {
        match character {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            '\'' => safe += "&apos;",
            // Characters that XML does not have.
            '\u{fffe}' | '\u{ffff}' => safe.push(char::REPLACEMENT_CHARACTER),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_markup_or_a_character_that_xml_forbids() {
        assert_eq!(
            escaped("a<b>&\"'c]]>\u{1b}[31m\0\u{ffff}\u{fffe}é"),
            "a&lt;b&gt;&amp;&quot;&apos;c]]&gt;\\u{1b}[31m\\u{0}\u{fffd}\u{fffd}é"
        );
    }
}
