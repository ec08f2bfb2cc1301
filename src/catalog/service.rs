//! Services and what belongs to them: actions and resource types.

use super::{
    condition_key::ServiceConditionKey,
    embedded::{find, list, row, text},
    layout::{ACCESS_LEVELS, ACTION_TYPES, ACTIONS, RESOURCE_TYPES, SERVICES},
};
use crate::policy::{Arn, compare_ignoring_case};
use std::fmt;

/// A service of the reference.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Service(pub(super) u32);

impl Service {
    /// What its actions start with, such as `s3`.
    pub fn prefix(self) -> &'static str {
        let [prefix, ..] = row(SERVICES, self.0);
        text(prefix)
    }

    /// Its name for people, such as `Amazon S3`.
    pub fn name(self) -> &'static str {
        let [_, name, ..] = row(SERVICES, self.0);
        text(name)
    }

    /// Its actions, by name.
    pub fn actions(self) -> impl ExactSizeIterator<Item = Action> {
        self.action_rows().map(Action)
    }

    /// An action by its name without the prefix; ASCII case does not matter.
    pub fn action(self, name: &str) -> Option<Action> {
        let order = |action| compare_ignoring_case(Action(action).name(), name);
        find(self.action_rows(), order).map(Action)
    }

    /// Its resource types, by name.
    pub fn resource_types(self) -> impl ExactSizeIterator<Item = ResourceType> {
        self.type_rows().map(ResourceType)
    }

    /// A resource type by its name; ASCII case does not matter.
    pub fn resource_type(self, name: &str) -> Option<ResourceType> {
        let order = |kind| compare_ignoring_case(ResourceType(kind).name(), name);
        find(self.type_rows(), order).map(ResourceType)
    }

    /// The condition keys that the service lists, by name. Some of them are global keys and keys of
    /// other services.
    pub fn condition_keys(self) -> impl ExactSizeIterator<Item = ServiceConditionKey> {
        let [.., keys] = row(SERVICES, self.0);
        list(keys).map(ServiceConditionKey)
    }

    pub(super) fn action_rows(self) -> std::ops::Range<u32> {
        let [_, _, first, end, ..] = row(SERVICES, self.0);
        first..end
    }

    fn type_rows(self) -> std::ops::Range<u32> {
        let [_, _, _, _, first, end, _] = row(SERVICES, self.0);
        first..end
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Service").field(&self.prefix()).finish()
    }
}

/// An action of a service.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Action(pub(super) u32);

/// The number of an action: from 0, without gaps, in catalog order. It changes with the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionId(u32);

impl ActionId {
    /// The number.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl From<Action> for ActionId {
    fn from(action: Action) -> Self {
        action.id()
    }
}

impl Action {
    pub(super) fn by_id(id: ActionId) -> Self {
        Self(id.0)
    }

    /// The number of the action.
    pub fn id(self) -> ActionId {
        ActionId(self.0)
    }

    /// The service that it is an action of.
    pub fn service(self) -> Service {
        let [_, service, ..] = row(ACTIONS, self.0);
        Service(service)
    }

    /// The name without the service, such as `GetObject`.
    pub fn name(self) -> &'static str {
        let [name, ..] = row(ACTIONS, self.0);
        text(name)
    }

    /// The whole name, such as `s3:GetObject`.
    pub fn full_name(self) -> String {
        self.to_string()
    }

    /// What kind of access it gives.
    pub fn access_level(self) -> AccessLevel {
        let [_, _, level, ..] = row(ACTIONS, self.0);
        AccessLevel::ALL
            .get(level as usize)
            .copied()
            .unwrap_or(AccessLevel::Write)
    }

    /// The resource types that it works on, by name; none if its resource is always `*`.
    pub fn resources(self) -> impl ExactSizeIterator<Item = ActionResource> {
        let [_, _, _, first, end, _] = row(ACTIONS, self.0);
        (first..end).map(ActionResource)
    }

    /// Whether it works on resources that a policy can name.
    pub fn has_resource_types(self) -> bool {
        self.resources().len() > 0
    }

    /// The condition keys that it takes whatever its resource is, by name.
    pub fn condition_keys(self) -> impl ExactSizeIterator<Item = ServiceConditionKey> {
        let [.., keys] = row(ACTIONS, self.0);
        list(keys).map(ServiceConditionKey)
    }

    /// Whether it takes a service's condition key on its own or with one of its resource types.
    /// Global keys that the service does not list are not looked at.
    pub fn takes_condition_key(self, key: ServiceConditionKey) -> bool {
        self.condition_keys().any(|own| own == key)
            || self.resources().any(|resource| {
                resource.condition_keys().any(|own| own == key)
                    || resource
                        .resource_type()
                        .condition_keys()
                        .any(|own| own == key)
            })
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.service().prefix(), self.name())
    }
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Action").field(&self.full_name()).finish()
    }
}

/// What kind of access an action gives, as AWS classes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessLevel {
    /// See that resources exist.
    List,
    /// See what is in them.
    Read,
    /// Create, change or delete them.
    Write,
    /// Change only their tags.
    Tagging,
    /// Change who may do what.
    PermissionsManagement,
}

impl AccessLevel {
    /// All levels.
    pub const ALL: [Self; ACCESS_LEVELS.len()] = [
        Self::List,
        Self::Read,
        Self::Write,
        Self::Tagging,
        Self::PermissionsManagement,
    ];

    /// The level as AWS writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::List => "List",
            Self::Read => "Read",
            Self::Write => "Write",
            Self::Tagging => "Tagging",
            Self::PermissionsManagement => "Permissions management",
        }
    }
}

impl fmt::Display for AccessLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A resource type that an action works on.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ActionResource(u32);

impl ActionResource {
    /// The resource type, always one of the action's own service.
    pub fn resource_type(self) -> ResourceType {
        let [kind, ..] = row(ACTION_TYPES, self.0);
        ResourceType(kind)
    }

    /// Whether each call needs a resource of this type.
    pub fn required(self) -> bool {
        let [_, required, _] = row(ACTION_TYPES, self.0);
        required != 0
    }

    /// The condition keys that the action takes only with this resource type, by name.
    pub fn condition_keys(self) -> impl ExactSizeIterator<Item = ServiceConditionKey> {
        let [.., keys] = row(ACTION_TYPES, self.0);
        list(keys).map(ServiceConditionKey)
    }
}

impl fmt::Debug for ActionResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActionResource")
            .field("resource_type", &self.resource_type())
            .field("required", &self.required())
            .finish_non_exhaustive()
    }
}

/// A type of resource of a service.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceType(u32);

impl ResourceType {
    /// The services that its ARNs name.
    pub fn namespaces(self) -> impl Iterator<Item = &'static str> {
        self.arn_templates()
            .filter_map(|form| Arn::parse(form).ok())
            .map(|arn| arn.service)
    }

    /// Its place among all types.
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }

    /// Its name, such as `object`. A few names have blanks or slashes.
    pub fn name(self) -> &'static str {
        let [name, ..] = row(RESOURCE_TYPES, self.0);
        text(name)
    }

    /// The service that it is a resource type of.
    pub fn service(self) -> Service {
        let [_, service, ..] = row(RESOURCE_TYPES, self.0);
        Service(service)
    }

    /// The form of its ARNs, such as `arn:${Partition}:s3:::${BucketName}/${ObjectName}`; the first
    /// where there are two.
    pub fn arn_template(self) -> &'static str {
        self.arn_templates().next().unwrap_or_default()
    }

    /// All forms of its ARNs. Some have a `*` of their own, which stands for any text.
    pub fn arn_templates(self) -> impl ExactSizeIterator<Item = &'static str> {
        let [_, _, templates, _] = row(RESOURCE_TYPES, self.0);
        list(templates).map(text)
    }

    /// The condition keys that every action on it takes, by name.
    pub fn condition_keys(self) -> impl ExactSizeIterator<Item = ServiceConditionKey> {
        let [.., keys] = row(RESOURCE_TYPES, self.0);
        list(keys).map(ServiceConditionKey)
    }
}

impl fmt::Debug for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ResourceType")
            .field(&self.service().prefix())
            .field(&self.name())
            .finish()
    }
}
