use serde_json::{Value, json};

use super::*;
use crate::trail::{
    UnmappedReason,
    sample::{call, interpreted, lines, with},
};

/// Asserts the requests of a call that succeeded.
pub(super) fn asks(service: &str, name: &str, parameters: Value, expected: &[&str]) {
    assert_eq!(
        lines(&call(service, name, parameters)),
        expected,
        "{service}:{name}"
    );
}

#[test]
fn tagging_a_new_key_is_asked_for_on_the_key() {
    let create = call(
        "kms",
        "CreateKey",
        json!({"tags": [{"tagKey": "a", "tagValue": "b"}]}),
    );
    assert_eq!(
        lines(&create),
        ["kms:CreateKey *", "kms:TagResource ~ kms:R:A:key/*"]
    );
}

#[test]
fn a_required_resource_that_the_event_does_not_name_is_asked_for_too() {
    let accept = call(
        "ec2",
        "AcceptVpcPeeringConnection",
        json!({"vpcPeeringConnectionId": "pcx-1"}),
    );
    assert_eq!(
        lines(&accept),
        [
            "ec2:AcceptVpcPeeringConnection = ec2:R:A:vpc-peering-connection/pcx-1",
            "ec2:AcceptVpcPeeringConnection ~ ec2:R:A:vpc/*",
        ]
    );
}

#[test]
fn recorded_resources_of_one_type_are_all_asked_for() {
    let parameter =
        |name: &str| json!({"ARN": format!("arn:aws:ssm:eu-west-1:123456789012:parameter/{name}")});
    let get = with(
        call("ssm", "GetParameters", json!({"names": ["/a", "/b/c"]})),
        json!({"resources": [parameter("a"), parameter("b/c")]}),
    );
    assert_eq!(
        lines(&get),
        [
            "ssm:GetParameters = ssm:R:A:parameter/a",
            "ssm:GetParameters = ssm:R:A:parameter/b/c",
        ]
    );
}

#[test]
fn ids_that_bring_the_start_of_their_place_have_it_once() {
    let policy = call(
        "organizations",
        "DescribePolicy",
        json!({"policyId": "p-12345678"}),
    );
    let line = lines(&policy).remove(0);
    assert!(line.ends_with("/p-12345678"), "{line}");
    assert!(!line.contains("p-p-"), "{line}");
    let change = call("route53", "GetChange", json!({"id": "/change/C1"}));
    assert_eq!(lines(&change), ["route53:GetChange = route53:::change/C1"]);
}

#[test]
fn resources_of_another_account_are_there() {
    let root = call(
        "sts",
        "AssumeRoot",
        json!({"targetPrincipal": "444455556666"}),
    );
    assert_eq!(lines(&root), ["sts:AssumeRoot = iam::444455556666:root"]);
    let url = call(
        "sqs",
        "GetQueueUrl",
        json!({"queueName": "q", "queueOwnerAWSAccountId": "444455556666"}),
    );
    assert_eq!(
        lines(&url),
        ["sqs:GetQueueUrl = sqs:eu-west-1:444455556666:q"]
    );
}

#[test]
fn a_service_linked_role_is_under_the_path_of_its_service() {
    let create = call(
        "iam",
        "CreateServiceLinkedRole",
        json!({"aWSServiceName": "rds.amazonaws.com"}),
    );
    assert_eq!(
        lines(&create),
        ["iam:CreateServiceLinkedRole ~ iam::A:role/aws-service-role/rds.amazonaws.com/*"]
    );
}

#[test]
fn one_parameter_may_have_two_variables_of_an_arn() {
    let run = |definition: &str| {
        lines(&call(
            "ecs",
            "RunTask",
            json!({"taskDefinition": definition}),
        ))
    };
    assert_eq!(run("td:3"), ["ecs:RunTask = ecs:R:A:task-definition/td:3"]);
    assert_eq!(run("td"), ["ecs:RunTask ~ ecs:R:A:task-definition/td:*"]);
    let arn = "arn:aws:ecs:eu-west-1:123456789012:task-definition/td:3";
    assert_eq!(run(arn), ["ecs:RunTask = ecs:R:A:task-definition/td:3"]);
}

#[test]
fn an_action_that_needs_none_of_its_resources_may_be_asked_for_a_star() {
    let put = call("monitoring", "PutMetricData", json!({"namespace": "app"}));
    assert_eq!(lines(&put), ["cloudwatch:PutMetricData ?"]);
}

#[test]
fn objects_of_s3() {
    asks(
        "s3",
        "GetObject",
        json!({"bucketName":"b","key":"k/l"}),
        &["s3:GetObject = s3:::b/k/l"],
    );
    asks(
        "s3",
        "HeadObject",
        json!({"bucketName":"b","key":"k"}),
        &["s3:GetObject = s3:::b/k"],
    );
    asks(
        "s3",
        "GetObject",
        json!({"bucketName":"b","key":"k","versionId":"v"}),
        &["s3:GetObjectVersion = s3:::b/k"],
    );
    asks(
        "s3",
        "PutObject",
        json!({"bucketName":"b","key":"k","x-amz-acl":"public-read","x-amz-tagging":"a=b"}),
        &[
            "s3:PutObject = s3:::b/k",
            "s3:PutObjectAcl = s3:::b/k",
            "s3:PutObjectTagging = s3:::b/k",
        ],
    );
    asks(
        "s3",
        "CopyObject",
        json!({"bucketName":"b","key":"k","x-amz-copy-source":"/from/a%20b?versionId=3"}),
        &[
            "s3:PutObject = s3:::b/k",
            "s3:GetObjectVersion = s3:::from/a b",
        ],
    );
    asks(
        "s3",
        "DeleteObjects",
        json!({"bucketName":"b","delete":""}),
        &["s3:DeleteObject ~ s3:::b/*"],
    );
}

#[test]
fn buckets_of_s3() {
    asks(
        "s3",
        "ListObjects",
        json!({"bucketName":"b","prefix":"x"}),
        &["s3:ListBucket = s3:::b"],
    );
    asks(
        "s3",
        "PutBucketPolicy",
        json!({"bucketName":"b"}),
        &["s3:PutBucketPolicy = s3:::b"],
    );
    asks("s3", "ListBuckets", Value::Null, &["s3:ListAllMyBuckets *"]);
    asks(
        "s3",
        "ListAccessPoints",
        json!({"bucket":"b"}),
        &["s3:ListAccessPoints *"],
    );
    asks(
        "s3",
        "CreateBucket",
        json!({"bucketName":"b","x-amz-acl":"private"}),
        &["s3:CreateBucket = s3:::b"],
    );
    let listed = with(
        call("s3", "ListObjects", json!({"bucketName":"b"})),
        json!({"resources":[
            {"type":"AWS::S3::Object","ARNPrefix":"arn:aws:s3:::b/"},
            {"accountId":"123456789012","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::b"}]}),
    );
    assert_eq!(lines(&listed), ["s3:ListBucket = s3:::b"]);
}

#[test]
fn keys_of_kms_are_those_listed() {
    let key = json!({"resources":[{"accountId":"123456789012","type":"AWS::KMS::Key",
        "ARN":"arn:aws:kms:eu-west-1:123456789012:key/k"}]});
    let decrypt = call("kms", "Decrypt", json!({"keyId":"alias/aws/ssm"}));
    assert_eq!(lines(&decrypt), ["kms:Decrypt ~ kms:R:A:key/*"]);
    assert_eq!(lines(&with(decrypt, key)), ["kms:Decrypt = kms:R:A:key/k"]);
    asks(
        "kms",
        "Encrypt",
        json!({"keyId":"k"}),
        &["kms:Encrypt = kms:R:A:key/k"],
    );
    asks(
        "kms",
        "ReEncrypt",
        json!({"sourceKeyId":"k","destinationKeyId":"l"}),
        &[
            "kms:ReEncryptFrom = kms:R:A:key/k",
            "kms:ReEncryptTo = kms:R:A:key/l",
        ],
    );
}

#[test]
fn roles_to_assume() {
    asks(
        "sts",
        "AssumeRole",
        json!({"roleArn":"arn:aws:iam::111122223333:role/p/r","roleSessionName":"s"}),
        &["sts:AssumeRole = iam::111122223333:role/p/r"],
    );
    asks(
        "sts",
        "AssumeRole",
        json!({"roleArn":"arn:aws:iam::123456789012:role/r","sourceIdentity":"ana",
            "tags":[{"key":"k","value":"v"}]}),
        &[
            "sts:AssumeRole = iam::A:role/r",
            "sts:SetSourceIdentity = iam::A:role/r",
            "sts:TagSession = iam::A:role/r",
        ],
    );
}

#[test]
fn iam_names_have_unknown_paths() {
    let attach = json!({"roleName":"web","policyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"});
    asks(
        "iam",
        "AttachRolePolicy",
        attach,
        &["iam:AttachRolePolicy ~ iam::A:role/*web"],
    );
    asks(
        "iam",
        "CreateRole",
        json!({"roleName":"web","path":"/"}),
        &["iam:CreateRole = iam::A:role/web"],
    );
    asks(
        "iam",
        "CreateRole",
        json!({"roleName":"web","path":"/app/eu/","tags":[{"key":"a","value":"b"}]}),
        &[
            "iam:CreateRole = iam::A:role/app/eu/web",
            "iam:TagRole = iam::A:role/app/eu/web",
        ],
    );
    asks(
        "iam",
        "CreateUser",
        json!({"userName":"bob"}),
        &["iam:CreateUser = iam::A:user/bob"],
    );
    asks(
        "iam",
        "CreateAccessKey",
        json!({"userName":"bob"}),
        &["iam:CreateAccessKey ~ iam::A:user/*bob"],
    );
    asks(
        "iam",
        "GetPolicy",
        json!({"policyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"}),
        &["iam:GetPolicy = iam::aws:policy/ReadOnlyAccess"],
    );
    asks(
        "iam",
        "AddRoleToInstanceProfile",
        json!({"instanceProfileName":"p","roleName":"web"}),
        &[
            "iam:AddRoleToInstanceProfile ~ iam::A:instance-profile/*p",
            "iam:PassRole ~ iam::A:role/*web",
        ],
    );
}

#[test]
fn iam_calls_without_a_name_are_about_the_caller() {
    asks(
        "iam",
        "GetUser",
        Value::Null,
        &["iam:GetUser = iam::A:user/ana"],
    );
    asks(
        "iam",
        "ListAccessKeys",
        json!({"userName":"ana"}),
        &["iam:ListAccessKeys = iam::A:user/ana"],
    );
    asks(
        "iam",
        "ListAccessKeys",
        json!({"userName":"diana"}),
        &["iam:ListAccessKeys ~ iam::A:user/*diana"],
    );
    let denied = with(
        call("iam", "GetUser", Value::Null),
        json!({"errorCode":"AccessDenied"}),
    );
    assert_eq!(lines(&denied), ["iam:GetUser ~ iam::A:user/*"]);
}

#[test]
fn an_answer_tells_the_path() {
    let answered = with(
        call("iam", "GetRole", json!({"roleName":"web"})),
        json!({"responseElements":{"role":{"arn":"arn:aws:iam::123456789012:role/app/web"}}}),
    );
    assert_eq!(lines(&answered), ["iam:GetRole = iam::A:role/app/web"]);
}

#[test]
fn secrets_have_a_suffix() {
    let whole = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbC123";
    asks(
        "secretsmanager",
        "GetSecretValue",
        json!({"secretId":whole}),
        &["secretsmanager:GetSecretValue = secretsmanager:R:A:secret:db-AbC123"],
    );
    asks(
        "secretsmanager",
        "DescribeSecret",
        json!({"secretId":"prod/db"}),
        &["secretsmanager:DescribeSecret ~ secretsmanager:R:A:secret:prod/db-??????"],
    );
    asks(
        "secretsmanager",
        "CreateSecret",
        json!({"name":"db","tags":[{"key":"a","value":"b"}]}),
        &[
            "secretsmanager:CreateSecret ~ secretsmanager:R:A:secret:db-*",
            "secretsmanager:TagResource ~ secretsmanager:R:A:secret:db-*",
        ],
    );
    asks(
        "secretsmanager",
        "BatchGetSecretValue",
        json!({"filters":[]}),
        &["secretsmanager:BatchGetSecretValue *"],
    );
}

#[test]
fn parameters_and_commands_of_ssm() {
    asks(
        "ssm",
        "GetParameter",
        json!({"name":"/a/b"}),
        &["ssm:GetParameter = ssm:R:A:parameter/a/b"],
    );
    asks(
        "ssm",
        "GetParameters",
        json!({"names":["/a","b"]}),
        &[
            "ssm:GetParameters = ssm:R:A:parameter/a",
            "ssm:GetParameters = ssm:R:A:parameter/b",
        ],
    );
    asks(
        "ssm",
        "SendCommand",
        json!({"documentName":"AWS-RunShellScript","instanceIds":["i-1","mi-2"]}),
        &[
            "ssm:SendCommand = ec2:R:A:instance/i-1",
            "ssm:SendCommand = ssm:R:A:managed-instance/mi-2",
            "ssm:SendCommand ~ ssm:eu-west-1:*:document/AWS-RunShellScript",
        ],
    );
    asks(
        "ssm",
        "StartSession",
        json!({"target":"i-1","documentName":"Own"}),
        &[
            "ssm:StartSession = ec2:R:A:instance/i-1",
            "ssm:StartSession = ssm:R:A:document/Own",
        ],
    );
    asks(
        "ssm",
        "DescribeParameters",
        json!({"parameterFilters":[]}),
        &["ssm:DescribeParameters *"],
    );
    asks(
        "ssm",
        "DescribeInstanceInformation",
        Value::Null,
        &["ssm:DescribeInstanceInformation *"],
    );
}

#[test]
fn functions_of_lambda() {
    asks(
        "lambda",
        "AddPermission20150331v2",
        json!({"functionName":"f","principal":"*"}),
        &["lambda:AddPermission = lambda:R:A:function:f"],
    );
    asks(
        "lambda",
        "Invoke",
        json!({"functionName":"111122223333:function:f","qualifier":"live"}),
        &["lambda:InvokeFunction = lambda:eu-west-1:111122223333:function:f:live"],
    );
    asks(
        "lambda",
        "CreateFunction20150331",
        json!({"functionName":"f","role":"arn:aws:iam::123456789012:role/r","tags":{"a":"b"}}),
        &[
            "lambda:CreateFunction = lambda:R:A:function:f",
            "lambda:TagResource = lambda:R:A:function:f",
            "iam:PassRole = iam::A:role/r",
        ],
    );
}

#[test]
fn linked_roles_are_not_passed() {
    let role = "arn:aws:iam::123456789012:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX";
    asks(
        "lambda",
        "CreateFunction20150331",
        json!({"functionName":"f","role":role}),
        &["lambda:CreateFunction = lambda:R:A:function:f"],
    );
}

#[test]
fn calls_at_an_endpoint_are_calls() {
    let seen = with(
        call("s3", "GetObject", Value::Null),
        json!({"eventType":"AwsVpceEvent","eventCategory":"NetworkActivity",
            "errorCode":"VpceAccessDenied","vpcEndpointId":"vpce-1"}),
    );
    let read = interpreted(&seen);
    assert_eq!(
        (read.class, read.category),
        (Class::NetworkActivity, Category::NetworkActivity)
    );
    assert!(matches!(&read.outcome, Outcome::Denied(denial)
        if denial.policy_type == Some(crate::trail::PolicyType::VpcEndpoint)));
    assert_eq!(lines(&seen), ["s3:GetObject ?"]);
}

#[test]
fn log_groups() {
    asks(
        "logs",
        "CreateLogStream",
        json!({"logGroupName":"g","logStreamName":"s"}),
        &["logs:CreateLogStream = logs:R:A:log-group:g:log-stream:s"],
    );
    asks(
        "logs",
        "PutRetentionPolicy",
        json!({"logGroupName":"g"}),
        &["logs:PutRetentionPolicy ~ logs:R:A:log-group:g:*"],
    );
    asks(
        "logs",
        "DescribeLogGroups",
        json!({"logGroupNamePrefix":"g"}),
        &["logs:DescribeLogGroups *"],
    );
}

#[test]
fn launching_instances_acts_on_much() {
    let parameters = json!({
        "instancesSet":{"items":[{"imageId":"ami-1","keyName":"k","minCount":1,"maxCount":1}]},
        "instanceType":"t3.micro","subnetId":"subnet-1",
        "groupSet":{"items":[{"groupId":"sg-1"}]},
        "iamInstanceProfile":{"name":"p"},
        "tagSpecificationSet":{"items":[{"resourceType":"instance","tags":[{"key":"a","value":"b"}]}]}});
    asks(
        "ec2",
        "RunInstances",
        parameters,
        &[
            "ec2:RunInstances = ec2:R:A:instance/*",
            "ec2:RunInstances = ec2:R:A:key-pair/k",
            "ec2:RunInstances = ec2:R:A:network-interface/*",
            "ec2:RunInstances = ec2:R:A:security-group/sg-1",
            "ec2:RunInstances = ec2:R:A:subnet/subnet-1",
            "ec2:RunInstances = ec2:R:A:volume/*",
            "ec2:RunInstances = ec2:eu-west-1::image/ami-1",
            "ec2:CreateTags = ec2:R:A:instance/*",
            "iam:PassRole ~ iam::A:role/*",
        ],
    );
}

#[test]
fn ec2_resources() {
    let two = json!({"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"}]}});
    asks(
        "ec2",
        "TerminateInstances",
        two,
        &[
            "ec2:TerminateInstances = ec2:R:A:instance/i-1",
            "ec2:TerminateInstances = ec2:R:A:instance/i-2",
        ],
    );
    asks(
        "ec2",
        "ModifyInstanceAttribute",
        json!({"instanceId":"i-1"}),
        &["ec2:ModifyInstanceAttribute = ec2:R:A:instance/i-1"],
    );
    asks(
        "ec2",
        "GetPasswordData",
        json!({"instanceId":"i-1"}),
        &["ec2:GetPasswordData = ec2:R:A:instance/i-1"],
    );
    asks(
        "ec2",
        "AuthorizeSecurityGroupIngress",
        json!({"groupId":"sg-1","ipPermissions":{}}),
        &["ec2:AuthorizeSecurityGroupIngress = ec2:R:A:security-group/sg-1"],
    );
    asks(
        "ec2",
        "ModifySnapshotAttribute",
        json!({"snapshotId":"snap-1"}),
        &["ec2:ModifySnapshotAttribute = ec2:eu-west-1::snapshot/snap-1"],
    );
    asks(
        "ec2",
        "ModifyImageAttribute",
        json!({"imageId":"ami-1"}),
        &["ec2:ModifyImageAttribute = ec2:eu-west-1::image/ami-1"],
    );
    asks(
        "ec2",
        "DeleteFlowLogs",
        json!({"DeleteFlowLogsRequest":{"FlowLogId":{"tag":1,"content":"fl-1"}}}),
        &["ec2:DeleteFlowLogs = ec2:R:A:vpc-flow-log/fl-1"],
    );
    asks(
        "ec2",
        "CreateVpc",
        json!({"cidrBlock":"10.0.0.0/16"}),
        &["ec2:CreateVpc = ec2:R:A:vpc/*"],
    );
    asks(
        "ec2",
        "CreateRouteTable",
        json!({"vpcId":"vpc-1"}),
        &[
            "ec2:CreateRouteTable = ec2:R:A:route-table/*",
            "ec2:CreateRouteTable = ec2:R:A:vpc/vpc-1",
        ],
    );
    asks(
        "ec2",
        "CreateVolume",
        json!({"size":"1"}),
        &["ec2:CreateVolume = ec2:R:A:volume/*"],
    );
    asks(
        "ec2",
        "DescribeInstances",
        json!({"instancesSet":{},"filterSet":{}}),
        &["ec2:DescribeInstances *"],
    );
    asks(
        "ec2",
        "CreateTags",
        json!({"resourcesSet":{"items":[{"resourceId":"ami-1"}]},
        "tagSet":{"items":[{"key":"a","value":"b"}]}}),
        &["ec2:CreateTags = ec2:eu-west-1::image/ami-1"],
    );
}

#[test]
fn tables_queues_and_topics() {
    asks(
        "dynamodb",
        "DescribeTable",
        json!({"tableName":"t"}),
        &["dynamodb:DescribeTable = dynamodb:R:A:table/t"],
    );
    asks(
        "dynamodb",
        "Query",
        json!({"tableName":"t","indexName":"i"}),
        &["dynamodb:Query = dynamodb:R:A:table/t/index/i"],
    );
    asks(
        "dynamodb",
        "BatchGetItem",
        json!({"requestItems":{"t":{},"u":{}}}),
        &[
            "dynamodb:BatchGetItem = dynamodb:R:A:table/t",
            "dynamodb:BatchGetItem = dynamodb:R:A:table/u",
        ],
    );
    asks(
        "sqs",
        "SendMessageBatch",
        json!({"queueUrl":"https://sqs.eu-west-1.amazonaws.com/111122223333/q"}),
        &["sqs:SendMessage = sqs:eu-west-1:111122223333:q"],
    );
    asks(
        "sqs",
        "CreateQueue",
        json!({"queueName":"q"}),
        &["sqs:CreateQueue = sqs:R:A:q"],
    );
    asks(
        "sns",
        "Publish",
        json!({"topicArn":"arn:aws:sns:eu-west-1:111122223333:t"}),
        &["sns:Publish = sns:eu-west-1:111122223333:t"],
    );
    asks(
        "sns",
        "Publish",
        json!({"phoneNumber":"HIDDEN_DUE_TO_SECURITY_REASONS"}),
        &["sns:Publish *"],
    );
    asks(
        "sns",
        "Subscribe",
        json!({"topicArn":"arn:aws:sns:eu-west-1:123456789012:t","protocol":"sms"}),
        &["sns:Subscribe = sns:R:A:t"],
    );
}

#[test]
fn databases_trails_and_stacks() {
    asks(
        "rds",
        "CreateDBSnapshot",
        json!({"dBInstanceIdentifier":"d","dBSnapshotIdentifier":"s","tags":[{"key":"a","value":"b"}]}),
        &[
            "rds:CreateDBSnapshot = rds:R:A:db:d",
            "rds:CreateDBSnapshot = rds:R:A:snapshot:s",
            "rds:AddTagsToResource = rds:R:A:snapshot:s",
        ],
    );
    asks(
        "rds",
        "DeleteDBInstance",
        json!({"dBInstanceIdentifier":"d"}),
        &["rds:DeleteDBInstance = rds:R:A:db:d"],
    );
    asks(
        "rds",
        "DescribeDBInstances",
        Value::Null,
        &["rds:DescribeDBInstances ~ rds:R:A:db:*"],
    );
    asks(
        "cloudtrail",
        "StopLogging",
        json!({"name":"t"}),
        &["cloudtrail:StopLogging = cloudtrail:R:A:trail/t"],
    );
    asks(
        "cloudtrail",
        "DeleteTrail",
        json!({"name":"arn:aws:cloudtrail:eu-west-1:123456789012:trail/t"}),
        &["cloudtrail:DeleteTrail = cloudtrail:R:A:trail/t"],
    );
    asks(
        "cloudtrail",
        "PutEventSelectors",
        json!({"trailName":"t"}),
        &["cloudtrail:PutEventSelectors = cloudtrail:R:A:trail/t"],
    );
    asks(
        "ecr",
        "PutImage",
        json!({"repositoryName":"r","registryId":"111122223333"}),
        &["ecr:PutImage = ecr:eu-west-1:111122223333:repository/r"],
    );
    asks(
        "eks",
        "DescribeCluster",
        json!({"name":"c"}),
        &["eks:DescribeCluster = eks:R:A:cluster/c"],
    );
    asks(
        "cloudformation",
        "DeleteStack",
        json!({"stackName":"s"}),
        &["cloudformation:DeleteStack ~ cloudformation:R:A:stack/s/*"],
    );
    asks(
        "bedrock",
        "Converse",
        json!({"modelId":"anthropic.claude-v2"}),
        &["bedrock:InvokeModel = bedrock:eu-west-1::foundation-model/anthropic.claude-v2"],
    );
    asks(
        "guardduty",
        "GetDetector",
        json!({"detectorId":"d"}),
        &["guardduty:GetDetector = guardduty:R:A:detector/d"],
    );
    asks(
        "route53",
        "GetHostedZone",
        json!({"id":"/hostedzone/Z1"}),
        &["route53:GetHostedZone = route53:::hostedzone/Z1"],
    );
    asks(
        "monitoring",
        "DescribeAlarms",
        Value::Null,
        &["cloudwatch:DescribeAlarms ~ cloudwatch:R:A:alarm:*"],
    );
}

#[test]
fn api_gateway_asks_for_verbs_on_paths() {
    asks(
        "apigateway",
        "GetRestApis",
        Value::Null,
        &["apigateway:GET = apigateway:eu-west-1::/restapis"],
    );
    asks(
        "apigateway",
        "CreateDeployment",
        json!({"restApiId":"a"}),
        &["apigateway:POST = apigateway:eu-west-1::/restapis/a/deployments"],
    );
    asks(
        "apigateway",
        "CreateDeployment",
        json!({"apiId":"b"}),
        &["apigateway:POST = apigateway:eu-west-1::/apis/b/deployments"],
    );
    asks(
        "apigateway",
        "DeleteRestApi",
        json!({}),
        &["apigateway:DELETE ~ apigateway:eu-west-1::/restapis/*"],
    );
}

#[test]
fn statements_choose_the_action_of_dynamodb() {
    let statement = json!({"statement":"SELECT * FROM t"});
    let read = interpreted(&call("dynamodb", "ExecuteStatement", statement));
    assert_eq!(read.actions(), [&ActionName::new("dynamodb:PartiQLSelect")]);
    let open = interpreted(&call("dynamodb", "ExecuteStatement", Value::Null));
    let Decided::Unmapped(Unmapped {
        reason: UnmappedReason::OneOf(names),
        ..
    }) = open.decision
    else {
        panic!("{open:?}");
    };
    assert_eq!(names.len(), 4);
    let items = json!({"transactItems":[{"put":{"tableName":"t"}},{"delete":{"tableName":"u"}}]});
    asks(
        "dynamodb",
        "TransactWriteItems",
        items,
        &[
            "dynamodb:PutItem = dynamodb:R:A:table/t",
            "dynamodb:DeleteItem = dynamodb:R:A:table/u",
        ],
    );
}

#[test]
fn what_is_no_action_is_unmapped() {
    for (service, name, reason) in [
        ("cloudhsm", "ListLunaClients", UnmappedReason::UnknownAction),
        (
            "s3",
            "GetStorageLensDashboardDataInternal",
            UnmappedReason::UnknownAction,
        ),
        ("nosuch", "DoThings", UnmappedReason::UnknownService),
        ("apigateway", "DoThings", UnmappedReason::UnknownAction),
    ] {
        let read = interpreted(&call(service, name, Value::Null));
        let Decided::Unmapped(unmapped) = read.decision else {
            panic!("{read:?}")
        };
        assert_eq!(unmapped.reason, reason);
        assert_eq!(
            (unmapped.prefix.as_deref(), unmapped.name.as_deref()),
            (Some(service), Some(name))
        );
    }
    let nameless = with(call("s3", "x", Value::Null), json!({"eventName":null}));
    assert!(matches!(
        interpreted(&nameless).decision,
        Decided::Unmapped(Unmapped {
            reason: UnmappedReason::Incomplete,
            ..
        })
    ));
}

pub(super) fn made(event: &Value) -> Call {
    let read = interpreted(event);
    let Decided::Call(call) = read.decision else {
        panic!("{read:?}")
    };
    call
}

pub(super) fn needs_of(event: &Value) -> Needs {
    made(event).needs
}

#[test]
fn some_calls_need_no_policy() {
    assert_eq!(
        needs_of(&call("sts", "GetCallerIdentity", Value::Null)),
        Needs::Nothing
    );
    assert_eq!(
        needs_of(&call("iam", "ListUsers", Value::Null)),
        Needs::Permission
    );
    let federated = with(
        call(
            "sts",
            "AssumeRoleWithWebIdentity",
            json!({"roleArn":"arn:aws:iam::123456789012:role/r"}),
        ),
        json!({"userIdentity":{"type":"WebIdentityUser","userName":"u"}}),
    );
    assert_eq!(needs_of(&federated), Needs::ResourcePolicyOnly);
    let anonymous = with(
        call("s3", "GetObject", json!({"bucketName":"b","key":"k"})),
        json!({"userIdentity":{"type":"AWSAccount","principalId":"","accountId":"anonymous"}}),
    );
    assert_eq!(needs_of(&anonymous), Needs::ResourcePolicyOnly);
}

#[test]
fn what_is_no_call_has_nothing_to_decide() {
    let event = with(
        call("signin", "ConsoleLogin", Value::Null),
        json!({"eventType":"AwsConsoleSignIn"}),
    );
    let read = interpreted(&event);
    assert_eq!(read.class.name(), "console-sign-in");
    assert!(matches!(read.decision, Decided::Nothing));
    assert!(read.actions().is_empty() && read.resources().is_empty());
}

#[test]
fn a_refusal_names_what_was_judged() {
    let refused = |name: &str, message: &str| {
        let event = with(
            call("lambda", name, Value::Null),
            json!({"errorCode":"AccessDenied","errorMessage":message}),
        );
        let notes = made(&event).notes;
        (lines(&event), notes)
    };
    let (same, notes) = refused(
        "GetFunction20150331v2",
        "User: u is not authorized to perform: lambda:GetFunction on resource: \
         arn:aws:lambda:eu-west-1:123456789012:function:f because no identity-based policy allows it",
    );
    assert_eq!(same, ["lambda:GetFunction = lambda:R:A:function:f"]);
    assert_eq!(notes, [Note::ParametersMissing]);
    let (other, notes) = refused(
        "CreateFunction20150331",
        "User: u is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/r",
    );
    assert_eq!(other, ["iam:PassRole = iam::A:role/r"]);
    assert_eq!(notes, [Note::ActionFromMessage, Note::ParametersMissing]);
    let (everything, _) = refused(
        "ListFunctions20150331",
        "User: u is not authorized to perform: lambda:ListFunctions on resource: *",
    );
    assert_eq!(everything, ["lambda:ListFunctions *"]);
}

#[test]
fn names_of_other_partitions() {
    let event = with(
        call("s3", "GetObject", json!({"bucketName":"b","key":"k"})),
        json!({"awsRegion":"cn-north-1"}),
    );
    assert_eq!(lines(&event), ["s3:GetObject = arn:aws-cn:s3:::b/k"]);
}

#[test]
fn encoded_arns_are_decoded() {
    asks(
        "eks",
        "TagResource",
        json!({"resourceArn":"arn%3Aaws%3Aeks%3Aeu-west-1%3A123456789012%3Acluster%2Fc","tags":{"a":"b"}}),
        &["eks:TagResource = eks:R:A:cluster/c"],
    );
}
