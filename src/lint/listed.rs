//! The ARNs that a statement lists, seen with the resource types of the catalog.
//!
//! The service authorization reference is not complete: it lacks types that are new, types of some
//! actions, and the ARNs with which some `List` actions are asked for. So each answer here comes
//! with what AWS's own policies show to be open.

use super::StatementCx;
use crate::{
    catalog::{AccessLevel, Action, ResourceType, Service},
    policy::{Arn, ArnPattern, Pattern, Piece, ResourcePattern},
};
use std::collections::BTreeMap;

/// The entries of `Resource`, all of them ARNs.
#[derive(Debug)]
pub(super) struct Listed<'a> {
    /// The entries and their ARNs, at least one.
    pub(super) arns: Vec<(&'a ResourcePattern, &'a ArnPattern)>,
    /// The types that were asked about, and whether an ARN of the list can be of them.
    types: BTreeMap<ResourceType, bool>,
}

impl<'a> Listed<'a> {
    /// The ARNs of a statement; `None` where an entry is none, or there is no entry.
    pub(super) fn new(cx: &'a StatementCx<'_>) -> Option<Self> {
        let arns = cx.listed_arns();
        (!arns.is_empty()).then(|| Self { arns, types: BTreeMap::new() })
    }

    /// Whether an ARN of the list can be of a type.
    pub(super) fn holds(&mut self, kind: ResourceType) -> bool {
        let arns = &self.arns;
        *self
            .types
            .entry(kind)
            .or_insert_with(|| arns.iter().any(|(_, arn)| kind.has_arn_matching(arn)))
    }

    /// Whether a call of the action can have an ARN of the list as its resource, as far as can be
    /// told.
    pub(super) fn may_serve(&mut self, action: Action) -> bool {
        action.resources().any(|resource| self.holds(resource.resource_type()))
            || self.holds_type_named_in(action)
            || (0..self.arns.len()).any(|index| {
                self.arns.get(index).is_some_and(|(_, arn)| is_of_unknown_form(arn, action))
            })
    }

    /// Whether the list has a resource of a type that the action's name tells: a `dataset` for
    /// `CreateDataSet`, and anything of the service for actions on tags. The reference leaves out
    /// some of these. Names of lists tell what is listed, not what is asked about.
    pub(super) fn holds_type_named_in(&mut self, action: Action) -> bool {
        if action.access_level() == AccessLevel::List {
            return false;
        }
        let name = action.name().to_ascii_lowercase();
        let tags = name.contains("tag");
        action.service().resource_types().any(|kind| {
            let letters = kind.name().chars().filter(char::is_ascii_alphanumeric);
            let own: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
            (tags || name.contains(&own)) && self.holds(kind)
        })
    }

    /// Whether the list has all resources of some type of the service, such as `role/*` or `*`.
    pub(super) fn covers_a_type(&self, service: Service) -> bool {
        self.arns.iter().any(|(_, arn)| {
            let [.., resource] = arn.fields();
            let literal = match resource.pieces() {
                [Piece::AnyText] => "",
                [Piece::Literal(text), Piece::AnyText] => text,
                _ => return false,
            };
            service.resource_types().any(|kind| {
                kind.has_arn_matching(arn)
                    && kind.arn_templates().any(|form| fixed_start(form).starts_with(literal))
            })
        })
    }
}

/// Whether an ARN has a form that the catalog cannot judge for an action: one of a type that it
/// does not know, or of a namespace that the action's service has but the action does not.
fn is_of_unknown_form(arn: &ArnPattern, action: Action) -> bool {
    let [_, service, _, _, resource] = arn.fields();
    let Some(namespace) = service.as_literal() else { return false };
    let own = |kind: ResourceType| namespaces(kind).any(|each| each == namespace);
    let known = || action.service().resource_types().filter(|kind| own(*kind));
    if !action.resources().any(|resource| own(resource.resource_type())) {
        return namespace == action.service().prefix() || known().next().is_some();
    }
    let Some(label) = label(literal_start(resource)) else { return false };
    known().all(|kind| kind.arn_templates().all(|form| self::label(fixed_start(form)) != Some(label)))
        && known().all(|kind| !kind.has_arn_matching(arn))
}

/// The services that the ARNs of a type name.
fn namespaces(kind: ResourceType) -> impl Iterator<Item = &'static str> {
    kind.arn_templates().filter_map(|form| Arn::parse(form).ok()).map(|arn| arn.service)
}

/// What the resource part of an ARN template starts with, before the first name.
pub(super) fn fixed_start(template: &'static str) -> &'static str {
    let resource = Arn::parse(template).map_or("", |arn| arn.resource);
    resource.split("${").next().unwrap_or_default()
}

/// The text before the first wildcard or variable.
pub(super) fn literal_start(pattern: &Pattern) -> &str {
    match pattern.pieces().first() {
        Some(Piece::Literal(text)) => text,
        Some(Piece::AnyText | Piece::AnyCharacter | Piece::Variable(_)) | None => "",
    }
}

/// The word before the first `/` or `:`, which most ARNs have to tell their type.
fn label(resource: &str) -> Option<&str> {
    let end = resource.find(['/', ':'])?;
    resource.get(..end).filter(|label| !label.is_empty())
}
