//! Principals that the user names, and what of a statement they are.

use super::{PrincipalAllowlist, RequirementError};
use crate::{
    lint::{
        Options,
        options::Standing,
        placeholders::is_unfilled,
        principals::{Named, is_strict},
    },
    policy::{AccountId, Arn, Case, ConditionTest, PrincipalEntry, PrincipalKind, Wildcard},
};

/// Principals that the user names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalSelector(Form);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// `*`: everybody, as an entry that says so.
    Everyone,
    /// An account and all in it.
    Account(AccountId),
    /// A pattern of ARNs, field by field.
    Arn(String),
    /// A pattern of the names of services and of providers that have no ARN, or an id.
    Name(String),
}

impl PrincipalSelector {
    /// Reads `*`, the number of an account, a pattern of ARNs, the name of a service or of a provider,
    /// or an id of a canonical user.
    pub fn parse(text: &str) -> Result<Self, RequirementError> {
        let owned = || text.to_owned();
        if text == "*" {
            return Ok(Self(Form::Everyone));
        }
        if let Some(account) = AccountId::parse(text) {
            return Ok(Self(Form::Account(account)));
        }
        if text.starts_with("arn:") {
            return match Arn::parse(text) {
                Ok(_) => Ok(Self(Form::Arn(owned()))),
                Err(reason) => Err(RequirementError::ArnForm {
                    text: owned(),
                    reason,
                }),
            };
        }
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-/*?_".contains(&byte);
        let is_id = text.len() >= 16 && text.bytes().any(|byte| byte.is_ascii_alphabetic());
        if (text.contains('.') || is_id) && text.bytes().all(is_name) {
            return Ok(Self(Form::Name(owned())));
        }
        Err(RequirementError::PrincipalForm { text: owned() })
    }

    /// An account and all in it, for text that can be nothing else.
    pub fn parse_account(text: &str) -> Result<AccountId, RequirementError> {
        AccountId::parse(text).ok_or_else(|| RequirementError::PrincipalForm {
            text: text.to_owned(),
        })
    }

    /// Whether an entry of a statement is one of them.
    pub(in crate::lint) fn matches(&self, entry: &PrincipalEntry) -> bool {
        let text = entry.text.as_str();
        match &self.0 {
            Form::Everyone => entry.is_everyone(),
            Form::Account(account) => account_of(entry) == Some(*account),
            Form::Arn(pattern) => forms(entry).iter().any(|arn| arn_matches(pattern, arn)),
            Form::Name(pattern) => {
                !entry.is_everyone() && Wildcard::new(pattern, Case::Ignored).matches(text)
            }
        }
    }
}

/// The ARNs that an entry stands for: its own, that of the root user of an account that is given by
/// its number, and that of the role of a session.
fn forms(entry: &PrincipalEntry) -> Vec<String> {
    let text = entry.text.as_str();
    let mut forms = vec![text.to_owned()];
    match Named::of(entry) {
        Some(Named::Account(account)) => forms.push(format!("arn:aws:iam::{account}:root")),
        Some(Named::Session(account, role)) => {
            let partition = Arn::parse(text).map_or("aws", |arn| arn.partition);
            forms.push(format!("arn:{partition}:iam::{account}:role/{role}"));
        }
        _ => {}
    }
    forms
}

fn arn_matches(pattern: &str, arn: &str) -> bool {
    let (Ok(own), Ok(other)) = (Arn::parse(pattern), Arn::parse(arn)) else {
        return false;
    };
    let mut pairs = own.fields().into_iter().zip(other.fields());
    pairs.all(|(own, other)| Wildcard::new(own, Case::Sensitive).matches(other))
}

/// The account of a principal under `AWS`.
fn account_of(entry: &PrincipalEntry) -> Option<AccountId> {
    let text = entry.text.as_str();
    match entry.kind {
        PrincipalKind::Aws => AccountId::parse(text).or_else(|| {
            let arn = Arn::parse(text).ok()?;
            AccountId::parse(arn.account)
        }),
        PrincipalKind::Everyone
        | PrincipalKind::Service
        | PrincipalKind::Federated
        | PrincipalKind::CanonicalUser => None,
    }
}

/// The id of an organization.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OrganizationId(String);

impl OrganizationId {
    /// Reads `o-` and 10 to 32 lower-case letters and digits.
    pub fn parse(text: &str) -> Result<Self, RequirementError> {
        if is_organization(text) {
            return Ok(Self(text.to_owned()));
        }
        Err(RequirementError::OrganizationForm {
            text: text.to_owned(),
        })
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a text is the id of an organization.
pub(in crate::lint) fn is_organization(text: &str) -> bool {
    text.strip_prefix("o-").is_some_and(|id| {
        (10..=32).contains(&id.len())
            && id
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

impl PrincipalAllowlist {
    /// Whether accounts, users and roles are judged.
    pub(in crate::lint) fn judges_accounts(&self) -> bool {
        self.accounts.is_some() || self.principals.is_some() || self.organizations.is_some()
    }

    /// Whether an entry is one that may be named. What is yet to be filled in may be one, and of what
    /// is nobody other rules tell.
    pub(in crate::lint) fn allows(&self, entry: &PrincipalEntry, options: &Options) -> bool {
        let any = |list: &Option<Vec<PrincipalSelector>>| {
            list.as_ref()
                .is_none_or(|list| list.iter().any(|each| each.matches(entry)))
        };
        if is_unfilled(entry.text.as_str()) {
            return true;
        }
        match entry.kind {
            PrincipalKind::Service => any(&self.services),
            PrincipalKind::Federated => any(&self.identity_providers),
            PrincipalKind::Everyone | PrincipalKind::Aws | PrincipalKind::CanonicalUser => {
                let nobody = matches!(
                    Named::of(entry),
                    Some(Named::Group | Named::Wildcard | Named::Unfilled | Named::Nobody)
                );
                !self.judges_accounts()
                    || nobody
                    || account_of(entry).is_some_and(|own| self.allows_account(own, options))
                    || self.names(entry)
            }
        }
    }

    /// Whether an entry is among the users and roles that are listed.
    fn names(&self, entry: &PrincipalEntry) -> bool {
        let mut listed = self.principals.iter().flatten();
        listed.any(|each| each.matches(entry))
    }

    fn allows_account(&self, account: AccountId, options: &Options) -> bool {
        let mut listed = self.accounts.iter().flatten();
        options.standing(account) == Standing::Own || listed.any(|each| *each == account)
    }

    /// Whether a test lets in only principals under `AWS` that may be named.
    pub(in crate::lint) fn is_kept_by(&self, test: &ConditionTest, options: &Options) -> bool {
        let every = |is_allowed: &dyn Fn(&str) -> bool| {
            let mut values = test.values.iter();
            is_strict(test.operator)
                && !test.values.is_empty()
                && values.all(|value| is_unfilled(&value.text) || is_allowed(&value.text))
        };
        let organization = |id: &str| {
            let mut listed = self.organizations.iter().flatten();
            listed.any(|own| own.as_str() == id)
        };
        let account = |text: &str| {
            AccountId::parse(text).is_some_and(|account| self.allows_account(account, options))
        };
        if test.is_about("aws:PrincipalOrgID") {
            return every(&organization);
        }
        if test.is_about("aws:PrincipalOrgPaths") {
            let start = |path: &str| path.split_once('/').is_some_and(|(id, _)| organization(id));
            return every(&start);
        }
        if test.is_about("aws:PrincipalAccount") || test.is_about("kms:CallerAccount") {
            return every(&account);
        }
        test.is_about("aws:PrincipalArn")
            && every(&|text| {
                let Ok(arn) = Arn::parse(text) else {
                    return false;
                };
                account(arn.account) || self.principals.iter().flatten().any(|own| own.covers(text))
            })
    }
}

impl PrincipalSelector {
    /// Whether every ARN that a pattern stands for is one of them.
    fn covers(&self, theirs: &str) -> bool {
        let Form::Arn(own) = &self.0 else {
            return false;
        };
        let (Ok(own), Ok(theirs)) = (Arn::parse(own), Arn::parse(theirs)) else {
            return false;
        };
        let ready = |field| Wildcard::new(field, Case::Sensitive);
        let mut pairs = own.fields().into_iter().zip(theirs.fields());
        pairs.all(|(own, theirs)| ready(own).covers(&ready(theirs)))
    }
}
