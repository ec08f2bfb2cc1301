//! The keys of what an identity provider says of a caller, which trust policies of roles test.
//!
//! The record has the provider, the audience and the subject in the id of the caller; what else the
//! token claims is unknown.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html>

use crate::eval::{Context, Principal};

use super::{Facts, set};

pub(super) fn add(facts: &Facts<'_>, context: &mut Context) {
    let Principal::Federated(provider) = facts.principal else {
        return;
    };
    if facts.event.user_identity.kind.as_deref() == Some("SAMLUser") {
        saml(facts, context);
    } else {
        web_identity(facts, context, provider);
    }
}

fn saml(facts: &Facts<'_>, context: &mut Context) {
    let identity = &facts.event.user_identity;
    if let Some(subject) = identity.user_name.as_deref() {
        set(context, "saml:sub", subject);
    }
    if let Some(qualifier) = identity.identity_provider.as_deref() {
        set(context, "saml:namequalifier", qualifier);
    }
}

/// `provider:audience:subject`, of which the subject stands alone as well.
fn web_identity(facts: &Facts<'_>, context: &mut Context, provider: &str) {
    let identity = &facts.event.user_identity;
    let issuer = match provider.split_once(":oidc-provider/") {
        Some((_, issuer)) => issuer,
        None => provider,
    };
    let (audience_key, subject_key) = match issuer {
        "www.amazon.com" => ("app_id", "user_id"),
        "graph.facebook.com" => ("app_id", "id"),
        _ => ("aud", "sub"),
    };
    let Some(subject) = identity.user_name.as_deref() else {
        return;
    };
    set(context, &format!("{issuer}:{subject_key}"), subject);
    // The name of the provider in the id is not always the one beside it.
    let audience = identity
        .principal_id
        .as_deref()
        .and_then(|id| id.strip_suffix(subject)?.strip_suffix(':'))
        .and_then(|id| {
            let named = identity.identity_provider.as_deref()?;
            id.strip_prefix(named)?.strip_prefix(':')
        });
    // Google puts another claim in place of the audience where a token has both.
    if let Some(audience) = audience.filter(|_| issuer != "accounts.google.com") {
        set(context, &format!("{issuer}:{audience_key}"), audience);
    }
}
