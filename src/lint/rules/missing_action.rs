use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a statement that has neither `Action` nor `NotAction`.
    ///
    /// ## Why it matters
    /// A statement must say what it is about. IAM refuses the document.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
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
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
    /// - Access Analyzer: `MISSING_ACTION`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "missing-action",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "statement without `Action`",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent};

    fires!(
        missing,
        r#"{"Statement": [{"Effect": "Allow", "Resource": "*"}]}"#,
        "{"
    );
    silent!(
        not_action,
        r#"{"Statement": [{"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}]}"#
    );
    silent!(empty_is_another_rule, allow("[]", r#""*""#));
}
