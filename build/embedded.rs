//! Collects tables, texts and lists, and writes them in the form of `layout`.

use crate::layout::{LISTS, SOURCES, TEXTS, Table};
use std::collections::BTreeMap;

const TABLE_COUNT: usize = SOURCES.number + 1;

/// The embedded data while they are made.
pub(crate) struct Embedded {
    tables: [Rows; TABLE_COUNT],
    texts: BTreeMap<String, u32>,
    text: String,
    lists: BTreeMap<Vec<u32>, u32>,
}

#[derive(Default)]
struct Rows {
    width: usize,
    words: Vec<u32>,
}

impl Embedded {
    pub(crate) fn new() -> Self {
        let mut new = Self {
            tables: Default::default(),
            texts: BTreeMap::new(),
            text: String::new(),
            lists: BTreeMap::new(),
        };
        // Text 0 stands for none.
        new.text("");
        new
    }

    /// Adds a row and gives its number.
    pub(crate) fn push<const WIDTH: usize>(
        &mut self,
        table: Table<WIDTH>,
        row: [u32; WIDTH],
    ) -> u32 {
        let Some(rows) = self.tables.get_mut(table.number) else {
            return u32::MAX;
        };
        rows.width = WIDTH;
        rows.words.extend(row);
        number(rows.words.len() / WIDTH) - 1
    }

    /// How many rows a table has.
    pub(crate) fn rows<const WIDTH: usize>(&self, table: Table<WIDTH>) -> u32 {
        self.tables
            .get(table.number)
            .map_or(0, |rows| number(rows.words.len() / WIDTH))
    }

    /// The number of a text; equal texts are kept once.
    pub(crate) fn text(&mut self, text: &str) -> u32 {
        if let Some(known) = self.texts.get(text) {
            return *known;
        }
        let start = number(self.text.len());
        self.text.push_str(text);
        let new = self.push(TEXTS, [start, number(self.text.len())]);
        self.texts.insert(text.to_owned(), new);
        new
    }

    /// The place of a list; equal lists are kept once.
    pub(crate) fn list(&mut self, items: Vec<u32>) -> u32 {
        if let Some(known) = self.lists.get(&items) {
            return *known;
        }
        let new = self.push(LISTS, [number(items.len())]);
        for item in &items {
            self.push(LISTS, [*item]);
        }
        self.lists.insert(items, new);
        new
    }

    /// The words and the text to embed.
    pub(crate) fn finish(self) -> (Vec<u8>, String) {
        let mut directory = Vec::new();
        let mut start = TABLE_COUNT * 2;
        for rows in &self.tables {
            directory.extend([number(start), number(rows.words.len() / rows.width.max(1))]);
            start += rows.words.len();
        }
        let words = self.tables.iter().flat_map(|rows| &rows.words);
        let bytes = directory
            .iter()
            .chain(words)
            .flat_map(|word| word.to_le_bytes())
            .collect();
        (bytes, self.text)
    }
}

/// Sizes here stay far below the limit; one that does not fails the tests, not the build.
fn number(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}
