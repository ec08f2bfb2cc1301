use crate::{
    catalog::ValueType,
    lint::{Category, Check, Findings, Rule, TestCx, condition_value, rule},
    policy::{ArnPattern, Comparison, Operator, Pattern, Piece, PolicyTypes},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags `StringLike` and `StringNotLike` on a key of ARNs, where a `*` stands in a field
    /// before the last. It is
    ///
    /// - `medium` where the account is written out after that `*`,
    /// - `low` otherwise.
    ///
    /// `StringEquals`, wildcards in the last field, and those that nothing but wildcards follow
    /// are silent: there both kinds of operators do the same.
    ///
    /// ## Why it matters
    /// `ArnLike` compares field by field. Under `StringLike` a `*` goes on past colons:
    /// `arn:aws:cloudwatch:*:123456789012:alarm:*` also matches the alarm
    /// `x:123456789012:alarm:y` of another account, whose name its owner chooses.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"Service": "cloudwatch.amazonaws.com"},
    ///     "Action": "sns:Publish",
    ///     "Resource": "arn:aws:sns:us-east-1:123456789012:alarms",
    ///     "Condition": {
    ///       "StringLike": {
    ///         "aws:SourceArn": "arn:aws:cloudwatch:*:123456789012:alarm:*"
    ///       }
    ///     }
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
    ///     "Principal": {"Service": "cloudwatch.amazonaws.com"},
    ///     "Action": "sns:Publish",
    ///     "Resource": "arn:aws:sns:us-east-1:123456789012:alarms",
    ///     "Condition": {
    ///       "ArnLike": {
    ///         "aws:SourceArn": "arn:aws:cloudwatch:*:123456789012:alarm:*"
    ///       }
    ///     }
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN>
    /// - Access Analyzer: `STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS`
    /// - parliament: `MISMATCHED_TYPE_BUT_USABLE`
    /// - iam-policy-validator: `type_mismatch_usable`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "string-operator-on-arn-key",
        category: Category::Security,
        severity: Severity::Medium,
        summary: "`StringLike` on a key of ARNs, where a `*` goes past colons",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let comparison = cx.test.operator.comparison;
    let arn_comparison = if comparison == Comparison::StringLike {
        Comparison::ArnLike
    } else if comparison == Comparison::StringNotLike {
        Comparison::ArnNotLike
    } else {
        return;
    };
    if !cx.key.value_types().contains(&ValueType::Arn) {
        return;
    }
    let version = cx.statement.policy.version;
    let arns: Vec<_> = cx
        .test
        .values
        .iter()
        .map(|value| {
            (
                value,
                ArnPattern::parse(&value.text, version).ok().flatten(),
            )
        })
        .collect();
    let worst = arns
        .iter()
        .filter_map(|(value, arn)| Some((severity(arn.as_ref()?)?, *value)))
        .reduce(|worst, next| if next.0 > worst.0 { next } else { worst });
    let Some((severity, value)) = worst else {
        return;
    };
    let operator = cx.test.operator;
    let draft = out
        .report(
            cx.test.operator_text.span(),
            format!(
                "`{operator}` lets `*` go past the colons of an ARN, so `{}` matches more than it says",
                value.text
            ),
        )
        .label(condition_value::span(value), "not only one field")
        .severity(severity)
        .help(format!(
            "write `{}`, which compares field by field",
            Operator { comparison: arn_comparison, ..operator }
        ));
    // What is no ARN would no longer match.
    let all_arns = arns
        .iter()
        .all(|(value, arn)| arn.is_some() || value.text == "*");
    if let Some((name, edit)) = condition_value::with_comparison(cx, arn_comparison)
        && all_arns
    {
        draft.fix(format!("write `{name}`"), Safety::Unsafe, vec![edit]);
    }
}

/// How much the first `*` before the last field matters; `None` where there is none.
fn severity(arn: &ArnPattern) -> Option<Severity> {
    let [before @ .., _] = arn.fields();
    let first = before
        .iter()
        .position(|field| field.pieces().contains(&Piece::AnyText))?;
    let is_star = |field: &Pattern| field.pieces() == [Piece::AnyText];
    if arn.fields().iter().skip(first + 1).all(is_star) {
        // Nothing stands after it that it could swallow.
        return None;
    }
    let [.., account] = before;
    // Only root users have an ARN that ends so, as no name has a colon.
    let [.., resource] = arn.fields();
    if resource.as_literal() == Some("root") {
        return None;
    }
    let account_follows =
        first + 1 < before.len() && account.as_literal().is_some_and(|text| !text.is_empty());
    Some(if account_follows {
        Severity::Medium
    } else {
        Severity::Low
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{finding, fires, fixed, severity, silent, under},
        source::Severity,
    };

    fires!(
        aa_string_like_operator_with_arn_condition_keys,
        under(r#"{"StringLike": {"aws:SourceArn": "arn:aws:sns:*:123456789012:topic"}}"#),
        "StringLike"
    );
    fires!(
        negated_set_operator,
        under(
            r#"{"forAnyValue:stringNotLikeIfExists": {"AWS:PRINCIPALARN": ["arn:aws:iam::123456789012:role/x", "arn:aws:iam::*:role/y"]}}"#
        ),
        "forAnyValue:stringNotLikeIfExists"
    );
    silent!(
        last_field,
        under(
            r#"{"StringLike": {"aws:SourceArn": ["arn:aws:s3:::reports-*", "arn:aws:sns:us-east-1:123456789012:*"]}}"#
        )
    );
    silent!(
        nothing_but_wildcards_after_it,
        under(
            r#"{"StringLike": {"aws:SourceArn": ["arn:aws:codepipeline:*", "arn:aws:sns:*:*:*"]}}"#
        )
    );
    silent!(
        one_character,
        under(r#"{"StringLike": {"aws:SourceArn": "arn:aws:sns:us-east-?:123456789012:topic"}}"#)
    );
    silent!(
        exact,
        under(r#"{"StringEquals": {"aws:SourceArn": "arn:aws:s3:::reports"}}"#)
    );
    silent!(
        arn_operator,
        under(r#"{"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:123456789012:topic"}}"#)
    );
    silent!(
        text_key,
        under(r#"{"StringLike": {"aws:userid": "arn:aws:sns:*:123456789012:topic"}}"#)
    );

    #[test]
    fn severity_follows_the_account() {
        let text = |arn: &str| {
            under(&format!(
                r#"{{"StringLike": {{"aws:SourceArn": "{arn}"}}}}"#
            ))
        };
        assert_eq!(
            severity(&super::RULE, &text("arn:aws:sns:*:123456789012:t")),
            Severity::Medium
        );
        assert_eq!(
            severity(&super::RULE, &text("arn:aws:events:*:*:rule/t")),
            Severity::Low
        );
        assert_eq!(
            severity(&super::RULE, &text("arn:aws:iam::*:role/y")),
            Severity::Low
        );
    }

    #[test]
    fn the_fix_touches_no_other_key() {
        let text = |operator: &str| {
            under(&format!(
                r#"{{"{operator}": {{"aws:SourceArn": "arn:aws:events:*:*:rule/t"}}}}"#
            ))
        };
        assert_eq!(
            fixed(&super::RULE, &text("StringLikeIfExists")),
            text("ArnLikeIfExists")
        );
        let two = under(
            r#"{"StringLike": {"aws:SourceArn": "arn:aws:events:*:*:rule/t", "aws:userid": "x*"}}"#,
        );
        assert!(finding(&super::RULE, &two).fix.is_none());
    }
}
