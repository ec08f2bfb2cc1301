use crate::{
    lint::{
        Category, Check, Findings, Rule, TestCx, condition_tests::Fate, edits, rule,
        rules::condition_wildcard_too_wide::is_any_external_id, service_principals::is_open_guard,
    },
    policy::{Comparison, PolicyTypes},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags a test with `*` that only asks whether the key is in the request: `StringLike` with `*`
    /// holds if it is, `StringNotLike` with `*` if it is not. Where it was to say for which of its
    /// customers a service acts, `confused-deputy` tells of it.
    ///
    /// In the policy of a resource that lets everybody in for that reason, `public-principal` and
    /// `public-write` tell it.
    ///
    /// ## Why it matters
    /// It reads as if the value mattered. `Null` says what is asked, with `"false"` for "is there".
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "ec2:TerminateInstances",
    ///     "Resource": "*",
    ///     "Condition": {"StringLike": {"aws:ResourceTag/team": "*"}}
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
    ///     "Action": "ec2:TerminateInstances",
    ///     "Resource": "*",
    ///     "Condition": {"Null": {"aws:ResourceTag/team": "false"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// - Access Analyzer: `EQUIVALENT_TO_NULL_FALSE`, `EQUIVALENT_TO_NULL_TRUE`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "condition-equivalent-to-null",
        category: Category::Style,
        severity: Severity::Hint,
        summary: "wildcard that only asks whether the key is there",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    // Any external id is worse than a matter of style.
    if cx.test.operator.comparison == Comparison::Null || is_any_external_id(cx) {
        return;
    }
    let (asks, value) = match cx.fate() {
        Fate::WithKey => ("is in the request", "false"),
        Fate::WithoutKey => ("is missing from the request", "true"),
        Fate::Always | Fate::Never | Fate::Open => return,
    };
    if cx.is_told_as_public() || is_open_guard(cx.statement, cx.test) {
        return;
    }
    let key = cx.test.key.as_str();
    let draft = out
        .report(
            cx.test.span,
            format!(
                "`{}` with `*` only asks whether `{key}` {asks}",
                cx.test.operator
            ),
        )
        .help(format!("write `\"Null\": {{\"{key}\": \"{value}\"}}`"));
    let tests = &cx.condition.tests;
    let has_null = tests
        .iter()
        .any(|test| test.operator.comparison == Comparison::Null);
    if cx.block().nth(1).is_none() && !has_null {
        let edits = vec![
            edits::replace(cx.test.operator_text.span(), "Null"),
            edits::replace(cx.test.span, format!("\"{value}\"")),
        ];
        // Where a set operator looks at an empty value, it sees none.
        let safety = match cx.test.operator.quantifier {
            None => Safety::Safe,
            Some(_) => Safety::Unsafe,
        };
        draft.fix("ask with `Null`", safety, edits);
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{finding, fires, fixed, silent, statement, under},
        source::Safety,
    };

    fires!(
        aa_equivalent_to_null_false,
        under(r#"{"StringLike": {"aws:TokenIssueTime": ["*", "x"]}}"#),
        r#"["*", "x"]"#
    );
    fires!(
        aa_equivalent_to_null_true,
        under(r#"{"StringNotLike": {"aws:RequestTag/team": "*"}}"#),
        "\"*\""
    );
    fires!(
        any_of_several_values,
        under(r#"{"ForAnyValue:StringLike": {"aws:TagKeys": "*"}}"#),
        "\"*\""
    );
    silent!(
        of_a_key_that_is_always_there,
        under(r#"{"StringLike": {"aws:RequestedRegion": "*"}}"#)
    );
    silent!(
        any_external_id,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": "418272953104"}, "Action": "sts:AssumeRole", "Condition": {"StringLike": {"sts:ExternalId": "*"}}"#
        )
    );
    silent!(
        everybody_is_let_in,
        statement(
            r#""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {"StringLike": {"aws:PrincipalOrgID": "*"}}"#
        )
    );
    silent!(
        deputy_is_another_rule,
        statement(
            r#""Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q", "Condition": {"StringLike": {"aws:SourceAccount": "*"}}"#
        )
    );
    silent!(null, under(r#"{"Null": {"aws:SourceVpce": "true"}}"#));
    silent!(
        other_text,
        under(r#"{"StringLike": {"aws:username": "a*"}}"#)
    );

    #[test]
    fn the_fix_asks_with_null() {
        let condition = r#"{"StringLike": {"aws:ResourceTag/team": ["*"]}}"#;
        let expected = r#"{"Null": {"aws:ResourceTag/team": "false"}}"#;
        assert_eq!(fixed(&super::RULE, &under(condition)), under(expected));
        let two = r#"{"StringLike": {"aws:username": "a*", "aws:SourceVpce": "*"}}"#;
        assert!(finding(&super::RULE, &under(two)).fix.is_none());
    }

    #[test]
    fn of_an_empty_value_a_set_operator_sees_nothing() {
        let safety = |operator: &str| {
            let text = under(&format!(
                r#"{{"{operator}": {{"aws:ResourceTag/team": "*"}}}}"#
            ));
            finding(&super::RULE, &text).fix.unwrap().safety
        };
        assert_eq!(safety("StringLike"), Safety::Safe);
        assert_eq!(safety("ForAnyValue:StringLike"), Safety::Unsafe);
    }
}
