//! A request as the evaluation sees it: its resource taken apart once, its context at hand.

use super::{Fact, Request, Target, Truth, Unknown, compile::ArnFields};
use crate::{
    catalog::{Catalog, ServiceConditionKey},
    policy::{Arn, Case, ConditionKey, Variable, Wildcard},
};
use std::collections::BTreeSet;

pub(super) struct RequestView<'a> {
    pub(super) request: &'a Request,
    target: TargetFields<'a>,
}

enum TargetFields<'a> {
    Star,
    Exact([&'a str; 5]),
    Like(Box<ArnFields>),
    Unknown,
    /// Text that is no ARN; only `*` matches it.
    NoArn,
}

/// What stands for a variable in a request.
pub(super) enum Resolution {
    Value(String),
    /// The request lacks the key, or the key has no single value.
    Unset,
    Unknown,
}

impl<'a> RequestView<'a> {
    pub(super) fn new(request: &'a Request) -> Self {
        let target = match &request.resource {
            Target::Star => TargetFields::Star,
            Target::Unknown => TargetFields::Unknown,
            Target::Arn(text) => match Arn::parse(text) {
                Ok(arn) => TargetFields::Exact([
                    arn.partition,
                    arn.service,
                    arn.region,
                    arn.account,
                    arn.resource,
                ]),
                Err(_) => TargetFields::NoArn,
            },
            Target::Like(text) => match Wildcard::new(text, Case::Sensitive).split_arn() {
                Some(fields) => TargetFields::Like(Box::new(fields)),
                None => TargetFields::Unknown,
            },
        };
        Self { request, target }
    }

    /// Whether the resource of the request is one that these fields match.
    pub(super) fn matches_resource(&self, fields: &ArnFields) -> Truth {
        match &self.target {
            TargetFields::Star | TargetFields::NoArn => Truth::False,
            TargetFields::Unknown => Truth::depends_on(Unknown::Resource),
            TargetFields::Exact(target) => fields
                .iter()
                .zip(target)
                .all(|(field, text)| field.matches(text))
                .into(),
            TargetFields::Like(target) => {
                let pairs = || fields.iter().zip(target.iter());
                if pairs().all(|(field, target)| field.covers(target)) {
                    Truth::True
                } else if pairs().all(|(field, target)| field.intersects(target)) {
                    Truth::depends_on(Unknown::Resource)
                } else {
                    Truth::False
                }
            }
        }
    }

    /// Whether the resource of the request is known to be all resources.
    pub(super) fn has_star_resource(&self) -> bool {
        matches!(self.target, TargetFields::Star)
    }

    pub(super) fn resolve(&self, variable: &Variable) -> Resolution {
        let key = &variable.key;
        if is_template_token(key.as_str()) {
            return Resolution::Unknown;
        }
        if is_multivalued(key) {
            return Resolution::Unset;
        }
        match &*self.request.context.fact(key) {
            Fact::Unknown => Resolution::Unknown,
            Fact::Values(values) => match values.as_slice() {
                [value] => Resolution::Value(value.clone()),
                [] => default(variable),
                _ => Resolution::Unset,
            },
            Fact::Absent => default(variable),
        }
    }

    /// Replaces the variables of something by `resolve`, and judges what comes of it by `matches`;
    /// where a variable is unknown, `open` says whether any value of it could match.
    pub(super) fn with_variables<T>(
        &self,
        resolve: impl FnOnce(&mut dyn FnMut(&Variable) -> Option<String>) -> Option<T>,
        matches: impl FnOnce(T) -> Truth,
        open: impl FnOnce() -> bool,
    ) -> Truth {
        let mut unknown = BTreeSet::new();
        let mut unset = false;
        let resolved = resolve(&mut |variable| match self.resolve(variable) {
            Resolution::Value(value) => Some(value),
            Resolution::Unset => {
                unset = true;
                None
            }
            Resolution::Unknown => {
                unknown.insert(Unknown::Key(variable.key.clone()));
                // Any text: what matters is whether a later variable is unset.
                Some(String::new())
            }
        });
        match resolved {
            _ if unset => Truth::False,
            Some(resolved) if unknown.is_empty() => matches(resolved),
            Some(_) if open() => Truth::Depends(unknown),
            _ => Truth::False,
        }
    }
}

fn default(variable: &Variable) -> Resolution {
    variable
        .default
        .clone()
        .map_or(Resolution::Unset, Resolution::Value)
}

/// Variables take keys with one value only.
fn is_multivalued(key: &ConditionKey) -> bool {
    let catalog = Catalog::embedded();
    match catalog.global_condition_key(key.as_str()) {
        Some(global) => global.multivalued(),
        None => catalog
            .condition_key(key.as_str())
            .is_some_and(ServiceConditionKey::multivalued),
    }
}

/// Whether a template engine was to fill this in, as in `${AWS::AccountId}` or `${var.bucket}`:
/// condition keys are `service:name`.
fn is_template_token(key: &str) -> bool {
    !key.contains(':') || key.contains("::") || key.contains(['(', '[', '{', '"', '|'])
}
