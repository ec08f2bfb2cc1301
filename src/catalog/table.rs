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
    /// Condition key, its values, `grows` where AWS adds to them and `closed` where not.
    CONDITION_ENUMS = "condition-enums.txt";
    /// Condition key, how much it can limit who calls, and what is called; what it limits, which
    /// requests lack it, who sets it, where wildcards may stand in its values.
    CONDITION_KEY_STRENGTH = "condition-key-strength.txt";
    /// Condition key, what its values are.
    CONDITION_VALUE_FORMATS = "condition-value-formats.txt";
    /// Action, the type of resource of the data events that record its calls.
    DATA_EVENTS = "data-events.txt";
    /// Action or `service:*` that AWS has retired, since when, actions in its place.
    DEPRECATED_ACTIONS = "deprecated-actions.txt";
    /// Service without regions of its own, the region that gets its requests, whether AWS's example of
    /// a denial of regions exempts it.
    GLOBAL_SERVICES = "global-services.txt";
    /// Issuer of tokens that all its customers share, the claims that name the customer, how many
    /// audiences a token has, whose it is.
    OIDC_ISSUERS = "oidc-issuers.txt";
    /// Condition key, the keys of which one has to stand beside it.
    PAIRED_CONDITION_KEYS = "paired-condition-keys.txt";
    /// Operation, the template of a role that it passes and that the map of API calls lacks.
    PASSED_ROLES = "passed-roles.txt";
    /// Service, the actions that change or remove the policy of a resource, who still can when everyone
    /// is denied them.
    POLICY_ACTIONS = "policy-actions.txt";
    /// Action that changes who may do what or what is recorded of it, what it changes.
    POLICY_CHANGES = "policy-changes.txt";
    /// Policy, its characters at most, whether whitespace outside strings counts.
    POLICY_QUOTAS = "policy-quotas.txt";
    /// Actions that together are enough to gain rights, the kind of way, the service that the role is
    /// passed to, and what the principal does.
    PRIVILEGE_ESCALATION = "privilege-escalation.txt";
    /// Region, its partition.
    REGIONS = "regions.txt";
    /// Service, what its resources' policies may have at most, what AWS raises that to on request, the
    /// unit, whether whitespace outside strings counts.
    /// Service, what its resources' policies may have at most, what AWS raises that to on request,
    /// the unit, whether whitespace outside strings counts.
    RESOURCE_POLICY_QUOTAS = "resource-policy-quotas.txt";
    /// Action, and what makes it sensitive.
    SENSITIVE_ACTIONS = "sensitive-actions.txt";
    /// Service principal, the policies that AWS says to limit by the source, whether it runs code of
    /// the customer.
    SERVICE_PRINCIPALS = "service-principals.txt";
    /// Action that the service reference lacks, the managed policies of AWS that have it.
    UNLISTED_ACTIONS = "unlisted-actions.txt";
    /// Action or `service:*` of whose calls `CloudTrail` keeps no record, why; `-` where no page says
    /// whether it does.
    UNLOGGED_ACTIONS = "unlogged-actions.txt";
    /// Action, or `service:*`, that no API operation is known to ask for.
    UNRECORDED_ACTIONS = "unrecorded-actions.txt";
    /// Condition key with `*` for any text, the actions that take it, where that is from.
    UNLISTED_CONDITION_KEYS = "unlisted-condition-keys.txt";
    /// Service prefix, and which of three keys about the owner of a VPC endpoint its requests have.
    VPC_ENDPOINT_OWNER_KEYS = "vpc-endpoint-owner-keys.txt";
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
