use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        edits::{remove_item, replace},
        members::whole,
        rule,
    },
    policy::{Operator, PolicyTypes},
    source::{Edit, Safety, Severity, Source, Span},
    syntax::Member,
};

rule! {
    /// ## What it does
    /// Flags a condition operator that stands twice in one condition, in different letter case.
    /// Twice in the same letters is `json-duplicate-key`.
    ///
    /// The fix moves the keys of the second into the first, unless a key is in both.
    ///
    /// ## Why it matters
    /// Operators are the same whatever their letter case. AWS does not document what it makes of
    /// two: it may test both or refuse the policy, and a tool that reads names without regard to
    /// case keeps one. That is why this is no error.
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
    ///       "StringEquals": {"aws:PrincipalTag/team": "blue"},
    ///       "stringEquals": {"s3:ExistingObjectTag/team": "blue"}
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
    ///       "StringEquals": {
    ///         "aws:PrincipalTag/team": "blue",
    ///         "s3:ExistingObjectTag/team": "blue"
    ///       }
    ///     }
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "duplicate-operator-block",
        category: Category::Schema,
        severity: Severity::Medium,
        summary: "condition operator twice, in other letter case",
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
    let mut seen: Vec<(Operator, &Member<'_>)> = Vec::new();
    for block in blocks.unwrap_or_default() {
        let name = block.key.as_str();
        let Some(operator) = Operator::parse(name) else {
            continue;
        };
        // There are only some hundred operators, so the list stays short.
        let Some((_, first)) = seen.iter().find(|(other, _)| *other == operator) else {
            seen.push((operator, block));
            continue;
        };
        if first.key.as_str() == name {
            continue;
        }
        let message = format!(
            "`{name}` is the same operator as `{}`, and AWS does not say what it makes of two",
            first.key.as_str()
        );
        let draft = out
            .report(block.key.span(), message)
            .label(first.key.span(), "the same operator")
            .help(format!("put all keys under one `{operator}`"));
        if let Some(edits) = joined(cx.document.source, first, block) {
            draft.fix("put the keys together", Safety::Safe, edits);
        }
    }
}

/// The edits that move the keys of the second block into the first.
fn joined(source: &Source, first: &Member<'_>, second: &Member<'_>) -> Option<Vec<Edit>> {
    let (own, moved) = (first.value.as_object()?, second.value.as_object()?);
    let (last, start, end) = (own.last()?, moved.first()?, moved.last()?);
    let is_in_both = moved.iter().any(|key| {
        own.iter()
            .any(|other| other.key.as_str().eq_ignore_ascii_case(key.key.as_str()))
    });
    if is_in_both || own.len() * moved.len() > 10_000 {
        return None;
    }
    let keys = source.slice(whole(start).join(whole(end)));
    let place = whole(last).end;
    Some(vec![
        replace(Span::new(place, place), format!(", {keys}")),
        remove_item(source, whole(second))?,
    ])
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{finding, fires, fixed, silent, under};

    fires!(
        letter_case,
        under(r#"{"StringEquals": {"aws:userid": "x"}, "stringequals": {"aws:username": "y"}}"#),
        "stringequals"
    );
    fires!(
        quantifier_and_suffix,
        under(
            r#"{"ForAllValues:StringLikeIfExists": {"aws:TagKeys": "x"}, "Bool": {"aws:SecureTransport": "true"}, "forAllValues:stringLikeIfExists": {"aws:userid": "y"}}"#
        ),
        "forAllValues:stringLikeIfExists"
    );
    silent!(
        same_letters,
        under(r#"{"StringEquals": {"aws:userid": "x"}, "StringEquals": {"aws:username": "y"}}"#)
    );
    silent!(
        other_suffix,
        under(
            r#"{"StringEquals": {"aws:userid": "x"}, "StringEqualsIfExists": {"aws:username": "y"}}"#
        )
    );
    silent!(
        unknown_operators,
        under(
            r#"{"Bool": {"aws:SecureTransport": "true"}, "Same": {"aws:userid": "x"}, "same": {"aws:userid": "x"}, "Null": {"aws:userid": "true"}}"#
        )
    );

    #[test]
    fn the_fix_puts_the_keys_together() {
        let text =
            under(r#"{"StringEquals": {"a:b": "x"}, "stringequals": {"c:d": ["y"], "e:f": "z"}}"#);
        let expected = under(r#"{"StringEquals": {"a:b": "x", "c:d": ["y"], "e:f": "z"}}"#);
        assert_eq!(fixed(&super::RULE, &text), expected);
    }

    #[test]
    fn a_key_that_is_in_both_is_left_to_the_author() {
        let text = under(r#"{"StringEquals": {"a:b": "x"}, "stringequals": {"A:b": "y"}}"#);
        assert_eq!(finding(&super::RULE, &text).fix, None);
    }
}
