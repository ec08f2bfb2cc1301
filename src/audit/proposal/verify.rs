//! Whether a changed policy does what is promised of it.

use super::{resource::Written, usage::is_use};
use crate::{
    account::{Bound, Document, DocumentId, Holdings},
    audit::{Caller, Counted, JudgedRequest, Totals},
    eval::{CompiledPolicy, Context, Decision, Origin, Request, Setting, Target, Verdict, decide},
    lint::Entry as _,
    policy::{ActionName, ActionPattern, Effect, Element, Policy, Statement},
    source::{Source, Span},
    trail::Needs,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

/// The most losses that are listed.
const MOST_LISTED: usize = 20;

/// Policies in place of others.
pub(super) type Trial = BTreeMap<DocumentId, Arc<CompiledPolicy>>;

/// What came of judging the trail again.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    pub(super) calls: u64,
    pub(super) allowed: u64,
    /// The calls that are no longer allowed, the first of them.
    pub(super) lost: BTreeSet<String>,
    /// The statements, by their places in the old policies, that allowed them.
    pub(super) by: BTreeSet<(DocumentId, usize)>,
}

/// A request as it was judged.
pub(super) fn request_of(caller: &Caller, judged: &JudgedRequest) -> Request {
    let mut context = Context::partial();
    for (key, fact) in &judged.facts {
        context.set(key.as_str(), fact.clone(), Origin::Recorded);
    }
    let mut request = Request::new(
        caller.principal.clone(),
        ActionName::new(judged.action.as_str()),
        judged.resource.clone(),
        context,
    );
    request.resource_account = judged.resource_account;
    request
}

/// A request, its policies and what these say.
struct Judged {
    request: Request,
    bound: Bound,
    decision: Decision,
}

impl Judged {
    fn new(holdings: &Holdings, caller: &Caller, judged: &JudgedRequest) -> Self {
        let request = request_of(caller, judged);
        let bound = holdings.bound(&request);
        let decision = decide(&bound.setting, &request);
        Self {
            request,
            bound,
            decision,
        }
    }

    /// The statements of some documents that allow it, or may.
    fn allowing<'a>(&'a self, trial: &'a Trial) -> impl Iterator<Item = (DocumentId, usize)> + 'a {
        let policies = self.bound.documents.iter().zip(&self.decision.statements);
        let policies = policies.filter(|(document, _)| trial.contains_key(document));
        policies.flat_map(|(document, results)| {
            let results = results.iter();
            let allowing = results.filter(|result| result.effect == Some(Effect::Allow));
            allowing.map(|result| (*document, result.index))
        })
    }
}

/// Settings with policies in place of others, by what they are made from.
type Changed = HashMap<(usize, usize), (Arc<Setting>, Arc<Setting>)>;

/// Judges all calls again that were not refused and that the policies allow, or may, with other policies
/// in place of these: once for each trial.
pub(super) fn judge_again(totals: &Totals, holdings: &Holdings, trials: &[Trial]) -> Vec<Found> {
    let mut judges = Judges {
        trials,
        found: vec![Found::default(); trials.len()],
        changed: HashMap::new(),
    };
    for counted in &totals.records {
        let Some(call) = counted.record.call() else {
            continue;
        };
        if !is_use(counted.record.outcome.kind) || call.needs != Needs::Permission {
            continue;
        }
        let caller = &counted.record.caller;
        let requests = call.requests.iter();
        let requests: Vec<_> = requests
            .map(|request| Judged::new(holdings, caller, request))
            .collect();
        let possible = requests.iter().map(|own| own.decision.possible.clone());
        if !requests.is_empty() && Verdict::of_all(possible).contains(&Verdict::Allowed) {
            judges.judge(counted, &requests);
        }
    }
    judges.found
}

struct Judges<'a> {
    trials: &'a [Trial],
    found: Vec<Found>,
    changed: Changed,
}

impl Judges<'_> {
    fn judge(&mut self, counted: &Counted, requests: &[Judged]) {
        for (place, trial) in self.trials.iter().enumerate() {
            let is_about = |own: &Judged| {
                let mut documents = own.bound.documents.iter();
                documents.any(|document| trial.contains_key(document))
            };
            if !requests.iter().any(is_about) {
                continue;
            }
            let mut lost = Vec::new();
            for own in requests {
                // Where none of their statements allows it, nothing of them can be missed.
                let by: Vec<_> = own.allowing(trial).collect();
                if !by.is_empty()
                    && !is_kept(&own.decision, &again(&mut self.changed, place, trial, own))
                {
                    lost.push((own, by));
                }
            }
            let Some(found) = self.found.get_mut(place) else {
                continue;
            };
            found.calls += counted.count;
            if lost.is_empty() {
                found.allowed += counted.count;
            }
            for (own, by) in lost {
                found.by.extend(by);
                if found.lost.len() < MOST_LISTED {
                    let name = &counted.record.caller.name;
                    found.lost.insert(described(name, &own.request));
                }
            }
        }
    }
}

fn again(changed: &mut Changed, place: usize, trial: &Trial, own: &Judged) -> Decision {
    let key = (place, Arc::as_ptr(&own.bound.setting).addr());
    let (_, setting) = changed.entry(key).or_insert_with(|| {
        let other = |place: usize| {
            let document = own.bound.documents.get(place)?;
            trial.get(document).map(Arc::clone)
        };
        // The setting that it is made from is held, so that its address stays its own.
        (
            Arc::clone(&own.bound.setting),
            Arc::new(own.bound.setting.with_others(other)),
        )
    });
    decide(setting, &own.request)
}

/// Whether a verdict is as good as before.
fn is_kept(before: &Decision, after: &Decision) -> bool {
    after.verdict == Verdict::Allowed || after.possible == before.possible
}

/// A call in words.
pub(super) fn described(principal: &str, request: &Request) -> String {
    let resource = match &request.resource {
        Target::Arn(text) | Target::Like(text) => text.as_str(),
        Target::Star => "*",
        Target::Unknown => "a resource that is not known",
    };
    format!("`{}` on `{resource}` by `{principal}`", request.action)
}

/// What a policy grants that another does not: each `Allow` statement must lie within one of the other, with
/// the same condition, and each `Deny` statement must be there unchanged.
pub(super) fn gained(old: &Document, new_source: &Source, new: &Policy) -> Vec<String> {
    let mut gained = Vec::new();
    let text = |source: &Source, span: Span| source.slice(span).to_owned();
    let denies = |source: &Source, policy: &Policy| {
        let statements = policy.statements.iter();
        let denies = statements.filter(|each| !each.has_effect(Effect::Allow));
        denies
            .map(|each| text(source, each.span))
            .collect::<Vec<_>>()
    };
    if denies(&old.source, &old.policy) != denies(new_source, new) {
        gained.push("the statements that deny are not those of the old policy".to_owned());
    }
    if old.policy.version != new.version {
        gained.push("the version of the policy language is another".to_owned());
    }
    for statement in new
        .statements
        .iter()
        .filter(|each| each.has_effect(Effect::Allow))
    {
        let condition = |source: &Source, each: &Statement| {
            let condition = each.condition.as_ref();
            condition.map(|condition| text(source, condition.span))
        };
        let own = condition(new_source, statement);
        let mut olds = old.policy.statements.iter();
        let is_covered = olds.any(|each| {
            each.has_effect(Effect::Allow)
                && condition(&old.source, each) == own
                && (old.source.slice(each.span) == new_source.slice(statement.span)
                    || covers_actions(each, statement) && covers_resources(each, statement))
        });
        if !is_covered {
            gained.push(format!("{} of the new policy", statement.title()));
        }
    }
    gained
}

fn covers_actions(old: &Statement, new: &Statement) -> bool {
    let (Some(old), Some(new)) = (&old.action, &new.action) else {
        return false;
    };
    let covered = |entry: &ActionPattern| old.entries.iter().any(|own| own.covers(entry));
    new.is_whole() && new.entries.iter().all(covered)
}

fn covers_resources(old: &Statement, new: &Statement) -> bool {
    let same = |own: &Element<_>, other: &Element<_>| {
        let texts = |element: &Element<crate::policy::ResourcePattern>| -> Vec<String> {
            let entries = element.entries.iter();
            entries
                .map(|entry| entry.text.as_str().to_owned())
                .collect()
        };
        texts(own) == texts(other)
    };
    let written = match (&old.resource, &old.not_resource) {
        (Some(element), None) => Written::These(&element.entries),
        (None, Some(element)) => Written::AllBut(&element.entries),
        _ => return false,
    };
    match (&new.resource, &new.not_resource, &old.not_resource) {
        (Some(new), None, _) => {
            let mut entries = new.entries.iter();
            new.is_whole() && entries.all(|entry| written.covering(entry).is_some())
        }
        (None, Some(new), Some(old)) => same(old, new),
        _ => false,
    }
}
