//! The smallest change that would allow a request, in words and as a diff.

use super::{super::place::resource_name, RemedyText};
use crate::{
    account::{Document, Holdings},
    eval::{Change, Layer, PolicyText, Remedy, Request, remedy},
    policy::{Arn, Statement},
    source::unified_diff,
};

/// The smallest change to the caller's own policies that would allow a request, where nothing but these
/// keeps it from being allowed.
pub(super) fn remedy_text(holdings: &Holdings, request: &Request) -> Option<RemedyText> {
    let bound = holdings.bound(request);
    let attached = bound.setting.policies().iter().zip(&*bound.documents);
    let documents: Vec<_> = attached
        .filter(|(attached, _)| attached.layer == Layer::Identity)
        .filter_map(|(_, id)| holdings.document(*id))
        .filter(|document| !is_of_aws(document))
        .collect();
    let texts: Vec<_> = documents
        .iter()
        .map(|document| PolicyText {
            source: &document.source,
            policy: &document.policy,
        })
        .collect();
    let found = remedy(&texts, &[(&*bound.setting, request)])?;
    let document = documents.get(found.policy)?;
    let changed = found.applied(&document.source)?;
    Some(RemedyText {
        policy: document.name.clone(),
        text: in_words(&found, document, request),
        diff: unified_diff(document.source.name(), document.source.text(), &changed),
    })
}

/// Whether AWS made the policy, so that nobody else can change it.
fn is_of_aws(document: &Document) -> bool {
    let arn = document.arn.as_deref();
    arn.is_some_and(|arn| Arn::parse(arn).is_ok_and(|arn| arn.account == "aws"))
}

fn in_words(remedy: &Remedy, document: &Document, request: &Request) -> String {
    let action = request.action.as_str();
    let resource = resource_name(&request.resource);
    let index = remedy.statement;
    let statement = index.and_then(|index| document.policy.statements.get(index));
    let title = statement.map(Statement::title).unwrap_or_default();
    let mut text = match remedy.change {
        Change::Resource => format!("add `{resource}` to the resources of {title}"),
        Change::Action => format!("add `{action}` to the actions of {title}"),
        Change::Statement => format!("add a statement that allows `{action}` on `{resource}`"),
    };
    if remedy.passes_by_condition {
        text += ", or meet the condition of the statement that allows it only then";
    }
    if !remedy.partly_known.is_empty() {
        text += ", and narrow it: the record does not tell what `*` and `?` stand for";
    }
    text
}
