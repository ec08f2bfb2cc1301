use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a statement that has both `Action` and `NotAction`, `Resource` and `NotResource`, or
    /// `Principal` and `NotPrincipal`.
    ///
    /// ## Why it matters
    /// The two say opposite things, and the grammar lets a statement have one of them. IAM refuses
    /// the document.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "NotAction": "s3:PutObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
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
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
    /// - Access Analyzer: `UNSUPPORTED_ELEMENT_COMBINATION`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "conflicting-elements",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "element together with its `Not` form",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent};

    fires!(
        resources,
        r#"{"Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*", "NotResource": "*"}]}"#,
        "NotResource",
    );
    fires!(
        principals,
        r#"{"Statement": [{"Effect": "Deny", "NotPrincipal": {"AWS": "*"}, "Principal": "*", "Action": "s3:*"}]}"#,
        "NotPrincipal",
    );
    silent!(
        in_two_statements,
        r#"{"Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}, {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}]}"#
    );
}
