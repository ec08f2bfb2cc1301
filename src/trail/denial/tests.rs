use super::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Said<'a> {
    action: Option<&'a str>,
    resource: Option<&'a str>,
    kind: DenialKind,
    policy: Option<PolicyType>,
    arn: Option<&'a str>,
}

const NOTHING: Said<'static> = Said {
    action: None,
    resource: None,
    kind: DenialKind::Unstated,
    policy: None,
    arn: None,
};

fn says(message: &str, expected: Said<'_>) {
    let denial = Denial::parse(message);
    let said = Said {
        action: denial.action.as_ref().map(ActionName::as_str),
        resource: denial.resource.as_deref(),
        kind: denial.kind,
        policy: denial.policy_type,
        arn: denial.policy_arn.as_deref(),
    };
    assert_eq!(said, expected, "{message}");
}

#[test]
fn older_messages_give_no_reason() {
    says("Access Denied", NOTHING);
    says("", NOTHING);
    says("An unknown error occurred", NOTHING);
    says(
        "User: arn:aws:iam::123456789012:user/ana is not authorized to perform: apigateway:GET \
         on resource: arn:aws:apigateway:us-east-1::/apikeys",
        Said {
            action: Some("apigateway:GET"),
            resource: Some("arn:aws:apigateway:us-east-1::/apikeys"),
            ..NOTHING
        },
    );
    says(
        "User: a is not authorized to perform: apigateway:POST onresource: \
         arn:aws:apigateway:us-east-1::/restapis",
        Said {
            action: Some("apigateway:POST"),
            resource: Some("arn:aws:apigateway:us-east-1::/restapis"),
            ..NOTHING
        },
    );
}

#[test]
fn newer_messages_name_the_type_of_policy() {
    use DenialKind::{Explicit, Implicit};
    use PolicyType::{Identity, Resource, ServiceControl, Session};

    says(
        "User: arn:aws:sts::123456789012:assumed-role/leave/s is not authorized to perform: \
         organizations:LeaveOrganization on resource: * because no identity-based policy allows \
         the organizations:LeaveOrganization action",
        Said {
            action: Some("organizations:LeaveOrganization"),
            resource: Some("*"),
            kind: Implicit,
            policy: Some(Identity),
            arn: None,
        },
    );
    says(
        "User: a is not authorized to perform: iam:GetUser on resource: user ana because no \
         identity-based policy allows the iam:GetUser action",
        Said {
            action: Some("iam:GetUser"),
            resource: Some("user ana"),
            kind: Implicit,
            policy: Some(Identity),
            arn: None,
        },
    );
    says(
        "You are not authorized to perform this operation. User: a is not authorized to perform: \
         ec2:GetPasswordData on resource: arn:aws:ec2:us-east-1:123456789012:instance/i-1 because \
         no identity-based policy allows the ec2:GetPasswordData action. Encoded authorization \
         failure message: AbC",
        Said {
            action: Some("ec2:GetPasswordData"),
            resource: Some("arn:aws:ec2:us-east-1:123456789012:instance/i-1"),
            kind: Implicit,
            policy: Some(Identity),
            arn: None,
        },
    );
    says(
        "You are not authorized to perform this operation. Encoded authorization failure \
         message: AbC",
        NOTHING,
    );
    says(
        "User: a is not authorized to perform: secretsmanager:GetSecretValue on resource: s with \
         an explicit deny in a service control policy: \
         arn:aws:organizations::123456789012:policy/o-a/service_control_policy/p-b",
        Said {
            action: Some("secretsmanager:GetSecretValue"),
            resource: Some("s"),
            kind: Explicit,
            policy: Some(ServiceControl),
            arn: Some("arn:aws:organizations::123456789012:policy/o-a/service_control_policy/p-b"),
        },
    );
    says(
        "User: a is not authorized to perform: s3:ListBucket on resource: \"arn:aws:s3:::b\" \
         because no session policy allows the s3:ListBucket action",
        Said {
            action: Some("s3:ListBucket"),
            resource: Some("arn:aws:s3:::b"),
            kind: Implicit,
            policy: Some(Session),
            arn: None,
        },
    );
    says(
        "User: a is not authorized to perform: kms:Decrypt on the resource associated with this \
         ciphertext because no resource-based policy allows the kms:Decrypt action",
        Said {
            action: Some("kms:Decrypt"),
            resource: None,
            kind: Implicit,
            policy: Some(Resource),
            arn: None,
        },
    );
}

#[test]
fn some_messages_are_of_their_own_form() {
    says("User is not authorized to perform: x", NOTHING);
    says("The request was denied due to a VPC endpoint policy", {
        Said {
            policy: Some(PolicyType::VpcEndpoint),
            ..NOTHING
        }
    });
    for message in [
        "Cross-account pass role is not allowed.",
        "IAM user access not activated",
    ] {
        says(
            message,
            Said {
                kind: DenialKind::NoPolicy,
                ..NOTHING
            },
        );
    }
}

#[test]
fn services_spell_messages_in_their_own_ways() {
    for (message, action, resource) in [
        (
            "User: a is not authorized to perform: SNS:ListTopics on resource: \
             arn:aws:sns:us-east-1:123456789012:* because no identity-based policy allows the \
             SNS:ListTopics action",
            Some("SNS:ListTopics"),
            Some("arn:aws:sns:us-east-1:123456789012:*"),
        ),
        (
            "User is not authorized to perform: lambda:ListFunctions",
            Some("lambda:ListFunctions"),
            None,
        ),
        (
            "User: a is not authorized to perform: ce:GetCostAndUsage on the specified resource",
            Some("ce:GetCostAndUsage"),
            None,
        ),
        (
            "User: a is not authorized to perform: iam:GetRole on resource: role web because no \
             identity-based policy allows the iam:GetRole action",
            Some("iam:GetRole"),
            Some("role web"),
        ),
        (
            "User: a is not authorized to perform: logs:DescribeLogGroups on resource: \
             arn:aws:logs:us-east-1:123456789012:log-group::log-stream: because no \
             identity-based policy allows the logs:DescribeLogGroups action",
            Some("logs:DescribeLogGroups"),
            Some("arn:aws:logs:us-east-1:123456789012:log-group::log-stream:"),
        ),
        (
            "User: a is not authorized to perform: s3:ListBucket on resource: \
             \"arn:aws:s3:::b\" because no identity-based policy allows the s3:ListBucket action",
            Some("s3:ListBucket"),
            Some("arn:aws:s3:::b"),
        ),
        (
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
            Some("sts:AssumeRoleWithWebIdentity"),
            None,
        ),
        (
            "You are not authorized to perform this operation.",
            None,
            None,
        ),
    ] {
        let denial = Denial::parse(message);
        let named = denial.action.as_ref().map(ActionName::as_str);
        assert_eq!(
            (named, denial.resource.as_deref()),
            (action, resource),
            "{message}"
        );
    }
}

#[test]
fn an_explicit_denial_may_name_its_policy() {
    let organization = "arn:aws:organizations::123456789012:policy/o-a/service_control_policy/p-b";
    for (kind, policy, arn) in [
        (
            "a service control policy",
            PolicyType::ServiceControl,
            organization,
        ),
        (
            "a resource control policy",
            PolicyType::ResourceControl,
            "arn:aws:organizations::123456789012:policy/o-a/resource_control_policy/p-c",
        ),
        (
            "a permissions boundary",
            PolicyType::PermissionsBoundary,
            "arn:aws:iam::123456789012:policy/limit",
        ),
        (
            "an identity-based policy",
            PolicyType::Identity,
            "arn:aws:iam::aws:policy/AWSDenyAll",
        ),
    ] {
        for end in ["", ".", "\n"] {
            let message = format!(
                "User: a is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/k \
                 with an explicit deny in {kind}: {arn}{end}"
            );
            let denial = Denial::parse(&message);
            assert_eq!(denial.policy_type, Some(policy), "{message}");
            assert_eq!(denial.policy_arn.as_deref(), Some(arn), "{message}");
            assert_eq!(denial.resource.as_deref(), Some("arn:aws:s3:::b/k"));
        }
    }
}

#[test]
fn every_type_of_policy_is_read_both_ways() {
    for (name, policy) in PolicyType::NAMES {
        let implicit = Denial::parse(&format!(
            "User: a is not authorized to perform: s3:GetObject because no {name} policy allows \
             the s3:GetObject action"
        ));
        assert_eq!(
            (implicit.kind, implicit.policy_type),
            (DenialKind::Implicit, Some(policy))
        );
        for article in ["a", "an"] {
            let explicit = Denial::parse(&format!(
                "User: a is not authorized to perform: s3:GetObject with an explicit deny in \
                 {article} {name} policy"
            ));
            assert_eq!(
                (explicit.kind, explicit.policy_type),
                (DenialKind::Explicit, Some(policy))
            );
            assert_eq!(explicit.policy_arn, None);
        }
    }
}

#[test]
fn codes_tell_what_came_of_a_call() {
    for (code, name) in [
        ("AccessDenied", "denied"),
        ("Client.UnauthorizedOperation", "denied"),
        ("iam.AccessDenied", "denied"),
        ("VpceAccessDenied", "denied"),
        ("ThrottlingException", "throttled"),
        ("Client.RequestLimitExceeded", "throttled"),
        ("Client.DryRunOperation", "dry-run"),
        ("NoSuchBucketPolicy", "failed"),
        ("InvalidAccessException", "failed"),
        ("", "succeeded"),
    ] {
        let json = format!(r#"{{"errorCode":"{code}"}}"#);
        assert_eq!(
            Outcome::of(&Event::parse(&json).unwrap()).name(),
            name,
            "{code}"
        );
    }
}

#[test]
fn a_denying_message_counts_under_any_code() {
    let json = r#"{"errorCode":"ValidationException","errorMessage":"User: arn:aws:iam::123456789012:user/a is not authorized to perform: s3:PutObject on resource: *"}"#;
    let Outcome::Denied(denial) = Outcome::of(&Event::parse(json).unwrap()) else {
        panic!("not denied");
    };
    assert_eq!(
        denial.user.as_deref(),
        Some("arn:aws:iam::123456789012:user/a")
    );
    assert_eq!(denial.resource_arn(), Some("*"));
}
