//! Who could have used a policy.

use super::{
    super::{Totals, What},
    uses::PolicyUse,
};
use crate::{
    account::{DocumentId, Holders, Holdings},
    eval::Principal,
    policy::{AccountId, Arn},
};
use std::collections::{BTreeMap, BTreeSet};

/// What keeps a policy from being called unused, and what else should be known of it.
#[derive(Debug, Default)]
pub(super) struct Standing {
    /// Why nothing of it is unused though it was not seen.
    pub(super) gaps: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// Who made the calls of a trail.
#[derive(Debug, Default)]
pub(super) struct Callers<'a> {
    /// Users and roles by ARN, with how many of their calls have no known action.
    names: BTreeMap<&'a str, u64>,
    /// Roles by name, where their ARNs are not recorded.
    roles: BTreeMap<(AccountId, &'a str), u64>,
    /// Accounts of which there are records.
    accounts: BTreeSet<AccountId>,
    /// Users, or accounts of users, with federated sessions that made calls.
    federated: BTreeSet<(AccountId, Option<&'a str>)>,
}

impl<'a> Callers<'a> {
    pub(super) fn of(totals: &'a Totals) -> Self {
        let mut own = Self::default();
        for counted in &totals.records {
            let record = &counted.record;
            own.accounts.extend(record.recipient);
            own.accounts.extend(record.caller.account);
            let unmapped = match record.what {
                What::Unmapped(_) => counted.count,
                What::Nothing | What::Call(_) => 0,
            };
            match &record.caller.principal {
                Principal::AssumedRole {
                    account,
                    role_name,
                    role_arn: None,
                    ..
                } => *own.roles.entry((*account, role_name)).or_default() += unmapped,
                Principal::AssumedRole {
                    role_arn: Some(arn),
                    ..
                }
                | Principal::User { arn, .. }
                | Principal::Role { arn, .. } => *own.names.entry(arn).or_default() += unmapped,
                Principal::FederatedUser {
                    account, user_arn, ..
                } => {
                    own.federated.insert((*account, user_arn.as_deref()));
                }
                Principal::Root { .. }
                | Principal::Service(_)
                | Principal::Federated(_)
                | Principal::CanonicalUser(_)
                | Principal::Anonymous
                | Principal::Unknown => {}
            }
        }
        own
    }

    /// What is to be said of a policy because of who holds it; `None` for one that nothing is told of, as
    /// it only says who may assume a role.
    pub(super) fn standing(
        &self,
        holdings: &Holdings,
        id: DocumentId,
        uses: Option<&PolicyUse<'_>>,
    ) -> Option<Standing> {
        let mut standing = Standing::default();
        let mut unmapped = 0;
        match holdings.holders(id) {
            Holders::Resources(arns) => {
                let is_role = |arn: &String| Arn::parse(arn).is_ok_and(|arn| arn.service == "iam");
                if !arns.is_empty() && arns.iter().all(is_role) {
                    return None;
                }
                let text = "it is a resource's policy, and other accounts and services whom it \
                            allows may have trails of their own";
                standing.gaps.push(text.to_owned());
            }
            Holders::Everybody => {
                let all = self.names.values().chain(self.roles.values());
                unmapped = all.sum();
                if self.names.is_empty() && self.roles.is_empty() && uses.is_none() {
                    standing.notes.push("no holder made any call".to_owned());
                }
            }
            Holders::Principals(arns) if arns.is_empty() => {
                standing.gaps.push("nobody holds it".to_owned());
            }
            Holders::Principals(arns) => {
                let calls: Vec<_> = arns.iter().filter_map(|arn| self.calls_of(arn)).collect();
                unmapped = calls.iter().sum();
                if calls.is_empty() && uses.is_none() {
                    standing.notes.push("no holder made any call".to_owned());
                }
                standing.gaps.extend(self.gap_of(&arns));
            }
        }
        if unmapped > 0 {
            standing.notes.push(format!(
                "calls of its holders have no known action, and count for nothing here: {unmapped}"
            ));
        }
        Some(standing)
    }

    /// How many calls without a known action a user or role made; `None` where it made no call at all.
    fn calls_of(&self, arn: &str) -> Option<u64> {
        let by_name = || match Principal::parse(arn) {
            Ok(Principal::Role { account, .. }) => {
                let name = arn.rsplit('/').next()?;
                self.roles.get(&(account, name))
            }
            _ => None,
        };
        self.names.get(arn).or_else(by_name).copied()
    }

    /// Why calls of these holders may be missing.
    fn gap_of(&self, arns: &[String]) -> Option<String> {
        let account = |arn: &String| AccountId::parse(Arn::parse(arn).ok()?.account);
        let accounts: BTreeSet<_> = arns.iter().filter_map(account).collect();
        if let (Some(first), true) = (accounts.first(), accounts.is_disjoint(&self.accounts)) {
            return Some(format!("the trail has no record of account `{first}`"));
        }
        let mut federated = self.federated.iter();
        let is_of_holder = |(account, user): &&(AccountId, Option<&str>)| match user {
            Some(user) => arns.iter().any(|arn| arn == user),
            None => accounts.contains(account),
        };
        federated.any(|session| is_of_holder(&session)).then(|| {
            "federated sessions made calls, of which the records do not tell what they used"
                .to_owned()
        })
    }
}
