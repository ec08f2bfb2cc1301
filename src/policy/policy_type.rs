//! What a policy is attached to.

use super::{ActionPattern, Policy};
use std::fmt;

/// The types of policies, by what they are attached to.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#access_policy-types>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyType {
    /// Attached to a user, a group or a role, or to a permission set.
    Identity,
    /// Attached to a resource: a bucket policy, a key policy.
    Resource,
    /// The trust policy of a role.
    Trust,
    /// A service control policy of an organisation.
    Scp,
    /// A resource control policy of an organisation.
    Rcp,
    /// The permissions boundary of a user or a role.
    Boundary,
    /// Passed when a session is begun.
    Session,
    /// Attached to a VPC endpoint.
    Endpoint,
}

impl PolicyType {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Identity,
        Self::Resource,
        Self::Trust,
        Self::Scp,
        Self::Rcp,
        Self::Boundary,
        Self::Session,
        Self::Endpoint,
    ];

    /// The name that options and configuration take: `scp`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Resource => "resource",
            Self::Trust => "trust",
            Self::Scp => "scp",
            Self::Rcp => "rcp",
            Self::Boundary => "boundary",
            Self::Session => "session",
            Self::Endpoint => "endpoint",
        }
    }

    /// The type of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|each| each.name() == name)
    }

    /// What messages call it, with its article: `a service control policy`.
    pub const fn with_article(self) -> &'static str {
        match self {
            Self::Identity => "an identity policy",
            Self::Resource => "a resource policy",
            Self::Trust => "a trust policy",
            Self::Scp => "a service control policy",
            Self::Rcp => "a resource control policy",
            Self::Boundary => "a permissions boundary",
            Self::Session => "a session policy",
            Self::Endpoint => "a VPC endpoint policy",
        }
    }

    /// Whether its statements say whose requests they are about.
    pub const fn names_principals(self) -> bool {
        matches!(
            self,
            Self::Resource | Self::Trust | Self::Rcp | Self::Endpoint
        )
    }

    /// Whether its `Allow` gives anything: the other types only limit what others give.
    pub const fn grants(self) -> bool {
        matches!(self, Self::Identity | Self::Resource | Self::Trust)
    }

    /// What the shape alone says: the type of most policies of that shape.
    pub fn of_shape(policy: &Policy) -> Self {
        if !policy.names_principals {
            return Self::Identity;
        }
        let mut statements = policy.statements.iter();
        let no_resource = statements
            .all(|each| !each.has_element("Resource") && !each.has_element("NotResource"));
        let mut actions = policy
            .statements
            .iter()
            .flat_map(|each| each.action.iter().chain(&each.not_action))
            .flat_map(|element| &element.entries);
        let of_sts = |entry: &ActionPattern| entry.service().eq_ignore_ascii_case("sts");
        let assumes = no_resource
            && (actions.clone().any(of_sts) || actions.all(ActionPattern::covers_everything));
        if assumes { Self::Trust } else { Self::Resource }
    }
}

impl fmt::Display for PolicyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of policy types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyTypes(u8);

impl PolicyTypes {
    /// Every type.
    pub const ALL: Self = Self::of(&PolicyType::ALL);

    /// These types.
    pub const fn of(types: &[PolicyType]) -> Self {
        let mut bits = 0;
        let mut rest = types;
        while let [first, others @ ..] = rest {
            bits |= 1 << (*first as u8);
            rest = others;
        }
        Self(bits)
    }

    /// Whether a type is among them.
    pub const fn contains(self, policy_type: PolicyType) -> bool {
        self.0 & (1 << (policy_type as u8)) != 0
    }

    /// The types, in order.
    pub fn iter(self) -> impl Iterator<Item = PolicyType> {
        PolicyType::ALL
            .into_iter()
            .filter(move |each| self.contains(*each))
    }
}
