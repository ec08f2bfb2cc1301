//! Reports of `iamsim simulate`, and the part of every report that shows a decision.

use super::{
    Format, JudgedPolicy, Painter, json, statement_snippet,
    trace::{JsonStatement, deciding, json_statements, keys_of_statement, list, target},
};
use crate::{
    eval::{
        Applies, Decision, Fact, Layer, Mismatch, Origin, Principal, Request, Target, Unknown,
        Verdict,
    },
    policy::{ConditionKey, Effect},
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
    /// The policies, in the order of the decision.
    pub policies: &'a [JudgedPolicy<'a>],
}

/// Renders a decision.
pub fn render(
    format: Format,
    judged: &JudgedRequest<'_>,
    notes: &[String],
    painter: &Painter,
) -> String {
    match format {
        Format::Full => {
            let mut text = format!("{}\n\n", headline(judged));
            text += &statements(judged, painter);
            if !text.ends_with("\n\n") {
                text.push('\n');
            }
            text += &assumptions(judged);
            text += &layers(judged.policies);
            for note in notes {
                text += &format!("note: {}\n", printable(note));
            }
            text
        }
        Format::Concise => {
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
        Format::Json => json::document(&document(judged, notes)),
        Format::Jsonl => json::line(&document(judged, notes)),
    }
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
        Verdict::Allowed => format!("allowed: {asked}"),
        Verdict::ExplicitDeny => format!("denied explicitly: {asked}"),
        Verdict::ImplicitDeny => format!("denied, as nothing allows it: {asked}"),
        Verdict::Depends => {
            let possible: Vec<_> = judged
                .decision
                .possible
                .iter()
                .map(|verdict| words(*verdict))
                .collect();
            format!(
                "depends on {}: {asked}; may be {}",
                list(&judged.decision.unknown),
                possible.join(" or ")
            )
        }
    };
    printable(&text).into_owned()
}

pub(super) fn words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "allowed",
        Verdict::ExplicitDeny => "denied explicitly",
        Verdict::ImplicitDeny => "denied",
        Verdict::Depends => "either",
    }
}

/// Of a verdict that depends: what comes of it, by which statements apply.
fn outcomes(judged: &JudgedRequest<'_>) -> String {
    let named = |effect, wanted: fn(&Applies) -> bool| -> Vec<String> {
        let all = judged.policies.iter().flat_map(|policy| {
            let statements = policy.statements();
            statements.map(move |(statement, result)| (policy, statement, result))
        });
        all.filter(|(_, statement, result)| statement.has_effect(effect) && wanted(&result.applies))
            .map(|(policy, statement, _)| {
                if judged.policies.len() > 1 {
                    format!("{} of {}", statement.title(), policy.source.name())
                } else {
                    statement.title()
                }
            })
            .collect()
    };
    let open = |applies: &Applies| matches!(applies, Applies::Depends(_));
    let (denies, allows) = (named(Effect::Deny, open), named(Effect::Allow, open));
    // The root user needs no statement.
    let is_allowed = matches!(judged.request.principal, Principal::Root { .. })
        || !named(Effect::Allow, |applies| *applies == Applies::Yes).is_empty();
    // Where policies that nobody gave have a say, the statements alone do not tell.
    let is_layer = |fact: &Unknown| matches!(fact, Unknown::Layer(_));
    let hangs_on_others = judged.decision.unknown.iter().any(is_layer);
    if hangs_on_others || denies.is_empty() && allows.is_empty() {
        return String::new();
    }
    let mut lines = Vec::new();
    if !denies.is_empty() {
        lines.push(format!(
            "denied explicitly if {} applies",
            denies.join(" or ")
        ));
    }
    if is_allowed {
        lines.push("allowed".to_owned());
    } else {
        if !allows.is_empty() {
            lines.push(format!("allowed if {} applies", allows.join(" or ")));
        }
        lines.push("denied".to_owned());
    }
    let mut text = String::new();
    for (place, line) in lines.iter().enumerate() {
        let otherwise = if place > 0 { "else " } else { "" };
        text += &format!("  {otherwise}{}\n", printable(line));
    }
    text + "\n"
}

/// The statements that made the verdict.
pub(super) fn statements(judged: &JudgedRequest<'_>, painter: &Painter) -> String {
    let deciding = deciding(
        judged.policies,
        judged.decision.verdict,
        &judged.request.action,
    );
    let mut text = match judged.decision.verdict {
        Verdict::Depends => outcomes(judged),
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
    let text = format!(
        "  no `Allow` statement in {} has the action `{}`",
        super::count(judged.policies.len(), "policy", "policies"),
        judged.request.action
    );
    printable(text.trim_end()).into_owned() + "\n"
}

/// What was taken for granted: keys that the statements look at and nobody gave.
pub(super) fn assumptions(judged: &JudgedRequest<'_>) -> String {
    let context = &judged.request.context;
    let looked_at: BTreeSet<ConditionKey> = judged
        .policies
        .iter()
        .flat_map(|policy| policy.statements())
        .filter(|(_, result)| result.applies != Applies::No(Mismatch::Action))
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
pub(super) fn layers(policies: &[JudgedPolicy<'_>]) -> String {
    let statements = policies.iter().map(|policy| policy.results.len()).sum();
    let not: Vec<_> = Layer::NOT_CONSIDERED
        .iter()
        .map(|layer| layer.title())
        .collect();
    format!(
        "considered: identity policies ({} with {})\nnot considered: {}\n",
        super::count(policies.len(), "policy", "policies"),
        super::count(statements, "statement", "statements"),
        not.join(", ")
    )
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
    #[serde(flatten)]
    request: JsonRequest<'a>,
    notes: &'a [String],
}

fn document<'a>(judged: &JudgedRequest<'a>, notes: &'a [String]) -> Document<'a> {
    Document {
        version: json::VERSION,
        request: json_request(judged),
        notes,
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
    not_considered: &'static [Layer],
    principal: String,
    action: &'a str,
    resource: JsonTarget<'a>,
    context: BTreeMap<Cow<'a, str>, JsonFact<'a>>,
    statements: Vec<JsonStatement<'a>>,
}

pub(super) fn json_request<'a>(judged: &JudgedRequest<'a>) -> JsonRequest<'a> {
    JsonRequest {
        decision: judged.decision.verdict,
        possible: judged.decision.possible.iter().copied().collect(),
        unknown: judged
            .decision
            .unknown
            .iter()
            .map(ToString::to_string)
            .collect(),
        limited_by: &judged.decision.limited_by,
        not_considered: &Layer::NOT_CONSIDERED,
        principal: judged.request.principal.to_string(),
        action: judged.request.action.as_str(),
        resource: json_target(&judged.request.resource),
        context: json_context(judged.request),
        statements: json_statements(judged.policies),
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
        Fact::Unknown => (None, "unknown"),
    };
    JsonFact {
        values,
        state,
        origin,
    }
}
