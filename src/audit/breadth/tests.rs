use super::{
    super::testing::{
        ANA, call, document, for_everybody, for_principals, object, refused, totals, with,
    },
    *,
};
use crate::account::Held;
use proptest::prelude::*;
use serde_json::{Value, json};

/// However short the trail is.
fn any_window() -> ObservationOptions {
    ObservationOptions {
        minimum_window: 0,
        left_out: Vec::new(),
    }
}

fn of(events: &[Value], holdings: &Holdings) -> Vec<PolicyBreadth> {
    breadth(&totals(events, holdings), holdings, &any_window())
}

/// The only policy.
fn only(events: &[Value], statements: &str) -> PolicyBreadth {
    let found = of(events, &for_everybody(&[statements]));
    let [policy] = <[_; 1]>::try_from(found).unwrap();
    policy
}

/// The entries of all statements, a line each: the pattern, its class, and the names used.
fn lines(policy: &PolicyBreadth) -> Vec<String> {
    let statements = policy.statements.iter();
    let entries = statements.flat_map(|one| one.actions.iter().chain(&one.resources));
    entries.map(line).collect()
}

fn line(entry: &PatternBreadth) -> String {
    let used = entry.used.iter().map(|used| format!(" {}", used.name));
    let used: String = used.collect();
    format!("{} {}{used}", entry.pattern, word(&entry.class))
}

fn word(class: &UseClass) -> &'static str {
    match class {
        UseClass::Used => "used",
        UseClass::TooWide => "too-wide",
        UseClass::Unused => "unused",
        UseClass::NotObservable(_) => "not-observable",
    }
}

fn reasons(class: &UseClass) -> String {
    match class {
        UseClass::NotObservable(reasons) => reasons.join("; "),
        UseClass::Used | UseClass::TooWide | UseClass::Unused => word(class).to_owned(),
    }
}

fn stop(instance: &str) -> Value {
    let items = json!({"instancesSet": {"items": [{"instanceId": instance}]}});
    call("ec2", "StopInstances", items)
}

fn describe_instances() -> Value {
    call("ec2", "DescribeInstances", json!({}))
}

#[test]
fn patterns_are_told_by_what_was_used_of_them() {
    let policy = only(
        &[stop("i-1"), stop("i-1"), describe_instances()],
        r#"{"Effect":"Allow","Action":["ec2:StopInstances","ec2:Describe*","ec2:RebootInstances"],"Resource":"*"}"#,
    );
    assert_eq!(
        lines(&policy),
        [
            "ec2:StopInstances used ec2:StopInstances",
            "ec2:Describe* too-wide ec2:DescribeInstances",
            "ec2:RebootInstances unused",
            "* too-wide arn:aws:ec2:eu-west-1:123456789012:instance/i-1 *",
        ]
    );
    let statement = &policy.statements[0];
    assert_eq!(statement.class, UseClass::TooWide);
    assert_eq!((statement.used, policy.used), (3, 3));
    assert_eq!(statement.actions[0].calls, 2);
    assert_eq!(statement.actions[0].granted, Some(1));
    assert!(statement.actions[1].granted > Some(100));
    assert_eq!(
        statement.actions[0].last.unwrap().text(),
        "2026-11-24T10:00:00Z"
    );
    assert_eq!((statement.place.line, statement.actions[0].line), (2, 2));
}

#[test]
fn overlapping_patterns_are_all_used() {
    let policy = only(
        &[stop("i-1")],
        r#"{"Effect":"Allow","Action":["ec2:Stop*","ec2:StopInstances"],"Resource":"*"}"#,
    );
    assert_eq!(policy.statements[0].actions[1].class, UseClass::Used);
    assert_eq!(policy.statements[0].actions[0].calls, 1);
}

#[test]
fn data_events_that_are_not_recorded_make_nothing_unused() {
    let statement = r#"{"Effect":"Allow","Action":["s3:GetObject","s3:*","s3:PutBucketPolicy"],
        "Resource":["arn:aws:s3:::logs/*","arn:aws:s3:::logs"]}"#;
    let policy = only(&[describe_instances(), stop("i-1")], statement);
    assert_eq!(
        lines(&policy),
        [
            "s3:GetObject not-observable",
            "s3:* not-observable",
            "s3:PutBucketPolicy unused",
            "arn:aws:s3:::logs/* not-observable",
            "arn:aws:s3:::logs not-observable",
        ]
    );
    assert_eq!(
        reasons(&policy.statements[0].actions[0].class),
        "`s3:GetObject`: the trail has no data events of `AWS::S3::Object`"
    );
    let whole = reasons(&policy.services[0].class);
    assert!(
        whole.contains("would have been seen, and none of them was used"),
        "{whole}"
    );
    let seen = only(
        &[
            object("GetObject", "other", "1"),
            object("PutObject", "other", "1"),
            stop("i-1"),
        ],
        r#"{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::logs/*"}"#,
    );
    assert_eq!(
        lines(&seen),
        [
            "s3:GetObject unused",
            "s3:PutObject unused",
            "arn:aws:s3:::logs/* unused"
        ]
    );
}

#[test]
fn passing_a_role_is_never_unused() {
    let policy = only(
        &[describe_instances(), stop("i-1")],
        r#"{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}"#,
    );
    assert_eq!(
        reasons(&policy.statements[0].actions[0].class),
        "`iam:PassRole`: no record is kept of it: a permission only, asked for within the call that \
         hands the role on"
    );
    assert_eq!(
        word(&policy.statements[0].resources[0].class),
        "not-observable"
    );
}

#[test]
fn a_role_that_a_call_passed_is_used() {
    let create = call(
        "lambda",
        "CreateFunction20150331",
        json!({"functionName": "f", "role": "arn:aws:iam::123456789012:role/run", "runtime": "x"}),
    );
    let policy = only(
        &[create],
        r#"{"Effect":"Allow","Action":["lambda:CreateFunction","iam:PassRole"],"Resource":"*"}"#,
    );
    assert_eq!(lines(&policy)[1], "iam:PassRole used iam:PassRole");
    // One call, though it made two requests.
    assert_eq!(policy.statements[0].used, 1);
    assert_eq!(policy.statements[0].resources[0].calls, 1);
    assert_eq!(policy.statements[0].resources[0].distinct, 2);
}

#[test]
fn reads_and_services_that_trails_leave_out_are_not_unused() {
    let statement = r#"{"Effect":"Allow","Action":["ec2:DescribeVpcs","kms:Decrypt","ec2:RebootInstances"],"Resource":"*"}"#;
    let policy = only(&[stop("i-1")], statement);
    assert_eq!(
        lines(&policy)[..3],
        [
            "ec2:DescribeVpcs not-observable",
            "kms:Decrypt not-observable",
            "ec2:RebootInstances unused"
        ]
    );
    let with_reads = only(&[stop("i-1"), describe_instances()], statement);
    assert_eq!(
        lines(&with_reads)[..2],
        ["ec2:DescribeVpcs unused", "kms:Decrypt not-observable"]
    );
    let only_data = only(&[object("GetObject", "a", "1")], statement);
    assert_eq!(
        reasons(&only_data.statements[0].actions[2].class),
        "`ec2:RebootInstances`: the trail has no management events"
    );
}

#[test]
fn a_short_trail_shows_nothing_unused() {
    let later = with(
        describe_instances(),
        json!({"eventTime": "2026-11-24T13:00:00Z"}),
    );
    let holdings = for_everybody(&[
        r#"{"Effect":"Allow","Action":["ec2:*","sqs:CreateQueue"],"Resource":"*"}"#,
    ]);
    let totals = totals(&[stop("i-1"), later], &holdings);
    let short = breadth(&totals, &holdings, &ObservationOptions::default());
    let entries = &short[0].statements[0].actions;
    assert_eq!(entries[0].class, UseClass::Used);
    assert_eq!(Some(entries[0].not_observable + 2), entries[0].granted);
    assert_eq!(
        reasons(&entries[1].class),
        "the trail spans 3 h, and 30 days are asked for (`--minimum-window`)"
    );
    assert_eq!(short[0].statements[0].resources[0].class, UseClass::Used);
    let options = ObservationOptions {
        minimum_window: 3 * 60 * 60,
        left_out: Vec::new(),
    };
    let long = breadth(&totals, &holdings, &options);
    assert_eq!(long[0].statements[0].actions[0].class, UseClass::TooWide);
    assert_eq!(long[0].statements[0].actions[1].class, UseClass::Unused);
    let options = ObservationOptions {
        minimum_window: 0,
        left_out: vec!["`--service` leaves records out".to_owned()],
    };
    let filtered = breadth(&totals, &holdings, &options);
    assert_eq!(
        reasons(&filtered[0].statements[0].actions[1].class),
        "`--service` leaves records out"
    );
}

#[test]
fn a_pattern_of_few_resources_is_too_wide_and_one_of_many_is_not() {
    let statement = r#"{"Effect":"Allow","Action":"ec2:StopInstances",
        "Resource":["arn:aws:ec2:*:*:instance/*","arn:aws:ec2:eu-west-1:123456789012:instance/i-1"]}"#;
    let few: Vec<_> = (0..10).map(|number| stop(&format!("i-{number}"))).collect();
    let policy = only(&few, statement);
    let resources = &policy.statements[0].resources;
    assert_eq!(resources[0].class, UseClass::TooWide);
    assert_eq!((resources[0].distinct, resources[0].calls), (10, 10));
    assert_eq!(resources[1].class, UseClass::Used);
    let many: Vec<_> = (0..25).map(|number| stop(&format!("i-{number}"))).collect();
    let policy = only(&many, statement);
    let all = &policy.statements[0].resources[0];
    assert_eq!(all.class, UseClass::Used);
    assert_eq!((all.distinct, all.used.len()), (25, 20));
}

#[test]
fn refused_calls_use_nothing_and_failed_ones_do() {
    let statement =
        r#"{"Effect":"Allow","Action":["ec2:StopInstances","ec2:StartInstances"],"Resource":"*"}"#;
    let start = call(
        "ec2",
        "StartInstances",
        json!({"instancesSet": {"items": [{"instanceId": "i-1"}]}}),
    );
    let failed = with(
        stop("i-1"),
        json!({"errorCode": "Client.IncorrectInstanceState", "errorMessage": "no"}),
    );
    let policy = only(&[failed, refused(start, "no")], statement);
    assert_eq!(
        lines(&policy)[..2],
        [
            "ec2:StopInstances used ec2:StopInstances",
            "ec2:StartInstances unused"
        ]
    );
}

#[test]
fn what_may_have_been_used_is_not_unused() {
    // The path of the role is not in the event.
    let get = call("iam", "GetRole", json!({"roleName": "web"}));
    let policy = only(
        &[get, stop("i-1")],
        r#"{"Effect":"Allow","Action":"iam:GetRole","Resource":["arn:aws:iam::123456789012:role/a/*","arn:aws:iam::123456789012:role/b/*","arn:aws:iam::123456789012:user/*"]}"#,
    );
    let resources = &policy.statements[0].resources;
    assert_eq!(
        reasons(&resources[0].class),
        "one call may have used it: not all of what decides that is recorded"
    );
    assert_eq!((resources[1].calls, resources[1].uncertain), (1, 1));
    assert!(resources[1].used[0].partly_known);
    assert_eq!((resources[1].distinct, resources[2].calls), (0, 0));
    // Something must have allowed the call, and nothing else can have.
    assert_eq!(
        (policy.statements[0].used, policy.statements[0].uncertain),
        (1, 0)
    );
}

#[test]
fn a_condition_that_is_open_leaves_a_use_uncertain_where_another_statement_allows() {
    let open = r#"{"Effect":"Allow","Action":"ec2:StopInstances","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}}"#;
    let alone = only(&[stop("i-1")], open);
    assert_eq!(alone.statements[0].uncertain, 0);
    let both = only(
        &[stop("i-1")],
        &format!(r#"{open},{{"Effect":"Allow","Action":"ec2:*","Resource":"*"}}"#),
    );
    assert_eq!(
        (both.statements[0].used, both.statements[0].uncertain),
        (1, 1)
    );
    assert_eq!(word(&both.statements[0].class), "not-observable");
    assert_eq!(both.statements[1].uncertain, 0);
    assert_eq!((both.used, both.uncertain), (1, 0));
}

#[test]
fn one_entry_stands_for_what_a_negated_element_leaves() {
    let policy = only(
        &[stop("i-1"), describe_instances()],
        r#"{"Effect":"Allow","NotAction":["iam:*","s3:*"],"NotResource":"arn:aws:s3:::a"}"#,
    );
    let statement = &policy.statements[0];
    assert_eq!(
        line(&statement.actions[0]),
        "NotAction: iam:*, s3:* too-wide ec2:DescribeInstances ec2:StopInstances"
    );
    assert_eq!(
        line(&statement.resources[0]),
        "NotResource: arn:aws:s3:::a too-wide * arn:aws:ec2:eu-west-1:123456789012:instance/i-1"
    );
    assert!(
        policy
            .services
            .iter()
            .all(|service| service.service != "iam")
    );
}

#[test]
fn services_are_told_by_whether_they_were_touched() {
    let policy = only(
        &[stop("i-1"), describe_instances()],
        r#"{"Effect":"Allow","Action":["ec2:*","cloudtrail:*","iam:PassRole"],"Resource":"*"}"#,
    );
    let services: Vec<_> = policy
        .services
        .iter()
        .map(|service| {
            format!(
                "{} {} {}",
                service.service,
                service.used,
                word(&service.class)
            )
        })
        .collect();
    assert_eq!(
        services,
        [
            "cloudtrail 0 unused",
            "ec2 2 too-wide",
            "iam 0 not-observable"
        ]
    );
    let ec2 = &policy.services[1];
    assert!(ec2.observable > 500 && ec2.observable <= ec2.granted);
}

#[test]
fn policies_are_judged_by_the_calls_of_those_who_hold_them() {
    let statement = r#"{"Effect":"Allow","Action":"ec2:StopInstances","Resource":"*"}"#;
    let ben = "arn:aws:iam::123456789012:user/ben";
    let abroad = "arn:aws:iam::999999999999:role/far";
    let mut holdings = for_principals(&[(ANA, statement), (ben, statement), (abroad, statement)]);
    holdings.add(document("spare", Layer::Identity, statement));
    holdings
        .hold("arn:aws:iam::123456789012:user/eve", Held::InPart)
        .unwrap();
    let found = of(&[stop("i-1")], &holdings);
    let words: Vec<_> = found
        .iter()
        .map(|policy| reasons(&policy.statements[0].class))
        .collect();
    assert_eq!(
        words,
        [
            "too-wide",
            "unused",
            "the trail has no record of account `999999999999`",
            "nobody holds it"
        ]
    );
    assert_eq!(found[1].notes, ["no holder made any call"]);
}

#[test]
fn statements_that_deny_and_trust_policies_are_left_aside() {
    let mut holdings = for_everybody(&[
        r#"{"Effect":"Deny","Action":"ec2:*","Resource":"*"}"#,
        r#"{"Effect":"Deny","Action":"s3:*","Resource":"*"},{"Effect":"Allow","Action":"ec2:StopInstances","Resource":"*"}"#,
    ]);
    let trust = document(
        "trust",
        Layer::Resource,
        r#"{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}"#,
    );
    let trust = holdings.add(trust);
    holdings.trust("arn:aws:iam::123456789012:role/run", Some(trust));
    let found = of(&[describe_instances()], &holdings);
    let places: Vec<_> = found
        .iter()
        .flat_map(|policy| &policy.statements)
        .map(|statement| (statement.place.document, statement.place.index))
        .collect();
    assert_eq!(places, [(1, 1)]);
}

#[test]
fn a_bucket_policy_is_used_or_not_observable() {
    let mut holdings = for_everybody(&[r#"{"Effect":"Allow","Action":"ec2:*","Resource":"*"}"#]);
    let policy = document(
        "bucket",
        Layer::Resource,
        &format!(
            r#"{{"Effect":"Allow","Principal":{{"AWS":"{ANA}"}},"Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::a/*"}}"#
        ),
    );
    let policy = holdings.add(policy);
    holdings.bind("arn:aws:s3:::a", policy);
    let found = of(&[object("GetObject", "a", "1")], &holdings);
    assert_eq!(
        lines(&found[1]),
        [
            "s3:GetObject used s3:GetObject",
            "s3:PutObject not-observable",
            "arn:aws:s3:::a/* used arn:aws:s3:::a/1"
        ]
    );
}

#[test]
fn calls_without_a_known_action_are_noted() {
    let odd = call("ec2", "NoSuchCall", json!({}));
    let policy = only(
        &[odd, stop("i-1")],
        r#"{"Effect":"Allow","Action":"ec2:StopInstances","Resource":"*"}"#,
    );
    assert_eq!(
        policy.notes,
        ["calls of its holders have no known action, and count for nothing here: 1"]
    );
}

#[test]
fn an_action_that_nobody_knows_is_not_unused() {
    let policy = only(
        &[stop("i-1")],
        r#"{"Effect":"Allow","Action":"ec2:FlyInstances","Resource":"*"}"#,
    );
    let statement = &policy.statements[0];
    assert_eq!(statement.actions[0].granted, Some(0));
    assert_eq!(
        reasons(&statement.class),
        "the service reference has no such action"
    );
}

fn events() -> impl Strategy<Value = Vec<Value>> {
    let event = (0..5_u32, 0..3_u32, any::<bool>()).prop_map(|(kind, id, denied)| {
        let event = match kind {
            0 => stop(&format!("i-{id}")),
            1 => object("GetObject", "a", &id.to_string()),
            2 => call("iam", "GetRole", json!({"roleName": format!("r{id}")})),
            3 => describe_instances(),
            _ => call("ec2", "NoSuchCall", json!({})),
        };
        if denied { refused(event, "no") } else { event }
    });
    proptest::collection::vec(event, 1..20)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_is_used_more_often_than_there_were_calls(events in events()) {
        let statements = r#"{"Effect":"Allow","Action":["ec2:Stop*","s3:*","iam:Get*"],
            "Resource":["arn:aws:ec2:*:*:instance/*","arn:aws:s3:::a/*","arn:aws:iam::*:role/a/*"]},
            {"Effect":"Allow","Action":"*","Resource":"*"}"#;
        let policy = only(&events, statements);
        let allowed = events.iter().filter(|event| event["errorCode"].is_null()).count() as u64;
        prop_assert!(policy.used <= allowed && policy.uncertain <= policy.used);
        for statement in &policy.statements {
            prop_assert!(statement.used <= policy.used && statement.uncertain <= statement.used);
            for entry in statement.actions.iter().chain(&statement.resources) {
                prop_assert!(entry.calls <= statement.used && entry.uncertain <= entry.calls);
                prop_assert!(entry.granted.is_none_or(|granted| entry.distinct <= granted));
                prop_assert!(entry.used.iter().all(|used| used.count <= entry.calls));
                // What was used is never told as unused.
                prop_assert!(entry.calls == 0 || entry.class != UseClass::Unused);
            }
            let used: u64 = statement.actions.iter().map(|entry| entry.calls).sum();
            prop_assert!(used >= statement.used);
        }
        for service in &policy.services {
            prop_assert!(service.used <= service.observable && service.observable <= service.granted);
        }
    }
}
