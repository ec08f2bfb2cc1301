//! Reports of `iamsim simulate`, and the part of every report that shows a decision.

use super::{
    Format, JudgedPolicy, Painter, json,
    residual::{JsonResidual, json_residual},
    statement_snippet,
    trace::{
        JsonStatement, deciding, json_statements, keys_of_statement, level_allows, list, target,
    },
};
use crate::{
    eval::{
        Applies, CallDecision, Decision, Exemption, Fact, Layer, Origin, Request, Setting,
        StatementPart, Supply, Target, Verdict,
    },
    policy::ConditionKey,
    source::escape::printable,
};
use serde::Serialize;
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

/// The most statements that a report for people draws.
const MOST_STATEMENTS: usize = 5;

/// A request, its decision, and the policies that made it.
#[derive(Debug)]
pub struct JudgedRequest<'a> {
    /// The request.
    pub request: &'a Request,
    /// What came of it.
    pub decision: &'a Decision,
    /// The setting that it was judged in.
    pub setting: &'a Setting,
    /// The policies, in the order of the decision.
    pub policies: &'a [JudgedPolicy<'a>],
}

/// A call and what came of it.
#[derive(Debug)]
pub struct SimulatedCall<'a> {
    /// What comes of the call: it is allowed where each of its requests is.
    pub decision: &'a CallDecision,
    /// Its requests.
    pub requests: &'a [JudgedRequest<'a>],
    /// What should be known of them.
    pub notes: &'a [String],
    /// Whether to show every statement.
    pub trace: bool,
}

/// Renders a call.
pub fn render(format: Format, call: &SimulatedCall<'_>, painter: &Painter) -> String {
    match format {
        Format::Full => full(call, painter),
        Format::Concise => call.requests.iter().map(concise).collect(),
        Format::Json => json::document(&document(call)),
        Format::Jsonl => json::line(&document(call)),
    }
}

fn full(call: &SimulatedCall<'_>, painter: &Painter) -> String {
    let mut text = String::new();
    if call.requests.len() > 1 {
        let number = super::count(call.requests.len(), "request", "requests");
        text += &format!("{}: a call of {number}\n\n", whole_words(call));
    }
    for judged in call.requests {
        text += &format!("{}\n\n", headline(judged));
        text += &statements(judged, painter);
        if !text.ends_with("\n\n") {
            text.push('\n');
        }
        if call.trace {
            text += &trace(judged, painter);
        }
        text += &assumptions(judged);
        text += &layers(judged.setting, Some(judged.decision), judged.policies);
        if call.requests.len() > 1 {
            text.push('\n');
        }
    }
    for note in call.notes {
        text += &format!("note: {}\n", printable(note));
    }
    text
}

fn whole_words(call: &SimulatedCall<'_>) -> String {
    if call.decision.verdict != Verdict::Depends {
        return words(call.decision.verdict).to_owned();
    }
    let possible: Vec<_> = call
        .decision
        .possible
        .iter()
        .map(|verdict| words(*verdict))
        .collect();
    format!("depends: {}", super::alternatives(&possible))
}

fn concise(judged: &JudgedRequest<'_>) -> String {
    let Request {
        action,
        resource,
        principal,
        ..
    } = judged.request;
    let line = format!(
        "{} {action} {} {principal}",
        judged.decision.verdict.name(),
        target_text(resource)
    );
    printable(&line).into_owned() + "\n"
}

/// Every statement of every policy, and why it applies or does not.
fn trace(judged: &JudgedRequest<'_>, painter: &Painter) -> String {
    let mut text = String::new();
    for policy in judged.policies {
        let layer = policy.layer;
        let level = if layer.has_levels() {
            format!(", level {}", policy.level + 1)
        } else {
            String::new()
        };
        let heading = format!("trace: {}{level}: {}", layer.title(), policy.source.name());
        text += &format!("{}\n", printable(&heading));
        for (statement, result) in policy.statements() {
            text += &painter.paint(&statement_snippet(
                *policy,
                statement,
                result,
                judged.request,
            ));
        }
        text.push('\n');
    }
    text
}

/// The verdict in a sentence.
pub(super) fn headline(judged: &JudgedRequest<'_>) -> String {
    let Request {
        action,
        resource,
        principal,
        ..
    } = judged.request;
    let asked = format!("`{action}` on {} by `{principal}`", target(resource));
    let text = match judged.decision.verdict {
        Verdict::Allowed if judged.decision.needs_no_permission => {
            format!("allowed, as the call needs no permission: {asked}")
        }
        Verdict::Allowed => format!("allowed: {asked}"),
        Verdict::ExplicitDeny => format!("denied explicitly: {asked}"),
        Verdict::ImplicitDeny => {
            format!(
                "denied, as {}: {asked}",
                not_allowed_by(&judged.decision.limited_by)
            )
        }
        Verdict::Depends => {
            let possible: Vec<_> = judged
                .decision
                .possible
                .iter()
                .map(|verdict| words(*verdict))
                .collect();
            format!(
                "depends on {}: {asked}; may be {}",
                list(&judged.decision.unknown()),
                super::alternatives(&possible)
            )
        }
    };
    printable(&text).into_owned()
}

/// Which policies do not allow a request.
fn not_allowed_by(layers: &[Layer]) -> String {
    let grants = |layer: &Layer| matches!(layer, Layer::Identity | Layer::Resource);
    let Some((first, others)) = layers.split_first().filter(|_| !layers.iter().all(grants)) else {
        return "nothing allows it".to_owned();
    };
    let mut text = format!("the {} do not allow it", first.title());
    if !others.is_empty() {
        let others: Vec<_> = others.iter().map(|layer| layer.title()).collect();
        text += &format!(", nor do the {}", others.join(" and the "));
    }
    text
}

pub(super) fn words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "allowed",
        Verdict::ExplicitDeny => "denied explicitly",
        Verdict::ImplicitDeny => "denied",
        Verdict::Depends => "either",
    }
}

/// The statements that made the verdict.
pub(super) fn statements(judged: &JudgedRequest<'_>, painter: &Painter) -> String {
    let deciding = deciding(
        judged.policies,
        judged.decision.verdict,
        &judged.decision.limited_by,
        &judged.request.action,
    );
    let mut text = match judged.decision.verdict {
        Verdict::Depends => super::residual::outcomes(judged),
        Verdict::Allowed | Verdict::ExplicitDeny | Verdict::ImplicitDeny => String::new(),
    };
    for (policy, statement, result) in deciding.iter().take(MOST_STATEMENTS) {
        text += &painter.paint(&statement_snippet(
            *policy,
            statement,
            result,
            judged.request,
        ));
        text.push('\n');
    }
    let more = deciding.len().saturating_sub(MOST_STATEMENTS);
    if more > 0 {
        text += &format!("{more} more such statements; `--format json` has all\n\n");
    }
    if deciding.is_empty() {
        text += &nothing_near(judged);
    }
    text
}

/// Where no statement decides or comes near: says so.
fn nothing_near(judged: &JudgedRequest<'_>) -> String {
    if judged.decision.verdict != Verdict::ImplicitDeny {
        return String::new();
    }
    let mut lines = Vec::new();
    for layer in &judged.decision.limited_by {
        let own = judged
            .policies
            .iter()
            .filter(|policy| policy.layer == *layer);
        let action = &judged.request.action;
        match own.count() {
            _ if layer.has_levels() => lines.extend(levels_that_do_not_allow(judged, *layer)),
            0 if *layer == Layer::Identity => {
                lines.push("the caller has no identity policies".to_owned());
            }
            0 => lines.push(format!("there are no {}", layer.title())),
            number if *layer == Layer::Identity => lines.push(format!(
                "no `Allow` statement in {} has the action `{action}`",
                super::count(number, "policy", "policies"),
            )),
            _ => lines.push(format!(
                "no `Allow` statement of the {} has the action `{action}`",
                layer.title(),
            )),
        }
    }
    let mut text = String::new();
    for line in lines {
        text += &format!("  {}\n", printable(&line));
    }
    text
}

/// The levels of an organisation that keep a request from being allowed.
fn levels_that_do_not_allow(judged: &JudgedRequest<'_>, layer: Layer) -> Vec<String> {
    let levels = 0..judged.setting.levels_of(layer);
    let lines = levels.filter(|level| !level_allows(judged.policies, layer, *level));
    lines
        .map(|level| {
            let mut own = judged.policies.iter();
            let has_policies = own.any(|policy| policy.layer == layer && policy.level == level);
            let (number, title) = (level + 1, layer.title());
            if has_policies {
                let action = &judged.request.action;
                format!("no `Allow` statement of level {number} of the {title} has `{action}`")
            } else {
                format!("level {number} of the {title} has no policy, so it allows nothing")
            }
        })
        .collect()
}

/// What was taken for granted: keys that the statements look at and nobody gave.
pub(super) fn assumptions(judged: &JudgedRequest<'_>) -> String {
    let context = &judged.request.context;
    let looked_at: BTreeSet<ConditionKey> = judged
        .policies
        .iter()
        .flat_map(|policy| policy.statements())
        .filter(|(_, result)| result.applies != Applies::No(StatementPart::Action))
        .flat_map(|(statement, _)| keys_of_statement(statement))
        .collect();
    let mut text = String::new();
    for key in looked_at {
        let line = match (&*context.fact(&key), context.origin(&key)) {
            (Fact::Absent, None) => format!("taken as absent: `{key}`, which was not given"),
            (Fact::Values(values), Some(Origin::Derived)) => {
                format!("derived: `{key}` is `{}`", values.join("`, `"))
            }
            _ => continue,
        };
        text += &format!("{}\n", printable(&line));
    }
    text
}

/// Which layers had a say.
pub(super) fn layers(
    setting: &Setting,
    decision: Option<&Decision>,
    policies: &[JudgedPolicy<'_>],
) -> String {
    let considered = |layer: Layer| {
        let own = || policies.iter().filter(move |policy| policy.layer == layer);
        let statements = own().map(|policy| policy.policy.statements.len()).sum();
        let levels = if layer.has_levels() {
            let levels = setting.levels_of(layer);
            format!("{}, ", super::count(levels, "level", "levels"))
        } else {
            String::new()
        };
        match own().count() {
            0 if levels.is_empty() => format!("{} (none)", layer.title()),
            number => format!(
                "{} ({levels}{} with {})",
                layer.title(),
                super::count(number, "policy", "policies"),
                super::count(statements, "statement", "statements"),
            ),
        }
    };
    let titles = |wanted: Supply| -> Vec<Layer> {
        let all = Layer::ALL.into_iter();
        all.filter(|layer| setting.supply_of(*layer) == wanted)
            .collect()
    };
    let join = |layers: Vec<Layer>, text: &dyn Fn(Layer) -> String| {
        let texts: Vec<_> = layers.into_iter().map(text).collect();
        texts.join(", ")
    };
    let title = |layer: Layer| layer.title().to_owned();
    let given = match titles(Supply::Given) {
        layers if layers.is_empty() => "no policies".to_owned(),
        layers => join(layers, &considered),
    };
    let mut text = format!("considered: {given}\n");
    let unknown = titles(Supply::Unknown);
    if !unknown.is_empty() {
        text += &format!("not known: {}\n", join(unknown, &title));
    }
    let not = titles(Supply::NotSupplied);
    if !not.is_empty() {
        text += &format!("not considered: {}\n", join(not, &title));
    }
    for (layer, reason) in decision.iter().flat_map(|decision| &decision.exempt) {
        text += &format!("without effect: {}, as {}\n", layer.title(), reason.text());
    }
    text
}

/// A resource as one word.
pub(super) fn target_text(target: &Target) -> &str {
    match target {
        Target::Arn(text) | Target::Like(text) => text,
        Target::Star => "*",
        Target::Unknown => "?",
    }
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    decision: Verdict,
    possible: &'a BTreeSet<Verdict>,
    requests: Vec<JsonRequest<'a>>,
    notes: &'a [String],
}

fn document<'a>(call: &'a SimulatedCall<'a>) -> Document<'a> {
    Document {
        version: json::VERSION,
        decision: call.decision.verdict,
        possible: &call.decision.possible,
        requests: call.requests.iter().map(json_request).collect(),
        notes: call.notes,
    }
}

/// A request and its decision in JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct JsonRequest<'a> {
    decision: Verdict,
    possible: Vec<Verdict>,
    unknown: Vec<String>,
    limited_by: &'a [Layer],
    not_considered: Vec<Layer>,
    not_known: Vec<Layer>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    without_effect: Vec<JsonExemption>,
    #[serde(skip_serializing_if = "Option::is_none")]
    residual: Option<JsonResidual>,
    principal: String,
    action: &'a str,
    resource: JsonTarget<'a>,
    context: BTreeMap<Cow<'a, str>, JsonFact<'a>>,
    statements: Vec<JsonStatement<'a>>,
}

/// A layer without effect on a request.
#[derive(Serialize)]
struct JsonExemption {
    layer: Layer,
    reason: Exemption,
}

pub(super) fn json_request<'a>(judged: &JudgedRequest<'a>) -> JsonRequest<'a> {
    JsonRequest {
        decision: judged.decision.verdict,
        possible: judged.decision.possible.iter().copied().collect(),
        unknown: judged
            .decision
            .unknown()
            .iter()
            .map(ToString::to_string)
            .collect(),
        limited_by: &judged.decision.limited_by,
        not_considered: judged.setting.not_supplied().collect(),
        not_known: Layer::ALL
            .into_iter()
            .filter(|layer| judged.setting.supply_of(*layer) == Supply::Unknown)
            .collect(),
        without_effect: judged
            .decision
            .exempt
            .iter()
            .map(|(layer, reason)| JsonExemption {
                layer: *layer,
                reason: *reason,
            })
            .collect(),
        residual: json_residual(judged),
        principal: judged.request.principal.to_string(),
        action: judged.request.action.as_str(),
        resource: json_target(&judged.request.resource),
        context: json_context(judged.request),
        statements: json_statements(judged.policies, judged.request),
    }
}

/// A resource in JSON.
#[derive(Serialize)]
pub(super) struct JsonTarget<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    arn: Option<&'a str>,
    known: &'static str,
}

pub(super) fn json_target(target: &Target) -> JsonTarget<'_> {
    let (arn, known) = match target {
        Target::Arn(arn) => (Some(arn.as_str()), "exactly"),
        Target::Star => (Some("*"), "exactly"),
        Target::Like(pattern) => (Some(pattern.as_str()), "partly"),
        Target::Unknown => (None, "no"),
    };
    JsonTarget { arn, known }
}

/// A condition key in JSON.
#[derive(Serialize)]
pub(super) struct JsonFact<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<&'a [String]>,
    state: &'static str,
    origin: &'static str,
}

pub(super) fn json_context(request: &Request) -> BTreeMap<Cow<'_, str>, JsonFact<'_>> {
    let facts = request.context.iter().map(|(key, fact, origin)| {
        let origin = match origin {
            Origin::Given => "given",
            Origin::Recorded => "recorded",
            Origin::Derived => "derived",
        };
        (key.as_str().into(), json_fact(fact, origin))
    });
    // Only events set whole families: all tags that a call did not send.
    let families = request
        .context
        .families()
        .map(|(start, fact)| (format!("{start}*").into(), json_fact(fact, "recorded")));
    facts.chain(families).collect()
}

fn json_fact<'a>(fact: &'a Fact, origin: &'static str) -> JsonFact<'a> {
    let (values, state) = match fact {
        Fact::Values(values) => (Some(values.as_slice()), "known"),
        Fact::Absent => (None, "absent"),
        Fact::Like(patterns) if patterns.as_slice() == ["*"] => (None, "present"),
        Fact::Like(patterns) => (Some(patterns.as_slice()), "like"),
        Fact::Unknown => (None, "unknown"),
    };
    JsonFact {
        values,
        state,
        origin,
    }
}
