//! The statement that made a verdict, with file and line, underlined at the element that matched or
//! failed to.

use super::Snippet;
use crate::{
    cases::CaseSetting,
    eval::{
        Applies, Fact, Layer, Naming, Request, StatementPart, StatementResult, StatementResults,
        Target, Unknown, Verdict, arn_in_place_of_star,
    },
    policy::{
        ActionName, ActionPattern, ConditionKey, ConditionTest, Effect, Element, Pattern, Policy,
        ResourceForm, ResourcePattern, Statement,
    },
    source::{Position, Source, Span},
    syntax::Text,
};
use serde::Serialize;
use std::collections::BTreeSet;

/// A policy and how its statements stand to a request.
#[derive(Debug, Clone, Copy)]
pub struct JudgedPolicy<'a> {
    /// Its layer.
    pub layer: Layer,
    /// Its level in the organisation, from 0.
    pub level: usize,
    /// Its file.
    pub source: &'a Source,
    /// The policy.
    pub policy: &'a Policy,
    /// How each statement stands.
    pub results: &'a StatementResults,
}

/// The policies of a setting with how their statements stand to a request, as [`crate::eval::trace`]
/// tells.
pub fn judged_policies<'a>(
    setting: &'a CaseSetting,
    trace: &'a [StatementResults],
) -> Vec<JudgedPolicy<'a>> {
    let policies = setting.policies.iter().zip(trace);
    let judged = policies.map(|(own, results)| JudgedPolicy {
        layer: own.layer,
        level: own.level,
        source: &own.source,
        policy: &own.policy,
        results,
    });
    judged.collect()
}

impl<'a> JudgedPolicy<'a> {
    /// Each statement with how it stands.
    pub fn statements(self) -> impl Iterator<Item = (&'a Statement, &'a StatementResult)> {
        let statements = self.policy.statements.iter();
        statements.map(move |statement| (statement, self.results.get(statement.index)))
    }

    /// `path:line`, where a statement starts.
    pub fn place(self, statement: &Statement) -> String {
        let start = self.source.position(statement.span.start);
        format!("{}:{}", self.source.name(), start.line)
    }
}

/// A statement of a policy and how it stands to a request.
pub(super) type Judged<'a> = (JudgedPolicy<'a>, &'a Statement, &'a StatementResult);

/// The statements that made a verdict: those that decide it, or where nothing does, those that came
/// nearest in the layers that keep the request from being allowed.
pub(super) fn deciding<'a>(
    policies: &[JudgedPolicy<'a>],
    verdict: Verdict,
    limited_by: &[Layer],
    action: &ActionName,
) -> Vec<Judged<'a>> {
    // What lets everything through but grants nothing says little of why a request is allowed.
    let grants = |layer: Layer| matches!(layer, Layer::Identity | Layer::Resource);
    let wanted = |(policy, statement, result): &Judged<'a>| match verdict {
        Verdict::Allowed => {
            grants(policy.layer)
                && statement.has_effect(Effect::Allow)
                && result.applies == Applies::Yes
        }
        Verdict::ExplicitDeny => {
            statement.has_effect(Effect::Deny) && result.applies == Applies::Yes
        }
        Verdict::ImplicitDeny => {
            limited_by.contains(&policy.layer)
                && !level_allows(policies, policy.layer, policy.level)
                && statement.has_effect(Effect::Allow)
                && matches!(
                    result.applies,
                    Applies::No(
                        StatementPart::Principal
                            | StatementPart::Resource
                            | StatementPart::Condition(_)
                    )
                )
        }
        Verdict::Depends => match &result.applies {
            Applies::Depends(_) => true,
            Applies::Yes => grants(policy.layer) && statement.has_effect(Effect::Allow),
            Applies::No(_) => false,
        },
    };
    let all = || {
        policies.iter().flat_map(|judged| {
            judged
                .statements()
                .map(move |(statement, result)| (*judged, statement, result))
        })
    };
    let found: Vec<_> = all().filter(wanted).collect();
    if !found.is_empty() || verdict != Verdict::ImplicitDeny {
        return found;
    }
    // No statement has the action: of each policy, the first about the same service comes nearest.
    let about_service = |(policy, statement, _): &Judged<'_>| {
        let entries = statement.action.iter().flat_map(|element| &element.entries);
        let mut services = entries.map(ActionPattern::service);
        limited_by.contains(&policy.layer)
            && !level_allows(policies, policy.layer, policy.level)
            && statement.has_effect(Effect::Allow)
            && services.any(|service| service.eq_ignore_ascii_case(action.service()))
    };
    let mut near: Vec<_> = all().filter(about_service).collect();
    near.dedup_by(|(later, ..), (earlier, ..)| std::ptr::eq(later.source, earlier.source));
    near
}

/// Whether a level of the organisation surely allows the request: then another one keeps it from being
/// allowed.
pub(super) fn level_allows(policies: &[JudgedPolicy<'_>], layer: Layer, level: usize) -> bool {
    let own = policies
        .iter()
        .filter(|policy| layer.has_levels() && policy.layer == layer && policy.level == level);
    let mut results = own.flat_map(|policy| policy.statements());
    results.any(|(statement, result)| {
        statement.has_effect(Effect::Allow) && result.applies == Applies::Yes
    })
}

/// A statement, underlined at what decided whether it applies.
pub fn statement_snippet<'a>(
    judged: JudgedPolicy<'a>,
    statement: &Statement,
    result: &StatementResult,
    request: &Request,
) -> Snippet<'a> {
    let action = request.action.as_str();
    let title = statement.title();
    let verb = match statement.effect.map(|effect| effect.value) {
        Some(Effect::Deny) => "denies",
        _ => "allows",
    };
    let message = match &result.applies {
        Applies::Yes => format!("{title} {verb} it"),
        Applies::No(StatementPart::Action) => format!("{title} is not about `{action}`"),
        Applies::No(StatementPart::Principal) => {
            format!("{title} has the action, but does not name the caller")
        }
        Applies::No(StatementPart::Resource) => {
            format!("{title} has the action, but not this resource")
        }
        Applies::No(StatementPart::Condition(_)) => {
            format!("{title} has the action and the resource, but its condition does not hold")
        }
        Applies::Depends(_) => {
            let unknown = result.applies.unknown();
            format!("{title} {verb} it, depending on {}", list(&unknown))
        }
    };
    let snippet = Snippet::new(judged.source, &message).advice();
    match &result.applies {
        Applies::Yes => {
            let snippet = label_action(snippet, statement, result, request);
            let named = match result.named.surely {
                Some(Naming::Account) => {
                    "names the caller's account, which leaves it to identity policies"
                }
                Some(Naming::Role) => "names the caller's role or user",
                Some(Naming::Direct) | None => "names the caller",
            };
            let snippet = label_principal(snippet, statement, result, named);
            let snippet = label_resource(snippet, statement, result, "and the resource");
            let places = 0..tests(statement).len();
            places.fold(snippet, |snippet, place| {
                label_test(snippet, statement, place, request)
            })
        }
        Applies::No(StatementPart::Action) => {
            let text = format!("`{action}` is not in here");
            label_element(snippet, statement, Part::Action, &text)
        }
        Applies::No(StatementPart::Principal) => {
            let snippet = label_mismatched_principal(snippet, statement, request);
            label_action(snippet, statement, result, request)
        }
        Applies::No(StatementPart::Resource) => {
            let snippet = label_mismatched_resource(snippet, statement, request);
            label_action(snippet, statement, result, request)
        }
        Applies::No(StatementPart::Condition(place)) => {
            label_test(snippet, statement, *place, request)
        }
        Applies::Depends(open) => {
            let mut snippet = snippet;
            for open in open {
                if let StatementPart::Condition(place) = open.part {
                    snippet = label_test(snippet, statement, place, request);
                }
                if open.part == StatementPart::Principal {
                    snippet = label_principal(snippet, statement, result, "may name the caller");
                }
            }
            let snippet = if result.resource_is_open() {
                label_resource(snippet, statement, result, "may match the resource")
            } else {
                snippet
            };
            label_action(snippet, statement, result, request)
        }
    }
}

/// `a`, `a and b`, `a, b and c`, each in backticks.
pub(super) fn list(unknown: &BTreeSet<Unknown>) -> String {
    let names: Vec<_> = unknown
        .iter()
        .map(|fact| match fact {
            Unknown::Key(key) | Unknown::Template(key) => format!("`{key}`"),
            Unknown::Resource
            | Unknown::Layer(_)
            | Unknown::Principal
            | Unknown::Session
            | Unknown::FederatingUser
            | Unknown::UniqueId
            | Unknown::CanonicalUser => fact.to_string(),
        })
        .collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// Text for people: what a resource is, as far as it is known.
pub(super) fn target(target: &Target) -> String {
    match target {
        Target::Arn(arn) => format!("`{arn}`"),
        Target::Star => "`*`".to_owned(),
        Target::Like(pattern) => format!("`{pattern}` (what `*` stands for is not known)"),
        Target::Unknown => "a resource that is not known".to_owned(),
    }
}

#[derive(Clone, Copy)]
enum Part {
    Action,
    Resource,
}

fn tests(statement: &Statement) -> &[ConditionTest] {
    statement
        .condition
        .as_ref()
        .map(|condition| condition.tests.as_slice())
        .unwrap_or_default()
}

/// The keys that a test looks at: its own, and those of variables in its values.
fn keys_of(test: &ConditionTest) -> Vec<ConditionKey> {
    let mut keys = vec![ConditionKey::new(test.key.as_str())];
    for value in &test.values {
        if let Ok(pattern) = Pattern::parse(&value.text, crate::policy::Version::V2012) {
            keys.extend(pattern.variables().map(|variable| variable.key.clone()));
        }
    }
    keys
}

/// All keys that a statement looks at.
pub(super) fn keys_of_statement(statement: &Statement) -> Vec<ConditionKey> {
    let mut keys: Vec<_> = tests(statement).iter().flat_map(keys_of).collect();
    for element in [&statement.resource, &statement.not_resource]
        .into_iter()
        .flatten()
    {
        for entry in &element.entries {
            if matches!(&entry.form, ResourceForm::Arn(arn) if arn.has_variable_before_resource()) {
                continue;
            }
            let pattern = Pattern::parse(entry.text.as_str(), crate::policy::Version::V2012);
            keys.extend(
                pattern
                    .iter()
                    .flat_map(Pattern::variables)
                    .map(|v| v.key.clone()),
            );
        }
    }
    keys
}

fn label_action<'a>(
    snippet: Snippet<'a>,
    statement: &Statement,
    result: &StatementResult,
    request: &Request,
) -> Snippet<'a> {
    let entry = result.action_entry.zip(statement.action.as_ref());
    if let Some(entry) = entry.and_then(|(entry, element)| element.entries.get(entry)) {
        return snippet.label(entry.text().span(), Some("matches the action"));
    }
    let action = request.action.as_str();
    let elements = [&statement.action, &statement.not_action];
    let mut unfilled = elements
        .into_iter()
        .flatten()
        .flat_map(|element| &element.unfilled);
    match unfilled.find(|entry| entry.may_match(action)) {
        Some(entry) => snippet.label(entry.text.span(), Some("may match the action")),
        None => label_element(
            snippet,
            statement,
            Part::Action,
            "does not leave out the action",
        ),
    }
}

/// In policies that name principals: the entry that names the caller.
fn label_principal<'a>(
    snippet: Snippet<'a>,
    statement: &Statement,
    result: &StatementResult,
    text: &str,
) -> Snippet<'a> {
    if !result.names_caller() {
        return snippet;
    }
    match (&statement.principal, &statement.not_principal) {
        (Some(element), _) => {
            let entry = result
                .named
                .entry
                .and_then(|entry| element.entries.get(entry));
            let span = entry.map_or(element.key_span, |entry| entry.text.span());
            snippet.label(span, Some(text))
        }
        (None, Some(element)) => snippet.label(element.key_span, Some("does not spare the caller")),
        (None, None) => snippet,
    }
}

fn label_mismatched_principal<'a>(
    snippet: Snippet<'a>,
    statement: &Statement,
    request: &Request,
) -> Snippet<'a> {
    match (&statement.principal, &statement.not_principal) {
        (Some(element), _) => {
            let span = match element.entries.as_slice() {
                [only] => only.text.span(),
                _ => element.key_span,
            };
            let text = format!("is not `{}`", request.principal);
            snippet.label(span, Some(&text))
        }
        (None, Some(element)) => snippet.label(element.key_span, Some("spares the caller")),
        (None, None) => snippet.label(first(statement.span), Some("names no principal")),
    }
}

fn label_resource<'a>(
    snippet: Snippet<'a>,
    statement: &Statement,
    result: &StatementResult,
    text: &str,
) -> Snippet<'a> {
    let entry = result.resource_entry.zip(statement.resource.as_ref());
    match entry.and_then(|(entry, element)| element.entries.get(entry)) {
        Some(entry) => snippet.label(entry.text.span(), Some(text)),
        None => label_element(
            snippet,
            statement,
            Part::Resource,
            "does not leave out the resource",
        ),
    }
}

fn label_mismatched_resource<'a>(
    snippet: Snippet<'a>,
    statement: &Statement,
    request: &Request,
) -> Snippet<'a> {
    let is_never_matched = |entry: &ResourcePattern| matches!(&entry.form, ResourceForm::Arn(arn) if arn.has_variable_before_resource());
    if let Some(Element { entries, .. }) = &statement.resource
        && let [only] = entries.as_slice()
        && is_never_matched(only)
    {
        let text = "AWS replaces no variable before the resource, so this matches nothing";
        return snippet.label(only.text.span(), Some(text));
    }
    let asked = if request.resource == Target::Star {
        let also = arn_in_place_of_star(&request.action)
            .map_or(String::new(), |arn| format!(" or `{arn}`"));
        format!(
            "`{}` takes no resource, so only `*`{also} matches",
            request.action
        )
    } else {
        format!("does not match {}", target(&request.resource))
    };
    match (&statement.resource, &statement.not_resource) {
        (Some(Element { entries, .. }), _) if entries.len() == 1 => {
            let span = entries
                .first()
                .map_or(statement.span, |entry| entry.text.span());
            snippet.label(span, Some(&asked))
        }
        (Some(element), _) => {
            let text = format!("none of these {}: {asked}", element.entries.len());
            snippet.label(element.key_span, Some(&text))
        }
        (None, Some(element)) => snippet.label(element.key_span, Some("leaves out this resource")),
        (None, None) => snippet.label(first(statement.span), Some("has no resource")),
    }
}

fn label_element<'a>(
    snippet: Snippet<'a>,
    statement: &Statement,
    part: Part,
    text: &str,
) -> Snippet<'a> {
    let key = match part {
        Part::Action => {
            let element = statement.action.as_ref().or(statement.not_action.as_ref());
            element.map(|element| element.key_span)
        }
        Part::Resource => {
            let element = statement
                .resource
                .as_ref()
                .or(statement.not_resource.as_ref());
            element.map(|element| element.key_span)
        }
    };
    snippet.label(key.unwrap_or(first(statement.span)), Some(text))
}

fn label_test<'a>(
    snippet: Snippet<'a>,
    statement: &Statement,
    place: usize,
    request: &Request,
) -> Snippet<'a> {
    let Some(test) = tests(statement).get(place) else {
        let unknown = statement.condition.iter();
        return match unknown.flat_map(|c| &c.unknown_operators).next() {
            Some(operator) => snippet.label(operator.span(), Some("AWS has no such operator")),
            None => snippet,
        };
    };
    let known = fact(test.key.as_str(), request);
    // A list over several lines would be drawn as one tall bracket.
    let span = match test.values.as_slice() {
        [value] => value.span,
        _ => test.key.span(),
    };
    snippet.label(span, Some(&known))
}

/// What a request says of a key, in a few words.
fn fact(key: &str, request: &Request) -> String {
    match &*request.context.fact(&ConditionKey::new(key)) {
        Fact::Values(values) => {
            let values: Vec<_> = values.iter().map(|value| format!("`{value}`")).collect();
            match values.as_slice() {
                [] => format!("`{key}` has no value in the request"),
                _ => format!("`{key}` is {} in the request", values.join(", ")),
            }
        }
        Fact::Absent => format!("the request has no `{key}`"),
        Fact::Like(patterns) if patterns.as_slice() != ["*"] => {
            format!(
                "`{key}` is known in part: like `{}`",
                patterns.join("` or `")
            )
        }
        Fact::Unknown | Fact::Like(_) => format!("`{key}` is not known"),
    }
}

fn first(span: Span) -> Span {
    Span::new(span.start, span.end.min(span.start + 1))
}

/// A statement in JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct JsonStatement<'a> {
    layer: Layer,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<usize>,
    path: &'a str,
    index: usize,
    sid: Option<&'a str>,
    effect: Option<&'static str>,
    start: Position,
    applies: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    element: Option<String>,
    /// What the element has, and what the request has against it.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<Vec<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<Vec<String>>,
    /// How a policy of a resource names the caller.
    #[serde(skip_serializing_if = "Option::is_none")]
    names_caller: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown: Vec<String>,
}

/// All statements of all policies, in JSON.
pub(super) fn json_statements<'a>(
    policies: &[JudgedPolicy<'a>],
    request: &Request,
) -> Vec<JsonStatement<'a>> {
    let statements = policies.iter().flat_map(|judged| {
        judged
            .statements()
            .map(move |(statement, result)| json_statement(*judged, statement, result, request))
    });
    statements.collect()
}

fn json_statement<'a>(
    judged: JudgedPolicy<'a>,
    statement: &'a Statement,
    result: &StatementResult,
    request: &Request,
) -> JsonStatement<'a> {
    let mismatch = match &result.applies {
        Applies::No(part) => Some(*part),
        Applies::Yes | Applies::Depends(_) => None,
    };
    let (applies, element, unknown) = match &result.applies {
        Applies::Yes => ("yes", None, Vec::new()),
        Applies::No(part) => ("no", Some(element_name(statement, *part)), Vec::new()),
        Applies::Depends(_) => {
            let unknown = result.applies.unknown();
            let unknown = unknown.iter().map(ToString::to_string).collect();
            ("depends", None, unknown)
        }
    };
    JsonStatement {
        layer: judged.layer,
        level: judged.layer.has_levels().then_some(judged.level),
        path: judged.source.name(),
        index: statement.index,
        sid: statement.sid.as_ref().map(Text::as_str),
        effect: statement.effect.map(|effect| effect.value.name()),
        start: judged.source.position(statement.span.start),
        applies,
        element,
        expected: mismatch.map(|part| expected(statement, part)),
        found: mismatch.map(|part| found(statement, part, request)),
        names_caller: result.named.surely.map(|naming| match naming {
            Naming::Direct => "itself",
            Naming::Role => "role",
            Naming::Account => "account",
        }),
        unknown,
    }
}

/// The entries of the element that keeps a statement from applying.
fn expected(statement: &Statement, part: StatementPart) -> Vec<&str> {
    match part {
        StatementPart::Action => {
            let elements = [&statement.action, &statement.not_action];
            let entries = elements.into_iter().flatten().flat_map(|e| &e.entries);
            entries.map(ActionPattern::as_str).collect()
        }
        StatementPart::Principal => {
            let elements = [&statement.principal, &statement.not_principal];
            let entries = elements.into_iter().flatten().flat_map(|e| &e.entries);
            entries.map(|entry| entry.text.as_str()).collect()
        }
        StatementPart::Resource => {
            let elements = [&statement.resource, &statement.not_resource];
            let entries = elements.into_iter().flatten().flat_map(|e| &e.entries);
            entries.map(|entry| entry.text.as_str()).collect()
        }
        StatementPart::Condition(place) => {
            let values = tests(statement).get(place).into_iter();
            let values = values.flat_map(|test| &test.values);
            values.map(|value| value.text.as_str()).collect()
        }
    }
}

/// What the request has against it; nothing for a key that it lacks.
fn found(statement: &Statement, part: StatementPart, request: &Request) -> Vec<String> {
    match part {
        StatementPart::Action => vec![request.action.as_str().to_owned()],
        StatementPart::Principal => vec![request.principal.to_string()],
        StatementPart::Resource => match &request.resource {
            Target::Arn(text) | Target::Like(text) => vec![text.clone()],
            Target::Star => vec!["*".to_owned()],
            Target::Unknown => Vec::new(),
        },
        StatementPart::Condition(place) => {
            let Some(test) = tests(statement).get(place) else {
                return Vec::new();
            };
            match &*request.context.fact(&ConditionKey::new(test.key.as_str())) {
                Fact::Values(values) => values.clone(),
                Fact::Absent | Fact::Like(_) | Fact::Unknown => Vec::new(),
            }
        }
    }
}

/// The element that keeps a statement from applying: `Action`, `NotResource`,
/// `Condition.StringEquals.aws:SourceIp`, ...
fn element_name(statement: &Statement, part: StatementPart) -> String {
    let named = |plain, present: bool| {
        if present {
            plain
        } else {
            format!("Not{plain}")
        }
    };
    match part {
        StatementPart::Action => named("Action".to_owned(), statement.action.is_some()),
        StatementPart::Principal => {
            named("Principal".to_owned(), statement.not_principal.is_none())
        }
        StatementPart::Resource => named("Resource".to_owned(), statement.not_resource.is_none()),
        StatementPart::Condition(place) => match tests(statement).get(place) {
            Some(test) => {
                format!(
                    "Condition.{}.{}",
                    test.operator_text.as_str(),
                    test.key.as_str()
                )
            }
            None => "Condition".to_owned(),
        },
    }
}
