//! What a policy grants of each service against what was used of it.

use super::{
    ServiceBreadth,
    class::{Width, class_of},
    policy::PolicyReader,
    uses::{PolicyUse, Use},
};
use crate::catalog::{Action, Catalog};
use std::collections::{BTreeMap, BTreeSet};

/// The actions that a policy grants, and how those that were used were.
#[derive(Debug, Default)]
pub(super) struct Granted {
    actions: BTreeSet<Action>,
}

impl Granted {
    pub(super) fn add(&mut self, actions: &BTreeSet<Action>) {
        self.actions.extend(actions);
    }
}

/// What was used of a service.
#[derive(Debug, Default)]
struct OfService {
    granted: Vec<Action>,
    used: BTreeSet<Action>,
    whole: Use,
}

impl PolicyReader<'_> {
    pub(super) fn services(&self, granted: &Granted) -> Vec<ServiceBreadth> {
        let used = self.uses.map(used_actions).unwrap_or_default();
        let mut services: BTreeMap<&str, OfService> = BTreeMap::new();
        for action in &granted.actions {
            let service = services.entry(action.service().prefix()).or_default();
            service.granted.push(*action);
            if let Some(of) = used.get(action) {
                service.used.insert(*action);
                service.whole.calls += of.calls;
                service.whole.uncertain += of.uncertain;
                service.whole.last = service.whole.last.max(of.last);
            }
        }
        let services = services.into_iter();
        services
            .map(|(prefix, service)| self.service(prefix, &service))
            .collect()
    }

    fn service(&self, prefix: &str, service: &OfService) -> ServiceBreadth {
        let granted = service.granted.len() as u64;
        let unseen = service.granted.iter().copied();
        let unseen = self.unseen(unseen.filter(|action| !service.used.contains(action)));
        ServiceBreadth {
            service: prefix.to_owned(),
            granted,
            used: service.used.len() as u64,
            observable: granted - unseen.hidden(),
            last: service.whole.last,
            class: class_of(service.whole, &unseen, Width::Wide),
        }
    }
}

/// The use of each action, whichever statements granted it. Where several did, a call counts for each:
/// the sum tells whether there was one for sure, and no more.
fn used_actions(uses: &PolicyUse<'_>) -> BTreeMap<Action, Use> {
    let catalog = Catalog::embedded();
    let mut actions: BTreeMap<Action, Use> = BTreeMap::new();
    let entries = uses.statements.values().flat_map(|of| of.actions.values());
    for (name, of) in entries.flat_map(|entry| &entry.names) {
        if let Some(action) = catalog.action(name) {
            let own = actions.entry(action).or_default();
            own.calls += of.calls;
            own.uncertain += of.uncertain;
            own.last = own.last.max(of.last);
        }
    }
    actions
}
