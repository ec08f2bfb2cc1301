use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an entry of `Resource` or `NotResource` that is not `*` and does not start with
    /// `arn:`.
    /// `execute-api:/...`, which policies of API Gateway have, is let pass.
    ///
    /// ## Why it matters
    /// IAM refuses a resource that is no ARN. Names of buckets, URLs and paths have to be written
    /// as ARNs.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "reports/*"
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
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
    /// - Access Analyzer: `INVALID_ARN_PREFIX`
    /// - parliament: `INVALID_ARN`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "arn-prefix",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "resource that is neither an ARN nor `*`",
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
        name_of_a_bucket,
        allow(r#""s3:GetObject""#, r#""reports""#),
        "reports"
    );
    fires!(
        url,
        allow(r#""s3:GetObject""#, r#""s3://reports/x""#),
        "s3://reports/x"
    );
    fires!(empty, allow(r#""s3:GetObject""#, r#""""#), r#""""#);
    silent!(star, allow(r#""s3:GetObject""#, r#""*""#));
    silent!(
        stage_of_an_api,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/prod/GET/*"}}"#
    );
    silent!(
        variable_that_may_hold_the_arn,
        allow(r#""s3:GetObject""#, r#""${aws:SourceArn}/*""#)
    );
}
