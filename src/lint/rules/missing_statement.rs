use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a policy that has no `Statement`.
    ///
    /// ## Why it matters
    /// `Statement` is the one element that every policy must have. IAM refuses the document.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17"
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
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html>
    /// - Access Analyzer: `MISSING_STATEMENT`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "missing-statement",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "policy without `Statement`",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent};

    fires!(version_alone, r#"{"Version": "2012-10-17"}"#, "{");
    fires!(nothing_at_all, "{}", "{");
    silent!(one_statement_without_a_list, r#"{"Statement": {}}"#);
    silent!(misspelt, r#"{"Statment": []}"#);
}
