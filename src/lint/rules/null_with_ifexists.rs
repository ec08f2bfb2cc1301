use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags `NullIfExists`. `Null` itself asks whether a key is there, so AWS has no such form of
    /// it.
    ///
    /// ## Why it matters
    /// IAM refuses the document.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"NullIfExists": {"aws:MultiFactorAuthAge": "true"}}
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
    ///     "Condition": {"Null": {"aws:MultiFactorAuthAge": "true"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// - Access Analyzer: `NULL_WITH_IF_EXISTS`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "null-with-ifexists",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "`Null` with `IfExists`",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Fault,
    };
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, help, silent, under};

    fires!(
        aa_null_with_if_exists,
        under(r#"{"NullIfExists": {"aws:userid": "true"}}"#),
        "NullIfExists"
    );
    fires!(
        letter_case_and_set_operator,
        under(r#"{"forAnyValue:nullifexists": {"aws:TagKeys": "true"}}"#),
        "forAnyValue:nullifexists"
    );
    silent!(null, under(r#"{"Null": {"aws:userid": "true"}}"#));
    silent!(
        other_unknown_operators,
        under(r#"{"NulIfExists": {"aws:userid": "true"}, "IfExists": {"aws:userid": "a"}}"#)
    );

    #[test]
    fn the_fix_writes_null() {
        let text = under(r#"{"NullIfExists": {"aws:userid": "true"}}"#);
        let expected = under(r#"{"Null": {"aws:userid": "true"}}"#);
        assert_eq!(fixed(&super::RULE, &text), expected);
        assert!(help(&super::RULE, &text).ends_with("use `Null`"));
    }
}
