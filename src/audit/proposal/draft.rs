//! Narrowed policies in the making: drawn, judged, and mended where something was lost.

use super::{
    Proposal, ProposalOptions, Verification,
    actions::{Evidence, Reach},
    keep::Keep,
    narrow::{Case, Notes, Plan},
    usage::Usage,
    verify::{Found, Trial, gained, judge_again},
    write::written,
};
use crate::{
    account::{Document, DocumentId, Holders, Holdings},
    audit::{PoliciesOfCaller, Totals, observation::Observations},
    catalog::table::POLICY_QUOTAS,
    eval::CompiledPolicy,
    lint::{compact, name_list},
    policy::{AccountId, Arn, Policy},
    source::{Source, unified_diff},
    syntax::{Comments, parse_with},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// How often a policy is drawn again at most, statements that cost something left as they are.
const MOST_ROUNDS: usize = 8;

/// A trail of fewer days says little of what is used once a month.
const SHORT_DAYS: u32 = 30;

/// The seconds of a day.
const DAY: u32 = 24 * 60 * 60;

/// What comes of a policy.
#[derive(Debug)]
enum Outcome {
    /// Nothing is proposed, for this reason.
    Nothing(String),
    /// It is as narrow as its use.
    Unchanged,
    /// Nothing of it was used.
    Removed,
    /// This comes in its place.
    New(Box<Document>),
    /// This would, and grants more.
    Wider(Vec<String>),
}

#[derive(Debug)]
struct Draft<'a> {
    id: DocumentId,
    document: &'a Document,
    /// The statements that are to stay as they are, and why.
    frozen: BTreeMap<usize, String>,
    notes: Notes,
    outcome: Outcome,
    found: Found,
}

/// All policies that are narrowed.
#[derive(Debug)]
pub(super) struct Drafts<'a> {
    totals: &'a Totals,
    holdings: &'a Holdings,
    usage: Usage<'a>,
    observations: Observations<'a>,
    keep: Keep,
    all: Vec<Draft<'a>>,
}

impl<'a> Drafts<'a> {
    pub(super) fn new(
        totals: &'a Totals,
        holdings: &'a Holdings,
        options: &'a ProposalOptions,
        documents: impl Iterator<Item = (DocumentId, &'a Document)>,
    ) -> Self {
        let draft = |(id, document)| Draft {
            id,
            document,
            frozen: BTreeMap::new(),
            notes: Notes::default(),
            outcome: Outcome::Unchanged,
            found: Found::default(),
        };
        Self {
            totals,
            holdings,
            usage: Usage::of(totals),
            observations: Observations::new(totals, holdings, &options.observation),
            keep: Keep::read(&options.keep),
            all: documents.map(draft).collect(),
        }
    }

    /// Draws all policies and judges the trail with them until nothing is lost.
    pub(super) fn settled(mut self) -> Vec<Proposal> {
        let mut drafts = std::mem::take(&mut self.all);
        for draft in &mut drafts {
            self.draw(draft);
        }
        for round in 1..=MOST_ROUNDS {
            let lost = self.judge(&mut drafts);
            if lost.is_empty() || round == MOST_ROUNDS {
                break;
            }
            for (draft, statements) in lost {
                if let Some(draft) = drafts.get_mut(draft) {
                    let reason = "without it calls would be lost that were recorded as allowed";
                    let frozen = statements.into_iter().map(|at| (at, reason.to_owned()));
                    draft.frozen.extend(frozen);
                    self.draw(draft);
                }
            }
        }
        let proposal = |draft| self.proposal(draft);
        drafts.into_iter().map(proposal).collect()
    }

    /// Judges the trail with each new policy, and with all of them. The drafts that lose something, with
    /// the statements that had allowed it.
    fn judge(&self, drafts: &mut [Draft<'_>]) -> Vec<(usize, BTreeSet<usize>)> {
        let mut trials: Vec<Trial> = drafts
            .iter()
            .map(|draft| Trial::from_iter(draft.compiled().map(|policy| (draft.id, policy))))
            .collect();
        trials.push(
            trials
                .iter()
                .flatten()
                .map(|(id, policy)| (*id, Arc::clone(policy)))
                .collect(),
        );
        let mut all = judge_again(self.totals, self.holdings, &trials);
        let together = all.pop().unwrap_or_default();
        let mut lost = Vec::new();
        for (place, (draft, mut found)) in drafts.iter_mut().zip(all).enumerate() {
            let is_own = |(document, _): &&(DocumentId, usize)| *document == draft.id;
            let also = together.by.iter().filter(is_own);
            if found.lost.is_empty() && also.clone().next().is_some() {
                found.lost.clone_from(&together.lost);
            }
            let by = found.by.iter().filter(is_own).chain(also);
            let statements: BTreeSet<usize> = by.map(|(_, statement)| *statement).collect();
            if !statements.is_empty() {
                lost.push((place, statements));
            }
            draft.found = found;
        }
        lost
    }

    /// Decides what becomes of a policy.
    fn draw(&self, draft: &mut Draft<'_>) {
        if let Some(reason) = self.why_not(draft.id) {
            draft.outcome = Outcome::Nothing(reason);
            return;
        }
        loop {
            let (plans, notes) = self.plans(draft);
            draft.notes = notes;
            draft.outcome = outcome(draft.document, &plans);
            // Each time a statement more stays, so this ends.
            match too_long(draft, &plans) {
                Some(statement) => {
                    let reason = "what would come in its place is longer than IAM takes";
                    draft.frozen.insert(statement, reason.to_owned());
                }
                None => return,
            }
        }
    }

    fn plans(&self, draft: &Draft<'_>) -> (Vec<Plan>, Notes) {
        let mut notes = Notes::default();
        let policy = &draft.document.policy;
        let observation = self.observations.of(draft.id);
        let plan = |statement| {
            let reach = Reach::of(statement);
            let case = Case {
                statement,
                version: policy.version,
                uses: self.usage.of_statement(draft.id.place(), statement.index),
                evidence: Evidence {
                    observation: &observation,
                    keep: &self.keep,
                    reach: &reach,
                },
                frozen: draft.frozen.get(&statement.index).map(String::as_str),
            };
            case.plan(&mut notes)
        };
        let plans = policy.statements.iter().map(plan).collect();
        (plans, notes)
    }

    /// Why the trail says nothing about a policy.
    fn why_not(&self, id: DocumentId) -> Option<String> {
        let mut accounts = BTreeSet::new();
        for counted in &self.totals.records {
            accounts.extend(counted.record.recipient);
            accounts.extend(counted.record.caller.account);
        }
        let known = |arn: &String| {
            let account = AccountId::parse(Arn::parse(arn).ok()?.account)?;
            Some(accounts.contains(&account))
        };
        let document = self.holdings.document(id)?;
        let is_of_aws = |arn: &str| Arn::parse(arn).is_ok_and(|arn| arn.account == "aws");
        if document.arn.as_deref().is_some_and(is_of_aws) {
            let reason = "AWS owns this policy: attach one of your own in its place, which `iamsim generate` \
                          can make";
            return Some(reason.to_owned());
        }
        let gaps = &self.observations.of(id).gaps;
        if !gaps.is_empty() {
            let gaps = gaps.join("; ");
            return Some(format!("what was not seen may have been used: {gaps}"));
        }
        match self.holdings.holders(id) {
            Holders::Everybody => {
                let mut records = self.totals.records.iter();
                let judged = records.any(|counted| {
                    counted.record.caller.policies != PoliciesOfCaller::NotApplicable
                });
                let reason = "the trail has no call of anybody to whom it applies";
                (!judged).then(|| reason.to_owned())
            }
            Holders::Principals(arns) | Holders::Resources(arns) if arns.is_empty() => Some(
                "nobody is known to hold it, so that no call shows what of it is used".to_owned(),
            ),
            Holders::Principals(arns) | Holders::Resources(arns) => {
                let seen = arns.iter().filter_map(known).any(|seen| seen);
                let reason = "the trail has no records of the accounts of those who hold it";
                (!seen).then(|| reason.to_owned())
            }
        }
    }

    fn proposal(&self, draft: Draft<'_>) -> Proposal {
        let (name, old) = (&draft.document.name, draft.document.source.text());
        let mut proposal = Proposal {
            document: Some(draft.id.place()),
            name: name.clone(),
            texts: Vec::new(),
            diff: String::new(),
            changes: draft.notes.changes,
            kept: draft.notes.kept,
            verification: Verification {
                calls: draft.found.calls,
                allowed: draft.found.allowed,
                lost: draft.found.lost.into_iter().collect(),
                gained: Vec::new(),
            },
        };
        match draft.outcome {
            Outcome::Nothing(reason) => return Proposal::nothing(proposal.document, name, reason),
            Outcome::Wider(gained) => proposal.verification.gained = gained,
            Outcome::Unchanged => proposal.texts.push(old.to_owned()),
            Outcome::Removed => {
                let holders = match self.holdings.holders(draft.id) {
                    Holders::Everybody => "all that it was given for".to_owned(),
                    Holders::Principals(arns) | Holders::Resources(arns) => name_list(arns),
                };
                let order = format!("nothing of the policy was used: take it from {holders}");
                proposal.changes.push(order);
            }
            Outcome::New(new) => {
                let new = new.source.text();
                proposal.diff = unified_diff(draft.document.source.name(), old, new);
                proposal.texts.push(new.to_owned());
            }
        }
        if !proposal.verification.holds() {
            // Withdrawn: what was found says why.
            proposal.texts.clear();
            proposal.diff.clear();
            proposal.changes.clear();
        } else if !proposal.changes.is_empty() {
            proposal.changes.extend(self.short_window());
        }
        proposal
    }

    /// What has to be known of a short trail.
    fn short_window(&self) -> Option<String> {
        let seconds = self.totals.window?.seconds();
        let days = seconds.div_ceil(DAY);
        (days < SHORT_DAYS).then(|| {
            let unit = if days == 1 { "day" } else { "days" };
            format!("the trail spans {days} {unit}: what is used less often is not in it")
        })
    }
}

impl Draft<'_> {
    /// What comes in place of the policy, ready to judge; `None` where nothing is proposed.
    fn compiled(&self) -> Option<Arc<CompiledPolicy>> {
        match &self.outcome {
            Outcome::Nothing(_) | Outcome::Wider(_) => None,
            Outcome::Unchanged => Some(Arc::clone(&self.document.compiled)),
            Outcome::Removed => {
                let empty = Policy {
                    statements: Vec::new(),
                    ..self.document.policy.clone()
                };
                Some(Arc::new(CompiledPolicy::new(&empty)))
            }
            Outcome::New(new) => Some(Arc::clone(&new.compiled)),
        }
    }
}

fn outcome(document: &Document, plans: &[Plan]) -> Outcome {
    if plans.iter().all(|plan| *plan == Plan::Stays) {
        return Outcome::Unchanged;
    }
    if plans.iter().all(|plan| *plan == Plan::Goes) {
        return Outcome::Removed;
    }
    let Some(text) = written(&document.source, &document.policy, plans) else {
        return Outcome::Nothing("its statements cannot be found in its text".to_owned());
    };
    let source = Source::new(document.source.name(), text.into_bytes());
    match Document::read(document.name.as_str(), source, document.layer) {
        Ok(new) => {
            let gained = gained(document, &new.source, &new.policy);
            if gained.is_empty() {
                Outcome::New(Box::new(new))
            } else {
                Outcome::Wider(gained)
            }
        }
        Err(_) => Outcome::Nothing("what would come in its place cannot be read".to_owned()),
    }
}

/// The statement that grew most, where the new text is longer than IAM takes and the old one was not, or
/// was shorter.
fn too_long(draft: &Draft<'_>, plans: &[Plan]) -> Option<usize> {
    let Outcome::New(new) = &draft.outcome else {
        return None;
    };
    let quota = quota("managed")?;
    let length = length(&new.source);
    if length <= quota.max(self::length(&draft.document.source)) {
        return None;
    }
    let entries = |plan: &Plan| match plan {
        Plan::Stays | Plan::Goes => 0,
        Plan::Becomes(parts) => parts
            .iter()
            .flat_map(|part| part.actions.iter().chain(part.resources.iter().flatten()))
            .flatten()
            .map(String::len)
            .sum::<usize>(),
    };
    let changed = plans
        .iter()
        .enumerate()
        .filter(|(_, plan)| entries(plan) > 0);
    changed
        .max_by_key(|(_, plan)| entries(plan))
        .map(|(place, _)| place)
}

/// How many characters a policy has that count against the quotas of IAM.
fn length(source: &Source) -> usize {
    let document = parse_with(source, Comments::Allowed);
    compact(&document.root, source).chars().count()
}

/// How many characters a policy of a kind may have, white space aside.
pub(super) fn quota(kind: &str) -> Option<usize> {
    POLICY_QUOTAS.row(kind)?.get(1)?.parse().ok()
}
