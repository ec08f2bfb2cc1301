//! The words of a request to the request.

use crate::{
    catalog::{Action, Catalog},
    eval::{
        Context, Fact, Layer, Origin, Principal, PrincipalError, Request, Target, derive_context,
    },
    policy::{AccountId, ActionName, Arn, ArnError, ConditionKey},
};
use miette::Diagnostic;
use std::collections::BTreeMap;

/// A request in words.
#[derive(Debug, Clone, Copy)]
pub struct RequestText<'t> {
    /// Who calls.
    pub principal: &'t str,
    /// What is called.
    pub action: &'t str,
    /// What it is called on.
    pub resource: &'t str,
    /// The account that owns the resource.
    pub resource_account: Option<&'t str>,
    /// The canonical user id of the caller's account.
    pub canonical_user: Option<&'t str>,
}

/// What is taken of keys and resources that nobody gave whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// The request is whole: keys that are neither given, unknown nor derived are absent, and a resource
    /// is exactly what is written.
    Whole,
    /// As [`Self::Whole`], and `aws:username` is not derived: a case that leaves it out says what comes
    /// of a variable that is not set.
    WholeWithVariables,
    /// The request is what somebody typed: keys that AWS puts into every request are there with values
    /// that are not known, and `*` and `?` in a resource stand for what is not known.
    Typed,
}

/// Words that make no request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Diagnostic)]
pub enum RequestError {
    /// No principal.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Principal(#[from] PrincipalError),

    /// No action.
    #[error("`{action}` is not a single action")]
    #[diagnostic(help(
        "give one such as `s3:GetObject`; `iamsim expand` lists those that a pattern covers"
    ))]
    Action {
        /// The text as it was given.
        action: String,
    },

    /// No ARN.
    #[error("`{resource}` {reason}")]
    #[diagnostic(help(
        "an ARN is `arn:partition:service:region:account:resource`; region and account may be \
         empty, their colons stay; `*` is for actions that take no resource"
    ))]
    Resource {
        /// The text as it was given.
        resource: String,
        /// What is wrong with it.
        reason: ArnError,
    },

    /// No account.
    #[error("`{account}` is not an account")]
    #[diagnostic(help("an account is a number of twelve digits, such as `123456789012`"))]
    Account {
        /// The text as it was given.
        account: String,
    },

    /// No canonical user id.
    #[error("`{id}` is not a canonical user id")]
    #[diagnostic(help("a canonical user id has 64 hexadecimal digits"))]
    CanonicalUser {
        /// The text as it was given.
        id: String,
    },

    /// No pair of key and value.
    #[error("`{text}` is not of the form `key=value`")]
    #[diagnostic(help("write it like `--context aws:SourceIp=203.0.113.7`"))]
    ContextForm {
        /// The text as it was given.
        text: String,
    },

    /// No condition key.
    #[error("`{key}` is not a condition key")]
    #[diagnostic(help("a condition key is `service:name`, such as `aws:SourceIp`"))]
    ConditionKey {
        /// The text as it was given.
        key: String,
    },

    /// Neither key nor layer.
    #[error("`{name}` is neither a condition key nor a layer of policies")]
    #[diagnostic(help(
        "a condition key is `service:name`, such as `aws:SourceIp`; the layers are {}",
        layer_names()
    ))]
    Unknown {
        /// The text as it was given.
        name: String,
    },

    /// A key that has a value and has not.
    #[error("`{key}` has a value and is said to be unknown")]
    #[diagnostic(help("keep one of the two"))]
    Contradiction {
        /// The key.
        key: String,
    },

    /// A member that must be there.
    #[error("the request has no `{member}`")]
    #[diagnostic(help("a request needs `principal`, `action` and `resource`"))]
    Missing {
        /// The member.
        member: &'static str,
    },
}

fn layer_names() -> String {
    let names = Layer::ALL.map(|layer| format!("`{}`", layer.name()));
    names.join(", ")
}

impl RequestText<'_> {
    /// Reads the words.
    ///
    /// # Errors
    ///
    /// Where principal, action, resource or an account cannot be read.
    pub fn read(
        &self,
        context: Context,
        completeness: Completeness,
    ) -> Result<Request, RequestError> {
        let action = action(self.action)?;
        let resource = resource(self.resource, &action, completeness)?;
        let principal = Principal::parse(self.principal)?;
        let mut request = Request::new(principal, action, resource, context);
        request.resource_account = self.resource_account.map(account).transpose()?;
        request.canonical_user = self.canonical_user.map(canonical_user).transpose()?;
        if completeness == Completeness::WholeWithVariables {
            let absent = Fact::Absent;
            request
                .context
                .set_default("aws:username", absent, Origin::Given);
        }
        if completeness != Completeness::Typed
            && let Principal::AssumedRole {
                account, role_name, ..
            } = &request.principal
        {
            // Who says nothing of a path means that there is none.
            let partition = request.principal.partition().unwrap_or("aws");
            let arn = format!("arn:{partition}:iam::{account}:role/{role_name}");
            let fact = Fact::Values(vec![arn]);
            request
                .context
                .set_default("aws:PrincipalArn", fact, Origin::Derived);
        }
        derive_context(&mut request);
        match completeness {
            Completeness::Typed => {
                for key in Catalog::embedded().global_condition_keys() {
                    if key.always_present() {
                        request
                            .context
                            .set_default(key.key(), Fact::present(), Origin::Derived);
                    }
                }
            }
            Completeness::Whole | Completeness::WholeWithVariables => {
                // Nothing is unknown that nobody said to be.
                let open: Vec<_> = request
                    .context
                    .iter()
                    .filter(|(_, fact, origin)| {
                        *origin == Origin::Derived && !matches!(fact, Fact::Values(_))
                    })
                    .map(|(key, ..)| key.clone())
                    .collect();
                for key in open {
                    request.context.set(key, Fact::Absent, Origin::Derived);
                }
            }
        }
        Ok(request)
    }
}

/// Reads the number of an account.
pub(super) fn account(text: &str) -> Result<AccountId, RequestError> {
    AccountId::parse(text).ok_or_else(|| RequestError::Account {
        account: text.to_owned(),
    })
}

fn canonical_user(text: &str) -> Result<String, RequestError> {
    match Principal::parse(text) {
        Ok(Principal::CanonicalUser(id)) => Ok(id),
        _ => Err(RequestError::CanonicalUser {
            id: text.to_owned(),
        }),
    }
}

fn action(text: &str) -> Result<ActionName, RequestError> {
    let whole = text.split_once(':').is_some_and(|(service, name)| {
        let plain = |part: &str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        plain(service) && plain(name)
    });
    if whole {
        Ok(ActionName::new(text))
    } else {
        Err(RequestError::Action {
            action: text.to_owned(),
        })
    }
}

fn resource(
    text: &str,
    action: &ActionName,
    completeness: Completeness,
) -> Result<Target, RequestError> {
    if text != "*" {
        Arn::parse(text).map_err(|reason| RequestError::Resource {
            resource: text.to_owned(),
            reason,
        })?;
    }
    if completeness != Completeness::Typed {
        return Ok(if text == "*" {
            Target::Star
        } else {
            Target::Arn(text.to_owned())
        });
    }
    let known = Catalog::embedded().action(action.as_str());
    Ok(match known.map(Action::has_resource_types) {
        Some(false) => Target::Star,
        Some(true) if text == "*" => Target::Unknown,
        _ if text == "*" => Target::Star,
        _ if text.contains(['*', '?']) => Target::Like(text.to_owned()),
        _ => Target::Arn(text.to_owned()),
    })
}

/// A fact that somebody says to be unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnknownName {
    /// A condition key.
    Key(ConditionKey),
    /// A layer.
    Layer(Layer),
}

/// Reads the name of a condition key or a layer.
///
/// # Errors
///
/// Where it is neither.
pub fn unknown_fact(name: &str) -> Result<UnknownName, RequestError> {
    let layer = Layer::ALL
        .into_iter()
        .find(|layer| layer.name().eq_ignore_ascii_case(name));
    match layer {
        Some(layer) => Ok(UnknownName::Layer(layer)),
        None => condition_key(name)
            .map(UnknownName::Key)
            .map_err(|_| RequestError::Unknown {
                name: name.to_owned(),
            }),
    }
}

/// Reads `key=value`.
///
/// # Errors
///
/// Where it is not of that form.
pub fn context_pair(text: &str) -> Result<(ConditionKey, String), RequestError> {
    let (key, value) = text
        .split_once('=')
        .ok_or_else(|| RequestError::ContextForm {
            text: text.to_owned(),
        })?;
    Ok((condition_key(key)?, value.to_owned()))
}

/// Makes a context in which each key that is neither given nor unknown is absent.
pub(super) fn context(
    given: BTreeMap<ConditionKey, Vec<String>>,
    unknown: &[ConditionKey],
) -> Result<Context, RequestError> {
    let mut context = Context::complete();
    for key in unknown {
        if given.contains_key(key) {
            return Err(RequestError::Contradiction {
                key: key.to_string(),
            });
        }
        context.set(key.clone(), Fact::Unknown, Origin::Given);
    }
    for (key, values) in given {
        context.set(key, Fact::Values(values), Origin::Given);
    }
    Ok(context)
}

/// Reads the name of a condition key.
///
/// # Errors
///
/// Where it is not of the form `service:name`.
pub fn condition_key(text: &str) -> Result<ConditionKey, RequestError> {
    let is_key = text.split_once(':').is_some_and(|(service, name)| {
        !service.is_empty() && !name.is_empty() && !text.contains(char::is_whitespace)
    });
    if is_key {
        Ok(ConditionKey::new(text))
    } else {
        Err(RequestError::ConditionKey {
            key: text.to_owned(),
        })
    }
}
