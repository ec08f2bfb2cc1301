//! What a rule says about a place in a file: the one type that every layer and renderer speaks.

use super::Span;
use std::fmt;

/// The name of a rule, such as `unknown-action`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct RuleId(&'static str);

impl RuleId {
    /// Takes a name in kebab case; made by the list of rules alone.
    pub(crate) const fn new(id: &'static str) -> Self {
        Self(id)
    }

    /// The name.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// How much a finding matters, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// A matter of style.
    Hint,
    /// A small risk, or a part without effect that does no harm.
    Low,
    /// A risk worth a look.
    Medium,
    /// A risk that should not be deployed unseen.
    High,
    /// A grant that gives everything away.
    Critical,
    /// AWS rejects the document, or this part of it can never work.
    Error,
}

impl Severity {
    /// All of them, least first.
    pub const ALL: [Self; 6] = [
        Self::Hint,
        Self::Low,
        Self::Medium,
        Self::High,
        Self::Critical,
        Self::Error,
    ];

    /// The name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
            Self::Error => "error",
        }
    }

    /// The severity of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|each| each.name() == name)
    }

    /// What it is where there are only three.
    pub fn level(self) -> Level {
        match self {
            Self::Error | Self::Critical | Self::High => Level::Error,
            Self::Medium | Self::Low => Level::Warning,
            Self::Hint => Level::Note,
        }
    }
}

/// How much a finding matters to tools that know three levels, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Good to know.
    Note,
    /// Worth a look.
    Warning,
    /// Not to be deployed.
    Error,
}

/// A place and what is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// A few words, lower case, without a full stop.
    pub text: String,
}

/// Whether a fix keeps what the policy means, safest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Safety {
    /// What the policy grants stays as it is, or becomes what was surely meant.
    Safe,
    /// The policy may grant other things afterwards; a person should look.
    Unsafe,
}

/// Text to put in place of a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// What takes its place; empty to delete.
    pub replacement: String,
}

/// A change that mends the finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What the change does, as an order: "remove the comma".
    pub title: String,
    /// Whether it keeps the meaning.
    pub safety: Safety,
    /// The edits, in the order of their spans, none overlapping.
    pub edits: Vec<Edit>,
}

/// One fault in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule that found it.
    pub rule: RuleId,
    /// How much it matters.
    pub severity: Severity,
    /// The smallest text that is wrong.
    pub span: Span,
    /// What is wrong; lower case, no full stop, the user's text in backticks.
    pub message: String,
    /// What to write under the span, where the message alone would not do.
    pub caption: Option<String>,
    /// Other places that matter.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
    /// An edit that does it.
    pub fix: Option<Fix>,
}
