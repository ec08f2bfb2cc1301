use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an entry of `Statement` that is a string, a number, a list, or anything else but an
    /// object.
    ///
    /// ## Why it matters
    /// IAM refuses the document. A list in the list is most often a template that was joined
    /// wrongly.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": ["s3:GetObject"]
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
    /// - Access Analyzer: `DATA_TYPE_MISMATCH`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "invalid-statement-type",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "statement that is not an object",
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
        string_and_list,
        r#"{"Statement": ["x", []]}"#,
        r#""x""#,
        "[]"
    );
    silent!(object, r#"{"Statement": [{}]}"#);
}
