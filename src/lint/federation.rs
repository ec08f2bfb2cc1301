//! Identity providers in trust policies, and the claims of theirs that conditions ask for.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif>

use super::{
    StatementCx,
    placeholders::is_unfilled,
    principals::{Measure, limits},
    reach::stands_for,
};
use crate::{
    catalog::table::OIDC_ISSUERS,
    eval::WEB_IDENTITY_PROVIDERS,
    policy::{ConditionTest, Effect, PrincipalEntry, PrincipalKind, starts_with_ignoring_case},
};

/// What a federated principal asks for its role.
pub(super) const BY_TOKEN: &str = "sts:AssumeRoleWithWebIdentity";
/// What one of a SAML provider asks for.
pub(super) const BY_SAML: &str = "sts:AssumeRoleWithSAML";
/// What every other principal asks for.
pub(super) const BY_KEY: &str = "sts:AssumeRole";

/// The issuer of GitHub's tokens, before the slug of an enterprise.
const GITHUB: &str = "token.actions.githubusercontent.com";

/// What an entry under `Federated` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Provider<'a> {
    /// A SAML provider of the account.
    Saml,
    /// An OpenID Connect provider of the account, by its issuer without `https://`.
    Oidc(&'a str),
    /// A domain: one of the providers that need no provider of the account, or nobody.
    Domain(&'a str),
    /// What is still to be filled in.
    Unfilled,
    /// Neither.
    Neither,
}

impl<'a> Provider<'a> {
    /// What an entry names; `None` for one of another kind than `Federated`.
    pub(super) fn of(entry: &'a PrincipalEntry) -> Option<Self> {
        if entry.kind != PrincipalKind::Federated {
            return None;
        }
        let text = entry.text.as_str();
        // Often the account alone is filled in later, and the issuer is told.
        if let Some((_, issuer)) = text.split_once(":oidc-provider/") {
            // The scheme is a fault of its own; what is meant is plain.
            let issuer = issuer.split_once("://").map_or(issuer, |(_, host)| host);
            let issuer = issuer.trim_end_matches('/');
            return Some(match issuer {
                _ if is_unfilled(issuer) => Self::Unfilled,
                "" => Self::Neither,
                _ => Self::Oidc(issuer),
            });
        }
        if let Some((start, name)) = text.split_once(":saml-provider/") {
            let is_arn = is_unfilled(start) || start.starts_with("arn:");
            return Some(if is_arn && !name.is_empty() {
                Self::Saml
            } else {
                Self::Neither
            });
        }
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        let is_domain = text.contains('.') && text.chars().all(is_part);
        Some(match text {
            _ if is_unfilled(text) => Self::Unfilled,
            _ if is_domain => Self::Domain(text),
            _ => Self::Neither,
        })
    }

    /// The issuer of its tokens, which the condition keys of their claims start with.
    pub(super) fn issuer(self) -> Option<&'a str> {
        match self {
            Self::Oidc(issuer) => Some(issuer),
            Self::Domain(domain) if WEB_IDENTITY_PROVIDERS.contains(&domain) => Some(domain),
            Self::Domain(_) | Self::Saml | Self::Unfilled | Self::Neither => None,
        }
    }
}

/// The claim that a test asks of tokens of an issuer.
pub(super) fn claim<'t>(test: &'t ConditionTest, issuer: &str) -> Option<&'t str> {
    let key = test.key.as_str();
    let claim = starts_with_ignoring_case(key, issuer)
        .then(|| key.get(issuer.len()..))
        .flatten()?;
    // A provider may be written with the slash at its end.
    claim.strip_prefix('/').unwrap_or(claim).strip_prefix(':')
}

/// The tests of one claim of an issuer.
pub(super) fn tests_of<'a>(
    cx: &'a StatementCx<'_>,
    issuer: &'a str,
    name: &'a str,
) -> impl Iterator<Item = &'a ConditionTest> {
    cx.tests()
        .iter()
        .filter(move |test| claim(test, issuer).is_some_and(|own| own.eq_ignore_ascii_case(name)))
}

/// What is known of an issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Issuer {
    /// The claims that name the customer, the first of them the usual one.
    pub(super) claims: &'static str,
    /// Whether a token of it has one audience.
    pub(super) has_one_audience: bool,
    /// Whose it is.
    pub(super) who: &'static str,
}

/// What is known of an issuer that vouches for the customers of all.
pub(super) fn shared_issuer(issuer: &str) -> Option<Issuer> {
    let row = OIDC_ISSUERS.row(issuer)?;
    let field = |place: usize| row.get(place).copied().unwrap_or_default();
    Some(Issuer {
        claims: field(1),
        has_one_audience: field(2) == "one",
        who: field(3),
    })
}

/// Whether tokens of an issuer are those of GitHub Actions, or of one enterprise there.
pub(super) fn is_github(issuer: &str) -> bool {
    starts_with_ignoring_case(issuer, GITHUB)
        && matches!(issuer.as_bytes().get(GITHUB.len()), None | Some(b'/'))
}

/// Whether an issuer is that of GitHub Actions for one enterprise.
pub(super) fn is_github_of_enterprise(issuer: &str) -> bool {
    is_github(issuer) && issuer.len() > GITHUB.len()
}

/// Whether a test of a claim leaves out the tokens of other customers: a pattern such as
/// `organization:*` or `*:main` does not.
pub(super) fn names_customer(test: &ConditionTest) -> bool {
    let has_wildcards = test.operator.comparison.reads_wildcards();
    limits(test, Measure::Text)
        && test.values.iter().all(|value| {
            let pattern = value.text.as_str();
            let known = pattern.split(['*', '?']).next().unwrap_or_default();
            !has_wildcards
                || is_unfilled(pattern)
                || known.len() == pattern.len()
                || !known.is_empty() && known.find(':') != Some(known.len() - 1)
        })
}

/// The OpenID Connect providers that an `Allow` lets in by their tokens, where the statement can
/// be judged: nothing of its condition is still to be filled in, and all of it is known.
pub(super) fn token_providers<'a>(cx: &'a StatementCx<'_>) -> Vec<(&'a PrincipalEntry, &'a str)> {
    let entries = cx.named_principals();
    let is_federated = |entry: &PrincipalEntry| entry.kind == PrincipalKind::Federated;
    if !entries.iter().any(is_federated)
        || !allows(cx, BY_TOKEN)
        || cx.never_holds()
        || cx.has_unfilled_key()
    {
        return Vec::new();
    }
    let providers = entries
        .iter()
        .filter_map(|entry| Some((entry, Provider::of(entry)?.issuer()?)));
    providers.collect()
}

/// Whether an `Allow` covers an action.
pub(super) fn allows(cx: &StatementCx<'_>, action: &str) -> bool {
    cx.statement.has_effect(Effect::Allow)
        && cx
            .listed_actions()
            .iter()
            .any(|entry| stands_for(entry, action))
}

/// Whether a test asks for what a token said, though not in a key of its issuer: tags and the
/// source identity of the session.
pub(super) fn is_of_session(test: &ConditionTest) -> bool {
    let key = test.key.as_str();
    starts_with_ignoring_case(key, "aws:RequestTag/")
        || [
            "sts:RoleSessionName",
            "sts:SourceIdentity",
            "aws:SourceIdentity",
        ]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(key))
}

/// Whether a key is one of claims: `host.name/path:claim`, perhaps with a scheme before it.
pub(super) fn is_claim_key(key: &str) -> bool {
    let key = without_scheme(key).unwrap_or(key);
    key.split_once(':')
        .is_some_and(|(issuer, _)| issuer.contains('.'))
}

/// What follows `https://` at the start of a key.
pub(super) fn without_scheme(key: &str) -> Option<&str> {
    let (scheme, rest) = key.split_once("://")?;
    ["https", "http"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(scheme))
        .then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::{is_claim_key, is_github, is_github_of_enterprise, shared_issuer};

    #[test]
    fn an_issuer_is_shared_with_its_whole_path_only() {
        assert_eq!(shared_issuer("gitlab.com").unwrap().claims, "sub");
        assert!(shared_issuer("GitLab.com").is_some());
        assert!(shared_issuer("api.pulumi.com/oidc").is_some());
        assert_eq!(shared_issuer("oidc.vercel.com/my-team"), None);
        assert_eq!(shared_issuer("oidc.eks.eu-west-1.amazonaws.com/id/A"), None);
    }

    #[test]
    fn an_enterprise_of_github_has_its_own_issuer() {
        assert!(is_github("token.actions.githubusercontent.com"));
        assert!(is_github_of_enterprise(
            "token.actions.githubusercontent.com/acme"
        ));
        assert!(!is_github_of_enterprise(
            "token.actions.githubusercontent.com"
        ));
        assert!(!is_github(
            "token.actions.githubusercontent.com.evil.example"
        ));
    }

    #[test]
    fn keys_of_claims_have_a_host() {
        assert!(is_claim_key("gitlab.com:sub") && is_claim_key("gitlab.example/x:sub"));
        assert!(!is_claim_key("aws:SourceArn") && !is_claim_key("sts:ExternalId"));
        assert!(!is_claim_key("SAML:aud"));
        assert!(is_claim_key("https://gitlab.com:sub") && !is_claim_key("https://gitlab.com"));
        assert!(!is_claim_key("aws:RequestTag/a.b:c"));
    }
}
