//! What `aws iam get-account-authorization-details` says: every user, group and role of an account with
//! its policies.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>

mod tree;

use super::{Document, DocumentId, Held, HeldPolicies, Holdings};
use crate::{
    eval::{Layer, Principal},
    policy::{AccountId, Arn},
    source::{Source, Span, load::MAX_EXPORT_BYTES},
    syntax::{FaultKind, Kind, Value, parse_up_to},
};
use std::collections::{BTreeMap, BTreeSet};
use tree::{document_text, list, start_of, text, whole};

/// What keeps an export from being used at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportFault {
    /// Where it is wrong.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// The way out.
    pub help: &'static str,
}

/// What an export does not tell of a principal, so that no verdict can be built on its policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Where that shows.
    pub span: Span,
    /// The ARN of the user, group, role or policy.
    pub arn: String,
    /// What is missing, as `inline policy `Deploy` cannot be read: ...`.
    pub why: String,
}

/// How to make an export that is whole.
const EXPORT: &str = "`aws iam get-account-authorization-details --output json > account.json` writes \
                      one that is whole";

/// The most faults that are told; what follows is rarely news.
const MOST_FAULTS: usize = 20;

/// Reads an export, and gives each user and role in it what it holds. What is not whole of a principal
/// is a gap, and the principal then counts as one of whom little is known.
///
/// # Errors
///
/// Where the text is no whole export: it is no JSON, has another shape, is cut off, or names somebody
/// whose policies are given already.
pub fn read_export(source: &Source, holdings: &mut Holdings) -> Result<Vec<Gap>, Vec<ExportFault>> {
    let document = parse_up_to(source, MAX_EXPORT_BYTES);
    // Shells of Windows write a byte-order mark.
    let mut faults = document.faults.iter();
    if let Some(fault) = faults.find(|fault| fault.kind != FaultKind::ByteOrderMark) {
        return Err(vec![ExportFault {
            span: fault.span,
            message: format!("the export is not JSON: {}", fault.kind.message()),
            help: EXPORT,
        }]);
    }
    whole(&document.root).map_err(|fault| vec![fault])?;
    let mut export = Export {
        source,
        holdings,
        managed: BTreeMap::new(),
        read: BTreeMap::new(),
        groups: BTreeMap::new(),
        gaps: Vec::new(),
        faults: Vec::new(),
    };
    let root = &document.root;
    export.each(root, "Policies", Export::managed_policy);
    export.each(root, "GroupDetailList", Export::group);
    export.each(root, "UserDetailList", Export::user);
    export.each(root, "RoleDetailList", Export::role);
    export.keep_unattached();
    let Export { gaps, faults, .. } = export;
    if faults.is_empty() {
        Ok(gaps)
    } else {
        Err(faults)
    }
}

/// An export that is being read.
struct Export<'t, 's, 'h> {
    source: &'s Source,
    holdings: &'h mut Holdings,
    /// The default versions of managed policies, by ARN.
    managed: BTreeMap<&'t str, &'t Value<'s>>,
    /// Those that were read, by ARN and layer.
    read: BTreeMap<(&'t str, Layer), Result<DocumentId, Missing>>,
    /// The policies of groups, by name.
    groups: BTreeMap<&'t str, Result<Vec<DocumentId>, Missing>>,
    gaps: Vec<Gap>,
    faults: Vec<ExportFault>,
}

/// A policy that is not there, and why.
#[derive(Debug, Clone)]
struct Missing {
    span: Span,
    why: String,
}

type Step<T> = Result<T, ExportFault>;

impl<'t, 's> Export<'t, 's, '_> {
    /// Reads the entries of a list.
    fn each(
        &mut self,
        root: &'t Value<'s>,
        key: &str,
        mut read: impl FnMut(&mut Self, &'t Value<'s>) -> Step<()>,
    ) {
        let entries = match list(root, key) {
            Ok(entries) => entries,
            Err(fault) => return self.faults.push(fault),
        };
        for entry in entries {
            if self.faults.len() >= MOST_FAULTS {
                return;
            }
            if let Err(fault) = read(self, entry) {
                self.faults.push(fault);
            }
        }
    }

    fn managed_policy(&mut self, entry: &'t Value<'s>) -> Step<()> {
        let arn = text(entry, "Arn")?;
        self.note_arn(arn);
        let default = |version: &&Value<'s>| {
            let flag = version.get("IsDefaultVersion").map(|member| &member.value);
            flag.is_some_and(|flag| matches!(flag.kind, Kind::Bool(true)))
        };
        let mut versions = list(entry, "PolicyVersionList")?.iter().filter(default);
        let version = versions.next().and_then(|version| version.get("Document"));
        let Some(document) = version else {
            return Err(ExportFault {
                span: start_of(entry),
                message: format!("`{arn}` has no version that is the default one"),
                help: EXPORT,
            });
        };
        if self.managed.insert(arn, &document.value).is_some() {
            return Err(given_twice(entry, arn));
        }
        Ok(())
    }

    fn group(&mut self, entry: &'t Value<'s>) -> Step<()> {
        let (arn, name) = (text(entry, "Arn")?, text(entry, "GroupName")?);
        self.note_arn(arn);
        let (policies, missing) = self.own_policies(entry, arn, "GroupPolicyList")?;
        for missing in &missing {
            self.gap(arn, missing);
        }
        let held = missing.first().map_or(Ok(policies), |first| {
            Err(Missing {
                span: first.span,
                why: format!("the policies of group `{name}` are not known whole"),
            })
        });
        if self.groups.insert(name, held).is_some() {
            return Err(given_twice(entry, arn));
        }
        Ok(())
    }

    fn user(&mut self, entry: &'t Value<'s>) -> Step<()> {
        let arn = text(entry, "Arn")?;
        if !matches!(Principal::parse(arn), Ok(Principal::User { .. })) {
            return Err(not_an_arn(entry, arn, "user"));
        }
        let (mut policies, mut missing) = self.own_policies(entry, arn, "UserPolicyList")?;
        for member in list(entry, "GroupList")? {
            let name = tree::as_text(member, "GroupList")?;
            match self.groups.get(name) {
                Some(Ok(own)) => policies.extend(own),
                Some(Err(why)) => missing.push(Missing {
                    span: member.span,
                    why: why.why.clone(),
                }),
                None => missing.push(Missing {
                    span: member.span,
                    why: format!("group `{name}` is not in the export"),
                }),
            }
        }
        self.hold(entry, arn, policies, missing)
    }

    fn role(&mut self, entry: &'t Value<'s>) -> Step<()> {
        let arn = text(entry, "Arn")?;
        if !matches!(Principal::parse(arn), Ok(Principal::Role { .. })) {
            return Err(not_an_arn(entry, arn, "role"));
        }
        for profile in list(entry, "InstanceProfileList")? {
            self.note_arn(text(profile, "Arn")?);
        }
        let (policies, missing) = self.own_policies(entry, arn, "RolePolicyList")?;
        self.hold(entry, arn, policies, missing)?;
        let trust = match entry.get("AssumeRolePolicyDocument") {
            Some(document) => {
                let name = format!("{}: trust policy", resource_of(arn));
                self.document(&document.value, name, Layer::Resource, None)
            }
            None => Err(Missing {
                span: start_of(entry),
                why: "there is none".to_owned(),
            }),
        };
        if let Err(Missing { span, why }) = &trust {
            let why = format!("its trust policy cannot be used: {why}");
            self.gap(arn, &Missing { span: *span, why });
        }
        self.holdings.trust(arn, trust.ok());
        Ok(())
    }

    /// The inline policies of somebody and those that are attached, and what is missing of them.
    fn own_policies(
        &mut self,
        entry: &'t Value<'s>,
        arn: &str,
        inline: &str,
    ) -> Step<(Vec<DocumentId>, Vec<Missing>)> {
        let (mut policies, mut missing) = (Vec::new(), Vec::new());
        for own in list(entry, inline)? {
            let name = text(own, "PolicyName")?;
            let read = match own.get("PolicyDocument") {
                Some(document) => {
                    let shown = format!("{}: inline {name}", resource_of(arn));
                    self.document(&document.value, shown, Layer::Identity, None)
                }
                None => Err(Missing {
                    span: start_of(own),
                    why: "it has no `PolicyDocument`".to_owned(),
                }),
            };
            match read {
                Ok(id) => policies.push(id),
                Err(Missing { span, why }) => missing.push(Missing {
                    span,
                    why: format!("inline policy `{name}` cannot be used: {why}"),
                }),
            }
        }
        for attached in list(entry, "AttachedManagedPolicies")? {
            match self.managed_document(attached, "PolicyArn", Layer::Identity)? {
                Ok(id) => policies.push(id),
                Err(why) => missing.push(why),
            }
        }
        Ok((policies, missing))
    }

    /// Says what a user or role holds.
    fn hold(
        &mut self,
        entry: &'t Value<'s>,
        arn: &str,
        policies: Vec<DocumentId>,
        mut missing: Vec<Missing>,
    ) -> Step<()> {
        let mut boundary = Vec::new();
        if let Some(member) = entry
            .get("PermissionsBoundary")
            .filter(|member| member.value.as_object().is_some())
        {
            let layer = Layer::Boundary;
            match self.managed_document(&member.value, "PermissionsBoundaryArn", layer)? {
                Ok(id) => boundary.push(id),
                Err(why) => missing.push(why),
            }
        }
        for missing in &missing {
            self.gap(arn, missing);
        }
        let held = if missing.is_empty() {
            Held::Whole(HeldPolicies {
                policies,
                boundary: Some(boundary),
            })
        } else {
            Held::InPart
        };
        if let Some(account) = account_of(arn) {
            self.holdings.know_account(account);
        }
        let held = self.holdings.hold(arn, held);
        held.map_err(|_| given_twice(entry, arn))
    }

    /// The managed policy whose ARN a member has; which policy of a layer it is is found out once.
    fn managed_document(
        &mut self,
        entry: &'t Value<'s>,
        key: &str,
        layer: Layer,
    ) -> Step<Result<DocumentId, Missing>> {
        let arn = text(entry, key)?;
        if let Some(known) = self.read.get(&(arn, layer)) {
            return Ok(known.clone());
        }
        let read = match self.managed.get(arn).copied() {
            Some(document) => {
                let read = self.document(document, arn.to_owned(), layer, Some(arn));
                read.map_err(|Missing { span, why }| Missing {
                    span,
                    why: format!("managed policy `{arn}` cannot be used: {why}"),
                })
            }
            None => Err(Missing {
                span: start_of(entry),
                why: format!("managed policy `{arn}` is not in the export, which may be filtered"),
            }),
        };
        self.read.insert((arn, layer), read.clone());
        Ok(read)
    }

    /// Managed policies that nobody holds are shown as such.
    fn keep_unattached(&mut self) {
        let used: BTreeSet<_> = self.read.keys().map(|(arn, _)| *arn).collect();
        let managed = self.managed.iter();
        let rest = managed.filter(|(arn, _)| !used.contains(*arn));
        let rest: Vec<_> = rest.map(|(arn, document)| (*arn, *document)).collect();
        for (arn, document) in rest {
            let read = self.document(document, arn.to_owned(), Layer::Identity, Some(arn));
            if let Err(Missing { span, why }) = read {
                let why = format!("it cannot be used: {why}");
                self.gap(arn, &Missing { span, why });
            }
        }
    }

    fn document(
        &mut self,
        value: &Value<'s>,
        name: String,
        layer: Layer,
        arn: Option<&str>,
    ) -> Result<DocumentId, Missing> {
        let span = start_of(value);
        let missing = |why| Missing { span, why };
        let text = document_text(self.source, value).map_err(missing)?;
        // AWS's own managed policies are in the export of every account.
        let is_same = |id: &DocumentId| {
            let own = self.holdings.document(*id);
            own.is_some_and(|own| {
                own.arn.as_deref() == arn && own.layer == layer && own.source.text() == text
            })
        };
        let same = arn.and_then(|_| self.holdings.ids().find(is_same));
        if let Some(same) = same {
            return Ok(same);
        }
        let source = Source::new(format!("{}: {name}", self.source.name()), text.into_bytes());
        let read = Document::read(name, source, layer);
        let document = read.map_err(|why| missing(why.to_string()))?;
        Ok(self.holdings.add(document.with_arn(arn.map(str::to_owned))))
    }

    fn note_arn(&mut self, arn: &str) {
        self.holdings.know_arn(arn);
    }

    fn gap(&mut self, arn: &str, missing: &Missing) {
        self.gaps.push(Gap {
            span: missing.span,
            arn: arn.to_owned(),
            why: missing.why.clone(),
        });
    }
}

/// What an ARN names within its account, such as `role/ci/deploy`.
fn resource_of(arn: &str) -> &str {
    Arn::parse(arn).map_or(arn, |arn| arn.resource)
}

fn account_of(arn: &str) -> Option<AccountId> {
    AccountId::parse(Arn::parse(arn).ok()?.account)
}

fn given_twice(entry: &Value<'_>, arn: &str) -> ExportFault {
    ExportFault {
        span: start_of(entry),
        message: format!("the policies of `{arn}` are given twice"),
        help: "give one export of each account",
    }
}

fn not_an_arn(entry: &Value<'_>, arn: &str, kind: &str) -> ExportFault {
    ExportFault {
        span: start_of(entry),
        message: format!("`{arn}` is no ARN of a {kind}"),
        help: EXPORT,
    }
}

#[cfg(test)]
mod tests;
