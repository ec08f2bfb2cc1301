use super::{
    super::testing::{
        ANA, call, document, for_everybody, for_principals, object, refused, totals, with,
    },
    *,
};
use crate::eval::Layer;
use proptest::prelude::*;
use serde_json::{Value, json};

fn of(events: &[Value], holdings: &Holdings) -> AgreementReport {
    agreement(&totals(events, holdings), holdings)
}

fn stop(instance: &str) -> Value {
    let items = json!({"instancesSet": {"items": [{"instanceId": instance}]}});
    call("ec2", "StopInstances", items)
}

fn at(event: Value, time: &str) -> Value {
    with(event, json!({ "eventTime": time }))
}

const STOP: &str = r#"{"Effect":"Allow","Action":"ec2:StopInstances","Resource":"*"}"#;
const REBOOT: &str = r#"{"Effect":"Allow","Action":"ec2:RebootInstances","Resource":"*"}"#;

/// The reason and the words for the only disagreement.
fn reason(events: &[Value], holdings: &Holdings) -> (Reason, String) {
    let report = of(events, holdings);
    let [only] = <[_; 1]>::try_from(report.disagreements).unwrap();
    (only.reason, only.text)
}

#[test]
fn every_pair_of_outcomes_is_counted() {
    let sign_in = with(
        call("signin", "ConsoleLogin", json!(null)),
        json!({"eventType": "AwsConsoleSignIn"}),
    );
    let events = [
        stop("i-1"),
        stop("i-1"),
        refused(stop("i-1"), "no"),
        call("ec2", "DescribeVpcs", json!({})),
        call("ec2", "NoSuchCall", json!({})),
        sign_in,
    ];
    let report = of(&events, &for_everybody(&[STOP]));
    let cells: Vec<_> = report
        .cells
        .iter()
        .map(|cell| (cell.recorded, cell.simulated, cell.count))
        .collect();
    assert_eq!(
        cells,
        [
            (OutcomeKind::Succeeded, None, 1),
            (OutcomeKind::Succeeded, Some(Verdict::Allowed), 2),
            (OutcomeKind::Succeeded, Some(Verdict::ImplicitDeny), 1),
            (OutcomeKind::Denied, Some(Verdict::Allowed), 1),
        ]
    );
    assert_eq!((report.comparable, report.agreeing), (4, 2));
    assert_eq!(report.disagreements.len(), 2);
}

#[test]
fn a_message_that_names_a_layer_tells_what_was_not_supplied() {
    let message = "User: arn:aws:iam::123456789012:user/ana is not authorized to perform: \
                   ec2:StopInstances on resource: arn:aws:ec2:eu-west-1:123456789012:instance/i-1 \
                   with an explicit deny in a service control policy";
    let event = refused(stop("i-1"), message);
    let (found, text) = reason(
        std::slice::from_ref(&event),
        &for_principals(&[(ANA, STOP)]),
    );
    assert_eq!(found, Reason::LayerNotSupplied);
    assert_eq!(
        text,
        "the message says that service control policies refused it, and none were supplied"
    );
    // Where they were supplied, they are not what is missing.
    let mut holdings = for_principals(&[(ANA, STOP)]);
    let all = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let scp = holdings.add(document("scp", Layer::Scp, all));
    holdings.supply_scps(vec![vec![scp]]);
    let (found, text) = reason(&[event], &holdings);
    assert_eq!(found, Reason::Unexplained);
    assert!(
        text.starts_with("the message names service control policies; not supplied were"),
        "{text}"
    );
}

#[test]
fn the_same_call_with_both_outcomes_one_after_the_other_tells_of_a_change() {
    let before = at(refused(stop("i-1"), "no"), "2026-11-24T09:00:00Z");
    let (found, text) = reason(
        &[before, stop("i-1"), at(stop("i-1"), "2026-11-24T11:00:00Z")],
        &for_principals(&[(ANA, STOP)]),
    );
    assert_eq!(found, Reason::ChangedMeanwhile);
    assert_eq!(
        text,
        "the same was refused until 2026-11-24T09:00:00Z and allowed from 2026-11-24T10:00:00Z on"
    );
    let between = at(refused(stop("i-1"), "no"), "2026-11-24T10:30:00Z");
    let (found, _) = reason(
        &[
            between,
            stop("i-1"),
            at(stop("i-1"), "2026-11-24T11:00:00Z"),
        ],
        &for_principals(&[(ANA, STOP)]),
    );
    assert_eq!(found, Reason::Unexplained);
    let after = at(refused(stop("i-1"), "no"), "2026-11-24T11:00:00Z");
    let (found, text) = reason(&[stop("i-1"), after], &for_principals(&[(ANA, REBOOT)]));
    assert_eq!(found, Reason::ChangedMeanwhile);
    assert!(text.starts_with("the same was allowed until"), "{text}");
}

#[test]
fn resources_that_can_have_policies_may_have_one_that_allows() {
    let read = object("GetObject", "a", "1");
    let (found, text) = reason(
        std::slice::from_ref(&read),
        &for_principals(&[(ANA, REBOOT)]),
    );
    assert_eq!(found, Reason::ResourcePolicyNotSupplied);
    assert_eq!(
        text,
        "resources of `s3` can have policies, and that of this one was not supplied"
    );
    let mut holdings = for_principals(&[(ANA, REBOOT)]);
    let bucket = r#"{"Effect":"Allow","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::a/*"}"#;
    let bucket = holdings.add(document("bucket", Layer::Resource, bucket));
    holdings.bind("arn:aws:s3:::a", bucket);
    assert_eq!(reason(&[read], &holdings).0, Reason::ServiceRule);
}

#[test]
fn policies_for_everybody_may_not_be_those_of_the_caller() {
    assert_eq!(
        reason(&[stop("i-1")], &for_everybody(&[REBOOT])),
        (
            Reason::OtherPolicies,
            "the policies were given for every caller, and this one may have others".to_owned()
        )
    );
    let deny = r#"{"Effect":"Deny","Action":"ec2:*","Resource":"*"}"#;
    let (found, text) = reason(&[stop("i-1")], &for_everybody(&[deny]));
    assert_eq!(found, Reason::OtherPolicies);
    assert!(text.ends_with("may not have that which denies"), "{text}");
}

#[test]
fn a_resource_that_is_known_in_part_is_an_unknown_fact() {
    let get = call("iam", "GetRole", json!({"roleName": "web"}));
    let holdings = for_principals(&[(ANA, REBOOT)]);
    assert_eq!(reason(&[get], &holdings).0, Reason::UnknownFact);
}

#[test]
fn nothing_is_claimed_where_nothing_speaks_for_it() {
    let holdings = for_principals(&[(ANA, REBOOT)]);
    assert_eq!(
        reason(&[stop("i-1"), stop("i-1")], &holdings),
        (
            Reason::Unexplained,
            "nothing in the records tells why it was allowed".to_owned()
        )
    );
    assert_eq!(
        of(&[stop("i-1"), stop("i-1")], &holdings).disagreements[0].count,
        2
    );
}

fn events() -> impl Strategy<Value = Vec<Value>> {
    let event =
        (0..4_u32, 0..3_u32, any::<bool>(), 0..3_u32).prop_map(|(kind, id, denied, hour)| {
            let event = match kind {
                0 => stop(&format!("i-{id}")),
                1 => object("GetObject", "a", &id.to_string()),
                2 => call("iam", "GetRole", json!({"roleName": format!("r{id}")})),
                _ => call("ec2", "NoSuchCall", json!({})),
            };
            let event = at(event, &format!("2026-11-24T1{hour}:00:00Z"));
            if denied { refused(event, "no") } else { event }
        });
    proptest::collection::vec(event, 1..20)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_numbers_of_a_report_add_up(events in events(), everybody in any::<bool>()) {
        let statements = r#"{"Effect":"Allow","Action":["ec2:Stop*","s3:GetObject"],
            "Resource":["arn:aws:ec2:*:*:instance/i-1","arn:aws:s3:::a/*"]}"#;
        let holdings = if everybody {
            for_everybody(&[statements])
        } else {
            for_principals(&[(ANA, statements)])
        };
        let totals = totals(&events, &holdings);
        let report = agreement(&totals, &holdings);
        let cells: u64 = report.cells.iter().map(|cell| cell.count).sum();
        prop_assert_eq!(cells, events.len() as u64);
        let differing: u64 = report.disagreements.iter().map(|group| group.count).sum();
        prop_assert_eq!(report.agreeing + differing, report.comparable);

        let (denied, undecided) = super::super::denied::denied(&totals, &holdings);
        let simulated = |verdicts: &[Verdict]| -> u64 {
            let cells = report.cells.iter();
            let own = cells.filter(|cell| cell.simulated.is_some_and(|own| verdicts.contains(&own)));
            own.map(|cell| cell.count).sum()
        };
        // Each of these calls makes one request.
        let in_groups: u64 = denied.iter().map(|group| group.count).sum();
        let open: u64 = undecided.iter().map(|group| group.count).sum();
        let judged = [Verdict::ExplicitDeny, Verdict::ImplicitDeny, Verdict::Depends];
        prop_assert_eq!(in_groups + open, simulated(&judged));
        for group in &denied {
            prop_assert!(group.succeeded + group.denied <= group.count);
        }
    }
}
