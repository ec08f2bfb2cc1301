//! Many policies to one decision.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use super::{
    Applies, CompiledPolicy, Examination, Mismatch, Principal, Request, StatementResult, Truth,
    Unknown, derive::owner, view::RequestView,
};
use crate::policy::Effect;
use std::collections::BTreeSet;

/// What comes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// Something allows it and nothing denies it.
    Allowed,
    /// A statement denies it.
    ExplicitDeny,
    /// Nothing allows it.
    ImplicitDeny,
    /// It depends on facts that nobody supplied.
    Depends,
}

impl Verdict {
    /// The name, as JSON has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ExplicitDeny => "explicitDeny",
            Self::ImplicitDeny => "implicitDeny",
            Self::Depends => "depends",
        }
    }
}

/// A kind of policy that has a say in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Layer {
    /// Policies of the user or role that calls.
    Identity,
    /// The policy of the resource, and the trust policy of a role.
    Resource,
    /// The permissions boundary of the user or role.
    Boundary,
    /// Policies of the session.
    Session,
    /// Service control policies of the organisation.
    Scp,
    /// Resource control policies of the organisation.
    Rcp,
    /// The policy of the VPC endpoint.
    VpcEndpoint,
}

impl Layer {
    /// The layers that this engine does not consider yet: their policies may allow or deny more.
    pub const NOT_CONSIDERED: [Self; 6] = [
        Self::Resource,
        Self::Boundary,
        Self::Session,
        Self::Scp,
        Self::Rcp,
        Self::VpcEndpoint,
    ];

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
}

/// A decision and what made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What comes of the request.
    pub verdict: Verdict,
    /// What may come of it: the verdict itself, or for one that depends, all that facts not
    /// supplied can make of it.
    pub possible: BTreeSet<Verdict>,
    /// The facts that it depends on.
    pub unknown: BTreeSet<Unknown>,
    /// The layers that kept the request from being allowed.
    pub limited_by: Vec<Layer>,
    /// For each policy, how each of its statements stands to the request.
    pub policies: Vec<Vec<StatementResult>>,
}

/// What one layer says to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
struct LayerResult {
    layer: Layer,
    denies: Truth,
    allows: Truth,
}

/// Decides a request by the identity policies of its principal.
///
/// The policies are taken as attached to the principal, all together. The root user needs none;
/// services and unsigned requests have none, so for them the policy of the resource decides, which
/// is a fact not supplied.
pub fn decide(policies: &[CompiledPolicy], request: &Request) -> Decision {
    let view = RequestView::new(request);
    let evaluate = |policy: &CompiledPolicy| -> Vec<_> {
        let statements = policy.statements.iter().enumerate();
        statements
            .map(|(index, statement)| statement.evaluate(index, &view))
            .collect()
    };
    let policies: Vec<_> = policies.iter().map(evaluate).collect();
    let identity = match &request.principal {
        Principal::Service(_) | Principal::Anonymous => LayerResult {
            layer: Layer::Identity,
            denies: Truth::depends_on(Unknown::Layer(Layer::Resource)),
            allows: Truth::depends_on(Unknown::Layer(Layer::Resource)),
        },
        Principal::Root { .. } => LayerResult {
            allows: Truth::True,
            ..identity_layer(&policies)
        },
        Principal::User { .. }
        | Principal::Role { .. }
        | Principal::AssumedRole { .. }
        | Principal::FederatedUser { .. }
        | Principal::Unknown => identity_layer(&policies),
    };
    let may_be_allowed = !identity.allows.is_false();
    let mut layers = vec![identity];
    if matches!(request.principal, Principal::FederatedUser { .. }) {
        // Without a session policy such a session may do nothing; one may deny as well as allow.
        layers.push(LayerResult {
            layer: Layer::Session,
            denies: Truth::depends_on(Unknown::Layer(Layer::Session)),
            allows: Truth::depends_on(Unknown::Layer(Layer::Session)),
        });
    }
    if may_be_allowed && is_cross_account(request) {
        // The account that owns the resource must allow it too, in the policy of the resource.
        layers.push(LayerResult {
            layer: Layer::Resource,
            denies: Truth::depends_on(Unknown::Layer(Layer::Resource)),
            allows: Truth::depends_on(Unknown::Layer(Layer::Resource)),
        });
    }
    combine(&layers, policies)
}

/// Whether the resource is known to be another account's than the principal's.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>
fn is_cross_account(request: &Request) -> bool {
    let own = request.principal.account();
    own.zip(owner(&request.resource))
        .is_some_and(|(own, owner)| own != owner)
}

/// Says what each element of a statement of a policy is to a request, those too that `decide` did
/// not come to. `None` where the policy has no such statement.
pub fn examine(
    policy: &CompiledPolicy,
    statement: usize,
    request: &Request,
) -> Option<Examination> {
    Some(
        policy
            .statements
            .get(statement)?
            .examine(&RequestView::new(request)),
    )
}

fn identity_layer(policies: &[Vec<StatementResult>]) -> LayerResult {
    let effect = |effect| {
        let own = policies
            .iter()
            .flatten()
            .filter(move |each| each.effect == Some(effect));
        Truth::any(own.map(|statement| match &statement.applies {
            Applies::Yes => Truth::True,
            Applies::No(Mismatch::Action | Mismatch::Resource | Mismatch::Condition(_)) => {
                Truth::False
            }
            Applies::Depends(unknown) => Truth::Depends(unknown.clone()),
        }))
    };
    LayerResult {
        layer: Layer::Identity,
        denies: effect(Effect::Deny),
        allows: effect(Effect::Allow),
    }
}

/// Combines the layers: a deny in any of them is a deny, and every one of them must allow.
fn combine(layers: &[LayerResult], policies: Vec<Vec<StatementResult>>) -> Decision {
    let denies = Truth::any(layers.iter().map(|layer| layer.denies.clone()));
    let allows = Truth::all(layers.iter().map(|layer| layer.allows.clone()));
    let mut possible = BTreeSet::new();
    if !denies.is_false() {
        possible.insert(Verdict::ExplicitDeny);
    }
    if !denies.is_true() {
        if !allows.is_false() {
            possible.insert(Verdict::Allowed);
        }
        if !allows.is_true() {
            possible.insert(Verdict::ImplicitDeny);
        }
    }
    let mut unknown = BTreeSet::new();
    let verdict = match (possible.len(), possible.first()) {
        (1, Some(only)) => *only,
        _ => {
            for truth in [&denies, &allows] {
                if let Truth::Depends(facts) = truth {
                    unknown.extend(facts.iter().cloned());
                }
            }
            Verdict::Depends
        }
    };
    let limits = |layer: &&LayerResult| !layer.denies.is_false() || !layer.allows.is_true();
    let limited_by = layers
        .iter()
        .filter(limits)
        .map(|layer| layer.layer)
        .collect();
    Decision {
        verdict,
        possible,
        unknown,
        limited_by,
        policies,
    }
}
