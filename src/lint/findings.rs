//! How a rule reports.

use super::Rule;
use crate::source::{Edit, Finding, Fix, Label, Safety, Severity, Span};

/// Takes what a rule finds; stamps its name and severity on it.
#[derive(Debug)]
pub(super) struct Findings<'a> {
    rule: &'static Rule,
    list: &'a mut Vec<Finding>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(rule: &'static Rule, list: &'a mut Vec<Finding>) -> Self {
        Self { rule, list }
    }

    /// Reports a place. The rest is told to the draft that comes back.
    pub(super) fn report(&mut self, span: Span, message: impl Into<String>) -> Draft<'_> {
        self.list.push(Finding {
            rule: self.rule.rule_id(),
            severity: self.rule.severity,
            span,
            message: message.into(),
            caption: None,
            labels: Vec::new(),
            help: None,
            fix: None,
        });
        Draft {
            finding: self.list.last_mut(),
        }
    }
}

/// A finding that is being written.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    // `None` never comes to be, and would only mean that there is nothing to write to.
    finding: Option<&'a mut Finding>,
}

impl Draft<'_> {
    fn with(mut self, change: impl FnOnce(&mut Finding)) -> Self {
        if let Some(finding) = self.finding.as_deref_mut() {
            change(finding);
        }
        self
    }

    /// What to write under the span.
    pub(super) fn caption(self, text: impl Into<String>) -> Self {
        self.with(|finding| finding.caption = Some(text.into()))
    }

    /// Another place that matters.
    pub(super) fn label(self, span: Span, text: impl Into<String>) -> Self {
        let label = Label {
            span,
            text: text.into(),
        };
        self.with(|finding| finding.labels.push(label))
    }

    /// What to do about it.
    pub(super) fn help(self, text: impl Into<String>) -> Self {
        self.with(|finding| finding.help = Some(text.into()))
    }

    /// A severity other than the rule's.
    pub(super) fn severity(self, severity: Severity) -> Self {
        self.with(|finding| finding.severity = severity)
    }

    /// Edits that mend it.
    pub(super) fn fix(self, title: impl Into<String>, safety: Safety, edits: Vec<Edit>) -> Self {
        let fix = Fix {
            title: title.into(),
            safety,
            edits,
        };
        self.with(|finding| finding.fix = Some(fix))
    }
}
