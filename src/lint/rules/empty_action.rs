use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `"Action": []`.
    ///
    /// ## Why it matters
    /// The statement matches no request, so it neither allows nor denies anything. Most often a
    /// template had nothing to fill in.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": [],
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
    /// - Access Analyzer: `EMPTY_ARRAY_ACTION`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "empty-action",
        category: Category::Schema,
        severity: Severity::Medium,
        summary: "empty list of actions",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, silent};

    fires!(empty, allow("[]", r#""*""#), "[]");
    silent!(one, allow(r#"["s3:GetObject"]"#, r#""*""#));
    silent!(
        not_action_is_another_rule,
        r#"{"Statement": [{"Effect": "Deny", "NotAction": [], "Resource": "*"}]}"#
    );
}
