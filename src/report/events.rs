//! Reports of `iamsim events`: what each recorded event stands for.

use super::{
    Format, count, json,
    simulate::{JsonFact, JsonTarget, json_context, json_target, target_text},
    trace::target,
};
use crate::{
    eval::Target,
    policy::ActionName,
    source::escape::printable,
    trail::{
        Decided, DenialKind, Interpretation, Needs, Outcome, PolicyType, RequestRole, Unmapped,
        UnmappedReason,
    },
};
use serde::Serialize;
use std::{borrow::Cow, collections::BTreeMap};

/// An event and where it was recorded.
#[derive(Debug)]
pub struct LocatedEvent<'a> {
    /// The input.
    pub path: &'a str,
    /// The line in the input, from 1, on which it starts.
    pub line: u64,
    /// What it stands for.
    pub event: &'a Interpretation,
}

/// What many events came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventSummary {
    /// How many events were read.
    pub events: u64,
    /// How many of each class.
    pub classes: BTreeMap<&'static str, u64>,
    /// API calls of which no action is known, and how often each was recorded.
    pub unmapped: BTreeMap<String, u64>,
    /// How many inputs or records could not be read.
    pub unreadable: u64,
}

impl EventSummary {
    /// Counts one more event.
    pub fn add(&mut self, event: &Interpretation) {
        self.events += 1;
        *self.classes.entry(event.class.name()).or_default() += 1;
        if let Decided::Unmapped(unmapped) = &event.decision {
            *self.unmapped.entry(unmapped_name(unmapped)).or_default() += 1;
        }
    }

    /// A few lines for people.
    pub fn text(&self) -> String {
        let classes: Vec<_> = self
            .classes
            .iter()
            .map(|(class, number)| format!("{number} {class}"))
            .collect();
        let events = usize::try_from(self.events).unwrap_or(usize::MAX);
        let mut text = count(events, "event", "events");
        if !classes.is_empty() {
            text += &format!(": {}", classes.join(", "));
        }
        text.push('\n');
        if !self.unmapped.is_empty() {
            let total: u64 = self.unmapped.values().sum();
            let names: Vec<_> = self
                .unmapped
                .iter()
                // Names come from the log.
                .map(|(name, number)| format!("{} ({number})", printable(name)))
                .collect();
            text += &format!("no action is known for {total}: {}\n", names.join(", "));
        }
        text + &unreadable_text(self.unreadable)
    }
}

/// How many inputs or records could not be read, in a line of its own; nothing for none.
pub(super) fn unreadable_text(number: u64) -> String {
    if number == 0 {
        return String::new();
    }
    let number = usize::try_from(number).unwrap_or(usize::MAX);
    let what = count(number, "input or record", "inputs or records");
    format!("could not read {what}\n")
}

/// Renders one event. In JSON the events stand between [`json_start`] and [`json_end`].
pub fn render(format: Format, located: &LocatedEvent<'_>) -> String {
    match format {
        Format::Full => full(located),
        Format::Concise => concise(located),
        Format::Json | Format::Jsonl => json::line(&json_event(located)),
    }
}

/// What comes before the events of a JSON document, each of them on one line with commas between.
pub fn json_start() -> String {
    format!("{{\"version\": {}, \"events\": [\n", json::VERSION)
}

/// What comes after them.
pub fn json_end(summary: &impl Serialize) -> String {
    format!("], \"summary\": {}}}\n", json::line(summary).trim_end())
}

fn full(located: &LocatedEvent<'_>) -> String {
    let event = located.event;
    let mut lines = vec![format!(
        "{}:{}  {}",
        located.path,
        located.line,
        title(event)
    )];
    lines.push(format!("  {}", kind(event)));
    match &event.decision {
        Decided::Call(call) => {
            if let Some(first) = call.requests.first() {
                lines.push(format!("  by `{}`", first.request.principal));
            }
            for request in &call.requests {
                let further = if request.role == RequestRole::Further {
                    "also "
                } else {
                    ""
                };
                lines.push(format!(
                    "  {further}`{}` on {} ({})",
                    request.request.action,
                    target(&request.request.resource),
                    request.resource_source.name()
                ));
            }
            match call.needs {
                Needs::Permission => {}
                Needs::Nothing => lines.push("  needs no permission".to_owned()),
                Needs::ResourcePolicyOnly => {
                    lines.push("  is not signed: only the resource's policy counts".to_owned());
                }
            }
            lines.extend(
                call.notes
                    .iter()
                    .map(|note| format!("  note: {}", note.text())),
            );
        }
        Decided::Unmapped(unmapped) => lines.push(format!("  {}", unmapped_text(unmapped))),
        Decided::Nothing => {
            let why = event.class.why_undecided().unwrap_or("nothing to decide");
            lines.push(format!("  no policy decides: {why}"));
        }
    }
    if tells_outcome(event) {
        lines.push(format!("  recorded: {}", outcome_text(&event.outcome)));
    }
    let lines: Vec<_> = lines.iter().map(|line| printable(line)).collect();
    lines.join("\n") + "\n\n"
}

/// Whether the record tells what came of something: insights and events of services do not.
pub(super) fn tells_outcome(event: &Interpretation) -> bool {
    !matches!(event.decision, Decided::Nothing) || event.outcome != Outcome::Succeeded
}

/// The call as CloudTrail names it, with time and id, as far as they are recorded.
pub(super) fn title(event: &Interpretation) -> String {
    let call = [&event.event_source, &event.event_name];
    let call: Vec<_> = call.into_iter().flatten().map(String::as_str).collect();
    let call = (!call.is_empty()).then(|| call.join(" "));
    let parts = [&call, &event.time, &event.event_id];
    let parts: Vec<_> = parts.into_iter().flatten().map(String::as_str).collect();
    parts.join("  ")
}

fn kind(event: &Interpretation) -> String {
    format!(
        "{}, {}, {}",
        event.class.name(),
        event.category.name(),
        event.mode.name()
    )
}

fn concise(located: &LocatedEvent<'_>) -> String {
    let event = located.event;
    let names = |names: Vec<String>| {
        if names.is_empty() {
            "-".to_owned()
        } else {
            names.join(",")
        }
    };
    let actions = event.actions().iter().map(ToString::to_string).collect();
    let resources = event
        .resources()
        .into_iter()
        .map(|target| target_text(target).to_owned())
        .collect();
    let line = format!(
        "{}:{}: {} {} {}{}",
        located.path,
        located.line,
        event.class.name(),
        names(actions),
        names(resources),
        outcome_brief(event)
    );
    printable(&line).into_owned() + "\n"
}

/// What is known of a call without an action, in words.
pub(super) fn unmapped_text(unmapped: &Unmapped) -> String {
    match &unmapped.reason {
        UnmappedReason::Incomplete => "the record lacks its source or its name".to_owned(),
        UnmappedReason::UnknownService => {
            format!("no service is known for `{}`", unmapped_name(unmapped))
        }
        UnmappedReason::UnknownAction => {
            format!("no action is known for `{}`", unmapped_name(unmapped))
        }
        UnmappedReason::OneOf(actions) => {
            let names: Vec<_> = actions.iter().map(|action| format!("`{action}`")).collect();
            format!(
                "one of {}; the record does not tell which",
                names.join(", ")
            )
        }
    }
}

fn unmapped_name(unmapped: &Unmapped) -> String {
    let part = |part: &Option<String>| part.clone().unwrap_or_else(|| "?".to_owned());
    format!("{}:{}", part(&unmapped.prefix), part(&unmapped.name))
}

/// What came of a call, in words.
pub(super) fn outcome_text(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Succeeded => "carried out".to_owned(),
        Outcome::DryRun => "a dry run that would have been allowed".to_owned(),
        Outcome::Throttled => "refused, as there were too many calls".to_owned(),
        Outcome::Failed { code } => format!("failed with `{code}`, which is not about permission"),
        Outcome::Denied(denial) => {
            let mut text = "access denied".to_owned();
            if let Some(policy) = denial.policy_type {
                text += &match denial.kind {
                    DenialKind::Explicit => {
                        format!(", explicitly by {}", policy_with_article(policy))
                    }
                    DenialKind::Implicit => format!(", as no {} policy allows it", policy.name()),
                    // The message does not say whether it denies or only does not allow.
                    DenialKind::Unstated | DenialKind::NoPolicy => {
                        format!(", due to {}", policy_with_article(policy))
                    }
                };
            }
            if let Some(arn) = &denial.policy_arn {
                text += &format!(" (`{arn}`)");
            }
            text
        }
    }
}

/// `a session policy`, `an identity-based policy`.
pub(super) fn policy_with_article(policy: PolicyType) -> String {
    let name = policy.name();
    let article = if name.starts_with('i') { "an" } else { "a" };
    format!("{article} {name} policy")
}

/// What came of a call, and what a refusal says it was refused by, for the end of a line; nothing
/// where a record tells of no call.
pub(super) fn outcome_brief(event: &Interpretation) -> String {
    if !tells_outcome(event) {
        return String::new();
    }
    let mut text = format!(" {}", event.outcome.name());
    let Outcome::Denied(denial) = &event.outcome else {
        return text;
    };
    if let Some(policy) = denial.policy_type {
        text += &match denial.kind {
            DenialKind::Explicit => format!(" explicitly by {}", policy.name()),
            DenialKind::Implicit => format!(" for lack of {}", policy.name()),
            DenialKind::Unstated | DenialKind::NoPolicy => format!(" by {}", policy.name()),
        };
        text += " policy";
    }
    if let Some(arn) = &denial.policy_arn {
        text += &format!(" {arn}");
    }
    text
}

/// What came of a call, in one word.
pub(super) fn outcome_name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Succeeded => "succeeded",
        Outcome::Denied(_) => "denied",
        Outcome::DryRun => "dryRun",
        Outcome::Throttled => "throttled",
        Outcome::Failed { .. } => "failed",
    }
}

/// An event in JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct JsonEvent<'a> {
    version: u32,
    path: &'a str,
    line: u64,
    #[serde(rename = "eventID")]
    event_id: Option<&'a str>,
    event_source: Option<&'a str>,
    event_name: Option<&'a str>,
    event_time: Option<&'a str>,
    class: &'static str,
    category: &'static str,
    mode: &'static str,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    denial: Option<JsonDenial<'a>>,
    actions: Vec<&'a str>,
    resources: Vec<&'a str>,
    principal: Option<String>,
    context: BTreeMap<Cow<'a, str>, JsonFact<'a>>,
    requests: Vec<JsonRecordedRequest<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undecided: Option<String>,
    notes: Vec<&'static str>,
}

/// What the message of a refusal says.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonDenial<'a> {
    kind: &'static str,
    policy_type: Option<&'static str>,
    policy_arn: Option<&'a str>,
    user: Option<&'a str>,
    action: Option<&'a str>,
    resource: Option<&'a str>,
}

fn json_denial(outcome: &Outcome) -> Option<JsonDenial<'_>> {
    let Outcome::Denied(denial) = outcome else {
        return None;
    };
    Some(JsonDenial {
        kind: match denial.kind {
            DenialKind::Explicit => "explicit",
            DenialKind::Implicit => "implicit",
            DenialKind::NoPolicy => "noPolicy",
            DenialKind::Unstated => "unstated",
        },
        policy_type: denial.policy_type.map(PolicyType::name),
        policy_arn: denial.policy_arn.as_deref(),
        user: denial.user.as_deref(),
        action: denial.action.as_ref().map(ActionName::as_str),
        resource: denial.resource.as_deref(),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonRecordedRequest<'a> {
    action: &'a str,
    resource: JsonTarget<'a>,
    resource_source: &'static str,
}

pub(super) fn json_event<'a>(located: &LocatedEvent<'a>) -> JsonEvent<'a> {
    let event = located.event;
    let requests = event.requests();
    let undecided = match &event.decision {
        Decided::Call(call) => match call.needs {
            Needs::Permission => None,
            Needs::Nothing => Some("needs no permission".to_owned()),
            Needs::ResourcePolicyOnly => Some("only the resource's policy counts".to_owned()),
        },
        Decided::Unmapped(unmapped) => Some(unmapped_text(unmapped)),
        Decided::Nothing => event.class.why_undecided().map(str::to_owned),
    };
    let notes = match &event.decision {
        Decided::Call(call) => call.notes.iter().map(|note| note.text()).collect(),
        Decided::Unmapped(_) | Decided::Nothing => Vec::new(),
    };
    let known = |target: &&Target| **target != Target::Unknown;
    JsonEvent {
        version: json::VERSION,
        path: located.path,
        line: located.line,
        event_id: event.event_id.as_deref(),
        event_source: event.event_source.as_deref(),
        event_name: event.event_name.as_deref(),
        event_time: event.time.as_deref(),
        class: event.class.name(),
        category: event.category.name(),
        mode: event.mode.name(),
        outcome: outcome_name(&event.outcome),
        denial: json_denial(&event.outcome),
        actions: event
            .actions()
            .into_iter()
            .map(ActionName::as_str)
            .collect(),
        resources: event
            .resources()
            .into_iter()
            .filter(known)
            .map(target_text)
            .collect(),
        principal: requests
            .first()
            .map(|request| request.request.principal.to_string()),
        context: requests
            .first()
            .map(|first| json_context(&first.request))
            .unwrap_or_default(),
        requests: requests
            .iter()
            .map(|request| JsonRecordedRequest {
                action: request.request.action.as_str(),
                resource: json_target(&request.request.resource),
                resource_source: request.resource_source.name(),
            })
            .collect(),
        undecided,
        notes,
    }
}
