use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a `${` in a resource or a condition value that no `}` follows. In the old language,
    /// 2008-10-17, it is text like any other.
    ///
    /// ## Why it matters
    /// IAM refuses the document, or takes the text as it stands, which matches nothing that
    /// exists.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/${aws:username"
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
    /// - Access Analyzer: `MISSING_BRACE_IN_VARIABLE`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "variable-unclosed",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "`${` without its `}`",
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
        allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b/${aws:username""#),
        "${"
    );
    fires!(
        condition,
        under(r#"{"StringLike": {"s3:prefix": "a/${aws:username"}}"#),
        "${"
    );
    silent!(
        closed,
        allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b/${aws:username}""#)
    );
    silent!(
        escaped_dollar,
        allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b/${$}{x""#)
    );
    silent!(
        in_the_old_language,
        allow(r#""s3:GetObject""#, r#""arn:aws:s3:::b/${aws:username""#).replace("2012", "2008")
    );
}
