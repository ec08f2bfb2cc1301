//! Holdings as text, for a part of an audit that another process goes on with.

use super::{Document, DocumentId, Held, HeldPolicies, Holdings};
use crate::{eval::Layer, lint::Unusable, policy::AccountId, source::Source};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Holdings, whole: the texts of all documents and who holds them. Numbers are places in `documents`.
///
/// The same holdings always make the same form, and the form makes holdings that judge alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct HoldingsForm {
    /// The documents, in their order.
    pub documents: Vec<DocumentForm>,
    /// What is given for every caller.
    pub everybody: Option<HeldForm>,
    /// What users and roles hold, by their ARNs; `null` where not all of it is known.
    pub principals: BTreeMap<String, Option<HeldForm>>,
    /// The trust policies of roles, by their ARNs; `null` for one that could not be read.
    pub trust: BTreeMap<String, Option<usize>>,
    /// The policies of resources.
    pub resources: Vec<ResourcePolicyForm>,
    /// Service control policies by level; `null` where nobody gave any.
    pub scps: Option<Vec<Vec<usize>>>,
    /// Resource control policies by level; `null` where nobody gave any.
    pub rcps: Option<Vec<Vec<usize>>>,
    /// The accounts that the policies of the organisation are for; empty for all.
    pub accounts: Vec<String>,
    /// The management account of the organisation.
    pub management_account: Option<String>,
    /// ARNs of further IAM resources that are known.
    pub arns: Vec<String>,
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct DocumentForm {
    /// What reports call it.
    pub name: String,
    /// What places in it are shown with: the name of its file.
    pub file: String,
    /// The text of the policy.
    pub text: String,
    /// Its layer.
    pub layer: Layer,
    /// Its ARN, where it is a managed policy.
    pub arn: Option<String>,
}

/// What somebody holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct HeldForm {
    /// The identity policies.
    pub policies: Vec<usize>,
    /// The boundary; an empty list where there surely is none, `null` where nobody said.
    pub boundary: Option<Vec<usize>>,
}

/// The policy of a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ResourcePolicyForm {
    /// The ARN of the resource, or a pattern of ARNs.
    pub pattern: String,
    /// The policy.
    pub document: usize,
}

/// A form that makes no holdings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// A document cannot be read any more.
    #[error("the policy `{name}` cannot be used")]
    Document {
        /// What reports call it.
        name: String,
        /// What is wrong with it.
        why: Unusable,
    },
    /// A number is no place of a document.
    #[error("there is no document {place}")]
    NoDocument {
        /// The number.
        place: usize,
    },
    /// A text is no account.
    #[error("`{text}` is no account")]
    Account {
        /// The text.
        text: String,
    },
}

impl Holdings {
    /// The holdings as text.
    pub fn to_form(&self) -> HoldingsForm {
        let documents = self.documents().iter().map(|document| DocumentForm {
            name: document.name.clone(),
            file: document.source.name().to_owned(),
            text: document.source.text().to_owned(),
            layer: document.layer,
            arn: document.arn.clone(),
        });
        let principals = self.principals.iter().map(|(arn, held)| {
            let held = match held {
                Held::Whole(held) => Some(HeldForm::from(held)),
                Held::InPart => None,
            };
            (arn.clone(), held)
        });
        let trust = self.trust.iter();
        let resources = self.resources.iter().map(|of| ResourcePolicyForm {
            pattern: of.pattern.clone(),
            document: of.document.0,
        });
        let levels = |levels: &Option<Vec<Vec<DocumentId>>>| {
            let levels = levels.as_ref()?;
            Some(levels.iter().map(|level| places(level)).collect())
        };
        HoldingsForm {
            documents: documents.collect(),
            everybody: self.everybody.as_ref().map(HeldForm::from),
            principals: principals.collect(),
            trust: trust
                .map(|(arn, id)| (arn.clone(), id.map(|id| id.0)))
                .collect(),
            resources: resources.collect(),
            scps: levels(&self.scps),
            rcps: levels(&self.rcps),
            accounts: self.accounts.iter().map(ToString::to_string).collect(),
            management_account: self.management_account.map(|account| account.to_string()),
            arns: self.arns.iter().cloned().collect(),
        }
    }

    /// The holdings of a form.
    ///
    /// # Errors
    ///
    /// Where a document cannot be read, or a number or account in it is none.
    pub fn from_form(form: HoldingsForm) -> Result<Self, FormError> {
        let mut holdings = Self::new();
        for document in form.documents {
            let source = Source::new(document.file, document.text.into_bytes());
            let read = Document::read(document.name.clone(), source, document.layer);
            let read = read.map_err(|why| FormError::Document {
                name: document.name,
                why,
            })?;
            holdings.add(read.with_arn(document.arn));
        }
        if let Some(everybody) = form.everybody {
            let held = holdings.held_of(everybody)?;
            holdings.give_everybody(held);
        }
        for (arn, held) in form.principals {
            let held = match held {
                Some(held) => Held::Whole(holdings.held_of(held)?),
                None => Held::InPart,
            };
            // Keys of a map are there once.
            drop(holdings.hold(&arn, held));
        }
        for (arn, document) in form.trust {
            let document = document.map(|place| holdings.id_at(place)).transpose()?;
            holdings.trust(&arn, document);
        }
        for of in form.resources {
            let document = holdings.id_at(of.document)?;
            holdings.bind(&of.pattern, document);
        }
        if let Some(levels) = form.scps {
            let levels = levels.into_iter().map(|level| holdings.ids_at(level));
            let levels = levels.collect::<Result<_, _>>()?;
            holdings.supply_scps(levels);
        }
        if let Some(levels) = form.rcps {
            let levels = levels.into_iter().map(|level| holdings.ids_at(level));
            let levels = levels.collect::<Result<_, _>>()?;
            holdings.supply_rcps(levels);
        }
        for text in form.accounts {
            holdings.know_account(account(text)?);
        }
        holdings.set_management_account(form.management_account.map(account).transpose()?);
        for arn in form.arns {
            holdings.know_arn(&arn);
        }
        Ok(holdings)
    }

    fn held_of(&self, form: HeldForm) -> Result<HeldPolicies, FormError> {
        Ok(HeldPolicies {
            policies: self.ids_at(form.policies)?,
            boundary: form.boundary.map(|own| self.ids_at(own)).transpose()?,
        })
    }

    fn ids_at(&self, places: Vec<usize>) -> Result<Vec<DocumentId>, FormError> {
        places.into_iter().map(|place| self.id_at(place)).collect()
    }

    fn id_at(&self, place: usize) -> Result<DocumentId, FormError> {
        let id = DocumentId(place);
        match self.document(id) {
            Some(_) => Ok(id),
            None => Err(FormError::NoDocument { place }),
        }
    }
}

impl From<&HeldPolicies> for HeldForm {
    fn from(held: &HeldPolicies) -> Self {
        Self {
            policies: places(&held.policies),
            boundary: held.boundary.as_deref().map(places),
        }
    }
}

fn places(ids: &[DocumentId]) -> Vec<usize> {
    ids.iter().map(|id| id.0).collect()
}

fn account(text: String) -> Result<AccountId, FormError> {
    AccountId::parse(&text).ok_or(FormError::Account { text })
}
