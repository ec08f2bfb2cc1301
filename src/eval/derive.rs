//! Condition keys that follow from who calls.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-infotouse>

use super::{Fact, Origin, Principal, Request};

/// Adds the keys that the principal determines, unless they are set already.
///
/// The role of a session is known by name alone: where nothing told its ARN, its path is unknown,
/// and with it `aws:PrincipalArn`.
pub fn derive_context(request: &mut Request) {
    let principal = &request.principal;
    let context = &mut request.context;
    let mut set = |key: &str, fact| context.set_default(key, fact, Origin::Derived);
    let value = |text: &str| Fact::Values(vec![text.to_owned()]);
    if let Some(account) = principal.account() {
        set("aws:PrincipalAccount", value(account.as_str()));
        set("aws:PrincipalIsAWSService", value("false"));
    }
    let (arn, kind) = match principal {
        Principal::Root { arn, .. } => (value(arn), "Account"),
        Principal::User { arn, .. } => (value(arn), "User"),
        Principal::Role { arn, .. } => (value(arn), "AssumedRole"),
        Principal::AssumedRole { role_arn, .. } => (
            role_arn.as_deref().map_or(Fact::Unknown, value),
            "AssumedRole",
        ),
        Principal::FederatedUser { arn, .. } => (value(arn), "FederatedUser"),
        Principal::Anonymous => {
            set("aws:PrincipalType", value("Anonymous"));
            return;
        }
        Principal::Service(_) => {
            set("aws:PrincipalIsAWSService", value("true"));
            return;
        }
        Principal::Unknown => return,
    };
    set("aws:PrincipalArn", arn);
    set("aws:PrincipalType", value(kind));
    let name = if let Principal::User { name, .. } = principal {
        value(name)
    } else {
        Fact::Absent
    };
    set("aws:username", name);
}
