//! Resources that the user names by patterns.

use super::RequirementError;
use crate::{
    catalog::{Action, ArnShape, Catalog, Service},
    lint::{StatementCx, grants::ANY_NAME},
    policy::{
        ArnError, ArnPattern, Case, Pattern, PolicyType, Reading, ResourceForm, ResourcePattern,
        Substitute, Version, Wildcard,
    },
    source::Span,
};

/// The longest entry that is compared; no ARN is longer.
const MOST_BYTES: usize = 2_048;

/// Resources that the user names: a pattern of ARNs, or `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceSelector {
    text: String,
    /// `None` for `*`.
    arn: Option<ArnPattern>,
}

impl ResourceSelector {
    /// Reads a pattern. It has no variables: `${` is that text.
    pub fn parse(text: &str) -> Result<Self, RequirementError> {
        let text = text.to_owned();
        if text == "*" {
            return Ok(Self { text, arn: None });
        }
        let arn = match ArnPattern::parse(&text, Version::V2008) {
            Ok(Some(arn)) => arn,
            Ok(None) => {
                let reason = ArnError::Prefix;
                return Err(RequirementError::ArnForm { text, reason });
            }
            Err(reason) => return Err(RequirementError::ArnForm { text, reason }),
        };
        let [_, service, ..] = arn.fields();
        if let Some(service) = service.as_literal().filter(|own| !has_arns(own)) {
            let near = Catalog::embedded().nearest_service(service);
            return Err(RequirementError::UnknownNamespace {
                service: service.to_owned(),
                near: near.map(Service::prefix),
            });
        }
        Ok(Self {
            text,
            arn: Some(arn),
        })
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether an action works on some of them, as far as the catalog tells.
    pub(super) fn serves(&self, action: Action) -> bool {
        let Some(arn) = &self.arn else { return true };
        let shape = ArnShape::of(arn);
        let mut resources = action.resources();
        resources.any(|resource| resource.resource_type().has_arn_in(&shape))
    }

    /// Whether an entry of a policy reaches some of them. A variable in it is taken for a name that
    /// none of them has, so that it is the text beside it that counts.
    pub(in crate::lint) fn meets(&self, entry: &ResourcePattern) -> bool {
        match (&entry.form, &self.arn) {
            (ResourceForm::Opaque, _) => false,
            (ResourceForm::Star, _) | (ResourceForm::Arn(_), None) => true,
            (ResourceForm::Arn(theirs), Some(own)) => {
                let mut pairs = own.fields().iter().zip(theirs.fields());
                pairs.all(|(own, theirs)| open(own).intersects(&with_names(theirs)))
            }
        }
    }

    /// Whether an entry of a policy stands for all of them.
    pub(in crate::lint) fn is_covered_by(&self, entry: &ResourcePattern) -> bool {
        match (&entry.form, &self.arn) {
            (ResourceForm::Star, _) => true,
            (ResourceForm::Opaque, _) | (ResourceForm::Arn(_), None) => false,
            (ResourceForm::Arn(theirs), Some(own)) => {
                let mut pairs = own.fields().iter().zip(theirs.fields());
                pairs.all(|(own, theirs)| with_names(theirs).covers(&open(own)))
            }
        }
    }
}

fn open(pattern: &Pattern) -> Wildcard {
    Wildcard::with_variables_open(pattern, Case::Sensitive)
}

fn with_names(pattern: &Pattern) -> Wildcard {
    let name = |_: &_| Substitute::Text(ANY_NAME.to_owned());
    let named = Wildcard::of_pattern(pattern, Case::Sensitive, Reading::Wildcards, name);
    named.unwrap_or_else(|| open(pattern))
}

/// Whether some service has ARNs with this text for their service.
fn has_arns(service: &str) -> bool {
    let catalog = Catalog::embedded();
    catalog.service(service).is_some()
        || catalog
            .services()
            .flat_map(Service::resource_types)
            .any(|kind| kind.namespaces().any(|own| own == service))
}

impl StatementCx<'_> {
    /// Where the statement reaches some of the resources: entries of `Resource`, or the key
    /// `NotResource`. Where there is no effort left to tell, nowhere.
    pub(in crate::lint) fn reaching(&self, listed: &ResourceSelector) -> Vec<Span> {
        if let Some(element) = &self.statement.not_resource {
            let left_out = element.unread > 0
                || element
                    .entries
                    .iter()
                    .any(|entry| !self.can_compare(entry, listed) || listed.is_covered_by(entry));
            let key = self.document.key_text(element.key_span);
            return (!left_out).then_some(key).into_iter().collect();
        }
        // In the policy of a resource, `*` is that resource.
        let of_resource = self.document.policy_type() == PolicyType::Resource;
        let entries = self.statement.resource.iter();
        let reaching = entries
            .flat_map(|element| &element.entries)
            .filter(|entry| {
                let itself =
                    of_resource && entry.form == ResourceForm::Star && listed.arn.is_some();
                !itself && self.can_compare(entry, listed) && listed.meets(entry)
            });
        reaching.map(|entry| entry.text.span()).collect()
    }

    /// Whether an entry is short enough to be compared, and there is effort left to do it.
    fn can_compare(&self, entry: &ResourcePattern, listed: &ResourceSelector) -> bool {
        let length = entry.text.as_str().len();
        // Two patterns are compared character by character, each with each.
        length <= MOST_BYTES && self.can_afford((1 + length) * (1 + listed.text.len() / 64))
    }
}
