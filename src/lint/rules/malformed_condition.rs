use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a `Condition` that is not an object of operators, an operator that does not hold an
    /// object of condition keys, and a key with a value that is not a string, a boolean, a number,
    /// or a list of these.
    ///
    /// ## Why it matters
    /// IAM refuses the document. The usual slip is an operator without a condition key, or a key
    /// without an operator.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringEquals": "blue"}
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
    /// - Access Analyzer: `DATA_TYPE_MISMATCH`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "malformed-condition",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "condition that is not operator, key and values",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, silent, under};

    fires!(list, under("[]"), "[]");
    fires!(no_keys, under(r#"{"Bool": true}"#), "true");
    fires!(
        object_as_value,
        under(r#"{"StringLike": {"aws:userid": {"Ref": "x"}}}"#),
        r#"{"Ref": "x"}"#
    );
    fires!(
        null_as_value,
        under(r#"{"StringLike": {"aws:userid": ["x", null]}}"#),
        "null"
    );
    silent!(
        booleans_and_numbers,
        under(r#"{"Bool": {"aws:SecureTransport": true}, "NumericLessThan": {"s3:max-keys": 10}}"#)
    );
}
