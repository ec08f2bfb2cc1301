//! The smallest change to a policy that allows a request which nothing allows yet.
//!
//! A change is only proposed after the changed text was read and judged again, and allowed the
//! request: what is proposed works.

use super::{Applies, CompiledPolicy, Mismatch, Request, Target, Truth, Verdict, decide, examine};
use crate::{
    policy::{Effect, Element, Policy, Statement, lower},
    source::{Edit, Source, Span},
    syntax::parse,
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
}

/// The kinds of changes, smallest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// A resource more for a statement that has the action.
    AddResource,
    /// An action more for a statement that has the resource.
    AddAction,
    /// A statement of its own.
    AddStatement,
}

/// Finds the smallest change; `None` where the resource is not known well enough to name it, or no
/// change of these kinds is enough.
pub fn remedy(policies: &[PolicyText<'_>], request: &Request) -> Option<Remedy> {
    let resource = resource_text(&request.resource)?;
    let compiled: Vec<_> =
        policies.iter().map(|text| CompiledPolicy::new(text.policy)).collect();
    let decision = decide(&compiled, request);
    if decision.verdict != Verdict::ImplicitDeny {
        return None;
    }
    let mut candidates = Vec::new();
    for (place, text) in policies.iter().enumerate() {
        for statement in text.policy.statements.iter().filter(|s| s.has_effect(Effect::Allow)) {
            let policy = compiled.get(place)?;
            let Some(says) = examine(policy, statement.index, request) else { continue };
            if !says.tests.iter().all(Truth::is_true) {
                continue;
            }
            let applies = decision.policies.get(place)?.get(statement.index).map(|r| &r.applies);
            let candidate = match applies {
                Some(Applies::No(Mismatch::Resource)) => {
                    statement.resource.as_ref().map(|element| {
                        (Change::AddResource, add(text.source, element, &resource, resource_span))
                    })
                }
                Some(Applies::No(Mismatch::Action))
                    if says.resource.is_true() && is_as_narrow(statement, request) =>
                {
                    let action = request.action.as_str();
                    statement.action.as_ref().map(|element| {
                        (Change::AddAction, add(text.source, element, action, action_span))
                    })
                }
                _ => None,
            };
            candidates.extend(candidate.map(|(change, edit)| Remedy {
                policy: place,
                statement: Some(statement.index),
                change,
                edit,
            }));
        }
    }
    candidates.sort_by_key(|remedy| (remedy.change, !same_service(remedy, policies, request)));
    candidates.extend(new_statements(policies, request, &resource));
    candidates.into_iter().find(|remedy| works(remedy, policies, request))
}

/// The resource as an entry of a policy; wildcards that the ARN has as characters are escaped where
/// that is possible, and `instance/*` is what AWS itself asks for.
fn resource_text(target: &Target) -> Option<String> {
    match target {
        Target::Arn(text) | Target::Like(text) => Some(text.clone()),
        Target::Star => Some("*".to_owned()),
        Target::Unknown => None,
    }
}

/// Whether adding an action to a statement allows it on no more than was asked for: a statement
/// about `*` would allow it everywhere.
fn is_as_narrow(statement: &Statement, request: &Request) -> bool {
    let star = statement.resource.as_ref().is_none_or(|element| {
        element.entries.iter().any(|entry| entry.form == crate::policy::ResourceForm::Star)
    });
    !star || request.resource == Target::Star
}

fn same_service(remedy: &Remedy, policies: &[PolicyText<'_>], request: &Request) -> bool {
    let statement = policies
        .get(remedy.policy)
        .zip(remedy.statement)
        .and_then(|(text, index)| text.policy.statements.get(index));
    let actions = statement.and_then(|statement| statement.action.as_ref());
    actions.is_some_and(|element| {
        let service = request.action.service();
        element.entries.iter().any(|entry| entry.service().eq_ignore_ascii_case(service))
    })
}

fn action_span(entry: &crate::policy::ActionPattern) -> Span {
    entry.text().span()
}

fn resource_span(entry: &crate::policy::ResourcePattern) -> Span {
    entry.text.span()
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
            Edit { span: Span::new(end, end), replacement: format!("{separator}{entry}") }
        }
        _ => {
            let old = source.slice(element.span);
            let replacement =
                if is_list { format!("[{entry}]") } else { format!("[{old}, {entry}]") };
            Edit { span: element.span, replacement }
        }
    }
}

/// A statement of its own at the end of each policy.
fn new_statements(
    policies: &[PolicyText<'_>],
    request: &Request,
    resource: &str,
) -> Vec<Remedy> {
    let statement = format!(
        "{{ \"Effect\": \"Allow\", \"Action\": {}, \"Resource\": {} }}",
        json_string(request.action.as_str()),
        json_string(resource)
    );
    let added = policies.iter().enumerate().filter_map(|(place, text)| {
        let last = text.policy.statements.last()?.span;
        let before = text.source.text().get(..text.policy.statements.first()?.span.start)?;
        let edit = if before.trim_end().ends_with('[') {
            let line = text.source.line_span(last.start);
            let indent = text.source.slice(Span::new(line.start, last.start));
            let indent = indent.chars().take_while(|c| c.is_whitespace()).collect::<String>();
            let replacement = format!(",\n{indent}{statement}");
            Edit { span: Span::new(last.end, last.end), replacement }
        } else {
            let old = text.source.slice(last);
            Edit { span: last, replacement: format!("[{old}, {statement}]") }
        };
        Some(Remedy { policy: place, statement: None, change: Change::AddStatement, edit })
    });
    added.collect()
}

fn json_string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Whether the request is allowed once the edit is made.
fn works(remedy: &Remedy, policies: &[PolicyText<'_>], request: &Request) -> bool {
    let mut compiled = Vec::with_capacity(policies.len());
    for (place, text) in policies.iter().enumerate() {
        if place != remedy.policy {
            compiled.push(CompiledPolicy::new(text.policy));
            continue;
        }
        let Some(changed) = apply(text.source, &remedy.edit) else { return false };
        let source = Source::new(text.source.name(), changed.into_bytes());
        let document = parse(&source);
        let lowered = lower(&document.root);
        match lowered.policy {
            Some(policy) if document.faults.is_empty() => {
                compiled.push(CompiledPolicy::new(&policy));
            }
            _ => return false,
        }
    }
    decide(&compiled, request).verdict == Verdict::Allowed
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
        let request = Request {
            principal: Principal::parse("arn:aws:iam::123456789012:user/ana").unwrap(),
            action: ActionName::new(action),
            resource,
            context: Context::complete(),
        };
        let found = remedy(&[PolicyText { source: &source, policy: &policy }], &request)?;
        Some((found.change, apply(&source, &found.edit).unwrap()))
    }

    fn arn(text: &str) -> Target {
        Target::Arn(text.to_owned())
    }

    #[test]
    fn a_resource_is_added_where_the_action_is_there() {
        let text = r#"{"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"}]}"#;
        let (change, changed) = remedied(text, "s3:GetObject", arn("arn:aws:s3:::b/k")).unwrap();
        assert_eq!(change, Change::AddResource);
        assert!(changed.contains(r#""Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/k"]"#), "{changed}");
    }

    #[test]
    fn an_action_is_added_where_the_resource_is_there() {
        let text = "{\"Statement\": [{\"Effect\": \"Allow\", \"Action\": [\n  \"s3:GetObject\"\n], \"Resource\": \"arn:aws:s3:::a/*\"}]}";
        let (change, changed) = remedied(text, "s3:PutObject", arn("arn:aws:s3:::a/k")).unwrap();
        assert_eq!(change, Change::AddAction);
        assert!(changed.contains("\n  \"s3:GetObject\",\n  \"s3:PutObject\"\n]"), "{changed}");
    }

    #[test]
    fn a_statement_about_everything_is_not_widened() {
        let text = r#"{"Statement": {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}}"#;
        let (change, changed) = remedied(text, "s3:PutObject", arn("arn:aws:s3:::a/k")).unwrap();
        assert_eq!(change, Change::AddStatement);
        assert!(changed.ends_with(r#""Resource": "arn:aws:s3:::a/k" }]}"#), "{changed}");
    }

    #[test]
    fn a_deny_has_no_remedy_here() {
        let text = r#"{"Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}"#;
        assert_eq!(remedied(text, "s3:PutObject", arn("arn:aws:s3:::a/k")), None);
    }

    #[test]
    fn an_unknown_resource_is_not_guessed() {
        let text = r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"}}"#;
        assert_eq!(remedied(text, "s3:PutObject", Target::Unknown), None);
    }
}
