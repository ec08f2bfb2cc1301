//! What a rule is.

use super::Findings;
use crate::{
    catalog::{Action, Catalog},
    policy::{ActionPattern, ArnPattern, Effect, Policy, ResourceForm, ResourcePattern, Statement},
    source::{Severity, Source},
    syntax::Value,
};
use std::{
    cell::{Cell, RefCell},
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
}

impl Category {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Syntax, Self::Schema, Self::Semantics, Self::Security];

    /// The name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Schema => "schema",
            Self::Semantics => "semantics",
            Self::Security => "security",
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
    /// The policy that it stands in.
    pub(super) policy: &'a Policy,
    /// The statement.
    pub(super) statement: &'a Statement,
    /// Whether the policy is attached to identities.
    pub(super) identity: bool,
    /// What the rules may still cost over this policy, and what they found out already.
    pub(super) effort: &'a Effort,
    /// What AWS has.
    pub(super) catalog: Catalog,
}

impl StatementCx<'_> {
    /// Whether the policy is attached to identities: no statement of it names a principal.
    pub(super) fn is_identity_policy(&self) -> bool {
        self.identity
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

    /// The actions that an entry covers; `None` where there is no effort left to tell.
    pub(super) fn expand(&self, entry: &ActionPattern) -> Option<Rc<[Action]>> {
        if let Some(known) = self.effort.expansions.borrow().get(entry.as_str()) {
            return Some(Rc::clone(known));
        }
        let comparisons = match self.catalog.service(entry.service()) {
            Some(_) if !entry.has_wildcard() => 1,
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
        Some(actions)
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
