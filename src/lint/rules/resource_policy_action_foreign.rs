use crate::{
    lint::{Category, Check, DocumentCx, Findings, Rule, resource_service, rule},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an action of another service in the policy of a resource. The service of the resource is taken from the
    /// policy itself: all of its ARNs are of one service, and it has actions of that service. Where either is
    /// not so, nothing is said.
    ///
    /// ## Why it matters
    /// S3, KMS, SQS and the others refuse a policy with actions of another service.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
    ///     "Action": ["s3:GetObject", "kms:Decrypt"],
    ///     "Resource": "arn:aws:s3:::reports/*"
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
    /// - Access Analyzer: `UNSUPPORTED_ACTION_IN_POLICY`
    /// - cfn-lint: `W3037`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "resource-policy-action-foreign",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "action of another service in the policy of a resource",
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
        for entry in statement.actions() {
            if !resource_service::is_foreign_action(cx.catalog, entry, owner) {
                continue;
            }
            let name = entry.as_str();
            out.report(
                entry.text().span(),
                format!("`{name}` cannot stand in a policy of {}", owner.name()),
            )
            .help("allow it in the policy of the principal, or in that of its own resource");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent};

    fires!(
        aa_unsupported_action_in_policy,
        r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": ["s3:GetObject", "kms:Decrypt"], "Resource": "arn:aws:s3:::b/*"}]}"#,
        "kms:Decrypt",
    );
    fires!(
        in_another_statement,
        r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"},
            {"Effect": "Deny", "Principal": "*", "Action": "SNS:Pub*", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}]}"#,
        "SNS:Pub*",
    );
    silent!(
        endpoint,
        as Endpoint,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "kms:Decrypt"], "Resource": "arn:aws:s3:::b/*"}}"#
    );
    silent!(
        several_services,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": ["s3:GetObject", "sqs:SendMessage"], "Resource": ["arn:aws:s3:::b/*", "arn:aws:sqs:*:*:q"]}}"#
    );
    silent!(
        unknown_services_and_wildcards,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": ["s3:GetObject", "s4:Get", "s*:GetObject", "s3-object-lambda:GetObject"], "Resource": "arn:aws:s3:::b/*"}}"#
    );
    silent!(
        identity,
        as Identity,
        allow(r#"["s3:GetObject", "kms:Decrypt"]"#, r#""arn:aws:s3:::b/*""#)
    );
}
