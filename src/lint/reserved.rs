//! Names of rules that are to come.

use super::Category;

/// The name of a rule that does not run yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reserved {
    /// The name.
    pub id: &'static str,
    /// What kind of fault it is to find.
    pub category: Category,
    /// What it is to find, in one line.
    pub summary: &'static str,
    /// What it waits for.
    pub waits_for: &'static str,
}

const ATTACHMENTS: &str = "attachments, which infrastructure code tells and a document does not";

/// The names that are kept, by category, then by name.
pub const RESERVED: &[Reserved] = &[
    Reserved {
        id: "managed-policy-elevated",
        category: Category::Security,
        summary: "a managed policy that gives everything away is attached",
        waits_for: ATTACHMENTS,
    },
    Reserved {
        id: "quota-names",
        category: Category::Quota,
        summary: "name or path longer than AWS takes",
        waits_for: ATTACHMENTS,
    },
    Reserved {
        id: "policy-on-user",
        category: Category::Style,
        summary: "policy attached straight to a user",
        waits_for: ATTACHMENTS,
    },
];
