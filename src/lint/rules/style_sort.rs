use crate::{
    lint::{
        Category, Check, Findings, Rule, StatementCx,
        covering::{self, Entry},
        edits, rule,
    },
    policy::{Element, PolicyTypes},
    source::{Safety, Severity},
};
use std::cmp::Ordering;

rule! {
    /// ## What it does
    /// Flags a list of actions or resources that is not in the order of the alphabet. Letter case does
    /// not count in actions. Off by default: a house rule.
    ///
    /// ## Why it matters
    /// In a sorted list an entry is found at a glance, a second one of the same name stands beside it,
    /// and a change shows as one line.
    ///
    /// The fix puts the entries in order and leaves line breaks and indentation where they are.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": ["sqs:SendMessage", "sqs:ReceiveMessage"],
    ///     "Resource": "arn:aws:sqs:eu-west-1:111122223333:jobs"
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
    ///     "Action": ["sqs:ReceiveMessage", "sqs:SendMessage"],
    ///     "Resource": "arn:aws:sqs:eu-west-1:111122223333:jobs"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "style-sort",
        category: Category::Style,
        severity: Severity::Hint,
        summary: "list of actions or resources out of order",
        types: PolicyTypes::ALL,
        enabled: false,
        since: "0.1.0",
        check: Check::Statement(check),
    };
}

fn check(cx: &StatementCx<'_>, out: &mut Findings<'_>) {
    let statement = cx.statement;
    for element in [&statement.action, &statement.not_action]
        .into_iter()
        .flatten()
    {
        check_list(cx, element, out);
    }
    for element in [&statement.resource, &statement.not_resource]
        .into_iter()
        .flatten()
    {
        check_list(cx, element, out);
    }
}

fn check_list<E: Entry>(cx: &StatementCx<'_>, element: &Element<E>, out: &mut Findings<'_>) {
    let text = |entry: &E| entry.written().as_str().to_owned();
    let mut neighbours = element.entries.iter().zip(element.entries.iter().skip(1));
    let Some((before, entry)) = neighbours.find(|(left, right)| {
        E::order(left.written().as_str(), right.written().as_str()) == Ordering::Greater
    }) else {
        return;
    };
    let draft = out
        .report(
            entry.written().span(),
            format!("`{}` stands behind `{}`", text(entry), text(before)),
        )
        .help("sort the list");
    // An entry that could not be read has a place that is not known.
    if !element.is_whole() {
        return;
    }
    let sorted = covering::sorted(element.entries.iter().map(|entry| (entry, ())));
    let edits = element
        .entries
        .iter()
        .zip(sorted)
        .filter_map(|(old, (new, ()))| {
            let new = cx.document.source.slice(new.written().quoted_span());
            let place = old.written().quoted_span();
            (cx.document.source.slice(place) != new).then(|| edits::replace(place, new))
        });
    draft.fix("sort the list", Safety::Safe, edits.collect());
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, fixed, silent};

    fires!(
        actions,
        allow(
            r#"["s3:PutObject", "S3:getObject", "s3:ListBucket"]"#,
            r#""*""#
        ),
        "S3:getObject"
    );
    fires!(
        resources,
        allow(
            r#""s3:GetObject""#,
            r#"["arn:aws:s3:::b/*", "arn:aws:s3:::a/*"]"#
        ),
        "arn:aws:s3:::a/*"
    );
    silent!(
        in_order_whatever_the_case,
        allow(
            r#"["s3:getObject", "S3:ListBucket", "s3:PutObject"]"#,
            r#""*""#
        )
    );
    silent!(one, allow(r#""s3:GetObject""#, r#"["*"]"#));

    #[test]
    fn the_fix_keeps_the_layout() {
        let text = allow("[\n  \"sqs:B\",\n  \"sqs:C\",\n  \"sqs:A\"]", r#""*""#);
        let expected = allow("[\n  \"sqs:A\",\n  \"sqs:B\",\n  \"sqs:C\"]", r#""*""#);
        assert_eq!(fixed(&super::RULE, &text), expected);
    }
}
