//! The keys about who calls and with what credentials.

use crate::{
    eval::{Context, Origin, Principal, role_arn},
    policy::AccountId,
};

use super::{Facts, Path, set, set_absent, set_flag};

/// Services that are documented to count themselves in `aws:CalledVia`; others may.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-calledvia>
const IN_CALLED_VIA: [&str; 4] = [
    "athena.amazonaws.com",
    "cloudformation.amazonaws.com",
    "dynamodb.amazonaws.com",
    "kms.amazonaws.com",
];

pub(super) fn add(facts: &Facts<'_>, context: &mut Context) {
    set_identity(facts, context);
    set_session(facts, context);
    set_path(facts, context);
}

fn set_identity(facts: &Facts<'_>, context: &mut Context) {
    let identity = &facts.event.user_identity;
    let (kind, arn) = match facts.principal {
        Principal::Root { arn, .. } => (Some("Account"), Some(arn.as_str())),
        Principal::User { arn, .. } => (Some("User"), Some(arn.as_str())),
        // For a session the key holds the role: a session's ARN never stands in it.
        Principal::AssumedRole { .. } => {
            let known = role_arn(facts.principal);
            context.set("aws:PrincipalArn", known, Origin::Recorded);
            (Some("AssumedRole"), None)
        }
        Principal::FederatedUser { arn, .. } => (Some("FederatedUser"), Some(arn.as_str())),
        Principal::Anonymous => (Some("Anonymous"), None),
        Principal::Role { .. }
        | Principal::Service(_)
        | Principal::Federated(_)
        | Principal::CanonicalUser(_)
        | Principal::Unknown => (None, None),
    };
    if let Some(kind) = kind {
        set(context, "aws:PrincipalType", kind);
    }
    if let Some(arn) = arn {
        set(context, "aws:PrincipalArn", arn);
    }
    if *facts.principal == Principal::Anonymous {
        set_absent(
            context,
            &["aws:PrincipalArn", "aws:PrincipalAccount", "aws:username"],
        );
        return;
    }
    // Callers from elsewhere are known by their account only.
    let is_service = facts.path == Path::ByService;
    let account = identity
        .account_id
        .as_deref()
        .filter(|_| !is_service)
        .and_then(AccountId::parse);
    if let Some(account) = facts.principal.account().or(account) {
        set(context, "aws:PrincipalAccount", account.as_str());
    }
    if let Some(id) = identity.principal_id.as_deref().filter(|id| !id.is_empty()) {
        set(context, "aws:userid", id);
    }
    match (
        facts.principal,
        identity.kind.as_deref(),
        identity.user_name.as_deref(),
    ) {
        (Principal::User { name, .. }, _, _) => set(context, "aws:username", name.as_str()),
        (Principal::Unknown, Some("IAMUser"), Some(name)) => set(context, "aws:username", name),
        (Principal::Unknown, _, _) => {}
        _ => set_absent(context, &["aws:username"]),
    }
}

fn set_session(facts: &Facts<'_>, context: &mut Context) {
    let identity = &facts.event.user_identity;
    let session = &identity.session_context;
    let key_kind = identity
        .access_key_id
        .as_deref()
        .and_then(|key| key.get(..4));
    let began = session.attributes.creation_date.as_deref();
    // A key may be of either kind with a session: the console signs with long-term prefixes too.
    let has_session = began.is_some() || session.attributes.mfa_authenticated.is_some();
    let is_long_term = !has_session
        && matches!(
            facts.principal,
            Principal::User { .. } | Principal::Root { .. }
        )
        && key_kind == Some("AKIA");

    if is_long_term {
        set_absent(
            context,
            &[
                "aws:MultiFactorAuthPresent",
                "aws:MultiFactorAuthAge",
                "aws:TokenIssueTime",
                "aws:SourceIdentity",
                "aws:FederatedProvider",
            ],
        );
        return;
    }
    if let Some(began) = began {
        set(context, "aws:TokenIssueTime", began);
    }
    match session.attributes.mfa_authenticated {
        Some(true) => {
            set_flag(context, "aws:MultiFactorAuthPresent", true);
            set_mfa_age(facts, context);
        }
        Some(false) => {
            set_flag(context, "aws:MultiFactorAuthPresent", false);
            set_absent(context, &["aws:MultiFactorAuthAge"]);
        }
        None => {}
    }
    match session.source_identity.as_deref() {
        Some(source) => set(context, "aws:SourceIdentity", source),
        // The record of a session names the source identity wherever there is one.
        None if has_session => set_absent(context, &["aws:SourceIdentity"]),
        None => {}
    }
    if let Some(provider) = session.web_id_federation_data.federated_provider.as_deref() {
        set(context, "aws:FederatedProvider", provider);
    }
    if let Some(version) = session.ec2_role_delivery.as_deref() {
        set(context, "ec2:RoleDelivery", version);
    }
}

/// The age is that of the session, which is when MFA was last asked for.
fn set_mfa_age(facts: &Facts<'_>, context: &mut Context) {
    let instant = |text: Option<&str>| text?.parse::<jiff::Timestamp>().ok();
    let began = instant(
        facts
            .event
            .user_identity
            .session_context
            .attributes
            .creation_date
            .as_deref(),
    );
    let now = instant(facts.event.event_time.as_deref());
    if let (Some(began), Some(now)) = (began, now)
        && now >= began
    {
        let age = now.as_second() - began.as_second();
        set(context, "aws:MultiFactorAuthAge", age.to_string());
    }
}

fn set_path(facts: &Facts<'_>, context: &mut Context) {
    let by_service = facts.path == Path::ByService;
    if let Principal::Service(name) = facts.principal {
        set(context, "aws:PrincipalServiceName", name.as_str());
        set_absent(
            context,
            &["aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"],
        );
    }
    if *facts.principal != Principal::Unknown || by_service {
        if *facts.principal == Principal::Anonymous {
            set_absent(context, &["aws:PrincipalIsAWSService"]);
        } else {
            set_flag(context, "aws:PrincipalIsAWSService", by_service);
        }
        if !by_service {
            // Only services that call for themselves bring these.
            set_absent(
                context,
                &["aws:PrincipalServiceName", "aws:PrincipalServiceNamesList"],
            );
        }
    }
    match facts.path {
        Path::Direct if *facts.principal == Principal::Unknown => {}
        Path::Direct => {
            set_flag(context, "aws:ViaAWSService", false);
            set_absent(
                context,
                &[
                    "aws:CalledVia",
                    "aws:CalledViaFirst",
                    "aws:CalledViaLast",
                    "aws:SourceArn",
                    "aws:SourceAccount",
                    "aws:SourceOrgID",
                    "aws:SourceOrgPaths",
                ],
            );
        }
        Path::ByService => set_flag(context, "aws:ViaAWSService", false),
        Path::ViaService => {
            set_flag(context, "aws:ViaAWSService", true);
            let last = facts.event.user_identity.invoked_by.as_deref();
            if let Some(last) = last.filter(|last| IN_CALLED_VIA.contains(last)) {
                set(context, "aws:CalledViaLast", last);
            }
        }
        Path::Unknown => {}
    }
}
