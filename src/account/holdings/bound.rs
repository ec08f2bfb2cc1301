//! The policies that one request is judged by.

use super::{Held, HeldPolicies, Holdings, Levels, OfResource};
use crate::{
    account::DocumentId,
    eval::{Layer, Principal, Request, Setting, Target},
    policy::{AccountId, ActionName, Arn, Case, Wildcard, starts_with_ignoring_case},
};
use std::sync::{Arc, PoisonError};

/// The policies that a request is judged by.
#[derive(Debug, Clone)]
pub struct Bound {
    /// The policies.
    pub setting: Arc<Setting>,
    /// The documents, in the order of [`Setting::policies`].
    pub documents: Arc<[DocumentId]>,
    /// What is known of the caller's policies.
    pub holder: Holder,
}

/// What is known of a caller's identity policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Holder {
    /// They are known.
    Known,
    /// They were given for everybody.
    Everybody,
    /// They are not known, or not all of them: the identity layer is [`crate::eval::Supply::Unknown`].
    Unknown,
    /// A root user, a service, an anonymous caller: it has none.
    WithoutIdentityPolicies,
}

/// What tells settings apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    caller: Caller,
    resource: OfTarget,
    scps: OfOrganisation,
    rcps: OfOrganisation,
}

/// Whose identity policies count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Caller {
    /// Those of a user or role, by its ARN.
    Principal(String),
    /// Those that were given for all.
    Anybody,
    Unknown,
    WithoutIdentityPolicies,
}

/// What is known of the policy of the resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum OfTarget {
    NotGiven,
    Given(Vec<DocumentId>),
    /// It may be one of those that are given, or could not be read.
    Unknown,
}

/// Whether somebody is in the organisation whose policies are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum OfOrganisation {
    Member,
    Foreign,
    /// Nothing tells the account.
    Unknown,
}

/// The policies of a layer.
enum LayerPolicies {
    Levels(Levels),
    NotSupplied,
    Unknown,
}

impl LayerPolicies {
    fn one_level(policies: Vec<DocumentId>) -> Self {
        Self::Levels(vec![policies])
    }
}

impl Holdings {
    /// Whose policies a request is judged by. The setting is shared by all requests of the same
    /// principal and resource policy.
    ///
    /// A session is that of its role: by the ARN of the role where that is known, else by its name, which
    /// is unique in an account whatever the path.
    pub fn bound(&self, request: &Request) -> Bound {
        let key = Key {
            caller: self.caller(&request.principal),
            resource: self.policy_of_target(request),
            scps: self.organisation_of(request.principal.account()),
            rcps: self.organisation_of(owner(request)),
        };
        let made = self.made.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(bound) = made.get(&key) {
            return bound.clone();
        }
        drop(made);
        let bound = self.make(&key);
        let mut made = self.made.write().unwrap_or_else(PoisonError::into_inner);
        made.entry(key).or_insert(bound).clone()
    }

    fn caller(&self, principal: &Principal) -> Caller {
        let arn = match principal {
            Principal::User { arn, .. } | Principal::Role { arn, .. } => Some(arn.as_str()),
            Principal::AssumedRole {
                account,
                role_name,
                role_arn,
                ..
            } => match role_arn {
                Some(arn) => Some(arn.as_str()),
                None => self.named(*account, "role", role_name),
            },
            Principal::Root { .. }
            | Principal::Service(_)
            | Principal::Federated(_)
            | Principal::CanonicalUser(_)
            | Principal::Anonymous => return Caller::WithoutIdentityPolicies,
            // What the session may do is in a policy that nobody recorded, and whose user it is neither.
            Principal::FederatedUser { .. } | Principal::Unknown => None,
        };
        match arn.filter(|arn| self.principals.contains_key(*arn)) {
            Some(arn) => Caller::Principal(arn.to_owned()),
            None if self.everybody.is_some() => Caller::Anybody,
            None => Caller::Unknown,
        }
    }

    fn policy_of_target(&self, request: &Request) -> OfTarget {
        let is_trust = is_about_trust(&request.action);
        let arn = match &request.resource {
            Target::Arn(arn) => arn.as_str(),
            Target::Like(like) => match self.known_arn(like) {
                Some(arn) => arn,
                None => return self.policy_of_some(request, is_trust),
            },
            Target::Star => return OfTarget::NotGiven,
            Target::Unknown => return self.policy_of_some(request, is_trust),
        };
        let own = self.resources_for(is_trust);
        let own = own.filter(|of| of.has(arn)).map(|of| of.document);
        let own: Vec<_> = own.collect();
        if !own.is_empty() {
            return OfTarget::Given(own);
        }
        match self.trust.get(arn).filter(|_| is_trust) {
            Some(Some(document)) => OfTarget::Given(vec![*document]),
            Some(None) => OfTarget::Unknown,
            None => OfTarget::NotGiven,
        }
    }

    /// What is known of the policy of a resource that is not known as a whole: it may be one of those
    /// that are given.
    fn policy_of_some(&self, request: &Request, is_trust: bool) -> OfTarget {
        let like = match &request.resource {
            Target::Like(like) => Some(Wildcard::new(like, Case::Sensitive)),
            Target::Arn(_) | Target::Star | Target::Unknown => None,
        };
        let service = request.action.service();
        let may_be = |of: &OfResource| match &like {
            Some(like) => of.may_have(like),
            None => Arn::parse(&of.pattern)
                .is_ok_and(|arn| is_trust || arn.service.eq_ignore_ascii_case(service)),
        };
        let may_be_given = self.resources_for(is_trust).any(may_be);
        if may_be_given || is_trust && !self.trust.is_empty() {
            OfTarget::Unknown
        } else {
            OfTarget::NotGiven
        }
    }

    /// The policies that were given for resources. Those of roles only say who may assume them.
    fn resources_for(&self, is_trust: bool) -> impl Iterator<Item = &OfResource> {
        let own = self.resources.iter();
        own.filter(move |of| {
            is_trust || Arn::parse(&of.pattern).is_ok_and(|arn| arn.service != "iam")
        })
    }

    fn organisation_of(&self, account: Option<AccountId>) -> OfOrganisation {
        match account {
            _ if self.accounts.is_empty() => OfOrganisation::Member,
            Some(account) if self.accounts.contains(&account) => OfOrganisation::Member,
            Some(_) => OfOrganisation::Foreign,
            None => OfOrganisation::Unknown,
        }
    }

    fn make(&self, key: &Key) -> Bound {
        let mut setting = Setting::new();
        setting.management_account = self.management_account;
        let mut documents = Vec::new();
        for layer in Layer::ALL {
            match self.supplied(layer, key) {
                LayerPolicies::NotSupplied => {}
                LayerPolicies::Unknown => setting.set_unknown(layer),
                LayerPolicies::Levels(mut levels) => {
                    for level in &mut levels {
                        level.retain(|id| self.document(*id).is_some());
                    }
                    let compiled = levels.iter().map(|level| {
                        let own = level.iter().filter_map(|id| self.document(*id));
                        own.map(|document| Arc::clone(&document.compiled))
                    });
                    setting.supply_levels(layer, compiled);
                    documents.extend(levels.into_iter().flatten());
                }
            }
        }
        let holder = match self.held(&key.caller) {
            Some(_) if key.caller == Caller::Anybody => Holder::Everybody,
            Some(_) => Holder::Known,
            None if key.caller == Caller::WithoutIdentityPolicies => {
                Holder::WithoutIdentityPolicies
            }
            None => Holder::Unknown,
        };
        Bound {
            setting: Arc::new(setting),
            documents: documents.into(),
            holder,
        }
    }

    fn supplied(&self, layer: Layer, key: &Key) -> LayerPolicies {
        let of_organisation = |levels: &Option<Levels>, of: OfOrganisation| match (levels, of) {
            (None, _) | (_, OfOrganisation::Foreign) => LayerPolicies::NotSupplied,
            (Some(_), OfOrganisation::Unknown) => LayerPolicies::Unknown,
            (Some(levels), OfOrganisation::Member) => LayerPolicies::Levels(levels.clone()),
        };
        match layer {
            Layer::Rcp => of_organisation(&self.rcps, key.rcps),
            Layer::Scp => of_organisation(&self.scps, key.scps),
            Layer::VpcEndpoint | Layer::Session => LayerPolicies::NotSupplied,
            Layer::Resource => match &key.resource {
                OfTarget::NotGiven => LayerPolicies::NotSupplied,
                OfTarget::Unknown => LayerPolicies::Unknown,
                OfTarget::Given(documents) => LayerPolicies::one_level(documents.clone()),
            },
            Layer::Identity | Layer::Boundary => match self.held(&key.caller) {
                Some(held) if layer == Layer::Identity => LayerPolicies::one_level(held.policies),
                Some(held) => held
                    .boundary
                    .map_or(LayerPolicies::NotSupplied, LayerPolicies::one_level),
                None if key.caller == Caller::WithoutIdentityPolicies => LayerPolicies::NotSupplied,
                None => LayerPolicies::Unknown,
            },
        }
    }

    /// What a caller holds: its own policies and those of everybody, each once. `None` where that is
    /// not known, or where it can hold none.
    fn held(&self, caller: &Caller) -> Option<HeldPolicies> {
        let own = match caller {
            Caller::Principal(arn) => match self.principals.get(arn)? {
                Held::Whole(held) => Some(held),
                Held::InPart => return None,
            },
            Caller::Anybody => None,
            Caller::Unknown | Caller::WithoutIdentityPolicies => return None,
        };
        let mut whole = HeldPolicies::default();
        for held in own.into_iter().chain(&self.everybody) {
            for document in &held.policies {
                if !whole.policies.contains(document) {
                    whole.policies.push(*document);
                }
            }
            // A principal has one boundary at most: its own comes first.
            if whole.boundary.is_none() {
                whole.boundary.clone_from(&held.boundary);
            }
        }
        Some(whole)
    }
}

impl OfResource {
    /// Whether it is the policy of this resource.
    fn has(&self, arn: &str) -> bool {
        let inside = self.inside.as_ref();
        self.matcher.matches(arn) || inside.is_some_and(|inside| inside.matches(arn))
    }

    /// Whether it may be the policy of a resource of which no more is known than this pattern.
    fn may_have(&self, like: &Wildcard) -> bool {
        let inside = self.inside.as_ref();
        self.matcher.intersects(like) || inside.is_some_and(|inside| inside.intersects(like))
    }
}

/// Whether the trust policy of the role decides on an action.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html>
fn is_about_trust(action: &ActionName) -> bool {
    let name = action.as_str();
    let mut others = ["sts:TagSession", "sts:SetSourceIdentity"].iter();
    starts_with_ignoring_case(name, "sts:AssumeRole")
        || others.any(|own| own.eq_ignore_ascii_case(name))
}

/// The account that owns the resource; the caller's where nothing tells another.
fn owner(request: &Request) -> Option<AccountId> {
    let of_arn = || match &request.resource {
        Target::Arn(arn) | Target::Like(arn) => AccountId::parse(Arn::parse(arn).ok()?.account),
        Target::Star | Target::Unknown => None,
    };
    request
        .resource_account
        .or_else(of_arn)
        .or_else(|| request.principal.account())
}
