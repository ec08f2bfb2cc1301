use crate::{
    eval::compare_numbers,
    lint::{Category, Check, Findings, Rule, TestCx, edits::replace, rule},
    policy::{Comparison, PolicyTypes},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags a list of numbers for an operator of order, such as `NumericLessThan`, in which one
    /// decides for all.
    ///
    /// The fix leaves that one.
    ///
    /// ## Why it matters
    /// Values are alternatives: less than 300 or less than 3600 is less than 3600. The smaller
    /// limit looks as if it counted.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": ["300", "3600"]}}
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
    ///     "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Numeric>
    /// - Access Analyzer: `REDUNDANT_CONDITION_VALUE_NUM`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "redundant-numeric-value",
        category: Category::Style,
        severity: Severity::Hint,
        summary: "several limits for a number, of which one decides",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let comparison = cx.test.operator.comparison;
    let keeps_greatest = matches!(
        comparison,
        Comparison::NumericLessThan | Comparison::NumericLessThanEquals
    );
    let keeps_least = matches!(
        comparison,
        Comparison::NumericGreaterThan | Comparison::NumericGreaterThanEquals
    );
    if !keeps_greatest && !keeps_least {
        return;
    }
    let [first, rest @ ..] = cx.test.values.as_slice() else {
        return;
    };
    if rest.is_empty() {
        return;
    }
    let mut decides = first;
    for value in rest {
        // What is no number is another rule's.
        let Some(order) = compare_numbers(&value.text, &decides.text) else {
            return;
        };
        if order.is_gt() && keeps_greatest || order.is_lt() && keeps_least {
            decides = value;
        }
    }
    let source = cx.statement.document.source;
    let edit = replace(cx.test.span, source.slice(decides.span));
    out.report(
        cx.test.span,
        format!(
            "`{}` decides here, and the others change nothing",
            decides.text
        ),
    )
    .help(format!("leave `{}`", decides.text))
    .fix(
        format!("leave `{}`", decides.text),
        Safety::Safe,
        vec![edit],
    );
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{fires, fixed, silent, under};

    fires!(
        aa_redundant_condition_value_num,
        under(r#"{"NumericLessThan": {"aws:MultiFactorAuthAge": ["2700", "3600"]}}"#),
        r#"["2700", "3600"]"#
    );
    fires!(
        same_in_other_words,
        under(r#"{"numericGreaterThanEqualsIfExists": {"aws:MultiFactorAuthAge": [300, 3e2]}}"#),
        "[300, 3e2]"
    );
    silent!(
        one_number,
        under(r#"{"NumericLessThan": {"aws:MultiFactorAuthAge": ["2700"]}}"#)
    );
    silent!(
        alternatives,
        under(r#"{"NumericEquals": {"aws:MultiFactorAuthAge": ["2700", "3600"]}}"#)
    );
    silent!(
        no_number,
        under(r#"{"NumericLessThan": {"aws:MultiFactorAuthAge": ["2700", "x"]}}"#)
    );

    #[test]
    fn the_widest_stays() {
        for (operator, right) in [
            ("NumericLessThan", r#""1e4""#),
            ("NumericGreaterThan", r#""300""#),
        ] {
            let text = |value: &str| {
                under(&format!(
                    r#"{{"{operator}": {{"aws:MultiFactorAuthAge": {value}}}}}"#
                ))
            };
            assert_eq!(
                fixed(&super::RULE, &text(r#"["2700", "1e4", "300"]"#)),
                text(right)
            );
        }
    }
}
