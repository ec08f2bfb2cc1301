//! The tables of `iamsim.toml` that ask something of policies.

use super::{
    Fault,
    form::{PolicyTypeName, SeverityName, Text},
    read::{policy_type, span_of},
};
use crate::{
    lint::{
        ActionSet, ConditionRequirement, NotAllowedAction, Note, OrganizationId,
        PrincipalAllowlist, PrincipalSelector, RequiredCondition, RequirementError, Requirements,
        ResourceSelector, SensitiveResource,
    },
    policy::{Effect, PolicyTypes},
    source::Span,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

/// A list of texts with the place of each.
type Texts = Spanned<Vec<Text>>;

/// The tables that ask something of policies.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::cli) struct RequirementTables {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) sensitive_resource_access: Vec<SensitiveResourceForm>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) required_condition: Vec<RequiredConditionForm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) principal_allowlist: Option<PrincipalAllowlistForm>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) not_allowed_action: Vec<NotAllowedActionForm>,
}

impl RequirementTables {
    /// What the tables ask; what is wrong in them is added to the faults.
    pub(super) fn read(&self, faults: &mut Vec<Fault>) -> Requirements {
        Requirements {
            sensitive_resources: sound(&self.sensitive_resource_access, sensitive_resource, faults),
            required_conditions: sound(&self.required_condition, required_condition, faults),
            principals: sound(
                self.principal_allowlist.as_slice(),
                principal_allowlist,
                faults,
            )
            .pop(),
            not_allowed_actions: sound(&self.not_allowed_action, not_allowed_action, faults),
        }
    }
}

/// The tables that can be read.
fn sound<F, T>(
    forms: &[F],
    read: impl Fn(&F) -> Result<T, Fault>,
    faults: &mut Vec<Fault>,
) -> Vec<T> {
    let mut sound = Vec::new();
    for form in forms {
        match read(form) {
            Ok(requirement) => sound.push(requirement),
            Err(fault) => faults.push(fault),
        }
    }
    sound
}

/// A resource, and the actions on it, that few may reach.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "SensitiveResourceAccess")]
pub(super) struct SensitiveResourceForm {
    /// Patterns of actions, such as `s3:Get*`; without them, all that work on the resources.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<String>>")]
    actions: Option<Texts>,
    /// Patterns of ARNs, or `*`.
    #[schemars(with = "Vec<String>")]
    resources: Texts,
    /// Principals that may, in policies that name principals.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<String>>")]
    except_principals: Option<Texts>,
    /// Why, in one line; the message of a finding ends with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    reason: Option<Text>,
    /// How much its findings matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<SeverityName>,
}

/// A condition that actions are to be allowed under.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "RequiredCondition")]
pub(super) struct RequiredConditionForm {
    /// Patterns of actions.
    #[schemars(with = "Vec<String>")]
    actions: Texts,
    /// Only statements that reach one of these count.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<String>>")]
    resources: Option<Texts>,
    /// Only statements that name one of these count.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<String>>")]
    principals: Option<Texts>,
    /// The types of policies that are meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<PolicyTypeName>>")]
    types: Option<Texts>,
    /// The statements that are meant; `Allow` where it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    effect: Option<EffectForm>,
    /// All of these are asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    all_of: Vec<ConditionForm>,
    /// One of these is asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    any_of: Vec<ConditionForm>,
    /// None of these may stand there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    none_of: Vec<ConditionForm>,
    /// Why, in one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    reason: Option<Text>,
    /// How much its findings matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<SeverityName>,
}

/// A test of a condition.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "ConditionTest")]
pub(super) struct ConditionForm {
    /// The condition key; `*` stands for any tag in `aws:PrincipalTag/*`.
    #[schemars(with = "String")]
    key: Text,
    /// The operator; any that requests without the key do not pass, where it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    operator: Option<Text>,
    /// The values that there may be, as patterns; any, where none is given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    values: Vec<String>,
}

/// The principals that policies may name. A kind that nothing is listed of is not judged.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "PrincipalAllowlist")]
pub(super) struct PrincipalAllowlistForm {
    /// Accounts, beside the own one and the trusted ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<String>>")]
    accounts: Option<Texts>,
    /// Patterns of ARNs of users and roles, or `*` for everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<String>>")]
    principals: Option<Texts>,
    /// Ids of organizations that a condition may limit principals to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<String>>")]
    organizations: Option<Texts>,
    /// Patterns of services, such as `lambda.amazonaws.com`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<String>>")]
    services: Option<Texts>,
    /// Patterns of identity providers: ARNs, or names such as `accounts.google.com`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<String>>")]
    identity_providers: Option<Texts>,
    /// Whoever may not be named, whatever else is listed; `*` is everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<String>>")]
    blocked: Option<Texts>,
    /// Why, in one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    reason: Option<Text>,
    /// How much its findings matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<SeverityName>,
}

/// Actions that nobody is to be allowed.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "NotAllowedAction")]
pub(super) struct NotAllowedActionForm {
    /// Patterns of actions.
    #[schemars(with = "Vec<String>")]
    actions: Texts,
    /// The types of policies that are meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<PolicyTypeName>>")]
    types: Option<Texts>,
    /// Why, in one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    reason: Option<Text>,
    /// How much its findings matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<SeverityName>,
}

/// The effect of a statement.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[schemars(rename = "Effect")]
enum EffectForm {
    Allow,
    Deny,
}

impl From<EffectForm> for Effect {
    fn from(form: EffectForm) -> Self {
        match form {
            EffectForm::Allow => Self::Allow,
            EffectForm::Deny => Self::Deny,
        }
    }
}

/// Reads an entry of `[[sensitive-resource-access]]`.
pub(super) fn sensitive_resource(form: &SensitiveResourceForm) -> Result<SensitiveResource, Fault> {
    let actions = match &form.actions {
        Some(patterns) => actions(patterns)?,
        None => ActionSet::everything(),
    };
    let resources = texts(&form.resources, "resources", ResourceSelector::parse)?;
    let mut sensitive = SensitiveResource::new(&actions, resources);
    refuse_idle(&sensitive, &form.resources)?;
    sensitive.except_principals = principals(form.except_principals.as_ref())?;
    sensitive.note = note(form.reason.as_ref(), form.severity)?;
    Ok(sensitive)
}

/// Refuses resources that none of the actions works on.
fn refuse_idle(pairs: &SensitiveResource, resources: &Texts) -> Result<(), Fault> {
    let idle = pairs.idle_resources().next();
    let Some(idle) = idle.map(ResourceSelector::as_str) else {
        return Ok(());
    };
    let mut places = resources.get_ref().iter();
    let place = places.find(|text| text.get_ref() == idle);
    let span = place.map_or(span_of(resources), span_of);
    let message = format!("none of the actions works on `{idle}`");
    let help = "objects of a bucket are `arn:aws:s3:::bucket/*`; `iamsim catalog` shows the \
                resources of an action";
    Err(fault(span, message, help))
}

/// Reads an entry of `[[required-condition]]`.
pub(super) fn required_condition(form: &RequiredConditionForm) -> Result<RequiredCondition, Fault> {
    let required = RequiredCondition {
        actions: actions(&form.actions)?,
        resources: match &form.resources {
            Some(patterns) => texts(patterns, "resources", ResourceSelector::parse)?,
            None => Vec::new(),
        },
        principals: principals(form.principals.as_ref())?,
        types: types(form.types.as_ref())?,
        effect: form.effect.map_or(Effect::Allow, Into::into),
        all_of: all(&form.all_of, condition)?,
        any_of: all(&form.any_of, condition)?,
        none_of: all(&form.none_of, condition)?,
        note: note(form.reason.as_ref(), form.severity)?,
    };
    if let Some(resources) = &form.resources {
        let pairs = SensitiveResource::new(&required.actions, required.resources.clone());
        refuse_idle(&pairs, resources)?;
    }
    let asked = [&required.all_of, &required.any_of, &required.none_of];
    if asked.iter().all(|list| list.is_empty()) {
        let message = "no condition is asked for".to_owned();
        let help = "list it under `all-of`, `any-of` or `none-of`: `all-of = [{ key = \
                    \"aws:SourceVpce\" }]`";
        return Err(fault(span_of(&form.actions), message, help));
    }
    Ok(required)
}

/// Reads `[principal-allowlist]`.
pub(super) fn principal_allowlist(
    form: &PrincipalAllowlistForm,
) -> Result<PrincipalAllowlist, Fault> {
    let listed = |list: &Option<Texts>, kind: Kind| {
        let list = list.as_ref();
        list.map(|list| list.get_ref().iter().map(|text| kind.read(text)).collect())
            .transpose()
    };
    let list = PrincipalAllowlist {
        accounts: each(form.accounts.as_ref(), PrincipalSelector::parse_account)?,
        principals: listed(&form.principals, Kind::Principal)?,
        organizations: each(form.organizations.as_ref(), OrganizationId::parse)?,
        services: listed(&form.services, Kind::Service)?,
        identity_providers: listed(&form.identity_providers, Kind::Provider)?,
        blocked: principals(form.blocked.as_ref())?,
        note: note(form.reason.as_ref(), form.severity)?,
    };
    Ok(list)
}

/// Reads an entry of `[[not-allowed-action]]`.
pub(super) fn not_allowed_action(form: &NotAllowedActionForm) -> Result<NotAllowedAction, Fault> {
    Ok(NotAllowedAction {
        actions: actions(&form.actions)?,
        types: types(form.types.as_ref())?,
        note: note(form.reason.as_ref(), form.severity)?,
    })
}

/// The kinds of principals that have a list of their own.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Principal,
    Service,
    Provider,
}

impl Kind {
    /// Reads an entry of the list of this kind.
    fn read(self, text: &Text) -> Result<PrincipalSelector, Fault> {
        let own = text.get_ref();
        let (is_arn, is_name) = (own.starts_with("arn:"), own.contains('.'));
        let (fits, what, help) = match self {
            Self::Principal => (
                is_arn || !is_name,
                "user or role",
                "services and identity providers have lists of their own: `services`, \
                 `identity-providers`",
            ),
            Self::Service => (
                is_name && !is_arn,
                "service",
                "write it like `lambda.amazonaws.com`; without `services`, any may be named",
            ),
            Self::Provider => (
                is_arn || is_name,
                "identity provider",
                "write its ARN, or a name such as `accounts.google.com`; without \
                 `identity-providers`, any may be named",
            ),
        };
        if !fits {
            return Err(fault(span_of(text), format!("`{own}` is no {what}"), help));
        }
        parsed(text, PrincipalSelector::parse)
    }
}

fn condition(form: &ConditionForm) -> Result<ConditionRequirement, Fault> {
    let mut requirement = parsed(&form.key, ConditionRequirement::of_key)?;
    if let Some(operator) = &form.operator {
        requirement = parsed(operator, |text| requirement.with_operator(text))?;
    }
    Ok(requirement.with_values(form.values.clone()))
}

fn actions(patterns: &Texts) -> Result<ActionSet, Fault> {
    not_empty(patterns, "actions")?;
    let mut actions = ActionSet::default();
    for pattern in patterns.get_ref() {
        parsed(pattern, |text| actions.add(text))?;
    }
    Ok(actions)
}

fn principals(list: Option<&Texts>) -> Result<Vec<PrincipalSelector>, Fault> {
    Ok(each(list, PrincipalSelector::parse)?.unwrap_or_default())
}

fn types(list: Option<&Texts>) -> Result<Option<PolicyTypes>, Fault> {
    let Some(list) = list else { return Ok(None) };
    not_empty(list, "types")?;
    let types = all(list.get_ref(), policy_type)?;
    Ok(Some(PolicyTypes::of(&types)))
}

fn note(reason: Option<&Text>, severity: Option<SeverityName>) -> Result<Note, Fault> {
    if let Some(reason) = reason
        && (reason.get_ref().contains(char::is_control) || reason.get_ref().trim().is_empty())
    {
        let message = "`reason` is not one line of text".to_owned();
        let help = "the message of a finding ends with it; write it like `reason = \"we have roles \
                    for that\"`";
        return Err(fault(span_of(reason), message, help));
    }
    Ok(Note {
        reason: reason.map(|reason| reason.get_ref().clone()),
        severity: severity.map(|SeverityName(severity)| severity),
    })
}

/// Reads a list that must have entries.
fn texts<T>(
    list: &Texts,
    name: &str,
    parse: impl Fn(&str) -> Result<T, RequirementError>,
) -> Result<Vec<T>, Fault> {
    not_empty(list, name)?;
    all(list.get_ref(), |text| parsed(text, &parse))
}

/// Reads a list that may be missing.
fn each<T>(
    list: Option<&Texts>,
    parse: impl Fn(&str) -> Result<T, RequirementError>,
) -> Result<Option<Vec<T>>, Fault> {
    list.map(|list| all(list.get_ref(), |text| parsed(text, &parse)))
        .transpose()
}

fn all<F, T>(forms: &[F], read: impl Fn(&F) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
    forms.iter().map(read).collect()
}

fn parsed<T>(
    text: &Text,
    parse: impl FnOnce(&str) -> Result<T, RequirementError>,
) -> Result<T, Fault> {
    parse(text.get_ref()).map_err(|error| fault(span_of(text), error.to_string(), error.help()))
}

fn fault(span: Span, message: String, help: impl Into<String>) -> Fault {
    Fault {
        span,
        message,
        help: help.into(),
    }
}

fn not_empty(list: &Texts, name: &str) -> Result<(), Fault> {
    if list.get_ref().is_empty() {
        let message = format!("`{name}` lists nothing");
        return Err(fault(
            span_of(list),
            message,
            "list something, or remove the table",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{super::read::settings, Fault};
    use crate::lint::{
        Example, Manual, Options, RULES,
        testing::{assert_fires, assert_silent},
    };

    /// The text that is underlined, the message and the help of what is wrong with a configuration.
    fn wrong(text: &str) -> (String, String, String) {
        let Fault {
            span,
            message,
            help,
        } = settings(text).unwrap_err().remove(0);
        (
            text.get(span.start..span.end).unwrap().to_owned(),
            message,
            help,
        )
    }

    fn not_allowed(actions: &str) -> String {
        format!("[[not-allowed-action]]\nactions = {actions}\n")
    }

    #[test]
    fn actions_that_there_are_not_are_underlined() {
        for (pattern, message, help) in [
            (
                "iam:CreateUsr",
                "there is no action `iam:CreateUsr`",
                "did you mean `iam:CreateUser`?",
            ),
            (
                "imm:*",
                "there is no service with prefix `imm`",
                "did you mean",
            ),
            (
                "elbv2:Create*",
                "there is no service with prefix `elbv2`",
                "`elasticloadbalancing`",
            ),
            (
                "iam:Kreate*",
                "`iam:Kreate*` matches no action",
                "iamsim expand",
            ),
            (
                "*:Kreate*",
                "`*:Kreate*` matches no action",
                "iamsim expand",
            ),
            (
                "CreateUser",
                "`CreateUser` is no pattern of actions",
                "`service:Name`",
            ),
            (
                "iam:Create User",
                "`iam:Create User` is no pattern of actions",
                "`service:Name`",
            ),
        ] {
            let (place, found, hint) = wrong(&not_allowed(&format!(r#"["s3:*", "{pattern}"]"#)));
            assert_eq!(place, format!("\"{pattern}\""));
            assert_eq!(found, message);
            assert!(hint.contains(help), "{hint}");
        }
        let (place, message, _) = wrong(&not_allowed("[]"));
        assert_eq!(
            (place.as_str(), message.as_str()),
            ("[]", "`actions` lists nothing")
        );
    }

    #[test]
    fn types_and_reasons_are_checked() {
        let text = not_allowed("[\"s3:*\"]") + "types = [\"identity\", \"user\"]";
        assert_eq!(wrong(&text).0, "\"user\"");
        let text = not_allowed("[\"s3:*\"]") + "reason = \"a\\nb\"";
        assert_eq!(wrong(&text).1, "`reason` is not one line of text");
    }

    #[test]
    fn resources_that_can_be_none_are_underlined() {
        let table = |resource: &str| {
            format!(
                "[[sensitive-resource-access]]\nactions = [\"s3:GetObject\"]\nresources = [\"{resource}\"]"
            )
        };
        for (resource, message) in [
            ("payroll", "`payroll` does not start with `arn:`"),
            (
                "arn:aws:s3:payroll",
                "`arn:aws:s3:payroll` has 4 of the 6 fields of an ARN",
            ),
            ("arn:aws:s4:::payroll", "no service has ARNs of `s4`"),
            (
                "arn:aws:s3:::payroll",
                "none of the actions works on `arn:aws:s3:::payroll`",
            ),
        ] {
            let (place, found, _) = wrong(&table(resource));
            assert_eq!(
                (place, found),
                (format!("\"{resource}\""), message.to_owned())
            );
        }
        assert!(settings(&table("arn:aws:s3:::payroll/*")).is_ok());
    }

    #[test]
    fn conditions_that_there_are_not_are_underlined() {
        let table = |condition: &str| {
            format!("[[required-condition]]\nactions = [\"s3:*\"]\nall-of = [{condition}]")
        };
        for (condition, place, help) in [
            (
                "{ key = \"aws:SourceVpceId\" }",
                "\"aws:SourceVpceId\"",
                "`aws:SourceVpce`",
            ),
            (
                "{ key = \"aws:PrincipalTag\" }",
                "\"aws:PrincipalTag\"",
                "`aws:PrincipalTag/*`",
            ),
            (
                "{ key = \"SourceIp\" }",
                "\"SourceIp\"",
                "service authorization reference",
            ),
            (
                "{ key = \"aws:SourceIp\", operator = \"IpAdress\" }",
                "\"IpAdress\"",
                "`IpAddress`",
            ),
        ] {
            let (found, _, hint) = wrong(&table(condition));
            assert_eq!(found, place);
            assert!(hint.contains(help), "{hint}");
        }
        assert_eq!(wrong(&table("")).1, "no condition is asked for");
        for key in [
            "aws:RequestTag/*",
            "token.actions.githubusercontent.com:sub",
            "s3:x-amz-acl",
        ] {
            assert!(
                settings(&table(&format!("{{ key = \"{key}\" }}"))).is_ok(),
                "{key}"
            );
        }
    }

    #[test]
    fn principals_stand_in_the_list_of_their_kind() {
        for (line, place) in [
            ("accounts = [\"12345678901\"]", "\"12345678901\""),
            ("organizations = [\"o-abc\"]", "\"o-abc\""),
            (
                "principals = [\"lambda.amazonaws.com\"]",
                "\"lambda.amazonaws.com\"",
            ),
            ("principals = [\"admin\"]", "\"admin\""),
            (
                "principals = [\"arn:aws:iam::role/a\"]",
                "\"arn:aws:iam::role/a\"",
            ),
            ("services = [\"*\"]", "\"*\""),
            ("services = [\"lambda\"]", "\"lambda\""),
            ("identity-providers = [\"google\"]", "\"google\""),
            ("blocked = [\"everybody\"]", "\"everybody\""),
        ] {
            assert_eq!(wrong(&format!("[principal-allowlist]\n{line}")).0, place);
        }
    }

    #[test]
    fn keys_and_severities_that_there_are_not_are_refused() {
        for text in [
            "[[not-allowed-action]]\naction = [\"s3:*\"]",
            "[[not-allowed-action]]\nactions = [\"s3:*\"]\nseverity = \"grave\"",
            "[[not-allowed-action]]\nreason = \"none\"",
            "[[required-condition]]\nactions = [\"s3:*\"]\nall-of = [{ keys = \"aws:SourceIp\" }]",
            "[[required-condition]]\nactions = [\"s3:*\"]\neffect = \"allow\"",
        ] {
            assert!(settings(text).is_err(), "{text}");
        }
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let text = not_allowed("[\"iam:Kreate*\"]")
            + &not_allowed("[\"s3:*\"]")
            + &not_allowed("[\"imm:*\"]");
        assert_eq!(settings(&text).unwrap_err().len(), 2);
    }

    fn options(example: &Example) -> Option<Options> {
        let text = example.settings.as_deref()?;
        let settings = settings(text).unwrap_or_else(|faults| panic!("{text}: {faults:?}"));
        Some(Options {
            account: settings.account,
            trusted_accounts: settings.trusted_accounts,
            organization: settings.organization,
            requirements: settings.requirements,
            ..Options::default()
        })
    }

    #[test]
    fn examples_in_manuals_hold_under_the_settings_before_them() {
        let mut rules = 0;
        for rule in RULES {
            let manual = Manual::of(rule);
            let with_settings = |heading| {
                let examples = manual.examples(heading).into_iter();
                examples.filter_map(|example| Some((options(&example)?, example)))
            };
            for (options, example) in with_settings("Fires") {
                rules += 1;
                assert_fires(rule, &example, options);
            }
            for (options, example) in with_settings("Silent") {
                assert_silent(rule, &example, options);
            }
        }
        assert!(rules >= 5, "{rules}");
    }
}
