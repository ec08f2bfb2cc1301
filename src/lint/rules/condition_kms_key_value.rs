use crate::{
    lint::{
        Category, Check, Findings, Rule, TestCx,
        condition_value::{self, Family},
        listed, placeholders, rule,
    },
    policy::{ArnPattern, PolicyTypes, Version},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a value that is no ARN of a KMS key, for keys that hold one, such as
    /// `s3:x-amz-server-side-encryption-aws-kms-key-id`: the bare id of a key, an alias, the ARN
    /// of something else. Values with variables are silent, and so are wildcards where a part of
    /// the ARN should be.
    ///
    /// ## Why it matters
    /// S3 puts the ARN of the key into the request's context, whatever the request named it by. A
    /// bare id or an alias is never the same as that, so the test matches nothing, and a `Deny`
    /// with `StringNotEquals` refuses every upload.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:PutObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {
    ///       "StringEquals": {
    ///         "s3:x-amz-server-side-encryption-aws-kms-key-id": "alias/reports"
    ///       }
    ///     }
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
    ///     "Action": "s3:PutObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {
    ///       "ArnLike": {
    ///         "s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:*:*:key/1a2b"
    ///       }
    ///     }
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html>
    /// - Access Analyzer: `INVALID_KMS_KEY_VALUE`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "condition-kms-key-value",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "something else than the ARN of a KMS key",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let aliases_fit = match condition_value::format(cx.test.key.as_str()) {
        Some("kms key") => false,
        Some("kms arn") => true,
        _ => return,
    };
    let comparison = cx.test.operator.comparison;
    if !matches!(Family::of(comparison), Family::Text | Family::Arn) {
        return;
    }
    for value in &cx.test.values {
        let text = value.text.as_str();
        if placeholders::is_unfilled(text)
            || text.contains(['*', '?']) && !comparison.reads_wildcards()
        {
            continue;
        }
        // Under the operators of ARNs, what is no ARN is another rule's.
        let fault = match ArnPattern::parse(text, Version::V2008) {
            Ok(Some(arn)) => fault_of_key(&arn, aliases_fit),
            Ok(None) => None,
            Err(_) if Family::of(comparison) == Family::Arn || text.contains(['*', '?']) => None,
            Err(_) => Some("is no ARN"),
        };
        if let Some(fault) = fault {
            out.report(
                condition_value::span(value),
                format!(
                    "{} {fault}, and `{}` holds the ARN of a KMS key",
                    condition_value::shown(text),
                    cx.test.key.as_str()
                ),
            )
            .help("write `arn:aws:kms:region:account:key/id`");
        }
    }
}

/// What is wrong with the fields of an ARN that have no wildcards.
fn fault_of_key(arn: &ArnPattern, aliases_fit: bool) -> Option<&'static str> {
    let [_, service, _, _, resource] = arn.fields();
    let is_kms = service.as_literal().is_none_or(|service| service == "kms");
    let start = listed::literal_start(resource);
    let goes_on = resource.as_literal().is_none();
    let is = |kind: &str| start.starts_with(kind) || goes_on && kind.starts_with(start);
    if !is_kms {
        Some("is the ARN of another service's resource")
    } else if is("key/") || aliases_fit && is("alias/") {
        None
    } else if start.starts_with("alias/") {
        Some("is the ARN of an alias")
    } else {
        Some("is the ARN of something else than a key")
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, under};

    fires!(
        aa_invalid_kms_key_value,
        under(r#"{"StringEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "alias/x"}}"#),
        "alias/x"
    );
    fires!(
        id_alias_and_bucket,
        under(
            r#"{"StringNotLikeIfExists": {"S3:X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id": ["1234abcd-12ab-34cd-56ef-1234567890ab", "arn:aws:kms:*:123456789012:alias/*", "arn:aws:s3:::b"]}}"#
        ),
        "1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws:kms:*:123456789012:alias/*",
        "arn:aws:s3:::b"
    );
    fires!(
        arn_operator,
        under(r#"{"ArnLike": {"secretsmanager:KmsKeyArn": "arn:aws:iam::123456789012:role/x"}}"#),
        "arn:aws:iam::123456789012:role/x"
    );
    silent!(
        keys,
        under(
            r#"{"StringLike": {"s3:x-amz-server-side-encryption-aws-kms-key-id": ["arn:aws:kms:us-east-1:123456789012:key/1a2b", "arn:aws:kms:*:123456789012:*", "arn:aws:kms:*:*:key/*", "*", "*:key/1a2b", "${aws:PrincipalTag/key}"]}}"#
        )
    );
    silent!(
        no_arn_is_another_rule_under_an_arn_operator,
        under(r#"{"ArnEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "alias/x"}}"#)
    );
    silent!(
        presence,
        under(r#"{"Null": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "true"}}"#)
    );
}
