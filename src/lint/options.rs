//! What the user asked of the linter.

use crate::policy::{AccountId, PolicyType};

/// What to lint a policy for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The type of the policy; it is guessed where it is not given.
    pub policy_type: Option<PolicyType>,
    /// Rules that are to run although they are off by default.
    pub extend_select: Vec<String>,
    /// The account that the policy is deployed to, where that is known.
    pub account: Option<AccountId>,
    /// What an identity policy is written into as an inline policy.
    pub inline_in: Option<InlineIn>,
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
