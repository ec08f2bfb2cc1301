//! `iamsim simulate`

use super::{
    args::SimulateArguments,
    catalog,
    input::{self, StdinTwice, reads_stdin_once},
    io::{Exit, Io, Outcome},
};
use crate::{
    catalog::{Action, Catalog},
    eval::{
        CompiledPolicy, Context, Fact, Origin, Principal, PrincipalError, Request, Target, Verdict,
        decide, derive_context,
    },
    policy::{ActionName, Arn, ArnError, ConditionKey},
    report::{
        JudgedPolicy,
        simulate::{JudgedRequest, render},
    },
};
use miette::Diagnostic;
use std::collections::BTreeMap;

/// Arguments that make no request.
#[derive(Debug, thiserror::Error, Diagnostic)]
enum RequestError {
    #[error(transparent)]
    #[diagnostic(transparent)]
    Principal(#[from] PrincipalError),

    #[error("`{principal}` has no identity policies")]
    #[diagnostic(help(
        "policies are attached to users and roles; services and unsigned requests are judged by \
         the resource's policy, which iamsim does not consider yet"
    ))]
    NoIdentity { principal: String },

    #[error("`{action}` is not a single action")]
    #[diagnostic(help(
        "give one such as `s3:GetObject`; `iamsim expand` lists those that a pattern covers"
    ))]
    Action { action: String },

    #[error("`{resource}` {reason}")]
    #[diagnostic(help(
        "an ARN is `arn:partition:service:region:account:resource`; region and account may be \
         empty, their colons stay; `*` is for actions that take no resource"
    ))]
    Resource { resource: String, reason: ArnError },

    #[error("`{text}` is not of the form `key=value`")]
    #[diagnostic(help("write it like `--context aws:SourceIp=203.0.113.7`"))]
    ContextForm { text: String },

    #[error("`{key}` is not a condition key")]
    #[diagnostic(help("a condition key is `service:name`, such as `aws:SourceIp`"))]
    ConditionKey { key: String },

    #[error("`{key}` is given with `--context` and with `--unknown`")]
    #[diagnostic(help("keep one of the two"))]
    Contradiction { key: String },
}

pub(super) fn run(arguments: &SimulateArguments, io: &mut Io<'_>) -> Outcome {
    if !reads_stdin_once(&[&arguments.policies]) {
        io.misuse(&StdinTwice);
        return Ok(Exit::Failed);
    }
    let mut notes = Vec::new();
    let request = request(arguments, &mut notes);
    let policies = input::identity_policies(&arguments.policies, io);
    let request = match request {
        Ok(request) => request,
        Err(error) => {
            io.error(&error);
            return Ok(Exit::Failed);
        }
    };
    let Some(policies) = policies else {
        return Ok(Exit::Failed);
    };
    let compiled: Vec<_> = policies
        .iter()
        .map(|sound| CompiledPolicy::new(sound.policy()))
        .collect();
    let decision = decide(&compiled, &request);
    let judged: Vec<_> = policies
        .iter()
        .zip(&decision.policies)
        .map(|(sound, results)| JudgedPolicy {
            source: &sound.source,
            policy: sound.policy(),
            results,
        })
        .collect();
    let judged = JudgedRequest {
        request: &request,
        decision: &decision,
        policies: &judged,
    };
    io.write(&render(
        arguments.format.get(),
        &judged,
        &notes,
        &io.painter(),
    ))?;
    Ok(if decision.verdict == Verdict::Allowed {
        Exit::Clean
    } else {
        Exit::Found
    })
}

fn request(
    arguments: &SimulateArguments,
    notes: &mut Vec<String>,
) -> Result<Request, RequestError> {
    let principal = Principal::parse(&arguments.principal)?;
    if principal.account().is_none() {
        return Err(RequestError::NoIdentity {
            principal: principal.to_string(),
        });
    }
    let action = action(&arguments.action, notes)?;
    let resource = resource(&arguments.resource, &action, notes)?;
    let context = context(&arguments.context, &arguments.unknown)?;
    let mut request = Request {
        principal,
        action,
        resource,
        context,
    };
    derive_context(&mut request);
    // AWS puts these into every request, so without a value they are unknown, not absent.
    for key in Catalog::embedded()
        .global_condition_keys()
        .filter(|key| key.always_present())
    {
        request
            .context
            .set_default(key.key(), Fact::Unknown, Origin::Derived);
    }
    Ok(request)
}

fn action(text: &str, notes: &mut Vec<String>) -> Result<ActionName, RequestError> {
    let whole = text.split_once(':').is_some_and(|(service, name)| {
        let plain = |part: &str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        plain(service) && plain(name)
    });
    if !whole {
        return Err(RequestError::Action {
            action: text.to_owned(),
        });
    }
    let catalog = Catalog::embedded();
    if catalog.action(text).is_none() {
        notes.push(format!(
            "the catalog of {} has no action `{text}`; it is judged all the same ({})",
            catalog.date(),
            catalog::help(catalog, text)
        ));
    }
    Ok(ActionName::new(text))
}

fn resource(
    text: &str,
    action: &ActionName,
    notes: &mut Vec<String>,
) -> Result<Target, RequestError> {
    let known = Catalog::embedded().action(action.as_str());
    if text != "*" {
        Arn::parse(text).map_err(|reason| RequestError::Resource {
            resource: text.to_owned(),
            reason,
        })?;
    }
    let takes_resources = known.map(Action::has_resource_types);
    Ok(match takes_resources {
        Some(false) => {
            if text != "*" {
                notes.push(format!(
                    "`{action}` takes no resource, so it is judged on `*`"
                ));
            }
            Target::Star
        }
        Some(true) if text == "*" => {
            notes.push(format!(
                "`{action}` is called on a resource, and `*` does not say which; name one for a \
                 verdict on it"
            ));
            Target::Unknown
        }
        _ if text == "*" => Target::Star,
        _ if text.contains(['*', '?']) => Target::Like(text.to_owned()),
        _ => Target::Arn(text.to_owned()),
    })
}

fn context(given: &[String], unknown: &[String]) -> Result<Context, RequestError> {
    let mut values: BTreeMap<ConditionKey, Vec<String>> = BTreeMap::new();
    for text in given {
        let (key, value) = text
            .split_once('=')
            .ok_or_else(|| RequestError::ContextForm { text: text.clone() })?;
        values
            .entry(condition_key(key)?)
            .or_default()
            .push(value.to_owned());
    }
    let mut context = Context::complete();
    for key in unknown {
        let key = condition_key(key)?;
        if values.contains_key(&key) {
            return Err(RequestError::Contradiction {
                key: key.to_string(),
            });
        }
        context.set(key, Fact::Unknown, Origin::Given);
    }
    for (key, values) in values {
        context.set(key, Fact::Values(values), Origin::Given);
    }
    Ok(context)
}

fn condition_key(text: &str) -> Result<ConditionKey, RequestError> {
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
