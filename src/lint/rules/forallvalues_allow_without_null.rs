use crate::{
    catalog::{AccessLevel, Action},
    lint::{
        Category, Check, Findings, Rule, TestCx,
        condition_tests::{Fate, Strength, condition_needs, needs_key},
        rule,
    },
    policy::{Comparison, Effect, PolicyType, PolicyTypes, Quantifier, starts_with_ignoring_case},
    source::{Safety, Severity},
};

rule! {
    /// ## What it does
    /// Flags `ForAllValues:` under `Allow` with a key that can have several values, where nothing in the
    /// condition asks for the key: no `Null` with `"false"`, no test with `ForAnyValue:`, and for
    /// `aws:TagKeys` no `aws:RequestTag/...` that must be there.
    ///
    /// - `high` for keys that say who calls, such as `aws:PrincipalOrgPaths`.
    /// - `medium` for keys of which AWS says that calls may lack them, such as `aws:CalledVia`,
    ///   `events:source` and `kms:EncryptionContextKeys`.
    /// - `low` for other keys of services, and for the keys of tags: without any, nothing is tagged, which
    ///   is often all right.
    ///
    /// It is silent for `aws:TagKeys` where all actions do nothing but tag, and for keys that every call
    /// of their actions has, such as `kms:GrantOperations` and `dynamodb:LeadingKeys`; the latter fires
    /// where the statement allows `dynamodb:Scan`, which names no keys. `dynamodb:Attributes` is left to
    /// `dynamodb-attributes-without-select`.
    ///
    /// In the policy of a resource that lets everybody in for that reason, `public-principal` and
    /// `public-write` tell it.
    ///
    /// ## Why it matters
    /// `ForAllValues:` asks that no value is a wrong one. A request without any value has no wrong one, so
    /// it passes.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Principal": {"AWS": "*"},
    ///     "Action": "sts:AssumeRole",
    ///     "Condition": {
    ///       "ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*"}
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
    ///     "Principal": {"AWS": "*"},
    ///     "Action": "sts:AssumeRole",
    ///     "Condition": {
    ///       "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*"}
    ///     }
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
    /// - iam-policy-validator: `forallvalues_allow_without_null_check`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "forallvalues-allow-without-null",
        category: Category::Security,
        severity: Severity::High,
        summary: "`ForAllValues` allows requests without the key",
        types: PolicyTypes::of(&[
            PolicyType::Identity,
            PolicyType::Session,
            PolicyType::Resource,
            PolicyType::Endpoint,
            PolicyType::Trust,
        ]),
        enabled: true,
        since: "0.1.0",
        check: Check::Test(check),
    };
}

fn check(cx: &TestCx<'_>, out: &mut Findings<'_>) {
    let operator = cx.test.operator;
    let key = cx.test.key.as_str();
    if operator.quantifier != Some(Quantifier::ForAllValues)
        || operator.comparison == Comparison::Null
        || !cx.has_effect(Effect::Allow)
        || cx.key.multivalued() != Some(true)
        || cx.fate() != Fate::Open
        || condition_needs(cx.condition, key)
        || is_named_otherwise(cx)
        || cx.is_about("aws:TagKeys") && only_tags(cx)
    {
        return;
    }
    let strength = Strength::of(key);
    if cx.is_about("dynamodb:LeadingKeys") {
        if !allows_scan(cx) {
            return;
        }
    } else if strength.is_some_and(|strength| strength.missing_from.is_none()) {
        return;
    }
    if cx.is_told_as_public() {
        return;
    }
    let is_guard = strength.is_some_and(Strength::is_guard);
    let severity = if is_guard {
        Severity::High
    } else if strength.is_some() || is_known_to_be_missing(key) {
        Severity::Medium
    } else {
        Severity::Low
    };
    let missing_from = strength.and_then(|strength| strength.missing_from);
    let which = missing_from.map_or_else(String::new, |who| format!(": {who}"));
    let draft = out
        .report(
            cx.test.key.span(),
            format!("`ForAllValues` also allows requests without `{key}`{which}"),
        )
        .severity(severity)
        .label(cx.test.operator_text.span(), "holds for no value at all")
        .help(format!(
            "add `\"Null\": {{\"{key}\": \"false\"}}` to the condition"
        ));
    if let Some(edit) = cx.with_test("Null", key, "false") {
        draft.fix("ask for the key with `Null`", Safety::Unsafe, vec![edit]);
    }
}

/// Whether AWS says of a key of a service that calls of its actions may lack it.
///
/// - <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html>
/// - <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>
/// - <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html>
fn is_known_to_be_missing(key: &str) -> bool {
    const KEYS: [&str; 4] = [
        "cloudformation:ResourceTypes",
        "events:detail-type",
        "events:source",
        "kms:EncryptionContextKeys",
    ];
    KEYS.iter().any(|known| key.eq_ignore_ascii_case(known))
}

/// Whether the statement allows nothing but to add and remove tags, which a call has to name. Without
/// tags, `ec2:DeleteTags` removes them all.
fn only_tags(cx: &TestCx<'_>) -> bool {
    let is_tagging = |action: &Action| {
        action.access_level() == AccessLevel::Tagging && action.full_name() != "ec2:DeleteTags"
    };
    let entries = cx.statement.listed_actions();
    !entries.is_empty()
        && entries.iter().all(|entry| {
            let covered = cx.statement.expand(entry);
            covered.is_some_and(|actions| actions.iter().all(is_tagging))
        })
}

/// Whether other keys of the condition show that this one is there, or another rule tells.
fn is_named_otherwise(cx: &TestCx<'_>) -> bool {
    let tags = if cx.is_about("aws:TagKeys") {
        "aws:RequestTag/"
    } else if cx.is_about("s3:RequestObjectTagKeys") {
        "s3:RequestObjectTag/"
    } else if cx.is_about("kms:EncryptionContextKeys") {
        "kms:EncryptionContext:"
    } else {
        return cx.is_about("dynamodb:Attributes");
    };
    let mut tests = cx.condition.tests.iter();
    tests.any(|test| starts_with_ignoring_case(test.key.as_str(), tags) && needs_key(test))
}

/// Whether the statement allows the one operation that reads items without naming their keys.
fn allows_scan(cx: &TestCx<'_>) -> bool {
    let Some(scan) = cx.statement.catalog.action("dynamodb:Scan") else {
        return false;
    };
    cx.statement.listed_actions().iter().any(|entry| {
        let covered = cx.statement.expand(entry);
        covered.is_some_and(|actions| actions.contains(&scan))
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        lint::testing::{allow, fires, fixed, severity, silent, statement, under},
        source::Severity,
    };

    const PATHS: &str =
        r#"{"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}}"#;

    fires!(paths, under(PATHS), "aws:PrincipalOrgPaths");
    fires!(
        exclusion_in_other_letters,
        under(r#"{"forallvalues:StringNotEquals": {"aws:calledvia": "athena.amazonaws.com"}}"#),
        "aws:calledvia"
    );
    fires!(
        tag_that_may_be_missing_shows_nothing,
        under(
            r#"{"ForAllValues:StringEquals": {"aws:TagKeys": "a"}, "StringEqualsIfExists": {"aws:RequestTag/a": "x"}}"#
        ),
        "aws:TagKeys"
    );
    fires!(
        scan_names_no_keys,
        allow(
            r#"["dynamodb:GetItem", "dynamodb:S*"]"#,
            r#""*", "Condition": {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": "${aws:username}"}}"#
        ),
        "dynamodb:LeadingKeys"
    );
    silent!(
        other_operations_name_keys,
        allow(
            r#"["dynamodb:GetItem", "dynamodb:Query"]"#,
            r#""*", "Condition": {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": "${aws:username}"}}"#
        )
    );
    silent!(
        everybody_is_let_in,
        statement(&format!(
            r#""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {PATHS}"#
        ))
    );
    silent!(
        null,
        under(
            r#"{"Null": {"aws:TagKeys": false}, "ForAllValues:StringEquals": {"aws:TagKeys": "a"}}"#
        )
    );
    silent!(
        nothing_but_tags,
        allow(
            r#"["ec2:CreateTags", "sqs:TagQueue"]"#,
            r#""*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}"#
        )
    );
    fires!(
        removes_all_tags_if_none_is_named,
        allow(
            r#"["ec2:CreateTags", "ec2:DeleteTags"]"#,
            r#""*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}"#
        ),
        "aws:TagKeys"
    );
    silent!(
        any_value,
        under(
            r#"{"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}, "ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}"#
        )
    );
    silent!(
        tag_of_the_request,
        under(
            r#"{"StringEquals": {"aws:RequestTag/a": "x"}, "ForAllValues:StringEquals": {"aws:TagKeys": "a"}}"#
        )
    );
    silent!(
        always_sent,
        under(r#"{"ForAllValues:StringEquals": {"kms:GrantOperations": "Decrypt"}}"#)
    );
    silent!(
        deny,
        statement(&format!(
            r#""Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {PATHS}"#
        ))
    );

    #[test]
    fn keys_that_guard_weigh_more_than_tags() {
        assert_eq!(severity(&super::RULE, &under(PATHS)), Severity::High);
        let tags = r#"{"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}"#;
        assert_eq!(severity(&super::RULE, &under(tags)), Severity::Low);
        let types =
            r#"{"ForAllValues:StringEquals": {"cloudformation:ResourceTypes": "AWS::S3::Bucket"}}"#;
        assert_eq!(severity(&super::RULE, &under(types)), Severity::Medium);
    }

    #[test]
    fn the_fix_asks_for_the_key() {
        let expected = r#"{"Null": {"aws:TagKeys": "false"}, "ForAllValues:StringEquals": {"aws:TagKeys": "a"}}"#;
        let condition = r#"{"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}"#;
        assert_eq!(fixed(&super::RULE, &under(condition)), under(expected));
    }
}
