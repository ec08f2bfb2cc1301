//! Small tables of `data/` that the linter reads as they are.

use crate::policy::compare_ignoring_case;
use std::{cmp::Ordering, sync::OnceLock};

/// A file of `data/`: a fact a line, fields parted by ` | `, sorted by the first field without
/// regard to case. The first line names the columns. It is taken apart when it is first asked.
#[derive(Debug)]
pub struct Table {
    /// The name of the file.
    pub name: &'static str,
    text: &'static str,
    rows: OnceLock<Vec<Vec<&'static str>>>,
}

impl Table {
    const fn new(name: &'static str, text: &'static str) -> Self {
        Self {
            name,
            text,
            rows: OnceLock::new(),
        }
    }

    /// The rows in order. An empty field is `-`.
    pub fn rows(&self) -> &[Vec<&'static str>] {
        self.rows.get_or_init(|| {
            let lines = self.text.lines().filter(|line| !line.starts_with('#'));
            lines
                .map(|line| line.split(" | ").map(str::trim).collect())
                .collect()
        })
    }

    /// The first row whose first field is this, letter case aside.
    pub fn row(&self, first: &str) -> Option<&[&'static str]> {
        self.rows_of(first).next()
    }

    /// The rows whose first field is this, letter case aside.
    pub fn rows_of(&self, first: &str) -> impl Iterator<Item = &[&'static str]> {
        let rows = self.rows();
        let order = |row: &[&'static str]| {
            compare_ignoring_case(row.first().copied().unwrap_or_default(), first)
        };
        let start = rows.partition_point(|row| order(row) == Ordering::Less);
        rows.iter()
            .skip(start)
            .map(Vec::as_slice)
            .take_while(move |row| order(row) == Ordering::Equal)
    }

    /// Whether a row starts with this, letter case aside.
    pub fn has(&self, first: &str) -> bool {
        self.row(first).is_some()
    }
}

/// Declares the tables and the list of them.
macro_rules! tables {
    ($($(#[doc = $doc:literal])+ $name:ident = $file:literal;)+) => {
        $($(#[doc = $doc])+
        pub static $name: Table = Table::new($file, include_str!(concat!("../../data/", $file)));)+

        /// All of them.
        #[cfg(test)]
        const TABLES: &[&Table] = &[$(&$name),+];
    };
}

tables! {
    /// Policy, its characters at most, whether whitespace outside strings counts.
    POLICY_QUOTAS = "policy-quotas.txt";
    /// Service, what its resources' policies may have at most, what AWS raises that to on request,
    /// the unit, whether whitespace outside strings counts.
    RESOURCE_POLICY_QUOTAS = "resource-policy-quotas.txt";
}

#[cfg(test)]
mod tests {
    use super::{TABLES, compare_ignoring_case};

    #[test]
    fn tables_are_sorted_and_as_wide_as_their_head() {
        for table in TABLES {
            let head = table.text.lines().next().unwrap();
            assert!(head.starts_with("# "), "{}", table.name);
            let width = head.split(" | ").count();
            assert!(!table.rows().is_empty(), "{}", table.name);
            for row in table.rows() {
                assert_eq!(row.len(), width, "{}: {row:?}", table.name);
            }
            let order = |a: &Vec<&str>, b: &Vec<&str>| compare_ignoring_case(a[0], b[0]).is_le();
            assert!(table.rows().is_sorted_by(order), "sort data/{}", table.name);
        }
    }

    #[test]
    fn every_table_is_described() {
        let described = include_str!("../../data/README.md");
        for table in TABLES {
            assert!(
                described.contains(&format!("`{}`", table.name)),
                "{}",
                table.name
            );
        }
    }
}
