//! The keys of `iamsim.toml`. The published schema is made of these types and their comments.

use super::{
    requirements::{
        NotAllowedActionForm, PrincipalAllowlistForm, RequiredConditionForm, SensitiveResourceForm,
    },
    suppress::SuppressForm,
};
use crate::{policy::PolicyType, source::Severity};
use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::{borrow::Cow, collections::BTreeMap};
use toml::Spanned;

/// A text with its place in the file.
pub(super) type Text = Spanned<String>;

/// What holds for the policies of a project, as `iamsim lint` and the other commands read it. Paths and
/// globs start at the folder of the file.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[schemars(title = "Configuration of iamsim")]
pub(super) struct ConfigForm {
    /// The policies of the project: paths and globs of files or folders. They are what is linted where no
    /// path is given.
    #[schemars(with = "Option<Vec<String>>")]
    pub(super) policies: Option<Vec<Text>>,
    /// Files and folders that are left out of a search, and with `--force-exclude` also where they are
    /// named.
    #[schemars(with = "Vec<String>")]
    pub(super) exclude: Vec<Text>,
    /// Files that may have comments, as those called `.jsonc` may.
    #[schemars(with = "Vec<String>")]
    pub(super) comments: Vec<Text>,
    /// The rules that run, in place of those that are on by default: names of rules or of categories, or
    /// `all`.
    #[schemars(with = "Option<Vec<String>>")]
    pub(super) select: Option<Vec<Text>>,
    /// Rules that run besides.
    #[schemars(with = "Vec<String>")]
    pub(super) extend_select: Vec<Text>,
    /// Rules that do not run. A name that is more precise counts more: `ignore = ["style"]` and
    /// `extend-select = ["style-sort"]` leave that one on.
    #[schemars(with = "Vec<String>")]
    pub(super) ignore: Vec<Text>,
    /// From which level on findings make `iamsim lint` end with 1.
    pub(super) fail_on: Option<FailOn>,
    /// The file of findings that are known already, see `iamsim baseline`.
    #[schemars(with = "Option<String>")]
    pub(super) baseline: Option<Text>,
    /// The account that the policies are for, 12 digits.
    #[schemars(with = "Option<String>")]
    pub(super) account: Option<Text>,
    /// Further accounts that are trusted as the own one is.
    #[schemars(with = "Vec<String>")]
    pub(super) trusted_accounts: Vec<Text>,
    /// The id of the organisation, such as `o-a1b2c3d4e5`.
    #[schemars(with = "Option<String>")]
    pub(super) organization_id: Option<Text>,
    /// How much the findings of rules matter, by the name of the rule.
    #[schemars(with = "BTreeMap<String, SeverityName>")]
    pub(super) severities: BTreeMap<Text, SeverityName>,
    /// What policies are attached to; the first entry whose glob matches counts.
    pub(super) policy_types: Vec<PolicyTypeForm>,
    /// Findings that are accepted, and why.
    pub(super) suppress: Vec<SuppressForm>,
    /// Principals and their policies, which count together where it is asked what a principal holds, and by
    /// which their recorded events are judged.
    pub(super) principals: Vec<PrincipalForm>,
    /// Actions that nobody is to be allowed.
    pub(super) not_allowed_action: Vec<NotAllowedActionForm>,
    /// The principals that policies of resources and roles may name.
    pub(super) principal_allowlist: Option<PrincipalAllowlistForm>,
    /// Conditions that actions are to be allowed under.
    pub(super) required_condition: Vec<RequiredConditionForm>,
    /// Resources that few may reach.
    pub(super) sensitive_resource_access: Vec<SensitiveResourceForm>,
}

/// The type of some policies.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "PolicyTypes")]
pub(super) struct PolicyTypeForm {
    /// The files.
    #[schemars(with = "String")]
    pub(super) glob: Text,
    /// Their type.
    #[serde(rename = "type")]
    #[schemars(with = "PolicyTypeName")]
    pub(super) policy_type: Text,
}

/// A principal and its policies.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Principal")]
pub(super) struct PrincipalForm {
    /// Its ARN: a user, a group or a role.
    #[schemars(with = "String")]
    pub(super) arn: Text,
    /// The files of its identity policies.
    #[schemars(with = "Vec<String>")]
    pub(super) policies: Vec<Text>,
    /// The file of its permissions boundary.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub(super) boundary: Option<Text>,
}

/// From which level on findings make the process end with 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(in crate::cli) enum FailOn {
    /// Findings of severity error, critical and high
    Error,
    /// Findings of severity medium and low too
    Warning,
    /// Any finding, hints too
    Note,
    /// None
    Never,
}

impl FailOn {
    /// The name in the file.
    pub(in crate::cli) fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
            Self::Never => "never",
        }
    }
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(super) struct SeverityName(#[serde(deserialize_with = "severity")] pub(super) Severity);

impl Serialize for SeverityName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name())
    }
}

fn severity<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Severity, D::Error> {
    let name = String::deserialize(deserializer)?;
    Severity::from_name(&name).ok_or_else(|| {
        let names = Severity::ALL.map(Severity::name).join("`, `");
        D::Error::custom(format!(
            "there is no severity `{name}`, expected one of `{names}`"
        ))
    })
}

impl JsonSchema for SeverityName {
    fn schema_name() -> Cow<'static, str> {
        "Severity".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names = Severity::ALL.map(Severity::name);
        json_schema!({ "type": "string", "enum": names })
    }
}

/// The name of a type of policies.
pub(super) struct PolicyTypeName;

impl JsonSchema for PolicyTypeName {
    fn schema_name() -> Cow<'static, str> {
        "PolicyType".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<_> = PolicyType::ALL.iter().map(|each| each.name()).collect();
        json_schema!({ "type": "string", "enum": names })
    }
}

/// The JSON Schema of a configuration.
pub(in crate::cli) fn schema() -> String {
    let generator = SchemaSettings::draft2020_12().into_generator();
    crate::report::json::document(&generator.into_root_schema_for::<ConfigForm>())
}
