//! What the user asks of policies: what they may not allow, and what they may allow only so.
//!
//! The types are read from the configuration, and looked at by the rules of the same names. What
//! they are made from is checked when it is read, so that a misspelt action never passes as a
//! requirement that every policy meets.

mod actions;
mod conditions;
mod error;
mod principals;
mod resources;

pub use actions::ActionSet;
pub use conditions::ConditionRequirement;
pub use error::RequirementError;
pub(super) use principals::is_organization;
pub use principals::{OrganizationId, PrincipalSelector};
pub use resources::ResourceSelector;

pub(super) use actions::Selected;
pub(super) use conditions::alternatives;

use super::{StatementCx, findings::Draft, wording};
use crate::{
    catalog::Action,
    policy::{AccountId, Effect, PolicyType, PolicyTypes},
    source::Severity,
};
use std::collections::BTreeSet;

/// All that the user asks of policies; by default nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Requirements {
    /// Resources that few may reach.
    pub sensitive_resources: Vec<SensitiveResource>,
    /// Conditions that actions are to be allowed under.
    pub required_conditions: Vec<RequiredCondition>,
    /// The principals that may be named.
    pub principals: Option<PrincipalAllowlist>,
    /// Actions that nobody is to be allowed.
    pub not_allowed_actions: Vec<NotAllowedAction>,
}

/// What findings of a requirement say besides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Note {
    /// Why the requirement is there, in one line.
    pub reason: Option<String>,
    /// How much it matters, where the severity of the rule does not fit.
    pub severity: Option<Severity>,
}

impl Note {
    /// The message with the reason behind it.
    pub(super) fn explain(&self, message: String) -> String {
        match &self.reason {
            Some(reason) => format!("{message}: {reason}"),
            None => message,
        }
    }

    /// The draft with the severity that is asked for.
    pub(super) fn weigh<'a>(&self, draft: Draft<'a>) -> Draft<'a> {
        match self.severity {
            Some(severity) => draft.severity(severity),
            None => draft,
        }
    }
}

/// Resources that few may reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SensitiveResource {
    targets: Vec<SensitiveTarget>,
    /// Principals that may, of the policies that name principals.
    pub except_principals: Vec<PrincipalSelector>,
    /// What its findings say besides.
    pub note: Note,
}

/// ARNs, and the actions on them that count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SensitiveTarget {
    pub(super) resource: ResourceSelector,
    pub(super) actions: BTreeSet<Action>,
}

impl SensitiveResource {
    /// The actions of a set on some resources: those that work on such resources.
    pub fn new(actions: &ActionSet, resources: Vec<ResourceSelector>) -> Self {
        let target = |resource: ResourceSelector| SensitiveTarget {
            actions: actions.on(&resource),
            resource,
        };
        Self {
            targets: resources.into_iter().map(target).collect(),
            except_principals: Vec::new(),
            note: Note::default(),
        }
    }

    pub(super) fn targets(&self) -> &[SensitiveTarget] {
        &self.targets
    }

    /// The resources that none of the actions works on.
    pub fn idle_resources(&self) -> impl Iterator<Item = &ResourceSelector> {
        let idle = |target: &&SensitiveTarget| target.actions.is_empty();
        self.targets.iter().filter(idle).map(|each| &each.resource)
    }
}

/// A condition that actions are to be allowed under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredCondition {
    /// The actions.
    pub actions: ActionSet,
    /// Only statements that reach one of these count; all, where there is none.
    pub resources: Vec<ResourceSelector>,
    /// Only statements that name one of these count; all, where there is none.
    pub principals: Vec<PrincipalSelector>,
    /// The types of policies that are meant, where not all of them that allow something.
    pub types: Option<PolicyTypes>,
    /// The statements that are meant.
    pub effect: Effect,
    /// All of these are asked for.
    pub all_of: Vec<ConditionRequirement>,
    /// One of these is asked for.
    pub any_of: Vec<ConditionRequirement>,
    /// None of these may stand there.
    pub none_of: Vec<ConditionRequirement>,
    /// What its findings say besides.
    pub note: Note,
}

/// The principals that policies may name. A kind that nothing is listed of is not judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrincipalAllowlist {
    /// Accounts that may be named, with all their users and roles, beside the own and the trusted ones.
    pub accounts: Option<Vec<AccountId>>,
    /// Users and roles that may be named.
    pub principals: Option<Vec<PrincipalSelector>>,
    /// Organizations to which a condition may limit any principal.
    pub organizations: Option<Vec<OrganizationId>>,
    /// Services that may be named.
    pub services: Option<Vec<PrincipalSelector>>,
    /// Identity providers that may be named.
    pub identity_providers: Option<Vec<PrincipalSelector>>,
    /// Whoever may not be named, whatever else is said.
    pub blocked: Vec<PrincipalSelector>,
    /// What its findings say besides.
    pub note: Note,
}

/// Actions that nobody is to be allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAllowedAction {
    /// The actions.
    pub actions: ActionSet,
    /// The types of policies that are meant, where not all of them that allow something.
    pub types: Option<PolicyTypes>,
    /// What its findings say besides.
    pub note: Note,
}

/// The types of policies whose `Allow` gives something, a session policy counted in: it is what is left
/// of a role's.
const GRANTING: PolicyTypes = PolicyTypes::of(&[
    PolicyType::Identity,
    PolicyType::Session,
    PolicyType::Resource,
    PolicyType::Trust,
]);

impl StatementCx<'_> {
    /// Whether a requirement for some types of policies is about the statement.
    pub(super) fn is_of_types(&self, types: Option<PolicyTypes>, effect: Effect) -> bool {
        let all = match effect {
            Effect::Allow => GRANTING,
            Effect::Deny => PolicyTypes::ALL,
        };
        let types = types.unwrap_or(all);
        self.statement.has_effect(effect) && types.contains(self.document.policy_type())
    }
}

/// ``"`s3:GetObject` and `s3:PutObject`"``, not all of many.
pub(super) fn names(actions: &[Action]) -> String {
    wording::list(actions)
}
