use super::*;
use crate::{
    account::HoldingsForm,
    eval::{Context, Principal, Request, Supply, Target, Verdict, decide},
    policy::ActionName,
    source::Source,
};
use std::sync::Arc;

const ACCOUNT: &str = "111122223333";

fn document(name: &str, layer: Layer, statement: &str) -> Document {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
    let source = Source::new(format!("{name}.json"), text.into_bytes());
    Document::read(name, source, layer).unwrap()
}

fn allow(name: &str, action: &str) -> Document {
    let statement = format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"*"}}"#);
    document(name, Layer::Identity, &statement)
}

fn of_layer(name: &str, layer: Layer, action: &str) -> Document {
    let statement = format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"*"}}"#);
    document(name, layer, &statement)
}

fn of_resource(name: &str, action: &str) -> Document {
    let statement = format!(
        r#"{{"Effect":"Allow","Principal":{{"AWS":"{ACCOUNT}"}},"Action":"{action}","Resource":"*"}}"#
    );
    document(name, Layer::Resource, &statement)
}

fn trust_of(name: &str, caller: &str) -> Document {
    let statement = format!(
        r#"{{"Effect":"Allow","Principal":{{"AWS":"{caller}"}},"Action":"sts:AssumeRole"}}"#
    );
    document(name, Layer::Resource, &statement)
}

fn iam(resource: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{resource}")
}

fn caller(text: &str) -> Principal {
    Principal::parse(text).unwrap()
}

fn asked(principal: Principal, action: &str, resource: Target) -> Request {
    let action = ActionName::new(action);
    Request::new(principal, action, resource, Context::complete())
}

fn by(text: &str, action: &str) -> Request {
    asked(caller(text), action, Target::Star)
}

fn on(action: &str, resource: &str) -> Request {
    let target = Target::Arn(resource.to_owned());
    asked(caller(&iam("user/ana")), action, target)
}

fn whole(policies: Vec<DocumentId>) -> Held {
    Held::Whole(HeldPolicies {
        policies,
        boundary: Some(Vec::new()),
    })
}

/// Holdings in which a principal may look at queues.
fn held_by(arn: &str) -> Holdings {
    let mut holdings = Holdings::new();
    let id = holdings.add(allow("queues", "sqs:*"));
    holdings.hold(arn, whole(vec![id])).unwrap();
    holdings
}

fn supply(holdings: &Holdings, layer: Layer, request: &Request) -> Supply {
    holdings.bound(request).setting.supply_of(layer)
}

fn session(role_arn: Option<String>) -> Request {
    let session = format!("arn:aws:sts::{ACCOUNT}:assumed-role/deploy/run");
    let principal = caller(&session).with_role_arn(role_arn);
    asked(principal, "sqs:ListQueues", Target::Star)
}

#[test]
fn a_user_has_its_own_policies_and_nobody_elses() {
    let holdings = held_by(&iam("user/ops/ana"));
    let request = by(&iam("user/ops/ana"), "sqs:ListQueues");
    let bound = holdings.bound(&request);
    assert_eq!(bound.holder, Holder::Known);
    assert_eq!(decide(&bound.setting, &request).verdict, Verdict::Allowed);
    for other in ["user/ana", "user/dev/ana", "user/ben"] {
        let request = by(&iam(other), "sqs:ListQueues");
        let bound = holdings.bound(&request);
        assert_eq!(bound.holder, Holder::Unknown, "{other}");
        assert_eq!(decide(&bound.setting, &request).verdict, Verdict::Depends);
    }
}

#[test]
fn a_session_has_the_policies_of_its_role() {
    let holdings = held_by(&iam("role/ci/deploy"));
    let known = session(Some(iam("role/ci/deploy")));
    assert_eq!(holdings.bound(&known).holder, Holder::Known);
    // A name is that of one role in an account, whatever its path.
    assert_eq!(holdings.bound(&session(None)).holder, Holder::Known);
    // A role of another path is another role, of another time.
    let other = session(Some(iam("role/old/deploy")));
    assert_eq!(holdings.bound(&other).holder, Holder::Unknown);
}

#[test]
fn the_same_name_in_another_account_is_another_role() {
    let holdings = held_by("arn:aws:iam::444455556666:role/deploy");
    assert_eq!(holdings.bound(&session(None)).holder, Holder::Unknown);
}

#[test]
fn who_can_hold_no_identity_policies_is_told_from_whom_nothing_is_known() {
    let holdings = held_by(&iam("user/ana"));
    for text in [&*iam("root"), "lambda.amazonaws.com", "anonymous"] {
        let bound = holdings.bound(&by(text, "sqs:ListQueues"));
        assert_eq!(bound.holder, Holder::WithoutIdentityPolicies, "{text}");
    }
    let federated = format!("arn:aws:sts::{ACCOUNT}:federated-user/ana");
    let bound = holdings.bound(&by(&federated, "sqs:ListQueues"));
    assert_eq!(bound.holder, Holder::Unknown);
    assert_eq!(
        bound.setting.supply_of(Layer::Identity),
        Supply::Unknown,
        "unknown policies are not none"
    );
}

#[test]
fn a_principal_of_whom_a_part_is_known_is_unknown() {
    let mut holdings = Holdings::new();
    holdings.hold(&iam("user/ana"), Held::InPart).unwrap();
    let bound = holdings.bound(&by(&iam("user/ana"), "sqs:ListQueues"));
    assert_eq!(bound.holder, Holder::Unknown);
    assert_eq!(bound.setting.supply_of(Layer::Boundary), Supply::Unknown);
}

#[test]
fn what_is_given_for_everybody_is_every_callers() {
    let mut holdings = Holdings::new();
    let id = holdings.add(allow("queues", "sqs:*"));
    holdings.give_everybody(HeldPolicies {
        policies: vec![id],
        boundary: None,
    });
    let bound = holdings.bound(&by(&iam("role/any"), "sqs:ListQueues"));
    assert_eq!(bound.holder, Holder::Everybody);
    assert_eq!(&*bound.documents, [id]);
    assert_eq!(
        bound.setting.supply_of(Layer::Boundary),
        Supply::NotSupplied
    );
    assert_eq!(holdings.holders(id), Holders::Everybody);
}

#[test]
fn policies_are_said_of_a_principal_once() {
    let mut holdings = held_by(&iam("user/ana"));
    let again = holdings.hold(&iam("user/ana"), whole(Vec::new()));
    assert_eq!(again.unwrap_err().arn, iam("user/ana"));
}

#[test]
fn documents_stand_in_the_order_of_the_settings_policies() {
    let mut holdings = Holdings::new();
    let scp = holdings.add(of_layer("scp", Layer::Scp, "*"));
    let boundary = holdings.add(of_layer("boundary", Layer::Boundary, "*"));
    let (first, second) = (
        holdings.add(allow("first", "sqs:*")),
        holdings.add(allow("second", "s3:*")),
    );
    let bucket = holdings.add(of_resource("bucket", "s3:*"));
    let held = HeldPolicies {
        // Held directly and by a group.
        policies: vec![second, first, second],
        boundary: Some(vec![boundary]),
    };
    holdings.hold(&iam("user/ana"), Held::Whole(held)).unwrap();
    holdings.bind("arn:aws:s3:::reports", bucket);
    holdings.supply_scps(vec![Vec::new(), vec![scp]]);
    let bound = holdings.bound(&on("s3:GetObject", "arn:aws:s3:::reports/a"));
    assert_eq!(&*bound.documents, [scp, bucket, second, first, boundary]);
    let policies = bound.setting.policies();
    assert_eq!(policies.len(), bound.documents.len());
    for (attached, id) in policies.iter().zip(&*bound.documents) {
        let document = holdings.document(*id).unwrap();
        assert!(Arc::ptr_eq(&attached.policy, &document.compiled));
        assert_eq!(attached.layer, document.layer);
    }
    assert_eq!(policies.first().unwrap().level, 1);
}

#[test]
fn requests_of_one_principal_share_a_setting_until_something_changes() {
    let mut holdings = held_by(&iam("user/ana"));
    let first = holdings.bound(&by(&iam("user/ana"), "sqs:ListQueues"));
    let second = holdings.bound(&by(&iam("user/ana"), "ec2:DescribeInstances"));
    assert!(Arc::ptr_eq(&first.setting, &second.setting));
    let id = holdings.add(of_layer("scp", Layer::Scp, "s3:*"));
    holdings.supply_scps(vec![vec![id]]);
    let request = by(&iam("user/ana"), "sqs:ListQueues");
    let changed = holdings.bound(&request);
    let verdict = decide(&changed.setting, &request).verdict;
    assert_eq!(verdict, Verdict::ImplicitDeny);
}

#[test]
fn the_trust_policy_decides_who_assumes_a_role_and_nothing_else() {
    let mut holdings = held_by(&iam("user/ana"));
    let role = iam("role/ci/deploy");
    let trust = holdings.add(trust_of("trust", &iam("user/ana")));
    holdings.hold(&role, whole(Vec::new())).unwrap();
    holdings.trust(&role, Some(trust));
    for action in ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"] {
        let bound = holdings.bound(&on(action, &role));
        assert!(bound.documents.contains(&trust), "{action}");
    }
    for action in ["iam:GetRole", "iam:PassRole"] {
        let supply = supply(&holdings, Layer::Resource, &on(action, &role));
        assert_eq!(supply, Supply::NotSupplied, "{action}");
    }
    let other = on("sts:AssumeRole", &iam("role/other"));
    assert_eq!(
        supply(&holdings, Layer::Resource, &other),
        Supply::NotSupplied
    );
    assert_eq!(holdings.holders(trust), Holders::Resources(vec![role]));
}

#[test]
fn a_trust_policy_that_cannot_be_read_is_unknown() {
    let mut holdings = held_by(&iam("user/ana"));
    holdings.trust(&iam("role/deploy"), None);
    let request = on("sts:AssumeRole", &iam("role/deploy"));
    assert_eq!(
        supply(&holdings, Layer::Resource, &request),
        Supply::Unknown
    );
}

#[test]
fn the_policy_of_a_bucket_holds_for_its_objects() {
    let mut holdings = held_by(&iam("user/ana"));
    let id = holdings.add(of_resource("bucket", "s3:*"));
    holdings.bind("arn:aws:s3:::reports", id);
    let given = |arn: &str| supply(&holdings, Layer::Resource, &on("s3:GetObject", arn));
    assert_eq!(given("arn:aws:s3:::reports"), Supply::Given);
    assert_eq!(given("arn:aws:s3:::reports/2026/a.csv"), Supply::Given);
    assert_eq!(given("arn:aws:s3:::reports-old/a"), Supply::NotSupplied);
    assert_eq!(
        given("arn:aws:sqs:eu-west-1:111122223333:reports"),
        Supply::NotSupplied
    );
}

#[test]
fn the_policy_of_a_pattern_holds_for_what_matches_it() {
    let mut holdings = held_by(&iam("user/ana"));
    let id = holdings.add(of_resource("queues", "sqs:*"));
    holdings.bind("arn:aws:sqs:eu-west-1:111122223333:job-*", id);
    let given = |arn: &str| supply(&holdings, Layer::Resource, &on("sqs:SendMessage", arn));
    assert_eq!(
        given("arn:aws:sqs:eu-west-1:111122223333:job-7"),
        Supply::Given
    );
    assert_eq!(
        given("arn:aws:sqs:eu-west-1:111122223333:jobs"),
        Supply::NotSupplied
    );
}

#[test]
fn a_resource_that_may_be_one_with_a_policy_has_an_unknown_one() {
    let mut holdings = held_by(&iam("user/ana"));
    let id = holdings.add(of_resource("secret", "secretsmanager:*"));
    holdings.bind(
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-a1B2c3",
        id,
    );
    let ask = |target| {
        let request = asked(
            caller(&iam("user/ana")),
            "secretsmanager:GetSecretValue",
            target,
        );
        supply(&holdings, Layer::Resource, &request)
    };
    let like = |name: &str| {
        Target::Like(format!(
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:{name}"
        ))
    };
    assert_eq!(ask(like("db-??????")), Supply::Unknown);
    assert_eq!(ask(like("api-??????")), Supply::NotSupplied);
    assert_eq!(ask(Target::Unknown), Supply::Unknown);
    assert_eq!(ask(Target::Star), Supply::NotSupplied);
}

#[test]
fn policies_of_the_organisation_are_those_of_its_accounts() {
    let mut holdings = held_by(&iam("user/ana"));
    let scp = holdings.add(of_layer("scp", Layer::Scp, "*"));
    holdings.supply_scps(vec![vec![scp]]);
    let statement = r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}"#;
    let rcp = holdings.add(document("rcp", Layer::Rcp, statement));
    holdings.supply_rcps(vec![vec![rcp]]);
    let foreign = "arn:aws:iam::444455556666:user/eve";
    // Nobody said of which accounts they are.
    let request = by(foreign, "sqs:ListQueues");
    assert_eq!(supply(&holdings, Layer::Scp, &request), Supply::Given);
    holdings.know_account(AccountId::parse(ACCOUNT).unwrap());
    assert_eq!(supply(&holdings, Layer::Scp, &request), Supply::NotSupplied);
    let own = by(&iam("user/ana"), "sqs:ListQueues");
    assert_eq!(supply(&holdings, Layer::Scp, &own), Supply::Given);
    let unknown = asked(Principal::Unknown, "sqs:ListQueues", Target::Star);
    assert_eq!(supply(&holdings, Layer::Scp, &unknown), Supply::Unknown);
    // Those of resources go by the owner, who is the caller where nothing tells another.
    let mut on_bucket = on("s3:GetObject", "arn:aws:s3:::reports/a");
    assert_eq!(supply(&holdings, Layer::Rcp, &on_bucket), Supply::Given);
    on_bucket.resource_account = AccountId::parse("444455556666");
    assert_eq!(
        supply(&holdings, Layer::Rcp, &on_bucket),
        Supply::NotSupplied
    );
}

#[test]
fn holders_are_told_by_their_arns() {
    let mut holdings = Holdings::new();
    let shared = holdings.add(allow("shared", "sqs:*"));
    let boundary = holdings.add(of_layer("boundary", Layer::Boundary, "*"));
    let loose = holdings.add(allow("loose", "s3:*"));
    let held = HeldPolicies {
        policies: vec![shared],
        boundary: Some(vec![boundary]),
    };
    holdings.hold(&iam("user/ben"), Held::Whole(held)).unwrap();
    holdings
        .hold(&iam("role/ana"), whole(vec![shared]))
        .unwrap();
    let principals = |id| {
        let Holders::Principals(arns) = holdings.holders(id) else {
            panic!("held by principals");
        };
        arns
    };
    assert_eq!(principals(shared), [iam("role/ana"), iam("user/ben")]);
    assert_eq!(principals(boundary), [iam("user/ben")]);
    assert!(principals(loose).is_empty());
}

#[test]
fn an_iam_resource_is_known_by_its_name_where_there_is_one_of_it() {
    let mut holdings = held_by(&iam("role/ci/deploy"));
    holdings.know_arn(&iam("policy/team/Read"));
    holdings.know_arn(&iam("policy/a/Twice"));
    holdings.know_arn(&iam("policy/b/Twice"));
    let known = |resource: &str| holdings.known_arn(&iam(resource)).map(str::to_owned);
    assert_eq!(known("role/*deploy"), Some(iam("role/ci/deploy")));
    assert_eq!(known("policy/*Read"), Some(iam("policy/team/Read")));
    for open in [
        "role/*",
        "role/*ploy",
        "user/*deploy",
        "role/*de*",
        "policy/*Twice",
        "role/ci/deploy",
    ] {
        assert_eq!(known(open), None, "{open}");
    }
    let foreign = "arn:aws:iam::444455556666:role/*deploy";
    assert_eq!(holdings.known_arn(foreign), None);
}

#[test]
fn condition_keys_are_those_of_tests_and_of_variables() {
    let mut holdings = Holdings::new();
    let statement = r#"{"Effect":"Allow","Action":"s3:GetObject",
        "Resource":"arn:aws:s3:::reports/${aws:username}/*",
        "Condition":{"StringEquals":{"aws:PrincipalTag/team":"${aws:ResourceTag/team}"},
            "IpAddress":{"AWS:SourceIp":"203.0.113.0/24"}}}"#;
    holdings.add(document("own", Layer::Identity, statement));
    let keys = holdings.condition_keys().iter();
    let keys: Vec<_> = keys.map(|key| key.as_str().to_ascii_lowercase()).collect();
    assert_eq!(
        keys,
        [
            "aws:principaltag/team",
            "aws:resourcetag/team",
            "aws:sourceip",
            "aws:username"
        ]
    );
}

#[test]
fn a_form_makes_the_same_holdings() {
    let mut holdings = held_by(&iam("user/ana"));
    let managed = allow("managed", "s3:*").with_arn(Some(iam("policy/S3")));
    let managed = holdings.add(managed);
    let boundary = holdings.add(of_layer("boundary", Layer::Boundary, "*"));
    let held = HeldPolicies {
        policies: vec![managed],
        boundary: Some(vec![boundary]),
    };
    let role = iam("role/ci/deploy");
    holdings.hold(&role, Held::Whole(held)).unwrap();
    holdings.hold(&iam("user/ben"), Held::InPart).unwrap();
    let trust = holdings.add(trust_of("trust", &iam("user/ana")));
    holdings.trust(&role, Some(trust));
    holdings.trust(&iam("role/broken"), None);
    let bucket = holdings.add(of_resource("bucket", "s3:*"));
    holdings.bind("arn:aws:s3:::reports", bucket);
    let scp = holdings.add(of_layer("scp", Layer::Scp, "*"));
    holdings.supply_scps(vec![vec![scp], Vec::new()]);
    holdings.supply_rcps(Vec::new());
    holdings.know_account(AccountId::parse(ACCOUNT).unwrap());
    holdings.set_management_account(AccountId::parse("444455556666"));
    holdings.know_arn(&iam("group/dev"));

    let json = serde_json::to_string(&holdings.to_form()).unwrap();
    let form: HoldingsForm = serde_json::from_str(&json).unwrap();
    let again = Holdings::from_form(form).unwrap();
    assert_eq!(again.to_form(), holdings.to_form());
    assert_eq!(again.condition_keys(), holdings.condition_keys());
    assert_eq!(
        again.known_arn(&iam("group/*dev")),
        Some(&*iam("group/dev"))
    );
    for request in [
        by(&iam("user/ana"), "sqs:ListQueues"),
        by(&iam("user/ben"), "sqs:ListQueues"),
        session(None),
        on("sts:AssumeRole", &role),
        on("s3:GetObject", "arn:aws:s3:::reports/a"),
    ] {
        let (own, other) = (holdings.bound(&request), again.bound(&request));
        assert_eq!(
            (own.holder, &own.documents),
            (other.holder, &other.documents)
        );
        let verdict = |bound: &Bound| decide(&bound.setting, &request).verdict;
        assert_eq!(verdict(&own), verdict(&other));
    }
}

#[test]
fn a_form_that_names_what_is_not_there_makes_no_holdings() {
    let holdings = held_by(&iam("user/ana"));
    let mut form = holdings.to_form();
    form.scps = Some(vec![vec![7]]);
    let error = Holdings::from_form(form).unwrap_err();
    assert_eq!(error.to_string(), "there is no document 7");
    let mut form = holdings.to_form();
    form.accounts = vec!["12".to_owned()];
    let error = Holdings::from_form(form).unwrap_err();
    assert_eq!(error.to_string(), "`12` is no account");
    let mut form = holdings.to_form();
    form.documents.first_mut().unwrap().text = "{}".to_owned();
    let error = Holdings::from_form(form).unwrap_err();
    assert_eq!(error.to_string(), "the policy `queues` cannot be used");
}
