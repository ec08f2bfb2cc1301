use crate::{
    lint::{Category, Check, Findings, Rule, StatementCx, rule},
    policy::{PolicyType, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an `Allow` of `kms:Decrypt` or `kms:ReEncryptFrom` on keys of any id. A condition on the
    /// service that uses the key (`kms:ViaService`), its alias, its tags or the encryption context
    /// keeps the rule silent.
    ///
    /// A whole service (`s3:*`) is left to `service-wildcard`, everything to `admin-star-star`. A
    /// resource with a name or a variable in it, a condition that limits what is called or from where,
    /// and a `Deny` of the same document that takes the action away all keep the rule silent.
    ///
    /// ## Why it matters
    /// Encryption keeps data apart only as long as not everybody may use every key. With this grant,
    /// the policy of a bucket or a table is all that is left between its data and the principal.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "kms:Decrypt",
    ///     "Resource": "*"
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
    ///     "Action": "kms:Decrypt",
    ///     "Resource": "*",
    ///     "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/kms/latest/developerguide/iam-policies-best-practices.html>
    /// - prowler: `iam_policy_no_full_access_to_kms`
    /// - checkov: `CKV_AWS_33`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "kms-wide-decrypt",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "any key can be used to decrypt",
        types: PolicyTypes::of(&[PolicyType::Identity, PolicyType::Session]),
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    cx.report_unlimited(
        |action| {
            action.service().prefix() == "kms"
                && matches!(action.name(), "Decrypt" | "ReEncryptFrom")
        },
        out,
        "which decrypts with any key",
        "name the keys, or limit it with a condition on `kms:ViaService`",
    );
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent};

    fires!(any_key, allow(r#""kms:Decrypt""#, r#""*""#), "kms:Decrypt");
    fires!(
        any_key_of_an_account,
        allow(r#"["KMS:De*"]"#, r#""arn:aws:kms:*:418272953104:key/*""#),
        "KMS:De*"
    );
    silent!(
        one_key,
        allow(
            r#""kms:Decrypt""#,
            r#""arn:aws:kms:eu-west-1:418272953104:key/1234abcd-12ab-34cd-56ef-1234567890ab""#
        )
    );
    silent!(
        by_alias,
        allow(
            r#""kms:Decrypt""#,
            r#""*", "Condition": {"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/reports"}}"#
        )
    );
    silent!(other_actions, allow(r#""kms:DescribeKey""#, r#""*""#));
}
