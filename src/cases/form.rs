//! The members of a case, as they are written.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use std::collections::BTreeMap;

/// A case.
///
/// ```json
/// {"id": "a", "policies": {"identity": [{"Statement": []}], "resource": null},
///  "request": {"principal": "arn:aws:iam::123456789012:user/ana", "action": "s3:GetObject",
///              "resource": "arn:aws:s3:::b/k", "context": {"aws:SourceIp": ["192.0.2.1"]}}}
/// ```
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct CaseForm<'a> {
    /// Any name; answers have it.
    #[serde(default)]
    pub id: Option<Value>,
    /// The policies by layer.
    #[serde(default, borrow)]
    pub policies: Option<&'a RawValue>,
    /// The request.
    #[serde(borrow)]
    pub request: RequestForm<'a>,
    /// The verdict that it should come to.
    #[serde(default)]
    pub expected: Option<String>,
    /// Of a verdict that depends: all that it may be.
    #[serde(default)]
    pub possible: Option<Vec<String>>,
    /// What the case is about; not read.
    #[serde(default)]
    pub topic: Option<String>,
    /// The page that the verdict rests on; not read.
    #[serde(default)]
    pub source: Option<String>,
    /// How sure the verdict is; not read.
    #[serde(default)]
    pub certainty: Option<String>,
    /// What should be known of it; not read.
    #[serde(default)]
    pub note: Option<String>,
}

/// Policies by layer. Each policy is an object, text that starts with `{`, or a path. A layer that is
/// not there was not supplied; one that is `null` or empty has no policies.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "Policies")]
pub struct PoliciesForm<'a> {
    /// Policies of the caller: one or a list.
    #[serde(default, borrow, deserialize_with = "given")]
    #[schemars(with = "Option<PoliciesSchema>")]
    pub identity: Option<&'a RawValue>,
    /// The policy of the resource: one or a list.
    #[serde(default, borrow, deserialize_with = "given")]
    #[schemars(with = "Option<PoliciesSchema>")]
    pub resource: Option<&'a RawValue>,
    /// The permissions boundary.
    #[serde(default, borrow, deserialize_with = "given")]
    #[schemars(with = "Option<PoliciesSchema>")]
    pub boundary: Option<&'a RawValue>,
    /// Session policies: one or a list.
    #[serde(default, borrow, deserialize_with = "given")]
    #[schemars(with = "Option<PoliciesSchema>")]
    pub session: Option<&'a RawValue>,
    /// Service control policies: a list of levels from the root down, each a list of policies.
    #[serde(default, borrow, deserialize_with = "given")]
    #[schemars(with = "Option<LevelsSchema>")]
    pub scps: Option<&'a RawValue>,
    /// Resource control policies, as `scps`.
    #[serde(default, borrow, deserialize_with = "given")]
    #[schemars(with = "Option<LevelsSchema>")]
    pub rcps: Option<&'a RawValue>,
    /// Policies of the VPC endpoint: one or a list.
    #[serde(default, borrow, deserialize_with = "given")]
    #[schemars(with = "Option<PoliciesSchema>")]
    pub vpce: Option<&'a RawValue>,
}

/// What stands for a policy; only the schema of test files needs it as a type.
#[derive(Debug, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Policy")]
pub enum PolicySchema {
    /// The path of its file, or its text, which starts with `{`.
    Text(String),
    /// The policy itself.
    Written(BTreeMap<String, Value>),
}

/// The policies of a layer; only the schema of test files needs them as a type.
#[derive(Debug, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "PoliciesOfLayer")]
pub enum PoliciesSchema {
    /// One policy.
    One(PolicySchema),
    /// A list of policies.
    More(Vec<PolicySchema>),
}

/// The policies of a layer with levels, from the root of the organisation down; only the schema of test
/// files needs them as a type.
pub type LevelsSchema = Vec<PoliciesSchema>;

/// Keeps `null` apart from a member that is not there.
fn given<'de, D>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error>
where
    D: serde::Deserializer<'de>,
{
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// A request. `principal`, `action` and `resource` must be there once all defaults are filled in.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "Request")]
pub struct RequestForm<'a> {
    /// Who calls.
    #[serde(default)]
    pub principal: Option<String>,
    /// What is called: one action, or several that are all needed.
    #[serde(default)]
    pub action: Option<OneOrMore>,
    /// What it is called on: one ARN, or several, each of which must be allowed.
    #[serde(default)]
    pub resource: Option<OneOrMore>,
    /// The account that owns the resource, where its ARN does not tell.
    #[serde(default)]
    pub resource_account: Option<String>,
    /// Condition keys with their values.
    #[serde(default)]
    pub context: Option<BTreeMap<String, ContextValue>>,
    /// The management account of the organisation.
    #[serde(default)]
    pub management_account: Option<String>,
    /// The canonical user id of the caller's account.
    #[serde(default)]
    pub canonical_user: Option<String>,
    /// Condition keys of which nothing is known, and layers whose policies nobody knows.
    #[serde(default)]
    pub unknown: Option<Vec<String>>,
    /// Further permissions that the call needs.
    #[serde(default, borrow)]
    pub also: Option<Vec<AlsoForm<'a>>>,
}

impl RequestForm<'_> {
    /// This request, with the members that it lacks from another. Context is joined key by key.
    #[must_use]
    pub fn over(self, base: &Self) -> Self {
        let mut context = base.context.clone().unwrap_or_default();
        let has_context = self.context.is_some() || base.context.is_some();
        for (key, value) in self.context.unwrap_or_default() {
            context.retain(|own, _| !own.eq_ignore_ascii_case(&key));
            context.insert(key, value);
        }
        Self {
            principal: self.principal.or_else(|| base.principal.clone()),
            action: self.action.or_else(|| base.action.clone()),
            resource: self.resource.or_else(|| base.resource.clone()),
            resource_account: self
                .resource_account
                .or_else(|| base.resource_account.clone()),
            context: has_context.then_some(context),
            management_account: self
                .management_account
                .or_else(|| base.management_account.clone()),
            canonical_user: self.canonical_user.or_else(|| base.canonical_user.clone()),
            unknown: self.unknown.or_else(|| base.unknown.clone()),
            also: self.also.or_else(|| base.also.clone()),
        }
    }
}

/// A further permission that a call needs.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "Also")]
pub struct AlsoForm<'a> {
    /// The action.
    pub action: OneOrMore,
    /// The resource.
    pub resource: OneOrMore,
    /// The account that owns it, where its ARN does not tell.
    #[serde(default)]
    pub resource_account: Option<String>,
    /// Condition keys that are not as in the call itself.
    #[serde(default)]
    pub context: Option<BTreeMap<String, ContextValue>>,
    /// The policy of this resource.
    #[serde(default, borrow, deserialize_with = "given")]
    #[schemars(with = "Option<PoliciesSchema>")]
    pub resource_policy: Option<&'a RawValue>,
}

/// One text or a list.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMore {
    /// One.
    One(String),
    /// A list.
    More(Vec<String>),
}

impl OneOrMore {
    /// All of them.
    pub fn texts(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::More(texts) => texts,
        }
    }
}

/// The values of a condition key: texts, numbers and booleans, one or a list.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ContextValue {
    /// One.
    One(Scalar),
    /// A list.
    More(Vec<Scalar>),
}

impl ContextValue {
    /// All of them, as text.
    pub fn texts(&self) -> Vec<String> {
        let all = match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::More(values) => values,
        };
        all.iter().map(Scalar::text).collect()
    }
}

/// One value of a condition key.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Scalar {
    /// Text.
    Text(String),
    /// `true` or `false`.
    Flag(bool),
    /// A number.
    Number(serde_json::Number),
}

impl Scalar {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Flag(flag) => flag.to_string(),
            Self::Number(number) => number.to_string(),
        }
    }
}
