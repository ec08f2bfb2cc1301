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
    /// Flags an account in the ARN of a resource whose ARN has none: buckets and objects of S3, Route 53, and
    /// most of API Gateway.
    ///
    /// ## Why it matters
    /// The ARN of every request has nothing in that place, so the entry matches nothing. To limit a statement
    /// to buckets of an account, test `aws:ResourceAccount`.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:ListBucket",
    ///     "Resource": "arn:aws:s3::123456789012:reports"
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
    ///     "Action": "s3:ListBucket",
    ///     "Resource": "arn:aws:s3:::reports",
    ///     "Condition": {"StringEquals": {"aws:ResourceAccount": "123456789012"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
    /// - Access Analyzer: `ARN_ACCOUNT_NOT_ALLOWED`
    /// - parliament: `RESOURCE_MISMATCH`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "arn-account-not-allowed",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "account in an ARN of a resource without one",
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
        let account = written.literal(Field::Account).unwrap_or_default();
        let draft = out
            .report(
                written.span(Field::Account),
                format!("ARNs of this kind have no account, so `{account}` matches nothing"),
            )
            .help("leave the account empty, and test `aws:ResourceAccount` to limit it to one");
        if let Some(place) = written.place(Field::Account) {
            draft.fix(
                "remove the account",
                Safety::Unsafe,
                vec![edits::replace(place, "")],
            );
        }
    });
}

/// Whether an ARN has an account that ARNs of its kind do not have.
pub(in crate::lint) fn is_given(catalog: Catalog, arn: &ArnPattern) -> bool {
    let is_account =
        |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    arn_fields::literal(arn, Field::Account).is_some_and(is_account)
        && arn_fields::surely(catalog, arn, Needs::Never, Field::Account)
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, fixed, silent};

    fires!(
        aa_arn_account_not_allowed,
        allow(r#""s3:ListBucket""#, r#""arn:aws:s3::123456789012:b""#),
        "123456789012"
    );
    fires!(
        hosted_zone_and_object,
        allow(
            r#"["route53:GetHostedZone", "s3:GetObject"]"#,
            r#"["arn:aws:route53::123456789012:hostedzone/*", "arn:aws:s3::123456789012:b/*"]"#
        ),
        "123456789012",
        "123456789012"
    );
    silent!(
        access_points,
        allow(
            r#""s3:GetObject""#,
            r#"["arn:aws:s3:us-east-1:123456789012:accesspoint/a/object/*", "arn:aws:s3::123456789012:accesspoint/a.mrap/object/*"]"#
        )
    );
    silent!(
        portals_of_api_gateway,
        allow(
            r#""apigateway:GET""#,
            r#""arn:aws:apigateway:us-east-1:123456789012:/portals/x""#
        )
    );
    silent!(
        wildcards,
        allow(r#""s3:ListBucket""#, r#""arn:aws:s3::*:b""#)
    );

    #[test]
    fn the_fix_removes_the_account() {
        assert_eq!(
            fixed(
                &super::RULE,
                &allow(r#""s3:ListBucket""#, r#""arn:aws:s3::123456789012:b""#)
            ),
            allow(r#""s3:ListBucket""#, r#""arn:aws:s3:::b""#)
        );
    }
}
