use crate::{
    catalog::Catalog,
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        arn_fields::{self, Field, Needs},
        rule,
    },
    policy::{ArnPattern, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an empty account in the ARN of a resource that belongs to an account. Only services are looked
    /// at all of whose resources do: IAM, SQS, SNS, Lambda, DynamoDB, KMS and some more. Others, such as SSM and
    /// Bedrock, have resources of AWS itself, which name no account.
    ///
    /// ## Why it matters
    /// The ARN of every request names its account. An empty field is not a wildcard, so the entry matches
    /// nothing. The managed policies of AWS have `aws` there.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "iam:GetRole",
    ///     "Resource": "arn:aws:iam:::role/reports"
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
    ///     "Action": "iam:GetRole",
    ///     "Resource": "arn:aws:iam::123456789012:role/reports"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
    /// - Access Analyzer: `MISSING_ARN_ACCOUNT`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "arn-account-missing",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "no account in an ARN of a resource that has one",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    arn_fields::each_resource(cx, |written| {
        // Where the region is missing as well, that rule speaks for both.
        if is_missing(cx.catalog, written.arn)
            && !super::arn_region_missing::is_missing(cx.catalog, written.arn)
        {
            out.report(
                written.text.span(),
                format!(
                    "`{}` names no account, so it matches nothing",
                    written.text.as_str()
                ),
            )
            .help("name the account in the fifth field, or write `*` there for every account");
        }
    });
}

/// Whether an ARN has no account although its resource surely has one.
pub(in crate::lint) fn is_missing(catalog: Catalog, arn: &ArnPattern) -> bool {
    arn_fields::literal(arn, Field::Account) == Some("")
        && arn_fields::surely(catalog, arn, Needs::Always, Field::Account)
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent};

    fires!(
        aa_missing_arn_account,
        allow(r#""iam:GetRole""#, r#""arn:aws:iam:::role/x""#),
        "arn:aws:iam:::role/x"
    );
    fires!(
        with_wildcards,
        allow(
            r#""kms:Decrypt""#,
            r#"["arn:aws:kms:*::*", "arn:aws:kms:*:*:key/x"]"#
        ),
        "arn:aws:kms:*::*"
    );
    silent!(
        resources_of_aws,
        allow(
            r#"["ssm:GetParameter", "bedrock:InvokeModel", "ec2:RunInstances"]"#,
            r#"["arn:aws:ssm:*::parameter/aws/service/*", "arn:aws:bedrock:us-east-1::foundation-model/*", "arn:aws:ec2:us-east-1::image/ami-1"]"#
        )
    );
    silent!(
        managed_policy,
        allow(
            r#""iam:AttachRolePolicy""#,
            r#""arn:aws:iam::aws:policy/ReadOnlyAccess""#
        )
    );
    silent!(
        neither_is_told_once,
        allow(r#""sqs:SendMessage""#, r#""arn:aws:sqs:::jobs""#)
    );
}
