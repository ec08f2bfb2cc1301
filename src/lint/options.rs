//! What the user asked of the linter.

use super::{Requirements, Selection, Suppression};
use crate::{
    policy::{AccountId, PolicyType},
    source::{RuleId, Severity},
    syntax::Comments,
};
use std::{collections::BTreeMap, sync::Arc};

/// What to lint a policy for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The type of the policy; it is guessed where it is not given.
    pub policy_type: Option<PolicyType>,
    /// Which rules run.
    pub selection: Selection,
    /// How much the findings of some rules matter, whatever the rules say.
    pub severities: BTreeMap<RuleId, Severity>,
    /// Whether comments may stand in the document. In one that is called `.jsonc` they may anyway.
    pub comments: Comments,
    /// Findings that are accepted, as the configuration has them.
    pub suppressions: Vec<Suppression>,
    /// The account that the policy is deployed to, where that is known.
    pub account: Option<AccountId>,
    /// Further accounts that are trusted as the own one is.
    pub trusted_accounts: Vec<AccountId>,
    /// The id of the organisation that the account is in, `o-` and more.
    pub organization: Option<String>,
    /// What the user asks of policies; shared by all that are looked at.
    pub requirements: Arc<Requirements>,
    /// What an identity policy is written into as an inline policy.
    pub inline_in: Option<InlineIn>,
    /// The day of the run, by which the age of the catalog and the end of suppressions are judged. Where
    /// it is not known, neither is too old.
    pub today: Option<jiff::civil::Date>,
}

/// Whose an account is, seen from the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// The own account, or one that is trusted as the own one is.
    Own,
    /// Another account.
    Foreign,
    /// It is not known which account the policy is of.
    Unknown,
}

impl Options {
    /// Whose an account is.
    pub(super) fn standing(&self, account: AccountId) -> Standing {
        if self.account == Some(account) || self.trusted_accounts.contains(&account) {
            Standing::Own
        } else if self.account.is_some() {
            Standing::Foreign
        } else {
            Standing::Unknown
        }
    }
}

/// The identities that have inline policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InlineIn {
    /// A user.
    User,
    /// A group.
    Group,
    /// A role.
    Role,
}
