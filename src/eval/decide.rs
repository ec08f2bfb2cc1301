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
        statements.push(attached.policy.evaluate(&view));
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
        atoms: Atoms::default(),
    };
    let said = evaluation.said();
    let (denies, allows, limited_by) = evaluation.combine(&said);
    let exempt = said.iter().filter_map(|said| said.exempt).collect();
    let atoms = evaluation.atoms.list;
    let (possible, residual) = possible(&[(setting, request)], denies, allows, atoms);
    let verdict = Verdict::of_possible(&possible);
    Decision {
        verdict,
        limited_by: if verdict == Verdict::Allowed {
            Vec::new()
        } else {
            limited_by
        },
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
    /// Of the resource's policy: what it allows by naming the caller in each way.
    by_naming: [Formula; Naming::ALL.len()],
    exempt: Option<(Layer, super::Exemption)>,
}

impl Said {
    /// A layer that has nothing against the request.
    fn nothing_against(layer: Layer) -> Self {
        Self {
            layer,
            denies: Formula::Is(false),
            allows: Formula::Is(true),
            by_naming: [const { Formula::Is(false) }; Naming::ALL.len()],
            exempt: None,
        }
    }
}

/// One evaluation, once each statement is judged.
struct Evaluation<'e> {
    setting: &'e Setting,
    request: &'e Request,
    statements: &'e [StatementResults],
    atoms: Atoms,
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
                    || is_cross_account(self.request)
                    || resource_rule(self.request) == ResourceRule::MustAllow
            }
            Layer::Rcp | Layer::Scp | Layer::VpcEndpoint | Layer::Boundary => false,
        }
    }

    /// A layer of which nobody knows what it says.
    fn unknown(&mut self, said: &mut Said) {
        let layer = said.layer;
        let facts = || BTreeSet::from([Unknown::Layer(layer)]);
        said.denies = self.atoms.atom(Claim::Denies(layer), facts());
        said.allows = self.atoms.atom(Claim::Allows(layer), facts());
        // Where nobody supplied the resource's policy, it is not taken to give what the policies of
        // the caller do not.
        let leaves_it_to_identity = self.setting.supply_of(layer) == Supply::NotSupplied
            && self.request.principal.account().is_some();
        let naming = if leaves_it_to_identity {
            Naming::Account
        } else {
            Naming::Direct
        };
        if let Some(own) = said.by_naming.get_mut(naming as usize) {
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
            for result in results.flat_map(StatementResults::about_action) {
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
        said.by_naming = by_naming.map(Formula::any);
        said.allows = match layer {
            Layer::Resource => Formula::any(said.by_naming.iter().cloned()),
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
            | Layer::Scp
            | Layer::Rcp => Formula::all(allows_of_level.into_iter().map(Formula::any)),
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
    fn combine(&self, said: &[Said; Layer::ALL.len()]) -> (Formula, Formula, Vec<Layer>) {
        let [rcp, scp, endpoint, resource, identity, boundary, session] = said;
        let [by_account, by_role, directly] = &resource.by_naming;
        let principal = &self.request.principal;
        let rule = resource_rule(self.request);

        // What the caller's own policies come to.
        let own = match principal {
            Principal::Root { .. } => Formula::Is(!is_barred_from_root(&self.request.action)),
            Principal::Service(_)
            | Principal::Federated(_)
            | Principal::CanonicalUser(_)
            | Principal::Anonymous => Formula::Is(true),
            Principal::User { .. }
            | Principal::Role { .. }
            | Principal::AssumedRole { .. }
            | Principal::FederatedUser { .. }
            | Principal::Unknown => identity.allows.clone(),
        };
        let within = Formula::all([boundary.allows.clone(), session.allows.clone()]);
        let through_identity = Formula::all([own.clone(), within.clone()]);
        let granted = Formula::any([by_account.clone(), by_role.clone(), directly.clone()]);
        let has_account = principal.account().is_some() || *principal == Principal::Unknown;
        let allowed_by_both = if !has_account {
            directly.clone()
        } else if is_cross_account(self.request) {
            Formula::all([through_identity, granted.clone()])
        } else {
            let through_identity = match rule {
                ResourceRule::MustAllow => Formula::all([through_identity, granted.clone()]),
                ResourceRule::MayAllow | ResourceRule::CannotDeny => through_identity,
            };
            let through_role = Formula::all([by_role.clone(), within]);
            let barred = matches!(principal, Principal::Root { .. }) && own.is_false();
            let directly = if barred {
                Formula::Is(false)
            } else {
                directly.clone()
            };
            Formula::any([directly, through_role, through_identity])
        };

        let mut denies: Vec<_> = said.iter().map(|said| said.denies.clone()).collect();
        if rule == ResourceRule::CannotDeny {
            denies = said
                .iter()
                .filter(|said| said.layer != Layer::Resource)
                .map(|said| said.denies.clone())
                .collect();
        }
        let allows = Formula::all([
            rcp.allows.clone(),
            scp.allows.clone(),
            endpoint.allows.clone(),
            allowed_by_both.clone(),
        ]);

        let may_limit = |said: &&Said| {
            let denies = !said.denies.is_false()
                && !(said.layer == Layer::Resource && rule == ResourceRule::CannotDeny);
            let keeps = match said.layer {
                Layer::Rcp | Layer::Scp | Layer::VpcEndpoint => !said.allows.is_true(),
                _ if allowed_by_both.is_true() => false,
                Layer::Resource => {
                    !granted.is_true()
                        && (self.needs(Layer::Resource)
                            || self.setting.supply_of(Layer::Resource) != Supply::NotSupplied)
                }
                Layer::Identity => has_account && !own.is_true(),
                Layer::Boundary | Layer::Session => !said.allows.is_true(),
            };
            denies || keeps
        };
        let limited_by = said.iter().filter(may_limit).map(|said| said.layer);
        (Formula::any(denies), allows, limited_by.collect())
    }
}
