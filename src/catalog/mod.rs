//! The service reference: what actions, resource types and condition keys AWS has, and what
//! recorded API calls ask of IAM.
//!
//! All of it is embedded, made at build time from the text files of `data/`, and read where it
//! lies: nothing is parsed or allocated before the first lookup. It knows nothing of policies and
//! judges nothing.
//!
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>

mod api_call;
mod arn_form;
mod condition_key;
mod embedded;
mod layout;
mod nearest;
mod recording;
mod service;
pub mod table;
#[cfg(test)]
mod tests;

pub use api_call::{EventActions, Operation, OperationAction, RestCall};
pub use arn_form::ArnShape;
pub use condition_key::{GlobalConditionKey, ServiceConditionKey, ValueType};
pub(crate) use nearest::nearest;
pub use recording::Recording;
pub use service::{AccessLevel, Action, ActionId, ActionResource, ResourceType, Service};

use crate::policy::{Case, Wildcard, compare_ignoring_case, starts_with_ignoring_case};
use embedded::{find, partition_point, row, rows, text};
use layout::{
    ACTIONS, CONDITION_KEYS, EVENT_SOURCES, FREE_ACTIONS, GLOBAL_KEYS, OPERATIONS, RCP_SERVICES,
    RESOURCE_TYPES, SERVICES, SOURCES,
};
use std::sync::OnceLock;

/// The service reference.
#[derive(Debug, Clone, Copy)]
pub struct Catalog(());

/// How much a catalog holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Services.
    pub services: usize,
    /// Actions of all services.
    pub actions: usize,
    /// Resource types of all services.
    pub resource_types: usize,
    /// Condition keys of all services, each once.
    pub condition_keys: usize,
    /// Condition keys for all services.
    pub global_condition_keys: usize,
    /// API operations that are described.
    pub operations: usize,
}

#[expect(
    clippy::unused_self,
    reason = "a catalog is handed on as a value, so that what needs one says so"
)]
impl Catalog {
    /// The catalog that the program was built with.
    pub fn embedded() -> Self {
        Self(())
    }

    /// The package that the actions, resource types and condition keys come from, with its version.
    pub fn source(self) -> &'static str {
        let [package, _] = row(SOURCES, 0);
        text(package)
    }

    /// The day that the actions, resource types and condition keys are of, as `YYYY-MM-DD`.
    pub fn date(self) -> &'static str {
        let [_, date] = row(SOURCES, 0);
        text(date)
    }

    /// How much it holds.
    pub fn counts(self) -> Counts {
        Counts {
            services: rows(SERVICES).len(),
            actions: rows(ACTIONS).len(),
            resource_types: rows(RESOURCE_TYPES).len(),
            condition_keys: rows(CONDITION_KEYS).len(),
            global_condition_keys: rows(GLOBAL_KEYS).len(),
            operations: rows(OPERATIONS).len(),
        }
    }

    /// All services, by prefix.
    pub fn services(self) -> impl ExactSizeIterator<Item = Service> {
        rows(SERVICES).map(Service)
    }

    /// A service by its prefix; ASCII case does not matter.
    pub fn service(self, prefix: &str) -> Option<Service> {
        let order = |number| compare_ignoring_case(Service(number).prefix(), prefix);
        find(rows(SERVICES), order).map(Service)
    }

    /// All actions in catalog order: by service, then by name.
    pub fn actions(self) -> impl ExactSizeIterator<Item = Action> {
        rows(ACTIONS).map(Action)
    }

    /// An action by its whole name, such as `s3:GetObject`; ASCII case does not matter.
    pub fn action(self, name: &str) -> Option<Action> {
        let (prefix, name) = name.split_once(':')?;
        self.service(prefix)?.action(name)
    }

    /// The action with this number.
    pub fn action_by_id(self, id: ActionId) -> Option<Action> {
        let action = Action::by_id(id);
        rows(ACTIONS).contains(&action.0).then_some(action)
    }

    /// The actions that a policy's action pattern covers, in catalog order: `*`, or `service:name`
    /// with `*` and `?` in either part. Anything else covers none.
    pub fn actions_matching(self, pattern: &str) -> Vec<Action> {
        let Some((prefix, name)) = pattern.split_once(':') else {
            return if pattern == "*" {
                self.actions().collect()
            } else {
                Vec::new()
            };
        };
        let start = literal_start(name);
        let wildcard = Wildcard::new(name, Case::Ignored);
        let mut found = Vec::new();
        for service in self.services_matching(prefix) {
            let actions = service.action_rows();
            let first = partition_point(actions.clone(), |number| {
                compare_ignoring_case(Action(number).name(), start).is_lt()
            });
            found.extend(
                (first..actions.end)
                    .map(Action)
                    .take_while(|action| starts_with_ignoring_case(action.name(), start))
                    .filter(|action| wildcard.matches(action.name())),
            );
        }
        found
    }

    fn services_matching(self, pattern: &str) -> Vec<Service> {
        if literal_start(pattern) == pattern {
            return self.service(pattern).into_iter().collect();
        }
        let wildcard = Wildcard::new(pattern, Case::Ignored);
        self.services()
            .filter(|service| wildcard.matches(service.prefix()))
            .collect()
    }

    /// All global condition keys, by name.
    pub fn global_condition_keys(self) -> impl ExactSizeIterator<Item = GlobalConditionKey> {
        rows(GLOBAL_KEYS).map(GlobalConditionKey)
    }

    /// A global condition key by its name; ASCII case does not matter. The tag of
    /// `aws:ResourceTag/team` and the like can be any.
    pub fn global_condition_key(self, key: &str) -> Option<GlobalConditionKey> {
        GlobalConditionKey::named(key)
    }

    /// A condition key that a service lists, by its name with the service's prefix; ASCII case does
    /// not matter. `s3:ExistingObjectTag/team` finds `s3:ExistingObjectTag/${TagKey}`.
    pub fn condition_key(self, key: &str) -> Option<ServiceConditionKey> {
        ServiceConditionKey::named(key)
    }

    /// The prefix of the service that CloudTrail names so: `cloudwatch` for
    /// `monitoring.amazonaws.com`. Where nothing else is known it is the first label, whether or not
    /// there is such a service.
    pub fn prefix_of_event_source(self, event_source: &str) -> &str {
        let order = |number| {
            let [source, _] = row(EVENT_SOURCES, number);
            compare_ignoring_case(text(source), event_source)
        };
        match find(rows(EVENT_SOURCES), order) {
            Some(number) => {
                let [_, prefix] = row(EVENT_SOURCES, number);
                text(prefix)
            }
            None => event_source.split('.').next().unwrap_or_default(),
        }
    }

    /// The actions that a recorded event stands for, if they are not the event's own name. The name
    /// must be without date suffix.
    pub fn actions_of_event(self, prefix: &str, event_name: &str) -> Option<EventActions> {
        EventActions::of(prefix, event_name)
    }

    /// What an API operation asks of IAM, if more is known than an action of its name.
    /// [`Self::actions_of_event`] knows better which actions; this knows their resources and which
    /// further services are asked.
    pub fn operation(self, prefix: &str, event_name: &str) -> Option<Operation> {
        Operation::of(prefix, event_name)
    }

    /// Verb and path of an API Gateway operation. Where both versions of the API have it, that of
    /// REST APIs.
    pub fn rest_call(self, event_name: &str) -> Option<RestCall> {
        self.rest_calls(event_name).next()
    }

    /// Verbs and paths of an API Gateway operation, that of REST APIs first.
    pub fn rest_calls(self, event_name: &str) -> impl Iterator<Item = RestCall> {
        RestCall::all(event_name)
    }

    /// Whether a call of the action succeeds without a policy that allows it.
    pub fn needs_no_permission(self, action: &str) -> bool {
        // This is asked of every request, and few services have such actions.
        static SERVICES: OnceLock<Vec<&str>> = OnceLock::new();
        let services = SERVICES.get_or_init(|| {
            let actions = rows(FREE_ACTIONS).map(|number| {
                let [free] = row(FREE_ACTIONS, number);
                text(free)
            });
            let mut services: Vec<_> = actions.filter_map(|name| name.split(':').next()).collect();
            services.dedup();
            services
        });
        let service = action.split(':').next().unwrap_or_default();
        if !services.iter().any(|own| own.eq_ignore_ascii_case(service)) {
            return false;
        }
        let order = |number| {
            let [free] = row(FREE_ACTIONS, number);
            compare_ignoring_case(text(free), action)
        };
        find(rows(FREE_ACTIONS), order).is_some()
    }

    /// Whether resource control policies reach the actions of a service, by its prefix; ASCII case does
    /// not matter.
    pub fn has_resource_control_policies(self, prefix: &str) -> bool {
        let order = |number| {
            let [service] = row(RCP_SERVICES, number);
            compare_ignoring_case(text(service), prefix)
        };
        find(rows(RCP_SERVICES), order).is_some()
    }

    /// The service whose prefix is most like one that does not exist.
    pub fn nearest_service(self, prefix: &str) -> Option<Service> {
        nearest(self.services(), |service| service.prefix(), prefix)
    }

    /// The action of a service whose name is most like one that does not exist.
    pub fn nearest_action(self, service: Service, name: &str) -> Option<Action> {
        nearest(service.actions(), |action| action.name(), name)
    }

    /// The condition key that is most like one that does not exist, among those with its prefix. What
    /// follows the slash stays: `aws:ResourceTag/team` for `aws:ResourceTags/team`.
    pub fn nearest_condition_key(self, key: &str) -> Option<String> {
        let (prefix, _) = key.split_once(':')?;
        let (stem, tag) = match key.split_once('/') {
            Some((stem, tag)) => (stem, Some(tag)),
            None => (key, None),
        };
        // `aws:ResourceTag/${TagKey}` is near a key with a slash, others one without.
        let fits = |name: &'static str| match (name.split_once("/${"), tag) {
            (Some((stem, _)), Some(_)) => Some(stem),
            (None, None) if !name.contains("${") => Some(name),
            (Some(_), None) | (None, _) => None,
        };
        let name = if prefix.eq_ignore_ascii_case("aws") {
            let names = self
                .global_condition_keys()
                .filter_map(|key| fits(key.key()));
            nearest(names, |name| name, stem)
        } else {
            let own = self.service(prefix)?.condition_keys();
            let names = own
                .map(ServiceConditionKey::key)
                .filter(|name| starts_with_ignoring_case(name, prefix))
                .filter_map(fits);
            nearest(names, |name| name, stem)
        }?;
        Some(match tag {
            Some(tag) => format!("{name}/{tag}"),
            None => name.to_owned(),
        })
    }

    /// The actions to write in a policy for an API operation that is no action itself:
    /// `s3:GetObject` for `s3:HeadObject`.
    pub fn actions_of_api_name(self, name: &str) -> Option<EventActions> {
        let (prefix, name) = name.split_once(':')?;
        self.actions_of_event(prefix, name)
    }
}

/// What a text must start with to match the pattern.
fn literal_start(pattern: &str) -> &str {
    pattern.split(['*', '?']).next().unwrap_or_default()
}
