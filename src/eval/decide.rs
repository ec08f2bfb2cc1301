//! Many policies to one decision.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use super::{
    Applies, Atom, Claim, Decision, Examination, Formula, Layer, Naming, Open, Principal, Request,
    Residual, Setting, StatementResult, StatementResults, Supply, Truth, Unknown, Verdict,
    completion::Completions,
    exceptions::{
        ResourceRule, exemption, is_barred_from_root, is_cross_account, may_have, resource_rule,
    },
    formula::Atoms,
    named::has_boundary,
    statement::Keep,
    view::RequestView,
};
use crate::{catalog::Catalog, policy::Effect};
use std::collections::BTreeSet;

/// Decides a request by all policies of a setting.
pub fn decide(setting: &Setting, request: &Request) -> Decision {
    let boundary = has_boundary(setting, request);
    let mut view = RequestView::new(request, Layer::Identity, &boundary);
    let mut statements = Vec::with_capacity(setting.policies().len());
    for attached in setting.policies() {
        view.layer = attached.layer;
        statements.push(attached.policy.evaluate(&view, Keep::Applying));
    }
    if Catalog::embedded().needs_no_permission(request.action.as_str()) {
        return Decision {
            verdict: Verdict::Allowed,
            possible: BTreeSet::from([Verdict::Allowed]),
            residual: None,
            limited_by: Vec::new(),
            exempt: Vec::new(),
            needs_no_permission: true,
            statements,
        };
    }
    let mut evaluation = Evaluation {
        setting,
        request,
        statements: &statements,
        rule: resource_rule(request),
        is_cross_account: is_cross_account(request),
        atoms: Atoms::default(),
        grants: [const { Formula::Is(false) }; Naming::ALL.len()],
    };
    let said = evaluation.said();
    let combined = evaluation.combine(&said);
    let exempt = said.iter().filter_map(|said| said.exempt).collect();
    let limits = |possible: &BTreeSet<Verdict>| {
        if possible.len() == 1 && possible.contains(&Verdict::Allowed) {
            Vec::new()
        } else {
            evaluation.limited_by(&said, &combined)
        }
    };
    let bound = verdicts(&combined.denies, &combined.allows);
    if bound.len() == 1 {
        return Decision {
            verdict: Verdict::of_possible(&bound),
            limited_by: limits(&bound),
            possible: bound,
            residual: None,
            exempt,
            needs_no_permission: false,
            statements,
        };
    }
    let (denies, allows) = (combined.denies.clone(), combined.allows.clone());
    let atoms = evaluation.atoms.list.clone();
    let (possible, residual) = possible(&[(setting, request)], denies, allows, atoms);
    Decision {
        verdict: Verdict::of_possible(&possible),
        limited_by: limits(&possible),
        possible,
        residual,
        exempt,
        needs_no_permission: false,
        statements,
    }
}

/// What comes of a call that needs several requests to be allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallDecision {
    /// What comes of the call: it is allowed where each of its requests is.
    pub verdict: Verdict,
    /// What may come of it.
    pub possible: BTreeSet<Verdict>,
    /// Of a verdict that depends: on what, and how.
    pub residual: Option<Box<Residual>>,
    /// What comes of each request.
    pub decisions: Vec<Decision>,
}

/// Decides a call by its requests, each with the setting that it is judged in. A fact about the caller
/// and the connection is the same for all of them; one about the resource is not.
pub fn decide_call(requests: &[(&Setting, &Request)]) -> CallDecision {
    let decisions: Vec<_> = requests
        .iter()
        .map(|(setting, request)| decide(setting, request))
        .collect();
    let apart = Verdict::of_all(decisions.iter().map(|decision| decision.possible.clone()));
    let (possible, residual) = match decisions.as_slice() {
        [only] => (only.possible.clone(), only.residual.clone()),
        _ if apart.len() == 1 => (apart, None),
        _ => together(requests, &decisions),
    };
    CallDecision {
        verdict: Verdict::of_possible(&possible),
        possible,
        residual,
        decisions,
    }
}

/// What may come of several requests, where the same facts count for all of them.
fn together(
    requests: &[(&Setting, &Request)],
    decisions: &[Decision],
) -> (BTreeSet<Verdict>, Option<Box<Residual>>) {
    let (mut denies, mut allows, mut atoms) = (Vec::new(), Vec::new(), Vec::new());
    for (place, decision) in decisions.iter().enumerate() {
        match &decision.residual {
            Some(residual) => {
                denies.push(residual.denies.shifted(atoms.len()));
                allows.push(residual.allows.shifted(atoms.len()));
                atoms.extend(residual.atoms.iter().map(|atom| Atom {
                    request: place,
                    ..atom.clone()
                }));
            }
            None => {
                denies.push(Formula::Is(decision.verdict == Verdict::ExplicitDeny));
                allows.push(Formula::Is(decision.verdict == Verdict::Allowed));
            }
        }
    }
    possible(requests, Formula::any(denies), Formula::all(allows), atoms)
}

/// Says, for each policy of a setting, how each of its statements stands to a request, those too that do
/// not apply.
pub fn trace(setting: &Setting, request: &Request) -> Vec<StatementResults> {
    let boundary = has_boundary(setting, request);
    let mut view = RequestView::new(request, Layer::Identity, &boundary);
    let policies = setting.policies().iter();
    policies
        .map(|attached| {
            view.layer = attached.layer;
            attached.policy.evaluate(&view, Keep::AboutAction)
        })
        .collect()
}

/// Says what each part of a statement is to a request, those too that [`decide`] did not come to.
/// `None` where the setting has no such statement.
pub fn examine(
    setting: &Setting,
    policy: usize,
    statement: usize,
    request: &Request,
) -> Option<Examination> {
    let boundary = has_boundary(setting, request);
    let attached = setting.policies().get(policy)?;
    let view = RequestView::new(request, attached.layer, &boundary);
    let statement = attached.policy.statements.get(statement)?;
    Some(statement.examine(&view))
}

/// The verdicts that may come of two formulas, and where it is more than one, what it depends on.
fn possible(
    requests: &[(&Setting, &Request)],
    denies: Formula,
    allows: Formula,
    atoms: Vec<Atom>,
) -> (BTreeSet<Verdict>, Option<Box<Residual>>) {
    let bound = verdicts(&denies, &allows);
    if bound.len() == 1 {
        return (bound, None);
    }
    let mut residual = Residual {
        atoms,
        denies,
        allows,
        outcomes: Vec::new(),
        exact: false,
    };
    // The formulas alone may name too much, as what they hang on may hang together.
    let found = Completions::new(requests, &residual).outcomes(&bound);
    residual.outcomes = found.outcomes;
    residual.exact = found.exact;
    let possible = if found.exact {
        let verdicts = residual.outcomes.iter();
        verdicts.map(|outcome| outcome.verdict).collect()
    } else {
        bound
    };
    if possible.len() == 1 {
        return (possible, None);
    }
    (possible, Some(Box::new(residual)))
}

/// The verdicts that two formulas come to, if each atom were free of the others.
fn verdicts(denies: &Formula, allows: &Formula) -> BTreeSet<Verdict> {
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
    possible
}

/// What the policies of one layer say to a request.
struct Said {
    layer: Layer,
    denies: Formula,
    allows: Formula,
    exempt: Option<(Layer, super::Exemption)>,
}

impl Said {
    /// A layer that has nothing against the request.
    fn nothing_against(layer: Layer) -> Self {
        Self {
            layer,
            denies: Formula::Is(false),
            allows: Formula::Is(true),
            exempt: None,
        }
    }
}

/// What resource control policies allow: `RCPFullAWSAccess` is attached at every level and nobody can
/// detach it, so the others only deny.
///
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html>
fn rcp_allows() -> Formula {
    Formula::Is(true)
}

/// One evaluation, once each statement is judged.
struct Evaluation<'e> {
    setting: &'e Setting,
    request: &'e Request,
    statements: &'e [StatementResults],
    rule: ResourceRule,
    is_cross_account: bool,
    atoms: Atoms,
    /// What the resource's policy allows by naming the caller in each way.
    grants: [Formula; Naming::ALL.len()],
}

/// What all layers come to.
struct Combined {
    denies: Formula,
    allows: Formula,
    /// What the policies of the caller come to, boundary and session aside.
    own: Formula,
    /// Whether the resource's policy names the caller at all.
    granted: Formula,
    /// Whether resource and caller allow it, the organisation and the endpoint aside.
    allowed_by_both: Formula,
}

impl Evaluation<'_> {
    fn said(&mut self) -> [Said; Layer::ALL.len()] {
        Layer::ALL.map(|layer| self.layer(layer))
    }

    fn layer(&mut self, layer: Layer) -> Said {
        let mut said = Said::nothing_against(layer);
        let supply = self.setting.supply_of(layer);
        if supply != Supply::NotSupplied
            && let Some(reason) = exemption(layer, self.setting, self.request)
        {
            said.exempt = Some((layer, reason));
            return said;
        }
        match supply {
            Supply::Given => self.given(&mut said),
            Supply::NotSupplied if self.needs(layer) => self.unknown(&mut said),
            Supply::NotSupplied => {}
            Supply::Unknown => self.unknown(&mut said),
        }
        said
    }

    /// Whether a request of such a principal cannot be allowed unless the layer allows it.
    fn needs(&self, layer: Layer) -> bool {
        match layer {
            Layer::Identity => may_have(layer, &self.request.principal),
            Layer::Session => matches!(self.request.principal, Principal::FederatedUser { .. }),
            Layer::Resource => {
                self.request.principal.account().is_none()
                    && self.request.principal != Principal::Unknown
                    || self.is_cross_account
                    || self.rule == ResourceRule::MustAllow
            }
            Layer::Rcp | Layer::Scp | Layer::VpcEndpoint | Layer::Boundary => false,
        }
    }

    /// A layer of which nobody knows what it says.
    fn unknown(&mut self, said: &mut Said) {
        let layer = said.layer;
        let facts = || BTreeSet::from([Unknown::Layer(layer)]);
        said.denies = self.atoms.atom(Claim::Denies(layer), facts());
        said.allows = if layer == Layer::Rcp {
            rcp_allows()
        } else {
            self.atoms.atom(Claim::Allows(layer), facts())
        };
        // Where nobody supplied the resource's policy, it is not taken to give what the policies of
        // the caller do not.
        let leaves_it_to_identity = self.setting.supply_of(layer) == Supply::NotSupplied
            && self.request.principal.account().is_some();
        let naming = if leaves_it_to_identity {
            Naming::Account
        } else {
            Naming::Direct
        };
        if let Some(own) = self.grants.get_mut(naming as usize)
            && layer == Layer::Resource
        {
            *own = said.allows.clone();
        }
    }

    fn given(&mut self, said: &mut Said) {
        let layer = said.layer;
        let statements = self.statements;
        let policies = self.setting.policies().iter().enumerate();
        let own = policies.filter(|(_, attached)| attached.layer == layer);
        let mut denies = Vec::new();
        let mut allows_of_level = vec![Vec::new(); self.setting.levels_of(layer)];
        let mut by_naming = [const { Vec::new() }; Naming::ALL.len()];
        for (policy, attached) in own {
            let results = statements.get(policy).into_iter();
            for result in results.flat_map(StatementResults::iter) {
                match (result.effect, &result.applies) {
                    (None, _) | (_, Applies::No(_)) => {}
                    (Some(Effect::Deny), _) => denies.push(self.applies(policy, result)),
                    (Some(Effect::Allow), _) if layer == Layer::Resource => {
                        self.allow_by_naming(policy, result, &mut by_naming);
                    }
                    (Some(Effect::Allow), _) => {
                        let allows = self.applies(policy, result);
                        if let Some(level) = allows_of_level.get_mut(attached.level) {
                            level.push(allows);
                        }
                    }
                }
            }
        }
        said.denies = Formula::any(denies);
        said.allows = match layer {
            Layer::Resource => {
                self.grants = by_naming.map(Formula::any);
                let [by_account, by_role, directly] = &self.grants;
                Formula::any_of([by_account, by_role, directly])
            }
            Layer::Rcp => rcp_allows(),
            // Without a session policy a federated user may do nothing.
            Layer::Session if self.needs(layer) => {
                Formula::any(allows_of_level.into_iter().flatten())
            }
            Layer::Session | Layer::Boundary | Layer::VpcEndpoint
                if !self.setting.has_policies(layer) =>
            {
                Formula::Is(true)
            }
            Layer::Session
            | Layer::Boundary
            | Layer::VpcEndpoint
            | Layer::Identity
            | Layer::Scp => Formula::all(allows_of_level.into_iter().map(Formula::any)),
        };
    }

    /// Whether a statement applies.
    fn applies(&mut self, policy: usize, result: &StatementResult) -> Formula {
        match &result.applies {
            Applies::Yes => Formula::Is(true),
            Applies::No(_) => Formula::Is(false),
            Applies::Depends(open) => {
                let parts = open
                    .iter()
                    .map(|open| self.matches(policy, result.index, open));
                Formula::all(parts.collect::<Vec<_>>())
            }
        }
    }

    fn matches(&mut self, policy: usize, statement: usize, open: &Open) -> Formula {
        let claim = Claim::Matches {
            policy,
            statement,
            part: open.part,
        };
        self.atoms
            .formula(claim, &Truth::Depends(open.facts.clone()))
    }

    /// Notes what a statement of the resource's policy allows, by how it names the caller.
    fn allow_by_naming(
        &mut self,
        policy: usize,
        result: &StatementResult,
        by_naming: &mut [Vec<Formula>; Naming::ALL.len()],
    ) {
        let rest: Vec<_> = match &result.applies {
            Applies::Yes => Vec::new(),
            Applies::No(_) => return,
            Applies::Depends(open) => open
                .iter()
                .filter(|open| open.part != super::StatementPart::Principal)
                .map(|open| self.matches(policy, result.index, open))
                .collect(),
        };
        let rest = Formula::all(rest);
        let mut note = |naming: Naming, formula| {
            if let Some(own) = by_naming.get_mut(naming as usize) {
                own.push(formula);
            }
        };
        if let Some(naming) = result.named.surely {
            note(naming, rest.clone());
        }
        for (naming, facts) in &result.named.perhaps {
            let claim = Claim::Names {
                policy,
                statement: result.index,
                naming: *naming,
            };
            let named = self.atoms.atom(claim, facts.clone());
            note(*naming, Formula::all([named, rest.clone()]));
        }
    }

    /// Combines the layers. This is the whole of AWS's evaluation logic: a deny anywhere is a deny; the
    /// organisation, the endpoint, and what caller and resource have of their own must all allow.
    fn combine(&self, said: &[Said; Layer::ALL.len()]) -> Combined {
        let [rcp, scp, endpoint, resource, identity, boundary, session] = said;
        let [by_account, by_role, directly] = &self.grants;
        let granted = Formula::any_of([by_account, by_role, directly]);
        let own = self.own_policies(identity);
        let (boundary_allows, session_allows) = (&boundary.allows, &session.allows);
        let through_identity = Formula::all_of([&own, boundary_allows, session_allows]);
        let allowed_by_both = if !self.has_account() {
            directly.clone()
        } else if self.is_cross_account {
            Formula::all_of([&through_identity, &granted])
        } else {
            let through_identity = match self.rule {
                ResourceRule::MustAllow => Formula::all_of([&through_identity, &granted]),
                ResourceRule::MayAllow | ResourceRule::CannotDeny => through_identity,
            };
            let through_role = Formula::all_of([by_role, boundary_allows, session_allows]);
            if self.is_barred() {
                Formula::Is(false)
            } else {
                Formula::any_of([directly, &through_role, &through_identity])
            }
        };
        let resource_denies = match self.rule {
            ResourceRule::CannotDeny => &Formula::Is(false),
            ResourceRule::MayAllow | ResourceRule::MustAllow => &resource.denies,
        };
        let allows =
            Formula::all_of([&rcp.allows, &scp.allows, &endpoint.allows, &allowed_by_both]);
        // A layer that nobody supplied counts for what it would have to allow. Where that changes
        // nothing, what it may deny besides is left aside like all else that nobody supplied.
        let denies_of = |said: &'_ Said, denies: &Formula| -> Formula {
            let is_left_aside = self.setting.supply_of(said.layer) == Supply::NotSupplied;
            if is_left_aside && allows.is_false() {
                Formula::Is(false)
            } else {
                denies.clone()
            }
        };
        let denies = Formula::any_of([
            &rcp.denies,
            &scp.denies,
            &endpoint.denies,
            &denies_of(resource, resource_denies),
            &denies_of(identity, &identity.denies),
            &boundary.denies,
            &denies_of(session, &session.denies),
        ]);
        Combined {
            denies,
            allows,
            own,
            granted,
            allowed_by_both,
        }
    }

    /// What the caller's own policies come to; who can have none needs none.
    fn own_policies(&self, identity: &Said) -> Formula {
        if may_have(Layer::Identity, &self.request.principal) {
            identity.allows.clone()
        } else {
            Formula::Is(!self.is_barred())
        }
    }

    /// Whether the caller is a root user, and calls what no root user may.
    fn is_barred(&self) -> bool {
        matches!(self.request.principal, Principal::Root { .. })
            && is_barred_from_root(&self.request.action)
    }

    fn has_account(&self) -> bool {
        let principal = &self.request.principal;
        principal.account().is_some() || *principal == Principal::Unknown
    }

    /// The layers that keep the request from being allowed, or may.
    fn limited_by(&self, said: &[Said; Layer::ALL.len()], combined: &Combined) -> Vec<Layer> {
        let may_limit = |said: &&Said| {
            let may_deny = said.layer != Layer::Resource || self.rule != ResourceRule::CannotDeny;
            let denies = may_deny && !said.denies.is_false();
            let keeps = match said.layer {
                Layer::Rcp | Layer::Scp | Layer::VpcEndpoint => !said.allows.is_true(),
                _ if combined.allowed_by_both.is_true() => false,
                Layer::Resource => {
                    !combined.granted.is_true()
                        && (self.needs(Layer::Resource)
                            || self.setting.supply_of(Layer::Resource) != Supply::NotSupplied)
                }
                Layer::Identity => self.has_account() && !combined.own.is_true(),
                Layer::Boundary | Layer::Session => !said.allows.is_true(),
            };
            denies || keeps
        };
        let limiting = said.iter().filter(may_limit);
        limiting.map(|said| said.layer).collect()
    }
}
