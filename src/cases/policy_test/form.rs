//! The members of a file of tests. The published schema is made of these types and their comments.

use crate::{
    cases::form::{PoliciesForm, RequestForm},
    eval::{Layer, Verdict},
};
use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Deserialize;

/// Unit tests of IAM policies, as `iamsim test` runs them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(title = "Tests of IAM policies")]
pub struct TestFileForm<'a> {
    /// The schema of this file, for editors; not read.
    #[serde(rename = "$schema", default)]
    pub schema: Option<String>,
    /// The policies by layer that requests are judged by. A layer that is not there was not supplied; one
    /// that is empty has no policies.
    #[serde(default, borrow)]
    pub policies: Option<PoliciesForm<'a>>,
    /// What the requests of all tests have in common.
    #[serde(default, borrow)]
    pub request: Option<RequestForm<'a>>,
    /// The tests.
    #[serde(borrow)]
    pub tests: Vec<TestForm<'a>>,
}

/// A test: a call, and what should come of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "Test")]
pub struct TestForm<'a> {
    /// What it is called; no two tests of a file have the same name.
    pub name: String,
    /// Policies of this test: each layer in it replaces that of the file.
    #[serde(default, borrow)]
    pub policies: Option<PoliciesForm<'a>>,
    /// The request, over that of the file: its members replace those of the file, context key by key.
    /// Several actions or resources are one call, which needs all of them.
    #[serde(default, borrow)]
    pub request: Option<RequestForm<'a>>,
    /// What should come of the call.
    pub expect: Expected,
    /// All that may come of the call, where that depends: no less and no more.
    #[serde(default)]
    pub possible: Option<Vec<Certain>>,
    /// The layers that keep the call from being allowed: no fewer and no more.
    #[serde(default)]
    pub limited_by: Option<Vec<Layer>>,
    /// The `Sid`s of statements that must be among those that decide: of an allowed call those that allow
    /// it, of one that is denied explicitly those that deny it, of one that depends those that apply or
    /// may apply.
    #[serde(default)]
    pub statements: Option<Vec<String>>,
}

/// What should come of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Expected {
    /// Something allows it and nothing denies it.
    Allowed,
    /// It is denied, explicitly or implicitly.
    Denied,
    /// A statement denies it.
    ExplicitDeny,
    /// Nothing allows it.
    ImplicitDeny,
    /// It depends on facts that nobody supplied.
    Depends,
}

impl Expected {
    /// The name, as files have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::ExplicitDeny => "explicitDeny",
            Self::ImplicitDeny => "implicitDeny",
            Self::Depends => "depends",
        }
    }
}

/// One thing that may come of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Possible")]
pub enum Certain {
    /// Something allows it and nothing denies it.
    Allowed,
    /// A statement denies it.
    ExplicitDeny,
    /// Nothing allows it.
    ImplicitDeny,
}

impl From<Certain> for Verdict {
    fn from(certain: Certain) -> Self {
        match certain {
            Certain::Allowed => Self::Allowed,
            Certain::ExplicitDeny => Self::ExplicitDeny,
            Certain::ImplicitDeny => Self::ImplicitDeny,
        }
    }
}

/// The JSON Schema of a file of tests.
pub fn schema() -> serde_json::Value {
    let generator = SchemaSettings::draft07().into_generator();
    generator.into_root_schema_for::<TestFileForm<'_>>().into()
}
