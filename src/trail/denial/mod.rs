//! What came of a call, and what an access-denied message says.
//!
//! Messages are ground truth: they name the action and resource that IAM judged, where the rest of
//! a denied event often holds neither.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>

#[cfg(test)]
mod tests;

use crate::{eval::Layer, policy::ActionName};

use super::Event;

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was carried out, so it was allowed.
    Succeeded,
    /// It was refused.
    Denied(Denial),
    /// EC2 was asked whether it would be allowed, and it would.
    DryRun,
    /// There were too many calls; whether it would have been allowed is open.
    Throttled,
    /// It failed for another reason. Most services authorize first, so it was probably allowed.
    Failed {
        /// The error code.
        code: String,
    },
}

/// What a refusal says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Denial {
    /// The caller, as the message names it.
    pub user: Option<String>,
    /// The action that was refused.
    pub action: Option<ActionName>,
    /// The resource, as the message names it: an ARN, `*`, or words such as `user ana`.
    pub resource: Option<String>,
    /// How it was refused.
    pub kind: DenialKind,
    /// What type of policy refused it; the message names one even where several do.
    pub policy_type: Option<PolicyType>,
    /// The ARN of the policy that denies.
    pub policy_arn: Option<String>,
}

/// How a call was refused.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum DenialKind {
    /// A statement denies it.
    Explicit,
    /// No statement allows it.
    Implicit,
    /// The service refused it for a reason that is no policy.
    NoPolicy,
    /// The message does not say.
    #[default]
    Unstated,
}

/// The types of policies that messages name.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub enum PolicyType {
    /// A policy of a user, group or role.
    Identity,
    /// A policy of the resource.
    Resource,
    /// A service control policy.
    ServiceControl,
    /// A resource control policy.
    ResourceControl,
    /// A permissions boundary.
    PermissionsBoundary,
    /// A session policy.
    Session,
    /// The policy of a VPC endpoint.
    VpcEndpoint,
}

impl PolicyType {
    /// The layer of such policies.
    pub fn layer(self) -> Layer {
        match self {
            Self::Identity => Layer::Identity,
            Self::Resource => Layer::Resource,
            Self::ServiceControl => Layer::Scp,
            Self::ResourceControl => Layer::Rcp,
            Self::PermissionsBoundary => Layer::Boundary,
            Self::Session => Layer::Session,
            Self::VpcEndpoint => Layer::VpcEndpoint,
        }
    }
}

impl PolicyType {
    const NAMES: [(&'static str, Self); 7] = [
        ("identity-based", Self::Identity),
        ("resource-based", Self::Resource),
        ("service control", Self::ServiceControl),
        ("resource control", Self::ResourceControl),
        ("permissions boundary", Self::PermissionsBoundary),
        ("session", Self::Session),
        ("VPC endpoint", Self::VpcEndpoint),
    ];

    /// The name that AWS's messages use.
    pub fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(_, one)| *one == self)
            .map_or("", |(name, _)| name)
    }

    fn at_start_of(text: &str) -> Option<Self> {
        Self::NAMES
            .iter()
            .find(|(name, _)| text.starts_with(name))
            .map(|(_, one)| *one)
    }
}

/// The error codes with which services refuse for lack of permission, after `Client.` and the
/// like.
const DENIED: [&str; 12] = [
    "AccessDenied",
    "AccessDeniedException",
    "AccessDeniedFault",
    "UnauthorizedOperation",
    "UnauthorizedException",
    "AuthorizationError",
    "AuthorizationErrorException",
    "NotAuthorized",
    "NotAuthorizedException",
    "Forbidden",
    "ForbiddenException",
    "VpceAccessDenied",
];

const THROTTLED: [&str; 7] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "SlowDown",
    "RequestThrottledException",
];

/// Refusals that no policy decides.
const NOT_A_POLICY: [&str; 2] = [
    "Cross-account pass role is not allowed",
    "IAM user access not activated",
];

impl Outcome {
    /// What came of the call of an event.
    pub fn of(event: &Event<'_>) -> Self {
        let message = event.error_message.as_deref().unwrap_or_default();
        let Some(code) = event.error_code.as_deref().filter(|code| !code.is_empty()) else {
            return if message.is_empty() {
                Self::Succeeded
            } else {
                Self::of_message(message)
            };
        };
        let name = code.rsplit('.').next().unwrap_or(code);
        if DENIED.contains(&name) {
            let mut denial = Denial::parse(message);
            if name == "VpceAccessDenied" {
                denial.policy_type.get_or_insert(PolicyType::VpcEndpoint);
            }
            Self::Denied(denial)
        } else if name == "DryRunOperation" {
            Self::DryRun
        } else if THROTTLED.contains(&name) {
            Self::Throttled
        } else if is_denial(message) {
            Self::Denied(Denial::parse(message))
        } else {
            Self::Failed {
                code: code.to_owned(),
            }
        }
    }

    /// Some records have a message and no code.
    fn of_message(message: &str) -> Self {
        if is_denial(message) {
            Self::Denied(Denial::parse(message))
        } else {
            Self::Failed {
                code: String::new(),
            }
        }
    }

    /// The name in reports.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Denied(_) => "denied",
            Self::DryRun => "dry-run",
            Self::Throttled => "throttled",
            Self::Failed { .. } => "failed",
        }
    }
}

fn is_denial(message: &str) -> bool {
    message.contains("is not authorized to perform:")
        || message.starts_with("You are not authorized to perform this operation")
}

impl Denial {
    /// Reads the message of a refusal; what it does not say stays empty.
    pub fn parse(message: &str) -> Self {
        let mut denial = Self::default();
        if NOT_A_POLICY.iter().any(|text| message.contains(text)) {
            denial.kind = DenialKind::NoPolicy;
            return denial;
        }
        if message.contains("due to a VPC endpoint policy") {
            denial.policy_type = Some(PolicyType::VpcEndpoint);
        }
        if let Some((before, after)) = message.split_once("is not authorized to perform:") {
            denial.user = before
                .rsplit_once("User:")
                .map(|(_, user)| user.trim().to_owned())
                .filter(|user| !user.is_empty());
            denial.read_action_and_resource(after.trim_start());
        } else if let Some((_, after)) = message.split_once("ot authorized to perform ") {
            // STS says of callers without AWS credentials: `Not authorized to perform sts:...`.
            denial.read_action_and_resource(after.trim_start());
        }
        denial.read_reason(message);
        denial
    }

    fn read_action_and_resource(&mut self, text: &str) {
        let (action, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let action = action.trim_end_matches(['.', ',']);
        if action.split_once(':').is_some_and(|(service, name)| {
            !service.is_empty() && !name.is_empty() && !name.contains(':')
        }) {
            self.action = Some(ActionName::new(action));
        }
        let rest = rest.trim_start();
        // API Gateway writes `onresource:`.
        let Some(resource) = rest
            .strip_prefix("on resource:")
            .or_else(|| rest.strip_prefix("onresource:"))
        else {
            return;
        };
        let end = [
            " because ",
            " with an explicit deny",
            ". Encoded authorization",
            "\n",
        ]
        .iter()
        .filter_map(|mark| resource.find(mark))
        .min()
        .unwrap_or(resource.len());
        let resource = resource
            .get(..end)
            .unwrap_or(resource)
            .trim()
            .trim_end_matches('.')
            .trim_matches(['"', '\'']);
        if !resource.is_empty() {
            self.resource = Some(resource.to_owned());
        }
    }

    fn read_reason(&mut self, message: &str) {
        if let Some((_, reason)) = message.split_once("because no ") {
            self.kind = DenialKind::Implicit;
            self.policy_type = PolicyType::at_start_of(reason);
        } else if let Some((_, reason)) = message.split_once("with an explicit deny") {
            self.kind = DenialKind::Explicit;
            let reason = reason.trim_start().trim_start_matches("in ");
            let reason = reason
                .strip_prefix("an ")
                .or(reason.strip_prefix("a "))
                .unwrap_or(reason);
            self.policy_type = PolicyType::at_start_of(reason);
            self.policy_arn = reason.find("arn:").and_then(|start| {
                let arn = reason.get(start..)?.split(char::is_whitespace).next()?;
                Some(arn.trim_end_matches(['.', ',', '"']).to_owned())
            });
        }
    }

    /// The resource as a target of a request: an ARN or `*`.
    pub fn resource_arn(&self) -> Option<&str> {
        self.resource
            .as_deref()
            .filter(|text| *text == "*" || text.starts_with("arn:"))
    }
}
