//! The distinct records, each with a number and an example.

use super::{super::Example, Detail, MakesExample, Shared};
use crate::audit::Record;
use std::{collections::HashMap, sync::Arc};
use xxhash_rust::xxh3::Xxh3DefaultBuilder;

/// The distinct records.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    records: Vec<(Shared, Option<Example>)>,
    places: HashMap<Shared, u32, Xxh3DefaultBuilder>,
    weight: usize,
    folds: u32,
    /// Where the records are now that had numbers when the last one was placed.
    moved: Vec<u32>,
}

impl Table {
    pub(super) fn place(&mut self, record: Record) -> u32 {
        self.moved.clear();
        if let Some(place) = self.places.get(&record) {
            return *place;
        }
        self.insert(Arc::new(record))
    }

    fn insert(&mut self, record: Shared) -> u32 {
        let place = u32::try_from(self.records.len()).unwrap_or(u32::MAX);
        self.weight += record.weight();
        self.places.insert(Arc::clone(&record), place);
        self.records.push((record, None));
        place
    }

    /// Where the record is now that was placed last, whatever was folded since.
    pub(super) fn moved(&self, place: u32) -> u32 {
        self.moved.get(place as usize).copied().unwrap_or(place)
    }

    pub(super) fn record(&self, place: u32) -> Option<&Record> {
        self.records
            .get(place as usize)
            .map(|(record, _)| &**record)
    }

    pub(super) fn get(&self, place: u32) -> Option<(&Record, Option<&Example>)> {
        let (record, example) = self.records.get(place as usize)?;
        Some((record, example.as_ref()))
    }

    /// The records, by number.
    pub(super) fn into_records(self) -> Vec<(Record, Option<Example>)> {
        drop(self.places);
        let records = self.records.into_iter();
        records
            .map(|(record, example)| (Arc::unwrap_or_clone(record), example))
            .collect()
    }

    /// How many records there are.
    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// How many bytes the records take, about: a function of the set of them.
    pub(super) fn weight(&self) -> usize {
        self.weight
    }

    pub(super) fn folds(&self) -> u32 {
        self.folds
    }

    pub(super) fn exemplify(&mut self, place: u32, example: &dyn MakesExample) {
        if let Some((_, own)) = self.records.get_mut(place as usize)
            && own.as_ref().is_none_or(|own| example.is_before(own))
        {
            *own = Some(example.make());
        }
    }

    /// Adds the records of another table; where each of them is then.
    pub(super) fn merge(&mut self, other: Self) -> Vec<u32> {
        let mut places = Vec::with_capacity(other.records.len());
        for (record, example) in other.records {
            let place = match self.places.get(&record) {
                Some(place) => *place,
                None => self.insert(record),
            };
            if let Some(example) = example {
                self.exemplify(place, &example);
            }
            places.push(place);
        }
        places
    }

    /// Folds all records; where each of them is then.
    pub(super) fn fold(&mut self, detail: Detail) -> Vec<u32> {
        let mut folded = Self {
            folds: self.folds + 1,
            ..Self::default()
        };
        let mut places = Vec::with_capacity(self.records.len());
        // Each record is let go of as soon as it is folded.
        self.places = HashMap::default();
        for (record, example) in std::mem::take(&mut self.records) {
            let place = folded.place(detail.fold(Arc::unwrap_or_clone(record)));
            if let Some(example) = example {
                folded.exemplify(place, &example);
            }
            places.push(place);
        }
        // Folds may come one after the other.
        folded.moved = if self.moved.is_empty() {
            places.clone()
        } else {
            let through = self.moved.iter();
            through
                .map(|old| places.get(*old as usize).copied().unwrap_or(*old))
                .collect()
        };
        *self = folded;
        places
    }

    /// The numbers of the records, in the order of the records.
    pub(super) fn order(&self) -> Vec<u32> {
        let mut order: Vec<(&Record, u32)> = (0..)
            .zip(&self.records)
            .map(|(place, (record, _))| (&**record, place))
            .collect();
        order.sort_unstable();
        order.into_iter().map(|(_, place)| place).collect()
    }
}
