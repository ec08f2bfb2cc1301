use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx, edits::remove_item, members::whole, rule,
    },
    policy::PolicyTypes,
    source::{Safety, Severity},
    syntax::{Kind, Member},
};
use std::collections::BTreeMap;

rule! {
    /// ## What it does
    /// Flags a condition key that stands twice under one operator, in different letter case. Twice
    /// in the same letters is `json-duplicate-key`.
    ///
    /// Where both have the same values, the fix removes the second.
    ///
    /// ## Why it matters
    /// Condition keys are the same whatever their letter case, so AWS refuses the policy. It does
    /// not say which of the two would count.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {
    ///       "IpAddress": {
    ///         "aws:SourceIp": "203.0.113.0/24",
    ///         "aws:sourceip": "198.51.100.0/24"
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
    ///     "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::reports/*",
    ///     "Condition": {
    ///       "IpAddress": {
    ///         "aws:SourceIp": ["203.0.113.0/24", "198.51.100.0/24"]
    ///       }
    ///     }
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>
    /// - Access Analyzer: `DUPLICATE_KEYS_WITH_DIFFERENT_CASE`
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "duplicate-condition-key-case",
        category: Category::Schema,
        severity: Severity::Error,
        summary: "condition key twice under one operator, in other letter case",
        types: PolicyTypes::ALL,
        enabled: true,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    if cx.tests().len() < 2 {
        return;
    }
    let condition = cx.member("Condition").map(|member| &member.value);
    let blocks = condition.and_then(|value| value.as_object());
    for block in blocks.unwrap_or_default() {
        match block.value.as_object() {
            Some(keys) if keys.len() > 1 => check_block(cx, keys, out),
            Some(_) | None => {}
        }
    }
}

fn check_block(cx: &StatementCx<'_>, keys: &[Member<'_>], out: &mut Findings<'_>) {
    let mut first: BTreeMap<String, &Member<'_>> = BTreeMap::new();
    for member in keys {
        let key = member.key.as_str();
        let Some(other) = first.get(&key.to_ascii_lowercase()) else {
            first.insert(key.to_ascii_lowercase(), member);
            continue;
        };
        if other.key.as_str() == key {
            continue;
        }
        let message = format!(
            "`{key}` is the same condition key as `{}`, so AWS refuses the policy",
            other.key.as_str()
        );
        let draft = out
            .report(member.key.span(), message)
            .label(other.key.span(), "the same key")
            .help("keep one of them; all values in its list mean that any of them will do");
        let edit = same_values(other, member)
            .then(|| remove_item(cx.document.source, whole(member)))
            .flatten();
        if let Some(edit) = edit {
            draft.fix("remove the second", Safety::Safe, vec![edit]);
        }
    }
}

/// Whether two keys are compared with the same strings, in the same order.
fn same_values(left: &Member<'_>, right: &Member<'_>) -> bool {
    let strings = |member: &Member<'_>| {
        let values = if let Kind::Array(values) = &member.value.kind {
            values.as_slice()
        } else {
            std::slice::from_ref(&member.value)
        };
        let texts = values.iter().map(|value| {
            if let Kind::String(text) = &value.kind {
                Some(text.as_str().to_owned())
            } else {
                None
            }
        });
        texts.collect::<Option<Vec<_>>>()
    };
    strings(left).is_some_and(|own| strings(right) == Some(own))
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{finding, fires, fixed, silent, under};

    fires!(
        duplicate_keys_with_different_case,
        under(r#"{"StringEquals": {"aws:userid": "x", "aws:UserId": "y"}}"#),
        "aws:UserId"
    );
    fires!(
        tag_keys,
        under(
            r#"{"StringEquals": {"aws:PrincipalTag/Team": "x", "s3:prefix": "y", "aws:PrincipalTag/team": "x"}}"#
        ),
        "aws:PrincipalTag/team"
    );
    silent!(
        same_letters,
        under(r#"{"StringEquals": {"aws:userid": "x", "aws:userid": "y"}}"#)
    );
    silent!(
        under_two_operators,
        under(r#"{"StringEquals": {"aws:userid": "x"}, "StringLike": {"aws:UserId": "y"}}"#)
    );

    #[test]
    fn the_second_is_removed_where_the_values_are_the_same() {
        let text = under(r#"{"StringEquals": {"aws:userid": ["x"], "aws:UserId": "x"}}"#);
        let expected = under(r#"{"StringEquals": {"aws:userid": ["x"]}}"#);
        assert_eq!(fixed(&super::RULE, &text), expected);
        let text = under(r#"{"StringEquals": {"aws:userid": "x", "aws:UserId": "y"}}"#);
        assert_eq!(finding(&super::RULE, &text).fix, None);
    }
}
