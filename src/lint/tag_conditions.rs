//! Conditions on tags, on actions of services that have none.

use super::{
    TestCx,
    condition_key::{holds_without_key, is_about_tags, prefix},
};
use crate::{
    catalog::{AccessLevel, Service},
    source::Span,
};

/// The services of a statement that know no tags, so that a test of a tag never holds for them.
#[derive(Debug)]
pub(super) struct Untagged {
    /// Those that are written out, or else all that the statement covers; at least one.
    pub(super) services: Vec<Service>,
    /// The entries that name them, or the element that covers them.
    pub(super) spans: Vec<Span>,
    /// Whether the statement covers them without naming them.
    pub(super) wide: bool,
}

/// Services that work on resources of another service, which may have tags.
const OF_OTHERS: [&str; 11] = [
    "cloudfront-keyvaluestore",
    "cognito-sync",
    "execute-api",
    "iotjobsdata",
    "neptune-db",
    "opensearch",
    "rds-db",
    "route53-recovery-cluster",
    "s3-object-lambda",
    "ssmmessages",
    "tag",
];

/// How many comparisons a look at the keys of all services is worth.
const ALL_KEYS: usize = 5_000;

impl Untagged {
    /// What a test of `aws:ResourceTag/..`, `aws:RequestTag/..` or `aws:TagKeys` that fails without
    /// its key never lets the statement reach.
    pub(super) fn of(cx: &TestCx<'_>) -> Option<Self> {
        if !tests_tags(cx) {
            return None;
        }
        let (statement, catalog) = (cx.statement, cx.statement.catalog);
        let mut named = Self::none(false);
        for entry in statement.listed_actions() {
            let Some(service) = catalog.service(entry.service()) else {
                continue;
            };
            if !has_tags(service) {
                named.spans.push(entry.text().span());
                named.services.push(service);
            }
        }
        named.services.dedup();
        if !named.services.is_empty() {
            return Some(named);
        }
        let mut all = Self::none(true);
        let mut entries = statement.listed_actions().iter();
        if let Some(entry) = entries.find(|entry| entry.covers_everything()) {
            all.spans.push(entry.text().span());
        }
        let not_action = statement.statement.not_action.as_ref();
        if let Some(element) = not_action.filter(|element| element.is_whole()) {
            all.spans.push(element.key_span);
        }
        if all.spans.is_empty() || !statement.can_afford(ALL_KEYS) {
            return None;
        }
        let is_left_out = |service: Service| {
            let mut entries = not_action.iter().flat_map(|element| &element.entries);
            entries.any(|entry| {
                entry.covers_everything()
                    || entry.covers_whole_service()
                        && entry.service().eq_ignore_ascii_case(service.prefix())
            })
        };
        let services = catalog.services();
        let without = services.filter(|service| !has_tags(*service) && !is_left_out(*service));
        all.services = without.collect();
        (!all.services.is_empty()).then_some(all)
    }

    fn none(wide: bool) -> Self {
        Self {
            services: Vec::new(),
            spans: Vec::new(),
            wide,
        }
    }
}

/// Whether the test is of a tag by a global key, and fails where there is none.
fn tests_tags(cx: &TestCx<'_>) -> bool {
    let key = cx.test.key.as_str();
    prefix(key).eq_ignore_ascii_case("aws")
        && is_about_tags(key)
        && cx.key.is_known()
        && holds_without_key(cx.test) == Some(false)
}

/// Whether the reference has a key about tags for a service, of whatever form.
fn has_tags(service: Service) -> bool {
    OF_OTHERS.contains(&service.prefix())
        || service
            .condition_keys()
            .any(|key| key.key().to_ascii_lowercase().contains("tag"))
}

/// How many entries are worth a look at each of their actions.
const MOST_ENTRIES: usize = 50;

/// Whether the test is of a tag of the resource, and all actions of the statement only look things up
/// without working on any resource: `ec2:DescribeInstances`.
pub(super) fn has_no_resource(cx: &TestCx<'_>) -> bool {
    let resource_tag = "aws:ResourceTag/";
    let key = cx.test.key.as_str();
    let is_of_resource = key
        .get(..resource_tag.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(resource_tag));
    let Some(element) = &cx.statement.statement.action else {
        return false;
    };
    let Some(key) = cx.key.service else {
        return false;
    };
    if !is_of_resource || !tests_tags(cx) || !element.is_whole() {
        return false;
    }
    let entries = &element.entries;
    let without = |action: &crate::catalog::Action| {
        let looks_up = matches!(action.access_level(), AccessLevel::List | AccessLevel::Read);
        looks_up && !action.has_resource_types() && !action.takes_condition_key(key)
    };
    !entries.is_empty()
        && entries.len() <= MOST_ENTRIES
        && entries.iter().all(|entry| {
            let actions = cx.statement.expand(entry);
            actions.is_some_and(|actions| !actions.is_empty() && actions.iter().all(without))
        })
}
