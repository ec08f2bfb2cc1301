//! Findings that somebody has accepted, and why: by a comment in the document, or by an entry of the
//! configuration.
//!
//! What a suppression takes is set aside, not lost, and no other finding changes by it. What keeps a
//! document from being read whole cannot be suppressed.

mod directive;
mod entry;
mod place;
mod unused;

pub use entry::Suppression;
pub use unused::findings_of_entries;

use super::{
    Category, Findings, Options, RULES, Rule, Selector, nearest_rule, rule_by_id, rules,
    wording::shorten,
};
use crate::{
    policy::{Located, Policy},
    source::{Finding, Source, Span},
    syntax::Document,
};
use directive::{Directive, Malformed, Name};
use entry::Entry;
use jiff::civil::Date;
use place::{Surroundings, Values};

/// How many comments of a document are read as suppressions: far more than anyone writes.
const MOST_DIRECTIVES: usize = 1_000;

/// A finding that is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// What suppresses it; at least one.
    pub by: Vec<Acceptance>,
}

/// What accepts a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// What it is.
    pub origin: Origin,
    /// Why, in the words of the user: not safe to print as they are.
    pub reason: String,
}

/// Where a suppression is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// In a comment of the document.
    Comment(Span),
    /// In an entry of [`Options::suppressions`], by its place among them.
    Entry(usize),
}

/// What came of an entry of the configuration over a document. Of several documents, the greatest counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// It suppressed nothing.
    #[default]
    Unused,
    /// Whether it has something to suppress cannot be told: its rules do not run, or the document
    /// could not be read.
    NotJudged,
    /// It suppressed something.
    Used,
}

/// A name that a suppression may not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong with it.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// Reads what a suppression is to suppress: a rule or a category, by its name.
pub fn suppressible(text: &str) -> Result<Selector, Refusal> {
    let refusal = |message: String, help: String| Err(Refusal { message, help });
    if text == "all" {
        return refusal(
            "`all` would suppress whatever comes to be found".to_owned(),
            "name the rules, or a category of them".to_owned(),
        );
    }
    let Ok(selector) = Selector::parse(text) else {
        let help = nearest_rule(text).map_or_else(
            || "`iamsim rule` lists the rules".to_owned(),
            |near| format!("did you mean `{}`?", near.id),
        );
        return refusal(format!("there is no rule `{text}`"), help);
    };
    let mut rules = RULES.iter().filter(|rule| selector.selects(rule));
    if rules.any(is_suppressible) {
        Ok(selector)
    } else {
        refusal(
            format!("findings of `{text}` cannot be suppressed"),
            "mend what they tell of".to_owned(),
        )
    }
}

/// Whether findings of a rule can be suppressed: not those that AWS cannot read the document, or iamsim
/// cannot judge it, and not those on suppressions.
pub(in crate::lint) fn is_suppressible(rule: &Rule) -> bool {
    let never = [
        rules::check_failed::RULE.id,
        rules::expired_suppression::RULE.id,
        rules::malformed_suppression::RULE.id,
        rules::unused_ignore::RULE.id,
    ];
    rule.category != Category::Syntax && !never.contains(&rule.id)
}

/// Whether a suppression ended before the day of the run.
fn is_over(until: Option<Located<Date>>, options: &Options) -> bool {
    let today = options.today;
    until.is_some_and(|until| today.is_some_and(|today| until.value < today))
}

/// A directive, and what it reaches.
#[derive(Debug)]
struct Comment {
    /// From its first to its last mark.
    span: Span,
    directive: Directive,
    /// Where the findings start that it suppresses; `None` where nothing follows it.
    reach: Option<Span>,
    /// Whether each of its names suppressed something.
    used: Vec<bool>,
}

impl Comment {
    fn reaches(&self, finding: &Finding) -> bool {
        let at = finding.span.start;
        self.reach
            .is_some_and(|reach| (reach.start..reach.end).contains(&at))
    }
}

/// Sets the findings aside that a comment or an entry suppresses, and reports the suppressions that are
/// malformed, over or without use. Comes to what was set aside, and what came of each entry.
pub(super) fn suppress(
    source: &Source,
    document: &Document<'_>,
    policy: &Policy,
    options: &Options,
    findings: &mut Vec<Finding>,
) -> (Vec<Suppressed>, Vec<Use>) {
    let mut told = Vec::new();
    let mut comments = comments(source, document, policy, &mut told);
    let mut entries: Vec<_> = options.suppressions.iter().map(Entry::new).collect();
    let mut suppressed = Vec::new();
    if !comments.is_empty() || !entries.is_empty() {
        let mut kept = Vec::with_capacity(findings.len());
        for finding in findings.drain(..) {
            let by = accepted_by(&finding, policy, options, &mut comments, &mut entries);
            if by.is_empty() {
                kept.push(finding);
            } else {
                suppressed.push(Suppressed { finding, by });
            }
        }
        *findings = kept;
    }
    for comment in &comments {
        unused::report_comment(comment, options, &mut told);
    }
    told.retain(|finding| {
        rule_by_id(finding.rule.as_str()).is_some_and(|rule| options.selection.is_on(rule))
    });
    findings.append(&mut told);
    let uses = entries.iter().map(|entry| entry.came_to(options)).collect();
    (suppressed, uses)
}

/// What suppresses a finding; each of them is marked as used.
fn accepted_by(
    finding: &Finding,
    policy: &Policy,
    options: &Options,
    comments: &mut [Comment],
    entries: &mut [Entry<'_>],
) -> Vec<Acceptance> {
    let mut by = Vec::new();
    let rule = rule_by_id(finding.rule.as_str()).filter(|rule| is_suppressible(rule));
    let Some(rule) = rule else { return by };
    for comment in comments {
        if is_over(comment.directive.until, options) || !comment.reaches(finding) {
            continue;
        }
        let names = comment.directive.names.iter().zip(&mut comment.used);
        let mut takes = false;
        for (_, used) in names.filter(|(name, _)| name.selector.selects(rule)) {
            (*used, takes) = (true, true);
        }
        if takes {
            by.push(Acceptance {
                origin: Origin::Comment(comment.span),
                reason: comment.directive.reason.clone(),
            });
        }
    }
    for (index, entry) in entries.iter_mut().enumerate() {
        if entry.takes(rule, finding, policy, options) {
            by.push(Acceptance {
                origin: Origin::Entry(index),
                reason: entry.suppression.reason.clone(),
            });
        }
    }
    by
}

/// The suppressions in the comments of a document. What is wrong with one is reported, and it suppresses
/// nothing.
fn comments(
    source: &Source,
    document: &Document<'_>,
    policy: &Policy,
    told: &mut Vec<Finding>,
) -> Vec<Comment> {
    let mut malformed = Findings::new(&rules::malformed_suppression::RULE, told);
    let mut read = Vec::new();
    let mut number = 0;
    for (index, comment) in document.comments.iter().enumerate() {
        let text = source.slice(comment.text);
        let Some(directive) = directive::parse(text, comment.text.start) else {
            continue;
        };
        number += 1;
        if number > MOST_DIRECTIVES {
            malformed
                .report(
                    comment.span,
                    format!(
                        "more than {MOST_DIRECTIVES} suppressions; this one and those after it suppress \
                         nothing"
                    ),
                )
                .help("suppress in the configuration what holds for many statements");
            break;
        }
        let directive = directive.and_then(|directive| {
            let late = directive.is_for_file && comment.span.start > document.root.span.start;
            if late {
                Err(directive::not_at_the_top(directive.head))
            } else {
                Ok(directive)
            }
        });
        match directive {
            Ok(directive) => read.push((index, directive)),
            Err(Malformed {
                span,
                message,
                help,
            }) => {
                malformed.report(span, message).help(help);
            }
        }
    }
    if read.is_empty() {
        return Vec::new();
    }
    let surroundings = Surroundings::of(source.text(), &document.comments);
    let values = Values::of(&document.root, policy);
    let whole = Span::new(0, source.text().len().saturating_add(1));
    let placed = read.into_iter().filter_map(|(index, directive)| {
        let span = document.comments.get(index)?.span;
        let reach = if directive.is_for_file {
            Some(whole)
        } else {
            surroundings.reach(index, span, source, &values)
        };
        Some(Comment {
            span,
            used: vec![false; directive.names.len()],
            directive,
            reach,
        })
    });
    placed.collect()
}

#[cfg(test)]
mod tests;
