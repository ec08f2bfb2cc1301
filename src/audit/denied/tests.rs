use super::{
    super::testing::{ANA, call, document, for_everybody, for_principals, refused, totals, with},
    *,
};
use crate::account::{Held, HeldPolicies};
use serde_json::{Value, json};

fn of(events: &[Value], holdings: &Holdings) -> (Vec<DeniedGroup>, Vec<UndecidedGroup>) {
    denied(&totals(events, holdings), holdings)
}

fn stop(instance: &str) -> Value {
    let items = json!({"instancesSet": {"items": [{"instanceId": instance}]}});
    call("ec2", "StopInstances", items)
}

fn at(event: Value, time: &str) -> Value {
    with(event, json!({ "eventTime": time }))
}

fn instance(id: &str) -> String {
    format!("arn:aws:ec2:eu-west-1:123456789012:instance/{id}")
}

const STOP_ONE: &str = r#"{"Sid":"Stop","Effect":"Allow","Action":"ec2:StopInstances",
"Resource":["arn:aws:ec2:eu-west-1:123456789012:instance/i-1"]}"#;

#[test]
fn calls_are_grouped_by_what_is_denied() {
    let events = [
        at(stop("i-2"), "2026-11-24T11:00:00Z"),
        at(refused(stop("i-2"), "no"), "2026-11-24T12:00:00Z"),
        at(stop("i-2"), "2026-11-24T10:30:00Z"),
        stop("i-3"),
        stop("i-1"),
    ];
    let (groups, undecided) = of(&events, &for_everybody(&[STOP_ONE]));
    assert!(undecided.is_empty());
    let [two, three] = <[_; 2]>::try_from(groups).unwrap();
    assert_eq!(
        (two.principal.as_str(), two.action.as_str(), &two.resource),
        (ANA, "ec2:StopInstances", &instance("i-2"))
    );
    assert_eq!((two.count, two.succeeded, two.denied), (3, 2, 1));
    let window = two.window.unwrap();
    assert_eq!(window.first.text(), "2026-11-24T10:30:00Z");
    assert_eq!(window.last.text(), "2026-11-24T12:00:00Z");
    assert_eq!(two.example.event_id, "e2");
    assert_eq!(two.call, "ec2.amazonaws.com:StopInstances");
    assert_eq!(two.verdict, Verdict::ImplicitDeny);
    assert_eq!(two.limited_by, Some(Layer::Identity));
    assert_eq!(two.agreement, Agreement::RecordedAllowed);
    assert_eq!((three.count, &three.resource), (1, &instance("i-3")));
}

#[test]
fn the_smallest_change_is_told_in_words_and_as_a_diff() {
    let (groups, _) = of(&[stop("i-2")], &for_everybody(&[STOP_ONE]));
    let remedy = groups[0].remedy.as_ref().unwrap();
    assert_eq!(
        remedy.text,
        format!(
            "add `{}` to the resources of statement `Stop`",
            instance("i-2")
        )
    );
    assert_eq!(remedy.policy, "policy-0");
    let added = format!("\"{}\"", instance("i-2"));
    let mut changed = remedy.diff.lines().filter(|line| line.starts_with('+'));
    assert!(
        changed.next_back().unwrap().contains(&added),
        "{}",
        remedy.diff
    );
    assert!(
        remedy
            .diff
            .starts_with("--- a/policy-0\n+++ b/policy-0\n@@")
    );
    let start = call(
        "ec2",
        "StartInstances",
        json!({"instancesSet": {"items": [{"instanceId": "i-1"}]}}),
    );
    let (groups, _) = of(&[start], &for_everybody(&[STOP_ONE]));
    assert_eq!(
        groups[0].remedy.as_ref().unwrap().text,
        "add `ec2:StartInstances` to the actions of statement `Stop`"
    );
    let (groups, _) = of(
        &[call("ec2", "DescribeVpcs", json!({}))],
        &for_everybody(&[STOP_ONE]),
    );
    assert_eq!(
        groups[0].remedy.as_ref().unwrap().text,
        "add a statement that allows `ec2:DescribeVpcs` on `*`"
    );
}

#[test]
fn a_denial_names_the_statements_that_deny() {
    let deny = r#"{"Effect":"Allow","Action":"*","Resource":"*"},
{"Sid":"No","Effect":"Deny","Action":"ec2:Stop*","Resource":"*"}"#;
    let (groups, _) = of(&[stop("i-1")], &for_everybody(&[deny]));
    let group = &groups[0];
    assert_eq!(group.verdict, Verdict::ExplicitDeny);
    let places: Vec<_> = group
        .denied_by
        .iter()
        .map(|place| {
            (
                place.document,
                place.index,
                place.sid.as_deref(),
                place.line,
            )
        })
        .collect();
    assert_eq!(places, [(0, 1, Some("No"), 3)]);
    assert_eq!((&group.remedy, group.remedy_sought), (&None, false));
}

#[test]
fn only_the_requests_that_are_denied_are_told() {
    let create = call(
        "lambda",
        "CreateFunction20150331",
        json!({"functionName": "f", "role": "arn:aws:iam::123456789012:role/run", "runtime": "x"}),
    );
    let statement = r#"{"Effect":"Allow","Action":"lambda:*","Resource":"*"}"#;
    let (groups, _) = of(&[create], &for_everybody(&[statement]));
    let told: Vec<_> = groups
        .iter()
        .map(|group| (group.action.as_str(), group.resource.as_str()))
        .collect();
    assert_eq!(
        told,
        [("iam:PassRole", "arn:aws:iam::123456789012:role/run")]
    );
}

#[test]
fn policies_of_aws_are_not_to_be_changed() {
    let mut holdings = Holdings::new();
    let own = document("own", Layer::Identity, STOP_ONE);
    let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned();
    let aws = document("aws", Layer::Identity, STOP_ONE).with_arn(Some(arn));
    let policies = vec![holdings.add(aws)];
    let held = |policies| HeldPolicies {
        policies,
        boundary: None,
    };
    holdings.hold(ANA, Held::Whole(held(policies))).unwrap();
    let (groups, _) = of(&[stop("i-2")], &holdings);
    assert_eq!((&groups[0].remedy, groups[0].remedy_sought), (&None, true));
    let mut holdings = Holdings::new();
    let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned();
    let aws = document("aws", Layer::Identity, STOP_ONE).with_arn(Some(arn));
    let policies = vec![holdings.add(aws), holdings.add(own)];
    holdings.hold(ANA, Held::Whole(held(policies))).unwrap();
    let (groups, _) = of(&[stop("i-2")], &holdings);
    assert_eq!(groups[0].remedy.as_ref().unwrap().policy, "own");
}

#[test]
fn another_layer_that_limits_is_told_and_no_change_of_identity_policies_is() {
    let mut holdings =
        for_principals(&[(ANA, r#"{"Effect":"Allow","Action":"ec2:*","Resource":"*"}"#)]);
    let scp = document(
        "scp",
        Layer::Scp,
        r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#,
    );
    let scp = holdings.add(scp);
    holdings.supply_scps(vec![vec![scp]]);
    let (groups, _) = of(&[stop("i-2")], &holdings);
    assert_eq!(groups[0].limited_by, Some(Layer::Scp));
    assert_eq!((&groups[0].remedy, groups[0].remedy_sought), (&None, false));
}

#[test]
fn what_hangs_on_unknown_facts_is_undecided() {
    let open = r#"{"Effect":"Allow","Action":"ec2:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}}"#;
    let events = [stop("i-2"), refused(stop("i-2"), "no"), stop("i-2")];
    let (groups, undecided) = of(&events, &for_everybody(&[open]));
    assert!(groups.is_empty());
    let group = &undecided[0];
    assert_eq!((group.count, group.succeeded, group.denied), (3, 2, 1));
    assert_eq!(group.unknown, ["aws:PrincipalOrgID"]);
    assert_eq!(group.possible, [Verdict::Allowed, Verdict::ImplicitDeny]);
}

#[test]
fn what_is_denied_either_way_is_denied() {
    let open = r#"{"Effect":"Deny","Action":"ec2:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}}"#;
    let (groups, undecided) = of(&[stop("i-2")], &for_everybody(&[open]));
    assert!(undecided.is_empty());
    assert_eq!((groups[0].verdict, groups[0].count), (Verdict::Depends, 1));
}
