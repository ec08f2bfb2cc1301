//! What is wrong with a requirement.

use crate::policy::ArnError;

/// Why a text of a requirement stands for nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequirementError {
    /// It is no pattern of actions.
    #[error("`{text}` is no pattern of actions")]
    ActionForm {
        /// The text.
        text: String,
    },
    /// Its service does not exist.
    #[error("there is no service with prefix `{prefix}`")]
    UnknownService {
        /// The prefix.
        prefix: String,
        /// The one that may be meant.
        near: Option<&'static str>,
    },
    /// Its action does not exist.
    #[error("there is no action `{text}`")]
    UnknownAction {
        /// The action.
        text: String,
        /// The ones that may be meant.
        near: Option<String>,
    },
    /// No action matches it.
    #[error("`{text}` matches no action")]
    MatchesNothing {
        /// The pattern.
        text: String,
    },
    /// It is no pattern of ARNs.
    #[error("`{text}` {reason}")]
    ArnForm {
        /// The text.
        text: String,
        /// What is wrong with it.
        reason: ArnError,
    },
    /// No service has ARNs such as it.
    #[error("no service has ARNs of `{service}`")]
    UnknownNamespace {
        /// The third part of the ARN.
        service: String,
        /// The one that may be meant.
        near: Option<&'static str>,
    },
    /// AWS has no such condition key.
    #[error("there is no condition key `{key}`")]
    UnknownKey {
        /// The key.
        key: String,
        /// The one that may be meant.
        near: Option<String>,
    },
    /// AWS has no such operator.
    #[error("there is no condition operator `{text}`")]
    UnknownOperator {
        /// The text.
        text: String,
        /// The one that may be meant.
        near: Option<String>,
    },
    /// It names no principal.
    #[error("`{text}` names no principal")]
    PrincipalForm {
        /// The text.
        text: String,
    },
    /// It is no id of an organization.
    #[error("`{text}` is no id of an organization")]
    OrganizationForm {
        /// The text.
        text: String,
    },
}

impl RequirementError {
    /// What to do about it.
    pub fn help(&self) -> String {
        let meant = |near: &Option<String>, otherwise: &str| match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => otherwise.to_owned(),
        };
        match self {
            Self::ActionForm { .. } => {
                "write `service:Name`, with `*` and `?` in either part, or `*`".to_owned()
            }
            Self::UnknownService { near, .. } | Self::UnknownNamespace { near, .. } => {
                let near = near.map(str::to_owned);
                meant(&near, "`iamsim expand` shows what a pattern stands for")
            }
            Self::UnknownAction { near, .. } => {
                meant(near, "`iamsim expand` shows the actions of a pattern")
            }
            Self::MatchesNothing { .. } => {
                "`iamsim expand` shows the actions of a pattern".to_owned()
            }
            Self::ArnForm { .. } => {
                "write `arn:partition:service:region:account:resource`, with `*` \
                                     for what does not matter, or `*`"
                    .to_owned()
            }
            Self::UnknownKey { near, .. } => meant(
                near,
                "the service authorization reference lists the keys of each service",
            ),
            Self::UnknownOperator { near, .. } => meant(
                near,
                "operators are `StringEquals`, `ArnLike`, `Bool` and the like",
            ),
            Self::PrincipalForm { .. } => {
                "write the twelve digits of an account, the ARN of a user, a \
                                           role or a provider, the name of a service such as \
                                           `lambda.amazonaws.com`, or `*` for everybody"
                    .to_owned()
            }
            Self::OrganizationForm { .. } => {
                "an id is `o-` and 10 to 32 lower-case letters and digits".to_owned()
            }
        }
    }
}
