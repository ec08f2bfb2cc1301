//! Policies that requests are to be judged by: none of them may lack a part.

use super::{Checked, read};
use crate::{
    eval::Layer,
    policy::{Policy, PolicyType},
    source::{Finding, Severity, Source, Span},
};
use std::fmt;

/// Why no request can be judged by a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// It has errors: all of them.
    Wrong(Vec<Finding>),
    /// It names principals, here, and policies of its layer do not.
    NamesPrincipals(Span),
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrong(findings) => match findings.first() {
                Some(first) => f.write_str(&first.message),
                None => f.write_str("it is no policy"),
            },
            Self::NamesPrincipals(_) => {
                f.write_str("it names principals, and such a policy names none")
            }
        }
    }
}

/// The type that the policies of a layer are read as; those of resources may be trust policies.
pub fn policy_type_of(layer: Layer) -> Option<PolicyType> {
    match layer {
        Layer::Identity => Some(PolicyType::Identity),
        Layer::Boundary => Some(PolicyType::Boundary),
        Layer::Session => Some(PolicyType::Session),
        Layer::Scp => Some(PolicyType::Scp),
        Layer::Rcp => Some(PolicyType::Rcp),
        Layer::VpcEndpoint => Some(PolicyType::Endpoint),
        Layer::Resource => None,
    }
}

/// Reads a policy as one of a layer that requests can be judged by.
pub fn read_usable(source: &Source, layer: Layer) -> Result<Policy, Unusable> {
    usable(read(source, policy_type_of(layer)), layer)
}

/// The policy that was read, unless it has errors, or names principals where policies of its layer do
/// not.
pub fn usable(checked: Checked, layer: Layer) -> Result<Policy, Unusable> {
    let mut findings = checked.findings;
    findings.retain(|finding| finding.severity == Severity::Error);
    match checked.policy {
        Some(policy) if findings.is_empty() => match principals(&policy) {
            Some(span) if !layer.may_name_principals() => Err(Unusable::NamesPrincipals(span)),
            _ => Ok(policy),
        },
        _ => Err(Unusable::Wrong(findings)),
    }
}

/// The first element of a policy that names principals.
fn principals(policy: &Policy) -> Option<Span> {
    let mut statements = policy.statements.iter();
    let element =
        statements.find_map(|each| each.principal.as_ref().or(each.not_principal.as_ref()))?;
    Some(element.key_span)
}
