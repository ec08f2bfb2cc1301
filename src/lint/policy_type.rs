//! Which type a document most likely is of, and on what ground.

use super::StatementCx;
use crate::{
    catalog::Catalog,
    policy::{
        ActionPattern, ConditionTest, Effect, Policy, PolicyType, PrincipalKind, ResourceForm,
        Statement,
    },
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

/// Words that say in a name what a policy is of: one with them and `endpoint` is about that resource
/// behind an endpoint, or what has `endpoint` in its own name.
const RESOURCES: [&str; 7] = ["bucket", "key", "queue", "secret", "sns", "sqs", "topic"];

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
        let named = word_in(name, may_be_of_endpoint(policy)).filter(|(_, named)| {
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
            PolicyType::Resource if is_full_access(policy) => {
                let mut sids = policy
                    .statements
                    .iter()
                    .filter_map(|each| each.sid.as_ref());
                if sids.any(|sid| sid.as_str().eq_ignore_ascii_case("RCPFullAWSAccess")) {
                    let why = "it is the one that organizations start with";
                    (PolicyType::Rcp, why, None)
                } else {
                    let why = "it is the one that endpoints start with";
                    (PolicyType::Endpoint, why, Some(PolicyType::Resource))
                }
            }
            PolicyType::Resource if denies_everyone_everywhere(policy) => {
                match reach_of_denials(policy) {
                    Reach::Organization => (
                        PolicyType::Rcp,
                        "it denies everyone, on every resource",
                        Some(PolicyType::Resource),
                    ),
                    Reach::OneService => {
                        let why = "it denies everyone something of one service";
                        (shape, why, Some(PolicyType::Rcp))
                    }
                    Reach::NoOrganization => (shape, "it names principals", None),
                }
            }
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

/// The first word for a type in the name of a file or of its folder; those for endpoints only where
/// the document may be the policy of one.
fn word_in(name: &str, may_be_of_endpoint: bool) -> Option<(&'static str, PolicyType)> {
    let path = Path::new(name);
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    let folder = path
        .parent()
        .and_then(Path::file_name)
        .and_then(|folder| folder.to_str());
    [stem, folder].into_iter().flatten().find_map(|text| {
        let spaced = words_of(text);
        let has = |word: &str| spaced.contains(&format!("-{word}-"));
        WORDS.into_iter().find(|(word, named)| {
            has(word)
                && (*named != PolicyType::Endpoint
                    || may_be_of_endpoint && !RESOURCES.into_iter().any(has))
        })
    })
}

/// The words of a name between hyphens, in lower case: `-app-boundary-` of `app_boundary` and of
/// `AppBoundary`. Digits end a word.
fn words_of(name: &str) -> String {
    let mut words = "-".to_owned();
    let mut last = '-';
    for character in name.chars().take(256) {
        let parts = !character.is_ascii_alphanumeric()
            || character.is_ascii_uppercase()
                && (last.is_ascii_lowercase() || last.is_ascii_digit())
            || character.is_ascii_digit() && last.is_ascii_alphabetic();
        if parts && !words.ends_with('-') {
            words.push('-');
        }
        if character.is_ascii_alphanumeric() {
            words.push(character.to_ascii_lowercase());
        }
        last = character;
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

/// Whether a document may be the policy of an endpoint, if its name says so: it grants something, and
/// does not ask for the very endpoint or network that a request comes through.
fn may_be_of_endpoint(policy: &Policy) -> bool {
    let asks =
        |test: &ConditionTest| test.is_about("aws:SourceVpce") || test.is_about("aws:SourceVpc");
    let mut statements = policy.statements.iter();
    !statements
        .clone()
        .any(|statement| tests(statement).iter().any(asks))
        && !statements.all(|statement| statement.has_effect(Effect::Deny))
}

/// Whether the one statement allows everyone everything, as that of a new endpoint does, and that of
/// the policy which organizations have before any other.
fn is_full_access(policy: &Policy) -> bool {
    let [statement] = policy.statements.as_slice() else {
        return false;
    };
    let is_everything = || {
        statement.action.as_ref().is_some_and(|element| {
            let mut entries = element.entries.iter();
            entries.any(ActionPattern::covers_everything)
        })
    };
    statement.has_effect(Effect::Allow)
        && !statement.has_element("Condition")
        && is_about_everyone(statement)
        && is_about_every_resource(statement)
        && is_everything()
}

/// Whether every statement denies everyone something on every resource. The policy of one resource may
/// do so as well, where its service takes `*` for that resource: it takes something from whom policies
/// of identities allow it.
fn denies_everyone_everywhere(policy: &Policy) -> bool {
    !policy.statements.is_empty()
        && policy.statements.iter().all(|statement| {
            statement.has_effect(Effect::Deny)
                && is_about_everyone(statement)
                && is_about_every_resource(statement)
        })
}

/// Whose a policy is that denies everyone something on every resource.
enum Reach {
    /// An organization's: it is about several services, tells principals by their organization, or
    /// leaves the resource open in a service whose policies have to name it.
    Organization,
    /// A resource's of the one service that it is about, or an organization's.
    OneService,
    /// A resource's: policies of organizations do not reach the service.
    NoOrganization,
}

/// Services whose policies of resources cannot be about `*`.
const NAMING_RESOURCES: [&str; 2] = ["s3", "sts"];

fn reach_of_denials(policy: &Policy) -> Reach {
    let catalog = Catalog::embedded();
    let elements = policy.statements.iter().map(|each| each.action.as_ref());
    let mut services = Vec::new();
    for element in elements {
        let Some(element) = element.filter(|element| element.unread == 0) else {
            return Reach::Organization;
        };
        for entry in &element.entries {
            if !entry.has_exact_service() {
                return Reach::Organization;
            }
            let own = entry.service();
            if !services
                .iter()
                .any(|each: &&str| each.eq_ignore_ascii_case(own))
            {
                services.push(own);
            }
            if services.len() > 1 {
                break;
            }
        }
    }
    let reached = |service: &&str| {
        catalog.service(service).is_none() || catalog.has_resource_control_policies(service)
    };
    if !services.is_empty() && !services.iter().any(reached) {
        return Reach::NoOrganization;
    }
    let of_organization = |test: &ConditionTest| {
        [
            "aws:PrincipalIsAWSService",
            "aws:PrincipalOrgID",
            "aws:PrincipalOrgPaths",
            "aws:ResourceOrgID",
            "aws:ResourceOrgPaths",
            "aws:SourceOrgID",
            "aws:SourceOrgPaths",
        ]
        .iter()
        .any(|key| test.is_about(key))
    };
    let names = |service: &str| {
        let mut naming = NAMING_RESOURCES.iter();
        naming.any(|each| each.eq_ignore_ascii_case(service))
    };
    match services.as_slice() {
        [service]
            if !names(service)
                && !policy
                    .statements
                    .iter()
                    .any(|statement| tests(statement).iter().any(of_organization)) =>
        {
            Reach::OneService
        }
        _ => Reach::Organization,
    }
}

/// Whether every statement is about everyone, and one of them tells resources by their owner, which
/// the policy of one resource has no reason to.
fn is_endpoint(policy: &Policy) -> bool {
    let by_owner = |test: &ConditionTest| {
        let keys = [
            "aws:ResourceOrgID",
            "aws:ResourceOrgPaths",
            "aws:ResourceAccount",
            "s3:ResourceAccount",
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
        assert_eq!(words_of("RCP01_tls"), "-rcp-01-tls-");
        assert_eq!(words_of("scp2Deny"), "-scp-2-deny-");
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
        let open = statement(
            r#""Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "arn:aws:sqs:eu-west-1:418272953104:jobs""#,
        );
        assert_eq!(guess("vpce.json", &open).policy_type, PolicyType::Endpoint);
    }

    #[test]
    fn endpoints_are_in_names_of_other_policies_too() {
        let open = statement(
            r#""Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "arn:aws:sqs:eu-west-1:418272953104:jobs""#,
        );
        let behind = statement(
            r#""Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*", "Condition": {"StringEquals": {"aws:sourcevpce": "vpce-0a1b2c3d"}}"#,
        );
        let denied = statement(
            r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*""#,
        );
        for (name, text) in [
            ("sagemaker-endpoint-queue.json", &open),
            ("vpce/topic-policy.json", &behind),
            ("only-vpce.json", &behind),
            ("vpc-endpoint.json", &denied),
        ] {
            assert_eq!(
                guess(name, text).policy_type,
                PolicyType::Resource,
                "{name}"
            );
        }
    }

    #[test]
    fn denials_of_one_service_may_be_of_one_resource() {
        let deny = |action: &str, condition: &str| {
            let text = statement(&format!(
                r#""Effect": "Deny", "Principal": "*", "Action": {action}, "Resource": "*", "Condition": {{{condition}}}"#
            ));
            let of = guess("x.json", &text);
            (of.policy_type, of.other)
        };
        let (resource, rcp) = (PolicyType::Resource, PolicyType::Rcp);
        let organization = r#""StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}"#;
        assert_eq!(
            deny(r#""backup:DeleteRecoveryPoint""#, ""),
            (resource, None)
        );
        assert_eq!(
            deny(r#"["sns:*", "backup:*"]"#, organization),
            (resource, None)
        );
        assert_eq!(
            deny(r#"["KMS:Decrypt", "kms:Put*"]"#, ""),
            (resource, Some(rcp))
        );
        assert_eq!(deny(r#""kms:*""#, organization), (rcp, Some(resource)));
        assert_eq!(
            deny(r#"["kms:*", "secretsmanager:*"]"#, ""),
            (rcp, Some(resource))
        );
        assert_eq!(deny(r#""s3:*""#, ""), (rcp, Some(resource)));
    }

    #[test]
    fn everything_for_everyone_is_what_endpoints_and_organizations_start_with() {
        let all = r#""Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*""#;
        let endpoint = guess("x.json", &statement(all));
        assert_eq!(endpoint.policy_type, PolicyType::Endpoint);
        assert_eq!(endpoint.other, Some(PolicyType::Resource));
        let of_organization = statement(&format!(r#""Sid": "RCPFullAWSAccess", {all}"#));
        assert_eq!(
            guess("x.json", &of_organization).policy_type,
            PolicyType::Rcp
        );
        assert_eq!(
            guess("rcp01.json", &statement(all)).policy_type,
            PolicyType::Rcp
        );
        let owner = format!(
            r#"{all}, "Condition": {{"StringEquals": {{"s3:ResourceAccount": "418272953104"}}}}"#
        );
        assert_eq!(
            guess("x.json", &statement(&owner)).policy_type,
            PolicyType::Endpoint
        );
    }
}
