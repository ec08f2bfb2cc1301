use crate::{
    lint::{Category, Check, Rule, rule},
    policy::PolicyTypes,
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags an operator that is not one of AWS's.
    ///
    /// The operators are, in any letter case:
    ///
    /// - text: `StringEquals`, `StringNotEquals`, `StringEqualsIgnoreCase`,
    ///   `StringNotEqualsIgnoreCase`, `StringLike`, `StringNotLike`
    /// - numbers: `NumericEquals`, `NumericNotEquals`, `NumericLessThan`, `NumericLessThanEquals`,
    ///   `NumericGreaterThan`, `NumericGreaterThanEquals`
    /// - dates: `DateEquals`, `DateNotEquals`, `DateLessThan`, `DateLessThanEquals`,
    ///   `DateGreaterThan`, `DateGreaterThanEquals`
    /// - ARNs: `ArnEquals`, `ArnNotEquals`, `ArnLike`, `ArnNotLike`
    /// - addresses: `IpAddress`, `NotIpAddress`
    /// - the rest: `Bool`, `BinaryEquals`, `Null`
    ///
    /// Each but `Null` can end in `IfExists`, and each can start with `ForAllValues:` or
    /// `ForAnyValue:`.
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
    ///     "Condition": {"StringMatches": {"aws:PrincipalTag/team": "blue*"}}
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
    ///     "Condition": {"StringLike": {"aws:PrincipalTag/team": "blue*"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// - Access Analyzer: `INVALID_CONDITION_OPERATOR`
    /// - parliament: `UNKNOWN_OPERATOR`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "unknown-condition-operator",
        category: Category::Semantics,
        severity: Severity::Error,
        summary: "condition operator that AWS does not have",
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
        misspelt,
        under(r#"{"StringEqual": {"aws:userid": "x"}}"#),
        "StringEqual"
    );
    fires!(
        set_operator,
        under(r#"{"ForEachValue:StringLike": {"aws:TagKeys": "x"}}"#),
        "ForEachValue:StringLike"
    );
    fires!(
        null_has_no_if_exists,
        under(r#"{"NullIfExists": {"aws:userid": "true"}}"#),
        "NullIfExists"
    );
    #[test]
    fn no_suggestion_turns_the_meaning_round() {
        let help = |operator: &str| {
            let text = under(&format!(r#"{{"{operator}": {{"aws:username": "a"}}}}"#));
            crate::lint::testing::help(&super::RULE, &text)
        };
        for (wrong, right) in [
            ("StringEqual", "`StringEquals`"),
            ("StringEqualsIfExist", "`StringEqualsIfExists`"),
            ("NotStringLike", "`StringNotLike`"),
            ("IpAddressNot", "`NotIpAddress`"),
        ] {
            assert!(help(wrong).contains(right), "{wrong}: {}", help(wrong));
        }
        for without in ["BinaryNotEquals", "NotBool"] {
            assert!(!help(without).contains("did you mean"), "{without}");
        }
    }

    silent!(
        letter_case,
        under(r#"{"forAnyValue:stringLikeIfExists": {"aws:TagKeys": "x"}}"#)
    );

    #[test]
    fn the_manual_lists_every_operator() {
        for comparison in crate::policy::Comparison::ALL {
            let name = format!("`{}`", comparison.name());
            assert!(super::RULE.docs.contains(&name), "{name}");
        }
    }
}
