use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a condition key with an empty list of values.
    ///
    /// ## Why it matters
    /// No value of the request can match, so the statement never applies; under a negated operator,
    /// such as `StringNotEquals`, the test holds for every value. With `ForAllValues` or `IfExists` it
    /// holds where the request lacks the key, which `Null` says better.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringEquals": {"aws:PrincipalTag/team": []}}
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
    ///     "Condition": {"Null": {"aws:PrincipalTag/team": "true"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>
    /// - Access Analyzer: `EMPTY_ARRAY_CONDITION`
    /// - Access Analyzer: `EMPTY_ARRAY_CONDITION_FORALLVALUES`
    /// - Access Analyzer: `EMPTY_ARRAY_CONDITION_FORANYVALUE`
    /// - Access Analyzer: `EMPTY_ARRAY_CONDITION_IFEXISTS`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "empty-condition-value",
        category: Category::Schema,
        severity: Severity::Low,
        summary: "condition key that is compared with no value",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, under};

    fires!(
        empty_list,
        under(r#"{"StringLike": {"aws:userid": [], "aws:username": "x"}}"#),
        "[]"
    );
    silent!(empty_string, under(r#"{"StringLike": {"aws:userid": ""}}"#));
    silent!(one_value, under(r#"{"StringLike": {"aws:userid": ["x"]}}"#));
}
