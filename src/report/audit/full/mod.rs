//! For people, on a terminal.

mod layout;

use super::{
    outline::{Block, Entries, Entry, Tone, of},
    words::summary,
};
use crate::{
    audit::Audit,
    report::{
        Painter,
        diff::shown_diff,
        style::{BOLD, CYAN, RED, Style, YELLOW},
    },
    source::escape::printable,
};
use layout::Layout;

pub(super) fn render(audit: &Audit, painter: &Painter) -> String {
    let mut page = Page {
        text: String::new(),
        layout: Layout::new(painter.width()),
        painter,
    };
    for block in of(audit) {
        page.block(&block);
    }
    page.text + "\n" + &printable(&summary(audit)) + "\n"
}

/// What is written so far.
struct Page<'a> {
    text: String,
    layout: Layout,
    painter: &'a Painter,
}

impl Page<'_> {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Section(title) => {
                // The first needs no distance.
                if !self.text.is_empty() {
                    self.text.push('\n');
                }
                self.line(BOLD, title);
            }
            Block::Heading(text) => {
                self.text.push('\n');
                let lines = self.layout.paragraph(text, 2);
                self.coloured(CYAN, &lines);
            }
            Block::Paragraph(text) => self.text += &self.layout.paragraph(text, 2),
            Block::Items(items) => {
                for item in items {
                    self.text += &self.layout.item(item, 2);
                }
            }
            Block::Table(table) => self.text += &self.layout.table(table, 2),
            Block::Entries(entries) => self.entries(entries),
            Block::Diff(diff) => self.diff(diff, 4),
            Block::Policy(text) => {
                for line in text.lines() {
                    self.text += &format!("    {}\n", printable(&line.replace('\t', "  ")));
                }
            }
        }
    }

    fn entries(&mut self, entries: &Entries) {
        let code = match entries.tone {
            Tone::Bad => RED,
            Tone::Open => YELLOW,
        };
        for entry in &entries.list {
            let head = self.layout.paragraph(&entry.head, 2);
            self.coloured(code, &head);
            self.facts(entry);
        }
    }

    fn facts(&mut self, entry: &Entry) {
        let change = entry.change.as_ref();
        let facts = entry.facts.iter().map(|(name, text)| (*name, text));
        let remedy = change.map(|change| ("to allow it", &change.text));
        let facts: Vec<_> = facts
            .chain(remedy)
            .filter(|(_, text)| !text.is_empty())
            .collect();
        self.text += &self.layout.labelled(&facts, 4);
        if let Some(change) = change {
            self.diff(&change.diff, 6);
        }
    }

    fn diff(&mut self, diff: &str, indent: usize) {
        let blanks = " ".repeat(indent);
        for line in shown_diff(diff, self.painter.colour()).lines() {
            self.text += &format!("{blanks}{line}\n");
        }
    }

    /// Lines in a colour each.
    fn coloured(&mut self, code: &str, lines: &str) {
        for line in lines.lines() {
            self.line(code, line);
        }
    }

    fn line(&mut self, code: &str, line: &str) {
        self.text += &Style(self.painter.colour()).line(code, line, "\n");
    }
}
