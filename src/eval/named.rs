//! Whom a statement of a resource's policy is about.
//!
//! A caller has several identities: a session, its role, and their account. How the policy names it
//! decides what else must allow the request, see [`Naming`].
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>

use super::{
    Fact, Layer, Principal, Request, Setting, Supply, Truth, Unknown, exceptions::may_have,
};
use crate::policy::{
    AccountId, ConditionKey, Effect, Pattern, PrincipalElement, PrincipalEntry, PrincipalKind,
    Statement, Version,
};
use std::collections::BTreeSet;

/// How a statement of a resource's policy names the caller; the weakest first.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html#policy-eval-basics-single-account>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Naming {
    /// By its account, which so leaves it to the policies of its identities.
    Account,
    /// By its role, or the user that a federated session is of: what it allows, the boundary and
    /// the policies of the session limit.
    Role,
    /// Itself, or everyone.
    Direct,
}

impl Naming {
    /// All of them, the weakest first.
    pub const ALL: [Self; 3] = [Self::Account, Self::Role, Self::Direct];
}

/// `Principal` or `NotPrincipal`.
#[derive(Debug, Clone)]
pub(super) struct Principals {
    negated: bool,
    entries: Vec<NamedPrincipal>,
}

/// An entry of `Principal`.
#[derive(Debug, Clone)]
enum NamedPrincipal {
    /// `*`
    Everyone,
    /// An account, by its number or the ARN of its root user.
    Account(AccountId),
    /// An IAM user by ARN.
    User { arn: String, account: AccountId },
    /// A role by ARN.
    Role {
        arn: String,
        account: AccountId,
        name: String,
    },
    /// A session of a role by ARN.
    Session {
        arn: String,
        account: AccountId,
        role: String,
    },
    /// A session of a federated user by ARN.
    FederatedUser { arn: String },
    /// A user or role by its unique id: what AWS makes of the ARN of one that was deleted.
    UniqueId(String),
    /// A service.
    Service(String),
    /// An identity provider, by its ARN or its name.
    Federated(String),
    /// An account, or an origin access identity, by its canonical user id.
    CanonicalUser(String),
    /// What a template engine was to fill in.
    Unfilled(BTreeSet<Unknown>),
    /// Text that names no principal: nobody.
    Nobody,
}

/// How sure a statement names the caller.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Named {
    /// The strongest way in which it surely does.
    pub surely: Option<Naming>,
    /// Stronger ways in which it may, each with what that hangs on.
    pub perhaps: Vec<(Naming, BTreeSet<Unknown>)>,
    /// The entry of `Principal` that names the caller most surely.
    pub entry: Option<usize>,
}

impl Named {
    /// It does not name the caller.
    pub(super) const NOT: Self = Self {
        surely: None,
        perhaps: Vec::new(),
        entry: None,
    };

    fn surely(naming: Naming) -> Self {
        Self {
            surely: Some(naming),
            ..Self::default()
        }
    }

    /// Whether it names the caller at all.
    pub fn truth(&self) -> Truth {
        if self.surely.is_some() {
            return Truth::True;
        }
        let facts = self.perhaps.iter().map(|(_, facts)| facts.clone());
        Truth::any(facts.map(Truth::Depends))
    }

    fn add(&mut self, place: usize, naming: Naming, truth: Truth) {
        match truth {
            Truth::False => {}
            Truth::True => {
                if self.surely < Some(naming) {
                    self.surely = Some(naming);
                    self.entry = Some(place);
                    self.perhaps.retain(|(own, _)| *own > naming);
                }
            }
            Truth::Depends(facts) => {
                if self.surely < Some(naming) {
                    self.entry.get_or_insert(place);
                    match self.perhaps.iter_mut().find(|(own, _)| *own == naming) {
                        Some((_, own)) => own.extend(facts),
                        None => self.perhaps.push((naming, facts)),
                    }
                }
            }
        }
    }
}

impl Principals {
    pub(super) fn new(statement: &Statement) -> Option<Self> {
        let (element, negated) = match (&statement.principal, &statement.not_principal) {
            (Some(element), _) => (element, false),
            (None, Some(element)) => (element, true),
            (None, None) => return None,
        };
        let PrincipalElement { entries, .. } = element;
        Some(Self {
            negated,
            entries: entries.iter().map(NamedPrincipal::new).collect(),
        })
    }

    /// The ARNs and ids among the entries.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter_map(NamedPrincipal::text)
    }

    /// How the statement names the caller.
    pub(super) fn named(
        &self,
        effect: Option<Effect>,
        request: &Request,
        boundary: &Truth,
    ) -> Named {
        if self.negated {
            return self.not_excepted(effect, request, boundary);
        }
        let mut named = Named::default();
        for (place, entry) in self.entries.iter().enumerate() {
            for naming in Naming::ALL {
                named.add(place, naming, entry.names(naming, request));
            }
        }
        named
    }

    /// `NotPrincipal`: everyone but those listed. A deny spares a caller only if each of its
    /// identities is listed, and nobody who has a permissions boundary.
    fn not_excepted(&self, effect: Option<Effect>, request: &Request, boundary: &Truth) -> Named {
        let is_everyone = |entry: &NamedPrincipal| matches!(entry, NamedPrincipal::Everyone);
        if self.entries.iter().any(is_everyone) {
            return Named::default();
        }
        let identities = identities(&request.principal);
        let listed = identities.into_iter().map(|naming| {
            let entries = self.entries.iter();
            Truth::any(entries.map(|entry| entry.names(naming, request)))
        });
        let applies = if effect == Some(Effect::Deny) {
            let listed: Vec<_> = listed.collect();
            let spared = if listed.is_empty() {
                Truth::False
            } else {
                Truth::all(listed)
            };
            Truth::any([!spared, boundary.clone()])
        } else {
            !Truth::any(listed)
        };
        match applies {
            Truth::True => Named::surely(Naming::Direct),
            Truth::False => Named::default(),
            Truth::Depends(facts) => Named {
                perhaps: vec![(Naming::Direct, facts)],
                ..Named::default()
            },
        }
    }
}

/// The ways in which a caller can be listed in `NotPrincipal`, all of which must be to spare it.
fn identities(principal: &Principal) -> Vec<Naming> {
    match principal {
        Principal::Anonymous => Vec::new(),
        Principal::Root { .. }
        | Principal::Service(_)
        | Principal::Federated(_)
        | Principal::CanonicalUser(_)
        | Principal::Unknown => vec![Naming::Direct],
        Principal::User { .. } | Principal::FederatedUser { .. } => {
            vec![Naming::Account, Naming::Direct]
        }
        Principal::Role { .. } | Principal::AssumedRole { .. } => Naming::ALL.to_vec(),
    }
}

impl NamedPrincipal {
    /// The ARN or id that the entry has, of those that a caller's may be.
    fn text(&self) -> Option<&str> {
        match self {
            Self::User { arn, .. }
            | Self::Role { arn, .. }
            | Self::Session { arn, .. }
            | Self::FederatedUser { arn } => Some(arn),
            Self::UniqueId(id) | Self::CanonicalUser(id) => Some(id),
            Self::Everyone
            | Self::Account(_)
            | Self::Service(_)
            | Self::Federated(_)
            | Self::Unfilled(_)
            | Self::Nobody => None,
        }
    }

    fn new(entry: &PrincipalEntry) -> Self {
        let text = entry.text.as_str();
        if text == "*" && matches!(entry.kind, PrincipalKind::Everyone | PrincipalKind::Aws) {
            return Self::Everyone;
        }
        // AWS replaces no variables here, so what looks like one is for a template engine.
        let variables: BTreeSet<_> = Pattern::parse(text, Version::V2012)
            .iter()
            .flat_map(Pattern::variables)
            .map(|variable| Unknown::Template(variable.key.clone()))
            .collect();
        if !variables.is_empty() {
            return Self::Unfilled(variables);
        }
        match entry.kind {
            PrincipalKind::Everyone => Self::Everyone,
            PrincipalKind::Service => Self::Service(text.to_owned()),
            PrincipalKind::Federated => Self::Federated(text.to_owned()),
            PrincipalKind::CanonicalUser => Self::CanonicalUser(text.to_owned()),
            PrincipalKind::Aws => Self::aws(text),
        }
    }

    fn aws(text: &str) -> Self {
        if let Some(account) = AccountId::parse(text) {
            return Self::Account(account);
        }
        if is_unique_id(text) {
            return Self::UniqueId(text.to_owned());
        }
        let arn = text.to_owned();
        match Principal::parse(text) {
            // There is no matching of parts of a name here, so that is no user's name.
            Ok(_) if text.contains(['*', '?']) => Self::Nobody,
            Ok(Principal::Root { account, .. }) => Self::Account(account),
            Ok(Principal::User { account, .. }) => Self::User { arn, account },
            Ok(Principal::Role { account, .. }) => {
                let name = text.rsplit('/').next().unwrap_or_default().to_owned();
                Self::Role { arn, account, name }
            }
            Ok(Principal::AssumedRole {
                account, role_name, ..
            }) => Self::Session {
                arn,
                account,
                role: role_name,
            },
            Ok(Principal::FederatedUser { .. }) => Self::FederatedUser { arn },
            Ok(
                Principal::Service(_)
                | Principal::Federated(_)
                | Principal::CanonicalUser(_)
                | Principal::Anonymous
                | Principal::Unknown,
            )
            | Err(_) => Self::Nobody,
        }
    }

    /// Whether this names the caller in one way.
    fn names(&self, naming: Naming, request: &Request) -> Truth {
        let principal = &request.principal;
        let (account, is_root) = (
            principal.account(),
            matches!(principal, Principal::Root { .. }),
        );
        // To the root user its account is itself.
        let by_account = if is_root {
            Naming::Direct
        } else {
            Naming::Account
        };
        let is_direct = |named: bool| -> Truth { (naming == Naming::Direct && named).into() };
        match self {
            Self::Everyone => is_direct(true),
            Self::Unfilled(tokens) if naming == Naming::Direct => Truth::Depends(tokens.clone()),
            Self::Nobody | Self::Unfilled(_) => Truth::False,
            _ if *principal == Principal::Unknown => match naming {
                Naming::Direct => Truth::depends_on(Unknown::Principal),
                Naming::Role | Naming::Account => Truth::False,
            },
            Self::Account(own) => (naming == by_account && account == Some(*own)).into(),
            Self::CanonicalUser(id) => match (principal, &request.canonical_user) {
                (Principal::CanonicalUser(own), _) => is_direct(own == id),
                (_, Some(own)) => (naming == by_account && account.is_some() && own == id).into(),
                (_, None) if naming == by_account && account.is_some() => {
                    Truth::depends_on(Unknown::CanonicalUser)
                }
                _ => Truth::False,
            },
            Self::Service(name) => {
                is_direct(matches!(principal, Principal::Service(own) if own == name))
            }
            Self::Federated(name) => {
                is_direct(matches!(principal, Principal::Federated(own) if own == name))
            }
            Self::UniqueId(id) => by_unique_id(id, naming, request),
            Self::User { arn, account } => by_user(arn, *account, naming, principal),
            Self::Role { arn, account, name } if naming == Naming::Role => {
                by_role(arn, *account, name, principal)
            }
            Self::Session { arn, account, role } if naming == Naming::Direct => {
                by_session(arn, *account, role, principal)
            }
            Self::Role { .. } | Self::Session { .. } => Truth::False,
            Self::FederatedUser { arn } => is_direct(
                matches!(principal, Principal::FederatedUser { arn: own, .. } if own == arn),
            ),
        }
    }
}

fn by_user(arn: &str, account: AccountId, naming: Naming, principal: &Principal) -> Truth {
    if let Principal::User { arn: own, .. } = principal {
        return (naming == Naming::Direct && own == arn).into();
    }
    if let Principal::FederatedUser {
        user_arn,
        account: own,
        ..
    } = principal
        && naming == Naming::Role
        && *own == account
    {
        return match user_arn {
            Some(user) => (user == arn).into(),
            None => Truth::depends_on(Unknown::FederatingUser),
        };
    }
    Truth::False
}

fn by_role(arn: &str, account: AccountId, name: &str, principal: &Principal) -> Truth {
    if let Principal::Role { arn: own, .. } = principal {
        return (own == arn).into();
    }
    if let Principal::AssumedRole {
        account: own,
        role_name,
        role_arn,
        ..
    } = principal
    {
        return match role_arn {
            Some(own) => (own == arn).into(),
            // No two roles of an account have one name, whatever their paths.
            None => (*own == account && role_name == name).into(),
        };
    }
    Truth::False
}

fn by_session(arn: &str, account: AccountId, role: &str, principal: &Principal) -> Truth {
    if let Principal::AssumedRole { arn: own, .. } = principal {
        return (own == arn).into();
    }
    if let Principal::Role {
        arn: own,
        account: own_account,
    } = principal
        && *own_account == account
        && own.rsplit('/').next() == Some(role)
    {
        return Truth::depends_on(Unknown::Session);
    }
    Truth::False
}

/// The unique id of a user is its `aws:userid`; that of a role is the part before the colon.
fn by_unique_id(id: &str, naming: Naming, request: &Request) -> Truth {
    let own = match &request.principal {
        Principal::User { .. } => Naming::Direct,
        Principal::Role { .. } | Principal::AssumedRole { .. } => Naming::Role,
        Principal::Root { .. }
        | Principal::FederatedUser { .. }
        | Principal::Service(_)
        | Principal::Federated(_)
        | Principal::CanonicalUser(_)
        | Principal::Anonymous
        | Principal::Unknown => return Truth::False,
    };
    if naming != own {
        return Truth::False;
    }
    let key = ConditionKey::new("aws:userid");
    match &*request.context.fact(&key) {
        Fact::Values(values) => {
            let is_own = |value: &String| value.split(':').next() == Some(id);
            values.iter().any(is_own).into()
        }
        // Every signed request has a user id; where nobody gave it, it is not known.
        Fact::Absent => Truth::depends_on(Unknown::UniqueId),
        Fact::Like(_) | Fact::Unknown => Truth::depends_on(Unknown::Key(key)),
    }
}

/// Whether text is the unique id of a user or role.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>
pub(super) fn is_unique_id(text: &str) -> bool {
    let upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    (text.starts_with("AIDA") || text.starts_with("AROA"))
        && text.len() >= 16
        && text.bytes().all(upper)
}

/// Whether the caller has a permissions boundary, as far as the setting tells.
pub(super) fn has_boundary(setting: &Setting, request: &Request) -> Truth {
    match setting.supply_of(Layer::Boundary) {
        _ if !may_have(Layer::Boundary, &request.principal) => Truth::False,
        Supply::Given => setting.has_policies(Layer::Boundary).into(),
        Supply::NotSupplied => Truth::False,
        Supply::Unknown => Truth::depends_on(Unknown::Layer(Layer::Boundary)),
    }
}
