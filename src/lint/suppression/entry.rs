//! Entries of the configuration that suppress findings.

use super::{Options, Rule, Selector, Use, is_over};
use crate::{
    policy::{Case, Element, Located, Policy, Statement, Wildcard},
    source::{Finding, Span},
    syntax::Text,
};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Findings of a rule that are accepted.
///
/// Where it names a `Sid`, an action or a resource, it takes only findings inside a statement. A finding
/// that underlines an entry of `Action` or `NotAction` is about that one; any other is about all of the
/// statement, so that an action which is added later is not accepted unseen. It is the same for
/// resources. An entry matches where the pattern covers all that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The rule, or the category.
    pub rule: Selector,
    /// What the `Sid` of the statement matches; letter case counts.
    pub sid: Option<Wildcard>,
    /// What covers the action that the finding is about.
    pub action: Option<Wildcard>,
    /// What covers the resource that the finding is about.
    pub resource: Option<Wildcard>,
    /// Why.
    pub reason: String,
    /// The last day on which it suppresses.
    pub expires: Option<Located<Date>>,
    /// Where the name of the rule stands in the configuration.
    pub span: Span,
}

impl Suppression {
    /// Whether it ended before the day of the run.
    pub fn is_over(&self, options: &Options) -> bool {
        is_over(self.expires, options)
    }
}

/// An entry, and what is known of it over one document.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) suppression: &'a Suppression,
    used: bool,
    /// Whether it covers all actions of a statement, by the number of the statement.
    actions: BTreeMap<usize, bool>,
    /// The same of resources.
    resources: BTreeMap<usize, bool>,
}

impl<'a> Entry<'a> {
    pub(super) fn new(suppression: &'a Suppression) -> Self {
        Self {
            suppression,
            used: false,
            actions: BTreeMap::new(),
            resources: BTreeMap::new(),
        }
    }

    /// Whether it suppresses a finding of a rule.
    pub(super) fn takes(
        &mut self,
        rule: &Rule,
        finding: &Finding,
        policy: &Policy,
        options: &Options,
    ) -> bool {
        let takes = self.suppression.rule.selects(rule)
            && !self.suppression.is_over(options)
            && self.is_about(finding, policy);
        self.used |= takes;
        takes
    }

    fn is_about(&mut self, finding: &Finding, policy: &Policy) -> bool {
        let Suppression {
            sid,
            action,
            resource,
            ..
        } = self.suppression;
        if sid.is_none() && action.is_none() && resource.is_none() {
            return true;
        }
        let at = finding.span.start;
        let Some(statement) = statement_at(policy, at) else {
            return false;
        };
        let own = statement.sid.as_ref().map(Text::as_str);
        let of_sid = sid
            .as_ref()
            .is_none_or(|pattern| own.is_some_and(|own| pattern.matches(own)));
        of_sid
            && action.as_ref().is_none_or(|pattern| {
                let elements = [&statement.action, &statement.not_action];
                let covering = Covering {
                    pattern,
                    case: Case::Ignored,
                    known: &mut self.actions,
                };
                covering.of(statement, elements, |entry| entry.text(), at)
            })
            && resource.as_ref().is_none_or(|pattern| {
                let elements = [&statement.resource, &statement.not_resource];
                let covering = Covering {
                    pattern,
                    case: Case::Sensitive,
                    known: &mut self.resources,
                };
                covering.of(statement, elements, |entry| &entry.text, at)
            })
    }

    /// What came of it over the document.
    pub(super) fn came_to(&self, options: &Options) -> Use {
        if self.used {
            Use::Used
        } else if options.selection.is_any_on(self.suppression.rule) {
            Use::Unused
        } else {
            Use::NotJudged
        }
    }
}

/// The statement in which an offset lies.
fn statement_at(policy: &Policy, at: usize) -> Option<&Statement> {
    let place = policy
        .statements
        .partition_point(|statement| statement.span.end <= at);
    let statement = policy.statements.get(place)?;
    (statement.span.start <= at).then_some(statement)
}

/// Whether a pattern covers what a finding is about.
struct Covering<'a> {
    pattern: &'a Wildcard,
    case: Case,
    /// Whether it covers all entries of statements, as far as that was asked.
    known: &'a mut BTreeMap<usize, bool>,
}

impl Covering<'_> {
    /// Whether it covers the entry that the finding underlines, or else every entry of the elements.
    fn of<T>(
        self,
        statement: &Statement,
        elements: [&Option<Element<T>>; 2],
        text: fn(&T) -> &Text<'static>,
        at: usize,
    ) -> bool {
        let elements = || elements.into_iter().flatten();
        let covers =
            |entry: &T| (self.pattern).covers(&Wildcard::new(text(entry).as_str(), self.case));
        let underlined = elements().find_map(|element| entry_at(element, text, at));
        if let Some(entry) = underlined {
            return covers(entry);
        }
        *self.known.entry(statement.index).or_insert_with(|| {
            elements().next().is_some()
                && elements()
                    .all(|element| element.is_whole() && element.entries.iter().all(covers))
        })
    }
}

/// The entry of an element in which an offset lies.
fn entry_at<T>(element: &Element<T>, text: fn(&T) -> &Text<'static>, at: usize) -> Option<&T> {
    let entries = &element.entries;
    let after = entries.partition_point(|entry| text(entry).quoted_span().start <= at);
    let entry = entries.get(after.checked_sub(1)?)?;
    (at < text(entry).quoted_span().end).then_some(entry)
}
