//! The tags that a call sends, in the many forms that services write them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::parameters::{Extent, Parameters, get, is_hidden, scalar};

/// The tags of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tags {
    /// Exactly these; a value that is hidden is `None`. `RemovedKeys` of an untagging call are
    /// keys without a tag.
    Sent {
        /// Keys and values of the tags that are set.
        set: BTreeMap<String, Option<String>>,
        /// The keys of the tags that are removed.
        removed: Vec<String>,
    },
    /// There may be some.
    Unknown,
}

/// The members whose value is a list or map of tags.
const LISTS: [&str; 7] = [
    "tags",
    "tagList",
    "tagsList",
    "tagSet",
    "Tagging",
    "resourceTags",
    "newTags",
];

/// The members whose value is a list of keys.
const REMOVED: [&str; 3] = ["tagKeys", "tagKeyList", "tagsToRemove"];

impl Tags {
    /// The tags that a call sends for one type of resource, as EC2 writes it (`instance`); all of
    /// them where the call has tags of one kind only.
    pub(super) fn sent(parameters: &Parameters, resource_type: Option<&str>) -> Self {
        let mut set = BTreeMap::new();
        let mut removed = Vec::new();
        let mut understood = Understood::All;
        let members = parameters.root().as_object().into_iter().flatten();
        for (name, value) in members {
            if is_one_of(&LISTS, name) {
                understood.and(read(value, &mut set));
            } else if is_one_of(&REMOVED, name) {
                for key in value.as_array().into_iter().flatten() {
                    removed.extend(scalar(key));
                }
            } else if is_one_of(
                &[
                    "tagSpecificationSet",
                    "TagSpecification",
                    "tagSpecifications",
                ],
                name,
            ) {
                for specification in elements(value) {
                    let of = get(specification, "resourceType").and_then(scalar);
                    if resource_type.is_none_or(|wanted| of.as_deref() == Some(wanted)) {
                        let tags = get(specification, "tags").or(get(specification, "Tag"));
                        understood.and(tags.map_or(Understood::All, |tags| read(tags, &mut set)));
                    }
                }
            } else if mentions_tags(name, value) {
                understood = Understood::Part;
            }
        }
        if understood == Understood::Part || parameters.extent() == Extent::Some {
            Self::Unknown
        } else {
            Self::Sent { set, removed }
        }
    }
}

/// How much of the parameters' tags could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Understood {
    All,
    Part,
}

impl Understood {
    fn and(&mut self, other: Self) {
        if other == Self::Part {
            *self = Self::Part;
        }
    }
}

fn is_one_of(names: &[&str], name: &str) -> bool {
    names.iter().any(|one| one.eq_ignore_ascii_case(name))
}

/// A list of any form as its elements; a single element stands for itself.
fn elements(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(_) => match get(value, "items") {
            Some(Value::Array(items)) => items.iter().collect(),
            Some(_) => Vec::new(),
            None => vec![value],
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

/// Reads a list of pairs, or a map.
fn read(value: &Value, set: &mut BTreeMap<String, Option<String>>) -> Understood {
    match value {
        Value::Null => return Understood::All,
        // S3 names the sub-resource of a call by an empty member.
        Value::String(text) if text.is_empty() => return Understood::All,
        Value::String(_) | Value::Bool(_) | Value::Number(_) => return Understood::Part,
        Value::Array(_) | Value::Object(_) => {}
    }
    // A number under `tag` is EC2's numbering of XML elements.
    let nested = |name| get(value, name).filter(|inner| inner.is_object() || inner.is_array());
    if let Some(inner) = nested("TagSet").or_else(|| nested("Tag")) {
        return read(inner, set);
    }
    let mut understood = Understood::All;
    for element in elements(value) {
        match pair(element) {
            Some((key, value)) => {
                set.insert(key, value);
            }
            None if element.as_object().is_some_and(serde_json::Map::is_empty) => {}
            // A map from keys to values is its own only element.
            None if std::ptr::eq(element, value) => {
                for (key, value) in element.as_object().into_iter().flatten() {
                    match scalar(value) {
                        Some(text) => {
                            set.insert(key.clone(), shown(text));
                        }
                        None => understood = Understood::Part,
                    }
                }
            }
            None => understood = Understood::Part,
        }
    }
    understood
}

fn pair(element: &Value) -> Option<(String, Option<String>)> {
    let member = |names: [&str; 2]| {
        names
            .iter()
            .find_map(|name| get(element, name))
            .and_then(scalar)
    };
    let key = member(["key", "tagKey"]).filter(|key| !is_hidden(key))?;
    // A tag without a value is an empty one, or only named to be removed.
    Some((key, member(["value", "tagValue"]).and_then(shown)))
}

fn shown(text: String) -> Option<String> {
    (!is_hidden(&text)).then_some(text)
}

/// Whether a member that is not read here may hold tags.
fn mentions_tags(name: &str, value: &Value) -> bool {
    if contains_tag(name) {
        return !matches!(value, Value::String(text) if text.is_empty());
    }
    match value {
        Value::Object(members) => {
            // `"tag": 1` numbers the elements of EC2's XML.
            members
                .iter()
                .any(|(name, value)| !value.is_number() && mentions_tags(name, value))
        }
        Value::Array(items) => items.iter().any(|item| mentions_tags("", item)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Whether a word of a name is `tag` or `tags`: `x-amz-tagging`, but not `percentage` or `stage`.
fn contains_tag(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.starts_with("tag") || name.contains("Tag") || lower.contains("-tag")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(json: &str, resource_type: Option<&str>) -> Tags {
        Tags::sent(&Parameters::read(Some(json), Extent::All), resource_type)
    }

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        let pair = |(key, value): &(&str, &str)| ((*key).to_owned(), Some((*value).to_owned()));
        Tags::Sent {
            set: pairs.iter().map(pair).collect(),
            removed: Vec::new(),
        }
    }

    #[test]
    fn tags_are_read_in_every_form() {
        for json in [
            r#"{"tags":[{"key":"a","value":"1"}]}"#,
            r#"{"tags":[{"Key":"a","Value":"1"}]}"#,
            r#"{"tagsList":[{"key":"a","value":"1"}]}"#,
            r#"{"tags":[{"tagKey":"a","tagValue":"1"}]}"#,
            r#"{"tags":{"a":"1"}}"#,
            r#"{"tagSet":{"items":[{"key":"a","value":"1"}]},"resourcesSet":{"items":[{}]}}"#,
            r#"{"tagging":"","Tagging":{"TagSet":{"Tag":{"Value":1,"Key":"a"}},"xmlns":"x"}}"#,
            r#"{"tagSpecificationSet":{"items":[{"resourceType":"vpc","tags":[{"key":"a","value":"1"}]}]}}"#,
            r#"{"CreateNatGatewayRequest":{"TagSpecification":{"ResourceType":"natgateway","tag":1,
                "Tag":[{"Value":1,"tag":1,"Key":"a"}]}}}"#,
        ] {
            assert_eq!(sent(json, None), tags(&[("a", "1")]), "{json}");
        }
    }

    #[test]
    fn tags_of_another_type_of_resource_are_not_this_ones() {
        let json = r#"{"tagSpecificationSet":{"items":[
            {"resourceType":"instance","tags":[{"key":"a","value":"1"}]},
            {"resourceType":"volume","tags":[{"key":"b","value":"2"}]}]}}"#;
        assert_eq!(sent(json, Some("instance")), tags(&[("a", "1")]));
        assert_eq!(sent(json, Some("subnet")), tags(&[]));
    }

    #[test]
    fn no_tags_are_no_tags_only_where_all_is_recorded() {
        assert_eq!(
            sent(r#"{"name":"a","percentage":5,"stage":"prod"}"#, None),
            tags(&[])
        );
        assert_eq!(sent(r#"{"x-amz-tagging":"a=1"}"#, None), Tags::Unknown);
        assert_eq!(sent(r#"{"a":{"userTags":[]}}"#, None), Tags::Unknown);
        assert_eq!(
            Tags::sent(&Parameters::read(None, Extent::Some), None),
            Tags::Unknown
        );
    }

    #[test]
    fn hidden_values_leave_their_keys() {
        let json = r#"{"tags":[{"key":"a","value":"HIDDEN_DUE_TO_SECURITY_REASONS"}]}"#;
        let Tags::Sent { set, .. } = sent(json, None) else {
            panic!("not read")
        };
        assert_eq!(
            set.into_iter().collect::<Vec<_>>(),
            [("a".to_owned(), None)]
        );
    }

    #[test]
    fn removed_keys_are_keys_without_tags() {
        let Tags::Sent { set, removed } = sent(r#"{"tagKeys":["a"]}"#, None) else {
            panic!("not read");
        };
        assert!(set.is_empty());
        assert_eq!(removed, ["a"]);
    }
}
