//! The value tree to the typed policy.
//!
//! Every fault of shape is collected, and lowering goes on after each, so that one run shows them
//! all. A part that is wrong is left out of the policy rather than guessed.

mod condition;
mod elements;
mod principal;

use super::{
    Effect, Located, Policy, PolicyType, ShapeFault, ShapeFaultKind, Statement, Version,
    compare_ignoring_case,
};
use crate::{
    source::Span,
    syntax::{Kind, Member, Text, Value},
};
use elements::{Strings, actions, resources};
use std::cmp::Ordering;

/// A policy as far as it could be read, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lowered {
    /// The policy; `None` for a document that is no policy at all.
    pub policy: Option<Policy>,
    /// What is wrong, in the order of the text.
    pub faults: Vec<ShapeFault>,
}

/// Lowers the tree of a document.
pub fn lower(root: &Value<'_>) -> Lowered {
    let mut faults = Vec::new();
    let policy = policy(root, &mut faults);
    faults.sort_by_key(|fault| (fault.span.start, fault.span.end));
    Lowered { policy, faults }
}

/// The services whose resource policies must have `Resource`; those of some others, such as `ecr`,
/// must not.
const NAMES_RESOURCES: [&str; 6] = ["kms", "lambda", "s3", "secretsmanager", "sns", "sqs"];

/// The faults that a policy has as one of a type: every type but trust policies names its resources.
pub fn faults_of_type(policy: &Policy, policy_type: PolicyType) -> Vec<ShapeFault> {
    let needs_resource = |statement: &Statement| match policy_type {
        PolicyType::Trust => false,
        PolicyType::Resource => {
            let elements = statement.action.iter().chain(&statement.not_action);
            let mut entries = elements.flat_map(|element| &element.entries).peekable();
            entries.peek().is_some()
                && entries.all(|entry| {
                    let mut names = NAMES_RESOURCES.iter();
                    names.any(|name| name.eq_ignore_ascii_case(entry.service()))
                })
        }
        PolicyType::Identity
        | PolicyType::Scp
        | PolicyType::Rcp
        | PolicyType::Boundary
        | PolicyType::Session
        | PolicyType::Endpoint => true,
    };
    let without = policy.statements.iter().filter(|each| {
        !each.has_element("Resource") && !each.has_element("NotResource") && needs_resource(each)
    });
    without
        .map(|each| ShapeFault::new(first_character(each.span), ShapeFaultKind::MissingResource))
        .collect()
}

/// Whether a tree looks like a policy document, to tell policies from other JSON in a folder.
pub fn looks_like_policy(root: &Value<'_>) -> bool {
    root.as_object().is_some_and(|members| {
        members
            .iter()
            .any(|member| element(&POLICY_ELEMENTS, member.key.as_str()) == Some("Statement"))
    })
}

const POLICY_ELEMENTS: [&str; 3] = ["Version", "Id", "Statement"];

const STATEMENT_ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// The element of that name, letter case aside.
fn element(known: &[&'static str], key: &str) -> Option<&'static str> {
    known
        .iter()
        .copied()
        .find(|name| compare_ignoring_case(name, key) == Ordering::Equal)
}

/// The element that a key was most likely meant for.
fn near(known: &[&'static str], key: &str) -> Option<&'static str> {
    let distance = |name: &str| {
        strsim::damerau_levenshtein(&name.to_ascii_lowercase(), &key.to_ascii_lowercase())
    };
    let best = known.iter().copied().min_by_key(|name| distance(name))?;
    (key.len() <= 64 && distance(best) <= 2 && best.len() > 3).then_some(best)
}

/// The members of an object by element; keys that are none become faults.
struct Members<'t, 's> {
    found: Vec<(&'static str, &'t Member<'s>)>,
}

impl<'t, 's> Members<'t, 's> {
    fn sort(
        members: &'t [Member<'s>],
        known: &[&'static str],
        unknown: fn(String, Option<&'static str>) -> ShapeFaultKind,
        faults: &mut Vec<ShapeFault>,
    ) -> Self {
        let mut found: Vec<(&'static str, &Member<'_>)> = Vec::new();
        let mut misspelt = Vec::new();
        for member in members {
            let key = member.key.as_str();
            let span = member.key.span();
            match element(known, key) {
                Some(name) if name == key => found.push((name, member)),
                Some(right) => {
                    let kind = ShapeFaultKind::ElementCase {
                        key: key.to_owned(),
                        right,
                    };
                    let fault = ShapeFault::new(span, kind);
                    faults.push(fault.edit(member.key.content_span(), right));
                    misspelt.push((right, member));
                }
                None => {
                    let near = near(known, key);
                    let fault = ShapeFault::new(span, unknown(key.to_owned(), near));
                    if let Some(near) = near {
                        faults.push(fault.edit(member.key.content_span(), near));
                        misspelt.push((near, member));
                    } else {
                        faults.push(fault);
                    }
                }
            }
        }
        // A misspelt element counts as the one that was meant, so that it is not missed as well.
        for (name, member) in misspelt {
            if !found.iter().any(|(other, _)| *other == name) {
                found.push((name, member));
            }
        }
        Self { found }
    }

    /// The member of an element. Where the text has it twice, the last, as most JSON parsers do.
    fn get(&self, name: &str) -> Option<&'t Member<'s>> {
        self.found
            .iter()
            .rev()
            .find(|(own, _)| *own == name)
            .map(|(_, member)| *member)
    }
}

fn policy(root: &Value<'_>, faults: &mut Vec<ShapeFault>) -> Option<Policy> {
    let members = match &root.kind {
        Kind::Object(members) => members,
        Kind::Unreadable => return None,
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Array(_) => {
            let found = root.kind.name();
            let span = if let Kind::String(text) = &root.kind {
                text.span()
            } else {
                first_character(root.span)
            };
            faults.push(ShapeFault::new(span, ShapeFaultKind::RootType { found }));
            return None;
        }
    };
    if let Some(fault) = not_a_policy(root, members) {
        faults.push(fault);
        return None;
    }
    let unknown = |key, near| ShapeFaultKind::UnknownPolicyElement { key, near };
    let members = Members::sort(members, &POLICY_ELEMENTS, unknown, faults);
    let version_text = members
        .get("Version")
        .and_then(|member| string("Version", &member.value, faults));
    let version = version_text.as_ref().map_or(Some(Version::V2008), |text| {
        let version = Version::parse(text.as_str());
        if version.is_none() {
            let kind = ShapeFaultKind::InvalidVersion(text.as_str().to_owned());
            faults.push(ShapeFault::new(text.span(), kind).edit(text.content_span(), "2012-10-17"));
        }
        version
    });
    let id = members
        .get("Id")
        .and_then(|member| string("Id", &member.value, faults));
    // A version that AWS does not have was most likely meant to be the newest.
    let version = version.unwrap_or(Version::V2012);
    let (statements, names_principals) =
        statements(root, members.get("Statement"), version, faults);
    Some(Policy {
        names_principals,
        span: root.span,
        version,
        version_text,
        id,
        statements,
    })
}

/// What the documents of other programs are called that may have policies in them.
const RECORD: &str = "a CloudTrail record";
const TEMPLATE: &str = "a CloudFormation template";
const EXPORT: &str = "the output of `get-account-authorization-details`";
const PLAN: &str = "a Terraform plan";
const LIST_OF_FINDINGS: &str = "a list of findings";

/// Whether a fault says that a document is one of another program, though policies may be in it.
pub fn is_of_another_program(fault: &ShapeFault) -> bool {
    let known = [RECORD, TEMPLATE, EXPORT, PLAN, LIST_OF_FINDINGS];
    matches!(fault.kind, ShapeFaultKind::NotAPolicy(Some(what)) if known.contains(&what))
}

/// Tells a document that was never meant to be a policy from one that lacks its statements.
fn not_a_policy(root: &Value<'_>, members: &[Member<'_>]) -> Option<ShapeFault> {
    let has = |key: &str| members.iter().any(|member| member.key.as_str() == key);
    let any_element = members.iter().any(|member| {
        let key = member.key.as_str();
        let name = element(&POLICY_ELEMENTS, key).or_else(|| near(&POLICY_ELEMENTS, key));
        // An `Id` or `Version` alone is found in many documents; with a known other form, it counts
        // for nothing.
        name == Some("Statement")
    });
    if any_element {
        return None;
    }
    let what = if has("Records") || (has("eventName") && has("eventSource")) {
        Some(RECORD)
    } else if has("Resources") || has("AWSTemplateFormatVersion") {
        Some(TEMPLATE)
    } else if has("UserDetailList") || has("RoleDetailList") {
        Some(EXPORT)
    } else if has("PolicyVersion") || has("PolicyDocument") {
        Some("the output of an IAM call that has the document inside")
    } else if has("planned_values") || has("resource_changes") {
        Some(PLAN)
    } else if has("findings") || has("runs") || has("diagnostics") {
        Some(LIST_OF_FINDINGS)
    } else if has("Effect") && (has("Action") || has("NotAction")) {
        Some("a single statement")
    } else if members.is_empty() || has("Version") || has("Id") {
        return Some(ShapeFault::new(
            first_character(root.span),
            ShapeFaultKind::MissingStatement,
        ));
    } else {
        None
    };
    Some(ShapeFault::new(
        first_character(root.span),
        ShapeFaultKind::NotAPolicy(what),
    ))
}

/// The statements, and whether one of them says whose requests it is about.
fn statements(
    root: &Value<'_>,
    member: Option<&Member<'_>>,
    version: Version,
    faults: &mut Vec<ShapeFault>,
) -> (Vec<Statement>, bool) {
    let Some(member) = member else {
        faults.push(ShapeFault::new(
            first_character(root.span),
            ShapeFaultKind::MissingStatement,
        ));
        return (Vec::new(), false);
    };
    let value = &member.value;
    let values = match &value.kind {
        Kind::Array(values) => {
            if values.is_empty() {
                faults.push(ShapeFault::new(value.span, ShapeFaultKind::EmptyStatement));
            }
            values.as_slice()
        }
        Kind::Object(_) => std::slice::from_ref(value),
        Kind::Unreadable => return (Vec::new(), false),
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => {
            data_type("Statement", "an object or a list of objects", value, faults);
            return (Vec::new(), false);
        }
    };
    let names_principals = name_principals(values);
    let statements = values
        .iter()
        .enumerate()
        .filter_map(|(index, value)| statement(index, value, version, faults));
    (statements.collect(), names_principals)
}

/// Whether a statement has `Principal` or `NotPrincipal`, whatever it holds.
fn name_principals(statements: &[Value<'_>]) -> bool {
    let mut keys = statements
        .iter()
        .flat_map(|statement| statement.as_object().unwrap_or_default())
        .map(|member| member.key.as_str());
    keys.any(|key| {
        let name = element(&STATEMENT_ELEMENTS, key).or_else(|| near(&STATEMENT_ELEMENTS, key));
        matches!(name, Some("Principal" | "NotPrincipal"))
    })
}

fn statement(
    index: usize,
    value: &Value<'_>,
    version: Version,
    faults: &mut Vec<ShapeFault>,
) -> Option<Statement> {
    if let Some(fault) = template_call(value) {
        faults.push(fault);
        return None;
    }
    let members = match &value.kind {
        Kind::Object(members) => members,
        Kind::Unreadable => return None,
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Array(_) => {
            let kind = ShapeFaultKind::StatementType {
                found: value.kind.name(),
            };
            faults.push(ShapeFault::new(value.span, kind));
            return None;
        }
    };
    let open = first_character(value.span);
    let unknown = |key, near| ShapeFaultKind::UnknownStatementElement { key, near };
    let members = Members::sort(members, &STATEMENT_ELEMENTS, unknown, faults);
    for (element, negated) in [
        ("Principal", "NotPrincipal"),
        ("Action", "NotAction"),
        ("Resource", "NotResource"),
    ] {
        if let (Some(plain), Some(other)) = (members.get(element), members.get(negated)) {
            let kind = ShapeFaultKind::ConflictingElements { element, negated };
            let fault = ShapeFault::new(other.key.span(), kind);
            faults.push(fault.label(plain.key.span(), "the other one"));
        }
    }
    let missing = |elements: [&str; 2]| elements.iter().all(|name| members.get(name).is_none());
    if missing(["Action", "NotAction"]) {
        faults.push(ShapeFault::new(open, ShapeFaultKind::MissingAction));
    }
    if members.get("Effect").is_none() {
        faults.push(ShapeFault::new(open, ShapeFaultKind::MissingEffect));
    }
    let sid = members
        .get("Sid")
        .and_then(|member| string("Sid", &member.value, faults));
    let effect = members
        .get("Effect")
        .and_then(|member| effect(&member.value, faults));
    let mut principals = |name| {
        members
            .get(name)
            .and_then(|member| principal::principals(name, member, faults))
    };
    let (principal, not_principal) = (principals("Principal"), principals("NotPrincipal"));
    let action = members
        .get("Action")
        .and_then(|m| actions("Action", m, version, faults));
    let not_action = members
        .get("NotAction")
        .and_then(|m| actions("NotAction", m, version, faults));
    let resource = members
        .get("Resource")
        .and_then(|m| resources("Resource", m, version, faults));
    let not_resource = members
        .get("NotResource")
        .and_then(|m| resources("NotResource", m, version, faults));
    let condition = members
        .get("Condition")
        .and_then(|member| condition::condition(member, version, faults));
    Some(Statement {
        span: value.span,
        index,
        elements: members.found.iter().map(|(name, _)| *name).collect(),
        sid,
        effect,
        principal,
        not_principal,
        action,
        not_action,
        resource,
        not_resource,
        condition,
    })
}

fn effect(value: &Value<'_>, faults: &mut Vec<ShapeFault>) -> Option<Located<Effect>> {
    let text = string("Effect", value, faults)?;
    let effect = match text.as_str() {
        "Allow" => Effect::Allow,
        "Deny" => Effect::Deny,
        other => {
            let kind = ShapeFaultKind::InvalidEffect(other.to_owned());
            let fault = ShapeFault::new(text.span(), kind);
            let right = element(&["Allow", "Deny"], other);
            faults.push(match right {
                Some(right) => fault.edit(text.content_span(), right),
                None => fault,
            });
            return None;
        }
    };
    Some(Located {
        value: effect,
        span: text.span(),
    })
}

/// The text of an element that takes one string.
fn string(element: &str, value: &Value<'_>, faults: &mut Vec<ShapeFault>) -> Option<Text<'static>> {
    if let Kind::String(text) = &value.kind {
        return Some(text.to_owned());
    }
    data_type(element, "a string", value, faults);
    None
}

/// The strings of an element that takes one or a list.
fn strings(element: &str, value: &Value<'_>, faults: &mut Vec<ShapeFault>) -> Option<Strings> {
    match &value.kind {
        Kind::String(text) => Some(vec![text.to_owned()]),
        Kind::Array(items) => Some(
            items
                .iter()
                .filter_map(|item| string(element, item, faults))
                .collect(),
        ),
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Object(_) | Kind::Unreadable => {
            data_type(element, "a string or a list of strings", value, faults);
            None
        }
    }
}

fn data_type(
    element: &str,
    expected: &'static str,
    value: &Value<'_>,
    faults: &mut Vec<ShapeFault>,
) {
    if let Some(fault) = template_call(value) {
        faults.push(fault);
    } else if value.kind != Kind::Unreadable {
        let found = value.kind.name();
        let kind = ShapeFaultKind::DataType {
            element: element.to_owned(),
            expected,
            found,
        };
        faults.push(ShapeFault::new(value.span, kind));
    }
}

/// A call of CloudFormation where a value should be: what it becomes is unknown, not wrong.
///
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html>
fn template_call(value: &Value<'_>) -> Option<ShapeFault> {
    let [member] = value.as_object()? else {
        return None;
    };
    let name = member.key.as_str();
    let kind = ShapeFaultKind::TemplateCall(name.to_owned());
    (name == "Ref" || name.starts_with("Fn::")).then(|| ShapeFault::new(value.span, kind))
}

/// The opening bracket, or the first letter of a word: what is missing from an object is underlined
/// there.
fn first_character(span: Span) -> Span {
    Span::new(span.start, span.end.min(span.start + 1))
}

#[cfg(test)]
mod tests;
