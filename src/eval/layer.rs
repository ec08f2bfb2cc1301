//! The kinds of policies that have a say in a request, and the policies of one setting.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#access_policy-types>

use super::CompiledPolicy;
use crate::policy::AccountId;
use std::sync::Arc;

/// A kind of policy that has a say in a request, in the order in which AWS looks for an allow.
///
/// AWS's page names no place for endpoint policies; a request passes the endpoint before anything else
/// of the account, so they stand with the policies of the organisation.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Layer {
    /// Resource control policies of the resource's organisation.
    Rcp,
    /// Service control policies of the principal's organisation.
    Scp,
    /// The policy of the VPC endpoint that the request goes through.
    VpcEndpoint,
    /// The policy of the resource: a bucket policy, a key policy, the trust policy of a role.
    Resource,
    /// Policies of the user or role that calls, those of its groups among them.
    Identity,
    /// The permissions boundary of the user or role.
    Boundary,
    /// Policies that were passed when the session began.
    Session,
}

impl Layer {
    /// All layers, in order.
    pub const ALL: [Self; 7] = [
        Self::Rcp,
        Self::Scp,
        Self::VpcEndpoint,
        Self::Resource,
        Self::Identity,
        Self::Boundary,
        Self::Session,
    ];

    /// The name, as JSON has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rcp => "rcp",
            Self::Scp => "scp",
            Self::VpcEndpoint => "vpcEndpoint",
            Self::Resource => "resource",
            Self::Identity => "identity",
            Self::Boundary => "boundary",
            Self::Session => "session",
        }
    }

    /// What people call its policies.
    pub fn title(self) -> &'static str {
        match self {
            Self::Identity => "identity policies",
            Self::Resource => "resource policies",
            Self::Boundary => "permissions boundaries",
            Self::Session => "session policies",
            Self::Scp => "service control policies",
            Self::Rcp => "resource control policies",
            Self::VpcEndpoint => "VPC endpoint policies",
        }
    }

    /// Whether its policies are attached at levels of an organisation, each of which must allow.
    pub fn has_levels(self) -> bool {
        matches!(self, Self::Scp | Self::Rcp)
    }

    /// Whether its statements may say whose requests they are about.
    pub fn may_name_principals(self) -> bool {
        matches!(self, Self::Resource | Self::Rcp | Self::VpcEndpoint)
    }

    /// Whether its policies are those of the resource itself, so that a statement without `Resource`
    /// is about it.
    pub fn is_of_one_resource(self) -> bool {
        self == Self::Resource
    }

    fn place(self) -> usize {
        self as usize
    }
}

/// What is known of the policies of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Supply {
    /// They are given, all of them; none given means that there are none.
    Given,
    /// Nobody gave any. The layer is left aside where a request can do without it; where it must
    /// allow, what it says is unknown.
    #[default]
    NotSupplied,
    /// There may be some, and what they say is unknown.
    Unknown,
}

/// A policy and where it is attached.
#[derive(Debug, Clone)]
pub struct AttachedPolicy {
    /// Its layer.
    pub layer: Layer,
    /// Its level in the organisation, from 0 at the root; 0 for layers without levels.
    pub level: usize,
    /// The policy; settings of many principals share it.
    pub policy: Arc<CompiledPolicy>,
}

/// All policies that have a say in a request, and what is known of those that are not there.
#[derive(Debug, Clone, Default)]
pub struct Setting {
    policies: Vec<AttachedPolicy>,
    supplies: [Supply; Layer::ALL.len()],
    levels: [usize; Layer::ALL.len()],
    /// The management account of the organisation, on which neither service control policies nor
    /// resource control policies have any effect.
    pub management_account: Option<AccountId>,
}

impl Setting {
    /// A setting of which nothing is supplied.
    pub fn new() -> Self {
        Self::default()
    }

    /// A setting in which only identity policies are supplied.
    pub fn of_identity(policies: impl IntoIterator<Item = CompiledPolicy>) -> Self {
        let mut setting = Self::new();
        setting.supply(Layer::Identity, policies);
        setting
    }

    /// Gives all policies of a layer without levels; none means that there are none.
    pub fn supply<P>(&mut self, layer: Layer, policies: impl IntoIterator<Item = P>)
    where
        P: Into<Arc<CompiledPolicy>>,
    {
        self.supply_levels(layer, [policies]);
    }

    /// Gives all policies of a layer, level by level from the root of the organisation down. No
    /// level at all means that the account is in no organisation; a level without policies allows
    /// nothing.
    pub fn supply_levels<L>(&mut self, layer: Layer, levels: impl IntoIterator<Item = L>)
    where
        L: IntoIterator<Item: Into<Arc<CompiledPolicy>>>,
    {
        self.policies.retain(|attached| attached.layer != layer);
        let mut count = 0;
        for (level, policies) in levels.into_iter().enumerate() {
            count = level + 1;
            self.policies
                .extend(policies.into_iter().map(|policy| AttachedPolicy {
                    layer,
                    level,
                    policy: policy.into(),
                }));
        }
        self.policies.sort_by_key(|attached| attached.layer);
        self.set(layer, Supply::Given, count);
    }

    /// Says that the policies of a layer are not known.
    pub fn set_unknown(&mut self, layer: Layer) {
        self.policies.retain(|attached| attached.layer != layer);
        self.set(layer, Supply::Unknown, 0);
    }

    fn set(&mut self, layer: Layer, supply: Supply, levels: usize) {
        if let Some(own) = self.supplies.get_mut(layer.place()) {
            *own = supply;
        }
        if let Some(own) = self.levels.get_mut(layer.place()) {
            *own = levels;
        }
    }

    /// The same with other policies in place of those that `other` names one for, by its place in
    /// [`Setting::policies`].
    #[must_use]
    pub fn with_others(&self, other: impl Fn(usize) -> Option<Arc<CompiledPolicy>>) -> Self {
        let mut setting = self.clone();
        for (place, attached) in setting.policies.iter_mut().enumerate() {
            if let Some(policy) = other(place) {
                attached.policy = policy;
            }
        }
        setting
    }

    /// What is known of a layer.
    pub fn supply_of(&self, layer: Layer) -> Supply {
        self.supplies
            .get(layer.place())
            .copied()
            .unwrap_or_default()
    }

    /// How many levels of a layer were given.
    pub fn levels_of(&self, layer: Layer) -> usize {
        self.levels.get(layer.place()).copied().unwrap_or_default()
    }

    /// The policies, in the order of their layers, levels, and as they were given.
    pub fn policies(&self) -> &[AttachedPolicy] {
        &self.policies
    }

    /// Whether a layer has any policy.
    pub fn has_policies(&self, layer: Layer) -> bool {
        self.policies.iter().any(|attached| attached.layer == layer)
    }

    /// The layers of which nobody gave any policy.
    pub fn not_supplied(&self) -> impl Iterator<Item = Layer> {
        Layer::ALL
            .into_iter()
            .filter(|layer| self.supply_of(*layer) == Supply::NotSupplied)
    }
}
