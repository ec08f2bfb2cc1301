//! The likely reason why a simulated verdict is not what was recorded.
//!
//! Reasons are tried by how much speaks for them: what the message says, what other records say, what was
//! not supplied, what is not known. Each says no more than that.

use super::{
    super::{JudgedCall, JudgedRequest, PoliciesOfCaller, Record},
    Reason,
    history::{Changed, History},
};
use crate::{
    account::Holdings,
    catalog::{Catalog, Recording, table::POLICY_ACTIONS},
    eval::{Layer, Setting, Supply, Target, Verdict, resource_account},
    policy::ActionName,
    trail::Agreement,
};

/// A call of which the simulated verdict is not what was recorded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) record: &'a Record,
    pub(super) call: &'a JudgedCall,
    /// The request that decides.
    pub(super) request: &'a JudgedRequest,
    /// What is simulated.
    pub(super) verdict: Verdict,
}

/// A reason, and what speaks for it.
type Told = (Reason, String);

impl<'a> Case<'a> {
    /// The likely reason, in words as well.
    pub(super) fn reason(&self, holdings: &Holdings, history: &History<'a>) -> Told {
        let request = self.request.request(&self.record.caller.principal);
        let setting = holdings.bound(&request).setting;
        let found = if self.call.agreement == Agreement::RecordedDenied {
            self.layer_not_supplied(&setting)
                .or_else(|| self.changed(history))
                .or_else(|| self.unknown_fact())
                .or_else(|| self.service_rule(&setting))
        } else {
            self.changed(history)
                .or_else(|| self.resource_policy(&setting))
                .or_else(|| self.other_policies())
                .or_else(|| self.unknown_fact())
                .or_else(|| self.service_rule(&setting))
        };
        found.unwrap_or_else(|| (Reason::Unexplained, self.unexplained(&setting)))
    }

    /// The message names the policies of a layer that nobody supplied.
    fn layer_not_supplied(&self, setting: &Setting) -> Option<Told> {
        let layer = self.record.outcome.denied_by?.layer();
        if setting.supply_of(layer) == Supply::Given {
            return None;
        }
        let title = layer.title();
        let mut text = format!("the message says that {title} refused it, and none were supplied");
        if let Some(arn) = &self.record.outcome.denied_by_arn {
            text += &format!(": it names `{arn}`");
        }
        Some((Reason::LayerNotSupplied, text))
    }

    /// The same was recorded with the other outcome, all of it before or all of it after.
    fn changed(&self, history: &History<'a>) -> Option<Told> {
        let text = match history.changed(self.record, self.request)? {
            Changed::ToRefused(window) => format!(
                "the same was allowed until {} and refused from {} on",
                window.first.text(),
                window.last.text()
            ),
            Changed::ToAllowed(window) => format!(
                "the same was refused until {} and allowed from {} on",
                window.first.text(),
                window.last.text()
            ),
        };
        Some((Reason::ChangedMeanwhile, text))
    }

    /// The resource may have a policy that allowed it, and nobody supplied that.
    fn resource_policy(&self, setting: &Setting) -> Option<Told> {
        let is_open = setting.supply_of(Layer::Resource) != Supply::Given;
        // What the organisation does not allow, no policy of a resource does.
        let by_organisation = [Layer::Scp, Layer::Rcp];
        let mut limited_by = self.request.limited_by.iter();
        let is_barred = limited_by.any(|layer| by_organisation.contains(layer));
        if self.verdict != Verdict::ImplicitDeny || !is_open || is_barred {
            return None;
        }
        let own = self.record.caller.account;
        let name = ActionName::new(self.request.action.as_str());
        let owner = resource_account(&name, &self.request.resource);
        let owner = self.request.resource_account.or(owner);
        if let (Some(own), Some(owner)) = (own, owner)
            && own != owner
        {
            let text = format!(
                "the resource is of account `{owner}`: its policy, which was not supplied, may allow \
                 it"
            );
            return Some((Reason::ResourcePolicyNotSupplied, text));
        }
        let has_resource = !matches!(self.request.resource, Target::Star);
        (has_resource && has_resource_policies(name.service())).then(|| {
            let text = format!(
                "resources of `{}` can have policies, and that of this one was not supplied",
                name.service()
            );
            (Reason::ResourcePolicyNotSupplied, text)
        })
    }

    /// The policies that were given for all may not be those of this caller.
    fn other_policies(&self) -> Option<Told> {
        let text = match (self.record.caller.policies, self.verdict) {
            (PoliciesOfCaller::Everybody, Verdict::ExplicitDeny) => {
                "the policies were given for every caller, and this one may not have that which \
                 denies"
            }
            (PoliciesOfCaller::Everybody, _) => {
                "the policies were given for every caller, and this one may have others"
            }
            (
                PoliciesOfCaller::Known
                | PoliciesOfCaller::Unknown
                | PoliciesOfCaller::NotApplicable,
                _,
            ) => return None,
        };
        Some((Reason::OtherPolicies, text.to_owned()))
    }

    /// The record does not tell all that the verdict hangs on.
    fn unknown_fact(&self) -> Option<Told> {
        let text = match &self.request.resource {
            Target::Unknown => "the record does not tell the resource".to_owned(),
            Target::Like(_) => "the record tells only a part of the resource".to_owned(),
            Target::Arn(_) | Target::Star if self.request.unknown.is_empty() => return None,
            Target::Arn(_) | Target::Star => format!(
                "the record does not tell {}",
                self.request.unknown.join(", ")
            ),
        };
        Some((Reason::UnknownFact, text))
    }

    /// The service is known to decide by more than policies.
    fn service_rule(&self, setting: &Setting) -> Option<Told> {
        let name = ActionName::new(self.request.action.as_str());
        let is_allowed = self.call.agreement == Agreement::RecordedAllowed;
        let has_policy = setting.supply_of(Layer::Resource) == Supply::Given;
        let text = if self.record.caller.principal.is_service_linked_role() {
            "the caller is a service-linked role, and the service decides for itself as well"
        } else if name.service().eq_ignore_ascii_case("s3") && has_policy {
            // The owner of an object, and access control lists, count beside the bucket's policy.
            "S3 also goes by access control lists and by who owns an object"
        } else if name.service().eq_ignore_ascii_case("kms") && is_allowed {
            "KMS also goes by grants"
        } else {
            return None;
        };
        Some((Reason::ServiceRule, text.to_owned()))
    }

    fn unexplained(&self, setting: &Setting) -> String {
        if self.call.agreement == Agreement::RecordedAllowed {
            return "nothing in the records tells why it was allowed".to_owned();
        }
        let missing: Vec<_> = setting.not_supplied().map(Layer::title).collect();
        let names_policy = match self.record.outcome.denied_by {
            Some(policy_type) => format!("the message names {}", policy_type.layer().title()),
            None => "the message names no policy".to_owned(),
        };
        if missing.is_empty() {
            names_policy
        } else {
            format!("{names_policy}; not supplied were {}", missing.join(", "))
        }
    }
}

/// Whether resources of a service can have policies of their own, as far as its actions tell that are
/// API calls. Others are asked for where services share resources of yours for you.
fn has_resource_policies(prefix: &str) -> bool {
    let catalog = Catalog::embedded();
    let service = catalog.service(prefix);
    let mut actions = ["PutResourcePolicy", "AddPermission"]
        .into_iter()
        .filter_map(|name| service?.action(name));
    POLICY_ACTIONS.has(prefix)
        || actions.any(|action| catalog.recording(action) == Recording::Management)
}
