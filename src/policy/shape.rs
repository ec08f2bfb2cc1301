//! What can be wrong with the shape of a policy document.

use super::VariableErrorKind;
use crate::source::{Edit, Label, Span};

/// A place where a document is not of the grammar of policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShapeFault {
    /// The smallest text that is wrong.
    pub span: Span,
    /// What is wrong with it.
    pub kind: ShapeFaultKind,
    /// Other places that matter.
    pub labels: Vec<Label>,
    /// An edit that surely mends it.
    pub edit: Option<Edit>,
}

/// The ways in which a document fails to be a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShapeFaultKind {
    /// The document is something else, where known what.
    NotAPolicy(Option<&'static str>),
    /// The document is not an object.
    RootType {
        /// What it is.
        found: &'static str,
    },
    /// No `Statement`.
    MissingStatement,
    /// `Statement` is an empty list.
    EmptyStatement,
    /// A statement is not an object.
    StatementType {
        /// What it is.
        found: &'static str,
    },
    /// An element holds a value of the wrong type.
    DataType {
        /// The element.
        element: String,
        /// What it should hold.
        expected: &'static str,
        /// What it holds.
        found: &'static str,
    },
    /// A key at the top that policies do not have.
    UnknownPolicyElement {
        /// The key.
        key: String,
        /// The element that was most likely meant.
        near: Option<&'static str>,
    },
    /// A key in a statement that statements do not have.
    UnknownStatementElement {
        /// The key.
        key: String,
        /// The element that was most likely meant.
        near: Option<&'static str>,
    },
    /// A known element in the wrong letter case.
    ElementCase {
        /// The key.
        key: String,
        /// The right one.
        right: &'static str,
    },
    /// A `Version` that is neither of the two.
    InvalidVersion(String),
    /// A statement without `Effect`.
    MissingEffect,
    /// An `Effect` that is neither `Allow` nor `Deny`.
    InvalidEffect(String),
    /// A statement without `Action` and `NotAction`.
    MissingAction,
    /// A statement of an identity policy without `Resource` and `NotResource`.
    MissingResource,
    /// An element and its `Not` form in one statement.
    ConflictingElements {
        /// The element.
        element: &'static str,
        /// Its `Not` form.
        negated: &'static str,
    },
    /// An empty `Action` list.
    EmptyAction,
    /// An empty `Resource` list.
    EmptyResource,
    /// An empty list of principals, or an object without any.
    EmptyPrincipal,
    /// An empty `NotAction` or `NotResource` list.
    EmptyNotElement(&'static str),
    /// An empty condition, or an operator without keys.
    EmptyCondition,
    /// A condition key with an empty list of values.
    EmptyConditionValue(String),
    /// A condition that is not operator, key, values.
    MalformedCondition {
        /// What should stand there.
        expected: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// A condition operator that AWS does not have.
    UnknownOperator {
        /// The operator.
        text: String,
        /// The one that was most likely meant.
        near: Option<String>,
    },
    /// A principal that is a string other than `*`, or of a wrong type.
    PrincipalFormat(String),
    /// A kind of principal that AWS does not have.
    PrincipalKey {
        /// The kind.
        key: String,
        /// The one that was most likely meant.
        near: Option<&'static str>,
    },
    /// An action that is not `service:name` or `*`.
    ActionFormat(String),
    /// A resource that neither is `*` nor starts with `arn:`.
    ArnPrefix(String),
    /// An ARN with fewer than six fields.
    ArnMissingField {
        /// The resource.
        text: String,
        /// How many fields it has.
        found: usize,
    },
    /// A `${` that does not become a variable.
    Variable(VariableErrorKind),
    /// A call of a template engine, such as `{"Ref": ...}`, in place of a value.
    TemplateCall(String),
}

impl ShapeFault {
    pub(super) fn new(span: Span, kind: ShapeFaultKind) -> Self {
        Self {
            span,
            kind,
            labels: Vec::new(),
            edit: None,
        }
    }

    pub(super) fn label(mut self, span: Span, text: &str) -> Self {
        self.labels.push(Label {
            span,
            text: text.to_owned(),
        });
        self
    }

    pub(super) fn edit(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.edit = Some(Edit {
            span,
            replacement: replacement.into(),
        });
        self
    }
}

impl ShapeFaultKind {
    /// What is wrong, in one line.
    pub fn message(&self) -> String {
        match self {
            Self::NotAPolicy(Some(what)) => format!("this is {what}, not a policy document"),
            Self::NotAPolicy(None) => "this is not a policy document".to_owned(),
            Self::RootType { found } => format!("a policy document is an object, not {found}"),
            Self::MissingStatement => "the policy has no `Statement`".to_owned(),
            Self::EmptyStatement => "the policy has no statement".to_owned(),
            Self::StatementType { found } => format!("a statement is an object, not {found}"),
            Self::DataType {
                element,
                expected,
                found,
            } => {
                format!("`{element}` takes {expected}, not {found}")
            }
            Self::UnknownPolicyElement { key, .. } => {
                format!("a policy has no element `{key}`")
            }
            Self::UnknownStatementElement { key, .. } => {
                format!("a statement has no element `{key}`")
            }
            Self::ElementCase { key, right } => format!("`{key}` must be written `{right}`"),
            Self::InvalidVersion(text) => {
                format!("`{text}` is not a version of the policy language")
            }
            Self::MissingEffect => "the statement has no `Effect`".to_owned(),
            Self::InvalidEffect(text) => format!("`{text}` is neither `Allow` nor `Deny`"),
            Self::MissingAction => "the statement has neither `Action` nor `NotAction`".to_owned(),
            Self::MissingResource => {
                "the statement has neither `Resource` nor `NotResource`".to_owned()
            }
            Self::ConflictingElements { element, negated } => {
                format!("the statement has both `{element}` and `{negated}`")
            }
            Self::EmptyAction => "`Action` is empty, so the statement does nothing".to_owned(),
            Self::EmptyResource => "`Resource` is empty, so the statement does nothing".to_owned(),
            Self::EmptyPrincipal => {
                "no principal is listed, so the statement does nothing".to_owned()
            }
            Self::EmptyNotElement(element) => {
                format!("`{element}` is empty, so it leaves out nothing and matches everything")
            }
            Self::EmptyCondition => "the condition tests nothing".to_owned(),
            Self::EmptyConditionValue(key) => format!("`{key}` is compared with no value"),
            Self::MalformedCondition { expected, found } => {
                format!("a condition has {expected} here, not {found}")
            }
            Self::UnknownOperator { text, .. } => {
                format!("there is no condition operator `{text}`")
            }
            Self::PrincipalFormat(text) => format!("{text} is not a principal"),
            Self::PrincipalKey { key, .. } => format!("there is no kind of principal `{key}`"),
            Self::ActionFormat(text) => format!("`{text}` is not of the form `service:Action`"),
            Self::ArnPrefix(text) => format!("`{text}` is neither an ARN nor `*`"),
            Self::ArnMissingField { text, found } => {
                format!("`{text}` has {found} of the 6 fields of an ARN")
            }
            Self::TemplateCall(name) => {
                format!("the template engine has not run `{name}` here, so the value is unknown")
            }
            Self::Variable(kind) => match kind {
                VariableErrorKind::Unclosed => "`${` without its `}`",
                VariableErrorKind::Empty => "variable without a name",
                VariableErrorKind::Space => "space in the name of a variable",
                VariableErrorKind::DefaultWithoutQuotes => {
                    "the default of a variable is not in single quotes"
                }
            }
            .to_owned(),
        }
    }

    /// What to do about it.
    pub fn help(&self) -> String {
        let did_you_mean = |near: Option<&str>, otherwise: &str| match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => otherwise.to_owned(),
        };
        let fixed = match self {
            Self::UnknownPolicyElement { near, .. } => {
                return did_you_mean(
                    *near,
                    "a policy has `Version`, `Id` and `Statement`; remove the rest",
                );
            }
            Self::UnknownStatementElement { near, .. } => {
                return did_you_mean(
                    *near,
                    "a statement has `Sid`, `Effect`, `Principal`, `Action`, `Resource`, their `Not` \
                     forms, and `Condition`; remove the rest",
                );
            }
            Self::UnknownOperator { text, near } => {
                let null = text.to_ascii_lowercase().ends_with("nullifexists");
                let otherwise = "see `iamsim rule unknown-condition-operator` for the operators";
                return if null {
                    "`Null` tests whether the key exists, so it has no `IfExists` form; use `Null`"
                        .to_owned()
                } else {
                    did_you_mean(near.as_deref(), otherwise)
                };
            }
            Self::PrincipalKey { near, .. } => {
                return did_you_mean(
                    *near,
                    "use `AWS`, `Service`, `Federated` or `CanonicalUser`",
                );
            }
            Self::ElementCase { right, .. } => return format!("write `{right}`"),
            Self::NotAPolicy(_) | Self::RootType { .. } => {
                "a policy document is an object with `Version` and `Statement`"
            }
            Self::MissingStatement | Self::EmptyStatement => {
                "add a statement with `Effect`, `Action` and `Resource`"
            }
            Self::StatementType { .. } => "write it as `{\"Effect\": ..., \"Action\": ..., ...}`",
            Self::DataType { .. } => "give it a value of that type",
            Self::InvalidVersion(_) => "use `2012-10-17`",
            Self::MissingEffect => "add `\"Effect\": \"Allow\"` or `\"Effect\": \"Deny\"`",
            Self::InvalidEffect(_) => "write `Allow` or `Deny`; letter case counts",
            Self::MissingAction => "add `Action` with what is allowed or denied",
            Self::MissingResource => {
                "add `Resource` with the ARNs it is about, or `\"Resource\": \"*\"`"
            }
            Self::ConflictingElements { .. } => "keep one of the two",
            Self::EmptyAction | Self::EmptyResource | Self::EmptyPrincipal => {
                "list what is meant, or remove the statement"
            }
            Self::EmptyNotElement(_) => "list what is to be left out, or remove the statement",
            Self::EmptyCondition => "add a test, or remove the condition",
            Self::EmptyConditionValue(_) => {
                "give it a value, or test with `Null` whether the key exists"
            }
            Self::MalformedCondition { .. } => {
                "write `\"Condition\": {\"StringEquals\": {\"aws:PrincipalTag/team\": \"blue\"}}`"
            }
            Self::PrincipalFormat(_) => {
                "write `\"*\"`, or an object such as `{\"AWS\": \"arn:aws:iam::123456789012:root\"}`"
            }
            Self::ActionFormat(text) if text.contains(',') => {
                "write each action as a string of its own: `[\"s3:GetObject\", \"s3:PutObject\"]`"
            }
            Self::ActionFormat(text) if text.trim() != text => {
                "remove the blank at its start or end"
            }
            Self::ActionFormat(_) => "write it like `s3:GetObject`, `s3:Get*` or `*`",
            Self::ArnPrefix(_) => "write it like `arn:aws:s3:::bucket/*`, or `*` for everything",
            Self::ArnMissingField { .. } => {
                "an ARN is `arn:partition:service:region:account:resource`; region and account may be empty, their colons stay"
            }
            Self::TemplateCall(_) => "check the policy that the template becomes",
            Self::Variable(VariableErrorKind::Unclosed) => {
                "close it with `}`, or write `${$}` for `$`"
            }
            Self::Variable(VariableErrorKind::Empty) => {
                "name a condition key, such as `${aws:username}`"
            }
            Self::Variable(VariableErrorKind::Space) => "remove the space",
            Self::Variable(VariableErrorKind::DefaultWithoutQuotes) => {
                "write it like `${aws:PrincipalTag/team, 'none'}`"
            }
        };
        fixed.to_owned()
    }
}
