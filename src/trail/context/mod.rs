//! An event to the condition keys of its requests: known, absent for sure, or unknown.
//!
//! A key that is not set here is unknown. A key is absent only where AWS documents that such a
//! request lacks it, or where all parameters are recorded and the one it comes from is not there.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>

mod caller;
mod enriched;
mod federated;
mod network;
mod service;
#[cfg(test)]
mod tests;

use crate::{
    eval::{Context, Fact, Origin, Principal, Target, resource_account},
    policy::{AccountId, ActionName},
};

use super::{Event, parameters::Parameters, tags::Tags};

/// The facts of one event, from which the contexts of its requests are made.
#[derive(Debug)]
pub(super) struct Facts<'e> {
    event: &'e Event<'e>,
    parameters: &'e Parameters,
    principal: &'e Principal,
    path: Path,
}

/// How the principal reached the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Path {
    /// It called itself.
    Direct,
    /// A service called with the principal's permissions.
    ViaService,
    /// A service called for itself.
    ByService,
    /// The event does not tell.
    Unknown,
}

impl<'e> Facts<'e> {
    pub(super) fn new(
        event: &'e Event<'e>,
        parameters: &'e Parameters,
        principal: &'e Principal,
    ) -> Self {
        Self {
            event,
            parameters,
            principal,
            path: Path::of(event, principal),
        }
    }

    /// The keys that are the same for all requests of the event.
    pub(super) fn shared(&self) -> Context {
        let mut context = Context::partial();
        caller::add(self, &mut context);
        federated::add(self, &mut context);
        network::add(self, &mut context);
        self.set_time(&mut context);
        if let Some(region) = self.event.aws_region.as_deref()
            && !region.is_empty()
        {
            set(&mut context, "aws:RequestedRegion", region);
        }
        context
    }

    /// The keys of one request, beside those that all share.
    pub(super) fn of_request(
        &self,
        mut context: Context,
        action: &ActionName,
        target: &Target,
    ) -> Context {
        self.set_tags(&mut context, action, target);
        self.set_resource_account(&mut context, action, target);
        service::add(self, &mut context, action, target);
        enriched::add(self, &mut context, target);
        context
    }

    fn set_time(&self, context: &mut Context) {
        let Some(time) = self.event.event_time.as_deref() else {
            return;
        };
        // The record has the time of completion, which is close to that of the decision.
        if let Ok(instant) = time.parse::<jiff::Timestamp>() {
            set(context, "aws:CurrentTime", time);
            set(context, "aws:EpochTime", instant.as_second().to_string());
        }
    }

    fn set_tags(&self, context: &mut Context, action: &ActionName, target: &Target) {
        if action.service() == "ec2" && self.parameters.has("launchTemplate") {
            // A launch template may hold tags that the event does not.
            return;
        }
        let tags = if is_passed(action) {
            // Passing a role sends no tags, whatever the call that passes it sends.
            Tags::Sent {
                set: std::collections::BTreeMap::new(),
                removed: Vec::new(),
            }
        } else {
            let of_type = if action.service() == "ec2" {
                ec2_type(action, target)
            } else {
                None
            };
            Tags::sent(self.parameters, of_type)
        };
        let Tags::Sent { set: tags, removed } = tags else {
            return;
        };
        context.set_family("aws:RequestTag/", Fact::Absent);
        let keys: Vec<String> = tags.keys().cloned().chain(removed).collect();
        let keys_fact = if keys.is_empty() {
            Fact::Absent
        } else {
            Fact::Values(keys)
        };
        context.set("aws:TagKeys", keys_fact, Origin::Recorded);
        for (key, value) in tags {
            let fact = value.map_or(Fact::Unknown, |value| Fact::Values(vec![value]));
            context.set(
                format!("aws:RequestTag/{key}").as_str(),
                fact,
                Origin::Recorded,
            );
        }
    }

    /// The account that owns the resource: the one in its ARN, else the one the event names.
    fn set_resource_account(&self, context: &mut Context, action: &ActionName, target: &Target) {
        let in_arn = resource_account(action, target);
        if let Some(account) = in_arn.or_else(|| self.account_of_resources()) {
            set(context, "aws:ResourceAccount", account.as_str());
        }
    }

    /// The account of the resources that the event names, where it is the same for all of them.
    pub(super) fn account_of_resources(&self) -> Option<AccountId> {
        let mut named = self
            .event
            .resources
            .iter()
            .filter_map(|one| AccountId::parse(one.account_id.as_deref()?));
        let first = named.next();
        first.filter(|first| named.all(|other| other == *first))
    }
}

impl Path {
    fn of(event: &Event<'_>, principal: &Principal) -> Self {
        let identity = &event.user_identity;
        if matches!(principal, Principal::Service(_))
            || identity.kind.as_deref() == Some("AWSService")
        {
            return Self::ByService;
        }
        let named = [&event.source_ip_address, &event.user_agent];
        let by_name = |text: &&str| is_service(text) || text.eq_ignore_ascii_case("AWS Internal");
        match identity.invoked_by.as_deref() {
            // A service stands where the caller's address should.
            None if named
                .iter()
                .filter_map(|text| text.as_deref())
                .any(|text| by_name(&text)) =>
            {
                Self::Unknown
            }
            // A part of an event may lack who called for whom.
            None if event.is_partial() && identity.arn.is_none() => Self::Unknown,
            None => Self::Direct,
            Some(service) if is_service(service) => Self::ViaService,
            Some(_) => Self::Unknown,
        }
    }
}

/// Whether the action is one that a call needs beside its own for a role that it hands on.
pub(super) fn is_passed(action: &ActionName) -> bool {
    *action == ActionName::new("iam:PassRole")
}

/// What EC2's tag specifications call the resource of a request. `CreateTags` has no
/// specifications of its own: as part of another call it has those of the new resource.
fn ec2_type<'t>(action: &ActionName, target: &'t Target) -> Option<&'t str> {
    match target {
        Target::Arn(arn) | Target::Like(arn) => arn.splitn(6, ':').nth(5)?.split('/').next(),
        Target::Star | Target::Unknown => None,
    }
    .filter(|_| action.service() == "ec2")
}

fn is_service(name: &str) -> bool {
    matches!(Principal::parse(name), Ok(Principal::Service(_)))
}

fn set(context: &mut Context, key: &str, value: impl Into<String>) {
    context.set(key, Fact::Values(vec![value.into()]), Origin::Recorded);
}

fn set_flag(context: &mut Context, key: &str, value: bool) {
    set(context, key, if value { "true" } else { "false" });
}

fn set_absent(context: &mut Context, keys: &[&str]) {
    for key in keys {
        context.set(*key, Fact::Absent, Origin::Recorded);
    }
}
