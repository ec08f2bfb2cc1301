use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a document whose outermost value is a list, a string or anything else but an object.
    ///
    /// ## Why it matters
    /// A policy is an object with `Version` and `Statement`. A list of statements is not one, and
    /// IAM refuses it.
    ///
    /// ## Fires
    /// ```json
    /// [{
    ///   "Effect": "Allow",
    ///   "Action": "s3:GetObject",
    ///   "Resource": "arn:aws:s3:::reports/*"
    /// }]
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
    /// - Access Analyzer: `DATA_TYPE_MISMATCH`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "invalid-root-type",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "document that is not an object",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent};

    fires!(list, "[]", "[");
    fires!(string, r#""x""#, "x");
    fires!(quoted_by_a_word_processor, "“x”", "x");
    silent!(object, r#"{"Statement": []}"#);
}
