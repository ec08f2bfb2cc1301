use super::*;
use crate::{
    account::{Holder, Holders},
    eval::{Context, Request, Supply, Target, Verdict, decide},
    policy::ActionName,
};
use serde_json::{Value as Json, json};

const ANA: &str = "arn:aws:iam::111122223333:user/eng/ana";
const DEPLOY: &str = "arn:aws:iam::111122223333:role/ci/deploy";
const SHARED: &str = "arn:aws:iam::aws:policy/Shared";

fn allow(action: &str) -> Json {
    let statement = json!({"Effect": "Allow", "Action": action, "Resource": "*"});
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

fn trust() -> Json {
    let principal = json!({"Service": "lambda.amazonaws.com"});
    let statement = json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"});
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

fn managed(arn: &str, document: &Json) -> Json {
    let version = |document: &Json, id: &str, is_default: bool| json!({"Document": document, "VersionId": id, "IsDefaultVersion": is_default});
    let versions = [
        version(&allow("*"), "v1", false),
        version(document, "v2", true),
    ];
    json!({"Arn": arn, "PolicyVersionList": versions})
}

/// An account with a user in a group, a role with a boundary, and a managed policy.
fn account() -> Json {
    let attached = json!([{"PolicyName": "Shared", "PolicyArn": SHARED}]);
    json!({
        "UserDetailList": [{
            "Arn": ANA, "UserName": "ana", "GroupList": ["dev"],
            "UserPolicyList": [{"PolicyName": "Own", "PolicyDocument": allow("sqs:*")}],
            "AttachedManagedPolicies": [],
        }],
        "GroupDetailList": [{
            "Arn": "arn:aws:iam::111122223333:group/dev", "GroupName": "dev",
            "GroupPolicyList": [{"PolicyName": "Look", "PolicyDocument": allow("ec2:Describe*")}],
            "AttachedManagedPolicies": attached,
        }],
        "RoleDetailList": [{
            "Arn": DEPLOY, "RoleName": "deploy",
            "AssumeRolePolicyDocument": trust(),
            "InstanceProfileList": [],
            "RolePolicyList": [],
            "AttachedManagedPolicies": attached,
            "PermissionsBoundary": {
                "PermissionsBoundaryType": "Policy",
                "PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/Limit",
            },
        }],
        "Policies": [
            managed(SHARED, &allow("logs:*")),
            managed("arn:aws:iam::111122223333:policy/Limit", &allow("s3:*")),
        ],
        "IsTruncated": false,
    })
}

fn source(json: &Json) -> Source {
    let text = serde_json::to_string_pretty(json).unwrap();
    Source::new("account.json", text.into_bytes())
}

fn read(json: &Json) -> (Holdings, Vec<Gap>) {
    let mut holdings = Holdings::new();
    let gaps = read_export(&source(json), &mut holdings);
    (holdings, gaps.unwrap_or_else(|faults| panic!("{faults:?}")))
}

#[track_caller]
fn assert_fault(json: &Json, message: &str) {
    let faults = read_export(&source(json), &mut Holdings::new()).unwrap_err();
    let told: Vec<_> = faults.iter().map(|fault| &fault.message).collect();
    assert!(told.iter().any(|own| own.contains(message)), "{told:?}");
}

fn request(principal: &str, action: &str) -> Request {
    let principal = Principal::parse(principal).unwrap();
    let action = ActionName::new(action);
    Request::new(principal, action, Target::Star, Context::complete())
}

fn verdict(holdings: &Holdings, principal: &str, action: &str) -> Verdict {
    let request = request(principal, action);
    decide(&holdings.bound(&request).setting, &request).verdict
}

fn holder(holdings: &Holdings, principal: &str) -> Holder {
    holdings.bound(&request(principal, "sqs:ListQueues")).holder
}

#[test]
fn a_user_holds_its_own_policies_and_those_of_its_groups() {
    let (holdings, gaps) = read(&account());
    assert_eq!(gaps, []);
    for action in [
        "sqs:ListQueues",
        "ec2:DescribeVpcs",
        "logs:DescribeLogGroups",
    ] {
        assert_eq!(
            verdict(&holdings, ANA, action),
            Verdict::Allowed,
            "{action}"
        );
    }
    assert_eq!(
        verdict(&holdings, ANA, "s3:ListAllMyBuckets"),
        Verdict::ImplicitDeny
    );
    let bound = holdings.bound(&request(ANA, "sqs:ListQueues"));
    assert_eq!(bound.setting.supply_of(Layer::Boundary), Supply::Given);
    assert!(!bound.setting.has_policies(Layer::Boundary));
}

#[test]
fn the_boundary_limits_what_the_default_version_allows() {
    let (holdings, _) = read(&account());
    let denied = verdict(&holdings, DEPLOY, "logs:DescribeLogGroups");
    assert_eq!(denied, Verdict::ImplicitDeny);
    let mut without = account();
    without["RoleDetailList"][0]["PermissionsBoundary"] = Json::Null;
    let (holdings, _) = read(&without);
    let allowed = verdict(&holdings, DEPLOY, "logs:DescribeLogGroups");
    assert_eq!(allowed, Verdict::Allowed);
    // The version before allowed everything.
    let denied = verdict(&holdings, DEPLOY, "s3:ListAllMyBuckets");
    assert_eq!(denied, Verdict::ImplicitDeny);
}

#[test]
fn documents_are_named_by_who_has_them() {
    let (holdings, _) = read(&account());
    let names: Vec<_> = holdings
        .documents()
        .iter()
        .map(|each| &*each.name)
        .collect();
    let expected = [
        "group/dev: inline Look",
        SHARED,
        "user/eng/ana: inline Own",
        "arn:aws:iam::111122223333:policy/Limit",
        "role/ci/deploy: trust policy",
    ];
    assert_eq!(names, expected);
    let own = holdings.documents().get(2).unwrap();
    assert_eq!(own.source.name(), "account.json: user/eng/ana: inline Own");
    assert!(
        own.source.text().starts_with("{\n  \"Statement\""),
        "{}",
        own.source.text()
    );
}

#[test]
fn documents_may_be_url_encoded() {
    let plain = allow("sqs:*").to_string();
    let digits = plain.bytes().map(|byte| format!("%{byte:02X}"));
    for text in [
        digits.collect::<String>(),
        plain.replace('"', "%22"),
        plain.clone(),
    ] {
        let mut json = account();
        json["UserDetailList"][0]["UserPolicyList"][0]["PolicyDocument"] = json!(text);
        let (holdings, gaps) = read(&json);
        assert_eq!(gaps, [], "{text}");
        let allowed = verdict(&holdings, ANA, "sqs:ListQueues");
        assert_eq!(allowed, Verdict::Allowed, "{text}");
    }
}

#[test]
fn an_inline_policy_that_cannot_be_read_makes_its_principal_unknown() {
    for broken in [
        json!({"Statement": 7}),
        json!("%7"),
        json!("%FF"),
        json!(["a"]),
    ] {
        let mut json = account();
        json["UserDetailList"][0]["UserPolicyList"][0]["PolicyDocument"] = broken.clone();
        let (holdings, gaps) = read(&json);
        let [gap] = &gaps[..] else {
            panic!("{gaps:?}");
        };
        assert_eq!(gap.arn, ANA);
        assert!(
            gap.why.starts_with("inline policy `Own` cannot be used: "),
            "{gap:?}"
        );
        assert_eq!(holder(&holdings, ANA), Holder::Unknown, "{broken}");
        assert_eq!(holder(&holdings, DEPLOY), Holder::Known, "{broken}");
    }
}

#[test]
fn an_attached_policy_that_a_filter_left_out_makes_its_holders_unknown() {
    let mut json = account();
    json["Policies"].as_array_mut().unwrap().remove(0);
    let (holdings, gaps) = read(&json);
    for principal in [ANA, DEPLOY] {
        assert_eq!(holder(&holdings, principal), Holder::Unknown);
        assert!(gaps.iter().any(|gap| gap.arn == principal), "{gaps:?}");
    }
    assert!(gaps.iter().any(|gap| gap.why.contains(SHARED)), "{gaps:?}");
}

#[test]
fn a_group_that_a_filter_left_out_makes_its_members_unknown() {
    let mut json = account();
    json["GroupDetailList"] = json!([]);
    let (holdings, gaps) = read(&json);
    assert_eq!(holder(&holdings, ANA), Holder::Unknown);
    let whys: Vec<_> = gaps.iter().map(|gap| &*gap.why).collect();
    assert_eq!(whys, ["group `dev` is not in the export"]);
}

#[test]
fn a_trust_policy_that_cannot_be_read_leaves_what_the_role_holds() {
    let mut json = account();
    json["RoleDetailList"][0]["AssumeRolePolicyDocument"] = json!("{");
    let (holdings, gaps) = read(&json);
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert_eq!(holder(&holdings, DEPLOY), Holder::Known);
    let mut assume = request(ANA, "sts:AssumeRole");
    assume.resource = Target::Arn(DEPLOY.to_owned());
    let setting = holdings.bound(&assume).setting;
    assert_eq!(setting.supply_of(Layer::Resource), Supply::Unknown);
}

#[test]
fn a_page_of_an_export_is_refused() {
    for (key, value) in [
        ("IsTruncated", json!(true)),
        ("NextToken", json!("eyJ")),
        ("Marker", json!("AAF")),
    ] {
        let mut json = account();
        json[key] = value;
        assert_fault(&json, "the export is not whole");
    }
}

#[test]
fn what_is_no_export_is_refused() {
    assert_fault(&allow("s3:*"), "is no export of an account");
    assert_fault(&json!([]), "is no export of an account");
    assert_fault(
        &json!({"UserDetailList": 1}),
        "`UserDetailList` is a number",
    );
    assert_fault(&json!({"UserDetailList": [{}]}), "there is no `Arn` here");
    let group = json!({"UserDetailList": [{"Arn": "arn:aws:iam::111122223333:group/a"}]});
    assert_fault(&group, "is no ARN of a user");
    let text = Source::new("account.json", b"UserDetailList:\n- Arn: x\n".to_vec());
    let faults = read_export(&text, &mut Holdings::new()).unwrap_err();
    let message = &faults.first().unwrap().message;
    assert!(message.starts_with("the export is not JSON"), "{message}");
}

#[test]
fn faults_are_told_together_and_not_without_end() {
    let users: Vec<_> = (0..1000).map(|_| json!({"UserName": "x"})).collect();
    let json = json!({ "UserDetailList": users });
    let faults = read_export(&source(&json), &mut Holdings::new()).unwrap_err();
    assert_eq!(faults.len(), MOST_FAULTS);
}

#[test]
fn somebody_who_is_told_of_twice_is_a_fault() {
    let mut holdings = Holdings::new();
    let source = source(&account());
    assert!(read_export(&source, &mut holdings).is_ok());
    let faults = read_export(&source, &mut holdings).unwrap_err();
    let told: Vec<_> = faults.iter().map(|fault| fault.message.as_str()).collect();
    assert!(told[0].contains(ANA), "{told:?}");
}

#[test]
fn a_managed_policy_of_two_accounts_is_one_document() {
    let text = account()
        .to_string()
        .replace("111122223333", "444455556666");
    let other: Json = serde_json::from_str(&text).unwrap();
    let (mut holdings, _) = read(&account());
    assert!(read_export(&source(&other), &mut holdings).is_ok());
    let shared: Vec<_> = holdings
        .ids()
        .filter(|id| holdings.document(*id).unwrap().arn.as_deref() == Some(SHARED))
        .collect();
    let [shared] = shared[..] else {
        panic!("{shared:?}");
    };
    let Holders::Principals(arns) = holdings.holders(shared) else {
        panic!("held by principals");
    };
    assert_eq!(arns.len(), 4, "{arns:?}");
}

#[test]
fn a_managed_policy_that_nobody_has_is_nobodys_document() {
    let mut json = account();
    let loose = managed("arn:aws:iam::111122223333:policy/Loose", &allow("s3:*"));
    json["Policies"].as_array_mut().unwrap().push(loose);
    let (holdings, _) = read(&json);
    let last = holdings.ids().last().unwrap();
    assert!(
        holdings
            .document(last)
            .unwrap()
            .name
            .ends_with("policy/Loose")
    );
    assert_eq!(holdings.holders(last), Holders::Principals(Vec::new()));
}
