use crate::{
    lint::{Category, Check, Findings, Rule, TestCx, edits, rule},
    policy::{Comparison, Operator, Pattern, PolicyTypes, Version},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags `StringLike` and `StringNotLike` where no value has a wildcard or a variable. One value with a
    /// wildcard anywhere under the operator is enough to need it. The operators for ARNs are left out:
    /// `ArnLike` and `ArnEquals` do the same.
    ///
    /// ## Why it matters
    /// `StringEquals` says that the whole text must match, and keeps doing so if somebody adds a value with
    /// a `*` that is meant literally.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "ec2:StartInstances",
    ///     "Resource": "*",
    ///     "Condition": {"StringLike": {"aws:ResourceTag/team": "red"}}
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
    ///     "Action": "ec2:StartInstances",
    ///     "Resource": "*",
    ///     "Condition": {"StringLike": {"aws:ResourceTag/team": "red-*"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "like-without-wildcard",
        category: Category::Style,
        severity: Severity::Hint,
        summary: "`StringLike` without a wildcard to read",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let operator = cx.test.operator;
    let comparison = if operator.comparison == Comparison::StringLike {
        Comparison::StringEquals
    } else if operator.comparison == Comparison::StringNotLike {
        Comparison::StringNotEquals
    } else {
        return;
    };
    // Once for all keys under the operator.
    let first = cx.block().next();
    if first.is_none_or(|first| first.key.span() != cx.test.key.span()) {
        return;
    }
    let version = cx.version();
    let mut values = cx.block().flat_map(|test| &test.values);
    if cx.test.values.is_empty() || !values.all(|value| is_literal(&value.text, version)) {
        return;
    }
    let equals = Operator {
        comparison,
        ..operator
    };
    let draft = out
        .report(
            cx.test.operator_text.span(),
            format!("no value has a wildcard for `{operator}` to read"),
        )
        .help(format!("use `{equals}`"));
    let mut tests = cx.condition.tests.iter();
    if tests.all(|test| test.operator != equals) {
        let edit = edits::replace(cx.test.operator_text.span(), equals.to_string());
        draft.fix(format!("use `{equals}`"), Safety::Safe, vec![edit]);
    }
}

/// Whether a text means itself under both kinds of operators.
fn is_literal(text: &str, version: Version) -> bool {
    !text.contains("${")
        && Pattern::parse(text, version).is_ok_and(|pattern| pattern.as_literal().is_some())
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{finding, fires, fixed, silent, under};

    fires!(
        one_value,
        under(r#"{"StringLike": {"aws:username": "a"}}"#),
        "StringLike"
    );
    fires!(
        once_for_two_keys_in_other_letters,
        under(r#"{"stringnotlikeifexists": {"aws:username": ["a", "b"], "aws:userid": "c"}}"#),
        "stringnotlikeifexists"
    );
    silent!(
        one_key_has_a_wildcard,
        under(r#"{"StringLike": {"aws:username": "a", "aws:userid": "c*"}}"#)
    );
    silent!(
        variable,
        under(r#"{"StringLike": {"s3:prefix": "${aws:username}"}}"#)
    );
    silent!(
        arns,
        under(r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/x"}}"#)
    );

    #[test]
    fn the_fix_compares_whole_texts() {
        let condition = r#"{"ForAnyValue:StringLike": {"aws:TagKeys": "a"}}"#;
        let expected = r#"{"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}}"#;
        assert_eq!(fixed(&super::RULE, &under(condition)), under(expected));
        let taken = r#"{"StringLike": {"aws:username": "a"}, "StringEquals": {"aws:userid": "b"}}"#;
        assert!(finding(&super::RULE, &under(taken)).fix.is_none());
    }
}
