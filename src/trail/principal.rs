//! Who called, as the rest of the project names principals.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>

use crate::{
    eval::Principal,
    policy::{AccountId, starts_with_ignoring_case},
};

use super::{UserIdentity, parameters::Parameters};

/// The principal of a call; `Unknown` where the event names somebody too loosely to judge by.
pub(super) fn principal(
    identity: &UserIdentity<'_>,
    parameters: &Parameters,
    partition: &str,
) -> Principal {
    let arn = identity.arn.as_deref();
    match identity.kind.as_deref() {
        Some("WebIdentityUser") => federated(identity.identity_provider.as_deref()),
        // The record has a hash in place of the provider; the request has its ARN.
        Some("SAMLUser") => federated(parameters.text("principalArn").as_deref()),
        Some("AWSService") => service(identity),
        // Some records of service events have no type.
        None if arn.is_none() => service(identity),
        Some("AWSAccount") if is_anonymous(identity) => Principal::Anonymous,
        Some("Root") => root(identity, partition),
        _ => match arn.and_then(|arn| Principal::parse(arn).ok()) {
            Some(Principal::AssumedRole {
                arn,
                account,
                role_name,
                ..
            }) => {
                let role_arn = role_arn(identity, &role_name);
                Principal::AssumedRole {
                    arn,
                    account,
                    role_name,
                    role_arn,
                }
            }
            Some(other) => other,
            None => Principal::Unknown,
        },
    }
}

/// The identity provider that vouches for a caller without AWS credentials: trust policies name it.
fn federated(provider: Option<&str>) -> Principal {
    // CloudTrail's manual and its records do not agree on the name of Cognito.
    let provider = match provider {
        Some("cognito-identity.amazon.com") => Some("cognito-identity.amazonaws.com"),
        other => other,
    };
    match provider.map(Principal::parse) {
        Some(Ok(federated @ Principal::Federated(_))) => federated,
        _ => Principal::Unknown,
    }
}

fn service(identity: &UserIdentity<'_>) -> Principal {
    match identity.invoked_by.as_deref().map(Principal::parse) {
        Some(Ok(service @ Principal::Service(_))) => service,
        _ => Principal::Unknown,
    }
}

/// S3 writes unsigned requests as those of an account `anonymous` or `ANONYMOUS_PRINCIPAL`.
fn is_anonymous(identity: &UserIdentity<'_>) -> bool {
    [&identity.account_id, &identity.principal_id]
        .iter()
        .any(|text| {
            text.as_deref()
                .is_some_and(|text| starts_with_ignoring_case(text, "anonymous"))
        })
}

/// The root user, whose ARN follows from its account.
fn root(identity: &UserIdentity<'_>, partition: &str) -> Principal {
    if let Some(Ok(root @ Principal::Root { .. })) = identity.arn.as_deref().map(Principal::parse) {
        return root;
    }
    match identity.account_id.as_deref().and_then(AccountId::parse) {
        Some(account) => Principal::Root {
            arn: format!("arn:{partition}:iam::{account}:root"),
            account,
        },
        None => Principal::Unknown,
    }
}

/// The ARN of the role of a session, with its path: only the issuer tells it.
///
/// Sessions of `iam-role/…` issuers and role chains name the role itself; an issuer of another
/// name is not this session's role.
fn role_arn(identity: &UserIdentity<'_>, role_name: &str) -> Option<String> {
    let arn = identity.session_context.session_issuer.arn.as_deref()?;
    let is_role = matches!(Principal::parse(arn), Ok(Principal::Role { .. }));
    (is_role && arn.rsplit('/').next() == Some(role_name)).then(|| arn.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trail::{Event, parameters::Extent};

    fn of(identity: &str) -> Principal {
        of_request(identity, "{}")
    }

    fn of_request(identity: &str, parameters: &str) -> Principal {
        let json = format!(r#"{{"userIdentity":{identity}}}"#);
        let parameters = Parameters::read(Some(parameters), Extent::All);
        principal(
            &Event::parse(&json).unwrap().user_identity,
            &parameters,
            "aws",
        )
    }

    #[test]
    fn a_user_is_its_arn() {
        let user = of(
            r#"{"type":"IAMUser","arn":"arn:aws:iam::123456789012:user/ops/ana","userName":"ana"}"#,
        );
        assert_eq!(
            user,
            Principal::parse("arn:aws:iam::123456789012:user/ops/ana").unwrap()
        );
    }

    #[test]
    fn a_user_without_an_arn_has_an_unknown_path() {
        let user = of(r#"{"type":"IAMUser","accountId":"123456789012","userName":"ana"}"#);
        assert_eq!(user, Principal::Unknown);
    }

    #[test]
    fn a_session_takes_the_path_of_its_role_from_the_issuer() {
        let session = of(r#"{"type":"AssumedRole",
            "arn":"arn:aws:sts::123456789012:assumed-role/web/i-1",
            "sessionContext":{"sessionIssuer":{"type":"Role",
                "arn":"arn:aws:iam::123456789012:role/app/web"}}}"#);
        let Principal::AssumedRole {
            role_name,
            role_arn,
            ..
        } = session
        else {
            panic!("{session:?}");
        };
        assert_eq!(role_name, "web");
        assert_eq!(
            role_arn.as_deref(),
            Some("arn:aws:iam::123456789012:role/app/web")
        );
    }

    #[test]
    fn a_session_without_an_issuer_keeps_its_role_open() {
        let session = of(
            r#"{"type":"AssumedRole","sessionContext":{"sessionIssuer":{}},
            "arn":"arn:aws:sts::123456789012:assumed-role/web/i-1"}"#,
        );
        assert!(
            matches!(&session, Principal::AssumedRole { role_arn: None, .. }),
            "{session:?}"
        );
    }

    #[test]
    fn the_root_user_is_known_by_its_account() {
        let root = of(r#"{"type":"Root","accountId":"123456789012","userName":"alias"}"#);
        assert_eq!(root.to_string(), "arn:aws:iam::123456789012:root");
    }

    #[test]
    fn services_call_for_themselves() {
        let service = of(r#"{"type":"AWSService","invokedBy":"ec2.amazonaws.com"}"#);
        assert_eq!(service, Principal::Service("ec2.amazonaws.com".to_owned()));
        let untyped = of(r#"{"accountId":"123456789012","invokedBy":"rds.amazonaws.com"}"#);
        assert_eq!(untyped, Principal::Service("rds.amazonaws.com".to_owned()));
        assert_eq!(
            of(r#"{"type":"AWSService","invokedBy":"AWS Internal"}"#),
            Principal::Unknown
        );
    }

    #[test]
    fn unsigned_requests_are_nobodys() {
        let anonymous = of(r#"{"type":"AWSAccount","principalId":"","accountId":"anonymous"}"#);
        assert_eq!(anonymous, Principal::Anonymous);
        let elsewhere = of(r#"{"type":"AWSAccount","principalId":"AIDA","accountId":"1"}"#);
        assert_eq!(elsewhere, Principal::Unknown);
    }

    #[test]
    fn a_federated_caller_is_its_provider() {
        let oidc = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
        for (provider, expected) in [
            (oidc, oidc),
            ("accounts.google.com", "accounts.google.com"),
            (
                "cognito-identity.amazon.com",
                "cognito-identity.amazonaws.com",
            ),
        ] {
            let json = format!(r#"{{"type":"WebIdentityUser","identityProvider":"{provider}"}}"#);
            assert_eq!(of(&json), Principal::Federated(expected.to_owned()));
        }
        let saml = of_request(
            r#"{"type":"SAMLUser","principalId":"hash=:ana","identityProvider":"hash="}"#,
            r#"{"principalArn":"arn:aws:iam::123456789012:saml-provider/corp"}"#,
        );
        let expected = "arn:aws:iam::123456789012:saml-provider/corp".to_owned();
        assert_eq!(saml, Principal::Federated(expected));
    }

    #[test]
    fn federated_identities_are_not_guessed() {
        for kind in ["SAMLUser", "WebIdentityUser", "IdentityCenterUser"] {
            let json = format!(r#"{{"type":"{kind}","principalId":"p","userName":"ana"}}"#);
            assert_eq!(of(&json), Principal::Unknown);
        }
        let federated =
            of(r#"{"type":"FederatedUser","arn":"arn:aws:sts::123456789012:federated-user/bob"}"#);
        assert!(matches!(federated, Principal::FederatedUser { .. }));
    }
}
