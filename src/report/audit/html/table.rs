//! Tables: with a caption, a head that can be sorted by, and a bound.

use super::{
    markup::{Element, Escaped, element},
    wording::{counted, number, time},
};
use crate::audit::Instant;

/// The most rows of a table that are shown, so that a browser can still sort them at once.
pub(super) const MOST_ROWS: usize = 2000;

/// How many rows the tables of a part of the page still may have, of which there may be any number.
#[derive(Debug)]
pub(super) struct RowsLeft(std::cell::Cell<usize>);

impl RowsLeft {
    /// So many.
    pub(super) fn of(rows: usize) -> Self {
        Self(std::cell::Cell::new(rows))
    }

    /// Takes as many rows as are wanted of these, and no more than a table may have.
    pub(super) fn take(&self, wanted: usize) -> usize {
        let taken = wanted.min(self.0.get()).min(MOST_ROWS);
        self.0.set(self.0.get() - taken);
        taken
    }
}

/// What the cells of a column are, by which they are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A few words of the page itself, which are not broken.
    Words,
    /// A recorded name, which may be long and is broken anywhere.
    Name,
    /// Sentences, in which there may be recorded names.
    Prose,
    /// Numbers, on the right.
    Number,
    /// Times.
    Time,
    /// Pictures, which nobody sorts by.
    Picture,
}

/// A column: its title and what its cells are.
pub(super) type Column = (&'static str, Kind);

/// A cell, with the value that it is sorted by where that is not its text.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    content: Escaped,
    key: Option<String>,
}

impl<T: Into<Escaped>> From<T> for Cell {
    fn from(content: T) -> Self {
        Self {
            content: content.into(),
            key: None,
        }
    }
}

impl Cell {
    /// A number.
    pub(super) fn number(value: u64) -> Self {
        Self::from(number(value)).sorted_by(value.to_string())
    }

    /// A time, or a dash for none.
    pub(super) fn time(at: Option<Instant>) -> Self {
        match at {
            Some(at) => Self::from(time(at)).sorted_by(at.0.to_string()),
            None => Self::from("\u{2013}").sorted_by("0".to_owned()),
        }
    }

    /// The same, sorted by another value than its text.
    pub(super) fn sorted_by(mut self, key: String) -> Self {
        self.key = Some(key);
        self
    }
}

/// A row, and what is told of it below its cells.
#[derive(Debug, Clone)]
pub(super) struct Row {
    cells: Vec<Cell>,
    more: Option<Escaped>,
}

impl Row {
    /// A row of cells only. The first is the head of the row.
    pub(super) fn of(cells: Vec<Cell>) -> Self {
        Self { cells, more: None }
    }

    /// With something below the cells, across all columns.
    pub(super) fn with_more(mut self, more: impl Into<Escaped>) -> Self {
        self.more = Some(more.into());
        self
    }
}

/// How a table looks.
#[derive(Debug)]
pub(super) struct Look {
    /// What is in it.
    pub(super) caption: Escaped,
    /// Its columns.
    pub(super) columns: &'static [Column],
    /// What scripts may do with it.
    pub(super) class: &'static str,
}

/// Sorted by its head, and filtered by words.
pub(super) const FILTERED: &str = "sortable filtered";
/// Sorted by its head.
pub(super) const SORTED: &str = "sortable";

/// A table with a row for each item, up to [`MOST_ROWS`], and a line for what is left out.
pub(super) fn table<T>(look: Look, items: &[T], row: impl Fn(&T) -> Row) -> Escaped {
    bounded_table(look, items, MOST_ROWS, row)
}

/// A table with so many rows at most; none where that is zero.
pub(super) fn bounded_table<T>(
    look: Look,
    items: &[T],
    most: usize,
    row: impl Fn(&T) -> Row,
) -> Escaped {
    let left_out = left_out(items.len().saturating_sub(most), "row", "rows");
    if most == 0 {
        return left_out;
    }
    let rows = items.iter().take(most).map(&row);
    let body: Escaped = rows.map(|row| body(look.columns, row)).collect();
    let table = element("table")
        .class(look.class)
        .with(element("caption").with(look.caption))
        .with(head(look.columns))
        .with(body);
    Escaped::from(table).and(left_out)
}

/// The line that says how much is left out and where it is.
pub(super) fn left_out(count: usize, one: &str, many: &str) -> Escaped {
    if count == 0 {
        return Escaped::default();
    }
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    let verb = if count == 1 { "is" } else { "are" };
    let text = format!(
        "{} {verb} left out here, so that the page stays usable; ",
        counted(count, &format!("more {one}"), &format!("more {many}")),
    );
    element("p")
        .class("left-out")
        .with(text)
        .with(element("code").with("--format json"))
        .with(" has the whole")
        .into()
}

fn head(columns: &[Column]) -> Element {
    let cells = columns.iter().map(|(title, kind)| {
        let cell = element("th").attribute("scope", "col");
        match kind {
            Kind::Words | Kind::Name | Kind::Prose => cell.attribute("data-kind", "text"),
            Kind::Number => cell.class("number").attribute("data-kind", "number"),
            Kind::Time => cell.attribute("data-kind", "time"),
            Kind::Picture => cell,
        }
        .with(*title)
    });
    element("thead").with(element("tr").with(cells.collect::<Escaped>()))
}

/// A body of its own for each row, so that what is below a row moves with it.
fn body(columns: &[Column], row: Row) -> Element {
    let cells = columns
        .iter()
        .zip(row.cells)
        .enumerate()
        .map(|(place, (column, cell))| of_cell(place, column, cell));
    let shown = element("tr").with(cells.collect::<Escaped>());
    let shown = match row.more {
        Some(_) => shown.class("has-more"),
        None => shown,
    };
    let mut body = element("tbody").with(shown);
    if let Some(more) = row.more {
        let across = element("td")
            .attribute("colspan", &columns.len().to_string())
            .with(more);
        body = body.with(element("tr").class("more").with(across));
    }
    body
}

fn of_cell(place: usize, (title, kind): &Column, cell: Cell) -> Element {
    let tag = if place == 0 {
        element("th").attribute("scope", "row")
    } else {
        element("td")
    };
    let tag = match kind {
        Kind::Words => tag,
        Kind::Name => tag.class("name"),
        Kind::Prose => tag.class("prose"),
        Kind::Number => tag.class("number"),
        Kind::Time => tag.class("time"),
        Kind::Picture => tag.class("picture"),
    };
    let tag = tag.attribute("data-label", title);
    let tag = match cell.key {
        Some(key) => tag.attribute("data-key", &key),
        None => tag,
    };
    // On narrow screens the label stands beside the content, which so is one thing.
    tag.with(element("div").with(cell.content))
}
