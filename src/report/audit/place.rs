//! Where policies stand: only those that are files of their own have a place in one.

use crate::audit::{Audit, PolicyFacts};
use std::collections::BTreeMap;

/// The names that policies of an account's export have: those of their file and then of what holds them.
const HOLDERS: [&str; 3] = ["user/", "group/", "role/"];

/// The files that policies are, by document and by name.
#[derive(Debug)]
pub(super) struct Places<'a> {
    by_document: BTreeMap<usize, &'a str>,
    by_name: BTreeMap<&'a str, Option<&'a str>>,
}

impl<'a> Places<'a> {
    pub(super) fn of(audit: &'a Audit) -> Self {
        let mut places = Self {
            by_document: BTreeMap::new(),
            by_name: BTreeMap::new(),
        };
        for policy in &audit.policies {
            let file = file(policy);
            if let Some(file) = file {
                places.by_document.insert(policy.document, file);
            }
            // Two policies of one name are told apart by nothing.
            places
                .by_name
                .entry(&policy.name)
                .and_modify(|known| *known = None)
                .or_insert(file);
        }
        places
    }

    /// The file that a policy is.
    pub(super) fn file(&self, document: usize) -> Option<&'a str> {
        self.by_document.get(&document).copied()
    }

    /// The file that the policy of that name is.
    pub(super) fn file_of_name(&self, name: &str) -> Option<&'a str> {
        self.by_name.get(name).copied().flatten()
    }
}

/// The file that a policy is; `None` for one that an account's export has, of which neither lines
/// nor columns are those of a file.
fn file(policy: &PolicyFacts) -> Option<&str> {
    let is_exported = |name: &str| {
        let owner = name.rsplit_once(": ").map_or(name, |(before, _)| before);
        let owner = owner.rsplit_once(": ").map_or(owner, |(_, owner)| owner);
        HOLDERS.iter().any(|holder| owner.starts_with(holder)) && name.contains(": ")
    };
    if policy.arn.is_some() || is_exported(&policy.name) {
        return None;
    }
    Some(policy.name.trim_start_matches("./"))
}

#[cfg(test)]
mod tests {
    use super::file;
    use crate::{audit::PolicyFacts, eval::Layer};

    #[test]
    fn policies_of_an_export_have_no_file() {
        let of = |name: &str, arn: Option<&str>| {
            let policy = PolicyFacts {
                document: 0,
                name: name.to_owned(),
                file: String::new(),
                arn: arn.map(str::to_owned),
                layer: Layer::Identity,
                holders: None,
                text: String::new(),
            };
            file(&policy).map(str::to_owned)
        };
        assert_eq!(of("./iam/a.json", None), Some("iam/a.json".to_owned()));
        assert_eq!(of("role/a.json", None), Some("role/a.json".to_owned()));
        assert_eq!(of("a: b.json", None), Some("a: b.json".to_owned()));
        assert_eq!(of("account.json: role/deploy: inline Deploy", None), None);
        assert_eq!(of("role/deploy: trust policy", None), None);
        let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
        assert_eq!(of(arn, Some(arn)), None);
    }
}
