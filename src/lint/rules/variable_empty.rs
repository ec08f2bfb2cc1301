use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `${}`.
    ///
    /// ## Why it matters
    /// There is nothing that could be put in its place. Most often a template had nothing to fill
    /// in.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/${}/*"
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
    ///     "Resource": "arn:aws:s3:::reports/${aws:username}/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
    /// - Access Analyzer: `EMPTY_VARIABLE`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "variable-empty",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "variable without a name",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent, under};

    fires!(
        resource,
        allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b/${}/*""#),
        "${}"
    );
    fires!(
        blank,
        under(r#"{"StringLike": {"s3:prefix": "a/${ }"}}"#),
        "${ }"
    );
    silent!(
        named,
        allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b/${aws:username}""#)
    );
    silent!(
        escaped_star,
        allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b/${*}""#)
    );
}
