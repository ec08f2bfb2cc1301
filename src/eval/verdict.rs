//! What comes of a request.

use super::{Atom, Exemption, Formula, Layer, StatementResults, Unknown, completion::Value};
use std::collections::BTreeSet;

/// What comes of a request.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
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

    /// The verdict of this name.
    pub fn named(name: &str) -> Option<Self> {
        [
            Self::Allowed,
            Self::ExplicitDeny,
            Self::ImplicitDeny,
            Self::Depends,
        ]
        .into_iter()
        .find(|verdict| verdict.name() == name)
    }

    /// Of the verdicts on the requests of one call, the verdict on the call: each of them must be
    /// allowed.
    pub fn of_all(verdicts: impl IntoIterator<Item = BTreeSet<Self>>) -> BTreeSet<Self> {
        let mut whole = BTreeSet::from([Self::Allowed]);
        for possible in verdicts {
            let pairs = whole
                .iter()
                .flat_map(|own| possible.iter().map(move |other| own.worse(*other)));
            whole = pairs.collect();
        }
        whole
    }

    fn worse(self, other: Self) -> Self {
        [Self::ExplicitDeny, Self::ImplicitDeny]
            .into_iter()
            .find(|bad| [self, other].contains(bad))
            .unwrap_or(Self::Allowed)
    }

    /// The verdict where it may be any of these.
    pub fn of_possible(possible: &BTreeSet<Self>) -> Self {
        match possible.first() {
            Some(only) if possible.len() == 1 => *only,
            _ => Self::Depends,
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
    /// Of a verdict that depends: on what, and how.
    pub residual: Option<Box<Residual>>,
    /// The layers that kept the request from being allowed, the first that AWS comes to first.
    pub limited_by: Vec<Layer>,
    /// The layers that were supplied and have no effect on this request.
    pub exempt: Vec<(Layer, Exemption)>,
    /// Whether the call needs no permission, so that no policy decides about it.
    pub needs_no_permission: bool,
    /// For each policy of the setting, the statements that apply to the request, or may;
    /// [`super::trace`] tells of the others.
    pub statements: Vec<StatementResults>,
}

impl Decision {
    /// The facts that the verdict depends on.
    pub fn unknown(&self) -> BTreeSet<Unknown> {
        let residual = self.residual.iter();
        residual.flat_map(|residual| residual.facts()).collect()
    }
}

/// What a verdict depends on: a denial where `denies` holds, else an allow where `allows` does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Residual {
    /// What holds or not.
    pub atoms: Vec<Atom>,
    /// Whether something denies the request.
    pub denies: Formula,
    /// Whether all that must allow the request does.
    pub allows: Formula,
    /// For each verdict that may come of it, facts that make it so.
    pub outcomes: Vec<Outcome>,
    /// Whether it is sure that no verdict is named that no facts lead to. Where it is not, the verdicts
    /// without an outcome of their own may be out of reach.
    pub exact: bool,
}

impl Residual {
    /// The facts that it depends on.
    pub fn facts(&self) -> BTreeSet<Unknown> {
        let mut atoms = BTreeSet::new();
        self.denies.collect_atoms(&mut atoms);
        self.allows.collect_atoms(&mut atoms);
        let atoms = atoms.into_iter().filter_map(|atom| self.atoms.get(atom));
        atoms.flat_map(|atom| atom.facts.iter().cloned()).collect()
    }
}

impl Residual {
    /// The verdict where each atom is as `value` says; `None` where what is not said of some counts.
    pub(super) fn verdict(&self, value: &impl Fn(usize) -> Option<bool>) -> Option<Verdict> {
        if self.denies.holds(value)? {
            return Some(Verdict::ExplicitDeny);
        }
        Some(if self.allows.holds(value)? {
            Verdict::Allowed
        } else {
            Verdict::ImplicitDeny
        })
    }
}

/// A verdict and facts that lead to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The verdict.
    pub verdict: Verdict,
    /// A value for each unknown fact that leads to it.
    pub example: Vec<(Unknown, Value)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_allowed_only_if_each_of_its_requests_is() {
        let set = |verdicts: &[Verdict]| verdicts.iter().copied().collect::<BTreeSet<_>>();
        let allowed = set(&[Verdict::Allowed]);
        let open = set(&[Verdict::Allowed, Verdict::ExplicitDeny]);
        let denied = set(&[Verdict::ImplicitDeny]);
        assert_eq!(Verdict::of_all([allowed.clone(), allowed.clone()]), allowed);
        assert_eq!(Verdict::of_all([allowed.clone(), open.clone()]), open);
        assert_eq!(
            Verdict::of_all([denied.clone(), open]),
            set(&[Verdict::ImplicitDeny, Verdict::ExplicitDeny])
        );
        assert_eq!(Verdict::of_all([denied.clone(), allowed]), denied);
    }
}
