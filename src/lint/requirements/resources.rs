//! Resources that the user names by patterns.

use super::RequirementError;
use crate::{
    catalog::{Action, ArnShape, Catalog},
    lint::grants::ANY_NAME,
    policy::{
        ArnError, ArnPattern, Case, Pattern, Reading, ResourceForm, ResourcePattern, Substitute, Version,
        Wildcard,
    },
};

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
                near: near.map(|service| service.prefix()),
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
            .flat_map(|own| own.resource_types())
            .any(|kind| kind.namespaces().any(|own| own == service))
}
