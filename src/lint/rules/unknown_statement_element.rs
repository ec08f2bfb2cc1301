use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a key in a statement that the grammar does not have, and offers the element that was
    /// most likely meant.
    ///
    /// ## Why it matters
    /// IAM refuses a document with keys that it does not know.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Actions": "s3:GetObject",
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
        id: "unknown-statement-element",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "key that a statement does not have",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent};

    fires!(misspelt, r#"{"Statement": [{"Efect": "Allow"}]}"#, "Efect");
    fires!(remark, r#"{"Statement": [{"Comment": "x"}]}"#, "Comment");
    silent!(
        not_forms,
        r#"{"Statement": [{"NotPrincipal": {}, "NotAction": [], "NotResource": []}]}"#
    );
    silent!(
        letter_case_is_another_rule,
        r#"{"Statement": [{"effect": "Allow"}]}"#
    );
}
