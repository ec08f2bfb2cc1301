use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a `Principal` or `NotPrincipal` that is an empty object, or has an empty list in it.
    ///
    /// ## Why it matters
    /// The statement is for nobody. A `NotPrincipal` that leaves out nobody is for everybody.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": []},
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
    ///     "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    /// - Access Analyzer: `EMPTY_ARRAY_PRINCIPAL`
    /// - Access Analyzer: `EMPTY_OBJECT_PRINCIPAL`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "empty-principal",
        category: Category::Schema,
        severity: Severity::Medium,
        summary: "statement for no principal",
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
        object,
        r#"{"Statement": [{"Effect": "Allow", "Principal": {}, "Action": "s3:*"}]}"#,
        "{}"
    );
    fires!(
        list,
        r#"{"Statement": [{"Effect": "Allow", "Principal": {"AWS": [], "Service": "ec2.amazonaws.com"}, "Action": "s3:*"}]}"#,
        "[]",
    );
    silent!(
        everyone,
        r#"{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*"}]}"#
    );
}
