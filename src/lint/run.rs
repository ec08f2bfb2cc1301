//! The walk over a document: each rule at its grain, once.

use super::{
    Check, DocumentCx, Findings, Options, RULES, Rule, StatementCx, TestCx, TreeCx, TypeOfPolicy,
    condition_key::KeyFacts, faults, rule::Effort, rules, wording::shorten,
};
use crate::{
    catalog::Catalog,
    policy::{Lowered, Policy, PolicyType, faults_of_type, looks_like_policy, lower},
    source::{Finding, Severity, Source, Span},
    syntax::{self, Document, FaultKind},
};
use std::cell::OnceCell;

/// How many comparisons of names the rules make over one policy at most. A policy of the size that
/// AWS takes at most, 20,480 characters, has room for some 2,000 entries such as `*:Get*`, each of
/// which is compared with every action.
const MOST_COMPARISONS: u64 = 50_000_000;

/// What came of reading or checking a document.
#[derive(Debug)]
pub struct Checked {
    /// The policy, as far as it could be read; `None` where the text is none.
    pub policy: Option<Policy>,
    /// The type that the policy is judged as.
    pub type_of_policy: Option<TypeOfPolicy>,
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

/// Reads a document as a policy of a type, or of the type that is guessed: findings are only of text
/// and shape.
pub fn read(source: &Source, policy_type: Option<PolicyType>) -> Checked {
    let (_, mut checked) = read_tree(source, policy_type);
    finish(&mut checked.findings);
    checked
}

/// Another policy of the principal that a policy is of.
#[derive(Debug, Clone)]
pub struct Companion {
    /// The name of its file.
    pub name: String,
    /// Its type.
    pub policy_type: PolicyType,
    /// The policy.
    pub policy: Policy,
}

impl Companion {
    /// Reads a policy that counts together with others; `None` for a document that is none.
    pub fn read(source: &Source, options: &Options) -> Option<Self> {
        let (_, checked) = read_tree(source, options.policy_type);
        Some(Self {
            name: source.name().to_owned(),
            policy_type: checked.type_of_policy?.policy_type,
            policy: checked.policy?,
        })
    }
}

/// Reads a document and runs every rule over it that is on.
pub fn check(source: &Source, options: &Options) -> Checked {
    check_beside(source, &[], options)
}

/// Like [`check`], with the other policies of the same principal: what these give and take away counts
/// where it is asked what the principal holds.
pub fn check_beside(source: &Source, companions: &[Companion], options: &Options) -> Checked {
    let (document, mut checked) = read_tree(source, options.policy_type);
    if document.is_sound() {
        let findings = &mut checked.findings;
        let rules: Vec<_> = RULES
            .iter()
            .filter(|rule| rule.enabled || options.extend_select.iter().any(|id| id == rule.id))
            .collect();
        run_tree_rules(&rules, &document, findings);
        if let (Some(policy), Some(type_of_policy)) = (&checked.policy, &checked.type_of_policy) {
            let cx = DocumentCx {
                source,
                root: &document.root,
                policy,
                type_of_policy,
                options,
                companions,
                effort: &Effort::new(MOST_COMPARISONS),
                catalog: Catalog::embedded(),
                held: OnceCell::new(),
                unlimited: OnceCell::new(),
                escalations: OnceCell::new(),
            };
            run_policy_rules(&rules, &cx, findings);
        }
    }
    finish(&mut checked.findings);
    checked
}

fn read_tree(source: &Source, given: Option<PolicyType>) -> (Document<'_>, Checked) {
    let document = syntax::parse(source);
    let mut findings: Vec<_> = document.faults.iter().map(faults::of_syntax).collect();
    // What is left of a tree that is not sound would only be blamed for what it lost.
    let lowered = document.is_sound().then(|| lower(&document.root));
    let Lowered { policy, mut faults } = lowered.unwrap_or(Lowered {
        policy: None,
        faults: Vec::new(),
    });
    let type_of_policy = policy.as_ref().map(|policy| {
        given.map_or_else(
            || TypeOfPolicy::guess(policy, source.name()),
            TypeOfPolicy::given,
        )
    });
    if let (Some(policy), Some(of)) = (&policy, &type_of_policy) {
        faults.extend(faults_of_type(policy, of.policy_type));
    }
    findings.extend(faults.iter().map(faults::of_shape));
    let looks_like_policy = looks_like_policy(&document.root);
    (
        document,
        Checked {
            policy,
            type_of_policy,
            findings,
            looks_like_policy,
        },
    )
}

fn run_tree_rules(rules: &[&'static Rule], document: &Document<'_>, findings: &mut Vec<Finding>) {
    let cx = TreeCx {
        root: &document.root,
    };
    for rule in rules {
        if let Check::Tree(check) = &rule.check {
            check(&cx, &mut Findings::new(rule, findings));
        }
    }
}

fn run_policy_rules(rules: &[&'static Rule], cx: &DocumentCx<'_>, findings: &mut Vec<Finding>) {
    let rules: Vec<_> = rules
        .iter()
        .copied()
        .filter(|rule| rule.types.contains(cx.policy_type()))
        .collect();
    for rule in &rules {
        if let Check::Document(check) = &rule.check {
            check(cx, &mut Findings::new(rule, findings));
        }
    }
    for statement in cx.statements() {
        let before = cx.effort.is_exhausted();
        for rule in &rules {
            if let Check::Statement(check) = &rule.check {
                check(&statement, &mut Findings::new(rule, findings));
            }
        }
        run_test_rules(&rules, &statement, findings);
        if cx.effort.is_exhausted() && !before {
            let start = statement.statement.span.start;
            let message = "the policy is too large to be judged whole; from this statement on, rules \
                           that compare many names are left out";
            let mut findings = Findings::new(&rules::json_too_deep_or_large::RULE, findings);
            findings
                .report(Span::new(start, start + 1), message)
                .help(FaultKind::TooLarge.help());
        }
    }
}

fn run_test_rules(
    rules: &[&'static Rule],
    statement: &StatementCx<'_>,
    findings: &mut Vec<Finding>,
) {
    let Some(condition) = &statement.statement.condition else {
        return;
    };
    for test in &condition.tests {
        let cx = TestCx {
            statement,
            condition,
            test,
            key: KeyFacts::of(statement.catalog, test.key.as_str()),
        };
        for rule in rules {
            if let Check::Test(check) = &rule.check {
                check(&cx, &mut Findings::new(rule, findings));
            }
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
