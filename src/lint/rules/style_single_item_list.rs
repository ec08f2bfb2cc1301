use crate::{
    lint::{Category, Check, DocumentCx, Findings, Rule, edits, members, rule},
    policy::PolicyTypes,
    source::{Safety, Severity},
    syntax::{Kind, Member, Value},
};

rule! {
    /// ## What it does
    /// Flags a list of one string as value of `Action`, `Resource`, their `Not...` forms, a kind of
    /// principal or a condition key. Off by default: a house rule.
    ///
    /// ## Why it matters
    /// One value and a list of it mean the same. AWS writes both; in one house one form is enough.
    ///
    /// The fix takes the brackets away.
    ///
    /// ## Fires
    /// ```json
    /// {
    ///   "Version": "2012-10-17",
    ///   "Statement": [{
    ///     "Effect": "Allow",
    ///     "Action": ["sqs:SendMessage"],
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
    ///     "Action": "sqs:SendMessage",
    ///     "Resource": "arn:aws:sqs:eu-west-1:111122223333:jobs"
    ///   }]
    /// }
    /// ```
    ///
    /// ## References
    /// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
    pub(in crate::lint) const RULE: Rule = Rule {
        id: "style-single-item-list",
        category: Category::Style,
        severity: Severity::Hint,
        summary: "list of one string",
        types: PolicyTypes::ALL,
        enabled: false,
        since: "0.1.0",
        check: Check::Document(check),
    };
}

fn check(cx: &DocumentCx<'_>, out: &mut Findings<'_>) {
    for member in members::statements(cx.root).flatten() {
        match member.key.as_str() {
            "Action" | "NotAction" | "Resource" | "NotResource" => check_value(cx, member, out),
            "Principal" | "NotPrincipal" => check_members(cx, &member.value, out),
            "Condition" => {
                for operator in member.value.as_object().unwrap_or_default() {
                    check_members(cx, &operator.value, out);
                }
            }
            _ => {}
        }
    }
}

fn check_members(cx: &DocumentCx<'_>, value: &Value<'_>, out: &mut Findings<'_>) {
    for member in value.as_object().unwrap_or_default() {
        check_value(cx, member, out);
    }
}

fn check_value(cx: &DocumentCx<'_>, member: &Member<'_>, out: &mut Findings<'_>) {
    let Kind::Array(items) = &member.value.kind else {
        return;
    };
    if let [item] = items.as_slice()
        && let Kind::String(text) = &item.kind
    {
        let edit = edits::replace(member.value.span, cx.source.slice(text.quoted_span()));
        out.report(
            text.span(),
            format!("`{}` has a list of one string", member.key.as_str()),
        )
        .help("write the string without brackets")
        .fix("take the brackets away", Safety::Safe, vec![edit]);
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{allow, fires, fixed, silent, statement};

    fires!(
        actions_and_resources,
        allow(r#"["s3:GetObject"]"#, r#"[ "*" ]"#),
        "s3:GetObject",
        "*"
    );
    fires!(
        principals_and_conditions,
        statement(
            r#""Effect": "Allow", "Principal": {"AWS": ["111122223333"]}, "Action": "sqs:*", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": ["vpc-1a2b3c4d"]}}"#
        ),
        "111122223333",
        "vpc-1a2b3c4d"
    );
    silent!(two, allow(r#"["s3:GetObject", "s3:PutObject"]"#, r#""*""#));
    silent!(
        one_statement,
        statement(r#""Effect": "Allow", "Action": [], "Resource": "*""#)
    );

    #[test]
    fn the_fix_takes_the_brackets_away() {
        let text = allow("[\n\"s3:GetObject\"\n]", r#""*""#);
        assert_eq!(
            fixed(&super::RULE, &text),
            allow(r#""s3:GetObject""#, r#""*""#)
        );
    }
}
