use crate::{
    lint::{
        Category, Check, Findings, Rule, TestCx, condition_key::holds_without_key, rule,
        service_principals::short_name,
    },
    policy::{Effect, PolicyType, PolicyTypes, PrincipalKind, starts_with_ignoring_case},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags keys about the organization, the tags or the user name of the caller in an `Allow`
    /// whose principals are all AWS services. IAM Roles Anywhere is spared as to tags: it puts the fields
    /// of the certificate into them, and asks for the role with `aws:PrincipalTag/x509Subject/CN`.
    ///
    /// ## Why it matters
    /// A service that calls in its own name is in no organization, has no tags and is no user. The
    /// test never holds, so the service is never let in. To let it act for your own resources only,
    /// test those: `aws:SourceOrgID`, `aws:SourceAccount` or `aws:SourceArn`.
    ///
    /// ## Fires
    /// ```json resource
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Service": "cloudfront.amazonaws.com"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json resource
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Service": "cloudfront.amazonaws.com"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    /// - <https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html>
    /// - Access Analyzer: `UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "unsupported-condition-key-for-service-principal",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "condition key that calls by AWS services do not have",
        types: PolicyTypes::of(&[PolicyType::Resource, PolicyType::Trust]),
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

const OF_TAGS: &str = "aws:PrincipalTag/";

/// What services lack, and what tells the same of the resource that they act for. A `/` ends what
/// the name of a tag follows.
const ABSENT: [(&str, &str); 4] = [
    ("aws:PrincipalOrgID", "aws:SourceOrgID"),
    ("aws:PrincipalOrgPaths", "aws:SourceOrgPaths"),
    (OF_TAGS, "aws:SourceAccount"),
    ("aws:username", "aws:SourceAccount"),
];

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let (statement, text) = (cx.statement, &cx.test.key);
    let key = text.as_str();
    let mut absent = ABSENT.iter();
    let Some((_, instead)) = absent.find(|(name, _)| {
        name.eq_ignore_ascii_case(key)
            || name.ends_with('/') && starts_with_ignoring_case(key, name)
    }) else {
        return;
    };
    let Some(principal) = &statement.statement.principal else {
        return;
    };
    let mut entries = principal.entries.iter();
    let services = entries.all(|entry| entry.kind == PrincipalKind::Service);
    if !services
        || principal.entries.is_empty()
        || statement.effect() != Some(Effect::Allow)
        || holds_without_key(cx.test) != Some(false)
    {
        return;
    }
    // Roles Anywhere has the tags of the certificate.
    let of_certificates = |text: &str| short_name(text).as_deref() == Some("rolesanywhere");
    if starts_with_ignoring_case(key, OF_TAGS)
        && principal
            .entries
            .iter()
            .any(|entry| of_certificates(entry.text.as_str()))
    {
        return;
    }
    let message = format!(
        "calls by AWS services do not have `{key}`, so the statement never grants anything"
    );
    out.report(text.span(), message)
        .label(principal.span, "services only")
        .help(format!(
            "test `{instead}` for the resource that the service acts for"
        ));
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, help, silent, statement};

    fn by(effect: &str, principal: &str, condition: &str) -> String {
        statement(&format!(
            r#""Effect": "{effect}", "Principal": {principal}, "Action": "s3:GetObject",
               "Resource": "arn:aws:s3:::b/*", "Condition": {condition}"#
        ))
    }

    const SERVICE: &str = r#"{"Service": "cloudfront.amazonaws.com"}"#;
    const ORGANISATION: &str = r#"{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#;

    fires!(
        aa_unsupported_condition_key_for_service_principal,
        by("Allow", SERVICE, ORGANISATION),
        "aws:PrincipalOrgID"
    );
    fires!(
        several_services_in_a_trust_policy,
        statement(
            r#""Effect": "Allow", "Principal": {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]},
               "Action": "sts:AssumeRole", "Condition": {
                 "StringEquals": {"AWS:principaltag/team": "a"},
                 "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}}"#
        ),
        "AWS:principaltag/team",
        "aws:PrincipalOrgPaths"
    );
    silent!(
        other_principals_as_well,
        by(
            "Allow",
            r#"{"Service": "cloudfront.amazonaws.com", "AWS": "*"}"#,
            ORGANISATION
        )
    );
    silent!(
        fields_of_a_certificate,
        statement(
            r#""Effect": "Allow", "Principal": {"Service": ["rolesanywhere.amazonaws.com"]},
               "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"], "Condition": {
                 "StringEquals": {"aws:PrincipalTag/x509Subject/CN": "node1"}}"#
        )
    );
    fires!(
        organization_of_a_certificate,
        by(
            "Allow",
            r#"{"Service": "rolesanywhere.amazonaws.com"}"#,
            ORGANISATION
        ),
        "aws:PrincipalOrgID"
    );
    silent!(denied, by("Deny", SERVICE, ORGANISATION));
    silent!(
        holds_without_the_key,
        by(
            "Allow",
            SERVICE,
            r#"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#
        )
    );
    silent!(
        keys_that_services_have,
        by(
            "Allow",
            SERVICE,
            r#"{"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5", "aws:PrincipalServiceName": "a"}}"#
        )
    );

    #[test]
    fn the_help_names_the_key_of_the_source() {
        let help = help(&super::RULE, &by("Allow", SERVICE, ORGANISATION));
        assert_eq!(
            help,
            "test `aws:SourceOrgID` for the resource that the service acts for"
        );
    }
}
