//! Calls that are not allowed, grouped.

use super::{
    super::{
        AppliedEffect, Counted, Example, JudgedCall, JudgedRequest, OutcomeKind, StatementPlace,
        Window, place::resource_name,
    },
    DeniedGroup, MOST_REMEDIES, UndecidedGroup,
    remedies::remedy_text,
};
use crate::{
    account::Holdings,
    eval::{Layer, Target, Verdict},
    trail::Agreement,
};
use std::collections::{BTreeMap, BTreeSet};

/// What groups of both kinds count.
#[derive(Debug, Clone, Copy)]
struct Tally<'a> {
    count: u64,
    succeeded: u64,
    denied: u64,
    window: Option<Window>,
    /// The record of the earliest example.
    example: &'a Counted,
    /// The request of that record.
    request: &'a JudgedRequest,
}

impl<'a> Tally<'a> {
    fn new(counted: &'a Counted, request: &'a JudgedRequest) -> Self {
        Self {
            count: 0,
            succeeded: 0,
            denied: 0,
            window: None,
            example: counted,
            request,
        }
    }

    fn add(&mut self, counted: &'a Counted, request: &'a JudgedRequest) {
        self.count += counted.count;
        match counted.record.outcome.kind {
            OutcomeKind::Succeeded => self.succeeded += counted.count,
            OutcomeKind::Denied => self.denied += counted.count,
            OutcomeKind::DryRun | OutcomeKind::Throttled | OutcomeKind::Failed => {}
        }
        self.window = match (self.window, counted.window) {
            (Some(own), Some(other)) => Some(own.with(other)),
            (own, other) => own.or(other),
        };
        if counted.example < self.example.example {
            self.example = counted;
            self.request = request;
        }
    }

    fn example(&self) -> Example {
        self.example.example.clone()
    }
}

/// Who asked for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Asked<'a> {
    principal: &'a str,
    action: &'a str,
    resource: &'a Target,
}

impl<'a> Asked<'a> {
    fn of(counted: &'a Counted, request: &'a JudgedRequest) -> Self {
        Self {
            principal: &counted.record.caller.name,
            action: &request.action,
            resource: &request.resource,
        }
    }
}

/// The requests of a call that keep it from being allowed: those that are denied, or else those that
/// hang on something.
pub(in super::super) fn to_blame(call: &JudgedCall) -> Vec<&JudgedRequest> {
    let with = |verdicts: &[Verdict]| -> Vec<&JudgedRequest> {
        let requests = call.requests.iter();
        let has = |request: &&JudgedRequest| {
            let verdict = request.verdict.as_ref();
            verdict.is_some_and(|verdict| verdicts.contains(verdict))
        };
        requests.filter(has).collect()
    };
    let denied = with(&[Verdict::ExplicitDeny, Verdict::ImplicitDeny]);
    if denied.is_empty() || call.possible.contains(&Verdict::Allowed) {
        with(&[Verdict::Depends])
    } else {
        denied
    }
}

/// Groups of calls that would be denied.
#[derive(Debug, Default)]
pub(super) struct Groups<'a> {
    groups: BTreeMap<(Asked<'a>, Verdict, Option<Layer>), Group<'a>>,
}

#[derive(Debug)]
struct Group<'a> {
    tally: Tally<'a>,
    /// Documents and statements.
    denied_by: BTreeSet<(usize, usize)>,
    agreement: Agreement,
}

impl<'a> Groups<'a> {
    pub(super) fn add(&mut self, counted: &'a Counted, call: &'a JudgedCall) {
        let mut seen = BTreeSet::new();
        for request in to_blame(call) {
            let verdict = request.verdict.unwrap_or(Verdict::Depends);
            let layer = request.limited_by.first().copied();
            let key = (Asked::of(counted, request), verdict, layer);
            let group = self.groups.entry(key).or_insert_with(|| Group {
                tally: Tally::new(counted, request),
                denied_by: BTreeSet::new(),
                agreement: call.agreement,
            });
            let denies = request.applied.iter();
            let denies =
                denies.filter(|applied| applied.effect == AppliedEffect::Deny && applied.surely);
            let places = denies.map(|applied| (applied.document, applied.statement));
            group.denied_by.extend(places);
            if seen.insert(key) {
                group.tally.add(counted, request);
                group.agreement = worse(group.agreement, call.agreement);
            }
        }
    }

    pub(super) fn finish(self, holdings: &Holdings) -> Vec<DeniedGroup> {
        let mut groups: Vec<_> = self.groups.into_iter().collect();
        // The order of the keys is that of names, and stays where counts are equal.
        groups.sort_by_key(|(_, group)| std::cmp::Reverse(group.tally.count));
        let groups = groups.into_iter().enumerate();
        groups
            .map(|(number, ((asked, verdict, layer), group))| {
                let Group {
                    tally,
                    denied_by,
                    agreement,
                } = group;
                let record = &tally.example.record;
                let may_be_mended = verdict == Verdict::ImplicitDeny
                    && tally.request.limited_by == [Layer::Identity];
                let remedy_sought = may_be_mended && number < MOST_REMEDIES;
                let request = || tally.request.request(&record.caller.principal);
                DeniedGroup {
                    principal: asked.principal.to_owned(),
                    action: asked.action.to_owned(),
                    resource: resource_name(asked.resource).to_owned(),
                    verdict,
                    count: tally.count,
                    succeeded: tally.succeeded,
                    denied: tally.denied,
                    window: tally.window,
                    limited_by: layer,
                    denied_by: places(&denied_by, holdings),
                    call: format!("{}:{}", record.source, record.name),
                    example: tally.example(),
                    remedy: remedy_sought
                        .then(|| remedy_text(holdings, &request()))
                        .flatten(),
                    remedy_sought,
                    agreement,
                }
            })
            .collect()
    }
}

fn places(statements: &BTreeSet<(usize, usize)>, holdings: &Holdings) -> Vec<StatementPlace> {
    let place = |&(document, statement): &(usize, usize)| {
        let own = holdings.documents().get(document)?;
        let statement = own.policy.statements.get(statement)?;
        Some(StatementPlace::of(own, document, statement))
    };
    statements.iter().filter_map(place).collect()
}

/// What is said of calls of which some agree: that which should be looked at.
fn worse(one: Agreement, other: Agreement) -> Agreement {
    let order = [
        Agreement::RecordedAllowed,
        Agreement::RecordedDenied,
        Agreement::Agrees,
    ];
    let mut order = order.into_iter();
    order
        .find(|agreement| [one, other].contains(agreement))
        .unwrap_or(Agreement::Open)
}

/// Groups of calls that may be allowed or denied.
#[derive(Debug, Default)]
pub(super) struct UndecidedGroups<'a> {
    groups: BTreeMap<Asked<'a>, OpenGroup<'a>>,
}

#[derive(Debug)]
struct OpenGroup<'a> {
    tally: Tally<'a>,
    possible: BTreeSet<Verdict>,
    unknown: BTreeSet<&'a str>,
}

impl<'a> UndecidedGroups<'a> {
    pub(super) fn add(&mut self, counted: &'a Counted, call: &'a JudgedCall) {
        let mut seen = BTreeSet::new();
        for request in to_blame(call) {
            let key = Asked::of(counted, request);
            let group = self.groups.entry(key).or_insert_with(|| OpenGroup {
                tally: Tally::new(counted, request),
                possible: BTreeSet::new(),
                unknown: BTreeSet::new(),
            });
            group.possible.extend(&call.possible);
            group
                .unknown
                .extend(request.unknown.iter().map(String::as_str));
            if seen.insert(key) {
                group.tally.add(counted, request);
            }
        }
    }

    pub(super) fn finish(self) -> Vec<UndecidedGroup> {
        let mut groups: Vec<_> = self.groups.into_iter().collect();
        groups.sort_by_key(|(_, group)| std::cmp::Reverse(group.tally.count));
        let groups = groups.into_iter();
        groups
            .map(|(asked, group)| UndecidedGroup {
                principal: asked.principal.to_owned(),
                action: asked.action.to_owned(),
                resource: resource_name(asked.resource).to_owned(),
                possible: group.possible.into_iter().collect(),
                unknown: group.unknown.into_iter().map(str::to_owned).collect(),
                count: group.tally.count,
                succeeded: group.tally.succeeded,
                denied: group.tally.denied,
                window: group.tally.window,
                example: group.tally.example(),
            })
            .collect()
    }
}
