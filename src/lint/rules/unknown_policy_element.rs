use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a key at the top of the document other than `Version`, `Id` and `Statement`.
    ///
    /// ## Why it matters
    /// IAM refuses a document with keys that it does not know. Where the key is a misspelt
    /// element, its whole content would be lost.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Description": "Reads the reports",
    ///   "Statement": [{
    ///     "Effect": "Allow",
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
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
    /// - Access Analyzer: `INVALID_POLICY_ELEMENT`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "unknown-policy-element",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "key that a policy does not have",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent};

    fires!(misspelt, r#"{"Statements": []}"#, "Statements");
    fires!(remark, r#"{"Comment": "x", "Statement": []}"#, "Comment");
    silent!(
        all_that_there_are,
        r#"{"Version": "2012-10-17", "Id": "x", "Statement": []}"#
    );
    silent!(letter_case_is_another_rule, r#"{"statement": []}"#);
}
