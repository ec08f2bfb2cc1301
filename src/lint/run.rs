//! The walk over a document: each rule at its grain, once.

use super::{Check, DocumentCx, Findings, RULES, StatementCx, TreeCx, faults};
use crate::{
    catalog::Catalog,
    policy::{Lowered, Policy, looks_like_policy, lower},
    source::{Finding, Severity, Source},
    syntax::{self, Document},
};
use std::cell::Cell;

/// How many comparisons of names the rules make over one policy at most: far more than the largest
/// policies of AWS's own take.
const MOST_COMPARISONS: u64 = 2_000_000;

/// What came of reading or checking a document.
#[derive(Debug)]
pub struct Checked {
    /// The policy, as far as it could be read; `None` where the text is none.
    pub policy: Option<Policy>,
    /// What is wrong with it, in the order of the text.
    pub findings: Vec<Finding>,
    /// Whether the document has a `Statement` and so was meant to be a policy.
    pub looks_like_policy: bool,
}

impl Checked {
    /// The policy, unless something about it is an error, so that no part of it can be missing.
    pub fn sound_policy(&self) -> Option<&Policy> {
        let wrong = self
            .findings
            .iter()
            .any(|finding| finding.severity == Severity::Error);
        self.policy.as_ref().filter(|_| !wrong)
    }
}

/// Reads a document: findings are only of text and shape.
pub fn read(source: &Source) -> Checked {
    let (_, checked) = read_tree(source);
    checked
}

/// Reads a document and runs every rule over it.
pub fn check(source: &Source) -> Checked {
    let (document, mut checked) = read_tree(source);
    if document.is_sound() {
        let findings = &mut checked.findings;
        run_tree_rules(&document, findings);
        if let Some(policy) = &checked.policy {
            run_policy_rules(source, &document, policy, findings);
        }
    }
    sort(&mut checked.findings);
    checked
}

fn read_tree(source: &Source) -> (Document<'_>, Checked) {
    let document = syntax::parse(source);
    let mut findings: Vec<_> = document.faults.iter().map(faults::of_syntax).collect();
    // What is left of a tree that is not sound would only be blamed for what it lost.
    let lowered = document.is_sound().then(|| lower(&document.root));
    let Lowered { policy, faults } = lowered.unwrap_or(Lowered {
        policy: None,
        faults: Vec::new(),
    });
    findings.extend(faults.iter().map(faults::of_shape));
    sort(&mut findings);
    let looks_like_policy = looks_like_policy(&document.root);
    (
        document,
        Checked {
            policy,
            findings,
            looks_like_policy,
        },
    )
}

fn run_tree_rules(document: &Document<'_>, findings: &mut Vec<Finding>) {
    let cx = TreeCx {
        root: &document.root,
    };
    for rule in RULES {
        if let Check::Tree(check) = &rule.check {
            check(&cx, &mut Findings::new(rule, findings));
        }
    }
}

fn run_policy_rules(
    source: &Source,
    document: &Document<'_>,
    policy: &Policy,
    findings: &mut Vec<Finding>,
) {
    let catalog = Catalog::embedded();
    let mut statements = policy.statements.iter();
    let identity = statements.all(|each| each.principal.is_none() && each.not_principal.is_none());
    let effort = Cell::new(MOST_COMPARISONS);
    for rule in RULES {
        match &rule.check {
            Check::Document(check) => {
                let cx = DocumentCx {
                    source,
                    root: &document.root,
                    policy,
                };
                check(&cx, &mut Findings::new(rule, findings));
            }
            Check::Statement(check) => {
                for statement in &policy.statements {
                    let cx = StatementCx {
                        policy,
                        statement,
                        identity,
                        effort: &effort,
                        catalog,
                    };
                    check(&cx, &mut Findings::new(rule, findings));
                }
            }
            Check::Fault | Check::Tree(_) => {}
        }
    }
}

fn sort(findings: &mut [Finding]) {
    findings.sort_by(|left, right| {
        let key = |finding: &Finding| (finding.span.start, finding.span.end, finding.rule);
        key(left).cmp(&key(right))
    });
}
