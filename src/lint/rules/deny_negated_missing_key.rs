use crate::{
    eval::holds_without_key,
    lint::{
        Category, Check, Findings, Rule, TestCx,
        condition_tests::{Fate, Strength, null_value},
        rule,
    },
    policy::{Effect, PolicyType, PolicyTypes, PrincipalKind, Statement},
    source::{Severity, Span},
};

rule! {
    /// ## What it does
    /// Flags a `Deny` with a negated comparison on a key of networks or organizations, in a place where
    /// calls of AWS services lack the key and nothing in the condition spares them:
    ///
    /// - In the policy of a resource, where the `Deny` is for everybody: `aws:PrincipalOrgID`,
    ///   `aws:PrincipalOrgPaths`, `aws:SourceIp`, `aws:SourceVpc`, `aws:SourceVpce` and the like. `medium`
    ///   if the same policy allows an AWS service something, as that is denied; `low` otherwise.
    /// - In the policy of an identity and in a service control policy: `aws:SourceVpc`, `aws:SourceVpce`
    ///   and the like, `low`. Athena reads S3 and CloudFormation creates resources with the caller's
    ///   rights, but from AWS's network.
    ///
    /// It is silent where the operator has `IfExists`, since then somebody thought of it; where the
    /// condition has a test with `aws:ViaAWSService`, `aws:PrincipalIsAWSService`, `aws:CalledVia` or
    /// another key that tells services from people; where `Null` asks for the key; for `aws:SourceIp` in
    /// policies of identities, as services pass on the address of the caller; in policies of API Gateway,
    /// whose requests have none of the keys that tell services; and in resource control policies, which
    /// have rules of their own.
    ///
    /// ## Why it matters
    /// A negated comparison holds for a request without the key. Log delivery, replication and calls
    /// that a service makes for you fail, with an explicit deny that no `Allow` helps against.
    ///
    /// In the policy of a resource the exemption takes `BoolIfExists`. Requests without credentials lack
    /// `aws:PrincipalIsAWSService`; under `Bool` the test fails for them, so the `Deny` would spare them
    /// too.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Service": "cloudtrail.amazonaws.com"},
    ///     "Action": "s3:PutObject",
    ///     "Resource": "arn:aws:s3:::trail/*",
    ///     "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    ///   }, {
    ///     "Effect": "Deny",
    ///     "Principal": "*",
    ///     "Action": "s3:*",
    ///     "Resource": ["arn:aws:s3:::trail", "arn:aws:s3:::trail/*"],
    ///     "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Principal": "*",
    ///     "Action": "s3:*",
    ///     "Resource": ["arn:aws:s3:::trail", "arn:aws:s3:::trail/*"],
    ///     "Condition": {
    ///       "StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
    ///       "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}
    ///     }
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-ip.html>
    /// - iam-policy-validator: `ineffective_deny_carve_out`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "deny-negated-missing-key",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "negated test denies calls of AWS services, which lack the key",
        types: PolicyTypes::of(&[
            PolicyType::Identity,
            PolicyType::Session,
            PolicyType::Boundary,
            PolicyType::Resource,
            PolicyType::Scp,
        ]),
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let operator = cx.test.operator;
    if !operator.comparison.is_negated()
        || operator.if_exists
        || !holds_without_key(operator)
        || !cx.has_effect(Effect::Deny)
        || cx.fate() != Fate::Open
        || !reaches_services(cx, cx.test.key.as_str())
        || is_of_api_gateway(cx)
        || tells_services_apart(cx)
    {
        return;
    }
    // Of several such tests the first is reported.
    let first = cx.condition.tests.iter().find(|test| {
        test.operator.comparison.is_negated()
            && holds_without_key(test.operator)
            && reaches_services(cx, test.key.as_str())
    });
    if first.is_some_and(|first| first.key.span() != cx.test.key.span()) {
        return;
    }
    let key = cx.test.key.as_str();
    if cx.policy_type() != PolicyType::Resource {
        let message = format!(
            "this also denies requests without `{key}`, such as those that AWS services make for the \
             caller"
        );
        out.report(cx.test.key.span(), message)
            .severity(Severity::Low)
            .help("add `\"Bool\": {\"aws:ViaAWSService\": \"false\"}` to spare them");
        return;
    }
    let message = format!("this also denies AWS services, whose requests lack `{key}`");
    let help = "add `\"BoolIfExists\": {\"aws:PrincipalIsAWSService\": \"false\"}` to spare them, and \
                `aws:ViaAWSService` likewise for services that call for the caller; `Bool` would spare \
                requests without credentials too";
    let draft = out.report(cx.test.key.span(), message).help(help);
    match allowed_service(cx) {
        Some(service) => draft.label(service, "is allowed here, and denied there"),
        None => draft.severity(Severity::Low),
    };
}

/// Whether calls of AWS services that the policy decides about lack the key.
fn reaches_services(cx: &TestCx<'_>, key: &str) -> bool {
    let Some(limits) = Strength::of(key).map(|strength| strength.limits) else {
        return false;
    };
    match limits {
        "network" if cx.policy_type() == PolicyType::Resource => denies_everyone(cx),
        // Services pass on the address of the caller, yet not the network.
        "network" => !key.eq_ignore_ascii_case("aws:SourceIp"),
        "organization" => {
            !key.eq_ignore_ascii_case("aws:ResourceOrgPaths")
                && cx.policy_type() == PolicyType::Resource
                && denies_everyone(cx)
        }
        _ => false,
    }
}

/// Whether the statement is about calls of an API alone.
fn is_of_api_gateway(cx: &TestCx<'_>) -> bool {
    let entries = cx.statement.listed_actions();
    cx.policy_type() == PolicyType::Resource
        && !entries.is_empty()
        && entries
            .iter()
            .all(|entry| entry.service().eq_ignore_ascii_case("execute-api"))
}

fn denies_everyone(cx: &TestCx<'_>) -> bool {
    let element = cx.statement.statement.principal.as_ref();
    element.is_some_and(|element| {
        element
            .entries
            .iter()
            .any(|entry| entry.kind == PrincipalKind::Everyone || entry.text.as_str() == "*")
    })
}

/// Whether the condition has a test that services pass or fail for another reason, or asks for the key.
fn tells_services_apart(cx: &TestCx<'_>) -> bool {
    const KEYS: [&str; 16] = [
        "aws:CalledVia",
        "aws:CalledViaFirst",
        "aws:CalledViaLast",
        "aws:FederatedProvider",
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:PrincipalIsAWSService",
        "aws:PrincipalServiceName",
        "aws:PrincipalServiceNamesList",
        "aws:PrincipalType",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
        "aws:userid",
        "aws:ViaAWSService",
    ];
    let key = cx.test.key.as_str();
    cx.condition.tests.iter().any(|test| {
        let other = test.key.as_str();
        KEYS.iter().any(|known| other.eq_ignore_ascii_case(known))
            || other
                .get(..17)
                .is_some_and(|start| start.eq_ignore_ascii_case("aws:PrincipalTag/"))
            || test.is_about(key) && null_value(test) == Some(false)
    })
}

/// A service that the policy allows something.
fn allowed_service(cx: &TestCx<'_>) -> Option<Span> {
    let allows = |statement: &&Statement| statement.has_effect(Effect::Allow);
    let statements = cx.statement.policy.statements.iter().filter(allows);
    statements
        .filter_map(|statement| statement.principal.as_ref())
        .flat_map(|element| &element.entries)
        .find(|entry| entry.kind == PrincipalKind::Service)
        .map(|entry| entry.text.span())
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{fires, help, severity, silent, statement},
        source::Severity,
    };

    fn bucket(condition: &str) -> String {
        statement(&format!(
            r#""Effect": "Deny", "Principal": {{"AWS": "*"}}, "Action": "s3:*", "Resource": "arn:aws:s3:::b/*", "Condition": {condition}"#
        ))
    }

    fn identity(condition: &str) -> String {
        statement(&format!(
            r#""Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {condition}"#
        ))
    }

    const ENDPOINT: &str = r#"{"StringNotEquals": {"aws:SourceVpce": "vpce-01234567"}}"#;

    fires!(
        bucket_behind_an_endpoint,
        bucket(ENDPOINT),
        "aws:SourceVpce"
    );
    fires!(
        first_of_two_in_other_letters,
        bucket(
            r#"{"NotIpAddress": {"AWS:sourceip": "203.0.113.0/24"}, "StringNotEquals": {"aws:SourceVpc": "vpc-01234567"}}"#
        ),
        "AWS:sourceip"
    );
    fires!(
        identity_behind_an_endpoint,
        identity(ENDPOINT),
        "aws:SourceVpce"
    );
    fires!(organization_behind_an_endpoint, as Scp, identity(ENDPOINT), "aws:SourceVpce");
    silent!(resource_control, as Rcp, bucket(ENDPOINT));
    silent!(
        address_of_an_identity,
        identity(r#"{"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#)
    );
    silent!(
        organization_of_an_identity,
        identity(r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#)
    );
    silent!(
        services_are_spared,
        identity(
            r#"{"StringNotEquals": {"aws:SourceVpce": "vpce-01234567"}, "Bool": {"aws:ViaAWSService": "false"}}"#
        )
    );
    silent!(
        if_exists,
        bucket(r#"{"StringNotEqualsIfExists": {"aws:SourceVpce": "vpce-01234567"}}"#)
    );
    silent!(
        asks_for_the_key,
        bucket(
            r#"{"StringNotEquals": {"aws:SourceVpce": "vpce-01234567"}, "Null": {"aws:SourceVpce": "false"}}"#
        )
    );
    silent!(
        denies_one_role,
        statement(
            r#""Effect": "Deny", "Principal": {"AWS": "arn:aws:iam::123456789012:role/x"}, "Action": "s3:*", "Resource": "arn:aws:s3:::b/*", "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-01234567"}}"#
        )
    );

    silent!(
        policy_of_an_api,
        statement(
            r#""Effect": "Deny", "Principal": "*", "Action": "Execute-API:Invoke", "Resource": "execute-api:/*", "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#
        )
    );

    #[test]
    fn the_help_lets_nobody_without_credentials_in() {
        assert!(help(&super::RULE, &bucket(ENDPOINT)).starts_with(
            r#"add `"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}` to spare them"#
        ));
    }

    #[test]
    fn a_service_that_is_allowed_makes_it_worse() {
        assert_eq!(severity(&super::RULE, &bucket(ENDPOINT)), Severity::Low);
        let both = r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"},
            {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*", "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-01234567"}}}
        ]}"#;
        assert_eq!(severity(&super::RULE, both), Severity::Medium);
    }
}
