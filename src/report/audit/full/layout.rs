//! Text on so many columns: what is too long goes on in the next line, so that no end of a name is lost.

use super::super::{
    outline::{Cell, Table},
    words::number,
};
use crate::source::escape::printable;
use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, Table as Grid, Width, presets::NOTHING,
};

/// The narrowest that a report is written.
const NARROWEST: u16 = 40;

/// How much wider than its columns a table is drawn, for what stands between them.
const BETWEEN: u16 = 2;

/// Stands where a line may be broken, and is not drawn. Texts have none of their own, as it is escaped in them.
const BREAK: char = '\u{200b}';

/// Lays texts out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    width: u16,
}

impl Layout {
    pub(super) fn new(width: u16) -> Self {
        Self {
            width: width.max(NARROWEST),
        }
    }

    /// Sentences, each line with so many blanks before it.
    pub(super) fn paragraph(self, text: &str, indent: usize) -> String {
        let mut grid = self.grid(indent);
        grid.add_row([safe(text)]);
        drawn(&grid, indent)
    }

    /// A sentence with a mark before it.
    pub(super) fn item(self, text: &str, indent: usize) -> String {
        let lines = self.paragraph(text, indent + 2);
        format!("{}- {}", " ".repeat(indent), lines.trim_start())
    }

    /// Texts with labels before them.
    pub(super) fn labelled(self, texts: &[(&str, &String)], indent: usize) -> String {
        let mut grid = self.grid(indent);
        for (label, text) in texts {
            grid.add_row([(*label).to_owned(), safe(text)]);
        }
        never_broken(&mut grid, 0);
        drawn(&grid, indent)
    }

    /// A table with its header.
    pub(super) fn table(self, table: &Table, indent: usize) -> String {
        let mut grid = self.grid(indent);
        grid.set_header(table.columns.iter().map(|title| safe(title)));
        for row in &table.rows {
            grid.add_row(row.iter().map(text));
        }
        for place in 0..table.columns.len() {
            let cells = table.rows.iter().filter_map(|row| row.get(place));
            let cells: Vec<_> = cells.collect();
            if cells.iter().all(|cell| matches!(cell, Cell::Number(_))) {
                numbers(&mut grid, place, &cells);
            } else if cells.iter().all(|cell| matches!(cell, Cell::Fixed(_))) {
                never_broken(&mut grid, place);
            }
        }
        drawn(&grid, indent)
    }

    fn grid(self, indent: usize) -> Grid {
        let mut grid = Grid::new();
        let indent = u16::try_from(indent).unwrap_or(0);
        // The blank before the first column and that after the last are not drawn.
        let width = self.width.saturating_sub(indent).saturating_add(BETWEEN);
        grid.load_style(NOTHING)
            .set_delimiter(BREAK)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width);
        grid
    }
}

fn never_broken(grid: &mut Grid, place: usize) {
    if let Some(column) = grid.column_mut(place) {
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
}

/// A column of numbers, of which only the title may be broken.
fn numbers(grid: &mut Grid, place: usize, cells: &[&Cell]) {
    let longest = cells.iter().map(|cell| text(cell).chars().count()).max();
    let width = u16::try_from(longest.unwrap_or(0)).unwrap_or(u16::MAX);
    if let Some(column) = grid.column_mut(place) {
        let width = Width::Fixed(width.saturating_add(BETWEEN));
        column.set_constraint(ColumnConstraint::LowerBoundary(width));
        column.set_cell_alignment(CellAlignment::Right);
    }
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Name(text) | Cell::Fixed(text) | Cell::Words(text) => safe(text),
        Cell::Number(of) => number(*of),
    }
}

/// A text that may be printed, with marks where its lines may be broken: after blanks, after `/`, and in ARNs after
/// `:`.
fn safe(text: &str) -> String {
    let mut marked = String::new();
    for word in printable(text).split_inclusive(' ') {
        let is_arn = word.trim_start_matches(['`', '(']).starts_with("arn:");
        for piece in word.split_inclusive(|c| c == '/' || is_arn && c == ':') {
            // Not between colons: a line that starts with two is a command to the runner of GitHub.
            if piece.starts_with(':') && marked.ends_with(BREAK) {
                marked.pop();
            }
            marked += piece;
            marked.push(BREAK);
        }
    }
    marked.pop();
    marked
}

/// The lines, without the blank that each starts with, and none at their ends.
fn drawn(grid: &Grid, indent: usize) -> String {
    let blanks = " ".repeat(indent);
    let lines = grid.lines().map(|line| {
        let line = line.replace(BREAK, "");
        let line = line.strip_prefix(' ').unwrap_or(&line).trim_end();
        if line.is_empty() {
            "\n".to_owned()
        } else {
            format!("{blanks}{line}\n")
        }
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::{Cell, Layout, Table};

    #[test]
    fn long_names_go_on_in_the_next_line_and_are_whole() {
        let arn = format!("arn:aws:s3:::reports/{}/end", "2026-11/".repeat(20));
        let table = Table {
            columns: vec!["resource", "calls", "last"],
            rows: vec![vec![
                Cell::Name(arn.clone()),
                Cell::Number(12_345),
                Cell::Fixed("2026-11-24T10:00:00Z".to_owned()),
            ]],
        };
        for width in [0, 40, 60, 100] {
            let text = Layout::new(width).table(&table, 2);
            let widest = text.lines().map(|line| line.chars().count()).max();
            assert!(widest <= Some(usize::from(width.max(40))), "{text}");
            let words = text.split_whitespace();
            let pieces = words.filter(|word| arn.contains(word));
            assert_eq!(pieces.collect::<String>(), arn, "{text}");
            assert!(text.contains("12,345") && text.contains("2026-11-24T10:00:00Z"));
        }
    }

    #[test]
    fn sentences_and_labels_keep_their_indent() {
        let layout = Layout::new(40);
        let sentence = "a sentence that is longer than one line of it may be".to_owned();
        let text = layout.paragraph(&sentence, 2);
        assert_eq!(text.lines().count(), 2);
        assert!(
            text.lines()
                .all(|line| line.starts_with("  ") && line.len() <= 40)
        );
        let text = layout.labelled(&[("why", &sentence), ("when", &"now".to_owned())], 4);
        let starts: Vec<_> = text
            .lines()
            .map(|line| line.get(..10).unwrap_or(""))
            .collect();
        assert_eq!(starts.first(), Some(&"    why   "), "{text}");
        assert_eq!(starts.get(1), Some(&"          "), "{text}");
        assert!(text.ends_with("    when  now\n"), "{text}");
    }

    #[test]
    fn no_line_starts_within_the_colons_of_an_arn() {
        let arns = "`arn:aws:s3:::reports`, ".repeat(20);
        for width in 40..80 {
            let text = Layout::new(width).paragraph(&arns, 0);
            assert!(text.lines().all(|line| !line.starts_with(':')), "{text}");
        }
    }

    #[test]
    fn no_text_steers_a_terminal() {
        let text = Layout::new(80).paragraph("a\u{1b}[2Jb\nc\u{202e}", 0);
        assert_eq!(text, "a\\u{1b}[2Jb\\nc\\u{202e}\n");
    }
}
