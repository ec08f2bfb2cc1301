//! What a decision hangs on, as a formula over the elements of statements that are open.
//!
//! Where nothing is unknown a formula is true or false, and nothing is allocated.

use super::{Layer, Naming, StatementPart, Truth, Unknown};
use std::{collections::BTreeSet, ops::Not};

/// A formula over [`Atom`]s, by their number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Formula {
    /// It holds, or not, whatever is unknown.
    Is(bool),
    /// It holds if this atom does.
    Atom(usize),
    /// It holds if this does not.
    Not(Box<Self>),
    /// It holds if all of these do.
    All(Vec<Self>),
    /// It holds if one of these does.
    Any(Vec<Self>),
}

impl Formula {
    /// Whether it holds whatever is unknown.
    pub fn is_true(&self) -> bool {
        matches!(self, Self::Is(true))
    }

    /// Whether it does not hold, whatever is unknown.
    pub fn is_false(&self) -> bool {
        matches!(self, Self::Is(false))
    }

    /// Holds if all of these do; they are copied only where something is open.
    pub(super) fn all_of<const PARTS: usize>(parts: [&Self; PARTS]) -> Self {
        if parts.iter().any(|part| part.is_false()) {
            Self::Is(false)
        } else if parts.iter().all(|part| part.is_true()) {
            Self::Is(true)
        } else {
            Self::all(parts.into_iter().cloned())
        }
    }

    /// Holds if one of these does; they are copied only where something is open.
    pub(super) fn any_of<const PARTS: usize>(parts: [&Self; PARTS]) -> Self {
        if parts.iter().any(|part| part.is_true()) {
            Self::Is(true)
        } else if parts.iter().all(|part| part.is_false()) {
            Self::Is(false)
        } else {
            Self::any(parts.into_iter().cloned())
        }
    }

    /// Holds if all of these do.
    pub(super) fn all(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut open = Vec::new();
        for part in parts {
            match part {
                Self::Is(true) => {}
                Self::Is(false) => return part,
                Self::All(more) => open.extend(more),
                Self::Atom(_) | Self::Not(_) | Self::Any(_) => open.push(part),
            }
        }
        only(&mut open).unwrap_or(if open.is_empty() {
            Self::Is(true)
        } else {
            Self::All(open)
        })
    }

    /// Holds if one of these does.
    pub(super) fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut open = Vec::new();
        for part in parts {
            match part {
                Self::Is(false) => {}
                Self::Is(true) => return part,
                Self::Any(more) => open.extend(more),
                Self::Atom(_) | Self::Not(_) | Self::All(_) => open.push(part),
            }
        }
        only(&mut open).unwrap_or(if open.is_empty() {
            Self::Is(false)
        } else {
            Self::Any(open)
        })
    }

    /// What it is where each atom is as `value` says; `None` where what is not said of some counts.
    pub(super) fn holds(&self, value: &impl Fn(usize) -> Option<bool>) -> Option<bool> {
        // A part that settles the whole settles it whatever the others are.
        let settled = |parts: &[Self], by: bool| {
            let mut whole = Some(!by);
            for part in parts {
                match part.holds(value) {
                    Some(holds) if holds == by => return Some(by),
                    Some(_) => {}
                    None => whole = None,
                }
            }
            whole
        };
        match self {
            Self::Is(holds) => Some(*holds),
            Self::Atom(atom) => value(*atom),
            Self::Not(part) => part.holds(value).map(bool::not),
            Self::All(parts) => settled(parts, false),
            Self::Any(parts) => settled(parts, true),
        }
    }

    /// The same over atoms whose numbers are higher by `offset`.
    pub(super) fn shifted(&self, offset: usize) -> Self {
        let all = |parts: &[Self]| parts.iter().map(|part| part.shifted(offset)).collect();
        match self {
            Self::Is(holds) => Self::Is(*holds),
            Self::Atom(atom) => Self::Atom(atom + offset),
            Self::Not(part) => Self::Not(Box::new(part.shifted(offset))),
            Self::All(parts) => Self::All(all(parts)),
            Self::Any(parts) => Self::Any(all(parts)),
        }
    }

    /// Notes the atoms in it.
    pub(super) fn collect_atoms(&self, atoms: &mut BTreeSet<usize>) {
        match self {
            Self::Is(_) => {}
            Self::Atom(atom) => {
                atoms.insert(*atom);
            }
            Self::Not(part) => part.collect_atoms(atoms),
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.collect_atoms(atoms);
                }
            }
        }
    }
}

/// The part of a list of one.
fn only(parts: &mut Vec<Formula>) -> Option<Formula> {
    if parts.len() == 1 { parts.pop() } else { None }
}

impl Not for Formula {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Is(holds) => Self::Is(!holds),
            Self::Not(part) => *part,
            Self::Atom(_) | Self::All(_) | Self::Any(_) => Self::Not(Box::new(self)),
        }
    }
}

/// Something that holds or not, depending on facts that nobody supplied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Atom {
    /// The place of the request that it is about among those of the call.
    pub request: usize,
    /// What it is.
    pub claim: Claim,
    /// The facts.
    pub facts: BTreeSet<Unknown>,
}

/// What may hold or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// A part of a statement matches the request.
    Matches {
        /// The place of the policy in the setting.
        policy: usize,
        /// The place of the statement in the policy.
        statement: usize,
        /// The part.
        part: StatementPart,
    },
    /// A statement names the caller in this way.
    Names {
        /// The place of the policy in the setting.
        policy: usize,
        /// The place of the statement in the policy.
        statement: usize,
        /// The way.
        naming: Naming,
    },
    /// The policies of a layer that nobody supplied allow the request.
    Allows(Layer),
    /// The policies of a layer that nobody supplied deny the request.
    Denies(Layer),
}

/// The atoms of one decision.
#[derive(Debug, Default)]
pub(super) struct Atoms {
    pub(super) list: Vec<Atom>,
}

impl Atoms {
    /// The formula that a claim is.
    pub(super) fn formula(&mut self, claim: Claim, truth: &Truth) -> Formula {
        match truth {
            Truth::True => Formula::Is(true),
            Truth::False => Formula::Is(false),
            Truth::Depends(facts) => self.atom(claim, facts.clone()),
        }
    }

    pub(super) fn atom(&mut self, claim: Claim, facts: BTreeSet<Unknown>) -> Formula {
        let found = self.list.iter().position(|atom| atom.claim == claim);
        Formula::Atom(found.unwrap_or_else(|| {
            self.list.push(Atom {
                request: 0,
                claim,
                facts,
            });
            self.list.len() - 1
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_vanish_and_lists_of_one_are_their_part() {
        let (a, b) = (Formula::Atom(0), Formula::Atom(1));
        assert_eq!(Formula::all([Formula::Is(true), a.clone()]), a);
        assert_eq!(
            Formula::all([a.clone(), Formula::Is(false)]),
            Formula::Is(false)
        );
        assert_eq!(
            Formula::any([a.clone(), Formula::any([b.clone(), Formula::Is(false)])]),
            Formula::Any(vec![a.clone(), b])
        );
        assert_eq!(!!a.clone(), a);
        assert_eq!(Formula::all([]), Formula::Is(true));
        assert_eq!(Formula::any([]), Formula::Is(false));
    }

    #[test]
    fn a_formula_is_what_its_atoms_make_it() {
        let formula = Formula::any([
            Formula::all([Formula::Atom(0), !Formula::Atom(1)]),
            Formula::Atom(2),
        ]);
        let (yes, no, open) = (Some(true), Some(false), None);
        let holds = |values: [Option<bool>; 3]| formula.holds(&|atom| values[atom]);
        assert_eq!(holds([yes, no, no]), yes);
        assert_eq!(holds([yes, yes, no]), no);
        assert_eq!(holds([no, yes, yes]), yes);
        assert_eq!(holds([open, open, yes]), yes);
        assert_eq!(holds([open, yes, no]), no);
        assert_eq!(holds([yes, open, no]), open);
        let mut atoms = BTreeSet::new();
        formula.collect_atoms(&mut atoms);
        assert_eq!(atoms, BTreeSet::from([0, 1, 2]));
    }
}
