//! What each metric counts.

use super::{
    super::{
        super::SignIn,
        sample::{FEDERATED, ROOT, Sample, USER},
    },
    *,
};
use crate::catalog::Catalog;

fn counted(sample: Sample) -> Vec<&'static str> {
    let record = sample.record();
    let counting = Metric::ALL.into_iter().filter(|each| each.counts(&record));
    counting.map(Metric::name).collect()
}

#[test]
fn names_are_unique_and_found_again() {
    for metric in Metric::ALL {
        assert_eq!(Metric::named(metric.name()), Some(metric));
    }
}

#[test]
fn a_denial_is_an_error_and_what_was_throttled_is_not() {
    let call = Sample::read("s3", "GetObject");
    assert_eq!(counted(call.clone()), ["calls"]);
    let ended = |kind| counted(call.clone().outcome(kind));
    assert_eq!(ended(OutcomeKind::Denied), ["calls", "denied", "errors"]);
    assert_eq!(ended(OutcomeKind::Failed), ["calls", "errors"]);
    assert_eq!(ended(OutcomeKind::Throttled), ["calls", "throttled"]);
    assert_eq!(ended(OutcomeKind::DryRun), ["calls"]);
}

#[test]
fn what_policies_deny_counts_whatever_was_recorded_and_what_is_open_does_not() {
    let call = Sample::read("s3", "GetObject");
    for verdict in [Verdict::ExplicitDeny, Verdict::ImplicitDeny] {
        let names = counted(call.clone().verdict(verdict));
        assert_eq!(names, ["calls", "would-be-denied"]);
    }
    for verdict in [Verdict::Allowed, Verdict::Depends] {
        assert_eq!(counted(call.clone().verdict(verdict)), ["calls"]);
    }
}

#[test]
fn a_sign_in_is_without_mfa_only_where_the_record_can_know() {
    let sign_in = |caller: &str, mfa, succeeded| {
        counted(Sample::sign_in(SignIn { mfa, succeeded }).by(caller))
    };
    let without = ["sign-ins", "sign-ins-without-mfa"];
    assert_eq!(sign_in(USER, Some(false), Some(true)), without);
    let of_root = ["sign-ins", "sign-ins-without-mfa", "root-use"];
    assert_eq!(sign_in(ROOT, Some(false), Some(true)), of_root);
    assert_eq!(sign_in(USER, None, Some(true)), ["sign-ins"]);
    assert_eq!(sign_in(USER, Some(true), Some(true)), ["sign-ins"]);
    assert_eq!(sign_in(FEDERATED, Some(false), Some(true)), ["sign-ins"]);
    let failed = ["sign-ins", "failed-sign-ins"];
    assert_eq!(sign_in(USER, Some(false), Some(false)), failed);
}

#[test]
fn root_is_used_by_people_not_by_services() {
    let call = Sample::read("s3", "ListBuckets").by(ROOT);
    assert_eq!(counted(call.clone()), ["calls", "root-use"]);
    let on_behalf = call.clone().invoked_by("cloudformation.amazonaws.com");
    assert_eq!(counted(on_behalf), ["calls"]);
    assert!(counted(call.class(Class::ServiceEvent)).is_empty());
}

#[test]
fn permissions_change_by_the_action_and_not_by_what_it_needs_besides() {
    let attach = Sample::write("iam", "AttachRolePolicy");
    assert_eq!(counted(attach), ["calls", "writes", "policy-changes"]);
    let bucket = Sample::write("s3", "PutBucketPolicy");
    let both = ["calls", "writes", "policy-changes", "bucket-policy-changes"];
    assert_eq!(counted(bucket), both);
    let further = Sample::write("ec2", "RunInstances").further("iam:AttachRolePolicy");
    assert_eq!(counted(further), ["calls", "writes"]);
}

#[test]
fn events_are_told_by_source_and_name() {
    let stop = Sample::write("cloudtrail", "StopLogging");
    let changes = ["calls", "writes", "policy-changes", "trail-changes"];
    assert_eq!(counted(stop), changes);
    let other = Sample::write("kinesisanalytics", "StopLogging");
    assert_eq!(counted(other), ["calls", "writes"]);
    let route = Sample::write("ec2", "ReplaceRoute");
    assert_eq!(counted(route), ["calls", "writes", "network-changes"]);
}

#[test]
fn every_listed_event_is_one_that_the_catalog_knows() {
    let catalog = Catalog::embedded();
    for (metric, source, names) in EVENTS {
        let prefix = catalog.prefix_of_event_source(source);
        for name in names {
            let own = catalog.action(&format!("{prefix}:{name}")).is_some();
            let other = catalog.actions_of_event(prefix, name).is_some();
            assert!(own || other, "{}: {source} {name}", metric.name());
        }
    }
}

#[test]
fn the_documentation_lists_the_metrics_as_they_are() {
    let page = include_str!("../../../../docs/watching.md");
    let rows = Metric::ALL.map(|each| format!("| `{}` | {} |\n", each.name(), each.title()));
    let table = format!("| metric | counts |\n|---|---|\n{}\n", rows.concat());
    assert!(
        page.contains(&table),
        "docs/watching.md should have\n{table}"
    );
}
