use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `"Condition": {}`, and an operator without condition keys.
    ///
    /// ## Why it matters
    /// The statement applies as if there were no condition. Whoever reads `Condition` expects that
    /// something is restricted.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringEquals": {}}
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
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>
    /// - Access Analyzer: `EMPTY_OBJECT_CONDITION`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "empty-condition",
        category: Category::Schema,
        severity: Severity::Low,
        summary: "condition that tests nothing",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, under};

    fires!(no_operator, under("{}"), "{}");
    fires!(
        no_key,
        under(r#"{"Bool": {}, "StringLike": {"aws:userid": "x"}}"#),
        "{}"
    );
    silent!(
        no_value_is_another_rule,
        under(r#"{"StringLike": {"aws:userid": []}}"#)
    );
}
