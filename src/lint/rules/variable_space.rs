use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a variable whose name has a space in it. One after the comma, before the default, is
    /// right.
    ///
    /// ## Why it matters
    /// No condition key has a space, so nothing is ever put in its place.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/${aws: username}/*"
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
    /// - Access Analyzer: `UNSUPPORTED_SPACE_IN_VARIABLE`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "variable-space",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "space in the name of a variable",
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
        after_the_colon,
        allow(
            r#""s3:GetObject""#,
            r#""arn:aws:s3:::b/${aws: username}/*""#
        ),
        "${aws: username}"
    );
    fires!(
        at_both_ends,
        under(r#"{"StringLike": {"s3:prefix": "${ aws:username }/x"}}"#),
        "${ aws:username }"
    );
    silent!(
        before_the_default,
        under(r#"{"StringLike": {"s3:prefix": "${aws:PrincipalTag/team, 'a b'}"}}"#)
    );
}
