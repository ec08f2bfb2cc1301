//! The service whose resource a policy of a resource is attached to, where that is sure.

use super::DocumentCx;
use crate::{
    catalog::{Catalog, ResourceType, Service},
    policy::{ActionPattern, ArnPattern, PolicyType, ResourceForm},
};

/// Services whose resource policies have actions and ARNs of their own service alone.
const OWNERS: [&str; 9] = [
    "dynamodb",
    "ecr",
    "kinesis",
    "kms",
    "lambda",
    "s3",
    "secretsmanager",
    "sns",
    "sqs",
];

/// The service of the resource: all ARNs are of it and some action is, or all actions are and some ARN.
pub(super) fn of(cx: &DocumentCx<'_>) -> Option<Service> {
    if cx.policy_type() != PolicyType::Resource {
        return None;
    }
    OWNERS
        .iter()
        .filter_map(|prefix| cx.catalog.service(prefix))
        .find(|owner| owns(cx, *owner))
}

fn owns(cx: &DocumentCx<'_>, owner: Service) -> bool {
    let (mut actions, mut arns) = (Count::default(), Count::default());
    for statement in cx.statements() {
        for entry in statement.actions() {
            actions.add(entry.service().eq_ignore_ascii_case(owner.prefix()));
        }
        for entry in statement.resources() {
            match &entry.form {
                ResourceForm::Arn(arn) => arns.add(!is_foreign_arn(arn, owner)),
                ResourceForm::Star => {}
                ResourceForm::Opaque => return false,
            }
        }
    }
    arns.own > 0 && actions.own > 0 && (arns.foreign == 0 || actions.foreign == 0)
}

#[derive(Debug, Default)]
struct Count {
    own: usize,
    foreign: usize,
}

impl Count {
    fn add(&mut self, is_own: bool) {
        if is_own {
            self.own += 1;
        } else {
            self.foreign += 1;
        }
    }
}

/// Whether an action is of a known service that has no resources of the owner's.
pub(super) fn is_foreign_action(catalog: Catalog, entry: &ActionPattern, owner: Service) -> bool {
    let Some(service) = catalog.service(entry.service()) else {
        return false;
    };
    service != owner
        && !service
            .prefix()
            .starts_with(&format!("{}-", owner.prefix()))
        && !service
            .resource_types()
            .flat_map(ResourceType::namespaces)
            .any(|namespace| namespace == owner.prefix())
}

/// Whether an ARN is surely none of the owner's.
pub(super) fn is_foreign_arn(arn: &ArnPattern, owner: Service) -> bool {
    let [_, service, ..] = arn.fields();
    service.as_literal().is_some_and(|service| {
        service != owner.prefix()
            && !owner
                .resource_types()
                .flat_map(ResourceType::namespaces)
                .any(|namespace| namespace == service)
    })
}
