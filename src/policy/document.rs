//! The policy document, typed, each part with its place in the source.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

use super::{ActionPattern, ArnPattern, Case, Operator, Pattern, Version, Wildcard};
use crate::{source::Span, syntax::Text};

/// A policy document.
///
/// Parts that could not be read are missing here and have a [`super::ShapeFault`] instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The whole document.
    pub span: Span,
    /// The language; 2008-10-17 where the document names none.
    pub version: Version,
    /// The `Version` element, where there is one.
    pub version_text: Option<Text<'static>>,
    /// Whether a statement has `Principal` or `NotPrincipal`, readable or not: the policy is one of
    /// a resource or a trust policy, not one of an identity.
    pub names_principals: bool,
    /// The `Id` element.
    pub id: Option<Text<'static>>,
    /// The statements in order.
    pub statements: Vec<Statement>,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// From its first to its last bracket.
    pub span: Span,
    /// Its place among the statements, from 0.
    pub index: usize,
    /// The elements that it has, readable or not, by their right names.
    pub elements: Vec<&'static str>,
    /// The `Sid` element.
    pub sid: Option<Text<'static>>,
    /// The `Effect` element.
    pub effect: Option<Located<Effect>>,
    /// The `Principal` element.
    pub principal: Option<PrincipalElement>,
    /// The `NotPrincipal` element.
    pub not_principal: Option<PrincipalElement>,
    /// The `Action` element.
    pub action: Option<Element<ActionPattern>>,
    /// The `NotAction` element.
    pub not_action: Option<Element<ActionPattern>>,
    /// The `Resource` element.
    pub resource: Option<Element<ResourcePattern>>,
    /// The `NotResource` element.
    pub not_resource: Option<Element<ResourcePattern>>,
    /// The `Condition` element.
    pub condition: Option<ConditionElement>,
}

impl Statement {
    /// Whether it has an element, readable or not.
    pub fn has_element(&self, name: &str) -> bool {
        self.elements.contains(&name)
    }

    /// Whether everybody is among its principals.
    pub fn names_everyone(&self) -> bool {
        let mut entries = self.principal.iter().flat_map(|element| &element.entries);
        entries.any(PrincipalEntry::is_everyone)
    }

    /// Whether the effect is known to be this one.
    pub fn has_effect(&self, effect: Effect) -> bool {
        self.effect.as_ref().is_some_and(|own| own.value == effect)
    }

    /// What people call the statement: its `Sid`, else its number from 1.
    pub fn title(&self) -> String {
        match &self.sid {
            Some(sid) if !sid.as_str().is_empty() => format!("statement `{}`", sid.as_str()),
            _ => format!("statement {}", self.index + 1),
        }
    }
}

/// A value and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub span: Span,
}

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// `Allow`
    Allow,
    /// `Deny`
    Deny,
}

impl Effect {
    /// The name, as AWS writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

/// An element that holds one value or a list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element<T> {
    /// The key, with its quotes.
    pub key_span: Span,
    /// The value: a string, or a whole list.
    pub span: Span,
    /// The entries in order.
    pub entries: Vec<T>,
    /// How many entries could not be read, and have a [`super::ShapeFault`] instead.
    pub unread: usize,
    /// Actions that a template engine was to fill in and has not, such as `s3:${var.action}`. A
    /// resource of that kind is an entry, as policies have variables in resources.
    pub unfilled: Vec<UnfilledAction>,
}

impl<T> Element<T> {
    /// Whether every entry could be read, and none is left to a template engine.
    pub fn is_whole(&self) -> bool {
        self.unread == 0 && self.unfilled.is_empty()
    }
}

/// An action with a part that a template engine was to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnfilledAction {
    /// The entry as it was written.
    pub text: Text<'static>,
    /// It taken apart.
    pub pattern: Pattern,
}

impl UnfilledAction {
    /// Whether it could become this action.
    pub fn may_match(&self, action: &str) -> bool {
        Wildcard::with_variables_open(&self.pattern, Case::Ignored).matches(action)
    }
}

/// An entry of `Resource` or `NotResource`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourcePattern {
    /// The entry as it was written.
    pub text: Text<'static>,
    /// What it says.
    pub form: ResourceForm,
}

/// What an entry of `Resource` or `NotResource` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResourceForm {
    /// `*`: everything.
    Star,
    /// A pattern of ARNs.
    Arn(ArnPattern),
    /// A variable stands where the fields of an ARN should, so what it matches cannot be told.
    Opaque,
}

/// `Principal` or `NotPrincipal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalElement {
    /// The key, with its quotes.
    pub key_span: Span,
    /// The value.
    pub span: Span,
    /// The principals in order.
    pub entries: Vec<PrincipalEntry>,
}

/// One principal of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalEntry {
    /// The kind that it is listed under.
    pub kind: PrincipalKind,
    /// The value as it was written.
    pub text: Text<'static>,
}

impl PrincipalEntry {
    /// Whether it is everybody, those without credentials too.
    pub fn is_everyone(&self) -> bool {
        match self.kind {
            PrincipalKind::Everyone => true,
            PrincipalKind::Aws => self.text.as_str() == "*",
            PrincipalKind::Service | PrincipalKind::Federated | PrincipalKind::CanonicalUser => {
                false
            }
        }
    }
}

/// The kinds of principals in a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalKind {
    /// `"Principal": "*"`, without an object around it.
    Everyone,
    /// `AWS`: accounts, users, roles, sessions, or `*`.
    Aws,
    /// `Service`
    Service,
    /// `Federated`
    Federated,
    /// `CanonicalUser`
    CanonicalUser,
}

impl PrincipalKind {
    /// The kinds that are written as keys.
    pub const KEYS: [(&'static str, Self); 4] = [
        ("AWS", Self::Aws),
        ("Service", Self::Service),
        ("Federated", Self::Federated),
        ("CanonicalUser", Self::CanonicalUser),
    ];
}

/// The `Condition` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionElement {
    /// The key, with its quotes.
    pub key_span: Span,
    /// The value.
    pub span: Span,
    /// The tests in order; all must hold.
    pub tests: Vec<ConditionTest>,
    /// Operators that AWS does not have: what they test never holds.
    pub unknown_operators: Vec<Text<'static>>,
}

/// One operator with one key and its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionTest {
    /// The operator as it was written.
    pub operator_text: Text<'static>,
    /// The operator.
    pub operator: Operator,
    /// The condition key as it was written.
    pub key: Text<'static>,
    /// The values; the whole list where it is one.
    pub span: Span,
    /// The values in order.
    pub values: Vec<ConditionValue>,
}

impl ConditionTest {
    /// Whether it is about this key; letter case does not matter.
    pub fn is_about(&self, key: &str) -> bool {
        self.key.as_str().eq_ignore_ascii_case(key)
    }
}

/// A value of a condition: a string, or a boolean or number as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionValue {
    /// Its place.
    pub span: Span,
    /// The text that is compared.
    pub text: String,
    /// The string as it was written; `None` for booleans and numbers.
    pub string: Option<Text<'static>>,
}

impl ConditionValue {
    /// The place of a range of the text.
    pub fn source_span(&self, range: std::ops::Range<usize>) -> Span {
        self.string
            .as_ref()
            .map_or(self.span, |string| string.source_span(range))
    }
}
