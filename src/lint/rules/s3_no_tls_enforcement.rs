use crate::{
    lint::{Category, Check, DocumentCx, Findings, Rule, data_perimeter, rule},
    policy::{
        ActionPattern, Comparison, ConditionTest, Effect, PolicyType, PolicyTypes, ResourceForm,
        Statement,
    },
    source::{Severity, Span},
};

rule! {
    /// ## What it does
    /// Flags a bucket policy without a `Deny` for everyone of requests that come over plain HTTP. Off
    /// by default: a house rule, as the tools of AWS use TLS anyway.
    ///
    /// A `Deny` under `Bool` with `aws:SecureTransport` being `false` counts, and one under
    /// `NumericLessThan` of `s3:TlsVersion`.
    ///
    /// ## Why it matters
    /// S3 answers plain HTTP unless the bucket policy forbids it. Whoever listens on the way then reads
    /// the objects, and where links are signed, the links.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
    ///     "Action": "s3:GetObject",
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
    ///     "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }, {
    ///     "Effect": "Deny",
    ///     "Principal": "*",
    ///     "Action": "s3:*",
    ///     "Resource": ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"],
    ///     "Condition": {"Bool": {"aws:SecureTransport": "false"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html>
    /// - prowler: `s3_bucket_secure_transport_policy`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "s3-no-tls-enforcement",
        category: Category::Security,
        severity: Severity::Low,
        summary: "bucket policy that takes requests over plain HTTP",
        types: PolicyTypes::of(&[PolicyType::Resource]),
        enabled: false,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    let statements = &cx.policy.statements;
    let enforces = |statement: &Statement| {
        let conditions = statement.condition.iter();
        statement.has_effect(Effect::Deny)
            && statement.names_everyone()
            && conditions
                .flat_map(|condition| &condition.tests)
                .any(is_of_transport)
    };
    if statements.is_empty()
        || !statements.iter().all(is_of_bucket)
        || statements.iter().any(enforces)
    {
        return;
    }
    let start = cx.policy.span.start;
    out.report(
        Span::new(start, start + 1),
        "nothing in this bucket policy denies requests over plain HTTP",
    )
    .help(r#"deny everyone `s3:*` under `"Bool": {"aws:SecureTransport": "false"}`"#);
}

fn is_of_transport(test: &ConditionTest) -> bool {
    let comparison = test.operator.comparison;
    let plain = test.is_about("aws:SecureTransport")
        && (data_perimeter::has_value(test, "false") || comparison.is_negated());
    let old = test.is_about("s3:TlsVersion")
        && matches!(
            comparison,
            Comparison::NumericLessThan | Comparison::NumericLessThanEquals
        );
    plain || old
}

/// Whether a statement is one of a bucket policy.
fn is_of_bucket(statement: &Statement) -> bool {
    let actions = [&statement.action, &statement.not_action];
    let s3 = |entry: &ActionPattern| {
        entry.service().eq_ignore_ascii_case("s3") || entry.covers_everything()
    };
    let resources = [&statement.resource, &statement.not_resource];
    let mut resources = resources
        .into_iter()
        .flatten()
        .flat_map(|each| &each.entries);
    actions
        .into_iter()
        .flatten()
        .flat_map(|each| &each.entries)
        .all(s3)
        && (statement.resource.is_some() || statement.not_resource.is_some())
        && resources.all(|entry| match &entry.form {
            ResourceForm::Arn(arn) => {
                let [_, service, region, ..] = arn.fields();
                // An access point has a region.
                service.as_literal() == Some("s3") && region.as_literal() == Some("")
            }
            ResourceForm::Star | ResourceForm::Opaque => false,
        })
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent};

    fn bucket(deny: &str) -> String {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {{"AWS": "111122223333"}}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}}{deny}]}}"#
        )
    }

    fn denied(principal: &str, condition: &str) -> String {
        bucket(&format!(
            r#", {{"Effect": "Deny", "Principal": {principal}, "Action": "s3:*", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"], "Condition": {condition}}}"#
        ))
    }

    fires!(only_allowed, bucket(""), "{");
    fires!(
        denied_to_some,
        denied(
            r#"{"AWS": "444455556666"}"#,
            r#"{"Bool": {"aws:SecureTransport": "false"}}"#
        ),
        "{"
    );
    silent!(
        enforced,
        denied(
            r#"{"AWS": "*"}"#,
            r#"{"BoolIfExists": {"AWS:securetransport": [false]}}"#
        )
    );
    silent!(
        a_version_is_asked_for,
        denied(r#""*""#, r#"{"NumericLessThan": {"s3:TlsVersion": "1.2"}}"#)
    );
    silent!(
        policy_of_a_queue,
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:111122223333:q"}]}"#
    );
}
