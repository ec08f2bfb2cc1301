//! Documents with something to fix: the policies of the repository, the examples of the manuals, and some
//! that are only for this.

use crate::support::{files_below, has_extension, root};
use iamsim::{
    lint::{Fixed, Manual, Options, RULES, Selection, Selector, fix},
    policy::{AccountId, PolicyType},
    source::{Safety, Source},
};
use std::fmt;

/// A document to be fixed.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) name: String,
    pub(super) policy_type: Option<PolicyType>,
    pub(super) bytes: Vec<u8>,
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:\n{}",
            self.name,
            String::from_utf8_lossy(&self.bytes)
        )
    }
}

impl Document {
    pub(super) fn source(&self) -> Source {
        Source::new(self.name.as_str(), self.bytes.clone())
    }

    pub(super) fn options(&self) -> Options {
        options(self.policy_type)
    }

    pub(super) fn fixed(&self, up_to: Safety) -> Fixed {
        fix(&self.source(), &[], &self.options(), up_to, &|_| true)
    }
}

/// Every rule, for a policy of a type.
fn options(policy_type: Option<PolicyType>) -> Options {
    Options {
        policy_type,
        selection: Selection {
            select: Some(vec![Selector::All]),
            ..Selection::default()
        },
        account: AccountId::parse("123456789012"),
        organization: Some("o-a1b2c3d4e5".to_owned()),
        ..Options::default()
    }
}

/// The policies of the repository.
#[expect(clippy::disallowed_methods, reason = "a test reads its own fixtures")]
fn files() -> Vec<Document> {
    let mut paths = files_below("policies");
    paths.extend(files_below("tests/fixtures/policies"));
    paths.retain(|path| has_extension(path, "json"));
    let read = |name: String| Document {
        bytes: std::fs::read(root().join(&name)).unwrap(),
        policy_type: None,
        name,
    };
    paths.into_iter().map(read).collect()
}

/// The examples of the manuals, each with the rule that it is of.
pub(super) fn examples() -> Vec<(&'static str, Document)> {
    let mut found = Vec::new();
    for rule in RULES {
        let manual = Manual::of(rule);
        for heading in ["Fires", "Silent"] {
            for (number, example) in manual.examples(heading).into_iter().enumerate() {
                let policy_type = example.policy_type.as_deref();
                let document = Document {
                    name: format!("{}-{heading}-{number}.json", rule.id),
                    policy_type: policy_type.map(|name| PolicyType::from_name(name).unwrap()),
                    bytes: example.text.into_bytes(),
                };
                found.push((rule.id, document));
            }
        }
    }
    found
}

/// Statements with what fixes can mend and no other document has: the type of policy, and the elements.
const OTHERS: [(PolicyType, &str); 14] = [
    (
        PolicyType::Identity,
        r#""Resource": ["arn:aws:s3:::reports/*", "arn:aws:dynamodb:eu-west-1:1234-5678-9012:table/orders"], "Action": ["s3:GetObject", "dynamodb:PutItem"]"#,
    ),
    (
        PolicyType::Identity,
        r#""Condition": {"StringEquals": {"aws:SecureTransport": "true"}}"#,
    ),
    (
        PolicyType::Identity,
        r#""Condition": {"StringEquals": {"aws:userid": "x", "aws:UserId": "x"}}"#,
    ),
    (
        PolicyType::Identity,
        r#""Condition": {"DateLessThan": {"aws:CurrentTime": "2026-12-31T10:00"}}"#,
    ),
    (
        PolicyType::Identity,
        r#""Condition": {"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12"}}"#,
    ),
    (
        PolicyType::Identity,
        r#""Condition": {"ForAnyValue:StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#,
    ),
    (
        PolicyType::Identity,
        r#""Condition": {"ForAnyValue:StringLike": {"aws:PrincipalTag/team": "*"}}"#,
    ),
    (
        PolicyType::Identity,
        r#""Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.*"}}"#,
    ),
    (
        PolicyType::Resource,
        r#""Principal": {"AWS": "123456789012"}, "Condition": {"StringEquals": {"aws:userid": "a", "s3:ResourceAccount": "123456789012"}}"#,
    ),
    (
        PolicyType::Resource,
        r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b", "Condition": {"Bool": {"aws:SecureTransport": "true"}}"#,
    ),
    (
        PolicyType::Trust,
        r#""Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:sub": "repo:acme/web:ref:heads/main"}}"#,
    ),
    (
        PolicyType::Trust,
        r#""Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/https://gitlab.com"}, "Action": "sts:AssumeRoleWithWebIdentity""#,
    ),
    (
        PolicyType::Trust,
        r#""Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE:sub": "x"}}"#,
    ),
    (
        PolicyType::Rcp,
        r#""Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "*""#,
    ),
];

/// Policies of these statements, with what a statement must have besides; and as service control policy and
/// resource control policy, ones with more blanks than there is room for.
fn others() -> Vec<Document> {
    let mut found = Vec::new();
    for (number, (policy_type, elements)) in OTHERS.into_iter().enumerate() {
        let mut elements = elements.to_owned();
        let needed = [
            ("Effect", r#""Allow""#),
            ("Action", r#""s3:GetObject""#),
            ("Resource", r#""arn:aws:s3:::reports/*""#),
        ];
        for (element, value) in needed {
            let has_it = elements.contains(&format!("\"{element}\":"));
            if !has_it && (element, policy_type) != ("Resource", PolicyType::Trust) {
                elements = format!("\"{element}\": {value}, {elements}");
            }
        }
        let blanks = " ".repeat(if policy_type == PolicyType::Rcp {
            12_000
        } else {
            1
        });
        let text = format!(r#"{{"Version": "2012-10-17",{blanks}"Statement": [{{{elements}}}]}}"#);
        let document = |policy_type, text: String| Document {
            name: format!("other-{number}.json"),
            policy_type: Some(policy_type),
            bytes: text.into_bytes(),
        };
        if policy_type == PolicyType::Rcp {
            let scp = text.replace(r#""Principal": "*", "#, "");
            found.push(document(PolicyType::Scp, scp));
        }
        found.push(document(policy_type, text));
    }
    found
}

pub(super) fn documents() -> Vec<Document> {
    let examples = examples().into_iter().map(|(_, document)| document);
    files()
        .into_iter()
        .chain(examples)
        .chain(others())
        .collect()
}
