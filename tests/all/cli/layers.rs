//! `simulate` with policies of every layer, with settings in files, and with batches.

use crate::support::{Run, iamsim};
use serde_json::{Value, json};
use std::{fs, path::PathBuf};

const ANA: &str = "arn:aws:iam::123456789012:user/ana";
const SESSION: &str = "arn:aws:sts::123456789012:assumed-role/app/one";
const OBJECT: &str = "arn:aws:s3:::reports/q1.csv";

/// A folder with a policy for each layer.
struct Policies {
    folder: tempfile::TempDir,
}

impl Policies {
    fn new() -> Self {
        let policies = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let allow = |action: &str, principal: Option<Value>| {
            let mut statement = json!({"Effect": "Allow", "Action": action, "Resource": "*"});
            if let Some(principal) = principal {
                statement["Principal"] = principal;
            }
            json!({"Version": "2012-10-17", "Statement": statement})
        };
        policies.write("all", &allow("*", None));
        policies.write("get", &allow("s3:GetObject", None));
        policies.write("queues", &allow("sqs:*", None));
        policies.write("everyone", &allow("*", Some(json!("*"))));
        let account = json!({"AWS": "123456789012"});
        policies.write("account", &allow("s3:*", Some(account)));
        let deny = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}]});
        policies.write("deny", &deny);
        policies
    }

    fn write(&self, name: &str, policy: &Value) {
        fs::write(self.folder.path().join(name), policy.to_string()).unwrap();
    }

    fn path(&self, name: &str) -> String {
        let path: PathBuf = self.folder.path().join(name);
        path.to_str().unwrap().to_owned()
    }

    /// Simulates reading an object; an argument such as `@all` is the path of a policy, as is what
    /// follows `=@`.
    fn simulate(&self, principal: &str, arguments: &[&str]) -> Run {
        let request = [
            "simulate",
            "--principal",
            principal,
            "--action",
            "s3:GetObject",
            "--resource",
            OBJECT,
        ];
        let named = |argument: &&str| match argument.split_once('@') {
            Some((before, name)) if before.is_empty() || before.ends_with('=') => {
                format!("{before}{}", self.path(name))
            }
            _ => (*argument).to_owned(),
        };
        let all = request.iter().map(|word| (*word).to_owned());
        iamsim(all.chain(arguments.iter().map(named))).run()
    }

    fn decision(&self, principal: &str, arguments: &[&str]) -> (String, Vec<String>) {
        let arguments: Vec<_> = arguments
            .iter()
            .chain(&["--format", "json"])
            .copied()
            .collect();
        let report = self.simulate(principal, &arguments).json();
        let request = &report["requests"][0];
        let names = request["limitedBy"].as_array().unwrap();
        (
            report["decision"].as_str().unwrap().to_owned(),
            names
                .iter()
                .map(|name| name.as_str().unwrap().to_owned())
                .collect(),
        )
    }
}

#[track_caller]
fn assert_decision(found: &(String, Vec<String>), decision: &str, limited_by: &[&str]) {
    assert_eq!(
        (found.0.as_str(), &found.1[..]),
        (
            decision,
            &limited_by
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()[..]
        )
    );
}

#[test]
fn every_layer_has_its_say_and_the_first_that_limits_is_named_first() {
    let policies = Policies::new();
    let decided = |arguments: &[&str]| policies.decision(SESSION, arguments);
    let identity = ["--identity", "@all"];
    let with = |more: &[&str]| decided(&[&identity[..], more].concat());
    assert_decision(&with(&[]), "allowed", &[]);
    assert_decision(&with(&["--boundary", "@get"]), "allowed", &[]);
    assert_decision(
        &with(&["--boundary", "@queues"]),
        "implicitDeny",
        &["boundary"],
    );
    assert_decision(
        &with(&["--session", "@queues"]),
        "implicitDeny",
        &["session"],
    );
    assert_decision(
        &with(&["--endpoint", "@deny"]),
        "explicitDeny",
        &["vpcEndpoint"],
    );
    assert_decision(&with(&["--rcp", "root=@deny"]), "explicitDeny", &["rcp"]);
    assert_decision(
        &with(&["--scp", "root=@queues", "--boundary", "@queues"]),
        "implicitDeny",
        &["scp", "boundary"],
    );
    assert_decision(
        &with(&[
            "--scp",
            "root=@all",
            "--scp",
            "account=@all",
            "--scp",
            "account=@queues",
        ]),
        "allowed",
        &[],
    );
    assert_decision(
        &with(&["--scp", "root=@all", "--scp", "account="]),
        "implicitDeny",
        &["scp"],
    );
}

#[test]
fn a_level_without_policies_is_said_to_allow_nothing() {
    let policies = Policies::new();
    policies
        .simulate(
            ANA,
            &["--identity", "@all", "--scp", "root=@all", "--scp", "unit="],
        )
        .exits(1)
        .prints("denied, as the service control policies do not allow it")
        .prints("level 2 of the service control policies has no policy, so it allows nothing");
}

#[test]
fn the_policy_of_the_resource_may_allow_alone_or_leave_it_to_identity_policies() {
    let policies = Policies::new();
    let decided = |arguments: &[&str]| policies.decision(ANA, arguments);
    let none = ["--none", "identity"];
    let on = |name: &str| decided(&["--none", "identity", "--resource-policy", name]);
    assert_decision(&on("@everyone"), "allowed", &[]);
    assert_decision(&on("@account"), "implicitDeny", &["identity"]);
    let across = [
        &none[..],
        &[
            "--resource-policy",
            "@everyone",
            "--resource-account",
            "999999999999",
        ],
    ];
    assert_decision(&decided(&across.concat()), "implicitDeny", &["identity"]);
}

#[test]
fn what_a_layer_that_is_not_known_may_say_is_told_exactly() {
    let policies = Policies::new();
    let run = |more: &[&str]| {
        let arguments = [&["--identity", "@all", "--format", "json"][..], more].concat();
        policies.simulate(ANA, &arguments).json()
    };
    // A boundary cannot allow, and the bucket of the own account need not.
    let possible = |report: &Value| report["possible"].clone();
    let boundary = run(&["--unknown", "boundary"]);
    assert_eq!(
        possible(&boundary),
        json!(["allowed", "explicitDeny", "implicitDeny"])
    );
    let resource = run(&["--unknown", "resource"]);
    assert_eq!(possible(&resource), json!(["allowed", "explicitDeny"]));
    let residual = &resource["requests"][0]["residual"];
    assert_eq!(residual["denies"], "the resource policies deny it");
    assert_eq!(residual["exact"], true);
    assert_eq!(run(&["--none", "boundary"])["decision"], "allowed");
}

#[test]
fn layers_that_have_no_effect_on_a_caller_are_named_with_the_reason() {
    let policies = Policies::new();
    policies
        .simulate(
            "arn:aws:iam::123456789012:root",
            &["--identity", "@get", "--scp", "root=@queues", "--management-account", "123456789012"],
        )
        .exits(0)
        .prints("without effect: service control policies, as they do not restrict the management account")
        .prints("without effect: identity policies, as such a caller has none");
}

#[test]
fn a_trace_shows_every_statement_of_every_layer() {
    let policies = Policies::new();
    policies
        .simulate(
            ANA,
            &[
                "--identity",
                "@all",
                "--boundary",
                "@queues",
                "--scp",
                "root=@all",
                "--trace",
            ],
        )
        .exits(1)
        .prints("trace: service control policies, level 1: ")
        .prints("trace: identity policies: ")
        .prints("trace: permissions boundaries: ")
        .prints("statement 1 is not about `s3:GetObject`");
}

#[test]
fn arguments_about_layers_that_contradict_or_cannot_be_read_are_refused() {
    let policies = Policies::new();
    for (arguments, message) in [
        (&["--scp", "@all"][..], "is not of the form `LEVEL=FILE`"),
        (&["--none", "walls"], "`walls` is not a layer of policies"),
        (
            &["--identity", "@all", "--none", "identity"],
            "identity policies are given, and said to be none",
        ),
        (
            &["--scp", "root=@all", "--unknown", "scp"],
            "service control policies are given, and said to be unknown",
        ),
        (
            &["--boundary", "@everyone"],
            "a policy with principals is not of this kind",
        ),
        (
            &["--identity", "@all", "--resource-account", "1"],
            "`1` is not an account",
        ),
        (
            &["--identity", "@all", "--canonical-user", "1"],
            "`1` is not a canonical user id",
        ),
    ] {
        let run = policies.simulate(ANA, arguments).exits(2);
        run.complains(message).complains("help:");
    }
}

#[test]
fn several_resources_are_one_call_that_each_must_be_allowed_on() {
    let policies = Policies::new();
    let more = ["--identity", "@get", "--action", "s3:PutObject"];
    policies
        .simulate(ANA, &more)
        .exits(1)
        .prints("denied: a call of 2 requests")
        .prints("allowed: `s3:GetObject`")
        .prints("denied, as nothing allows it: `s3:PutObject`");
}

#[test]
fn a_setting_in_a_file_names_policies_beside_it_and_arguments_come_first() {
    let policies = Policies::new();
    let toml = format!(
        r#"
        [policies]
        identity = "get"
        boundary = '{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}}}'
        scps = [["all"], ["all", "queues"]]

        [request]
        principal = "{ANA}"
        action = "s3:GetObject"
        resource = "{OBJECT}"
        context."aws:SecureTransport" = true
        "#
    );
    fs::write(policies.path("setting.toml"), toml).unwrap();
    let setting = policies.path("setting.toml");
    iamsim(["simulate", "--setting", &setting])
        .run()
        .exits(0)
        .prints("considered: service control policies (2 levels, 3 policies with 3 statements)");
    let put = [
        "simulate",
        "--setting",
        &setting,
        "--action",
        "s3:PutObject",
    ];
    iamsim(put)
        .run()
        .exits(1)
        .prints("denied, as nothing allows it: `s3:PutObject`");
    fs::write(
        policies.path("wrong.toml"),
        "[policies]\nidentity = [\"get\"\n",
    )
    .unwrap();
    fs::write(
        policies.path("member.toml"),
        "[policies]\nidentiti = \"get\"\n[request]\n",
    )
    .unwrap();
    let member = policies.path("member.toml");
    let run = iamsim(["simulate", "--setting", &member]).run().exits(2);
    run.complains("member.toml: `policies` is not as it should be: unknown field `identiti`");
    let wrong = policies.path("wrong.toml");
    let run = iamsim(["simulate", "--setting", &wrong]).run().exits(2);
    run.complains("wrong.toml").complains("help:");
}

fn case(id: &str, action: &str) -> String {
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]});
    json!({
        "id": id,
        "policies": {"identity": [policy]},
        "request": {"principal": ANA, "action": action, "resource": OBJECT, "context": {}}
    })
    .to_string()
}

#[test]
fn a_batch_is_answered_in_order_and_malformed_lines_are_counted() {
    let mut lines = Vec::new();
    for number in 0..5_000 {
        lines.push(match number % 5 {
            0 => "{\"id\": 1".to_owned(),
            1 => case(&number.to_string(), "s3:PutObject"),
            _ => case(&number.to_string(), "s3:GetObject"),
        });
    }
    let run = iamsim(["simulate", "--batch", "-"])
        .stdin(lines.join("\n"))
        .run()
        .exits(2);
    let answers: Vec<Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), 5_000);
    for (number, answer) in answers.iter().enumerate() {
        match number % 5 {
            0 => assert_eq!(answer["line"], number + 1, "{answer}"),
            1 => assert_eq!(
                (&answer["id"], &answer["decision"]),
                (&json!(number.to_string()), &json!("implicitDeny"))
            ),
            _ => assert_eq!(
                (&answer["id"], &answer["decision"]),
                (&json!(number.to_string()), &json!("allowed"))
            ),
        }
    }
    run.complains("5000 cases: 3000 allowed, 1000 implicitDeny, 1000 malformed");
}

#[test]
fn a_batch_never_leaves_out_a_policy_that_cannot_be_used() {
    let good = case("a", "s3:GetObject");
    let broken = good.replace("\"Allow\"", "\"Alow\"");
    let path = good.replace(r#""identity":["#, r#""identity":["policy.json","#);
    let principal = good.replace(ANA, "ana");
    let run = iamsim(["simulate", "--batch", "-"])
        .stdin([broken, path, principal].join("\n"))
        .run()
        .exits(2);
    let answers: Vec<Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let wrong = |place: usize| answers[place]["error"].as_str().unwrap().to_owned();
    assert!(wrong(0).starts_with("identity policy 1:1:"), "{}", wrong(0));
    assert!(wrong(1).contains("is a path"), "{}", wrong(1));
    assert!(
        wrong(2).contains("`ana` is not a principal"),
        "{}",
        wrong(2)
    );
    assert!(answers[2]["help"].as_str().unwrap().contains("`anonymous`"));
}

#[test]
fn values_and_operators_that_can_never_match_are_told() {
    let good = case("a", "s3:GetObject");
    let test = |condition: &str| {
        let text = good.replace(
            r#""Resource":"*""#,
            &format!(r#""Resource":"*","Condition":{condition}"#),
        );
        let run = iamsim(["simulate", "--batch", "-"])
            .stdin(text)
            .run()
            .exits(0);
        let answer: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(answer["decision"], "implicitDeny");
        answer["warnings"][0].as_str().unwrap().to_owned()
    };
    assert!(
        test(r#"{"IpAddress":{"aws:SourceIp":"10.0.0/8"}}"#).contains("`10.0.0/8` is no address")
    );
    assert!(test(r#"{"DateLessThan":{"aws:CurrentTime":"soon"}}"#).contains("`soon` is no date"));
    assert!(test(r#"{"NumericEquals":{"s3:max-keys":"ten"}}"#).contains("`ten` is no number"));
    assert!(
        test(r#"{"StringIs":{"aws:userid":"a"}}"#).contains("`StringIs` is no operator of AWS")
    );
}
