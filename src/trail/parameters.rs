//! What was sent with a call: `requestParameters`.
//!
//! Names are looked up without regard to case, since the service reference writes
//! `DBInstanceIdentifier` and events write `dBInstanceIdentifier`. Paths cross the wrappers that
//! EC2 and S3 put around values, so that one path serves all of them: an object of `items`, the
//! single `...Request` member, and `{"tag": 1, "content": ...}`.

use serde_json::Value;

/// What stands in place of a value that CloudTrail does not record.
const HIDDEN: [&str; 4] = [
    "HIDDEN_DUE_TO_SECURITY_REASONS",
    "****",
    "<sensitiveDataRemoved>",
    "***OMITTED***",
];

/// The parameters of a call.
#[derive(Debug, Clone)]
pub(super) struct Parameters {
    root: Value,
    extent: Extent,
}

/// How much of what was sent is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All: a parameter that is not there was not sent.
    All,
    /// A parameter that is not there may have been sent.
    Some,
}

impl Parameters {
    /// Reads the parameters of an event. `missing` is what their absence means: calls without
    /// parameters record none, and so do refused calls with many.
    pub(super) fn read(json: Option<&str>, missing: Extent) -> Self {
        match json.and_then(|json| serde_json::from_str(json).ok()) {
            Some(root @ Value::Object(_)) => {
                let cut = get(&root, "omitted") == Some(&Value::Bool(true));
                let extent = if cut { Extent::Some } else { Extent::All };
                Self {
                    root: unwrap_request(root),
                    extent,
                }
            }
            _ => Self {
                root: Value::Null,
                extent: missing,
            },
        }
    }

    /// How much of what was sent is recorded.
    pub(super) fn extent(&self) -> Extent {
        self.extent
    }

    /// All parameters.
    pub(super) fn root(&self) -> &Value {
        &self.root
    }

    /// One parameter by its name.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        get(&self.root, name)
    }

    /// The text of one parameter, unless it is empty or hidden.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.get(name)
            .and_then(scalar)
            .filter(|text| !text.is_empty() && !is_hidden(text))
    }

    /// The values at a path such as `instancesSet.instanceId`, of every element on the way.
    pub(super) fn values(&self, path: &str) -> Vec<&Value> {
        let segments: Vec<&str> = path
            .split('.')
            .map(|segment| segment.trim_end_matches("[]"))
            .collect();
        let mut found = Vec::new();
        walk(&self.root, &segments, &mut found);
        found
    }

    /// The texts at a path, without empty and hidden ones.
    pub(super) fn texts(&self, path: &str) -> Vec<String> {
        let texts = self.values(path).into_iter().filter_map(scalar);
        texts
            .filter(|text| !text.is_empty() && !is_hidden(text))
            .collect()
    }

    /// Whether anything but an empty value stands at a path.
    pub(super) fn has(&self, path: &str) -> bool {
        self.values(path).iter().any(|value| !is_empty(value))
    }

    /// Every text anywhere in the parameters.
    pub(super) fn all_texts(&self) -> Vec<String> {
        let mut found = Vec::new();
        collect_texts(&self.root, &mut found);
        found
    }
}

/// A member by its name, as it is written or else in any case.
pub(super) fn get<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let members = value.as_object()?;
    members.get(name).or_else(|| {
        members
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}

/// The text of a string, number or flag.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(decoded(text)),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(_) => get(value, "content").and_then(scalar),
        Value::Null | Value::Array(_) => None,
    }
}

/// EKS and `IoT` write ARNs as their URLs do, with `%3A` for each colon.
fn decoded(text: &str) -> String {
    if text.starts_with("arn%3A") || text.starts_with("arn%3a") {
        percent_decoded(text)
    } else {
        text.to_owned()
    }
}

/// Decodes `%XX`; what is no such escape stays as it is.
pub(super) fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after
            .get(..2)
            .and_then(|digits| std::str::from_utf8(digits).ok());
        let decoded = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let Some(byte) = decoded.filter(|_| *first == b'%') {
            bytes.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether CloudTrail hid a value.
pub(super) fn is_hidden(text: &str) -> bool {
    HIDDEN.contains(&text)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Newer EC2 calls put all in one member: `{"DescribeNatGatewaysRequest": {...}}`.
fn unwrap_request(mut root: Value) -> Value {
    if let Value::Object(members) = &mut root
        && members.len() == 1
        && let Some((name, inner)) = members.iter_mut().next()
        && name.ends_with("Request")
        && inner.is_object()
    {
        return inner.take();
    }
    root
}

fn walk<'a>(value: &'a Value, segments: &[&str], found: &mut Vec<&'a Value>) {
    match (value, segments) {
        (Value::Array(items), _) => items.iter().for_each(|item| walk(item, segments, found)),
        (Value::Object(_), _) if let Some(items @ Value::Array(_)) = items(value, segments) => {
            walk(items, segments, found);
        }
        (_, []) => found.push(value),
        (_, [first, rest @ ..]) => {
            if let Some(member) = get(value, first) {
                walk(member, rest, found);
            }
        }
    }
}

/// The array in an EC2 list, unless the path names it itself.
fn items<'a>(value: &'a Value, segments: &[&str]) -> Option<&'a Value> {
    if segments.first() == Some(&"items") {
        None
    } else {
        get(value, "items")
    }
}

fn collect_texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(decoded(text)),
        Value::Array(items) => items.iter().for_each(|item| collect_texts(item, found)),
        Value::Object(members) => {
            members
                .iter()
                .for_each(|(_, member)| collect_texts(member, found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Parameters {
        Parameters::read(Some(json), Extent::All)
    }

    #[test]
    fn names_match_in_any_case() {
        let parameters = read(r#"{"dBInstanceIdentifier":"db","allocatedStorage":10}"#);
        assert_eq!(
            parameters.text("DBInstanceIdentifier").as_deref(),
            Some("db")
        );
        assert_eq!(parameters.text("AllocatedStorage").as_deref(), Some("10"));
    }

    #[test]
    fn paths_cross_lists_of_either_form() {
        let old = read(r#"{"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"}]}}"#);
        assert_eq!(old.texts("instancesSet.instanceId"), ["i-1", "i-2"]);
        assert_eq!(old.texts("InstancesSet.items[].InstanceId"), ["i-1", "i-2"]);
        let plain = read(r#"{"names":["/a","/b"]}"#);
        assert_eq!(plain.texts("Names[]"), ["/a", "/b"]);
    }

    #[test]
    fn newer_ec2_calls_are_unwrapped() {
        let one = read(r#"{"DeleteFlowLogsRequest":{"FlowLogId":{"tag":1,"content":"fl-1"}}}"#);
        assert_eq!(one.texts("FlowLogId"), ["fl-1"]);
    }

    #[test]
    fn hidden_values_are_not_there() {
        let parameters = read(r#"{"value":"HIDDEN_DUE_TO_SECURITY_REASONS","p":"****","n":""}"#);
        for name in ["value", "p", "n"] {
            assert_eq!(parameters.text(name), None, "{name}");
        }
    }

    #[test]
    fn what_is_missing_depends_on_what_is_recorded() {
        assert_eq!(read("{}").extent(), Extent::All);
        assert_eq!(read(r#"{"omitted":true}"#).extent(), Extent::Some);
        assert_eq!(Parameters::read(None, Extent::Some).extent(), Extent::Some);
        assert_eq!(
            Parameters::read(Some("null"), Extent::All).extent(),
            Extent::All
        );
    }
}
