//! Which type a document most likely is of, and on what ground.

use super::StatementCx;
use crate::policy::{
    ActionPattern, ConditionTest, Effect, Policy, PolicyType, PrincipalKind, ResourceForm,
    Statement,
};
use std::path::Path;

/// The type that a document is judged as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeOfPolicy {
    /// The type.
    pub policy_type: PolicyType,
    /// Why this one.
    pub ground: Ground,
    /// A type that the document may be of as well, where it was guessed.
    pub other: Option<PolicyType>,
}

/// Why a document is taken for one of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ground {
    /// The user said so.
    Given,
    /// A word in the name of the file or its folder.
    Name(String),
    /// What the document holds.
    Document(&'static str),
}

impl Ground {
    /// The ground in a few words.
    pub fn text(&self) -> String {
        match self {
            Self::Given => "given".to_owned(),
            Self::Name(word) => format!("its name has `{word}`"),
            Self::Document(why) => (*why).to_owned(),
        }
    }
}

/// The words that names of files and folders have for a type. A word counts only where the document
/// has the shape of the type.
const WORDS: [(&str, PolicyType); 16] = [
    ("scp", PolicyType::Scp),
    ("scps", PolicyType::Scp),
    ("service-control", PolicyType::Scp),
    ("rcp", PolicyType::Rcp),
    ("rcps", PolicyType::Rcp),
    ("resource-control", PolicyType::Rcp),
    ("boundary", PolicyType::Boundary),
    ("boundaries", PolicyType::Boundary),
    // `session` alone is found in names about Session Manager.
    ("session-policy", PolicyType::Session),
    ("session-policies", PolicyType::Session),
    ("trust", PolicyType::Trust),
    ("assume-role", PolicyType::Trust),
    ("endpoint", PolicyType::Endpoint),
    ("endpoints", PolicyType::Endpoint),
    ("vpce", PolicyType::Endpoint),
    ("vpc-endpoint", PolicyType::Endpoint),
];

impl TypeOfPolicy {
    /// The type that the user gave.
    pub fn given(policy_type: PolicyType) -> Self {
        Self {
            policy_type,
            ground: Ground::Given,
            other: None,
        }
    }

    /// Guesses the type from the document and the name of its file.
    pub fn guess(policy: &Policy, name: &str) -> Self {
        let shape = PolicyType::of_shape(policy);
        let named = word_in(name).filter(|(_, named)| {
            *named == PolicyType::Trust && shape == PolicyType::Resource
                || *named != PolicyType::Trust
                    && named.names_principals() == policy.names_principals
                    && shape != PolicyType::Trust
        });
        if let Some((word, policy_type)) = named {
            return Self {
                policy_type,
                ground: Ground::Name(word.to_owned()),
                other: (shape != policy_type).then_some(shape),
            };
        }
        let (policy_type, why, other) = match shape {
            PolicyType::Trust => (shape, "it says who may assume a role", None),
            PolicyType::Resource if assumes_roles(policy) => {
                (PolicyType::Trust, "it says who may assume a role", None)
            }
            PolicyType::Resource if is_resource_control(policy) => (
                PolicyType::Rcp,
                "it denies everyone, on every resource",
                Some(PolicyType::Resource),
            ),
            PolicyType::Resource if is_endpoint(policy) => (
                PolicyType::Endpoint,
                "it is about everyone, and resources of several services or other accounts",
                Some(PolicyType::Resource),
            ),
            PolicyType::Resource => (shape, "it names principals", None),
            PolicyType::Identity if is_service_control(policy) => (
                PolicyType::Scp,
                "it only denies, by what organizations ask",
                Some(PolicyType::Identity),
            ),
            PolicyType::Identity
            | PolicyType::Scp
            | PolicyType::Rcp
            | PolicyType::Boundary
            | PolicyType::Session
            | PolicyType::Endpoint => (shape, "it names no principals", None),
        };
        Self {
            policy_type,
            ground: Ground::Document(why),
            other,
        }
    }
}

/// The first word for a type in the name of a file or of its folder.
fn word_in(name: &str) -> Option<(&'static str, PolicyType)> {
    let path = Path::new(name);
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    let folder = path
        .parent()
        .and_then(Path::file_name)
        .and_then(|folder| folder.to_str());
    [stem, folder].into_iter().flatten().find_map(|text| {
        let spaced = words_of(text);
        WORDS
            .into_iter()
            .find(|(word, _)| spaced.contains(&format!("-{word}-")))
    })
}

/// The words of a name between hyphens, in lower case: `-app-boundary-` of `app_boundary` and of
/// `AppBoundary`.
fn words_of(name: &str) -> String {
    let mut words = "-".to_owned();
    let mut lower = false;
    for character in name.chars().take(256) {
        let parts = !character.is_ascii_alphanumeric() || lower && character.is_ascii_uppercase();
        if parts && !words.ends_with('-') {
            words.push('-');
        }
        if character.is_ascii_alphanumeric() {
            words.push(character.to_ascii_lowercase());
        }
        lower = character.is_ascii_lowercase();
    }
    if !words.ends_with('-') {
        words.push('-');
    }
    words
}

fn tests(statement: &Statement) -> &[ConditionTest] {
    statement
        .condition
        .as_ref()
        .map_or(&[], |condition| condition.tests.as_slice())
}

fn is_about_every_resource(statement: &Statement) -> bool {
    statement.resource.as_ref().is_some_and(|element| {
        let mut entries = element.entries.iter();
        entries.any(|entry| entry.form == ResourceForm::Star)
    })
}

fn is_about_everyone(statement: &Statement) -> bool {
    statement.principal.as_ref().is_some_and(|element| {
        !element.entries.is_empty()
            && element.entries.iter().all(|entry| {
                entry.kind == PrincipalKind::Everyone
                    || entry.kind == PrincipalKind::Aws && entry.text.as_str() == "*"
            })
    })
}

/// Whether every statement is about assuming roles, and one of them about services or federated
/// users: only trust policies are. One that has `Resource` all the same is a faulty one.
fn assumes_roles(policy: &Policy) -> bool {
    let assumes = |entry: &ActionPattern| {
        let name = entry.name().to_ascii_lowercase();
        entry.service().eq_ignore_ascii_case("sts")
            && (name.starts_with("assumerole")
                || matches!(
                    name.as_str(),
                    "tagsession" | "setsourceidentity" | "setcontext"
                ))
    };
    let trusts = |statement: &Statement| {
        statement.principal.as_ref().is_some_and(|element| {
            let mut kinds = element.entries.iter().map(|entry| entry.kind);
            kinds.any(|kind| matches!(kind, PrincipalKind::Service | PrincipalKind::Federated))
        })
    };
    policy.statements.iter().any(trusts)
        && policy.statements.iter().all(|statement| {
            statement.action.as_ref().is_some_and(|element| {
                element.unread == 0
                    && !element.entries.is_empty()
                    && element.entries.iter().all(assumes)
            })
        })
}

/// Whether every statement denies everyone something on every resource, which no policy of one
/// resource does: that would leave nobody access.
fn is_resource_control(policy: &Policy) -> bool {
    !policy.statements.is_empty()
        && policy.statements.iter().all(|statement| {
            statement.has_effect(Effect::Deny)
                && is_about_everyone(statement)
                && is_about_every_resource(statement)
        })
}

/// Whether every statement is about everyone, and one of them tells resources by their owner, which
/// the policy of one resource has no reason to.
fn is_endpoint(policy: &Policy) -> bool {
    let by_owner = |test: &ConditionTest| {
        let keys = [
            "aws:ResourceOrgID",
            "aws:ResourceOrgPaths",
            "aws:ResourceAccount",
        ];
        keys.iter()
            .any(|key| test.key.as_str().eq_ignore_ascii_case(key))
    };
    !policy.statements.is_empty()
        && policy.statements.iter().all(is_about_everyone)
        && policy
            .statements
            .iter()
            .any(|statement| tests(statement).iter().any(by_owner))
}

/// Whether every statement denies, and one of them does what only an organization has a reason to:
/// limits regions, keeps accounts from leaving, or exempts principals by their ARN.
fn is_service_control(policy: &Policy) -> bool {
    let asks = |test: &ConditionTest| {
        let keys = [
            "aws:RequestedRegion",
            "aws:PrincipalArn",
            "aws:PrincipalOrgPaths",
        ];
        keys.iter()
            .any(|key| test.key.as_str().eq_ignore_ascii_case(key))
    };
    let leaves = |statement: &Statement| {
        statement.action.iter().any(|element| {
            element.entries.iter().any(|entry| {
                entry
                    .as_str()
                    .eq_ignore_ascii_case("organizations:LeaveOrganization")
            })
        })
    };
    !policy.statements.is_empty()
        && policy
            .statements
            .iter()
            .all(|statement| statement.has_effect(Effect::Deny))
        && policy
            .statements
            .iter()
            .any(|statement| leaves(statement) || tests(statement).iter().any(asks))
}

impl StatementCx<'_> {
    /// The type that the policy is judged as.
    pub(super) fn policy_type(&self) -> PolicyType {
        self.document.policy_type()
    }
}

#[cfg(test)]
mod tests {
    use super::{Ground, TypeOfPolicy, words_of};
    use crate::{
        lint::{
            read,
            testing::{allow, statement},
        },
        policy::PolicyType,
        source::Source,
    };

    fn guess(name: &str, text: &str) -> TypeOfPolicy {
        let source = Source::new(name, text.as_bytes().to_vec());
        read(&source, None).type_of_policy.unwrap()
    }

    const DENY_ALL: &str =
        r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*""#;

    #[test]
    fn words_are_parted_by_signs_and_capitals() {
        assert_eq!(words_of("region-deny_SCP"), "-region-deny-scp-");
        assert_eq!(words_of("AppBoundary"), "-app-boundary-");
        assert_eq!(words_of("escape"), "-escape-");
    }

    #[test]
    fn the_document_tells_most_types() {
        let of = |members: &str| guess("x.json", &statement(members)).policy_type;
        assert_eq!(
            guess("x.json", &allow(r#""s3:*""#, r#""*""#)).policy_type,
            PolicyType::Identity
        );
        assert_eq!(
            of(r#""Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*""#),
            PolicyType::Resource
        );
        assert_eq!(
            of(
                r#""Effect": "Allow", "Principal": {"AWS": "418272953104"}, "Action": "sts:AssumeRole""#
            ),
            PolicyType::Trust
        );
        assert_eq!(of(DENY_ALL), PolicyType::Rcp);
        assert_eq!(
            of(
                r#""Effect": "Deny", "NotAction": "iam:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}"#
            ),
            PolicyType::Scp
        );
        assert_eq!(
            of(
                r#""Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceOrgID": "o-a1b2c3d4e5"}}"#
            ),
            PolicyType::Endpoint
        );
    }

    #[test]
    fn a_word_in_the_name_counts_where_the_shape_fits() {
        let identity = allow(r#""s3:*""#, r#""*""#);
        let named = guess("org/FullAccessScp.json", &identity);
        assert_eq!(named.policy_type, PolicyType::Scp);
        assert_eq!(named.ground, Ground::Name("scp".to_owned()));
        assert_eq!(named.other, Some(PolicyType::Identity));
        assert_eq!(
            guess("boundaries/dev.json", &identity).policy_type,
            PolicyType::Boundary
        );
        assert_eq!(
            guess("my-rcp.json", &identity).policy_type,
            PolicyType::Identity
        );
        assert_eq!(
            guess("session-manager.json", &identity).policy_type,
            PolicyType::Identity
        );
        assert_eq!(
            guess("vpce.json", &statement(DENY_ALL)).policy_type,
            PolicyType::Endpoint
        );
    }
}
