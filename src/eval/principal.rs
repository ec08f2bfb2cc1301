//! Who makes a request.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use crate::policy::AccountId;
use std::fmt;

/// The principal of a request.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Principal {
    /// The root user of an account, `arn:aws:iam::123456789012:root`.
    Root {
        /// The whole ARN.
        arn: String,
        /// The account that it belongs to.
        account: AccountId,
    },
    /// An IAM user, `arn:aws:iam::123456789012:user/path/name`.
    User {
        /// The whole ARN.
        arn: String,
        /// The account that it belongs to.
        account: AccountId,
        /// The user's name, without its path.
        name: String,
    },
    /// An IAM role itself, `arn:aws:iam::123456789012:role/path/name`: any of its sessions.
    Role {
        /// The whole ARN.
        arn: String,
        /// The account that it belongs to.
        account: AccountId,
    },
    /// A session of a role, `arn:aws:sts::123456789012:assumed-role/role-name/session-name`.
    AssumedRole {
        /// The whole ARN of the session.
        arn: String,
        /// The account of the role.
        account: AccountId,
        /// The name of the role, without its path.
        role_name: String,
        /// The ARN of the role, where something told it: the session ARN lacks the role's path.
        role_arn: Option<String>,
    },
    /// A session from `GetFederationToken`, `arn:aws:sts::123456789012:federated-user/name`.
    FederatedUser {
        /// The whole ARN of the session.
        arn: String,
        /// The account of the user that asked for it.
        account: AccountId,
        /// The ARN of that user, where something told it.
        user_arn: Option<String>,
    },
    /// An AWS service, `lambda.amazonaws.com`.
    Service(String),
    /// Somebody whom an identity provider vouches for, in a call that is not signed: the ARN of a SAML
    /// or OIDC provider, or one of the names in [`WEB_IDENTITY_PROVIDERS`].
    Federated(String),
    /// A canonical user id of 64 hexadecimal digits, of an origin access identity.
    CanonicalUser(String),
    /// Nobody: the request was not signed. Written `anonymous`.
    Anonymous,
    /// Somebody, and nothing tells who.
    Unknown,
}

/// The identity providers that need no provider of the account.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-federated-web-identity>
pub const WEB_IDENTITY_PROVIDERS: [&str; 4] = [
    "accounts.google.com",
    "cognito-identity.amazonaws.com",
    "graph.facebook.com",
    "www.amazon.com",
];

/// A text that names no principal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, miette::Diagnostic)]
#[error("`{text}` is not a principal that can make a request")]
#[diagnostic(help(
    "give `arn:aws:iam::123456789012:user/name`, `…:role/name`, `…:root`, `…:saml-provider/name` or \
     `…:oidc-provider/host`, `arn:aws:sts::123456789012:assumed-role/role/session` or \
     `…:federated-user/name`, a service such as `lambda.amazonaws.com`, a canonical user id, or \
     `anonymous`"
))]
pub struct PrincipalError {
    /// The text as it was given.
    pub text: String,
}

impl Principal {
    /// Reads the ARN of a user, role, root user, session or identity provider, the name of a service
    /// or of a public identity provider, a canonical user id, or `anonymous`.
    pub fn parse(text: &str) -> Result<Self, PrincipalError> {
        Self::parse_known(text).ok_or_else(|| PrincipalError {
            text: text.to_owned(),
        })
    }

    fn parse_known(text: &str) -> Option<Self> {
        if text == "anonymous" {
            return Some(Self::Anonymous);
        }
        if WEB_IDENTITY_PROVIDERS.contains(&text) {
            return Some(Self::Federated(text.to_owned()));
        }
        if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Some(Self::CanonicalUser(text.to_owned()));
        }
        if is_service_principal(text) {
            return Some(Self::Service(text.to_owned()));
        }
        let mut fields = text.splitn(6, ':');
        let (arn, partition) = (fields.next()?, fields.next()?);
        let (service, region) = (fields.next()?, fields.next()?);
        let (account, resource) = (AccountId::parse(fields.next()?)?, fields.next()?);
        if arn != "arn" || !partition.starts_with("aws") || !region.is_empty() {
            return None;
        }
        let owned = text.to_owned();
        let (kind, rest) = resource.split_once('/').unwrap_or((resource, ""));
        match (service, kind, rest) {
            ("iam", "root", "") => Some(Self::Root {
                arn: owned,
                account,
            }),
            ("iam", "user", path) => {
                let name = last_segment(path)?.to_owned();
                Some(Self::User {
                    arn: owned,
                    account,
                    name,
                })
            }
            ("iam", "role", path) => {
                last_segment(path)?;
                Some(Self::Role {
                    arn: owned,
                    account,
                })
            }
            ("sts", "assumed-role", path) => {
                let (role, session) = path.split_once('/')?;
                if role.is_empty() || session.is_empty() {
                    return None;
                }
                let role_name = role.to_owned();
                Some(Self::AssumedRole {
                    arn: owned,
                    account,
                    role_name,
                    role_arn: None,
                })
            }
            ("sts", "federated-user", name) if !name.is_empty() => Some(Self::FederatedUser {
                arn: owned,
                account,
                user_arn: None,
            }),
            ("iam", "saml-provider" | "oidc-provider", name) if !name.is_empty() => {
                Some(Self::Federated(owned))
            }
            _ => None,
        }
    }

    /// A session of a role, with the ARN of the role; any other principal as it is.
    #[must_use]
    pub fn with_role_arn(mut self, arn: Option<String>) -> Self {
        if let Self::AssumedRole { role_arn, .. } = &mut self {
            *role_arn = arn;
        }
        self
    }

    /// The partition that the principal belongs to; none for services and unsigned requests.
    pub fn partition(&self) -> Option<&str> {
        match self {
            Self::Root { arn, .. }
            | Self::User { arn, .. }
            | Self::Role { arn, .. }
            | Self::AssumedRole { arn, .. }
            | Self::FederatedUser { arn, .. } => arn.split(':').nth(1),
            Self::Federated(name) => name
                .starts_with("arn:")
                .then(|| name.split(':').nth(1))
                .flatten(),
            Self::Service(_) | Self::CanonicalUser(_) | Self::Anonymous | Self::Unknown => None,
        }
    }

    /// Whether it can only call with temporary credentials.
    pub fn has_session(&self) -> bool {
        matches!(
            self,
            Self::Role { .. } | Self::AssumedRole { .. } | Self::FederatedUser { .. }
        )
    }

    /// The account that the principal belongs to; none for services, unsigned requests, and whom only
    /// a canonical user id names.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Root { account, .. }
            | Self::User { account, .. }
            | Self::Role { account, .. }
            | Self::AssumedRole { account, .. }
            | Self::FederatedUser { account, .. } => Some(*account),
            Self::Service(_)
            | Self::Federated(_)
            | Self::CanonicalUser(_)
            | Self::Anonymous
            | Self::Unknown => None,
        }
    }

    /// Whether it is a role that a service made for itself.
    ///
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html>
    pub fn is_service_linked_role(&self) -> bool {
        let has_path = |arn: &str| {
            let resource = arn.splitn(6, ':').nth(5);
            resource.is_some_and(|resource| resource.starts_with("role/aws-service-role/"))
        };
        match self {
            Self::Role { arn, .. } => has_path(arn),
            // The path is of services alone; where nothing tells it, the start of the name does.
            Self::AssumedRole {
                role_name,
                role_arn,
                ..
            } => match role_arn {
                Some(arn) => has_path(arn),
                None => role_name.starts_with("AWSServiceRoleFor"),
            },
            Self::Root { .. }
            | Self::User { .. }
            | Self::FederatedUser { .. }
            | Self::Service(_)
            | Self::Federated(_)
            | Self::CanonicalUser(_)
            | Self::Anonymous
            | Self::Unknown => false,
        }
    }
}

/// The part of a `path/name` after its last slash, where that is not empty.
fn last_segment(path: &str) -> Option<&str> {
    path.rsplit('/').next().filter(|name| !name.is_empty())
}

/// Whether a text has the form of a service principal: labels of letters, digits and hyphens that
/// end in `amazonaws.com` or `amazonaws.com.cn`.
fn is_service_principal(text: &str) -> bool {
    let Some(labels) = text
        .strip_suffix(".amazonaws.com")
        .or_else(|| text.strip_suffix(".amazonaws.com.cn"))
    else {
        return false;
    };
    labels.split('.').all(|label| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root { arn, .. }
            | Self::User { arn, .. }
            | Self::Role { arn, .. }
            | Self::AssumedRole { arn, .. }
            | Self::FederatedUser { arn, .. } => f.write_str(arn),
            Self::Service(name) | Self::Federated(name) | Self::CanonicalUser(name) => {
                f.write_str(name)
            }
            Self::Anonymous => f.write_str("anonymous"),
            Self::Unknown => f.write_str("an unknown principal"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_written_form_is_read() {
        let kinds = [
            ("arn:aws:iam::123456789012:root", "Root"),
            ("arn:aws:iam::123456789012:user/ana", "User"),
            ("arn:aws:iam::123456789012:user/ops/eu/ana", "User"),
            ("arn:aws-us-gov:iam::123456789012:role/app/web", "Role"),
            (
                "arn:aws:sts::123456789012:assumed-role/web/i-0abc",
                "AssumedRole",
            ),
            (
                "arn:aws:sts::123456789012:federated-user/bob",
                "FederatedUser",
            ),
            ("lambda.amazonaws.com", "Service"),
            ("ec2.amazonaws.com.cn", "Service"),
            ("anonymous", "Anonymous"),
        ];
        for (text, kind) in kinds {
            let principal = Principal::parse(text).unwrap();
            assert!(
                format!("{principal:?}").starts_with(kind),
                "{text} is {principal:?}"
            );
            assert_eq!(principal.to_string(), text);
        }
    }

    #[test]
    fn a_path_is_not_part_of_the_name() {
        let Principal::User { name, .. } =
            Principal::parse("arn:aws:iam::123456789012:user/ops/eu/ana").unwrap()
        else {
            panic!("not a user");
        };
        assert_eq!(name, "ana");
    }

    #[test]
    fn what_cannot_call_is_refused() {
        for text in [
            "",
            "*",
            "ana",
            "123456789012",
            "arn:aws:iam::12345:user/ana",
            "arn:aws:iam::123456789012:group/admins",
            "arn:aws:iam::123456789012:user/",
            "arn:aws:s3:::bucket",
            "arn:aws:sts::123456789012:assumed-role/web",
            ".amazonaws.com",
        ] {
            assert!(Principal::parse(text).is_err(), "{text} was taken");
        }
    }
}
