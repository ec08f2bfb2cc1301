//! All policies that are known, and who holds them.

mod bound;

pub use bound::{Bound, Holder};

use super::{Document, DocumentId};
use crate::{
    eval::{Layer, Target},
    policy::{AccountId, Arn, Case, ConditionKey, Wildcard},
};
use bound::Key;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{PoisonError, RwLock},
};

/// All policies that are known, and who holds them.
#[derive(Debug, Default)]
pub struct Holdings {
    documents: Vec<Document>,
    /// What is given for every caller.
    pub(super) everybody: Option<HeldPolicies>,
    /// What users and roles hold, by their ARNs.
    pub(super) principals: BTreeMap<String, Held>,
    /// The trust policies of roles, by their ARNs; `None` for one that could not be read.
    pub(super) trust: BTreeMap<String, Option<DocumentId>>,
    /// Policies of resources, with the ARNs or patterns of ARNs that they were given for.
    pub(super) resources: Vec<OfResource>,
    /// Service control policies by level, where they are given.
    pub(super) scps: Option<Levels>,
    /// Resource control policies by level, where they are given.
    pub(super) rcps: Option<Levels>,
    /// The accounts that are known; none where policies are those of any.
    pub(super) accounts: BTreeSet<AccountId>,
    /// The management account of the organisation.
    pub(super) management_account: Option<AccountId>,
    /// ARNs of IAM resources besides those of principals.
    pub(super) arns: BTreeSet<String>,
    keys: BTreeSet<ConditionKey>,
    /// The ARNs of IAM resources by account, kind and name, without their paths.
    names: BTreeMap<AccountId, BTreeMap<String, Named>>,
    /// The settings that were made so far.
    made: RwLock<BTreeMap<Key, Bound>>,
}

/// Policies by level, from the root of the organisation down.
pub(super) type Levels = Vec<Vec<DocumentId>>;

/// A policy of a resource.
#[derive(Debug)]
pub(super) struct OfResource {
    /// The ARN or the pattern.
    pub(super) pattern: String,
    pub(super) document: DocumentId,
    matcher: Wildcard,
    /// What is in it: the objects of a bucket.
    inside: Option<Wildcard>,
}

/// The resources of one account that have the same kind and name.
#[derive(Debug)]
enum Named {
    One(String),
    Several,
}

/// What is known of the policies of a user or role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// All of them.
    Whole(HeldPolicies),
    /// Some, and no verdict may be built on these.
    InPart,
}

/// The policies of a user or role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeldPolicies {
    /// Its identity policies, those of its groups among them.
    pub policies: Vec<DocumentId>,
    /// Its permissions boundary; an empty list where it surely has none, `None` where nobody said.
    pub boundary: Option<Vec<DocumentId>>,
}

/// Who holds a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holders {
    /// It was given for all.
    Everybody,
    /// These users and roles, by their ARNs, sorted; none where it is attached to nobody.
    Principals(Vec<String>),
    /// These resources, by their ARNs or patterns of ARNs, sorted: it is a resource's policy or the trust
    /// policy of a role.
    Resources(Vec<String>),
}

/// Something whose policies are given twice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the policies of `{arn}` are given twice")]
pub struct Duplicate {
    /// Its ARN.
    pub arn: String,
}

impl Holdings {
    /// No policies, and nobody who holds any.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a document, which is nobody's yet.
    pub fn add(&mut self, document: Document) -> DocumentId {
        self.keys.extend(document.condition_keys());
        let id = DocumentId(self.documents.len());
        self.documents.push(document);
        id
    }

    /// Gives identity policies and a boundary to every caller, besides what each holds of its own.
    pub fn give_everybody(&mut self, held: HeldPolicies) {
        self.everybody = Some(held);
        self.forget();
    }

    /// Says what a user or role holds.
    ///
    /// # Errors
    ///
    /// Where that was said before.
    pub fn hold(&mut self, arn: &str, held: Held) -> Result<(), Duplicate> {
        if self.principals.contains_key(arn) {
            let arn = arn.to_owned();
            return Err(Duplicate { arn });
        }
        self.principals.insert(arn.to_owned(), held);
        self.note_name(arn);
        self.forget();
        Ok(())
    }

    /// Says what the trust policy of a role is; `None` for one that cannot be read.
    pub fn trust(&mut self, role: &str, document: Option<DocumentId>) {
        self.trust.insert(role.to_owned(), document);
        self.forget();
    }

    /// Gives the policy of a resource, by its ARN or a pattern of ARNs. Several of the same resource add
    /// up. That of a bucket holds for its objects as well.
    pub fn bind(&mut self, pattern: &str, document: DocumentId) {
        let is_bucket = Arn::parse(pattern)
            .is_ok_and(|arn| arn.service == "s3" && !arn.resource.contains(['/', ':']));
        let matcher = |text: &str| Wildcard::new(text, Case::Sensitive);
        self.resources.push(OfResource {
            pattern: pattern.to_owned(),
            document,
            matcher: matcher(pattern),
            inside: is_bucket.then(|| matcher(&format!("{pattern}/*"))),
        });
        self.forget();
    }

    /// Gives the service control policies by level, from the root of the organisation down.
    pub fn supply_scps(&mut self, levels: Vec<Vec<DocumentId>>) {
        self.scps = Some(levels);
        self.forget();
    }

    /// Gives the resource control policies by level, from the root of the organisation down.
    pub fn supply_rcps(&mut self, levels: Vec<Vec<DocumentId>>) {
        self.rcps = Some(levels);
        self.forget();
    }

    /// Says that policies of the organisation are those of an account, and of others only where they are
    /// named as well. Where no account is named, they are those of all.
    pub fn know_account(&mut self, account: AccountId) {
        self.accounts.insert(account);
        self.forget();
    }

    /// Says which account manages the organisation: its policies do not restrict that one.
    pub fn set_management_account(&mut self, account: Option<AccountId>) {
        self.management_account = account;
        self.forget();
    }

    /// Says that there is an IAM resource of this ARN, besides the users and roles.
    pub fn know_arn(&mut self, arn: &str) {
        if self.arns.insert(arn.to_owned()) {
            self.note_name(arn);
        }
    }

    /// All documents, in the order in which they were added.
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// The document of an id; `None` for an id of other holdings.
    pub fn document(&self, id: DocumentId) -> Option<&Document> {
        self.documents.get(id.0)
    }

    /// The ids of all documents.
    pub fn ids(&self) -> impl Iterator<Item = DocumentId> {
        (0..self.documents.len()).map(DocumentId)
    }

    /// The users and roles of which something is known, by their ARNs, sorted.
    pub fn principals(&self) -> impl Iterator<Item = (&str, &Held)> {
        let principals = self.principals.iter();
        principals.map(|(arn, held)| (arn.as_str(), held))
    }

    /// Who holds a document.
    pub fn holders(&self, document: DocumentId) -> Holders {
        let layer = self.document(document).map(|document| document.layer);
        if layer == Some(Layer::Resource) {
            let trust = self.trust.iter();
            let roles = trust.filter(|(_, own)| **own == Some(document));
            let files = self.resources.iter().filter(|of| of.document == document);
            let arns = roles.map(|(arn, _)| arn);
            let arns: BTreeSet<_> = arns.chain(files.map(|of| &of.pattern)).collect();
            return Holders::Resources(arns.into_iter().cloned().collect());
        }
        let levels = self.scps.iter().chain(&self.rcps).flatten().flatten();
        let of_all = self.everybody.iter().flat_map(HeldPolicies::all);
        if levels.chain(of_all).any(|own| *own == document) {
            return Holders::Everybody;
        }
        let has = |held: &Held| match held {
            Held::Whole(held) => held.all().any(|own| *own == document),
            Held::InPart => false,
        };
        let own = self.principals.iter().filter(|(_, held)| has(held));
        Holders::Principals(own.map(|(arn, _)| arn.clone()).collect())
    }

    /// The whole ARN of an IAM resource that an event names without its path, such as
    /// `arn:aws:iam::111122223333:role/*name`, where exactly one of that name is known.
    pub fn known_arn(&self, like: &str) -> Option<&str> {
        let arn = Arn::parse(like).ok().filter(|arn| arn.service == "iam")?;
        let (kind, name) = arn.resource.split_once("/*")?;
        if name.is_empty() || name.contains(['*', '?', '/']) {
            return None;
        }
        let account = AccountId::parse(arn.account)?;
        let found = self.named(account, kind, name)?;
        // A partition is part of an account: another one is a mistake.
        let same_partition = Arn::parse(found).is_ok_and(|own| own.partition == arn.partition);
        same_partition.then_some(found)
    }

    /// A resource with the whole ARN of an IAM resource that an event names without its path, where it
    /// is known.
    pub fn with_known_arn(&self, target: Target) -> Target {
        match &target {
            Target::Like(like) => self
                .known_arn(like)
                .map(|arn| Target::Arn(arn.to_owned()))
                .unwrap_or(target),
            Target::Arn(_) | Target::Star | Target::Unknown => target,
        }
    }

    /// All condition keys that a document tests or uses as a policy variable: what a verdict can hang on.
    pub fn condition_keys(&self) -> &BTreeSet<ConditionKey> {
        &self.keys
    }

    /// The one IAM resource of that kind and name, whatever its path.
    fn named(&self, account: AccountId, kind: &str, name: &str) -> Option<&str> {
        match self.names.get(&account)?.get(&kind_and_name(kind, name))? {
            Named::One(arn) => Some(arn),
            Named::Several => None,
        }
    }

    fn note_name(&mut self, text: &str) {
        let Ok(arn) = Arn::parse(text) else { return };
        let Some(account) = AccountId::parse(arn.account) else {
            return;
        };
        let Some((kind, path)) = arn.resource.split_once('/') else {
            return;
        };
        let name = path.rsplit('/').next().unwrap_or(path);
        let of_account = self.names.entry(account).or_default();
        of_account
            .entry(kind_and_name(kind, name))
            .and_modify(|named| {
                if !matches!(named, Named::One(own) if own == text) {
                    *named = Named::Several;
                }
            })
            .or_insert_with(|| Named::One(text.to_owned()));
    }

    /// Forgets the settings that were made, as something has changed.
    fn forget(&mut self) {
        let made = self.made.get_mut();
        made.unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl HeldPolicies {
    /// Its policies and its boundary.
    fn all(&self) -> impl Iterator<Item = &DocumentId> {
        let boundary = self.boundary.iter().flatten();
        self.policies.iter().chain(boundary)
    }
}

/// Names differ in more than letter case within an account.
fn kind_and_name(kind: &str, name: &str) -> String {
    format!("{kind}/{}", name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests;
