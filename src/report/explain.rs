//! Reports of `iamsim explain`: the verdict on a recorded event, and what made it.

use super::{
    Format, JudgedPolicy, Painter, Snippet,
    events::{
        JsonEvent, LocatedEvent, json_event, outcome_brief, outcome_text, policy_with_article,
        tells_outcome, title, unmapped_text, unreadable_text,
    },
    json,
    simulate::{
        JsonRequest, JudgedRequest, assumptions, headline, json_request, layers, statements,
        target_text, words,
    },
};
use crate::{
    account::Holder,
    eval::{Change, Principal, Remedy, Setting, Supply, Verdict},
    source::{
        Edit, Range, Source, Span,
        escape::{self, printable},
    },
    trail::{Agreement, Decided, Interpretation, Needs, Outcome, PolicyType},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// An event and everything that is to be said of it.
#[derive(Debug)]
pub struct ExplainedEvent<'a> {
    /// The event.
    pub located: LocatedEvent<'a>,
    /// The verdict on the whole call.
    pub verdict: Option<Verdict>,
    /// Whether it is what was recorded.
    pub agreement: Agreement,
    /// Each request with its decision.
    pub requests: Vec<JudgedRequest<'a>>,
    /// The smallest change that would allow the call, and the source that it changes.
    pub remedy: Option<(Remedy, &'a Source)>,
    /// What is known of the caller's policies; `None` where nothing was asked.
    pub holder: Option<Holder>,
    /// The policies of the first request.
    pub policies: &'a [JudgedPolicy<'a>],
    /// The error code and message of the event.
    pub recorded_error: Option<(&'a str, Option<&'a str>)>,
    /// What should be known about where the policies come from.
    pub policy_note: Option<&'a str>,
}

/// Renders one event. In JSON the events stand between [`super::events::json_start`] and
/// [`super::events::json_end`].
pub fn render(format: Format, event: &ExplainedEvent<'_>, painter: &Painter) -> String {
    match format {
        Format::Full => full(event, painter),
        Format::Concise => concise(event),
        Format::Json | Format::Jsonl => json::line(&json_explained(event)),
    }
}

fn full(event: &ExplainedEvent<'_>, painter: &Painter) -> String {
    let located = &event.located;
    let mut text = format!("{}\n", printable(&verdict_line(event)));
    let place = format!(
        "  {}:{}  {}",
        located.path,
        located.line,
        title(located.event)
    );
    text += &format!("{}\n", printable(&place));
    if tells_outcome(located.event) {
        text += &format!("  {}\n", printable(&recorded(event)));
        text += &format!("  {}\n", printable(&agreement(event)));
    }
    text.push('\n');
    if undecided(event).is_some() || event.lacks_policies() {
        return text;
    }
    for judged in &event.requests {
        text += &format!("{}\n", headline(judged));
        if judged.decision.verdict != Verdict::Allowed || event.requests.len() <= 3 {
            text += &statements(judged, painter);
        }
        text += &assumptions(judged);
    }
    if !text.ends_with("\n\n") {
        text.push('\n');
    }
    text += &way_out(event, painter);
    for note in notes(located.event) {
        text += &format!("note: {note}\n");
    }
    if let Some(note) = event.policy_note {
        text += &format!("note: {}\n", printable(note));
    }
    if let Some(setting) = event.setting() {
        text += &layers(setting, None, event.policies);
    }
    text.push('\n');
    text
}

fn verdict_line(event: &ExplainedEvent<'_>) -> String {
    if let Some(why) = undecided(event) {
        return format!("{}: {why}", event.located.event.class.name());
    }
    let actions = event.located.event.actions();
    let actions: Vec<_> = actions.iter().map(|action| format!("`{action}`")).collect();
    let actions = actions.join(", ");
    if event.lacks_policies() {
        let principal = event
            .requests
            .first()
            .map(|judged| &judged.request.principal);
        let caller = match principal {
            Some(Principal::Unknown) | None => "its caller".to_owned(),
            Some(principal) => format!("`{principal}`"),
        };
        return format!("not judged: {actions}, as not all policies of {caller} are known");
    }
    let verdict = match event.verdict {
        Some(Verdict::Depends) | None => "depends on facts that are not known",
        Some(verdict) => words(verdict),
    };
    format!("{verdict}: {actions}")
}

impl ExplainedEvent<'_> {
    /// Whether nothing was decided because the caller's policies are not known.
    fn lacks_policies(&self) -> bool {
        self.holder == Some(Holder::Unknown) && self.verdict.is_none() && undecided(self).is_none()
    }

    /// What the first request was judged by.
    fn setting(&self) -> Option<&Setting> {
        Some(self.requests.first()?.setting)
    }

    /// Whether policies of a type were given.
    fn is_given(&self, policy: PolicyType) -> bool {
        let mut settings = self.requests.iter().map(|judged| judged.setting);
        settings.any(|setting| setting.supply_of(policy.layer()) == Supply::Given)
    }
}

/// Why nothing is decided about an event.
fn undecided(event: &ExplainedEvent<'_>) -> Option<String> {
    let recorded = event.located.event;
    match &recorded.decision {
        Decided::Nothing => Some(
            recorded
                .class
                .why_undecided()
                .unwrap_or("nothing to decide")
                .to_owned(),
        ),
        Decided::Unmapped(unmapped) => {
            Some(format!("{}, so nothing is judged", unmapped_text(unmapped)))
        }
        Decided::Call(call) => match call.needs {
            Needs::Permission => None,
            Needs::Nothing => Some("the call needs no permission".to_owned()),
            Needs::ResourcePolicyOnly if event.verdict.is_some() => None,
            Needs::ResourcePolicyOnly => {
                let decides = if event.is_given(PolicyType::Resource) {
                    "the resource's policy decides, and the event does not tell enough of the caller"
                } else {
                    "the resource's policy, which was not given, decides"
                };
                Some(format!(
                    "the call is not signed, so no identity policy applies; {decides}"
                ))
            }
        },
    }
}

fn recorded(event: &ExplainedEvent<'_>) -> String {
    let outcome = &event.located.event.outcome;
    let mut text = if matches!(outcome, Outcome::Failed { .. }) {
        // The code follows, with the message.
        "recorded: failed, and not for lack of permission".to_owned()
    } else {
        format!("recorded: {}", outcome_text(outcome))
    };
    if let Some((code, message)) = event.recorded_error {
        text += &format!(" (`{code}`");
        if let Some(message) = message {
            text += &format!(": {message}");
        }
        text.push(')');
    }
    text
}

fn agreement(event: &ExplainedEvent<'_>) -> String {
    match (event.agreement, event.verdict) {
        (Agreement::Agrees, _) => "the simulation agrees with that".to_owned(),
        (Agreement::RecordedAllowed, _) => {
            "the simulation disagrees: the caller has other policies, or had others at that time"
                .to_owned()
        }
        (Agreement::RecordedDenied, _) => match refused_by(event) {
            None => "the simulation disagrees: something that was not given denies it, such as a \
                     service control policy, a boundary or the resource's policy"
                .to_owned(),
            Some(PolicyType::Identity) => {
                "the simulation disagrees: the caller has other policies \
                 than these, or had others at that time"
                    .to_owned()
            }
            Some(policy) if event.is_given(policy) => format!(
                "the simulation disagrees: {} denied it, so there were others than these at that time",
                policy_with_article(policy)
            ),
            Some(policy) => format!(
                "the simulation disagrees, as {}, which was not given, denied it",
                policy_with_article(policy)
            ),
        },
        (Agreement::Open, Some(Verdict::ExplicitDeny | Verdict::ImplicitDeny))
            if refused_by(event).is_some() =>
        {
            "the simulation comes to a denial of another kind, so the two do not compare".to_owned()
        }
        (Agreement::Open, Some(Verdict::Depends)) => {
            "whether the simulation agrees depends on what is not known".to_owned()
        }
        (Agreement::Open, Some(_)) => {
            "that says nothing about permission, so there is nothing to compare".to_owned()
        }
        (Agreement::Open, None) => "nothing was simulated".to_owned(),
    }
}

/// The type of policy that refused the call, where the record names it.
fn refused_by(event: &ExplainedEvent<'_>) -> Option<PolicyType> {
    match &event.located.event.outcome {
        Outcome::Denied(denial) => denial.policy_type,
        Outcome::Succeeded | Outcome::DryRun | Outcome::Throttled | Outcome::Failed { .. } => None,
    }
}

fn notes(event: &Interpretation) -> impl Iterator<Item = &'static str> {
    let notes = match &event.decision {
        Decided::Call(call) => call.notes.as_slice(),
        Decided::Unmapped(_) | Decided::Nothing => &[],
    };
    notes.iter().map(|note| note.text())
}

fn change_text(change: Change) -> &'static str {
    match change {
        Change::Resource => "adding the resource here would allow it",
        Change::Action => "adding the action here would allow it",
        Change::Statement => "this, added here, would allow it",
    }
}

/// What would allow a denied call.
fn way_out(event: &ExplainedEvent<'_>, painter: &Painter) -> String {
    let any = |verdict| {
        event
            .requests
            .iter()
            .any(|each| each.decision.verdict == verdict)
    };
    if any(Verdict::ExplicitDeny) {
        return "to allow it, narrow each statement above that denies it\n\n".to_owned();
    }
    match &event.remedy {
        Some((remedy, source)) => {
            let mut text = remedy_text(remedy, source, painter);
            if let Some(policy) = refused_by(event).filter(|one| *one != PolicyType::Identity) {
                let policy = policy_with_article(policy);
                text += &format!("that alone is not enough: {policy} denied the recorded call\n\n");
            }
            text
        }
        None if any(Verdict::ImplicitDeny) => {
            "no change can be named that would surely allow it\n\n".to_owned()
        }
        None => String::new(),
    }
}

fn remedy_text(remedy: &Remedy, source: &Source, painter: &Painter) -> String {
    let Edit { span, replacement } = &remedy.edit;
    let (span, caption, added) = if span.is_empty() {
        // An insertion is shown at the last character before it, and starts with a comma.
        let before = Span::new(span.start.saturating_sub(1), span.end);
        let added = replacement.trim_start_matches([',', ' ', '\n']);
        (before, "insert a comma and this after it", added)
    } else {
        (*span, "replace this", replacement.as_str())
    };
    let snippet = Snippet::new(source, change_text(remedy.change)).advice();
    let mut text = painter.paint(&snippet.label(span, Some(caption)));
    // The change stands apart from the drawing, so that it can be copied whole.
    text.push('\n');
    text += &indented(added);
    if remedy.passes_by_condition {
        text += "\n  this holds without the condition of the statement above: add it, or mend the call\n";
    }
    for resource in &remedy.partly_known {
        let resource = printable(resource);
        text += &format!(
            "\n  the event does not tell what `*` stands for in `{resource}`: narrow it first\n"
        );
    }
    text + "\n"
}

/// JSON text, safe to print, with its least indented line at four blanks.
fn indented(json: &str) -> String {
    let safe = escape::json(json.to_owned());
    // The first line lost its own indentation when it was cut out.
    let blanks = |line: &str| line.len() - line.trim_start().len();
    let least = safe.lines().skip(1).map(blanks).min().unwrap_or(0);
    let line = |line: &str| {
        format!(
            "    {}\n",
            line.get(least.min(blanks(line))..).unwrap_or(line)
        )
    };
    safe.lines().map(line).collect()
}

fn concise(event: &ExplainedEvent<'_>) -> String {
    let located = &event.located;
    let verdict = match event.verdict {
        Some(verdict) => verdict.name(),
        None if event.lacks_policies() => "policies-unknown",
        None => located.event.class.name(),
    };
    let names = |names: Vec<&str>| {
        if names.is_empty() {
            "-".to_owned()
        } else {
            names.join(",")
        }
    };
    let actions = names(
        located
            .event
            .actions()
            .iter()
            .map(|action| action.as_str())
            .collect(),
    );
    let resources = names(
        located
            .event
            .resources()
            .into_iter()
            .map(target_text)
            .collect(),
    );
    let line = format!(
        "{}:{}: {verdict} {actions} {resources} {}{}",
        located.path,
        located.line,
        agreement_name(event.agreement),
        outcome_brief(located.event)
    );
    printable(&line).into_owned() + "\n"
}

pub(super) fn agreement_name(agreement: Agreement) -> &'static str {
    match agreement {
        Agreement::Agrees => "agrees",
        Agreement::RecordedAllowed => "recordedAllowed",
        Agreement::RecordedDenied => "recordedDenied",
        Agreement::Open => "open",
    }
}

/// What many explained events came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplainSummary {
    /// How many events were read.
    pub events: u64,
    /// How many came to each verdict; `none` where nothing was decided.
    pub decisions: BTreeMap<&'static str, u64>,
    /// How many agree with what was recorded.
    pub agreements: BTreeMap<&'static str, u64>,
    /// How many inputs or records could not be read.
    pub unreadable: u64,
}

impl ExplainSummary {
    /// Counts one more event.
    pub fn add(&mut self, verdict: Option<Verdict>, agreement: Agreement) {
        self.events += 1;
        *self
            .decisions
            .entry(verdict.map_or("none", Verdict::name))
            .or_default() += 1;
        *self
            .agreements
            .entry(agreement_name(agreement))
            .or_default() += 1;
    }

    /// A few lines for people.
    pub fn text(&self) -> String {
        let list = |counts: &BTreeMap<&'static str, u64>, words: fn(&str) -> &str| {
            let counts: Vec<_> = counts
                .iter()
                .map(|(name, number)| format!("{number} {}", words(name)))
                .collect();
            counts.join(", ")
        };
        let events = usize::try_from(self.events).unwrap_or(usize::MAX);
        let mut text = super::count(events, "event", "events");
        if self.events > 0 {
            let decisions = list(&self.decisions, decision_words);
            let agreements = list(&self.agreements, agreement_words);
            text += &format!(": {decisions}; against what was recorded: {agreements}");
        }
        text.push('\n');
        text + &unreadable_text(self.unreadable)
    }
}

/// What people call a count of decisions.
fn decision_words(name: &str) -> &str {
    match name {
        "none" => "not judged",
        "implicitDeny" => "denied",
        "explicitDeny" => "denied explicitly",
        "depends" => "undecided",
        other => other,
    }
}

/// What people call a count of agreements.
fn agreement_words(name: &str) -> &str {
    match name {
        "agrees" => "agree",
        "recordedAllowed" => "were carried out all the same",
        "recordedDenied" => "were denied all the same",
        _ => "not comparable",
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonExplained<'a> {
    #[serde(flatten)]
    event: JsonEvent<'a>,
    decision: Option<Verdict>,
    holder: Option<Holder>,
    agreement: Agreement,
    error_code: Option<&'a str>,
    error_message: Option<&'a str>,
    decisions: Vec<JsonRequest<'a>>,
    remedy: Option<JsonRemedy<'a>>,
    policy_note: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonRemedy<'a> {
    change: &'static str,
    path: &'a str,
    span: Range,
    replacement: &'a str,
    partly_known: &'a [String],
    passes_by_condition: bool,
}

fn json_explained<'a>(event: &'a ExplainedEvent<'a>) -> JsonExplained<'a> {
    JsonExplained {
        event: json_event(&event.located),
        decision: event.verdict,
        holder: event.holder,
        agreement: event.agreement,
        error_code: event.recorded_error.map(|(code, _)| code),
        error_message: event.recorded_error.and_then(|(_, message)| message),
        decisions: event.requests.iter().map(json_request).collect(),
        remedy: event.remedy.as_ref().map(|(remedy, source)| JsonRemedy {
            change: match remedy.change {
                Change::Resource => "addResource",
                Change::Action => "addAction",
                Change::Statement => "addStatement",
            },
            path: source.name(),
            span: source.range(remedy.edit.span),
            replacement: &remedy.edit.replacement,
            partly_known: &remedy.partly_known,
            passes_by_condition: remedy.passes_by_condition,
        }),
        policy_note: event.policy_note,
    }
}
