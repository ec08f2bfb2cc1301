//! A least-privilege policy from the recorded use of one principal.

mod pack;
mod resources;

pub use resources::Generalise;

use super::{
    FOLDED, Proposal, Verification, draft::quota, resource::exact_entry, usage::is_use,
    verify::described,
};
use crate::{
    account::Document,
    audit::{
        Counted, Detail, JudgedRequest, ObservationOptions, Totals, What, observation::Observation,
    },
    catalog::{Catalog, Service},
    eval::{Applies, Layer, Principal, Request, Setting, StatementResults, Target, decide},
    lint::name_list,
    policy::{Arn, Version},
    source::Source,
    trail::Needs,
};
use pack::{NewStatement, Packed};
use resources::generalised;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::Arc,
};

/// How many resources that are known in part are told.
const MOST_IN_PART: usize = 20;

/// What a new policy is to be, which sets how long it may be.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Holder {
    /// Managed policies: several where one is not enough.
    #[default]
    Managed,
    /// The inline policy of a role.
    RoleInline,
    /// The inline policy of a user.
    UserInline,
}

impl Holder {
    /// The name of its quota in `data/policy-quotas.txt`.
    fn kind(self) -> &'static str {
        match self {
            Self::Managed => "managed",
            Self::RoleInline => "role inline",
            Self::UserInline => "user inline",
        }
    }

    /// How many documents there may be: a role or user takes ten managed policies unless AWS raises that.
    fn documents(self) -> usize {
        match self {
            Self::Managed => 10,
            Self::RoleInline | Self::UserInline => 1,
        }
    }
}

/// How a policy is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GenerateOptions {
    /// How far resources are generalised at least; more where the quota of IAM forces it.
    pub generalise: Generalise,
    /// How many resources that differ in one part of their names are listed before `*` stands for it.
    pub most_names: usize,
    /// What the policy is to be.
    pub holder: Holder,
    /// How finely the records were told apart: [`crate::audit::Inputs::detail`].
    pub detail: Detail,
}

impl Default for GenerateOptions {
    fn default() -> Self {
        Self {
            generalise: Generalise::Nothing,
            most_names: 5,
            holder: Holder::Managed,
            detail: Detail::default(),
        }
    }
}

/// Makes a policy that allows what a principal was recorded to use, and no more than that: all actions of its
/// calls that were not refused, those needed beside the calls among them, on the resources that the records
/// tell. The principal is named as [`crate::audit::Caller::name`] names it.
///
/// Conditions are not made: a record tells the values of one call, and not which of them the next has to have.
pub fn generate(totals: &Totals, principal: &str, options: &GenerateOptions) -> Proposal {
    if !options.detail.can_be_judged_again() {
        return Proposal::nothing(None, principal, FOLDED);
    }
    let records: Vec<&Counted> = totals
        .records
        .iter()
        .filter(|counted| is_of(counted, principal))
        .collect();
    if let Some(reason) = why_not(&records) {
        return Proposal::nothing(None, principal, reason);
    }
    let maker = Maker {
        principal,
        options,
        used: Used::of(&records),
    };
    let mut proposal = maker.proposal();
    proposal
        .kept
        .extend(not_shown(totals, &records, &maker.used));
    proposal
}

fn is_of(counted: &Counted, principal: &str) -> bool {
    let caller = &counted.record.caller;
    let is_named = |name: &str| name == principal || is_session_role(name, principal);
    is_named(&caller.name) || caller.principal.to_string() == principal
}

/// Whether a caller whose role is known by name alone, as `arn:aws:sts::ACCOUNT:assumed-role/NAME`, is of the
/// role of this ARN: names are unique in an account.
fn is_session_role(caller: &str, role: &str) -> bool {
    let parts = |arn: &'_ str| -> Option<(String, String)> {
        let arn = Arn::parse(arn).ok()?;
        let name = arn.resource.rsplit('/').next()?;
        Some((arn.account.to_owned(), name.to_owned()))
    };
    caller.contains(":assumed-role/") && role.contains(":role/") && parts(caller) == parts(role)
}

/// Why no policy can be made from some records.
fn why_not(records: &[&Counted]) -> Option<&'static str> {
    let mut principals = records
        .iter()
        .map(|counted| &counted.record.caller.principal);
    let Some(principal) = principals.next() else {
        return Some("the trail has no record of such a principal");
    };
    match principal {
        Principal::Root { .. } => Some("a root user has no identity policies"),
        Principal::Service(_) | Principal::Anonymous | Principal::CanonicalUser(_) => {
            Some("identity policies do not apply to it: only policies of resources do")
        }
        Principal::User { .. }
        | Principal::Role { .. }
        | Principal::AssumedRole { .. }
        | Principal::FederatedUser { .. }
        | Principal::Federated(_)
        | Principal::Unknown => None,
    }
}

/// What a principal used.
#[derive(Debug, Default)]
struct Used<'t> {
    calls: Vec<(&'t Counted, Vec<&'t JudgedRequest>)>,
    /// The resources of each action.
    targets: BTreeMap<&'t str, BTreeSet<&'t Target>>,
    /// Calls that failed for another reason than a refusal.
    failed: u64,
}

impl<'t> Used<'t> {
    fn of(records: &[&'t Counted]) -> Self {
        let mut used = Self::default();
        for counted in records {
            let outcome = counted.record.outcome.kind;
            let Some(call) = counted.record.call() else {
                continue;
            };
            if !is_use(outcome) || call.needs != Needs::Permission {
                continue;
            }
            if !outcome.is_allowed() {
                used.failed += counted.count;
            }
            for request in &call.requests {
                let own = used.targets.entry(&request.action).or_default();
                own.insert(&request.resource);
            }
            used.calls.push((counted, call.requests.iter().collect()));
        }
        used
    }

    fn services(&self) -> BTreeSet<Service> {
        let catalog = Catalog::embedded();
        let prefixes = self
            .targets
            .keys()
            .filter_map(|name| name.split(':').next());
        prefixes
            .filter_map(|prefix| catalog.service(prefix))
            .collect()
    }
}

struct Maker<'a> {
    principal: &'a str,
    options: &'a GenerateOptions,
    used: Used<'a>,
}

impl Maker<'_> {
    fn proposal(&self) -> Proposal {
        if self.used.targets.is_empty() {
            let reason = "none of its calls that were not refused needs a permission";
            return Proposal::nothing(None, self.principal, reason);
        }
        // Actions for which nothing but `*` was found to do.
        let mut on_all = BTreeSet::new();
        loop {
            let Some((packed, level)) = self.packed(&on_all) else {
                let reason = format!(
                    "what was used does not fit into {} of {} characters",
                    match self.options.holder.documents() {
                        1 => "a policy".to_owned(),
                        count => format!("{count} policies"),
                    },
                    quota(self.options.holder.kind()).unwrap_or_default()
                );
                return Proposal::nothing(None, self.principal, reason);
            };
            let (verification, lost) = self.verified(&packed);
            let more: BTreeSet<&str> = lost.difference(&on_all).copied().collect();
            if more.is_empty() {
                return self.told(&packed, level, verification);
            }
            on_all.extend(more);
        }
    }

    /// The policies, with resources generalised as far as it takes to fit.
    fn packed(&self, on_all: &BTreeSet<&str>) -> Option<(Packed, Generalise)> {
        let quota = quota(self.options.holder.kind())?;
        let levels = Generalise::ALL.into_iter();
        let mut levels = levels.filter(|level| *level >= self.options.generalise);
        levels.find_map(|level| {
            let statements = self.statements(level, on_all);
            let packed = pack::pack(statements, quota, self.options.holder.documents())?;
            Some((packed, level))
        })
    }

    /// A statement for the actions of a service that were used on the same resources.
    fn statements(&self, level: Generalise, on_all: &BTreeSet<&str>) -> Vec<NewStatement> {
        let mut grouped: BTreeMap<(&str, Vec<String>), Vec<String>> = BTreeMap::new();
        for (action, targets) in &self.used.targets {
            let resources = if on_all.contains(action) {
                vec!["*".to_owned()]
            } else {
                let texts = targets.iter().map(|target| written(target)).collect();
                generalised(texts, level, self.options.most_names)
            };
            let service = action.split(':').next().unwrap_or_default();
            let own = grouped.entry((service, resources)).or_default();
            own.push((*action).to_owned());
        }
        let statements = grouped.into_iter();
        statements
            .map(|((service, resources), actions)| NewStatement::new(service, actions, resources))
            .collect()
    }

    /// Judges all calls by the new policies alone. The actions for which these do not do.
    fn verified(&self, packed: &Packed) -> (Verification, BTreeSet<&str>) {
        let documents = packed.texts.iter().map(|text| {
            let source = Source::new(self.principal, text.as_bytes().to_vec());
            Document::read(self.principal, source, Layer::Identity)
        });
        let documents: Vec<_> = documents.filter_map(Result::ok).collect();
        let mut setting = Setting::new();
        let compiled = documents
            .iter()
            .map(|document| Arc::clone(&document.compiled));
        setting.supply(Layer::Identity, compiled);
        let mut verification = Verification::default();
        let (mut lost, mut actions) = (BTreeSet::new(), BTreeSet::new());
        for (counted, requests) in &self.used.calls {
            verification.calls += counted.count;
            let mut is_allowed = true;
            for judged in requests {
                let request = judged.request(&counted.record.caller.principal);
                if !is_granted(&setting, &request) {
                    is_allowed = false;
                    actions.insert(judged.action.as_str());
                    lost.insert(described(self.principal, &request));
                }
            }
            if is_allowed {
                verification.allowed += counted.count;
            }
        }
        verification.lost = lost.into_iter().take(20).collect();
        (verification, actions)
    }

    fn told(&self, packed: &Packed, level: Generalise, verification: Verification) -> Proposal {
        let mut proposal = Proposal {
            document: None,
            name: self.principal.to_owned(),
            texts: packed.texts.clone(),
            diff: String::new(),
            changes: self.changes(packed, level),
            kept: Vec::new(),
            verification,
        };
        if !proposal.verification.holds() {
            proposal.texts.clear();
            proposal.changes.clear();
        }
        proposal
    }

    fn changes(&self, packed: &Packed, level: Generalise) -> Vec<String> {
        let mut changes = Vec::new();
        if level > self.options.generalise {
            changes.push(format!(
                "so that it fits the quota of IAM, {}",
                level.description()
            ));
        }
        if packed.texts.len() > 1 {
            changes.push(format!(
                "it takes {} policies, as one may have {} characters",
                packed.texts.len(),
                quota(self.options.holder.kind()).unwrap_or_default()
            ));
        }
        let unknown = self.used.targets.iter().filter(|(_, targets)| {
            let mut targets = targets.iter();
            targets.any(|target| **target != Target::Star && written(target) == "*")
        });
        let unknown: Vec<_> = unknown.map(|(action, _)| *action).collect();
        if !unknown.is_empty() {
            changes.push(format!(
                "{} may be used on `*`: the records do not tell all of their resources",
                name_list(unknown)
            ));
        }
        let all = self.used.targets.iter();
        let in_part = all.flat_map(|(action, targets)| {
            let targets = targets.iter();
            targets.filter_map(move |target| match target {
                Target::Like(text) if written(target) != "*" => Some((*action, text)),
                Target::Arn(_) | Target::Like(_) | Target::Star | Target::Unknown => None,
            })
        });
        for (action, text) in in_part.take(MOST_IN_PART) {
            changes.push(format!(
                "`{action}` may be used on `{text}`: the records tell the resource in part only, and others \
                 may match"
            ));
        }
        if self.used.failed > 0 {
            changes.push(format!(
                "{} of the calls failed, not for lack of a permission, and count as used",
                self.used.failed
            ));
        }
        changes.push(
            "it has no conditions: a record tells the values of one call, and not which of them the next \
             has to have"
                .to_owned(),
        );
        changes
    }
}

/// The entry of `Resource` for a resource.
fn written(target: &Target) -> String {
    let entry = exact_entry(target, Version::V2012);
    entry.map_or_else(|| "*".to_owned(), |entry| entry.text.as_str().to_owned())
}

/// Whether an identity policy allows a request for sure, whatever other policies it needs.
fn is_granted(setting: &Setting, request: &Request) -> bool {
    let decision = decide(setting, request);
    let mut results = decision.statements.iter().flat_map(StatementResults::iter);
    decision.needs_no_permission || results.any(|result| result.applies == Applies::Yes)
}

/// What the policy may lack, as the records do not show it.
fn not_shown(totals: &Totals, records: &[&Counted], used: &Used<'_>) -> Vec<String> {
    let mut told = Vec::new();
    let options = ObservationOptions::any_length();
    let observation = Observation::of(totals, None, &options);
    let mut hidden: BTreeMap<(&str, String), Vec<String>> = BTreeMap::new();
    for service in used.services() {
        for action in service.actions() {
            let is_used = used.targets.contains_key(action.full_name().as_str());
            if let Some(reason) = observation.why_hidden(action).filter(|_| !is_used) {
                let own = hidden.entry((service.prefix(), reason)).or_default();
                own.push(action.full_name());
            }
        }
    }
    for ((_, reason), names) in hidden {
        let verb = if names.len() == 1 { "is" } else { "are" };
        told.push(format!("{} {verb} not in it: {reason}", name_list(names)));
    }
    let mut unmapped: BTreeMap<String, u64> = BTreeMap::new();
    let (mut refused, mut by_resource) = (0, 0);
    for counted in records {
        let record = &counted.record;
        match &record.what {
            What::Unmapped(_) => {
                let name = format!("{} {}", record.source, record.name);
                *unmapped.entry(name).or_default() += counted.count;
            }
            What::Call(call) if call.needs == Needs::ResourcePolicyOnly => {
                by_resource += counted.count;
            }
            What::Call(_) if !is_use(record.outcome.kind) => refused += counted.count,
            What::Call(_) | What::Nothing => {}
        }
    }
    if !unmapped.is_empty() {
        let mut text =
            "no action is known of these calls, so that it has none for them:".to_owned();
        for (name, count) in unmapped {
            // Writing to a string cannot fail.
            let _ = write!(text, " `{name}` ({count})");
        }
        told.push(text);
    }
    if refused > 0 {
        told.push(format!(
            "{refused} calls were refused: what they asked for is not in it"
        ));
    }
    if by_resource > 0 {
        told.push(format!(
            "{by_resource} calls are decided by the policy of the resource alone, so that it has \
             nothing for them"
        ));
    }
    told
}
