use crate::{
    lint::{Category, Check, DocumentCx, Findings, Rule, arn_fields, resource_service, rule},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an ARN of another service in the policy of a resource. The service of the resource is taken from the
    /// policy itself: all of its actions are of one service, and it has ARNs of that service. Where either is
    /// not so, nothing is said.
    ///
    /// ## Why it matters
    /// A policy of a resource is about that resource alone. S3, SQS and others refuse one that names another.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": ["arn:aws:s3:::reports/*", "arn:aws:kms:us-east-1:123456789012:key/reports"]
    ///   }]
    /// }
    /// ```
    ///
    /// ## Silent
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// - Access Analyzer: `UNSUPPORTED_RESOURCE_ARN_IN_POLICY`
    /// - cfn-lint: `E3514`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "resource-policy-arn-foreign",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "ARN of another service in the policy of a resource",
        types: PolicyTypes::of(&[PolicyType::Resource]),
        enabled: true,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    let Some(owner) = resource_service::of(cx) else {
        return;
    };
    for statement in cx.statements() {
        arn_fields::each_resource(&statement, |written| {
            if resource_service::is_foreign_arn(written.arn, owner) {
                let text = written.text.as_str();
                out.report(
                    written.text.span(),
                    format!("`{text}` cannot stand in a policy of {}", owner.name()),
                )
                .help("name the resource that the policy is attached to");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent};

    fires!(
        aa_unsupported_resource_arn_in_policy,
        r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::b/*", "arn:aws:kms:us-east-1:123456789012:key/x"]}]}"#,
        "arn:aws:kms:us-east-1:123456789012:key/x",
    );
    fires!(
        in_another_statement,
        r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"},
            {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "arn:aws:sns:us-east-1:123456789012:t"}]}"#,
        "arn:aws:sns:us-east-1:123456789012:t",
    );
    silent!(
        own_namespaces,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::b/*", "arn:aws:s3-object-lambda:us-east-1:123456789012:accesspoint/x", "arn:aws:s*:::b"]}}"#
    );
    silent!(
        several_services,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": ["s3:GetObject", "sqs:SendMessage"], "Resource": ["arn:aws:s3:::b/*", "arn:aws:sqs:*:*:q"]}}"#
    );
    silent!(
        identity,
        as Identity,
        allow(r#""s3:GetObject""#, r#"["arn:aws:s3:::b/*", "arn:aws:sqs:*:*:q"]"#)
    );
}
