//! The smallest change to a policy that allows a request which nothing allows yet.
//!
//! A change is only proposed after the changed text was read and judged again, and allowed the
//! request: what is proposed works.

use super::{
    Applies, CompiledPolicy, Layer, Request, Setting, StatementPart, StatementResults, Target,
    Truth, Verdict, decide, examine, trace,
};
use crate::{
    policy::{Arn, Effect, Element, Policy, Statement, Version, lower},
    source::{Edit, Source, Span},
    syntax::parse,
};
use serde::Serialize;
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A policy and the text that it was read from.
#[derive(Debug, Clone, Copy)]
pub struct PolicyText<'a> {
    /// The text.
    pub source: &'a Source,
    /// The policy in it.
    pub policy: &'a Policy,
}

/// A change that allows a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remedy {
    /// The place of the policy among those given.
    pub policy: usize,
    /// The statement that is changed; `None` where one is added.
    pub statement: Option<usize>,
    /// What is done.
    pub change: Change,
    /// The edit that does it.
    pub edit: Edit,
    /// Resources in it of which only a part is known: `*` and `?` stand for the rest, and allow
    /// more than was asked for.
    pub partly_known: Vec<String>,
    /// Whether a statement has the action and the resource already and only its condition does not
    /// hold, so that the change passes it by.
    pub passes_by_condition: bool,
}

/// What a change adds, smallest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// A resource more for a statement that has the action.
    Resource,
    /// An action more for a statement that has the resource.
    Action,
    /// Statements of their own.
    Statement,
}

/// Finds the smallest change that allows all of some requests and nothing beside them; `None` where
/// nothing is denied for lack of an allow, where a resource is not known well enough to name it, or
/// where no change of these kinds is enough.
///
/// One request may need no more than an entry in a statement that is there. Several get statements
/// of their own, one for the actions of the same resources.
///
/// The policies are those of the caller; each request comes with the setting that it is judged in, where
/// they take the place of the identity policies. So nothing is found where another layer keeps a request
/// from being allowed.
pub fn remedy(policies: &[PolicyText<'_>], judged: &[(&Setting, &Request)]) -> Option<Remedy> {
    let requests: Vec<_> = judged.iter().map(|(_, request)| *request).collect();
    let compiled = policies.iter().map(|text| CompiledPolicy::new(text.policy));
    let setting = Setting::of_identity(compiled);
    let denied: Vec<_> = requests
        .iter()
        .copied()
        .filter(|request| decide(&setting, request).verdict == Verdict::ImplicitDeny)
        .collect();
    let candidates = match denied.as_slice() {
        [] => return None,
        [request] => {
            let mut candidates = entries(policies, &setting, request);
            candidates.extend(new_statements(policies, &denied));
            candidates
        }
        _ => new_statements(policies, &denied),
    };
    let partly_known: BTreeSet<_> = denied
        .iter()
        .filter_map(|request| match &request.resource {
            Target::Like(text) => Some(text.clone()),
            Target::Arn(_) | Target::Star | Target::Unknown => None,
        })
        .collect();
    let mut found = candidates
        .into_iter()
        .find(|remedy| works(remedy, policies, judged))?;
    found.partly_known = partly_known.into_iter().collect();
    let traces: Vec<_> = denied
        .iter()
        .flat_map(|request| trace(&setting, request))
        .collect();
    let mut results = traces.iter().flat_map(StatementResults::iter);
    found.passes_by_condition = results.any(|result| {
        result.effect == Some(Effect::Allow)
            && matches!(result.applies, Applies::No(StatementPart::Condition(_)))
    });
    Some(found)
}

/// Entries more for statements that are there, the smallest change first.
fn entries(policies: &[PolicyText<'_>], setting: &Setting, request: &Request) -> Vec<Remedy> {
    if request.resource == Target::Star {
        // `*` beside ARNs would allow everything else that the statement has on everything.
        return Vec::new();
    }
    let trace = trace(setting, request);
    let mut candidates = Vec::new();
    for (place, text) in policies.iter().enumerate() {
        let Some(resource) = resource_text(&request.resource, text.policy.version) else {
            continue;
        };
        for statement in text
            .policy
            .statements
            .iter()
            .filter(|s| s.has_effect(Effect::Allow))
        {
            let Some(says) = examine(setting, place, statement.index, request) else {
                continue;
            };
            if !says.tests.iter().all(Truth::is_true) {
                continue;
            }
            let applies = trace
                .get(place)
                .map(|results| &results.get(statement.index).applies);
            let candidate = match applies {
                Some(Applies::No(StatementPart::Resource)) if has_only(statement, request) => {
                    statement.resource.as_ref().map(|element| {
                        (
                            Change::Resource,
                            add(text.source, element, &resource, resource_span),
                        )
                    })
                }
                Some(Applies::No(StatementPart::Action))
                    if says.resource.is_true() && is_about_only(statement, &resource) =>
                {
                    let action = request.action.as_str();
                    statement.action.as_ref().map(|element| {
                        (
                            Change::Action,
                            add(text.source, element, action, action_span),
                        )
                    })
                }
                _ => None,
            };
            candidates.extend(candidate.map(|(change, edit)| Remedy {
                policy: place,
                statement: Some(statement.index),
                change,
                edit,
                partly_known: Vec::new(),
                passes_by_condition: false,
            }));
        }
    }
    candidates.sort_by_key(|remedy| (remedy.change, !same_service(remedy, policies, request)));
    candidates
}

/// The resource as an entry of a policy. Characters of the ARN that would be read as wildcards or
/// variables are escaped; the `*` of EC2's `instance/*` stays, as that is what policies say for a
/// resource that has no id yet. In the older policy language nothing can be escaped.
pub(crate) fn resource_text(target: &Target, version: Version) -> Option<String> {
    match target {
        Target::Arn(text) => {
            let is_special = |text: &str| text.contains(['*', '?', '$']);
            let is_new_in_ec2 = Arn::parse(text).is_ok_and(|arn| {
                let kind = arn.resource.strip_suffix("/*");
                arn.service == "ec2" && kind.is_some_and(|kind| !is_special(kind))
            });
            if is_new_in_ec2 || !is_special(text) {
                Some(text.clone())
            } else if version.has_variables() {
                Some(text.chars().map(escaped).collect())
            } else {
                None
            }
        }
        Target::Like(text) => Some(text.clone()),
        Target::Star => Some("*".to_owned()),
        Target::Unknown => None,
    }
}

fn escaped(character: char) -> Cow<'static, str> {
    match character {
        '*' => "${*}".into(),
        '?' => "${?}".into(),
        '$' => "${$}".into(),
        other => other.to_string().into(),
    }
}

/// Whether a resource more in a statement allows nothing but this action on it: further actions of
/// the statement would be allowed on it too.
fn has_only(statement: &Statement, request: &Request) -> bool {
    let element = statement.action.as_ref();
    let entries = element
        .filter(|element| element.unfilled.is_empty())
        .map(|element| element.entries.as_slice());
    matches!(entries, Some([only]) if only.as_str().eq_ignore_ascii_case(request.action.as_str()))
}

/// Whether an action more in a statement is allowed on nothing but this resource.
fn is_about_only(statement: &Statement, resource: &str) -> bool {
    let entries = statement
        .resource
        .as_ref()
        .map(|element| element.entries.as_slice());
    matches!(entries, Some([only]) if only.text.as_str() == resource)
}

fn same_service(remedy: &Remedy, policies: &[PolicyText<'_>], request: &Request) -> bool {
    let statement = policies
        .get(remedy.policy)
        .zip(remedy.statement)
        .and_then(|(text, index)| text.policy.statements.get(index));
    let actions = statement.and_then(|statement| statement.action.as_ref());
    actions.is_some_and(|element| {
        let service = request.action.service();
        element
            .entries
            .iter()
            .any(|entry| entry.service().eq_ignore_ascii_case(service))
    })
}

fn action_span(entry: &crate::policy::ActionPattern) -> Span {
    entry.text().quoted_span()
}

fn resource_span(entry: &crate::policy::ResourcePattern) -> Span {
    entry.text.quoted_span()
}

/// The edit that adds an entry to an element.
fn add<T>(source: &Source, element: &Element<T>, entry: &str, span: fn(&T) -> Span) -> Edit {
    let entry = json_string(entry);
    let is_list = source.slice(element.span).starts_with('[');
    match element.entries.last() {
        Some(last) if is_list => {
            let end = span(last).end;
            // Entries on lines of their own stay so.
            let before = source.slice(Span::new(source.line_span(end).start, span(last).start));
            let separator = if before.trim().is_empty() && !before.is_empty() {
                format!(",\n{before}")
            } else {
                ", ".to_owned()
            };
            Edit {
                span: Span::new(end, end),
                replacement: format!("{separator}{entry}"),
            }
        }
        _ => {
            let old = source.slice(element.span);
            let replacement = if is_list {
                format!("[{entry}]")
            } else {
                format!("[{old}, {entry}]")
            };
            Edit {
                span: element.span,
                replacement,
            }
        }
    }
}

/// The actions that are asked for on the same resources.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NewStatement {
    effect: &'static str,
    action: OneOrMore,
    resource: OneOrMore,
}

#[derive(Serialize, PartialEq, Eq)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl From<Vec<String>> for OneOrMore {
    fn from(mut texts: Vec<String>) -> Self {
        match texts.pop() {
            Some(only) if texts.is_empty() => Self::One(only),
            last => {
                texts.extend(last);
                Self::More(texts)
            }
        }
    }
}

fn statements(requests: &[&Request], version: Version) -> Option<Vec<NewStatement>> {
    let mut resources_of: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for request in requests {
        let resources = resources_of.entry(request.action.as_str()).or_default();
        let resource = resource_text(&request.resource, version)?;
        if !resources.contains(&resource) {
            resources.push(resource);
        }
    }
    let mut actions_of: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    for (action, resources) in resources_of {
        actions_of
            .entry(resources)
            .or_default()
            .push(action.to_owned());
    }
    let statement = |(resources, actions): (Vec<String>, Vec<String>)| NewStatement {
        effect: "Allow",
        action: actions.into(),
        resource: resources.into(),
    };
    Some(actions_of.into_iter().map(statement).collect())
}

/// Statements of their own at the end of each policy.
fn new_statements(policies: &[PolicyText<'_>], requests: &[&Request]) -> Vec<Remedy> {
    let added = policies.iter().enumerate().filter_map(|(place, text)| {
        let statements = statements(requests, text.policy.version)?;
        let last = text.policy.statements.last()?.span;
        let before = text
            .source
            .text()
            .get(..text.policy.statements.first()?.span.start)?;
        let line = text.source.line_span(last.start);
        let indent = text.source.slice(Span::new(line.start, last.start));
        let indent = indent
            .chars()
            .take_while(|c| c.is_whitespace())
            .collect::<String>();
        let mut added = String::new();
        for json in statements
            .iter()
            .filter_map(|each| serde_json::to_string_pretty(each).ok())
        {
            added += &format!(",\n{indent}{}", json.replace('\n', &format!("\n{indent}")));
        }
        let edit = if before.trim_end().ends_with('[') {
            Edit {
                span: Span::new(last.end, last.end),
                replacement: added,
            }
        } else {
            let old = text.source.slice(last);
            Edit {
                span: last,
                replacement: format!("[{old}{added}]"),
            }
        };
        Some(Remedy {
            policy: place,
            statement: None,
            change: Change::Statement,
            edit,
            partly_known: Vec::new(),
            passes_by_condition: false,
        })
    });
    added.collect()
}

fn json_string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Whether the requests are allowed once the edit is made.
fn works(remedy: &Remedy, policies: &[PolicyText<'_>], judged: &[(&Setting, &Request)]) -> bool {
    let mut compiled: Vec<Arc<CompiledPolicy>> = Vec::with_capacity(policies.len());
    for (place, text) in policies.iter().enumerate() {
        if place != remedy.policy {
            compiled.push(Arc::new(CompiledPolicy::new(text.policy)));
            continue;
        }
        let Some(changed) = apply(text.source, &remedy.edit) else {
            return false;
        };
        let source = Source::new(text.source.name(), changed.into_bytes());
        let document = parse(&source);
        let lowered = lower(&document.root);
        match lowered.policy {
            Some(policy) if document.faults.is_empty() => {
                compiled.push(Arc::new(CompiledPolicy::new(&policy)));
            }
            _ => return false,
        }
    }
    judged.iter().all(|(setting, request)| {
        let mut changed = Setting::clone(setting);
        changed.supply(Layer::Identity, compiled.iter().map(Arc::clone));
        decide(&changed, request).verdict == Verdict::Allowed
    })
}

fn apply(source: &Source, edit: &Edit) -> Option<String> {
    let text = source.text();
    let (before, after) = (text.get(..edit.span.start)?, text.get(edit.span.end..)?);
    Some(format!("{before}{}{after}", edit.replacement))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        eval::{Context, Principal},
        policy::ActionName,
    };

    fn remedied(text: &str, action: &str, resource: Target) -> Option<(Change, String)> {
        let source = Source::new("test", text.as_bytes().to_vec());
        let policy = lower(&parse(&source).root).policy.unwrap();
        let principal = Principal::parse("arn:aws:iam::123456789012:user/ana").unwrap();
        let action = ActionName::new(action);
        let request = Request::new(principal, action, resource, Context::complete());
        let found = remedy(
            &[PolicyText {
                source: &source,
                policy: &policy,
            }],
            &[(&Setting::of_identity([]), &request)],
        )?;
        Some((found.change, apply(&source, &found.edit).unwrap()))
    }

    fn arn(text: &str) -> Target {
        Target::Arn(text.to_owned())
    }

    #[test]
    fn a_resource_is_added_where_the_action_is_there() {
        let text = r#"{"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"}]}"#;
        let (change, changed) = remedied(text, "s3:GetObject", arn("arn:aws:s3:::b/k")).unwrap();
        assert_eq!(change, Change::Resource);
        assert!(
            changed.contains(r#""Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/k"]"#),
            "{changed}"
        );
    }

    #[test]
    fn an_action_is_added_where_the_resource_is_there() {
        let text = "{\"Statement\": [{\"Effect\": \"Allow\", \"Action\": [\n  \"s3:GetObject\"\n], \"Resource\": \"arn:aws:s3:::a/k\"}]}";
        let (change, changed) = remedied(text, "s3:PutObject", arn("arn:aws:s3:::a/k")).unwrap();
        assert_eq!(change, Change::Action);
        assert!(
            changed.contains("\n  \"s3:GetObject\",\n  \"s3:PutObject\"\n]"),
            "{changed}"
        );
    }

    #[test]
    fn an_action_is_not_opened_to_other_resources() {
        let text = r#"{"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"}]}"#;
        let (change, _) = remedied(text, "s3:DeleteObject", arn("arn:aws:s3:::a/k")).unwrap();
        assert_eq!(change, Change::Statement);
    }

    #[test]
    fn characters_that_policies_read_as_wildcards_are_escaped() {
        let text = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/x"}]}"#;
        let (_, changed) = remedied(text, "s3:GetObject", arn("arn:aws:s3:::a/*?${b}")).unwrap();
        assert!(
            changed.contains(r#""arn:aws:s3:::a/${*}${?}${$}{b}""#),
            "{changed}"
        );
        // The older language has no escapes, and `a/*` would allow every object.
        let old = text.replace("2012", "2008");
        assert_eq!(
            remedied(&old, "s3:GetObject", arn("arn:aws:s3:::a/*")),
            None
        );
    }

    #[test]
    fn what_ec2_asks_for_before_there_is_an_id_stays_as_it_is() {
        let text = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/x"}]}"#;
        let instance = "arn:aws:ec2:us-east-1:123456789012:instance/*";
        let (_, changed) = remedied(text, "ec2:RunInstances", arn(instance)).unwrap();
        assert!(changed.contains(&format!("\"{instance}\"")), "{changed}");
    }

    #[test]
    fn a_name_in_ec2_that_holds_a_star_is_escaped_like_any_other() {
        let text = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/x"}]}"#;
        let key = arn("arn:aws:ec2:us-east-1:123456789012:key-pair/prod*");
        let (_, changed) = remedied(text, "ec2:DeleteKeyPair", key).unwrap();
        assert!(changed.contains("key-pair/prod${*}\""), "{changed}");
    }

    #[test]
    fn a_resource_is_not_opened_to_an_action_that_a_template_will_fill_in() {
        let text = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:${var.more}"], "Resource": "arn:aws:s3:::a/*"}]}"#;
        let (change, _) = remedied(text, "s3:GetObject", arn("arn:aws:s3:::b/k")).unwrap();
        assert_eq!(change, Change::Statement);
    }

    #[test]
    fn a_change_that_passes_a_condition_by_says_so() {
        let remedied = |text: &str| {
            let source = Source::new("test", text.as_bytes().to_vec());
            let policy = lower(&parse(&source).root).policy.unwrap();
            let principal = Principal::parse("arn:aws:iam::123456789012:user/ana").unwrap();
            let action = ActionName::new("s3:GetObject");
            let target = arn("arn:aws:s3:::a/k");
            let request = Request::new(principal, action, target, Context::complete());
            let text = PolicyText {
                source: &source,
                policy: &policy,
            };
            remedy(&[text], &[(&Setting::of_identity([]), &request)]).unwrap()
        };
        let guarded = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}]}"#;
        assert!(remedied(guarded).passes_by_condition);
        let other = guarded.replace("s3:GetObject", "s3:PutObject");
        assert!(!remedied(&other).passes_by_condition);
    }

    #[test]
    fn a_statement_about_everything_is_not_widened() {
        let text = r#"{"Statement": {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}}"#;
        let (change, changed) = remedied(text, "s3:PutObject", arn("arn:aws:s3:::a/k")).unwrap();
        assert_eq!(change, Change::Statement);
        assert!(
            changed.ends_with("\"Resource\": \"arn:aws:s3:::a/k\"\n}]}"),
            "{changed}"
        );
    }

    #[test]
    fn a_resource_is_not_opened_to_other_actions() {
        let text = r#"{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::a/*"}]}"#;
        let (change, _) = remedied(text, "s3:GetObject", arn("arn:aws:s3:::b/k")).unwrap();
        assert_eq!(change, Change::Statement);
    }

    #[test]
    fn an_action_without_resources_gets_a_statement_of_its_own() {
        let text = r#"{"Statement": [{"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "arn:aws:sqs:*:*:a"}]}"#;
        let (change, changed) = remedied(text, "sqs:ListQueues", Target::Star).unwrap();
        assert_eq!(change, Change::Statement);
        assert!(changed.contains("\"Resource\": \"*\""), "{changed}");
    }

    #[test]
    fn a_deny_has_no_remedy_here() {
        let text = r#"{"Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}"#;
        assert_eq!(
            remedied(text, "s3:PutObject", arn("arn:aws:s3:::a/k")),
            None
        );
    }

    #[test]
    fn an_unknown_resource_is_not_guessed() {
        let text = r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"}}"#;
        assert_eq!(remedied(text, "s3:PutObject", Target::Unknown), None);
    }
}
