//! What an entry of `Principal` names, and whether a condition limits whom it lets in. It reads
//! principals as the engine does.

use super::{
    StatementCx,
    limits::{self, Limit, Of},
    placeholders::is_unfilled,
};
use crate::{
    eval::Principal,
    policy::{
        AccountId, Comparison, ConditionTest, Operator, PrincipalEntry, PrincipalKind, Quantifier,
    },
};

/// What an entry under `AWS` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// `*`
    Everyone,
    /// A whole account, by its number.
    Account(AccountId),
    /// A whole account, by the ARN of its root user.
    Root(AccountId),
    /// A user, a role or a federated user by ARN.
    Identity,
    /// A session of a role: the account and the name of the role.
    Session(AccountId, String),
    /// A user or role by its unique id.
    UniqueId,
    /// A CloudFront origin access identity, or what only looks like a canonical user id.
    Canonical,
    /// A group, which cannot make requests.
    Group,
    /// An ARN with a wildcard, which matches nobody.
    Wildcard,
    /// What is still to be filled in.
    Unfilled,
    /// Nobody.
    Nobody,
}

impl Named {
    /// What an entry names; `None` for one of another kind than `AWS`.
    pub(super) fn of(entry: &PrincipalEntry) -> Option<Self> {
        match entry.kind {
            PrincipalKind::Everyone => Some(Self::Everyone),
            PrincipalKind::Aws => Some(Self::of_text(entry.text.as_str())),
            PrincipalKind::Service | PrincipalKind::Federated | PrincipalKind::CanonicalUser => {
                None
            }
        }
    }

    fn of_text(text: &str) -> Self {
        if text == "*" {
            return Self::Everyone;
        }
        if is_unfilled(text) {
            return Self::Unfilled;
        }
        if let Some(account) = AccountId::parse(text) {
            return Self::Account(account);
        }
        if is_unique_id(text) {
            return Self::UniqueId;
        }
        if text.contains(['*', '?']) {
            return Self::Wildcard;
        }
        match Principal::parse(text) {
            Ok(Principal::Root { account, .. }) => Self::Root(account),
            Ok(
                Principal::User { .. } | Principal::Role { .. } | Principal::FederatedUser { .. },
            ) => Self::Identity,
            Ok(Principal::AssumedRole {
                account, role_name, ..
            }) => Self::Session(account, role_name),
            Ok(Principal::CanonicalUser(_)) => Self::Canonical,
            Ok(
                Principal::Service(_)
                | Principal::Federated(_)
                | Principal::Anonymous
                | Principal::Unknown,
            )
            | Err(_) => Self::without_account(text),
        }
    }

    fn without_account(text: &str) -> Self {
        let mut fields = text.splitn(6, ':').skip(2);
        let (service, account) = (fields.next(), fields.nth(1));
        let resource = fields.next().unwrap_or_default();
        if service != Some("iam") {
            return Self::Nobody;
        }
        let account = account.unwrap_or_default();
        let is_placeholder = !account.is_empty() && !account.contains(|c: char| c.is_ascii_digit());
        if account == "cloudfront" && resource.starts_with("user/") {
            Self::Canonical
        } else if is_placeholder {
            Self::Unfilled
        } else if resource.starts_with("group/") && AccountId::parse(account).is_some() {
            Self::Group
        } else {
            Self::Nobody
        }
    }

    /// The account that it names as a whole.
    pub(super) fn whole_account(&self) -> Option<AccountId> {
        match self {
            Self::Account(account) | Self::Root(account) => Some(*account),
            Self::Everyone
            | Self::Identity
            | Self::Session(..)
            | Self::UniqueId
            | Self::Canonical
            | Self::Group
            | Self::Wildcard
            | Self::Unfilled
            | Self::Nobody => None,
        }
    }
}

/// Whether text is the unique id of a user or role, as the engine reads it.
fn is_unique_id(text: &str) -> bool {
    let upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    (text.starts_with("AIDA") || text.starts_with("AROA"))
        && text.len() >= 16
        && text.bytes().all(upper)
}

/// What the values of a condition key are, which decides when a pattern of them says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// The ARN of a resource: its account or its name must be told.
    Arn,
    /// The number of an account.
    Account,
    /// The id of an organization or a path in it.
    Organization,
    /// Any other text.
    Text,
}

/// Whether a comparison holds only where the request has one of the values.
pub(super) fn is_strict(operator: Operator) -> bool {
    is_equality(operator)
        && !operator.if_exists
        && operator.quantifier != Some(Quantifier::ForAllValues)
}

/// Whether it asks whether two texts are alike, in whatever form.
pub(super) fn is_equality(operator: Operator) -> bool {
    matches!(
        operator.comparison,
        Comparison::StringEquals
            | Comparison::StringEqualsIgnoreCase
            | Comparison::StringLike
            | Comparison::ArnEquals
            | Comparison::ArnLike
    )
}

/// Whether a test holds only for some of the values that its key can have.
pub(super) fn limits(test: &ConditionTest, measure: Measure) -> bool {
    is_strict(test.operator)
        && !test.values.is_empty()
        && test.values.iter().all(|value| {
            let pattern = value.text.as_str();
            // Without wildcards it is one value, or none at all.
            !test.operator.comparison.reads_wildcards()
                || !pattern.contains(['*', '?'])
                || is_unfilled(pattern)
                || tells(pattern, measure)
        })
}

/// Whether a pattern tells something of what it matches.
fn tells(pattern: &str, measure: Measure) -> bool {
    let is_open = |text: &str| text.bytes().all(|byte| matches!(byte, b'*' | b'?'));
    match measure {
        Measure::Text => !is_open(pattern),
        Measure::Account => pattern.contains(|c: char| c.is_ascii_digit()),
        Measure::Organization => !is_open(pattern.strip_prefix("o-").unwrap_or(pattern)),
        Measure::Arn => {
            let mut fields = pattern.splitn(6, ':').skip(4);
            let (Some(account), Some(resource)) = (fields.next(), fields.next()) else {
                // Too few colons: a star stands for some of the fields.
                return pattern.contains(|c: char| c.is_ascii_digit());
            };
            if !account.is_empty() && !is_open(account) {
                return true;
            }
            // The first part of an object of S3 is its bucket, whose name tells its owner.
            let is_of_s3 = pattern.split(':').nth(2) == Some("s3");
            let mut parts = resource.split(['/', ':']);
            let part = if is_of_s3 {
                parts.next()
            } else {
                parts.next_back()
            };
            let name = part.unwrap_or_default();
            !is_open(name)
        }
    }
}

/// The test that limits who the caller may be.
pub(super) fn caller_limit<'a>(cx: &'a StatementCx<'_>) -> Option<&'a ConditionTest> {
    cx.tests()
        .iter()
        .find(|test| limits::of_test(test, Of::Callers) == Limit::Strong)
}

impl StatementCx<'_> {
    /// Whether the condition can never hold, as AWS lacks one of its operators.
    pub(super) fn never_holds(&self) -> bool {
        let condition = self.statement.condition.as_ref();
        condition.is_some_and(|condition| !condition.unknown_operators.is_empty())
    }

    /// Whether a key of its condition is still to be filled in.
    pub(super) fn has_unfilled_key(&self) -> bool {
        self.tests()
            .iter()
            .any(|test| is_unfilled(test.key.as_str()))
    }

    /// The entries of `Principal` alone.
    pub(super) fn named_principals(&self) -> &[PrincipalEntry] {
        self.statement
            .principal
            .as_ref()
            .map_or(&[], |element| element.entries.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::{Measure, Named, tells};

    #[test]
    fn every_form_of_an_aws_principal_is_told_apart() {
        let cases = [
            ("*", "Everyone"),
            ("123456789012", "Account"),
            ("arn:aws-cn:iam::123456789012:root", "Root"),
            ("arn:aws:iam::123456789012:user/ops/ana", "Identity"),
            ("arn:aws:sts::123456789012:federated-user/bob", "Identity"),
            ("arn:aws:sts::123456789012:assumed-role/app/i-1", "Session"),
            ("AROAEXAMPLEID1234567", "UniqueId"),
            (
                "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1A",
                "Canonical",
            ),
            ("arn:aws:iam::123456789012:group/admins", "Group"),
            ("arn:aws:iam::123456789012:role/*", "Wildcard"),
            ("arn:aws:iam::${AWS::AccountId}:root", "Unfilled"),
            ("arn:aws:iam::ACCOUNT_ID:root", "Unfilled"),
            ("arn:aws:iam::1234567890:root", "Nobody"),
            ("lambda.amazonaws.com", "Nobody"),
            ("é", "Nobody"),
        ];
        for (text, expected) in cases {
            let named = format!("{:?}", Named::of_text(text));
            assert!(named.starts_with(expected), "{text} is {named}");
        }
    }

    #[test]
    fn a_pattern_that_every_customer_can_match_tells_nothing() {
        let cases = [
            ("*", Measure::Arn, false),
            ("arn:aws:s3:::*", Measure::Arn, false),
            ("arn:aws:s3:::reports*", Measure::Arn, true),
            ("arn:aws:s3:::reports/*", Measure::Arn, true),
            ("arn:aws:s3:::*/reports", Measure::Arn, false),
            ("arn:aws:s3:*:*:*", Measure::Arn, false),
            ("arn:aws:sns:*:*:*", Measure::Arn, false),
            ("arn:aws:sns:*:123456789012:*", Measure::Arn, true),
            ("arn:aws:cloudfront::*:distribution/*", Measure::Arn, false),
            ("arn:*:123456789012:*", Measure::Arn, true),
            ("????????????", Measure::Account, false),
            ("o-*", Measure::Organization, false),
            ("o-a1b2c3d4e5/*", Measure::Organization, true),
        ];
        for (pattern, measure, expected) in cases {
            assert_eq!(tells(pattern, measure), expected, "{pattern}");
        }
    }
}
