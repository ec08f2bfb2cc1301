use crate::{
    catalog::ValueType,
    eval::fault_of_value,
    lint::{Category, Check, Findings, Rule, TestCx, condition_tests::has_wildcard, rule},
    policy::{Comparison, Effect, Operator, Pattern, PolicyTypes},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags `*` and `?` in a value of `StringEquals`, `StringNotEquals` and their `IgnoreCase` forms.
    ///
    /// It is silent for ARN operators, all of which read wildcards, and for `${*}` and `${?}`, which
    /// mean the characters. For keys with ARNs it offers `ArnLike`, under which a `*` stays in its field.
    /// The subject of GitHub's tokens is left to `oidc-sub-malformed`.
    ///
    /// ## Why it matters
    /// These operators compare characters: `logs-*` equals the text `logs-*` and nothing else. An
    /// `Allow` then grants nothing; an exemption written as `Deny` with `StringNotEquals` exempts
    /// nobody.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:ListBucket",
    ///     "Resource": "arn:aws:s3:::reports",
    ///     "Condition": {"StringEquals": {"s3:prefix": "2026/*"}}
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
    ///     "Action": "s3:ListBucket",
    ///     "Resource": "arn:aws:s3:::reports",
    ///     "Condition": {"StringLike": {"s3:prefix": "2026/*"}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    /// - Access Analyzer: `WILDCARD_WITHOUT_LIKE_OPERATOR`
    /// - iam-policy-validator: `literal_wildcard_deny_carve_out`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "wildcard-without-like",
        category: Category::Semantics,
        severity: Severity::Medium,
        summary: "wildcard in a value that is compared character by character",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let operator = cx.test.operator;
    let comparison = operator.comparison;
    let is_equality = matches!(
        comparison,
        Comparison::StringEquals
            | Comparison::StringNotEquals
            | Comparison::StringEqualsIgnoreCase
            | Comparison::StringNotEqualsIgnoreCase
    );
    if !is_equality || !is_judged(cx) {
        return;
    }
    let version = cx.version();
    let literal = cx.test.values.iter().filter(|value| {
        value.text.contains(['*', '?'])
            && Pattern::parse(&value.text, version).is_ok_and(|pattern| has_wildcard(&pattern))
    });
    for (place, value) in literal.enumerate() {
        let message = format!(
            "`{operator}` reads no wildcards, so `{}` equals only that very text{}",
            value.text,
            consequence(cx)
        );
        let draft = out
            .report(value.source_span(0..value.text.len()), message)
            .label(
                cx.test.operator_text.span(),
                "compares character by character",
            );
        let like = if comparison == Comparison::StringEquals {
            Some((Comparison::StringLike, Comparison::ArnLike))
        } else if comparison == Comparison::StringNotEquals {
            Some((Comparison::StringNotLike, Comparison::ArnNotLike))
        } else {
            None
        };
        let like = like.map(|(text, arn)| if has_arns(cx) { arn } else { text });
        let Some(like) = like.map(|comparison| Operator {
            comparison,
            ..operator
        }) else {
            draft.help("no operator reads wildcards and ignores case; list the values in full");
            continue;
        };
        let draft = draft.help(format!("use `{like}`, or write `${{*}}` for the character"));
        if let (Some(edit), 0) = (cx.with_operator(like), place) {
            draft.fix(format!("use `{like}`"), Safety::Unsafe, vec![edit]);
        }
    }
}

/// Whether the key is one that AWS has, or a claim of a token but that of GitHub's subject.
fn is_judged(cx: &TestCx<'_>) -> bool {
    let key = cx.test.key.as_str();
    let is_claim = || {
        key.rsplit_once(':')
            .is_some_and(|(issuer, _)| issuer.contains('.'))
    };
    cx.key.is_known() || is_claim() && !cx.is_about("token.actions.githubusercontent.com:sub")
}

/// Whether key and values are ARNs.
fn has_arns(cx: &TestCx<'_>) -> bool {
    let mut values = cx.test.values.iter();
    cx.key.value_types() == [ValueType::Arn]
        && values.all(|value| fault_of_value(Comparison::ArnLike, &value.text).is_none())
}

fn consequence(cx: &TestCx<'_>) -> &'static str {
    let negated = cx.test.operator.comparison.is_negated();
    match (cx.has_effect(Effect::Deny), negated) {
        (true, true) => ", and the statement denies those that it was to spare",
        (true, false) => ", and the statement spares those that it was to deny",
        (false, true) => ", and the statement allows those that it was to leave out",
        (false, false) => "",
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{finding, fires, fixed, silent, under};

    fires!(
        aa_wildcard_without_like_operator,
        under(r#"{"StringEquals": {"aws:PrincipalTag/team": "red-*"}}"#),
        "red-*"
    );
    fires!(
        one_value_of_many_and_letter_case,
        under(r#"{"stringnotequalsignorecase": {"aws:username": ["a", "b?", "c*"]}}"#),
        "b?",
        "c*",
    );
    fires!(
        subject_of_a_cluster,
        under(
            r#"{"StringEquals": {"oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub": "system:serviceaccount:ns:*"}}"#
        ),
        "system:serviceaccount:ns:*"
    );
    silent!(like, under(r#"{"StringLike": {"aws:username": "a*"}}"#));
    silent!(
        operators_for_arns_read_wildcards,
        under(r#"{"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}"#)
    );
    silent!(
        escaped,
        under(r#"{"StringEquals": {"aws:username": "a${*}"}}"#)
    );
    silent!(
        subject_of_github,
        under(r#"{"StringEquals": {"token.actions.githubusercontent.com:sub": "repo:o/*"}}"#)
    );
    silent!(
        unknown_key,
        under(r#"{"StringEquals": {"aws:nope": "a*"}}"#)
    );

    #[test]
    fn the_fix_reads_wildcards_unless_other_keys_are_under_the_operator() {
        let condition = r#"{"ForAnyValue:StringEquals": {"aws:TagKeys": "a*"}}"#;
        let expected = r#"{"ForAnyValue:StringLike": {"aws:TagKeys": "a*"}}"#;
        assert_eq!(fixed(&super::RULE, &under(condition)), under(expected));
        let condition = r#"{"StringNotEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}"#;
        let expected = r#"{"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}"#;
        assert_eq!(fixed(&super::RULE, &under(condition)), under(expected));
        let two = r#"{"StringEquals": {"aws:username": "a*", "aws:userid": "b"}}"#;
        assert!(finding(&super::RULE, &under(two)).fix.is_none());
    }
}
