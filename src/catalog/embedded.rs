//! Reads the tables that the build script embedded, row by row, where they lie.
//!
//! The build script alone writes them, so a place outside them is never asked for; it would read
//! as zero or as an empty text.

use super::layout::{LISTS, TEXTS, Table};
use crate::policy::compare_ignoring_case;
use std::{cmp::Ordering, ops::Range};

static WORDS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalog.words"));
static TEXT: &str = include_str!(concat!(env!("OUT_DIR"), "/catalog.text"));

fn word(at: usize) -> u32 {
    WORDS
        .get(at * 4..)
        .and_then(|bytes| bytes.first_chunk())
        .map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

/// One row of a table.
pub(super) fn row<const WIDTH: usize>(table: Table<WIDTH>, number: u32) -> [u32; WIDTH] {
    let first = word(table.number * 2) as usize + number as usize * WIDTH;
    std::array::from_fn(|column| word(first + column))
}

/// The numbers of a table's rows.
pub(super) fn rows<const WIDTH: usize>(table: Table<WIDTH>) -> Range<u32> {
    0..word(table.number * 2 + 1)
}

/// A text by its number.
pub(super) fn text(number: u32) -> &'static str {
    let [start, end] = row(TEXTS, number);
    TEXT.get(start as usize..end as usize).unwrap_or_default()
}

/// A text by its number; `None` for number 0.
pub(super) fn optional_text(number: u32) -> Option<&'static str> {
    (number != 0).then(|| text(number))
}

/// The items of the list at a place.
pub(super) fn list(place: u32) -> impl ExactSizeIterator<Item = u32> + Clone {
    let [length] = row(LISTS, place);
    (0..length).map(move |item| {
        let [item] = row(LISTS, place + 1 + item);
        item
    })
}

/// The items of the list at a place, as pairs of texts.
pub(super) fn text_pairs(place: u32) -> impl Iterator<Item = (&'static str, &'static str)> {
    let [length] = row(LISTS, place);
    (0..length / 2).map(move |pair| {
        let [first] = row(LISTS, place + 1 + pair * 2);
        let [second] = row(LISTS, place + 2 + pair * 2);
        (text(first), text(second))
    })
}

/// The row of a sorted range that `order` calls equal.
pub(super) fn find(range: Range<u32>, order: impl Fn(u32) -> Ordering) -> Option<u32> {
    let at = partition_point(range.clone(), |number| order(number).is_lt());
    (range.contains(&at) && order(at).is_eq()).then_some(at)
}

/// The first row of a range for which `is_before` does not hold; it holds for all rows before it.
pub(super) fn partition_point(range: Range<u32>, is_before: impl Fn(u32) -> bool) -> u32 {
    let Range { mut start, mut end } = range;
    while start < end {
        let middle = start + (end - start) / 2;
        if is_before(middle) {
            start = middle + 1;
        } else {
            end = middle;
        }
    }
    start
}

/// How a service prefix and a name in a table, in that order, compare with those looked for.
pub(super) fn compare_names(
    [prefix, name]: [u32; 2],
    (wanted_prefix, wanted_name): (&str, &str),
) -> Ordering {
    compare_ignoring_case(text(prefix), wanted_prefix)
        .then_with(|| compare_ignoring_case(text(name), wanted_name))
}
