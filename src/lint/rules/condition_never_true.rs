use crate::{
    eval::{CommonValue, common_value, fault_of_value, holds_without_key},
    lint::{
        Category, Check, Findings, Rule, TestCx,
        condition_tests::{Fate, null_value},
        condition_value::{self, Family},
        rule,
    },
    policy::{Comparison, ConditionTest, Effect, Operator, PolicyTypes},
    source::Severity,
};

rule! {
    /// ## What it does
    /// Flags a condition that no request meets: a test that excludes every value of a key that every
    /// request has, or tests of one key that exclude each other, such as
    ///
    /// - `StringEquals` with `a` and `StringLike` with `b*`,
    /// - `NumericGreaterThan` 10 and `NumericLessThan` 5, and likewise for dates and networks,
    /// - `Null` with `true`, and any test that needs the key.
    ///
    /// iamsim looks for a value that satisfies all tests of the key, by the same comparisons with which
    /// it simulates requests; it reports if there is none. Only keys with one value are judged, except
    /// for `Null`. With a variable among the values it is silent.
    ///
    /// Values of `aws:PrincipalArn` that are ARNs of sessions, `arn:aws:sts::...:assumed-role/...`, are
    /// flagged as well: in a session of a role the key is the ARN of the role. Where such a value is to
    /// be spared from a `Deny`, that denies the session too.
    ///
    /// `high` for a `Deny`, which protects nothing then; `medium` for an `Allow`, which grants nothing.
    ///
    /// ## Why it matters
    /// All tests of a condition must hold at once. Values that are meant as a choice belong in one list
    /// under one operator, and conditions that are meant as a choice in two statements.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Deny",
    ///     "Action": "s3:DeleteObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {
    ///       "StringEquals": {"aws:PrincipalTag/team": "red"},
    ///       "StringLike": {"aws:PrincipalTag/team": "blue-*"}
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
    ///     "Effect": "Deny",
    ///     "Action": "s3:DeleteObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {"StringLike": {"aws:PrincipalTag/team": ["red", "blue-*"]}}
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html>
    /// - Access Analyzer: `REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION`
    /// - iam-policy-validator: `ineffective_deny_carve_out`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "condition-never-true",
        category: Category::Semantics,
        severity: Severity::High,
        summary: "condition that no request meets",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

/// How many tests of one key are looked at together.
const MOST_TESTS: usize = 6;

/// How many values the tests of one key may have to be looked at together.
const MOST_VALUES: usize = 64;

/// How many characters these values may have.
const MOST_TEXT: usize = 2_000;

/// What a search for a common value counts as.
const SEARCH: usize = 100_000;

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let severity = if cx.has_effect(Effect::Deny) {
        Severity::High
    } else {
        Severity::Medium
    };
    let effect = format!("so the statement never {} anything", cx.statement.verb());
    let key = cx.test.key.as_str();
    if cx.fate() == Fate::Never {
        let message = if cx.test.operator.comparison == Comparison::Null {
            format!("every request has `{key}`, {effect}")
        } else {
            format!(
                "no value of `{key}` passes `{}` with `*`, {effect}",
                cx.test.operator
            )
        };
        out.report(cx.test.span, message)
            .severity(severity)
            .help("list the values that are meant, or take the test out");
        return;
    }
    if session_as_principal(cx, &effect, severity, out) {
        return;
    }
    let Some((earlier, last)) = contradiction(cx) else {
        return;
    };
    let message = match earlier.as_slice() {
        [other] => format!(
            "`{key}` cannot pass both `{}` and `{}`, {effect}",
            other.operator, last.operator
        ),
        _ => format!("no value of `{key}` passes all of its tests, {effect}"),
    };
    let mut draft = out.report(last.span, message).severity(severity).help(
        "all tests must hold at once: put values to choose from into one list, or write two \
             statements",
    );
    for other in earlier {
        draft = draft.label(other.span, "excludes it");
    }
}

/// Reports sessions of roles that `aws:PrincipalArn` is compared with, and says whether there is one.
fn session_as_principal(
    cx: &TestCx<'_>,
    effect: &str,
    severity: Severity,
    out: &mut Findings<'_>,
) -> bool {
    let Operator {
        comparison,
        quantifier,
        if_exists,
    } = cx.test.operator;
    if !cx.is_about("aws:PrincipalArn")
        || quantifier.is_some()
        || !matches!(Family::of(comparison), Family::Text | Family::Arn)
    {
        return false;
    }
    let sessions: Vec<_> = cx
        .test
        .values
        .iter()
        .filter_map(|value| Some((value, role_of_session(&value.text)?)))
        .collect();
    let spares = comparison.is_negated();
    // Others of the list may match.
    let is_told = if spares {
        cx.has_effect(Effect::Deny)
    } else {
        sessions.len() == cx.test.values.len() && (!if_exists || cx.is_always_present())
    };
    let Some((first, role)) = sessions.first().filter(|_| is_told) else {
        return false;
    };
    let key = cx.test.key.as_str();
    let consequence = if spares {
        "so this spares nobody"
    } else {
        effect
    };
    let draft = out
        .report(
            condition_value::span(first),
            format!("in a session of a role `{key}` is the ARN of the role, {consequence}"),
        )
        .severity(severity)
        .help(format!(
            "write `{role}`, with the path of the role if it has one; `aws:userid` tells sessions apart"
        ));
    sessions.iter().skip(1).fold(draft, |draft, (value, _)| {
        draft.label(condition_value::span(value), "likewise")
    });
    true
}

/// The ARN of the role, of that of a session.
fn role_of_session(text: &str) -> Option<String> {
    let (partition, rest) = text.strip_prefix("arn:")?.split_once(':')?;
    let mut fields = rest.splitn(4, ':');
    let (service, _, account) = (fields.next()?, fields.next()?, fields.next()?);
    let name = fields.next()?.strip_prefix("assumed-role/")?;
    let role = name.split('/').next().unwrap_or_default();
    (service == "sts").then(|| format!("arn:{partition}:iam::{account}:role/{role}"))
}

/// The first tests of the key that exclude each other, seen from the last test of the key.
fn contradiction<'a>(cx: &'a TestCx<'_>) -> Option<(Vec<&'a ConditionTest>, &'a ConditionTest)> {
    if !cx.key.is_known() || cx.others_on_key().next().is_none() {
        return None;
    }
    let key = cx.test.key.as_str();
    let tests: Vec<_> = cx
        .condition
        .tests
        .iter()
        .filter(|test| test.is_about(key))
        .collect();
    let values: usize = tests.iter().map(|test| test.values.len()).sum();
    let (last, others) = tests.split_last()?;
    if last.key.span() != cx.test.key.span()
        || tests.len() > MOST_TESTS
        || values > MOST_VALUES
        || tests
            .iter()
            .any(|test| cx.beside(test).fate() == Fate::Never)
    {
        return None;
    }
    for (index, later) in tests.iter().enumerate() {
        for earlier in tests.iter().take(index) {
            // One key in two spellings under one operator is `duplicate-condition-key-case`.
            if earlier.operator_text.span() == later.operator_text.span() {
                return None;
            }
            if exclude(cx, &[earlier, later]) {
                return Some((vec![*earlier], later));
            }
        }
    }
    (others.len() > 1 && exclude(cx, &tests)).then(|| (others.to_vec(), *last))
}

/// Whether no request passes all of the tests, which look at one key.
fn exclude(cx: &TestCx<'_>, tests: &[&ConditionTest]) -> bool {
    let holds_without_key = |test: &&ConditionTest| {
        if test.operator.comparison == Comparison::Null {
            null_value(test) != Some(false)
        } else {
            holds_without_key(test.operator)
        }
    };
    if tests.iter().all(holds_without_key) && !cx.is_always_present() {
        return false;
    }
    if tests.iter().any(|test| null_value(test) == Some(true)) {
        return true;
    }
    let compared: Vec<_> = tests
        .iter()
        .copied()
        .filter(|test| test.operator.comparison != Comparison::Null)
        .collect();
    let is_read = |test: &&ConditionTest| {
        let comparison = test.operator.comparison;
        let mut values = test.values.iter();
        !test.values.is_empty()
            && test.operator.quantifier.is_none()
            && values.all(|value| fault_of_value(comparison, &value.text).is_none())
    };
    let text: usize = compared
        .iter()
        .flat_map(|test| &test.values)
        .map(|value| value.text.len())
        .sum();
    compared.len() > 1
        && cx.key.multivalued() == Some(false)
        && compared.iter().all(is_read)
        && text <= MOST_TEXT
        && cx.statement.can_afford(SEARCH)
        && common_value(&compared, cx.version()) == CommonValue::None
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{fires, help, severity, silent, statement, under},
        source::Severity,
    };

    fires!(
        aa_redundant_statement_due_to_wildcard_in_condition,
        under(r#"{"StringNotLike": {"aws:PrincipalArn": "*"}}"#),
        "\"*\""
    );
    fires!(
        equals_and_not_equals,
        under(
            r#"{"StringEquals": {"aws:username": "a"}, "StringNotEquals": {"AWS:UserName": ["b", "a"]}}"#
        ),
        r#"["b", "a"]"#
    );
    fires!(
        likes_without_a_common_text,
        under(
            r#"{"StringLike": {"s3:prefix": ["a*", "b?"]}, "StringLikeIfExists": {"s3:prefix": "c*"}}"#
        ),
        "\"c*\""
    );
    fires!(
        window_of_numbers,
        under(
            r#"{"NumericGreaterThan": {"s3:max-keys": "10"}, "NumericLessThan": {"s3:max-keys": 5}}"#
        ),
        "5"
    );
    fires!(
        window_of_dates,
        under(
            r#"{"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}, "DateGreaterThan": {"aws:CurrentTime": "2026-02-01T00:00:00Z"}}"#
        ),
        "\"2026-02-01T00:00:00Z\""
    );
    fires!(
        missing_and_compared,
        under(
            r#"{"Null": {"aws:TagKeys": "true"}, "ForAnyValue:StringEquals": {"aws:TagKeys": "a"}}"#
        ),
        "\"a\""
    );
    fires!(
        three_that_only_together_exclude_each_other,
        under(
            r#"{"StringEquals": {"aws:username": ["a", "b"]}, "StringNotEquals": {"aws:username": "a"}, "StringNotLike": {"aws:username": "b*"}}"#
        ),
        "\"b*\""
    );
    fires!(
        key_that_is_never_missing,
        under(r#"{"Null": {"aws:SecureTransport": true}}"#),
        "true"
    );
    fires!(
        session_of_a_role,
        under(
            r#"{"stringlike": {"AWS:principalarn": ["arn:aws:sts::123456789012:assumed-role/admin/*"]}}"#
        ),
        "arn:aws:sts::123456789012:assumed-role/admin/*"
    );
    fires!(
        session_that_is_to_be_spared,
        statement(
            r#""Effect": "Deny", "Action": "iam:*", "Resource": "*", "Condition": {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::123456789012:role/x", "arn:aws:sts::*:assumed-role/admin/*"]}}"#
        ),
        "arn:aws:sts::*:assumed-role/admin/*"
    );
    silent!(
        role_beside_its_session,
        under(
            r#"{"ArnLike": {"aws:PrincipalArn": ["arn:aws:iam::123456789012:role/x", "arn:aws:sts::*:assumed-role/x/*"]}}"#
        )
    );
    silent!(
        federated_user,
        under(r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:sts::123456789012:federated-user/x"}}"#)
    );
    silent!(
        not_like_everything_of_a_key_that_may_be_missing,
        under(r#"{"StringNotLike": {"aws:SourceVpce": "*"}}"#)
    );
    silent!(
        satisfied_by_missing_keys,
        under(
            r#"{"StringEqualsIfExists": {"aws:username": "a"}, "StringNotEquals": {"aws:username": "a"}}"#
        )
    );
    silent!(
        present_and_compared,
        under(r#"{"Null": {"aws:username": "false"}, "StringEquals": {"aws:username": "a"}}"#)
    );
    silent!(
        exception_from_a_pattern,
        under(
            r#"{"StringLike": {"aws:username": "a*"}, "StringNotEquals": {"aws:username": "ab"}}"#
        )
    );
    silent!(
        variables,
        under(
            r#"{"StringEquals": {"aws:username": "${aws:PrincipalTag/a}"}, "StringLike": {"aws:username": "a*"}}"#
        )
    );
    silent!(
        several_values_in_the_request,
        under(
            r#"{"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}, "ForAnyValue:StringLike": {"aws:TagKeys": "b*"}}"#
        )
    );
    silent!(
        two_spellings_under_one_operator,
        under(r#"{"StringEquals": {"aws:username": "a", "AWS:UserName": "b"}}"#)
    );
    silent!(
        different_tags,
        under(
            r#"{"StringEquals": {"aws:RequestTag/a": "x"}, "StringLike": {"aws:RequestTag/b": "y"}}"#
        )
    );

    #[test]
    fn the_role_of_a_session_is_named() {
        let condition = r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:sts::*:assumed-role/a/b"}}"#;
        let help = help(&super::RULE, &under(condition));
        assert!(help.starts_with("write `arn:aws:iam::*:role/a`"), "{help}");
    }

    #[test]
    fn a_deny_that_protects_nothing_is_worse() {
        let condition =
            r#"{"StringEquals": {"aws:username": "a"}, "StringLike": {"aws:username": "b*"}}"#;
        assert_eq!(severity(&super::RULE, &under(condition)), Severity::Medium);
        let deny = statement(&format!(
            r#""Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {condition}"#
        ));
        assert_eq!(severity(&super::RULE, &deny), Severity::High);
    }
}
