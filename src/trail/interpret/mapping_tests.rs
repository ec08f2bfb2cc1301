//! What calls ask for beside their own action, and how many recorded calls have one.

use serde_json::{Value, json};

use super::{
    tests::{asks, made, needs_of},
    *,
};
use crate::{
    catalog::Recording,
    trail::sample::{call, interpreted, lines, with},
};

#[test]
fn roles_are_passed_where_the_parameters_name_them() {
    let role = "arn:aws:iam::123456789012:role/app/run";
    for (service, name, parameters) in [
        (
            "events",
            "PutTargets",
            json!({"rule":"r","targets":[{"id":"1","arn":"arn:aws:sqs:eu-west-1:123456789012:q","roleArn":role},
                {"id":"2","arn":"arn:aws:sqs:eu-west-1:123456789012:p"}]}),
        ),
        (
            "scheduler",
            "CreateSchedule",
            json!({"name":"s","target":{"arn":"arn:aws:lambda:eu-west-1:123456789012:function:f","roleArn":role}}),
        ),
        ("pipes", "CreatePipe", json!({"name":"p","roleArn":role})),
        (
            "s3",
            "PutBucketReplication",
            json!({"bucketName":"b","ReplicationConfiguration":{"Role":role,"Rule":{}}}),
        ),
        ("glue", "CreateJob", json!({"name":"j","role":role})),
        (
            "sagemaker",
            "CreateTrainingJob",
            json!({"trainingJobName":"t","roleArn":role}),
        ),
        (
            "sagemaker",
            "CreatePipeline",
            json!({"pipelineName":"t","roleArn":role}),
        ),
        (
            "batch",
            "RegisterJobDefinition",
            json!({"jobDefinitionName":"j","containerProperties":{"jobRoleArn":role,"executionRoleArn":role}}),
        ),
        (
            "states",
            "CreateStateMachine",
            json!({"name":"m","roleArn":role}),
        ),
        (
            "codebuild",
            "CreateProject",
            json!({"name":"p","serviceRole":role}),
        ),
        (
            "codepipeline",
            "CreatePipeline",
            json!({"pipeline":{"name":"p","roleArn":role}}),
        ),
        (
            "ecs",
            "RunTask",
            json!({"taskDefinition":"t:1","overrides":{"taskRoleArn":role}}),
        ),
        (
            "cloudformation",
            "CreateStack",
            json!({"stackName":"s","roleARN":role}),
        ),
        ("transfer", "CreateServer", json!({"loggingRole":role})),
    ] {
        let passed: Vec<String> = lines(&call(service, name, parameters))
            .into_iter()
            .filter(|line| line.starts_with("iam:PassRole"))
            .collect();
        assert_eq!(
            passed,
            ["iam:PassRole = iam::A:role/app/run"],
            "{service}:{name}"
        );
    }
}

#[test]
fn a_role_of_an_instance_profile_is_passed_and_not_known() {
    for (service, name, parameters) in [
        (
            "autoscaling",
            "CreateLaunchConfiguration",
            json!({"launchConfigurationName":"l","iamInstanceProfile":"web"}),
        ),
        (
            "ec2",
            "RunInstances",
            json!({"instancesSet":{"items":[{"imageId":"ami-1"}]},"iamInstanceProfile":{"name":"web"}}),
        ),
    ] {
        let event = call(service, name, parameters);
        let lines = lines(&event);
        assert!(
            lines.contains(&"iam:PassRole ~ iam::A:role/*".to_owned()),
            "{lines:?}"
        );
        assert!(made(&event).notes.contains(&Note::PassedRoleUnknown));
    }
}

#[test]
fn roles_of_task_definitions_and_launch_templates_may_be_passed() {
    for (service, name, parameters) in [
        ("ecs", "RunTask", json!({"taskDefinition":"t:1"})),
        (
            "ec2",
            "RunInstances",
            json!({"launchTemplate":{"launchTemplateId":"lt-1"}}),
        ),
        (
            "autoscaling",
            "CreateAutoScalingGroup",
            json!({"autoScalingGroupName":"g","launchConfigurationName":"l"}),
        ),
    ] {
        let event = call(service, name, parameters);
        assert!(made(&event).notes.contains(&Note::MayPassRole), "{name}");
        assert!(
            !lines(&event)
                .iter()
                .any(|line| line.starts_with("iam:PassRole")),
            "{name}"
        );
    }
    let plain = call("ec2", "RunInstances", json!({"imageId":"ami-1"}));
    assert!(!made(&plain).notes.contains(&Note::MayPassRole));
}

#[test]
fn what_only_looks_like_a_role_is_not_passed() {
    let event = call(
        "appsync",
        "CreateDataSource",
        json!({"apiId":"a","name":"n","httpConfig":{"authorizationConfig":{"awsIamConfig":
            {"signingRegion":"eu-west-1","signingServiceName":"states"}}}}),
    );
    assert!(
        !lines(&event)
            .iter()
            .any(|line| line.starts_with("iam:PassRole"))
    );
}

#[test]
fn each_table_is_asked_for_with_what_is_done_to_it() {
    let tables = |names: &[&str]| -> Vec<Value> {
        names
            .iter()
            .map(|name| {
                json!({"type":"AWS::DynamoDB::Table",
                "ARN":format!("arn:aws:dynamodb:eu-west-1:123456789012:table/{name}")})
            })
            .collect()
    };
    let write = with(
        call(
            "dynamodb",
            "TransactWriteItems",
            json!({"transactItems":[{"put":{"tableName":"t"}},{"conditionCheck":{"tableName":"u"}},
                {"put":{"tableName":"v"}}]}),
        ),
        json!({"resources":tables(&["t","u","v"])}),
    );
    assert_eq!(
        lines(&write),
        [
            "dynamodb:ConditionCheckItem = dynamodb:R:A:table/u",
            "dynamodb:PutItem = dynamodb:R:A:table/t",
            "dynamodb:PutItem = dynamodb:R:A:table/v",
        ]
    );
    asks(
        "dynamodb",
        "TransactGetItems",
        json!({"transactItems":[{"get":{"tableName":"t"}},{"get":{"tableName":"u"}}]}),
        &[
            "dynamodb:GetItem = dynamodb:R:A:table/t",
            "dynamodb:GetItem = dynamodb:R:A:table/u",
        ],
    );
    asks(
        "dynamodb",
        "BatchWriteItem",
        json!({"requestItems":{"t":[{"putRequest":{}}],"u":[{"deleteRequest":{}}]}}),
        &[
            "dynamodb:BatchWriteItem = dynamodb:R:A:table/t",
            "dynamodb:BatchWriteItem = dynamodb:R:A:table/u",
        ],
    );
    let statements = with(
        call(
            "dynamodb",
            "BatchExecuteStatement",
            json!({"statements":[{"statement":"SELECT * FROM \"t\".\"by-a\" WHERE a=1"},
                {"statement":"DELETE FROM u WHERE a=1"}]}),
        ),
        json!({"resources":tables(&["t","u"])}),
    );
    assert_eq!(
        lines(&statements),
        [
            "dynamodb:PartiQLSelect = dynamodb:R:A:table/t/index/by-a",
            "dynamodb:PartiQLDelete = dynamodb:R:A:table/u",
        ]
    );
}

#[test]
fn models_behind_inference_profiles_are_asked_for_too() {
    asks(
        "bedrock",
        "Converse",
        json!({"modelId":"eu.amazon.nova-lite-v1:0"}),
        &[
            "bedrock:InvokeModel = bedrock:R:A:inference-profile/eu.amazon.nova-lite-v1:0",
            "bedrock:InvokeModel ~ bedrock:*::foundation-model/amazon.nova-lite-v1:0",
        ],
    );
    asks(
        "bedrock",
        "InvokeModel",
        json!({"modelId":"arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc"}),
        &[
            "bedrock:InvokeModel = bedrock:R:A:application-inference-profile/abc",
            "bedrock:InvokeModel ~ bedrock:*::foundation-model/*",
        ],
    );
    asks(
        "bedrock",
        "InvokeModel",
        json!({"modelId":"amazon.nova-lite-v1:0"}),
        &["bedrock:InvokeModel = bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0"],
    );
}

#[test]
fn secrets_of_a_batch_are_read_one_by_one() {
    asks(
        "secretsmanager",
        "BatchGetSecretValue",
        json!({"secretIdList":["a","arn:aws:secretsmanager:eu-west-1:123456789012:secret:b-AbCdEf"]}),
        &[
            "secretsmanager:BatchGetSecretValue *",
            "secretsmanager:GetSecretValue = secretsmanager:R:A:secret:b-AbCdEf",
            "secretsmanager:GetSecretValue ~ secretsmanager:R:A:secret:a-??????",
        ],
    );
}

#[test]
fn images_are_registered_from_their_snapshots() {
    let lines = lines(&call(
        "ec2",
        "RegisterImage",
        json!({"name":"n","blockDeviceMapping":{"items":[{"deviceName":"/dev/xvda",
            "ebs":{"snapshotId":"snap-1"}}]}}),
    ));
    assert_eq!(
        lines,
        [
            "ec2:RegisterImage = ec2:eu-west-1::image/*",
            "ec2:RegisterImage = ec2:eu-west-1::snapshot/snap-1",
        ]
    );
}

#[test]
fn a_trust_policy_can_judge_federated_callers() {
    let event = with(
        call(
            "sts",
            "AssumeRoleWithWebIdentity",
            json!({"roleArn":"arn:aws:iam::123456789012:role/deploy"}),
        ),
        json!({"userIdentity":{"type":"WebIdentityUser","userName":"u",
            "identityProvider":"accounts.google.com","principalId":"accounts.google.com:app:u"}}),
    );
    let read = interpreted(&event);
    assert_eq!(
        read.requests()[0].request.principal,
        Principal::Federated("accounts.google.com".to_owned())
    );
    assert_eq!(needs_of(&event), Needs::ResourcePolicyOnly);
}

/// Event sources and names of recorded API calls, with how many records have them.
fn recorded_calls() -> Vec<(&'static str, &'static str, usize)> {
    let lines = include_str!("../../../tests/fixtures/recorded-calls.txt").lines();
    lines
        .skip(1)
        .map(|line| {
            let fields: Vec<&str> = line.split(" | ").collect();
            (fields[0], fields[1], fields[2].parse().unwrap())
        })
        .collect()
}

fn recorded(source: &str, name: &str) -> Interpretation {
    let event = with(
        call("s3", name, json!({})),
        json!({ "eventSource": source }),
    );
    interpreted(&event)
}

#[test]
fn nearly_all_recorded_calls_have_actions_and_the_rest_is_known() {
    let (mut all, mut unmapped) = (0, Vec::new());
    for (source, name, count) in recorded_calls() {
        all += count;
        if matches!(recorded(source, name).decision, Decided::Unmapped(_)) {
            unmapped.push((source, name, count));
        }
    }
    // Neither has an action that AWS documents.
    let known = [
        ("cloudhsm.amazonaws.com", "ListLunaClients", 1),
        ("s3.amazonaws.com", "GetStorageLensDashboardDataInternal", 4),
    ];
    assert_eq!(unmapped, known);
    let missing: usize = unmapped.iter().map(|(.., count)| count).sum();
    assert!(missing * 1000 <= all * 2, "{missing} of {all}");
}

#[test]
fn what_was_recorded_is_not_said_never_to_be() {
    let catalog = Catalog::embedded();
    for (source, name, _) in recorded_calls() {
        let read = recorded(source, name);
        let main = read
            .requests()
            .iter()
            .filter(|one| one.role == RequestRole::Main);
        for one in main {
            let action = catalog.action(one.request.action.as_str()).unwrap();
            let recording = catalog.recording(action);
            assert!(
                !matches!(recording, Recording::Never { .. }),
                "{source} {name}: {recording:?}"
            );
        }
    }
}

#[test]
fn a_refusal_names_resources_of_iam_in_words() {
    let refused = |name: &str, resource: &str| {
        let message = format!(
            "User: arn:aws:iam::123456789012:user/ana is not authorized to perform: iam:{name} on \
             resource: {resource} because no permissions boundary allows the iam:{name} action"
        );
        lines(&with(
            call("iam", name, Value::Null),
            json!({"errorCode": "AccessDenied", "errorMessage": message}),
        ))
    };
    assert_eq!(
        refused("CreateAccessKey", "user ben"),
        ["iam:CreateAccessKey ~ iam::A:user/*ben"]
    );
    assert_eq!(
        refused("GetRole", "role app/web"),
        ["iam:GetRole = iam::A:role/app/web"]
    );
    assert_eq!(
        refused("AddRoleToInstanceProfile", "instance profile web"),
        ["iam:AddRoleToInstanceProfile ~ iam::A:instance-profile/*web"]
    );
    // No name of a user has a star or a blank.
    assert_eq!(
        refused("CreateAccessKey", "user *"),
        refused("CreateAccessKey", "user a b")
    );
}
