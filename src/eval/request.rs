//! What is asked: one principal, one action, one resource, and the facts about the call.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-reqcontext.html>

use crate::policy::{AccountId, ActionName, ConditionKey, starts_with_ignoring_case};
use std::{borrow::Cow, collections::BTreeMap};

use super::Principal;

/// One authorization request, as AWS would put it to its policies.
#[derive(Debug, Clone)]
pub struct Request {
    /// Who calls.
    pub principal: Principal,
    /// What is called.
    pub action: ActionName,
    /// What it is called on.
    pub resource: Target,
    /// The account that owns the resource, where its ARN does not tell.
    pub resource_account: Option<AccountId>,
    /// The canonical user id of the caller's account, where something told it.
    pub canonical_user: Option<String>,
    /// The facts about the call.
    pub context: Context,
}

impl Request {
    /// A request of which no more is known than this.
    pub fn new(
        principal: Principal,
        action: ActionName,
        resource: Target,
        context: Context,
    ) -> Self {
        Self {
            principal,
            action,
            resource,
            resource_account: None,
            canonical_user: None,
            context,
        }
    }
}

/// The resource of a request, as far as it is known.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Target {
    /// Exactly this ARN. A `*` in it is that character: EC2 asks for `instance/*` before the
    /// instance has an id.
    Arn(String),
    /// The action names no resource, so only `"Resource": "*"` matches it.
    Star,
    /// An ARN of which parts are not known: `*` stands for any text, `?` for one character.
    Like(String),
    /// Nothing is known of the resource.
    Unknown,
}

/// What is known of one condition key of a request.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum Fact {
    /// The key is in the request with these values; more than one for a multivalued key.
    Values(Vec<String>),
    /// The key is not in the request, for sure.
    Absent,
    /// The key is in the request with one value, of which no more is known than that it matches one
    /// of these patterns, in which `*` and `?` are wildcards.
    Like(Vec<String>),
    /// Nobody said; it may be in the request with any value, or not.
    Unknown,
}

/// Where a fact comes from, for reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The user gave it.
    Given,
    /// A recorded event says it.
    Recorded,
    /// It follows from the principal or the resource.
    Derived,
}

/// The condition keys of a request.
///
/// A key that was not set has the fact of the longest family (key prefix) that was set, else the
/// default that the context was made with.
#[derive(Debug, Clone)]
pub struct Context {
    facts: BTreeMap<ConditionKey, (Fact, Origin)>,
    families: BTreeMap<ConditionKey, Fact>,
    otherwise: Fact,
}

impl Fact {
    /// The key is in the request, and its value is not known.
    pub fn present() -> Self {
        Self::Like(vec!["*".to_owned()])
    }
}

impl Context {
    /// A context in which every key that is not set is absent.
    pub fn complete() -> Self {
        Self {
            facts: BTreeMap::new(),
            families: BTreeMap::new(),
            otherwise: Fact::Absent,
        }
    }

    /// A context in which every key that is not set is unknown.
    pub fn partial() -> Self {
        Self {
            facts: BTreeMap::new(),
            families: BTreeMap::new(),
            otherwise: Fact::Unknown,
        }
    }

    /// Sets one key, in place of what it was.
    pub fn set(&mut self, key: impl Into<ConditionKey>, fact: Fact, origin: Origin) {
        self.facts.insert(key.into(), (fact, origin));
    }

    /// Sets one key unless it is set already: derived facts give way to given ones.
    pub fn set_default(&mut self, key: impl Into<ConditionKey>, fact: Fact, origin: Origin) {
        self.facts.entry(key.into()).or_insert((fact, origin));
    }

    /// Sets all keys that start with `prefix`, such as `aws:RequestTag/`, that have no fact of
    /// their own.
    pub fn set_family(&mut self, prefix: impl Into<ConditionKey>, fact: Fact) {
        self.families.insert(prefix.into(), fact);
    }

    /// What is known of a key.
    pub fn fact(&self, key: &ConditionKey) -> Cow<'_, Fact> {
        if let Some((fact, _)) = self.facts.get(key) {
            return Cow::Borrowed(fact);
        }
        let family = self
            .families
            .iter()
            .filter(|(prefix, _)| starts_with_ignoring_case(key.as_str(), prefix.as_str()))
            .max_by_key(|(prefix, _)| prefix.as_str().len());
        Cow::Borrowed(family.map_or(&self.otherwise, |(_, fact)| fact))
    }

    /// Where the fact of a key comes from; `None` for a key that was not set.
    pub fn origin(&self, key: &ConditionKey) -> Option<Origin> {
        self.facts.get(key).map(|(_, origin)| *origin)
    }

    /// The families of keys that were set, by what their keys start with.
    pub fn families(&self) -> impl Iterator<Item = (&ConditionKey, &Fact)> {
        self.families.iter()
    }

    /// The keys that were set one by one, in order, with fact and origin.
    pub fn iter(&self) -> impl Iterator<Item = (&ConditionKey, &Fact, Origin)> {
        self.facts
            .iter()
            .map(|(key, (fact, origin))| (key, fact, *origin))
    }
}
