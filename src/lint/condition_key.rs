//! What AWS says of a condition key, and what a test of it does where a request lacks it.

use super::{StatementCx, TestCx, placeholders::is_unfilled, reach::stands_for};
use crate::{
    catalog::{
        Action, Catalog, GlobalConditionKey, ServiceConditionKey, ValueType,
        table::UNLISTED_CONDITION_KEYS,
    },
    policy::{Case, Comparison, ConditionTest, Effect, Quantifier, Wildcard},
};

/// What the catalog has on a condition key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KeyFacts {
    /// The global key.
    pub(super) global: Option<GlobalConditionKey>,
    /// The key as a service lists it. Some services list global keys as well.
    pub(super) service: Option<ServiceConditionKey>,
}

impl KeyFacts {
    /// What is known of a key; letter case does not matter.
    pub(super) fn of(catalog: Catalog, key: &str) -> Self {
        Self {
            global: catalog.global_condition_key(key),
            service: catalog.condition_key(key),
        }
    }

    /// Whether AWS has the key.
    pub(super) fn is_known(self) -> bool {
        self.global.is_some() || self.service.is_some()
    }

    /// The types that its values can be read as; none for an unknown key.
    pub(super) fn value_types(self) -> Vec<ValueType> {
        match (self.global, self.service) {
            (Some(global), _) => global.value_types().collect(),
            (None, Some(service)) => vec![service.value_type()],
            (None, None) => Vec::new(),
        }
    }

    /// Whether a request can have several values for it; `None` for an unknown key.
    pub(super) fn multivalued(self) -> Option<bool> {
        self.global
            .map(GlobalConditionKey::multivalued)
            .or_else(|| self.service.map(ServiceConditionKey::multivalued))
    }

    /// Whether every request has it.
    pub(super) fn always_present(self) -> bool {
        self.global.is_some_and(GlobalConditionKey::always_present)
    }
}

/// Names before the colon that stand for kinds of identity providers.
const PROVIDERS: [&str; 3] = ["ldap", "oidc", "saml"];

/// Whether a key is one of an identity provider, such as `token.actions.githubusercontent.com:sub`,
/// `oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub` or `saml:aud`. A provider has whatever keys it
/// likes.
pub(super) fn is_of_identity_provider(key: &str) -> bool {
    let prefix = prefix(key);
    prefix.contains(['.', '/'])
        || key.contains("//")
        || PROVIDERS
            .iter()
            .any(|name| name.eq_ignore_ascii_case(prefix))
}

/// The text before the first colon; all of it where there is none.
pub(super) fn prefix(key: &str) -> &str {
    key.split(':').next().unwrap_or_default()
}

/// Whether AWS may have the key: it is in the catalog, or the catalog cannot tell.
pub(super) fn may_exist(catalog: Catalog, key: &str) -> bool {
    KeyFacts::of(catalog, key).is_known()
        || is_unfilled(key)
        || is_of_identity_provider(key)
        || unlisted(key).next().is_some()
}

/// Whether an action may take a key although the reference does not list the key for it.
pub(super) fn may_take_unlisted(action: &str, key: &str) -> bool {
    unlisted(key).any(|actions| {
        actions
            .split(", ")
            .any(|pattern| Wildcard::new(pattern, Case::Ignored).matches(action))
    })
}

/// The patterns of actions that take a key which the reference lacks, or lacks for them.
fn unlisted(key: &str) -> impl Iterator<Item = &'static str> {
    UNLISTED_CONDITION_KEYS
        .rows()
        .iter()
        .filter_map(|row| match row.as_slice() {
            [pattern, actions, ..] => Some((*pattern, *actions)),
            _ => None,
        })
        .filter(move |(pattern, _)| Wildcard::new(pattern, Case::Ignored).matches(key))
        .map(|(_, actions)| actions)
}

/// Whether AWS had the key once: `aws:ARN`.
pub(super) fn is_retired(key: &str) -> bool {
    key.eq_ignore_ascii_case("aws:ARN")
}

/// Whether a key is that of a tag without the name of the tag: `aws:ResourceTag`,
/// `s3:ExistingObjectTag/`.
pub(super) fn lacks_tag_name(catalog: Catalog, key: &str) -> bool {
    let stem = key.strip_suffix('/').unwrap_or(key);
    stem.to_ascii_lowercase().ends_with("tag")
        && !KeyFacts::of(catalog, key).is_known()
        && KeyFacts::of(catalog, &format!("{stem}/x")).is_known()
}

/// Whether the key tells a tag of the resource or of the request: `aws:ResourceTag/..`,
/// `aws:RequestTag/..` and `aws:TagKeys`, or their like of one service.
pub(super) fn is_about_tags(key: &str) -> bool {
    let name = key.split_once(':').map_or(key, |(_, name)| name);
    let name = name.split('/').next().unwrap_or_default();
    ["ResourceTag", "RequestTag", "TagKeys"]
        .iter()
        .any(|tags| tags.eq_ignore_ascii_case(name))
}

/// Keys that are there for one or a few actions alone, so that a test of one of them says which action
/// is meant.
const WITH_OWN_ACTIONS: [&str; 12] = [
    "codeconnections:PassedToService",
    "codestar-connections:PassedToService",
    "ec2:CreateAction",
    "iam:AssociatedResourceArn",
    "iam:AWSServiceName",
    "iam:DelegationDuration",
    "iam:OrganizationsPolicyId",
    "iam:PassedToService",
    "iam:PermissionsBoundary",
    "iam:PolicyARN",
    "organizations:ServicePrincipal",
    "secretsmanager:Name",
];

/// Whether only a few actions have the key, and all of them say by their name what it is about.
pub(super) fn has_own_actions(key: &str) -> bool {
    WITH_OWN_ACTIONS
        .iter()
        .any(|own| own.eq_ignore_ascii_case(key))
}

/// What a test says of a request that lacks its key; `None` where that cannot be told.
pub(super) fn holds_without_key(test: &ConditionTest) -> Option<bool> {
    let operator = test.operator;
    if operator.comparison == Comparison::Null {
        if operator.quantifier.is_some() {
            return None;
        }
        let is = |truth: &str| {
            let mut values = test.values.iter();
            values.all(|value| value.text.eq_ignore_ascii_case(truth))
        };
        return match (is("true"), is("false")) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        };
    }
    if operator.if_exists {
        return Some(true);
    }
    Some(match operator.quantifier {
        Some(Quantifier::ForAllValues) => true,
        Some(Quantifier::ForAnyValue) => false,
        None => operator.comparison.is_negated(),
    })
}

impl StatementCx<'_> {
    /// Whether an entry of `Action` covers one of these actions; yes where there is no effort left to
    /// tell.
    pub(super) fn lists_one_of(&self, actions: &[Action]) -> bool {
        let entries = self.listed_actions();
        !self.can_afford(entries.len() * actions.len())
            || actions.iter().any(|action| {
                let name = action.full_name();
                entries.iter().any(|entry| stands_for(entry, &name))
            })
    }

    /// What the statement does, where it can be told.
    pub(super) fn effect(&self) -> Option<Effect> {
        self.statement.effect.as_ref().map(|effect| effect.value)
    }
}

impl TestCx<'_> {
    /// What it means for the statement that no request has the key.
    pub(super) fn consequence(&self) -> &'static str {
        let effect = self.statement.effect();
        match (holds_without_key(self.test), effect) {
            (Some(false), Some(Effect::Allow)) => ", so the statement never grants anything",
            (Some(false), Some(Effect::Deny)) => ", so the statement never denies anything",
            (Some(true), _) => ", so the test holds for every request",
            (Some(false), None) | (None, _) => "",
        }
    }

    /// The actions of the key's own service that take it; none where the reference has none, or
    /// there is no effort left to tell.
    pub(super) fn carriers(&self, key: ServiceConditionKey) -> Vec<Action> {
        let Some(service) = self.statement.catalog.service(prefix(key.key())) else {
            return Vec::new();
        };
        let actions = service.actions();
        if !self.statement.can_afford(actions.len() * 8) {
            return Vec::new();
        }
        actions
            .filter(|action| action.takes_condition_key(key))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{is_about_tags, is_of_identity_provider, lacks_tag_name, may_exist};
    use crate::catalog::Catalog;

    #[test]
    fn keys_of_identity_providers_are_told_by_their_host() {
        for key in [
            "token.actions.githubusercontent.com:sub",
            "oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub",
            "login.example.com:8443:sub",
            "https://login:sub",
            "SAML:sub",
        ] {
            assert!(is_of_identity_provider(key), "{key}");
        }
        for key in ["aws:SourceIp", "s3:prefix", "cognito-identity:x"] {
            assert!(!is_of_identity_provider(key), "{key}");
        }
    }

    #[test]
    fn what_the_catalog_cannot_tell_may_exist() {
        for key in [
            "AWS:sourceip",
            "${var.issuer}:sub",
            "{{ issuer }}:sub",
            "aws:PrincipalOrgMasterAccountId",
            "iot:Connection.Thing.IsAttached",
        ] {
            assert!(may_exist(Catalog::embedded(), key), "{key}");
        }
        for key in ["aws:SourceIPs", "s3:foo", "aws:ResourceTag"] {
            assert!(!may_exist(Catalog::embedded(), key), "{key}");
        }
    }

    #[test]
    fn tags_are_told_from_other_keys() {
        for key in ["aws:ResourceTag", "AWS:requesttag/", "s3:ExistingObjectTag"] {
            assert!(lacks_tag_name(Catalog::embedded(), key), "{key}");
        }
        for key in ["aws:ResourceTag/a", "aws:TagKeys", "s3:footag", "aws:tag"] {
            assert!(!lacks_tag_name(Catalog::embedded(), key), "{key}");
        }
        assert!(is_about_tags("ec2:resourceTag/a") && is_about_tags("aws:TagKeys"));
        assert!(!is_about_tags("aws:PrincipalTag/a"));
    }
}
