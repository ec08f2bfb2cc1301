use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a key in `Principal` or `NotPrincipal` other than `AWS`, `Service`, `Federated` and
    /// `CanonicalUser`. Letter case counts.
    ///
    /// ## Why it matters
    /// AWS refuses the document.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"aws": "123456789012"},
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
    /// - Access Analyzer: `INVALID_PRINCIPAL_KEY`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "principal-key",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "kind of principal that AWS does not have",
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
        letter_case,
        r#"{"Statement": [{"Effect": "Allow", "Principal": {"service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#,
        "service"
    );
    fires!(
        other,
        r#"{"Statement": [{"Effect": "Allow", "Principal": {"User": "x", "AWS": "*"}, "Action": "s3:*"}]}"#,
        "User"
    );
    silent!(
        all_that_there_are,
        r#"{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*", "Service": "ec2.amazonaws.com", "Federated": "x", "CanonicalUser": "y"}, "Action": "s3:*"}]}"#
    );
}
