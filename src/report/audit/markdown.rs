//! As Markdown, for the summaries of jobs and for comments on pull requests.

use super::{
    outline::{Block, Cell, Entries, Table, of},
    words::{counted, number, summary},
};
use crate::{
    audit::Audit,
    report::markdown::{RESERVE, code, prose},
    source::escape::printable,
};

/// Renders an audit in as many bytes: what there is no room for is only counted. The summary is
/// always there.
pub fn markdown(audit: &Audit, most_bytes: usize) -> String {
    let mut page = Page {
        text: format!("## iamsim audit\n\n{}\n", words(&summary(audit))),
        most_bytes,
        head: String::new(),
        left_out: 0,
    };
    for block in of(audit) {
        page.block(&block);
    }
    if page.left_out > 0 {
        let more = counted(page.left_out, "more row or text", "more rows and texts");
        page.text += &format!("\n… {more}\n");
    }
    page.text
}

/// What is written so far.
struct Page {
    text: String,
    most_bytes: usize,
    /// Headings that nothing was written under yet.
    head: String,
    left_out: u64,
}

impl Page {
    /// Writes a piece whole; once there was no room for one, the rest is only counted.
    fn piece(&mut self, piece: &str) {
        let length = self.text.len() + self.head.len() + piece.len() + RESERVE;
        if self.left_out > 0 || length > self.most_bytes {
            self.left_out += 1;
            return;
        }
        self.text += &std::mem::take(&mut self.head);
        self.text += piece;
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Section(title) => self.head = format!("\n### {title}\n"),
            Block::Heading(text) => self.head += &format!("\n#### {}\n", words(text)),
            Block::Paragraph(text) => self.piece(&format!("\n{}\n", words(text))),
            Block::Items(items) => {
                self.head.push('\n');
                for item in items {
                    self.piece(&format!("- {}\n", words(item)));
                }
                self.head.clear();
            }
            Block::Table(table) => self.table(table),
            Block::Entries(entries) => self.entries(entries),
            Block::Diff(diff) => self.piece(&fenced("diff", diff)),
            Block::Policy(text) => self.piece(&fenced("json", text)),
        }
    }

    fn table(&mut self, table: &Table) {
        let numbers = |place: usize| {
            let mut cells = table.rows.iter().filter_map(|row| row.get(place));
            cells.all(|cell| matches!(cell, Cell::Number(_)))
        };
        let mark = |place| if numbers(place) { "---:|" } else { "---|" };
        let marks = (0..table.columns.len()).map(mark);
        let marks: String = marks.collect();
        self.rows(&table.columns, &marks, &table.rows);
    }

    /// The header stands only above rows.
    fn rows(&mut self, columns: &[&str], marks: &str, rows: &[Vec<Cell>]) {
        self.head += &format!("\n| {} |\n|{marks}\n", columns.join(" | "));
        for row in rows {
            let cells: Vec<_> = row.iter().map(cell).collect();
            self.piece(&format!("| {} |\n", cells.join(" | ")));
        }
        self.head.clear();
    }

    /// A table of those facts that any of the entries has, and what would change each below.
    fn entries(&mut self, entries: &Entries) {
        let Some(first) = entries.list.first() else {
            return;
        };
        let has = |place: usize| {
            let mut facts = entries
                .list
                .iter()
                .filter_map(|entry| entry.facts.get(place));
            facts.any(|(_, text)| !text.is_empty())
        };
        let places: Vec<_> = (0..first.facts.len()).filter(|place| has(*place)).collect();
        let mut columns = vec![entries.title];
        let names = places.iter().filter_map(|place| first.facts.get(*place));
        columns.extend(names.map(|(name, _)| *name));
        let rows = entries.list.iter().map(|entry| {
            let facts = places.iter().filter_map(|place| entry.facts.get(*place));
            let facts = facts.map(|(_, text)| Cell::Words(text.clone()));
            std::iter::once(Cell::Words(entry.head.clone()))
                .chain(facts)
                .collect()
        });
        let rows: Vec<_> = rows.collect();
        self.rows(&columns, &"---|".repeat(columns.len()), &rows);
        let changes = entries.list.iter().filter_map(|entry| {
            let change = entry.change.as_ref()?;
            let text = words(&format!("{}: {}", entry.head, change.text));
            Some(format!(
                "\nTo allow {text}\n{}",
                fenced("diff", &change.diff)
            ))
        });
        for change in changes {
            self.piece(&change);
        }
    }
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Name(text) => code(&printable(text)),
        Cell::Fixed(text) | Cell::Words(text) => words(text),
        Cell::Number(of) => number(*of),
    }
}

fn words(text: &str) -> String {
    prose(&printable(text))
}

/// A block of code, of which no line ends it.
fn fenced(language: &str, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let runs = text.split(|c| c != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or(0).max(2) + 1);
    let lines = text.lines().map(|line| {
        let parts: Vec<_> = line.split('\t').map(printable).collect();
        parts.join("\t") + "\n"
    });
    format!(
        "\n{fence}{language}\n{}{fence}\n",
        lines.collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use super::{fenced, markdown};
    use crate::report::{JOB_SUMMARY_BYTES, audit::testing::audit};

    #[test]
    fn no_line_of_a_text_ends_its_block() {
        assert_eq!(fenced("diff", "-a\n"), "\n```diff\n-a\n```\n");
        let text = fenced("json", "````\n@everyone\u{1b}\r\n\tx");
        assert_eq!(text, "\n`````json\n````\n@everyone\\u{1b}\n\tx\n`````\n");
        assert_eq!(fenced("diff", ""), "");
    }

    #[test]
    fn a_report_that_is_too_long_ends_with_the_number_of_what_is_left_out() {
        let mut audit = audit();
        let group = audit.denied.first().unwrap().clone();
        audit.denied = vec![group; 100];
        let whole = markdown(&audit, JOB_SUMMARY_BYTES);
        assert_eq!(whole.matches("\n| 12,345 calls of ").count(), 100);
        assert!(!whole.contains('…'));
        for most in [0, 2_000, 10_000, whole.len() - 1] {
            let text = markdown(&audit, most);
            assert!(text.len() <= most.max(500), "{most}: {}", text.len());
            let last = text.trim_end().lines().last().unwrap();
            assert!(
                last.starts_with("… ") && last.contains(" more row"),
                "{last}"
            );
            let fences = text.lines().filter(|line| line.starts_with("```"));
            assert_eq!(fences.count() % 2, 0);
        }
    }
}
