//! A request as the evaluation sees it: its resource taken apart once, its context at hand.

use super::{
    Fact, Layer, Request, Target, Truth, Unknown,
    action_index::Sieve,
    compile::{ArnFields, FixedArn},
};
use crate::{
    catalog::{Catalog, ServiceConditionKey},
    policy::{ActionName, Arn, Case, ConditionKey, Substitute, Variable, Wildcard},
};
use std::collections::BTreeSet;

pub(super) struct RequestView<'a> {
    pub(super) request: &'a Request,
    /// What a statement's sieve must let through.
    pub(super) sieve: Sieve,
    /// The layer of the policies that look at it.
    pub(super) layer: Layer,
    /// Whether the caller has a permissions boundary.
    pub(super) boundary: &'a Truth,
    target: TargetFields<'a>,
}

enum TargetFields<'a> {
    Star,
    /// The text where it is that of the fields, and the fields.
    Exact(Option<&'a str>, [&'a str; 5]),
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
    pub(super) fn new(request: &'a Request, layer: Layer, boundary: &'a Truth) -> Self {
        let target = match &request.resource {
            Target::Star => stand_in(request).map_or(TargetFields::Star, |fields| {
                TargetFields::Exact(None, fields)
            }),
            Target::Unknown => TargetFields::Unknown,
            Target::Arn(text) => match Arn::parse(text) {
                Ok(arn) => TargetFields::Exact(Some(text), arn.fields()),
                Err(_) => TargetFields::NoArn,
            },
            Target::Like(text) => match Wildcard::new(text, Case::Sensitive).split_arn() {
                Some(fields) => TargetFields::Like(Box::new(fields)),
                None => TargetFields::Unknown,
            },
        };
        let (service, name) = (request.action.service(), request.action.name());
        Self {
            request,
            sieve: Sieve::of_action(service, name),
            layer,
            boundary,
            target,
        }
    }

    /// Whether the resource of the request is one that these fields match.
    pub(super) fn matches_resource(&self, fields: &ArnFields) -> Truth {
        match &self.target {
            TargetFields::Star | TargetFields::NoArn => Truth::False,
            TargetFields::Unknown => Truth::depends_on(Unknown::Resource),
            TargetFields::Exact(_, target) => fields
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

    /// As [`Self::matches_resource`], for a pattern without variables.
    pub(super) fn matches_fixed_resource(&self, pattern: &FixedArn) -> Truth {
        match &self.target {
            TargetFields::Exact(Some(text), fields) => pattern.matches(text, fields).into(),
            TargetFields::Exact(None, _)
            | TargetFields::Star
            | TargetFields::NoArn
            | TargetFields::Unknown
            | TargetFields::Like(_) => self.matches_resource(&pattern.fields),
        }
    }

    /// Whether the resource of the request is known to be all resources.
    pub(super) fn has_star_resource(&self) -> bool {
        matches!(self.target, TargetFields::Star)
    }

    /// Whether the resource of the request is not known as a whole.
    pub(super) fn has_open_resource(&self) -> bool {
        matches!(self.target, TargetFields::Like(_) | TargetFields::Unknown)
    }

    pub(super) fn resolve(&self, variable: &Variable) -> Resolution {
        let key = &variable.key;
        if variable.is_template_token() {
            return Resolution::Unknown;
        }
        if is_multivalued(key) {
            return Resolution::Unset;
        }
        match &*self.request.context.fact(key) {
            Fact::Unknown | Fact::Like(_) => Resolution::Unknown,
            Fact::Values(values) => match values.as_slice() {
                [value] => Resolution::Value(value.clone()),
                [] => default(variable),
                _ => Resolution::Unset,
            },
            Fact::Absent => default(variable),
        }
    }

    /// Builds something from a pattern with its variables replaced, and judges it by `matches`.
    /// Where a variable is unknown, any text stands for it, and `may_match` says whether some text
    /// could match.
    pub(super) fn with_variables<T>(
        &self,
        build: impl FnOnce(&mut dyn FnMut(&Variable) -> Substitute) -> Option<T>,
        matches: impl FnOnce(T) -> Truth,
        may_match: impl FnOnce(&T) -> bool,
    ) -> Truth {
        let mut unknown = BTreeSet::new();
        let made = build(&mut |variable| match self.resolve(variable) {
            Resolution::Value(value) => Substitute::Text(value),
            Resolution::Unset => Substitute::Nothing,
            Resolution::Unknown => {
                unknown.insert(Unknown::of_variable(variable));
                Substitute::AnyText
            }
        });
        match made {
            Some(made) if unknown.is_empty() => matches(made),
            Some(made) if may_match(&made) => Truth::Depends(unknown),
            Some(_) | None => Truth::False,
        }
    }
}

/// Actions without resources for which AWS's own policies name an ARN all the same: the service asks
/// IAM for it.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/walkthrough1.html> lets a user list all
/// buckets with `arn:aws:s3:::*`.
const STAND_INS: [(&str, &str); 1] = [("s3:ListAllMyBuckets", "arn:aws:s3:::*")];

/// The ARN that matches a request for `*` as well, where the service asks for one.
pub fn arn_in_place_of_star(action: &ActionName) -> Option<&'static str> {
    let mut all = STAND_INS.iter();
    let found = all.find(|(name, _)| action.as_str().eq_ignore_ascii_case(name))?;
    Some(found.1)
}

/// The fields of the ARN that IAM is asked for in place of `*`; the partition is that of the caller.
fn stand_in(request: &Request) -> Option<[&str; 5]> {
    let arn = Arn::parse(arn_in_place_of_star(&request.action)?).ok()?;
    let partition = request.principal.partition().unwrap_or(arn.partition);
    Some(Arn { partition, ..arn }.fields())
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
