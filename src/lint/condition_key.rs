//! What AWS says of a condition key.

use crate::catalog::{Catalog, GlobalConditionKey, ServiceConditionKey, ValueType};

/// What the catalog has on a condition key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KeyFacts {
    /// The global key.
    pub(super) global: Option<GlobalConditionKey>,
    /// The key as a service lists it. Some services list global keys as well.
    pub(super) service: Option<ServiceConditionKey>,
}

impl KeyFacts {
    /// What is known of a key; letter case does not matter.
    pub(super) fn of(catalog: Catalog, key: &str) -> Self {
        Self {
            global: catalog.global_condition_key(key),
            service: catalog.condition_key(key),
        }
    }

    /// Whether AWS has the key.
    pub(super) fn is_known(self) -> bool {
        self.global.is_some() || self.service.is_some()
    }

    /// The types that its values can be read as; none for an unknown key.
    pub(super) fn value_types(self) -> Vec<ValueType> {
        match (self.global, self.service) {
            (Some(global), _) => global.value_types().collect(),
            (None, Some(service)) => vec![service.value_type()],
            (None, None) => Vec::new(),
        }
    }

    /// Whether a request can have several values for it; `None` for an unknown key.
    pub(super) fn multivalued(self) -> Option<bool> {
        self.global
            .map(GlobalConditionKey::multivalued)
            .or_else(|| self.service.map(ServiceConditionKey::multivalued))
    }

    /// Whether every request has it.
    pub(super) fn always_present(self) -> bool {
        self.global.is_some_and(GlobalConditionKey::always_present)
    }
}
