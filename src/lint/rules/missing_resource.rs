use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a statement of an identity policy that has neither `Resource` nor `NotResource`.
    /// Trust policies and the policies of some resources leave it out; a document in which any
    /// statement names a principal is taken for one of those.
    ///
    /// ## Why it matters
    /// IAM refuses an identity policy that does not say what it is about.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject"
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
    ///     "Principal": {"Service": "lambda.amazonaws.com"},
    ///     "Action": "sts:AssumeRole"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    /// - Access Analyzer: `MISSING_RESOURCE`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "missing-resource",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "statement without `Resource`",
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
        missing,
        r#"{"Statement": [{"Effect": "Allow", "Action": "s3:*"}]}"#,
        "{"
    );
    silent!(
        trust_policy_with_a_misspelt_principal,
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principals": {"AWS": "*"}, "Action": "sts:AssumeRole"}}"#
    );
    silent!(
        trust_policy,
        r#"{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}"#
    );
    silent!(
        not_resource,
        r#"{"Statement": [{"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::b"}]}"#
    );
}
