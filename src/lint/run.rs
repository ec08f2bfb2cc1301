//! The walk over a document: each rule at its grain, once.

use super::{
    Check, DocumentCx, Findings, Options, RULES, Rule, StatementCx, Suppressed, TestCx, TreeCx,
    TypeOfPolicy, Use, condition_key::KeyFacts, faults, rule::Effort, rule_by_id, rules,
    suppression::suppress, wording::shorten,
};
use crate::{
    catalog::Catalog,
    policy::{
        Lowered, Policy, PolicyType, ShapeFaultKind, faults_of_type, is_of_another_program,
        looks_like_policy, lower,
    },
    source::{Finding, Severity, Source, Span},
    syntax::{self, Comments, Document, FaultKind},
};
use std::{
    any::Any,
    cell::OnceCell,
    panic::{AssertUnwindSafe, catch_unwind},
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
    /// The type that the policy is judged as.
    pub type_of_policy: Option<TypeOfPolicy>,
    /// What is wrong with it, in the order of the text.
    pub findings: Vec<Finding>,
    /// What is wrong with it and accepted, in the same order.
    pub suppressed: Vec<Suppressed>,
    /// What came of each of [`Options::suppressions`], in their order.
    pub uses: Vec<Use>,
    /// Whether the document has a `Statement` and so was meant to be a policy.
    pub looks_like_policy: bool,
    /// Whether it is a document of another program, such as a template, that may have policies in it.
    pub is_of_another_program: bool,
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
    let (_, mut checked) = read_tree(source, policy_type, Comments::Refused);
    // A policy of which a part is unknown cannot be judged.
    let unknown = rules::unresolved_template_token::RULE.rule_id();
    for finding in &mut checked.findings {
        if finding.rule == unknown {
            finding.severity = Severity::Error;
        }
    }
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
        let (_, checked) = read_tree(source, options.policy_type, options.comments);
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
pub fn check_beside(source: &Source, companions: &[&Companion], options: &Options) -> Checked {
    let rules: Vec<_> = RULES
        .iter()
        .filter(|rule| options.selection.is_on(rule))
        .collect();
    check_with(&rules, source, companions, options)
}

fn check_with(
    rules: &[&'static Rule],
    source: &Source,
    companions: &[&Companion],
    options: &Options,
) -> Checked {
    let (document, mut checked) = read_tree(source, options.policy_type, options.comments);
    // A document of which a part is lost is never passed off as a clean one.
    let whole = document.is_sound() && checked.policy.is_some();
    checked.findings.retain(|fault| {
        let on = rule_by_id(fault.rule.as_str()).is_none_or(|rule| options.selection.is_on(rule));
        on || !whole && fault.severity == Severity::Error
    });
    if document.is_sound() {
        let findings = &mut checked.findings;
        let mut runner = Runner::new(document.root.span.start, findings);
        run_tree_rules(rules, &document, &mut runner);
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
                denials: OnceCell::new(),
                on_star: OnceCell::new(),
            };
            run_policy_rules(rules, &cx, &mut runner);
        }
    }
    finish(&mut checked.findings);
    checked.uses = vec![Use::NotJudged; options.suppressions.len()];
    if let (Some(policy), true) = (&checked.policy, whole) {
        (checked.suppressed, checked.uses) =
            suppress(source, &document, policy, options, &mut checked.findings);
        if !document.comments.is_empty() {
            finish(&mut checked.findings);
        }
    }
    let suppressed = checked.suppressed.iter_mut();
    let suppressed = suppressed.map(|suppressed| &mut suppressed.finding);
    for finding in checked.findings.iter_mut().chain(suppressed) {
        // What keeps a document from being read matters as much as it does.
        let hides = !whole && finding.severity == Severity::Error;
        if let (Some(severity), false) = (options.severities.get(&finding.rule), hides) {
            finding.severity = *severity;
        }
    }
    checked
}

/// The dialect of a document: its name may say that comments are stripped from it before AWS sees it.
fn dialect(source: &Source, given: Comments) -> Comments {
    let extension = std::path::Path::new(source.name()).extension();
    if extension.is_some_and(|extension| extension.eq_ignore_ascii_case("jsonc")) {
        Comments::Allowed
    } else {
        given
    }
}

fn read_tree(
    source: &Source,
    given: Option<PolicyType>,
    comments: Comments,
) -> (Document<'_>, Checked) {
    let document = syntax::parse_with(source, dialect(source, comments));
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
    let mut told = None;
    faults.retain(|fault| {
        if !matches!(fault.kind, ShapeFaultKind::TemplateCall(_)) {
            return true;
        }
        let statements = policy.as_ref().map_or(&[][..], |policy| &policy.statements);
        let before = statements.partition_point(|each| each.span.end < fault.span.end);
        let index = statements.get(before).map(|each| each.index);
        // One of them a statement says enough.
        index.is_none() || std::mem::replace(&mut told, index) != index
    });
    findings.extend(faults.iter().map(faults::of_shape));
    let is_of_another_program = faults.iter().any(is_of_another_program);
    let looks_like_policy = looks_like_policy(&document.root);
    (
        document,
        Checked {
            policy,
            type_of_policy,
            findings,
            suppressed: Vec::new(),
            uses: Vec::new(),
            looks_like_policy,
            is_of_another_program,
        },
    )
}

/// Runs rules one by one, so that one that crashes is told of and the others go on.
struct Runner<'a> {
    findings: &'a mut Vec<Finding>,
    /// Where the document starts; what is wrong with the linter is shown there.
    start: usize,
    /// The rules that crashed; they are not run again.
    failed: Vec<&'static str>,
}

impl<'a> Runner<'a> {
    fn new(start: usize, findings: &'a mut Vec<Finding>) -> Self {
        Self {
            findings,
            start,
            failed: Vec::new(),
        }
    }

    /// Runs a rule. The process says on standard error where a crash was, as it does of any other.
    fn run(&mut self, rule: &'static Rule, check: impl FnOnce(&mut Findings<'_>)) {
        if self.failed.contains(&rule.id) {
            return;
        }
        let findings = &mut *self.findings;
        // A finding is pushed whole, and what rules share is never lent out while they judge.
        let run = AssertUnwindSafe(|| check(&mut Findings::new(rule, findings)));
        if let Err(cause) = catch_unwind(run) {
            self.failed.push(rule.id);
            let message = format!(
                "rule `{}` crashed over this policy, so what it would have found is missing: {}",
                rule.id,
                text_of(&*cause)
            );
            Findings::new(&rules::check_failed::RULE, self.findings)
                .report(Span::new(self.start, self.start + 1), message)
                .help("this is a fault of iamsim, not of the policy; please report it");
        }
    }
}

/// What a rule crashed with.
fn text_of(cause: &(dyn Any + Send)) -> &str {
    let text = cause.downcast_ref::<&str>().copied();
    text.or_else(|| cause.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no cause was given")
}

fn run_tree_rules(rules: &[&'static Rule], document: &Document<'_>, runner: &mut Runner<'_>) {
    let cx = TreeCx {
        root: &document.root,
    };
    for rule in rules {
        if let Check::Tree(check) = &rule.check {
            runner.run(rule, |findings| check(&cx, findings));
        }
    }
}

fn run_policy_rules(rules: &[&'static Rule], cx: &DocumentCx<'_>, runner: &mut Runner<'_>) {
    let rules: Vec<_> = rules
        .iter()
        .copied()
        .filter(|rule| rule.types.contains(cx.policy_type()))
        .collect();
    for rule in &rules {
        if let Check::Document(check) = &rule.check {
            runner.run(rule, |findings| check(cx, findings));
        }
    }
    let mut told = false;
    for statement in cx.statements() {
        for rule in &rules {
            if let Check::Statement(check) = &rule.check {
                runner.run(rule, |findings| check(&statement, findings));
            }
        }
        run_test_rules(&rules, &statement, runner);
        if cx.effort.is_exhausted() && !told {
            told = true;
            let start = statement.statement.span.start;
            let message = "the policy is too large to be judged whole; from this statement on, rules \
                           that compare many names are left out";
            let mut findings = Findings::new(&rules::json_too_deep_or_large::RULE, runner.findings);
            findings
                .report(Span::new(start, start + 1), message)
                .help(FaultKind::TooLarge.help());
        }
    }
}

fn run_test_rules(rules: &[&'static Rule], statement: &StatementCx<'_>, runner: &mut Runner<'_>) {
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
                runner.run(rule, |findings| check(&cx, findings));
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

#[cfg(test)]
mod tests {
    use super::{Options, check_with};
    use crate::{
        lint::{Category, Check, DocumentCx, Findings, Rule, StatementCx, rules, testing::allow},
        policy::PolicyTypes,
        source::{Finding, Severity, Source},
    };

    const fn rule(id: &'static str, check: Check) -> Rule {
        Rule {
            id,
            category: Category::Semantics,
            severity: Severity::Low,
            summary: "made for a test",
            types: PolicyTypes::ALL,
            enabled: true,
            since: "0.1.0",
            check,
            docs: "",
        }
    }

    fn crash_after_a_finding(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
        out.report(cx.statement.span, "found before");
        panic!("statement {}", cx.statement.index);
    }

    fn crash(_: &DocumentCx<'_>, _: &mut Findings<'_>) {
        panic!("no number");
    }

    fn find(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
        out.report(cx.statement.span, "found");
    }

    static CRASHING: Rule = rule("crashing", Check::Statement(crash_after_a_finding));
    static CRASHING_OVER_ALL: Rule = rule("crashing-over-all", Check::Document(crash));
    static FINDING: Rule = rule("finding", Check::Statement(find));

    fn findings(rules: &[&'static Rule]) -> Vec<Finding> {
        let statement = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#;
        let text = format!(r#"{{"Statement": [{statement}, {statement}]}}"#);
        let source = Source::new("test.json", text.into_bytes());
        check_with(rules, &source, &[], &Options::default()).findings
    }

    #[test]
    fn a_crash_is_told_once_and_the_other_rules_run() {
        let found = findings(&[&CRASHING, &CRASHING_OVER_ALL, &FINDING]);
        let messages: Vec<_> = found
            .iter()
            .map(|finding| (finding.rule.as_str(), finding.message.as_str()))
            .collect();
        let crashed = |rule: &str, cause: &str| {
            format!(
                "rule `{rule}` crashed over this policy, so what it would have found is missing: \
                 {cause}"
            )
        };
        assert_eq!(
            messages,
            [
                (
                    "check-failed",
                    crashed("crashing-over-all", "no number").as_str()
                ),
                ("check-failed", crashed("crashing", "statement 0").as_str()),
                ("crashing", "found before"),
                ("finding", "found"),
                ("finding", "found"),
            ]
        );
        assert_eq!(found[0].severity, Severity::Error);
    }

    #[test]
    fn no_crash_no_finding() {
        let source = Source::new("test.json", allow(r#""s3:*""#, r#""*""#).into_bytes());
        let found = check_with(&[&FINDING], &source, &[], &Options::default()).findings;
        let failed = rules::check_failed::RULE.rule_id();
        assert!(found.iter().all(|finding| finding.rule != failed));
    }
}
