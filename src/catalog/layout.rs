//! Where each fact lies in the embedded data.
//!
//! Shared by the build script, which writes the data, and by the reader, so that the two cannot
//! disagree on the width of a row.
//!
//! The data are little-endian 32-bit words. They start with a directory: for each table the word
//! that it starts at and its number of rows. A row is a fixed number of words. Texts are rows of
//! [`TEXTS`], ranges of bytes of one long text that is embedded beside the words; text 0 is empty
//! and stands for none. A list is a place in [`LISTS`]: its length, then its items.

/// A table whose rows are `WIDTH` words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table<const WIDTH: usize> {
    /// The table's place in the directory.
    pub(crate) number: usize,
}

/// First byte, end byte.
pub(crate) const TEXTS: Table<2> = Table { number: 0 };
/// Lengths and items of all lists.
pub(crate) const LISTS: Table<1> = Table { number: 1 };
/// Prefix, name, first action, end of actions, first resource type, end of resource types, list of
/// condition keys. By prefix.
pub(crate) const SERVICES: Table<7> = Table { number: 2 };
/// Name, service, access level, first of [`ACTION_TYPES`], end of them, list of condition keys. By
/// service, then name.
pub(crate) const ACTIONS: Table<6> = Table { number: 3 };
/// Resource type, 1 if required, list of condition keys.
pub(crate) const ACTION_TYPES: Table<3> = Table { number: 4 };
/// Name, service, list of ARN templates, list of condition keys. By service, then name.
pub(crate) const RESOURCE_TYPES: Table<4> = Table { number: 5 };
/// Key, value type, 1 if multivalued. By key.
pub(crate) const CONDITION_KEYS: Table<3> = Table { number: 6 };
/// Those of [`CONDITION_KEYS`] that have a `${..}` in them.
pub(crate) const TEMPLATED_KEYS: Table<1> = Table { number: 7 };
/// Key, list of value types, 1 if multivalued, 1 if in every request. By key.
pub(crate) const GLOBAL_KEYS: Table<4> = Table { number: 8 };
/// Event source, service prefix. By event source.
pub(crate) const EVENT_SOURCES: Table<2> = Table { number: 9 };
/// Service prefix, event name, list of actions as texts, 1 if some of them are enough. By the first
/// two.
pub(crate) const EVENT_ACTIONS: Table<4> = Table { number: 10 };
/// Service prefix, operation, first of [`OPERATION_ACTIONS`], end of them. By the first two.
pub(crate) const OPERATIONS: Table<4> = Table { number: 11 };
/// Action as text, path that must be there, path that must not be there, whole ARN, list of
/// variables and their templates, list of resource types and their templates.
pub(crate) const OPERATION_ACTIONS: Table<6> = Table { number: 12 };
/// Operation, API version, verb, path. By the first two.
pub(crate) const REST_CALLS: Table<4> = Table { number: 13 };
/// Action as text. By action.
pub(crate) const FREE_ACTIONS: Table<1> = Table { number: 14 };
/// Service prefix as text. By prefix.
pub(crate) const RCP_SERVICES: Table<1> = Table { number: 15 };
/// Package and version, date. The last table.
pub(crate) const SOURCES: Table<2> = Table { number: 16 };

/// The access levels as the data write them, in the order of their numbers.
pub(crate) const ACCESS_LEVELS: [&str; 5] =
    ["List", "Read", "Write", "Tagging", "PermissionsManagement"];

/// The value types as the data write them, in the order of their numbers.
pub(crate) const VALUE_TYPES: [&str; 6] = ["String", "Arn", "Bool", "Numeric", "Date", "IpAddress"];
