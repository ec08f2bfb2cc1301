use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a `Principal` that is a string other than `*`, or a list. Principals are listed in an
    /// object, under the kind that they are of.
    ///
    /// ## Why it matters
    /// AWS refuses the document: an account, a service and an identity provider can have the same
    /// name, so each needs its kind.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": "123456789012",
    ///     "Action": "s3:GetObject",
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
    ///     "Principal": {"AWS": "123456789012"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    /// - Access Analyzer: `INVALID_PRINCIPAL_FORMAT`
    /// - parliament: `UNKNOWN_PRINCIPAL`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "principal-format",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "principal that is a bare string or a list",
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
        account,
        r#"{"Statement": [{"Effect": "Allow", "Principal": "123456789012", "Action": "s3:*"}]}"#,
        "123456789012"
    );
    fires!(
        list,
        r#"{"Statement": [{"Effect": "Allow", "Principal": ["*"], "Action": "s3:*"}]}"#,
        r#"["*"]"#
    );
    silent!(
        everyone,
        r#"{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*"}]}"#
    );
    silent!(
        listed,
        r#"{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:*"}]}"#
    );
}
