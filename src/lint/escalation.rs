//! Sets of actions with which a principal gains rights that it does not have.
//!
//! A set counts where the principal holds all of it, which the engine decides over the whole policy,
//! and over the other policies of the same principal where they are given.

use super::{DocumentCx, Findings, StatementCx, reach::leaves_out, wording};
use crate::{
    catalog::{Action, Catalog, table::PRIVILEGE_ESCALATION},
    policy::{ActionPattern, Case, Effect, Policy, PolicyType, Wildcard},
    source::{Severity, Span},
};
use std::{collections::BTreeMap, sync::OnceLock};

/// The kinds of ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It widens its own rights.
    Own,
    /// It becomes another principal.
    Takeover,
    /// It passes a role to something new that does what it says.
    PassRole,
    /// It makes something that is there, and has a role, do what it says.
    Existing,
    /// It widens a permission set of IAM Identity Center.
    IdentityCenter,
}

/// A set of actions that is enough.
#[derive(Debug)]
struct Way {
    actions: Vec<Action>,
    kind: Kind,
    /// The service that the role is passed to.
    passed_to: Option<&'static str>,
    /// What the principal does with it.
    effect: &'static str,
}

fn ways() -> &'static [Way] {
    static WAYS: OnceLock<Vec<Way>> = OnceLock::new();
    WAYS.get_or_init(|| {
        let catalog = Catalog::embedded();
        let rows = PRIVILEGE_ESCALATION.rows().iter();
        rows.filter_map(|row| {
            let [actions, kind, service, effect] = row.as_slice() else {
                return None;
            };
            Some(Way {
                actions: actions
                    .split(", ")
                    .map(|name| catalog.action(name))
                    .collect::<Option<_>>()?,
                kind: match *kind {
                    "self" => Kind::Own,
                    "takeover" => Kind::Takeover,
                    "pass-role" => Kind::PassRole,
                    "existing" => Kind::Existing,
                    "identity-center" => Kind::IdentityCenter,
                    _ => return None,
                },
                passed_to: Some(*service).filter(|service| *service != "-"),
                effect,
            })
        })
        .collect()
    })
}

/// The actions of all ways, by service.
fn actions_by_service() -> &'static BTreeMap<&'static str, Vec<Action>> {
    static ACTIONS: OnceLock<BTreeMap<&'static str, Vec<Action>>> = OnceLock::new();
    ACTIONS.get_or_init(|| {
        let mut by_service: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for action in ways().iter().flat_map(|way| &way.actions) {
            let actions = by_service
                .entry(action.service().prefix())
                .or_insert_with(Vec::new);
            if !actions.contains(action) {
                actions.push(*action);
            }
        }
        by_service
    })
}

/// Where a policy lets an action in.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// The statement's number.
    statement: usize,
    span: Span,
}

/// A way that the principal holds.
#[derive(Debug)]
pub(super) struct Found {
    way: &'static Way,
    /// The places of its actions in this document; `None` for one that another policy lets in.
    places: Vec<(Action, Option<Place>)>,
    /// Whether no statement lets in all of it.
    spread: bool,
}

/// The places that let in each action of the ways.
fn places(policy: &Policy, key_text: impl Fn(Span) -> Span) -> BTreeMap<Action, Vec<Place>> {
    let mut places: BTreeMap<Action, Vec<Place>> = BTreeMap::new();
    let allows = policy
        .statements
        .iter()
        .filter(|statement| statement.has_effect(Effect::Allow));
    for statement in allows {
        let mut add = |action: Action, span| {
            let own = places.entry(action).or_default();
            let place = Place {
                statement: statement.index,
                span,
            };
            if own
                .last()
                .is_none_or(|last| last.statement != place.statement)
            {
                own.push(place);
            }
        };
        for entry in statement.action.iter().flat_map(|element| &element.entries) {
            for action in let_in(entry) {
                add(action, entry.text().span());
            }
        }
        if let Some(element) = &statement.not_action {
            for action in actions_by_service().values().flatten() {
                if !leaves_out(element, &action.full_name()) {
                    add(*action, key_text(element.key_span));
                }
            }
        }
    }
    places
}

/// The actions of the ways that an entry stands for.
fn let_in(entry: &ActionPattern) -> Vec<Action> {
    let by_service = actions_by_service();
    if !entry.has_exact_service() {
        let wildcard = Wildcard::new(entry.as_str(), Case::Ignored);
        return by_service
            .values()
            .flatten()
            .copied()
            .filter(|action| entry.covers_everything() || wildcard.matches(&action.full_name()))
            .collect();
    }
    let own = by_service
        .iter()
        .find(|(service, _)| service.eq_ignore_ascii_case(entry.service()));
    let Some((_, actions)) = own else {
        return Vec::new();
    };
    let wildcard = Wildcard::new(entry.name(), Case::Ignored);
    let found = actions
        .iter()
        .copied()
        .filter(|action| wildcard.matches(action.name()));
    found.collect()
}

impl DocumentCx<'_> {
    /// The ways that the principal holds, of which this document has a part.
    pub(super) fn escalations(&self) -> &[Found] {
        self.escalations.get_or_init(|| self.find_escalations())
    }

    fn find_escalations(&self) -> Vec<Found> {
        // Who may do everything has nothing to gain.
        let is_admin = |statement: StatementCx<'_>| {
            statement.is_unlimited_allow() && statement.allows_everything()
        };
        if self.statements().any(is_admin) {
            return Vec::new();
        }
        let own = places(self.policy, |span| self.key_text(span));
        let others: Vec<_> = self
            .companions
            .iter()
            .map(|companion| places(&companion.policy, |span| span))
            .collect();
        if own.is_empty() {
            return Vec::new();
        }
        let ways = ways().iter();
        ways.filter_map(|way| {
            let places: Vec<_> = way
                .actions
                .iter()
                .map(|action| match own.get(action) {
                    Some(places) => Some((*action, Some(places.as_slice()))),
                    None => others
                        .iter()
                        .any(|other| other.contains_key(action))
                        .then_some((*action, None)),
                })
                .collect::<Option<_>>()?;
            // Where the set is spread over documents, the one that has its first action tells.
            let (_, Some(first)) = places.first()? else {
                return None;
            };
            if !self.holds(way) {
                return None;
            }
            let one = first.iter().find(|place| {
                places.iter().all(|(_, own)| {
                    own.is_some_and(|own| own.iter().any(|p| p.statement == place.statement))
                })
            });
            let place_of = |own: &[Place]| {
                own.iter()
                    .find(|place| one.is_some_and(|one| one.statement == place.statement))
                    .or(own.first())
                    .copied()
            };
            Some(Found {
                way,
                spread: one.is_none(),
                places: places
                    .iter()
                    .map(|(action, own)| (*action, own.and_then(place_of)))
                    .collect(),
            })
        })
        .collect()
    }

    /// Whether the principal holds every action of a way. Roles are passed, and what is there is used, on
    /// resources of any name; what is made new may have any name that the policy likes.
    fn holds(&self, way: &Way) -> bool {
        let on_any = |action: Action, passed_to: Option<_>| {
            let stated = || {
                self.statements()
                    .any(|statement| statement.is_stated(action))
            };
            // Where nothing is taken away, and nothing is asked of the request, the statements tell.
            if passed_to.is_none() && !self.takes_away() {
                stated()
            } else {
                self.unlimited().allows_on_any(action, passed_to)
            }
        };
        if way.kind != Kind::PassRole {
            return way.actions.iter().all(|action| on_any(*action, None));
        }
        let (passes, makes): (Vec<_>, Vec<_>) = way
            .actions
            .iter()
            .copied()
            .partition(|action| action.full_name() == "iam:PassRole");
        // Few policies let any role be passed, so that is asked first.
        passes
            .iter()
            .all(|action| on_any(*action, None) && on_any(*action, way.passed_to))
            && makes
                .iter()
                .all(|action| on_any(*action, None) || self.held().allows_somewhere(*action))
    }

    /// Whether an action alone is a way that the principal holds, which its own rule tells.
    pub(super) fn escalates_alone(&self, action: Action) -> bool {
        if self.policy_type() != PolicyType::Identity {
            return false;
        }
        let mut ways = ways().iter();
        ways.any(|way| way.actions == [action])
            && self
                .escalations()
                .iter()
                .any(|found| found.way.actions == [action])
    }

    /// Whether one statement is enough for a way of a kind.
    pub(super) fn has_escalation(&self, kind: Kind) -> bool {
        let mut found = self.escalations().iter();
        found.any(|found| found.way.kind == kind && !found.spread)
    }

    /// Reports the ways of a kind that one statement is enough for.
    pub(super) fn report_escalations(&self, kind: Kind, out: &mut Findings<'_>, help: &str) {
        let found: Vec<_> = self
            .escalations()
            .iter()
            .filter(|found| found.way.kind == kind && !found.spread)
            .collect();
        self.report_ways(&found, out, help);
    }

    /// Reports the ways that are spread over statements or documents, those of a kind together.
    pub(super) fn report_spread_escalations(&self, out: &mut Findings<'_>, help: &str) {
        for (kind, severity) in [
            (Kind::Takeover, Severity::Critical),
            (Kind::PassRole, Severity::High),
            (Kind::Existing, Severity::Medium),
        ] {
            let found: Vec<_> = self
                .escalations()
                .iter()
                .filter(|found| found.way.kind == kind && found.spread)
                .collect();
            if let Some(draft) = self.report_ways(&found, out, help) {
                draft.severity(severity);
            }
        }
    }

    fn report_ways<'o>(
        &self,
        found: &[&Found],
        out: &'o mut Findings<'_>,
        help: &str,
    ) -> Option<super::findings::Draft<'o>> {
        let first = found.first()?;
        let mut spans = first.places.iter().filter_map(|(action, place)| {
            let place = place.as_ref()?;
            Some((*action, place.span))
        });
        let (_, span) = spans.next()?;
        let names = wording::list_all(&first.way.actions);
        let message = format!("with {names} the principal {}", first.way.effect);
        let mut draft = out.report(span, message);
        let mut seen = vec![span];
        for (action, place) in spans {
            if !seen.contains(&place) {
                seen.push(place);
                draft = draft.label(place, format!("allows `{action}`"));
            }
        }
        let mut lines = vec![help.to_owned()];
        let elsewhere: Vec<_> = first
            .places
            .iter()
            .filter(|(_, place)| place.is_none())
            .filter_map(|(action, _)| {
                let file = self.companions.iter().find(|companion| {
                    places(&companion.policy, |span| span).contains_key(action)
                })?;
                Some(format!("`{action}` is allowed by `{}`", file.name))
            })
            .collect();
        lines.extend(elsewhere);
        let further: Vec<_> = found
            .iter()
            .skip(1)
            .take(wording::MOST)
            .map(|found| {
                let names = wording::list_all(&found.way.actions);
                format!("also: with {names} it {}", found.way.effect)
            })
            .collect();
        let more = found.len().saturating_sub(1 + further.len());
        lines.extend(further);
        if more > 0 {
            lines.push(format!("and {more} more ways"));
        }
        Some(draft.help(lines.join("\n")))
    }
}
