//! Rules over a policy, judged with the catalog and the engine.
//!
//! A rule is one file under `rules/`: its manual, its check and its tests. [`RULES`] is the one
//! list of them; commands, documentation and renderers all read it. What is wrong with text and
//! shape is found by [`crate::syntax`] and [`crate::policy`]; the rules of those faults say what
//! each means.

mod arn_fields;
mod baseline;
mod condition_edits;
mod condition_key;
mod condition_tests;
mod condition_value;
mod covering;
mod data_perimeter;
mod denied;
mod edits;
mod escalation;
mod faults;
mod federation;
mod findings;
mod fingerprint;
mod fix;
mod grants;
mod limits;
mod listed;
mod manual;
mod members;
mod options;
mod placeholders;
mod policy_type;
mod principals;
mod public;
mod reach;
mod requirements;
mod reserved;
mod resource_service;
mod rule;
mod rules;
mod run;
mod selection;
mod sensitive;
mod service_principals;
mod sids;
mod size;
mod source_ip;
mod suppression;
mod tag_conditions;
#[cfg(test)]
pub(crate) mod testing;
mod usable;
mod variables;
mod wording;

pub use baseline::{
    Baseline, BaselineEntry, BaselineFault, Change, Comparison, FileIdentities, can_be_known,
    is_baseline,
};
pub use fingerprint::{Digest, Fingerprint, Identity, StatementDigest, fingerprints};
pub use fix::{AppliedFix, End, Fixed, fix};
pub use manual::{Example, Manual, TOOLS, markdown, traits};
pub use options::{InlineIn, Options};
pub use policy_type::{Ground, TypeOfPolicy};
pub use requirements::{
    ActionSet, ConditionRequirement, NotAllowedAction, Note, OrganizationId, PrincipalAllowlist,
    PrincipalSelector, RequiredCondition, RequirementError, Requirements, ResourceSelector,
    SensitiveResource,
};
pub use reserved::{RESERVED, Reserved};
pub use rule::{Category, Rule};
pub use rules::RULES;
pub use run::{Checked, Companion, check, check_beside, read};
pub use selection::{Selection, Selector};
pub use suppression::{
    Acceptance, Origin, Refusal, Suppressed, Suppression, Use, findings_of_entries, suppressible,
};
pub use usable::{Unusable, policy_type_of, read_usable, usable};

use crate::source::RuleId;
pub use crate::syntax::Comments;
pub(crate) use covering::Entry;
use findings::Findings;
use rule::{Check, DocumentCx, StatementCx, TestCx, TreeCx, rule};
pub(crate) use size::compact;
use std::{collections::BTreeMap, sync::OnceLock};
pub(crate) use wording::list as name_list;

/// The rule of that name.
pub fn rule_by_id(id: &str) -> Option<&'static Rule> {
    static BY_ID: OnceLock<BTreeMap<&str, &Rule>> = OnceLock::new();
    let by_id = BY_ID.get_or_init(|| RULES.iter().map(|rule| (rule.id, rule)).collect());
    by_id.get(id).copied()
}

/// The name that is kept for a rule that does not run yet.
pub fn reserved_by_id(id: &str) -> Option<&'static Reserved> {
    RESERVED.iter().find(|reserved| reserved.id == id)
}

/// The rules that correspond to a finding of another tool, by its letters and id:
/// `AA:MISSING_VERSION`. Letter case does not count.
pub fn rules_from(code: &str) -> Vec<&'static Rule> {
    let names = |rule: &&Rule| {
        let own = Manual::of(rule).correspondences();
        own.iter().any(|own| own.eq_ignore_ascii_case(code))
    };
    RULES.iter().filter(names).collect()
}

/// The rule whose name is nearest to a text, where one is near.
pub fn nearest_rule(text: &str) -> Option<&'static Rule> {
    let distance = |rule: &&Rule| strsim::damerau_levenshtein(rule.id, text);
    let best = RULES.iter().min_by_key(distance)?;
    (text.len() <= 64 && distance(&best) <= 3.max(text.len() / 4)).then_some(best)
}

impl Rule {
    /// Its name, as findings carry it.
    pub fn rule_id(&self) -> RuleId {
        RuleId::new(self.id)
    }
}
