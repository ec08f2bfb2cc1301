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
    /// Flags an empty region in the ARN of a resource that belongs to a region. Only services are looked at
    /// all of whose resources do: SQS, SNS, Lambda, DynamoDB, KMS and some more.
    ///
    /// ## Why it matters
    /// The ARN of every request names its region. An empty field is not a wildcard, so the entry matches
    /// nothing.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "sqs:SendMessage",
    ///     "Resource": "arn:aws:sqs::123456789012:jobs"
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
    ///     "Action": "sqs:SendMessage",
    ///     "Resource": "arn:aws:sqs:*:123456789012:jobs"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
    /// - Access Analyzer: `MISSING_ARN_REGION`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "arn-region-missing",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "no region in an ARN of a resource that has one",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    arn_fields::each_resource(cx, |written| {
        if is_missing(cx.catalog, written.arn) {
            out.report(
                written.text.span(),
                format!(
                    "`{}` names no region, so it matches nothing",
                    written.text.as_str()
                ),
            )
            .help("name the region in the fourth field, or write `*` there for every region");
        }
    });
}

/// Whether an ARN has no region although its resource surely has one.
pub(in crate::lint) fn is_missing(catalog: Catalog, arn: &ArnPattern) -> bool {
    arn_fields::literal(arn, Field::Region) == Some("")
        && arn_fields::surely(catalog, arn, Needs::Always, Field::Region)
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent};

    fires!(
        aa_missing_arn_region,
        allow(
            r#""sqs:SendMessage""#,
            r#""arn:aws:sqs::123456789012:jobs""#
        ),
        "arn:aws:sqs::123456789012:jobs"
    );
    fires!(
        neither_region_nor_account,
        allow(
            r#""dynamodb:GetItem""#,
            r#"["arn:aws:dynamodb:::table/x", "arn:aws:dynamodb:*:*:table/y"]"#
        ),
        "arn:aws:dynamodb:::table/x"
    );
    silent!(
        without_regions,
        allow(
            r#"["iam:GetRole", "s3:GetObject", "dynamodb:DescribeGlobalTable"]"#,
            r#"["arn:aws:iam::123456789012:role/x", "arn:aws:s3:::b/*", "arn:aws:dynamodb::123456789012:global-table/x"]"#
        )
    );
    silent!(
        models_for_every_region,
        allow(
            r#""bedrock:InvokeModel""#,
            r#""arn:aws:bedrock:::foundation-model/x""#
        )
    );
    silent!(
        token,
        allow(
            r#""sqs:SendMessage""#,
            r#""arn:aws:sqs:${AWS::Region}:123456789012:jobs""#
        )
    );
}
