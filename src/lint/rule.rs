//! What a rule is.

use super::{
    Companion, Findings, Options, TypeOfPolicy,
    condition_key::KeyFacts,
    escalation::Found,
    grants::{Denials, Grants},
    limits::{self, Limit, Of},
};
use crate::{
    catalog::{Action, Catalog},
    policy::{
        ActionPattern, ArnPattern, ConditionElement, ConditionTest, Effect, Policy, PolicyType,
        PolicyTypes, PrincipalEntry, ResourceForm, ResourcePattern, Statement,
    },
    source::{Severity, Source, Span},
    syntax::Value,
};
use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

/// A rule: what it finds, how much that matters, and its manual.
#[derive(Debug)]
pub struct Rule {
    /// The name, in kebab case; it names the bad pattern, not the cure.
    pub id: &'static str,
    /// What kind of fault it finds.
    pub category: Category,
    /// How much its findings matter, where they do not say otherwise.
    pub severity: Severity,
    /// What it finds, in one line.
    pub summary: &'static str,
    /// The types of policies that it looks at.
    pub types: PolicyTypes,
    /// Whether it runs where nobody asked for it by name.
    pub enabled: bool,
    /// The version of iamsim that had it first.
    pub since: &'static str,
    /// How it looks.
    pub(super) check: Check,
    /// The manual, in Markdown, as it stands in the rule's file.
    pub docs: &'static str,
}

/// The kinds of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// The text is not JSON.
    Syntax,
    /// The JSON is not of the grammar of policies.
    Schema,
    /// A part does not mean what it says: names that do not exist, patterns that never match.
    Semantics,
    /// The policy grants more than it should.
    Security,
    /// The policy lets its principal gain rights that it does not have.
    PrivilegeEscalation,
    /// The policy exceeds what AWS takes.
    Quota,
    /// The policy says the same as a clearer or shorter one.
    Style,
}

impl Category {
    /// All of them, in order.
    pub const ALL: [Self; 7] = [
        Self::Syntax,
        Self::Schema,
        Self::Semantics,
        Self::Security,
        Self::PrivilegeEscalation,
        Self::Quota,
        Self::Style,
    ];

    /// The name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Schema => "schema",
            Self::Semantics => "semantics",
            Self::Security => "security",
            Self::PrivilegeEscalation => "privilege-escalation",
            Self::Quota => "quota",
            Self::Style => "style",
        }
    }
}

/// How a rule looks at a document: the grain that it works at, and its function.
#[derive(Debug)]
pub(super) enum Check {
    /// It does not look; it stands for faults that reading the document finds.
    Fault,
    /// Once, at the tree of values.
    Tree(fn(&TreeCx<'_>, &mut Findings<'_>)),
    /// Once, at the policy.
    Document(fn(&DocumentCx<'_>, &mut Findings<'_>)),
    /// At each statement.
    Statement(fn(&StatementCx<'_>, &mut Findings<'_>)),
    /// At each test of each condition.
    Test(fn(&TestCx<'_>, &mut Findings<'_>)),
}

/// What a rule over the tree sees.
#[derive(Debug)]
pub(super) struct TreeCx<'a> {
    /// The value at the top.
    pub(super) root: &'a Value<'a>,
}

/// What a rule over the policy sees.
#[derive(Debug)]
pub(super) struct DocumentCx<'a> {
    /// The file.
    pub(super) source: &'a Source,
    /// The value at the top.
    pub(super) root: &'a Value<'a>,
    /// The policy.
    pub(super) policy: &'a Policy,
    /// The type that it is judged as, and why.
    pub(super) type_of_policy: &'a TypeOfPolicy,
    /// What the user asked for.
    pub(super) options: &'a Options,
    /// The other policies of the same principal, where the user says so.
    pub(super) companions: &'a [&'a Companion],
    /// What the rules may still cost over this policy, and what they found out already.
    pub(super) effort: &'a Effort,
    /// What AWS has.
    pub(super) catalog: Catalog,
    /// What the principal holds, once it was asked for.
    pub(super) held: OnceCell<Grants>,
    /// What it holds without limits, once it was asked for.
    pub(super) unlimited: OnceCell<Grants>,
    /// How it can gain more, once it was asked for.
    pub(super) escalations: OnceCell<Vec<Found>>,
    /// What the `Deny` statements name, once it was asked for.
    pub(super) denials: OnceCell<Denials>,
    /// The statements that allow something on `*`, by their numbers, once they were asked for.
    pub(super) on_star: OnceCell<Vec<usize>>,
}

impl<'a> DocumentCx<'a> {
    /// The type that the policy is judged as.
    pub(super) fn policy_type(&self) -> PolicyType {
        self.type_of_policy.policy_type
    }

    /// The text of a key, whose span is given with its quotes.
    pub(super) fn key_text(&self, span: Span) -> Span {
        if self.source.slice(span).starts_with('"') && span.len() >= 2 {
            Span::new(span.start + 1, span.end - 1)
        } else {
            span
        }
    }

    /// A statement of the policy.
    pub(super) fn statement(&'a self, statement: &'a Statement) -> StatementCx<'a> {
        StatementCx {
            document: self,
            policy: self.policy,
            statement,
            effort: self.effort,
            catalog: self.catalog,
            named: OnceCell::new(),
            limit_of_calls: OnceCell::new(),
            limitable: OnceCell::new(),
        }
    }

    /// The statements that allow something on `*`.
    pub(super) fn allows_on_star(&self) -> impl Iterator<Item = &'a Statement> {
        let policy = self.policy;
        let numbers = self.on_star.get_or_init(|| {
            let statements = policy.statements.iter();
            statements
                .filter(|statement| {
                    let mut entries = statement
                        .resource
                        .iter()
                        .flat_map(|element| &element.entries);
                    statement.has_effect(Effect::Allow)
                        && entries.any(|entry| entry.form == ResourceForm::Star)
                })
                .map(|statement| statement.index)
                .collect()
        });
        // Statements that could not be read have numbers, and no place among them.
        numbers.iter().filter_map(|number| {
            let place = policy
                .statements
                .partition_point(|statement| statement.index < *number);
            policy.statements.get(place)
        })
    }

    /// The statements in order.
    pub(super) fn statements(&'a self) -> impl Iterator<Item = StatementCx<'a>> {
        self.policy
            .statements
            .iter()
            .map(|statement| self.statement(statement))
    }
}

/// What the rules may cost over one policy: far more than the largest of AWS's own takes. What a
/// rule cannot afford it leaves, which is told.
#[derive(Debug)]
pub(super) struct Effort {
    /// How many comparisons of names are left; `None` once there were too few.
    left: Cell<Option<u64>>,
    /// The actions that entries cover, by their text; as many as there is room for.
    expansions: RefCell<BTreeMap<String, Rc<[Action]>>>,
    /// How many more actions they may hold.
    room: Cell<usize>,
}

/// The actions that an entry stands for.
#[derive(Debug, Clone)]
pub(super) enum Expansion {
    /// None that the catalog has.
    Nothing,
    /// The one that it names.
    One([Action; 1]),
    /// Those that a wildcard matches.
    Many(Rc<[Action]>),
}

impl std::ops::Deref for Expansion {
    type Target = [Action];

    fn deref(&self) -> &[Action] {
        match self {
            Self::Nothing => &[],
            Self::One(action) => action,
            Self::Many(actions) => actions,
        }
    }
}

/// How many actions are kept of all expansions: some 16 MB.
const MOST_KEPT: usize = 4_000_000;

impl Effort {
    /// So many comparisons of names.
    pub(super) fn new(comparisons: u64) -> Self {
        Self {
            left: Cell::new(Some(comparisons)),
            expansions: RefCell::default(),
            room: Cell::new(MOST_KEPT),
        }
    }

    fn keep(&self, entry: &str, actions: &Rc<[Action]>) {
        if let Some(room) = self.room.get().checked_sub(actions.len() + 1) {
            self.room.set(room);
            let mut known = self.expansions.borrow_mut();
            known.insert(entry.to_owned(), Rc::clone(actions));
        }
    }

    fn affords(&self, comparisons: usize) -> bool {
        let left = self
            .left
            .get()
            .and_then(|left| left.checked_sub(comparisons as u64));
        self.left.set(left);
        left.is_some()
    }

    /// Whether something was left out for lack of it.
    pub(super) fn is_exhausted(&self) -> bool {
        self.left.get().is_none()
    }
}

/// What a rule over a statement sees.
#[derive(Debug)]
pub(super) struct StatementCx<'a> {
    /// The document that it stands in.
    pub(super) document: &'a DocumentCx<'a>,
    /// The policy that it stands in.
    pub(super) policy: &'a Policy,
    /// The statement.
    pub(super) statement: &'a Statement,
    /// What the rules may still cost over this policy, and what they found out already.
    pub(super) effort: &'a Effort,
    /// What AWS has.
    pub(super) catalog: Catalog,
    /// The actions that entries without wildcards name, by where they stand, once they were asked for.
    named: OnceCell<Vec<(usize, Option<Action>)>>,
    /// How much its condition limits what is called, once it was asked for.
    limit_of_calls: OnceCell<Limit>,
    /// The actions that could be limited to resources, once they were asked for.
    pub(super) limitable: OnceCell<Vec<Action>>,
}

/// What a rule over a test of a condition sees.
#[derive(Debug)]
pub(super) struct TestCx<'a> {
    /// The statement that it stands in.
    pub(super) statement: &'a StatementCx<'a>,
    /// The condition that it stands in.
    pub(super) condition: &'a ConditionElement,
    /// The test.
    pub(super) test: &'a ConditionTest,
    /// What AWS says of its key.
    pub(super) key: KeyFacts,
}

impl StatementCx<'_> {
    /// Whether the policy is one of an identity, or is passed for the session of one: its requests
    /// are those of its own principal.
    pub(super) fn is_identity_policy(&self) -> bool {
        matches!(
            self.policy_type(),
            PolicyType::Identity | PolicyType::Session
        )
    }

    /// The principal of it that is everybody.
    pub(super) fn everyone(&self) -> Option<&PrincipalEntry> {
        let element = self.statement.principal.as_ref()?;
        element.entries.iter().find(|entry| entry.is_everyone())
    }

    /// The tests of its condition.
    pub(super) fn tests(&self) -> &[ConditionTest] {
        self.statement
            .condition
            .as_ref()
            .map_or(&[], |condition| condition.tests.as_slice())
    }

    /// The entries of `Principal` and `NotPrincipal`.
    pub(super) fn principals(&self) -> impl Iterator<Item = &PrincipalEntry> {
        let elements = [&self.statement.principal, &self.statement.not_principal];
        elements
            .into_iter()
            .flatten()
            .flat_map(|element| &element.entries)
    }

    /// The entries of `Resource` and `NotResource`.
    pub(super) fn resources(&self) -> impl Iterator<Item = &ResourcePattern> {
        let elements = [&self.statement.resource, &self.statement.not_resource];
        elements
            .into_iter()
            .flatten()
            .flat_map(|element| &element.entries)
    }

    /// How much its condition limits.
    pub(super) fn limit(&self, of: Of) -> Limit {
        match of {
            Of::Calls => *self
                .limit_of_calls
                .get_or_init(|| limits::of_statement(self.statement, of)),
            Of::Callers => limits::of_statement(self.statement, of),
        }
    }

    /// Whether there is still effort for that many comparisons of names.
    pub(super) fn can_afford(&self, comparisons: usize) -> bool {
        self.effort.affords(comparisons)
    }

    /// The entries of `Action` and `NotAction`.
    pub(super) fn actions(&self) -> impl Iterator<Item = &ActionPattern> {
        let elements = [&self.statement.action, &self.statement.not_action];
        elements
            .into_iter()
            .flatten()
            .flat_map(|element| &element.entries)
    }

    /// The entries of `Action`.
    pub(super) fn listed_actions(&self) -> &[ActionPattern] {
        self.statement
            .action
            .as_ref()
            .map_or(&[], |element| element.entries.as_slice())
    }

    /// The action that an entry without wildcards names; `None` where the catalog has none of that name.
    /// Those of the statement itself are looked up once.
    pub(super) fn action_of(&self, entry: &ActionPattern) -> Option<Action> {
        let named = self.named.get_or_init(|| {
            let exact = self.actions().filter(|entry| !entry.has_wildcard());
            let mut named: Vec<_> = exact
                .map(|entry| (entry.text().span().start, self.lookup(entry)))
                .collect();
            named.sort_by_key(|(start, _)| *start);
            named
        });
        let start = entry.text().span().start;
        let place = named.partition_point(|(own, _)| *own < start);
        match named.get(place) {
            Some((own, action)) if *own == start => *action,
            _ => self.lookup(entry),
        }
    }

    fn lookup(&self, entry: &ActionPattern) -> Option<Action> {
        let service = self.catalog.service(entry.service())?;
        service.action(entry.name())
    }

    /// The actions that an entry covers; `None` where there is no effort left to tell.
    pub(super) fn expand(&self, entry: &ActionPattern) -> Option<Expansion> {
        if !entry.has_wildcard() {
            return Some(match self.action_of(entry) {
                Some(action) => Expansion::One([action]),
                None => Expansion::Nothing,
            });
        }
        if let Some(known) = self.effort.expansions.borrow().get(entry.as_str()) {
            return Some(Expansion::Many(Rc::clone(known)));
        }
        let comparisons = match self.catalog.service(entry.service()) {
            Some(service) => service.actions().len(),
            None => self.catalog.actions().len(),
        };
        if !self.can_afford(comparisons) {
            return None;
        }
        let actions: Rc<[Action]> = if entry.covers_everything() {
            self.catalog.actions().collect()
        } else {
            self.catalog.actions_matching(entry.as_str()).into()
        };
        self.effort.keep(entry.as_str(), &actions);
        Some(Expansion::Many(actions))
    }

    /// The `*` among the entries of `Resource`.
    pub(super) fn star_resource(&self) -> Option<&ResourcePattern> {
        let entries = &self.statement.resource.as_ref()?.entries;
        entries
            .iter()
            .find(|entry| entry.form == ResourceForm::Star)
    }

    /// The entries of `Resource`, where all of them are ARNs; none otherwise.
    pub(super) fn listed_arns(&self) -> Vec<(&ResourcePattern, &ArnPattern)> {
        let entries = self
            .statement
            .resource
            .as_ref()
            .filter(|element| element.unread == 0)
            .map_or(&[][..], |element| element.entries.as_slice());
        let arns = entries.iter().map(|entry| match &entry.form {
            ResourceForm::Arn(arn) => Some((entry, arn)),
            ResourceForm::Star | ResourceForm::Opaque => None,
        });
        arns.collect::<Option<_>>().unwrap_or_default()
    }

    /// What the statement never does to an action that it does not match.
    pub(super) fn verb(&self) -> &'static str {
        if self.statement.has_effect(Effect::Deny) {
            "denies"
        } else {
            "grants"
        }
    }
}

/// Copies the doc comment of a rule into its `docs` field, and does nothing else.
macro_rules! rule {
    ($(#[doc = $line:literal])+
     $vis:vis const RULE: Rule = Rule { $($field:ident: $value:expr),+ $(,)? };) => {
        $(#[doc = $line])+
        $vis const RULE: Rule = Rule { $($field: $value,)+ docs: concat!($($line, "\n"),+) };
    };
}
pub(super) use rule;
