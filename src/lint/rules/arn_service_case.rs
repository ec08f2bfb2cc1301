use crate::{
    catalog::Catalog,
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        arn_fields::{self, Field},
        edits, rule,
    },
    policy::{ArnPattern, PolicyTypes},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags an ARN whose service has upper-case letters, where AWS has the same name in lower case.
    ///
    /// ## Why it matters
    /// Letter case counts for the service in an ARN, unlike the one in an action. The ARN of every request
    /// has it in lower case, so the entry matches nothing.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:S3:::reports/*"
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
    ///     "Action": "S3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
    /// - Access Analyzer: `INVALID_ARN_SERVICE_CASE`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "arn-service-case",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "upper case in the service of an ARN",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    arn_fields::each(cx, |written| {
        let Some(meant) = meant(cx.catalog, written.arn) else {
            return;
        };
        let service = written.literal(Field::Service).unwrap_or_default();
        let draft = out
            .report(
                written.span(Field::Service),
                format!("`{service}` is written in lower case in ARNs, so this matches nothing"),
            )
            .help(format!("write `{meant}`"));
        if let Some(place) = written.place(Field::Service) {
            draft.fix(
                format!("write `{meant}`"),
                Safety::Unsafe,
                vec![edits::replace(place, meant)],
            );
        }
    });
}

/// The service as ARNs have it, where it is written with upper-case letters.
pub(in crate::lint) fn meant(catalog: Catalog, arn: &ArnPattern) -> Option<String> {
    let service = arn_fields::literal(arn, Field::Service)?;
    if !service.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let lower = service.to_ascii_lowercase();
    let is_known = !catalog.arn_forms_in(&lower).is_empty() || catalog.service(&lower).is_some();
    is_known.then_some(lower)
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, fixed, silent, under};

    fires!(
        aa_invalid_arn_service_case,
        allow(r#""s3:GetObject""#, r#""arn:aws:S3:::b/*""#),
        "S3"
    );
    fires!(
        one_of_a_list,
        allow(
            r#""dynamodb:GetItem""#,
            r#"["arn:aws:dynamodb:*:*:table/a", "arn:aws:DynamoDB:*:*:table/b"]"#
        ),
        "DynamoDB"
    );
    fires!(
        in_a_condition,
        under(r#"{"ArnEquals": {"aws:SourceArn": "arn:aws:SNS:us-east-1:123456789012:t"}}"#),
        "SNS"
    );
    silent!(actions, allow(r#""S3:GetObject""#, r#""arn:aws:s3:::b/*""#));
    silent!(
        wildcards_and_unknown_services,
        allow(
            r#""s3:GetObject""#,
            r#"["arn:aws:S*:::b/*", "arn:aws:Nothing:::b/*"]"#
        )
    );

    #[test]
    fn the_fix_writes_lower_case() {
        assert_eq!(
            fixed(
                &super::RULE,
                &allow(r#""s3:GetObject""#, r#""arn:aws:S3:::B/*""#)
            ),
            allow(r#""s3:GetObject""#, r#""arn:aws:s3:::B/*""#)
        );
    }
}
