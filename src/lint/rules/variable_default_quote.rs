use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a variable with a comma and no text in single quotes after it.
    ///
    /// ## Why it matters
    /// The default stands for the variable where the request lacks it, as in
    /// `${aws:PrincipalTag/team, 'none'}`. Without the quotes it is no default, and IAM refuses
    /// the document.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/${aws:PrincipalTag/team, none}/*"
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
    ///     "Resource": "arn:aws:s3:::reports/${aws:PrincipalTag/team, 'none'}/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
    /// - Access Analyzer: `MISSING_QUOTE_IN_VARIABLE`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "variable-default-quote",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "default of a variable without single quotes",
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
        none,
        allow(
            r#""s3:GetObject""#,
            r#""arn:aws:s3:::b/${aws:username, x}""#
        ),
        "${aws:username, x}"
    );
    fires!(
        one,
        under(r#"{"StringLike": {"s3:prefix": "${aws:username, 'x}"}}"#),
        "${aws:username, 'x}"
    );
    silent!(
        both,
        under(r#"{"StringLike": {"s3:prefix": "${aws:username, 'x'}"}}"#)
    );
    silent!(
        empty,
        under(r#"{"StringLike": {"s3:prefix": "${aws:username,''}"}}"#)
    );
}
