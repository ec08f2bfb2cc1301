use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an ARN with fewer than six fields. Region and account may be empty, but their colons
    /// must stand. A last field that is `*`, as in `arn:aws:codeartifact:*`, stands for the rest.
    ///
    /// ## Why it matters
    /// The fields are counted from the left, so what was meant for the resource is read as the
    /// region or the account: the statement is about something else than it says, mostly nothing.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:reports/*"
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
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
    /// - Access Analyzer: `MISSING_ARN_FIELD`
    /// - parliament: `INVALID_ARN`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "arn-missing-field",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "ARN with too few fields",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent};

    fires!(
        two_colons_too_few,
        allow(r#""s3:GetObject""#, r#""arn:aws:s3:reports""#),
        "arn:aws:s3:reports"
    );
    silent!(
        star_for_the_rest,
        allow(
            r#""codeartifact:DescribeDomain""#,
            r#""arn:aws:codeartifact:*""#
        )
    );
    fires!(
        in_the_old_language,
        r#"{"Version": "2008-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:x"}]}"#,
        "arn:aws:sqs:x",
    );
    silent!(
        empty_fields,
        allow(r#""s3:GetObject""#, r#""arn:aws:s3:::reports/*""#)
    );
    silent!(
        variable_that_may_hold_fields,
        allow(r#""s3:GetObject""#, r#""arn:aws:${aws:PrincipalTag/tail}""#)
    );
}
