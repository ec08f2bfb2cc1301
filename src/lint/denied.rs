//! What the `Deny` statements of a policy take away from what another of its statements allows.
//!
//! For the policies of a principal the engine tells, see [`super::grants`]. For others it is not
//! known who calls, so a statement counts here only where it is surely about all that is allowed.

use super::{
    StatementCx,
    covering::{covers_resources, is_unconditional},
};
use crate::{
    catalog::Action,
    policy::{Effect, Statement},
};

impl StatementCx<'_> {
    /// The statements that deny on all resources, and to all principals, that this one is about.
    pub(super) fn denials(&self) -> Vec<Self> {
        if !self.can_afford(self.policy.statements.len()) {
            return Vec::new();
        }
        let statements = self.document.statements();
        statements
            .filter(|other| {
                other.statement.has_effect(Effect::Deny)
                    && is_for_everyone(other.statement)
                    && covers_resources(other, self.statement)
            })
            .collect()
    }

    /// Whether a statement is about an action.
    pub(super) fn is_about_action(&self, action: Action) -> bool {
        self.can_afford(1 + self.actions().count()) && self.through(action).is_some()
    }

    /// Whether an action that the statement allows is left to someone, with these statements that deny:
    /// whether nothing takes it away altogether.
    pub(super) fn keeps(&self, action: Action, denials: &[StatementCx<'_>]) -> bool {
        if self.is_identity_policy() {
            return self.document.is_left(action);
        }
        !is_denied(action, denials)
    }
}

/// Whether one of some statements denies an action whatever the condition.
pub(super) fn is_denied(action: Action, denials: &[StatementCx<'_>]) -> bool {
    denials
        .iter()
        .any(|denial| is_unconditional(denial.statement) && denial.is_about_action(action))
}

fn is_for_everyone(statement: &Statement) -> bool {
    let names = ["Principal", "NotPrincipal"]
        .iter()
        .any(|name| statement.has_element(name));
    !names || statement.names_everyone()
}
