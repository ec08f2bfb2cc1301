use crate::{
    catalog::Catalog,
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        arn_fields::{self, Field, Needs},
        edits, rule,
    },
    policy::{ArnPattern, PolicyTypes},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags a region in the ARN of a resource that belongs to no region: those of IAM, Organizations,
    /// Route 53, CloudFront and Global Accelerator, and the buckets and objects of S3.
    ///
    /// ## Why it matters
    /// The ARN of every request has nothing in that place, so the entry matches nothing.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "iam:GetRole",
    ///     "Resource": "arn:aws:iam:us-east-1:123456789012:role/reports"
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
    /// - Access Analyzer: `ARN_REGION_NOT_ALLOWED`
    /// - parliament: `RESOURCE_MISMATCH`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "arn-region-not-allowed",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "region in an ARN of a resource without one",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    arn_fields::each_resource(cx, |written| {
        if !is_given(cx.catalog, written.arn) {
            return;
        }
        let region = written.literal(Field::Region).unwrap_or_default();
        let draft = out
            .report(
                written.span(Field::Region),
                format!("this resource is in no region, so `{region}` matches nothing"),
            )
            .help("leave the region empty");
        if let Some(place) = written.place(Field::Region) {
            draft.fix(
                "remove the region",
                Safety::Unsafe,
                vec![edits::replace(place, "")],
            );
        }
    });
}

/// Whether an ARN has a region that its resource does not have.
pub(in crate::lint) fn is_given(catalog: Catalog, arn: &ArnPattern) -> bool {
    let is_region = |text: &str| {
        arn_fields::partition_of(text).is_some() || arn_fields::has_form_of_region(text)
    };
    arn_fields::literal(arn, Field::Region).is_some_and(is_region)
        && arn_fields::surely(catalog, arn, Needs::Never, Field::Region)
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, fixed, silent};

    fires!(
        aa_arn_region_not_allowed,
        allow(
            r#""iam:GetRole""#,
            r#""arn:aws:iam:us-east-1:123456789012:role/x""#
        ),
        "us-east-1"
    );
    fires!(
        bucket_and_object,
        allow(
            r#"["s3:ListBucket", "s3:GetObject"]"#,
            r#"["arn:aws:s3:us-east-1::b", "arn:aws:s3:eu-west-1::b/*"]"#
        ),
        "us-east-1",
        "eu-west-1"
    );
    silent!(
        access_points_and_what_the_reference_lacks,
        allow(
            r#""s3:GetObject""#,
            r#"["arn:aws:s3:us-east-1:123456789012:accesspoint/a/object/*", "arn:aws:s3:us-east-1:123456789012:async-thing/x", "arn:aws:s3:us-east-1:123456789012:*"]"#
        )
    );
    silent!(
        wildcards,
        allow(r#""iam:GetRole""#, r#""arn:aws:iam:*:123456789012:role/x""#)
    );
    silent!(
        services_with_regions,
        allow(
            r#""sqs:SendMessage""#,
            r#""arn:aws:sqs:us-east-1:123456789012:jobs""#
        )
    );
    silent!(
        in_not_resource_without_region,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "iam:*", "NotResource": "arn:aws:iam::123456789012:role/x"}}"#
    );

    #[test]
    fn the_fix_removes_the_region() {
        assert_eq!(
            fixed(
                &super::RULE,
                &allow(
                    r#""iam:GetRole""#,
                    r#""arn:aws:iam:us-east-1:123456789012:role/x""#
                )
            ),
            allow(r#""iam:GetRole""#, r#""arn:aws:iam::123456789012:role/x""#)
        );
    }
}
