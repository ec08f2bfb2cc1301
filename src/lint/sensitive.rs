//! Actions that matter more than others, allowed where nothing limits them.
//!
//! Each action has one class, and each class is one rule's, so that one grant is told once. A whole
//! service or everything is not looked at here: that is `service-wildcard`'s and `admin-star-star`'s.

use super::{
    Findings, StatementCx,
    grants::{is_of_any_name, reaches_any_name},
    limits::{Limit, Of},
    rules::resource_effectively_star,
    wording,
};
use crate::{
    catalog::{AccessLevel, Action, Catalog, table::SENSITIVE_ACTIONS},
    policy::{ActionPattern, Effect, ResourceForm, ResourcePattern, starts_with_ignoring_case},
    source::Span,
};
use std::sync::OnceLock;

/// What makes an action sensitive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// It opens a resource to others.
    Exposure,
    /// It hands out credentials.
    Credentials,
    /// It reads data in bulk, or secrets.
    Data,
    /// It stops or erases records of what is done.
    Logging,
}

impl Class {
    fn of(action: Action) -> Option<Self> {
        traits(action).class
    }
}

/// What the rules ask of an action.
#[derive(Debug, Clone, Copy, Default)]
struct Traits {
    class: Option<Class>,
    permissions_management: bool,
    told_elsewhere: bool,
}

/// What is known of an action, looked up once for all of them.
fn traits(action: Action) -> Traits {
    static TRAITS: OnceLock<Vec<Traits>> = OnceLock::new();
    let all = TRAITS.get_or_init(|| {
        let catalog = Catalog::embedded();
        let mut all: Vec<_> = catalog
            .actions()
            .map(|action| Traits {
                class: None,
                permissions_management: manages_permissions(action),
                told_elsewhere: false,
            })
            .collect();
        for row in SENSITIVE_ACTIONS.rows() {
            let [name, class] = row.as_slice() else {
                continue;
            };
            let place = catalog.action(name).map(|action| action.id().index());
            if let Some(own) = place.and_then(|place| all.get_mut(place)) {
                own.class = match *class {
                    "exposure" => Some(Class::Exposure),
                    "credentials" => Some(Class::Credentials),
                    "data" => Some(Class::Data),
                    "logging" => Some(Class::Logging),
                    _ => None,
                };
            }
        }
        for own in &mut all {
            own.permissions_management &= own.class.is_none();
            own.told_elsewhere = own.class.is_some() || own.permissions_management;
        }
        for name in TOLD_ELSEWHERE {
            let place = catalog.action(name).map(|action| action.id().index());
            if let Some(own) = place.and_then(|place| all.get_mut(place)) {
                own.told_elsewhere = true;
            }
        }
        all
    });
    all.get(action.id().index()).copied().unwrap_or_default()
}

/// Actions that have a rule to themselves.
const TOLD_ELSEWHERE: [&str; 9] = [
    "aws-marketplace:Subscribe",
    "aws-marketplace:Unsubscribe",
    "iam:CreateServiceLinkedRole",
    "iam:PassRole",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "sts:AssumeRole",
    // Trust policies alone decide about these, as their calls are not signed.
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
];

/// Whether an action is told by a rule of its own.
pub(super) fn is_told_elsewhere(action: Action) -> bool {
    traits(action).told_elsewhere
}

/// Whether an action changes who may do what, and is in no class.
pub(super) fn is_permissions_management(action: Action) -> bool {
    traits(action).permissions_management
}

/// Whether the reference gives an action the level Permissions management, and rightly so: it does to
/// some that only look.
fn manages_permissions(action: Action) -> bool {
    const READS: [&str; 6] = ["Get", "List", "Describe", "BatchGet", "Validate", "View"];
    // These have the level for all that their notebooks, chains and rules do.
    const OTHERS: [&str; 6] = [
        "glue",
        "managedblockchain",
        "bedrock-agentcore",
        "monitron",
        "waf",
        "waf-regional",
    ];
    action.access_level() == AccessLevel::PermissionsManagement
        && !READS.iter().any(|read| action.name().starts_with(read))
        && !OTHERS.contains(&action.service().prefix())
        && action.name() != "AllowVendedLogDeliveryForResource"
}

/// Whether the answer of an action is a usable credential.
pub(super) fn is_credentials(action: Action) -> bool {
    Class::of(action) == Some(Class::Credentials)
}

/// Whether an entry with a wildcard starts like the names of actions that read.
pub(super) fn looks_like_reading(entry: &ActionPattern) -> bool {
    ["Get", "List", "Describe"]
        .iter()
        .any(|start| starts_with_ignoring_case(entry.name(), start))
        && entry.has_wildcard()
        && entry.has_exact_service()
}

/// An entry of `Action`, and what it allows of what was asked for.
#[derive(Debug)]
pub(super) struct Granted<'a> {
    pub(super) entry: &'a ActionPattern,
    pub(super) actions: Vec<Action>,
}

impl StatementCx<'_> {
    /// Whether it is an `Allow` of the principal's own policy that no condition limits much.
    pub(super) fn is_unlimited_allow(&self) -> bool {
        self.statement.has_effect(Effect::Allow)
            && self.is_identity_policy()
            && self.limit(Of::Calls) < Limit::Strong
    }

    /// The entry of `Resource` that is every resource: `*`, or an ARN that comes to the same.
    pub(super) fn everything(&self) -> Option<&ResourcePattern> {
        let entries = self.statement.resource.iter();
        let mut entries = entries.flat_map(|element| &element.entries);
        entries.find(|entry| match &entry.form {
            ResourceForm::Star => true,
            ResourceForm::Arn(arn) => resource_effectively_star::is_everything(arn),
            ResourceForm::Opaque => false,
        })
    }

    /// Whether it allows every action on every resource: that says it all.
    pub(super) fn allows_everything(&self) -> bool {
        self.everything().is_some()
            && self
                .listed_actions()
                .iter()
                .any(ActionPattern::covers_everything)
    }

    /// The entries of `Action` that allow some of the wanted actions on resources of any name, with
    /// nothing that limits it, and those actions. Entries for a whole service are left out.
    fn unlimited(&self, wanted: impl Fn(&ActionPattern, Action) -> bool) -> Vec<Granted<'_>> {
        if !self.is_unlimited_allow() || self.allows_everything() {
            return Vec::new();
        }
        let mut found = Vec::new();
        for entry in self.listed_actions() {
            if entry.covers_whole_service() {
                continue;
            }
            let Some(actions) = self.expand(entry) else {
                continue;
            };
            let actions: Vec<_> = actions
                .iter()
                .copied()
                .filter(|action| {
                    wanted(entry, *action)
                        && !self.document.escalates_alone(*action)
                        && reaches_any_name(self.statement, *action)
                        && self.document.is_unlimited(*action)
                })
                .collect();
            if !actions.is_empty() {
                found.push(Granted { entry, actions });
            }
        }
        found
    }

    /// What makes the statement reach resources of any name: an entry of `Resource`, or the key
    /// `NotResource`.
    pub(super) fn reach(&self, action: Action) -> Option<(Span, String)> {
        if let Some(element) = &self.statement.not_resource {
            return Some((element.key_span, "all resources but these".to_owned()));
        }
        let entries = self.statement.resource.iter();
        let entry = entries
            .flat_map(|element| &element.entries)
            .find(|entry| is_of_any_name(entry, action))?;
        let text = if entry.text.as_str() == "*" {
            "on every resource".to_owned()
        } else {
            "on resources of any name".to_owned()
        };
        Some((entry.text.span(), text))
    }

    /// Reports each entry that allows actions of a class without a limit.
    pub(super) fn report_class(
        &self,
        class: Class,
        out: &mut Findings<'_>,
        what: &str,
        help: &str,
    ) {
        // Wildcards that look like reading are `action-wildcard-hides-sensitive`'s.
        let hides = class == Class::Credentials;
        self.report_entries(
            |entry, action| {
                Class::of(action) == Some(class) && !(hides && looks_like_reading(entry))
            },
            out,
            what,
            help,
        );
    }

    /// Reports each entry that allows some of the wanted actions without a limit: `what` says what these
    /// do, after their names.
    pub(super) fn report_unlimited(
        &self,
        wanted: impl Fn(Action) -> bool,
        out: &mut Findings<'_>,
        what: &str,
        help: &str,
    ) {
        self.report_entries(|_, action| wanted(action), out, what, help);
    }

    fn report_entries(
        &self,
        wanted: impl Fn(&ActionPattern, Action) -> bool,
        out: &mut Findings<'_>,
        what: &str,
        help: &str,
    ) {
        for granted in self.unlimited(wanted) {
            let names = wording::list(&granted.actions);
            let message = if granted.entry.has_wildcard() {
                format!("`{}` allows {names}, {what}", granted.entry.as_str())
            } else {
                format!("{names} {}", what.trim_start_matches("which "))
            };
            let draft = out.report(granted.entry.text().span(), message).help(help);
            let first = granted.actions.first();
            if let Some((span, text)) = first.and_then(|action| self.reach(*action)) {
                draft.label(span, text);
            }
        }
    }
}
