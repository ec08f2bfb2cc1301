//! Markup that a text cannot break out of: the names of elements and attributes stand in this program, and
//! whatever else goes in is escaped on its way.
//!
//! What comes out is HTML and well-formed XML at once, so that a strict reader can check it.

use crate::report::xml;
use std::fmt::Write as _;

/// Elements that have no content and no end tag.
const VOID: [&str; 5] = ["link", "meta", "path", "rect", "wbr"];

/// Markup in which every text is escaped. Only [`Escaped::text`] makes it from text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Escaped(String);

impl Escaped {
    /// A text, with nothing in it that is markup, that moves a cursor or that turns the direction of what
    /// is around it. Line breaks are shown as escapes too: see [`Self::lines`] for texts of several lines.
    pub(super) fn text(text: &str) -> Self {
        Self(xml::escaped(text))
    }

    /// A line of a file, in which tabs stay.
    pub(super) fn line(line: &str) -> Self {
        let parts: Vec<_> = line.split('\t').map(xml::escaped).collect();
        Self(parts.join("\t"))
    }

    /// A line break in the markup, for readers of the page's text.
    pub(super) fn line_break() -> Self {
        Self("\n".to_owned())
    }

    /// Adds what comes after it.
    pub(super) fn push(&mut self, more: impl Into<Self>) {
        self.0 += &more.into().0;
    }

    /// The same with more after it.
    #[must_use]
    pub(super) fn and(mut self, more: impl Into<Self>) -> Self {
        self.push(more);
        self
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The markup.
    pub(super) fn into_string(self) -> String {
        self.0
    }
}

impl From<&str> for Escaped {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Escaped {
    fn from(text: String) -> Self {
        Self::text(&text)
    }
}

impl<T: Into<Self>> FromIterator<T> for Escaped {
    fn from_iter<I: IntoIterator<Item = T>>(parts: I) -> Self {
        let mut all = Self::default();
        for part in parts {
            all.push(part);
        }
        all
    }
}

/// An element with its attributes and content.
#[derive(Debug, Clone)]
pub(super) struct Element {
    name: &'static str,
    attributes: String,
    content: Escaped,
}

/// An element without attributes and content.
pub(super) fn element(name: &'static str) -> Element {
    Element {
        name,
        attributes: String::new(),
        content: Escaped::default(),
    }
}

impl Element {
    /// With an attribute.
    #[must_use]
    pub(super) fn attribute(mut self, name: &'static str, value: &str) -> Self {
        // Writing to a string cannot fail.
        let _ = write!(self.attributes, " {name}=\"{}\"", xml::escaped(value));
        self
    }

    /// With classes of the style sheet.
    #[must_use]
    pub(super) fn class(self, names: &'static str) -> Self {
        self.attribute("class", names)
    }

    /// With more content; text is escaped.
    #[must_use]
    pub(super) fn with(mut self, content: impl Into<Escaped>) -> Self {
        self.content.push(content);
        self
    }

    /// An element of one of the files of this program, `style` or `script`, whose content is no text. XML
    /// is told so by marks that are comments to the other two languages.
    pub(super) fn of_program(name: &'static str, program: &'static str) -> Self {
        let mut made = element(name);
        made.content.0 = Self::program_content(program);
        made
    }

    /// What [`Self::of_program`] has as content: what a browser takes the hash of.
    pub(super) fn program_content(program: &'static str) -> String {
        format!("/*<![CDATA[*/\n{program}/*]]>*/")
    }
}

impl From<Element> for Escaped {
    fn from(element: Element) -> Self {
        let Element {
            name,
            attributes,
            content: Self(content),
        } = element;
        if VOID.contains(&name) {
            return Self(format!("<{name}{attributes}/>"));
        }
        Self(format!("<{name}{attributes}>{content}</{name}>"))
    }
}
