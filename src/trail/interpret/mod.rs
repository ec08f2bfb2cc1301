//! An event to the requests that IAM judged.

use serde_json::value::RawValue;
use std::cell::Cell;

use crate::{
    catalog::Catalog,
    eval::{Context, Principal, Request, Target, resource_account},
    policy::ActionName,
};

use super::{
    Category, Class, Event, Mode, Needs, Outcome, ResourceSource, Unmapped,
    action::{Asked, Mapping, Part, actions, may_pass_another, needs, without_date},
    context::Facts,
    denial::{Denial, DenialKind},
    parameters::{Extent, Parameters},
    principal::principal,
    resource::{Found, Home, Resolver, partition},
};

/// What an event says, as far as IAM is concerned.
#[derive(Debug, Clone)]
pub struct Interpretation {
    /// What kind of record it is.
    pub class: Class,
    /// Which category it is in.
    pub category: Category,
    /// Whether it reads or writes.
    pub mode: Mode,
    /// The id of the record.
    pub event_id: Option<String>,
    /// Shared by the records of one call in several accounts: count those once.
    pub shared_event_id: Option<String>,
    /// When it happened, as it is written.
    pub time: Option<String>,
    /// The service that was called, such as `s3.amazonaws.com`.
    pub event_source: Option<String>,
    /// The name of the call.
    pub event_name: Option<String>,
    /// Who called.
    pub principal: Principal,
    /// What came of it.
    pub outcome: Outcome,
    /// What IAM had to decide.
    pub decision: Decided,
    /// Whether what came back was asked for what was sent: two events that differ in nothing else may
    /// have different requests.
    pub depends_on_response: bool,
}

/// What IAM had to decide about an event.
#[derive(Debug, Clone)]
pub enum Decided {
    /// The requests of a call.
    Call(Call),
    /// It is a call of which no action is known.
    Unmapped(Unmapped),
    /// Nothing: [`Class::why_undecided`] says why.
    Nothing,
}

/// A call as IAM sees it.
#[derive(Debug, Clone)]
pub struct Call {
    /// Whether a policy must allow it.
    pub needs: Needs,
    /// The requests; the call is allowed if each of them is. Those of the main action come first.
    pub requests: Vec<CallRequest>,
    /// What should be known about how they were made.
    pub notes: Vec<Note>,
}

/// One request of a call.
#[derive(Debug, Clone)]
pub struct CallRequest {
    /// The request.
    pub request: Request,
    /// Where its resource comes from.
    pub resource_source: ResourceSource,
    /// Whether it is what the call does, or a permission needed beside that.
    pub role: RequestRole,
}

/// What a request is to its call.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum RequestRole {
    /// The call itself.
    Main,
    /// A further permission that its parameters make needed.
    Further,
}

/// What should be known about how requests were made from an event.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Note {
    /// The message of the refusal names another action than the call; it is the one shown.
    ActionFromMessage,
    /// Names of IAM resources are recorded without their paths.
    PathUnknown,
    /// A role is passed, and the event does not tell which.
    PassedRoleUnknown,
    /// What the call starts from may have a role that is passed: a task definition, a launch template.
    MayPassRole,
    /// Resources are known in part only.
    ResourceKnownInPart,
    /// The parameters of the call are not recorded.
    ParametersMissing,
    /// The service refused the call for a reason that is no policy.
    NotRefusedByPolicy,
}

impl Note {
    /// The note in words.
    pub fn text(self) -> &'static str {
        match self {
            Self::ActionFromMessage => {
                "the error message names another action than the event; it is the one judged"
            }
            Self::PathUnknown => "the event has the name of an IAM resource without its path",
            Self::PassedRoleUnknown => "the call passes a role that the event does not name",
            Self::MayPassRole => {
                "the call passes the roles of its task definition or launch template, if it has any; \
                 the event does not name them"
            }
            Self::ResourceKnownInPart => "the event tells only part of the resource",
            Self::ParametersMissing => "the event does not record what was sent",
            Self::NotRefusedByPolicy => "the service refused the call, and not because of a policy",
        }
    }
}

impl Call {
    /// Replaces resources that are known in part by what somebody knows of them.
    pub fn replace_resources(&mut self, known: impl Fn(Target) -> Target) {
        for each in &mut self.requests {
            let resource = std::mem::replace(&mut each.request.resource, Target::Unknown);
            each.request.resource = known(resource);
        }
        let is_open = |each: &CallRequest| matches!(each.request.resource, Target::Like(_));
        if !self.requests.iter().any(is_open) {
            self.notes.retain(|note| *note != Note::PathUnknown);
        }
    }
}

impl Interpretation {
    /// The actions of the requests, each once, in order.
    pub fn actions(&self) -> Vec<&ActionName> {
        let mut names: Vec<&ActionName> = Vec::new();
        for request in self.requests() {
            if !names.contains(&&request.request.action) {
                names.push(&request.request.action);
            }
        }
        names
    }

    /// The resources of the requests, each once, in order.
    pub fn resources(&self) -> Vec<&Target> {
        let mut targets: Vec<&Target> = Vec::new();
        for request in self.requests() {
            if !targets.contains(&&request.request.resource) {
                targets.push(&request.request.resource);
            }
        }
        targets
    }

    /// The requests; none where there was nothing to decide or the action is not known.
    pub fn requests(&self) -> &[CallRequest] {
        match &self.decision {
            Decided::Call(call) => &call.requests,
            Decided::Unmapped(_) | Decided::Nothing => &[],
        }
    }
}

/// Interprets an event.
pub fn interpret(event: &Event<'_>) -> Interpretation {
    let class = Class::of(event);
    let outcome = Outcome::of(event);
    // A call without parameters records none, and neither does a refused call with many, nor what
    // an endpoint sees of any.
    let is_told = class == Class::ApiCall
        && matches!(outcome, Outcome::Succeeded | Outcome::DryRun)
        && !event.is_partial();
    let missing = if is_told { Extent::All } else { Extent::Some };
    let parameters = Parameters::read(event.request_parameters.map(RawValue::get), missing);
    let region = event.aws_region.as_deref().unwrap_or_default();
    let principal = principal(&event.user_identity, &parameters, partition(region));
    let response_read = Cell::new(false);
    let asking = Asking {
        event,
        parameters: &parameters,
        principal: &principal,
        response_read: &response_read,
    };
    let decision = match class.why_undecided() {
        Some(_) => Decided::Nothing,
        None => asking.decide(&outcome),
    };
    let owned = |text: &super::Text<'_>| text.as_deref().map(str::to_owned);
    Interpretation {
        class,
        category: Category::of(event),
        mode: Mode::of(event),
        event_id: owned(&event.event_id),
        shared_event_id: owned(&event.shared_event_id),
        time: owned(&event.event_time),
        event_source: owned(&event.event_source),
        event_name: owned(&event.event_name),
        principal,
        outcome,
        decision,
        depends_on_response: response_read.get(),
    }
}

/// A call to be interpreted.
struct Asking<'e> {
    event: &'e Event<'e>,
    parameters: &'e Parameters,
    principal: &'e Principal,
    response_read: &'e Cell<bool>,
}

impl Asking<'_> {
    fn decide(&self, outcome: &Outcome) -> Decided {
        let catalog = Catalog::embedded();
        let Self {
            event,
            parameters,
            principal,
            response_read,
        } = *self;
        let denial = match outcome {
            Outcome::Denied(denial) => Some(denial),
            Outcome::Succeeded | Outcome::DryRun | Outcome::Throttled | Outcome::Failed { .. } => {
                None
            }
        };

        let mut notes = Vec::new();
        let asked = match asked_for(catalog, event, parameters, denial) {
            Ok((asked, note)) => {
                notes.extend(note);
                asked
            }
            Err(unmapped) => return Decided::Unmapped(unmapped),
        };

        let region = event
            .aws_region
            .as_deref()
            .filter(|region| !region.is_empty());
        let home = partition(region.unwrap_or_default());
        let prefix = event.event_source.as_deref().unwrap_or_default();
        let resolver = Resolver {
            catalog,
            event,
            parameters,
            response_read,
            principal,
            home: Home {
                partition: home,
                region: region.map(str::to_owned),
                account: owner(event),
            },
            prefix: catalog.prefix_of_event_source(prefix),
            denial,
        };
        let facts = Facts::new(event, parameters, principal);
        let mut shared = Some(facts.shared());
        let mut requests = Vec::new();
        let mut main: Vec<Found> = Vec::new();
        for one in &asked {
            let found = resolver.resources(one, &main);
            if main.is_empty() && one.part == Part::Main {
                main.clone_from(&found);
            }
            let is_only_request = asked.len() == 1 && found.len() == 1;
            for found in found {
                note_resource(one, &found, &mut notes);
                let action = ActionName::new(one.action.full_name());
                let is_known = |known: &CallRequest| {
                    known.request.action == action && known.request.resource == found.target
                };
                if matches!(one.part, Part::PassRole(_)) && requests.iter().any(is_known) {
                    continue;
                }
                // Copying is most of the work, and most calls are one request.
                let start = if is_only_request {
                    shared.take()
                } else {
                    shared.clone()
                };
                let start = start.unwrap_or_else(|| facts.shared());
                let context: Context = facts.of_request(start, &action, &found.target);
                let principal = principal.clone();
                let mut request = Request::new(principal, action, found.target, context);
                if resource_account(&request.action, &request.resource).is_none() {
                    request.resource_account = facts.account_of_resources();
                }
                requests.push(CallRequest {
                    request,
                    resource_source: found.source,
                    role: role_of(one.part),
                });
            }
        }
        if denial.is_some_and(|denial| denial.kind == DenialKind::NoPolicy) {
            notes.push(Note::NotRefusedByPolicy);
        }
        if event.request_parameters.is_none() && parameters.extent() == Extent::Some {
            notes.push(Note::ParametersMissing);
        }
        let name = event.event_name.as_deref().unwrap_or_default();
        if may_pass_another((resolver.prefix, without_date(name)), parameters) {
            notes.push(Note::MayPassRole);
        }
        notes.sort_unstable();
        notes.dedup();
        Decided::Call(Call {
            needs: needs(catalog, principal, &asked),
            requests,
            notes,
        })
    }
}

fn role_of(part: Part) -> RequestRole {
    match part {
        Part::Main | Part::Rest(_) | Part::CopySource => RequestRole::Main,
        Part::Beside(_) | Part::TagOnCreate | Part::PassRole(_) => RequestRole::Further,
    }
}

/// The actions of a call; that of the message comes before that of the event, which a note tells.
fn asked_for(
    catalog: Catalog,
    event: &Event<'_>,
    parameters: &Parameters,
    denial: Option<&Denial>,
) -> Result<(Vec<Asked>, Option<Note>), Unmapped> {
    match (
        actions(catalog, event, parameters),
        in_message(catalog, denial),
    ) {
        (Mapping::Known(asked), Some(named))
            if asked.iter().any(|one| one.action == named.action) =>
        {
            Ok((asked, None))
        }
        (Mapping::Known(asked), None) => Ok((asked, None)),
        (Mapping::Known(_) | Mapping::Unknown(_), Some(named)) => {
            Ok((vec![named], Some(Note::ActionFromMessage)))
        }
        (Mapping::Unknown(unmapped), None) => Err(unmapped),
    }
}

/// The action that a refusal names. One that the catalog lacks says nothing.
fn in_message(catalog: Catalog, denial: Option<&Denial>) -> Option<Asked> {
    let action = catalog.action(denial?.action.as_ref()?.as_str())?;
    Some(Asked {
        action,
        part: Part::Main,
    })
}

fn note_resource(asked: &Asked, found: &Found, notes: &mut Vec<Note>) {
    let Target::Like(arn) = &found.target else {
        return;
    };
    let is_passed = matches!(asked.part, Part::PassRole(_));
    notes.push(if is_passed && arn.ends_with(":role/*") {
        Note::PassedRoleUnknown
    } else if arn.contains(":iam::") {
        Note::PathUnknown
    } else {
        Note::ResourceKnownInPart
    });
}

/// The account that owns what a call acts on.
fn owner(event: &Event<'_>) -> Option<String> {
    let of_resources = event
        .resources
        .iter()
        .find_map(|one| one.account_id.as_deref());
    let recipient = event.recipient_account_id.as_deref();
    let caller = event.user_identity.account_id.as_deref();
    let is_account = |text: &&str| crate::policy::AccountId::parse(text).is_some();
    [of_resources, recipient, caller]
        .into_iter()
        .flatten()
        .find(is_account)
        .map(str::to_owned)
}

#[cfg(test)]
mod mapping_tests;
#[cfg(test)]
mod tests;
