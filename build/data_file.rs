//! The text files of `data/`: one fact a line, fields parted by ` | `, `-` for an empty field.

use std::{fmt, fs, path::Path};

/// What is wrong with the data, and where.
#[derive(Debug)]
pub(crate) struct DataError(String);

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A file of `data/`, read whole.
pub(crate) struct DataFile {
    name: &'static str,
    text: String,
}

impl DataFile {
    pub(crate) fn read(folder: &Path, name: &'static str) -> Result<Self, DataError> {
        let path = folder.join(name);
        #[expect(
            clippy::disallowed_methods,
            reason = "the build reads the project's own data"
        )]
        let text = fs::read_to_string(&path)
            .map_err(|error| DataError(format!("{}: {error}", path.display())))?;
        Ok(Self { name, text })
    }

    /// The facts in order; the first line names the columns.
    pub(crate) fn lines<const FIELDS: usize>(
        &self,
    ) -> impl Iterator<Item = Result<Line<'_, FIELDS>, DataError>> {
        self.text.lines().enumerate().skip(1).map(|(index, text)| {
            let place = Place {
                file: self.name,
                line: index + 1,
            };
            let fields: Vec<_> = text.split(" | ").collect();
            let fields = <[&str; FIELDS]>::try_from(fields)
                .map_err(|found| place.error(format!("{} fields, not {FIELDS}", found.len())))?;
            if fields
                .iter()
                .any(|field| field.is_empty() || field.trim() != *field)
            {
                return Err(place.error("an empty field, or blanks around one"));
            }
            Ok(Line { place, fields })
        })
    }
}

/// One fact.
pub(crate) struct Line<'a, const FIELDS: usize> {
    pub(crate) place: Place,
    pub(crate) fields: [&'a str; FIELDS],
}

/// Where a fact is written.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    file: &'static str,
    line: usize,
}

impl Place {
    pub(crate) fn error(self, reason: impl fmt::Display) -> DataError {
        DataError(format!("data/{}:{}: {reason}", self.file, self.line))
    }

    /// The number of a word in a list of words.
    pub(crate) fn choice(self, words: &[&str], word: &str) -> Result<u32, DataError> {
        words
            .iter()
            .zip(0..)
            .find_map(|(known, number)| (*known == word).then_some(number))
            .ok_or_else(|| self.error(format!("`{word}` is none of {}", words.join(", "))))
    }

    /// The parts of `service:Name`.
    pub(crate) fn split_action(self, text: &str) -> Result<(&str, &str), DataError> {
        text.split_once(':')
            .filter(|(prefix, name)| !prefix.is_empty() && !name.is_empty())
            .ok_or_else(|| self.error(format!("`{text}` is not of the form service:Name")))
    }
}

/// The items of a field; none for `-`.
pub(crate) fn items<'a>(field: &'a str, separator: &'a str) -> impl Iterator<Item = &'a str> {
    field.split(separator).filter(|item| *item != "-")
}

/// Checks that lines come in order, none twice.
pub(crate) struct Order<Key>(Option<Key>);

impl<Key: Ord> Order<Key> {
    pub(crate) fn new() -> Self {
        Self(None)
    }

    pub(crate) fn check(&mut self, place: Place, key: Key) -> Result<(), DataError> {
        if self.0.as_ref().is_some_and(|previous| *previous >= key) {
            return Err(place.error("out of order, or there twice"));
        }
        self.0 = Some(key);
        Ok(())
    }
}
