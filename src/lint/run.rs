//! The walk over a document: each rule at its grain, once.

use super::{
    Check, DocumentCx, Findings, RULES, StatementCx, TreeCx, faults, rule::Effort, rules,
    wording::shorten,
};
use crate::{
    catalog::Catalog,
    policy::{Lowered, Policy, looks_like_policy, lower},
    source::{Finding, Severity, Source, Span},
    syntax::{self, Document, FaultKind},
};

/// How many comparisons of names the rules make over one policy at most. A policy of the size that
/// AWS takes at most, 20,480 characters, has room for some 2,000 entries such as `*:Get*`, each of
/// which is compared with every action.
const MOST_COMPARISONS: u64 = 50_000_000;

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
    pub fn into_sound_policy(self) -> Option<Policy> {
        let mut findings = self.findings.iter();
        let wrong = findings.any(|finding| finding.severity == Severity::Error);
        self.policy.filter(|_| !wrong)
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
    finish(&mut checked.findings);
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
    finish(&mut findings);
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
    let identity = !policy.names_principals;
    let effort = Effort::new(MOST_COMPARISONS);
    for rule in RULES {
        if let Check::Document(check) = &rule.check {
            let cx = DocumentCx {
                source,
                root: &document.root,
                policy,
            };
            check(&cx, &mut Findings::new(rule, findings));
        }
    }
    for statement in &policy.statements {
        let cx = StatementCx {
            policy,
            statement,
            identity,
            effort: &effort,
            catalog,
        };
        let before = effort.is_exhausted();
        for rule in RULES {
            if let Check::Statement(check) = &rule.check {
                check(&cx, &mut Findings::new(rule, findings));
            }
        }
        if effort.is_exhausted() && !before {
            let span = Span::new(statement.span.start, statement.span.start + 1);
            let message = "the policy is too large to be judged whole; from this statement on, rules \
                           that compare many names are left out";
            let mut findings = Findings::new(&rules::json_too_deep_or_large::RULE, findings);
            findings
                .report(span, message)
                .help(FaultKind::TooLarge.help());
        }
    }
}

/// Puts findings into the order of the text, and long texts in them into a bearable length.
fn finish(findings: &mut [Finding]) {
    for finding in &mut *findings {
        shorten(&mut finding.message);
        finding
            .caption
            .iter_mut()
            .chain(&mut finding.help)
            .for_each(shorten);
        finding
            .labels
            .iter_mut()
            .for_each(|label| shorten(&mut label.text));
    }
    findings.sort_by(|left, right| {
        let key = |finding: &Finding| (finding.span.start, finding.span.end, finding.rule);
        key(left).cmp(&key(right))
    });
}
