use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `"Statement": []`.
    ///
    /// ## Why it matters
    /// A policy needs at least one statement; AWS refuses one that says nothing.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": []
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
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "empty-statement",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "empty list of statements",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent};

    fires!(empty_list, r#"{"Statement": []}"#, "[]");
    fires!(blanks_between, "{\"Statement\": [ ]}", "[ ]");
    silent!(object, r#"{"Statement": {}}"#);
}
