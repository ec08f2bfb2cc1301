//! The keys that CloudTrail itself writes into enriched events.
//!
//! They come before anything derived: they are the values that IAM judged. A key that is not among
//! them was not needed for the decision, which does not make it absent.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-context-events.html>

use serde_json::Value;

use crate::{
    eval::{Context, Fact, Origin, Target},
    trail::parameters::{get, scalar},
};

use super::Facts;

pub(super) fn add(facts: &Facts<'_>, context: &mut Context, target: &Target) {
    let parse = |raw: Option<&serde_json::value::RawValue>| {
        raw.and_then(|raw| serde_json::from_str::<Value>(raw.get()).ok())
    };
    if let Some(request) = parse(facts.event.event_context.request_context) {
        let keys = get(&request, "conditionKeys").unwrap_or(&request);
        for (key, value) in keys.as_object().into_iter().flatten() {
            if key.contains(':') {
                set_values(context, key, value);
            }
        }
    }
    let Some(tags) = parse(facts.event.event_context.tag_context) else {
        return;
    };
    for (key, value) in members(get(&tags, "principalTags")) {
        set_values(context, &format!("aws:PrincipalTag/{key}"), value);
    }
    let Target::Arn(target) = target else { return };
    for resource in get(&tags, "resourceTags")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if get(resource, "arn").and_then(Value::as_str) == Some(target) {
            for (key, value) in members(get(resource, "tags")) {
                set_values(context, &format!("aws:ResourceTag/{key}"), value);
            }
        }
    }
}

fn members(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

fn set_values(context: &mut Context, key: &str, value: &Value) {
    let values = match value {
        Value::Array(items) => items.iter().map(scalar).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            scalar(value).map(|text| vec![text])
        }
    };
    if let Some(values) = values {
        context.set(key, Fact::Values(values), Origin::Recorded);
    }
}
