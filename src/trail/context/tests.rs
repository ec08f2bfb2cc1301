use serde_json::{Value, json};

use crate::{
    eval::Fact,
    policy::ConditionKey,
    trail::{
        interpret::Interpretation,
        sample::{call, interpreted, with},
    },
};

/// A fact in a word: the values, `-` for absent, `?` for unknown.
fn fact_in(read: &Interpretation, request: usize, key: &str) -> String {
    let context = &read.requests()[request].request.context;
    match context.fact(&ConditionKey::new(key)).as_ref() {
        Fact::Values(values) => values.join(","),
        Fact::Absent => "-".to_owned(),
        Fact::Like(patterns) => format!("like {}", patterns.join(",")),
        Fact::Unknown => "?".to_owned(),
    }
}

/// Asserts the facts of an event's first request.
fn knows(event: &Value, facts: &[(&str, &str)]) {
    let read = interpreted(event);
    for (key, expected) in facts {
        assert_eq!(fact_in(&read, 0, key), *expected, "{key} of {event}");
    }
}

fn list_users() -> Value {
    call("iam", "ListUsers", Value::Null)
}

#[expect(clippy::needless_pass_by_value, reason = "`json!` makes values")]
fn as_caller(identity: Value) -> Value {
    with(list_users(), json!({ "userIdentity": identity }))
}

#[expect(clippy::needless_pass_by_value, reason = "`json!` makes values")]
fn session(attributes: Value) -> Value {
    as_caller(
        json!({"type":"AssumedRole","principalId":"AROA:s","accountId":"123456789012",
        "arn":"arn:aws:sts::123456789012:assumed-role/web/s","accessKeyId":"ASIAEXAMPLE",
        "sessionContext":{"sessionIssuer":{"type":"Role","userName":"web",
            "arn":"arn:aws:iam::123456789012:role/app/web"},"attributes":attributes}}),
    )
}

#[test]
fn the_version_of_the_source_of_a_copy_is_that_of_reading_it() {
    let copy = call(
        "s3",
        "CopyObject",
        json!({"bucketName": "b", "key": "k", "x-amz-copy-source": "src/k?versionId=V1"}),
    );
    let read = interpreted(&copy);
    assert_eq!(fact_in(&read, 0, "s3:VersionId"), "-");
    assert_eq!(fact_in(&read, 1, "s3:VersionId"), "V1");
}

#[test]
fn each_half_of_reencrypting_has_its_own_encryption_context() {
    let event = call(
        "kms",
        "ReEncrypt",
        json!({"sourceEncryptionContext": {"x": "1"}, "destinationEncryptionContext": {"y": "2"}}),
    );
    let read = interpreted(&event);
    assert_eq!(fact_in(&read, 0, "kms:EncryptionContext:x"), "1");
    assert_eq!(fact_in(&read, 0, "kms:EncryptionContext:y"), "-");
    assert_eq!(fact_in(&read, 1, "kms:EncryptionContext:x"), "-");
    assert_eq!(fact_in(&read, 1, "kms:EncryptionContext:y"), "2");
    let grant = call("kms", "CreateGrant", json!({"constraints": {}}));
    knows(&grant, &[("kms:EncryptionContext:x", "?")]);
}

#[test]
fn tags_of_a_launch_template_are_not_known() {
    let run = call(
        "ec2",
        "RunInstances",
        json!({"launchTemplate": {"launchTemplateId": "lt-1"}}),
    );
    knows(&run, &[("aws:TagKeys", "?"), ("aws:RequestTag/team", "?")]);
}

#[test]
fn a_service_in_place_of_an_address_leaves_open_who_called() {
    let event = with(
        list_users(),
        json!({"sourceIPAddress": "cloudformation.amazonaws.com"}),
    );
    knows(
        &event,
        &[("aws:ViaAWSService", "?"), ("aws:CalledVia", "?")],
    );
}

#[test]
fn a_user_with_a_long_term_key() {
    knows(
        &list_users(),
        &[
            ("aws:PrincipalArn", "arn:aws:iam::123456789012:user/ana"),
            ("aws:PrincipalAccount", "123456789012"),
            ("aws:userid", "AIDAEXAMPLE"),
            ("aws:username", "ana"),
            ("aws:PrincipalType", "User"),
            ("aws:MultiFactorAuthPresent", "-"),
            ("aws:MultiFactorAuthAge", "-"),
            ("aws:TokenIssueTime", "-"),
            ("aws:PrincipalIsAWSService", "false"),
            ("aws:PrincipalServiceName", "-"),
            ("aws:ViaAWSService", "false"),
            ("aws:CalledVia", "-"),
            ("aws:SourceArn", "-"),
        ],
    );
}

#[test]
fn a_session_of_a_role() {
    let event = session(json!({"creationDate":"2023-07-10T11:00:00Z","mfaAuthenticated":"true"}));
    knows(
        &event,
        &[
            ("aws:PrincipalArn", "arn:aws:iam::123456789012:role/app/web"),
            ("aws:userid", "AROA:s"),
            ("aws:username", "-"),
            ("aws:PrincipalType", "AssumedRole"),
            ("aws:MultiFactorAuthPresent", "true"),
            ("aws:MultiFactorAuthAge", "3600"),
            ("aws:TokenIssueTime", "2023-07-10T11:00:00Z"),
            ("aws:SourceIdentity", "-"),
            ("aws:FederatedProvider", "?"),
        ],
    );
    let without =
        session(json!({"creationDate":"2023-07-10T11:00:00Z","mfaAuthenticated":"False"}));
    knows(
        &without,
        &[
            ("aws:MultiFactorAuthPresent", "false"),
            ("aws:MultiFactorAuthAge", "-"),
        ],
    );
}

#[test]
fn a_long_term_key_with_a_session_goes_by_the_session() {
    let event = as_caller(
        json!({"type":"IAMUser","arn":"arn:aws:iam::123456789012:user/ana",
        "accountId":"123456789012","accessKeyId":"AKIAEXAMPLE","userName":"ana",
        "sessionContext":{"attributes":{"creationDate":"2023-07-10T11:59:00Z","mfaAuthenticated":"true"}}}),
    );
    knows(
        &event,
        &[
            ("aws:MultiFactorAuthPresent", "true"),
            ("aws:MultiFactorAuthAge", "60"),
        ],
    );
}

#[test]
fn a_temporary_key_without_a_session_tells_nothing() {
    let event = as_caller(
        json!({"type":"IAMUser","arn":"arn:aws:iam::123456789012:user/ana",
        "accountId":"123456789012","accessKeyId":"ASIAEXAMPLE","userName":"ana"}),
    );
    knows(
        &event,
        &[
            ("aws:MultiFactorAuthPresent", "?"),
            ("aws:TokenIssueTime", "?"),
        ],
    );
}

#[test]
fn other_callers() {
    knows(
        &as_caller(json!({"type":"AWSAccount","principalId":"AIDA","accountId":"111122223333"})),
        &[
            ("aws:PrincipalAccount", "111122223333"),
            ("aws:PrincipalArn", "?"),
        ],
    );
    knows(
        &as_caller(
            json!({"type":"Root","principalId":"123456789012","accountId":"123456789012",
        "arn":"arn:aws:iam::123456789012:root","userName":"alias"}),
        ),
        &[
            ("aws:PrincipalArn", "arn:aws:iam::123456789012:root"),
            ("aws:PrincipalType", "Account"),
            ("aws:username", "-"),
            ("aws:userid", "123456789012"),
        ],
    );
    knows(
        &as_caller(json!({"type":"FederatedUser","accountId":"123456789012",
        "arn":"arn:aws:sts::123456789012:federated-user/bob"})),
        &[
            (
                "aws:PrincipalArn",
                "arn:aws:sts::123456789012:federated-user/bob",
            ),
            ("aws:PrincipalType", "FederatedUser"),
        ],
    );
    knows(
        &as_caller(json!({"type":"AWSAccount","principalId":"","accountId":"anonymous"})),
        &[
            ("aws:PrincipalType", "Anonymous"),
            ("aws:PrincipalArn", "-"),
            ("aws:PrincipalIsAWSService", "-"),
        ],
    );
    knows(
        &as_caller(json!({"type":"AWSService","invokedBy":"ec2.amazonaws.com"})),
        &[
            ("aws:PrincipalIsAWSService", "true"),
            ("aws:PrincipalServiceName", "ec2.amazonaws.com"),
            ("aws:ViaAWSService", "false"),
            ("aws:MultiFactorAuthPresent", "-"),
            ("aws:SourceIp", "?"),
            ("aws:SourceArn", "?"),
        ],
    );
    knows(
        &as_caller(json!({"type":"WebIdentityUser","userName":"u"})),
        &[("aws:PrincipalArn", "?"), ("aws:username", "?")],
    );
    knows(
        &as_caller(
            json!({"type":"AssumedRole","arn":"arn:aws:sts::123456789012:assumed-role/web/s"}),
        ),
        &[
            (
                "aws:PrincipalArn",
                "like arn:aws:iam::123456789012:role/web,arn:aws:iam::123456789012:role/*/web",
            ),
            ("aws:PrincipalAccount", "123456789012"),
        ],
    );
}

#[test]
fn session_details() {
    let event = as_caller(
        json!({"type":"AssumedRole","arn":"arn:aws:sts::123456789012:assumed-role/web/s",
        "sessionContext":{"sourceIdentity":"ana","ec2RoleDelivery":"2.0",
            "webIdFederationData":{"federatedProvider":"accounts.google.com"},
            "attributes":{"creationDate":"2023-07-10T11:00:00Z"}}}),
    );
    knows(
        &event,
        &[
            ("aws:SourceIdentity", "ana"),
            ("aws:FederatedProvider", "accounts.google.com"),
            ("ec2:RoleDelivery", "2.0"),
            ("aws:MultiFactorAuthPresent", "?"),
        ],
    );
}

#[test]
fn services_between_caller_and_call() {
    let by = |service: &str| {
        as_caller(
            json!({"type":"IAMUser","accountId":"123456789012","userName":"ana",
        "arn":"arn:aws:iam::123456789012:user/ana","accessKeyId":"ASIAEXAMPLE","invokedBy":service}),
        )
    };
    knows(
        &by("cloudformation.amazonaws.com"),
        &[
            ("aws:ViaAWSService", "true"),
            ("aws:CalledViaLast", "cloudformation.amazonaws.com"),
            ("aws:CalledVia", "?"),
            ("aws:CalledViaFirst", "?"),
            ("aws:SourceIp", "?"),
            ("aws:UserAgent", "?"),
        ],
    );
    knows(
        &by("AWS Internal"),
        &[("aws:ViaAWSService", "?"), ("aws:CalledVia", "?")],
    );
}

#[test]
fn addresses() {
    knows(
        &with(
            list_users(),
            json!({"vpcEndpointId":"vpce-1","sessionCredentialFromConsole":"true"}),
        ),
        &[("aws:SourceIp", "?"), ("aws:SourceVpce", "?")],
    );
    knows(
        &list_users(),
        &[
            ("aws:SourceIp", "198.51.100.7"),
            ("aws:SourceVpce", "-"),
            ("aws:VpcSourceIp", "-"),
            ("aws:SourceVpc", "-"),
        ],
    );
    knows(
        &with(
            list_users(),
            json!({"vpcEndpointId":"vpce-1","sourceIPAddress":"10.0.0.5"}),
        ),
        &[
            ("aws:SourceIp", "-"),
            ("aws:SourceVpce", "vpce-1"),
            ("aws:VpcSourceIp", "10.0.0.5"),
            ("aws:SourceVpc", "?"),
        ],
    );
    knows(
        &with(list_users(), json!({"sourceIPAddress":"AWS Internal"})),
        &[("aws:SourceIp", "?"), ("aws:SourceVpce", "?")],
    );
    knows(
        &with(list_users(), json!({"sourceIPAddress":"10.0.0.5"})),
        &[("aws:SourceIp", "10.0.0.5"), ("aws:SourceVpce", "?")],
    );
    knows(
        &with(list_users(), json!({"sourceIPAddress":"2001:db8::1"})),
        &[("aws:SourceIp", "2001:db8::1")],
    );
}

#[test]
fn the_connection_and_the_time() {
    knows(
        &list_users(),
        &[
            ("aws:CurrentTime", "2023-07-10T12:00:00Z"),
            ("aws:EpochTime", "1688990400"),
            ("aws:RequestedRegion", "eu-west-1"),
            ("aws:UserAgent", "aws-cli/2.0"),
            ("aws:SecureTransport", "?"),
            ("aws:referer", "?"),
            ("aws:PrincipalOrgID", "?"),
            ("aws:PrincipalTag/team", "?"),
            ("aws:ResourceTag/team", "?"),
        ],
    );
    knows(
        &with(
            list_users(),
            json!({"tlsDetails":{"tlsVersion":"TLSv1.2"},"userAgent":"[Console]"}),
        ),
        &[
            ("aws:SecureTransport", "true"),
            ("aws:UserAgent", "Console"),
        ],
    );
    knows(
        &with(
            list_users(),
            json!({"userAgent":"x".repeat(1024),"eventTime":"soon"}),
        ),
        &[("aws:UserAgent", "?"), ("aws:CurrentTime", "?")],
    );
}

#[test]
fn tags_that_are_sent() {
    let tagged = call(
        "iam",
        "CreateUser",
        json!({"userName":"u","tags":[{"key":"team","value":"a"}]}),
    );
    knows(
        &tagged,
        &[
            ("aws:RequestTag/team", "a"),
            ("aws:RequestTag/other", "-"),
            ("aws:TagKeys", "team"),
        ],
    );
    knows(
        &call("iam", "CreateUser", json!({"userName":"u"})),
        &[("aws:RequestTag/team", "-"), ("aws:TagKeys", "-")],
    );
    let refused = with(
        call("iam", "CreateUser", Value::Null),
        json!({"errorCode":"AccessDenied"}),
    );
    knows(
        &refused,
        &[("aws:RequestTag/team", "?"), ("aws:TagKeys", "?")],
    );
}

#[test]
fn tags_belong_to_what_they_are_put_on() {
    let read = interpreted(&call(
        "ec2",
        "CreateSubnet",
        json!({"vpcId":"vpc-1",
        "tagSpecificationSet":{"items":[{"resourceType":"subnet","tags":[{"key":"team","value":"a"}]}]}}),
    ));
    let tags: Vec<(String, String)> = (0..read.requests().len())
        .map(|index| {
            let request = &read.requests()[index].request;
            (
                format!("{} {:?}", request.action, request.resource),
                fact_in(&read, index, "aws:RequestTag/team"),
            )
        })
        .collect();
    let arn = |action: &str, of: &str| {
        format!("{action} Arn(\"arn:aws:ec2:eu-west-1:123456789012:{of}\")")
    };
    assert_eq!(
        tags,
        [
            (arn("ec2:CreateSubnet", "subnet/*"), "a".to_owned()),
            (arn("ec2:CreateSubnet", "vpc/vpc-1"), "-".to_owned()),
            (arn("ec2:CreateTags", "subnet/*"), "a".to_owned()),
        ]
    );
    assert_eq!(fact_in(&read, 2, "ec2:CreateAction"), "CreateSubnet");
}

#[test]
fn keys_of_s3() {
    let list = call(
        "s3",
        "ListObjects",
        json!({"bucketName":"b","prefix":"","max-keys":"5"}),
    );
    knows(
        &list,
        &[
            ("s3:prefix", ""),
            ("s3:max-keys", "5"),
            ("s3:delimiter", "-"),
        ],
    );
    let put = with(
        call(
            "s3",
            "PutObject",
            json!({"bucketName":"b","key":"k","x-amz-acl":"private",
            "x-amz-server-side-encryption":"aws:kms","x-amz-storage-class":"STANDARD"}),
        ),
        json!({"additionalEventData":{"SignatureVersion":"SigV4","AuthenticationMethod":"QueryString"},
            "tlsDetails":{"tlsVersion":"TLSv1.3"}}),
    );
    knows(
        &put,
        &[
            ("s3:x-amz-acl", "private"),
            ("s3:x-amz-server-side-encryption", "aws:kms"),
            ("s3:x-amz-storage-class", "STANDARD"),
            ("s3:x-amz-copy-source", "-"),
            ("s3:VersionId", "-"),
            ("s3:signatureversion", "AWS4-HMAC-SHA256"),
            ("s3:authType", "REST-QUERY-STRING"),
            ("s3:TlsVersion", "1.3"),
            ("s3:ExistingObjectTag/a", "?"),
        ],
    );
    let version = call(
        "s3",
        "GetObject",
        json!({"bucketName":"b","key":"k","versionId":"3"}),
    );
    knows(&version, &[("s3:VersionId", "3")]);
}

#[test]
fn keys_of_kms() {
    let decrypt = with(
        call(
            "kms",
            "Decrypt",
            json!({"encryptionContext":{"SecretARN":"s"},
            "encryptionAlgorithm":"SYMMETRIC_DEFAULT","keyId":"alias/aws/ssm"}),
        ),
        json!({"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::123456789012:user/ana",
            "accountId":"123456789012","invokedBy":"secretsmanager.amazonaws.com"}}),
    );
    knows(
        &decrypt,
        &[
            ("kms:EncryptionContext:SecretARN", "s"),
            ("kms:EncryptionContext:Other", "-"),
            ("kms:EncryptionContextKeys", "SecretARN"),
            ("kms:EncryptionAlgorithm", "SYMMETRIC_DEFAULT"),
            ("kms:ViaService", "secretsmanager.eu-west-1.amazonaws.com"),
            ("kms:CallerAccount", "123456789012"),
            ("kms:RequestAlias", "alias/aws/ssm"),
        ],
    );
    knows(
        &call("kms", "Encrypt", json!({"keyId":"k"})),
        &[
            ("kms:ViaService", "-"),
            ("kms:RequestAlias", "-"),
            ("kms:EncryptionContext:a", "-"),
        ],
    );
}

#[test]
fn keys_of_sts_and_iam() {
    let assume = call(
        "sts",
        "AssumeRole",
        json!({"roleArn":"arn:aws:iam::123456789012:role/r",
        "roleSessionName":"s","externalId":"x","transitiveTagKeys":["a","b"]}),
    );
    knows(
        &assume,
        &[
            ("sts:ExternalId", "x"),
            ("sts:RoleSessionName", "s"),
            ("sts:SourceIdentity", "-"),
            ("sts:TransitiveTagKeys", "a,b"),
        ],
    );
    let attach = call(
        "iam",
        "AttachRolePolicy",
        json!({"roleName":"r","policyArn":"arn:aws:iam::aws:policy/P"}),
    );
    knows(
        &attach,
        &[
            ("iam:PolicyARN", "arn:aws:iam::aws:policy/P"),
            ("iam:PermissionsBoundary", "?"),
        ],
    );
    let create = call("iam", "CreateRole", json!({"roleName":"r","path":"/"}));
    knows(&create, &[("iam:PermissionsBoundary", "-")]);
    let linked = call(
        "iam",
        "CreateServiceLinkedRole",
        json!({"aWSServiceName":"es.amazonaws.com"}),
    );
    knows(&linked, &[("iam:AWSServiceName", "es.amazonaws.com")]);
}

#[test]
fn keys_of_other_services() {
    let read = interpreted(&call(
        "lambda",
        "CreateFunction20150331",
        json!({"functionName":"f","role":"arn:aws:iam::123456789012:role/r","tags":{"a":"b"}}),
    ));
    assert_eq!(
        fact_in(&read, 2, "iam:PassedToService"),
        "lambda.amazonaws.com"
    );
    assert_eq!(fact_in(&read, 2, "aws:RequestTag/a"), "-");
    assert_eq!(fact_in(&read, 0, "aws:RequestTag/a"), "b");
    knows(
        &call(
            "lambda",
            "AddPermission20150331v2",
            json!({"functionName":"f","principal":"*"}),
        ),
        &[
            ("lambda:Principal", "*"),
            ("lambda:FunctionUrlAuthType", "?"),
        ],
    );
    knows(
        &call(
            "rds",
            "CreateDBInstance",
            json!({"dBInstanceIdentifier":"d","dBInstanceClass":"db.t3.micro"}),
        ),
        &[("rds:DatabaseClass", "db.t3.micro")],
    );
    knows(
        &call("ssm", "PutParameter", json!({"name":"p","overwrite":true})),
        &[("ssm:Overwrite", "true")],
    );
    knows(
        &call(
            "ec2",
            "RunInstances",
            json!({"instanceType":"t3.micro","imageId":"ami-1"}),
        ),
        &[
            ("ec2:InstanceType", "t3.micro"),
            ("ec2:Region", "eu-west-1"),
        ],
    );
}

#[test]
fn the_owner_of_the_resource() {
    knows(
        &call(
            "sts",
            "AssumeRole",
            json!({"roleArn":"arn:aws:iam::111122223333:role/r"}),
        ),
        &[("aws:ResourceAccount", "111122223333")],
    );
    let object = call("s3", "GetObject", json!({"bucketName":"b","key":"k"}));
    knows(&object, &[("aws:ResourceAccount", "?")]);
    knows(
        &with(
            object,
            json!({"resources":[{"ARN":"arn:aws:s3:::b/k"},
        {"accountId":"111122223333","ARN":"arn:aws:s3:::b"}]}),
        ),
        &[("aws:ResourceAccount", "111122223333")],
    );
}

#[test]
fn enriched_events_come_before_what_is_derived() {
    let event = with(
        call("s3", "GetObject", json!({"bucketName":"b","key":"k"})),
        json!({"eventContext":{
            "requestContext":{"conditionKeys":{"aws:ViaAWSService":"true","aws:SecureTransport":"true",
                "aws:PrincipalOrgPaths":["o/a","o/b"]}},
            "tagContext":{"principalTags":{"team":"a"},
                "resourceTags":[{"arn":"arn:aws:s3:::b/k","tags":{"env":"prod"}}]}}}),
    );
    knows(
        &event,
        &[
            ("aws:ViaAWSService", "true"),
            ("aws:SecureTransport", "true"),
            ("aws:PrincipalOrgPaths", "o/a,o/b"),
            ("aws:PrincipalTag/team", "a"),
            ("aws:PrincipalTag/other", "?"),
            ("aws:ResourceTag/env", "prod"),
        ],
    );
    let flat = with(
        list_users(),
        json!({"eventContext":{"requestContext":{"aws:PrincipalOrgID":"o-1"}}}),
    );
    knows(&flat, &[("aws:PrincipalOrgID", "o-1")]);
}

#[test]
fn what_was_judged_replaces_what_the_rest_of_the_record_says() {
    // Derived alone, each of these would be known to be something else.
    let event = with(
        list_users(),
        json!({"eventContext":{"requestContext":{"conditionKeys":{
            "aws:MultiFactorAuthPresent":"true","aws:SourceIp":"203.0.113.9",
            "aws:username":"eve","aws:CalledVia":["athena.amazonaws.com"],
            "aws:RequestedRegion":"eu-central-1"}}}}),
    );
    knows(
        &event,
        &[
            ("aws:MultiFactorAuthPresent", "true"),
            ("aws:SourceIp", "203.0.113.9"),
            ("aws:username", "eve"),
            ("aws:CalledVia", "athena.amazonaws.com"),
            ("aws:RequestedRegion", "eu-central-1"),
        ],
    );
}

#[test]
fn identity_providers_tell_who_assumes_a_role() {
    let assume = |name: &str, identity: Value, parameters: Value| {
        with(
            call("sts", name, parameters),
            json!({ "userIdentity": identity }),
        )
    };
    let role = "arn:aws:iam::123456789012:role/deploy";
    let provider = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
    let subject = "repo:org/app:ref:refs/heads/main";
    let github = assume(
        "AssumeRoleWithWebIdentity",
        json!({"type":"WebIdentityUser","userName":subject,"identityProvider":provider,
            "principalId":format!("{provider}:sts.amazonaws.com:{subject}")}),
        json!({"roleArn":role,"roleSessionName":"s"}),
    );
    knows(
        &github,
        &[
            ("token.actions.githubusercontent.com:sub", subject),
            (
                "token.actions.githubusercontent.com:aud",
                "sts.amazonaws.com",
            ),
            ("token.actions.githubusercontent.com:actor", "?"),
            ("sts:RoleSessionName", "s"),
        ],
    );
    let cognito = assume(
        "AssumeRoleWithWebIdentity",
        json!({"type":"WebIdentityUser","userName":"eu-west-1:id",
            "identityProvider":"cognito-identity.amazonaws.com",
            "principalId":"cognito-identity.amazonaws.com:eu-west-1:pool:eu-west-1:id"}),
        json!({"roleArn":role}),
    );
    knows(
        &cognito,
        &[
            ("cognito-identity.amazonaws.com:sub", "eu-west-1:id"),
            ("cognito-identity.amazonaws.com:aud", "eu-west-1:pool"),
        ],
    );
    let saml = assume(
        "AssumeRoleWithSAML",
        json!({"type":"SAMLUser","userName":"ana","identityProvider":"hash=","principalId":"hash=:ana"}),
        json!({"roleArn":role,"principalArn":"arn:aws:iam::123456789012:saml-provider/corp"}),
    );
    knows(
        &saml,
        &[
            ("saml:sub", "ana"),
            ("saml:namequalifier", "hash="),
            ("saml:aud", "?"),
        ],
    );
}
